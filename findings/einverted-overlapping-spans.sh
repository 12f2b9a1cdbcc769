#!/bin/sh
# SPDX-License-Identifier: MIT
# einverted-overlapping-spans.sh - einverted leaves out a repeat that begins inside the span of another it reports
#
# Version: EMBOSS 6.6.0 (Debian 12, package emboss 6.6.0+dfsg-12), in a temporary folder.
# Expected: both repeats are reported: their arms share no letter, and each scores above the threshold.
# Seen: only the first; alone, the second is reported.
#
# Exit status: 0 seen as told; 1 it is otherwise now; 77 the package cannot be had here.
set -eu
version=6.6.0+dfsg-12
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"

# The package with all that it depends on, unpacked here; nothing is installed.
mkdir -p archives/partial root && : >status
apt-get -qq -o Dir::State::Status="$work/status" -o Dir::Cache::Archives="$work/archives" -o Debug::NoLocking=1 \
	-o APT::Sandbox::User=root --download-only --no-install-recommends -y install "emboss=$version" >log 2>&1 ||
	{ echo "einverted-overlapping-spans: cannot get emboss $version" >&2 && exit 77; }
for package in archives/*.deb; do
	case $package in */libc6_* | */libc-bin_* | */perl* | */dpkg*) continue ;; esac
	dpkg-deb -x "$package" root
done
libraries=root/usr/lib/emboss/lib:$(find root -type d -name "*-linux-gnu*" | tr '\n' ':')
emboss() {
	tool=$1 && shift
	env LD_LIBRARY_PATH="$libraries" EMBOSS_ACDROOT="$work/root/usr/share/EMBOSS/acd" EMBOSS_DATA="$work/root/usr/share/EMBOSS/data" \
		"root/usr/bin/$tool" "$@" 2>errors
}
# seen WHAT CONDITION...
seen() {
	what=$1 && shift
	if "$@"; then echo "einverted-overlapping-spans: as told: $what"; else echo "einverted-overlapping-spans: otherwise now: $what" >&2 && exit 1; fi
}

first=ACGTTGCAAGCTCGATTGCCATAG first_end=CTATGGCAATCGAGCTTGCAACGT second=GGATATCGCGATTACAGACCT second_end=AGGTCTGTAATCGCGATATCC
between=CACACCACACAACCACACCACCACACCAACAC
printf ">x\n%s\n" "$between$first$between$second$between$first_end$between$second_end$between" >crossed
printf ">x\n%s\n" "$between$second$between$between$second_end$between" >alone
reported() {
	emboss einverted -sequence "$1" -gap 12 -threshold 50 -match 3 -mismatch -4 -maxrepeat 2000 -outfile listed -outseq /dev/null
	grep -c Score listed
}
seen "alone, the second is reported" test "$(reported alone)" = 1
seen "behind the beginning of the first it is not" test "$(reported crossed)" = 1
