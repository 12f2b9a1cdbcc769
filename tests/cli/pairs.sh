# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# pairs.sh - one sweep of two programs or three: its folders, what compare makes of them, kills between two
# launches of a pair, and partners that are none.
# PARSCALE_KILLS says how often (4; `make check-long` 200).
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/kills.sh
. "$PARSCALE_ROOT/tests/cli/kills.sh"

other=$PARSCALE_BUILD/tests/planted
short_plan <<'END'
kernel = noop, palindrome
backend = serial, fork, exec
workers = 1
size = 1e4
END

# both DIR: the same launches on both $sides, in order, of the same cells and blocks, each right, every cell four times
sides=2
both() {
	[ "$(find "$1" -name samples.csv | wc -l)" = "$sides" ] || return 1
	for side in "$1" "$1/against" "$1/against"/*; do
		[ -e "$side/samples.csv" ] || continue
		awk -F, -v cells="$cells" '
			{ gsub(/"[^"]*"/, "x") }
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			$at["status"] != "ok" { print "status " $at["status"] >"/dev/stderr"; bad = 1 }
			$at["sample"] == 0 { print $at["launch_id"], $at["cell_id"], $at["block"]; n++ }
			END { if (n != 4 * cells || NR != 1 + 2 * n) { print n " launches" >"/dev/stderr"; bad = 1 }; exit bad }
			' "$side/samples.csv" >launches || return 1
		[ ! -e launches.before ] || cmp launches launches.before || return 1
		mv launches launches.before
		[ "$(grep -c '^switch,' "$side/probes.csv")" -gt 0 ] || return 1
	done
	rm launches.before
}

says "^# each in turn with $other/parscale [0-9]" '--dry-run tells of the other program' parscale sweep plan.sweep --against "$other" --dry-run
ok 'a sweep of two programs' parscale sweep plan.sweep --against "$other/parscale" --out two
holds '... says how to compare them' grep -q 'parscale compare two$' err
holds '... each cell launched on both sides' both two
holds '... whose own report compares them' grep -q 'two/against' two/report.md
ok '... and both folders are sound' "$PARSCALE_ROOT/scripts/check-results" two
ok '... each for itself' "$PARSCALE_ROOT/scripts/check-results" two/against
says '^one sweep measured both' 'compare takes launches for pairs' parscale compare two/against two
says ',4,4,4,[0-9]' '... four of each cell' parscale compare two/against two --format csv
cp out four
run parscale compare two --format csv
holds '... and finds the other program by itself' cmp out four
run parscale compare two two
holds 'a folder against itself is no pair' sh -c '! grep -q "^one sweep measured both" out'
ok 'both can be merged' parscale merge two two/against --out merged --cross-machine
run parscale compare merged two
holds '... and are a pair no longer' sh -c '! grep -q "^one sweep measured both" out'
fails 2 'the other half alone does not go on' parscale resume two/against
holds '... since it lies in another' grep -q 'the folder that it lies in' err
ok 'the whole does' parscale resume two --no-charts
holds '... and has nothing left to do' both two
fails 2 'a folder that holds results is left alone' parscale sweep plan.sweep --against "$other" --out two
# as 0.9 wrote it
awk '/"programs": \[/ { skip = 1 } skip && /"program":/ { sub(/^ */, "    "); print }
	skip && /\]/ { skip = 0; next } !skip' two/manifest.json >x && mv x two/manifest.json
holds 'a manifest of an earlier version' grep -q '^    "program": ".*parscale"$' two/manifest.json
ok '... is gone on with' parscale resume two --no-charts
holds '... and has nothing left to do' both two

# --- three programs ---
sides=3
says '^# each in turn with .*, into against/planted-2$' 'programs of one folder are numbered' \
	parscale sweep plan.sweep --against "$other" --against "$other/parscale" --dry-run
for folder in base/build head/build clang/bin; do
	mkdir -p "$folder"
	printf '#!/bin/sh\nexec "%s/parscale" "$@"\n' "$PARSCALE_BUILD" >"$folder/parscale"
	chmod +x "$folder/parscale"
done
run parscale sweep plan.sweep --dry-run --against base/build --against head/build --against clang/bin
holds 'folders are named by what tells programs apart' sh -c \
	'grep -q "into against/base-build$" out && grep -q "into against/head-build$" out && grep -q "into against/clang-bin$" out'
ok 'a sweep of three programs' parscale sweep plan.sweep --against "$other" --against "$other/parscale" --no-charts --out three
holds '... each cell launched by all' both three
says '^A: three/against/planted-2, B: three$' 'compare shows each' parscale compare three
run parscale compare three --format csv
holds '... every cell of both' sh -c "[ \$(grep -c ',4,4,4,.*three/against/planted' out) = $((2 * cells)) ]"
says '^one sweep measured both' 'these two are pairs as well' parscale compare three/against/planted-2 three/against/planted
says 'planted-2: Of ' 'and so does the report' parscale report three --format text
fails 2 'a part alone does not go on' parscale resume three/against/planted
fails 2 '... nor is compared' parscale compare three/against/planted
kill_often 2 against/planted-2/samples.csv 0.9 both --against "$other" --against "$other"
ok 'killed, it goes on to its end' parscale resume killed --no-charts
holds 'every launch is there once' both killed
for bad in '../against' 'against/../x' 'against/' 'againstx' 'against/a/b'; do
	sed "s|\"folder\": \"against/planted\"|\"folder\": \"$bad\"|" three/manifest.json >x && mkdir -p odd && mv x odd/manifest.json
	fails 2 "a manifest that names the folder '$bad'" parscale resume odd
	holds '... says nothing sound' grep -q 'odd/manifest.json does not say which programs' err
done
rm -rf killed three/against/planted-2
says '^- Of 6 cells in common' 'a folder that was not copied is left out' parscale report three --format text
sides=2

# --- kills ---
kill_often "${PARSCALE_KILLS:-4}" against/samples.csv 0.9 both --against "$other"
ok 'killed often, it goes on to its end' parscale resume killed --no-charts
holds 'every pair is there once' both killed
sed 's/"compiler": "/"compiler": "another /' killed/against/manifest.json >x && mv x killed/against/manifest.json
fails 2 'another build of the other program is refused' parscale resume killed
holds '... by its folder' grep -q 'killed/against was measured with another build' err
ok '... unless told' parscale resume killed --anyway --no-charts # the former name
cp killed/against/manifest.json kept
sed 's/"schema": [0-9]*/"schema": 99/' kept >killed/against/manifest.json
fails 2 'another schema of the other program is refused, whatever is told' parscale resume killed --force
holds '... by its number' grep -q 'killed/against/manifest.json: results of schema 99;' err
mv kept killed/against/manifest.json
sed '$d' killed/against/samples.csv | sed '$d' | sed '$d' | sed '$d' >x && mv x killed/against/samples.csv
run parscale resume killed
holds 'a side that lacks launches is refused' sh -c "[ $status = 2 ] && grep -q 'row 47 is of a launch that another side does not have' err"

# --- partners that are none ---
refused() {
	what=$1 says=$2
	shift 2
	fails 2 "$what" parscale sweep plan.sweep --out none "$@"
	holds "... '$says'" grep -q -e "^parscale: --against: .*$says" err
	holds '... and makes nothing' test ! -e none
}
mkdir empty silent failing foreign old renamed
printf '#!/bin/sh\nexit 0\n' >silent/parscale
printf '#!/bin/sh\nexit 1\n' >failing/parscale
printf '#!/bin/sh\necho kernel\necho velocity\n' >foreign/parscale
printf '#!/bin/sh\ncase $1 in list) exec "%s" "$@" ;; *) exit 2 ;; esac\n' "$PARSCALE_BUILD/parscale" >old/parscale
cp silent/parscale renamed/other
chmod +x silent/parscale failing/parscale foreign/parscale old/parscale renamed/other
refused 'no such program' 'there is no program' --against missing
refused 'a folder without one' 'there is no program' --against empty
refused 'a file that is none' 'there is no program' --against plan.sweep
refused 'another name' 'must bear the name parscale' --against renamed/other
refused 'a program that says nothing' 'other columns' --against silent
refused 'a program that fails' 'is no parscale' --against failing
refused 'other columns' 'other columns' --against foreign
refused 'one of several that is none' 'there is no program missing' --against "$other" --against missing
refused 'too many' 'at most 7' --against a --against a --against a --against a --against a --against a --against a --against a
refused 'a program without a build' 'does not report its build' --against old
if [ -x "$PARSCALE_BUILD/parscale-gbench" ]; then
	refused 'no program for the meter' 'parscale-gbench, which is not there (--meter native' --against "$other" --meter gbench
fi
close_suite
