# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# history.sh - a series of sweeps: planted changes are found and chance is not; order, machines, exit status, page.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
export PARSCALE_DATADIR="$PARSCALE_ROOT"

"$PARSCALE_BUILD/plots/simulate" machine-4 source
head -n 21 source/summary.csv >rows # twenty cells

# series NAME SWEEPS SEED FIRST FACTOR: folders NAME-01 to NAME-SWEEPS; every cell has 1 % of noise, and the first one takes
# FACTOR times as long from sweep FIRST on
series() {
	awk -F, -v OFS=, -v name="$1" -v sweeps="$2" -v seed="$3" -v first="$4" -v factor="$5" '
		function noise(    sum, i) { for (i = 0; i < 12; i++) sum += rand(); return 1 + 0.01 * (sum - 6) }
		{ line[NR] = $0 }
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		END {
			srand(seed)
			for (s = 1; s <= sweeps; s++) {
				dir = sprintf("%s-%02d", name, s)
				system("mkdir -p " dir)
				printf "{\"machine\": {\"key\": \"k\", \"model\": \"simulated machine\"}, \"started\": %d, \"build\": {\"commit\": \"c%02d\"}}\n", 1767225600 + 86400 * s, s >(dir "/manifest.json")
				print line[1] >(dir "/summary.csv")
				for (r = 2; r <= NR; r++) {
					$0 = line[r]
					f = noise() * (r == 2 && s >= first ? factor : 1)
					$column["median_seconds"] *= f
					$column["median_low"] *= f
					$column["median_high"] *= f
					print >(dir "/summary.csv")
				}
				close(dir "/summary.csv")
			}
		}' rows
}
series step 20 1 13 1.05
series calm 20 2 99 1

says '^20 sweeps, 20 cells: 1 change in 1 of them' 'a planted change is found' parscale history step-*
holds '... at its commit' grep -qE ' c13 +slower ' out
holds '... by so much' grep -qE ' 1\.0[45][0-9] \[' out
says '^20 sweeps, 20 cells: 0 changes' 'and nothing where nothing changed' parscale history calm-*
run parscale history step-*
mv out given
# shellcheck disable=SC2046  # names
ok 'in another order' parscale history $(printf '%s\n' step-* | sort -r)
same '... the same, for time counts' given out
says '^20 sweeps, 20 cells: 1 change in 1 of them \(Hunter' "Hunter's method finds it too" parscale history step-* --method hunter
says '^20 sweeps, 20 cells: 0 changes' 'within a wide margin it is none' parscale history step-* --margin 10%
says '^kernel,.*,sweep,folder,commit,' 'as CSV' parscale history step-* --format csv
holds '... a row per change' test "$(wc -l <out)" = 2
says '"verdict": "slower"' 'as JSON' parscale history step-* --format json

ok 'a change is no failure by itself' parscale history step-*
run parscale history step-* --fail-on slower
holds 'slower fails on slower' test "$status $(grep -c '^parscale: history: 1 changes to slower' err)" = '1 1'
ok 'but not on faster' parscale history step-* --fail-on faster
run parscale history step-* --fail-on change
holds 'and on change' test "$status" = 1
run parscale history step-* --fail-on slower --recent 8
holds 'a change within the last 8 sweeps fails' test "$status" = 1
ok '... within the last 7 it is not' parscale history step-* --fail-on slower --recent 7
ok 'calm does not fail' parscale history calm-* --fail-on change

fails 2 'five sweeps' parscale history step-01 step-02 step-03 step-04 step-05
fails 2 'none' parscale history
fails 2 'a folder that is not there' parscale history step-0* missing
fails 2 'a sweep twice' parscale history step-0* step-01
holds '... is said' grep -q 'one sweep twice' err
mkdir other undated empty
sed 's/"k"/"another"/; s/17[0-9]*/1800000000/' step-01/manifest.json >other/manifest.json
cp step-01/summary.csv other/
fails 2 'an unlike machine' parscale history step-0* other
holds '... is said' grep -q 'step-01 and other are not known to be of one machine' err
sed 's/"started": [0-9]*, //' step-01/manifest.json >undated/manifest.json
cp step-01/summary.csv undated/
fails 2 'a sweep without a date' parscale history step-0* undated
fails 2 'a folder that is no result' parscale history step-0* empty
fails 2 'a level that is none' parscale history step-* --level 2
fails 2 'a margin that is none' parscale history step-* --margin x
fails 2 'no recent sweep' parscale history step-* --recent 0
fails 2 'a page in the folder of a sweep' parscale history step-* --out step-01
fails 2 'a method that is none' parscale history step-* --method cusum

ok 'a page' parscale history step-* --out page
holds '... says what it wrote' grep -qx 'page/history.html' out
holds '... has the change' grep -qE '^\| .* \| slower \| .* \| c13 \| c12 \|' page/history.md
holds '... and every sweep' test "$(grep -c '^| [0-9]* | 2026-' page/history.md)" = 20
holds '... no file is left half-written' test -z "$(find page -name '*.part' -o -name '.drawing*')"
if command -v gnuplot >/dev/null; then
	holds '... and a chart' test -s page/plots/history.svg
	ok 'a page without changes' parscale history calm-* --out calm
	holds '... has one too' test -s calm/plots/history.svg
fi
close_suite
