/* SPDX-License-Identifier: MIT */
/* test_campaign_forecasts.c - campaigns on a simulated machine: how good the forecast of the remaining time
 * is, and where the budget goes. */
#include "tests/bench/sweep/mock_machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Twenty times the time, which the plan can tell from the size. */
static void lengthen(struct cell *c)
{
	char size[16];
	struct err e = {0};
	snprintf(size, sizeof size, "%llu", (unsigned long long)c->size + MOCK_LONG_SIZE);
	assert_int_equal(cell_set(c, "size", size, &e), 0);
	assert_int_equal(cell_finish(c, &e), 0);
}

/* The forecast made after such a share of the time. */
static size_t forecast_after(const struct mock_machine *m, double share)
{
	size_t i = 0;
	while (m->past[i] < share * m->now)
		i++;
	return i;
}

/* Of the whole, made after a tenth of the time, over the truth. */
static double early_forecast(const struct mock_machine *m)
{
	const size_t i = forecast_after(m, 0.1);
	return (m->past[i] + m->left[i].seconds) / m->now;
}

/* When ranges are looked at: shares of the sweep's time; and in how many sweeps they held the truth, and how
 * wide they were then, the high end over the low one. */
enum { MOMENTS = 4 };
static const double moments[MOMENTS] = {0.1, 0.25, 0.5, 0.75};

static void look_at_ranges(const struct mock_machine *m, double held[MOMENTS], double width[MOMENTS])
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
		struct mock_machine like;
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
		{"two humps", {.shape = MOCK_TWO_HUMPED, .scatter = 0.04, .spread = 3}, 6, 30, 0.02, 1e9, 0,
			0.9},
		{"skewed", {.shape = MOCK_SKEWED, .scatter = 0.02, .spread = 3, .within = 0.7}, 6, 30, 0.02,
			1e9, 0, 0.8},
	};
	const char *all = getenv("PARSCALE_LONG");
	const uint64_t trials = all && strcmp(all, "1") == 0 ? 100 : 5;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct plan p = mock_plan(MOCK_MANY, cases[k].launches, cases[k].most, cases[k].precision);
		double within = 0, sum = 0, worst = 0, launches = 0, held[MOMENTS] = {0},
		       width[MOMENTS] = {0};
		p.budget_seconds = cases[k].budget;
		for (size_t i = 0; cases[k].every && i < MOCK_MANY; i += cases[k].every)
			lengthen(&p.cells[i].cell);
		for (uint64_t trial = 0; trial < trials; trial++) {
			static struct mock_machine m;
			struct table samples;
			m = cases[k].like;
			m.slow_from = INFINITY;
			m.seed = trial;
			p.order_seed = trial;
			mock_campaign(&p, &m, NULL, &samples);
			table_free(&samples);
			const double off = early_forecast(&m) - 1;
			look_at_ranges(&m, held, width);
			within += fabs(off) <= 0.2;
			sum += fabs(off);
			worst = fmax(worst, fabs(off));
			launches += (double)m.forecasts / MOCK_MANY;
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
	struct plan p = mock_plan(MOCK_CELLS, COMPLETE, 30, 0.02);
	double more[KINDS] = {0}, block = 0;
	(void)state;
	for (size_t i = 0; i < p.count; i++)
		block += 2 * (0.05 + 20 * mock_seconds(&p.cells[i].cell));
	p.budget_seconds = (COMPLETE + 1) * block;
	for (uint64_t trial = 0; trial < TRIALS; trial++) {
		struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 9, .seed = trial};
		struct table samples;
		unsigned launches[MOCK_CELLS] = {0};
		mock_campaign(&p, &m, NULL, &samples);
		for (size_t i = 0; i < samples.count; i++) {
			const struct sample *s = table_row(&samples, i);
			launches[s->cell_id.value] += s->sample.value == 0;
		}
		for (size_t i = 0; i < p.count; i++)
			if (i != p.canary)
				more[(i + 1) % KINDS] += (double)launches[i] - COMPLETE;
		table_free(&samples);
	}
	const double cells = (double)TRIALS * MOCK_CELLS / KINDS;
	print_message(
		"launches after the complete blocks, by how much cells vary: %.1f %.1f %.1f %.1f %.1f\n",
		more[0] / cells, more[1] / cells, more[2] / cells, more[3] / cells, more[4] / cells);
	assert_true(more[2] > cells);
	assert_true(more[2] > 3 * more[4]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forecasts_come_true),
		cmocka_unit_test(the_budget_goes_to_what_it_can_decide),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
