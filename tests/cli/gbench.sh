# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# gbench.sh - parscale-gbench: every cell under Google Benchmark, verified, with all of its flags.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

gbench() { "$PARSCALE_BUILD/parscale-gbench" "$@"; }
if [ ! -x "$PARSCALE_BUILD/parscale-gbench" ]; then
	says '^gbench .*(WITH_BENCHMARK=0|libbenchmark|C\+\+)' 'it is missing, and says why' parscale list meters
	fails 77 'its meter is not available' parscale run noop --meter gbench
	skipped 'cells under Google Benchmark' 'it is not in this build'
	close_suite
fi

says '^usage: parscale-gbench' '--help' gbench --help
says '^parscale-gbench [0-9]' '--version' gbench --version
fails 2 'an unknown option' gbench --nonsense
fails 2 'a stray word' gbench nonsense
fails 2 'a bad size' gbench --sizes=1e
fails 2 'no size' gbench --sizes=
fails 2 'too many workers' gbench --workers=1,5000
fails 2 'a filter that matches nothing' gbench --benchmark_filter=nonsense

run gbench --benchmark_list_tests --sizes=1000000000 --workers=1,2
holds 'it lists' test "$status" = 0
for name in sieve/reference/serial/pool/static/workers:1 sieve/scalar/fork/spawn/dynamic/workers:2 text/scalar/pthread/pool/static/workers:2; do
	holds "$name" grep -q "^$name/size:1000000000" out
done
holds 'no serial back end of two workers' sh -c '! grep -q "/serial/.*/workers:2/" out'
holds 'each case once' test "$(sort out | uniq -d | wc -l)" = 0

# Every kernel at its sizes: thousands. The same names as Google Benchmark runs them by.
run gbench --benchmark_list_tests
holds 'it lists everything' test "$status $(sort -u out | wc -l)" = "0 $(wc -l <out)"
holds 'every kernel' test "$(cut -d / -f 1 out | sort -u | tr '\n' ' ')" = "$(parscale list kernels | cut -d ' ' -f 1 | sort | tr '\n' ' ')"
few='--sizes=1000 --workers=1 --benchmark_filter=^(noop|heron/scalar)/.*(serial|fork)/pool/static'
# shellcheck disable=SC2086  # words
run gbench $few --benchmark_list_tests
sort out >listed
# shellcheck disable=SC2086  # words
run gbench $few --benchmark_min_time=0.001 --benchmark_format=csv
sed -n 's/^"\([^"]*\)\/manual_time",.*/\1/p' out | sort >measured
same 'those that match are those that are measured' listed measured
run gbench --sizes=1000 --workers=1 --benchmark_filter=-noop --benchmark_list_tests=true
holds 'all but those that match' test "$status $(grep -c '^noop' out)" = '0 0'
fails 2 'nothing matches' gbench --benchmark_list_tests --benchmark_filter=nonsense
fails 2 'an expression that is none' gbench --benchmark_list_tests '--benchmark_filter=('

run gbench --sizes=100000 --workers=2 --benchmark_filter='sieve/.*/(fork|pthread)/pool/static/' --benchmark_min_time=0.01 --benchmark_format=json
holds 'it measures' test "$status" = 0
holds 'variants times back ends' test "$(grep -c '"name": "sieve/' out)" -ge 4
holds 'no errors' sh -c '! grep -q error_occurred out'
holds 'a rate' grep -q '"items_per_second"' out

run gbench --sizes=1000 --workers=1 --benchmark_filter='noop/.*serial.*dynamic' --benchmark_min_time=0.001 --benchmark_repetitions=3 --benchmark_out=table.json --benchmark_out_format=json
holds 'repetitions, to a file' test "$(grep -c '"run_type": "iteration"' table.json)" = 3
run gbench --sizes=2000000000 --workers=1 --benchmark_filter='sieve/reference/serial/pool/static'
holds 'what a variant refuses is an error there' grep -q 'ERROR' out
close_suite
