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

#include "base/units.h"
#include "bench/sweep/plan.h"
#include "tests/bench/sweep/machines.h"

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

/* Values of one key may mean the same. */
static void the_same_cell_is_not_planned_twice(void **state)
{
	struct plan p;
	(void)state;
	accept("kernel = sieve\nvariant = best, scalar, all, best\nsize = 1000\n", &p);
	const size_t all = p.count;
	for (size_t i = 0; i < p.count; i++)
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(p.cells[i].cell.variant, p.cells[j].cell.variant);
	plan_free(&p);
	accept("kernel = sieve\nvariant = all\nsize = 1000, 1e3\n", &p);
	assert_int_equal(p.count, all);
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

/* --- sizes by the machine --- */

static void read_here(const char *text, const struct machine_here *h, struct plan *p)
{
	struct err e = {0};
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	if (plan_read(p, path, &h->machine, &e) != 0)
		fail_msg("refused: %s", e.text);
}

/* What a size is where the workers' shares are known: in the cache, and not in the one before. */
static void check_in_cache(
	const struct cell *c, enum size_word word, uint64_t bytes, const struct machine_here *h)
{
	struct place place;
	struct err e = {0};
	assert_int_equal(place_open(&place, c->placement, &h->topology, &e), 0);
	const struct cache_share share = place_caches(&place, c->workers);
	const uint64_t shares[] = {share.l1_bytes, share.l2_bytes, share.l3_bytes};
	const unsigned used = c->workers < (unsigned)place.count ? c->workers : (unsigned)place.count;
	place_close(&place);
	const uint64_t each = c->scaling == SCALING_STRONG ? bytes / used : bytes;
	assert_true(each <= shares[word]);
	for (int i = 0; i < (int)word; i++)
		assert_true(each > shares[i]);
}

/* Bytes of all last caches. */
static uint64_t all_caches(const struct shape *s)
{
	const uint64_t cores = (uint64_t)s->packages * (uint64_t)(s->fast + s->slow);
	return s->cores_of_l3 ? cores / (uint64_t)s->cores_of_l3 * s->l3
			      : cores / (uint64_t)s->cores_of_l2 * s->l2;
}

/* A plan by words, for every machine, as tests/golden/plans.txt has it; and what must be true of each cell. */
static void sizes_fit_the_machine(void **state)
{
	static struct machine_here h;
	const char *root = getenv("PARSCALE_ROOT"), *update = getenv("UPDATE_GOLDEN");
	char golden_path[300], *made = NULL;
	size_t made_size;
	FILE *out = open_memstream(&made, &made_size);
	(void)state;
	assert_non_null(out);
	for (size_t m = 0; m < MACHINES; m++) {
		const struct shape *s = &machine_shapes[m];
		struct plan p;
		machine_plan(s, &h);
		read_here(
			"backend = pthread\nworkers = auto\nsize = l1, l2, l3, memory\n"
			"[whole]\nkernel = read\nvariant = reference\n"
			"[each]\nkernel = palindrome\nvariant = reference\nscaling = weak\nworkers = 1, max\n",
			&h, &p);
		fprintf(out, "%s: %zu cells, %zu skipped\n", s->name, p.count, p.omitted);
		for (size_t i = 0; i < p.count; i++) {
			const struct planned *c = &p.cells[i];
			char text[32];
			fprintf(out, "  %s, %u workers, %s: %s\n", c->cell.kernel->name, c->cell.workers,
				size_word_name(c->word), units_bytes_exact(c->word_bytes, text));
			if (c->word < SIZE_MEMORY)
				check_in_cache(&c->cell, c->word, c->word_bytes, &h);
			else if (c->cell.scaling == SCALING_STRONG)
				assert_true(c->word_bytes >= 2 * all_caches(s));
			const uint64_t whole =
				c->word_bytes * (c->cell.scaling == SCALING_STRONG ? 1 : c->cell.workers);
			assert_true(whole <= s->memory / 2);
		}
		for (size_t i = 0; i < p.omitted; i++)
			fprintf(out, "  skipped %s: %s\n", p.omissions[i].label, p.omissions[i].reason);
		plan_free(&p);
	}
	assert_int_equal(fclose(out), 0);
	snprintf(golden_path, sizeof golden_path, "%.250s/tests/golden/plans.txt", root ? root : ".");
	if (update && *update) {
		FILE *f = fopen(golden_path, "w");
		assert_non_null(f);
		fputs(made, f);
		assert_int_equal(fclose(f), 0);
	}
	FILE *f = fopen(golden_path, "r");
	assert_non_null(f);
	char *golden = calloc(made_size + 2, 1);
	assert_non_null(golden);
	const size_t n = fread(golden, 1, made_size + 1, f);
	fclose(f);
	if (n != made_size || memcmp(golden, made, n) != 0)
		fail_msg(
			"%s is not what plans are now; refresh it with UPDATE_GOLDEN=1 and read the difference",
			golden_path);
	free(golden);
	free(made);
}

/* MiB of `size = memory` for a machine where reading levels off at so many MiB. */
static double memory_mib(size_t shape, const char *scaling, double alone, double share)
{
	static struct machine_here h;
	const struct cache_levels caches = {
		.workers = 2, .level_off_bytes = alone * MIB, .level_off_share = share * MIB};
	char text[80];
	struct plan p;
	machine_plan(&machine_shapes[shape], &h);
	h.machine.sized.caches = &caches;
	snprintf(text, sizeof text, "kernel = palindrome\nscaling = %s\nsize = memory\n", scaling);
	read_here(text, &h, &p);
	assert_int_equal(p.count, 1);
	const double mib = (double)p.cells[0].word_bytes / MIB;
	plan_free(&p);
	return mib;
}

static void memory_begins_where_reading_levels_off(void **state)
{
	(void)state;
	assert_true(
		memory_mib(1, "strong", 64, 32) == 128); /* in four times the caches both read from memory */
	assert_true(memory_mib(1, "strong", (double)NAN, (double)NAN) == 128);
	assert_true(memory_mib(1, "strong", 256, 32) == 256);
	assert_true(memory_mib(1, "strong", (double)NAN, 96) == 192);
	assert_true(memory_mib(1, "weak", 64, 160) == 160);
	assert_true(
		memory_mib(6, "strong", 160, (double)NAN) == 2560); /* of 16 caches a worker alone has one */
}

static const char *reason_of(const struct plan *p, const char *part)
{
	for (size_t i = 0; i < p->omitted; i++)
		if (strstr(p->omissions[i].label, part))
			return p->omissions[i].reason;
	return "";
}

static void sizes_that_cannot_be_say_why(void **state)
{
	static struct machine_here h;
	struct plan p;
	(void)state;
	machine_plan(&machine_shapes[3], &h); /* no L3, 16 GiB */
	read_here("kernel = read\nsize = l3, 64GiB, 1MiB\n", &h, &p);
	assert_int_equal(p.count, 1);
	assert_non_null(strstr(reason_of(&p, "l3"), "no L3"));
	assert_non_null(strstr(reason_of(&p, "64GiB"), "above the limit: 16.0 GiB"));
	plan_free(&p);
	machine_plan(&machine_shapes[2], &h); /* 508 MiB of L3 and 1 GiB of memory */
	read_here("kernel = read\nsize = memory, 1MiB\n", &h, &p);
	assert_int_equal(p.count, 1);
	assert_non_null(strstr(reason_of(&p, "memory"), "no room"));
	plan_free(&p);
	/* of a kernel that is not bound by memory there is no such size, and more of what all workers take is a number */
	read_here("kernel = noop\nbackend = pthread\nworkers = max\nsize = l1, 100max\n", &h, &p);
	assert_int_equal(p.count, 1);
	assert_int_equal(p.cells[0].cell.size, 200);
	plan_free(&p);
	refuse("kernel = noop\nsize = 1e19max\n", ":2", "2^64");
	refuse("kernel = noop\nsize = xmax\n", ":2", "'x'");
	refuse("kernel = noop\ncaches = guessed\n", ":2", "measured");
}

/* As long as the plan needs for its intervals, within limits. */
static void a_budget_by_the_plan(void **state)
{
	static struct machine_here h;
	struct plan p;
	(void)state;
	machine_plan(&machine_shapes[5], &h);
	read_here("kernel = noop\nsize = 7\nbudget = auto\n", &h, &p);
	assert_true(p.budget_seconds == PLAN_BUDGET_LEAST && !plan_measures_caches(&p));
	plan_free(&p);
	read_here("kernel = noop\nsize = 7\nbudget = auto\nlaunches = 5000\n", &h, &p);
	assert_true(p.budget_seconds > PLAN_BUDGET_LEAST && p.budget_seconds < PLAN_BUDGET_MOST);
	assert_true(plan_measures_caches(&p));
	plan_free(&p);
	read_here("kernel = noop\nsize = 7\nbudget = auto\nlaunches = 100000\ncaches = told\n", &h, &p);
	assert_true(p.budget_seconds == PLAN_BUDGET_MOST && !plan_measures_caches(&p));
	plan_free(&p);
	machine_plan(&machine_shapes[1], &h); /* two CPUs */
	read_here("kernel = noop\nsize = 7\nbudget = auto\nlaunches = 5000\n", &h, &p);
	assert_true(p.budget_seconds == PLAN_BUDGET_LEAST);
	plan_free(&p);
}

int main(void)
{
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_fit_the_machine),
		cmocka_unit_test(memory_begins_where_reading_levels_off),
		cmocka_unit_test(sizes_that_cannot_be_say_why), cmocka_unit_test(a_budget_by_the_plan),
		cmocka_unit_test(the_product_less_what_is_impossible),
		cmocka_unit_test(sections_begin_with_what_is_common),
		cmocka_unit_test(the_same_cell_is_not_planned_twice), cmocka_unit_test(all_is_what_there_is),
		cmocka_unit_test(workers_may_be_times_the_most), cmocka_unit_test(probes_are_named_once),
		cmocka_unit_test(mistakes_have_a_line), cmocka_unit_test(many_cells_are_each_planned_once)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
