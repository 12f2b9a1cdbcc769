# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# mpi.sh - ranks as workers, under the MPI of this build: the same answers as everywhere, and
# nothing left behind when they are killed.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
. "$PARSCALE_ROOT/tests/cli/process.sh"

if [ ! -x "$PARSCALE_BUILD/parscale-mpi" ] || ! parscale info | grep -q '^  launcher *[^n]'; then
	[ -x "$PARSCALE_BUILD/parscale-mpi" ] || says '^mpi .*(WITH_MPI=0|mpicc)' 'it is missing, and says why' parscale list backends
	[ -x "$PARSCALE_BUILD/parscale-mpi" ] || fails 77 'a run is not available' parscale run noop --backend mpi
	fails 77 'no launcher' env PARSCALE_MPIRUN=./nonesuch "$PARSCALE_BUILD/parscale" run noop --backend mpi
	skipped 'a run of ranks' 'no program for MPI, or no mpirun'
	close_suite
fi

quick='--repetitions 1 --sample-time 1ms --format json'
# Whose library this is, its launcher, and the other's, if it is here.
parscale info --format json >out 2>/dev/null
library=$(field mpi) launcher=$(field command)
case $library in
MPICH*) dialect=hydra other=mpirun.openmpi ;;
'Open MPI 4'*) dialect='Open MPI 4' other=mpirun.mpich ;;
'Open MPI 5'*) dialect='Open MPI 5' other=mpirun.mpich ;;
*) dialect='Open MPI 6' other=mpirun.mpich ;;
esac
holds "info tells the launcher's dialect: $library" test "$(field dialect)" = "$dialect"

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

# Two and four ranks, on one host and on hosts that are pretended: each chunk once.
for ranks in 2 4; do
	for hosts in 0 1 2; do
		# shellcheck disable=SC2086  # words
		PARSCALE_RANKS_PER_HOST=$hosts run parscale run primality --numbers 200000 --backend mpi --ranks "$ranks" --schedule dynamic --grain 7 $quick
		holds "$ranks ranks, $hosts of them to a host" test "$status $(field workers) $(field count) $(field status)" = "0 $ranks 17984 ok"
	done
done
holds 'what ranks spend has columns' test "$(grep -cE '"(init|gate|chunks|gather)_(min|mean|max)_ns": [1-9]' out)" = 12
# Where ranks have no place for memory that they share (Open MPI goes without, MPICH 4 does not start), each has a pool of its own.
case $dialect in
Open*)
	if unshare -r -m mount -t tmpfs -o ro none /dev/shm 2>/dev/null; then
		# shellcheck disable=SC2016,SC2086  # for the shell inside; words
		run unshare -r -m sh -c 'mount -t tmpfs -o ro none /dev/shm && exec "$@"' sh "$PARSCALE_BUILD/parscale" run primality --numbers 200000 --backend mpi --ranks 3 --schedule dynamic --grain 7 $quick
		holds 'without shared memory' test "$status $(field workers) $(field count) $(field status)" = '0 3 17984 ok'
	else
		skipped 'without shared memory' 'no namespaces of mounts'
	fi
	;;
esac

# shellcheck disable=SC2086  # words
run parscale run sieve --stop 1e9 --backend mpi --workers 2 $quick
holds 'pi(10^9)' test "$(field count) $(field status) $(field meter)" = '50847534 ok native'
run parscale run sieve --stop 30 --backend mpi --workers 2 --print
holds 'it lists, and says the rest elsewhere' test "$status $(tr '\n' ' ' <out)$(grep -c verified err)" = '0 2 3 5 7 11 13 17 19 23 29 1'
printf 'Anna noon foo kayak\n' >words
"$PARSCALE_BUILD/parscale" run text --input - --backend mpi --workers 2 --print <words >out 2>err
holds 'the text comes through standard input, and from there to every rank' test "$(tr '\n' ' ' <out)" = 'Anna noon kayak '

for ranks in 1 2; do
	for hosts in 0 1; do
		# shellcheck disable=SC2086  # words
		PARSCALE_RANKS_PER_HOST=$hosts run parscale run sieve --stop 1e8 --backend mpi --ranks "$ranks" --threads-per-rank 2 --schedule dynamic $quick
		found="$status $(field workers) $(field threads_per_rank) $(field count)"
		if parscale list backends | grep -q '^openmp .*missing'; then wanted='77   '; else wanted="0 $((2 * ranks)) 2 5761455"; fi
		holds "threads in $ranks ranks, $hosts to a host" test "$found" = "$wanted"
	done
done
"$PARSCALE_BUILD/parscale" run text --input words --backend mpi --workers 2 --print-unique >out 2>err
holds 'and each different one' test "$(tr '\n\t' '  ' <out)" = '1 anna 1 noon 1 kayak '

# What cannot be: refused before anything is started, or in one line of what to do.
fails 2 'threads that do not divide the workers' parscale run noop --backend mpi --workers 3 --threads-per-rank 2
fails 2 'threads of ranks where there are none' parscale run noop --backend fork --workers 2 --threads-per-rank 2
fails 2 'ranks where there are none' parscale run noop --backend fork --ranks 2
fails 2 'nodes where there are none' parscale run noop --nodes 1
fails 2 'no ranks' parscale run noop --backend mpi --ranks 0
fails 2 'ranks that are not the workers' parscale run noop --backend mpi --ranks 2 --workers 3
fails 2 'nodes that do not divide the ranks' parscale run noop --backend mpi --ranks 3 --nodes 2
fails 2 'more workers than there may be' parscale run noop --backend mpi --ranks 4096 --threads-per-rank 2
fails 2 'ranks are not spawned' parscale run noop --backend mpi --lifetime spawn
fails 77 'no launcher' env PARSCALE_MPIRUN=./nonesuch "$PARSCALE_BUILD/parscale" run noop --backend mpi
holds '... what to do is told' grep -q 'PARSCALE_MPIRUN' err
fails 77 'no launcher, by an option' parscale run noop --backend mpi --launcher ./nonesuch
fails 2 'an empty launcher' parscale run noop --backend mpi --launcher ' '
fails 77 'a launcher that refuses' parscale run noop --backend mpi --launcher 'false'
holds '... whom to ask is told' grep -q -e '--launcher' err
run parscale run noop --backend mpi --ranks 2 --nodes 2
holds 'two nodes where there is one' test "$(grep -c '^parscale: mpi: .*node' err) $((status == 2 || status == 77))" = '1 1'
if [ "$dialect" = 'Open MPI 4' ]; then
	fails 77 'more ranks than slots, without leave' env OMPI_MCA_rmaps_base_oversubscribe=0 "$PARSCALE_BUILD/parscale" run noop --backend mpi --ranks 512
	holds '... what to do is told' grep -q 'slots' err
fi

# Other launchers: MPICH's puts a box on standard output when a rank dies; one of another MPI starts single ranks.
cat >boxed <<'END'
#!/bin/sh
printf '\035\n\n'
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
# one that says which it is, and what it was told by PRRTE's variables
cat >told <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo "mpirun (Open MPI) $SAYS" && exit 0; }
env | grep '^PRTE_MCA_.*=\(none\|:oversubscribe\)$' | sort >seen
exit 1
END
cat >full <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo 'mpirun (Open MPI) 6.0.0rc2' && exit 0; }
echo 'Your job has requested more processes than the ppr for' >&2
exit 77
END
chmod +x boxed single told full
fails 77 'a launcher that refuses with status 77' env PARSCALE_MPIRUN=./full "$PARSCALE_BUILD/parscale" run noop --backend mpi
holds '... what to do is told' grep -q '^parscale: mpi: .*fewer nodes than' err
told() { SAYS=$1 PARSCALE_MPIRUN=./told parscale run noop --backend mpi --workers 2 >/dev/null 2>&1 || cut -d = -f 1 seen | tr '\n' ' '; }
holds 'Open MPI 5 is told in its words' test "$(told 5.0.7)" = 'PRTE_MCA_hwloc_default_binding_policy PRTE_MCA_rmaps_default_mapping_policy '
holds 'Open MPI 6 is told in its words' test "$(told 6.0.0rc2)" = 'PRTE_MCA_bindto PRTE_MCA_mapby '
fails 1 'a rank killed under MPICH' env PARSCALE_MPIRUN=./boxed "$PARSCALE_BUILD/parscale" run noop --backend mpi --workers 2
holds '... how it ended is told' grep -q '^parscale: mpi: a rank ended: Killed (signal 9)$' err
fails 2 'a launcher that starts one rank' env PARSCALE_MPIRUN=./single "$PARSCALE_BUILD/parscale" run noop --backend mpi --workers 2
holds '... what to try is told' grep -q 'started 1 rank: .*PARSCALE_MPIRUN=' err

OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 HWLOC_COMPONENTS=-gl
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM OMPI_MCA_rmaps_base_oversubscribe HWLOC_COMPONENTS
case $({ $other --version; mpirun --version; } 2>&1) in
*'(Open MPI) 6'*) export PRTE_MCA_mapby=:oversubscribe ;;
*) export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe ;;
esac
if command -v $other >/dev/null; then
	fails 2 "a launcher of another MPI, $other" parscale run noop --backend mpi --ranks 3 --launcher $other
	holds '... whose it is, is told' grep -qF "but parscale-mpi is of $library" err
	run $other -n 3 "$PARSCALE_BUILD/parscale-mpi" run noop
	holds '... and where the user starts it, once' test "$(cat out err | grep -c '^parscale: ') $(cat out err | grep -c "is of $library")" = '1 1'
else
	skipped 'a launcher of another MPI' "no $other"
fi

ranks() { $launcher -n "$@"; }
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

run parscale probe messages --launches 1 --seconds 0.05 --format csv
holds 'the probe of messages: every case is ok' test "$status $(grep -c '^messages,.*,time,ns,ok,' out) $(grep -vc ',ok,' out)" = '0 16 1'
column mechanism out >mechanisms
holds '... whose samples are of sixteen operations, or of windows' \
	test "$(column batch out | paste - mechanisms | awk '$1 < 16 && $2 != "window"' | wc -l)" = 0
run parscale probe messages --ranks 3 --launches 1 --seconds 0.05 --format csv
holds '... with three ranks' test "$status $(grep -c '^messages,.*,time,ns,ok,' out)" = '0 16'
fails 2 '... not with one' parscale probe messages --ranks 1
run env PARSCALE_MPIRUN=./nonesuch "$PARSCALE_BUILD/parscale" probe messages
holds '... without a launcher' test "$status $(wc -l <err)" = '77 1'

printf 'kernel = sieve\nbackend = serial, mpi\nworkers = 1, 2\nsize = 1e6\nlaunches = 2\nrepetitions = 1\n' >mpi.sweep
ok 'a sweep' env TMPDIR="$PWD" "$PARSCALE_BUILD/parscale" sweep mpi.sweep --out swept --no-charts
holds '... leaves no folder of its starts' test -z "$(find . -maxdepth 1 -name 'parscale-mpi-*')"
holds 'has rows of ranks, all of them ok' test "$(grep -c ',mpi,.*,ok,' swept/samples.csv)" -ge 4
holds 'its manifest has the machine of each host' test "$(grep -c '^      "ranks": 2' swept/manifest.json) $(sed -n '/"hosts"/,/^  \]/p' swept/manifest.json | grep -c '"memory_bytes"')" = '1 1'
printf 'kernel = noop\nbackend = mpi\nranks = 1, 2\nthreads-per-rank = 1, 2\nnodes = 1, 2\nlauncher = %s\n' "$launcher" >ranks.sweep
run parscale sweep ranks.sweep --dry-run
holds 'a plan over ranks, threads and nodes' test "$status $(grep -v '^#' out | grep -o '/[0-9]w/' | tr -d '/\n') $(grep -c 'skipped.*do not divide' out)" = '0 1w2w2w2w4w4w 2'

# killed BY WHOM: no rank, launcher, session folder or shared memory of theirs stays
shared() { find /dev/shm /tmp "${TMPDIR:-/tmp}" -maxdepth 1 \( -name 'vader_segment*' -o -name 'ompi.*' -o -name 'prte.*' -o -name 'pmix*' -o -name 'sm_segment*' -o -name 'mpich*' -o -name 'parscale-mpi-*' \) 2>/dev/null | sort -u; }
ours() { running parscale-mpi launch | sort -n >pids && [ -s pids ]; }
none() { ! ours; }
bound() { ours && test "$(while read -r pid; do sed -n 's/^Cpus_allowed_list:.//p' "/proc/$pid/status"; done <pids | sort -u | wc -l)" = $(($(nproc) < 2 ? 1 : 2)); }
for victim in rank launcher driver; do
	shared >before
	"$PARSCALE_BUILD/parscale" run sieve --stop 1e14 --backend mpi --workers 2 >out 2>err &
	driver=$!
	wait_for ours
	sleep 0.5
	ours
	shared | comm -13 before - >during
	if [ $victim = rank ]; then
		holds 'ranks of a host are bound to CPUs of their own' wait_for bound
	fi
	case $victim in
	rank) kill -9 "$(tail -n 1 pids)" ;;
	launcher) kill -9 "$(children $driver | head -n 1)" ;;
	driver) kill -9 $driver ;;
	esac
	status=0
	wait $driver 2>/dev/null || status=$?
	holds "$victim killed: all ranks end" wait_for none
	[ $victim != rank ] || holds 'and the user is told' grep -qE '^parscale: mpi: a rank (was killed by signal 9|ended: Killed .signal 9.)' err
	cleared() { shared | comm -12 during - >left && [ ! -s left ]; }
	holds "$victim killed: no folder or shared memory is left" wait_for cleared
done
close_suite
