#!/bin/sh
# SPDX-License-Identifier: MIT
# einverted-innermost-pair.sh - einverted reports a palindrome without a gap one pair short, but scores that pair
#
# Version: EMBOSS 6.6.0 (Debian 12, package emboss 6.6.0+dfsg-12), in a temporary folder.
# Expected: 18 pairs at 3 points each: score 54, 18/18 matches, arms from 21 to 38 and from 39 to 56.
# Seen: score 54, but 17/17 matches, and arms that end with 37 and begin with 40.
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
	{ echo "einverted-innermost-pair: cannot get emboss $version" >&2 && exit 77; }
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
	if "$@"; then echo "einverted-innermost-pair: as told: $what"; else echo "einverted-innermost-pair: otherwise now: $what" >&2 && exit 1; fi
}

arm=AAAAGAGGAACGAAAAAT other=ATTTTTCGTTCCTCTTTT
printf ">x\nCCACACACAACCACCAACAC%s%sCACACCACACCAAACCACCA\n" $arm $other >perfect
emboss einverted -sequence perfect -gap 12 -threshold 50 -match 3 -mismatch -4 -maxrepeat 2000 -outfile listed -outseq /dev/null
seen "18 pairs are scored, 17 are reported" grep -q "Score 54: 17/17 (100%) matches, 0 gaps" listed
seen "the left arm ends with letter 37" grep -q "21 aaaagaggaacgaaaaa 37" listed
