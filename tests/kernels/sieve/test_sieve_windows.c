/* SPDX-License-Identifier: MIT */
/*
 * test_sieve_windows.c - random windows of the whole range of 64-bit numbers against primesieve. There are
 * four tasks: primes counted in random cuts and with random hints, primes counted by workers of a back end,
 * tuplets, and lists. Every variant does each of them where numbers are small; beyond 2^44 variants and tasks
 * take turns, as there up to 203 million base primes are made in each.
 *
 * Starts and widths are uniform in their logarithms. What is right is primesieve's list; its tuplets are
 * counted in it, and by primesieve again below 2^50. Skipped, and said so, where primesieve is not installed.
 *
 * PARSCALE_LONG=1 asks for 10,000 windows (15 minutes of a core, half of them primesieve's),
 * PARSCALE_WINDOWS=N for N; else there are 300, few of them beyond 2^44. Each run draws others.
 */
/* sanitizers: none: most of its time is primesieve's, which has none; test_variants and test_sieve do the rest */
#include "tests/kernels/sieve/sieve_cases.h"

#include "base/paths.h"
#include "bench/harness/trial.h"
#include "bench/versus/primesieve.h"
#include "kernels/sieve/sieve_tuplets.h"

#include <inttypes.h>

enum task { TASK_COUNT, TASK_RUN, TASK_TUPLETS, TASK_LIST, TASKS };
enum { MOST_VARIANTS = 8, MOST_BACKENDS = 16 };

static struct primesieve peer;
static struct topology topology;
static uint64_t done[MOST_VARIANTS][TASKS], runs[MOST_BACKENDS];

struct window {
	uint64_t start, stop;
	uint64_t *primes; /* primesieve's */
	size_t n;
	unsigned k;
	struct tally all;
	uint64_t tuplets;
	bool dear; /* base primes take time */
};

static void fail_window(
	const struct variant *v, const struct problem *p, const char *what, uint64_t got, uint64_t expected)
{
	fail_msg("%s %" PRIu64 "..%" PRIu64 " tuplet %" PRIu64 " block %" PRIu64 " l1 %" PRIu64 " l2 %" PRIu64
		 " l3 %" PRIu64 " workers %u: %s %" PRIu64 ", not %" PRIu64,
		v->name, p->start, p->stop, p->tuplet, p->block_bytes, p->l1_bytes, p->l2_bytes, p->l3_bytes,
		p->workers, what, got, expected);
}

static void compare_tally(const struct variant *v, const struct problem *p, const char *what,
	struct tally got, const struct window *w)
{
	if (got.count != w->all.count)
		fail_window(v, p, what, got.count, w->all.count);
	if (got.checksum != w->all.checksum)
		fail_window(v, p, "check", got.checksum, w->all.checksum);
}

/* Caches that make thousands of blocks would have as many passes over all base primes. */
static void hints(const struct window *w, struct problem *p)
{
	random_hints(p);
	if (w->dear) {
		p->block_bytes |= p->block_bytes ? 1 << 14 : 0;
		p->l1_bytes |= 1 << 14;
		p->l2_bytes |= 1 << 19;
		p->workers %= 4;
	}
}

static void count(const struct variant *v, const struct window *w)
{
	struct problem p = range(w->start, w->stop);
	hints(w, &p);
	compare_tally(v, &p, "primes", count_in_chunks(v, &p, 1 + random_below(300)), w);
}

static const struct backend *next_backend(const struct window *w)
{
	static size_t at;
	for (;; at++) {
		at = backends[at] ? at : 0;
		const struct backend *b = backends[at];
		if (!b->missing && !b->host && !(b->exec_workers && w->dear)) {
			runs[at++]++;
			return b;
		}
	}
}

static void set(struct cell *c, const char *key, uint64_t value)
{
	char text[24];
	struct err e = {0};
	snprintf(text, sizeof text, "%" PRIu64, value);
	if (cell_set(c, key, text, &e))
		fail_msg("%s", e.text);
}

/* As `parscale run` does it. */
static void run(const struct variant *v, const struct window *w)
{
	struct cell c;
	struct err e = {0};
	struct timing t;
	char program[4096];
	assert_int_equal(cell_init(&c, "sieve", &e), 0);
	set(&c, "start", w->start);
	set(&c, "stop", w->stop);
	c.variant = v;
	c.backend = next_backend(w);
	c.workers = 1 + (unsigned)random_below(w->dear ? 2 : 4);
	c.workers = c.workers < c.backend->max_workers ? c.workers : c.backend->max_workers;
	c.schedule = random_below(2) ? SCHEDULE_DYNAMIC : SCHEDULE_STATIC;
	c.lifetime = c.workers > 1 && random_below(4) == 0 ? LIFETIME_SPAWN : LIFETIME_POOL;
	c.grain = c.schedule == SCHEDULE_DYNAMIC ? random_below(40) : 0;
	if (cell_finish(&c, &e))
		fail_msg("%s", e.text);
	const struct trial_plan plan = {.cell = &c,
		.topology = &topology,
		.timeout_seconds = 3600,
		.program = paths_beside("../parscale", program, sizeof program)};
	struct trial *trial = trial_open(&plan, &e);
	if (!trial || trial_run(trial, 1, &t, &e) != 0)
		fail_msg("%s %" PRIu64 "..%" PRIu64 " %s: %s", v->name, w->start, w->stop, c.backend->name,
			e.text);
	compare_tally(v, &c.problem, c.backend->name, t.tally, w);
	trial_close(trial);
}

static void count_tuplets(const struct variant *v, const struct window *w)
{
	struct problem p = range(w->start, w->stop);
	p.tuplet = w->k;
	hints(w, &p);
	struct tally got = count_in_chunks(v, &p, 1 + random_below(300));
	if (got.count != w->tuplets)
		fail_window(v, &p, "tuplets", got.count, w->tuplets);
}

struct compared {
	const struct window *w;
	size_t n;
	bool differs;
};

static int compare(void *ctx, const uint64_t *primes, size_t n)
{
	struct compared *c = ctx;
	for (size_t i = 0; i < n && !c->differs; i++, c->n++)
		c->differs = c->n >= c->w->n || c->w->primes[c->n] != primes[i];
	return c->differs;
}

static void list(const struct variant *v, const struct window *w)
{
	struct problem p = range(w->start, w->stop);
	p.listing = true;
	hints(w, &p);
	struct opened o = open_variant(v, &p);
	struct compared c = {.w = w};
	uint64_t units = v->units(o.input), middle = units ? random_below(units) : 0;
	v->emit(o.input, (struct span){0, middle}, o.scratch, compare, &c);
	v->emit(o.input, (struct span){middle, units}, o.scratch, compare, &c);
	close_variant(&o);
	if (c.differs || c.n != w->n)
		fail_window(v, &p, "lists differ at", c.n, w->n);
}

static void (*const tasks[TASKS])(const struct variant *v, const struct window *w) = {
	[TASK_COUNT] = count, [TASK_RUN] = run, [TASK_TUPLETS] = count_tuplets, [TASK_LIST] = list};

/* How many leave 1 when divided by 4, which is a tally's check. */
static struct tally primes_of(const struct window *w)
{
	struct tally t = {.count = w->n};
	for (size_t i = 0; i < w->n; i++)
		t.checksum += w->primes[i] % 4 == 1;
	return t;
}

static uint64_t tuplets_of(const struct window *w)
{
	uint64_t n = 0;
	for (size_t i = 0; i + w->k <= w->n; i++)
		n += tuplets_form(w->k, w->primes + i);
	if (w->stop < UINT64_C(1) << 50)
		assert_int_equal(n, peer.count[w->k](w->start, w->stop));
	return n;
}

static void check_window(uint64_t start, uint64_t stop)
{
	static unsigned turn;
	struct window w = {.start = start, .stop = stop, .k = 2 + (unsigned)random_below(5)};
	w.primes = peer.generate_primes(start, stop, &w.n, PRIMESIEVE_UINT64);
	assert_non_null(w.primes);
	w.all = primes_of(&w);
	w.tuplets = tuplets_of(&w);
	w.dear = stop >> 44 != 0;
	for (unsigned i = 0; kernel_sieve.variants[i]; i++) {
		const struct variant *v = kernel_sieve.variants[i];
		const struct problem p = range(start, stop);
		char why[120];
		if (variant_missing(v, cpu_features(), why) || !takes(v, &p) || (stop > 100000000 && i == 0))
			continue;
		for (unsigned task = 0; task < TASKS; task++)
			/* a back end once a window */
			if ((turn + i) % TASKS == task || !(w.dear || task == TASK_RUN)) {
				tasks[task](v, &w);
				done[i][task]++;
			}
	}
	turn++;
	peer.free(w.primes);
}

static void need_peer(void)
{
	char reason[200];
	if (!peer.library &&
		primesieve_open(&peer, getenv("PRIMESIEVE_LIBRARY"), reason, sizeof reason) != 0) {
		print_message("windows are NOT compared with primesieve: %s\n", reason);
		skip();
	}
	peer.set_num_threads(1);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);
	return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

static void test_random_windows(void **state)
{
	(void)state;
	need_peer();
	const bool all = getenv("PARSCALE_LONG") != NULL || getenv("PARSCALE_WINDOWS") != NULL;
	const uint64_t windows = setting("PARSCALE_WINDOWS", all ? 10000 : 300);
	for (uint64_t i = 0; i < windows; i++) {
		unsigned shift = (unsigned)random_below(64);
		uint64_t start = random_bits() >> (all || i % 30 == 0 || shift >= 20 ? shift : shift + 20);
		uint64_t width = random_bits() >> ((all ? 41 : 43) + random_below(20));
		check_window(start, start > UINT64_MAX - width ? UINT64_MAX : start + width);
	}
	print_message("%" PRIu64 " windows: counts, tuplets and lists are those of primesieve %s\n", windows,
		peer.version());
	for (unsigned i = 0; kernel_sieve.variants[i]; i++) {
		const uint64_t *n = done[i];
		print_message("%s: %" PRIu64 " counts, %" PRIu64 " runs, %" PRIu64 " of tuplets, %" PRIu64
			      " lists\n",
			kernel_sieve.variants[i]->name, n[TASK_COUNT], n[TASK_RUN], n[TASK_TUPLETS],
			n[TASK_LIST]);
	}
	for (unsigned i = 0; backends[i]; i++)
		print_message("%s: %" PRIu64 " runs\n", backends[i]->name, runs[i]);
}

/* Around squares of primes, powers of two, and the edges of lines and segments of all sizes. */
static void test_edges(void **state)
{
	(void)state;
	need_peer();
	static const uint64_t middles[] = {4111, 4112, 67 * 67, 251 * 251, 4093 * 4093,
		UINT64_C(65521) * 65521, UINT64_C(65537) * 65537, UINT64_C(33554393) * 33554393,
		UINT64_C(33554467) * 33554467, UINT64_C(1) << 32, UINT64_C(1) << 50, UINT64_C(1) << 53};
	for (size_t i = 0; i < sizeof middles / sizeof *middles; i++) {
		check_window(middles[i] - 1 - random_below(1000), middles[i] - 1);
		check_window(middles[i], middles[i] + random_below(1000));
		check_window(middles[i] - random_below(4000), middles[i] + random_below(4000));
	}
	for (int i = 0; i < 30; i++) {
		static const uint64_t moduli[] = {30, 210, 2310, 30030};
		uint64_t start = 4112 + (random_bits() >> (30 + random_below(20))),
			 bits = 512 * (1 + random_below(700));
		uint64_t width = moduli[random_below(4)] * bits;
		width = width > 30000000 ? 30 * bits : width;
		check_window(start, start + width - 2 + random_below(4));
	}
	check_window(UINT64_MAX - 100000, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_windows),
		cmocka_unit_test(test_edges),
	};
	draw_seed();
	struct err e = {0};
	if (topology_read(&topology, "", &e) != 0)
		return 1;
	int failed = cmocka_run_group_tests_name("sieve windows", tests, NULL, NULL);
	topology_free(&topology);
	return failed;
}
