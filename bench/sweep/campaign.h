/* SPDX-License-Identifier: MIT */
/*
 * campaign.h - the launches of a plan: blocks, budget, answers, rows, progress.
 *
 * The first blocks (plan.launches) are complete and in random order; each later block holds the cells that
 * are not yet precise, the widest interval first, until all are or the budget ends. The plan's canary is
 * launched in every block, once in each CANARY_EVERY launches, at random places.
 */
#ifndef PARSCALE_CAMPAIGN_H
#define PARSCALE_CAMPAIGN_H

#include "launch.h"
#include "sweep/plan.h"

enum { CANARY_EVERY = 40 };

enum campaign_end { CAMPAIGN_COMPLETE, CAMPAIGN_BUDGET, CAMPAIGN_INTERRUPTED };

struct campaign_result {
	enum campaign_end end;
	uint64_t launches, failed; /* made now, of cells and probes; of these, with a row that is not ok */
	char last_failure[512];    /* the last one's label and reason; "" */
	const char **stops; /* why each cell got no more launches: "precise", "most-launches", "failed",
			       "budget", "interrupted" */
};

/* What a campaign makes launches with, and reads the time from; `told` (may be NULL) hears before each launch
 * how much is past and left. */
struct campaign_means {
	/* as launch_run */
	int (*launch)(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e);
	uint64_t (*clock_ns)(void *ctx);
	void (*told)(void *ctx, double seconds_past, double seconds_left);
	void *ctx;
};
extern const struct campaign_means campaign_real; /* fresh processes, the one clock */

/* Runs the plan in the folder `dir`, appending rows to its open file `samples_fd`, all rows of a launch at
 * once. `before` holds the rows of earlier sessions, in order (an empty table: there was none); what they
 * have is not measured again. The launches of the first block append to workers.csv in `dir` what each worker
 * did when. The result's `stops` has a text for each cell; campaign_result_free frees it. -1 with *e set when
 * it cannot go on (no process, no space); what is in the file then is whole. */
int campaign_run(const struct plan *p, const char *dir, const struct table *before, int samples_fd,
	const struct campaign_means *means, struct campaign_result *r, struct err *e);
void campaign_result_free(struct campaign_result *r);

#endif
