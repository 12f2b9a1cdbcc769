# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# export.sh - results in other tools' formats, each read back by the tool where it is installed.
#
# compare.py is of Debian's libbenchmark-tools; hyperfine's scripts are those of its sources, in
# PARSCALE_HYPERFINE_SCRIPTS.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# python MODULE...: the first Python that has all of them
python() {
	for candidate in python3 /usr/bin/python3; do
		for module; do "$candidate" -c "import $module" >/dev/null 2>&1 || continue 2; done
		echo "$candidate" && return
	done
	return 1
}

"$PARSCALE_BUILD/plots/simulate" two base
"$PARSCALE_BUILD/plots/simulate" sixteen failed
mkdir slow && cp base/manifest.json slow/
# every launch of back end fork takes twice as long
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
	$column["backend"] == "fork" { $column["seconds"] *= 2 } { print }' base/samples.csv >slow/samples.csv
ok 'the slowed copy' parscale stat slow

for format in gbench hyperfine openmetrics csv-long; do
	ok "export --format $format" parscale export base --format $format
	mv out base.$format
	parscale export slow --format $format >slow.$format
	ok '... again' parscale export base --format $format
	same '... is the same, byte for byte' base.$format out
	run parscale export failed --format $format
	mv out failed.$format
	if [ $format != csv-long ]; then
		holds '... says what is left out' grep -qE '^parscale: [0-9]+ cells without a sample that counts left out$' err
	fi
done
fails 2 'no format' parscale export base
fails 2 'an unknown format' parscale export base --format xml
fails 2 'no folder' parscale export --format gbench
fails 2 'two folders' parscale export base slow --format gbench
fails 2 'a folder that is not there' parscale export missing --format gbench
cp -r base summary && rm summary/samples.csv
fails 2 'no samples' parscale export summary --format gbench
ok 'a summary is enough for metrics' parscale export summary --format openmetrics
same '... and gives the same' base.openmetrics out

# a file's name that CSV quotes
mkdir comma && cp base/manifest.json comma/
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
	{ $column["input"] = "\"a, b.txt\"" } { print }' base/samples.csv >comma/samples.csv
ok 'results of a file with a comma in its name' parscale stat comma
says '"input": "a, b.txt"' '... have it as it is, as a parameter' parscale export comma --format hyperfine
says '/input:a, b.txt' '... in names of cells' parscale export comma --format gbench
says 'input="a, b.txt"' '... and in labels' parscale export comma --format openmetrics

# --- long CSV ---
holds 'long CSV has a row of seconds per sample' test "$(awk -F, '$15 == "seconds"' base.csv-long | wc -l)" = "$(column seconds base/samples.csv | wc -l)"
column seconds base/samples.csv | sort >one
awk -F, '$15 == "seconds" { print $17 }' base.csv-long | sort >two
same '... with the same values' one two
holds '... and rows without a value where a sample failed' grep -qE ',timeout,seconds,s,$' failed.csv-long

# --- Google Benchmark ---
compare=/usr/share/benchmark/compare.py
if p=$(python json); then
	cat >check.py <<'END'
import json, sys, csv, statistics
cells = {}
for b in json.load(open(sys.argv[1]))['benchmarks']:
    assert b['run_type'] == 'iteration' and b['name'] == b['run_name'] and b['time_unit'] == 'ns'
    assert 'error_occurred' not in b and b['real_time'] > 0
    cells.setdefault(b['name'], []).append(b['real_time'])
    assert b['repetition_index'] == len(cells[b['name']]) - 1
medians = sorted(float(r['median_seconds']) for r in csv.DictReader(open(sys.argv[2])) if r['median_seconds'])
mine = sorted(statistics.median(times) / 1e9 for times in cells.values())
assert len(medians) == len(mine) and all(abs(a / b - 1) < 1e-9 for a, b in zip(medians, mine)), (len(medians), len(mine))
h = json.load(open(sys.argv[3]))['results']
assert sorted(r['command'] for r in h) == sorted(cells)
for r in h:
    assert r['times'] and all(abs(t * 1e9 / u - 1) < 1e-9 for t, u in zip(r['times'], cells[r['command']]))
    assert abs(r['median'] / statistics.median(r['times']) - 1) < 1e-12 and r['exit_codes'] == [0] * len(r['times'])
    assert abs(r['mean'] / statistics.mean(r['times']) - 1) < 1e-12 and r['min'] == min(r['times'])
    assert len(r['times']) == 1 or abs(r['stddev'] - statistics.stdev(r['times'])) <= 1e-9 * r['mean']
END
	holds "gbench's and hyperfine's JSON have the folder's medians" "$p" check.py base.gbench base/summary.csv base.hyperfine
	holds '... and nothing of cells that failed' "$p" check.py failed.gbench failed/summary.csv failed.hyperfine
else
	skipped "gbench's and hyperfine's JSON" 'no python3 here'
fi
if [ -e $compare ] && p=$(python scipy numpy); then
	ok 'compare.py reads it' "$p" $compare --no-color benchmarks base.gbench slow.gbench
	holds '... and finds what is slower' grep -qE '^sieve/avx512/fork/pool/dynamic/workers:2/size:1000000000/[^ ]* +\+1\.0000 ' out
	holds '... and what is not' grep -qE '^sieve/avx512/openmp/pool/dynamic/workers:2/size:1000000000/[^ ]* +\+0\.0000 ' out
	holds '... by its test over launches' grep -qE '_pvalue +.*U Test, Repetitions: 3 vs 3' out
else
	skipped "Google Benchmark's compare.py" 'no libbenchmark-tools and python3-scipy here (Debian)'
fi

# --- hyperfine ---
scripts=${PARSCALE_HYPERFINE_SCRIPTS:-}
if [ -n "$scripts" ] && p=$(python numpy); then
	ok "hyperfine's advanced_statistics.py reads it" "$p" "$scripts/advanced_statistics.py" base.hyperfine
	holds '... every cell' test "$(grep -c '^Command ' out)" = "$(grep -c '"command"' base.hyperfine)"
else
	skipped "hyperfine's advanced_statistics.py" 'no PARSCALE_HYPERFINE_SCRIPTS, or no python3-numpy'
fi
if [ -n "$scripts" ] && p=$(python matplotlib); then
	ok "hyperfine's plot_whisker.py reads it" env MPLBACKEND=Agg "$p" "$scripts/plot_whisker.py" base.hyperfine -o whisker.png
	holds '... and draws' test -s whisker.png
else
	skipped "hyperfine's plot_whisker.py" 'no PARSCALE_HYPERFINE_SCRIPTS, or no python3-matplotlib'
fi

# --- OpenMetrics ---
holds 'OpenMetrics ends as it must' test "$(tail -n 1 base.openmetrics)" = '# EOF'
if p=$(python prometheus_client.openmetrics); then
	cat >read.py <<'END'
import csv, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
text = open(sys.argv[1], encoding='utf-8').read()
rows = [r for r in csv.DictReader(open(sys.argv[2])) if r['median_seconds']]
for parse in openmetrics, prometheus:
    found = {f.name: f for f in parse(text)}
    median = found['parscale_run_median_seconds']
    assert sorted(s.value for s in median.samples) == sorted(float(r['median_seconds']) for r in rows)
    assert len({tuple(sorted(s.labels.items())) for s in median.samples}) == len(rows)
    assert found['parscale_sweep'].samples[0].value == 1
END
	sed 's/"model": "simulated machine/"model": "a \\"quoted\\" \\\\ back\\\\slash/' base/manifest.json >quoted && cp quoted base/manifest.json
	parscale export base --format openmetrics >quoted.openmetrics
	for name in base quoted; do
		ok "prometheus_client reads it: $name" "$p" read.py $name.openmetrics base/summary.csv
	done
	holds '... with texts that need escapes' grep -qF 'model="a \"quoted\" \\ back\\slash' quoted.openmetrics
else
	skipped 'prometheus_client' 'no python3-prometheus-client here (scripts/bootstrap --ci installs it)'
fi
if command -v promtool >/dev/null; then
	promtool check metrics <base.openmetrics >out 2>err
	holds 'promtool has nothing to say against it' test "$? $(cat out err)" = '0 '
else
	skipped 'promtool check metrics' 'no promtool here'
fi
close_suite
