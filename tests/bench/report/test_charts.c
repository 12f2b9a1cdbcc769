/* SPDX-License-Identifier: MIT */
/* test_charts.c - charts of simulated sweeps: of 2 to 256 workers, 1 to 8 back ends, with holes, failures and
 * single samples. */
#include "bench/commands/command.h"
#include "tests/bench/report/reports.h"

#include "bench/report/breakeven.h"
#include "tests/bench/report/scenarios.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* The roofline: a hover text for each roof that was measured and each point. */
static void check_roofline(const struct dataset *d, size_t points, size_t roofs, const char *const *says)
{
	char *svg = slurp(d->dir, "plots/roofline.svg");
	for (; *says; says++)
		assert_says(svg, *says);
	assert_int_equal(occurrences(svg, "<title>"), points + roofs);
	free(svg);
}

static bool drawn(const struct plots *p, const char *stem)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->list[i].stem, stem) == 0)
			return true;
	return false;
}

static void every_chart_of_two_workers(void **state)
{
	static const char *const shown[] = {"speedup", "efficiency", "throughput", "ratio", "breakeven",
		"phases", "workers", "variants", "spread"};
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("two"), "two", &d, &p);
	for (size_t i = 0; i < 2 * (sizeof shown / sizeof *shown); i++) {
		char stem[64];
		snprintf(stem, sizeof stem, "%s-%s", shown[i / 2], i % 2 ? "sieve" : "palindrome");
		assert_true(drawn(&p, stem));
	}
	assert_true(drawn(&p, "overview") && drawn(&p, "roofline") && drawn(&p, "drift"));
	assert_false(drawn(&p, "weak-sieve") || drawn(&p, "against"));
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	static const char *const names[] = {"openmp, pool", "openmp, spawn", "pthread, pool",
		"pthread, spawn", "fork, pool", "fork, spawn"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char label[64];
		snprintf(label, sizeof label, "<text>%s</text>", names[i]);
		assert_says(svg, label);
	}
	assert_says(svg, "<text>ideal");
	assert_null(strstr(svg, ">failed<"));
	/* one hover text a point: 6 series, workers 1, 2, 4 */
	assert_int_equal(occurrences(svg, "<title>"), 18);
	assert_says(svg, "fork, spawn, 2 workers: speed-up ");
	assert_says(svg, "2 CPUs");
	free(svg);
	svg = slurp(d.dir, "plots/throughput-palindrome.svg");
	assert_says(svg, "<text>serial</text>");
	assert_says(svg, "L2 2 MiB");
	free(svg);
	svg = slurp(d.dir, "plots/ratio-sieve.svg");
	assert_says(svg, "fork / pthread, pool");
	assert_says(svg, "fork / openmp, spawn");
	assert_says(svg, ">not significant<");
	free(svg);
	svg = slurp(d.dir, "plots/workers-sieve.svg");
	assert_int_equal(occurrences(svg, "<title>"), 12); /* two workers of each way */
	assert_says(svg, "<text>fork, spawn: ");
	free(svg);
	svg = slurp(d.dir, "plots/variants-sieve.svg");
	assert_says(svg, "avx512");
	assert_says(svg, "×");
	free(svg);
	/* three sizes: on one worker five variants, on two one; in each panel read in four levels, copy and
	 * triad, three peaks of integers, one of multiply-add and of division */
	check_roofline(&d, 3 * 5 + 3, 22,
		(const char *const[]){"<text>1 worker</text>", "<text>2 workers</text>", "integers avx512 4",
			"division 1.5", "read L1 19", "read memory 2", "multiply-add 180 G/s",
			"palindrome avx512, serial, 1000: 3", " % of read</title>", NULL});
	charts_done(&d, &p);
}

static void break_even_has_figures_and_an_interval(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("two"), "two-even", &d, &p);
	char *svg = slurp(d.dir, "plots/breakeven-sieve.svg");
	assert_says(svg, ">faster than serial<");
	assert_says(svg, ">processes within 5 %<");
	assert_says(svg, ">at every size<");
	assert_int_equal(occurrences(svg, "sizes measured</title>"), 10); /* every row */
	free(svg);
	charts_done(&d, &p);
}

static void a_crossing_lies_between_sizes(void **state)
{
	(void)state;
	/* falls by the square root of the size: 1 at 1e4; ends of intervals a factor of two apart */
	struct ratios r = {.size = {100, 10000, 1000000},
		.ratio = {{10, 5, 20}, {1, 0.5, 2}, {0.1, 0.05, 0.2}},
		.count = 3};
	char text[CROSSING_TEXT];
	struct crossing c = crossing_find(&r, 1);
	assert_float_equal(c.at, 10000, 1);
	assert_float_equal(c.low, 2500, 1);
	assert_float_equal(c.high, 40000, 1);
	assert_int_equal(crossing_kind(&c), CROSSING_BETWEEN);
	assert_string_equal(crossing_text(&c, text), "10.0 k (2.50 k to 40.0 k)");
	c = crossing_find(&r, 30); /* below it everywhere, by all three */
	assert_int_equal(crossing_kind(&c), CROSSING_ALWAYS);
	c = crossing_find(&r, 0.04);
	assert_int_equal(crossing_kind(&c), CROSSING_NEVER);
	c = crossing_find(&r, 0.1); /* the upper end never gets there */
	assert_int_equal(crossing_kind(&c), CROSSING_BETWEEN);
	assert_string_equal(crossing_text(&c, text), "at least 250 k");
	r.ratio[2] = (struct ranged){0.1, NAN, NAN};
	c = crossing_find(&r, 1);
	assert_int_equal(crossing_kind(&c), CROSSING_UNDECIDED);
	r.count = 0;
	c = crossing_find(&r, 1);
	assert_int_equal(crossing_kind(&c), CROSSING_UNDECIDED);
}

static void holes_are_gaps_and_failures_are_marked(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("sixteen"), "sixteen", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_says(svg, "<text>failed</text>");
	size_t points = 0;
	for (size_t i = 0; i < d.summary.count; i++) {
		const struct summary *s = dataset_row(&d, i);
		points += row_ok(s) && strcmp(s->cell.kernel, "sieve") == 0 &&
			  strcmp(s->cell.backend, "serial") != 0 && s->cell.items.value == 1000000000;
	}
	assert_int_equal(occurrences(svg, "<title>"), points);
	free(svg);
	svg = slurp(d.dir, "plots/ratio-sieve.svg");
	assert_says(svg, ">failed<");
	free(svg);
	check_roofline(&d, 10, 16, (const char *const[]){NULL});
	charts_done(&d, &p);
}

static void readable_at_256_workers(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("many"), "many", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-palindrome.svg");
	assert_says(svg, "<text>USL of ");
	for (unsigned w = 1; w <= 256; w *= 2) {
		char tic[32];
		snprintf(tic, sizeof tic, "<text>%u</text>", w);
		assert_says(svg, tic);
	}
	free(svg);
	/* 128 workers of the one run that there is room for */
	svg = slurp(d.dir, "plots/workers-sieve.svg");
	assert_int_equal(occurrences(svg, "<title>"), 128);
	assert_says(svg, "worker 127 on CPU 127: ");
	assert_int_equal(occurrences(svg, " % of the run after"), 1);
	free(svg);
	check_roofline(&d, 4 * 5 + 4, 21, /* 8 MiB fit the second level of 128 */
		(const char *const[]){"<text>128 workers</text>", "integers avx512 6.1", NULL});
	charts_done(&d, &p);
}

static void eight_back_ends_and_odd_names(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("crowd"), "crowd", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_says(svg, "mpi, spawn");
	assert_says(svg, "a-back-end-with-a-name…, pool");
	assert_says(svg, "&lt;b>&amp;");
	free(svg);
	charts_done(&d, &p);
}

/* A bar over most of the axis is no data: its point is apart, and the key says what it is. */
static void what_is_too_noisy_is_faint(void **state)
{
	static const char *const sweeps[] = {"noisy", "page"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct dataset d;
		struct plots p;
		charts_draw(scenario_find(sweeps[i]), sweeps[i], &d, &p);
		char *svg = slurp(d.dir, "plots/efficiency-sieve.svg");
		assert_int_equal(strstr(svg, "<text>too noisy</text>") != NULL, i == 0);
		free(svg);
		charts_done(&d, &p);
	}
}

/* The overview has a column per kernel, and the values of both its panels to hover over. */
static void the_overview_has_every_kernel(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("two"), "two-over", &d, &p);
	assert_string_equal(p.list[0].stem, "overview");
	char *svg = slurp(d.dir, "plots/overview.svg");
	assert_says(svg, "<text>sieve, avx512</text>");
	assert_says(svg, "<text>palindrome, avx512</text>");
	/* of each: 6 series of 3 worker counts; 6 and serial at 3 sizes */
	assert_int_equal(occurrences(svg, "<title>"), 2 * (6 * 3 + 7 * 3));
	free(svg);
	charts_done(&d, &p);
}

static void weak_scaling_has_its_chart(void **state)
{
	struct simulation s = *scenario_find("two");
	struct dataset d;
	struct plots p;
	(void)state;
	s.weak = true;
	charts_draw(&s, "weak", &d, &p);
	assert_true(drawn(&p, "weak-sieve") && drawn(&p, "weak-palindrome"));
	char *svg = slurp(d.dir, "plots/weak-sieve.svg");
	assert_says(svg, "<text>1e9 numbers ");
	assert_says(svg, "fork, spawn, 2 workers: efficiency ");
	assert_int_equal(occurrences(svg, "<title>"), 18);
	free(svg);
	svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_int_equal(occurrences(svg, "<title>"), 18); /* and none of them here */
	free(svg);
	charts_done(&d, &p);
}

static void one_sample_has_no_interval(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	charts_draw(scenario_find("lonely"), "lonely", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_says(svg, "too few for intervals");
	assert_null(strstr(svg, " to "));
	free(svg);
	check_roofline(
		&d, 6, 22, (const char *const[]){"too few for intervals", "<text>2 workers</text>", NULL});
	charts_done(&d, &p);
}

/* A row of probes.csv; `worker` "" for neither. */
static struct probe_row *add_case(
	struct table *t, const char *mechanism, const char *worker, const char *metric, double ns)
{
	struct err e = {0};
	struct probe_row *r = table_add(t, NULL, &e);
	assert_non_null(r);
	snprintf(r->of.probe, sizeof r->of.probe, "spawn");
	snprintf(r->of.mechanism, sizeof r->of.mechanism, "%s", mechanism);
	snprintf(r->of.worker, sizeof r->of.worker, "%s", worker);
	snprintf(r->of.metric, sizeof r->of.metric, "%s", metric);
	snprintf(r->of.unit, sizeof r->of.unit, "ns");
	snprintf(r->status, sizeof r->status, ns > 0 ? "ok" : "failed");
	if (ns > 0) {
		r->median = ns;
		r->median_low = 0.9 * ns;
		r->median_high = 1.2 * ns;
	}
	return r;
}

static void add_rate(struct table *t, const char *mechanism, const char *setting, double rate)
{
	struct err e = {0};
	struct probe_row *r = table_add(t, NULL, &e);
	assert_non_null(r);
	snprintf(r->of.probe, sizeof r->of.probe, "return");
	snprintf(r->of.mechanism, sizeof r->of.mechanism, "%s", mechanism);
	snprintf(r->of.setting, sizeof r->of.setting, "%s", setting);
	snprintf(r->of.metric, sizeof r->of.metric, "rate");
	snprintf(r->of.unit, sizeof r->of.unit, "B/s");
	snprintf(r->status, sizeof r->status, rate > 0 ? "ok" : "failed");
	r->median = rate;
}

static void ways_to_return_are_lines_over_size(void **state)
{
	static const char *const sizes[] = {"8.00 B", "64.0 KiB", "1.00 MiB"};
	struct table t;
	struct dataset d;
	struct plots p;
	struct err e = {0};
	char path[160];
	(void)state;
	if (!has_gnuplot)
		skip();
	char *dir = simulated_in(scenario_find("lonely"), "returned");
	table_init(&t, probe_columns, sizeof(struct probe_row));
	for (size_t i = 0; i < 3; i++) {
		add_rate(&t, "pointer", sizes[i], 1e6 * (double)(i + 1));
		add_rate(&t, "pipe", sizes[i], i == 1 ? 0 : 1e5 * (double)(i + 1));
	}
	snprintf(path, sizeof path, "%s/probes.csv", dir);
	assert_int_equal(csv_write(path, &t, &e), 0);
	table_free(&t);
	assert_int_equal(dataset_open(&d, dir, &e), 0);
	assert_int_equal(plots_draw(&d, &p, &e), 0);
	assert_string_equal(p.warning, "");
	char *svg = slurp(d.dir, "plots/paths-return.svg");
	check_svg(svg, "paths-return");
	assert_says(svg, "<title>pointer, 64.0 KiB: 2.00 MB/s</title>");
	assert_int_equal(occurrences(svg, "<title>"), 5); /* what failed is a gap */
	assert_says(svg, "<text>64 KiB</text>");
	free(svg);
	charts_done(&d, &p);
}

static void probes_are_ladders(void **state)
{
	struct table t;
	struct dataset d;
	struct plots p;
	struct err e = {0};
	char path[160];
	(void)state;
	if (!has_gnuplot)
		skip();
	char *dir = simulated_in(scenario_find("lonely"), "probed");
	table_init(&t, probe_columns, sizeof(struct probe_row));
	add_case(&t, "fork 5 % of <&'", "process", "total", 120000);
	add_case(&t, "fork 5 % of <&'", "process", "call", 60000);
	add_case(&t, "pthread", "thread", "total", 9000);
	add_case(&t, "broken", "process", "total", 0);
	struct probe_row *noisy = add_case(&t, "wide", "thread", "total", 20000);
	noisy->median_low = 8000;
	noisy->median_high = 140000;
	snprintf(path, sizeof path, "%s/probes.csv", dir);
	assert_int_equal(csv_write(path, &t, &e), 0);
	table_free(&t);
	assert_int_equal(dataset_open(&d, dir, &e), 0);
	assert_int_equal(plots_draw(&d, &p, &e), 0);
	assert_string_equal(p.warning, "");
	char *svg = slurp(dir, "plots/probe-spawn.svg");
	check_svg(svg, "probe-spawn");
	assert_says(svg, "<title>pthread: 9.00 us (8.10 to 10.8 us)</title>");
	assert_int_equal(occurrences(svg, "<title>"), 3); /* neither the other number nor what failed */
	assert_int_equal(occurrences(svg, "<text>too noisy</text>"), 1); /* of the wide one, in the key */
	assert_says(svg, "<text>fork 5 % of &lt;&amp;'</text>");
	assert_says(svg, ">process<");
	assert_null(strstr(svg, ">neither<"));
	free(svg);
	charts_done(&d, &p);
	assert_int_equal(command(report_main, &e, dir, "--format=html", NULL), 0);
	char *html = slurp(dir, "report.html");
	assert_says(html, "<h2 id=\"probes\">");
	free(html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_chart_of_two_workers),
		cmocka_unit_test(break_even_has_figures_and_an_interval),
		cmocka_unit_test(a_crossing_lies_between_sizes),
		cmocka_unit_test(holes_are_gaps_and_failures_are_marked),
		cmocka_unit_test(readable_at_256_workers),
		cmocka_unit_test(eight_back_ends_and_odd_names),
		cmocka_unit_test(what_is_too_noisy_is_faint),
		cmocka_unit_test(the_overview_has_every_kernel),
		cmocka_unit_test(weak_scaling_has_its_chart),
		cmocka_unit_test(one_sample_has_no_interval),
		cmocka_unit_test(probes_are_ladders),
		cmocka_unit_test(ways_to_return_are_lines_over_size),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
