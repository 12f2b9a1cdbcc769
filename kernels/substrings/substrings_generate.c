/* SPDX-License-Identifier: MIT */
/*
 * substrings_generate.c - generates strings: random, English, and the periodic ones that are worst
 * for a search from centres.
 */
#include "kernels/substrings/substrings_generate.h"

#include "kernels/fill.h"
#include "kernels/random.h"
#include "kernels/text/text_generate.h"

#include <string.h>

/* The symbols 0, 1, ... as letters; of bases 0 pairs with 1, 2 with 3. */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz", bases_alphabet[] = "ATCG";

static void generate_random(unsigned char *to, uint64_t bytes, unsigned letters, uint64_t seed)
{
	for (uint64_t i = 0; i < bytes; i += 8) {
		unsigned char eight[8];
		random_letters(random_draw(seed, i / 8), letters, eight);
		memcpy(to + i, eight, bytes - i < 8 ? (size_t)(bytes - i) : 8);
	}
}

/* Every word of Fibonacci is a prefix of the next. */
static void generate_fibonacci(unsigned char *to, uint64_t bytes)
{
	uint64_t last = 1, length = 2;
	for (uint64_t i = 0; i < bytes && i < 2; i++)
		to[i] = (unsigned char)i;
	while (length < bytes) {
		memcpy(to + length, to, (size_t)(bytes - length < last ? bytes - length : last));
		length += last;
		last = length - last;
	}
}

static void generate_periodic(unsigned char *to, uint64_t bytes, unsigned letters, bool bases, uint64_t seed)
{
	unsigned char period[2 * STRINGS_HALF];
	generate_random(period, STRINGS_HALF, letters, seed);
	for (unsigned i = 0; i < STRINGS_HALF; i++)
		period[2 * STRINGS_HALF - 1 - i] = period[i] ^ bases;
	for (uint64_t i = 0; i < bytes; i++)
		to[i] = period[i % sizeof period];
}

void substrings_generate(unsigned char *to, uint64_t bytes, enum substrings_string kind, unsigned letters,
	bool bases, uint64_t seed)
{
	const char *const symbols = bases ? bases_alphabet : alphabet;
	switch (kind) {
	case STRING_ENGLISH:
		text_generate(to, bytes, seed);
		return;
	case STRING_RANDOM:
		generate_random(to, bytes, letters, seed);
		break;
	case STRING_FIBONACCI:
		generate_fibonacci(to, bytes);
		break;
	case STRING_PERIODIC:
		generate_periodic(to, bytes, letters, bases, seed);
		break;
	default:
		for (uint64_t i = 0; i < bytes; i++)
			to[i] = kind == STRING_PAIRS && i % 2;
	}
	for (uint64_t i = 0; i < bytes; i++)
		to[i] = (unsigned char)symbols[to[i]];
}

static void generate(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	substrings_generate(
		to, hi - lo, (enum substrings_string)f->of[1], (unsigned)f->of[2], f->of[3] != 0, f->of[0]);
}

unsigned char *substrings_generated(const struct problem *p, bool bases, struct err *e)
{
	enum { BASES = 4 };
	const struct fill string = {.what = "the string",
		.of = {p->seed, p->string, bases && p->letters > BASES ? BASES : p->letters, bases},
		.count = p->bytes,
		.size = 1,
		.whole = true,
		.make = generate};
	return fill_alloc(p, &string, p->bytes, e);
}
