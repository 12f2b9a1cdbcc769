#!/bin/sh
# SPDX-License-Identifier: MIT
# openmpi-dims-create - Open MPI's MPI_Dims_create makes 12 x 6 of 72 processes, not 9 x 8.
#
# Versions: Open MPI 4.1.4 (Debian 12, libopenmpi3 4.1.4-3+b1), in a temporary folder.
# Expected: "The dimensions are set to be as close to each other as possible, using an appropriate divisibility
#   algorithm" (MPI 3.1, section 7.5.2, and Open MPI's manual page): in two dimensions, the two divisors around the root.
# Seen: for 72 processes, 12 x 6; 20 of the numbers up to 1000 have closer divisors. The edges between the blocks of
#   a square domain are longer by 6 % than they need to be. MPICH 4.0.2 makes 9 x 8. Jesper Larsson Traeff and Felix Donatus
#   Luebbe saw such results in 2015 (Specification Guideline Violations by MPI_Dims_create, EuroMPI); mpi-forum/mpi-issues
#   issue 683 asks whether the sentence binds.
# A way out: choose the dimensions, and pass them as they are.
#
# Needs gcc on x86-64. Exit status: 0 still so; 1 it has changed; 77 not available here.
set -eu
version=4.1.4-3+b1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
[ "$(uname -m)" = x86_64 ] && command -v gcc >/dev/null && command -v apt-get >/dev/null || exit 77
cd "$work"

# The library with all that it depends on, and its header, unpacked here; nothing is installed.
mkdir -p archives/partial root && : >status
apt-get -qq -o Dir::State::Status="$work/status" -o Dir::Cache::Archives="$work/archives" -o Debug::NoLocking=1 \
	-o APT::Sandbox::User=root --download-only --no-install-recommends -y install "libopenmpi3=$version" >log 2>&1 ||
	{ cat log >&2 && exit 77; }
apt-get download "libopenmpi-dev=$version" >log 2>&1 || { cat log >&2 && exit 77; }
for package in archives/*.deb *.deb; do
	case $package in */libc6_* | */libc-bin_* | */perl* | */dpkg*) continue ;; esac
	dpkg-deb -x "$package" root
done
libraries=$(find "$work/root" -type d -name '*-linux-gnu*' | tr '\n' ':')
cat >program.c <<'END_C'
#include <mpi.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	int worse = 0, told = 0;
	MPI_Init(&argc, &argv);
	for (int n = 1; n <= 1000; n++) {
		int dims[2] = {0, 0}, low = 1;
		MPI_Dims_create(n, 2, dims);
		if (dims[0] * dims[1] != n)
			return 2;
		for (int d = 1; d * d <= n; d++)
			if (n % d == 0)
				low = d;
		if (dims[0] - dims[1] > n / low - low) {
			if (n <= 300)
				printf("%d processes: %d x %d, not %d x %d\n", n, dims[0], dims[1], n / low, low);
			worse++;
		}
		if (n == 72)
			told = dims[0] == 12 && dims[1] == 6;
	}
	printf("up to 1000 processes: %d numbers have closer divisors\n", worse);
	MPI_Finalize();
	return !(told && worse > 1);
}
END_C
gcc -I root/usr/lib/x86_64-linux-gnu/openmpi/include program.c -o program \
	root/usr/lib/x86_64-linux-gnu/libmpi.so.40 -Wl,--allow-shlib-undefined
TMPDIR=$work LD_LIBRARY_PATH=$libraries OPAL_PREFIX=$work/root/usr OMPI_MCA_ess_singleton_isolated=1 ./program
echo "as described: Open MPI $version"
