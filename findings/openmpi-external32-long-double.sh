#!/bin/sh
# SPDX-License-Identifier: MIT
# openmpi-external32-long-double - Open MPI packs long double as external32 and gets another number back.
#
# Versions: Open MPI 4.1.4 (Debian 12, libopenmpi3 4.1.4-3+b1), in a temporary folder; gcc 12.2.
# Expected: MPI_Pack_external writes MPI_LONG_DOUBLE as 16 bytes, big endian, with 15 bits of exponent and 112 of
#   fraction (MPI 3.1, section 13.5.2), as gcc's __float128 has them: 1.5 is 3f ff 80 00 ... And what
#   MPI_Unpack_external reads back is the number that was packed; long double of x86 has 64 bits of precision.
# Seen: both calls return MPI_SUCCESS, but the bytes are others, and 1.5 comes back as 1.26e-4932. MPI_DOUBLE is right.
#   Upstream knows it (open-mpi/ompi issue 8918; mended for 5.0).
# A way out: pack doubles.
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
#include <string.h>

/* The bytes of external32 for `value`, and what is read back from them. */
static long double packed(MPI_Datatype type, const void *value, unsigned char bytes[16], MPI_Aint *size)
{
	union { double d; long double l; } back;
	MPI_Aint read = 0;
	memset(&back, 0, sizeof back);
	*size = 0;
	if (MPI_Pack_external("external32", value, 1, type, bytes, 16, size) != MPI_SUCCESS ||
		MPI_Unpack_external("external32", bytes, *size, &read, &back, 1, type) != MPI_SUCCESS)
		return 0;
	return type == MPI_DOUBLE ? back.d : back.l;
}

static int same(const unsigned char *bytes, const void *little, int n)
{
	for (int i = 0; i < n; i++)
		if (bytes[i] != ((const unsigned char *)little)[n - 1 - i])
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	static const double values[] = {1.5, -2, 1024.25};
	int as_told = 1;
	MPI_Init(&argc, &argv);
	for (int i = 0; i < 3; i++) {
		const double d = values[i];
		long double l;
		const __float128 quad = d;
		unsigned char bytes[16] = {0};
		MPI_Aint size;
		memset(&l, 0, sizeof l);
		l = d;
		const long double double_back = packed(MPI_DOUBLE, &d, bytes, &size);
		as_told &= size == 8 && double_back == d && same(bytes, &d, 8);
		const long double long_back = packed(MPI_LONG_DOUBLE, &l, bytes, &size);
		printf("%g: as MPI_DOUBLE %Lg, as MPI_LONG_DOUBLE %Lg, packed as", d, double_back, long_back);
		for (int k = 0; k < 4; k++)
			printf(" %02x", bytes[k]);
		printf(" ..., wanted");
		for (int k = 15; k > 11; k--)
			printf(" %02x", ((const unsigned char *)&quad)[k]);
		printf(" ...\n");
		as_told &= size == 16 && long_back != l && !same(bytes, &quad, 16);
	}
	MPI_Finalize();
	return !as_told;
}
END_C
gcc -I root/usr/lib/x86_64-linux-gnu/openmpi/include program.c -o program \
	root/usr/lib/x86_64-linux-gnu/libmpi.so.40 -Wl,--allow-shlib-undefined
TMPDIR=$work LD_LIBRARY_PATH=$libraries OPAL_PREFIX=$work/root/usr OMPI_MCA_ess_singleton_isolated=1 ./program
echo "as described: Open MPI $version"
