/* SPDX-License-Identifier: MIT */
/* test_campaign.c - campaigns on a simulated machine: what order and canary are worth when it slows down
 * half-way, and how good the forecast is. */
#include "bench/sweep/campaign.h"

#include "bench/data/drift.h"
#include "bench/data/group.h"
#include "bench/stats/stats.h"
#include "tests/base/draw.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { CELLS = 12, MANY = 100, FORECASTS = 100000, LONG_SIZE = 500000000 };

enum shape { NORMAL, TWO_HUMPED, SKEWED };

/* A machine whose time is a number. Cell i of the plan takes 1 + i % CELLS milliseconds a run, or, where some
 * are long, every tenth twenty times as much. */
struct machine {
	double now;       /* seconds */
	double slow_from; /* from when on all takes longer */
	double slower;    /* by this factor */
	double scatter;   /* standard deviation of the logarithm, between launches */
	double spread;    /* the cells' own are this factor larger or smaller */
	enum shape shape; /* of launches; samples within one scatter normally */
	double within;    /* their scatter, as a share of that between launches; 0: a quarter */
	uint64_t seed;
	double past[FORECASTS];
	struct forecast left[FORECASTS];
	size_t forecasts;
};

static double cell_seconds(const struct cell *c)
{
	return 0.001 * (double)(1 + (c->size / 1000 - 1) % CELLS);
}

/* With mean 0, or near it, and standard deviation 1. */
static double draw_shape(struct machine *m)
{
	switch (m->shape) {
	case TWO_HUMPED: /* three launches of ten are slow */
		return (draw_uniform(&m->seed) < 0.3 ? 1.38 : -0.59) + 0.42 * draw_normal(&m->seed);
	case SKEWED:
		return -log(draw_uniform(&m->seed)) - 1;
	case NORMAL:
		break;
	}
	return draw_normal(&m->seed);
}

/* One launch: two samples in `cell_seconds` each, and half a second around them. Another program than this
 * one takes 3 % longer. */
static int fake_launch(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e)
{
	struct machine *m = ctx;
	const struct cell *c = &order->measure->cell;
	const double own = pow(m->spread, (double)(c->size / 1000 % 5) / 2 - 1);
	const double launch = m->scatter * own * draw_shape(m),
		     within = own * (m->within > 0 ? m->within : 0.25);
	const double typical = cell_seconds(c) * (c->size > LONG_SIZE ? 20 : 1) * (order->program ? 1.03 : 1);
	*r = (struct launch_result){0};
	table_init(&r->samples, sample_columns, sizeof(struct sample));
	for (unsigned i = 0; i < 2; i++) {
		struct sample *s = table_add(&r->samples, NULL, e);
		assert_non_null(s);
		cell_factors(c, "native", &s->cell);
		strcpy(s->status, "ok");
		s->sample = (struct uint_field){i, true};
		s->seconds = typical * exp(launch + m->scatter * within * draw_normal(&m->seed)) *
			     (m->now > m->slow_from ? m->slower : 1);
		s->stamp = m->now;
		m->now += 0.05 + 20 * s->seconds;
	}
	return 0;
}

static uint64_t fake_clock(void *ctx)
{
	return (uint64_t)(((struct machine *)ctx)->now * 1e9);
}

static void note_forecast(void *ctx, double past, const struct forecast *left)
{
	struct machine *m = ctx;
	assert_true(m->forecasts < FORECASTS);
	m->past[m->forecasts] = past;
	m->left[m->forecasts++] = *left;
}

/* Cells of kernel noop, alike but for their sizes 1000, 2000 ... */
static struct plan make_plan(size_t count, unsigned launches, unsigned most, double precision)
{
	static struct planned cells[MANY];
	struct err e = {0};
	struct plan p = {.cells = cells,
		.count = count,
		.problems = count,
		.meter = meter_find("native", &e),
		.launches = launches,
		.most_launches = most,
		.precision = precision,
		.repetitions = 2,
		.budget_seconds = 1e9,
		.order_seed = 7,
		.canary = 2};
	for (size_t i = 0; i < count; i++) {
		char size[16];
		snprintf(size, sizeof size, "%zu", 1000 * (i + 1));
		assert_int_equal(cell_init(&cells[i].cell, "noop", &e), 0);
		assert_int_equal(cell_set(&cells[i].cell, "size", size, &e), 0);
		assert_int_equal(cell_finish(&cells[i].cell, &e), 0);
		cells[i].problem = i;
	}
	return p;
}

/* Runs the plan on the machine, on one side or two; the rows it wrote go to `samples`, one table a side. -1
 * where it refuses to go on from `before`. */
static int try_arms(const struct plan *p, struct machine *m, size_t count, const struct table *before,
	struct table *samples, struct err *e)
{
	const struct campaign_means means = {
		.launch = fake_launch, .clock_ns = fake_clock, .told = note_forecast, .ctx = m};
	static const char *const dirs[] = {"/nowhere", "/nowhere/against"};
	char path[CAMPAIGN_ARMS][64];
	int files[CAMPAIGN_ARMS];
	struct campaign_arm arms[CAMPAIGN_ARMS];
	struct campaign_result r;
	struct table none;
	table_init(&none, sample_columns, sizeof(struct sample));
	for (size_t i = 0; i < count; i++) {
		files[i] = memfd_create("samples", 0); /* waiting for a disk is not what this is about */
		snprintf(path[i], sizeof path[i], "/proc/self/fd/%d", files[i]);
		arms[i] = (struct campaign_arm){.dir = dirs[i],
			.program = i ? "other/parscale" : NULL,
			.before = before ? &before[i] : &none,
			.samples_fd = csv_open(path[i], sample_columns, e)};
		assert_true(arms[i].samples_fd >= 0);
	}
	int quiet = dup(STDERR_FILENO);
	assert_non_null(freopen("/dev/null", "w", stderr));
	int status = campaign_run(p, arms, count, &means, &r, e);
	fflush(stderr);
	dup2(quiet, STDERR_FILENO);
	close(quiet);
	if (status == 0)
		assert_int_equal(
			r.end, p->budget_seconds < m->now + 10 ? CAMPAIGN_BUDGET : CAMPAIGN_COMPLETE);
	campaign_result_free(&r);
	for (size_t i = 0; i < count; i++) {
		table_init(&samples[i], sample_columns, sizeof(struct sample));
		assert_int_equal(csv_read(path[i], &samples[i], NULL, e), 0);
		close(arms[i].samples_fd);
		close(files[i]);
	}
	return status;
}

static int try_campaign(const struct plan *p, struct machine *m, const struct table *before,
	struct table *samples, struct err *e)
{
	return try_arms(p, m, 1, before, samples, e);
}

static void campaign(
	const struct plan *p, struct machine *m, const struct table *before, struct table *samples)
{
	struct err e = {0};
	if (try_campaign(p, m, before, samples, &e) != 0)
		fail_msg("%s", e.text);
}

/* The same launches cell by cell, as a loop around a program would make them. */
static void naive(const struct plan *p, struct machine *m, struct table *samples)
{
	struct err e = {0};
	uint64_t id = 0;
	table_init(samples, sample_columns, sizeof(struct sample));
	for (size_t i = 0; i < p->count; i++)
		for (unsigned l = 0; l < p->launches; l++, id++) {
			struct measure_plan measure = {.cell = p->cells[i].cell};
			struct launch_result r;
			assert_int_equal(
				fake_launch(m, &(struct launch_order){.measure = &measure}, &r, &e), 0);
			for (size_t k = 0; k < r.samples.count; k++) {
				struct sample *s = table_row(&r.samples, k);
				s->launch_id = (struct uint_field){id, true};
				s->cell_id = (struct uint_field){i, true};
				assert_non_null(table_add(samples, s, &e));
			}
			table_free(&r.samples);
		}
}

/* How many ratios to the first cell lie within their interval, of CELLS - 1. */
static unsigned right_ratios(const struct plan *p, const struct table *samples)
{
	struct groups g;
	struct err e = {0};
	unsigned right = 0;
	assert_int_equal(groups_make(&g, samples, &e), 0);
	const struct group *of[CELLS] = {NULL};
	for (size_t i = 0; i < g.count; i++)
		of[g.list[i].cell->size.value / 1000 - 1] = &g.list[i];
	for (size_t i = 1; i < p->count; i++) {
		struct ratio r = stats_launch_ratio(of[i]->launches, of[i]->launch_count, of[0]->launches,
			of[0]->launch_count, (struct prior){0});
		double truth = cell_seconds(&p->cells[i].cell) / cell_seconds(&p->cells[0].cell);
		right += r.interval.low <= truth && truth <= r.interval.high;
	}
	groups_free(&g);
	return right;
}

/* Half of the time is over when half of its launches are, near enough. */
static double half_time(const struct plan *p)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		sum += p->launches * 2 * (0.05 + 20 * cell_seconds(&p->cells[i].cell));
	return sum / 2;
}

/* A machine that gets 10 % slower half-way: with one cell after the other the cells of the second half are
 * wrong by that; in random blocks all ratios stay right, and the canary tells. */
static void drift_is_harmless_and_told(void **state)
{
	(void)state;
	struct plan p = make_plan(CELLS, 20, 20, INFINITY);
	unsigned ours = 0, theirs = 0, told = 0;
	enum { TRIALS = 40 };
	for (uint64_t trial = 0; trial < TRIALS; trial++) {
		struct machine m = {.slow_from = half_time(&p),
			.slower = 1.10,
			.scatter = 0.01,
			.spread = 1,
			.seed = trial};
		struct table samples;
		struct drift d;
		struct err e = {0};
		p.order_seed = trial;
		campaign(&p, &m, NULL, &samples);
		ours += right_ratios(&p, &samples);
		assert_int_equal(drift_of_cell(&samples, p.canary, &d, &e), 0);
		told += d.verdict == DRIFT_DRIFTED && d.range > 0.05 && d.range < 0.15;
		table_free(&samples);
		m = (struct machine){.slow_from = half_time(&p),
			.slower = 1.10,
			.scatter = 0.01,
			.spread = 1,
			.seed = trial};
		naive(&p, &m, &samples);
		theirs += right_ratios(&p, &samples);
		table_free(&samples);
	}
	print_message("ratios within their intervals: %u of %u in random blocks, %u cell by cell; drift told "
		      "in %u of %u\n",
		ours, TRIALS * (CELLS - 1), theirs, told, TRIALS);
	assert_true(ours >= 0.95 * TRIALS * (CELLS - 1));
	assert_true(theirs <= 0.75 * TRIALS * (CELLS - 1));
	assert_int_equal(told, TRIALS);
}

static void a_steady_machine_is_called_steady(void **state)
{
	(void)state;
	const struct plan p = make_plan(CELLS, 20, 20, INFINITY);
	unsigned alarms = 0;
	for (uint64_t trial = 0; trial < 100; trial++) {
		struct machine m = {.slow_from = INFINITY, .scatter = 0.04, .spread = 1, .seed = trial};
		struct table samples;
		struct drift d;
		struct err e = {0};
		campaign(&p, &m, NULL, &samples);
		assert_int_equal(drift_of_cell(&samples, p.canary, &d, &e), 0);
		alarms += d.verdict == DRIFT_DRIFTED;
		assert_int_equal(d.launches, 20);
		table_free(&samples);
	}
	assert_true(alarms <= 4); /* 1 % are expected */
}

/* In every block, even where it is long since precise; and all launches of an interrupted sweep come as they
 * would have. */
static void the_canary_is_in_every_block(void **state)
{
	(void)state;
	const struct plan p = make_plan(CELLS, 3, 40, 0.01);
	struct machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 3, .seed = 1};
	struct table samples, again;
	unsigned seen = 0, last = 0;
	campaign(&p, &m, NULL, &samples);
	for (size_t i = 0; i < samples.count; i++) {
		const struct sample *s = table_row(&samples, i);
		last = (unsigned)s->block.value;
		seen += s->cell_id.value == p.canary && s->sample.value == 0;
	}
	assert_true(last > 8);
	assert_int_equal(seen, last + 1);
	/* interrupted after any launch of the complete blocks: the rest of them follows in the same order */
	for (size_t keep = 2; keep <= 3 * CELLS * 2; keep += 2) {
		struct table before = samples;
		before.count = keep;
		campaign(&p, &m, &before, &again);
		for (size_t i = keep; i < 3 * CELLS * 2; i++) {
			const struct sample *s = table_row(&samples, i), *t = table_row(&again, i - keep);
			assert_int_equal(s->cell_id.value, t->cell_id.value);
			assert_int_equal(s->block.value, t->block.value);
			assert_int_equal(s->launch_id.value, t->launch_id.value);
		}
		table_free(&again);
	}
	/* interrupted after any later launch: none of the canary's is lost */
	for (size_t keep = 3 * CELLS * 2; keep < samples.count; keep += 2) {
		struct table before = samples;
		before.count = keep;
		const struct sample *s = table_row(&samples, keep - 2);
		unsigned blocks = (unsigned)s->block.value + 1, canaries = 0;
		for (size_t i = 0; i < keep; i += 2)
			canaries +=
				((const struct sample *)table_row(&samples, i))->cell_id.value == p.canary;
		campaign(&p, &m, &before, &again);
		for (size_t i = 0; i < again.count; i += 2) {
			s = table_row(&again, i);
			blocks = (unsigned)s->block.value + 1;
			canaries += s->cell_id.value == p.canary;
		}
		assert_int_equal(canaries, blocks);
		table_free(&again);
	}
	table_free(&samples);
}

/* A file in which a launch's rows are of several cells, or launches are missing, is no sweep's. */
static void damaged_rows_are_refused(void **state)
{
	(void)state;
	const struct plan p = make_plan(CELLS, 3, 3, INFINITY);
	struct machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table samples, again;
	campaign(&p, &m, NULL, &samples);
	for (size_t row = 0; row < 8; row++) {
		struct sample *s = table_row(&samples, row), kept = *s;
		struct err e = {0};
		char says[64];
		s->cell_id.value = row % 4 == 3 ? CELLS : (s->cell_id.value + 1) % CELLS;
		s->cell_id.known = row % 4 != 2;
		assert_int_equal(try_campaign(&p, &m, &samples, &again, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		snprintf(says, sizeof says, "row %zu is of no launch",
			row % 2 ? row + 1 : row + (row % 4 == 2 ? 1 : 2));
		if (!strstr(e.text, says))
			fail_msg("'%s' does not say '%s'", e.text, says);
		table_free(&again);
		*s = kept;
	}
	samples.count -= 2;
	memmove(table_row(&samples, 4), table_row(&samples, 6), (samples.count - 6) * sizeof(struct sample));
	struct err e = {0};
	assert_int_equal(try_campaign(&p, &m, &samples, &again, &e), -1);
	table_free(&again);
	table_free(&samples);
}

/* --- two programs --- */

/* The n-th launch of a side, of two rows. */
static const struct sample *launch_of(const struct table *t, size_t n)
{
	return table_row(t, 2 * n);
}

/* Both sides have the same launches in the same order; of two of a cell that follow each other each side was
 * first in one; every complete block has every cell. */
static void check_pairs(const struct plan *p, const struct table arms[2])
{
	bool here_first[CELLS];
	unsigned had[CELLS] = {0};
	assert_int_equal(arms[0].count, arms[1].count);
	for (size_t n = 0; n < arms[0].count / 2; n++) {
		const struct sample *a = launch_of(&arms[0], n), *b = launch_of(&arms[1], n);
		const size_t cell = a->cell_id.value;
		assert_true(a->launch_id.value == n && b->launch_id.value == n);
		assert_true(b->cell_id.value == cell && a->block.value == b->block.value);
		if (had[cell] % 2)
			assert_int_equal(a->stamp < b->stamp, !here_first[cell]);
		here_first[cell] = a->stamp < b->stamp;
		had[cell]++;
	}
	for (size_t i = 0; i < p->count; i++)
		assert_true(had[i] >= p->launches);
}

/* Cells are launched on both sides until both are precise. */
static void two_programs_take_turns(void **state)
{
	(void)state;
	struct plan p = make_plan(CELLS, 3, 40, 0.02);
	unsigned here_first = 0, launches = 0;
	for (uint64_t trial = 0; trial < 10; trial++) {
		struct machine m = {.slow_from = INFINITY, .scatter = 0.03, .spread = 2, .seed = trial};
		struct table arms[2];
		struct err e = {0};
		p.order_seed = trial;
		assert_int_equal(try_arms(&p, &m, 2, NULL, arms, &e), 0);
		check_pairs(&p, arms);
		for (size_t n = 0; n < arms[0].count / 2; n++, launches++)
			here_first += launch_of(&arms[0], n)->stamp < launch_of(&arms[1], n)->stamp;
		for (size_t i = 0; i < 2; i++)
			table_free(&arms[i]);
	}
	assert_true(here_first >= 45 * launches / 100 && here_first <= 55 * launches / 100);
}

/* The two sweeps of before, then of what followed, one after the other. */
static void join(struct table *whole, const struct table *then)
{
	struct err e = {0};
	for (size_t i = 0; i < then->count; i++)
		assert_non_null(table_add(whole, table_row(then, i), &e));
}

/* Killed after any launch, also between both of a pair: it goes on as if it had not been. */
static void two_programs_go_on(void **state)
{
	(void)state;
	const struct plan p = make_plan(CELLS, 4, 4, INFINITY);
	struct machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table all[2];
	struct err e = {0};
	assert_int_equal(try_arms(&p, &m, 2, NULL, all, &e), 0);
	for (size_t launches = 0; launches <= all[0].count; launches++) { /* of both sides */
		struct table before[2], rest[2];
		const size_t n = launches / 2;
		for (size_t i = 0; i < 2; i++) {
			const bool first = n < all[0].count / 2 &&
					   launch_of(&all[i], n)->stamp < launch_of(&all[1 - i], n)->stamp;
			struct table kept = all[i];
			kept.count = 2 * (n + (launches % 2 && first));
			table_init(&before[i], sample_columns, sizeof(struct sample));
			join(&before[i], &kept);
		}
		m = (struct machine){
			.slow_from = INFINITY, .now = 1e6, .scatter = 0.02, .spread = 1, .seed = 2};
		assert_int_equal(try_arms(&p, &m, 2, before, rest, &e), 0);
		for (size_t i = 0; i < 2; i++) {
			join(&before[i], &rest[i]);
			table_free(&rest[i]);
			assert_int_equal(before[i].count, all[i].count);
			for (size_t k = 0; k < all[i].count / 2; k++)
				assert_true(launch_of(&before[i], k)->cell_id.value ==
					    launch_of(&all[i], k)->cell_id.value);
		}
		check_pairs(&p, before);
		for (size_t i = 0; i < 2; i++)
			table_free(&before[i]);
	}
	for (size_t i = 0; i < 2; i++)
		table_free(&all[i]);
}

/* Sides that are not of one sweep, or of which one lacks more than the launch in which it was killed. */
static void sides_that_do_not_match_are_refused(void **state)
{
	(void)state;
	const struct plan p = make_plan(CELLS, 3, 3, INFINITY);
	struct machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table all[2];
	struct err e = {0};
	assert_int_equal(try_arms(&p, &m, 2, NULL, all, &e), 0);
	for (int fault = 0; fault < 3; fault++) {
		struct table before[2] = {all[0], all[1]}, rest[2];
		struct sample *s = table_row(&all[1], 10);
		const struct uint_field cell = s->cell_id, block = s->block;
		if (fault == 0)
			before[1].count -= 4;
		if (fault == 1)
			s->cell_id.value = (cell.value + 1) % CELLS;
		if (fault == 2)
			s->block.value++;
		e = (struct err){0};
		assert_int_equal(try_arms(&p, &m, 2, before, rest, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		if (!strstr(e.text, fault ? "/nowhere/against/samples.csv: row 11 is of no launch"
					  : "/nowhere/samples.csv: row 71 is of a launch that the other"))
			fail_msg("fault %d: '%s'", fault, e.text);
		s->cell_id = cell;
		s->block = block;
		for (size_t i = 0; i < 2; i++)
			table_free(&rest[i]);
	}
	for (size_t i = 0; i < 2; i++)
		table_free(&all[i]);
}

/* --- forecasts --- */

/* Twenty times the time, which the plan can tell from the size. */
static void lengthen(struct cell *c)
{
	char size[16];
	struct err e = {0};
	snprintf(size, sizeof size, "%llu", (unsigned long long)c->size + LONG_SIZE);
	assert_int_equal(cell_set(c, "size", size, &e), 0);
	assert_int_equal(cell_finish(c, &e), 0);
}

/* The forecast made after such a share of the time. */
static size_t forecast_after(const struct machine *m, double share)
{
	size_t i = 0;
	while (m->past[i] < share * m->now)
		i++;
	return i;
}

/* Of the whole, made after a tenth of the time, over the truth. */
static double early_forecast(const struct machine *m)
{
	const size_t i = forecast_after(m, 0.1);
	return (m->past[i] + m->left[i].seconds) / m->now;
}

/* When ranges are looked at: shares of the sweep's time; and in how many sweeps they held the truth, and how
 * wide they were then, the high end over the low one. */
enum { MOMENTS = 4 };
static const double moments[MOMENTS] = {0.1, 0.25, 0.5, 0.75};

static void look_at_ranges(const struct machine *m, double held[MOMENTS], double width[MOMENTS])
{
	for (size_t k = 0; k < MOMENTS; k++) {
		const size_t i = forecast_after(m, moments[k]);
		const double left = m->now - m->past[i];
		held[k] += m->left[i].low <= left + 1 && left - 1 <= m->left[i].high;
		width[k] += (m->past[i] + m->left[i].high) / (m->past[i] + m->left[i].low);
	}
}

/* After a tenth of the time, the forecast of the whole is within 20 %: always where the number of launches is
 * fixed or the budget ends the sweep; where precision decides, mostly: nobody can know by then how much cells
 * scatter that have been launched once, where that decides between six launches and fourteen. */
static void forecasts_come_true(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		struct machine like;
		unsigned launches, most;
		double precision, budget;
		size_t every; /* how many cells there are for one that is long; 0: none is */
		double share; /* of forecasts within 20 %, at least */
	} cases[] = {
		{"fixed launches", {.scatter = 0.05, .spread = 1}, 30, 30, INFINITY, 1e9, 0, 1},
		{"budget", {.scatter = 0.05, .spread = 3}, 6, 40, 0.02, 200, 0, 1},
		{"quiet cells", {.scatter = 0.005, .spread = 1}, 6, 30, 0.02, 1e9, 0, 0.9},
		{"quiet and wide cells", {.scatter = 0.01, .spread = 5}, 6, 30, 0.02, 1e9, 0, 0.5},
		{"wide cells", {.scatter = 0.05, .spread = 1}, 6, 40, 0.02, 1e9, 0, 0.9},
		{"wide and wider cells", {.scatter = 0.03, .spread = 3}, 3, 30, 0.02, 1e9, 0, 0.9},
		{"cells of all lengths", {.scatter = 0.03, .spread = 3}, 3, 30, 0.02, 1e9, 7, 0.65},
		{"two humps", {.shape = TWO_HUMPED, .scatter = 0.04, .spread = 3}, 6, 30, 0.02, 1e9, 0, 0.9},
		{"skewed", {.shape = SKEWED, .scatter = 0.02, .spread = 3, .within = 0.7}, 6, 30, 0.02, 1e9,
			0, 0.8},
	};
	const char *all = getenv("PARSCALE_LONG");
	const uint64_t trials = all && strcmp(all, "1") == 0 ? 100 : 5;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct plan p = make_plan(MANY, cases[k].launches, cases[k].most, cases[k].precision);
		double within = 0, sum = 0, worst = 0, launches = 0, held[MOMENTS] = {0},
		       width[MOMENTS] = {0};
		p.budget_seconds = cases[k].budget;
		for (size_t i = 0; cases[k].every && i < MANY; i += cases[k].every)
			lengthen(&p.cells[i].cell);
		for (uint64_t trial = 0; trial < trials; trial++) {
			static struct machine m;
			struct table samples;
			m = cases[k].like;
			m.slow_from = INFINITY;
			m.seed = trial;
			p.order_seed = trial;
			campaign(&p, &m, NULL, &samples);
			table_free(&samples);
			const double off = early_forecast(&m) - 1;
			look_at_ranges(&m, held, width);
			within += fabs(off) <= 0.2;
			sum += fabs(off);
			worst = fmax(worst, fabs(off));
			launches += (double)m.forecasts / MANY;
		}
		const double n = (double)trials;
		print_message("%s: %.1f launches a cell; within 20 %% in %.0f of %.0f, off by %.1f %% in the "
			      "mean, %.1f %% at most\n",
			cases[k].what, launches / n, within, n, 100 * sum / n, 100 * worst);
		for (size_t i = 0; i < MOMENTS; i++) {
			print_message(
				"  after %2.0f %%: %3.0f %% within the range, whose ends are %.2f apart\n",
				100 * moments[i], 100 * held[i] / n, width[i] / n);
			assert_true(held[i] >= 0.6 * n);
		}
		assert_true(within >= floor(cases[k].share * n));
	}
}

/* Fifths of the cells vary by a ninth, a third, once, three and nine times 2 %: the rest of the budget goes to those that
 * it can make precise, and not to the wildest. */
static void the_budget_goes_to_what_it_can_decide(void **state)
{
	enum { TRIALS = 20, COMPLETE = 6, KINDS = 5 };
	struct plan p = make_plan(CELLS, COMPLETE, 30, 0.02);
	double more[KINDS] = {0}, block = 0;
	(void)state;
	for (size_t i = 0; i < p.count; i++)
		block += 2 * (0.05 + 20 * cell_seconds(&p.cells[i].cell));
	p.budget_seconds = (COMPLETE + 1) * block;
	for (uint64_t trial = 0; trial < TRIALS; trial++) {
		struct machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 9, .seed = trial};
		struct table samples;
		unsigned launches[CELLS] = {0};
		campaign(&p, &m, NULL, &samples);
		for (size_t i = 0; i < samples.count; i++) {
			const struct sample *s = table_row(&samples, i);
			launches[s->cell_id.value] += s->sample.value == 0;
		}
		for (size_t i = 0; i < p.count; i++)
			if (i != p.canary)
				more[(i + 1) % KINDS] += (double)launches[i] - COMPLETE;
		table_free(&samples);
	}
	const double cells = (double)TRIALS * CELLS / KINDS;
	print_message(
		"launches after the complete blocks, by how much cells vary: %.1f %.1f %.1f %.1f %.1f\n",
		more[0] / cells, more[1] / cells, more[2] / cells, more[3] / cells, more[4] / cells);
	assert_true(more[2] > cells);
	assert_true(more[2] > 3 * more[4]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drift_is_harmless_and_told),
		cmocka_unit_test(a_steady_machine_is_called_steady),
		cmocka_unit_test(the_canary_is_in_every_block),
		cmocka_unit_test(damaged_rows_are_refused),
		cmocka_unit_test(two_programs_take_turns),
		cmocka_unit_test(two_programs_go_on),
		cmocka_unit_test(sides_that_do_not_match_are_refused),
		cmocka_unit_test(forecasts_come_true),
		cmocka_unit_test(the_budget_goes_to_what_it_can_decide),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
