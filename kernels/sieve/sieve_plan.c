/* SPDX-License-Identifier: MIT */
/*
 * sieve_plan.c - from a problem to a plan: shape, lines, tables of base primes, and the primes that
 * go through buckets.
 */
#include "kernels/cpu.h"
#include "kernels/memory.h"
#include "kernels/sieve/sieve.h"
#include "kernels/sieve/sieve_tuplets.h"

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
			for (uint64_t k = (factors[i] - in->first % factors[i]) % factors[i]; k < in->modulus;
				k += factors[i])
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

/* 1/r modulo M for every r coprime to it: the sum, over the prime factors f of M, of 1/r modulo f, times the
 * unit that is 1 modulo f and 0 modulo the others. */
static void make_reciprocals(uint32_t modulus, int32_t *reciprocal)
{
	for (size_t i = 0; i < FACTORS && modulus % factors[i] == 0; i++) {
		uint32_t f = factors[i], others = modulus / f, unit = others * sieve_inverse(others, f);
		for (uint32_t r = 1; r < f; r++) {
			uint32_t part = (uint32_t)((uint64_t)unit * sieve_inverse(r, f) % modulus);
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

/* The primes between SIEVE_DIRECT and root, as the lines of a sieve of their own. */
static int make_bucketed(struct sieve_input *in, const struct problem *p, const struct sieve_engine *engine,
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
	unsigned char *bits = own(in, (size_t)lines, line_bytes, e);
	struct sieve_scratch *work = memory_alloc(1, sieve_scratch_bytes(base), "sieve: scratch", e);
	if (offset && bits && work) {
		memcpy(offset, base->offset, base->classes * sizeof *offset);
		for (uint64_t i = 0; i < lines; i++)
			memcpy(bits + i * line_bytes,
				engine->line(base, work, i / base->classes, (uint32_t)(i % base->classes)),
				line_bytes);
		in->bucketed = (struct sieve_store){.first = base->first,
			.modulus = base->modulus,
			.classes = base->classes,
			.blocks = (uint32_t)base->blocks,
			.line_bits = base->line_bits,
			.offset = offset,
			.bits = bits};
	}
	memory_free(work);
	sieve_close(base);
	return in->bucketed.blocks ? 0 : -1;
}

/* Room for the hits of bucketed primes in a line: their mean, and so much more that running out is a matter of
 * theory. */
static uint32_t bucket_size(const struct sieve_input *in, uint32_t root)
{
	double mean = in->line_bits * (log_log(root) - log_log(in->direct));
	return (uint32_t)(mean + 16 * sqrt(mean) + 64);
}

/* Sorts the small primes, which are the first, by p % 8. */
static void sort_small(struct sieve_input *in, uint32_t *prime)
{
	uint32_t sorted[SIEVE_FLOOR / 4], n = 0;
	for (uint32_t list = 0; list < 4; list++) {
		for (uint32_t i = 0; i < in->small; i++)
			if (prime[i] % 8 == 2 * list + 1)
				sorted[n++] = prime[i];
		in->small_end[list] = n;
	}
	memcpy(prime, sorted, n * sizeof *prime);
}

/* What lies below the sieve: of tuplets, those that begin there. */
static int make_listed(struct sieve_input *in, const struct problem *p, struct err *e)
{
	const struct sieve_small *small = sieve_small(e);
	if (!small)
		return -1;
	uint32_t from = 0, end;
	while (small->prime[from] < p->start && small->prime[from] <= SIEVE_FLOOR)
		from++;
	for (end = from; small->prime[end] <= SIEVE_FLOOR && small->prime[end] <= p->stop;)
		end++;
	in->listed = small->prime + from;
	in->listed_count = end - from;
	if (p->tuplet == 1)
		return 0;
	uint32_t *kept = own(in, in->listed_count, sizeof *kept, e);
	if (!kept)
		return -1;
	memcpy(kept, in->listed, in->listed_count * sizeof *kept);
	in->listed = kept;
	in->listed_count = tuplets_keep((unsigned)p->tuplet, kept, in->listed_count);
	return 0;
}

/* The number n = a * c is in the line of k = n - first modulo 30, in bit (n - first - k) / 30. */
static int make_products(struct sieve_input *in, struct err *e)
{
	if (make_classes(in, e))
		return -1;
	in->kept = in->classes;
	in->whole = in->by_block = true;
	const uint32_t root = sieve_root(in->last);
	while (in->factors->prime[in->multiplied] <= root)
		in->multiplied++;
	for (uint32_t a = 0; a < 8; a++)
		for (uint32_t c = 0; c < 8; c++) {
			uint32_t n = (uint32_t)sieve_class_30[a] * sieve_class_30[c],
				 first = (uint32_t)in->first, k = (n + 30 - first % 30) % 30;
			in->place[a][c] = in->class_of[k] * in->line_bits - (first + k - n) / 30;
		}
	return 0;
}

/* Up to which prime hits are in segments: where lines are not in L2, looking at a prime in two segments costs less
 * than a hit there. */
static uint64_t longest_local(const struct sieve_input *in, const struct problem *p)
{
	const uint64_t l2 = p->l2_bytes ? p->l2_bytes : 256 << 10;
	return in->segments == 1 ? UINT32_MAX : (uint64_t)in->segment_bits * (in->line_bits / 8 > l2 ? 2 : 1);
}

static int make_primes(struct sieve_input *in, const struct problem *p, const struct sieve_engine *engine,
	uint32_t root, struct err *e)
{
	uint32_t count, from = 0, direct = root < in->direct ? root : in->direct;
	const struct sieve_presieve *presieve = sieve_presieve(engine, in->segment_bits);
	if (make_listed(in, p, e))
		return -1;
	if (!in->blocks)
		return 0;
	if (in->listing && !(in->deltas = sieve_deltas(in->modulus, e)))
		return -1;
	if (in->factors)
		return make_products(in, e);
	uint32_t *primes = sieve_base_primes(direct, p, engine, &count, e);
	if (!primes)
		return -1;
	in->owned[in->owned_count++] = primes;

	while (from < count && primes[from] <= presieve->limit)
		from++;
	in->prime = primes + from;
	in->primes = count - from;
	/* so many hits at least; if others are shifted meanwhile, these gain */
	const uint32_t hits = presieve->woven_bytes ? 80 : 100;
	for (in->small = 0; in->small < in->primes && in->prime[in->small] <= SIEVE_FLOOR &&
			    in->prime[in->small] <= in->segment_bits / hits;)
		in->small++;
	sort_small(in, primes + from);
	in->tables = sieve_tables(in->modulus, presieve, e);
	if (!in->tables || make_classes(in, e) || make_groups(in, e) || make_steps(in, engine, e))
		return -1;
	const uint64_t most = longest_local(in, p);
	for (in->local = in->small; in->local < in->primes && in->prime[in->local] <= most;)
		in->local++;
	const uint64_t span_bits = in->span < in->segments ? (uint64_t)in->span * in->segment_bits : 0;
	for (in->wide = in->local; in->wide < in->primes && in->prime[in->wide] <= span_bits;)
		in->wide++;
	in->whole = in->kept || in->tested || in->local < in->primes;
	if (root > in->direct) {
		in->whole = true;
		in->by_block = true;
		in->bucket_size = bucket_size(in, root);
		return make_bucketed(in, p, engine, root, e);
	}
	return 0;
}

/* The shape of lines, and up to which prime they are sieved where primes are not multiplied. */
static int choose(struct sieve_input *in, const struct problem *p, const struct sieve_engine *engine,
	uint32_t *reach, struct err *e)
{
	const struct sieve_small *small = sieve_small(e);
	struct sieve_geometry s;
	if (!small)
		return -1;
	if (p->tuplet == 1 && sieve_can_multiply(in->last, small, engine)) {
		s = sieve_products_geometry(p, in->first, in->last);
		in->tables = sieve_tables(s.modulus, sieve_presieve(engine, 0), e);
		if (!in->tables)
			return -1;
		in->factors = in->tables->factors;
	} else {
		*reach = sieve_choose_reach(in->first, in->last);
		in->tested = *reach < sieve_root(in->last);
		s = sieve_choose_geometry(
			p, in->first, in->last, *reach, sieve_presieve(engine, UINT32_MAX)->limit);
	}
	in->modulus = s.modulus;
	in->classes = s.classes;
	in->segment_bits = s.segment_bits;
	in->segments = s.segments;
	in->span = s.span;
	in->direct = s.direct;
	in->line_bits = s.segment_bits * s.segments;
	if (p->listing || p->tuplet > 1)
		in->first = tuplets_align(in->from, in->modulus);
	in->blocks = (in->last - in->first) / in->modulus / in->line_bits + 1;
	return 0;
}

int sieve_open(
	const struct problem *p, const struct sieve_engine *engine, struct sieve_input **input, struct err *e)
{
	struct sieve_input *in = memory_alloc(1, sizeof *in, "sieve", e);
	if (!in)
		return -1;
	in->asked = *p;
	in->engine = engine;
	in->listing = in->by_block = p->listing;
	in->or_to_memory = SIEVE_CAN_OR && !cpu_is_intel();
	in->first = in->from = at_least(p->start, SIEVE_FLOOR + 1);
	in->last = p->stop;
	uint32_t reach = 0;
	if ((in->first <= in->last && choose(in, p, engine, &reach, e) != 0) ||
		make_primes(in, p, engine, reach, e) != 0) {
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

/* Lines that cost some 10 us together, a hundred times what it takes to fetch them. */
uint64_t sieve_grain(const void *input)
{
	const struct sieve_input *in = input;
	if (in->by_block || !in->blocks)
		return 1;
	return (1 << 16) / (in->line_bits + 1) + 1;
}
