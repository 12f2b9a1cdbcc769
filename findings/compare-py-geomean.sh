#!/bin/sh
# SPDX-License-Identifier: MIT
# compare-py-geomean - Google Benchmark's compare.py (1.7.1) compares the means of different sets of cases.
#
# Expected: OVERALL_GEOMEAN is over the cases that both files have, as the lines above it are. Seen: it is over all cases
# of each file. A new quick case, of 1 ns, makes the whole 90 % faster where the only case in common is as it was.
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
case_of() { printf '{"name": "%s", "run_type": "iteration", "real_time": %s, "cpu_time": %s, "time_unit": "ns"}' "$1" "$2" "$2"; }
printf '{"context": {}, "benchmarks": [%s]}\n' "$(case_of BM_a 100)" >before.json
printf '{"context": {}, "benchmarks": [%s, %s]}\n' "$(case_of BM_a 100)" "$(case_of BM_new 1)" >after.json
compare before.json after.json | tee out
grep -qE '^BM_a +\+0\.0000 ' out && ! grep -q '^BM_new' out && grep -qE '^OVERALL_GEOMEAN +-0\.9000 ' out
echo "as described: libbenchmark-tools $version"
