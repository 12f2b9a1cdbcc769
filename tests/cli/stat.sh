#!/bin/sh
# SPDX-License-Identifier: MIT
# stat.sh - samples.csv summarised, the same every time; what is no folder of results is refused.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

mkdir sweep
for workers in 1 2; do
	parscale run noop --backend fork --workers $workers --repetitions 8 --format csv >"rows$workers"
done
cat rows1 >sweep/samples.csv
sed 1d rows2 >>sweep/samples.csv

says '^2 +[0-9]+ +8 ' 'a table, one line a cell, what differs in front' parscale stat sweep
says '^all: kernel noop, variant reference, backend fork' 'what all cells share stands above' parscale stat sweep
cp sweep/summary.csv first.csv
ok 'the summary as CSV' parscale stat --format csv sweep
same 'what is printed is what is written' out sweep/summary.csv
same 'the same samples give the same bytes' first.csv sweep/summary.csv
says '^    "self_speedup": 1\.0,$' 'the summary as JSON' parscale stat sweep --format=json
says '^    "serial_speedup": null,$' 'where null is what is not known' parscale stat sweep --format=json

printf 'noop,refer' >>sweep/samples.csv
ok 'a torn last line is left out' parscale stat sweep
same 'and changes nothing' first.csv sweep/summary.csv

fails 2 'no folder' parscale stat
fails 2 'two folders' parscale stat sweep sweep
fails 2 'a folder that is not there' parscale stat missing
fails 2 'a folder without samples' parscale stat .
fails 2 'a file' parscale stat first.csv
fails 2 'an unknown format' parscale stat sweep --format xml
fails 2 'an unknown option' parscale stat sweep --verbose
mkdir empty bad
: >empty/samples.csv
fails 2 'an empty file' parscale stat empty
sed 1q rows1 >empty/samples.csv
fails 2 'a file without rows' parscale stat empty
sed 's/,fork,/,fork,extra,/' rows1 >bad/samples.csv
fails 2 'a file with a field too many' parscale stat bad
says '^parscale: bad/samples.csv:2: ' 'it names file and line' complaint stat bad
if [ -e bad/summary.csv ] || [ -e empty/summary.csv ]; then left='  a summary.csv was left'; else left=''; fi
result 'nothing is left of what was refused' "$left"
says '^usage: ' 'help' parscale stat --help
close_suite
