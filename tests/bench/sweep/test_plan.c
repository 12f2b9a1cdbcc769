/* SPDX-License-Identifier: MIT */
/* Plans: what a .sweep file multiplies out to, what is left out and why, and what is refused with file and
 * line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/sweep/plan.h"

static const unsigned counts[] = {1, 2, 4};
static const struct plan_machine machine = {.workers = counts, .worker_counts = 3, .most = 2};
static char path[] = "/tmp/parscale-plan-XXXXXX";

static int read_text(const char *text, struct plan *p, struct err *e)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	*e = (struct err){0};
	return plan_read(p, path, &machine, e);
}

static void accept(const char *text, struct plan *p)
{
	struct err e;
	if (read_text(text, p, &e) != 0)
		fail_msg("refused: %s", e.text);
}

static void refuse(const char *text, const char *where, const char *why)
{
	struct plan p;
	struct err e;
	assert_int_equal(read_text(text, &p, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
	assert_non_null(strstr(e.text, path));
	if (!strstr(e.text, where) || !strstr(e.text, why))
		fail_msg("'%s' says neither '%s' nor '%s'", e.text, where, why);
}

static bool has(const struct plan *p, const char *label)
{
	char text[PLAN_LABEL];
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(plan_label(&p->cells[i].cell, text), label) == 0)
			return true;
	return false;
}

static void the_product_less_what_is_impossible(void **state)
{
	struct plan p;
	(void)state;
	accept("kernel = noop\nbackend = serial, pthread\nworkers = auto # 1 2 4\nsize = 10, 1e3\nplacement = none\n",
		&p);
	assert_int_equal(p.count, 2 + 3 * 2); /* serial has one worker */
	assert_int_equal(p.omitted, 2 * 2);
	assert_non_null(strstr(p.omissions[0].reason, "serial"));
	assert_true(has(&p, "noop/reference/pthread/pool/static/4w/none/1000"));
	assert_int_equal(p.problems, 2);
	for (size_t i = 0; i < p.count; i++)
		for (size_t j = 0; j < p.count; j++)
			assert_true((p.cells[i].problem == p.cells[j].problem) ==
				    (p.cells[i].cell.size == p.cells[j].cell.size));
	plan_free(&p);
}

static void sections_begin_with_what_is_common(void **state)
{
	struct plan p;
	(void)state;
	accept("launches = 5\nprecision = 0.5%\nbudget = 2m\nbackend = pthread\nworkers = max, 1\n"
	       "[a]\nkernel = noop\nsize = 7\n[b]\nkernel = palindrome\nbackend = fork\nsize = 7\nvariant = reference\n[again]\nkernel = noop\nsize = 7\n",
		&p);
	assert_int_equal(p.count, 4); /* the same cell is not measured twice */
	assert_true(has(&p, "noop/reference/pthread/pool/static/2w/smt-last/7"));
	assert_true(has(&p, "palindrome/reference/fork/pool/static/1w/smt-last/7"));
	assert_int_equal(p.launches, 5);
	assert_true(p.precision == 0.005 && p.budget_seconds == 120);
	plan_free(&p);
}

static void workers_may_be_times_the_most(void **state)
{
	struct plan p;
	(void)state;
	accept("kernel = noop\nbackend = fork\nsize = 7\nworkers = max, 4max\nwait = active, passive\n", &p);
	assert_int_equal(p.count, 4);
	assert_true(has(&p, "noop/reference/fork/pool/static/8w/smt-last/wait=active/7"));
	assert_true(has(&p, "noop/reference/fork/pool/static/2w/smt-last/wait=passive/7"));
	plan_free(&p);
	refuse("kernel = noop\nbackend = fork\nworkers = 0max\n", ":3", "workers");
	refuse("kernel = noop\nbackend = fork\nworkers = 65max\n", ":3", "workers");
}

static void probes_are_named_once(void **state)
{
	struct plan p;
	(void)state;
	accept("kernel = noop\nprobe = spawn, return\nprobe-cases = all\nprobe-time = 50ms\n", &p);
	assert_int_equal(p.probe_count, 2);
	assert_string_equal(p.probes[1]->name, "return");
	assert_true(p.probe_cases == 1 && p.probe_seconds == 0.05);
	plan_free(&p);
	accept("kernel = noop\nprobe = all\n", &p);
	assert_true(p.probe_count >= 13 && p.probe_cases == 0);
	plan_free(&p);
	refuse("kernel = noop\nprobe = spawn, spawn\n", ":2", "twice");
	refuse("kernel = noop\nprobe = spwan\n", ":2", "pipesieve");
	refuse("kernel = noop\nprobe-cases = some\n", ":2", "quick");
}

static void all_is_what_there_is(void **state)
{
	struct plan p;
	(void)state;
	accept("kernel = noop, text\nvariant = all\nsize = 100\n", &p);
	assert_true(has(&p, "text/scalar/serial/pool/static/1w/smt-last/100"));
	assert_true(has(&p, "noop/reference/serial/pool/static/1w/smt-last/100"));
	for (size_t i = 0; i < p.omitted; i++) /* only what this CPU lacks, not what noop never had */
		assert_null(strstr(p.omissions[i].reason, "unknown"));
	plan_free(&p);
}

static void mistakes_have_a_line(void **state)
{
	(void)state;
	refuse("kernel = noop\nbackend = pthraed\n", ":2:", "pthraed");
	refuse("kernel = noop\n\ncolour = red\n", ":3:", "colour");
	refuse("kernel = noop\nsize = 10, 1e\n", ":2:", "1e");
	refuse("kernel = noop\nlength = 4\n", ":2:", "--length");
	refuse("kernel = noop\nsize =\n", ":2:", "empty");
	refuse("kernel = noop\nsize = 1,,2\n", ":2:", "empty");
	refuse("kernel = noop\nsize = 1\nsize = 2\n", ":3:", "twice");
	refuse("launches = 0\nkernel = noop\n", ":1:", "launches");
	refuse("precision = 3\nkernel = noop\n", ":1:", "precision");
	refuse("kernel = noop\n[x\n", ":2:", "[name]");
	refuse("kernel = noop\njust words\n", ":2:", "just words");
	refuse("size = 3\n", "", "kernel");
	refuse("", "", "kernel");
	refuse("kernel = noop\nbackend = serial\nworkers = 2\n", "", "no cell is possible");
	refuse("kernel = noop\nworkers = 0\n", ":2:", "--workers");
	struct plan p;
	struct err e = {0};
	assert_int_equal(plan_read(&p, "/nonexistent.sweep", &machine, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
}

/* A large machine's plan: each combination once. How long it takes, `make bench-self` says. */
static void many_cells_are_each_planned_once(void **state)
{
	enum { SIZES = 125, WORKERS = 100 };
	struct plan p;
	FILE *f = fopen(path, "w");
	(void)state;
	assert_non_null(f);
	fputs("kernel = noop\nbackend = pthread, fork\nlifetime = pool, spawn\nschedule = static, dynamic\nworkers = 1",
		f);
	for (int i = 2; i <= WORKERS; i++)
		fprintf(f, ",%d", i);
	fputs("\nsize = 1", f);
	for (int i = 2; i <= SIZES; i++)
		fprintf(f, ",%d", i);
	fclose(f);
	struct err e = {0};
	int status = plan_read(&p, path, &machine, &e);
	if (status != 0)
		fail_msg("%s", e.text);
	assert_int_equal(p.count, SIZES * WORKERS * 8);
	unsigned char *seen = calloc(SIZES * WORKERS, 1);
	assert_non_null(seen);
	for (size_t i = 0; i < p.count; i++) {
		const struct cell *c = &p.cells[i].cell;
		const uint64_t size = c->kernel->items(&c->problem);
		assert_true(size >= 1 && size <= SIZES);
		assert_true(c->workers >= 1 && c->workers <= WORKERS);
		seen[(size - 1) * WORKERS + c->workers - 1]++;
	}
	for (size_t i = 0; i < SIZES * WORKERS; i++)
		assert_int_equal(seen[i], 8);
	free(seen);
	plan_free(&p);
}

int main(void)
{
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_product_less_what_is_impossible),
		cmocka_unit_test(sections_begin_with_what_is_common), cmocka_unit_test(all_is_what_there_is),
		cmocka_unit_test(workers_may_be_times_the_most), cmocka_unit_test(probes_are_named_once),
		cmocka_unit_test(mistakes_have_a_line), cmocka_unit_test(many_cells_are_each_planned_once)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
