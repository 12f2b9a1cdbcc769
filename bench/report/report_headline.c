/* SPDX-License-Identifier: MIT */
/*
 * report_headline.c - the answers at the top of a report, over all kernels, each omitted where there is nothing to
 * answer. A sweep too noisy to decide anything leads with that and with the remedy.
 */
#include "base/units.h"
#include "bench/report/breakeven.h"
#include "bench/report/report.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <math.h>
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
	clause(a, "", "%s%s", a->clauses++ == 0 ? ": " : "; ", focus->cell.kernel);
	if (workers != a->workers)
		clause(a, "", ", %" PRIu64 " worker%s:", workers, units_plural(workers));
}

static void put_throughput(const struct dataset *d, const struct summary *focus, struct answer *a)
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

static void put_speedup(const struct dataset *d, const struct summary *focus, struct answer *a)
{
	char text[320];
	if (focus->cell.workers.value < 2 || isnan(focus->serial_speedup_low))
		return;
	with_workers(d, focus, "Over serial, with", a);
	report_speedup(d, focus, text, sizeof text);
	clause(a, "", " %s", text);
}

static void put_limit(const struct dataset *d, const struct summary *focus, struct answer *a)
{
	char text[200];
	if (report_limit(d, focus, text, sizeof text))
		clause(a, "; ", "%s: %s", focus->cell.kernel, text);
}

/* An answer that says the same of each kernel in turn. */
typedef void (*of_kernel)(const struct dataset *d, const struct summary *focus, struct answer *a);

/* The focus cells of the kernels that measure work, not the harness; how many. */
static size_t focus_cells(const struct dataset *d, const struct summary *focus[REPORT_KERNELS])
{
	const char *kernel[REPORT_KERNELS];
	const size_t n = dataset_subjects(d, kernel, REPORT_KERNELS);
	size_t found = 0;
	for (size_t k = 0; k < n; k++) {
		const struct summary *s = strcmp(kernel[k], "noop") == 0 ? NULL : dataset_focus(d, kernel[k]);
		if (s)
			focus[found++] = s;
	}
	return found;
}

/* What the ratios of processes to threads decide of one kernel. */
struct decided {
	bool always;    /* longer by the margin at most, at every size */
	char text[320]; /* else what is decided; "" where nothing */
};

static struct decided decide(const struct ratios *r, const char *items)
{
	const struct crossing c = crossing_find(r, 1 + report_margin);
	const struct ranged *small = &r->ratio[0];
	char value[32], low[32], high[32], at[UNITS_RANGE_BYTES], from[3][UNITS_BYTES];
	struct decided d = {.always = crossing_kind(&c) == CROSSING_ALWAYS};
	int used = 0;
	if (d.always)
		return d;
	if (small->low > 1 + report_margin)
		used = snprintf(d.text, sizeof d.text, "%s times as long (%s to %s) at %s %s",
			units_ratio(small->value, value), units_ratio(small->low, low),
			units_ratio(small->high, high), units_size(r->size[0], at), items);
	if (crossing_kind(&c) == CROSSING_BETWEEN && c.low > 0 && isfinite(c.high))
		snprintf(d.text + used, sizeof d.text - (size_t)used,
			"%sat most %.0f %% longer above %s %s (%s to %s)", used ? ", " : "",
			100 * report_margin, units_count(c.at, from[0]), items, units_count(c.low, from[1]),
			units_count(c.high, from[2]));
	return d;
}

static void put_threads(
	const struct dataset *d, const struct summary *const *focus, size_t n, struct answer *a)
{
	static const struct {
		const char *lifetime, *name;
	} ways[] = {{"pool", "In a pool"}, {"spawn", "Spawned for every run"}};
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		struct answer same = {0}, other = {0};
		for (size_t k = 0; k < n; k++) {
			struct ratios r;
			struct worker_pair by;
			if (!ratios_to_threads(d, &focus[k]->cell, ways[w].lifetime, &by, &r))
				continue;
			const struct decided found = decide(&r, kernel_items(focus[k]->cell.kernel));
			if (found.always)
				clause(&same, ", ", "%s", focus[k]->cell.kernel);
			else if (*found.text)
				clause(&other, "; ", "%s %s", focus[k]->cell.kernel, found.text);
		}
		if (*same.text)
			clause(a, " ",
				"%s, processes take at most %.0f %% longer than threads at every size: %s.",
				ways[w].name, 100 * report_margin, same.text);
		if (*other.text)
			clause(a, " ", "%s, processes take longer: %s.", ways[w].name, other.text);
	}
}

static void put_confidence(const struct dataset *d, const struct sentences *trust, struct answer *a)
{
	const char *grade, *topic;
	struct answer against = {0};
	size_t i;
	json_t *finding;
	if (trust->count > 0)
		clause(a, "", "%s", trust->text[0]);
	if (course_worst(d) > 100 * report_margin)
		clause(&against, ", ", "the machine changed speed");
	json_array_foreach(json_object_get(d->manifest, "findings"), i, finding)
	{
		grade = json_string_value(json_object_get(finding, "grade"));
		topic = json_string_value(json_object_get(finding, "topic"));
		if (grade && topic && strcmp(grade, "warning") == 0)
			clause(&against, ", ", "%s", topic);
	}
	if (*against.text)
		clause(a, " ", "Warnings: %.300s.", against.text);
}

/* What to do about a sweep that decides next to nothing. */
static void put_noise(const struct report_precision *p, struct answer *a)
{
	if (2 * p->known < p->cells)
		clause(a, "",
			"Too few launches to compare anything: %zu of %zu cells have a 95 %% interval. Run the sweep "
			"again with more launches (launches = 6 or more) and a longer budget, on an idle machine.",
			p->known, p->cells);
	else
		clause(a, "",
			"Too noisy for conclusions: %zu of %zu cells reached the precision asked for (±%g %%); the "
			"median 95 %% interval is ±%.0f %%. Make the machine idle, then add launches with a longer "
			"budget (parscale resume DIR --budget 1h) or run again with more launches (launches = 12). "
			"Until then, read the figures below as rough.",
			p->within, p->cells, 100 * p->asked, 100 * p->typical);
}

/* A new answer; written texts of no clause are taken back by drop_empty. */
static struct answer *answer_begin(struct headline *h, const char *id, const char *question)
{
	struct answer *a = &h->answer[h->count++];
	*a = (struct answer){.id = id, .question = question};
	return a;
}

static void drop_empty(struct headline *h)
{
	if (!*h->answer[h->count - 1].text)
		h->count--;
}

static void put_each(struct headline *h, const char *id, const char *question, const struct dataset *d,
	const struct summary *const *focus, size_t n, of_kernel put)
{
	struct answer *a = answer_begin(h, id, question);
	for (size_t k = 0; k < n; k++)
		put(d, focus[k], a);
	if (*a->text)
		clause(a, "", ".");
	drop_empty(h);
}

/* The caches that are not what the system tells. */
static void put_caches(const struct dataset *d, struct answer *a)
{
	struct cache_levels caches;
	if (!dataset_caches(d, &caches))
		return;
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		const struct cache_level *l = &caches.level[i];
		char told[UNITS_BYTES], at[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES];
		if (l->verdict != CACHE_DIFFERS && l->verdict != CACHE_UNTOLD)
			continue;
		clause(a, "; ", "L%zu is %s to a worker alone (%s to %s)", i + 1, units_bytes(l->bytes, at),
			units_bytes(l->bytes_range.low, low), units_bytes(l->bytes_range.high, high));
		if (l->told_bytes)
			clause(a, "", ", not the %s that the system tells",
				units_bytes_exact(l->told_bytes, told));
		else
			clause(a, "", ", which the system does not tell");
	}
	if (*a->text)
		clause(a, "", ". Sizes of this sweep are by what was measured.");
}

void report_headline(const struct dataset *d, const struct sentences *trust, struct headline *h)
{
	const struct summary *focus[REPORT_KERNELS];
	const size_t n = focus_cells(d, focus);
	const struct report_precision p = report_precision(d);
	*h = (struct headline){0};
	if (report_noisy(&p))
		put_noise(&p, answer_begin(h, "noise", "Noise"));
	put_each(h, "throughput", "Throughput", d, focus, n, put_throughput);
	put_each(h, "speedup", "Speed-up", d, focus, n, put_speedup);
	put_each(h, "bottleneck", "Bottleneck", d, focus, n, put_limit);
	put_threads(d, focus, n, answer_begin(h, "workers", "Threads or processes"));
	drop_empty(h);
	put_caches(d, answer_begin(h, "caches", "Caches"));
	drop_empty(h);
	put_confidence(d, trust, answer_begin(h, "confidence", "Confidence"));
}
