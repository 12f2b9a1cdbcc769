/* SPDX-License-Identifier: MIT */
/*
 * test_sieve.c - the sieve's variants against published counts, a primality test, and each other.
 */
#include "tests/kernels/sieve/sieve_cases.h"

#include "kernels/sieve/sieve.h"

#include <math.h>
#include <stdlib.h>

static void check_all_variants(const struct problem *p, struct tally expected, bool check_too)
{
	for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++) {
		if (!takes(*v, p))
			continue;
		struct tally got = count_all(*v, p);
		if (got.count != expected.count || (check_too && got.checksum != expected.checksum))
			fail_msg("%s %llu..%llu: %llu primes, check %llu; expected %llu, %llu", (*v)->name,
				(unsigned long long)p->start, (unsigned long long)p->stop,
				(unsigned long long)got.count, (unsigned long long)got.checksum,
				(unsigned long long)expected.count, (unsigned long long)expected.checksum);
	}
}

static struct tally count_by_testing(uint64_t start, uint64_t stop)
{
	struct tally t = {0};
	for (uint64_t n = start;; n++) {
		if (is_prime(n)) {
			t.count++;
			t.checksum += n % 4 == 1;
		}
		if (n == stop)
			return t;
	}
}

/* Numbers of every length, among them the ends of the range and pseudoprimes to several small bases, on both sides of
 * products that carry into the upper half. */
static void test_single_numbers(void **state)
{
	static const uint64_t special[] = {0, 1, 2, 3, 9, 561, 2047, 3215031751, 3825123056546413051,
		18446744065119617025u, 18446744073709551557u, 4294967291, 4294967297, 4294967296, UINT64_MAX};
	(void)state;
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		assert_int_equal(sieve_is_prime(special[i]), is_prime(special[i]));
	for (int i = 0; i < 4000; i++) {
		const uint64_t n = random_bits() >> i % 62;
		if (sieve_is_prime(n) != is_prime(n))
			fail_msg("%llu", (unsigned long long)n);
	}
}

static void check_window(uint64_t start, uint64_t stop)
{
	struct problem p = range(start, stop);
	check_all_variants(&p, count_by_testing(start, stop), true);
}

/* ---- */

/* To 10^10; with PARSCALE_LONG to 10^12, two minutes. */
static void test_published_counts(void **state)
{
	(void)state;
	const uint64_t most = getenv("PARSCALE_LONG") ? 12 : 10;
	for (uint64_t stop = 10, k = 1; k <= most; stop *= 10, k++) {
		for (int inclusive = 0; inclusive < 2; inclusive++) {
			struct problem p = range(k % 3, stop - 1 + (uint64_t)inclusive);
			struct tally known;
			bool check_known = false;
			assert_non_null(kernel_sieve.oracle(&p, &known, &check_known));
			assert_true(check_known);
			if (k < 9)
				check_all_variants(&p, known, true);
			else if (!inclusive) {
				struct err e = {0};
				struct tally got = count_all(variant_find(&kernel_sieve, "best", &e), &p);
				assert_int_equal(got.count, known.count);
				assert_int_equal(got.checksum, known.checksum);
			}
		}
	}
	struct problem p = range(3, 1000);
	struct tally known;
	bool check_known;
	assert_null(kernel_sieve.oracle(&p, &known, &check_known));
}

/* Each is where Riemann's R(x) expects it, to some sqrt(x); and is checked without a second count. */
static void test_published_counts_to_10_19(void **state)
{
	(void)state;
	uint64_t end = 10;
	for (unsigned k = 1; k <= 19; k++, end *= 10) {
		struct problem p = range(0, end);
		struct tally known;
		struct err e = {0};
		uint64_t about;
		bool check_known = false;
		assert_non_null(kernel_sieve.oracle(&p, &known, &check_known));
		assert_true(check_known);
		uint64_t lead = known.count - 1 - 2 * known.checksum; /* of those that leave 3 */
		assert_int_equal(kernel_sieve.listing->about_nth(&p, known.count, &about, &e), 0);
		double root = sqrt((double)end), off = fabs((double)about - (double)end);
		if (off > 3 * root + 10 || (double)lead > root)
			fail_msg("10^%u: %llu primes would be about %llu; lead %llu", k,
				(unsigned long long)known.count, (unsigned long long)about,
				(unsigned long long)lead);
	}
}

static void test_smallest_ranges(void **state)
{
	(void)state;
	struct tally none = {0};
	for (uint64_t start = 0; start <= 40; start++)
		for (uint64_t stop = start; stop <= 40; stop++)
			check_window(start, stop);
	for (uint64_t start = 4080; start <= 4110; start += 3)
		for (uint64_t stop = start; stop <= 4112; stop++)
			check_window(start, stop);
	struct problem p = range(24, 28);
	check_all_variants(&p, none, true);
}

static void test_squares_and_powers(void **state)
{
	(void)state;
	static const uint64_t roots[] = {
		67, 251, 257, 4093, 4099, 65537, 1000003, 94906249, UINT64_C(4294967291)};
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		uint64_t square = roots[i] * roots[i];
		check_window(square, square);
		check_window(square - 1 - random_below(60), square - 1);
		check_window(square - random_below(60), square);
		check_window(square + 1, square + 60);
		check_window(square - 60, square + 60);
	}
	static const uint64_t powers[] = {
		UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 50, UINT64_C(1) << 53};
	for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
		check_window(powers[i] - 1000, powers[i] + 1000);
}

static void test_end_of_the_numbers(void **state)
{
	(void)state;
	struct problem p = range(UINT64_C(18446744073709551000), UINT64_MAX);
	check_all_variants(&p, (struct tally){.count = 13, .checksum = 8}, true);
	check_window(UINT64_MAX - 3, UINT64_MAX);
	check_window(UINT64_MAX, UINT64_MAX);
}

/* Long lines and short, one block and many, whatever the hints say: all cuts give what one chunk gives. */
static void test_cuts_and_hints(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		uint64_t start = random_bits() >> (24 + random_below(40)),
			 width = random_bits() >> (38 + random_below(20));
		struct problem p = range(start, start + width);
		struct err e = {0};
		struct tally expected = count_all(variant_find(&kernel_sieve, "scalar", &e), &p);
		for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++) {
			if (!takes(*v, &p))
				continue;
			random_hints(&p);
			struct tally got = count_in_chunks(*v, &p, 1 + random_below(300));
			if (got.count != expected.count || got.checksum != expected.checksum)
				fail_msg("%s %llu..%llu block %llu l1 %llu l2 %llu: %llu, not %llu",
					(*v)->name, (unsigned long long)p.start, (unsigned long long)p.stop,
					(unsigned long long)p.block_bytes, (unsigned long long)p.l1_bytes,
					(unsigned long long)p.l2_bytes, (unsigned long long)got.count,
					(unsigned long long)expected.count);
		}
	}
}

/* What is known of the numbers before n: how many are primes, how many of these leave 1, and their sum. */
struct known {
	uint32_t count, check;
	uint64_t sum;
};

/* By the sieve of Eratosthenes itself. */
static struct known *known_below(uint32_t end)
{
	struct known *k = calloc(end + 1, sizeof *k);
	unsigned char *composite = calloc(end, 1);
	assert_true(k && composite);
	for (uint32_t n = 0; n < end; n++) {
		bool prime = n > 1 && !composite[n];
		for (uint64_t m = (uint64_t)n * n; prime && m < end; m += n)
			composite[m] = 1;
		k[n + 1] = (struct known){
			k[n].count + prime, k[n].check + (prime && n % 4 == 1), k[n].sum + (prime ? n : 0)};
	}
	free(composite);
	return k;
}

static int add(void *ctx, const uint64_t *primes, size_t n)
{
	struct known *k = ctx;
	k->count += (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		k->sum += primes[i];
	return 0;
}

static void check_known(const struct variant *v, struct problem *p, const struct known *known)
{
	const struct known *from = known + p->start, *to = known + p->stop + 1;
	random_hints(p);
	struct tally got = count_in_chunks(v, p, 1 + random_below(20));
	struct known listed = {0};
	p->listing = true;
	struct opened o = open_variant(v, p);
	v->emit(o.input, (struct span){0, v->units(o.input)}, o.scratch, add, &listed);
	close_variant(&o);
	if (got.count != to->count - from->count || got.checksum != to->check - from->check ||
		listed.count != got.count || listed.sum != to->sum - from->sum)
		fail_msg("%s %llu..%llu block %llu l1 %llu: %llu, check %llu, listed %lu; expected %u, %u",
			v->name, (unsigned long long)p->start, (unsigned long long)p->stop,
			(unsigned long long)p->block_bytes, (unsigned long long)p->l1_bytes,
			(unsigned long long)got.count, (unsigned long long)got.checksum,
			(unsigned long)listed.count, to->count - from->count, to->check - from->check);
}

/* Where the largest primes are multiplied, and just beyond; a variant is asked whether it does. */
static void test_small_numbers(void **state)
{
	(void)state;
	enum { END = 17000000 };
	struct known *known = known_below(END);
	static const uint32_t edges[] = {4112, 211 * 211, 211 * 223, 223 * 223, 3323 * 3329, 223 * 49727,
		3329 * 3329, 127 * 127 * 127, 500000, 211 * 211 * 211, 211 * 211 * 223, 223 * 223 * 223,
		251 * 251 * 257, 257 * 257 * 257};
	unsigned multiplied = 0;
	for (const struct variant *const *v = variants_here(&kernel_sieve) + 1; *v; v++) {
		struct problem p = range(0, 400000);
		if (!takes(*v, &p))
			continue;
		struct opened o = open_variant(*v, &p);
		multiplied += ((const struct sieve_input *)o.input)->factors != NULL;
		close_variant(&o);
		for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
			for (uint32_t k = 0; k < 12; k++) {
				uint64_t stop = edges[i] - 6 + k,
					 width = random_below(stop) >> random_below(20);
				p = range(stop - width, stop);
				check_known(*v, &p, known);
			}
		for (int i = 0; i < 400; i++) {
			uint64_t stop = random_below(END) >> random_below(12),
				 width = random_below(stop + 1) >> random_below(20);
			p = range(stop - width, stop);
			check_known(*v, &p, known);
		}
	}
	assert_true(multiplied > 0);
	free(known);
}

/* Lines so much longer than a segment that large primes hit them dozens of times, and run over their end. */
static void test_long_lines(void **state)
{
	(void)state;
	struct problem p = range(UINT64_C(1000000000000), UINT64_C(1000100000000));
	struct err e = {0};
	struct tally expected = count_all(variant_find(&kernel_sieve, "scalar", &e), &p);
	p.block_bytes = 4096;
	p.l3_bytes = 64 << 20;
	check_all_variants(&p, expected, true);
}

struct list {
	uint64_t *primes;
	size_t n, room, stop_at;
};

static int append(void *ctx, const uint64_t *primes, size_t n)
{
	struct list *l = ctx;
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(l->n < l->room);
		assert_true(l->n == 0 || l->primes[l->n - 1] < primes[i]);
		l->primes[l->n++] = primes[i];
	}
	return l->n >= l->stop_at;
}

static void check_list(uint64_t start, uint64_t stop)
{
	struct problem p = range(start, stop);
	struct tally expected = count_by_testing(start, stop);
	struct list l = {.room = (size_t)expected.count + 1, .stop_at = SIZE_MAX};
	l.primes = calloc(l.room, sizeof *l.primes);
	p.listing = true;
	p.block_bytes = random_below(2) ? 64 : 0;
	for (const struct variant *const *v = variants_here(&kernel_sieve); *v; v++) {
		if (!takes(*v, &p))
			continue;
		struct opened o = open_variant(*v, &p);
		uint64_t units = (*v)->units(o.input), middle = units / 2;
		l.n = 0;
		l.stop_at = SIZE_MAX;
		(*v)->emit(o.input, (struct span){0, middle}, o.scratch, append, &l);
		(*v)->emit(o.input, (struct span){middle, units}, o.scratch, append, &l);
		assert_int_equal(l.n, expected.count);
		for (size_t i = 0; i < l.n; i++)
			assert_true(is_prime(l.primes[i]) && l.primes[i] >= start && l.primes[i] <= stop);
		struct tally medium = {0};
		(*v)->chunk(o.input, (struct span){0, units}, o.scratch, &medium);
		assert_int_equal(medium.count, expected.count);
		l.n = 0;
		l.stop_at = 1;
		(*v)->emit(o.input, (struct span){0, units}, o.scratch, append, &l);
		assert_true(l.n == 0 ? expected.count == 0 : l.n <= expected.count);
		close_variant(&o);
	}
	free(l.primes);
}

static void test_listing(void **state)
{
	(void)state;
	check_list(0, 1);
	check_list(0, 2);
	check_list(2, 5000);
	check_list(0, 200000);
	check_list(4097, 4099);
	check_list(999900000, 1000000000);
	check_list(UINT64_C(1000000000000), UINT64_C(1000000100000));
	check_list(UINT64_C(1000000000000000), UINT64_C(1000000000010000));
	check_list(UINT64_C(18446744073709551000), UINT64_MAX);
}

static int add_up(void *ctx, const uint64_t *primes, size_t n)
{
	struct tally *sum = ctx;
	sum->count += n;
	for (size_t i = 0; i < n; i++)
		sum->checksum += primes[i];
	return 0;
}

static struct tally run_all(const struct opened *o, bool listing)
{
	struct tally sum = {0};
	struct span all = {0, o->v->units(o->input)};
	if (listing)
		o->v->emit(o->input, all, o->scratch, add_up, &sum);
	else
		o->v->chunk(o->input, all, o->scratch, &sum);
	return sum;
}

static uint32_t full_buckets(const struct opened *o)
{
	const struct sieve_input *in = o->input;
	const struct sieve_scratch *w = o->scratch;
	uint32_t full = 0;
	for (uint32_t c = 0; c < in->classes; c++)
		full += sieve_bucket_hits(in, w, c) == in->bucket_size;
	return full;
}

static uint32_t mean_used(const struct opened *o)
{
	const struct sieve_input *in = o->input;
	const struct sieve_scratch *w = o->scratch;
	uint64_t sum = 0;
	for (uint32_t c = 0; c < in->classes; c++)
		sum += sieve_bucket_hits(in, w, c);
	return (uint32_t)(sum / in->classes);
}

/* Buckets of which about half overflow, and of which all do: as many primes as where none does. */
static void test_full_buckets(void **state)
{
	(void)state;
	for (const struct variant *const *v = variants_here(&kernel_sieve) + 1; *v; v++)
		for (int kind = 0; kind < 3; kind++) {
			struct problem p = range(UINT64_C(20000000000000), UINT64_C(20000002000000));
			p.listing = kind == 1;
			p.tuplet = kind == 2 ? 2 : 1;
			if (!takes(*v, &p))
				continue;
			struct opened o = open_variant(*v, &p);
			struct sieve_input *in = o.input;
			assert_true(in->bucketed.blocks > 0);
			struct tally expected = run_all(&o, p.listing);
			assert_int_equal(full_buckets(&o), 0);
			const uint32_t sizes[] = {mean_used(&o), 20, 1};
			for (size_t i = 0; i < 3; i++) {
				close_scratch(&o);
				in->bucket_size = sizes[i];
				open_scratch(&o);
				struct tally got = run_all(&o, p.listing);
				uint32_t full = full_buckets(&o);
				assert_true(i ? full == in->classes : full > 0 && full < in->classes);
				assert_int_equal(got.count, expected.count);
				assert_int_equal(got.checksum, expected.checksum);
			}
			close_variant(&o);
		}
}

/* With buckets offsets in a block have 31 bits, and bits of a line 24, with 512 bits to spare, whatever segments
 * are rounded up to. */
static void test_blocks_with_buckets(void **state)
{
	(void)state;
	uint32_t bucketed = 0;
	for (unsigned workers = 1; workers <= 64; workers *= 8)
		for (uint64_t start = UINT64_C(1000000000000000); start < UINT64_MAX / 4; start += start / 2)
			for (uint64_t length = 1000000; length < start * 3; length += length / 2) {
				struct problem p = range(start, start + length);
				p.workers = workers;
				p.l1_bytes = 32 << 10;
				p.l2_bytes = 1 << 20;
				p.l3_bytes = 32 << 20;
				uint32_t reach = sieve_choose_reach(p.start, p.stop);
				struct sieve_geometry s =
					sieve_choose_geometry(&p, p.start, p.stop, reach, 211);
				uint64_t line = (uint64_t)s.segment_bits * s.segments;
				if (reach <= s.direct)
					continue;
				bucketed++;
				assert_true((line + 512) * s.modulus <= INT32_MAX);
				assert_true(line + 512 < 1 << 8 * SIEVE_HIT);
			}
	assert_true(bucketed > 0);
}

static void assert_same_tally(struct tally a, struct tally b)
{
	assert_true(b.count > 0);
	assert_int_equal(a.count, b.count);
	assert_int_equal(a.checksum, b.checksum);
}

/* Whichever form of a hit this CPU prefers, the other finds the same: products; small, medium and large
 * primes; buckets. */
static void test_both_forms_of_a_hit(void **state)
{
	(void)state;
	static const uint64_t ranges[][2] = {{0, 3000000}, {0, 300000000}, {1000000000000, 1000050000000},
		{20000000000000, 20000002000000}};
	for (const struct variant *const *v = variants_here(&kernel_sieve) + 1; *v; v++)
		for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
			for (int listing = 0; listing < 2; listing++) {
				struct problem p = range(ranges[i][0], ranges[i][1]);
				p.listing = listing;
				if (!takes(*v, &p))
					continue;
				struct opened o = open_variant(*v, &p);
				struct sieve_input *in = o.input;
				struct tally preferred = run_all(&o, listing);
				close_scratch(&o);
				in->or_to_memory = !in->or_to_memory;
				open_scratch(&o);
				struct tally other = run_all(&o, listing);
				assert_same_tally(other, preferred);
				close_variant(&o);
			}
}

/* Lines cut into spans, as they are where they do not fit L2: with primes in all of them, and without. */
static void test_spans(void **state)
{
	(void)state;
	for (const struct variant *const *v = variants_here(&kernel_sieve) + 1; *v; v++)
		for (int listing = 0; listing < 2; listing++) {
			struct problem p = range(UINT64_C(3000000000000), UINT64_C(3000040000000));
			p.block_bytes = 2048;
			p.l3_bytes = 64 << 20;
			p.listing = listing;
			struct opened o = open_variant(*v, &p);
			struct sieve_input *in = o.input;
			in->wide = in->local;
			struct tally without = run_all(&o, listing);
			close_scratch(&o);
			uint32_t spans = 2;
			while (in->segments % spans)
				spans++;
			in->span = in->segments / spans;
			while (in->wide < in->primes && in->prime[in->wide] <= in->span * in->segment_bits)
				in->wide++;
			assert_true(spans < in->segments && in->local < in->wide && in->wide < in->primes);
			open_scratch(&o);
			struct tally with = run_all(&o, listing);
			assert_same_tally(with, without);
			close_variant(&o);
		}
}

/* Whether some primes are shifted into place, at once or later, or all are in tables, the pre-sieve is the same:
 * products, segments of all lengths, and long ones, whose fractions add up. */
static void test_both_forms_of_the_presieve(void **state)
{
	(void)state;
	static const struct {
		uint64_t start, stop, block_bytes;
	} cases[] = {{0, 3000000, 0}, {0, 30000000, 2048}, {0, 300000000, 0}, {1000000, 400000000, 128 << 10},
		{1000000000000, 1000050000000, 0}, {20000000000000, 20000002000000, 0}};
	for (const struct variant *const *v = variants_here(&kernel_sieve) + 1; *v; v++)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct problem p = range(cases[i].start, cases[i].stop);
			struct err e = {0};
			p.block_bytes = cases[i].block_bytes;
			struct opened o = open_variant(*v, &p);
			struct sieve_input *in = o.input;
			const uint32_t bits = in->factors ? 0 : in->segment_bits;
			const bool woven = bits > SIEVE_LEAST_WOVEN && in->engine->woven.limit;
			struct sieve_presieve other = *sieve_presieve(in->engine, bits),
					      shifts = woven ? in->engine->woven : in->engine->shifts;
			if (other.shifted) {
				other.shifted = other.woven_bytes = 0;
			} else {
				shifts.limit = other.limit;
				other = shifts;
			}
			struct tally preferred = run_all(&o, false);
			close_scratch(&o);
			in->tables = sieve_tables(in->modulus, &other, &e);
			assert_non_null(in->tables);
			open_scratch(&o);
			struct tally tried = run_all(&o, false);
			assert_same_tally(tried, preferred);
			close_variant(&o);
		}
}

static void test_problems_that_are_refused(void **state)
{
	(void)state;
	struct problem p = range(11, 10);
	struct err e = {0};
	void *input;
	assert_int_equal(kernel_sieve.validate(&p, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);

	p = range(0, 1000000001);
	e = (struct err){0};
	assert_int_equal(kernel_sieve.variants[0]->setup(&p, &input, &e), -1);
	assert_int_equal(e.status, ERR_ABSENT);

	p = range(0, UINT64_MAX);
	assert_int_equal(kernel_sieve.items(&p), UINT64_MAX);
	kernel_sieve.resize(&p, 1000);
	assert_int_equal(p.start, 0);
	assert_int_equal(p.stop, 999);
	assert_int_equal(kernel_sieve.items(&p), 1000);
}

static int run(const char *hidden)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_counts),
		cmocka_unit_test(test_published_counts_to_10_19),
		cmocka_unit_test(test_smallest_ranges),
		cmocka_unit_test(test_single_numbers),
		cmocka_unit_test(test_squares_and_powers),
		cmocka_unit_test(test_end_of_the_numbers),
		cmocka_unit_test(test_cuts_and_hints),
		cmocka_unit_test(test_small_numbers),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_listing),
		cmocka_unit_test(test_full_buckets),
		cmocka_unit_test(test_blocks_with_buckets),
		cmocka_unit_test(test_both_forms_of_a_hit),
		cmocka_unit_test(test_both_forms_of_the_presieve),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_problems_that_are_refused),
	};
	const struct CMUnitTest lesser[] = {cmocka_unit_test(test_listing)};
	return hidden ? cmocka_run_group_tests_name("sieve, lesser CPUs", lesser, NULL, NULL)
		      : cmocka_run_group_tests_name("sieve", tests, NULL, NULL);
}

int main(void)
{
	return variants_without_extensions(run);
}
