/* SPDX-License-Identifier: MIT */
/*
 * cache_levels.c - sets the knees that latencies have beside the caches that the system tells of.
 *
 * Told levels and knees are both ascending. Of all ways to pair some of them without crossing, that one is taken whose
 * sum of distances is least: a pair is as far apart as its sizes in octaves, and leaving one alone costs `alone_cost`.
 */
#include "bench/data/cache_levels.h"

#include "base/units.h"
#include "bench/data/row_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const cache_teams[2] = {"alone", "all workers"};

static const double alone_cost = 2.5, same_within = 1.25, level_off = 1.1;

static const char *const verdicts[] = {[CACHE_NONE] = "none",
	[CACHE_SAME] = "same",
	[CACHE_DIFFERS] = "differs",
	[CACHE_UNTOLD] = "not told",
	[CACHE_UNSEEN] = "not seen",
	[CACHE_UNMEASURED] = "not measured"};

const char *cache_verdict_name(enum cache_verdict v)
{
	return verdicts[v];
}

void cache_levels_told(
	struct cache_levels *c, const struct place *place, const struct topology *t, const char *note)
{
	*c = (struct cache_levels){.workers = place->capacity,
		.memory_ns = (double)NAN,
		.memory_ns_range = {(double)NAN, (double)NAN},
		.level_off_bytes = (double)NAN,
		.level_off_share = (double)NAN};
	const struct cache_share one = place_caches(place, 1), all = place_caches(place, place->capacity);
	const uint64_t alone[] = {one.l1_bytes, one.l2_bytes, one.l3_bytes},
		       shared[] = {all.l1_bytes, all.l2_bytes, all.l3_bytes};
	const struct interval none = {(double)NAN, (double)NAN};
	for (size_t i = 0; i < CACHE_LEVELS; i++)
		c->level[i] = (struct cache_level){.verdict = alone[i] ? CACHE_UNMEASURED : CACHE_NONE,
			.told_bytes = alone[i],
			.told_share = shared[i],
			.bytes = (double)NAN,
			.share = (double)NAN,
			.ns = (double)NAN,
			.bytes_range = none,
			.share_range = none,
			.ns_range = none};
	for (size_t i = 0; t && i < CACHE_LEVELS; i++)
		memcpy(c->level[i].source, t->cache_source[i], sizeof c->level[i].source);
	snprintf(c->source, sizeof c->source, "%s", t ? t->source : "");
	snprintf(c->note, sizeof c->note, "%s", note);
}

/* --- pairs --- */

struct pairing {
	const double *told; /* of each level, 0: none */
	const struct knees *knees;
	size_t level_of[KNEES_MOST], best_of[KNEES_MOST]; /* of each knee; CACHE_LEVELS: none */
	double least;
};

/* All ways to pair the levels and knees from these on. */
static void pair(struct pairing *p, size_t level, size_t knee, double cost)
{
	if (cost >= p->least)
		return;
	if (level == CACHE_LEVELS) {
		cost += alone_cost * (double)(p->knees->count - knee);
		if (cost < p->least) {
			p->least = cost;
			for (size_t k = 0; k < p->knees->count; k++)
				p->best_of[k] = k < knee ? p->level_of[k] : CACHE_LEVELS;
		}
		return;
	}
	if (knee < p->knees->count && knee < KNEES_MOST) {
		if (p->told[level] > 0) {
			p->level_of[knee] = level;
			pair(p, level + 1, knee + 1,
				cost + fabs(log2(p->told[level] / p->knees->bytes[knee])));
		}
		p->level_of[knee] = CACHE_LEVELS;
		pair(p, level, knee + 1, cost + alone_cost);
	}
	pair(p, level + 1, knee, cost + (p->told[level] > 0 ? alone_cost : 0));
}

/* Knees that have no level take one that is not told, between those of their neighbours. */
static void fill_gaps(const double *told, const struct knees *k, size_t *level_of)
{
	size_t next = 0;
	for (size_t i = 0; i < k->count; i++) {
		if (level_of[i] < CACHE_LEVELS) {
			next = level_of[i] + 1;
			continue;
		}
		size_t limit = CACHE_LEVELS;
		for (size_t j = i + 1; j < k->count && limit == CACHE_LEVELS; j++)
			limit = level_of[j];
		if (next < limit && told[next] <= 0)
			level_of[i] = next++;
	}
}

static void match(const double *told, const struct knees *k, size_t *level_of)
{
	struct pairing p = {.told = told, .knees = k, .least = INFINITY};
	pair(&p, 0, 0, 0);
	memcpy(level_of, p.best_of, sizeof p.best_of);
	fill_gaps(told, k, level_of);
}

static bool same(double told, struct interval measured)
{
	return told >= measured.low / same_within && told <= measured.high * same_within;
}

void cache_levels_match(struct cache_levels *c, const struct knees *alone, const struct knees *all)
{
	double told[CACHE_LEVELS], share[CACHE_LEVELS];
	size_t level_of[KNEES_MOST];
	for (size_t i = 0; i < CACHE_LEVELS; i++)
		told[i] = (double)c->level[i].told_bytes;
	match(told, alone, level_of);
	for (size_t k = 0; k < alone->count; k++) {
		if (level_of[k] == CACHE_LEVELS)
			continue;
		struct cache_level *l = &c->level[level_of[k]];
		l->bytes = alone->bytes[k];
		l->bytes_range = alone->range[k];
		size_t first = k; /* knees without a level lie within this one */
		while (first > 0 && level_of[first - 1] == CACHE_LEVELS)
			first--;
		l->ns = alone->ns[first];
		l->ns_range = alone->ns_range[first];
	}
	for (size_t i = 0; i < CACHE_LEVELS; i++) { /* the workers' share of what one of them had */
		const struct cache_level *l = &c->level[i];
		const double part = l->told_bytes ? (double)l->told_share / (double)l->told_bytes : 1;
		share[i] = isnan(l->bytes) ? 0 : l->bytes * part;
	}
	match(share, all, level_of);
	for (size_t k = 0; k < all->count; k++)
		if (level_of[k] < CACHE_LEVELS && !isnan(c->level[level_of[k]].bytes)) {
			c->level[level_of[k]].share = all->bytes[k];
			c->level[level_of[k]].share_range = all->range[k];
		}
	c->measured = true;
	c->note[0] = '\0';
	c->memory_ns = alone->ns[alone->count];
	c->memory_ns_range = alone->ns_range[alone->count];
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		struct cache_level *l = &c->level[i];
		const bool far = (double)l->told_bytes > c->reached_bytes / 2;
		if (isnan(l->bytes))
			l->verdict = l->told_bytes == 0 ? CACHE_NONE : far ? CACHE_UNMEASURED : CACHE_UNSEEN;
		else
			l->verdict = l->told_bytes == 0                            ? CACHE_UNTOLD
				     : same((double)l->told_bytes, l->bytes_range) ? CACHE_SAME
										   : CACHE_DIFFERS;
	}
}

/* --- rows --- */

static bool row_of(const struct probe_row *r, const char *team, const char *unit)
{
	return strcmp(r->of.probe, "cache") == 0 && strcmp(r->of.mechanism, team) == 0 &&
	       strcmp(r->of.unit, unit) == 0 && strcmp(r->status, "ok") == 0 && r->median > 0;
}

/* Points of a team's rows; how many. */
static size_t points(const struct table *rows, const char *team, const char *unit, struct knee_point *out)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct probe_row *r = table_row(rows, i);
		if (row_of(r, team, unit))
			out[n++] = (struct knee_point){units_bytes_read(r->of.setting), r->median};
	}
	return n;
}

/* The smallest size beyond twice the last of the knees from which no larger one is read slower by more than a tenth, if
 * twice that size was read too. */
static double find_level_off(const struct knee_point *rates, size_t n, const struct knees *k)
{
	const double beyond = k->count ? 2 * k->bytes[k->count - 1] : 0;
	double least = INFINITY, most = 0, found = INFINITY;
	for (size_t i = 0; i < n; i++) {
		least = fmin(least, rates[i].ns);
		most = fmax(most, rates[i].bytes);
	}
	for (size_t i = 0; i < n; i++)
		if (rates[i].bytes >= beyond && rates[i].ns <= level_off * least)
			found = fmin(found, rates[i].bytes);
	return 2 * found <= most ? found : (double)NAN;
}

/* Translation of addresses makes latency rise before the last cache ends, where pages are small or the host of a guest
 * has small ones. Reading in order needs few translations: where its last knee lies further out, the cache ends there. */
static int look_further(
	const struct table *rows, const char *team, struct knee_point *p, struct knees *found, struct err *e)
{
	struct knees reading;
	const size_t all = points(rows, team, "B/s", p);
	size_t n = 0;
	if (found->count == 0)
		return 0;
	for (size_t i = 0; i < all; i++) /* small sizes are read slower: each pass has a start */
		if (p[i].bytes >= found->bytes[0])
			p[n++] = (struct knee_point){p[i].bytes, 1e12 / p[i].ns};
	if (knees_find(p, n, &reading, e) != 0)
		return -1;
	const size_t last = found->count - 1;
	if (reading.count > 0 && reading.bytes[reading.count - 1] > found->range[last].high) {
		found->bytes[last] = reading.bytes[reading.count - 1];
		found->range[last] = reading.range[reading.count - 1];
	}
	return 0;
}

int cache_levels_measure(struct cache_levels *c, const struct table *rows, struct err *e)
{
	struct knee_point *p = malloc((rows->count + 1) * sizeof *p);
	struct knees found[2];
	int status = p ? 0 : err_set(e, ERR_FAILED, "out of memory for the caches");
	size_t n = 0;
	for (size_t team = 0; team < 2 && status == 0; team++) {
		n = points(rows, cache_teams[team], "ns", p);
		status = knees_find(p, n, &found[team], e);
		for (size_t i = 0; team == 0 && i < n; i++)
			c->reached_bytes = fmax(c->reached_bytes, p[i].bytes);
		if (status == 0)
			status = look_further(rows, cache_teams[team], p, &found[team], e);
	}
	if (status == 0 && c->reached_bytes > 0) {
		cache_levels_match(c, &found[0], &found[1]);
		n = points(rows, cache_teams[0], "B/s", p);
		c->level_off_bytes = find_level_off(p, n, &found[0]);
		n = points(rows, cache_teams[1], "B/s", p);
		c->level_off_share = find_level_off(p, n, &found[1]);
	}
	free(p);
	return status;
}

/* --- what a plan takes --- */

uint64_t cache_level_used(const struct cache_level *l)
{
	return l->verdict == CACHE_DIFFERS || l->verdict == CACHE_UNTOLD ? (uint64_t)l->bytes : l->told_bytes;
}

void cache_levels_apply(const struct cache_levels *c, struct topology *t)
{
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		const struct cache_level *l = &c->level[i];
		const bool together = !isnan(l->share) && l->share < 0.7 * l->bytes;
		for (int k = 0; k < t->count; k++) {
			struct cpu_cache *cache = &t->cpus[k].cache[i];
			if (l->verdict == CACHE_DIFFERS)
				cache->bytes =
					(uint64_t)((double)cache->bytes * l->bytes / (double)l->told_bytes);
			else if (l->verdict == CACHE_UNTOLD)
				*cache = (struct cpu_cache){.domain = together ? 0 : t->cpus[k].core,
					.bytes = (uint64_t)l->bytes};
		}
	}
}

/* --- words --- */

static char *size_text(double bytes, char *text)
{
	return isnan(bytes) ? strcpy(text, "-") : units_bytes(bytes, text);
}

char *cache_level_text(const struct cache_level *l, char text[CACHE_TEXT])
{
	char told[UNITS_BYTES], at[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES], ns[UNITS_BYTES];
	int n = l->told_bytes
			? snprintf(text, CACHE_TEXT, "%s told%s%s%s", units_bytes_exact(l->told_bytes, told),
				  *l->source ? " (" : "", l->source, *l->source ? ")" : "")
			: snprintf(text, CACHE_TEXT, "not told");
	if (l->verdict == CACHE_UNSEEN)
		n += snprintf(text + n, CACHE_TEXT - (size_t)n, "; not seen in latencies");
	else if (l->verdict == CACHE_UNMEASURED)
		n += snprintf(text + n, CACHE_TEXT - (size_t)n, "; not measured");
	if (isnan(l->bytes))
		return text;
	n += snprintf(text + n, CACHE_TEXT - (size_t)n, "; measured %s (%s to %s)", size_text(l->bytes, at),
		size_text(l->bytes_range.low, low), size_text(l->bytes_range.high, high));
	if (!isnan(l->share))
		n += snprintf(
			text + n, CACHE_TEXT - (size_t)n, ", %s each when all work", size_text(l->share, at));
	n += snprintf(text + n, CACHE_TEXT - (size_t)n, ", %s", units_time(l->ns, ns));
	if (l->verdict == CACHE_DIFFERS)
		snprintf(text + n, CACHE_TEXT - (size_t)n, ": the plan takes the measured size");
	return text;
}

char *cache_memory_text(const struct cache_levels *c, char text[CACHE_TEXT])
{
	char alone[UNITS_BYTES], each[UNITS_BYTES];
	int n = isnan(c->level_off_bytes) ? snprintf(text, CACHE_TEXT, "no steady rate of reading up to %s",
						    size_text(c->reached_bytes, alone))
					  : snprintf(text, CACHE_TEXT, "read at a steady rate from %s",
						    size_text(c->level_off_bytes, alone));
	if (!isnan(c->level_off_share))
		snprintf(text + n, CACHE_TEXT - (size_t)n, ", %s each when all work",
			size_text(c->level_off_share, each));
	return text;
}

/* --- the manifest --- */

static json_t *whole(uint64_t n)
{
	return n ? json_integer((json_int_t)n) : json_null();
}

static json_t *level_json(const struct cache_level *l, size_t i)
{
	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"level", (int)i + 1, "verdict", verdicts[l->verdict], "source",
		*l->source ? json_string(l->source) : json_null(), "told_bytes", whole(l->told_bytes),
		"told_share_bytes", whole(l->told_share), "used_bytes", whole(cache_level_used(l)), "bytes",
		real_json(l->bytes), "bytes_low", real_json(l->bytes_range.low), "bytes_high",
		real_json(l->bytes_range.high), "share_bytes", real_json(l->share), "share_bytes_low",
		real_json(l->share_range.low), "share_bytes_high", real_json(l->share_range.high),
		"latency_ns", real_json(l->ns), "latency_ns_low", real_json(l->ns_range.low),
		"latency_ns_high", real_json(l->ns_range.high));
}

json_t *cache_levels_json(const struct cache_levels *c)
{
	json_t *levels = json_array();
	for (size_t i = 0; i < CACHE_LEVELS; i++)
		if (c->level[i].verdict != CACHE_NONE)
			json_array_append_new(levels, level_json(&c->level[i], i));
	return json_pack("{s:b, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "measured", c->measured,
		"source", c->source, "note", c->note, "workers", (int)c->workers, "levels", levels,
		"memory_latency_ns", real_json(c->memory_ns), "memory_latency_ns_low",
		real_json(c->memory_ns_range.low), "memory_latency_ns_high",
		real_json(c->memory_ns_range.high), "reached_bytes", real_json(c->reached_bytes),
		"level_off_bytes", real_json(c->level_off_bytes), "level_off_share_bytes",
		real_json(c->level_off_share));
}

static double number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static uint64_t count_of(const json_t *object, const char *key)
{
	const json_int_t n = json_integer_value(json_object_get(object, key));
	return n > 0 ? (uint64_t)n : 0;
}

static struct interval range_of(const json_t *object, const char *low, const char *high)
{
	return (struct interval){number_of(object, low), number_of(object, high)};
}

/* False for a verdict that its numbers do not bear out. */
static bool parse_level(struct cache_level *l, const json_t *object)
{
	const char *verdict = json_string_value(json_object_get(object, "verdict"));
	size_t v = 0;
	while (verdict && v < sizeof verdicts / sizeof *verdicts && strcmp(verdicts[v], verdict) != 0)
		v++;
	if (!verdict || v == sizeof verdicts / sizeof *verdicts)
		return false;
	*l = (struct cache_level){.verdict = (enum cache_verdict)v,
		.told_bytes = count_of(object, "told_bytes"),
		.told_share = count_of(object, "told_share_bytes"),
		.bytes = number_of(object, "bytes"),
		.bytes_range = range_of(object, "bytes_low", "bytes_high"),
		.share = number_of(object, "share_bytes"),
		.share_range = range_of(object, "share_bytes_low", "share_bytes_high"),
		.ns = number_of(object, "latency_ns"),
		.ns_range = range_of(object, "latency_ns_low", "latency_ns_high")};
	const char *source = json_string_value(json_object_get(object, "source"));
	snprintf(l->source, sizeof l->source, "%s", source ? source : "");
	const bool needs_bytes = v == CACHE_DIFFERS || v == CACHE_UNTOLD;
	return (!needs_bytes || (l->bytes >= 1 && l->bytes < 0x1p62)) &&
	       (v != CACHE_DIFFERS || l->told_bytes > 0);
}

bool cache_levels_parse(struct cache_levels *c, const json_t *object)
{
	const json_t *levels = json_object_get(object, "levels"), *each;
	const char *source = json_string_value(json_object_get(object, "source")),
		   *note = json_string_value(json_object_get(object, "note"));
	size_t i;
	*c = (struct cache_levels){.measured = json_is_true(json_object_get(object, "measured")),
		.workers = (unsigned)count_of(object, "workers"),
		.memory_ns = number_of(object, "memory_latency_ns"),
		.memory_ns_range = range_of(object, "memory_latency_ns_low", "memory_latency_ns_high"),
		.reached_bytes = fmax(0, number_of(object, "reached_bytes")),
		.level_off_bytes = number_of(object, "level_off_bytes"),
		.level_off_share = number_of(object, "level_off_share_bytes")};
	snprintf(c->source, sizeof c->source, "%s", source ? source : "");
	snprintf(c->note, sizeof c->note, "%s", note ? note : "");
	for (i = 0; i < CACHE_LEVELS; i++)
		c->level[i].bytes = c->level[i].share = c->level[i].ns = (double)NAN;
	if (!json_is_array(levels))
		return false;
	json_array_foreach(levels, i, each)
	{
		const uint64_t level = count_of(each, "level");
		if (level < 1 || level > CACHE_LEVELS || !parse_level(&c->level[level - 1], each))
			return false;
	}
	return true;
}
