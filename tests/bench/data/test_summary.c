/* SPDX-License-Identifier: MIT */
/* test_summary.c - a hand-made set of samples against values worked out by hand; the choice of bases; the
 * command. */
#include "bench/data/summary.h"

#include "kernels/kernel.h"
#include "tests/base/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a test says of a cell; the rest is kernel noop, reference, native, compact. */
struct told {
	const char *kernel, *backend, *lifetime, *schedule, *scaling;
	unsigned workers, size, grain, block_bytes;
};

static struct sample sample_of(struct told t, double seconds)
{
	struct sample s;
	memset(&s, 0, sizeof s);
	row_clear(&s, sample_columns);
	strcpy(s.cell.kernel, t.kernel ? t.kernel : "noop");
	strcpy(s.cell.variant, "reference");
	strcpy(s.cell.backend, t.backend);
	strcpy(s.cell.lifetime, t.lifetime ? t.lifetime : "pool");
	strcpy(s.cell.schedule, t.schedule ? t.schedule : "static");
	strcpy(s.cell.scaling, t.scaling ? t.scaling : "strong");
	strcpy(s.cell.placement, "compact");
	strcpy(s.cell.meter, "native");
	s.cell.workers = (struct uint_field){t.workers, true};
	s.cell.size = (struct uint_field){t.size, t.size > 0};
	unsigned whole = strcmp(s.cell.scaling, "weak") == 0 ? t.size * t.workers : t.size ? t.size : 500;
	bool each = strcmp(s.cell.scaling, "throughput") == 0; /* has the whole */
	s.cell.items = (struct uint_field){each ? whole * t.workers : whole, true};
	s.cell.calls = (struct uint_field){whole, true}; /* as a size makes it */
	s.cell.seed = (struct uint_field){1, true};
	s.cell.grain = (struct uint_field){t.grain, t.grain > 0};
	s.cell.block_bytes = (struct uint_field){t.block_bytes, t.block_bytes > 0};
	strcpy(s.status, "ok");
	s.launch_id = (struct uint_field){0, true};
	s.seconds = seconds;
	return s;
}

static void add(struct table *t, const struct sample *s)
{
	struct err e = {0};
	assert_non_null(table_add(t, s, &e));
}

/* Seven launches of one sample each: middle - 3 steps .. middle + 3 steps, in no order. The interval of their
 * median reaches REACH steps to either side (worked out in test_stats.c). */
#define REACH (438.0 / 185)

static void add_cell(struct table *t, struct told told, double middle, double step)
{
	static const int places[] = {2, -3, 0, 3, -1, 1, -2};
	for (unsigned i = 0; i < 7; i++) {
		struct sample s = sample_of(told, middle + step * places[i]);
		s.launch_id.value = 10 + i;
		add(t, &s);
	}
}

static struct table samples, summary;

static int open_tables(void **state)
{
	(void)state;
	table_init(&samples, sample_columns, sizeof(struct sample));
	table_init(&summary, summary_columns, sizeof(struct summary));
	return 0;
}

static int close_tables(void **state)
{
	(void)state;
	table_free(&samples);
	table_free(&summary);
	return 0;
}

static const struct summary *row(size_t i)
{
	return table_row(&summary, i);
}

static void summarise(size_t cells)
{
	struct err e = {0};
	assert_int_equal(summary_make(&samples, &summary, &e), 0);
	assert_int_equal(summary.count, cells);
}

static void assert_about(double a, double b)
{
	if (!(fabs(a - b) <= 1e-12 * fabs(b)))
		fail_msg("%.17g is not %.17g", a, b);
}

static void no_samples_give_no_rows(void **state)
{
	(void)state;
	summarise(0);
}

static void one_cell_by_hand(void **state)
{
	(void)state;
	static const double seconds[] = {0.5, 0.25, 1, 0.75, 8, 2, 4, 3}; /* .25 .5 .75 1 2 3 4 8 */
	for (unsigned i = 0; i < 8; i++) {
		struct sample s =
			sample_of((struct told){.backend = "pthread", .workers = 4, .size = 600}, seconds[i]);
		s.launch_id.value = i % 3;
		s.startup_ns = i;
		s.compute_ns = i < 5 ? 100 * i : (double)NAN;
		s.count = (struct uint_field){600, true};
		add(&samples, &s);
		strcpy(s.status, i % 2 ? "wrong" : "timeout"); /* one that does not count beside each */
		s.launch_id.value = 77;
		s.seconds = 1e-9;
		add(&samples, &s);
	}
	summarise(1);
	const struct summary *s = row(0);
	assert_string_equal(s->cell.backend, "pthread");
	assert_int_equal(s->samples.value, 8);
	assert_int_equal(s->rejected.value, 8);
	assert_int_equal(s->launches.value, 3);
	/* launches: .5 .75 4, .25 3 8, 1 2: medians .75 3 1.5; Student's t for two degrees of freedom at 96 %
	 * is 4.848732 */
	assert_about(s->median_seconds, 1.5);
	double half = 4.848732 * log(2) / sqrt(3);
	assert_true(fabs(s->median_low - 1.5 * exp(-half)) < 1e-6 &&
		    fabs(s->median_high - 1.5 * exp(half)) < 1e-5);
	assert_about(s->min_seconds, 0.25);
	assert_about(s->quartile1_seconds, 0.6875);
	assert_about(s->quartile3_seconds, 3.25);
	assert_about(s->max_seconds, 8);
	assert_about(s->mad_seconds, 1.125); /* .5 .5 .75 1 | 1.25 1.5 2.5 6.5 */
	assert_about(s->items_per_second, 400);
	assert_true(isnan(s->bytes_per_second));
	assert_about(s->startup_ns, 3.5);
	assert_about(s->compute_ns, 200);
	assert_true(isnan(s->touch_ns) && isnan(s->reap_ns));
	assert_true(isnan(s->serial_speedup) && isnan(s->serial_seconds) && isnan(s->self_speedup) &&
		    isnan(s->self_speedup_low));
}

static void failed_cells_stay_listed(void **state)
{
	(void)state;
	struct sample s = sample_of((struct told){.backend = "fork", .workers = 2, .size = 5}, (double)NAN);
	add(&samples, &s); /* ok, but without a time */
	strcpy(s.status, "failed");
	add(&samples, &s);
	summarise(1);
	assert_true(row(0)->samples.known && row(0)->samples.value == 0);
	assert_int_equal(row(0)->rejected.value, 2);
	assert_int_equal(row(0)->launches.value, 0);
	assert_true(isnan(row(0)->median_seconds) && isnan(row(0)->items_per_second));
}

/* How far the interval of base / median reaches, as factors: both ends as independent errors of the
 * logarithms. */
static double down(double base, double base_step, double middle, double step)
{
	return exp(-hypot(log(base / (base - REACH * base_step)), log((middle + REACH * step) / middle)));
}

static double up(double base, double base_step, double middle, double step)
{
	return exp(hypot(log((base + REACH * base_step) / base), log(middle / (middle - REACH * step))));
}

static void speedups_by_hand(void **state)
{
	(void)state;
	add_cell(&samples, (struct told){.backend = "pthread", .workers = 2, .size = 1000}, 50, 1);
	add_cell(&samples, (struct told){.backend = "serial", .workers = 1, .size = 1000}, 90, 2);
	add_cell(&samples, (struct told){.backend = "pthread", .workers = 1, .size = 1000}, 100, 3);
	add_cell(&samples, (struct told){.backend = "pthread", .workers = 2, .size = 999}, 1,
		0.01); /* no base */
	summarise(4);
	const struct summary *s = row(0);
	assert_int_equal(s->launches.value, 7);
	assert_about(s->median_low, 50 - REACH);
	assert_about(s->serial_speedup, 90.0 / 50);
	assert_about(s->serial_speedup_low, 1.8 * down(90, 2, 50, 1));
	assert_about(s->serial_speedup_high, 1.8 * up(90, 2, 50, 1));
	assert_about(s->serial_seconds, 90);
	assert_about(s->self_speedup, 2);
	assert_about(s->self_speedup_low, 2 * down(100, 3, 50, 1));
	assert_about(s->self_speedup_high, 2 * up(100, 3, 50, 1));
	assert_about(s->self_seconds, 100);
	s = row(1); /* its own base, of both kinds */
	assert_true(s->serial_speedup == 1 && s->serial_speedup_low == 1 && s->serial_speedup_high == 1);
	assert_true(s->self_speedup == 1 && s->self_seconds == 90);
	assert_about(row(2)->serial_speedup, 0.9);
	assert_true(row(2)->self_speedup == 1);
	assert_true(
		isnan(row(3)->serial_speedup) && isnan(row(3)->self_speedup) && isnan(row(3)->self_seconds));
}

/* The parameters grow with the workers; the base is one worker with one share. */
static void weak_scaling_by_hand(void **state)
{
	(void)state;
	add_cell(&samples, (struct told){.backend = "serial", .workers = 1, .size = 1000, .scaling = "weak"},
		90, 2);
	add_cell(&samples, (struct told){.backend = "fork", .workers = 1, .size = 1000, .scaling = "weak"},
		100, 3);
	add_cell(&samples, (struct told){.backend = "fork", .workers = 4, .size = 1000, .scaling = "weak"},
		125, 1);
	add_cell(&samples, (struct told){.backend = "fork", .workers = 4, .size = 1000}, 30,
		1); /* strong: the same bases */
	summarise(4);
	assert_about(row(2)->serial_speedup, 4 * 90.0 / 125);
	assert_about(row(2)->serial_speedup_low, 4 * 90.0 / 125 * down(90, 2, 125, 1));
	assert_about(row(2)->serial_speedup_high, 4 * 90.0 / 125 * up(90, 2, 125, 1));
	assert_about(row(2)->self_speedup, 4 * 100.0 / 125);
	assert_about(row(2)->items_per_second, 4000.0 / 125);
	assert_about(row(3)->serial_speedup, 90.0 / 30);
	assert_about(row(3)->self_speedup, 100.0 / 30);
}

/* Every worker has the whole problem, so that the parameters stay; the base is one worker with
 * one problem. */
static void throughput_by_hand(void **state)
{
	(void)state;
	add_cell(&samples, (struct told){.backend = "serial", .workers = 1, .size = 1000}, 90, 2);
	add_cell(&samples,
		(struct told){.backend = "fork", .workers = 1, .size = 1000, .scaling = "throughput"}, 100,
		3);
	add_cell(&samples,
		(struct told){.backend = "fork", .workers = 4, .size = 1000, .scaling = "throughput"}, 125,
		1);
	summarise(3);
	assert_about(row(2)->serial_speedup, 4 * 90.0 / 125);
	assert_about(row(2)->self_speedup, 4 * 100.0 / 125);
	assert_about(row(2)->items_per_second, 4000.0 / 125);
}

/* Each candidate that fits better, added later, takes over. */
static void the_serial_base_is_the_best_fit(void **state)
{
	(void)state;
	const struct told serial[] = {
		{.backend = "serial", .workers = 1, .size = 10, .lifetime = "spawn", .schedule = "dynamic"},
		{.backend = "serial", .workers = 1, .size = 10, .lifetime = "spawn"},
		{.backend = "serial", .workers = 1, .size = 10, .schedule = "dynamic"},
		{.backend = "serial", .workers = 1, .size = 10},
		{.backend = "serial", .workers = 1, .size = 10, .grain = 8},
		{.backend = "serial", .workers = 1, .size = 10, .block_bytes = 4096},
	};
	const size_t count = sizeof serial / sizeof *serial;
	add_cell(&samples,
		(struct told){.backend = "openmp", .workers = 2, .size = 10, .grain = 8, .block_bytes = 4096},
		1, 0);
	add_cell(&samples, (struct told){.backend = "serial", .workers = 1, .size = 10, .block_bytes = 8192},
		7, 0); /* contradicts */
	for (size_t n = 0; n < count; n++) {
		add_cell(&samples, serial[n], 10 + (double)n, 0);
		table_free(&summary);
		summarise(n + 3);
		assert_about(row(0)->serial_seconds, 10 + (double)n);
	}
}

static void equal_fits_go_to_the_first(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct sample s =
			sample_of((struct told){.backend = "serial", .workers = 1, .size = 10}, 5 - i);
		snprintf(s.cell.placement, sizeof s.cell.placement, "%d", i); /* neither is the row's */
		add(&samples, &s);
	}
	add_cell(&samples, (struct told){.backend = "fork", .workers = 2, .size = 10}, 1, 0);
	summarise(4);
	assert_about(row(3)->serial_seconds, 5);
}

static void other_problems_are_no_bases(void **state)
{
	(void)state;
	const char *const differing[] = {"kernel", "variant", "meter", "input", "seed", "size"};
	struct err e = {0};
	add_cell(&samples, (struct told){.backend = "fork", .workers = 2, .size = 10}, 1, 0);
	for (size_t i = 0; i < sizeof differing / sizeof *differing; i++) {
		struct sample s = sample_of((struct told){.backend = "serial", .workers = 1, .size = 10}, 5);
		const struct column *c = sample_columns;
		while (strcmp(c->name, differing[i]) != 0)
			c++;
		assert_int_equal(field_read(&s, c, "77", &e), 0);
		add(&samples, &s);
	}
	struct sample s = sample_of((struct told){.backend = "serial", .workers = 1, .size = 10}, 5);
	strcpy(s.status, "failed");
	add(&samples, &s);
	summarise(8);
	assert_true(isnan(row(0)->serial_speedup));
}

/* Ranks are always timed natively, whatever meter the others have. */
static void ranks_have_the_base_of_any_meter(void **state)
{
	(void)state;
	struct sample base = sample_of((struct told){.backend = "serial", .workers = 1, .size = 10}, 5);
	strcpy(base.cell.meter, "gbench");
	add(&samples, &base);
	add_cell(&samples, (struct told){.backend = "mpi", .workers = 2, .size = 10}, 2.5, 0);
	add_cell(&samples, (struct told){.backend = "fork", .workers = 2, .size = 10}, 2.5, 0);
	summarise(3);
	assert_about(row(1)->serial_speedup, 2);
	assert_true(isnan(row(2)->serial_speedup));
}

static void without_a_size_the_parameters_count(void **state)
{
	(void)state;
	add_cell(&samples, (struct told){.backend = "serial", .workers = 1}, 2, 0);
	add_cell(&samples, (struct told){.backend = "fork", .workers = 2}, 1, 0);
	struct sample s = sample_of((struct told){.backend = "fork", .workers = 2}, 1);
	s.cell.calls.value++;
	add(&samples, &s);
	s = sample_of((struct told){.backend = "fork", .workers = 2}, 1);
	strcpy(s.cell.scaling, "weak"); /* a share of what? */
	add(&samples, &s);
	summarise(4);
	assert_about(row(1)->serial_speedup, 2);
	assert_true(isnan(row(2)->serial_speedup) && isnan(row(3)->serial_speedup) &&
		    isnan(row(3)->self_speedup));
}

static void bytes_come_from_the_kernel(void **state)
{
	(void)state;
	size_t cells = 0;
	struct problem usual;
	problem_init(&usual);
	for (const struct kernel *const *k = kernels; *k; k++, cells++)
		add_cell(&samples,
			(struct told){.kernel = (*k)->name, .backend = "serial", .workers = 1, .size = 64}, 2,
			0);
	add_cell(&samples, (struct told){.kernel = "foreign", .backend = "serial", .workers = 1, .size = 64},
		2, 0);
	summarise(cells + 1);
	for (size_t i = 0; i < cells; i++)
		if (kernels[i]->item_bytes)
			assert_about(row(i)->bytes_per_second, 32 * kernels[i]->item_bytes(&usual));
		else
			assert_true(isnan(row(i)->bytes_per_second));
	assert_about(row(cells)->items_per_second, 32);
	assert_true(isnan(row(cells)->bytes_per_second));
	assert_true(row(cells)->serial_speedup == 1);
}

/* Interleaved samples give what grouped ones give, in the order of first appearance. */
static void order_of_rows_does_not_matter(void **state)
{
	(void)state;
	enum { CELLS = 30, EACH = 9 };
	struct table shuffled;
	struct err e = {0};
	uint64_t seed = 3; /* kept: the verdict depends on the draws */
	table_init(&shuffled, sample_columns, sizeof(struct sample));
	for (unsigned c = 0; c < CELLS; c++)
		for (unsigned i = 0; i < EACH; i++) {
			struct sample s = sample_of((struct told){.backend = c % 3 ? "fork" : "serial",
							    .workers = 1 + c % 3,
							    .size = 1 + c / 3},
				draw_uniform(&seed));
			add(&samples, &s);
			if (i == 0) /* first appearances stay in order */
				assert_non_null(table_add(&shuffled, &s, &e));
		}
	for (unsigned k = 1; k < EACH; k++)
		for (unsigned c = 0; c < CELLS; c++)
			assert_non_null(
				table_add(&shuffled, table_row(&samples, (c * 7 % CELLS) * EACH + k), &e));
	summarise(CELLS);
	struct table other;
	table_init(&other, summary_columns, sizeof(struct summary));
	assert_int_equal(summary_make(&shuffled, &other, &e), 0);
	assert_int_equal(other.count, CELLS);
	for (size_t i = 0; i < CELLS; i++) {
		char a[CSV_LINE], b[CSV_LINE];
		csv_row_line(summary_columns, row(i), a, sizeof a);
		csv_row_line(summary_columns, table_row(&other, i), b, sizeof b);
		assert_string_equal(a, b);
	}
	table_free(&shuffled);
	table_free(&other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_tables, close_tables)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_samples_give_no_rows),
		TEST(one_cell_by_hand),
		TEST(failed_cells_stay_listed),
		TEST(speedups_by_hand),
		TEST(weak_scaling_by_hand),
		TEST(throughput_by_hand),
		TEST(the_serial_base_is_the_best_fit),
		TEST(equal_fits_go_to_the_first),
		TEST(other_problems_are_no_bases),
		TEST(ranks_have_the_base_of_any_meter),
		TEST(without_a_size_the_parameters_count),
		TEST(bytes_come_from_the_kernel),
		TEST(order_of_rows_does_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
