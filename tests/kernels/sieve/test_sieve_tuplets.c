/* SPDX-License-Identifier: MIT */
/*
 * test_sieve_tuplets.c - twins to sextuplets: published counts, every cut, lists, and their text.
 */
#include "tests/kernels/sieve/sieve_cases.h"

#include "kernels/sieve/sieve_tuplets.h"

#include <inttypes.h>

static struct problem tuplets(uint64_t start, uint64_t stop, unsigned k)
{
	struct problem p = range(start, stop);
	p.tuplet = k;
	return p;
}

/* Forms as distances from the first prime. */
static const struct {
	unsigned k, distance[6];
} forms[] = {{2, {0, 2}}, {3, {0, 2, 6}}, {3, {0, 4, 6}}, {4, {0, 2, 6, 8}}, {5, {0, 2, 6, 8, 12}},
	{5, {0, 4, 6, 10, 12}}, {6, {0, 4, 6, 10, 12, 16}}};

/* By the forms, in an array that tells whether start + i is a prime. */
static struct tally count_by_form(const bool *prime, uint64_t start, uint64_t n, unsigned k)
{
	struct tally t = {0};
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
		for (uint64_t i = 0; forms[f].k == k && i + forms[f].distance[k - 1] < n; i++) {
			bool all = true;
			for (unsigned j = 0; j < k; j++)
				all = all && prime[i + forms[f].distance[j]];
			t.count += all;
			t.checksum += all && (start + i) % 4 == 1;
		}
	return t;
}

struct marks {
	bool *prime;
	uint64_t start;
};

static int mark(void *ctx, const uint64_t *primes, size_t n)
{
	struct marks *m = ctx;
	for (size_t i = 0; i < n; i++)
		m->prime[primes[i] - m->start] = true;
	return 0;
}

/* The primes of a range by the plainest variant that takes it. */
static struct marks find_primes(uint64_t start, uint64_t stop)
{
	struct problem p = range(start, stop);
	p.listing = true;
	struct opened o = open_variant(kernel_sieve.variants[stop > 10000000], &p);
	struct marks m = {calloc((size_t)(stop - start) + 1, 1), start};
	assert_non_null(m.prime);
	o.v->emit(o.input, (struct span){0, o.v->units(o.input)}, o.scratch, mark, &m);
	close_variant(&o);
	return m;
}

static void check(const struct variant *v, const struct problem *p, uint64_t longest, struct tally expected)
{
	struct tally got = count_in_chunks(v, p, longest);
	if (got.count != expected.count || got.checksum != expected.checksum)
		fail_msg("%s %" PRIu64 "..%" PRIu64 ", %" PRIu64 "-tuplets: %" PRIu64 ", check %" PRIu64
			 ", not %" PRIu64 ", %" PRIu64,
			v->name, p->start, p->stop, p->tuplet, got.count, got.checksum, expected.count,
			expected.checksum);
}

static void test_published_counts(void **state)
{
	(void)state;
	for (unsigned k = 2; k <= 6; k += 2)
		for (uint64_t power = 10; power <= 1000000000; power *= 10)
			for (uint64_t stop = power - 1; stop <= power; stop++) {
				struct problem p = tuplets(stop % 3, stop, k);
				struct tally known = {0};
				bool check_known = true;
				assert_non_null(kernel_sieve.oracle(&p, &known, &check_known));
				assert_false(check_known);
				for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++)
					if (takes(*v, &p) && (power < 100000000 || v[1] == NULL))
						assert_int_equal(count_all(*v, &p).count, known.count);
			}
	struct problem p = tuplets(0, 1000, 3);
	struct tally known;
	bool check_known;
	assert_null(kernel_sieve.oracle(&p, &known, &check_known));
}

/* 10^12 and 10^11 take minutes in all. */
static void test_long_published_counts(void **state)
{
	(void)state;
	if (!getenv("PARSCALE_LONG"))
		skip();
	for (unsigned k = 2; k <= 6; k += 2)
		for (uint64_t power = 10000000000; power <= (k == 2 ? 100000000000 : 1000000000000);
			power *= 10) {
			struct problem p = tuplets(0, power, k);
			struct tally known = {0};
			struct err e = {0};
			bool check_known;
			assert_non_null(kernel_sieve.oracle(&p, &known, &check_known));
			assert_int_equal(
				count_all(variant_find(&kernel_sieve, "best", &e), &p).count, known.count);
		}
}

/* Every start and stop around the first tuplets, and around the first number that is sieved. */
static void check_corner(uint64_t low, uint64_t high)
{
	struct marks m = find_primes(low, high);
	for (unsigned k = 2; k <= 6; k++)
		for (uint64_t start = low; start <= high; start++)
			for (uint64_t stop = start; stop <= high; stop += 1 + random_below(3)) {
				struct problem p = tuplets(start, stop, k);
				struct tally expected =
					count_by_form(m.prime + (start - low), start, stop - start + 1, k);
				for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++)
					if (takes(*v, &p))
						check(*v, &p, 1, expected);
			}
	free(m.prime);
}

static void test_corners(void **state)
{
	(void)state;
	check_corner(0, 40);
	check_corner(4085, 4140);
}

/* Windows whose end is 2^64 - 1, or near it, of 1 number to some thousands: no number past the end is formed. */
static void test_top(void **state)
{
	enum { WIDTH = 4000 };
	static bool prime[WIDTH + 1];
	const uint64_t low = UINT64_MAX - WIDTH;
	(void)state;
	for (uint64_t i = 0; i <= WIDTH; i++)
		prime[i] = is_prime(low + i);
	for (int i = 0; i < 1500; i++) {
		uint64_t stop = UINT64_MAX - (i % 2 ? random_below(100) : 0),
			 start = stop - (i < 700 ? (uint64_t)i / 2 : random_below(WIDTH - 100));
		for (unsigned k = 1; k <= 6; k++) {
			struct problem p = tuplets(start, stop, k);
			struct tally expected = {0};
			for (uint64_t n = start - low; k == 1 && n <= stop - low; n++) {
				expected.count += prime[n];
				expected.checksum += prime[n] && (low + n) % 4 == 1;
			}
			if (k > 1)
				expected = count_by_form(prime + (start - low), start, stop - start + 1, k);
			p.listing = random_below(4) == 0;
			for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++)
				if (takes(*v, &p))
					check(*v, &p, 1 + random_below(300), expected);
		}
	}
}

static void test_windows_cuts_and_hints(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		uint64_t start = random_bits() >> (24 + random_below(40)),
			 width = random_bits() >> (42 + random_below(16));
		struct marks m = find_primes(start, start + width);
		for (unsigned k = 2; k <= 6; k++) {
			struct problem p = tuplets(start, start + width, k);
			struct tally expected = count_by_form(m.prime, start, width + 1, k);
			for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++) {
				if (!takes(*v, &p))
					continue;
				random_hints(&p);
				p.listing = random_below(4) == 0;
				check(*v, &p, 1 + random_below(300), expected);
			}
		}
		free(m.prime);
	}
}

/* Lists are in order, are the tuplets by form, and weigh what the tally says. */
struct list {
	const struct marks *m;
	uint64_t last, stop;
	struct tally sum;
};

static int weigh(void *ctx, const uint64_t *items, size_t n)
{
	struct list *l = ctx;
	for (size_t i = 0; i < n; i++) {
		assert_true(items[i] > l->last && items[i] >= l->m->start && items[i] <= l->stop);
		assert_true(l->m->prime[items[i] - l->m->start]);
		l->last = items[i];
		kernel_sieve.listing->weigh(items[i], &l->sum);
	}
	return 0;
}

static void test_listing(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		uint64_t start = i == 0 ? 0 : random_bits() >> (24 + random_below(40)),
			 width = 5000 + random_below(3000000);
		struct marks m = find_primes(start, start + width);
		for (unsigned k = 1; k <= 6; k++) {
			struct problem p = tuplets(start, start + width, k);
			p.listing = true;
			for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++) {
				if (!takes(*v, &p))
					continue;
				struct opened o = open_variant(*v, &p);
				struct list l = {.m = &m, .stop = p.stop};
				uint64_t units = (*v)->units(o.input),
					 middle = units ? random_below(units) : 0;
				(*v)->emit(o.input, (struct span){0, middle}, o.scratch, weigh, &l);
				(*v)->emit(o.input, (struct span){middle, units}, o.scratch, weigh, &l);
				struct tally expected = count_all(*v, &p);
				assert_int_equal(l.sum.count, expected.count);
				assert_int_equal(l.sum.checksum, expected.checksum);
				close_variant(&o);
			}
		}
		free(m.prime);
	}
}

static void test_text(void **state)
{
	static const struct {
		unsigned k;
		uint64_t first;
		const char *text;
	} cases[] = {{1, 5, ""}, {2, 3, "(3, 5)"}, {2, 29, "(29, 31)"}, {3, 5, "(5, 7, 11)"},
		{3, 13, "(13, 17, 19)"}, {4, 11, "(11, 13, 17, 19)"}, {5, 5, "(5, 7, 11, 13, 17)"},
		{5, 7, "(7, 11, 13, 17, 19)"}, {6, 7, "(7, 11, 13, 17, 19, 23)"},
		{6, UINT64_C(18446744073709551501),
			"(18446744073709551501, 18446744073709551503, 18446744073709551507, 18446744073709551509, "
			"18446744073709551513, 18446744073709551515)"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct problem p = tuplets(0, 100, cases[i].k);
		char buffer[SPELL_BYTES];
		const char *text = "";
		size_t n = kernel_sieve.listing->spell(&p, cases[i].first, buffer, &text);
		if (i == sizeof cases / sizeof *cases - 1) { /* no sextuplet, but as long as one can be */
			assert_int_equal(n, 6 * 20 + 5 * 2 + 2);
			continue;
		}
		assert_int_equal(n, strlen(cases[i].text));
		assert_memory_equal(text, cases[i].text, n);
	}
}

/* The lines that the cost model reckons with are those that are sieved. */
static void test_groups(void **state)
{
	static const uint32_t moduli[] = {30, 210, 2310, 30030};
	static uint16_t offset[5760];
	static struct sieve_group group[5760];
	(void)state;
	for (size_t i = 0; i < sizeof moduli / sizeof *moduli; i++) {
		uint32_t classes = 0;
		for (uint32_t n = 2; n < moduli[i] + 2; n++)
			if (n % 2 && n % 3 && n % 5 && (moduli[i] % 7 || n % 7) &&
				(moduli[i] % 11 || n % 11) && (moduli[i] % 13 || n % 13))
				offset[classes++] = (uint16_t)(n - 2);
		assert_int_equal(tuplets_lines(1, moduli[i]), classes);
		for (unsigned k = 2; k <= 6; k++) {
			memset(group, 0, sizeof group);
			uint32_t groups = tuplets_group(k, offset, classes, group), lines = 0;
			for (uint32_t g = 0; g < groups; g++) {
				lines += group[g].lines;
				assert_true(group[g].lines >= k && group[g].lines <= TUPLETS_LINES);
				assert_true(
					g == 0 || group[g].class >= group[g - 1].class + group[g - 1].lines);
			}
			assert_int_equal(lines, tuplets_lines(k, moduli[i]));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_counts),
		cmocka_unit_test(test_long_published_counts),
		cmocka_unit_test(test_corners),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_windows_cuts_and_hints),
		cmocka_unit_test(test_listing),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_groups),
	};
	draw_seed();
	return cmocka_run_group_tests_name("sieve tuplets", tests, NULL, NULL);
}
