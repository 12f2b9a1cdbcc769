/* SPDX-License-Identifier: MIT */
/*
 * sieve_woven.h - small primes and shifted ones (sieve_presieve.h) in one loop.
 *
 * Crossing out small primes is bound by one store a cycle, and uses no vectors. Shifting primes into place is bound
 * by vector units, and stores next to nothing. So after every turn or two of a small prime, a shifted prime is
 * added to a part of a tile, which is kept in registers until all of them are: what takes fewer cycles is nearly
 * free. A shifted prime is worth as many stores as it has hits, or a table that is not loaded.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_WOVEN_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_WOVEN_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_presieve.h"
#include "kernels/sieve/sieve_simd.h"
#include "kernels/sieve/sieve_small.h"

#include <string.h>

#if SIEVE_WOVEN
/* Hits in a tile. */
struct sums {
	SIEVE_VECTOR sum[SIEVE_SUMS];
};
_Static_assert(sizeof(struct sums) <= SIEVE_TILE, "the last tile of a segment may end so far behind it");

INLINE struct sums no_sums(void)
{
	struct sums s;
	UNROLL
	for (uint32_t i = 0; i < SIEVE_SUMS; i++)
		s.sum[i] = (SIEVE_VECTOR){0};
	return s;
}

/* Adds hits to one part of the sums: the next one, as they are in order. */
INLINE void shift_part(struct sums *to, struct shifted *s, const uint32_t part, const uint32_t parts)
{
	UNROLL
	for (uint32_t i = 0; i < SIEVE_SUMS; i++)
		if (i >= SIEVE_SUMS * part / parts && i < SIEVE_SUMS * (part + 1) / parts)
			to->sum[i] |= shifted_hits(s);
}

/* Adds the sums to a tile; returns empty ones. */
INLINE struct sums leave_sums(struct sums s, unsigned char *to)
{
	UNROLL
	for (uint32_t i = 0; i < SIEVE_SUMS; i++, to += sizeof s.sum[0]) {
		SIEVE_VECTOR there;
		memcpy(&there, to, sizeof there);
		there |= s.sum[i];
		memcpy(to, &there, sizeof there);
	}
	return no_sums();
}

/* Shifted primes of a segment, tile by tile: `i` is the next one in the tile at `to`. */
struct woven {
	unsigned char *to, *end;
	uint32_t i;
	const uint32_t *doubled; /* fractions of the tile */
	struct sums sums;        /* its hits so far */
};

/* Fractions: of the tile after the next, and doubled, of both. Made a tile ahead, as vectors that are read at
 * once are late. */
struct woven_fractions {
	uint32_t exact[SIEVE_SHIFTED], doubled[2][SIEVE_SHIFTED];
};

static __attribute__((noinline)) void next_fractions(
	const struct sieve_tables *t, struct woven_fractions *f, uint32_t which)
{
	advance_fractions(t, t->woven, f->exact, f->doubled[which]);
}

/* Goes on to the next prime, or the next tile. */
INLINE void next_woven(const struct sieve_tables *t, struct woven *v, struct woven_fractions *f)
{
	if (++v->i < t->woven)
		return;
	v->sums = leave_sums(v->sums, v->to);
	v->to += sizeof v->sums;
	v->i = 0;
	const uint32_t which = v->doubled == f->doubled[0];
	next_fractions(t, f, !which);
	v->doubled = f->doubled[which];
}

/* Primes with many hits, and shifted ones meanwhile: crossing out waits for stores, and shifting for vector
 * units. Returns how many primes are done when no more are to be shifted. */
INLINE uint32_t weave_list(const struct sieve_tables *t, unsigned char *segment, uint32_t bits,
	const uint32_t *prime, const uint32_t *x, uint32_t n, const uint32_t p_mod_8, struct woven *v,
	struct woven_fractions *f)
{
	uint32_t i = 0;
	for (; i < n && v->to < v->end; i++) {
		const uint32_t p = prime[i];
		unsigned char *at = first_turn(segment, p, x[i], p_mod_8);
		uint32_t turns = count_turns(bits, p);
		for (; turns >= SIEVE_WOVEN; turns -= SIEVE_WOVEN) {
			struct shifted s = shifted_at(t, v->doubled, v->i, 0);
			UNROLL
			for (uint32_t k = 0; k < SIEVE_WOVEN; k++, at += p) {
				cross_turns(at, p, 1, p_mod_8);
				shift_part(&v->sums, &s, k, SIEVE_WOVEN);
			}
			next_woven(t, v, f);
		}
		cross_turns(at, p, turns, p_mod_8);
	}
	return i;
}

/* cross_small(), and the shifted primes of the segment. */
static __attribute__((noinline)) void weave_small(const struct sieve_input *in, struct sieve_scratch *w,
	uint32_t offset, uint32_t before, unsigned char *segment)
{
	const struct sieve_tables *t = in->tables;
	struct woven_fractions f;
	struct woven v = {.to = segment, .end = segment + in->segment_bits / 8, .doubled = f.doubled[0]};
	find_fractions(t, w, t->woven, offset, before, f.exact);
	double_fractions(t->woven, f.exact, f.doubled[0]);
	next_fractions(t, &f, 1);
	v.sums = no_sums();
	for (uint32_t list = 0, i = 0; list < 4; list++)
		while (i < in->small_end[list]) {
			const uint32_t left = in->small_end[list] - i,
				       n = left < SIEVE_BATCH ? left : SIEVE_BATCH, bits = in->segment_bits;
			const uint32_t *prime = in->prime + i, *x = w->batch;
			uint32_t done;
			starts(in, w, i, n, offset, before, w->batch);
			switch (list) {
#define LIST(k)                                                                                              \
	done = weave_list(t, segment, bits, prime, x, n, k, &v, &f);                                         \
	cross_list(segment, bits, prime + done, x + done, n - done, k);                                      \
	break
			case 0:
				LIST(1);
			case 1:
				LIST(3);
			case 2:
				LIST(5);
			default:
				LIST(7);
#undef LIST
			}
			i += n;
		}
	while (v.to < v.end) {
		struct shifted s = shifted_at(t, v.doubled, v.i, 0);
		shift_part(&v.sums, &s, 0, 1);
		next_woven(t, &v, &f);
	}
}
#else
static void weave_small(const struct sieve_input *in, struct sieve_scratch *w, uint32_t offset,
	uint32_t before, unsigned char *segment)
{
	cross_small(in, w, offset, before, segment);
}
#endif

#endif
