/* SPDX-License-Identifier: MIT */
/*
 * report_answer.c - the sentences about each kernel, the most important first. A speed-up that its interval does
 * not decide is called inconclusive; other inconclusive comparisons are omitted.
 */
#include "base/units.h"
#include "bench/data/ceiling.h"
#include "bench/report/breakeven.h"
#include "bench/report/report.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

char *report_ranged(struct ranged x, char text[REPORT_RANGED])
{
	char value[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES];
	if (isnan(x.low) || x.low == x.high)
		snprintf(text, REPORT_RANGED, "%s", units_ratio(x.value, value));
	else
		snprintf(text, REPORT_RANGED, "%s (%s to %s)", units_ratio(x.value, value),
			units_ratio(x.low, low), units_ratio(x.high, high));
	return text;
}

static void say_time(const struct summary *focus, struct sentences *s)
{
	char size[32], seconds[32], rate[32], interval[96] = "", range[64], bytes[64] = "";
	uint64_t workers = focus->cell.workers.value;
	if (!isnan(focus->median_low))
		snprintf(interval, sizeof interval, " (%s)",
			units_seconds_range(focus->median_low, focus->median_high, range));
	if (cell_item_bytes(focus) > 1) /* else it says the same as the items */
		snprintf(bytes, sizeof bytes, ", %.1f GB/s",
			focus->items_per_second * cell_item_bytes(focus) * 1e-9);
	sentences_add(s,
		"Time: %s%s for %s %s with %" PRIu64
		" worker%s (variant %s, back end %s, lifetime %s), or %s %s/s%s.",
		units_seconds(focus->median_seconds, seconds), interval,
		units_size(focus->cell.items.value, size), kernel_items(focus->cell.kernel), workers,
		units_plural(workers), focus->cell.variant, focus->cell.backend, focus->cell.lifetime,
		units_count(focus->items_per_second, rate), kernel_items(focus->cell.kernel), bytes);
}

/* The focus cell's variant against scalar code, both on one worker, where both were measured. */
static void say_vectors(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
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
		char text[REPORT_RANGED];
		if (r.low > 1)
			sentences_add(s,
				"Vectorisation: %s is %s times as fast as scalar code on one worker.",
				serial->cell.variant, report_ranged(r, text));
		return;
	}
}

/* "L2": the cache that holds one worker's share of the input but not the whole; NULL: none. */
static const char *cache_of_share(const struct dataset *d, const struct summary *s)
{
	static const char *const names[] = {"L1", "L2"};
	const double whole = cell_item_bytes(s) * (double)s->cell.items.value;
	for (int level = 1; level <= 2; level++) {
		const double cache = (double)dataset_cache(d, level);
		if (whole > cache && whole / (double)s->cell.workers.value <= cache)
			return names[level - 1];
	}
	return NULL;
}

/* Why a speed-up is above the ideal, as far as the data tell. */
static void put_superlinear(
	const struct dataset *d, const struct summary *focus, double ideal, char *text, size_t size)
{
	const struct summary *serial = dataset_serial(d, &focus->cell);
	const char *cache = cache_of_share(d, focus);
	char base[96] = "", middle[32], range[UNITS_RANGE_BYTES];
	if (serial && !isnan(serial->median_low))
		snprintf(base, sizeof base, "%s, %s", units_seconds(serial->median_seconds, middle),
			units_seconds_range(serial->median_low, serial->median_high, range));
	if (*base && focus->serial_speedup * serial->median_low <= ideal * serial->median_seconds)
		snprintf(text, size,
			": the ideal is %.0f, and the excess is within the noise of the serial base (%s)",
			ideal, base);
	else if (focus->serial_speedup_low <= ideal)
		snprintf(text, size, ": not significantly above the ideal of %.0f", ideal);
	else if (cache)
		snprintf(text, size,
			": above the ideal of %.0f because each worker's share fits the %s cache and the whole "
			"input does not",
			ideal, cache);
	else
		snprintf(text, size, ": above the ideal of %.0f and unexplained; check the serial base%s%s%s",
			ideal, *base ? " (" : "", base, *base ? ")" : "");
}

bool report_inconclusive(struct ranged x)
{
	return x.low <= 1 && x.high >= 1 && !(x.low > 1 - report_margin && x.high < 1 + report_margin);
}

/* Of the speed-up over serial: as many times as there are workers, up to the CPUs. */
static double ideal_of(const struct dataset *d, const struct summary *focus)
{
	const double workers = (double)focus->cell.workers.value, cpus = dataset_cpus(d);
	return cpus > 0 && cpus < workers ? cpus : workers;
}

/* By more than a hundredth, which shows in the figure. */
static bool above_ideal(const struct dataset *d, const struct summary *focus)
{
	return focus->serial_speedup > 1.01 * ideal_of(d, focus);
}

void report_speedup(const struct dataset *d, const struct summary *focus, char *text, size_t size)
{
	const struct ranged x = {
		focus->serial_speedup, focus->serial_speedup_low, focus->serial_speedup_high};
	char ratio[REPORT_RANGED];
	const size_t used = (size_t)snprintf(text, size, "%s", report_ranged(x, ratio));
	if (report_inconclusive(x))
		snprintf(text + used, size - used, ": inconclusive, too noisy");
	else if (x.low <= 1 && x.high >= 1)
		snprintf(text + used, size - used, ": no faster than serial");
	else if (x.high < 1)
		snprintf(text + used, size - used, ": slower than serial");
	else if (above_ideal(d, focus))
		put_superlinear(d, focus, ideal_of(d, focus), text + used, size - used);
}

static void say_speedup(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	const uint64_t workers = focus->cell.workers.value;
	const unsigned cpus = dataset_cpus(d);
	const double each = 100 / (double)workers;
	char text[320], of[64] = "";
	if (workers < 2 || isnan(focus->serial_speedup_low))
		return;
	if (cpus > 0)
		snprintf(of, sizeof of, " on %u CPU%s", cpus, units_plural(cpus));
	report_speedup(d, focus, text, sizeof text);
	sentences_add(s, "Speed-up over serial with %" PRIu64 " workers%s: %s.", workers, of, text);
	if (focus->serial_speedup_low > 1 && !above_ideal(d, focus))
		sentences_add(s, "Parallel efficiency: %.0f %% (%.0f to %.0f %%).",
			each * focus->serial_speedup, each * focus->serial_speedup_low,
			each * focus->serial_speedup_high);
}

static bool same(struct ranged r)
{
	return r.low > 1 - report_margin && r.high < 1 + report_margin;
}

/* The ratio of times at the smallest size, where it decides: "at 1e6 numbers processes take 3.03 (2.72 to 3.71)
 * times as long"; "" where not. */
static void put_smallest(const struct ratios *r, const char *items, char *text, size_t size)
{
	char at[32], ratio[REPORT_RANGED];
	text[0] = '\0';
	if (r->ratio[0].low > 1 || r->ratio[0].high < 1)
		snprintf(text, size, "at %s %s processes take %s times as long", units_size(r->size[0], at),
			items, report_ranged(r->ratio[0], ratio));
}

static void say_threads(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	static const struct {
		const char *lifetime, *name;
	} ways[] = {{"pool", "in a pool"}, {"spawn", "spawned for every run"}};
	const char *items = kernel_items(focus->cell.kernel);
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		struct ratios r;
		struct worker_pair by;
		char small[240], large[160] = "", size[32];
		if (!ratios_to_threads(d, &focus->cell, ways[w].lifetime, &by, &r))
			continue;
		size_t first = r.count;
		while (first > 0 && same(r.ratio[first - 1])) /* from here on they are the same */
			first--;
		put_smallest(&r, items, small, sizeof small);
		if (first == 0)
			snprintf(large, sizeof large, "the same within %.0f %% at every size",
				100 * report_margin);
		else if (first < r.count)
			snprintf(large, sizeof large, "the same within %.0f %% from %s %s upwards",
				100 * report_margin, units_size(r.size[first], size), items);
		if (*large || *small)
			sentences_add(s, "Processes (%s) compared with threads (%s), %s: %s%s%s.",
				by.processes, by.threads, ways[w].name, first == 0 ? "" : small,
				first > 0 && *small && *large ? "; " : "", large);
	}
}

/* From which size on the focus cell's workers are faster than serial. */
static void say_break_even(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	struct ratios r;
	char at[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES];
	const uint64_t workers = focus->cell.workers.value;
	if (workers < 2)
		return;
	ratios_to_serial(d, &focus->cell, &r);
	const struct crossing c = crossing_find(&r, 1);
	if (r.count < 2)
		return;
	if (crossing_kind(&c) == CROSSING_BETWEEN && c.low > 0 && c.high < INFINITY)
		sentences_add(s, "Break-even: %" PRIu64 " workers beat serial above %s %s (%s to %s).",
			workers, units_count(c.at, at), kernel_items(focus->cell.kernel),
			units_count(c.low, low), units_count(c.high, high));
	else if (crossing_kind(&c) == CROSSING_NEVER)
		sentences_add(s,
			"Break-even: not reached; %" PRIu64 " workers beat serial at no size measured.",
			workers);
}

/* The Universal Scalability Law, where its first cost is told apart from none. */
static void say_model(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	const struct model_row *m = dataset_model(d, &focus->cell);
	char peak[96] = "";
	if (!m || !(m->usl_contention_low > 0))
		return;
	if (m->usl_coherency_low > 0 && m->usl_peak_workers > 0)
		snprintf(peak, sizeof peak, "; by the law, more than %.0f workers are slower",
			m->usl_peak_workers);
	sentences_add(s,
		"Contention: each further worker costs %.2f %% (%.2f to %.2f %%) of one worker's time "
		"(Universal Scalability Law)%s.",
		100 * m->usl_contention, 100 * m->usl_contention_low, 100 * m->usl_contention_high, peak);
}

/* What a cell is near to, as a clause. */
static void put_ceiling(const struct dataset *d, const struct summary *s, char *text, size_t size)
{
	static const struct {
		const char *ceiling, *what;
	} arithmetic[] = {{"peak", "integer arithmetic"}, {"flops", "floating-point arithmetic"},
		{"divide", "division"}};
	char level[UNITS_BYTES];
	if (strcmp(s->ceiling, "read") == 0)
		snprintf(text, size, "%s bandwidth (%.1f GB/s, %.0f %% of the read ceiling)",
			dataset_level(d, ceiling_bytes(s), s->cell.workers.value, level),
			s->bytes_per_second * 1e-9, s->pct_of_ceiling);
	for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++)
		if (strcmp(s->ceiling, arithmetic[i].ceiling) == 0)
			snprintf(text, size, "%s (%.0f %% of the ceiling)", arithmetic[i].what,
				s->pct_of_ceiling);
}

bool report_limit(const struct dataset *d, const struct summary *focus, char *text, size_t size)
{
	enum {
		NEAR_CEILING = 80,
		BEYOND_ONE = 110
	}; /* percent; what is far beyond it had no ceiling in that */
	const double workers = (double)focus->cell.workers.value, total = focus->median_seconds * 1e9;
	if (focus->pct_of_ceiling >= NEAR_CEILING && focus->pct_of_ceiling <= BEYOND_ONE) {
		put_ceiling(d, focus, text, size);
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
		snprintf(text, size, "compute (%.1f %% of the run)", 100 * (1 - around));
	else if (!(focus->serial_speedup_high < (1 - report_margin) * workers))
		return false; /* no loss that is decided needs a reason */
	else if (around > report_margin && around > idle && around > slower - 1)
		snprintf(text, size,
			"overhead of starting workers, collecting results and reaping (%.0f %% of the run)",
			100 * around);
	else if (idle > report_margin && idle > slower - 1)
		snprintf(text, size,
			"load imbalance: the last worker finishes %.0f %% of the run after the first",
			100 * idle);
	else if (slower - 1 > report_margin)
		snprintf(text, size,
			"contention for memory, caches or cores: a share takes %.2f times as long as alone",
			slower);
	else
		return false;
	return true;
}

static void say_limit(const struct dataset *d, const struct summary *focus, struct sentences *s)
{
	char text[200];
	if (report_limit(d, focus, text, sizeof text))
		sentences_add(s, "Bottleneck: %s.", text);
}

void report_answer(const struct dataset *d, const char *kernel, struct sentences *s)
{
	const struct summary *focus = dataset_focus(d, kernel);
	s->count = 0;
	if (!focus) {
		sentences_add(s, "No cell has a verified answer.");
		return;
	}
	say_time(focus, s);
	say_speedup(d, focus, s);
	say_limit(d, focus, s);
	say_break_even(d, focus, s);
	say_threads(d, focus, s);
	say_vectors(d, focus, s);
	say_model(d, focus, s);
}
