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
close_suite
