/* SPDX-License-Identifier: MIT */
#include "sweep/campaign.h"

#include "machine/clock.h"
#include "interrupt.h"
#include "launch.h"
#include "sweep/pace.h"
#include "sweep/probing.h"
#include "shuffle.h"
#include "units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct campaign {
	const struct plan *plan;
	int fd;
	char workers_path[4200];
	struct campaign_result *result;
	const struct campaign_means *means;
	struct pace *pace;
	struct probing *probing;
	/* of the cells in the block, plan.count and above: of the probes; with the canary, without */
	size_t *order, *shuffled;
	unsigned canary_block;    /* where the canary was launched last */
	size_t canary_launches;   /* how often there; 0: nowhere yet */
	struct expected *answers; /* by problem */
	bool *answered;
	uint64_t launches; /* of cells, made in all sessions */
	uint64_t started_ns;
	bool terminal;
};

static int launch_process(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e)
{
	(void)ctx;
	return launch_run(order, r, e);
}

static uint64_t read_clock(void *ctx)
{
	(void)ctx;
	return clock_ns();
}

const struct campaign_means campaign_real = {.launch = launch_process, .clock_ns = read_clock};

static uint64_t now_ns(const struct campaign *c)
{
	return c->means->clock_ns(c->means->ctx);
}

static double elapsed(const struct campaign *c)
{
	return (double)(now_ns(c) - c->started_ns) / 1e9;
}

/* Of cells and probes. */
static struct forecast forecast(const struct campaign *c)
{
	const struct forecast of_cells = pace_forecast(c->pace);
	const struct probing_forecast of_probes = probing_forecast(c->probing);
	return (struct forecast){
		of_cells.launches + of_probes.launches, of_cells.seconds + of_probes.seconds};
}

/* Seconds until the end, as far as it can be foreseen. */
static double left(const struct campaign *c)
{
	double budget = c->plan->budget_seconds - elapsed(c), seconds = forecast(c).seconds;
	return seconds < budget ? seconds : budget;
}

static bool wants(const struct campaign *c, size_t index, unsigned block)
{
	return index < c->plan->count ? pace_wants(c->pace, index, block)
				      : probing_wants(c->probing, index - c->plan->count, block);
}

/* How many launches of the canary a block has had; blocks follow each other, and it is in all of them. */
static size_t canaries_had(const struct campaign *c, unsigned block)
{
	return block < c->canary_block ? SIZE_MAX : block == c->canary_block ? c->canary_launches : 0;
}

/*
 * Puts the canary among the n cells and probes of a block: one at a random place in each stretch of some
 * CANARY_EVERY. Launches that the block has had, before it was interrupted, are left out. How many there are
 * in `order`.
 */
static size_t add_canaries(struct campaign *c, const size_t *from, size_t n, unsigned block, uint64_t *random)
{
	const size_t canary = c->plan->canary, stretches = n > CANARY_EVERY ? n / CANARY_EVERY : 1;
	const char *stop = pace_stop(c->pace, canary);
	const bool sings = !stop || strcmp(stop, "failed") != 0;
	size_t had = canaries_had(c, block), count = 0;
	for (size_t k = 0; k < stretches; k++) {
		const size_t first = k * n / stretches, end = (k + 1) * n / stretches;
		const size_t place = first + shuffle_next(random) % (end - first + 1);
		for (size_t i = first; i <= end; i++) {
			if (i == place && had > 0)
				had--;
			else if (i == place && sings)
				c->order[count++] = canary;
			if (i < end && wants(c, from[i], block))
				c->order[count++] = from[i];
		}
	}
	return n > 0 || pace_wants(c->pace, canary, block) ? count : 0;
}

static double cost(const struct campaign *c, size_t index)
{
	return index < c->plan->count ? pace_cost(c->pace, index)
				      : probing_cost(c->probing, index - c->plan->count);
}

/* The cells and probes of a block in the order in which they are to be launched; how many. A complete block's
 * order depends on seed and block alone. */
static size_t make_order(struct campaign *c, unsigned block)
{
	uint64_t random = c->plan->order_seed + ((uint64_t)block << 32);
	const size_t all = c->plan->count + c->plan->probe_count;
	size_t *list = c->shuffled, n = 0, kept = 0;
	for (size_t i = 0; i < all; i++)
		if (i != c->plan->canary)
			list[n++] = i;
	shuffle(list, n, &random);
	if (block < c->plan->launches)
		return add_canaries(c, list, n, block, &random);
	for (size_t i = 0; i < n; i++) /* of the cells, the widest first; few, and nearly sorted */
		if (list[i] < c->plan->count &&
			(pace_wants(c->pace, list[i], block) || pace_had(c->pace, list[i], block))) {
			size_t cell = list[i], j = kept++;
			for (; j > 0 && pace_width(c->pace, list[j - 1]) < pace_width(c->pace, cell); j--)
				list[j] = list[j - 1];
			list[j] = cell;
		}
	return add_canaries(c, list, kept, block, &random);
}

static void note_canary(struct campaign *c, size_t cell, unsigned block)
{
	if (cell != c->plan->canary)
		return;
	c->canary_launches = c->canary_block == block ? c->canary_launches + 1 : 1;
	c->canary_block = block;
}

static void show_progress(const struct campaign *c, size_t index)
{
	char text[UNITS_BYTES], label[PLAN_LABEL];
	double seconds = left(c), share = elapsed(c) / (elapsed(c) + seconds + 1e-9);
	if (index < c->plan->count)
		plan_label(&c->plan->cells[index].cell, label);
	else
		snprintf(label, sizeof label, "probe %s", c->plan->probes[index - c->plan->count]->name);
	fprintf(stderr, "\r\033[K%3.0f %%  launch %.0f of about %.0f, %s left  %.70s", 100 * share,
		(double)c->launches + probing_forecast(c->probing).made + 1, forecast(c).launches,
		units_clock(seconds, text), label);
}

static void show_block(const struct campaign *c, unsigned block, size_t n)
{
	char text[UNITS_BYTES];
	double seconds = left(c);
	fprintf(stderr, "block %u: %zu launches; %s past", block + 1, n, units_clock(elapsed(c), text));
	if (seconds > 0)
		fprintf(stderr, ", %s left", units_clock(seconds, text));
	putc('\n', stderr);
}

/* A launch that gave no answer is a row too. */
static int add_failure(
	const struct campaign *c, const struct planned *cell, struct launch_result *r, struct err *e)
{
	struct sample *row = table_add(&r->samples, NULL, e);
	if (!row)
		return -1;
	cell_factors(&cell->cell, c->plan->meter->name, &row->cell);
	snprintf(row->status, sizeof row->status, "%s",
		r->timed_out              ? "timeout"
		: r->status == ERR_ABSENT ? "absent"
					  : "failed");
	snprintf(row->reason, sizeof row->reason, "%s",
		r->message[0] ? r->message : "the launch ended without a sample");
	return 0;
}

/* The first right answer to a problem serves all cells that share it. */
static void learn_answer(struct campaign *c, const struct planned *cell, const struct sample *row)
{
	if (c->answered[cell->problem] || strcmp(row->status, "ok") != 0)
		return;
	struct expected *x = &c->answers[cell->problem];
	*x = (struct expected){
		.tally = {.count = row->count.value, .check = row->check.value, .peak = row->peak.value},
		.check_known = true};
	snprintf(x->source, sizeof x->source, "%.90s", row->verified_by);
	c->answered[cell->problem] = true;
}

/* Numbers a launch's rows and appends them. */
static int take_rows(struct campaign *c, const struct planned *cell, struct launch_result *r, unsigned block,
	struct err *e)
{
	bool good = r->status == ERR_NONE && r->samples.count > 0, wrong = false;
	for (size_t i = 0; i < r->samples.count; i++)
		wrong |= strcmp(((const struct sample *)table_row(&r->samples, i))->status, "wrong") == 0;
	/* a wrong answer has said so in its rows; any other failure is a row of its own, after the samples
	 * that came before it */
	if (!good && !wrong && add_failure(c, cell, r, e) != 0)
		return -1;
	for (size_t i = 0; i < r->samples.count; i++) {
		struct sample *row = table_row(&r->samples, i);
		row->launch_id = (struct uint_field){c->launches, true};
		row->cell_id = (struct uint_field){(uint64_t)(cell - c->plan->cells), true};
		row->block = (struct uint_field){block, true};
		learn_answer(c, cell, row);
	}
	if (!good) {
		char label[PLAN_LABEL];
		c->result->failed++;
		snprintf(c->result->last_failure, sizeof c->result->last_failure, "%s: %.250s",
			plan_label(&cell->cell, label), r->message);
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
		.counters = p->counters,
		.sample_seconds = p->sample_seconds,
		.cap_seconds = p->cap_seconds,
		.timeout_seconds = p->timeout_seconds,
		.meter = p->meter->name,
		.trace = block == 0 ? c->workers_path : NULL,
		.expected_known = c->answered[cell->problem],
		.expected = c->answers[cell->problem]};
	const struct launch_order order = {.measure = &measure,
		.meter = p->meter,
		.timeout_seconds = p->timeout_seconds,
		.capture = true};
	struct launch_result r;
	double before = elapsed(c);
	int status = c->means->launch(c->means->ctx, &order, &r, e);
	if (status == 0 && r.status != ERR_INTERRUPTED) {
		status = take_rows(c, cell, &r, block, e);
		if (status == 0)
			status = pace_take(
				c->pace, index, &r.samples, 0, r.samples.count, elapsed(c) - before, e);
		note_canary(c, index, block);
		c->result->launches++;
		c->launches++;
	}
	table_free(&r.samples);
	return status;
}

static int launch_probe(struct campaign *c, size_t probe, unsigned block, struct err *e)
{
	char trouble[256];
	if (probing_launch(c->probing, probe, block, trouble, e) != 0)
		return e->status == ERR_INTERRUPTED ? (*e = (struct err){0}, 0) : -1;
	if (*trouble) {
		c->result->failed++;
		snprintf(c->result->last_failure, sizeof c->result->last_failure, "%s", trouble);
	}
	c->result->launches++;
	return 0;
}

static int run_block(struct campaign *c, unsigned block, size_t n, struct err *e)
{
	if (!c->terminal)
		show_block(c, block, n);
	for (size_t i = 0; i < n; i++) {
		const size_t index = c->order[i];
		if (elapsed(c) + cost(c, index) > c->plan->budget_seconds) {
			c->result->end = CAMPAIGN_BUDGET;
			return 0;
		}
		if (c->terminal)
			show_progress(c, index);
		if (c->means->told)
			c->means->told(c->means->ctx, elapsed(c), left(c));
		if ((index < c->plan->count ? launch(c, index, block, e)
					    : launch_probe(c, index - c->plan->count, block, e)) != 0)
			return -1;
		if (interrupt_seen()) {
			c->result->end = CAMPAIGN_INTERRUPTED;
			return 0;
		}
	}
	return 0;
}

/* Takes over what earlier sessions measured, launch by launch. */
static int remember(struct campaign *c, const struct table *before, struct err *e)
{
	for (size_t from = 0, n; from < before->count; from += n) {
		const struct sample *row = table_row(before, from);
		for (n = 0; from + n < before->count; n++) {
			const struct sample *next = table_row(before, from + n);
			if (n > 0 && next->launch_id.value != row->launch_id.value)
				break;
			if (!row->cell_id.known || row->cell_id.value >= c->plan->count ||
				row->launch_id.value != c->launches ||
				next->cell_id.value != row->cell_id.value || !next->cell_id.known)
				return err_set(e, ERR_USAGE,
					"samples.csv: row %zu is of no launch of this plan", from + n + 1);
		}
		if (pace_take(c->pace, row->cell_id.value, before, from, n, NAN, e) != 0)
			return -1;
		note_canary(c, row->cell_id.value, (unsigned)row->block.value);
		c->launches++;
	}
	return 0;
}

static int run_blocks(struct campaign *c, struct err *e)
{
	for (unsigned block = 0; c->result->end == CAMPAIGN_COMPLETE; block++) {
		size_t n = make_order(c, block);
		if (n == 0 && block >= c->plan->most_launches)
			return 0;
		if (n > 0 && run_block(c, block, n, e) != 0)
			return -1;
	}
	return 0;
}

static void tell_stops(const struct campaign *c)
{
	const char *other = c->result->end == CAMPAIGN_BUDGET ? "budget" : "interrupted";
	for (size_t i = 0; i < c->plan->count; i++) {
		const char *stop = pace_stop(c->pace, i);
		c->result->stops[i] = stop ? stop : other;
	}
}

int campaign_run(const struct plan *p, const char *dir, const struct table *before, int samples_fd,
	const struct campaign_means *means, struct campaign_result *r, struct err *e)
{
	struct campaign c = {.plan = p,
		.fd = samples_fd,
		.result = r,
		.means = means,
		.terminal = isatty(STDERR_FILENO) != 0};
	c.started_ns = now_ns(&c);
	*r = (struct campaign_result){.end = CAMPAIGN_COMPLETE};
	snprintf(c.workers_path, sizeof c.workers_path, "%.4100s/workers.csv", dir);
	c.pace = pace_open(p, e);
	c.probing = c.pace ? probing_open(p, dir, e) : NULL;
	c.shuffled = malloc((p->count + p->probe_count) * sizeof *c.shuffled);
	c.order = malloc((p->count + p->probe_count + (p->count + p->probe_count) / CANARY_EVERY + 1) *
			 sizeof *c.order);
	c.answers = calloc(p->problems, sizeof *c.answers);
	c.answered = calloc(p->problems, sizeof *c.answered);
	r->stops = calloc(p->count, sizeof *r->stops);
	int status = -1;
	if (!c.order || !c.shuffled || !c.answers || !c.answered || !r->stops)
		err_set(e, ERR_FAILED, "out of memory for the sweep");
	else if (c.probing && remember(&c, before, e) == 0)
		status = run_blocks(&c, e);
	if (c.terminal)
		fprintf(stderr, "\r\033[K");
	if (status == 0)
		tell_stops(&c);
	pace_close(c.pace);
	probing_close(c.probing);
	free(c.order);
	free(c.shuffled);
	free(c.answers);
	free(c.answered);
	return status;
}

void campaign_result_free(struct campaign_result *r)
{
	free(r->stops);
	r->stops = NULL;
}
