# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# changed.sh - what a sweep may assume never changes under it: its program, its input, the file of its rows. Another one
# stops it, and resume refuses it; the finished launches are kept.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/kills.sh
. "$PARSCALE_ROOT/tests/cli/kills.sh"

mkdir program elsewhere
cp "$PARSCALE_BUILD/parscale" program/parscale

# begin DIR PLAN: a sweep that has made some launches
begin() {
	program/parscale sweep "$2" --out "$1" --no-charts >out 2>err &
	grown "$1/samples.csv" 4000
}
# stopped PATTERN DIR: it ends so, keeps its rows, and they are all good
stopped() {
	status=0
	wait $! || status=$?
	holds "$2: $1" sh -c "[ $status = 2 ] && tail -n 1 err | grep -q '^parscale: $1'"
	holds '... and summarised' test -s "$2/summary.csv"
	holds '... and the launches before are kept' sh -c "[ \"\$(grep -c ',ok,' $2/samples.csv)\" = \$((\$(wc -l <$2/samples.csv) - 1)) ]"
}
# unwritten STATUS NAME COMMAND...: exits so, and leaves the rows as they are
unwritten() {
	cp r/samples.csv before.csv
	fails "$@"
	same '... and nothing is written' r/samples.csv before.csv
}

printf 'noon kayak Anna\n' >t.txt
plan 20000 'kernel = text' 'input = t.txt' >text.sweep
plan 20000 'kernel = noop' 'size = 1e3' >noop.sweep

begin r text.sweep
printf 'noon kayak Anne\n' >t.txt
stopped 'input changed: t.txt' r
unwritten 2 'resume refuses another input' program/parscale resume r --force
holds '... by that name' grep -q '^parscale: resume: input changed: t.txt' err
rm t.txt
unwritten 2 'resume refuses a missing input' program/parscale resume r
printf 'noon kayak Anna\n' >t.txt
ok 'the same content is the same input' program/parscale resume r --budget 500ms --no-charts

cd elsewhere || exit
printf 'another\n' >t.txt
ok 'resume from another folder' ../program/parscale resume ../r --budget 500ms --no-charts
cd ..
holds '... finds the input, and no launch fails' test "$(grep -c ',ok,' r/samples.csv)" = $(($(wc -l <r/samples.csv) - 1))
sed 's/"directory": "/"directory": "\/nonesuch/' r/manifest.json >other && mv other r/manifest.json
cd elsewhere || exit
run ../program/parscale resume ../r
cd ..
holds 'where the first folder is gone, another input is refused' sh -c "[ $status = 2 ] && grep -q 'input changed: t.txt' elsewhere/err"

begin p noop.sweep
cp program/parscale program/new && mv program/new program/parscale
printf 'another build' | cat program/parscale - >program/new && chmod +x program/new && mv program/new program/parscale
stopped 'program changed: .*/program/parscale' p
fails 2 'resume refuses another program' program/parscale resume p --no-charts
holds '... by that name' grep -q 'another build of parscale' err
ok '... unless told' program/parscale resume p --force --budget 500ms --no-charts

# The file is another one, its content is not.
plan 40 'kernel = noop' 'size = 1e3' >short.sweep
program/parscale sweep short.sweep --out copied --no-charts >out 2>err &
grown copied/samples.csv 0
cp program/parscale program/new && mv program/new program/parscale
status=0
wait $! || status=$?
holds 'a copy of itself is the same program' test $status = 0

# --- where the rows go ---
begin moved noop.sweep
mv moved elsewhere/moved
status=0
wait $! || status=$?
holds 'a folder that is moved away ends its sweep' sh -c "[ $status = 2 ] && tail -n 1 err | grep -q '^parscale: results changed: moved/samples.csv was moved'"
holds '... and what was measured is in it' test "$(grep -c ',ok,' elsewhere/moved/samples.csv)" = "$(($(wc -l <elsewhere/moved/samples.csv) - 1))"
begin cut noop.sweep
truncate -s "$(head -n 3 cut/samples.csv | wc -c)" cut/samples.csv
stopped 'results changed: cut/samples.csv had [0-9]* bytes' cut
close_suite
