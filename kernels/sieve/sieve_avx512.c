/* SPDX-License-Identifier: MIT */
/*
 * sieve_avx512.c - the sieve with 512-bit vectors: 16 starts, 512 pre-sieved bits and 512 counted
 * bits at a time; lists by GFNI (8 x 8 bit transposes) and byte compression where the CPU has them.
 */
#include "kernels/cpu.h"
#include "kernels/sieve/sieve.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

/* A shifted prime: in each lane of 16 bits the distance to its next hit, as a fraction. */
struct shifted {
	__m512i fraction, next, prime;
};

#define SIEVE_PACKS 1
#define SIEVE_WOVEN 3
#define SIEVE_SUMS 8
#define SIEVE_VECTOR __m512i
#include "kernels/sieve/sieve_template.h"

static const struct sieve_engine engine = {{.limit = 211},
	{.limit = 251, .shifted = 149, .lane_bits = 16, .vector_bits = 512},
	{.limit = 347,
		.shifted = 97,
		.lane_bits = 16,
		.vector_bits = 512,
		.woven_bytes = sizeof(struct sums)},
	UINT32_MAX, leave_line, emit, steps};

static void starts(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t from, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *x)
{
	const __m512i offsets = _mm512_set1_epi32((int)offset), befores = _mm512_set1_epi32((int)before);
	const __m512 offset_float = _mm512_set1_ps((float)offset);
	const __m512i zero = _mm512_setzero_si512();
	const bool squared = sieve_has_square(w, from, n, before);
	for (uint32_t i = 0; i < n; i += 16) {
		__m512i prime = _mm512_loadu_si512(in->prime + from + i);
		__m512i step = _mm512_loadu_si512(in->step + from + i);
		__m512i shift = _mm512_sub_epi32(_mm512_loadu_si512(w->start + from + i), befores);
		__m512i least = zero;
		if (squared) {
			least = _mm512_sub_epi32(_mm512_loadu_si512(w->square + from + i), befores);
			least = _mm512_max_epi32(least, zero);
			shift = _mm512_sub_epi32(shift, least);
		}
		/* The nearest quotient leaves a rest of at most (1/2 + 2^-7) p to either side; below 0 is
		 * above p as unsigned. */
		__m512 sum =
			_mm512_fmadd_ps(_mm512_cvtepi32_ps(step), offset_float, _mm512_cvtepi32_ps(shift));
		__m512i quotient =
			_mm512_cvtps_epi32(_mm512_mul_ps(sum, _mm512_loadu_ps(in->inverse + from + i)));
		__m512i rest = _mm512_add_epi32(_mm512_mullo_epi32(step, offsets), shift);
		rest = _mm512_sub_epi32(rest, _mm512_mullo_epi32(quotient, prime));
		rest = _mm512_min_epu32(rest, _mm512_add_epi32(rest, prime));
		_mm512_storeu_si512(x + i, _mm512_add_epi32(rest, least));
	}
}

static uint32_t last_hits(const struct stretch *part, const uint32_t *restrict prime, uint32_t *restrict x,
	uint32_t n, uint32_t hits, uint32_t *restrict last)
{
	const __m512i limit = _mm512_set1_epi32((int)part->bits), sure = _mm512_set1_epi32((int)hits);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i += 16) {
		__m512i p = _mm512_loadu_si512(prime + i);
		__m512i at = _mm512_add_epi32(_mm512_loadu_si512(x + i), _mm512_mullo_epi32(sure, p));
		__mmask16 below = _mm512_cmplt_epu32_mask(at, limit);
		__mmask16 rest = (__mmask16)(n - i < 16 ? (1u << (n - i)) - 1 : 0xffffu);
		if (part->next) { /* but not those of the next run */
			__m512i further = _mm512_sub_epi32(at, limit);
			further = _mm512_mask_add_epi32(further, below, further, p);
			if (n - i < 16)
				_mm512_mask_storeu_epi32(x + i, rest, further);
			else
				_mm512_storeu_si512(x + i, further);
		}
		below &= rest;
		_mm512_storeu_si512(last + kept, _mm512_maskz_compress_epi32(below, at));
		kept += (uint32_t)__builtin_popcount(below);
	}
	return kept;
}

INLINE void prepare_hits(const uint32_t *prime, const uint32_t *x, uint32_t n, const uint32_t from,
	const uint32_t hits, uint32_t *to)
{
	const __m512i mask = _mm512_set1_epi32(1 << 16), seven = _mm512_set1_epi32(7);
	for (uint32_t i = 0; i < n; i += 16) {
		const __m512i p = _mm512_loadu_si512(prime + i);
		__m512i at = _mm512_add_epi32(
			_mm512_loadu_si512(x + i), _mm512_mullo_epi32(p, _mm512_set1_epi32((int)from)));
		UNROLL
		for (uint32_t h = 0; h < hits; h++) {
			const __m512i shifted = _mm512_sllv_epi32(mask, _mm512_and_si512(at, seven));
			_mm512_storeu_si512(
				to + h * PREPARED + i, _mm512_or_si512(shifted, _mm512_srli_epi32(at, 3)));
			at = _mm512_add_epi32(at, p);
		}
	}
}

/* A factor is q = 8 * j + c, below 2^15, so that q * p / 8 is p * j + p * c / 8, rounded down. */
static void multiply(uint32_t prime, const uint16_t *factor, uint32_t n, const uint32_t place[8], uint32_t *x)
{
	const __m256i classes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	const __m512i p = _mm512_set1_epi32((int)prime);
	const __m256i more = _mm256_srli_epi32(_mm256_madd_epi16(classes, _mm512_castsi512_si256(p)), 3);
	const __m512i places =
		_mm512_broadcast_i64x4(_mm256_sub_epi32(_mm256_loadu_si256((const void *)place), more));
	for (uint32_t i = 0; i < n; i += 16) {
		__m512i q = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)(factor + i)));
		__m512i product = _mm512_srli_epi32(_mm512_madd_epi16(q, p), 3);
		_mm512_storeu_si512(x + i, _mm512_add_epi32(product, _mm512_permutexvar_epi32(q, places)));
	}
}

INLINE struct shifted shifted_at(
	const struct sieve_tables *t, const uint32_t *doubled, uint32_t i, uint32_t skip)
{
	struct shifted s = {
		_mm512_add_epi16(_mm512_loadu_si512(t->shifted_lanes[i]), _mm512_set1_epi32((int)doubled[i])),
		_mm512_set1_epi32((int)t->shifted_next[i]), _mm512_set1_epi32((int)t->shifted_prime[i])};
	if (skip)
		s.fraction = _mm512_add_epi16(
			s.fraction, _mm512_mullo_epi16(s.next, _mm512_set1_epi16((short)(skip / 64))));
	return s;
}

/* The hits in a vector, at most one in a lane: a shift by 16 or more leaves nothing. Goes on to the next. */
INLINE __m512i shifted_hits(struct shifted *s)
{
	__m512i distance = _mm512_mulhi_epu16(s->fraction, s->prime);
	s->fraction = _mm512_add_epi16(s->fraction, s->next);
	return _mm512_sllv_epi16(_mm512_set1_epi16(1), distance);
}

/* From byte `skip` on, so many vectors. Unrolled, or gcc keeps the sums in memory. A table and a shifted prime
 * at a time, as the one waits for loads and the other for arithmetic. */
INLINE void unite(const struct sieve_tables *t, const uint32_t *at, uint32_t skip, unsigned char *to,
	const uint32_t vectors)
{
	__m512i sum[8];
	UNROLL
	for (uint32_t i = 0; i < vectors; i++)
		sum[i] = _mm512_setzero_si512();
	uint32_t g = 0, p = 0;
	for (; g < t->count && p < t->shifted; g++, p++) {
		const unsigned char *from = t->table[g] + at[g] + skip;
		struct shifted s = shifted_at(t, at + SIEVE_GROUPS, p, skip);
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm512_ternarylogic_epi64(
				sum[i], shifted_hits(&s), _mm512_loadu_si512(from + 64 * i), 0xfe);
	}
	for (; p < t->shifted; p++) {
		struct shifted s = shifted_at(t, at + SIEVE_GROUPS, p, skip);
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm512_or_si512(sum[i], shifted_hits(&s));
	}
	for (; g + 2 <= t->count; g += 2) {
		const unsigned char *one = t->table[g] + at[g] + skip,
				    *other = t->table[g + 1] + at[g + 1] + skip;
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm512_ternarylogic_epi64(sum[i], _mm512_loadu_si512(one + 64 * i),
				_mm512_loadu_si512(other + 64 * i), 0xfe);
	}
	for (; g < t->count; g++) {
		const unsigned char *from = t->table[g] + at[g] + skip;
		UNROLL
		for (uint32_t i = 0; i < vectors; i++)
			sum[i] = _mm512_or_si512(sum[i], _mm512_loadu_si512(from + 64 * i));
	}
	UNROLL
	for (uint32_t i = 0; i < vectors; i++)
		_mm512_storeu_si512(to + skip + 64 * i, sum[i]);
}

static void unite_tables(const struct sieve_tables *t, const uint32_t *at, unsigned char *to)
{
	unite(t, at, 0, to, 8);
}

static void unite_tail(const struct sieve_tables *t, const uint32_t *at, unsigned char *to, uint32_t bytes)
{
	if (bytes & 256)
		unite(t, at, 0, to, 4);
	if (bytes & 128)
		unite(t, at, bytes & 256, to, 2);
	if (bytes & 64)
		unite(t, at, bytes & 384, to, 1);
}

__attribute__((target("avx512vpopcntdq"))) static struct ones count_ones_vpopcntdq(
	const unsigned char *bits, uint32_t bytes)
{
	const __m512i even_bits = _mm512_set1_epi8(0x55);
	__m512i all = _mm512_setzero_si512(), even = all;
	for (uint32_t i = 0; i < bytes; i += 64) {
		__m512i word = _mm512_loadu_si512(bits + i);
		all = _mm512_add_epi64(all, _mm512_popcnt_epi64(word));
		even = _mm512_add_epi64(even, _mm512_popcnt_epi64(_mm512_and_si512(word, even_bits)));
	}
	return (struct ones){(uint64_t)_mm512_reduce_add_epi64(all), (uint64_t)_mm512_reduce_add_epi64(even)};
}

static struct ones count_ones_words(const unsigned char *bits, uint32_t bytes)
{
	struct ones ones = {0, 0};
	for (uint32_t i = 0; i < bytes; i += 8) {
		uint64_t word = *(const uint64_t __attribute__((may_alias)) *)(const void *)(bits + i);
		ones.all += (uint64_t)__builtin_popcountll(word);
		ones.even += (uint64_t)__builtin_popcountll(word & UINT64_C(0x5555555555555555));
	}
	return ones;
}

static struct ones count_ones(const unsigned char *bits, uint32_t bytes)
{
	return cpu_features() & CPU_VPOPCNTDQ ? count_ones_vpopcntdq(bits, bytes)
					      : count_ones_words(bits, bytes);
}

static uint32_t unpack(
	const unsigned char *bits, uint32_t n, uint32_t number, uint32_t modulus, uint32_t *primes)
{
	const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m512i step = _mm512_set1_epi32((int)(16 * modulus));
	__m512i numbers = _mm512_mullo_epi32(lanes, _mm512_set1_epi32((int)modulus));
	numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32((int)number));
	uint32_t found = 0;
	for (uint32_t i = 0; i < n; i += 16) {
		__mmask16 clear = (__mmask16) ~(bits[i / 8] | bits[i / 8 + 1] << 8);
		_mm512_storeu_si512(primes + found, _mm512_maskz_compress_epi32(clear, numbers));
		found += (uint32_t)__builtin_popcount(clear);
		numbers = _mm512_add_epi32(numbers, step);
	}
	return found;
}

#define GFNI __attribute__((target("avx512vbmi,avx512vbmi2,gfni")))

/* Eight times eight words: word j of row i becomes word i of row j. */
INLINE void turn_words(__m512i *rows)
{
	__m512i pairs[8], fours[8];
	for (int i = 0; i < 8; i += 2) {
		pairs[i] = _mm512_unpacklo_epi64(rows[i], rows[i + 1]);
		pairs[i + 1] = _mm512_unpackhi_epi64(rows[i], rows[i + 1]);
	}
	for (int i = 0; i < 2; i++)
		for (int h = 0; h < 8; h += 4) { /* of rows h to h + 3: words i, i + 4; i + 2, i + 6 */
			fours[h + i] = _mm512_shuffle_i64x2(pairs[h + i], pairs[h + i + 2], 0x88);
			fours[h + i + 2] = _mm512_shuffle_i64x2(pairs[h + i], pairs[h + i + 2], 0xdd);
		}
	for (int i = 0; i < 4; i++) {
		rows[i] = _mm512_shuffle_i64x2(fours[i], fours[i + 4], 0x88);
		rows[i + 4] = _mm512_shuffle_i64x2(fours[i], fours[i + 4], 0xdd);
	}
}

/* Byte k of word j becomes byte j of word k. */
static const unsigned char across[64] = {0, 8, 16, 24, 32, 40, 48, 56, 1, 9, 17, 25, 33, 41, 49, 57, 2, 10,
	18, 26, 34, 42, 50, 58, 3, 11, 19, 27, 35, 43, 51, 59, 4, 12, 20, 28, 36, 44, 52, 60, 5, 13, 21, 29,
	37, 45, 53, 61, 6, 14, 22, 30, 38, 46, 54, 62, 7, 15, 23, 31, 39, 47, 55, 63};

/* Of eight lines: in row g, byte k of word b is column 8 * (8 * g + b) + k. Each byte of a row's product with
 * a matrix of 8 by 8 bits picks a column of it, and is inverted; the instruction has the matrix' first row in
 * its last byte. */
GFNI static inline void turn_octet_gfni(const unsigned char *lines, size_t stride, __m512i *rows)
{
	const __m512i identity = _mm512_set1_epi64((long long)UINT64_C(0x8040201008040201));
	const __m512i backwards = _mm512_xor_si512(_mm512_loadu_si512(across), _mm512_set1_epi8(56));
	for (size_t c = 0; c < 8; c++)
		rows[c] = _mm512_loadu_si512(lines + c * stride);
	turn_words(rows);
	for (int g = 0; g < 8; g++)
		rows[g] = _mm512_gf2p8affine_epi64_epi8(
			identity, _mm512_permutexvar_epi8(backwards, rows[g]), 0xff);
}

GFNI static void turn_gfni(
	const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	__m512i octets[6][8], column[8];
	if (c->octets == 1) {
		turn_octet_gfni(lines, stride, octets[0]);
		for (int g = 0; g < 8; g++)
			_mm512_storeu_si512(words + 8 * g, octets[0][g]);
		return;
	}
	const __m512i indices = _mm512_loadu_si512(across);
	for (size_t o = 0; o < 6; o++)
		turn_octet_gfni(lines + 8 * o * stride, stride, octets[o]);
	for (int g = 0; g < 8; g++) {
		for (int o = 0; o < 8; o++)
			column[o] = o < 6 ? octets[o][g] : _mm512_setzero_si512();
		turn_words(column);
		for (int b = 0; b < 8; b++)
			_mm512_storeu_si512(
				words + 64 * g + 8 * b, _mm512_permutexvar_epi8(indices, column[b]));
	}
}

/* A compression leaves the deltas of a word in order, and a permutation takes eight of them at a time to the words
 * of a vector: `usual` times, which is constant, and seldom more often. */
GFNI INLINE size_t numbers_of_words(
	const uint64_t *words, const struct transpose *c, uint64_t base, uint64_t *to, const uint32_t usual)
{
	const __mmask64 least_bytes = UINT64_C(0x0101010101010101);
	const __m512i deltas = _mm512_loadu_si512(c->deltas->delta), span = _mm512_set1_epi64(c->span),
		      eight = _mm512_set1_epi64(8), first = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
	__m512i bases = _mm512_set1_epi64((long long)base);
	uint64_t *next = to;
	for (uint32_t i = 0; i < WORDS_AT_ONCE; i++, bases = _mm512_add_epi64(bases, span)) {
		const __m512i some = _mm512_maskz_compress_epi8(words[i], deltas);
		const uint32_t n = (uint32_t)__builtin_popcountll(words[i]);
		__m512i which = first;
		UNROLL
		for (uint32_t j = 0; j < 8 * usual; j += 8, which = _mm512_add_epi64(which, eight))
			_mm512_storeu_si512(
				next + j, _mm512_add_epi64(bases,
						  _mm512_maskz_permutexvar_epi8(least_bytes, which, some)));
		for (uint32_t j = 8 * usual; j < n; j += 8, which = _mm512_add_epi64(which, eight))
			_mm512_storeu_si512(
				next + j, _mm512_add_epi64(bases,
						  _mm512_maskz_permutexvar_epi8(least_bytes, which, some)));
		next += n;
	}
	return (size_t)(next - to);
}

GFNI static size_t numbers_vbmi2(
	const uint64_t *words, const struct transpose *c, uint64_t base, uint64_t *to)
{
	switch (c->usual) {
	case 1:
		return numbers_of_words(words, c, base, to, 1);
	case 2:
		return numbers_of_words(words, c, base, to, 2);
	default:
		return numbers_of_words(words, c, base, to, 3);
	}
}

static bool has_gfni(void)
{
	const unsigned needed = CPU_VBMI | CPU_VBMI2 | CPU_GFNI;
	return (cpu_features() & needed) == needed;
}

static void turn(const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	(has_gfni() ? turn_gfni : turn_plain)(lines, stride, c, words);
}

static size_t numbers(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to)
{
	return has_gfni() ? numbers_vbmi2(words, c, base, to->number) : numbers_plain(words, c, base, to);
}

/* The element of a table of 64 words that the low bits of each lane choose; one of the lanes' halves is 0. */
INLINE __m512i look_up(const uint16_t *table, __m512i at)
{
	return _mm512_maskz_permutex2var_epi16(
		0x55555555, _mm512_loadu_si512(table), at, _mm512_loadu_si512(table + 32));
}

/* x modulo 210, or 210 instead of 0, for whole numbers below 2^48. */
INLINE __m256i modulo_wheel(__m512d x)
{
	__m512d quotient = _mm512_roundscale_pd(
		_mm512_mul_pd(x, _mm512_set1_pd(1.0 / WHEEL)), _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
	return _mm512_cvttpd_epi32(_mm512_fnmadd_pd(quotient, _mm512_set1_pd(WHEEL), x));
}

/* For eight primes, q modulo 210 where p * q is the first multiple that is not below the base, and what that is
 * more. base / p is below 2^48, so that its double, rounded up, is off by one at most. */
INLINE __m256i first_cofactors(uint64_t base, __m512i p, __m512i *at)
{
	const __m512i number = _mm512_set1_epi64((long long)base), one = _mm512_set1_epi64(1);
	__m512d ratio = _mm512_div_pd(_mm512_cvtepu64_pd(number), _mm512_cvtepu64_pd(p));
	__m512i q = _mm512_cvt_roundpd_epu64(ratio, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
	__m512i rest = _mm512_sub_epi64(_mm512_mullo_epi64(q, p), number);
	__mmask8 below = _mm512_movepi64_mask(rest);
	q = _mm512_mask_add_epi64(q, below, q, one);
	rest = _mm512_mask_add_epi64(rest, below, rest, p);
	__mmask8 above = _mm512_cmpge_epi64_mask(rest, p);
	q = _mm512_mask_sub_epi64(q, above, q, one);
	*at = _mm512_mask_sub_epi64(rest, above, rest, p);
	return modulo_wheel(_mm512_cvtepu64_pd(q));
}

INLINE __m512i join(__m256i low, __m256i high)
{
	return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

/* 1/M is rounded up: quotients are right below 2^31. */
static void find_lines(const struct window *v, uint32_t *hits, uint32_t n)
{
	const bool small = v->modulus == 30;
	const __m512i reciprocal =
		_mm512_set1_epi64(small ? 2290649225 : 2617884829); /* 2^36 / 30, 2^39 / 210 */
	const __m512i modulus = _mm512_set1_epi32((int)v->modulus), half = _mm512_set1_epi32(64);
	const __m128i shift = _mm_cvtsi32_si128(small ? 36 : 39);
	for (uint32_t i = 0; i < n; i += 16) {
		__m512i x = _mm512_loadu_si512(hits + i);
		__m512i even = _mm512_srl_epi64(_mm512_mul_epu32(x, reciprocal), shift);
		__m512i odd = _mm512_srl_epi64(_mm512_mul_epu32(_mm512_srli_epi64(x, 32), reciprocal), shift);
		__m512i bit = _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CCAA);
		__m512i at = _mm512_srli_epi32(_mm512_sub_epi32(x, _mm512_mullo_epi32(bit, modulus)), 1);
		__m512i line = _mm512_mask_mov_epi32(
			look_up(v->line, at), _mm512_test_epi32_mask(at, half), look_up(v->line + 64, at));
		_mm512_storeu_si512(hits + i, _mm512_or_si512(_mm512_slli_epi32(bit, 8), line));
	}
}

/* Steps longer than 2^31 are found by their gap alone, so that nothing wraps: rooms are 512 * M shorter than
 * that (most_bits() in sieve_geometry.c), which is more than floats are off. */
static uint32_t multiples(const struct window *v, const uint32_t *primes, uint32_t n, uint32_t *to)
{
	if ((uint64_t)primes[n - 1] * primes[n - 1] > v->base)
		return multiples_plain(v, primes, n, to);
	const __m512i room = _mm512_set1_epi32((int)v->room), one = _mm512_set1_epi32(1),
		      classes = _mm512_set1_epi32(WHEEL_CLASSES), low_byte = _mm512_set1_epi32(255);
	const __m512 top = _mm512_set1_ps(0x1p31f);
	__mmask16 alive = (__mmask16)((1u << n) - 1);
	__m512i p = _mm512_mask_loadu_epi32(one, alive, primes), at_low, at_high;
	__m512i p_low = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(p)),
		p_high = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(p, 1));
	__m256i q_low = first_cofactors(v->base, p_low, &at_low),
		q_high = first_cofactors(v->base, p_high, &at_high);
	__m512i q = join(q_low, q_high), next = look_up(v->to_coprime, q);
	__mmask16 bit_6 = _mm512_test_epi32_mask(q, _mm512_set1_epi32(64)),
		  bit_7 = _mm512_test_epi32_mask(q, _mm512_set1_epi32(128));
	next = _mm512_mask_mov_epi32(next, bit_6, look_up(v->to_coprime + 64, q));
	__m512i last = look_up(v->to_coprime + 128, q);
	last = _mm512_mask_mov_epi32(last, bit_6, look_up(v->to_coprime + 192, q));
	next = _mm512_mask_mov_epi32(next, bit_7, last);
	__m512i class = _mm512_srli_epi32(next, 8), far = _mm512_and_si512(next, low_byte);
	__m512i at = join(_mm512_cvtepi64_epi32(at_low), _mm512_cvtepi64_epi32(at_high));
	const __m512i longest = _mm512_cvttps_epu32(_mm512_div_ps(top, _mm512_cvtepu32_ps(p)));
	alive = _mm512_mask_cmple_epu32_mask(alive, at, room);
	alive = _mm512_mask_cmple_epu32_mask(alive, far, longest);
	at = _mm512_add_epi32(at, _mm512_mullo_epi32(far, p));
	alive = _mm512_mask_cmple_epu32_mask(alive, at, room);
	/* As many steps for all primes that are alike: a loop that ends by what is left ends at random. */
	const uint32_t usual = v->room / primes[0] * WHEEL_CLASSES / WHEEL + 2;
	uint32_t found = 0;
	for (uint32_t step = 0; step < usual || alive; step++) {
		_mm512_storeu_si512(to + found, _mm512_maskz_compress_epi32(alive, at));
		found += (uint32_t)__builtin_popcount(alive);
		__m512i gap = look_up(v->gap, class);
		at = _mm512_add_epi32(at, _mm512_mullo_epi32(gap, p));
		class = _mm512_add_epi32(class, one);
		class = _mm512_min_epu32(class, _mm512_sub_epi32(class, classes));
		alive = _mm512_mask_cmple_epu32_mask(alive, gap, longest);
		alive = _mm512_mask_cmple_epu32_mask(alive, at, room);
	}
	return found;
}

SIEVE_VARIANT(avx512, CPU_AVX2 | CPU_AVX512);

#else
const struct variant sieve_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
