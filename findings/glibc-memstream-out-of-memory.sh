#!/bin/sh
# SPDX-License-Identifier: MIT
# glibc-memstream-out-of-memory - a stream in memory that could not grow says that all is well.
#
# Versions: glibc 2.36 (Debian 12, libc6 2.36-9+deb12u14), gcc 12.2.
# Expected: where open_memstream's buffer has no memory to grow, fwrite writes less than it was given and
#   sets the error indicator (POSIX.1-2017, fwrite: "shall be set"), so that ferror at the end tells a
#   program that what it wrote is not whole; or fclose fails.
# Seen: fwrite returns less, but ferror stays 0 and fclose returns 0: the buffer has the first part of
#   what was written, as if it were all. Where the last step of fclose, which trims the buffer, has no
#   memory, fclose returns 0 too, and the buffer is NULL while its size is as before.
# A way out: compare each return value of fwrite, and look for NULL after fclose.
#
# Exit status: 0 still so; 1 it has changed; 77 not available here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ "$(uname -m)" = x86_64 ] && command -v gcc >/dev/null && command -v apt-get >/dev/null || exit 77
cd "$work"
apt-get download -qq libc6=2.36-9+deb12u14 2>/dev/null || { echo 'no libc6 2.36-9+deb12u14 here' >&2; exit 77; }
dpkg -x libc6_*.deb .
cat >stream.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

int main(void)
{
	enum { MIB = 1 << 20, LIMIT = 64 * MIB };
	static char block[MIB];
	char *text = NULL;
	size_t size = 0, given = 0, written = 0;
	struct rlimit limit = {LIMIT, LIMIT};
	memset(block, 'x', sizeof block);
	if (setrlimit(RLIMIT_AS, &limit) != 0)
		return 2;
	FILE *f = open_memstream(&text, &size);
	if (!f)
		return 2;
	for (int i = 0; i < 128; i++) {
		written += fwrite(block, 1, sizeof block, f);
		given += sizeof block;
	}
	const int error = ferror(f), closed = fclose(f);
	printf("given %zu, written %zu, ferror %d, fclose %d\n", given, written, error, closed);
	return written < given && error == 0 && closed == 0 ? 0 : 1;
}
END
gcc -o stream stream.c
lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --library-path lib/x86_64-linux-gnu ./stream
