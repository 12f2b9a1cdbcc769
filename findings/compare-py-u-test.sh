#!/bin/sh
# SPDX-License-Identifier: MIT
# compare-py-u-test - Google Benchmark's compare.py (1.7.1) leaves its U test out where the difference is clearest.
#
# Expected: 1000 repetitions of 100 ns against 1000 of 200 ns have a line BM_a_pvalue, as 30 against 30 have. Seen: none.
# The p-value is below the smallest double, so 0.0, which is false in `if cpu_pvalue and time_pvalue`.
#
# Needs Debian 12 and apt-get; installs nothing, unpacks packages in a temporary folder. Exit status: 0 as
# described; 1 it has changed; 77 not to be had here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=1.7.1-1
for package in libbenchmark-tools=$version python3-scipy python3-numpy libblas3 liblapack3 libgfortran5 libquadmath0; do
	apt-get download "$package" >log 2>&1 || { cat log >&2 && exit 77; }
done
for package in *.deb; do dpkg -x "$package" .; done
lib=$work/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)
compare() {
	LD_LIBRARY_PATH="$lib:$lib/blas:$lib/lapack" PYTHONPATH="$work/usr/lib/python3/dist-packages" \
		/usr/bin/python3 -S usr/share/benchmark/compare.py --no-color benchmarks "$@"
}
# file N FIRST: N repetitions from FIRST ns on
file() {
	awk -v n="$1" -v first="$2" 'BEGIN {
		printf "{\"context\": {}, \"benchmarks\": ["
		for (i = 0; i < n; i++)
			printf "%s{\"name\": \"BM_a\", \"run_type\": \"iteration\", \"repetition_index\": %d, \"real_time\": %.6f, \"cpu_time\": %.6f, \"time_unit\": \"ns\"}",
				i ? ", " : "", i, first + i / n, first + i / n
		print "]}" }'
}
for n in 30 1000; do
	file $n 100 >before.json
	file $n 200 >after.json
	compare before.json after.json >out.$n
	tail -n 2 out.$n
done
grep -q '^BM_a_pvalue .*U Test, Repetitions: 30 vs 30' out.30 && ! grep -q '_pvalue' out.1000
echo "as described: libbenchmark-tools $version"
