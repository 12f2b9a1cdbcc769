/* SPDX-License-Identifier: MIT */
/*
 * test_knees.c - knees of latencies are found where caches were planted.
 *
 * Two kinds of machine: caches that are simulated line by line (sets, ways, replacement, pages, workers that share
 * one), which know nothing of the fit; and curves with many planted sizes, shapes and kinds of noise, for how often the
 * interval holds the truth.
 */
#include "bench/stats/knees.h"

#include "base/rng.h"
#include "tests/base/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINE = 64, PAGE = 4096, WAYS = 8, LEVELS = 4, POINTS = 128, WORKERS = 4 };

/* --- caches, line by line --- */

struct cache {
	uint64_t bytes, sets;
	bool random; /* a random way is replaced; else the least recently used */
	uint64_t *tag, *used;
};

struct machine {
	uint64_t bytes[LEVELS]; /* 0: no such level */
	double ns[LEVELS + 1];  /* a hit of each level; memory */
	bool random, small_pages;
	unsigned workers; /* that share the last level */
	double hidden; /* of the accesses beyond level 1, the share that a prefetcher has fetched into level 0 */
	/* state */
	struct cache cache[WORKERS][LEVELS];
	size_t levels;
	uint64_t now, random_state;
};

static void open_machine(struct machine *m, const struct machine *planted)
{
	*m = *planted;
	m->workers = m->workers ? m->workers : 1;
	m->random_state = 1;
	while (m->levels < LEVELS && m->bytes[m->levels])
		m->levels++;
	for (unsigned w = 0; w < m->workers; w++)
		for (size_t l = 0; l < m->levels; l++) {
			struct cache *c = &m->cache[w][l];
			const bool shared = l + 1 == m->levels && w > 0;
			if (shared) {
				*c = m->cache[0][l];
				continue;
			}
			*c = (struct cache){.bytes = m->bytes[l], .random = m->random && l > 0};
			c->sets = c->bytes / LINE / WAYS;
			c->tag = calloc((size_t)c->sets * WAYS, sizeof *c->tag);
			c->used = calloc((size_t)c->sets * WAYS, sizeof *c->used);
			assert_true(c->tag && c->used);
		}
}

static void close_machine(struct machine *m)
{
	for (unsigned w = 0; w < m->workers; w++)
		for (size_t l = 0; l < m->levels; l++)
			if (w == 0 || l + 1 < m->levels) {
				free(m->cache[w][l].tag);
				free(m->cache[w][l].used);
			}
}

/* Whether the line is there; it is afterwards. */
static bool look_up(struct machine *m, struct cache *c, uint64_t line)
{
	uint64_t *tag = &c->tag[line % c->sets * WAYS], *used = &c->used[line % c->sets * WAYS];
	size_t victim = 0;
	m->now++;
	for (size_t i = 0; i < WAYS; i++) {
		if (tag[i] == line + 1) {
			used[i] = m->now;
			return true;
		}
		victim = used[i] < used[victim] ? i : victim;
	}
	if (c->random && tag[victim] != 0)
		victim = rng_next(&m->random_state) % WAYS;
	tag[victim] = line + 1;
	used[victim] = m->now;
	return false;
}

static double access_line(struct machine *m, unsigned worker, uint64_t line)
{
	for (size_t l = 0; l < m->levels; l++)
		if (look_up(m, &m->cache[worker][l], line))
			return l == 1 && draw_uniform(&m->random_state) < m->hidden ? m->ns[0] : m->ns[l];
	return m->ns[m->levels];
}

/* Lines of a worker's set in the order of a random cycle, each with its place in memory. */
static uint64_t *make_cycle(struct machine *m, unsigned worker, size_t lines)
{
	uint64_t *order = malloc(lines * sizeof *order);
	const size_t pages = lines * LINE / PAGE;
	uint64_t *page = malloc(pages * sizeof *page);
	assert_true(order && page);
	for (size_t i = 0; i < pages; i++) /* one large page each, or pages anywhere */
		page[i] = m->small_pages ? rng_next(&m->random_state) % (UINT64_C(1) << 30)
					 : (UINT64_C(1) << 20) * (worker + 1) + i;
	for (size_t i = 0; i < lines; i++)
		order[i] = page[i / (PAGE / LINE)] * (PAGE / LINE) + i % (PAGE / LINE);
	for (size_t i = lines - 1; i > 0; i--) {
		const size_t j = (size_t)(rng_next(&m->random_state) % i);
		const uint64_t swapped = order[i];
		order[i] = order[j];
		order[j] = swapped;
	}
	free(page);
	return order;
}

/* Mean latency of worker 0 in the second round of all. */
static double chase(struct machine *m, size_t bytes)
{
	const size_t lines = bytes / PAGE * PAGE / LINE;
	uint64_t *order[WORKERS];
	double ns = 0;
	for (unsigned w = 0; w < m->workers; w++)
		order[w] = make_cycle(m, w, lines);
	for (int round = 0; round < 2; round++) {
		ns = 0;
		for (size_t i = 0; i < lines; i++)
			for (unsigned w = 0; w < m->workers; w++) {
				const double took = access_line(m, w, order[w][i]);
				ns += w == 0 ? took : 0;
			}
	}
	for (unsigned w = 0; w < m->workers; w++)
		free(order[w]);
	return ns / (double)lines;
}

/* Latencies of four sizes an octave, from a page to `most`, each off by some normal noise. */
static size_t measure(const struct machine *planted, double most, double noise, struct knee_point *points)
{
	size_t n = 0;
	uint64_t seed = 7;
	for (double bytes = PAGE; bytes <= most; bytes *= exp2(0.25)) {
		struct machine m;
		open_machine(&m, planted);
		const double whole = floor(bytes / PAGE) * PAGE;
		points[n++] = (struct knee_point){
			whole, chase(&m, (size_t)whole) * exp(noise * draw_normal(&seed))};
		close_machine(&m);
	}
	return n;
}

static void tell(const struct knees *k)
{
	for (size_t i = 0; i < k->count; i++)
		fprintf(stderr, "  knee %zu: %.0f (%.0f to %.0f), %.2f ns before\n", i, k->bytes[i],
			k->range[i].low, k->range[i].high, k->ns[i]);
	fprintf(stderr, "  %.2f ns after, error %.3f\n", k->ns[k->count], k->error);
}

/* Exactly these knees, none further off than `factor`, and each within its interval, widened by as many measured sizes
 * either side. */
static void expect_near(
	const struct knees *k, const double *bytes, size_t count, double factor, double widened)
{
	const double step = exp2(widened / 4);
	bool good = k->count == count;
	for (size_t i = 0; good && i < count; i++)
		good = k->range[i].low / step <= bytes[i] && bytes[i] <= k->range[i].high * step &&
		       k->bytes[i] <= factor * bytes[i] && bytes[i] <= factor * k->bytes[i];
	if (!good) {
		tell(k);
		for (size_t i = 0; i < count; i++)
			fprintf(stderr, "  planted %.0f\n", bytes[i]);
	}
	assert_true(good);
}

static void expect(const struct knees *k, const double *bytes, size_t count, double factor)
{
	expect_near(k, bytes, count, factor, 1);
}

static void find(const struct machine *planted, double most, double noise, struct knees *k)
{
	struct knee_point points[POINTS];
	struct err e = {0};
	const size_t n = measure(planted, most, noise, points);
	assert_int_equal(knees_find(points, n, k, &e), 0);
}

#define KIB 1024.0

static void three_levels(void **state)
{
	static const double bytes[] = {16 * KIB, 128 * KIB, 1024 * KIB};
	struct machine m = {.bytes = {16 << 10, 128 << 10, 1 << 20}, .ns = {1, 3.5, 12, 90}};
	struct knees k;
	(void)state;
	for (int random = 0; random < 2; random++)
		for (int small = 0; small < 2; small++) {
			m.random = random;
			m.small_pages = small;
			find(&m, 4096 * KIB, 0.02, &k);
			/* pages anywhere smear a knee */
			expect_near(&k, bytes, 3, small ? 1.5 : 1.3, small ? 2 : 1);
			assert_true(fabs(log(k.ns[0] / 1)) < 0.1 && fabs(log(k.ns[1] / 3.5)) < 0.35);
			assert_true(k.ns[3] > 50 && k.ns[3] < 140);
		}
}

static void two_and_four_levels(void **state)
{
	static const double two[] = {16 * KIB, 256 * KIB},
			    four[] = {8 * KIB, 32 * KIB, 256 * KIB, 1024 * KIB};
	const struct machine m2 = {.bytes = {16 << 10, 256 << 10}, .ns = {1, 4, 80}, .random = true},
			     m4 = {.bytes = {8 << 10, 32 << 10, 256 << 10, 1 << 20},
				     .ns = {1, 3, 10, 35, 110}};
	struct knees k;
	(void)state;
	find(&m2, 1024 * KIB, 0.02, &k);
	expect(&k, two, 2, 1.3);
	find(&m4, 4096 * KIB, 0.02, &k);
	expect(&k, four, 4, 1.3);
}

/* One worker has the whole last cache, four have a quarter each; what is their own stays. */
static void a_shared_level(void **state)
{
	static const double alone[] = {8 * KIB, 64 * KIB, 1024 * KIB},
			    together[] = {8 * KIB, 64 * KIB, 256 * KIB};
	struct machine m = {.bytes = {8 << 10, 64 << 10, 1 << 20}, .ns = {1, 4, 14, 100}, .random = true};
	struct knees k;
	(void)state;
	find(&m, 4096 * KIB, 0.02, &k);
	expect(&k, alone, 3, 1.4);
	m.workers = 4;
	find(&m, 1024 * KIB, 0.02, &k);
	expect(&k, together, 3, 1.5);
}

/* A middle level that is not there leaves the others where they are. */
static void an_absent_level(void **state)
{
	static const double bytes[] = {16 * KIB, 1024 * KIB};
	const struct machine m = {.bytes = {16 << 10, 1 << 20}, .ns = {1, 12, 90}};
	struct knees k;
	(void)state;
	find(&m, 4096 * KIB, 0.02, &k);
	expect(&k, bytes, 2, 1.3);
}

/* A prefetcher that makes nearly all hits of the second level look like the first: the knee between them cannot be
 * seen and is not made up; where it hides half of it, it is. */
static void a_hidden_knee(void **state)
{
	static const double all[] = {16 * KIB, 128 * KIB, 1024 * KIB};
	struct machine m = {.bytes = {16 << 10, 128 << 10, 1 << 20}, .ns = {1, 3.5, 12, 90}, .hidden = 0.95};
	struct knees k;
	(void)state;
	find(&m, 4096 * KIB, 0.01, &k);
	expect(&k, all + 1, 2, 1.3);
	m.hidden = 0.5;
	find(&m, 4096 * KIB, 0.01, &k);
	expect(&k, all, 3, 1.4);
}

/* --- curves --- */

struct curve {
	size_t count;
	double bytes[KNEES_MOST], ns[KNEES_MOST + 1], power; /* power 0: all at once */
	double noise, spikes; /* spikes: share of points that are two to four times as slow */
};

static size_t draw_curve(const struct curve *c, uint64_t *seed, struct knee_point *points)
{
	size_t n = 0;
	for (double bytes = PAGE; bytes <= 4 * c->bytes[c->count - 1] && n < POINTS; bytes *= exp2(0.25)) {
		double ns = c->ns[0];
		for (size_t i = 0; i < c->count; i++) {
			const double x = bytes / c->bytes[i];
			ns += (c->ns[i + 1] - c->ns[i]) * (x <= 1                ? 0
								  : c->power > 0 ? 1 - pow(x, -c->power)
										 : 1);
		}
		ns *= exp(c->noise * draw_normal(seed));
		if (draw_uniform(seed) < c->spikes)
			ns *= 2 + 2 * draw_uniform(seed);
		points[n++] = (struct knee_point){bytes, ns};
	}
	return n;
}

/* Levels of sizes and latencies as real machines have them. */
static void plant(struct curve *c, uint64_t *seed)
{
	c->count = 2 + (size_t)(rng_next(seed) % 3);
	double bytes = 16 * KIB * exp2(3 * draw_uniform(seed)), ns = 0.8 + draw_uniform(seed);
	c->ns[0] = ns;
	for (size_t i = 0; i < c->count; i++) {
		c->bytes[i] = bytes;
		bytes *= exp2(2.5 + 2.5 * draw_uniform(seed));
		ns *= 2.5 + 2 * draw_uniform(seed);
		c->ns[i + 1] = ns;
	}
}

/* How many of `machines` have the right number of knees, and of all knees of those the share within their intervals. */
static size_t try_curves(struct curve c, size_t machines, double *held)
{
	uint64_t seed = 3;
	size_t right = 0, knees = 0, within = 0;
	for (size_t m = 0; m < machines; m++) {
		struct knee_point points[POINTS];
		struct knees k;
		struct err e = {0};
		plant(&c, &seed);
		const size_t n = draw_curve(&c, &seed, points);
		assert_int_equal(knees_find(points, n, &k, &e), 0);
		right += k.count == c.count;
		for (size_t i = 0; k.count == c.count && i < c.count; i++) {
			const double step = exp2(0.25);
			knees++;
			within += k.range[i].low / step <= c.bytes[i] && c.bytes[i] <= k.range[i].high * step;
		}
	}
	*held = knees ? (double)within / (double)knees : 0;
	return right;
}

static void many_machines(void **state)
{
	enum { MACHINES = 40 };
	static const struct {
		const char *name;
		struct curve curve;
		size_t right; /* at least */
		double held;
	} kinds[] = {
		{"quiet, at once", {.noise = 0.01}, 38, 0.95},
		{"quiet, random replacement", {.noise = 0.01, .power = 1}, 36, 0.9},
		{"in between", {.noise = 0.03, .power = 2}, 38, 0.95},
		{"noisy", {.noise = 0.08, .power = 2}, 35, 0.9},
		{"disturbed", {.noise = 0.02, .power = 2, .spikes = 0.08}, 35, 0.9},
	};
	bool good = true;
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		double held;
		const size_t right = try_curves(kinds[i].curve, MACHINES, &held);
		const bool enough = right >= kinds[i].right && held >= kinds[i].held;
		if (!enough || getenv("PARSCALE_TELL"))
			fprintf(stderr, "%s: %zu of %d machines right, %.1f %% of knees in their intervals\n",
				kinds[i].name, right, MACHINES, 100 * held);
		good &= enough;
	}
	assert_true(good);
}

/* Address translation adds a little from some size on: no level. */
static void a_small_step_is_no_level(void **state)
{
	struct knee_point points[POINTS];
	struct knees k;
	struct err e = {0};
	uint64_t seed = 5;
	const struct curve c = {.count = 2, .bytes = {32 * KIB, 1024 * KIB}, .ns = {1, 4, 60}, .noise = 0.01};
	size_t n = draw_curve(&c, &seed, points);
	(void)state;
	for (size_t i = 0; i < n; i++)
		points[i].ns *= points[i].bytes > 192 * KIB ? 1.2 : 1;
	assert_int_equal(knees_find(points, n, &k, &e), 0);
	expect(&k, c.bytes, 2, 1.3);
}

/* A virtual machine with a second cache of 1 MiB, whose latency rises from 256 KiB on (KiB and ns). */
static void translation_moves_no_knee(void **state)
{
	static const struct knee_point measured[] = {{4, 1.084}, {5, 1.083}, {6, 1.083}, {7, 1.083},
		{8, 1.137}, {10, 1.083}, {12, 1.083}, {14, 1.083}, {16, 1.083}, {20, 1.084}, {24, 1.083},
		{28, 1.084}, {32, 1.207}, {40, 3.795}, {48, 3.801}, {56, 3.797}, {64, 3.796}, {80, 3.798},
		{96, 3.797}, {112, 3.799}, {128, 3.797}, {160, 3.802}, {192, 3.803}, {224, 3.802},
		{256, 3.803}, {320, 4.026}, {384, 4.35}, {448, 4.559}, {512, 4.746}, {640, 4.999},
		{768, 5.147}, {896, 5.252}, {1024, 6.05}, {1280, 11.44}, {1536, 13.52}, {1792, 12.69},
		{2048, 13.09}, {2560, 14.14}, {3072, 15.49}, {3584, 15.3}, {4096, 17.05}, {5120, 22.34},
		{6144, 136}, {7168, 129.8}, {8192, 129.7}, {10240, 136.5}, {12288, 155.8}, {14336, 146.8},
		{16384, 139.8}, {20480, 149.2}, {24576, 165.1}, {28672, 155.6}, {32768, 164.2},
		{40960, 157.4}, {49152, 159.8}, {57344, 176.9}, {65536, 166.5}, {98304, 161.5},
		{131072, 164.3}, {196608, 166.7}};
	static const double bytes[] = {32 * KIB, 1024 * KIB, 5120 * KIB};
	enum { SIZES = sizeof measured / sizeof *measured };
	struct knee_point points[SIZES];
	struct knees k;
	struct err e = {0};
	(void)state;
	for (size_t i = 0; i < SIZES; i++)
		points[i] = (struct knee_point){measured[i].bytes * KIB, measured[i].ns};
	assert_int_equal(knees_find(points, SIZES, &k, &e), 0);
	expect(&k, bytes, 3, 1.25);
	assert_true(k.ns[1] > 3.7 && k.ns[1] < 4 && k.ns[3] > 150 && k.ns[3] < 175);
}

static void too_little_says_nothing(void **state)
{
	const struct knee_point few[] = {{4096, 1}, {8192, 1}, {16384, 5}, {NAN, 3}, {0, 4}, {32768, -1}};
	struct knee_point flat[20];
	struct knees k;
	struct err e = {0};
	(void)state;
	assert_int_equal(knees_find(few, 6, &k, &e), 0);
	assert_int_equal(k.count, 0);
	assert_int_equal(knees_find(NULL, 0, &k, &e), 0);
	assert_int_equal(k.count, 0);
	for (size_t i = 0; i < 20; i++)
		flat[i] = (struct knee_point){4096 * exp2((double)i / 4), 2};
	assert_int_equal(knees_find(flat, 20, &k, &e), 0);
	assert_int_equal(k.count, 0);
	assert_true(fabs(k.ns[0] - 2) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_levels),
		cmocka_unit_test(two_and_four_levels),
		cmocka_unit_test(a_shared_level),
		cmocka_unit_test(an_absent_level),
		cmocka_unit_test(a_hidden_knee),
		cmocka_unit_test(many_machines),
		cmocka_unit_test(a_small_step_is_no_level),
		cmocka_unit_test(translation_moves_no_knee),
		cmocka_unit_test(too_little_says_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
