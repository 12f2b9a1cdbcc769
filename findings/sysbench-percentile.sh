#!/bin/sh
# SPDX-License-Identifier: MIT
# sysbench-percentile - sysbench's 95th percentile may be above the maximum, or below the minimum.
#
# Version: sysbench 1.0.20 (Debian 12, package sysbench 1.0.20+ds-5), in a temporary folder.
# Expected: the percentile is one of the times measured: its README says of --percentile that it drops 5 % of the
#   longest requests and takes the maximum of the others. Of a single event it is the time of that event.
# Seen: single events of which the minimum, the average and the maximum are one value, and the 95th percentile is another,
#   up to 1 % above or below. It is the value of the nearest of 1024 buckets of a logarithmic histogram, from 0.001 to
#   100000 ms, so that neighbours differ by 1.8 %; the other lines are exact. Known upstream (sysbench issue 486).
# A way out: differences of percentiles below 2 % mean nothing.
#
# Exit status: 0 still so; 1 it has changed; 77 the package cannot be had here.
set -eu
version=1.0.20+ds-5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"

# The package with all that it depends on, unpacked here; nothing is installed.
mkdir -p archives/partial root && : >status
apt-get -qq -o Dir::State::Status="$work/status" -o Dir::Cache::Archives="$work/archives" -o Debug::NoLocking=1 \
	-o APT::Sandbox::User=root --download-only --no-install-recommends -y install "sysbench=$version" >log 2>&1 ||
	{ cat log >&2 && exit 77; }
for package in archives/*.deb; do
	case $package in */libc6_* | */libc-bin_* | */perl* | */dpkg*) continue ;; esac
	dpkg-deb -x "$package" root
done
libraries=$(find "$work/root" -type d -name '*-linux-gnu*' | tr '\n' ':')
zcat root/usr/share/doc/sysbench/README.md.gz | grep -q 'choose the maximal value from the remaining ones'

# 40 runs of one event each; an event takes some 10 ms.
for i in $(seq 40); do
	LD_LIBRARY_PATH=$libraries root/usr/bin/sysbench cpu --cpu-max-prime=$((150000 + 2000 * i)) --events=1 --percentile=95 run >out
	awk '/total number of events:/ { events = $NF } /min:/ { min = $NF } /max:/ { max = $NF } /95th percentile:/ { print events, min, max, $NF }' out
done >runs
awk '
	$1 != 1 || $2 != $3 { other++ }
	$4 > $3 { above++; if ($4 / $3 > most) { most = $4 / $3; text = "one event of " $3 " ms: 95th percentile " $4 " ms" } }
	$4 < $2 { below++ }
	$4 / $3 > 1.01 || $4 / $3 < 0.99 { far++ }
	END {
		print text
		printf "of %d runs of one event, %d have a 95th percentile above the maximum, %d one below the minimum\n", NR, above, below
		exit !(NR == 40 && above && below && !far && !other)
	}' runs
echo "as described: sysbench $version"
