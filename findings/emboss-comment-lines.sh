#!/bin/sh
# SPDX-License-Identifier: MIT
# emboss-comment-lines.sh - EMBOSS reads comment lines of FASTA as sequence
#
# Version: EMBOSS 6.6.0 (Debian 12, package emboss 6.6.0+dfsg-12), in a temporary folder.
# Expected: a line that begins with a semicolon is a comment (Pearson and Lipman 1988), as W. Pearson's
# own FASTA programs have it.
# Seen: its letters become part of the sequence, without a warning.
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
	{ echo "emboss-comment-lines: cannot get emboss $version" >&2 && exit 77; }
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
	if "$@"; then echo "emboss-comment-lines: as told: $what"; else echo "emboss-comment-lines: otherwise now: $what" >&2 && exit 1; fi
}

printf ">x\nGAA\n;a comment\nTTC\n" >commented
seen "letters of the comment are sequence" test "$(emboss seqret -sequence commented -outseq stdout | sed 1d)" = GAAacommentTTC
