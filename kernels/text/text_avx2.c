/* SPDX-License-Identifier: MIT */
/* text_avx2.c - the search by centres (text_centres.h) with 64 bytes as two vectors of 32. */
#include "kernels/text/text_centres.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include "kernels/bytes_avx2.h"

#define TEXT_VECTOR 32
#define TEXT_IS_ALL(v) (_mm256_movemask_epi8((__m256i)(v)) == -1)
#define TEXT_IS_ANY(v) (!_mm256_testz_si256((__m256i)(v), (__m256i)(v)))
#define TEXT_SUSPECT
#include "kernels/text/text_vector.h"

/* Two loads of 32 bytes, and the three between them by shifts: half of unaligned loads cross a line, and loads were
 * the bound. Where `here` is no letter, which may be the middle of neither, nothing is suspect. */
static inline bool suspect(const unsigned char *p)
{
	__m256i any = _mm256_setzero_si256();
	for (unsigned i = 0; i < TEXT_BLOCK; i += TEXT_VECTOR, p += TEXT_VECTOR) {
		const __m256i before_2 = bytes_load(p - 2), later = bytes_load(p + 14);
		const __m256i before = _mm256_alignr_epi8(later, before_2, 1),
			      here = _mm256_alignr_epi8(later, before_2, 2),
			      after = _mm256_alignr_epi8(later, before_2, 3),
			      after_2 = _mm256_alignr_epi8(later, before_2, 4);
		const __m256i odd =
			_mm256_or_si256(_mm256_xor_si256(before, after), _mm256_xor_si256(before_2, after_2));
		const __m256i even =
			_mm256_or_si256(_mm256_xor_si256(here, after), _mm256_xor_si256(before, after_2));
		const __m256i none = _mm256_cmpeq_epi8(_mm256_min_epu8(odd, even), _mm256_setzero_si256());
		any = _mm256_or_si256(any, _mm256_and_si256(none, here));
	}
	return TEXT_IS_ANY(any);
}

/* By tables: a byte is part of a word where the row of its low four bits has the bit of its high
 * four. Of bytes above 127 no row has a bit. */
static inline __m256i look_up_half(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	const __m256i rows =
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)r->row));
	const __m256i bits = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4,
		8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i low4 = _mm256_set1_epi8(0x0F), x = bytes_load(from);
	const __m256i bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(x, 4), low4));
	const __m256i row = _mm256_shuffle_epi8(rows, _mm256_and_si256(x, low4));
	const __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), _mm256_setzero_si256());
	/* A-Z to the lowest 26 signed bytes */
	const __m256i rank = _mm256_add_epi8(x, _mm256_set1_epi8((char)(0x80 - 'A')));
	const __m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(-128 + 26)), rank);
	const __m256i mark = _mm256_blendv_epi8(
		_mm256_set1_epi8((char)0x80), _mm256_set1_epi8((char)(r->fold ? 0xA0 : 0x80)), capital);
	_mm256_storeu_si256((__m256i *)(void *)to, _mm256_andnot_si256(none, _mm256_or_si256(x, mark)));
	return none;
}

static inline bool fold(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	__m256i none = look_up_half(r, from, to);
	none = _mm256_or_si256(none, look_up_half(r, from + 32, to + 32));
	return _mm256_testz_si256(none, none);
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	return bytes_mask(_mm256_cmpeq_epi8(bytes_load(a), bytes_load(b)),
		_mm256_cmpeq_epi8(bytes_load(a + 32), bytes_load(b + 32)));
}

static inline void reverse(const unsigned char *p, unsigned char *to)
{
	_mm256_storeu_si256((__m256i *)(void *)to, bytes_backwards(p + 1));
	_mm256_storeu_si256((__m256i *)(void *)(to + 32), bytes_backwards(p - 31));
}

TEXT_SEARCH_CENTRES(search, fold_plain, fold, suspect, equal, reverse);

TEXT_VARIANT(avx2, CPU_AVX2, search);
#else
const struct variant text_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
