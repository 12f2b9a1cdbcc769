#!/bin/sh
# SPDX-License-Identifier: MIT
# numpy-closest-observation - numpy's quantile takes 1 for the median of 1, 2, 3 with the method closest_observation.
#
# Version: numpy 1.24.2 (Debian 12, python3-numpy 1:1.24.2-1+deb12u1), in a temporary folder.
# Expected: the documentation calls it method 3 of Hyndman and Fan (Sample Quantiles in Statistical Packages, 1996): the
#   value whose number, counted from 1, is nearest to n p; of two as near, the one with the even number. For the median
#   of three values n p is 1.5, so it is the second.
# Seen: of two as near, the one with the odd number, for the parity is taken of an index from 0: the median of three
#   values is the lowest. In samples of 1 to 25 values, 58 of 60 such ties are so; where one value is nearest, it is the
#   result. Mended upstream later (numpy issue 26656).
# A way out: any other method.
#
# Exit status: 0 still so; 1 it has changed; 77 not available here.
set -eu
version=1:1.24.2-1+deb12u1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
for package in "python3-numpy=$version" libblas3 liblapack3 libgfortran5 libquadmath0; do
	apt-get download "$package" >log 2>&1 || { cat log >&2 && exit 77; }
done
for package in *.deb; do dpkg -x "$package" .; done
lib=$work/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)
cat >quantiles.py <<'END_PYTHON'
import sys
from fractions import Fraction
import numpy

def nearest(n, p):
    """The numbers, from 1, that are nearest to n p: one, or two as near."""
    distance = [abs(i - n * p) for i in range(1, n + 1)]
    return [i for i in range(1, n + 1) if distance[i - 1] == min(distance)]

other = ties = wrong = 0
for n in range(1, 26):
    for percent in range(101):
        p = Fraction(percent, 100)
        near = nearest(n, p)
        wanted = [i for i in near if len(near) == 1 or i % 2 == 0][0]
        seen = int(numpy.quantile(range(1, n + 1), percent / 100, method="closest_observation"))
        ties += len(near) > 1
        wrong += len(near) > 1 and seen != wanted
        other += len(near) == 1 and seen != wanted
median = numpy.quantile([1, 2, 3], 0.5, method="closest_observation")
print(f"numpy {numpy.__version__}: median of 1, 2, 3: {median}; {wrong} of {ties} ties are odd; {other} others differ")
sys.exit(not (median == 1 and wrong > 0 and other == 0))
END_PYTHON
LD_LIBRARY_PATH="$lib:$lib/blas:$lib/lapack" PYTHONPATH="$work/usr/lib/python3/dist-packages" /usr/bin/python3 -S quantiles.py
grep -A 1 '^    closest_observation:' usr/lib/python3/dist-packages/numpy/lib/function_base.py | grep -q 'method 3 of H&F'
echo "as described: python3-numpy $version"
