/* SPDX-License-Identifier: MIT */
/*
 * text_generate.c - generates prose by drawing word lengths, letters and separators from tables of
 * 256 entries, one random byte per draw.
 */
#include "kernels/text/text_generate.h"

#include "kernels/random.h"

#include <string.h>

/* Each symbol as often as it occurs among 256: letters by their frequency in English, word lengths by theirs,
 * mean 4.7. */
struct share {
	unsigned char symbol, count;
};

static const struct share letters[] = {{'e', 32}, {'t', 23}, {'a', 21}, {'o', 19}, {'i', 18}, {'n', 17},
	{'s', 16}, {'h', 16}, {'r', 15}, {'d', 11}, {'l', 10}, {'c', 7}, {'u', 7}, {'m', 6}, {'w', 6},
	{'f', 6}, {'g', 5}, {'y', 5}, {'p', 5}, {'b', 4}, {'v', 2}, {'k', 1}, {'j', 1}, {'x', 1}, {'q', 1},
	{'z', 1}};
static const struct share lengths[] = {{1, 8}, {2, 43}, {3, 54}, {4, 42}, {5, 29}, {6, 22}, {7, 19}, {8, 14},
	{9, 10}, {10, 7}, {11, 4}, {12, 2}, {13, 1}, {14, 1}};
static const struct share separators[] = {{' ', 220}, {',', 20}, {'.', 12}, {'-', 4}};

static void unfold(unsigned char table[256], const struct share *shares)
{
	for (unsigned at = 0; at < 256; shares++)
		for (unsigned i = 0; i < shares->count; i++)
			table[at++] = shares->symbol;
}

/* Draws spent a byte at a time. */
struct dice {
	uint64_t seed, next, bits;
	unsigned left;
};

static unsigned roll(struct dice *d)
{
	if (d->left == 0) {
		d->bits = random_draw(d->seed, d->next++);
		d->left = 8;
	}
	unsigned byte = d->bits & 255;
	d->bits >>= 8;
	d->left--;
	return byte;
}

/* Appends what fits. */
static unsigned char *put_code_point(unsigned char *to, const unsigned char *end, unsigned c)
{
	if (to < end)
		*to++ = (unsigned char)c;
	return to;
}

static void generate(unsigned char *to, uint64_t bytes, uint64_t seed)
{
	unsigned char letter[256], length[256], separator[256];
	unfold(letter, letters);
	unfold(length, lengths);
	unfold(separator, separators);
	struct dice dice = {.seed = seed};
	const unsigned char *end = to + bytes;
	unsigned upper = 0x20; /* 0x20: the next letter is a capital */
	while (to < end) {
		unsigned last[2] = {0, 0};
		for (unsigned n = length[roll(&dice)]; n; n--, upper = 0) {
			unsigned c = letter[roll(&dice)];
			if (c == last[0] || c == last[1])
				c = letter[roll(&dice)];
			last[1] = last[0];
			last[0] = c;
			to = put_code_point(to, end, c - upper);
		}
		unsigned after = separator[roll(&dice)];
		to = put_code_point(to, end, after);
		if (after == ',' || after == '.')
			to = put_code_point(to, end, after == '.' && roll(&dice) < 64 ? '\n' : ' ');
		upper = after == '.' ? 0x20 : 0;
	}
}

void text_generate(unsigned char *to, uint64_t bytes, uint64_t seed)
{
	generate(to, bytes < TEXT_PERIOD ? bytes : TEXT_PERIOD, seed);
	for (uint64_t at = TEXT_PERIOD; at < bytes; at += TEXT_PERIOD)
		memcpy(to + at, to, bytes - at < TEXT_PERIOD ? (size_t)(bytes - at) : TEXT_PERIOD);
}
