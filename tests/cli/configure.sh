# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# configure.sh - scripts/configure says what is wrong with a compiler before it looks for anything
# else.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

configure() { CC=$1 CXX=c++ CFLAGS='' WITH_OPENMP=0 WITH_HWLOC=0 WITH_BENCHMARK=0 WITH_MPI=0 sh "$PARSCALE_ROOT/scripts/configure" here; }

# narrow: a compiler that takes anything but what needs lock-free 64-bit atomics
cat >narrow <<'END'
#!/bin/sh
for word; do case $word in *.c) ! grep -q ATOMIC_LLONG_LOCK_FREE "$word" || exit 1 ;; esac; done
END
chmod +x narrow

mkdir here
fails 1 'no compiler' configure false
holds '... and says so' grep -q 'false builds no program' err
fails 1 'a compiler for small machines' configure ./narrow
holds '... and says why' grep -q 'lock-free 64-bit atomics' err
holds '... before anything is written' test -z "$(ls here)"

# The C++ compiler is that of the C compiler's make, which brings the same OpenMP runtime.
cxx() { make -C "$PARSCALE_ROOT" -pn help BUILD="$PWD/none" CC="$1" 2>/dev/null | sed -n 's/^CXX := //p'; }
for pair in gcc:g++ clang:clang++ cc:c++; do
	if command -v "${pair%:*}" >/dev/null && command -v "${pair#*:}" >/dev/null; then
		holds "the C++ compiler of ${pair%:*}" test "$(cxx "${pair%:*}")" = "${pair#*:}"
	fi
done
# What is left out is left out of a build that is there, too.
asked() { make -C "$PARSCALE_ROOT" -pn help BUILD="$PWD/none" CC=cc "$1" 2>/dev/null | sed -n 's/^settings := //p'; }
parts=$(sed -n 's/^\(WITH_[A-Z]*\) .*/\1/p' "$PARSCALE_ROOT/Makefile")
for part in $parts; do
	holds "a change of $part is noticed" test "$(asked "$part=0")" != "$(asked "$part=1")"
done
# Whatever the flags, floating point has NAN, and words stay words.
flags=$(make -C "$PARSCALE_ROOT" -pn help BUILD="$PWD/none" CC=cc CFLAGS='-Ofast' 2>/dev/null | sed -n 's/^c_flags := //p' | sed 's/-MMD.*//')
printf '#include <math.h>\nint main(int argc, char **argv) { (void)argv; volatile double x = argc > 5 ? 1 : NAN; return !isnan(x); }\n' >nan.c
# shellcheck disable=SC2086  # flags are words
holds '-Ofast' sh -c "test -n '$flags' && cc $flags nan.c -o nan && ./nan"
run make -C "$PARSCALE_ROOT" help BUILD='a b'
holds 'a build folder with a blank is refused' sh -c "test $status = 2 && grep -q 'no blanks' err"
object=$PWD/quotes/base/units.o
ok 'quotes in CFLAGS' make -s -C "$PARSCALE_ROOT" BUILD="$PWD/quotes" CC=cc WITH_BENCHMARK=0 WITH_MPI=0 CFLAGS="-O0 -DTEXT='\"a b\"'" "$object"
touch -d '2001-01-01' "$object"
ok '... a second time' make -s -C "$PARSCALE_ROOT" BUILD="$PWD/quotes" CC=cc WITH_BENCHMARK=0 WITH_MPI=0 CFLAGS="-O0 -DTEXT='\"a b\"'" "$PWD/quotes/config.mk"
run make -n -C "$PARSCALE_ROOT" BUILD="$PWD/quotes" CC=cc WITH_BENCHMARK=0 WITH_MPI=0 CFLAGS="-O0 -DTEXT='\"a b\"'" install DESTDIR="$PWD/a b"
holds 'an installation below a blank' grep -q "^install .* \"$PWD/a b/usr/local/bin\"" out
# No name of ours is one of a library's, which a static program has beside it.
archive=$(cc -print-file-name=libjansson.a)
if [ -e "$archive" ] && command -v nm >/dev/null; then
	names() { nm "$1" 2>/dev/null | sed -n 's/^[0-9a-f]* [TDBR] //p' | sort -u; }
	names "$archive" >theirs
	names "$PARSCALE_BUILD/libparscale.a" >ours
	holds 'no name is one of libjansson' test -z "$(comm -12 theirs ours)"
fi

# Compilers that do not fit build a program less, and say so.
printf '#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }\n' >omp.c
if clang -fopenmp omp.c -o omp 2>/dev/null && g++ --version >/dev/null 2>&1 && [ -x "$PARSCALE_BUILD/parscale-gbench" ]; then
	ok 'clang beside g++' env CC=clang CXX=g++ CFLAGS='' WITH_HWLOC=0 WITH_MPI=0 sh "$PARSCALE_ROOT/scripts/configure" here
	holds '... has no parscale-gbench' grep -q 'absent: BENCHMARK: g++ does not link what clang compiles with OpenMP' out
fi
close_suite
