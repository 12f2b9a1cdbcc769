# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# names.sh - names from outside are data wherever they go: every byte that a file's name may have, and host names, CPU names
# and labels with what HTML, SVG, gnuplot, JSON, CSV, Markdown and shells would obey.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# --- an input whose name has each byte but NUL, / and line breaks ---
name=./$(awk 'BEGIN { for (i = 1; i < 256; i++) if (i != 10 && i != 13 && i != 47) printf "%c", i }')
printf 'noon\nabba\nabcd\n' >"$name"
quick='--length 4 --repetitions 1 --sample-time 1ms --meter native'
# is_json NAME: ./out is
is_json() {
	if command -v python3 >/dev/null; then
		holds "$1 is JSON" python3 -c 'import json; json.load(open("out", encoding="utf-8"))'
	else
		skipped "$1 is JSON" 'there is no python3'
	fi
}
for format in text json csv; do
	# shellcheck disable=SC2086  # words
	run parscale run palindrome --input "$name" $quick --format $format
	holds "a name of all bytes, $format" test "$status" = 0
	[ $format != json ] || is_json '... which'
	[ $format != csv ] || holds '... is one row' test "$(wc -l <out)" = 2
done

# --- a sweep of such a file, on a machine with such a name ---
hostile="x<zz>&\"'\`touch pwned\`\$(touch pwned);|@{/zz}%d%n\\n!~[zz](zz)_*"
mkdir lists
cp "$name" "lists/$(printf '%s' "$hostile" | tr / _)"
rm "$name"
fails 2 'a name of all bytes that is not there' parscale run palindrome --input "$name"
holds '... reaches no terminal' sh -c "grep -q 0123456789 err && ! grep -q '[[:cntrl:]]' err"
plan 1 'kernel = palindrome' 'backend = serial, fork' 'workers = 1, 2' 'length = 4' "input = lists/$(printf '%s' "$hostile" | tr / _)" >names.sweep
ok 'a sweep of a file with such a name' parscale sweep names.sweep --out made --no-charts
as_json=$(printf '%s' "$hostile" | sed 's/[\\"]/\\&/g')
for key in host model name cpu hypervisor kernel governor; do
	WITH=$as_json awk -v key="\"$key\": \"" 'at = index($0, key) { comma = /,$/ ? "," : ""; print substr($0, 1, at + length(key) - 1) ENVIRON["WITH"] "\"" comma; next } { print }' made/manifest.json >again
	mv again made/manifest.json
done
holds 'the machine has such a name' test "$(grep -c '<zz>' made/manifest.json)" -ge 3
cp -r made "other $(printf '%s' "$hostile" | tr / _)"
ok 'report' parscale report made
ok 'gallery' parscale gallery made "other $(printf '%s' "$hostile" | tr / _)" --out page
ok 'compare' parscale compare made "other $(printf '%s' "$hostile" | tr / _)"
# charts are there where gnuplot is
for page in made/report.html made/report.md page/gallery.html page/gallery.md $(find made page -name '*.svg'); do
	holds "$page has the name, not as a tag" sh -c "grep -qF 'x&lt;zz' $page && ! grep -qF '<zz' $page"
done
for format in gbench hyperfine; do
	run parscale export made --format $format
	is_json "export: $format"
done
ok 'export: OpenMetrics' parscale export made --format openmetrics
holds '... each label is closed' sh -c "! grep -v '^#' out | grep -vE '^[a-z_]+(\{([a-z_]+=\"([^\"\\\\]|\\\\.)*\",?)*\})? [^ ]+'"
holds 'no shell has obeyed' test -z "$(find . -name pwned)"
close_suite
