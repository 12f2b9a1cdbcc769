/* SPDX-License-Identifier: MIT */
/*
 * campaign.h - the launches of a plan: blocks, budget, answers, rows, progress.
 *
 * The first blocks (plan.launches) are complete, but for spare cells (bends.h), and in random order; each later block holds the
 * cells that are not precise yet but can be before the budget ends, the widest interval first; when there are none, all
 * that are not precise. The
 * plan's canary is launched in every block, once in each CANARY_EVERY launches, at random places.
 *
 * A campaign may have more arms: other programs, which launch each cell in turn with the first, so
 * that a disturbance hits all. Their launches of a cell bear the same number in the samples of their
 * own arm: they are a pair, or a turn of more. The order is drawn so that of as many turns of a cell
 * as there are arms, each arm is first once.
 */
#ifndef PARSCALE_BENCH_SWEEP_CAMPAIGN_H
#define PARSCALE_BENCH_SWEEP_CAMPAIGN_H

#include "bench/data/folder.h"
#include "bench/harness/launch.h"
#include "bench/sweep/fixed_files.h"
#include "bench/sweep/progress.h"

enum { CANARY_EVERY = 40 };

enum campaign_end { CAMPAIGN_COMPLETE, CAMPAIGN_BUDGET, CAMPAIGN_INTERRUPTED };

struct campaign_result {
	enum campaign_end end;
	uint64_t launches, failed; /* made now by all arms, of cells and probes; of these, not ok */
	char last_failure[512];    /* the last one's label and reason; "" */
	/* why each cell got no more launches: "precise", "most-launches", "failed", "budget",
	 * "interrupted"; "smooth": a spare one that lies where its neighbours tell */
	const char **stops;
};

/* What a campaign makes launches with, and reads the time from; `told` (may be NULL) hears before each launch
 * how much is past and left. */
struct campaign_means {
	/* as launch_run */
	int (*launch)(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e);
	uint64_t (*clock_ns)(void *ctx);
	void (*told)(void *ctx, double seconds_past, const struct forecast *left);
	void *ctx;
};
extern const struct campaign_means campaign_real; /* fresh processes, the one clock */

enum { CAMPAIGN_ARMS = 1 + FOLDER_OTHERS };

struct campaign_arm {
	const char *dir;            /* the folder */
	const char *program;        /* the parscale that measures; NULL: this one */
	const struct table *before; /* rows of earlier sessions, in order; an empty table: there was none */
	int samples_fd;             /* its samples.csv, open */
	/* Its launches are told what those before found of the same cell, and have inputs in common (filler.h):
	 * where this program measures alone, since another might not understand, and both shall do the same. */
	bool informed;
	int shelf_fd; /* if `informed`; 0: none */
	/* looked at before and after every launch; NULL: none. A launch that found another one leaves no rows. */
	struct fixed_files *fixed;
};

/* Runs the plan with one arm or more, appending rows to each arm's samples, all rows of a launch at
 * once. Nothing that earlier sessions measured is measured again; a launch that only some arms have is
 * made up by the others first. The launches of the first block append to workers.csv in the folder.
 * The result's `stops` has a text for each cell; campaign_result_free frees it. -1 with *e set when
 * it cannot go on (no process, no space; ERR_USAGE: the rows are not of this plan, or a program or an input
 * is another one now); the rows in the
 * files are whole then too. */
int campaign_run(const struct plan *p, const struct campaign_arm *arms, size_t arm_count,
	const struct campaign_means *means, struct campaign_result *r, struct err *e);
void campaign_result_free(struct campaign_result *r);

#endif
