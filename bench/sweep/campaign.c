/* SPDX-License-Identifier: MIT */
/*
 * campaign.c - the order of launches: randomised complete blocks, then adaptive ones, within a
 * budget.
 *
 * Machines drift over minutes (temperature, frequency, neighbours). If all launches of a cell
 * followed each other, drift would look like a difference between cells. So each block launches
 * every cell once, in an order drawn from the recorded seed and the block's number: drift affects
 * all cells alike and becomes variance. Later blocks hold only cells that are not precise yet and
 * that the rest of the budget can make precise, as far as their variance tells, the widest interval
 * first; when there are none left, all that are not precise. The canary cell runs once in about
 * CANARY_EVERY launches, at a random place in each stretch, and shows whether the machine kept its
 * speed (drift.h).
 *
 * With several arms, their launches of a cell follow each other directly and bear the same number: a
 * turn. Which arm is first is drawn, and rotates until each was first once; of three or more, it is
 * drawn as well whether they follow upwards or downwards. So no arm profits from its place.
 *
 * The order of complete blocks depends on the seed and the block alone, so a resumed campaign continues
 * it; which cells a later block has also depends on the time that is left. Rows of earlier sessions
 * are replayed into the progress records first, and a launch that some arms lack is made up before
 * anything else.
 */
#include "bench/sweep/campaign.h"

#include "base/rng.h"
#include "base/signals.h"
#include "base/units.h"
#include "bench/machine/clock.h"
#include "bench/sweep/arm.h"
#include "bench/sweep/bends.h"
#include "bench/sweep/progress.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A launch that only some arms have, since a session was killed between them. */
struct torn {
	bool here, on[CAMPAIGN_ARMS];
	size_t cell;
	unsigned block;
};

struct campaign {
	const struct plan *plan;
	struct arm arms[CAMPAIGN_ARMS];
	size_t arm_count;
	struct campaign_result *result;
	const struct campaign_means *means;
	struct progress *pace;
	/* of the cells in the block, plan.count and above: of the probes; with the canary, without */
	size_t *order, *shuffled;
	double *needs;          /* of the cells: seconds until each is precise */
	struct bends *bends;    /* NULL: no cell is spare */
	unsigned canary_block;  /* where the canary was launched last */
	size_t canary_launches; /* how often there; 0: nowhere yet */
	uint64_t launches;      /* of cells, made in all sessions, by every arm */
	struct torn torn;
	unsigned latest; /* block of earlier sessions */
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

/* Launches of probes made so far, of all arms. */
static double probes_made(const struct campaign *c)
{
	double made = 0;
	for (size_t s = 0; s < c->arm_count; s++)
		made += probe_arm_forecast(c->arms[s].probing).made;
	return made;
}

/* The remaining work of cells and probes, cut at the end of the budget. */
static struct forecast forecast(const struct campaign *c)
{
	const double budget = c->plan->budget_seconds - elapsed(c);
	struct forecast f = progress_forecast(c->pace);
	for (size_t s = 0; s < c->arm_count; s++) {
		const struct probe_arm_forecast of_probes = probe_arm_forecast(c->arms[s].probing);
		f.launches += of_probes.launches;
		f.seconds += of_probes.seconds;
		f.low += of_probes.seconds;
		f.high += of_probes.seconds;
	}
	f.seconds = fmin(f.seconds, budget);
	f.low = fmin(f.low, budget);
	f.high = fmin(f.high, budget);
	return f;
}

/* "1m20s to 2m05s left", or "2m05s left" if both ends are close. */
static char *left_text(const struct forecast *f, char text[2 * UNITS_BYTES + 16])
{
	char low[UNITS_BYTES], high[UNITS_BYTES];
	if (f->high < 1.1 * f->low || f->high < 2)
		sprintf(text, "%s left", units_clock(fmax(0, f->seconds), low));
	else
		sprintf(text, "%s to %s left", units_clock(f->low, low), units_clock(f->high, high));
	return text;
}

static bool wants(const struct campaign *c, size_t index, unsigned block)
{
	bool wanted = false;
	if (index < c->plan->count)
		return progress_wants(c->pace, index, block);
	for (size_t s = 0; s < c->arm_count; s++)
		wanted |= probe_arm_wants(c->arms[s].probing, index - c->plan->count, block);
	return wanted;
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
	const char *stop = progress_stop(c->pace, canary);
	const bool sings = !stop || strcmp(stop, "failed") != 0;
	size_t had = canaries_had(c, block), count = 0;
	for (size_t k = 0; k < stretches; k++) {
		const size_t first = k * n / stretches, end = (k + 1) * n / stretches;
		const size_t place = first + (size_t)(rng_next(random) % (end - first + 1));
		for (size_t i = first; i <= end; i++) {
			if (i == place && had > 0)
				had--;
			else if (i == place && sings)
				c->order[count++] = canary;
			if (i < end && wants(c, from[i], block))
				c->order[count++] = from[i];
		}
	}
	return n > 0 || progress_wants(c->pace, canary, block) ? count : 0;
}

static double cost(const struct campaign *c, size_t index)
{
	double seconds = 0;
	if (index < c->plan->count)
		return progress_cost(c->pace, index);
	for (size_t s = 0; s < c->arm_count; s++)
		seconds += probe_arm_cost(c->arms[s].probing, index - c->plan->count);
	return seconds;
}

static int by_need(const void *a, const void *b, void *needs)
{
	const double x = ((const double *)needs)[*(const size_t *)a],
		     y = ((const double *)needs)[*(const size_t *)b];
	return (x > y) - (x < y);
}

/*
 * Of n cells that want more launches those that the rest of the budget can make precise, the cheapest first; where it
 * can make none, those that more time would make precise, and without such all. A cell that varies so much that it will not be precise would take launches from those that
 * will.
 */
static size_t choose_reachable(struct campaign *c, size_t *cells, size_t n)
{
	double left = c->plan->budget_seconds - elapsed(c);
	size_t reachable = 0;
	progress_needs(c->pace, c->needs);
	qsort_r(cells, n, sizeof *cells, by_need, c->needs);
	while (reachable < n && c->needs[cells[reachable]] <= left)
		left -= c->needs[cells[reachable++]];
	for (size_t i = reachable; reachable == 0 && i < n && isfinite(c->needs[cells[i]]); i++)
		n = i + 1 < n && !isfinite(c->needs[cells[i + 1]]) ? i + 1 : n;
	return reachable ? reachable : n;
}

static enum bend_state ask_point(const void *ctx, size_t cell, struct bend_point *point)
{
	const struct campaign *c = ctx;
	if (progress_asleep(c->pace, cell))
		return BEND_ASLEEP;
	if (progress_launches(c->pace, cell) < c->plan->launches)
		return BEND_AWAITED;
	point->seconds = progress_median(c->pace, cell);
	point->width = progress_width(c->pace, cell);
	return point->seconds > 0 ? BEND_KNOWN : BEND_LOST;
}

/* Wakes spare cells where curves bend, the widest gap first, as long as a part of the budget that is left has room for
 * their least launches. */
static void wake_spares(struct campaign *c)
{
	const double least = 0.05, part = 0.5, left = part * (c->plan->budget_seconds - elapsed(c));
	double taken = 0, width;
	size_t cell;
	while (c->bends && (cell = bends_widest(c->bends, ask_point, c, least, &width)) != SIZE_MAX) {
		taken += (double)c->arm_count * c->plan->launches * plan_launch_seconds(c->plan, cell);
		if (taken > left)
			return;
		progress_wake(c->pace, cell);
	}
}

/* The cells and probes of a block in the order in which they are to be launched; how many. A complete block's
 * order depends on seed and block alone. A later one has the cells that can be made precise, the widest first, for
 * the budget may end at any time. */
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
	wake_spares(c);
	for (size_t i = 0; i < n; i++)
		if (list[i] < c->plan->count &&
			(progress_wants(c->pace, list[i], block) || progress_had(c->pace, list[i], block)))
			list[kept++] = list[i];
	kept = choose_reachable(c, list, kept);
	for (size_t i = 1; i < kept; i++) { /* few, and nearly sorted */
		const size_t cell = list[i];
		size_t j = i;
		for (; j > 0 && progress_width(c->pace, list[j - 1]) < progress_width(c->pace, cell); j--)
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

static void show_progress(const struct campaign *c, const struct forecast *f, size_t index)
{
	char text[2 * UNITS_BYTES + 16], label[PLAN_LABEL];
	const double share = elapsed(c) / (elapsed(c) + f->seconds + 1e-9);
	if (index < c->plan->count)
		plan_label(&c->plan->cells[index].cell, label);
	else
		snprintf(label, sizeof label, "probe %s", c->plan->probes[index - c->plan->count]->name);
	fprintf(stderr, "\r\033[K%3.0f %%  launch %.0f of about %.0f, %s  %.70s", 100 * share,
		(double)(c->launches * c->arm_count) + probes_made(c) + 1, f->launches, left_text(f, text),
		label);
}

static void show_block(const struct campaign *c, unsigned block, size_t n)
{
	char past[UNITS_BYTES], text[2 * UNITS_BYTES + 16];
	const struct forecast f = forecast(c);
	fprintf(stderr, "block %u: %zu launches; %s elapsed, %s\n", block + 1, n,
		units_clock(elapsed(c), past), left_text(&f, text));
}

/* A cell by one arm; *made: it was not interrupted. */
static int launch_arm(struct campaign *c, size_t arm, size_t index, unsigned block, bool *made, struct err *e)
{
	const struct scheduled scheduled = {.cell = index, .launch_id = c->launches, .block = block};
	struct launch_result r;
	bool good;
	const double before = elapsed(c);
	int status = arm_launch(&c->arms[arm], &scheduled, c->means, &r, &good, e);
	*made = status == 0 && r.status != ERR_INTERRUPTED;
	if (*made) {
		status = progress_record(
			c->pace, index, arm, &r.samples, 0, r.samples.count, elapsed(c) - before, e);
		c->result->launches++;
	}
	if (*made && !good) {
		char label[PLAN_LABEL];
		c->result->failed++;
		snprintf(c->result->last_failure, sizeof c->result->last_failure, "%s: %.250s",
			plan_label(&c->plan->cells[index].cell, label), r.message);
	}
	table_free(&r.samples);
	return status;
}

/* The arm at a place of a cell's turn. First and direction are drawn for as many turns as there are arms; in each of
 * these another arm is first. */
static size_t arm_at(const struct campaign *c, size_t index, unsigned turn, size_t place)
{
	const size_t n = c->arm_count;
	uint64_t random = c->plan->order_seed + ((uint64_t)index << 32) + turn / n * UINT64_C(0x5851f42d);
	const size_t first = (size_t)((rng_next(&random) + turn) % n);
	const bool downwards = rng_next(&random) & 1;
	return (first + (downwards ? n - place : place)) % n;
}

/* A cell by all arms, except those that have a torn launch already. */
static int launch(struct campaign *c, size_t index, unsigned block, struct err *e)
{
	const unsigned turn = progress_launches(c->pace, index) - (c->torn.here && c->torn.on[0]);
	bool made = true;
	for (size_t k = 0; k < c->arm_count && made; k++) {
		const size_t s = arm_at(c, index, turn, k);
		if (!(c->torn.here && c->torn.on[s]) && launch_arm(c, s, index, block, &made, e) != 0)
			return -1;
	}
	if (made) {
		note_canary(c, index, block);
		c->launches++;
		c->torn.here = false;
	}
	return 0;
}

static int launch_probe(struct campaign *c, size_t probe, unsigned block, struct err *e)
{
	char trouble[256];
	for (size_t k = 0; k < c->arm_count; k++) {
		struct probe_arm *g = c->arms[(block + probe + k) % c->arm_count].probing;
		if (!probe_arm_wants(g, probe, block))
			continue;
		if (probe_arm_launch(g, probe, block, trouble, e) != 0)
			return e->status == ERR_INTERRUPTED ? (*e = (struct err){0}, 0) : -1;
		if (*trouble) {
			c->result->failed++;
			snprintf(c->result->last_failure, sizeof c->result->last_failure, "%s", trouble);
		}
		c->result->launches++;
	}
	return 0;
}

/* One that lines can be written over in. */
static bool is_terminal(void)
{
	const char *kind = getenv("TERM");
	return isatty(STDERR_FILENO) && kind && *kind && strcmp(kind, "dumb") != 0;
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
		if (c->terminal || c->means->told) {
			const struct forecast f = forecast(c);
			if (c->terminal)
				show_progress(c, &f, index);
			if (c->means->told)
				c->means->told(c->means->ctx, elapsed(c), &f);
		}
		if ((index < c->plan->count ? launch(c, index, block, e)
					    : launch_probe(c, index - c->plan->count, block, e)) != 0)
			return -1;
		if (signals_seen()) {
			c->result->end = CAMPAIGN_INTERRUPTED;
			return 0;
		}
	}
	return 0;
}

/* The number of rows from `from` on that are of launch `id`; *found gets their cell and block. 0:
 * none. SIZE_MAX with *e set: they are of no launch of this plan. */
static size_t rows_of_launch(const struct campaign *c, const struct campaign_arm *arm, size_t from,
	uint64_t id, struct torn *found, struct err *e)
{
	const struct table *t = arm->before;
	size_t n = 0;
	for (; from + n < t->count; n++) {
		const struct sample *row = table_row(t, from + n);
		if (n > 0 && row->launch_id.value != id)
			break;
		const bool whole = row->launch_id.value == id && row->cell_id.known &&
				   row->cell_id.value < c->plan->count;
		if (whole && !found->here)
			*found = (struct torn){.here = true,
				.cell = (size_t)row->cell_id.value,
				.block = (unsigned)row->block.value};
		if (!whole || row->cell_id.value != found->cell || row->block.value != found->block) {
			err_set(e, ERR_USAGE, "%s/samples.csv: row %zu is of no launch of this plan",
				arm->dir, from + n + 1);
			return SIZE_MAX;
		}
	}
	return n;
}

/* Takes over what earlier sessions measured, launch by launch; the last may be torn. */
static int remember(struct campaign *c, struct err *e)
{
	size_t from[CAMPAIGN_ARMS] = {0};
	for (bool more = true; more && !c->torn.here;) {
		struct torn found = {0};
		size_t had = 0;
		for (size_t s = 0; s < c->arm_count; s++) {
			const struct table *before = c->arms[s].is->before;
			const size_t n = rows_of_launch(c, c->arms[s].is, from[s], c->launches, &found, e);
			if (n == SIZE_MAX || (n > 0 && progress_record(c->pace, found.cell, s, before,
							       from[s], n, NAN, e) != 0))
				return -1;
			from[s] += n;
			found.on[s] = n > 0;
			had += n > 0;
		}
		more = had > 0;
		if (had == c->arm_count) {
			note_canary(c, found.cell, found.block);
			c->latest = found.block > c->latest ? found.block : c->latest;
			c->launches++;
		} else {
			c->torn = found;
		}
	}
	for (size_t s = 0; s < c->arm_count; s++)
		if (from[s] < c->arms[s].is->before->count)
			return err_set(e, ERR_USAGE,
				"%s/samples.csv: row %zu is of a launch that another side does not have",
				c->arms[s].is->dir, from[s] + 1);
	return 0;
}

static int run_blocks(struct campaign *c, struct err *e)
{
	if (c->torn.here && launch(c, c->torn.cell, c->torn.block, e) != 0)
		return -1;
	for (unsigned block = 0; c->result->end == CAMPAIGN_COMPLETE && !signals_seen(); block++) {
		if (block >= c->plan->launches && block < c->latest)
			continue; /* what it left out is not for this session to make up */
		size_t n = make_order(c, block);
		if (n == 0 && block >= c->plan->most_launches)
			return 0;
		if (n > 0 && run_block(c, block, n, e) != 0)
			return -1;
	}
	if (signals_seen() && c->result->end == CAMPAIGN_COMPLETE)
		c->result->end = CAMPAIGN_INTERRUPTED;
	return 0;
}

static void tell_stops(const struct campaign *c)
{
	const char *other = c->result->end == CAMPAIGN_BUDGET ? "budget" : "interrupted";
	for (size_t i = 0; i < c->plan->count; i++) {
		const char *stop = progress_stop(c->pace, i);
		c->result->stops[i] = stop ? stop : other;
	}
}

static int open_campaign(struct campaign *c, const struct campaign_arm *arms, size_t arm_count, struct err *e)
{
	const struct plan *p = c->plan;
	const size_t all = p->count + p->probe_count;
	assert(arm_count >= 1 && arm_count <= CAMPAIGN_ARMS);
	c->arm_count = arm_count;
	c->shuffled = malloc(all * sizeof *c->shuffled);
	c->order = malloc((all + all / CANARY_EVERY + 1) * sizeof *c->order);
	c->needs = calloc(p->count, sizeof *c->needs);
	c->result->stops = calloc(p->count, sizeof *c->result->stops);
	if (!c->order || !c->shuffled || !c->needs || !c->result->stops)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	bool spare = false;
	for (size_t i = 0; i < p->count; i++)
		spare |= p->cells[i].spare;
	c->pace = progress_open(p, arm_count, e);
	int status = c->pace ? 0 : -1;
	if (status == 0 && spare)
		status = (c->bends = bends_open(p, e)) ? 0 : -1;
	for (size_t s = 0; s < arm_count && status == 0; s++)
		status = arm_open(&c->arms[s], p, &arms[s], e);
	return status;
}

static void close_campaign(struct campaign *c)
{
	for (size_t s = 0; s < c->arm_count; s++)
		arm_close(&c->arms[s]);
	progress_close(c->pace);
	bends_close(c->bends);
	free(c->order);
	free(c->shuffled);
	free(c->needs);
}

int campaign_run(const struct plan *p, const struct campaign_arm *arms, size_t arm_count,
	const struct campaign_means *means, struct campaign_result *r, struct err *e)
{
	struct campaign c = {.plan = p, .result = r, .means = means, .terminal = is_terminal()};
	c.started_ns = now_ns(&c);
	*r = (struct campaign_result){.end = CAMPAIGN_COMPLETE};
	int status = open_campaign(&c, arms, arm_count, e);
	if (status == 0)
		status = remember(&c, e);
	if (status == 0)
		status = run_blocks(&c, e);
	if (c.terminal)
		fprintf(stderr, "\r\033[K");
	if (status == 0)
		tell_stops(&c);
	close_campaign(&c);
	return status;
}

void campaign_result_free(struct campaign_result *r)
{
	free(r->stops);
	r->stops = NULL;
}
