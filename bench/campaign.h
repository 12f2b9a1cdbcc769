/* SPDX-License-Identifier: MIT */
/*
 * campaign.h - the launches of a plan, in order: randomised complete blocks, budget, answers, rows, progress.
 */
#ifndef PARSCALE_CAMPAIGN_H
#define PARSCALE_CAMPAIGN_H

#include "plan.h"

enum campaign_end { CAMPAIGN_COMPLETE, CAMPAIGN_BUDGET, CAMPAIGN_INTERRUPTED };

struct campaign_result {
	enum campaign_end end;
	uint64_t launches, failed; /* made now; of these, with a row that is not ok */
	char last_failure[512];    /* the last one's label and reason; "" */
};

/* Runs the plan from its launch number `first` on (0: all of it), appending rows to the open file `samples_fd`, all rows of a launch at
 * once. The order depends on the plan alone, so that a sweep can go on where it was stopped. -1 with *e set when it cannot go on (no
 * process, no space); what is in the file then is whole. */
int campaign_run(const struct plan *p, uint64_t first, int samples_fd, struct campaign_result *r, struct err *e);

#endif
