/* SPDX-License-Identifier: MIT */
/* test_bends.c - spare cells are launched where a curve over workers bends, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/sweep/bends.h"
#include "tests/bench/sweep/machines.h"
#include "tests/bench/sweep/mock_machine.h"

static const double steady = 0.002; /* half-widths of intervals */

/* As fast as so many workers can be, who have `most` times one's memory. */
static double saturating(double workers, double most)
{
	return 1 / fmin(workers, most);
}

static size_t points_at(const double *workers, size_t n, double most, double width, struct bend_point *points)
{
	for (size_t i = 0; i < n; i++)
		points[i] = (struct bend_point){workers[i], saturating(workers[i], most), width};
	return n;
}

static void a_bend_is_as_wide_as_its_slopes_leave_open(void **state)
{
	static const double workers[] = {1, 4, 8, 32, 64};
	struct bend_point p[5];
	(void)state;
	/* straight, as far as it goes */
	points_at(workers, 5, 1000, steady, p);
	for (double w = 1; w < 100; w++)
		assert_true(bend_width(p, 5, w) < 1e-9);
	/* it bends between 8 and 32: the truth lies in the interval, and that is as wide as it need be */
	for (double most = 9; most < 31; most++) {
		points_at(workers, 5, most, steady, p);
		const double chord = sqrt(p[2].seconds * p[3].seconds), truth = saturating(16, most),
			     width = bend_width(p, 5, 16);
		assert_true(chord / truth <= 1.0001 * (1 + width));
		assert_true(width > 0.05 || most < 12 || most > 24);
		assert_true(bend_width(p, 5, 2) < 1e-9);
	}
	/* the known points, and what lies outside, leave nothing open; nor do points that say little */
	assert_true(bend_width(p, 5, 8) <= 0 && bend_width(p, 5, 0.5) <= 0 && bend_width(p, 5, 100) <= 0);
	points_at(workers, 5, 16, 0.3, p);
	assert_true(bend_width(p, 5, 16) <= 0);
	assert_true(bend_width(p, 2, 2) <= 0); /* a line through two points has no bend */
}

/* --- in a campaign --- */

static double scalable(const struct cell *c)
{
	const bool reads = strcmp(c->kernel->name, "read") == 0;
	return 0.01 * saturating(c->workers, reads ? 16 : 1e9);
}

static size_t launches_of(
	const struct plan *p, const struct table *samples, const char *kernel, unsigned workers)
{
	size_t n = 0;
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *s = table_row(samples, i);
		n += strcmp(s->cell.kernel, kernel) == 0 && s->cell.workers.value == workers &&
		     s->sample.value == 0;
	}
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->cells[i].cell.kernel->name, kernel) == 0 && p->cells[i].cell.workers == workers)
			return n;
	fail_msg("the plan has no %s with %u workers", kernel, workers);
	return 0;
}

static void read_text(const char *text, const struct machine_here *here, struct plan *p)
{
	char path[] = "/tmp/parscale-bends-XXXXXX";
	struct err e = {0};
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	if (plan_read(p, path, &here->machine, &e) != 0)
		fail_msg("%s", e.text);
	unlink(path);
}

static void curves_thicken_where_they_bend(void **state)
{
	static struct machine_here here;
	(void)state;
	for (size_t m = 5; m < 7; m++) { /* 64 cores, and 2 x 64 with SMT */
		struct plan p;
		struct mock_machine machine = {
			.scatter = 0.004, .slow_from = 1e18, .spread = 1, .seed = 3, .seconds = scalable};
		struct table samples;
		machine_plan(&machine_shapes[m], &here);
		read_text(
			"launches = 6\nbudget = 1000h\n[over workers]\nkernel = sieve, read\nvariant = reference\nbackend = pthread\nworkers = auto\n"
			"size = 1e6\n",
			&here, &p);
		p.budget_seconds = 1e9;
		mock_campaign(&p, &machine, NULL, &samples);
		for (size_t i = 0; i < p.count; i++) {
			const struct cell *c = &p.cells[i].cell;
			const size_t n = launches_of(&p, &samples, c->kernel->name, c->workers);
			/* on the larger machine the next count after 1 is 8, from which 2 cannot be told */
			const bool bends = strcmp(c->kernel->name, "read") == 0 &&
					   (c->workers == 16 || (c->workers == 2 && m == 6));
			if (p.cells[i].spare && !bends)
				assert_int_equal(n, 0);
			else
				assert_true(n >= 6);
		}
		assert_int_equal(launches_of(&p, &samples, "sieve", 2), 0); /* there are spare ones */
		/* A sweep that goes on takes over what was woken, and wakes no others. */
		struct table again;
		const size_t made = samples.count;
		mock_campaign(&p, &machine, &samples, &again);
		assert_int_equal(again.count, 0);
		assert_true(made > 0);
		table_free(&again);
		table_free(&samples);
		plan_free(&p);
	}
}

static double fails_with_two(const struct cell *c)
{
	return c->workers == 2 ? (double)NAN : scalable(c);
}

/* The widest gap is that of the cell that fails: the next one has its turn all the same. */
static void a_cell_that_fails_holds_up_no_other(void **state)
{
	static struct machine_here here;
	struct plan p;
	struct mock_machine machine = {
		.scatter = 0.004, .slow_from = 1e18, .spread = 1, .seed = 3, .seconds = fails_with_two};
	struct table samples;
	(void)state;
	machine_plan(&machine_shapes[6], &here);
	read_text(
		"launches = 6\n[over workers]\nkernel = read\nvariant = reference\nbackend = pthread\nworkers = auto\nsize = 1e6\n",
		&here, &p);
	p.budget_seconds = 1e9;
	mock_campaign(&p, &machine, NULL, &samples);
	assert_int_equal(launches_of(&p, &samples, "read", 2), 6);
	assert_true(launches_of(&p, &samples, "read", 16) >= 6);
	table_free(&samples);
	plan_free(&p);
}

/* Without time for it nothing is woken. */
static void a_budget_that_is_short_goes_to_the_plan(void **state)
{
	static struct machine_here here;
	struct plan p;
	const struct mock_machine fresh = {
		.scatter = 0.004, .slow_from = 1e18, .spread = 1, .seed = 3, .seconds = scalable};
	struct mock_machine machine = fresh;
	struct table samples;
	(void)state;
	machine_plan(&machine_shapes[5], &here);
	read_text(
		"launches = 6\n[over workers]\nkernel = read\nvariant = reference\nbackend = pthread\nworkers = auto\nsize = 1e6\n",
		&here, &p);
	p.budget_seconds = 1e9;
	p.most_launches = 6; /* the complete blocks alone, and what is woken after them */
	mock_campaign(&p, &machine, NULL, &samples);
	assert_int_equal(launches_of(&p, &samples, "read", 16), 6);
	assert_int_equal(launches_of(&p, &samples, "read", 64), 6);
	size_t first = 0; /* after the complete blocks */
	while (((const struct sample *)table_row(&samples, first))->block.value < 6)
		first++;
	const double blocks = ((const struct sample *)table_row(&samples, first))->stamp;
	table_free(&samples);
	machine = fresh;
	p.precision = 1e-9; /* there is always more to do */
	p.most_launches = 30;
	p.budget_seconds = blocks + 1;
	mock_campaign(&p, &machine, NULL, &samples);
	assert_int_equal(launches_of(&p, &samples, "read", 16), 0);
	assert_true(launches_of(&p, &samples, "read", 64) >= 6);
	table_free(&samples);
	plan_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bend_is_as_wide_as_its_slopes_leave_open),
		cmocka_unit_test(curves_thicken_where_they_bend),
		cmocka_unit_test(a_cell_that_fails_holds_up_no_other),
		cmocka_unit_test(a_budget_that_is_short_goes_to_the_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
