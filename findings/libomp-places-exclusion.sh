#!/bin/sh
# SPDX-License-Identifier: MIT
# libomp-places-exclusion - libomp does not exclude what follows "!" in OMP_PLACES: it refuses it, or adds a place.
#
# Versions: libomp 14.0.6 (Debian 12, libomp5-14 1:14.0.6-12); libgomp 12.2.0 (libgomp1 12.2.0-14+deb12u1) for comparison;
#   in a temporary folder.
# Expected: OpenMP 5.0, section 6.5: `The exclusion operator "!" can also be used to exclude the number or place
#   immediately following the operator`; its grammar has "! res" in a place and "! place" in the list. So each of
#   "{0:2,!1}" and "{0},{1},!{1}" is one place, of processor 0. libgomp has it so.
# Seen: libomp calls the first a syntax error and uses cores. It makes three places of the second: {0}, {1}, and the
#   complement of {1}, which is {0} once more.
# A way out: list the places that are wanted, without "!".
#
# Needs gcc, and processors 0 and 1. Exit status: 0 still so; 1 it has changed; 77 not available here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
command -v gcc >/dev/null && command -v apt-get >/dev/null && taskset -c 0 true && taskset -c 1 true || exit 77
cd "$work"
for package in libomp5-14=1:14.0.6-12 libgomp1=12.2.0-14+deb12u1; do
	apt-get download "$package" >log 2>&1 || { cat log >&2 && exit 77; }
done
for package in *.deb; do dpkg -x "$package" .; done
cat >places.c <<'END_C'
#include <stdio.h>
int omp_get_num_places(void), omp_get_place_num_procs(int);
void omp_get_place_proc_ids(int, int *);
int main(void)
{
	for (int i = 0; i < omp_get_num_places(); i++) {
		int ids[1024], n = omp_get_place_num_procs(i);
		if (n > 1024)
			return 2;
		omp_get_place_proc_ids(i, ids);
		for (int k = 0; k < n; k++)
			printf("%s%d", k ? "," : "{", ids[k]);
		printf("} ");
	}
	return 0;
}
END_C
for library in libomp.so.5 libgomp.so.1; do
	file=$(readlink -f "$(find usr -name $library | head -n 1)")
	cp "$file" $library
	gcc places.c -o ${library%%.*} -Wl,-rpath,"$work" ./$library
done
# places LIBRARY LIST: the places that the library makes of the list, on processors 0 and 1
places() {
	OMP_PLACES=$2 OMP_PROC_BIND=true taskset -c 0,1 "./$1" 2>"$1.errors" | sed 's/ $//'
	cat "$1.errors" >&2
}
# is LIBRARY LIST PLACES
is() {
	seen=$(places "$1" "$2")
	echo "$1: OMP_PLACES=$2: $seen"
	[ "$seen" = "$3" ]
}
is libgomp '{0:2,!1}' '{0}'
is libgomp '{0},{1},!{1}' '{0}'
is libomp '{0:2}' '{0,1}'
is libomp '{0},{1},!{1}' '{0} {1} {0}'
seen=$(places libomp '{0:2,!1}' 2>/dev/null)
echo "libomp: OMP_PLACES={0:2,!1}: $seen"
cat libomp.errors
grep -q 'OMP_PLACES: syntax error' libomp.errors
echo "as described: libomp 14.0.6, libgomp 12.2.0"
