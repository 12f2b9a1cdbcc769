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
valid() { python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' "$1"; }
for format in text json csv; do
	# shellcheck disable=SC2086  # words
	run parscale run palindrome --input "$name" $quick --format $format
	holds "a name of all bytes, $format" test "$status" = 0
	[ $format != text ] || holds '... reaches no terminal' sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' out"
	[ $format != json ] || ! command -v python3 >/dev/null || holds '... is JSON' valid out
	[ $format != csv ] || holds '... is one row' test "$(wc -l <out)" = 2
done

# --- a sweep of such a file, on a machine with such a name ---
hostile="x<zz>&\"'\`touch pwned\`\$(touch pwned);|@{/zz}%d%n\\n!~[zz](zz)_*"
mkdir lists
cp "$name" "lists/$(printf '%s' "$hostile" | tr / _)"
rm "$name"
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
ok 'plot' parscale plot made
ok 'gallery' parscale gallery made "other $(printf '%s' "$hostile" | tr / _)" --out page
ok 'compare' parscale compare made "other $(printf '%s' "$hostile" | tr / _)"
for page in made/report.html page/*.html made/plots/*.svg page/*.svg page/*/*.svg; do
	[ -e "$page" ] || continue
	! grep -qF '<zz>' "$page" || result "$page" '  has the name as a tag'
done
for page in made/report.md page/*.md; do
	[ ! -e "$page" ] || ! grep -qE '(^|[^\\`])<zz>' "$page" || result "$page" '  has the name as a tag'
done
for format in gbench hyperfine; do
	run parscale export made --format $format
	! command -v python3 >/dev/null || holds "export: $format is JSON" valid out
done
ok 'export: OpenMetrics' parscale export made --format openmetrics
holds '... each label is closed' sh -c "! grep -v '^#' out | grep -vE '^[a-z_]+(\{([a-z_]+=\"([^\"\\\\]|\\\\.)*\",?)*\})? [^ ]+'"
holds 'no shell has obeyed' test -z "$(find . -name pwned)"
close_suite
