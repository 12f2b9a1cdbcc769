#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh - verdicts on two folders of results; unlike machines and corrupt folders are refused.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# results DIR SCALE MACHINE: 8 launches of one cell whose times are SCALE times 1.00 to 1.07 ms, from one measured row
parscale run noop --repetitions 1 --format csv >row
results() {
	mkdir "$1"
	awk -F , -v OFS=, -v scale="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
		{ for (i = 0; i < 8; i++) { $column["launch_id"] = i; $column["seconds"] = scale * (0.001 + i * 1e-8); print } }
	' row >"$1/samples.csv"
	printf '{"machine": {"key": "%s", "model": "CPU %s"}}\n' "$3" "$3" >"$1/manifest.json"
}
results a 1 x
results b 1.1 x
results c 1 y

says '^1 cells: 1 slower' 'ten per cent slower is slower' parscale compare a b
says ' slower +1\.100 \[1\.100 1\.100\]|^slower +1\.100' 'by so much' parscale compare a b
says '^1 cells: 0 slower, 0 unmeasured, 1 faster' 'the other way round it is faster' parscale compare b a
says '^1 cells: .* 1 same' 'the same is the same' parscale compare a a
says '^1 cells: .* 1 same' 'within a wide margin too' parscale compare a b --margin 15%
says '^kernel,.*,verdict,ratio,' 'as CSV' parscale compare a b --format csv
says '^    "verdict": "slower",$' 'as JSON' parscale compare a b --format json
ok 'slower is no failure by itself' parscale compare a b
ok 'faster does not fail on slower' parscale compare b a --fail-on slower
run parscale compare a b --fail-on slower
if [ "$status" = 1 ] && grep -q '^1 cells: 1 slower' out && grep -q '^parscale: compare: 1 cells slower' err; then
	result 'slower fails on slower, after the table' ''
else
	result 'slower fails on slower, after the table' "$(seen)"
fi

fails 2 'unlike machines' parscale compare a c
fails 2 '... among several' parscale compare c b a
ok 'unless told' parscale compare a c --cross-machine
echo '{"machine": ' >c/manifest.json
fails 2 'a manifest that is no JSON' parscale compare a c
says '^parscale: c/manifest.json:[12]: ' 'it names file and line' complaint compare a c
printf '\033\n' >c/manifest.json
fails 2 'a manifest of control characters' parscale compare a c
holds 'it obeys none of them' sh -c '! tr -d "[:print:]\n" <err | grep -q .'
echo '[]' >c/manifest.json
fails 2 'a manifest that is no object' parscale compare a c
echo '{}' >c/manifest.json
fails 2 'a manifest without a machine' parscale compare a c
rm c/manifest.json
fails 2 'no manifest' parscale compare a c
results near 1.001 x
ok 'with several' parscale compare b near a
holds '... each by itself' sh -c 'grep -q "^A: b, B: a$" out && grep -q "^A: near, B: a$" out && [ "$(grep -c "^1 cells: " out)" = 2 ]'
run parscale compare b near a --format csv
holds '... as CSV, where each row names its own' sh -c 'sed 1d out | grep -c "^noop,.*,faster,.*,b$\|^noop,.*,same,.*,near$" | grep -qx 2'
run parscale compare b near a --fail-on faster
holds '... fails if one of them does' sh -c "[ $status = 1 ] && grep -q '^parscale: compare: 0 cells slower, 1 faster' err"
fails 2 'one folder, of no sweep of several programs' parscale compare a
fails 2 'no folder' parscale compare
fails 2 'a folder that is not there' parscale compare a missing
fails 2 'a margin that is none' parscale compare a b --margin 1.5x
fails 2 'a negative margin' parscale compare a b --margin -1
fails 2 'an effect within the margin' parscale compare a b --margin 3 --effect 2
fails 2 'an unknown verdict' parscale compare a b --fail-on worse
sed 's/^noop,/text,/' a/samples.csv >b/samples.csv
fails 2 'nothing in common' parscale compare a b
sed 1q a/samples.csv >b/samples.csv
fails 2 'no samples' parscale compare a b
says '^usage: ' 'help' parscale compare --help
close_suite
