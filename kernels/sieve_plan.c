/* SPDX-License-Identifier: MIT */
/* sieve_plan.c - from a problem to a plan: the lines, the tables of the base primes and those of the pre-sieve. */
#include "memory.h"
#include "sieve.h"
#include "sieve_tuplets.h"

#include <math.h>
#include <string.h>

static uint64_t at_least(uint64_t value, uint64_t least)
{
	return value > least ? value : least;
}

static double log_log(double x)
{
	return log(log(x));
}

static void *own(struct sieve_input *in, size_t count, size_t size, struct err *e)
{
	void *p = memory_alloc(count, size, "sieve: tables", e);
	if (p)
		in->owned[in->owned_count++] = p;
	return p;
}

/* Inverse of a modulo m, coprime to it, by Euclid's algorithm. */
static uint32_t inverse_modulo(uint64_t a, uint32_t m)
{
	int64_t r0 = m, r1 = (int64_t)(a % m), t0 = 0, t1 = 1;
	while (r1 > 1) {
		int64_t q = r0 / r1, r = r0 - q * r1, t = t0 - q * t1;
		r0 = r1;
		r1 = r;
		t0 = t1;
		t1 = t;
	}
	return m == 1 ? 0 : (uint32_t)(t1 < 0 ? t1 + m : t1);
}

static const uint32_t factors[] = {2, 3, 5, 7, 11, 13};
enum { FACTORS = sizeof factors / sizeof *factors };

/* The offsets of the lines, ascending. */
static int make_classes(struct sieve_input *in, struct err *e)
{
	uint16_t *offset = own(in, in->classes, sizeof *offset, e);
	uint16_t *class_of = own(in, in->modulus, sizeof *class_of, e);
	if (!offset || !class_of)
		return -1;
	for (size_t i = 0; i < FACTORS; i++)
		if (in->modulus % factors[i] == 0)
			for (uint64_t k = (factors[i] - in->first % factors[i]) % factors[i]; k < in->modulus; k += factors[i])
				class_of[k] = UINT16_MAX;
	for (uint32_t k = 0, n = 0; k < in->modulus; k++)
		if (class_of[k] != UINT16_MAX) {
			offset[n] = (uint16_t)k;
			class_of[k] = (uint16_t)n++;
		}
	in->offset = offset;
	in->class_of = class_of;
	return 0;
}

/* Which lines are needed for tuplets, and how many are kept side by side. */
static int make_groups(struct sieve_input *in, struct err *e)
{
	in->kept = in->listing ? in->classes : 0;
	if (in->asked.tuplet == 1)
		return 0;
	struct sieve_group *group = own(in, in->classes, sizeof *group, e);
	if (!group)
		return -1;
	in->groups = tuplets_group((unsigned)in->asked.tuplet, in->offset, in->classes, group);
	in->group = group;
	in->kept = in->listing ? in->classes : TUPLETS_LINES;
	return 0;
}

/* 1/r modulo M for every r coprime to it: the sum, over the prime factors f of M, of 1/r modulo f, times the unit that is 1 modulo f
 * and 0 modulo the others. */
static void make_reciprocals(uint32_t modulus, int32_t *reciprocal)
{
	for (size_t i = 0; i < FACTORS && modulus % factors[i] == 0; i++) {
		uint32_t f = factors[i], others = modulus / f, unit = others * inverse_modulo(others, f);
		for (uint32_t r = 1; r < f; r++) {
			uint32_t part = (uint32_t)((uint64_t)unit * inverse_modulo(r, f) % modulus);
			for (uint32_t k = r; k < modulus; k += f) {
				uint32_t sum = (uint32_t)reciprocal[k] + part;
				reciprocal[k] = (int32_t)(sum < modulus ? sum : sum - modulus);
			}
		}
	}
}

/* steps of all primes, by a table of 1/r modulo M */
static int make_steps(struct sieve_input *in, const struct sieve_engine *engine, struct err *e)
{
	uint32_t *step = own(in, in->primes, sizeof *step, e);
	float *inverse = own(in, in->primes, sizeof *inverse, e);
	int32_t *reciprocal = memory_alloc(in->modulus, sizeof *reciprocal, "sieve: tables", e);
	if (step && inverse && reciprocal) {
		make_reciprocals(in->modulus, reciprocal);
		engine->steps(in->prime, in->primes, in->modulus, reciprocal, step, inverse);
		in->step = step;
		in->inverse = inverse;
	}
	memory_free(reciprocal);
	return in->step ? 0 : -1;
}

/* Writes the pattern of a prime, every prime'th bit from bit 0, whose period is as many bytes: one period, then copies of it. */
static void make_pattern(unsigned char *table, uint32_t bytes, uint32_t prime)
{
	memset(table, 0, prime);
	for (uint32_t bit = 0; bit < 8 * prime; bit += prime)
		table[bit / 8] |= (unsigned char)(1u << bit % 8);
	for (uint32_t done = prime; done < bytes; done *= 2)
		memcpy(table + done, table, bytes - done < done ? bytes - done : done);
}

/* Unites a table with the pattern of another prime, 64 bytes at a time. */
static void add_pattern(unsigned char *restrict table, uint32_t bytes, uint32_t prime)
{
	enum { PIECE = 64, LONGEST_PRIME = 128 };
	unsigned char pattern[LONGEST_PRIME + PIECE];
	make_pattern(pattern, prime + PIECE, prime);
	uint32_t phase = 0;
	for (unsigned char *to = table; to < table + bytes; to += PIECE) {
		const unsigned char *from = pattern + phase;
		for (size_t i = 0; i < PIECE; i++)
			to[i] |= from[i];
		for (phase += PIECE; phase >= prime;)
			phase -= prime;
	}
}

static uint32_t table_bytes(uint32_t period)
{
	return (period + SIEVE_TILE + 63) & ~63u;
}

/* Joins ascending primes into tables while their product is at most LONGEST. */
static int make_tables(struct sieve_input *in, const uint32_t *primes, uint32_t limit, struct err *e)
{
	enum { LONGEST = 8192 };
	struct sieve_tables *t = &in->tables;
	uint32_t total = 0, first[SIEVE_GROUPS + 1], i = 0; /* prime of each table */
	for (; primes[i] <= limit; i++) {
		if (in->modulus % primes[i] == 0)
			continue;
		if (t->count && (uint64_t)t->period[t->count - 1] * primes[i] <= LONGEST) {
			t->period[t->count - 1] *= primes[i];
		} else {
			first[t->count] = i;
			t->period[t->count++] = primes[i];
		}
	}
	first[t->count] = i;
	for (uint32_t g = 0; g < t->count; g++)
		total += table_bytes(t->period[g]);
	unsigned char *table = own(in, total, 1, e);
	if (!table)
		return -1;
	for (uint32_t g = 0; g < t->count; g++) {
		uint32_t period = t->period[g], bytes = table_bytes(period);
		make_pattern(table, bytes, primes[first[g]]);
		for (i = first[g] + 1; i < first[g + 1]; i++)
			add_pattern(table, bytes, primes[i]);
		t->table[g] = table;
		t->stride[g] = SIEVE_TILE % period;
		t->step[g] = inverse_modulo(8 * (uint64_t)in->modulus, period);
		table += bytes;
	}
	return 0;
}

/* The primes between SIEVE_DIRECT and root, as the lines of a sieve of their own. */
static int make_huge(struct sieve_input *in, const struct problem *p, const struct sieve_engine *engine,
	uint32_t root, struct err *e)
{
	struct problem range = *p;
	struct sieve_input *base;
	range.start = in->direct + 1;
	range.stop = root;
	range.listing = false;
	range.tuplet = 1;
	range.block_bytes = 0;
	if (sieve_open(&range, engine, &base, e))
		return -1;
	uint64_t lines = base->classes * base->blocks;
	size_t line_bytes = base->line_bits / 8;
	base->whole = true;
	uint16_t *offset = own(in, base->classes, sizeof *offset, e);
	unsigned char *bits = own(in, lines, line_bytes, e);
	struct sieve_work *work = memory_alloc(1, sieve_scratch_bytes(base), "sieve: scratch", e);
	if (offset && bits && work) {
		memcpy(offset, base->offset, base->classes * sizeof *offset);
		for (uint64_t i = 0; i < lines; i++)
			memcpy(bits + i * line_bytes,
				engine->line(base, work, i / base->classes, (uint32_t)(i % base->classes)),
				line_bytes);
		in->huge = (struct sieve_store){.first = base->first,
			.modulus = base->modulus,
			.classes = base->classes,
			.blocks = (uint32_t)base->blocks,
			.line_bits = base->line_bits,
			.offset = offset,
			.bits = bits};
	}
	memory_free(work);
	sieve_close(base);
	return in->huge.blocks ? 0 : -1;
}

/* Room for the hits of huge primes in a line: their mean, and so much more that running out is a matter of
 * theory. */
static uint32_t bucket_size(const struct sieve_input *in, uint32_t root)
{
	double mean = in->line_bits * (log_log(root) - log_log(in->direct));
	return (uint32_t)(mean + 16 * sqrt(mean) + 64);
}

/* Sorts the turned primes, which are the first, by p % 8. */
static void sort_turned(struct sieve_input *in, uint32_t *prime)
{
	uint32_t sorted[SIEVE_FLOOR / 4], n = 0;
	for (uint32_t list = 0; list < 4; list++) {
		for (uint32_t i = 0; i < in->turned; i++)
			if (prime[i] % 8 == 2 * list + 1)
				sorted[n++] = prime[i];
		in->turned_end[list] = n;
	}
	memcpy(prime, sorted, n * sizeof *prime);
}

static int make_primes(
	struct sieve_input *in, const struct problem *p, const struct sieve_engine *engine, uint32_t root,
	struct err *e)
{
	uint32_t count, from = 0;
	uint32_t direct = root < in->direct ? root : in->direct;
	uint32_t *primes = sieve_base_primes(direct < SIEVE_FLOOR ? SIEVE_FLOOR : direct, p, engine, &count, e);
	if (!primes)
		return -1;
	in->owned[in->owned_count++] = primes;

	uint32_t *listed = own(in, SIEVE_FLOOR / 4, sizeof *listed, e);
	if (!listed)
		return -1;
	for (; from < count && primes[from] <= SIEVE_FLOOR && primes[from] <= p->stop; from++)
		if (primes[from] >= p->start)
			listed[in->listed_count++] = primes[from];
	in->listed_count = tuplets_keep((unsigned)p->tuplet, listed, in->listed_count);
	in->listed = listed;
	if (!in->blocks)
		return 0;

	while (count && primes[count - 1] > direct)
		count--;
	for (from = 0; primes[from] <= engine->presieve_limit;)
		from++;
	in->prime = primes + from;
	in->primes = count > from ? count - from : 0;
	for (in->turned = 0; in->turned < in->primes && in->prime[in->turned] <= SIEVE_FLOOR &&
			     in->prime[in->turned] <= in->segment_bits / 100;)
		in->turned++;
	sort_turned(in, primes + from);
	if (make_classes(in, e) || make_groups(in, e) || make_steps(in, engine, e) ||
		make_tables(in, primes, engine->presieve_limit, e))
		return -1;
	for (in->local = in->turned;
		in->local < in->primes && (in->segments == 1 || in->prime[in->local] <= in->segment_bits);)
		in->local++;
	in->whole = in->kept || in->tested || in->local < in->primes;
	if (root > in->direct) {
		in->whole = true;
		in->by_block = true;
		in->bucket_size = bucket_size(in, root);
		return make_huge(in, p, engine, root, e);
	}
	return 0;
}

int sieve_open(
	const struct problem *p, const struct sieve_engine *engine, struct sieve_input **input, struct err *e)
{
	struct sieve_input *in = memory_alloc(1, sizeof *in, "sieve", e);
	if (!in)
		return -1;
	in->asked = *p;
	in->listing = in->by_block = p->listing;
	in->first = in->from = at_least(p->start, SIEVE_FLOOR + 1);
	in->last = p->stop;
	uint32_t reach = 0;
	if (in->first <= in->last) {
		reach = sieve_choose_reach(in->first, in->last);
		in->tested = reach < sieve_root(in->last);
		struct sieve_shape s = sieve_choose_shape(p, in->first, in->last, reach, engine->presieve_limit);
		in->modulus = s.modulus;
		in->classes = s.classes;
		in->segment_bits = s.segment_bits;
		in->segments = s.segments;
		in->direct = s.direct;
		in->line_bits = s.segment_bits * s.segments;
		if (p->listing || p->tuplet > 1)
			in->first = tuplets_align(in->from, in->modulus);
		in->blocks = (in->last - in->first) / in->modulus / in->line_bits + 1;
	}
	if (make_primes(in, p, engine, reach, e)) {
		sieve_close(in);
		return -1;
	}
	*input = in;
	return 0;
}

void sieve_close(void *input)
{
	struct sieve_input *in = input;
	for (uint32_t i = 0; i < in->owned_count; i++)
		memory_free(in->owned[i]);
	memory_free(in);
}

uint64_t sieve_units(const void *input)
{
	const struct sieve_input *in = input;
	uint64_t units = in->by_block ? in->blocks : in->blocks * (in->groups ? in->groups : in->classes);
	return units ? units : in->listed_count != 0;
}

/* Lines that cost some 50 us together. */
uint64_t sieve_grain(const void *input)
{
	const struct sieve_input *in = input;
	if (in->by_block || !in->blocks)
		return 1;
	return (1 << 18) / (in->line_bits + 1) + 1;
}
