# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# sizes.sh - problem sizes in bytes, and those that a plan takes from the machine's caches.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

says ' in 4096 bytes;' 'a text of 4KiB' parscale run text --size 4KiB --repetitions 1
says ' in 250 words;' 'words of 4 letters in 1kB is no unit, 1KB is' parscale run palindrome --length 4 --size 1KB --repetitions 1
says ' in 1 words?;' 'at least one item' parscale run palindrome --length 64 --size 1B --repetitions 1
fails 2 'bytes of a kernel that is not bound by memory' parscale run noop --size 4KiB
fails 2 'no number before the unit' parscale run text --size B
fails 2 'a part of a byte' parscale run text --size 1.5B
fails 2 'no bytes' parscale run text --size 0B

printf 'kernel = text\nsize = auto\n' >auto.sweep
says '^text/.*/[0-9]+$' 'size = auto' parscale sweep auto.sweep --dry-run
cells=$(grep -c '^text/' out)
[ "$cells" -ge 4 ] && few='' || few="  only $cells sizes"
result 'sizes by the caches are several' "$few"
grep '^text/' out | sed 's/.*\///' >sizes
sort -nu sizes >sorted
same 'they ascend and differ' sizes sorted
# --- NUMA nodes of memory ---

node=$(sed 's/[-,].*//' /sys/devices/system/node/has_memory 2>/dev/null) || node=0
if grep -q '^Mems_allowed_list:.*[0-9]' /proc/self/status; then
	node=$(sed -n 's/^Mems_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
fi
fails 77 'memory of a node that is not there' parscale run read --size 1MiB --memory-policy membind:1023
holds '... by name, with those that are' grep -q 'node 1023 has no memory here; nodes that have: [0-9]' err
run parscale run read --size 1MiB --repetitions 1 --sample-time 1ms --memory-policy local
if [ "$status" != 0 ]; then
	skipped 'memory policies' "$(head -n 1 err)"
else
	for policy in local interleave "membind:$node"; do
		for backend in serial openmp pthread fork exec; do
			workers=2
			[ $backend != serial ] || workers=1
			ok "$policy with $backend" parscale run triad --size 2MiB --backend $backend --workers $workers --repetitions 1 --sample-time 1ms --memory-policy "$policy" --format csv
			holds '... is a column' test "$(column memory_policy out | head -n 1)" = "$policy"
		done
	done
	printf 'kernel = read, copy, triad\nmemory-policy = default, local, interleave, membind:%s, membind:1023\nsize = 1MiB\n' "$node" >nodes.sweep
	ok 'a plan' parscale sweep nodes.sweep --dry-run
	holds '... has a cell for each' test "$(grep -c '^[a-z]' out)" = 12
	holds '... and leaves out what is not there, with the reason' test "$(grep -c 'skipped.*node 1023 has no memory here' out)" = 3
fi
close_suite
