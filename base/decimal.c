/* SPDX-License-Identifier: MIT */
/*
 * decimal.c - writes ascending numbers as lines of decimal text, for listings of many primes.
 *
 * Converting a 64-bit number digit by digit costs up to 20 divisions. Here a number is split into
 * its last four digits, which are copied from a table, and the digits before them, which are
 * converted once per 10,000 numbers and copied otherwise. Copies have a fixed length (16 and 4
 * bytes) and are overwritten by the next one; this is why callers leave DECIMAL_MARGIN bytes behind
 * the last line.
 */
#include "base/decimal.h"

#include <string.h>

enum { ENDINGS = 10000 };

void decimal_init(struct decimal *d)
{
	d->length = 0;
	for (unsigned i = 0; i < ENDINGS; i++) {
		const unsigned digits[4] = {i / 1000, i / 100 % 10, i / 10 % 10, i % 10};
		for (unsigned j = 0; j < 4; j++)
			d->ending[i][j] = (char)('0' + digits[j]);
	}
	d->base = 0; /* numbers below ENDINGS have no leading digits, and are written by `plain` */
}

/* A number by itself; returns its length. */
static unsigned plain(uint64_t n, char *to)
{
	char digits[DECIMAL_LINE];
	unsigned length = 0;
	do
		digits[length++] = (char)('0' + n % 10);
	while (n /= 10);
	for (unsigned i = 0; i < length; i++)
		to[i] = digits[length - 1 - i];
	return length;
}

char *decimal_lines(struct decimal *d, const uint64_t *numbers, size_t n, char *to)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t ending = numbers[i] - d->base;
		if (ending >= ENDINGS || d->length == 0) {
			if (numbers[i] < ENDINGS) {
				to += plain(numbers[i], to);
				*to++ = '\n';
				continue;
			}
			ending = numbers[i] % ENDINGS;
			d->base = numbers[i] - ending;
			d->length = plain(d->base / ENDINGS, d->leading);
		}
		memcpy(to, d->leading, sizeof d->leading);
		to += d->length;
		memcpy(to, d->ending[ending], sizeof d->ending[ending]);
		to[4] = '\n';
		to += 5;
	}
	return to;
}
