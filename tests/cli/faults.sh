# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# faults.sh - what a user sees of a fault: the exit status, one line, the row of a sweep. Every kind in every phase and back
# end is in test_faults.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"

quick='--size 5000 --repetitions 1 --sample-time 1ms --meter native'
# shellcheck disable=SC2086  # words
{
	fails 2 'a fault that is none' parscale run palindrome --fault kill:1 $quick
	for kind in kill stop crash exit oom; do
		fails 1 "run: $kind" parscale run palindrome --backend fork --workers 2 --timeout 2s --fault $kind:1:chunk $quick
	done
	ok 'a worker that is late is no fault' parscale run palindrome --backend fork --workers 2 --fault late:1:chunk $quick
	run parscale run palindrome --backend fork --workers 2 --fault wrong:1:chunk $quick
	holds 'run: wrong' sh -c "[ $status = 1 ] && grep -q WRONG out && [ \"\$(grep -c '^parscale: wrong answer: count 9 .* says 8 ' err)\" = 1 ]"
	run parscale run palindrome --backend serial --timeout 500ms --fault hang:0:leave $quick
	holds 'run: hang' sh -c "[ $status = 1 ] && grep -q FAILED out && grep -q '^parscale: serial: ending its workers took longer than 0.5 s' err"
	ok 'a worker that is not there does nothing' parscale run palindrome --backend fork --workers 2 --fault kill:2:chunk $quick
}

# --- rows of a sweep: the cells with one worker are as ever ---
plan 1 'kernel = palindrome' 'backend = serial, fork' 'workers = 1, 2' 'size = 5000' 'timeout = 3s' >faults.sweep
for fault in kill:killed stop:timeout crash:killed exit:failed oom:oom wrong:wrong; do
	kind=${fault%:*} word=${fault#*:}
	run parscale sweep faults.sweep --fault "$kind:1:chunk" --out "$kind" --no-charts
	# what is wrong is the warm-up: the sample after it is right
	ok=$([ "$kind" = wrong ] && echo 3 || echo 2)
	held="$status $(column status "$kind/samples.csv" | grep -c '^ok$') $(column status "$kind/samples.csv" | grep -c "^$word$")"
	holds "sweep: $kind is $word, the other rows are there" test "$held" = "1 $ok 1"
	holds '... with a reason' sh -c "grep ',$word,' $kind/samples.csv | grep -q 'worker 1\|wrong answer'"
	holds '... and a summary' test -s "$kind/summary.csv"
done

# --- ranks: a launcher is between ---
if [ -x "$PARSCALE_BUILD/parscale-mpi" ] && command -v mpirun >/dev/null; then
	ranks() { running parscale-mpi launch >pids; [ ! -s pids ]; }
	faults='kill:1:chunk:killed kill:0:enter:killed stop:0:chunk:timeout crash:1:gate:killed hang:1:begin:timeout hang:1:leave:timeout exit:1:end:failed oom:1:done:oom wrong:1:chunk:wrong'
	[ -z "${PARSCALE_LONG-}" ] || for kind in kill:killed crash:killed exit:failed oom:oom hang:timeout stop:timeout; do
		for phase in enter gate begin chunk end "done" leave; do
			for rank in 0 1; do faults="$faults ${kind%:*}:$rank:$phase:${kind#*:}"; done
		done
	done
	for fault in $faults; do
		word=${fault##*:}
		sed "s/serial, fork/mpi/; s/workers = .*/workers = 2/" faults.sweep >mpi.sweep
		rm -rf mpi
		run parscale sweep mpi.sweep --fault "${fault%:*}" --out mpi --no-charts
		holds "ranks: $fault" sh -c "[ $status = 1 ] && [ \"\$(tail -n 1 mpi/samples.csv | grep -c ',$word,')\" = 1 ]"
		holds '... and no rank is left' wait_for ranks
	done
else
	skipped 'faults of ranks' 'no program for MPI, or no mpirun'
fi
close_suite
