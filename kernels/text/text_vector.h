/* SPDX-License-Identifier: MIT */
/*
 * text_vector.h - `fold` of the plain rules and `suspect` (text_centres.h) in vectors of TEXT_VECTOR bytes,
 * which the file that includes this defines; and TEXT_IS_ALL(v), TEXT_IS_ANY(v), whether all bits of a vector
 * are set or any, if there is something better than what is here.
 *
 * They are GCC's and Clang's vector types, so that compilers take what the machine has: SSE2, AVX2, NEON, or
 * registers of eight bytes. The order of bytes in memory is that of elements, on any machine.
 */
#include "kernels/text/text_centres.h"

typedef uint8_t text_bytes __attribute__((vector_size(TEXT_VECTOR)));
typedef uint64_t text_words __attribute__((vector_size(TEXT_VECTOR)));

static inline text_bytes text_load(const unsigned char *p)
{
	text_bytes v;
	memcpy(&v, p, sizeof v);
	return v;
}

#ifndef TEXT_IS_ALL
static inline bool text_is_all(text_bytes v)
{
	const text_words w = (text_words)v;
	uint64_t all = ~UINT64_C(0);
	for (unsigned i = 0; i < TEXT_VECTOR / 8; i++)
		all &= w[i];
	return ~all == 0;
}

static inline bool text_is_any(text_bytes v)
{
	const text_words w = (text_words)v;
	uint64_t any = 0;
	for (unsigned i = 0; i < TEXT_VECTOR / 8; i++)
		any |= w[i];
	return any != 0;
}

#define TEXT_IS_ALL(v) text_is_all(v)
#define TEXT_IS_ANY(v) text_is_any(v)
#endif

static inline bool fold_plain(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	text_bytes all = ~(text_bytes){0};
	(void)r;
	for (unsigned i = 0; i < TEXT_BLOCK; i += TEXT_VECTOR) {
		const text_bytes lower = text_load(from + i) | 0x20;
		const text_bytes letter = (text_bytes)(lower - 'a' < 26);
		const text_bytes folded = lower & letter;
		memcpy(to + i, &folded, sizeof folded);
		all &= letter;
	}
	return TEXT_IS_ALL(all);
}

#ifndef TEXT_SUSPECT
static inline bool suspect(const unsigned char *p)
{
	text_bytes any = {0};
	for (unsigned i = 0; i < TEXT_BLOCK; i += TEXT_VECTOR, p += TEXT_VECTOR) {
		const text_bytes before = text_load(p - 1), here = text_load(p), after = text_load(p + 1);
		const text_bytes after_2 = text_load(p + 2);
		const text_bytes odd = (before ^ after) | (text_load(p - 2) ^ after_2);
		const text_bytes even = (here ^ after) | (before ^ after_2);
		any |= ((text_bytes)(odd == 0) & before) | ((text_bytes)(even == 0) & here);
	}
	return TEXT_IS_ANY(any);
}
#endif
