/* SPDX-License-Identifier: MIT */
/* mock_machine.c - launches that take no time, and campaigns of them whose rows go to memory. */
#include "tests/bench/sweep/mock_machine.h"

#include "tests/base/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

double mock_seconds(const struct cell *c)
{
	return 0.001 * (double)(1 + (c->size / 1000 - 1) % MOCK_CELLS);
}

/* With mean 0, or near it, and standard deviation 1. */
static double draw_shape(struct mock_machine *m)
{
	switch (m->shape) {
	case MOCK_TWO_HUMPED: /* three launches of ten are slow */
		return (draw_uniform(&m->seed) < 0.3 ? 1.38 : -0.59) + 0.42 * draw_normal(&m->seed);
	case MOCK_SKEWED:
		return -log(draw_uniform(&m->seed)) - 1;
	case MOCK_NORMAL:
		break;
	}
	return draw_normal(&m->seed);
}

int mock_launch(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e)
{
	struct mock_machine *m = ctx;
	const struct cell *c = &order->measure->cell;
	const double own = pow(m->spread, (double)(c->size / 1000 % 5) / 2 - 1);
	const double launch = m->scatter * own * draw_shape(m),
		     within = own * (m->within > 0 ? m->within : 0.25);
	const double typical =
		(m->seconds ? m->seconds(c) : mock_seconds(c) * (c->size > MOCK_LONG_SIZE ? 20 : 1)) *
		(order->program ? 1.03 : 1);
	*r = (struct launch_result){0};
	table_init(&r->samples, sample_columns, sizeof(struct sample));
	for (unsigned i = 0; i < 2; i++) {
		struct sample *s = table_add(&r->samples, NULL, e);
		assert_non_null(s);
		cell_factors(c, "native", &s->cell);
		strcpy(s->status, isnan(typical) ? "failed" : "ok");
		s->sample = (struct uint_field){i, true};
		s->seconds = typical * exp(launch + m->scatter * within * draw_normal(&m->seed)) *
			     (m->now > m->slow_from ? m->slower : 1);
		s->stamp = m->now;
		m->now += 0.05 + (isnan(typical) ? 0 : 20 * s->seconds);
	}
	return 0;
}

static uint64_t mock_clock(void *ctx)
{
	return (uint64_t)(((struct mock_machine *)ctx)->now * 1e9);
}

static void note_forecast(void *ctx, double past, const struct forecast *left)
{
	struct mock_machine *m = ctx;
	assert_true(m->forecasts < MOCK_FORECASTS);
	m->past[m->forecasts] = past;
	m->left[m->forecasts++] = *left;
}

struct plan mock_plan(size_t count, unsigned launches, unsigned most, double precision)
{
	static struct planned cells[MOCK_MANY];
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

int mock_try(const struct plan *p, struct mock_machine *m, size_t count, const struct table *before,
	struct table *samples, struct err *e)
{
	const struct campaign_means means = {
		.launch = mock_launch, .clock_ns = mock_clock, .told = note_forecast, .ctx = m};
	static char dirs[CAMPAIGN_ARMS][48];
	char path[CAMPAIGN_ARMS][64];
	int files[CAMPAIGN_ARMS];
	struct campaign_arm arms[CAMPAIGN_ARMS];
	struct campaign_result r;
	struct table none;
	table_init(&none, sample_columns, sizeof(struct sample));
	for (size_t i = 0; i < count; i++) {
		snprintf(dirs[i], sizeof dirs[i], i ? "/nowhere/against/%zu" : "/nowhere", i);
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

void mock_campaign(
	const struct plan *p, struct mock_machine *m, const struct table *before, struct table *samples)
{
	struct err e = {0};
	if (mock_try(p, m, 1, before, samples, &e) != 0)
		fail_msg("%s", e.text);
}
