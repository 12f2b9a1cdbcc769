/* SPDX-License-Identifier: MIT */
/*
 * sieve_avx2.c - the sieve with 256-bit vectors: 8 starts and 256 pre-sieved bits at a time, POPCNT
 * for counting.
 */
#include "kernels/cpu.h"
#include "kernels/sieve/sieve.h"

#if defined(__AVX2__)
#include <immintrin.h>

/* A shifted prime: in each lane of 32 bits the distance to its next hit, as a fraction, in the lower half. */
struct shifted {
	__m256i fraction, next, prime;
};

#define SIEVE_PACKS 1
#define SIEVE_WOVEN 2
#define SIEVE_SUMS 10
#define SIEVE_VECTOR __m256i
#define SIEVE_ROW_PARTS 2
#include "kernels/sieve/sieve_template.h"

static const struct sieve_engine engine = {{.limit = 211},
	{.limit = 211, .shifted = 131, .lane_bits = 32, .vector_bits = 256},
	{.limit = 331,
		.shifted = 97,
		.lane_bits = 32,
		.vector_bits = 256,
		.woven_bytes = sizeof(struct sums)},
	UINT32_MAX, leave_line, emit, steps};

static __m256i load(const void *from)
{
	return _mm256_loadu_si256(from);
}

static void store(void *to, __m256i vector)
{
	_mm256_storeu_si256(to, vector);
}

static void starts(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t from, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *x)
{
	const __m256i offsets = _mm256_set1_epi32((int)offset), befores = _mm256_set1_epi32((int)before);
	const __m256 offset_float = _mm256_set1_ps((float)offset);
	const __m256i zero = _mm256_setzero_si256();
	const bool squared = sieve_has_square(w, from, n, before);
	for (uint32_t i = 0; i < n; i += 8) {
		__m256i prime = load(in->prime + from + i), step = load(in->step + from + i);
		__m256i shift = _mm256_sub_epi32(load(w->start + from + i), befores);
		__m256i least = zero;
		if (squared) {
			least = _mm256_max_epi32(_mm256_sub_epi32(load(w->square + from + i), befores), zero);
			shift = _mm256_sub_epi32(shift, least);
		}
		/* The nearest quotient leaves a rest of at most (1/2 + 2^-7) p to either side; below 0 is
		 * above p as unsigned. */
		__m256 sum = _mm256_add_ps(
			_mm256_mul_ps(_mm256_cvtepi32_ps(step), offset_float), _mm256_cvtepi32_ps(shift));
		__m256i quotient =
			_mm256_cvtps_epi32(_mm256_mul_ps(sum, _mm256_loadu_ps(in->inverse + from + i)));
		__m256i rest = _mm256_add_epi32(_mm256_mullo_epi32(step, offsets), shift);
		rest = _mm256_sub_epi32(rest, _mm256_mullo_epi32(quotient, prime));
		rest = _mm256_min_epu32(rest, _mm256_add_epi32(rest, prime));
		store(x + i, _mm256_add_epi32(rest, least));
	}
}

INLINE void prepare_hits(const uint32_t *prime, const uint32_t *x, uint32_t n, const uint32_t from,
	const uint32_t hits, uint32_t *to)
{
	const __m256i mask = _mm256_set1_epi32(1 << 16), seven = _mm256_set1_epi32(7);
	for (uint32_t i = 0; i < n; i += 8) {
		const __m256i p = load(prime + i);
		__m256i at =
			_mm256_add_epi32(load(x + i), _mm256_mullo_epi32(p, _mm256_set1_epi32((int)from)));
		UNROLL
		for (uint32_t h = 0; h < hits; h++) {
			const __m256i shifted = _mm256_sllv_epi32(mask, _mm256_and_si256(at, seven));
			store(to + h * PREPARED + i, _mm256_or_si256(shifted, _mm256_srli_epi32(at, 3)));
			at = _mm256_add_epi32(at, p);
		}
	}
}

/* Bytes of the lanes of four whose bits are set, in order. */
#define LANE(i) 4 * (i), 4 * (i) + 1, 4 * (i) + 2, 4 * (i) + 3
static const unsigned char packed_lanes[16][16] = {{0}, {LANE(0)}, {LANE(1)}, {LANE(0), LANE(1)}, {LANE(2)},
	{LANE(0), LANE(2)}, {LANE(1), LANE(2)}, {LANE(0), LANE(1), LANE(2)}, {LANE(3)}, {LANE(0), LANE(3)},
	{LANE(1), LANE(3)}, {LANE(0), LANE(1), LANE(3)}, {LANE(2), LANE(3)}, {LANE(0), LANE(2), LANE(3)},
	{LANE(1), LANE(2), LANE(3)}, {LANE(0), LANE(1), LANE(2), LANE(3)}};
#undef LANE

/* Writes those of four lanes whose bits are set, and up to four words in all; returns how many. */
INLINE uint32_t keep(__m128i lanes, uint32_t bits, uint32_t *to)
{
	const __m128i order = _mm_loadu_si128((const void *)packed_lanes[bits]);
	_mm_storeu_si128((void *)to, _mm_shuffle_epi8(lanes, order));
	return (uint32_t)__builtin_popcount(bits);
}

static uint32_t last_hits(const struct stretch *part, const uint32_t *restrict prime, uint32_t *restrict x,
	uint32_t n, uint32_t hits, uint32_t *restrict last)
{
	const __m256i limit = _mm256_set1_epi32((int)part->bits), sure = _mm256_set1_epi32((int)hits);
	uint32_t kept = 0, i = 0;
	for (; i + 8 <= n; i += 8) { /* all are below 2^31 */
		__m256i p = load(prime + i), at = _mm256_add_epi32(load(x + i), _mm256_mullo_epi32(sure, p));
		__m256i below = _mm256_cmpgt_epi32(limit, at);
		uint32_t mask = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(below));
		kept += keep(_mm256_castsi256_si128(at), mask & 15, last + kept);
		kept += keep(_mm256_extracti128_si256(at, 1), mask >> 4, last + kept);
		if (part->next)
			store(x + i,
				_mm256_add_epi32(_mm256_sub_epi32(at, limit), _mm256_and_si256(below, p)));
	}
	return kept + last_hits_plain(part, prime + i, x + i, n - i, hits, last + kept);
}

/* A factor is q = 8 * j + c, below 2^15, so that q * p / 8 is p * j + p * c / 8, rounded down. */
static void multiply(uint32_t prime, const uint16_t *factor, uint32_t n, const uint32_t place[8], uint32_t *x)
{
	const __m256i p = _mm256_set1_epi32((int)prime), classes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	const __m256i places =
		_mm256_sub_epi32(load(place), _mm256_srli_epi32(_mm256_madd_epi16(classes, p), 3));
	for (uint32_t i = 0; i < n; i += 8) {
		__m256i q = _mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)(factor + i)));
		__m256i product = _mm256_srli_epi32(_mm256_madd_epi16(q, p), 3);
		store(x + i, _mm256_add_epi32(product, _mm256_permutevar8x32_epi32(places, q)));
	}
}

INLINE struct shifted shifted_at(
	const struct sieve_tables *t, const uint32_t *doubled, uint32_t i, uint32_t skip)
{
	struct shifted s = {_mm256_add_epi16(load(t->shifted_lanes[i]), _mm256_set1_epi32((int)doubled[i])),
		_mm256_set1_epi32((int)t->shifted_next[i]), _mm256_set1_epi32((int)t->shifted_prime[i])};
	if (skip)
		s.fraction = _mm256_add_epi16(
			s.fraction, _mm256_mullo_epi16(s.next, _mm256_set1_epi16((short)(skip / 32))));
	return s;
}

/* The hits in a vector, at most one in a lane: a shift by 32 or more leaves nothing. Goes on to the next. */
INLINE __m256i shifted_hits(struct shifted *s)
{
	__m256i distance = _mm256_mulhi_epu16(s->fraction, s->prime);
	s->fraction = _mm256_add_epi16(s->fraction, s->next);
	return _mm256_sllv_epi32(_mm256_set1_epi32(1), distance);
}

/* From byte `skip` on, so many vectors. A table and a shifted prime at a time, as the one waits for loads and
 * the other for arithmetic. */
INLINE void unite(const struct sieve_tables *t, const uint32_t *at, uint32_t skip, unsigned char *to,
	const uint32_t vectors)
{
	__m256i sum[8];
	UNROLL
	for (uint32_t i = 0; i < vectors; i++)
		sum[i] = _mm256_setzero_si256();
	uint32_t g = 0, p = 0;
	for (; g < t->count && p < t->shifted; g++, p++) {
		const unsigned char *from = t->table[g] + at[g] + skip;
		struct shifted s = shifted_at(t, at + SIEVE_GROUPS, p, skip);
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm256_or_si256(
				_mm256_or_si256(sum[i], load(from + 32 * i)), shifted_hits(&s));
	}
	for (; p < t->shifted; p++) {
		struct shifted s = shifted_at(t, at + SIEVE_GROUPS, p, skip);
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm256_or_si256(sum[i], shifted_hits(&s));
	}
	for (; g < t->count; g++) {
		const unsigned char *from = t->table[g] + at[g] + skip;
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm256_or_si256(sum[i], load(from + 32 * i));
	}
	UNROLL
	for (uint32_t i = 0; i < vectors; i++)
		store(to + skip + 32 * i, sum[i]);
}

static void unite_tables(const struct sieve_tables *t, const uint32_t *at, unsigned char *to)
{
	for (uint32_t half = 0; half < SIEVE_TILE; half += SIEVE_TILE / 2)
		unite(t, at, half, to, 8);
}

static void unite_tail(const struct sieve_tables *t, const uint32_t *at, unsigned char *to, uint32_t bytes)
{
	if (bytes & 256)
		unite(t, at, 0, to, 8);
	if (bytes & 128)
		unite(t, at, bytes & 256, to, 4);
	if (bytes & 64)
		unite(t, at, bytes & 384, to, 2);
}

static struct ones count_ones(const unsigned char *bits, uint32_t bytes)
{
	struct ones ones = {0, 0};
	for (uint32_t i = 0; i < bytes; i += 8) {
		uint64_t word = *(const uint64_t __attribute__((may_alias)) *)(const void *)(bits + i);
		ones.all += (uint64_t)__builtin_popcountll(word);
		ones.even += (uint64_t)__builtin_popcountll(word & UINT64_C(0x5555555555555555));
	}
	return ones;
}

static uint32_t unpack(
	const unsigned char *bits, uint32_t n, uint32_t number, uint32_t modulus, uint32_t *primes)
{
	return unpack_plain(bits, n, number, modulus, primes);
}

static uint32_t multiples(const struct window *v, const uint32_t *primes, uint32_t n, uint32_t *to)
{
	return multiples_plain(v, primes, n, to);
}

static void find_lines(const struct window *v, uint32_t *x, uint32_t n)
{
	find_lines_plain(v, x, n);
}

static void turn(const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	turn_plain(lines, stride, c, words);
}

/* Writes how far the numbers of all words are from the first of these, one after the other; returns how many. May
 * write eight more. */
INLINE size_t distances(const uint64_t *restrict words, const struct transpose *c, uint16_t *restrict to,
	const uint32_t bytes)
{
	const struct sieve_deltas *deltas = c->deltas; /* once: the stores might change it */
	const __m128i span = _mm_set1_epi16((short)c->span);
	__m128i base = _mm_setzero_si128();
	uint16_t *next = to;
	for (uint32_t i = 0; i < WORDS_AT_ONCE; i++, base = _mm_add_epi16(base, span)) {
		const unsigned char *byte = (const unsigned char *)(words + i);
		UNROLL
		for (uint32_t j = 0; j < bytes; j++) {
			const uint64_t before = words[i] & ((UINT64_C(1) << 8 * j) - 1);
			__m128i x = _mm_loadl_epi64((const void *)&deltas->packed[j][byte[j]]);
			x = _mm_add_epi16(base, _mm_cvtepu8_epi16(x));
			_mm_storeu_si128((void *)(next + __builtin_popcountll(before)), x);
		}
		next += __builtin_popcountll(words[i]);
	}
	return (size_t)(next - to);
}

/* Distances lie side by side, whatever words they are of. So they are widened four at a time without one in vain,
 * and each store begins where a part of a cache line does. */
static size_t numbers(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to)
{
	const uint16_t *some = to->distance;
	const size_t n =
		c->bytes == 6 ? distances(words, c, to->distance, 6) : distances(words, c, to->distance, 8);
	const __m256i bases = _mm256_set1_epi64x((long long)base);
	for (size_t i = 0; i < n; i += 8) {
		const __m256i low = _mm256_cvtepu16_epi64(_mm_loadl_epi64((const void *)(some + i)));
		const __m256i high = _mm256_cvtepu16_epi64(_mm_loadl_epi64((const void *)(some + i + 4)));
		store(to->number + i, _mm256_add_epi64(bases, low));
		store(to->number + i + 4, _mm256_add_epi64(bases, high));
	}
	return n;
}

SIEVE_VARIANT(avx2, CPU_AVX2);

#else
const struct variant sieve_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
