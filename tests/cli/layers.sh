# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# layers.sh - scripts/layers passes on the tree as it is, and fails on each kind of planted
# violation.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

layers() { "$PARSCALE_ROOT/scripts/layers" "$1" >report; }

# planted FILE INCLUDE WHY: with that line in that file of a copy, layers fails and says so
planted() {
	rm -rf copy
	mkdir copy
	cp -R "$PARSCALE_ROOT/base" "$PARSCALE_ROOT/kernels" "$PARSCALE_ROOT/bench" copy/
	mkdir -p copy/tests "copy/$(dirname -- "$1")"
	printf '#include %s\n' "$2" >>"copy/$1"
	layers copy
	if [ $? = 1 ] && grep -q "^layers: $1.*$3" report; then
		result "$1 may not include $2" ''
	else
		result "$1 may not include $2" "$(cat report)"
	fi
}

ok 'the tree keeps its layers' layers "$PARSCALE_ROOT"
planted kernels/noop.c '"bench/harness/cell.h"' 'kernels know nothing of bench/'
planted kernels/planted.h '<pthread.h>' 'no threads'
planted kernels/noop.c '<omp.h>' 'no threads'
planted kernels/noop.c '<time.h>' 'no clock'
planted kernels/noop.c '<unistd.h>' 'nothing of the system'
planted bench/backend/planted.c '"kernels/kernel.h"' 'only the job'
planted bench/backend/planted.c '"bench/data/columns.h"' 'only the job'
planted bench/data/planted.c '"bench/sweep/plan.h"' 'dependencies run one way'
planted base/planted.c '"bench/stats/stats.h"' 'dependencies run one way'
planted bench/harness/planted.c '<omp.h>' 'OpenMP'
planted bench/harness/planted.c '<mpi.h>' 'MPI'
planted bench/harness/planted.c '<benchmark/benchmark.h>' 'Google Benchmark'
planted bench/harness/planted.c '<immintrin.h>' 'instruction set'
planted bench/stats/stats.c '"bench/machine/place.h"' 'dependencies run one way'
planted bench/stats/stats.c '<stdio.h>' 'statistics are pure'
planted bench/mpi/planted.c '"bench/gbench/gbench.h"' 'knows no other'
planted bench/sweep/planted.cc '<vector>' 'only C++'

# What a header brings in counts for who includes the header.
planted_header() {
	mkdir -p copy/kernels
	printf '#include <time.h>\n' >copy/base/clocked.h
	printf '#include "base/clocked.h"\n' >>copy/kernels/noop.c
	layers copy
	[ $? = 1 ] && grep -q '^layers: kernels/noop.c.*<time.h> (through base/clocked.h)' report
}
rm -rf copy && mkdir copy && cp -R "$PARSCALE_ROOT/kernels" "$PARSCALE_ROOT/bench" "$PARSCALE_ROOT/base" copy/
ok 'a forbidden header counts through another' planted_header

mkdir empty
if layers empty; then result 'no sources is an error' 'it passed'; else result 'no sources is an error' ''; fi
close_suite
