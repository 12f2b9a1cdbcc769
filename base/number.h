/* SPDX-License-Identifier: MIT */
/*
 * number.h - the values of options as people write them: 64-bit numbers, times, choices.
 *
 * Numbers: 1000, 1e10, 2.5e9, 2^40, 2^64-1e9, and the suffixes K M G T (powers of 1000) and Ki Mi Gi Ti (powers
 * of 1024). The value must be whole; nothing is rounded.
 */
#ifndef PARSCALE_BASE_NUMBER_H
#define PARSCALE_BASE_NUMBER_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Parses the whole of `text` into *value, lowest <= *value <= highest. -1 with ERR_USAGE naming `what` (an
 * option such as "--stop") and what is legal. */
int number_parse(const char *what, const char *text, uint64_t lowest, uint64_t highest, uint64_t *value,
	struct err *e);

/* The same of a number of bytes: after the number, B, or a suffix with B (4KiB, 64MB), may follow. */
int number_parse_bytes(const char *what, const char *text, uint64_t lowest, uint64_t highest, uint64_t *value,
	struct err *e);

/* A positive time such as 5m, 90, 90s, 1h, 1500ms, in seconds. */
int number_parse_seconds(const char *what, const char *text, double *seconds, struct err *e);

/* Sets *out to the place of `value` in "a|b|c", from 0. */
int choice_parse(const char *what, const char *choices, const char *value, unsigned *out, struct err *e);

/* The word at that place, into `text`. */
void choice_text(const char *choices, unsigned place, char *text, size_t size);

#endif
