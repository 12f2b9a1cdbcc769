/* SPDX-License-Identifier: MIT */
/*
 * trial.h - where a kernel meets a back end.
 *
 * A trial sets up the kernel's input, cuts its units into chunks, opens a team of workers and runs
 * it. It reads the clock before and after a run; the workers stamp their own phases (work.c);
 * nothing else reads it while work is done. What a run is worth - how often, how long, is it right
 * - is for meter.h and launch.h.
 */
#ifndef PARSCALE_BENCH_HARNESS_TRIAL_H
#define PARSCALE_BENCH_HARNESS_TRIAL_H

#include "bench/harness/cell.h"
#include "bench/harness/fault.h"
#include "bench/harness/filler.h"
#include "bench/machine/counters.h"
#include "bench/machine/disturbance.h"
#include "bench/machine/place.h"

/* What one run, or the mean of a batch of runs, took. Phases (measured.def) add up to total. */
struct timing {
	double total_ns;
#define PHASE(name, meaning) double name##_ns;
#define SPREAD(name, meaning) double name##_ns;
#define USAGE(name, unit, meaning) double name;
#include "bench/data/measured.def"
	/* workers found on another CPU than theirs; of the worst run */
	unsigned misplaced;
	struct counted counted;     /* by whoever opened counters; not by the trial */
	struct disturbed disturbed; /* of the whole batch; likewise */
	struct tally tally;         /* equal in all runs of a batch, or the batch fails */
};

struct trial_plan {
	const struct cell *cell; /* outlives the trial; its problem's text is in memory */
	const struct topology *topology;
	double timeout_seconds;    /* longest a run may take */
	struct own_filler *filler; /* the problem's, to spread arrays over the workers' nodes; NULL: none */
	/* path of the program whose command `worker` is worker.h's; NULL: back ends whose workers are
	 * fresh programs are absent */
	const char *program;
	struct fault fault; /* of tests */
};

struct trial;

/* Makes the input, and the team with all its workers where the lifetime is pool. NULL with *e set and nothing
 * left, but the cell's memory policy, which is this thread's from now on. */
struct trial *trial_open(const struct trial_plan *plan, struct err *e);
/* NULL is legal. Ends the program where workers do not leave in time (watchdog.h). */
void trial_close(struct trial *t);

/* What was done once, in seconds: the kernel's setup, and making the pool (0 for spawn). */
double trial_setup_seconds(const struct trial *t);
double trial_open_seconds(const struct trial *t);

/* What ranks spend in their library, after a run; false where the workers are no ranks. */
bool trial_rank_costs(const struct trial *t, struct rank_costs *costs);

/* Were workers bound to CPUs? */
bool trial_bound(const struct trial *t);

/* What a worker of the last run did when, in nanoseconds since that run began. NAN: before it, in a pool. */
struct worker_stamps {
	double entered_ns, touched_ns, began_ns, ended_ns;
	double returned_ns, total_ns; /* of the run */
	int cpu;                      /* where it is bound; -1: free */
};
void trial_stamps(const struct trial *t, unsigned worker, struct worker_stamps *out);

/* Runs the whole problem `times` times; *mean is their mean. Of kernels that are ceilings several of them
 * with one start. -1 with *e set when a worker died, a run took too long, or two runs gave different answers;
 * then the trial can only be closed. */
int trial_run(struct trial *t, uint64_t times, struct timing *mean, struct err *e);

#endif
