/* SPDX-License-Identifier: MIT */
#include "campaign.h"

#include "clock.h"
#include "interrupt.h"
#include "launch.h"
#include "units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct campaign {
	const struct plan *plan;
	int fd;
	struct campaign_result *result;
	size_t *order; /* of the cells in the block */
	struct expected *answers; /* by problem */
	bool *answered;
	double *cost; /* seconds of each cell's last launch; 0: not yet launched */
	uint64_t first, next; /* launch numbers: where this campaign begins; the one to be made */
	uint64_t started_ns;
	bool terminal;
};

static double elapsed(const struct campaign *c)
{
	return (double)(clock_ns() - c->started_ns) / 1e9;
}

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the order needs no better generator. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void shuffle(size_t *order, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(next_random(state) % i), kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
}

/* What is left at the pace so far: known costs of cells that have been launched, their mean for the others. */
static double remaining(const struct campaign *c, unsigned block, size_t done)
{
	const struct plan *p = c->plan;
	double sum = 0, later;
	size_t known = 0;
	for (size_t i = 0; i < p->count; i++) {
		sum += c->cost[i];
		known += c->cost[i] > 0;
	}
	double mean = known ? sum / (double)known : 0;
	double all = sum + mean * (double)(p->count - known), rest = 0;
	for (size_t i = done; i < p->count; i++)
		rest += c->cost[c->order[i]] > 0 ? c->cost[c->order[i]] : mean;
	later = rest + (double)(p->launches - block - 1) * all;
	double budget = p->budget_seconds - elapsed(c);
	return later < budget ? later : budget > 0 ? budget : 0;
}

static void show_progress(const struct campaign *c, unsigned block, size_t done, const char *label)
{
	char left[UNITS_BYTES];
	uint64_t all = (uint64_t)c->plan->launches * c->plan->count, at = (uint64_t)block * c->plan->count + done;
	if (c->terminal)
		fprintf(stderr, "\r\033[K%3.0f %%  %" PRIu64 "/%" PRIu64 " launches, %s left  %.70s", 100.0 * (double)at / (double)all, at, all,
			units_clock(remaining(c, block, done), left), label);
	else if (done == 0)
		fprintf(stderr, "block %u of %u: %zu launches, %s so far\n", block + 1, c->plan->launches, c->plan->count,
			units_clock(elapsed(c), left));
}

/* The first right answer to a problem serves all cells that share it. */
static void learn_answer(struct campaign *c, const struct planned *cell, const struct sample *row)
{
	if (c->answered[cell->problem] || strcmp(row->status, "ok") != 0)
		return;
	struct expected *x = &c->answers[cell->problem];
	*x = (struct expected){.tally = {row->count.value, row->check.value}, .check_known = true};
	snprintf(x->source, sizeof x->source, "%.90s", row->verified_by);
	c->answered[cell->problem] = true;
}

/* A launch that gave no answer is a row too. */
static int add_failure(const struct campaign *c, const struct planned *cell, struct launch_result *r, struct err *e)
{
	struct sample *row = table_add(&r->samples, NULL, e);
	if (!row)
		return -1;
	cell_factors(&cell->cell, c->plan->meter->name, &row->cell);
	snprintf(row->status, sizeof row->status, "%s", r->timed_out ? "timeout" : r->status == ERR_ABSENT ? "absent" : "failed");
	snprintf(row->reason, sizeof row->reason, "%s", r->message[0] ? r->message : "the launch ended without a sample");
	return 0;
}

/* Numbers a launch's rows and appends them. */
static int take_rows(struct campaign *c, const struct planned *cell, struct launch_result *r, unsigned block, struct err *e)
{
	bool good = r->status == ERR_NONE && r->samples.count > 0, wrong = false;
	for (size_t i = 0; i < r->samples.count; i++)
		wrong |= strcmp(((const struct sample *)table_row(&r->samples, i))->status, "wrong") == 0;
	/* a wrong answer has said so in its rows; any other failure is a row of its own, after the samples that came before it */
	if (!good && !wrong && add_failure(c, cell, r, e) != 0)
		return -1;
	for (size_t i = 0; i < r->samples.count; i++) {
		struct sample *row = table_row(&r->samples, i);
		row->launch_id = (struct uint_field){c->next, true};
		row->block = (struct uint_field){block, true};
		learn_answer(c, cell, row);
	}
	if (!good) {
		c->result->failed++;
		snprintf(c->result->last_failure, sizeof c->result->last_failure, "%s: %.250s", cell->label, r->message);
	}
	return csv_append_table(c->fd, &r->samples, e);
}

static int launch(struct campaign *c, size_t index, unsigned block, struct err *e)
{
	const struct plan *p = c->plan;
	const struct planned *cell = &p->cells[index];
	struct measure_plan measure = {.cell = cell->cell,
		.samples = p->repetitions,
		.warmup = p->warmup,
		.sample_seconds = p->sample_seconds,
		.cap_seconds = p->cap_seconds,
		.timeout_seconds = p->timeout_seconds,
		.meter = p->meter->name,
		.expected_known = c->answered[cell->problem],
		.expected = c->answers[cell->problem]};
	const struct launch_order order = {.measure = &measure, .meter = p->meter, .timeout_seconds = p->timeout_seconds, .capture = true};
	struct launch_result r;
	double before = elapsed(c);
	int status = launch_run(&order, &r, e);
	if (status == 0 && r.status != ERR_INTERRUPTED) {
		status = take_rows(c, cell, &r, block, e);
		c->result->launches++;
		c->next++;
		c->cost[index] = elapsed(c) - before;
	}
	table_free(&r.samples);
	return status;
}

static int run_block(struct campaign *c, unsigned block, uint64_t *random, struct err *e)
{
	const struct plan *p = c->plan;
	shuffle(c->order, p->count, random);
	for (size_t i = 0; i < p->count; i++) {
		if ((uint64_t)block * p->count + i < c->first)
			continue; /* made before */
		double expected = c->cost[c->order[i]];
		if (elapsed(c) + expected > p->budget_seconds) {
			c->result->end = CAMPAIGN_BUDGET;
			return 0;
		}
		show_progress(c, block, i, p->cells[c->order[i]].label);
		if (launch(c, c->order[i], block, e) != 0)
			return -1;
		if (interrupt_seen()) {
			c->result->end = CAMPAIGN_INTERRUPTED;
			return 0;
		}
	}
	return 0;
}

int campaign_run(const struct plan *p, uint64_t first, int samples_fd, struct campaign_result *r, struct err *e)
{
	uint64_t random = p->order_seed;
	struct campaign c = {.plan = p, .fd = samples_fd, .result = r, .first = first, .next = first, .started_ns = clock_ns(),
		.terminal = isatty(STDERR_FILENO) != 0};
	c.order = malloc(p->count * sizeof *c.order);
	c.cost = calloc(p->count, sizeof *c.cost);
	c.answers = calloc(p->problems, sizeof *c.answers);
	c.answered = calloc(p->problems, sizeof *c.answered);
	*r = (struct campaign_result){.end = CAMPAIGN_COMPLETE};
	int status = 0;
	if (!c.order || !c.cost || !c.answers || !c.answered)
		status = err_set(e, ERR_FAILED, "out of memory for the sweep");
	for (size_t i = 0; status == 0 && i < p->count; i++)
		c.order[i] = i;
	for (unsigned block = 0; status == 0 && r->end == CAMPAIGN_COMPLETE && block < p->launches; block++)
		status = run_block(&c, block, &random, e);
	if (c.terminal)
		fprintf(stderr, "\r\033[K");
	free(c.order);
	free(c.cost);
	free(c.answers);
	free(c.answered);
	return status;
}
