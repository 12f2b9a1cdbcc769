/* SPDX-License-Identifier: MIT */
/*
 * report_headline.c - the answers at the top of a report: one sentence over all kernels per
 * question, omitted where nothing decides.
 */
#include "base/units.h"
#include "bench/report/breakeven.h"
#include "bench/report/report.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Adds a clause, after a separator where it is not the first. */
static void clause(struct answer *a, const char *separator, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void clause(struct answer *a, const char *separator, const char *format, ...)
{
	va_list args;
	size_t used = strlen(a->text);
	if (used > 0)
		used += (size_t)snprintf(a->text + used, sizeof a->text - used, "%s", separator);
	if (used >= sizeof a->text)
		return;
	va_start(args, format);
	vsnprintf(a->text + used, sizeof a->text - used, format, args);
	va_end(args);
}

/* The kernels that measure work, not the harness. */
static bool works(const char *kernel)
{
	return strcmp(kernel, "noop") != 0;
}

/* "With 2 workers on 2 CPUs: ", before the first clause; where a later focus cell has other workers they are said
 * with it. */
static void with_workers(
	const struct dataset *d, const struct summary *focus, const char *words, struct answer *a)
{
	const unsigned cpus = dataset_cpus(d);
	const uint64_t workers = focus->cell.workers.value;
	if (a->clauses == 0) {
		a->workers = workers;
		clause(a, "", "%s %" PRIu64 " worker%s", words, workers, units_plural(workers));
		if (cpus > 0)
			clause(a, "", " on %u CPU%s", cpus, units_plural(cpus));
	}
	clause(a, "", "%s%s", a->clauses++ == 0 ? ": " : ", ", focus->cell.kernel);
	if (workers != a->workers)
		clause(a, "", " (%" PRIu64 " worker%s)", workers, units_plural(workers));
}

static void how_fast(const struct dataset *d, const struct summary *focus, struct answer *a)
{
	char rate[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES];
	const double items = (double)focus->cell.items.value;
	with_workers(d, focus, "With", a);
	clause(a, "", " %s %s/s", units_count(focus->items_per_second, rate),
		kernel_items(focus->cell.kernel));
	if (!isnan(focus->median_low))
		clause(a, "", " (%s to %s)", units_count(items / focus->median_high, low),
			units_count(items / focus->median_low, high));
}

static void how_it_scales(const struct dataset *d, const struct summary *focus, struct answer *a)
{
	const struct ranged x = {
		focus->serial_speedup, focus->serial_speedup_low, focus->serial_speedup_high};
	char value[32], low[32], high[32];
	if (focus->cell.workers.value < 2 || isnan(x.low))
		return;
	with_workers(d, focus, "Times as fast as serial, with", a);
	clause(a, "", " %s (%s to %s)%s", units_ratio(x.value, value), units_ratio(x.low, low),
		units_ratio(x.high, high), x.low <= 1 && x.high >= 1 ? ", no gain that can be told" : "");
}

/* What the ratios of processes to threads decide, as a clause; "" where nothing. */
static void ratio_clause(const struct ratios *r, const char *items, char *text, size_t size)
{
	const struct crossing c = crossing_find(r, 1 + report_margin);
	const enum crossing_kind kind = crossing_kind(&c);
	const struct ranged *small = &r->ratio[0];
	const double margin = 100 * report_margin;
	char value[32], low[32], high[32], at[UNITS_RANGE_BYTES], from[CROSSING_TEXT];
	int used = 0;
	text[0] = '\0';
	if (kind == CROSSING_ALWAYS)
		snprintf(text, size, "processes within %.0f %% of threads at every size", margin);
	else if (small->low > 1 + report_margin)
		used = snprintf(text, size, "processes take %s (%s to %s) times as long as threads at %s %s",
			units_ratio(small->value, value), units_ratio(small->low, low),
			units_ratio(small->high, high), units_size(r->size[0], at), items);
	if (kind == CROSSING_BETWEEN && c.low > 0 && isfinite(c.high))
		snprintf(text + used, size - (size_t)used, "%s within %.0f %% from %s %s on",
			used ? ", and are" : "processes are", margin, crossing_text(&c, from), items);
}

static void threads_or_processes(const struct dataset *d, const struct summary *focus, struct answer *a)
{
	static const struct {
		const char *lifetime, *name;
	} ways[] = {{"pool", "kept in a pool"}, {"spawn", "made anew for each run"}};
	bool named = false;
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		struct ratios r;
		char text[320];
		struct worker_pair by;
		if (!ratios_to_threads(d, &focus->cell, ways[w].lifetime, &by, &r))
			continue;
		ratio_clause(&r, kernel_items(focus->cell.kernel), text, sizeof text);
		if (!*text)
			continue;
		clause(a, "; ", "%s%s%s: %s", named ? "" : focus->cell.kernel, named ? "" : ", ",
			ways[w].name, text);
		named = true;
	}
}

static void what_limits_it(const struct dataset *d, const struct summary *focus, struct answer *a)
{
	char text[200];
	if (report_limit(d, focus, text, sizeof text))
		clause(a, "; ", "%s: %s", focus->cell.kernel, text);
}

static void how_far(const struct dataset *d, const struct sentences *trust, struct answer *a)
{
	const char *grade, *topic;
	struct answer against = {0};
	size_t i;
	json_t *finding;
	if (trust->count > 0)
		clause(a, "", "%s", trust->text[0]);
	if (course_worst(d) > 100 * report_margin)
		clause(&against, ", ", "a machine that did not keep its speed");
	json_array_foreach(json_object_get(d->manifest, "findings"), i, finding)
	{
		grade = json_string_value(json_object_get(finding, "grade"));
		topic = json_string_value(json_object_get(finding, "topic"));
		if (grade && topic && strcmp(grade, "warning") == 0)
			clause(&against, ", ", "%s", topic);
	}
	if (*against.text)
		clause(a, " ", "What speaks against it: %.300s.", against.text);
}

void report_headline(const struct dataset *d, const struct sentences *trust, struct headline *h)
{
	static const struct {
		const char *question;
		void (*say)(const struct dataset *, const struct summary *, struct answer *);
	} questions[] = {{"How fast", how_fast}, {"How it scales", how_it_scales},
		{"Threads or processes", threads_or_processes}, {"What limits it", what_limits_it}};
	const char *kernel[REPORT_KERNELS];
	const size_t n = dataset_subjects(d, kernel, REPORT_KERNELS);
	*h = (struct headline){0};
	for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
		struct answer a = {.question = questions[q].question};
		for (size_t k = 0; k < n; k++) {
			const struct summary *focus = works(kernel[k]) ? dataset_focus(d, kernel[k]) : NULL;
			if (focus)
				questions[q].say(d, focus, &a);
		}
		if (*a.text) {
			clause(&a, "", ".");
			h->answer[h->count++] = a;
		}
	}
	struct answer *trusted = &h->answer[h->count++];
	trusted->question = "How far to trust it";
	how_far(d, trust, trusted);
}
