/* SPDX-License-Identifier: MIT */
/* sieve_shape.c - which modulus, and how long lines and segments are: the cheapest of a few dozen, by a cost model. */
#include "sieve.h"

#include <math.h>

/*
 * Nanoseconds of a core of about 2024. Only their ratios count, and those little: near the best shape, costs are flat.
 * A hit is a read, an OR and a write; what it costs depends on where the line lives.
 */
static const double hit_in_l1 = 0.24, hit_in_l2 = 0.55, hit_in_l3 = 0.75;
/* A start of one prime in one line, while the tables of the primes are in L2, in L3, in memory. */
static const double start_in_l2 = 0.10, start_in_l3 = 0.16, start_in_memory = 0.5;
static const double per_segment = 300, presieve_per_bit = 0.03, per_prime_and_block = 6, per_huge_prime_and_block = 1.2;

struct machine {
	double l1, l2, l3; /* bytes, a worker's share; l3 may be 0 */
};

static double log_log(double x)
{
	return log(log(x));
}

static double about_primes(double x)
{
	return x < 100 ? 25 : x / (log(x) - 1.1);
}

/* Bytes of tables that a start reads. */
enum { start_bytes = 16 };

static double start_cost(const struct machine *m, double primes)
{
	double bytes = primes * start_bytes;
	return bytes < m->l2 ? start_in_l2 : bytes < m->l3 / 2 ? start_in_l3 : start_in_memory;
}

static double hit_cost(const struct machine *m, double line_bits)
{
	return line_bits / 8 < m->l2 * 3 / 4 + 1 ? hit_in_l2 : hit_in_l3;
}

/* Sum of 1/p over the primes in from..to, as Mertens tells. */
static double density(double from, double to)
{
	return to > from ? log_log(to) - log_log(from) : 0;
}

static double cost(const struct sieve_shape *s, const struct machine *m, double root, double presieve_limit)
{
	double lines = (double)s->classes * (double)s->blocks, line = (double)s->segment_bits * s->segments;
	double bits = lines * line, reach = s->segments == 1 ? line : s->segment_bits;
	double direct = fmin(root, SIEVE_DIRECT), segment_end = fmax(fmin(reach, direct), presieve_limit);
	double local = about_primes(segment_end), large = about_primes(direct) - local;
	double huge = root > direct ? about_primes(root) - about_primes(direct) : 0;

	double sum = bits * (presieve_per_bit + hit_in_l1 * density(presieve_limit, segment_end));
	sum += lines * s->segments * (per_segment + local * start_cost(m, local));
	if (large > 0)
		sum += lines * large * start_cost(m, large) + bits * hit_cost(m, line) * density(segment_end, direct);
	sum += (double)s->blocks * per_prime_and_block * about_primes(direct);
	sum += (double)s->blocks * per_huge_prime_and_block * huge;
	return sum;
}

/* Cuts `bits` into equal blocks of at most `longest`, and these into equal segments. */
static void divide(struct sieve_shape *s, double bits, double longest, double segment)
{
	double line = ceil(bits / ceil(bits / longest));
	s->segments = (uint32_t)ceil(line / segment);
	s->segment_bits = ((uint32_t)ceil(line / s->segments) + 511) & ~511u;
	s->blocks = (uint64_t)ceil(bits / ((double)s->segment_bits * s->segments));
}

/* Longest segment: an L1, less an eighth for tables and the stack. */
static double longest_segment(const struct problem *p, const struct machine *m)
{
	double bytes = p->block_bytes ? (double)p->block_bytes : m->l1 * 7 / 8;
	return 512 * floor(fmax(fmin(bytes * 8, SIEVE_LONGEST), 512) / 512);
}

/* Of all numbers, exp(-gamma) / ln x have no factor up to x; testing one takes a microsecond, half of them being primes. */
uint32_t sieve_choose_reach(uint64_t first, uint64_t last)
{
	static const uint32_t reaches[] = {1 << 13, 1 << 15, 1 << 17, 1 << 20, 1 << 22};
	const double per_prime = 25, per_huge_prime = 3, per_test = 1000;
	double numbers = (double)(last - first) + 1;
	uint32_t best = sieve_root(last);
	double direct = about_primes(fmin(best, SIEVE_DIRECT)), least = direct * per_prime;
	if (best > SIEVE_DIRECT)
		least += (about_primes(best) - direct) * per_huge_prime;
	for (size_t i = 0; i < sizeof reaches / sizeof *reaches; i++) {
		double left = numbers * 0.5615 / log(reaches[i]);
		double c = about_primes(reaches[i]) * per_prime + left * per_test;
		if (reaches[i] < best && c < least) {
			least = c;
			best = reaches[i];
		}
	}
	return best;
}

struct sieve_shape sieve_choose_shape(const struct problem *p, uint64_t first, uint64_t last, uint32_t reach,
	uint32_t presieve_limit)
{
	static const uint32_t moduli[][2] = {{30, 8}, {210, 48}, {2310, 480}, {30030, 5760}};
	const struct machine m = {.l1 = p->l1_bytes ? (double)p->l1_bytes : 32 << 10,
		.l2 = p->l2_bytes ? (double)p->l2_bytes : 256 << 10,
		.l3 = (double)p->l3_bytes};
	double root = reach, numbers = (double)(last - first) + 1, segment = longest_segment(p, &m);
	double workers = p->workers ? p->workers : 1;
	bool huge = root > SIEVE_DIRECT;
	struct sieve_shape best = {.modulus = 0};
	double least = HUGE_VAL;

	for (size_t i = 0; i < sizeof moduli / sizeof *moduli; i++) {
		struct sieve_shape s = {.modulus = moduli[i][0], .classes = moduli[i][1]};
		if ((p->listing && s.modulus > 30) || (huge && s.modulus > 210))
			break; /* lists are made of eight lines; multiples of huge primes are tested by 210 */
		double bits = floor((numbers - 1) / s.modulus) + 1, most = SIEVE_LINE;
		if (!huge && !p->listing && workers > 1) /* a line is a unit, and every worker shall have some */
			most = fmin(most, fmax(segment, bits * s.classes / workers / 8));
		if (huge) { /* a block is a unit: one a worker at least, with its buckets in bounds, offsets in 31 bits */
			double hits = density(SIEVE_DIRECT, root) * s.classes * sizeof(uint32_t);
			most = fmin(most, fmin(ceil(bits / workers), floor(INT32_MAX / (double)s.modulus) - 512));
			most = fmin(most, fmax(segment, SIEVE_BUCKETS / workers / hits));
		}
		/* As long as a segment, or a part of L2 or L3. */
		const double longest[] = {0, m.l2 / 2, m.l2 * 3 / 4, m.l3 / 8, m.l3 / 4, m.l3 * 3 / 8};
		for (size_t j = 0; j < sizeof longest / sizeof *longest && (j == 0 || bits > segment); j++) {
			divide(&s, bits, fmin(fmax(segment, longest[j] * 8), most), segment);
			double c = cost(&s, &m, root, presieve_limit);
			if (c < least) {
				least = c;
				best = s;
			}
		}
	}
	return best;
}
