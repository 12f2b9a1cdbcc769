/* SPDX-License-Identifier: MIT */
/*
 * arm.h - one program of a campaign: what it launches, the answers it has given, where its rows go.
 */
#ifndef PARSCALE_BENCH_SWEEP_ARM_H
#define PARSCALE_BENCH_SWEEP_ARM_H

#include "bench/sweep/campaign.h"
#include "bench/sweep/probe_arm.h"

struct arm {
	const struct plan *plan;
	const struct campaign_arm *is;
	char workers_path[4200];
	struct probe_arm *probing;
	struct expected *answers; /* by problem: each program verifies its answers as it would alone */
	bool *answered;
	struct meter_known *known; /* by cell: of its last launch whose samples were all right */
};

/* arm_close also after an error. */
int arm_open(struct arm *s, const struct plan *p, const struct campaign_arm *is, struct err *e);
void arm_close(struct arm *s);

/* Which launch of the sweep it is. */
struct scheduled {
	size_t cell;
	uint64_t launch_id;
	unsigned block;
};

/* Launches a cell and appends its rows, numbered, all at once; none where it was interrupted (r->status).
 * *good is whether all went well: if not, a row says why, and so does r->message. The caller frees
 * r->samples, also on -1: the sweep cannot go on. */
int arm_launch(struct arm *s, const struct scheduled *t, const struct campaign_means *means,
	struct launch_result *r, bool *good, struct err *e);

#endif
