#!/bin/sh
# SPDX-License-Identifier: MIT
# ministat-confidence - ministat's confidence level of 99.5 % is one of 99.8 %.
#
# Version: ministat 20150715 (Debian 12, package ministat 20150715-1+b1), in a temporary folder.
# Expected: -c 99.5 uses the two-sided quantile of Student's t, t(0.9975), as the other five levels do: -c 99
#   uses t(0.995). With 10 degrees of freedom these are 3.5814 and 3.1693, as computed here from the density.
# Seen: -c 99 uses 3.169, but -c 99.5 uses 4.143, which is t(0.999). So the interval is too wide by 16 %, and a
#   difference with t = 3.87, which is proven at 99.5 % (and at 99.6 %), is said not to be.
#
# Exit status: 0 seen as told; 1 it is otherwise now; 77 the package cannot be had here.
set -eu
version=20150715-1+b1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
for package in "ministat=$version" libbsd0 libmd0; do
	apt-get download "$package" >log 2>&1 || { cat log >&2 && exit 77; }
done
for package in *.deb; do dpkg -x "$package" .; done
libraries=$(find "$work" -type d -name '*-linux-gnu*' | tr '\n' ':')
ministat() { LD_LIBRARY_PATH="$libraries" usr/bin/ministat -A "$@"; }

# Two samples of six values, as far apart as $1; each has a variance of 3.5, so the pooled s is sqrt(3.5).
samples() {
	seq 1 6 >before
	seq 1 6 | awk -v by="$1" '{ print $1 + by }' >after
}
# The t that ministat uses: the half width of its interval over the standard error of the difference.
used() { ministat -c "$1" before after | awk '/\+\/-/ && !/%/ { printf "%.3f", $3 / sqrt(3.5 * (1 / 6 + 1 / 6)) }'; }
# The two-sided confidence level, in %, of t = $1 with 10 degrees of freedom: its density, integrated by Simpson's rule.
# The factor is Gamma(5.5) / (sqrt(10 pi) Gamma(5)) = 315 / (256 sqrt(10)).
level() {
	awk -v t="$1" 'function density(x) { return 315 / (256 * sqrt(10)) * (1 + x * x / 10) ^ -5.5 }
		BEGIN {
			n = 2000; h = t / n; sum = density(0) + density(t)
			for (i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * density(i * h)
			printf "%.2f", 200 * sum * h / 3
		}'
}
samples 100
for confidence in 80 90 95 98 99 99.5; do
	t=$(used $confidence)
	echo "$confidence % confidence: t = $t, which is $(level "$t") %"
	[ $confidence = 99.5 ] || [ "$(level "$t" | awk -v c=$confidence '{ print ($1 - c < 0.05 && c - $1 < 0.05) }')" = 1 ]
done
[ "$t" = 4.143 ] && [ "$(level "$t")" = 99.80 ]
# means that differ by 4.18: t = 4.18 / sqrt(3.5 / 3) = 3.87
samples 4.18
echo "t = 3.87 is $(level 3.87) %:"
ministat -c 99.5 before after | tee out
[ "$(level 3.87)" = 99.69 ] && grep -q 'No difference proven at 99.5% confidence' out
ministat -c 99 before after | grep -q 'Difference at 99.0% confidence'
echo "as told: ministat $version"
