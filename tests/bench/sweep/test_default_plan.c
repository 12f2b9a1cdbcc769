/* SPDX-License-Identifier: MIT */
/*
 * test_default_plan.c - the plans that come with parscale, on machines of every size: the default one as it is resolved
 * is tests/golden/plans-default.txt, no cell of it is meaningless, and a sweep of it on a simulated machine has a report
 * that finds what was planted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/units.h"
#include "bench/data/summary.h"
#include "bench/report/breakeven.h"
#include "bench/report/report.h"
#include "bench/sweep/plan.h"
#include "tests/base/draw.h"
#include "tests/bench/report/reports.h"
#include "tests/bench/sweep/machines.h"

static struct machine_here here;

/* Plan NAME.sweep of the tree for one of the machines, which `here` is then. */
static void read_plan(size_t machine, const char *name, struct plan *p)
{
	const char *root = getenv("PARSCALE_ROOT");
	struct err e = {0};
	char path[4200];
	machine_plan(&machine_shapes[machine], &here);
	snprintf(path, sizeof path, "%.4000s/scripts/sweeps/%s.sweep", root ? root : ".", name);
	if (plan_read(p, path, &here.machine, &e) != 0)
		fail_msg("%s on %s: %s", name, machine_shapes[machine].name, e.text);
}

/* --- golden --- */

/* What makes a line of the golden file: a cell but for its workers and its variant, of which another CPU has others. */
static bool same_line(const struct planned *a, const struct planned *b)
{
	const struct cell *x = &a->cell, *y = &b->cell;
	return x->kernel == y->kernel && x->backend == y->backend && x->lifetime == y->lifetime &&
	       x->schedule == y->schedule && x->scaling == y->scaling && a->word == b->word &&
	       (a->word != SIZE_NO_WORD || x->size == y->size);
}

static bool seen_before(const struct plan *p, size_t i, bool workers_too)
{
	for (size_t j = 0; j < i; j++)
		if (same_line(&p->cells[j], &p->cells[i]) &&
			(!workers_too || p->cells[j].cell.workers == p->cells[i].cell.workers))
			return true;
	return false;
}

static double bytes_of(const struct cell *c)
{
	return c->kernel->item_bytes
		       ? (double)c->kernel->items(&c->problem) * c->kernel->item_bytes(&c->problem)
		       : 0;
}

static void print_line(FILE *out, const struct plan *p, size_t first)
{
	static const char *const scalings[] = {"", " weak", " throughput"};
	const struct planned *c = &p->cells[first];
	char text[32];
	double before = 0;
	fprintf(out, "  %s %s %s %s%s, ", c->cell.kernel->name, c->cell.backend->name,
		c->cell.lifetime ? "spawn" : "pool", c->cell.schedule ? "dynamic" : "static",
		scalings[c->cell.scaling]);
	if (c->word == SIZE_NO_WORD)
		fprintf(out, "%s:", units_size(c->cell.size, text));
	else
		fprintf(out, "%s:", size_word_name(c->word));
	for (size_t i = first; i < p->count; i++) {
		const struct planned *other = &p->cells[i];
		if (!same_line(c, other) || seen_before(p, i, true))
			continue;
		fprintf(out, " %u%s", other->cell.workers, other->spare ? "?" : "");
		if (c->word != SIZE_NO_WORD && bytes_of(&other->cell) != before)
			fprintf(out, " (%s)", units_bytes(before = bytes_of(&other->cell), text));
	}
	fputc('\n', out);
}

static void plans_are_golden(void **state)
{
	char *made = NULL;
	size_t size;
	FILE *out = open_memstream(&made, &size);
	(void)state;
	assert_non_null(out);
	fputs("The default plan on machines of every size: workers of each line of cells (variants are not told apart);\n"
	      "with a question mark those that are only launched where the curve bends.\n",
		out);
	for (size_t m = 0; m < MACHINES; m++) {
		struct plan p;
		double seconds = 0;
		size_t cells = 0;
		read_plan(m, "default", &p);
		for (size_t i = 0; i < p.count; i++) {
			if (p.cells[i].spare || seen_before(&p, i, true))
				continue;
			cells++;
			seconds += p.launches * plan_launch_seconds(&p, i);
		}
		fprintf(out, "\n%s: %zu cells, least launches below %.0f minutes\n", machine_shapes[m].name,
			cells, ceil(seconds / 60));
		for (size_t i = 0; i < p.count; i++)
			if (!seen_before(&p, i, false))
				print_line(out, &p, i);
		plan_free(&p);
	}
	assert_int_equal(fclose(out), 0);
	same_as_golden(made, "plans-default.txt");
	free(made);
}

/* --- no cell is meaningless --- */

static uint64_t last_caches(const struct shape *s)
{
	const uint64_t cores = (uint64_t)s->packages * (uint64_t)(s->fast + s->slow);
	return s->cores_of_l3 ? cores / (uint64_t)s->cores_of_l3 * s->l3
			      : cores / (uint64_t)s->cores_of_l2 * s->l2;
}

/* Numbers a second that a worker of a fast machine tests; what starting one in a pool costs there. */
static const double sieve_rate = 2e10, waking_seconds = 1e-6;

static bool strong_sieve(const struct cell *c)
{
	return strcmp(c->kernel->name, "sieve") == 0 && c->scaling == SCALING_STRONG &&
	       c->backend->max_workers > 1;
}

static void check_sieve(const char *machine, const struct plan *p)
{
	uint64_t least = UINT64_MAX, most = 0;
	const double workers = here.machine.most;
	for (size_t i = 0; i < p->count; i++) {
		const struct cell *c = &p->cells[i].cell;
		if (strong_sieve(c)) {
			least = c->size < least ? c->size : least;
			most = c->size > most ? c->size : most;
		} else if (strcmp(c->kernel->name, "sieve") == 0 && c->scaling != SCALING_STRONG &&
			   (double)c->size < 0.02 * sieve_rate) {
			fail_msg("%s: a worker's share takes less than 20 ms", machine);
		}
	}
	if ((double)most / workers < 0.02 * sieve_rate)
		fail_msg("%s: %g numbers are less than 20 ms of work for %g workers", machine, (double)most,
			workers);
	if (here.machine.most > 1 && (double)least / workers / sieve_rate > 100 * workers * waking_seconds)
		fail_msg("%s: launching %g workers does not show at %g numbers", machine, workers,
			(double)least);
}

/* What speed-ups are measured against: serial where there is none for the workers alone, and one worker. */
static void check_base(const char *machine, const struct plan *p, size_t i)
{
	const struct cell *c = &p->cells[i].cell;
	for (size_t j = 0; j < p->count; j++) {
		const struct cell *base = &p->cells[j].cell;
		if (base->kernel == c->kernel && base->variant == c->variant && base->size == c->size &&
			base->workers == 1 && base->scaling == c->scaling && !p->cells[j].spare)
			return;
	}
	fail_msg("%s: no base for %s at %u workers", machine, c->kernel->name, c->workers);
}

static void no_cell_is_meaningless(void **state)
{
	static const char *const names[] = {"quick", "default", "thorough"};
	static const double most_seconds[] = {120, PLAN_BUDGET_MOST, INFINITY}; /* of an hour, what fits */
	(void)state;
	for (size_t m = 0; m < MACHINES * 3; m++) {
		const struct shape *s = &machine_shapes[m / 3];
		const char *name = names[m % 3];
		struct plan p;
		char text[PLAN_LABEL];
		read_plan(m / 3, name, &p);
		for (size_t i = 0; i < p.count; i++) {
			const struct planned *c = &p.cells[i];
			const double bytes = bytes_of(&c->cell), copies = (double)cell_copies(&c->cell);
			if (bytes * copies > (double)s->memory / 2)
				fail_msg("%s: %s takes %g of %g bytes", s->name, plan_label(&c->cell, text),
					bytes, (double)s->memory);
			if (c->word == SIZE_MEMORY && bytes < 2 * (double)last_caches(s))
				fail_msg("%s: %s is in the caches", s->name, plan_label(&c->cell, text));
			if (c->cell.scaling == SCALING_STRONG && c->word == SIZE_NO_WORD &&
				c->cell.workers > 1 && c->cell.backend->max_workers > 1 &&
				strncmp(c->cell.backend->name, "fork-", 5) != 0)
				check_base(s->name, &p, i);
		}
		if (m % 3 > 0)
			check_sieve(s->name, &p);
		double seconds = 0;
		for (size_t i = 0; i < p.count; i++)
			seconds += p.cells[i].spare ? 0 : p.launches * plan_launch_seconds(&p, i);
		if (seconds > most_seconds[m % 3])
			fail_msg("%s: the launches of plan %s take %.0f s", s->name, name, seconds);
		plan_free(&p);
	}
}

/* --- a sweep of it, simulated --- */

/* The machine: a worker's rates, in items (sieve, heron) or bytes; costs of launching. Planted: sieve's workers hinder
 * each other, by CONTENTION in all when all work; a part of text's last worker comes late; palindromes are read almost as
 * fast as memory can be; roots scale as they should. */
static const double rate_of_others = 1e9, rate_of_roots = 2e7, rate_of_operations = 3e10,
		    rate_of_words = 40e9, vectors = 8, contention = 0.3, late = 0.2, near_memory = 0.93;
static const double bytes_a_second[] = {100e9, 50e9, 20e9, 12e9};

/* Of all workers together. */
static double memory_rate(double workers)
{
	return bytes_a_second[SIZE_MEMORY] * fmin(workers, fmax(1, here.machine.most / 4.0));
}

static bool streams(const struct cell *c)
{
	return c->kernel->ceiling == CEILING_READ || c->kernel->ceiling == CEILING_TRAFFIC;
}

/* What delivers the bytes of a cell. */
static enum size_word level_of(const struct planned *c, const struct shape *s, double workers)
{
	const double bytes = bytes_of(&c->cell), each = bytes / workers;
	if (c->word != SIZE_NO_WORD)
		return c->word;
	return each <= (double)s->l1             ? SIZE_L1
	       : each <= (double)s->l2           ? SIZE_L2
	       : bytes <= (double)last_caches(s) ? SIZE_L3
						 : SIZE_MEMORY;
}

static double planted_contention(void)
{
	return here.machine.most > 1 ? contention / (here.machine.most - 1) : 0;
}

static double compute_seconds(const struct planned *planned, const struct shape *s)
{
	const struct cell *c = &planned->cell;
	const double workers = fmin(c->workers, here.machine.most);
	const bool alone = strcmp(c->backend->name, "serial") == 0;
	const double items = (double)c->kernel->items(&c->problem) * (double)cell_copies(c);
	const enum size_word level = level_of(planned, s, workers);
	const double delivered =
		level == SIZE_MEMORY ? memory_rate(workers) : bytes_a_second[level] * workers;
	const bool plain =
		strcmp(c->variant->name, "scalar") == 0 || strcmp(c->variant->name, "reference") == 0;
	/* nothing is slow that is the best here */
	const double slow =
		plain && variant_find(c->kernel, "best", &(struct err){0}) != c->variant ? vectors : 1;
	const double bytes = bytes_of(c) * (double)cell_copies(c);
	if (streams(c))
		return bytes / delivered;
	if (c->kernel->ceiling == CEILING_OPERATIONS)
		return items / rate_of_operations / workers;
	if (strcmp(c->kernel->name, "palindrome") == 0)
		return slow * bytes / fmin(rate_of_words * workers, near_memory * delivered);
	if (strcmp(c->kernel->name, "sieve") == 0)
		return slow * items / sieve_rate / workers * (1 + planted_contention() * (workers - 1));
	if (strcmp(c->kernel->name, "heron") == 0)
		return slow * items / rate_of_roots / workers;
	if (strcmp(c->kernel->name, "text") == 0 && !alone && workers > 1)
		return slow * items / rate_of_others / workers / (1 - late);
	return slow * items / rate_of_others / workers;
}

/* Beyond what is computed. */
static double launch_seconds(const struct cell *c)
{
	const bool threads =
		strcmp(c->backend->name, "openmp") == 0 || strcmp(c->backend->name, "pthread") == 0;
	const double pool = 60e-6 + waking_seconds * c->workers;
	return c->backend->max_workers == 1 ? 100e-9
	       : c->lifetime == 0           ? pool
					    : pool + (threads ? 15e-6 : 90e-6) * c->workers;
}

static double planted_seconds(const struct planned *c, const struct shape *s)
{
	return compute_seconds(c, s) + launch_seconds(&c->cell);
}

enum { LAUNCHES = 6 };

static void add_samples(
	struct table *rows, const struct plan *p, size_t i, const struct shape *s, uint64_t *seed)
{
	const struct planned *c = &p->cells[i];
	const double compute = compute_seconds(c, s), launch = launch_seconds(&c->cell);
	const bool comes_late = strcmp(c->cell.kernel->name, "text") == 0 && c->cell.workers > 1;
	struct err e = {0};
	for (size_t k = 0; k < LAUNCHES; k++) {
		const double noise = exp(0.003 * draw_normal(seed));
		struct sample *row = table_add(rows, NULL, &e);
		assert_non_null(row);
		cell_factors(&c->cell, "native", &row->cell);
		row->launch_id = (struct uint_field){k * p->count + i, true};
		row->cell_id = (struct uint_field){i, true};
		row->block = (struct uint_field){k, true};
		row->sample = (struct uint_field){0, true};
		row->batch = (struct uint_field){1, true};
		row->stamp = 1767225600 + 60.0 * (double)k + 60 * draw_uniform(seed);
		strcpy(row->status, "ok");
		row->seconds = (compute + launch) * noise;
		row->startup_ns = 1e9 * launch * noise;
		row->compute_ns = 1e9 * compute * noise;
		row->touch_ns = row->return_ns = row->reap_ns = 0;
		row->imbalance_ns = comes_late ? late * row->compute_ns : 0.001 * row->compute_ns;
	}
}

static void write_manifest(const struct shape *s, const char *dir)
{
	const uint64_t bytes[CACHE_LEVELS] = {s->l1, s->l2, s->cores_of_l3 ? s->l3 : 0};
	char path[200];
	snprintf(path, sizeof path, "%s/manifest.json", dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f,
		"{\"schema\": 2, \"started\": 1767225600.0, \"end\": \"complete\",\n"
		" \"machine\": {\"model\": \"simulated: %s\", \"threads\": %u, \"usable\": %u, \"caches\": [",
		s->name, here.machine.most, here.machine.most);
	for (int level = 0; level < CACHE_LEVELS && bytes[level] > 0; level++) {
		int count = 0; /* domains are numbered in order */
		for (int i = 0; i < here.topology.count; i++)
			if (here.cpus[i].cache[level].domain >= count)
				count = here.cpus[i].cache[level].domain + 1;
		fprintf(f, "%s{\"level\": %d, \"bytes\": %.0f, \"count\": %d}", level ? ", " : "", level + 1,
			(double)bytes[level], count);
	}
	fputs("]},\n \"plan\": {\"meter\": \"native\", \"precision\": 0.02}}\n", f);
	assert_int_equal(fclose(f), 0);
}

/* The folder of a sweep of the plan that nobody ran. */
static void simulate_plan(const struct plan *p, const struct shape *s, char dir[128])
{
	static unsigned made;
	struct table samples, summary;
	struct err e = {0};
	uint64_t seed = 41;
	char path[200];
	snprintf(dir, 128, "%s/%u", folder, made++);
	assert_int_equal(mkdir(dir, 0777), 0);
	table_init(&samples, sample_columns, sizeof(struct sample));
	table_init(&summary, summary_columns, sizeof(struct summary));
	for (size_t i = 0; i < p->count; i++)
		if (!p->cells[i].spare)
			add_samples(&samples, p, i, s, &seed);
	snprintf(path, sizeof path, "%s/samples.csv", dir);
	assert_int_equal(csv_write(path, &samples, &e), 0);
	assert_int_equal(summary_make(&samples, &summary, &e), 0);
	snprintf(path, sizeof path, "%s/summary.csv", dir);
	assert_int_equal(csv_write(path, &summary, &e), 0);
	table_free(&summary);
	table_free(&samples);
	write_manifest(s, dir);
}

/* Planted seconds of the cell of a row, or of serial on the same problem. */
static double planted_of(const struct plan *p, const struct shape *s, const struct summary *row, bool serial)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct planned *c = &p->cells[i];
		struct factors f;
		cell_factors(&c->cell, "native", &f);
		if (strcmp(f.kernel, row->cell.kernel) == 0 && strcmp(f.variant, row->cell.variant) == 0 &&
			f.size.value == row->cell.size.value && strcmp(f.scaling, row->cell.scaling) == 0 &&
			(serial ? strcmp(f.backend, "serial") == 0
				: strcmp(f.backend, row->cell.backend) == 0 &&
						f.workers.value == row->cell.workers.value &&
						strcmp(f.lifetime, row->cell.lifetime) == 0))
			return planted_seconds(c, s);
	}
	fail_msg("%s: the plan has no such %s", s->name, row->cell.kernel);
	return NAN;
}

static const struct summary *focus_of(const struct dataset *d, const char *kernel)
{
	const struct summary *focus = dataset_focus(d, kernel);
	if (!focus)
		fail_msg("%s: no cell of %s", d->dir, kernel);
	return focus;
}

/* The speed-up over serial is what was planted, within its interval and a hundredth. */
static void check_speedup(
	const struct plan *p, const struct shape *s, const struct dataset *d, const char *kernel)
{
	const struct summary *focus = focus_of(d, kernel);
	const double planted = planted_of(p, s, focus, true) / planted_of(p, s, focus, false);
	assert_int_equal(focus->cell.workers.value, here.machine.most);
	if (planted < 0.99 * focus->serial_speedup_low || planted > 1.01 * focus->serial_speedup_high)
		fail_msg("%s: %s is %g times as fast as serial, not %g", s->name, kernel,
			focus->serial_speedup, planted);
}

static void check_limit(
	const struct shape *s, const struct dataset *d, const char *kernel, const char *wanted)
{
	char text[200] = "nothing";
	if (!report_limit(d, focus_of(d, kernel), text, sizeof text) || !strstr(text, wanted))
		fail_msg("%s: %s is limited by %s, not by %s", s->name, kernel, text, wanted);
}

/* Between the two sizes between which the workers begin to pay, where the line between their ratios crosses 1. */
static void check_break_even(const struct plan *p, const struct shape *s, const struct dataset *d)
{
	const struct summary *focus = focus_of(d, "sieve");
	double below = 0, below_ratio = 0, above = INFINITY, above_ratio = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct planned *c = &p->cells[i];
		struct summary row = *focus;
		struct factors f;
		cell_factors(&c->cell, "native", &f);
		row.cell.size = f.size;
		if (!strong_sieve(&c->cell) || strcmp(f.backend, focus->cell.backend) != 0 ||
			strcmp(f.lifetime, focus->cell.lifetime) != 0 ||
			f.workers.value != focus->cell.workers.value)
			continue;
		const double size = (double)f.size.value,
			     ratio = planted_of(p, s, &row, false) / planted_of(p, s, &row, true);
		if (ratio > 1 && size > below) {
			below = size;
			below_ratio = ratio;
		} else if (ratio < 1 && size < above) {
			above = size;
			above_ratio = ratio;
		}
	}
	struct ratios r;
	ratios_to_serial(d, &focus->cell, &r);
	const struct crossing c = crossing_find(&r, 1);
	const double at = below * exp(log(above / below) * log(below_ratio) / log(below_ratio / above_ratio));
	assert_true(below > 0 && isfinite(above));
	assert_int_equal(crossing_kind(&c), CROSSING_BETWEEN);
	if (at < 0.99 * c.low || at > 1.01 * c.high)
		fail_msg("%s: workers pay from %g (%g to %g) on, not from %g", s->name, c.at, c.low, c.high,
			at);
}

static void check_model(const struct shape *s, const struct dataset *d)
{
	const struct model_row *m = dataset_model(d, &focus_of(d, "sieve")->cell);
	if (!m || m->refused[0])
		fail_msg("%s: no scaling model of sieve: %s", s->name, m ? m->refused : "no series");
	else if (fabs(m->usl_contention / planted_contention() - 1) > 0.15)
		fail_msg("%s: contention is %g, not %g", s->name, m->usl_contention, planted_contention());
}

static void the_report_finds_what_was_planted(void **state)
{
	(void)state;
	for (size_t m = 0; m < MACHINES; m++) {
		const struct shape *s = &machine_shapes[m];
		struct plan p;
		struct dataset d;
		struct err e = {0};
		char dir[128];
		read_plan(m, "default", &p);
		simulate_plan(&p, s, dir);
		if (dataset_open(&d, dir, &e) != 0)
			fail_msg("%s: %s", s->name, e.text);
		if (here.machine.most > 1) {
			check_speedup(&p, s, &d, "sieve");
			check_speedup(&p, s, &d, "heron");
			check_limit(s, &d, "sieve", "contention");
			check_limit(s, &d, "heron", "compute");
			check_limit(s, &d, "text", "load imbalance");
			check_break_even(&p, s, &d);
		}
		if (here.machine.most > 4)
			check_model(s, &d);
		check_limit(s, &d, "palindrome",
			last_caches(s) * 2 > s->memory / 2 ? "L3 bandwidth" : "memory bandwidth");
		dataset_close(&d);
		plan_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_are_golden),
		cmocka_unit_test(no_cell_is_meaningless),
		cmocka_unit_test(the_report_finds_what_was_planted),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
