# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# limits.sh - limits of the system, a machine that changes, launches that are stopped: rows that say so, one line, an exit
# status, and whatever was finished is kept.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"
# shellcheck source=tests/cli/kills.sh
. "$PARSCALE_ROOT/tests/cli/kills.sh"

program=$PARSCALE_BUILD/parscale
# statuses DIR: how many rows of each status, as "2 ok,1 oom"
statuses() { column status "$1/samples.csv" | sort | uniq -c | sed 's/^ *//' | sort -r | paste -sd, -; }
# rows WANTED DIR NAME: the last run was a sweep of such rows, with a summary, and exit status 1 unless all are ok
rows() {
	wanted=$1 expected=1
	case $wanted in *,* | *no-* | *oom* | *failed*) ;; *) expected=0 ;; esac
	holds "$3" test "$status $(statuses "$2")" = "$expected $wanted"
	holds '... with a summary' test -s "$2/summary.csv"
}
sanitized=
if grep -qa __asan_init "$program"; then sanitized=yes; fi

# --- limits of a process ---
plan 1 'kernel = palindrome' 'backend = fork-pipe' 'workers = 1, 40' 'size = 5000' >files.sweep
run sh -c "ulimit -n 48; exec '$program' sweep files.sweep --out files --no-charts"
rows '1 ok,1 no-resources' files 'no descriptors'
fails 1 'no descriptors at all' sh -c "ulimit -n 12; exec '$program' run palindrome --size 5000 --backend fork-pipe --workers 8 --meter native"
holds '... in words' grep -q 'Too many open files' err

if [ -z "$sanitized" ]; then
	fails 77 'a stack that is too small' sh -c "ulimit -s 64; exec '$program' info"
	holds '... in words' grep -q 'limited to 64 KiB .*at least 512 KiB' err
	run sh -c "ulimit -S -s 64; exec '$program' run primality --size 2000 --backend openmp --workers 2"
	holds 'a stack that may be larger' test "$status" = 0
	plan 1 'kernel = palindrome, sieve, text' 'backend = serial, openmp, exec' 'workers = 1, 2' 'size = 5000' >stack.sweep
	run sh -c "ulimit -s 512; exec '$program' sweep stack.sweep --out stack --no-charts && exec '$program' report stack"
	holds 'the least stack that is taken' test "$status" = 0
fi

plan 2000 'kernel = noop' 'size = 1e3' >long.sweep
run sh -c "ulimit -f 120; exec '$program' sweep long.sweep --out large --no-charts"
holds 'a file at its limit' sh -c "[ $status = 1 ] && tail -n 1 err | grep -q '^parscale: .*File too large'"
holds '... and whole rows' test "$(statuses large)" = "$(($(wc -l <large/samples.csv) - 1)) ok"

if [ -n "$sanitized" ]; then
	skipped 'limits of memory' 'the sanitizer wants all of it'
else
	plan 1 'kernel = palindrome' 'backend = serial, pthread, fork, exec' 'workers = 1, 2' 'size = 5000, 2e7' 'memory = 64Mi' >memory.sweep
	run parscale sweep memory.sweep --out memory --no-charts
	rows '7 oom,7 ok' memory '--memory: seven cells of two sizes'
	fails 1 'a run above --memory' parscale run palindrome --size 2e7 --memory 64Mi --meter native
	holds '... names the limit' grep -q '^parscale: .*out of memory.*--memory' err
	fails 1 'RLIMIT_AS' sh -c "ulimit -v 200000; exec '$program' run palindrome --size 5e7 --meter native"
	holds '... in words' grep -q '^parscale: .*\(out of memory\|Cannot allocate memory\)' err
fi
fails 2 'less memory than a launch takes' parscale run noop --memory 1Mi

# Root may have as many processes as it likes.
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
[ "$(id -u)" = 0 ] || nobody='env'
mkdir open && chmod 777 open
plan 1 'kernel = noop' 'backend = serial, fork, pthread' 'workers = 1, 60' 'size = 1000' >open/tasks.sweep
if [ "$nobody" != env ] && command -v prlimit >/dev/null &&
	$nobody sh -c '"$0" --version' "$program" >/dev/null 2>&1; then
	run sh -c "cd open && exec prlimit --nproc=40 $nobody '$program' sweep tasks.sweep --out tasks --no-charts"
	rows '3 ok,2 no-resources' open/tasks 'no processes and no threads'
else
	skipped 'RLIMIT_NPROC' 'it takes root, setpriv, prlimit, and a build that others can read'
fi

# --- control groups, of version 1: the system kills, or refuses processes ---
group() { sed -n "s/^[0-9]*:$1:/\/sys\/fs\/cgroup\/$1/p" /proc/self/cgroup; }
# in_group CONTROLLER FILE VALUE COMMAND...: runs it in a group of its own; 99 where there can be none
in_group() {
	folder=$(group "$1")/parscale-test.$$
	[ "$folder" != "/parscale-test.$$" ] && mkdir "$folder" 2>/dev/null || return 99
	echo "$3" >"$folder/$2" || return 99
	shift 3
	code=0
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$folder" "$@" || code=$?
	empty() { rmdir "$folder" 2>/dev/null; }
	wait_for empty
	return "$code"
}
plan 1 'kernel = palindrome' 'backend = serial, fork' 'workers = 1, 2' 'size = 5000, 2e7' >killer.sweep
run in_group memory memory.limit_in_bytes 67108864 "$program" sweep killer.sweep --out killer --no-charts
if [ "$status" = 99 ]; then
	skipped 'a memory control group' 'none can be made'
else
	rows '3 ok' killer 'a sweep leaves out what its control group has no room for'
	for backend in serial fork; do
		run in_group memory memory.limit_in_bytes 67108864 "$program" run palindrome --words 2e7 --backend $backend --workers 1
		holds "the OOM killer, $backend" grep -q 'killed.*out of memory, of which its control group may use 64 MiB' err
		holds '... exit status 1' test "$status" = 1
	done
	head -c 200000000 /dev/zero | gzip >zeros.gz
	for endless in /dev/zero zeros.gz; do
		run in_group memory memory.limit_in_bytes 67108864 "$program" run text --input $endless
		holds "an input that memory has no room for: $endless" sh -c "[ $status = 1 ] && tail -n 1 err | grep -q '^parscale: out of memory: --input: $endless goes on after [0-9]* MiB'"
	done
fi
plan 1 'kernel = noop' 'backend = serial, fork, pthread' 'workers = 1, 30' 'size = 1000' >pids.sweep
run in_group pids pids.max 16 "$program" sweep pids.sweep --out pids --no-charts
if [ "$status" = 99 ]; then
	skipped 'a pids control group' 'none can be made'
else
	rows '3 ok,2 no-resources' pids 'a pids control group'
fi

# --- disks ---
if unshare -m true 2>/dev/null; then
	mkdir disk
	status=0
	unshare -m sh -c "mount -t tmpfs -o size=128k none disk && '$program' sweep long.sweep --out disk/full --no-charts; s=\$?; cp -r disk/full full; exit \$s" >out 2>err || status=$?
	holds 'a full disk' sh -c "[ $status = 1 ] && tail -n 1 err | grep -q '^parscale: .*No space left on device'"
	holds '... and whole rows' test "$(statuses full)" = "$(($(wc -l <full/samples.csv) - 1)) ok"
	ok '... with which resume goes on' parscale resume full --budget 300ms --no-charts
	run unshare -m sh -c "mount -t tmpfs -o ro none disk && exec '$program' sweep long.sweep --out disk/x"
	holds 'a read-only folder' sh -c "[ $status = 2 ] && tail -n 1 err | grep -q '^parscale: .*Read-only file system'"
else
	skipped 'full and read-only disks' 'nothing can be mounted'
fi

# --- a machine that changes ---
if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
	"$program" sweep long.sweep --out fewer --no-charts >out 2>err &
	grown fewer/samples.csv 4000
	first=$(taskset -pc $! | sed 's/.*: //; s/[-,].*//')
	taskset -pc "$first" $! >/dev/null
	status=0
	wait $! || status=$?
	holds 'fewer CPUs stop a sweep' sh -c "[ $status = 2 ] && tail -n 1 err | grep -q '^parscale: machine changed: 1 CPU may be used, and [0-9]* when the sweep began'"
	holds '... and the launches before are kept' test "$(statuses fewer)" = "$(($(wc -l <fewer/samples.csv) - 1)) ok"
else
	skipped 'fewer CPUs' 'there is but one, or no taskset'
fi

plan 1 'kernel = noop' 'backend = serial, fork' 'size = 1e3' >short.sweep
shim=$PARSCALE_BUILD/tests/fail.so
if [ -e "$shim" ]; then
	stepped() {
		printf '\0\0\0\0\0\0\0\0' >counter
		: >launches
		run env LD_PRELOAD="$shim" FAIL_KIND="$1" FAIL_AT="$2" FAIL_COUNT="$PWD/counter" "$3" sweep "$4" --out "$1" --no-charts
		rows '2 ok' "$1" "a clock that is set: $1"
	}
	stepped realtime 3 "$program" short.sweep
	# a program beside a copy of ours counts the launches; during the first all calls are counted that there may be
	mkdir bin && cp "$program" bin/parscale
	cat >bin/parscale-gbench <<-END
		#!/bin/sh
		[ -s '$PWD/launches' ] || printf '\1\1\1\1\1\1\1\1' | dd of='$PWD/counter' conv=notrunc 2>/dev/null
		echo launch >>'$PWD/launches'
		exec '$program-gbench' "\$@"
	END
	chmod +x bin/parscale-gbench
	sed 's/meter = native/meter = gbench/' short.sweep >gbench.sweep
	if bin/parscale run noop --meter gbench >out 2>err; then
		stepped boottime 1000000 bin/parscale gbench.sweep
		holds 'a launch during which the machine was suspended is measured again' test "$(wc -l <launches)" = 3
	else
		skipped 'a suspended machine' 'no Google Benchmark'
	fi
fi

# --- a launch that is stopped ---
plan 1 'kernel = sieve' 'size = 5e9' 'timeout = 60s' >slow.sweep
"$program" sweep slow.sweep --out stopped --no-charts >out 2>err &
driver=$!
wait_for measuring
stopped=$launch
kill -STOP "$stopped"
is_stopped() { grep -q '^State:.*T' "/proc/$stopped/status"; }
wait_for is_stopped
kill -CONT "$stopped"
again() { launched && [ "$launch" != "$stopped" ]; }
holds 'a launch that was stopped is measured again' wait_for again
status=0
wait $driver || status=$?
rows '1 ok' stopped '... and its first samples are dropped'

# --- the sweep stands still and nobody tells it: a frozen container, a paused virtual machine ---
"$program" sweep slow.sweep --out frozen --no-charts >out 2>err &
driver=$!
wait_for measuring
stopped=$launch
kill -STOP "$driver"
sleep 1.5
kill -CONT "$driver"
holds 'a launch during which the sweep stood still is measured again' wait_for again
status=0
wait $driver || status=$?
rows '1 ok' frozen '... and counts once'

# --- Ctrl-Z: the sweep is stopped too ---
if command -v setsid >/dev/null; then
	setsid "$program" sweep slow.sweep --out group --no-charts >out 2>err &
	driver=$!
	wait_for measuring
	stopped=$launch
	kill -s STOP -- "-$driver"
	wait_for is_stopped
	kill -s CONT -- "-$driver"
	holds 'a sweep that was stopped measures its launch again' wait_for again
	status=0
	wait $driver || status=$?
	rows '1 ok' group '... and goes on'
fi
close_suite
