# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# browser.sh - reports of simulated machines, looked at by a browser at three widths: nothing
# overflows, loads, errs or stays blank.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

export PARSCALE_DATADIR="$PARSCALE_ROOT"
widths='1100 768 420'
# shellcheck disable=SC2086  # words
count_of() { set -- $1 && echo $#; }

# page REPORT...: a page that shows each in a frame of each width
page() {
	echo '<!DOCTYPE html><meta charset="utf-8"><body>'
	for report; do
		for width in $widths; do
			echo "<iframe src='$report/report.html' data-name='$report' style='border:0;width:${width}px;height:900px'></iframe>"
		done
	done
	echo "<script src='$PARSCALE_ROOT/tests/browser/check.js'></script>"
}

# look PAGE: the page after its check ran, in ./out; what the browser says of it in ./err
look() {
	run timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-extensions --allow-file-access-from-files --user-data-dir="$PWD/profile" \
		--host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr --virtual-time-budget=60000 --window-size=1200,900 --dump-dom "file://$PWD/$1"
	grep -oE '(fault: |checked )[^<]*' out >found || :
	grep 'CONSOLE' err | grep -v 'INFO:CONSOLE.*favicon' >console || :
}

reports='two crowd many'
for name in $reports; do
	"$PARSCALE_BUILD/plots/simulate" "$name" "$name" && parscale report "$name" >/dev/null
	holds "a report of machine '$name'" test -s "$name/report.html"
done

mkdir gallery
for number in 1 2 3 4 5 6; do "$PARSCALE_BUILD/plots/simulate" "machine-$number" "machine$number"; done
parscale gallery machine1 machine2 machine3 machine4 machine5 machine6 --out gallery --price machine1=500 >/dev/null &&
	mv gallery/gallery.html gallery/report.html
holds 'a gallery of six machines' test -s gallery/report.html
reports="$reports gallery"

browser=
for name in chromium chromium-browser google-chrome google-chrome-stable; do
	[ -n "$browser" ] || ! command -v "$name" >/dev/null || browser=$name
done
if [ -z "$browser" ] || ! command -v gnuplot >/dev/null; then
	skipped 'what a browser makes of reports' "no $([ -n "$browser" ] && echo gnuplot || echo chromium) here (scripts/bootstrap --ci installs it)"
	close_suite
fi

# shellcheck disable=SC2086  # names
page $reports >reports.html
look reports.html
holds 'the browser looked at every report in every width' grep -qx "checked $(($(count_of "$reports") * $(count_of "$widths")))" found
holds '... and found no fault' sh -c '! grep fault found'
holds '... and has nothing to say on its console' sh -c '! grep . console'

# What that is worth: each fault alone is found.
damaged() {
	rm -rf bad && mkdir bad
	sed "$2" two/report.html >bad/report.html
	page bad >bad.html
	look bad.html
	holds "found: $1" grep -q "$3" found console
}
damaged 'a page that is too wide' 's#<h1>#<p style="width:1500px">wide</p><h1>#' 'fault:.* the page is'
damaged 'an image that is not there' 's#<h1>#<img src="nothing.png"><h1>#' 'fault:.*\(not decoded\|loads\)'
damaged 'an error in its script' 's#<script>#<script>nonsense();#' 'nonsense'
damaged 'a chart without its marks' "s#id='speedup-sieve-gpPt5'#id='gone'#" 'fault:.*not defined'
close_suite
