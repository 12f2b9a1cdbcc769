# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# mpi.sh - ranks as workers: the same answers as everywhere, and nothing left behind when they are
# killed.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
. "$PARSCALE_ROOT/tests/cli/process.sh"

if [ ! -x "$PARSCALE_BUILD/parscale-mpi" ] || ! command -v mpirun >/dev/null; then
	[ -x "$PARSCALE_BUILD/parscale-mpi" ] || says '^mpi .*(WITH_MPI=0|mpicc)' 'it is missing, and says why' parscale list backends
	[ -x "$PARSCALE_BUILD/parscale-mpi" ] || fails 77 'a run is not available' parscale run noop --backend mpi
	fails 77 'no launcher' env PARSCALE_MPIRUN=./nonesuch "$PARSCALE_BUILD/parscale" run noop --backend mpi
	skipped 'a run of ranks' 'no program for MPI, or no mpirun'
	close_suite
fi

field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" out; }
quick='--repetitions 1 --sample-time 1ms --format json'

# Every kernel, more ranks than there may be CPUs: what the serial back end finds.
run parscale list kernels
cut -d ' ' -f 1 out >kernels
while read -r kernel; do
	# shellcheck disable=SC2086  # words
	run parscale run "$kernel" --size 300007 $quick
	wanted=$(field count)/$(field check)
	schedule=$([ "$kernel" = sieve ] && echo static || echo dynamic)
	# shellcheck disable=SC2086  # words
	run parscale run "$kernel" --size 300007 --backend mpi --workers 3 --schedule "$schedule" $quick
	holds "$kernel $schedule: $wanted" test "$status $(field backend) $(field workers) $(field count)/$(field check)" = "0 mpi 3 $wanted"
done <kernels

# shellcheck disable=SC2086  # words
run parscale run sieve --stop 1e9 --backend mpi --workers 2 $quick
holds 'pi(10^9)' test "$(field count) $(field status) $(field meter)" = '50847534 ok native'
run parscale run sieve --stop 30 --backend mpi --workers 2 --print
holds 'it lists, and says the rest elsewhere' test "$status $(tr '\n' ' ' <out)$(grep -c verified err)" = '0 2 3 5 7 11 13 17 19 23 29 1'
printf 'Anna noon foo kayak\n' >words
"$PARSCALE_BUILD/parscale" run text --input - --backend mpi --workers 2 --print <words >out 2>err
holds 'the text comes through standard input, and from there to every rank' test "$(tr '\n' ' ' <out)" = 'Anna noon kayak '

for ranks in 1 2; do
	# shellcheck disable=SC2086  # words
	run parscale run sieve --stop 1e8 --backend mpi --workers $((2 * ranks)) --threads-per-rank 2 --schedule dynamic $quick
	found="$status $(field workers) $(field threads_per_rank) $(field count)"
	if parscale list backends | grep -q '^openmp .*missing'; then wanted='77   '; else wanted="0 $((2 * ranks)) 2 5761455"; fi
	holds "threads in $ranks ranks" test "$found" = "$wanted"
done
fails 2 'threads that do not divide the workers' parscale run noop --backend mpi --workers 3 --threads-per-rank 2
fails 2 'threads of ranks where there are none' parscale run noop --backend fork --workers 2 --threads-per-rank 2
"$PARSCALE_BUILD/parscale" run text --input words --backend mpi --workers 2 --print-unique >out 2>err
holds 'and each different one' test "$(tr '\n\t' '  ' <out)" = '1 anna 1 noon 1 kayak '
fails 2 'ranks are not spawned' parscale run noop --backend mpi --lifetime spawn
fails 77 'no launcher' env PARSCALE_MPIRUN=./nonesuch "$PARSCALE_BUILD/parscale" run noop --backend mpi

# Other launchers: MPICH's puts a box on standard output when a rank dies; one of another MPI starts single ranks.
cat >boxed <<'END'
#!/bin/sh
echo
echo '==================================================================================='
echo '=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES'
echo '=   EXIT CODE: 9'
echo '==================================================================================='
echo 'YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)'
exit 9
END
cat >single <<'END'
#!/bin/sh
shift 2
exec "$@"
END
chmod +x boxed single
fails 1 'a rank killed under MPICH' env PARSCALE_MPIRUN=./boxed "$PARSCALE_BUILD/parscale" run noop --backend mpi --workers 2
holds '... how it ended is told' grep -q '^parscale: mpi: a rank ended: Killed (signal 9)$' err
fails 2 'a launcher of another MPI' env PARSCALE_MPIRUN=./single "$PARSCALE_BUILD/parscale" run noop --backend mpi --workers 2
holds '... what to try is told' grep -q 'started 1 rank: .*PARSCALE_MPIRUN=' err

OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 HWLOC_COMPONENTS=-gl
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM OMPI_MCA_rmaps_base_oversubscribe HWLOC_COMPONENTS
ranks() { mpirun -n "$@"; }
# shellcheck disable=SC2086  # words
run ranks 3 "$PARSCALE_BUILD/parscale-mpi" run sieve --stop 1e7 $quick
holds 'ranks that the user starts' test "$status $(field workers) $(field count)" = '0 3 664579'
run ranks 2 "$PARSCALE_BUILD/parscale-mpi" run sieve --nth 1e6
holds 'the n-th item' test "$status $(cat out)" = '0 15485863'
run ranks 3 "$PARSCALE_BUILD/parscale-mpi" run sieve --stop 1e7 --workers 2
holds 'another number of ranks is refused' grep -q '^parscale: mpi: 2 workers, 1 in a rank, but the launcher started 3 ranks$' err
run ranks 2 "$PARSCALE_BUILD/parscale-mpi" run sieve --backend fork
holds 'another back end is refused' grep -q '^parscale: --backend: parscale-mpi has only mpi' err
run ranks 2 "$PARSCALE_BUILD/parscale-mpi" run sieve --nonsense 1
holds 'an unknown option is refused once' test "$(grep -c '^parscale: ' err)" = 1

printf 'kernel = sieve\nbackend = serial, mpi\nworkers = 1, 2\nsize = 1e6\nlaunches = 2\nrepetitions = 1\n' >mpi.sweep
ok 'a sweep' parscale sweep mpi.sweep --out swept --no-charts
holds 'has rows of ranks, all of them ok' test "$(grep -c ',mpi,.*,ok,' swept/samples.csv)" -ge 4

# killed BY WHOM: no rank, launcher or shared memory of theirs stays
shared() { find /dev/shm /tmp -maxdepth 1 \( -name 'vader_segment*' -o -name 'ompi.*' \) 2>/dev/null | sort; }
ours() { running parscale-mpi launch | sort -n >pids && [ -s pids ]; }
none() { ! ours; }
shared >before
for victim in rank driver; do
	"$PARSCALE_BUILD/parscale" run sieve --stop 1e14 --backend mpi --workers 2 >out 2>err &
	driver=$!
	wait_for ours
	sleep 0.5
	ours
	if [ $victim = rank ]; then kill -9 "$(tail -n 1 pids)"; else kill -9 $driver; fi
	status=0
	wait $driver 2>/dev/null || status=$?
	holds "$victim killed: all ranks end" wait_for none
	[ $victim = driver ] || holds 'and the user is told' grep -q '^parscale: mpi: a rank was killed by signal 9' err
	as_before() { shared | cmp -s - before; }
	holds "$victim killed: no shared memory is left" wait_for as_before
done
close_suite
