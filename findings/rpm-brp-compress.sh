#!/bin/sh
# SPDX-License-Identifier: MIT
# rpm-brp-compress - Debian's rpmbuild (4.18) compresses no manual page: /usr/lib/rpm/brp-compress is a script of sh that
# uses read -d of bash, which Debian's sh (dash) does not have; it complains, and exits 0.
#
# Expected: below RPM_BUILD_ROOT, manual pages become .gz, as with bash; or the script fails. Seen: "read: Illegal option -d",
# exit status 0, and the page as it was. A spec that lists *.1.gz does not build there; one that lists *.1* does, uncompressed.
#
# Needs Debian 12, dash as sh, and apt-get; installs nothing, unpacks packages in a temporary folder. Exit status: 0 as
# described; 1 it has changed; 77 not to be had here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=4.18.0+dfsg-1+deb12u1
dpkg -s dash >/dev/null 2>&1 || exit 77
command -v bash >/dev/null || exit 77
apt-get download "rpm=$version" >log 2>&1 || { cat log >&2 && exit 77; }
dpkg -x rpm_*.deb .
for shell in dash bash; do
	mkdir -p "$shell/usr/share/man/man1"
	printf '.TH X 1\n.SH NAME\nx \\- a page\n' >"$shell/usr/share/man/man1/x.1"
	status=0
	RPM_BUILD_ROOT=$work/$shell "$shell" usr/lib/rpm/brp-compress /usr >"$shell.out" 2>&1 || status=$?
	echo "$shell: exit status $status, $(ls "$shell/usr/share/man/man1"); $(head -n 1 "$shell.out")"
	[ "$status" = 0 ]
done
head -n 1 usr/lib/rpm/brp-compress | grep -qx '#!/bin/sh'
grep -q 'Illegal option -d' dash.out
[ -e dash/usr/share/man/man1/x.1 ] && [ ! -e dash/usr/share/man/man1/x.1.gz ]
[ -e bash/usr/share/man/man1/x.1.gz ] && [ ! -e bash/usr/share/man/man1/x.1 ]
echo "as described: rpm $version"
