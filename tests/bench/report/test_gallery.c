/* SPDX-License-Identifier: MIT */
/*
 * test_gallery.c - many machines beside each other: planted speeds are found, equal machines are not told apart, the
 * problem that is compared is that of most machines, and pages of 2 and of 20 machines are whole.
 */
#include "bench/commands/command.h"
#include "bench/report/gallery.h"
#include "tests/bench/report/reports.h"
#include "tests/bench/report/scenarios.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { CROWD = 20 };

/* A machine like all others but for its speed and its noise's seed. */
static struct simulation alike(double speed, uint64_t seed)
{
	return (struct simulation){.cpus = 4,
		.workers_most = 4,
		.samples = 24,
		.backends = one_backend,
		.lifetimes = only_pool,
		.variant = "avx2",
		.sizes = {1000000, 100000000},
		.n_sizes = 2,
		.speed = speed,
		.number = (unsigned)seed,
		.seed = 77 * seed};
}

struct crowd {
	struct gallery_folder folder[CROWD];
	char dir[CROWD][128];
	struct gallery_request request;
	struct gallery g;
};

/* Writes these machines and opens them as one gallery. */
static void crowd_open(struct crowd *c, const struct simulation *s, size_t n, const char *base)
{
	struct err e = {0};
	*c = (struct crowd){.request = {.folder = c->folder, .count = n, .base = base}};
	for (size_t i = 0; i < n; i++) {
		char name[GALLERY_NAME];
		snprintf(name, sizeof name, "machine%zu", i);
		snprintf(c->dir[i], sizeof c->dir[i], "%s", simulated_in(&s[i], name));
		c->folder[i] = (struct gallery_folder){.dir = c->dir[i], .price = NAN, .watts = NAN};
		memcpy(c->folder[i].name, name, sizeof name);
	}
	if (gallery_open(&c->g, &c->request, &e) != 0)
		fail_msg("%s", e.text);
}

static void planted_speeds_are_found(void **state)
{
	static const double speed[] = {1, 1.1, 0.8, 2, 1.03};
	enum { N = sizeof speed / sizeof *speed };
	struct simulation s[N];
	static struct crowd c;
	size_t covered = 0, all = 0;
	(void)state;
	for (size_t i = 0; i < N; i++)
		s[i] = alike(speed[i], i + 1);
	crowd_open(&c, s, N, "machine2");
	assert_int_equal(c.g.base, 2);
	assert_int_equal(c.g.machine[2].style, 1);
	assert_int_equal(c.g.in_common, 2);
	assert_int_equal(c.g.order[0], 3);
	assert_int_equal(c.g.order[N - 1], 2);
	for (size_t k = 0; k < c.g.kernels; k++)
		for (size_t m = 0; m < N; m++)
			for (int one = 0; one < 2; one++) {
				const struct gallery_entry *x = gallery_at(&c.g, k, m);
				const struct gallery_rate *r = one ? &x->one : &x->whole;
				const double truth = speed[m] / speed[2];
				if (m == 2) {
					assert_true(r->ratio.value == 1);
					continue;
				}
				all++;
				covered += r->ratio.low <= truth && truth <= r->ratio.high;
				assert_true(fabs(r->ratio.value / truth - 1) < 0.03);
				assert_int_equal(r->verdict, VERDICT_FASTER);
			}
	assert_true(covered * 10 >= all * 8); /* of 95 % intervals: 16 are expected to hold 15.2 times */
	gallery_close(&c.g);
}

static void equal_machines_are_not_told_apart(void **state)
{
	struct simulation s[CROWD];
	static struct crowd c;
	(void)state;
	for (size_t i = 0; i < CROWD; i++)
		s[i] = alike(1, i + 1);
	crowd_open(&c, s, CROWD, NULL);
	for (size_t k = 0; k < c.g.kernels; k++)
		for (size_t m = 1; m < CROWD; m++) {
			const enum verdict v = gallery_at(&c.g, k, m)->whole.verdict;
			assert_true(v == VERDICT_SAME || v == VERDICT_UNDECIDED);
		}
	gallery_close(&c.g);
}

/* Without samples the intervals of summary.csv decide. */
static void summaries_are_enough(void **state)
{
	const struct simulation s[] = {alike(1, 1), alike(1.5, 2)};
	static struct crowd c;
	struct err e = {0};
	(void)state;
	crowd_open(&c, s, 2, NULL);
	gallery_close(&c.g);
	for (size_t i = 0; i < 2; i++) {
		char path[160];
		snprintf(path, sizeof path, "%s/samples.csv", c.dir[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(gallery_open(&c.g, &c.request, &e), 0);
	assert_int_equal(gallery_at(&c.g, 0, 1)->whole.verdict, VERDICT_FASTER);
	assert_true(gallery_at(&c.g, 0, 1)->whole.p < 0.05);
	gallery_close(&c.g);
}

static void the_problem_is_that_of_most(void **state)
{
	struct simulation s[] = {alike(1, 1), alike(1, 2), alike(1, 3)};
	static struct crowd c;
	(void)state;
	s[2].n_sizes = 1; /* 1e6 alone: all three have that */
	crowd_open(&c, s, 3, NULL);
	assert_int_equal(c.g.kernel[0].problem->items.value, 1000000);
	assert_int_equal(c.g.kernel[0].having, 3);
	gallery_close(&c.g);
	s[2].sizes[0] = 1234; /* now two have 1e6 and 1e8: the larger, and the third has no rate */
	crowd_open(&c, s, 3, NULL);
	assert_int_equal(c.g.kernel[0].problem->items.value, 100000000);
	assert_int_equal(c.g.kernel[0].having, 2);
	assert_null(gallery_at(&c.g, 0, 2)->whole.row);
	assert_int_equal(gallery_at(&c.g, 0, 2)->whole.verdict, VERDICT_UNMEASURED);
	assert_int_equal(c.g.in_common, 0);
	assert_true(isnan(c.g.machine[1].mean.value));
	gallery_close(&c.g);
}

static size_t rows_after(const char *md, const char *head)
{
	const char *at = strstr(md, head);
	size_t n = 0;
	assert_non_null(at);
	for (at = strstr(at, "\n| --- |"); at && (at = strchr(at + 1, '\n')) != NULL && at[1] == '|';)
		n++;
	return n;
}

static void twenty_machines_fill_a_page(void **state)
{
	static struct crowd c;
	struct simulation s[CROWD];
	struct err e = {0};
	char out[160];
	(void)state;
	for (unsigned i = 0; i < CROWD; i++) {
		s[i] = scenario_machine(i + 1);
		s[i].workers_most = s[i].workers_most > 16 ? 16 : s[i].workers_most;
	}
	crowd_open(&c, s, CROWD, "machine3");
	gallery_close(&c.g);
	snprintf(out, sizeof out, "%s/page", folder);
	c.request.out = out;
	c.folder[0].watts = 65;
	c.folder[3].watts = 30;
	assert_int_equal(gallery_write(&c.request, &e), 0);
	char *html = slurp(out, "gallery.html"), *md = slurp(out, "gallery.md");
	assert_int_equal(rows_after(md, "## Machines"), CROWD);
	assert_int_equal(rows_after(md, "### All CPUs: rate over the base's"), CROWD);
	assert_int_equal(rows_after(md, "### What it costs"), 2);
	assert_int_equal(rows_after(md, "## Confidence"), CROWD);
	assert_says(md, "| machine4 | poor | noisy");
	assert_says(md, "| machine3 | with care | warnings: governor");
	assert_says(md, "Builds differ in compiler: gcc 12.2.0 (machine0, machine2");
	assert_says(md, "Simulated machines are among these");
	assert_says(html, "Warning: builds differ");
	if (has_gnuplot) {
		/* ratios; rate, speed-up and throughput of two kernels */
		assert_int_equal(occurrences(html, "<svg"), 7);
		char *svg = slurp(out, "plots/machines_speedup-sieve.svg");
		check_svg(svg, "machines_speedup-sieve.svg");
		for (size_t i = 0; i < CROWD; i++)
			assert_says(svg, c.folder[i].name);
		free(svg);
	}
	free(html);
	free(md);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted_speeds_are_found),
		cmocka_unit_test(equal_machines_are_not_told_apart),
		cmocka_unit_test(summaries_are_enough),
		cmocka_unit_test(the_problem_is_that_of_most),
		cmocka_unit_test(twenty_machines_fill_a_page),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
