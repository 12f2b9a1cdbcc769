/* SPDX-License-Identifier: MIT */
/*
 * decimal.h - ascending numbers as lines of decimal text.
 *
 * The last four digits come from a table; those before them stay the same for hundreds of numbers, and are
 * copied.
 */
#ifndef PARSCALE_BASE_DECIMAL_H
#define PARSCALE_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_LINE = 21, DECIMAL_MARGIN = 16 };

struct decimal {
	uint64_t base;   /* numbers base..base + 9999 begin with these digits */
	unsigned length; /* of them */
	char leading[16];
	char ending[10000][4]; /* 0000 to 9999 */
};

void decimal_init(struct decimal *d);

/* Writes n numbers, each with a newline, and returns the end. At `to` there is room for DECIMAL_LINE bytes
 * each, and DECIMAL_MARGIN. Any order is right; ascending is fast. */
char *decimal_lines(struct decimal *d, const uint64_t *numbers, size_t n, char *to);

#endif
