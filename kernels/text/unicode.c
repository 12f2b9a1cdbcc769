/* SPDX-License-Identifier: MIT */
/*
 * unicode.c - classes of code points and simple case folding, by binary search in the ranges of
 * unicode.def; encoding and decoding of UTF-8.
 */
#include "kernels/text/unicode.h"

#include <stddef.h>

struct range {
	uint32_t first, last;
};

#define RANGE(first, last) {first, last},
static const struct range letters[] = {
#define LETTER RANGE
#include "kernels/text/unicode.def"
};
static const struct range marks[] = {
#define MARK RANGE
#include "kernels/text/unicode.def"
};
static const struct range digits[] = {
#define DIGIT RANGE
#include "kernels/text/unicode.def"
};
static const struct range spaces[] = {
#define SPACE RANGE
#include "kernels/text/unicode.def"
};
static const struct fold {
	uint32_t first, last;
	uint32_t step;
	int32_t distance;
} folds[] = {
#define FOLD(first, last, step, distance) {first, last, step, distance},
#include "kernels/text/unicode.def"
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
	while (count > 1) {
		const size_t half = count / 2;
		ranges += ranges[half].first <= c ? half : 0;
		count -= half;
	}
	return c >= ranges->first && c <= ranges->last;
}

#define IS_IN(ranges, c) is_in(ranges, sizeof ranges / sizeof *ranges, c)

bool unicode_is_letter(uint32_t c)
{
	return IS_IN(letters, c);
}

bool unicode_is_mark(uint32_t c)
{
	return IS_IN(marks, c);
}

bool unicode_is_digit(uint32_t c)
{
	return IS_IN(digits, c);
}

bool unicode_is_space(uint32_t c)
{
	return IS_IN(spaces, c);
}

uint32_t unicode_fold(uint32_t c)
{
	const struct fold *f = folds;
	for (size_t count = sizeof folds / sizeof *folds; count > 1;) {
		const size_t half = count / 2;
		f += f[half].first <= c ? half : 0;
		count -= half;
	}
	const bool folds_so = c >= f->first && c <= f->last && (c - f->first) % f->step == 0;
	return folds_so ? (uint32_t)((int32_t)c + f->distance) : c;
}

unsigned unicode_cases(uint32_t c, uint32_t cases[UNICODE_CASES])
{
	const uint32_t folded = unicode_fold(c);
	unsigned n = 0;
	cases[n++] = folded;
	for (size_t i = 0; i < sizeof folds / sizeof *folds && n < UNICODE_CASES; i++) {
		const struct fold *f = folds + i;
		const uint32_t other = (uint32_t)((int32_t)folded - f->distance);
		if (other >= f->first && other <= f->last && (other - f->first) % f->step == 0)
			cases[n++] = other;
	}
	return n;
}

/* The least code point that needs a sequence of this length. */
static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};

unsigned unicode_decode(const unsigned char *p, uint64_t left, uint32_t *c)
{
	if (*p < 0x80) {
		*c = *p;
		return 1;
	}
	const unsigned length = *p < 0xC2 ? 0 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : *p < 0xF5 ? 4 : 0;
	if (length == 0 || length > left)
		return 0;
	uint32_t code = *p & (0x7Fu >> length);
	for (unsigned i = 1; i < length; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3F);
	}
	*c = code;
	return code < least[length] || code > 0x10FFFF || (code & 0xFFFFF800) == 0xD800 ? 0 : length;
}

unsigned unicode_decode_before(const unsigned char *p, uint64_t before, uint32_t *c)
{
	unsigned length = 1;
	while (length < 4 && length < before && (p[-(ptrdiff_t)length] & 0xC0) == 0x80)
		length++;
	return unicode_decode(p - length, length, c) == length ? length : 0;
}

unsigned unicode_encode(uint32_t c, unsigned char to[4])
{
	const unsigned length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
	for (unsigned i = length; i-- > 1; c >>= 6)
		to[i] = (unsigned char)(0x80 | (c & 0x3F));
	to[0] = (unsigned char)(lead[length] | c);
	return length;
}
