# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# usual.sh - what people's machines, shells and files are like: names of folders, editors' marks, Windows' lists, compressed
# texts, a desktop's gnuplot, programs copied alone, jobs that begin together, nodes that are alike.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

quick='--repetitions 1 --sample-time 1ms'

# --- files ---
printf 'noon\r\nabba\r\nabcd\r\n' >windows
printf 'noon\r\nabba\r\nabcd' >windows-open
printf 'noon\r\nabba\nabcd\r\n' >mixed
printf 'noon\nabba\nabcd\n' >unix
for file in windows windows-open unix; do
	# shellcheck disable=SC2086  # words
	run parscale run palindrome --length 4 --input $file $quick --format json
	holds "a list, $file" test "$status $(field count) $(field items)" = '0 2 3'
done
fails 2 'a list with lines of two kinds' parscale run palindrome --length 4 --input mixed
holds '... names the line' grep -q 'line 2 of the list' err
if command -v bzip2 >/dev/null; then
	bzip2 -c unix >unix.bz2
	fails 2 'a compressed text' parscale run text --input unix.bz2
	holds '... says how to read it' grep -q 'compressed by bzip2: bzcat' err
fi
printf '\377\376n\0o\0o\0n\0' >utf16
fails 2 'a text in UTF-16' parscale run text --input utf16
holds '... says how to read it' grep -q 'UTF-16: iconv' err

printf '\357\273\277kernel = noop\nbackend = serial, pthread\nworkers = 1\nsize = 1000\nlaunches = 2\nrepetitions = 1\n' >marked.sweep
ok 'a plan that begins with a mark of UTF-8' parscale sweep marked.sweep --out marked --no-charts
{
	printf '\357\273\277'
	cat marked/samples.csv
} >with && mv with marked/samples.csv
ok 'samples that do' parscale stat marked

# --- jobs and nodes ---
mkdir together
(cd together && parscale sweep ../marked.sweep --no-charts >one 2>&1) &
first=$!
(cd together && parscale sweep ../marked.sweep --no-charts >two 2>&1) &
second=$!
(cd together && parscale sweep ../marked.sweep --no-charts >three 2>&1)
good=$?
wait $first || good=1
wait $second || good=1
holds 'three sweeps that begin together' test "$good" = 0
holds 'have a folder each' test "$(find together/results -name summary.csv | wc -l)" = 3
node() { sed "s/^  \"host\": .*/  \"host\": \"$2\",/; s/^  \"started\": .*/  \"started\": $3,/" marked/manifest.json >"$1/manifest.json"; }
for n in 1 2; do
	cp -r marked "n$n"
	node "n$n" "node0$n" "$n.5"
done
holds 'a manifest has the name of the host' grep -q "^  \"host\": \"$(uname -n)\"" marked/manifest.json
ok 'nodes of one model, pooled' parscale merge n1 n2 --out pooled
holds '... are told' grep -q 'pools hosts of one model, such as node01 and node02' err
ok 'and kept apart' parscale merge n1 n2 --out apart --cross-machine
machines() { column machine "$1" | sort -u | wc -l; }
holds '... by their names' test "$(machines apart/samples.csv)" = 2

# --- programs ---
mkdir alone
cp "$PARSCALE_BUILD/parscale" alone
# shellcheck disable=SC2086  # words
run ./alone/parscale run noop --backend exec --workers 2 $quick --format json
holds 'a program copied alone measures by itself' test "$status $(field meter)" = '0 native'
# shellcheck disable=SC2016  # the inner shell's
if unshare -r -m sh -c 'mount -t tmpfs none /proc' 2>/dev/null; then
	for backend in fork exec pthread; do
		# shellcheck disable=SC2086  # words
		run unshare -r -m sh -c 'mount -t tmpfs none /proc && exec "$@"' sh "$PARSCALE_BUILD/parscale" run noop --backend $backend --workers 2 $quick --format json
		holds "without /proc: $backend" test "$status $(field count)" = '0 1000'
	done
fi
# --seconds is a limit: one launch, one sample of each case
run parscale probe switch --seconds 0.000001 --format csv
most() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } $c > most { most = $c } END { print most }' out; }
holds 'a limit on the time of a probe' test "$status $(most launches) $(most samples)" = '0 1 1'

# --- charts ---
if command -v gnuplot >/dev/null; then
	ok 'a terminal of a desktop in GNUTERM' env GNUTERM=nonsense "$PARSCALE_BUILD/parscale" plot n1
	holds '... has no say' test -z "$(cat err)"
	charts=$(find n1/plots -name '*.svg' | wc -l)
	holds '... and charts are there' test "$charts" -gt 0
	for folder in '|pipe' '<from' '>to' '$block' '-dash' "quote's" 'double"quote' 'back`tick' 'a blank' "$(printf 'tab\there')" '%d' '{x}'; do
		cp -r n2 "./$folder" && rm -rf "./$folder/plots"
		run parscale plot "./$folder"
		holds "a folder named $folder" test "$status $(find "./$folder/plots" -name '*.svg' | wc -l)" = "0 $charts"
		case $folder in -*) continue ;; esac
		run parscale plot "$folder"
		holds "... without its path" test "$status $(find "./$folder/plots" -name '*.svg' | wc -l)" = "0 $charts"
	done
	mkdir ends
	# shellcheck disable=SC2016  # the script's
	printf '#!/bin/sh\nkill -SEGV $$\n' >ends/gnuplot
	chmod +x ends/gnuplot
	ok 'a gnuplot that ends by a signal costs its charts' env PATH="$PWD/ends:$PATH" "$PARSCALE_BUILD/parscale" report n1
	holds '... which is named' grep -q 'gnuplot: chart .* is not drawn: ended by signal 11' err
	holds '... and the report is there' test -s n1/report.html
	mkdir hangs gone
	printf '#!/bin/sh\nexit 127\n' >gone/gnuplot
	chmod +x gone/gnuplot
	ok 'a gnuplot that is found missing late' env PATH="$PWD/gone:$PATH" "$PARSCALE_BUILD/parscale" report n1
	holds '... leaves tables' grep -q 'charts need gnuplot, .* the report has tables only' err
	printf '#!/bin/sh\nexec sleep 600\n' >hangs/gnuplot
	chmod +x hangs/gnuplot
	fails 1 'a gnuplot that hangs' env PATH="$PWD/hangs:$PATH" PARSCALE_GNUPLOT_SECONDS=0.2 "$PARSCALE_BUILD/parscale" plot n1
	holds '... is named' grep -q 'gnuplot took longer than 0.2 s on chart' err
fi
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
	TERM=dumb script -qec "'$PARSCALE_BUILD/parscale' sweep marked.sweep --out dumb --no-charts" /dev/null >typed </dev/null
	holds 'a dumb terminal gets lines' sh -c "test -e dumb/summary.csv && ! grep -q \"\$(printf '\\033')\" typed"
fi
close_suite
