#!/bin/sh
# SPDX-License-Identifier: MIT
# schema: a folder of schema 1, tests/golden/results-schema-1, is read by every command and gives the values it gave then, by today's
# names; one of a newer or unknown schema is refused by all, and left as it is. Its summary.csv, models.csv and probes.csv are what the
# parscale that measured it made of its samples.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
cp -r "$PARSCALE_ROOT/tests/golden/results-schema-1" golden

# values FILE [GOLDEN]: the rows as far as the golden file has their columns, in its order of columns
values() {
	awk -v names="$(head -n 1 "${2:-$1}")" '
		BEGIN {
			now["launch_ns"] = "startup_ns"; now["peak"] = "longest"; now["aside"] = "excluded"; now["one_at_a_time"] = "global_lock"
			n = split(names, name, ",")
		}
		{
			pieces = split($0, piece, "\""); line = piece[1]
			for (i = 2; i <= pieces; i++) { if (i % 2 == 0) gsub(/,/, ";", piece[i]); line = line piece[i] }
			split(line, field, ",")
		}
		NR == 1 { for (i in field) at[field[i]] = i; next }
		{
			for (i = 1; i <= n; i++) {
				column = name[i] in at ? name[i] : now[name[i]]
				printf "%s%s", (column in at) ? field[at[column]] : "no " name[i], i < n ? "," : "\n"
			}
		}' "$1"
}

# today FILE: its header bears none of the former names, but today's
today() {
	! head -n 1 "$1" | grep -qE '(^|,)(launch_ns|peak|aside|one_at_a_time)(,|$)' && head -n 1 "$1" | grep -q ',global_lock,'
}

# renamed FILE GOLDEN: the golden file's values by today's names
renamed() {
	values "$2" >wanted
	today "$1" && values "$1" "$2" | cmp - wanted
}

cp -r golden old
column median_seconds golden/summary.csv | sort -g >medians

ok 'stat reads it' parscale stat old
holds '... the summary is what it was' renamed old/summary.csv golden/summary.csv
holds '... the models too' renamed old/models.csv golden/models.csv
same '... and the probes' golden/probes.csv old/probes.csv
same '... what was measured stays untouched' golden/samples.csv old/samples.csv
ok 'stat reads a folder that is half of each' parscale stat old
holds '... to the same summary' renamed old/summary.csv golden/summary.csv

ok 'report reads it' parscale report golden --format text
cp -r golden pictured
ok '... and writes its pages' parscale report pictured
holds '... about every kernel' grep -q '^## .*palindrome' pictured/report.md
if command -v gnuplot >/dev/null; then
	ok 'plot reads it' parscale plot pictured
	holds '... its phases by today'\''s names' grep -q 'fork, startup: ' pictured/plots/phases-palindrome.svg
fi

says '^12 cells: 0 slower, 0 unmeasured, 0 faster' 'compare reads it' parscale compare golden golden
ok '... as CSV' parscale compare golden golden --format csv
column a_seconds out | sort -g >compared
same '... medians are what they were' medians compared

sed 's/"started": 1/"started": 2/' golden/manifest.json >later
cp -r golden twice && mv later twice/manifest.json
says '^both: 288 samples of 2 folders$' 'merge reads it' parscale merge golden twice --out both
holds '... into a folder of today' grep -q '^  "schema": 2,' both/manifest.json
holds '... by today'\''s names' today both/samples.csv
column median_seconds both/summary.csv | sort -g >compared
same '... of the same medians' medians compared

# what cannot be the same is which launch comes next: those of the last block are missing
cp -r golden cut
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "block") at = i } NR == 1 || $at < 5' golden/samples.csv >cut/samples.csv
values cut/samples.csv golden/samples.csv >before
ok 'resume goes on with it' parscale resume cut --force --no-charts
values cut/samples.csv golden/samples.csv | head -n "$(wc -l <before)" >after
same '... what was measured stays' before after
holds '... under the names that what follows has' today cut/samples.csv
holds '... 144 samples again' test "$(sed 1d cut/samples.csv | wc -l)" = 144
holds '... each right' test "$(column status cut/samples.csv | sort -u)" = ok
holds '... six launches of each cell' test "$(column launches cut/summary.csv | sort -u)" = 6
holds '... and is a folder of today' grep -q '^  "schema": 2,' cut/manifest.json
says '^12 cells: ' 'a folder of today compares with it' parscale compare golden cut --cross-machine
says '^mixed: 288 samples of 2 folders$' '... and merges' parscale merge golden cut --out mixed --cross-machine

sed '/^  "schema"/d' golden/manifest.json >unnumbered
cp -r golden plain && mv unnumbered plain/manifest.json
ok 'a folder without a number is of schema 1' parscale compare plain golden

# refused SCHEMA: by every command, which leaves the folder as it is
refused() {
	rm -rf future kept
	cp -r golden future
	sed "s/^  \"schema\": 1,/  \"schema\": $1,/" golden/manifest.json >future/manifest.json
	sed 's/,seconds,/,brand_new,/' golden/summary.csv >future/summary.csv
	cp -r future kept
	for command in 'stat future' 'plot future' 'report future' "report golden --against future --cross-machine" "compare future golden" \
		"compare golden future --cross-machine" "merge future golden --out none" "merge golden future --out none --cross-machine" \
		'resume future' 'resume future --force'; do
		# shellcheck disable=SC2086  # words
		fails 2 "schema $1: $command" parscale $command
		holds '... names both' grep -qF "future/manifest.json: results of schema $1; this parscale reads schema 1 to 2" err
	done
	holds '... and nothing is written' diff -r kept future
	holds '... nor made' test ! -e none
	holds '... nor in what is read beside it' diff -r "$PARSCALE_ROOT/tests/golden/results-schema-1" golden
}
refused 3
refused 0
refused '"new"'
close_suite
