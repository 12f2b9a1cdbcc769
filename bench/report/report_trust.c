/* SPDX-License-Identifier: MIT */
/*
 * report_trust.c - the sentences on how far the sweep can be trusted, and on changes against
 * another.
 */
#include "bench/report/report.h"

#include "bench/data/drift.h"
#include "bench/data/outlier.h"
#include "bench/stats/stats.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void sentences_add(struct sentences *s, const char *format, ...)
{
	va_list args;
	if (s->count == REPORT_SENTENCES)
		return;
	va_start(args, format);
	vsnprintf(s->text[s->count++], sizeof s->text[0], format, args);
	va_end(args);
}

struct report_precision report_precision(const struct dataset *d)
{
	const double asked = dataset_number(d, "plan.precision");
	struct report_precision p = {.asked = asked > 0 ? asked : 0.02, .typical = NAN};
	double *half = calloc(d->summary.count, sizeof *half);
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *row = dataset_row(d, i);
		const double width = (row->median_high - row->median_low) / 2 / row->median_seconds;
		if (!row_ok(row))
			continue;
		p.cells++;
		if (half && !isnan(width))
			half[p.known++] = width;
		p.within += width <= p.asked;
	}
	if (p.known > 0) {
		stats_sort(half, p.known);
		p.typical = stats_median(half, p.known);
	}
	free(half);
	return p;
}

bool report_noisy(const struct report_precision *p)
{
	return p->cells > 0 && 4 * p->within < p->cells &&
	       (2 * p->known < p->cells || p->typical > report_margin);
}

/* How many samples there are, how narrow they make the intervals, how many are missing. */
static void say_counts(const struct dataset *d, struct sentences *s)
{
	const struct report_precision p = report_precision(d);
	uint64_t samples = 0, bad = 0, wrong = 0;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *row = dataset_row(d, i);
		bad += row->rejected.known ? row->rejected.value : 0;
		samples += row_ok(row) ? row->samples.value : 0;
	}
	for (size_t i = 0; i < d->samples.count; i++)
		wrong += strcmp(((const struct sample *)table_row(&d->samples, i))->status, "wrong") == 0;
	if (samples == 0)
		sentences_add(s, "No sample is good: nothing was measured.");
	else if (p.known == 0)
		sentences_add(s,
			"%" PRIu64
			" samples of %zu cells, all answers verified; too few launches for any 95 %% "
			"interval.",
			samples, p.cells);
	else
		sentences_add(s,
			"%" PRIu64
			" samples of %zu cells, all answers verified. %zu cells (%.0f %%) reached the "
			"precision asked for (±%g %%); the median 95 %% interval is ±%.1f %%.",
			samples, p.cells, p.within, 100 * (double)p.within / (double)p.cells, 100 * p.asked,
			100 * p.typical);
	if (bad > 0)
		sentences_add(s,
			"Failures: %" PRIu64 " samples, %" PRIu64
			" of them with a wrong answer. They are listed below and enter no other number.",
			bad, wrong);
}

/* Whether every cell of the plan has had the launches that the plan wants of each. */
static bool plan_fulfilled(const struct dataset *d)
{
	const json_t *plan = json_object_get(d->manifest, "plan"), *cells = json_object_get(plan, "cells");
	const json_int_t launches = json_integer_value(json_object_get(plan, "launches"));
	size_t fulfilled = 0;
	for (size_t i = 0; i < d->summary.count; i++)
		fulfilled += (json_int_t)dataset_row(d, i)->launches.value >= launches;
	return launches > 0 && fulfilled > 0 && fulfilled == json_array_size(cells);
}

static void say_end(const struct dataset *d, struct sentences *s, const char *end)
{
	if (strcmp(end, "budget") == 0 && plan_fulfilled(d))
		sentences_add(s, "Budget: it ended before every cell reached the precision asked for.");
	else if (strcmp(end, "complete") != 0)
		sentences_add(s,
			"Incomplete: the sweep did not finish (%s); some cells have fewer samples or none.",
			end);
}

/* What the canary tells of the machine's speed over the sweep; its cell's name. False: there is none. */
static bool canary(const struct dataset *d, struct drift *t, char *name, size_t size)
{
	const json_t *id_json = json_object_get(json_object_get(d->manifest, "plan"), "canary");
	const uint64_t id = (uint64_t)json_integer_value(id_json);
	struct err none = {0};
	*name = '\0';
	if (!json_is_integer(id_json) || drift_of_cell(&d->samples, id, t, &none) != 0)
		return false;
	for (size_t i = 0; i < d->samples.count && !*name; i++) {
		const struct sample *row = table_row(&d->samples, i);
		if (row->cell_id.known && row->cell_id.value == id)
			cell_name(&row->cell, name, size);
	}
	return *name;
}

static void say_canary(const struct dataset *d, struct sentences *s)
{
	struct drift t;
	char name[160];
	if (!canary(d, &t, name, sizeof name))
		return;
	if (t.verdict == DRIFT_UNKNOWN)
		sentences_add(s,
			"Drift: unknown. The canary, one cell repeated through the sweep (%s), ran %zu times; the test needs %d.",
			name, t.launches, DRIFT_FEWEST);
	else
		sentences_add(s,
			"Drift: %s. The canary (%s), launched %zu times, once per block, varies by up to %.1f %% "
			"between parts of the sweep (p %s %.2g, permutation test).%s",
			t.verdict == DRIFT_DRIFTED ? "the machine changed speed"
			: t.range > 0.02           ? "none beyond the scatter of launches"
						   : "none",
			name, t.launches, 100 * t.range, t.p_value < 0.001 ? "<" : "=",
			fmax(t.p_value, 0.001),
			t.verdict == DRIFT_DRIFTED ? " Random order spreads that evenly over all cells."
						   : "");
}

/* How many samples are far off, and what for. */
static void say_outliers(const struct dataset *d, struct sentences *s)
{
	struct outliers o;
	struct err none = {0};
	char reasons[400] = "";
	size_t used = 0;
	if (outliers_find(&d->samples, &o, &none) == 0 && o.of > 0) {
		for (size_t r = 0; r < OUTLIER_REASON_COUNT && used < sizeof reasons; r++)
			if (o.by_reason[r] > 0)
				used += (size_t)snprintf(reasons + used, sizeof reasons - used, "%s%s %zu",
					used ? ", " : "", outlier_words[r], o.by_reason[r]);
		sentences_add(s,
			"Outliers: %zu of %zu samples lie beyond Tukey's fences and more than 5 %% from their "
			"cell's median. All are kept%s%s.",
			o.count, o.of, used ? ". Attributed to: " : "", reasons);
	}
	outliers_free(&o);
}

void report_trust(const struct dataset *d, struct sentences *s)
{
	const char *host = dataset_text(d, "machine.hypervisor"), *end = dataset_text(d, "end");
	double drift = course_worst(d);
	size_t i;
	json_t *finding;
	s->count = 0;
	say_counts(d, s);
	if (end)
		say_end(d, s, end);
	say_canary(d, s);
	say_outliers(d, s);
	if (drift > 100 * report_margin)
		sentences_add(s,
			"Drift: for part of the sweep, samples were up to %.0f %% off their cells' medians.",
			drift);
	if (host)
		sentences_add(s, "Virtual machine (%s): other load on its host is not visible.", host);
	json_array_foreach(json_object_get(d->manifest, "findings"), i, finding)
	{
		const char *grade = json_string_value(json_object_get(finding, "grade"));
		const char *topic = json_string_value(json_object_get(finding, "topic"));
		const char *says = json_string_value(json_object_get(finding, "says"));
		if (grade && topic && says && strcmp(grade, "warning") == 0)
			sentences_add(s, "%s: %s.", topic, says);
	}
}

/* Adds a reason, after a semicolon where it is not the first. */
static void add_reason(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add_reason(char *text, size_t size, const char *format, ...)
{
	va_list args;
	size_t used = strlen(text);
	if (used > 0 && used + 2 < size) {
		memcpy(text + used, "; ", 3);
		used += 2;
	}
	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

/* The topics of the findings that warn, as one reason; how many. */
static size_t add_warnings(const struct dataset *d, char *text, size_t size)
{
	char topics[200] = "";
	size_t i, n = 0;
	json_t *finding;
	json_array_foreach(json_object_get(d->manifest, "findings"), i, finding)
	{
		const char *grade = json_string_value(json_object_get(finding, "grade"));
		const char *topic = json_string_value(json_object_get(finding, "topic"));
		const size_t used = strlen(topics);
		if (!grade || !topic || strcmp(grade, "warning") != 0)
			continue;
		snprintf(topics + used, sizeof topics - used, "%s%.40s", n++ ? ", " : "", topic);
	}
	if (n > 0)
		add_reason(text, size, "warnings: %s", topics);
	return n;
}

const char *const trust_words[] = {"good", "with care", "poor"};

enum trust report_verdict(const struct dataset *d, char *text, size_t size)
{
	const struct report_precision p = report_precision(d);
	const char *end = dataset_text(d, "end");
	const bool ended = !end || strcmp(end, "complete") == 0 || strcmp(end, "budget") == 0;
	const double course = course_worst(d);
	struct drift t;
	char name[160];
	uint64_t bad = 0;
	enum trust verdict = TRUST_GOOD;
	*text = '\0';
	for (size_t i = 0; i < d->summary.count; i++)
		bad += dataset_row(d, i)->rejected.known ? dataset_row(d, i)->rejected.value : 0;
	if (report_noisy(&p)) {
		verdict = TRUST_POOR;
		if (p.known > 0)
			add_reason(
				text, size, "noisy: the median 95 %% interval is ±%.0f %%", 100 * p.typical);
		else
			add_reason(text, size, "too few launches for intervals");
	}
	if (canary(d, &t, name, sizeof name) && t.verdict == DRIFT_DRIFTED) {
		verdict = TRUST_POOR;
		add_reason(text, size, "the machine changed speed by %.0f %%", 100 * t.range);
	} else if (course > 100 * report_margin) {
		verdict = TRUST_POOR;
		add_reason(text, size, "samples drifted by up to %.0f %%", course);
	}
	if (!ended)
		add_reason(text, size, "the sweep did not finish (%.40s)", end);
	if (bad > 0)
		add_reason(text, size, "%" PRIu64 " samples failed", bad);
	const size_t warnings = add_warnings(d, text, size);
	if (verdict == TRUST_GOOD && (!ended || bad > 0 || warnings > 0))
		verdict = TRUST_CARE;
	if (p.known > 0 && !report_noisy(&p))
		add_reason(text, size, "%.0f %% of the cells within ±%g %%",
			100 * (double)p.within / (double)p.cells, 100 * p.asked);
	return verdict;
}

/* With one base; `lead` is in front of each sentence. */
static void add_changes(const struct dataset_base *b, const char *lead, struct sentences *s)
{
	const struct comparison *worst = NULL, *best = NULL;
	const size_t *n = b->result.verdicts;
	char name[160];
	if (b->compared.count == 0) {
		sentences_add(s, "%s has no cell in common with this sweep.", b->dir);
		return;
	}
	for (size_t i = 0; i < b->compared.count; i++) {
		const struct comparison *c = table_row(&b->compared, i);
		if (comparison_verdict(c) == VERDICT_SLOWER && (!worst || c->ratio > worst->ratio))
			worst = c;
		if (comparison_verdict(c) == VERDICT_FASTER && (!best || c->ratio < best->ratio))
			best = c;
	}
	sentences_add(s,
		"%sOf %zu cells in common, %zu are slower, %zu faster, %zu the same within %.0f %%, %zu undecided, "
		"%zu not measured.",
		lead, b->compared.count, n[VERDICT_SLOWER], n[VERDICT_FASTER], n[VERDICT_SAME],
		100 * b->rules.margin, n[VERDICT_UNDECIDED], n[VERDICT_UNMEASURED]);
	if (worst) {
		cell_name(&worst->cell, name, sizeof name);
		sentences_add(s, "%sLargest slow-down: %s, %.3f times the time (%.3f to %.3f).", lead, name,
			worst->ratio, worst->ratio_low, worst->ratio_high);
	}
	if (best) {
		cell_name(&best->cell, name, sizeof name);
		sentences_add(s, "%sLargest improvement: %s, %.3f times the time (%.3f to %.3f).", lead, name,
			best->ratio, best->ratio_low, best->ratio_high);
	}
}

void report_against(const struct dataset *d, struct sentences *s)
{
	s->count = 0;
	for (size_t i = 0; i < d->base_count; i++) {
		char lead[sizeof d->bases->name + 2] = "";
		if (d->base_count > 1)
			snprintf(lead, sizeof lead, "%s: ", d->bases[i].name);
		add_changes(&d->bases[i], lead, s);
	}
}
