/* SPDX-License-Identifier: MIT */
/*
 * test_sieve_windows.c - random windows of the whole range of 64-bit numbers against primesieve: what every variant counts and lists, primes
 * and tuplets, in random cuts and with random hints. Skipped, and said so, where primesieve is not installed.
 *
 * PARSCALE_LONG=1 asks for 10,000 windows, PARSCALE_WINDOWS=N for N; else there are 300, few of them beyond 2^44, where base primes take
 * time. PARSCALE_SEED draws others.
 */
#include "sieve_cases.h"

#include "versus/primesieve.h"

#include <inttypes.h>

static struct primesieve peer;

struct window {
	uint64_t start, stop;
	uint64_t *primes; /* primesieve's */
	size_t n;
};

static void fail_window(const struct variant *v, const struct problem *p, const char *what, uint64_t got, uint64_t expected)
{
	fail_msg("%s %" PRIu64 "..%" PRIu64 " tuplet %" PRIu64 " block %" PRIu64 " l1 %" PRIu64 " l2 %" PRIu64 " l3 %" PRIu64
		" workers %u: %s %" PRIu64 ", not %" PRIu64, v->name, p->start, p->stop, p->tuplet, p->block_bytes, p->l1_bytes, p->l2_bytes,
		p->l3_bytes, p->workers, what, got, expected);
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

static void check_list(const struct variant *v, const struct problem *p, const struct window *w)
{
	struct opened o = open_variant(v, p);
	struct compared c = {.w = w};
	v->emit(o.input, (struct span){0, v->units(o.input)}, o.scratch, compare, &c);
	close_variant(&o);
	if (c.differs || c.n != w->n)
		fail_window(v, p, "lists differ at", c.n, w->n);
}

/* Of primes: how many leave 1 when divided by 4, which is the tally's check. */
static struct tally primes_of(const struct window *w)
{
	struct tally t = {.count = w->n};
	for (size_t i = 0; i < w->n; i++)
		t.check += w->primes[i] % 4 == 1;
	return t;
}

static void check_window(uint64_t start, uint64_t stop)
{
	struct window w = {.start = start, .stop = stop};
	w.primes = peer.generate_primes(start, stop, &w.n, PRIMESIEVE_UINT64);
	assert_non_null(w.primes);
	const unsigned k = 2 + (unsigned)random_below(5);
	const struct tally primes = primes_of(&w);
	/* primesieve's own count, where it does not sieve billions of base primes once more */
	const bool counted = stop < UINT64_C(1) << 50 || random_below(16) == 0;
	const uint64_t tuplets = counted ? peer.count[k](start, stop) : 0;
	for (const struct variant *const *v = kernel_sieve.variants; *v; v++) {
		struct problem p = range(start, stop);
		if (!can_run(*v, &p) || (stop > 100000000 && v == kernel_sieve.variants))
			continue;
		random_hints(&p);
		struct tally got = count_in_chunks(*v, &p, 1 + random_below(300));
		if (got.count != primes.count)
			fail_window(*v, &p, "primes", got.count, primes.count);
		if (got.check != primes.check)
			fail_window(*v, &p, "check", got.check, primes.check);
		p.tuplet = k;
		random_hints(&p);
		if (counted && (got = count_in_chunks(*v, &p, 1 + random_below(300))).count != tuplets)
			fail_window(*v, &p, "tuplets", got.count, tuplets);
		p.tuplet = 1;
		p.listing = true;
		random_hints(&p);
		check_list(*v, &p, &w);
	}
	peer.free(w.primes);
}

static void need_peer(void)
{
	char reason[200];
	if (!peer.library && primesieve_open(&peer, getenv("PRIMESIEVE_LIBRARY"), reason, sizeof reason) != 0) {
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
		uint64_t start = random_bits() >> (all || i % 100 == 0 || shift >= 20 ? shift : shift + 20);
		uint64_t width = random_bits() >> ((all ? 41 : 43) + random_below(20));
		check_window(start, start > UINT64_MAX - width ? UINT64_MAX : start + width);
	}
	print_message("%" PRIu64 " windows: every variant counts and lists as primesieve %s does\n", windows, peer.version());
}

/* Around squares of primes, powers of two, and the edges of lines and segments of all sizes. */
static void test_edges(void **state)
{
	(void)state;
	need_peer();
	static const uint64_t middles[] = {4111, 4112, 67 * 67, 251 * 251, 4093 * 4093, UINT64_C(65521) * 65521, UINT64_C(65537) * 65537,
		UINT64_C(33554393) * 33554393, UINT64_C(33554467) * 33554467, UINT64_C(1) << 32, UINT64_C(1) << 50, UINT64_C(1) << 53};
	for (size_t i = 0; i < sizeof middles / sizeof *middles; i++) {
		check_window(middles[i] - 1 - random_below(1000), middles[i] - 1);
		check_window(middles[i], middles[i] + random_below(1000));
		check_window(middles[i] - random_below(4000), middles[i] + random_below(4000));
	}
	for (int i = 0; i < 30; i++) {
		static const uint64_t moduli[] = {30, 210, 2310, 30030};
		uint64_t start = 4112 + (random_bits() >> (30 + random_below(20))), bits = 512 * (1 + random_below(700));
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
	seed = setting("PARSCALE_SEED", seed);
	print_message("seed %llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests_name("sieve windows", tests, NULL, NULL);
}
