/* SPDX-License-Identifier: MIT */
/*
 * report_answer.c - the sentences about each kernel. A sentence is written only if an interval
 * decides it; inconclusive comparisons are omitted.
 */
#include "base/units.h"
#include "bench/report/breakeven.h"
#include "bench/report/report.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* "1.95 (95 % interval 1.93 to 1.97)" */
static char *with_interval(char *text, size_t size, struct ranged x)
{
	char value[32], low[32], high[32];
	snprintf(text, size, "%s (%s to %s)", units_ratio(x.value, value), units_ratio(x.low, low),
		units_ratio(x.high, high));
	return text;
}

static void say_speed(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	char size[32], seconds[32], rate[32], interval[96] = "", range[64], bytes[64] = "";
	uint64_t workers = focus->cell.workers.value;
	if (!isnan(focus->median_low))
		snprintf(interval, sizeof interval, " (%s)",
			units_seconds_range(focus->median_low, focus->median_high, range));
	if (cell_item_bytes(focus) > 1) /* else it says the same as the items */
		snprintf(bytes, sizeof bytes, ", %.1f GB/s",
			focus->items_per_second * cell_item_bytes(focus) * 1e-9);
	sentences_add(s, "%s %s take %s%s with %" PRIu64 " worker%s (%s, %s, %s): %s %s/s%s.",
		units_size(focus->cell.items.value, size), kernel_items(focus->cell.kernel),
		units_seconds(focus->median_seconds, seconds), interval, workers, units_plural(workers),
		focus->cell.variant, focus->cell.backend, focus->cell.lifetime,
		units_count(focus->items_per_second, rate), kernel_items(focus->cell.kernel), bytes);
	/* the same on one worker without vectors, where it was measured */
	static const char *const free[] = {"variant", NULL};
	const struct summary *serial = dataset_serial(d, &focus->cell);
	if (!serial || strcmp(serial->cell.variant, "scalar") == 0)
		return;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *plain = dataset_row(d, i);
		if (!row_ok(plain) || strcmp(plain->cell.variant, "scalar") != 0 ||
			!cells_match(&plain->cell, &serial->cell, free))
			continue;
		struct ranged r = dataset_ratio(d, plain, serial);
		char text[96];
		if (r.low > 1)
			sentences_add(s, "On one worker %s is %s times as fast as scalar code.",
				serial->cell.variant, with_interval(text, sizeof text, r));
		return;
	}
}

static void say_scaling(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	uint64_t workers = focus->cell.workers.value;
	unsigned cpus = dataset_cpus(d);
	struct ranged x = {focus->serial_speedup, focus->serial_speedup_low, focus->serial_speedup_high};
	char text[96], of[64] = "";
	if (workers < 2 || isnan(x.low))
		return;
	if (cpus > 0)
		snprintf(of, sizeof of, " on %u CPU%s", cpus, units_plural(cpus));
	if (x.low > 1)
		sentences_add(s,
			"With %" PRIu64
			" workers%s it is %s times as fast as serial: %.0f %% (%.0f to %.0f) of what %" PRIu64
			" workers could give.",
			workers, of, with_interval(text, sizeof text, x), 100 * x.value / (double)workers,
			100 * x.low / (double)workers, 100 * x.high / (double)workers, workers);
	else if (x.high < 1)
		sentences_add(s, "With %" PRIu64 " workers%s it is slower than serial: %s times as fast.",
			workers, of, with_interval(text, sizeof text, x));
	else
		sentences_add(s,
			"With %" PRIu64 " workers%s no gain over serial can be told: %s times as fast.",
			workers, of, with_interval(text, sizeof text, x));
}

static bool same(struct ranged r)
{
	return r.low > 1 - report_margin && r.high < 1 + report_margin;
}

static void say_threads(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	static const struct {
		const char *lifetime, *name;
	} ways[] = {{"pool", "Workers kept for many runs"}, {"spawn", "Workers made anew for each run"}};
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		struct ratios r;
		char from[32], text[96], size[32], small[240] = "";
		struct worker_pair by;
		if (!ratios_to_threads(d, &focus->cell, ways[w].lifetime, &by, &r))
			continue;
		const uint64_t *sizes = r.size;
		const struct ranged *ratio = r.ratio;
		size_t n = r.count, first = n;
		while (first > 0 && same(ratio[first - 1])) /* from here on they are the same */
			first--;
		const char *items = kernel_items(focus->cell.kernel);
		if (first == 0) {
			sentences_add(s,
				"%s: threads (%s) and processes (%s) are the same within %.0f %% at "
				"every size measured.",
				ways[w].name, by.threads, by.processes, 100 * report_margin);
			continue;
		}
		if (ratio[0].low > 1)
			snprintf(small, sizeof small,
				"at %s %s processes (%s) take %s times as long as threads (%s)",
				units_size(sizes[0], size), items, by.processes,
				with_interval(text, sizeof text, ratio[0]), by.threads);
		else if (ratio[0].high < 1)
			snprintf(small, sizeof small,
				"at %s %s threads (%s) take longer: processes (%s) need %s of their "
				"time",
				units_size(sizes[0], size), items, by.threads, by.processes,
				with_interval(text, sizeof text, ratio[0]));
		if (first < n && *small)
			sentences_add(s, "%s: %s; from %s %s on both are the same within %.0f %%.",
				ways[w].name, small, units_size(sizes[first], from), items,
				100 * report_margin);
		else if (first < n)
			sentences_add(s,
				"%s: from %s %s on threads (%s) and processes (%s) are the same "
				"within %.0f %%.",
				ways[w].name, units_size(sizes[first], from), items, by.threads, by.processes,
				100 * report_margin);
		else if (*small)
			sentences_add(s, "%s: %s.", ways[w].name, small);
	}
}

/* From which size on the focus cell's workers are faster than serial. */
static void say_break_even(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	struct ratios r;
	char text[CROSSING_TEXT];
	if (focus->cell.workers.value < 2)
		return;
	ratios_to_serial(d, &focus->cell, &r);
	const struct crossing c = crossing_find(&r, 1);
	if (r.count < 2)
		return;
	if (crossing_kind(&c) == CROSSING_BETWEEN && c.low > 0 && c.high < INFINITY)
		sentences_add(s, "These workers pay from %s %s on; with fewer they take longer than serial.",
			crossing_text(&c, text), kernel_items(focus->cell.kernel));
	else if (crossing_kind(&c) == CROSSING_NEVER)
		sentences_add(s, "These workers are faster than serial at no size measured.");
}

/* The Universal Scalability Law, where its first cost is told apart from none. */
static void say_model(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	const struct model_row *m = dataset_model(d, &focus->cell);
	char peak[96] = "";
	if (!m || !(m->usl_contention_low > 0))
		return;
	if (m->usl_coherency_low > 0 && m->usl_peak_workers > 0)
		snprintf(peak, sizeof peak, "; by the law, beyond %.0f workers more are slower",
			m->usl_peak_workers);
	sentences_add(s,
		"Each further worker costs %.2f %% (%.2f to %.2f) of one worker's time in waiting for what "
		"is shared, by the Universal "
		"Scalability Law%s.",
		100 * m->usl_contention, 100 * m->usl_contention_low, 100 * m->usl_contention_high, peak);
}

/* What a cell is near to, as a clause. */
static void put_ceiling(const struct summary *s, char *text, size_t size)
{
	static const struct {
		const char *ceiling, *what;
	} arithmetic[] = {{"peak", "instructions on whole numbers"}, {"flops", "arithmetic on doubles"},
		{"divide", "division"}};
	if (strcmp(s->ceiling, "read") == 0)
		snprintf(text, size, "memory, at %.1f GB/s or %.0f %% of what as many workers can read",
			s->bytes_per_second * 1e-9, s->pct_of_ceiling);
	for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++)
		if (strcmp(s->ceiling, arithmetic[i].ceiling) == 0)
			snprintf(text, size, "%s, at %.0f %% of the most that as many workers can do",
				arithmetic[i].what, s->pct_of_ceiling);
}

bool report_limit(const struct dataset *d, const struct summary *focus, char *text, size_t size)
{
	enum {
		NEAR_CEILING = 80,
		BEYOND_ONE = 110
	}; /* percent; what is far beyond it had no ceiling in that */
	const double workers = (double)focus->cell.workers.value, total = focus->median_seconds * 1e9;
	if (focus->pct_of_ceiling >= NEAR_CEILING && focus->pct_of_ceiling <= BEYOND_ONE) {
		put_ceiling(focus, text, size);
		return true;
	}
	const struct summary *serial = dataset_serial(d, &focus->cell);
	if (!serial || isnan(focus->serial_speedup_low) || workers < 2 || !(focus->compute_ns > 0) ||
		!(serial->compute_ns > 0))
		return false;
	const double around = fmax(0, (total - focus->compute_ns) / total);
	const double idle = isnan(focus->imbalance_ns) ? 0 : focus->imbalance_ns / total;
	const double slower = (focus->compute_ns - (isnan(focus->imbalance_ns) ? 0 : focus->imbalance_ns)) *
			      workers / serial->compute_ns;
	if (focus->serial_speedup_low > (1 - report_margin) * workers)
		snprintf(text, size,
			"nothing but the cores themselves, with %.1f %% of a run spent computing",
			100 * (1 - around));
	else if (!(focus->serial_speedup_high < (1 - report_margin) * workers))
		return false; /* no loss that is decided needs a reason */
	else if (around > report_margin && around > idle && around > slower - 1)
		snprintf(text, size, "starting workers, collecting results and ending them, %.0f %% of a run",
			100 * around);
	else if (idle > report_margin && idle > slower - 1)
		snprintf(text, size, "uneven shares, the last worker ending %.0f %% of a run after the first",
			100 * idle);
	else if (slower - 1 > report_margin)
		snprintf(text, size,
			"workers that slow each other down (shared memory, caches or cores), %.2f times as "
			"long for a share as one alone",
			slower);
	else
		return false;
	return true;
}

static void say_limit(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	char text[200];
	if (report_limit(d, focus, text, sizeof text))
		sentences_add(s, "What limits it: %s.", text);
}

void report_answer(const struct dataset *d, const char *kernel, struct sentences *s)
{
	const struct summary *focus = dataset_focus(d, kernel);
	s->count = 0;
	if (!focus) {
		sentences_add(s, "No cell gave a verified answer.");
		return;
	}
	say_speed(d, focus, s);
	say_scaling(d, focus, s);
	say_break_even(d, focus, s);
	say_threads(d, focus, s);
	say_model(d, focus, s);
	say_limit(d, focus, s);
}
