#!/bin/sh
# SPDX-License-Identifier: MIT
# promtool-openmetrics - `promtool check metrics` (Prometheus 2.42) refuses types of OpenMetrics 1.0, which the server of the
# same package scrapes.
#
# Expected: a text with a metric of type info, stateset or unknown, each of the specification, is checked, as one with a
# gauge is. Seen: "unknown metric type" and exit status 1; the tool reads the older text format only. So parscale exports
# gauges alone.
#
# Needs Debian 12 and apt-get; installs nothing, unpacks a package in a temporary folder. Exit status: 0 as
# described; 1 it has changed; 77 not to be had here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download prometheus >log 2>&1 || { cat log >&2 && exit 77; }
version=$(dpkg-deb -f prometheus_*.deb Version)
case $version in
2.42.*) ;;
*) echo "promtool-openmetrics: Prometheus $version here, not 2.42" >&2 && exit 77 ;;
esac
dpkg -x prometheus_*.deb .
# check NAME TYPE SAMPLE: its exit status
check() {
	status=0
	printf '# TYPE %s %s\n# HELP %s Text.\n%s 1\n# EOF\n' "$1" "$2" "$1" "$3" | usr/bin/promtool check metrics || status=$?
	echo "$2: exit status $status"
}
check build gauge 'build{version="1"}'
test $status = 0
check build info 'build_info{version="1"}'
test $status = 1
check state stateset 'state{state="on"}'
test $status = 1
check build unknown build
test $status = 1
echo "as described: prometheus $version"
