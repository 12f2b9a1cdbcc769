#!/bin/sh
# SPDX-License-Identifier: MIT
# mpich-statuses-ignore - gcc warns of MPICH's MPI_STATUSES_IGNORE, where it is used as the standard says.
#
# Versions: MPICH 4.0.2 (Debian 12, libmpich-dev 4.0.2-3+b1), gcc 12.2; Open MPI 4.1.4 for comparison.
# Expected: a program that passes MPI_STATUSES_IGNORE to MPI_Waitall (MPI 4.0, section 3.2.6) compiles
#   without a warning under -Wall.
# Seen: MPICH declares the argument as an array, `MPI_Status array_of_statuses[]`, and defines the
#   constant as the address 1. gcc takes what lies there for an array of no bytes: "accessing 20
#   bytes in a region of size 0 [-Wstringop-overflow=]". With -Werror the program does not build. Open
#   MPI defines it as the address 0, and there is no warning.
# A way out: an array of statuses, which nobody reads.
#
# Exit status: 0 still so; 1 it has changed; 77 not available here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v gcc >/dev/null && command -v apt-get >/dev/null || exit 77
cd "$work"
for package in libmpich-dev=4.0.2-3+b1 libopenmpi-dev=4.1.4-3+b1; do
	apt-get download -qq "$package" 2>/dev/null || { echo "no $package here" >&2; exit 77; }
	dpkg -x "${package%%=*}"_*.deb "${package%%=*}"
done
cat >wait.c <<'END'
#include <mpi.h>
int wait_both(MPI_Request r[2])
{
	return MPI_Waitall(2, r, MPI_STATUSES_IGNORE);
}
END
# warnings FOLDER: how many of that kind, with the header below it
warnings() {
	header=$(find "$1" -name mpi.h | head -n 1)
	gcc -O2 -Wall -I "$(dirname "$header")" -c wait.c -o wait.o 2>&1 | grep -c 'Wstringop-overflow' || :
}
mpich=$(warnings libmpich-dev) open=$(warnings libopenmpi-dev)
echo "$(gcc --version | head -n 1): MPICH 4.0.2 $mpich warning, Open MPI 4.1.4 $open"
[ "$mpich" -ge 1 ] && [ "$open" = 0 ]
