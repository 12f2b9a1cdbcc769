/* SPDX-License-Identifier: MIT */
/*
 * report_rules.c - the twelve rules of Hoefler and Belli (Scientific Benchmarking of Parallel
 * Computing Systems, SC15), each with the facts of this sweep.
 */
#include "base/units.h"
#include "bench/report/report.h"

#include <inttypes.h>
#include <string.h>

/* What the rows have in sum. */
struct tally_of_rows {
	size_t cells, serial, self, ordered, student, single, decided, bounded, of_memory, busy;
	uint64_t workers_most, launches_least, launches_most;
	double base_least, base_most;  /* seconds of serial bases */
	double widest, tail, pct_most; /* half-width, maximum over median, percent of ceiling */
};

static void add_row(struct tally_of_rows *t, const struct summary *s)
{
	const uint64_t launches = s->launches.value;
	t->cells++;
	t->workers_most = s->cell.workers.value > t->workers_most ? s->cell.workers.value : t->workers_most;
	t->launches_least = t->cells == 1 || launches < t->launches_least ? launches : t->launches_least;
	t->launches_most = launches > t->launches_most ? launches : t->launches_most;
	t->ordered += launches >= 6;
	t->student += launches < 6 && !isnan(s->median_low);
	t->single += launches < 6 && isnan(s->median_low);
	if (!isnan(s->serial_speedup)) {
		t->serial++;
		t->base_least = fmin(t->base_least, s->serial_seconds);
		t->base_most = fmax(t->base_most, s->serial_seconds);
	}
	t->self += isnan(s->self_speedup) ? 0 : 1;
	t->decided += s->serial_speedup_low > 1 || s->serial_speedup_high < 1;
	t->of_memory += strcmp(s->ceiling, "read") == 0;
	t->bounded += isnan(s->pct_of_ceiling) ? 0 : 1;
	t->pct_most = fmax(t->pct_most, s->pct_of_ceiling);
	t->widest = fmax(t->widest, (s->median_high - s->median_low) / 2 / s->median_seconds);
	t->tail = fmax(t->tail, s->max_seconds / s->median_seconds);
}

/* "kernel 4, variant 6, ...": the factors of which there are several levels. */
static void put_levels(const struct dataset *d, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (const struct column *c = summary_columns; c->name && used < size; c++) {
		size_t levels = 0;
		for (size_t i = 0; c->factor && i < d->summary.count; i++) {
			const char *at = (const char *)table_row(&d->summary, i) + c->offset;
			size_t j = 0;
			while (j < i &&
				memcmp((const char *)table_row(&d->summary, j) + c->offset, at, c->size) != 0)
				j++;
			levels += j == i;
		}
		if (levels > 1)
			used += (size_t)snprintf(
				text + used, size - used, "%s%s %zu", used ? ", " : "", c->name, levels);
	}
}

static double plan_number(const struct dataset *d, const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "plan.%s", name);
	return dataset_number(d, path);
}

void report_rules(const struct dataset *d, struct sentences *s)
{
	struct tally_of_rows t = {.base_least = INFINITY};
	const json_t *plan = json_object_get(d->manifest, "plan");
	const char *meter = json_string_value(json_object_get(plan, "meter"));
	char levels[300], least[UNITS_RANGE_BYTES] = "", most[UNITS_RANGE_BYTES] = "";
	s->count = 0;
	for (size_t i = 0; i < d->summary.count; i++)
		if (row_ok(dataset_row(d, i)))
			add_row(&t, dataset_row(d, i));
	if (t.cells == 0)
		return;
	put_levels(d, levels, sizeof levels);
	if (t.serial > 0) {
		units_seconds(t.base_least, least);
		units_seconds(t.base_most, most);
	}
	sentences_add(s,
		"Base of speed-ups: serial_speedup (%zu cells): back end serial, same variant%s%s%s%s. self_speedup "
		"(%zu cells): one worker of the same back end. Each row has its base's absolute time.",
		t.serial, t.serial ? ", " : "", least, t.serial ? " to " : "", most, t.self);
	sentences_add(s,
		"Subset: %zu combinations were skipped (reasons are listed below); at most %" PRIu64
		" workers on %u CPUs were measured.",
		json_array_size(json_object_get(plan, "left_out")), t.workers_most, dataset_cpus(d));
	sentences_add(s,
		"Rates are not averaged: in each of %zu cells a rate is all items over the median time.",
		t.cells);
	sentences_add(s, "Ratios are not averaged: each of %zu speed-ups is the ratio of two medians.",
		t.serial + t.self);
	sentences_add(s,
		"Nondeterminism: %zu of %zu cells have a 95 %% interval, from %" PRIu64 " to %" PRIu64
		" launches each; the widest is ±%.1f %%.",
		t.ordered + t.student, t.cells, t.launches_least, t.launches_most, 100 * t.widest);
	sentences_add(s,
		"Normality: not assumed in %zu cells (order statistics). %zu cells of two to five launches use "
		"Student's t on logarithms, with a variance shrunk towards that of all cells. %zu cells have too "
		"few launches for an interval.",
		t.ordered, t.student, t.single);
	sentences_add(s,
		"Comparisons: by intervals of ratios; of %zu speed-ups over serial, %zu have an interval that excludes 1. Two sweeps are "
		"compared by the Mann-Whitney test, programs of one sweep by Wilcoxon's test of pairs, both "
		"adjusted for the number of cells.",
		t.serial, t.decided);
	sentences_add(s,
		"Median: minimum, quartiles, maximum and every sample are kept too; the slowest sample took %.1f "
		"times its cell's median.",
		t.tail);
	sentences_add(s,
		"Factors and their numbers of levels: %s. manifest.json has machine, build, environment, plan and "
		"seed.",
		*levels ? levels : "none varies");
	const double launches = plan_number(d, "launches");
	if (isnan(launches))
		sentences_add(s, "Measurement: the plan is not in the manifest.");
	else
		sentences_add(s,
			"Measurement: meter %s, planned: at least %.0f launches of %.0f samples of at least %g ms each; "
			"warm-up: %.0f runs or until two agree. Workers start at one gate and read one monotonic "
			"clock; results are medians over launches.",
			meter ? meter : "unknown", launches, plan_number(d, "repetitions"),
			1000 * plan_number(d, "sample_seconds"), plan_number(d, "warmup"));
	sentences_add(s,
		"Upper bounds: %zu of %zu cells have a ceiling, measured in this sweep with the same number of workers: %zu "
		"memory bandwidth, %zu arithmetic. The closest reaches %.0f %% of it.",
		t.bounded, t.cells, t.of_memory, t.bounded - t.of_memory, t.pct_most);
	sentences_add(s,
		"Charts: lines join only ordered sizes, worker counts or times; bars are 95 %% intervals; all %zu "
		"samples, outliers included, are in the charts of repeatability and drift.",
		d->samples.count);
}
