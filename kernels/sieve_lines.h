/* SPDX-License-Identifier: MIT */
/*
 * sieve_lines.h - the sieve itself, a template: an instruction set's file defines its parts, then includes
 * this, then has `const struct variant` made of the functions below. sieve.h explains the algorithm.
 *
 * Parts that must stand before the inclusion:
 *
 * - enum { presieve_limit }: largest pre-sieved prime, about where a load of a table costs as much as
 * crossing out in as many bits.
 *
 * - void starts(const struct sieve_input *in, const struct sieve_work *w, uint32_t from, uint32_t n,
 *   uint32_t offset, uint32_t before, uint32_t *x): x[i] = first bit, counted from bit `before`, that
 *   prime[from + i] crosses out in the line at `offset`, not before its square. May write 15 elements more.
 *
 * - uint32_t keep_below(uint32_t *x, uint32_t n, uint32_t bits): keeps the x[i] < bits, in order and in
 * place, and returns their number.
 *
 * - void unite_tables(const struct sieve_tables *t, const uint32_t *at, unsigned char *to): writes a tile,
 * the union of all tables, table g from its byte at[g] on. void unite_tail(..., uint32_t bytes): less than a
 * tile, a multiple of 64.
 *
 * - struct ones { uint64_t all, even; } count_ones(const unsigned char *bits, uint32_t bytes): set bits, and
 *   those in even places. bytes is a multiple of 64.
 *
 * - SIEVE_HAS_MULTIPLES with unpack and multiples as in sieve_huge.h; else the portable ones there are used.
 *
 * No branch in the crossing loops depends on where a prime hits: their trip counts are those of a run.
 */
#ifndef PARSCALE_SIEVE_LINES_H
#define PARSCALE_SIEVE_LINES_H

#include "inline.h"

#include <string.h>

/* Bit x of a line is bit x % 8 of byte x / 8. x86-64 is little endian, so that a word does as well. There a
 * hit is written out, as what compilers make of C takes six or seven micro-operations: with SHRX (a copy and
 * a shift in one) they are five, and one store a cycle, the bound of the crossing loops, is within reach. */
#if defined(__x86_64__)
INLINE uint64_t word_of(uint64_t x)
{
#if defined(__BMI2__)
	uint64_t i;
	__asm__("shrx %2, %1, %0" : "=r"(i) : "r"(x), "r"((uint64_t)6));
	return i;
#else
	return x / 64;
#endif
}

INLINE void cross(unsigned char *line, uint32_t x)
{
	uint64_t word;
	__asm__ volatile("movq (%1, %2, 8), %0\n\tbtsq %3, %0\n\tmovq %0, (%1, %2, 8)"
			 : "=&r"(word)
			 : "r"(line), "r"(word_of(x)), "r"((uint64_t)x)
			 : "cc", "memory");
}
#else
INLINE void cross(unsigned char *line, uint32_t x)
{
	line[x / 8] |= (unsigned char)(1u << x % 8);
}
#endif

/* Crosses out from bit x, a multiple of 8, in turns of eight hits, which are p bytes: the masks depend on p %
 * 8 alone. */
INLINE void cross_turns(unsigned char *at, uint32_t p, uint32_t turns, const uint32_t p_mod_8)
{
	size_t eighth = p / 8;
	for (; turns; turns--, at += p) {
		UNROLL
		for (uint32_t j = 0; j < 8; j++)
			at[j * eighth + j * p_mod_8 / 8] |= (unsigned char)(1u << j * p_mod_8 % 8);
	}
}

/* Primes with many hits. Starts move back to a multiple of 8, at most 7 hits, and the last turn runs over the
 * end. */
INLINE void cross_turned(unsigned char *segment, uint32_t bits, const uint32_t *prime, const uint32_t *x,
	uint32_t n, const uint32_t p_mod_8)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = prime[i];
		ptrdiff_t from = (ptrdiff_t)x[i] -
				 (ptrdiff_t)(x[i] * p_mod_8 % 8) * (ptrdiff_t)p; /* 1/p = p modulo 8 */
		uint32_t turns = bits / p / 8 + 2;
		cross_turns(segment + from / 8, p, turns, p_mod_8);
	}
}

/* Some bits of a line, at `to`: `bits` of them, the first being bit `before` of the line. */
struct stretch {
	unsigned char *to;
	uint32_t before, bits, spare; /* the bit `spare`, counted from `to`, stands for no number */
};

/* The hit that may be beyond the end, x + hits * p, or else the bit `spare`: by vectors, since compilers turn
 * a select between scalars into a jump that nobody can predict. */
static void find_last_hits(const uint32_t *restrict prime, const uint32_t *restrict x, uint32_t n,
	uint32_t hits, uint32_t bits, uint32_t spare, uint32_t *restrict last)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = x[i] + hits * prime[i];
		last[i] = at < bits ? at : spare;
	}
}

/* Primes with `hits` sure hits and one more in last[]. */
INLINE void cross_counted(unsigned char *segment, const uint32_t *prime, const uint32_t *x,
	const uint32_t *last, uint32_t n, const uint32_t hits)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = prime[i], at = x[i];
		UNROLL
		for (uint32_t h = 0; h < hits; h++, at += p)
			cross(segment, at);
		cross(segment, last[i]);
	}
}

/* Primes with more hits: `hits` to hits + 3 are sure. So many and four are taken, and run over the end by
 * four at most. */
static void cross_many(
	unsigned char *segment, const uint32_t *prime, const uint32_t *x, uint32_t n, uint32_t hits)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = prime[i], at = x[i];
		for (uint32_t h = hits / SIEVE_STEP + 1; h; h--) {
			UNROLL
			for (uint32_t j = 0; j < SIEVE_STEP; j++, at += p)
				cross(segment, at);
		}
	}
}

/* One run, or a part of one. Changes x. A function of its own, as is cross_small: tests/cli/assembly.sh reads
 * them. */
static __attribute__((noinline)) void cross_run(
	struct stretch part, const uint32_t *prime, uint32_t *x, uint32_t *last, uint32_t n, uint32_t hits)
{
	unsigned char *to = part.to;
	if (hits > SIEVE_COUNTED) {
		cross_many(to, prime, x, n, hits);
		return;
	}
	if (hits == 0) {
		n = keep_below(x, n, part.bits);
		for (uint32_t i = 0; i < n; i++)
			cross(to, x[i]);
		return;
	}
	find_last_hits(prime, x, n, hits, part.bits, part.spare, last);
	switch (hits) {
#define HITS(k)                                                                                              \
	case k:                                                                                              \
		cross_counted(to, prime, x, last, n, k);                                                     \
		break;
		HITS(1)
		HITS(2) HITS(3) HITS(4) HITS(5) HITS(6) HITS(7) HITS(8) HITS(9) HITS(10) HITS(11) HITS(12)
			HITS(13) HITS(14) HITS(15) HITS(16) HITS(17) HITS(18) HITS(19) HITS(20) HITS(21)
				HITS(22) HITS(23) HITS(24) HITS(25) HITS(26) HITS(27) HITS(28) HITS(29)
					HITS(30) HITS(31)
#undef HITS
	}
}

/* Primes that are turned, in the segment `before` bits into the line. */
static __attribute__((noinline)) void cross_small(const struct sieve_input *in, struct sieve_work *w,
	uint32_t offset, uint32_t before, unsigned char *segment)
{
	uint32_t i = 0;
	for (uint32_t list = 0; list < 4; list++)
		while (i < in->turned_end[list]) {
			uint32_t n = in->turned_end[list] - i < SIEVE_BATCH ? in->turned_end[list] - i
									    : SIEVE_BATCH;
			starts(in, w, i, n, offset, before, w->batch);
			const uint32_t *prime = in->prime + i;
			switch (list) {
			case 0:
				cross_turned(segment, in->segment_bits, prime, w->batch, n, 1);
				break;
			case 1:
				cross_turned(segment, in->segment_bits, prime, w->batch, n, 3);
				break;
			case 2:
				cross_turned(segment, in->segment_bits, prime, w->batch, n, 5);
				break;
			default:
				cross_turned(segment, in->segment_bits, prime, w->batch, n, 7);
			}
			i += n;
		}
}

/* Runs of primes, the first of them being prime `from`, in the line at `offset`. */
static void cross_runs(const struct sieve_input *in, struct sieve_work *w, uint32_t offset,
	struct stretch part, const struct sieve_runs *runs, uint32_t from)
{
	/* of the batch */
	uint32_t last = runs->count ? runs->run[runs->count - 1].end : 0, first = from, end = from;
	for (uint32_t r = 0; r < runs->count; r++) {
		uint32_t hits = runs->run[r].hits;
		for (uint32_t n; from < runs->run[r].end; from += n) {
			if (from == end) {
				first = from;
				end = last - from < SIEVE_BATCH ? last : from + SIEVE_BATCH;
				starts(in, w, from, end - from, offset, part.before, w->batch);
			}
			n = (runs->run[r].end < end ? runs->run[r].end : end) - from;
			cross_run(part, in->prime + from, w->batch + (from - first), w->last, n, hits);
		}
	}
}

/* Composites behind the last number. */
static void close_line(unsigned char *bits, uint32_t valid, uint32_t end)
{
	for (; valid < end && valid % 8; valid++)
		cross(bits, valid);
	if (valid < end)
		memset(bits + valid / 8, 0xff, (end - valid) / 8);
}

/* Composites before the first number that counts. */
static void open_line(unsigned char *bits, uint64_t number, uint64_t from, uint32_t modulus)
{
	for (uint32_t i = 0; number < from; number += modulus)
		cross(bits, i++);
}

/* Adds the primes, zero bits, of whole vectors of a line whose bit 0 is `number`; M = 2 (mod 4), so bits
 * alternate between 1 and 3. */
static void count_primes(const unsigned char *bits, uint32_t size, uint64_t number, struct tally *out)
{
	struct ones ones = count_ones(bits, size / 8);
	uint64_t even = size / 2 - ones.even;
	out->count += size - ones.all;
	out->check += number % 4 == 1 ? even : size - ones.all - even;
}

/* Writes what the tables cross out in the segment `before` bits into the line at `offset`, a tile at a time.
 */
static void presieve(const struct sieve_input *in, const struct sieve_work *w, uint32_t offset,
	uint32_t before, unsigned char *to)
{
	const struct sieve_tables *t = in->tables;
	uint32_t at[SIEVE_GROUPS], bytes = in->segment_bits / 8, done = 0;
	/* below 2^28, so that half a unit keeps the quotient from falling short */
	for (uint32_t g = 0; g < t->count; g++) {
		int32_t shift = (int32_t)(w->phase[g] + offset * t->step[g] + before / 8);
		at[g] = (uint32_t)shift - (uint32_t)(int32_t)((shift + 0.5) * t->inverse[g]) * t->period[g];
	}
	for (; done + SIEVE_TILE <= bytes; done += SIEVE_TILE) {
		unite_tables(t, at, to + done);
		for (uint32_t g = 0; g < t->count; g++) {
			uint32_t next = at[g] + t->stride[g], wrapped = next - t->period[g];
			at[g] = next < wrapped ? next : wrapped;
		}
	}
	unite_tail(t, at, to + done, bytes - done);
}

/* Crosses out the numbers left that are no primes. */
static void test_line(unsigned char *line, uint32_t valid, uint64_t number, uint32_t modulus)
{
	for (uint32_t i = 0; i < valid; i++)
		if (!(line[i / 8] >> i % 8 & 1) && !sieve_is_prime(number + (uint64_t)modulus * i))
			cross(line, i);
}

#include "sieve_huge.h"

/* Sieves a line, and adds its primes to *out unless that is NULL. */
static void sieve_line(
	const struct sieve_input *in, struct sieve_work *w, uint64_t block, uint32_t class, struct tally *out)
{
	uint32_t offset = in->offset[class], valid = sieve_valid(in, block, class);
	uint64_t number = sieve_base(in, block) + offset; /* meaningless where valid == 0 */
	for (uint32_t s = 0; s < in->segments; s++) {
		uint32_t before = s * in->segment_bits;
		unsigned char *to = w->line + (in->whole ? before / 8 : 0);
		uint32_t spare = in->whole ? in->line_bits - before : in->segment_bits;
		presieve(in, w, offset, before, to);
		cross_small(in, w, offset, before, to);
		cross_runs(in, w, offset, (struct stretch){to, before, in->segment_bits, spare},
			sieve_segment_runs(in, w, s), in->turned);
		if (in->whole)
			continue;
		close_line(w->line, valid < before ? 0 : valid - before, in->segment_bits);
		count_primes(w->line, in->segment_bits, number, out);
	}
	if (!in->whole)
		return;
	cross_runs(in, w, offset, (struct stretch){w->line, 0, in->line_bits, in->line_bits}, &w->whole,
		in->local);
	if (in->huge.blocks)
		cross_huge(in, w, block, class);
	close_line(w->line, valid, in->line_bits);
	if (valid && number < in->from)
		open_line(w->line, number, in->from, in->modulus);
	if (in->tested)
		test_line(w->line, valid, number, in->modulus);
	if (out)
		count_primes(w->line, in->line_bits, number, out);
}

/* x modulo p, where `inverse` is 1/p: the quotient may be one off, and so is put right. |x / p| < 2^34. */
INLINE int64_t modulo(int64_t x, int64_t p, double inverse)
{
	int64_t rest = x - (int64_t)((double)x * inverse) * p;
	rest = rest < 0 ? rest + p : rest;
	return rest >= p ? rest - p : rest;
}

/* A loop that compilers turn into vectors, without a division of integers. */
static void origins(const struct sieve_input *in, uint64_t base, uint32_t *restrict start)
{
	const uint32_t *restrict prime = in->prime, *restrict step = in->step;
	int64_t high = (int64_t)(base >> 32), low = (int64_t)(base & UINT32_MAX);
	for (uint32_t i = 0; i < in->primes; i++) {
		int64_t p = prime[i];
		double inverse = 1.0 / (double)p;
		int64_t rest = modulo(modulo(high, p, inverse) << 32 | low, p, inverse);
		start[i] = (uint32_t)modulo(rest * step[i], p, inverse);
	}
}

/* With s = 1/p mod M, step -1/M mod p is (p * s - 1) / M, which is a whole number, below 2^25; fractions of p
 * / M are at least 1 / M. */
static void steps(const uint32_t *restrict prime, uint32_t n, uint32_t modulus,
	const int32_t *restrict reciprocal, uint32_t *restrict step, float *restrict inverse)
{
	const double part = 1.0 / modulus;
	for (uint32_t i = 0; i < n; i++) {
		int32_t p = (int32_t)prime[i], rest = p - (int32_t)(p * part) * (int32_t)modulus;
		step[i] = (uint32_t)(int32_t)(((double)p * reciprocal[rest] - 1) * part + 0.5);
		inverse[i] = 1.0f / (float)p;
	}
}

static void enter(const struct sieve_input *in, struct sieve_work *w, uint64_t block)
{
	if (w->ready == block + 1)
		return;
	sieve_enter(in, w, block, origins);
	if (in->huge.blocks)
		fill_buckets(in, w, block);
}

static const unsigned char *leave_line(
	const struct sieve_input *in, struct sieve_work *w, uint64_t block, uint32_t class)
{
	enter(in, w, block);
	sieve_line(in, w, block, class, NULL);
	return w->line;
}

static void add_listed(const struct sieve_input *in, struct tally *out)
{
	uint64_t check = 0;
	for (uint32_t i = 0; i < in->listed_count; i++)
		check += in->listed[i] % 4 == 1;
	out->count += in->listed_count;
	out->check += check;
}

static void count_tuplets(
	const struct sieve_input *in, struct sieve_work *w, struct span s, struct tally *out);

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct sieve_input *in = input;
	struct sieve_work *w = scratch;
	if (s.lo == 0 && s.hi > 0)
		add_listed(in, out);
	if (!in->blocks)
		return;
	if (in->groups) {
		count_tuplets(in, w, s, out);
		return;
	}
	uint32_t lines = in->by_block ? in->classes : 1;
	for (uint64_t line = s.lo * lines; line < s.hi * lines; line++) {
		enter(in, w, line / in->classes);
		sieve_line(in, w, line / in->classes, (uint32_t)(line % in->classes), out);
	}
}

#include "sieve_columns.h"

static int setup(const struct problem *p, void **input, struct err *e)
{
	static const struct sieve_engine engine = {presieve_limit, leave_line, emit, steps};
	struct sieve_input *in;
	if (sieve_open(p, &engine, &in, e))
		return -1;
	*input = in;
	return 0;
}

#endif
