# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# failures.sh - what goes wrong outside: killed workers and launches, a full disk, a closed pipe,
# Ctrl-C.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"

# A shell without job control has its background jobs ignore INT, and what is ignored stays so.
heeding=
env --default-signal=INT true 2>/dev/null && heeding='env --default-signal=INT'
# begin BACKEND WORKERS OPTIONS...: a run that takes long enough, in the background
begin() {
	backend=$1 workers=$2
	shift 2
	# shellcheck disable=SC2086  # words
	$heeding "$PARSCALE_BUILD/parscale" run sieve --stop 1e12 --backend "$backend" --workers "$workers" --repetitions 1 --meter native "$@" >out 2>err &
	driver=$!
	wait_for launched
}
# ended STATUS PATTERN NAME: the run ends so, says one line like that, and leaves no process
ended() {
	status=0
	wait "$driver" || status=$?
	problem=
	[ "$status" = "$1" ] || problem="wanted exit status $1"
	[ ! -s out ] || problem="$problem; standard output is not empty"
	[ "$(wc -l <err)" = 1 ] || problem="$problem; wanted one line on standard error"
	grep -qE "$2" err || problem="$problem; wanted a line like '$2'"
	wait_for gone "$launch" || problem="$problem; the launch is still there"
	[ -z "${worker-}" ] || wait_for gone "$worker" || problem="$problem; a worker is still there"
	if [ -z "$problem" ]; then result "$3" ''; else result "$3" "$(echo "  $problem"; seen)"; fi
}

begin fork 2
wait_for has_workers
kill -9 "$worker"
ended 1 'worker [01]' 'kill -9 of a worker'

begin fork 2
wait_for has_workers
kill -9 "$launch"
ended 1 'signal 9|[Kk]illed' 'kill -9 of a launch'

worker=
if [ -n "$heeding" ]; then
	begin serial 1
	kill -INT "$driver"
	ended 130 'interrupt' 'Ctrl-C'
else
	skipped 'Ctrl-C' 'env has no --default-signal'
fi

begin fork 2
wait_for has_workers
kill -TERM "$driver"
ended 130 'interrupt' 'SIGTERM'

for backend in serial pthread exec; do
	begin $backend 1 --timeout 1s
	kill -STOP "$launch"
	ended 1 'stopped for longer than 1 s' "SIGSTOP of a launch: $backend"
done

for backend in serial openmp pthread fork; do
	[ "$backend" != openmp ] || parscale run noop --backend openmp >/dev/null 2>&1 || continue
	fails 1 "a run beyond its time: $backend" parscale run sieve --stop 1e12 --timeout 300ms --backend $backend
	holds '... and says so' grep -q "$backend.*0.3 s" err
done
fails 1 'a full disk' sh -c "exec '$PARSCALE_BUILD/parscale' run noop --format json >/dev/full"
# finding the answer to compare with would take days
fails 1 'a problem beyond all time' parscale run sieve --stop 3e14 --timeout 20ms --backend serial
holds '... says what takes so long' grep -q '^parscale: finding the right answer took longer than 0.2 s' err
if env --block-signal=ALRM,CHLD true 2>/dev/null; then
	fails 1 'signals that somebody has blocked' env --block-signal=ALRM,CHLD "$PARSCALE_BUILD/parscale" run sieve --stop 3e14 --timeout 20ms --backend serial
fi
fails 1 'a limit of CPU time' sh -c "ulimit -t 1; exec '$PARSCALE_BUILD/parscale' run sieve --stop 1e12 --backend serial --meter native"
holds '... is named' grep -q 'killed by signal .*: a process may use 1 s of CPU time (ulimit -t)' err
# no text, and no end
fails 2 'a plan of NULs' timeout 60 "$PARSCALE_BUILD/parscale" sweep /dev/zero --dry-run
printf 'kernel = noop\nsize = 1000\0' >nul.sweep
fails 2 'a NUL at the end of a plan' parscale sweep nul.sweep --dry-run
holds '... is told by its line' grep -q '^parscale: nul.sweep:2: a NUL byte' err
fails 2 'JSON of NULs' timeout 60 "$PARSCALE_BUILD/parscale" compare /dev/zero /dev/zero
fails 1 'a full disk, listing' sh -c "'$PARSCALE_BUILD/parscale' run sieve --stop 1e6 --print >/dev/full 2>err.print; s=\$?; tail -n 1 err.print >&2; exit \$s"
holds '... says nothing against the answer' sh -c '! grep -q FAILED err.print && grep -q "; verified" err.print'
fails 1 'a full disk, help' sh -c "exec '$PARSCALE_BUILD/parscale' --help >/dev/full"

# What is closed is not what the next file that is opened becomes: progress would be among the samples.
printf 'kernel = noop\nsize = 1000\nlaunches = 1\nmost-launches = 2\nrepetitions = 2\n' >tiny.sweep
sh -c "'$PARSCALE_BUILD/parscale' sweep tiny.sweep --no-charts --out closed <&- 2>&-" >out || :
holds 'a sweep without standard error: nothing but samples in its file' test "$(grep -cE '^noop,' closed/samples.csv)-$(wc -l <closed/samples.csv)" = 4-5

# A limit of a file's size (ulimit -f) is a full disk, not a signal.
run sh -c "ulimit -f 8; exec '$PARSCALE_BUILD/parscale' sweep tiny.sweep --no-charts --out limited"
holds 'a file beyond its limit: an error' test "$status" = 1
holds '... that says so' grep -q 'File too large' err

# A reader that has seen enough is no failure of ours worth a message, but never a hang.
ok 'head closes the pipe' sh -c "timeout 60 '$PARSCALE_BUILD/parscale' run sieve --stop 1e8 --print 2>/dev/null | head -n 3 | grep -q 5"
# --- a worker that finds another answer to the same problem than the rest ---
each='--size 1e6 --scaling throughput --workers 3 --repetitions 1 --meter native'
for backend in openmp pthread fork exec; do
	parscale run noop --backend $backend >/dev/null 2>&1 || continue
	# shellcheck disable=SC2086  # words
	for who in 0 2; do
		fails 1 "$backend: worker $who of three is wrong" parscale run sieve --fault wrong:$who:chunk --backend $backend $each
		holds '... and who differs is told' grep -q "^parscale: $backend: worker [12] of 3 found another answer than worker 0" err
	done
	# shellcheck disable=SC2086
	ok "$backend: all agree" parscale run sieve --backend $backend $each
done
printf 'kernel = sieve\nscaling = throughput\nworkers = 2\nbackend = pthread, fork\nlifetime = pool, spawn\nsize = 1e5\nlaunches = 2\nprecision = off\nmeter = native\n' >each.sweep
run parscale sweep each.sweep --fault wrong:1:chunk --out each --no-charts
holds 'a sweep has such launches as wrong, each with the reason' sh -c "[ $status = 1 ] && [ \"\$(grep -c ',wrong,.*worker 1 of 2 found another answer' each/samples.csv)\" = 8 ]"
run parscale resume each --no-charts
holds '... and resume, with nothing left to measure, fails as well' sh -c "[ $status = 1 ] && grep -q '^0 launches' err && tail -n 1 err | grep -q '^parscale: 4 of 4 cells failed'"
close_suite
