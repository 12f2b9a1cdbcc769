#!/bin/sh
# SPDX-License-Identifier: MIT
# emboss-short-first-record.sh - EMBOSS palindrome limits what it looks for by the first record of a file
#
# Version: EMBOSS 6.6.0 (Debian 12, package emboss 6.6.0+dfsg-12), in a temporary folder.
# Expected: palindromes of a record do not depend on the records before it.
# Seen: where the first record has two letters, -minpallen 3 becomes 1 for all records, and so does
# -maxpallen: GAATTC in the second is not found, pairs of single letters are.
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
	{ echo "emboss-short-first-record: cannot get emboss $version" >&2 && exit 77; }
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
	if "$@"; then echo "emboss-short-first-record: as told: $what"; else echo "emboss-short-first-record: otherwise now: $what" >&2 && exit 1; fi
}

letters=CCACACCACACCACACCGAATTCCACACCACACCACACCAC
printf ">second\n%s\n" $letters >alone
printf ">first\nCA\n>second\n%s\n" $letters >both
# found FILE: the left arms that are listed for the second record
found() {
	emboss palindrome -sequence "$1" -minpallen 3 -maxpallen 20 -gaplimit 0 -nummismatches 0 -overlap -outfile listed
	sed -n "/^Palindromes of: *second/,\$p" listed | awk 'NF == 3 && $1 ~ /^[0-9]+$/ && n++ % 2 == 0 { print $2 }' | sort -u | tr "\n" " "
}
seen "alone, the record has one palindrome: gaa" test "$(found alone)" = "gaa "
seen "behind a short record it has not" test "$(found both)" != "gaa "
seen "a warning tells of the limits" grep -q "out of range 3 more than (reset to) 1" errors
