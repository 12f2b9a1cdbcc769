/* SPDX-License-Identifier: MIT */
/*
 * cases.c - registers every combination that this machine can run with Google Benchmark.
 *
 * Google Benchmark calls a case several times in a row while it looks for an iteration count. The
 * trial (input, workers) is therefore kept between calls, and made anew when another case begins.
 */
#include "bench/gbench/cases.h"

#include "base/paths.h"
#include "bench/gbench/gbench.h"
#include "bench/harness/trial.h"
#include "bench/harness/verify.h"
#include "kernels/cpu.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double RUN_TIMEOUT_SECONDS = 3600;

struct one {
	struct cases *all;
	struct cell cell;
	struct one *next;
};

struct cases {
	struct topology topology;
	struct one *first;
	uint64_t failed;

	/* Cases that are only listed. */
	const regex_t *filter; /* NULL: all */
	bool others;           /* those that do not match it */
	bool listing;
	int64_t listed;

	/* The case that is being measured: Google Benchmark calls it several times in a row. */
	const struct one *current;
	struct trial *trial;
	struct expected expected; /* the same for all cases of a kernel and size */
	const struct cell *expected_of;
};

static void leave(struct cases *all)
{
	trial_close(all->trial);
	all->trial = NULL;
	all->current = NULL;
}

static int enter(struct cases *all, const struct one *c, struct err *e)
{
	char program[4096];
	const struct trial_plan plan = {.cell = &c->cell,
		.topology = &all->topology,
		.timeout_seconds = RUN_TIMEOUT_SECONDS,
		.program = paths_beside("parscale", program, sizeof program)};
	const struct cell *known = all->expected_of;
	struct timing warm;
	if (!known || known->kernel != c->cell.kernel || known->size != c->cell.size) {
		all->expected_of = NULL;
		if (verify_expect(&c->cell, &all->expected, e) != 0)
			return -1;
		all->expected_of = &c->cell;
	}
	all->trial = trial_open(&plan, e);
	if (!all->trial)
		return -1;
	all->current = c;
	return trial_run(all->trial, 1, &warm, e);
}

static int measure(const struct one *c, uint64_t times, double *seconds, struct err *e)
{
	struct cases *all = c->all;
	struct timing mean;
	if (all->current != c) {
		leave(all);
		if (enter(all, c, e) != 0)
			return -1;
	}
	if (trial_run(all->trial, times, &mean, e) != 0)
		return -1;
	*seconds = mean.total_ns / 1e9;
	if (verify_matches(&all->expected, mean.tally))
		return 0;
	return err_set(e, ERR_FAILED, "wrong answer: count %" PRIu64 ", but %s says %" PRIu64,
		mean.tally.count, all->expected.source, all->expected.tally.count);
}

static int run(void *ctx, uint64_t times, double *seconds, char *why, size_t why_size)
{
	const struct one *c = ctx;
	struct err e = {0};
	if (measure(c, times, seconds, &e) == 0)
		return 0;
	snprintf(why, why_size, "%s", e.text);
	leave(c->all);
	c->all->failed += e.status != ERR_ABSENT;
	return -1;
}

static void list(struct cases *all, const char *name)
{
	if (all->filter && (regexec(all->filter, name, 0, NULL, 0) == 0) == all->others)
		return;
	printf("%s\n", name);
	all->listed++;
}

static int add(struct cases *all, const struct cell *cell, struct err *e)
{
	char name[400];
	struct factors f;
	cell_factors(cell, "gbench", &f);
	snprintf(name, sizeof name, "%s/%s/%s/%s/%s/workers:%u/size:%" PRIu64, f.kernel, f.variant, f.backend,
		f.lifetime, f.schedule, cell->workers, cell->size);
	if (all->listing) {
		list(all, name);
		return 0;
	}
	struct one *c = malloc(sizeof *c);
	if (!c)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	*c = (struct one){.all = all, .cell = *cell, .next = all->first};
	all->first = c;
	const double items = (double)f.items.value;
	const double item_bytes = cell->kernel->item_bytes ? cell->kernel->item_bytes(&cell->problem) : 0;
	gbench_register(&(struct gbench_case){
		.name = name, .run = run, .ctx = c, .items = items, .bytes = items * item_bytes});
	return 0;
}

/* The cells of a kernel, variant and size; those that cannot be (two serial workers) are left out. */
static int add_teams(struct cases *all, struct cell *cell, const struct cases_values *workers, struct err *e)
{
	for (const struct backend *const *b = backends; *b; b++)
		for (unsigned i = 0; !(*b)->missing && !(*b)->host && i < 4 * workers->count; i++) {
			struct cell one = *cell;
			struct err impossible = {0};
			one.backend = *b;
			one.lifetime = i / 2 % 2 ? LIFETIME_SPAWN : LIFETIME_POOL;
			one.schedule = i % 2 ? SCHEDULE_DYNAMIC : SCHEDULE_STATIC;
			one.workers = (unsigned)workers->values[i / 4];
			if (cell_finish(&one, &impossible) == 0 && add(all, &one, e) != 0)
				return -1;
		}
	return 0;
}

/* 1000000001 items make a size of 1000000000. */
static uint64_t two_digits(uint64_t n)
{
	uint64_t unit = 1;
	while (n / unit >= 100)
		unit *= 10;
	return n / unit * unit;
}

static struct cases_values default_sizes(const struct kernel *k)
{
	struct problem p;
	problem_init(&p);
	const uint64_t whole = two_digits(k->items(&p));
	struct cases_values sizes = {.count = 0};
	for (uint64_t divisor = 1000; divisor > 0; divisor = divisor == 1000 ? 100 : divisor == 100 ? 1 : 0)
		if (whole / divisor > 0)
			sizes.values[sizes.count++] = whole / divisor;
	return sizes;
}

static struct cases_values default_workers(const struct topology *t)
{
	struct worker_count counts[CASES_MOST_VALUES];
	struct cases_values workers = {.count = 0};
	int n = place_worker_counts(t, counts, CASES_MOST_VALUES);
	for (int i = 0; i < n; i++)
		workers.values[workers.count++] = counts[i].workers;
	return workers;
}

static int add_all(struct cases *all, const struct cases_values *said_sizes,
	const struct cases_values *workers, struct err *e)
{
	char why[120];
	for (const struct kernel *const *k = kernels; *k; k++) {
		const struct cases_values sizes = said_sizes->count ? *said_sizes : default_sizes(*k);
		for (unsigned i = 0; i < sizes.count; i++)
			for (const struct variant *const *v = (*k)->variants; *v; v++) {
				struct cell cell;
				if (variant_missing(*v, cpu_features(), why))
					continue;
				if (cell_init(&cell, (*k)->name, e) != 0)
					return -1;
				cell.variant = *v;
				cell.size = sizes.values[i];
				if (add_teams(all, &cell, workers, e) != 0)
					return -1;
			}
	}
	return 0;
}

static int fill(struct cases *all, const struct cases_values *sizes, const struct cases_values *workers,
	struct err *e)
{
	if (topology_read(&all->topology, "", e) != 0 ||
		(!all->listing && topology_check_here(&all->topology, e) != 0))
		return -1;
	const struct cases_values counts = workers->count ? *workers : default_workers(&all->topology);
	return add_all(all, sizes, &counts, e);
}

struct cases *cases_register(
	const struct cases_values *sizes, const struct cases_values *workers, struct err *e)
{
	struct cases *all = calloc(1, sizeof *all);
	if (!all) {
		err_blame(e, CAUSE_MEMORY, "out of memory");
		return NULL;
	}
	if (fill(all, sizes, workers, e) == 0)
		return all;
	cases_free(all);
	return NULL;
}

int64_t cases_list(const struct cases_values *sizes, const struct cases_values *workers, const char *filter,
	struct err *e)
{
	struct cases all = {.listing = true};
	regex_t compiled;
	/* Google Benchmark takes "all" for everything */
	if (filter && *filter && strcmp(filter, "all") != 0) {
		all.others = *filter == '-';
		if (regcomp(&compiled, filter + all.others, REG_EXTENDED | REG_NOSUB) != 0)
			return err_set(
				e, ERR_USAGE, "--benchmark_filter: '%s' is no regular expression", filter);
		all.filter = &compiled;
	}
	int status = fill(&all, sizes, workers, e);
	topology_free(&all.topology);
	if (all.filter)
		regfree(&compiled);
	return status == 0 ? all.listed : -1;
}

uint64_t cases_failed(const struct cases *all)
{
	return all->failed;
}

void cases_free(struct cases *all)
{
	leave(all);
	for (struct one *c = all->first, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	topology_free(&all->topology);
	free(all);
}
