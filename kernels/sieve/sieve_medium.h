/* SPDX-License-Identifier: MIT */
/*
 * sieve_medium.h - medium primes, in a segment, and large ones, in a whole line.
 *
 * A prime p hits a segment of n bits n / p times, rounded down, or once more. A loop that tests for
 * the end mispredicts its last jump for nearly every prime. So primes are grouped into runs with
 * the same number of sure hits (sieve_scratch.c finds them; primes ascend, so a run is an
 * interval): each run has an unrolled loop without a test. The hits that may lie beyond the end
 * are found by vectors, which leave those that do not, of several runs, in a list that is crossed
 * out at once; without such vectors the others are redirected to spare bits. Above SIEVE_MEDIUM
 * hits the count is rounded down to a multiple of four, and up to four hits beyond the end are
 * simply taken. No branch depends on where a prime hits.
 *
 * The same vectors know the first hit in the next segment. So starts are carried from segment to
 * segment. They are computed where a prime begins: in the first one, or where its square is.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_MEDIUM_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_MEDIUM_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_hit.h"
#include "kernels/sieve/sieve_simd.h"

#include <string.h>

/* Spare bits lie in words of their own: a hit that follows another to the same word waits for it. */
enum { SPARE_WORDS = 16 };

/* The hit that may be beyond the end, x + hits * p, or else a spare bit: by vectors, since compilers turn
 * a select between scalars into a jump that nobody can predict. */
static inline void find_last_hits(const uint32_t *restrict prime, const uint32_t *restrict x, uint32_t n,
	uint32_t hits, uint32_t bits, uint32_t spare, uint32_t *restrict last)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = x[i] + hits * prime[i];
		last[i] = at < bits ? at : spare + i % SPARE_WORDS * 64;
	}
}

/* Starts in the next stretch. The sign says which last hits are beyond the end of this one. */
static inline void carry_starts(
	const uint32_t *restrict prime, uint32_t *restrict x, uint32_t n, uint32_t hits, uint32_t bits)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t further = x[i] + hits * prime[i] - bits;
		x[i] = further + ((int32_t)further < 0 ? prime[i] : 0);
	}
}

/* last_hits() by plain loops: where the next is written to moves on by those that are kept. */
static inline uint32_t last_hits_plain(const struct stretch *part, const uint32_t *restrict prime,
	uint32_t *restrict x, uint32_t n, uint32_t hits, uint32_t *restrict last)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t at = x[i] + hits * prime[i];
		last[kept] = at;
		kept += at < part->bits;
	}
	if (part->next)
		carry_starts(prime, x, n, hits, part->bits);
	return kept;
}

/* From so many hits on, masks of single bytes are used twice or more, and so cost less than shifts. */
enum { SHARED_MASKS = 10 };

/* `hits` hits of a prime from bit `at` on. */
INLINE void cross_prime(
	unsigned char *segment, uint32_t p, uint32_t at, const uint32_t hits, const bool or_to_memory)
{
	if (or_to_memory && hits >= SHARED_MASKS) {
		const unsigned char *masks = sieve_hit_masks[p / 2 % 4][at % 8];
		UNROLL
		for (uint32_t h = 0; h < 8; h++, at += p) {
			unsigned char *to = segment + at / 8, mask = masks[h];
			UNROLL
			for (uint32_t j = h; j < hits; j += 8, to += p)
				or_byte(to, mask);
		}
	} else {
		UNROLL
		for (uint32_t h = 0; h < hits; h++, at += p)
			hit(segment, at, or_to_memory);
	}
}

/* The `hits` sure hits of primes, and one more in last[] unless that is packed. A turn of a loop takes two cycles at
 * least on Zen 4, so that few hits are not enough for one. */
INLINE void cross_medium(unsigned char *segment, const uint32_t *prime, const uint32_t *x,
	const uint32_t *last, uint32_t n, const uint32_t hits, const bool or_to_memory)
{
	enum { FEW = 4, AT_ONCE = 4 };
	uint32_t i = 0, whole = SIEVE_PACKS && hits <= FEW ? n / AT_ONCE * AT_ONCE : 0;
	for (; i < whole; i += AT_ONCE) {
		UNROLL
		for (uint32_t j = i; j < i + AT_ONCE; j++)
			cross_prime(segment, prime[j], x[j], hits, or_to_memory);
	}
	for (; i < n; i++) {
		cross_prime(segment, prime[i], x[i], hits, or_to_memory);
		if (!SIEVE_PACKS)
			hit(segment, last[i], or_to_memory);
	}
}

#if SIEVE_PACKS
/* A hit by OR takes all four ports of integers on Zen 4 for a cycle, two of them for its shifts. Half of the hits of a
 * prime have their bytes and masks from memory instead, where vectors have put them up to 128 primes ahead: loads that
 * follow too soon would wait for these stores. For fewer hits it does not pay. */
enum { LEAST_PREPARED = 5, MOST_PREPARED = SHARED_MASKS / 2 };

INLINE void cross_prepared(
	unsigned char *segment, const uint32_t *prime, const uint32_t *x, uint32_t n, const uint32_t hits)
{
	const uint32_t prepared = (hits + 1) / 2, others = hits - prepared;
	uint32_t some[2][MOST_PREPARED * PREPARED] __attribute__((aligned(64)));
	uint32_t which = 0;
	prepare_hits(prime, x, n < PREPARED ? n : PREPARED, others, prepared, some[which]);
	while (n) {
		const uint32_t now = n < PREPARED ? n : PREPARED;
		const uint32_t *hit = some[which], *end = prime + now;
		n -= now;
		which ^= 1;
		if (n)
			prepare_hits(prime + now, x + now, n < PREPARED ? n : PREPARED, others, prepared,
				some[which]);
		for (; prime < end; prime++, x++, hit++) {
			const uint64_t p = *prime;
			uint64_t at = *x;
			UNROLL
			for (uint32_t h = 0; h < prepared; h++) {
				const unsigned char *from = (const unsigned char *)(hit + h * PREPARED);
				uint16_t byte;
				if (h < others) {
					cross_or(segment, at);
					at += p;
				}
				memcpy(&byte, from, sizeof byte);
				or_byte(segment + byte, from[2]);
			}
		}
	}
}

/* Functions of their own, or constants would not stay in registers. */
#define PREPARED_HITS(k)                                                                                     \
	static __attribute__((noinline)) void cross_run_or_##k(                                              \
		unsigned char *segment, const uint32_t *prime, const uint32_t *x, uint32_t n)                \
	{                                                                                                    \
		cross_prepared(segment, prime, x, n, k);                                                     \
	}
PREPARED_HITS(5)
PREPARED_HITS(6)
PREPARED_HITS(7)
PREPARED_HITS(8)
PREPARED_HITS(9)
#undef PREPARED_HITS
static void (*const cross_run_or_few[])(unsigned char *segment, const uint32_t *prime, const uint32_t *x,
	uint32_t n) = {cross_run_or_5, cross_run_or_6, cross_run_or_7, cross_run_or_8, cross_run_or_9};
_Static_assert(LEAST_PREPARED + sizeof cross_run_or_few / sizeof *cross_run_or_few == SHARED_MASKS,
	"beyond, hits share masks");
#endif

/* `n` hits of one prime, each p bytes after the other. */
INLINE void cross_bytes(unsigned char *to, uint32_t p, uint32_t n, unsigned char mask)
{
	UNROLL
	for (uint32_t i = 0; i < 4; i++, to += p)
		or_byte(to, mask);
	for (n -= 4; n; n--, to += p)
		or_byte(to, mask);
}

/* Primes with more hits: `hits` to hits + 3 are sure. So many and four are taken, and run over the end by
 * four at most. */
INLINE void cross_many(unsigned char *segment, const uint32_t *prime, const uint32_t *x, uint32_t n,
	uint32_t hits, const bool or_to_memory)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = prime[i], at = x[i];
		if (or_to_memory) {
			const unsigned char *masks = sieve_hit_masks[p / 2 % 4][at % 8];
			UNROLL
			for (uint32_t h = 0; h < 8; h++, at += p)
				cross_bytes(segment + at / 8, p, (hits + SIEVE_STEP + 7 - h) / 8, masks[h]);
			continue;
		}
		for (uint32_t h = hits / SIEVE_STEP + 1; h; h--) {
			UNROLL
			for (uint32_t j = 0; j < SIEVE_STEP; j++, at += p)
				cross(segment, at);
		}
	}
}

/* Returns how many hits it leaves in last[]. */
INLINE uint32_t cross_run_by(struct stretch part, const uint32_t *prime, uint32_t *x, uint32_t *last,
	uint32_t n, uint32_t hits, const bool or_to_memory)
{
	unsigned char *to = part.to;
	if (hits > SIEVE_MEDIUM) {
		cross_many(to, prime, x, n, hits, or_to_memory);
		return 0;
	}
#if SIEVE_PACKS
	if (or_to_memory && hits >= LEAST_PREPARED && hits < SHARED_MASKS && part.bits <= 1u << 19) {
		cross_run_or_few[hits - LEAST_PREPARED](to, prime, x, n);
		return last_hits(&part, prime, x, n, hits, last);
	}
#endif
	if (!SIEVE_PACKS && hits)
		find_last_hits(prime, x, n, hits, part.bits, part.spare, last);
	switch (hits) {
#define HITS(k)                                                                                              \
	case k:                                                                                              \
		cross_medium(to, prime, x, last, n, k, or_to_memory);                                        \
		break;
		HITS(1)
		HITS(2)
		HITS(3)
		HITS(4)
		HITS(5)
		HITS(6)
		HITS(7)
		HITS(8)
		HITS(9)
		HITS(10)
		HITS(11)
		HITS(12)
		HITS(13)
		HITS(14)
		HITS(15)
		HITS(16)
		HITS(17)
		HITS(18)
		HITS(19)
		HITS(20)
		HITS(21)
		HITS(22) HITS(23) HITS(24) HITS(25) HITS(26) HITS(27) HITS(28) HITS(29) HITS(30) HITS(31)
#undef HITS
	}
	if (SIEVE_PACKS || hits == 0)
		return last_hits(&part, prime, x, n, SIEVE_PACKS ? hits : 0, last);
	if (part.next)
		carry_starts(prime, x, n, hits, part.bits);
	return 0;
}

/* One run, or a part of one. Changes x. Functions of their own, as is cross_small: tests/cli/assembly.sh
 * reads them. */
static __attribute__((noinline)) uint32_t cross_run_bts(
	struct stretch part, const uint32_t *prime, uint32_t *x, uint32_t *last, uint32_t n, uint32_t hits)
{
	return cross_run_by(part, prime, x, last, n, hits, false);
}

static __attribute__((noinline)) uint32_t cross_run_or(
	struct stretch part, const uint32_t *prime, uint32_t *x, uint32_t *last, uint32_t n, uint32_t hits)
{
	return cross_run_by(part, prime, x, last, n, hits, true);
}

/* Computes the starts of those that are carried, which begin in the segment or span of these runs: no prime before
 * w->begun. Later ones have their squares further on. */
static void begin_carried(const struct sieve_input *in, struct sieve_scratch *w, uint32_t offset,
	uint32_t before, const struct sieve_runs *runs)
{
	uint32_t r = 0, end = runs->count ? runs->run[runs->count - 1].end : 0;
	for (; r < runs->count && runs->run[r].hits > SIEVE_MEDIUM; r++)
		w->begun = runs->run[r].end > w->begun ? runs->run[r].end : w->begun;
	for (uint32_t n; w->begun < end; w->begun += n) {
		n = end - w->begun < SIEVE_BATCH ? end - w->begun : SIEVE_BATCH;
		starts(in, w, w->begun, n, offset, before, w->next + w->begun);
	}
}

/* Runs of primes, the first of them being prime `from`, in the line at `offset`. Starts are carried of those
 * that have at most SIEVE_MEDIUM hits. */
static void cross_runs(const struct sieve_input *in, struct sieve_scratch *w, uint32_t offset,
	struct stretch part, const struct sieve_runs *runs, uint32_t from)
{
	uint32_t kept = 0; /* last hits of several runs: how many cannot be predicted */
	/* of the batch */
	uint32_t last = runs->count ? runs->run[runs->count - 1].end : 0, first = from, end = from;
	if (part.next)
		begin_carried(in, w, offset, part.before, runs);
	for (uint32_t r = 0; r < runs->count; r++) {
		uint32_t hits = runs->run[r].hits;
		const bool carried = part.next && hits <= SIEVE_MEDIUM;
		for (uint32_t n; from < runs->run[r].end; from += n) {
			if (carried) {
				end = from + SIEVE_BATCH;
			} else if (from == end) {
				first = from;
				end = last - from < SIEVE_BATCH ? last : from + SIEVE_BATCH;
				starts(in, w, from, end - from, offset, part.before, w->batch);
			}
			n = (runs->run[r].end < end ? runs->run[r].end : end) - from;
			kept += (in->or_to_memory ? cross_run_or : cross_run_bts)(part, in->prime + from,
				carried ? part.next + from : w->batch + (from - first), w->last + kept, n,
				hits);
			if (kept >= SIEVE_BATCH) {
				cross_list_of_hits(in, part.to, w->last, kept);
				kept = 0;
			}
		}
	}
	cross_list_of_hits(in, part.to, w->last, kept);
}

#endif
