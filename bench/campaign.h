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
	uint64_t launches, failed; /* made; with a row that is not ok */
	char last_failure[512];    /* the last one's label and reason; "" */
};

/* Runs the plan, appending rows to the open file `samples_fd` of `samples_path`. -1 with *e set when it cannot go on (no process, no space: the
 * row that did not fit is taken back). */
int campaign_run(const struct plan *p, int samples_fd, struct campaign_result *r, struct err *e);

#endif
