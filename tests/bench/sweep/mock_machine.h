/* SPDX-License-Identifier: MIT */
/*
 * mock_machine.h - campaigns on a machine whose time is a number: for the tests of order, canary, pairs and
 * forecasts, which need many sweeps and know what is true.
 */
#ifndef PARSCALE_TESTS_BENCH_SWEEP_MOCK_MACHINE_H
#define PARSCALE_TESTS_BENCH_SWEEP_MOCK_MACHINE_H

#include "bench/sweep/campaign.h"

enum { MOCK_CELLS = 12, MOCK_MANY = 100, MOCK_FORECASTS = 100000, MOCK_LONG_SIZE = 500000000 };

enum mock_shape { MOCK_NORMAL, MOCK_TWO_HUMPED, MOCK_SKEWED };

/* A machine whose time is a number. Cell i of the plan takes 1 + i % MOCK_CELLS milliseconds a run, one above
 * MOCK_LONG_SIZE twenty times as much. */
struct mock_machine {
	double now;            /* seconds */
	double slow_from;      /* from when on all takes longer */
	double slower;         /* by this factor */
	double scatter;        /* standard deviation of the logarithm, between launches */
	double spread;         /* the cells' own are this factor larger or smaller */
	enum mock_shape shape; /* of launches; samples within one scatter normally */
	/* its typical time, NAN: it fails; NULL: mock_seconds, or twenty times that */
	double (*seconds)(const struct cell *c);
	double within; /* their scatter, as a share of that between launches; 0: a quarter */
	uint64_t seed;
	double past[MOCK_FORECASTS];
	struct forecast left[MOCK_FORECASTS];
	size_t forecasts;
};

/* The typical time of a cell of ordinary length. */
double mock_seconds(const struct cell *c);

/* One launch: two samples in mock_seconds each, and half a second around them. Another program than this one
 * takes 3 % longer. As campaign_means.launch; ctx: struct mock_machine. */
int mock_launch(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e);

/* Cells of kernel noop, at most MOCK_MANY, alike but for their sizes 1000, 2000 ... Good until the next call. */
struct plan mock_plan(size_t count, unsigned launches, unsigned most, double precision);

/* Runs the plan on the machine, on `count` sides, at most CAMPAIGN_ARMS; the rows it wrote go to `samples`, one table a
 * side, as those of `before` (NULL: none). -1 where it refuses to go on from these. */
int mock_try(const struct plan *p, struct mock_machine *m, size_t count, const struct table *before,
	struct table *samples, struct err *e);

/* The same on one side; fails the test where it refuses. */
void mock_campaign(
	const struct plan *p, struct mock_machine *m, const struct table *before, struct table *samples);

#endif
