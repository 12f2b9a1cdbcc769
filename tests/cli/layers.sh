# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# layers.sh - scripts/layers passes on the tree as it is, and fails on each kind of planted violation.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

layers() { "$PARSCALE_ROOT/scripts/layers" "$1" >report; }

# planted FILE INCLUDE WHY: with that line in that file of a copy, layers fails and says so
planted() {
	rm -rf copy
	mkdir copy
	cp -R "$PARSCALE_ROOT/kernels" "$PARSCALE_ROOT/bench" copy/
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
planted kernels/noop.c '"cell.h"' 'kernels know nothing of bench/'
planted kernels/planted.h '<pthread.h>' 'no threads'
planted kernels/noop.c '<omp.h>' 'no threads'
planted kernels/noop.c '<time.h>' 'no clock'
planted kernels/noop.c '<unistd.h>' 'nothing of the system'
planted bench/backend/planted.c '"kernel.h"' 'back ends know no kernel'
planted bench/backend/planted.c '"columns.h"' 'only the job'
planted bench/backend/planted.c '"../cell.h"' 'only the job'
planted bench/planted.c '<omp.h>' 'OpenMP'
planted bench/planted.c '<mpi.h>' 'MPI'
planted bench/planted.c '<benchmark/benchmark.h>' 'Google Benchmark'
planted bench/planted.c '<immintrin.h>' 'instruction set'
planted bench/stats/stats.c '"csv.h"' 'stats is pure'
planted bench/stats/stats.c '<stdio.h>' 'stats is pure'
planted bench/planted.cc '<vector>' 'only C++'

mkdir empty
if layers empty; then result 'no sources is an error' 'it passed'; else result 'no sources is an error' ''; fi
close_suite
