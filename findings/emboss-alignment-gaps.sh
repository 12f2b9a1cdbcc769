#!/bin/sh
# SPDX-License-Identifier: MIT
# emboss-alignment-gaps.sh - EMBOSS palindrome numbers letters as if gaps of an alignment were not there
#
# Version: EMBOSS 6.6.0 (Debian 12, package emboss 6.6.0+dfsg-12), in a temporary folder.
# Expected: positions count the characters of the record, as in the file; or gaps are refused.
# Seen: a gap "-" is taken out first: positions behind it are shifted, and letters on its two sides
# are neighbours.
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
	{ echo "emboss-alignment-gaps: cannot get emboss $version" >&2 && exit 77; }
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
	if "$@"; then echo "emboss-alignment-gaps: as told: $what"; else echo "emboss-alignment-gaps: otherwise now: $what" >&2 && exit 1; fi
}

printf ">x\nCCACACCA-----CACCACAGAATTCACCACACCACACCA\n" >gapped
emboss palindrome -sequence gapped -minpallen 3 -maxpallen 10 -gaplimit 0 -nummismatches 0 -overlap -outfile listed
# gaattc begins with character 21 of the record
seen "character 21 is called 16" grep -q "^16  *gaa  *18" listed
seen "the length is said to be that without the gap" grep -q "^Sequence length is: $(sed 1d gapped | tr -d '\n-' | wc -c) " listed
