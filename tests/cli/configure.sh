# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# configure.sh - scripts/configure says what is wrong with a compiler before it looks for anything
# else.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

configure() { CC=$1 CXX=c++ CFLAGS='' WITH_OPENMP=0 WITH_HWLOC=0 WITH_BENCHMARK=0 WITH_MPI=0 sh "$PARSCALE_ROOT/scripts/configure" here; }

# narrow: a compiler that takes anything but what needs pointers of 64 bits
cat >narrow <<'END'
#!/bin/sh
for word; do case $word in *.c) ! grep -q 'sizeof(void \*) >= 8' "$word" || exit 1 ;; esac; done
END
chmod +x narrow

mkdir here
fails 1 'no compiler' configure false
holds '... and says so' grep -q 'false builds no program' err
fails 1 'a compiler for 32 bits' configure ./narrow
holds '... and says why' grep -q '64-bit machines.*__int128' err
holds '... before anything is written' test -z "$(ls here)"
close_suite
