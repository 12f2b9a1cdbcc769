# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# compare_gbench.sh - `compare` reads Google Benchmark's JSON on either side: repetitions, units, failures, aggregates.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# cases NAME FACTOR UNIT: 8 repetitions of a case and its aggregates; times in ns are FACTOR times 1000 to 1007
cases() {
	awk -v name="$1" -v factor="$2" -v unit="$3" 'BEGIN {
		scale["ns"] = 1; scale["us"] = 1e-3; scale["ms"] = 1e-6; scale["s"] = 1e-9
		for (i = 0; i < 8; i++)
			printf "%s{\"name\": \"%s\", \"run_name\": \"%s\", \"run_type\": \"iteration\", \"repetitions\": 8, \"repetition_index\": %d, \"threads\": 1, \"iterations\": 1000, \"real_time\": %.17g, \"cpu_time\": %.17g, \"time_unit\": \"%s\"}",
				i ? "," : "", name, name, i, factor * (1000 + i) * scale[unit], factor * scale[unit], unit
		split("mean median stddev cv", of, " ")
		for (k = 1; k <= 4; k++)
			printf ",{\"name\": \"%s_%s\", \"run_name\": \"%s\", \"run_type\": \"aggregate\", \"aggregate_name\": \"%s\", \"real_time\": 1, \"cpu_time\": 1, \"time_unit\": \"ns\"}", name, of[k], name, of[k] }'
}
# file HOST CASES...: the whole file
file() {
	printf '{"context": {"host_name": "%s", "num_cpus": 2, "caches": []}, "benchmarks": [' "$1"
	shift
	between=
	for part; do
		printf '%s%s' "$between" "$part"
		between=,
	done
	printf ']}\n'
}
failed='{"name": "BM_c", "run_name": "BM_c", "run_type": "iteration", "repetition_index": 0, "error_occurred": true, "error_message": "no disk", "iterations": 0, "real_time": 0.0, "cpu_time": 0.0, "time_unit": "ns"}'
skipped='{"name": "BM_c", "run_name": "BM_c", "run_type": "iteration", "skipped": true, "skip_message": "no GPU", "iterations": 0, "real_time": 0, "cpu_time": 0, "time_unit": "ns"}'

file one "$(cases BM_a 1 ns)" "$(cases BM_b 1 ns)" "$(cases BM_c 1 ns)" >a.json
file one "$(cases BM_a 1.1 us)" "$(cases BM_b 1 ms)" "$failed" >b.json
file one "$(cases BM_a 0.9 s)" "$skipped" >c.json
file two "$(cases BM_a 1 ns)" >other.json

says '^3 cells: 1 slower, 1 unmeasured, 0 faster, 0 undecided, 1 same' 'slower, failed and the same' parscale compare a.json b.json
holds '... a case that failed is not fast' grep -qE '^unmeasured .*BM_c|BM_c .*unmeasured' out
holds '... units are converted, aggregates are not samples' grep -qE 'BM_a .*slower +1\.100 .*8 : 8' out
says '^2 cells: 0 slower, 1 unmeasured, 1 faster' 'skipped is failed' parscale compare a.json c.json
holds '... what only one has is counted' grep -q 'not compared: 1 cells only in A' out
run parscale compare a.json b.json --fail-on slower
holds 'a failure fails on slower' test "$status" = 1
run parscale compare a.json c.json --fail-on slower
holds '... alone too' test "$status $(grep -c 'without a sample that counts' err)" = '1 1'
ok 'the same does not' parscale compare a.json a.json --fail-on change
says '^kernel,.*,verdict,ratio,' 'as CSV' parscale compare a.json b.json --format csv
holds '... with a name' grep -qE '^BM_a,' out
says '"verdict": "unmeasured"' 'as JSON' parscale compare a.json b.json --format json
fails 2 'unlike machines' parscale compare a.json other.json
ok 'unless told' parscale compare a.json other.json --cross-machine

# numbers that are not finite, as the library prints them; an older file without types
printf '{"benchmarks": [{"name": "NaN \\"Infinity", "real_time": 5, "time_unit": "ns", "rate": NaN, "most": Infinity, "least": -Infinity}, {"name": "x_mean", "real_time": 1, "time_unit": "ns"}]}' >odd.json
says '^1 cells: ' 'numbers that are not finite, and no types' parscale compare odd.json odd.json
holds '... texts keep theirs' grep -q 'NaN ""Infinity' out
printf '{"benchmarks": [{"name": "a\\u001b[2J\\n", "real_time": 1, "time_unit": "fortnight"}]}' >hostile.json
fails 2 'a name with what a terminal obeys' parscale compare hostile.json hostile.json
holds '... is printed without' sh -c '! tr -d "[:print:]\n" <err | grep -q .'
long=$(printf 'template<%060d>' 1)
file one "$(cases "BM_$long/a" 1 ns)" "$(cases "BM_$long/b" 1 ns)" >long.json
says '^2 cells: .* 2 same' 'names that differ in their ends' parscale compare long.json long.json

for text in '' '{' '[]' '{"benchmarks": 3}' '{"benchmarks": []}' '{"benchmarks": [3]}' '{"benchmarks": [{}]}' \
	'{"benchmarks": [{"name": "a", "real_time": 1, "time_unit": "fortnight"}]}'; do
	printf '%s' "$text" >bad.json
	fails 2 "a file of '$text'" parscale compare a.json bad.json
done
fails 2 'a file that is not there' parscale compare a.json missing.json
holds '... is one line' test "$(wc -l <err)" = 1

# a folder beside a file: the same names
"$PARSCALE_BUILD/plots/simulate" two folder
parscale export folder --format gbench >folder.json
says '^[0-9]+ cells: 0 slower, 0 unmeasured, 0 faster' 'a folder and its export' parscale compare folder folder.json --cross-machine
holds '... have all cells in common' sh -c '! grep -q "not compared" out'
says '^[0-9]+ cells: 0 slower, 0 unmeasured, 0 faster' '... the other way round' parscale compare folder.json folder --cross-machine
sed -E 's|("(run_)?name": "[^"]*)"|\1/repeats:8/manual_time"|' folder.json >timed.json
says '^[0-9]+ cells: 0 slower, 0 unmeasured, 0 faster' '... as parscale-gbench names its cases' parscale compare folder timed.json --cross-machine
if [ -x "$PARSCALE_BUILD/parscale-gbench" ]; then
	"$PARSCALE_BUILD/parscale-gbench" '--benchmark_filter=noop/reference/serial/pool/static/workers:1/size:1000/' --benchmark_repetitions=4 \
		--benchmark_min_time=0.001 --benchmark_out=real.json --benchmark_out_format=json >/dev/null 2>&1
	says '^1 cells: .* 1 same|1 undecided' "Google Benchmark's own file" parscale compare real.json real.json
	holds '... without its aggregates' grep -q '4 : 4' out
fi
close_suite
