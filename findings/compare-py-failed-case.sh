#!/bin/sh
# SPDX-License-Identifier: MIT
# compare-py-failed-case - Google Benchmark's compare.py (1.7.1) shows a case that failed as infinitely
# fast, and leaves its overall mean out without a word.
#
# Expected: a case with error_occurred is named as failed. Seen: -1.0000, a change of -100 %, in the colour of an
# improvement; and no line OVERALL_GEOMEAN, which a comparison without failures has.
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
case_of() { printf '{"name": "%s", "run_type": "iteration", "real_time": %s, "cpu_time": %s, "time_unit": "ns"%s}' "$1" "$2" "$2" "${3-}"; }
file() { printf '{"context": {}, "benchmarks": [%s, %s]}\n' "$1" "$2"; }
file "$(case_of BM_a 100)" "$(case_of BM_b 100)" >before.json
# as the library writes it after SkipWithError
file "$(case_of BM_a 100)" "$(case_of BM_b 0.0 ', "iterations": 0, "error_occurred": true, "error_message": "no disk"')" >after.json
compare before.json before.json | tee same
compare before.json after.json | tee out
grep -q '^OVERALL_GEOMEAN ' same
grep -qE '^BM_b +-1\.0000 +-1\.0000 +100 +0 ' out && ! grep -qE 'OVERALL_GEOMEAN|no disk|rror' out
echo "as described: libbenchmark-tools $version"
