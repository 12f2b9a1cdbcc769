/* SPDX-License-Identifier: MIT */
/*
 * control.pml - the go word, gate, chunk counter and reports of bench/backend/control.c, for spin: every order in
 * which an opener and its workers can take their steps, sequentially consistent as there. Names are those of
 * control.c; each of its atomic operations is a step here.
 *
 * Checked: nobody sleeps for ever (there is no end but that of all), a chunk is done once and only while all are in the run,
 * the opener goes on after all of a run's chunks, and everyone has left at the end, whether the opener stops
 * between runs, in the middle of one, or because a worker could not enter. The state space is all of it: no
 * bound on depth, no hashing.
 *
 * -DPOOL=0 for lifetime spawn, -DWORKERS, -DRUNS; -DWAKE_FIRST, -DNO_RESET, -DOPEN_EARLY plant a fault each, which
 * must be found.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef RUNS
#define RUNS 2
#endif
#ifndef POOL
#define POOL 1
#endif
#define CHUNKS  2
#define STOPPED 200
#define FAILED  100
#define OPENER  WORKERS

/* A word: its value, how many say that they sleep, and who sleeps. */
typedef word {
	byte value;
	byte sleepers;
	bool asleep[WORKERS + 1]
}

word go, gate, reports;
byte arrived, failed, next, left;
byte inside;        /* workers between gate and report */
byte done[CHUNKS];  /* how often, in this run */

/* FUTEX_WAIT: compares and falls asleep in one step. May also return for no reason. */
inline word_sleep(w, me, unwanted)
{
	w.sleepers++;
	atomic {
		if
		:: w.value == unwanted -> w.asleep[me] = true
		:: else
		fi
	}
	!w.asleep[me];
	w.sleepers--
}

inline word_wake(w)
{
	if
	:: w.sleepers > 0 ->
		atomic {
			for (i : 0 .. WORKERS) {
				w.asleep[i] = false
			}
			i = 0
		}
	:: else
	fi
}

/* Waits until the value is not `unwanted`, and leaves it in `seen`. */
inline word_await(w, me, unwanted)
{
	seen = w.value;
	do
	:: seen != unwanted -> break
	:: else ->
		word_sleep(w, me, unwanted);
		seen = w.value
	od
}

inline report(what)
{
#ifdef WAKE_FIRST
	if
	:: reports.value + what >= WORKERS -> word_wake(reports)
	:: else
	fi;
	reports.value = reports.value + what
#else
	atomic {
		reports.value = reports.value + what;
		seen = reports.value
	}
	if
	:: seen >= WORKERS -> word_wake(reports)
	:: else
	fi
#endif
}

proctype worker(byte me)
{
	byte i, seen, last, number, index;
	/* control_enter */
	if
	:: true ->
		atomic {
			seen = failed;
			failed = (failed == 0 -> me + 1 : failed)
		}
		if
		:: seen == 0 -> report(FAILED)
		:: else
		fi;
		gate.value = STOPPED;
		word_wake(gate);
		goto gone
	:: true
	fi;
	if
	:: POOL -> report(1)
	:: else
	fi;
again: /* control_run */
	word_await(go, me, last);
	number = seen;
	if
	:: number == STOPPED -> goto gone
	:: else
	fi;
	/* pass_gate */
	atomic {
		arrived++;
		seen = arrived
	}
	if
#ifdef OPEN_EARLY
	:: seen < WORKERS - 1 ->
#else
	:: seen < WORKERS ->
#endif
		word_await(gate, me, number - 1);
		if
		:: seen != number -> goto gone
		:: else
		fi
	:: else ->
		atomic {
			seen = gate.value;
			gate.value = (gate.value == number - 1 -> number : gate.value)
		}
		if
		:: seen != number - 1 -> goto gone
		:: else
		fi;
		word_wake(gate)
	fi;
	atomic {
		inside++;
		assert(arrived == WORKERS)
	}
	/* take */
	do
	:: gate.value == STOPPED -> break
	:: else ->
		atomic {
			index = next;
			next++
		}
		if
		:: index >= CHUNKS -> break
		:: else ->
			done[index]++;
			assert(done[index] == 1)
		fi
	od;
	atomic {
		index = 0;
		inside--
	}
	last = number;
	number = 0;
	report(1);
	if
	:: POOL -> goto again
	:: else
	fi;
gone:
	left++
}

proctype opener()
{
	byte i, seen, number;
	/* control_wait until `seen` is WORKERS or has FAILED; it may give up at any time */
	if
	:: POOL ->
		do
		:: seen = reports.value;
			if
			:: seen >= WORKERS -> break
			:: else -> word_sleep(reports, OPENER, seen)
			fi
		:: goto stop
		od
	:: else
	fi;
	do
	:: number == RUNS || (number == 1 && !POOL) || failed != 0 -> break
	:: else ->
		/* control_start */
		next = 0;
#ifndef NO_RESET
		arrived = 0;
#endif
		reports.value = (reports.value >= FAILED -> FAILED : 0);
		go.value++;
		word_wake(go);
		do
		:: seen = reports.value;
			if
			:: seen >= WORKERS -> break
			:: else -> word_sleep(reports, OPENER, seen)
			fi
		:: goto stop
		od;
		if
		:: seen >= FAILED -> goto stop
		:: else
		fi;
		atomic {
			assert(inside == 0);
			for (i : 0 .. CHUNKS - 1) {
				assert(done[i] == 1);
				done[i] = 0
			}
			i = 0;
			number++
		}
	od;
stop: /* control_stop */
	go.value = STOPPED;
	gate.value = STOPPED;
	word_wake(go);
	word_wake(gate);
	left == WORKERS
}

init {
	byte w;
	atomic {
		for (w : 0 .. WORKERS - 1) {
			run worker(w)
		}
		run opener()
	}
}
