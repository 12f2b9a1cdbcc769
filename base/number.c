/* SPDX-License-Identifier: MIT */
/*
 * number.c - parses the numbers, times and choices that people write as option values.
 *
 * Numbers are computed in 128 bits and checked against 2^64 at each step, so that no input
 * overflows. "2.5e9" is read as the digits 25 with one decimal place: exponent and places cancel
 * first, the rest of the exponent and the suffix multiply, and a place that remains must divide
 * without remainder. Nothing passes through floating point, so every accepted number is exact.
 */
#include "base/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide_number;

static const wide_number limit = (wide_number)1
				 << 64; /* one past the largest; 2^64 itself may stand before "-1" */

/* *v *= factor; false past the limit. */
static bool scale(wide_number *v, uint64_t factor)
{
	if (factor && *v > limit / factor)
		return false;
	*v *= factor;
	return *v <= limit;
}

static bool scale_power(wide_number *v, uint64_t base, uint64_t exponent)
{
	for (uint64_t i = 0; i < exponent; i++)
		if (!scale(v, base))
			return false;
	return true;
}

static bool digits(const char **p, wide_number *v, unsigned *read)
{
	*read = 0;
	for (; isdigit((unsigned char)**p); ++*p, ++*read)
		if (!scale(v, 10) || (*v += (unsigned)(**p - '0')) > limit)
			return false;
	return true;
}

/* An exponent of ten, where there is one. */
static bool exponent(const char **p, unsigned *e)
{
	wide_number v = 0;
	unsigned read;
	if (**p != 'e' && **p != 'E')
		return true;
	++*p;
	*p += **p == '+';
	if (!digits(p, &v, &read) || !read || v > 1000)
		return false;
	*e = (unsigned)v;
	return true;
}

/* *v /= 10^places; false where that is not whole. */
static bool shift_point(wide_number *v, unsigned places)
{
	for (; places; places--, *v /= 10)
		if (*v % 10)
			return false;
	return true;
}

static bool suffix(const char **p, wide_number *v)
{
	static const char letters[] = "KMGT";
	const char *at = **p ? strchr(letters, **p == 'k' ? 'K' : **p) : NULL;
	if (!at)
		return true;
	++*p;
	bool binary = **p == 'i';
	*p += binary;
	return scale_power(v, binary ? 1024 : 1000, (uint64_t)(at - letters) + 1);
}

/* A number without a sign; *p moves behind it. */
static bool parse_term(const char **p, wide_number *v)
{
	unsigned read, places = 0;
	*v = 0;
	if (!digits(p, v, &read) || !read)
		return false;
	if (**p == '^') {
		wide_number power = 0, base = *v;
		++*p;
		if (!digits(p, &power, &read) || !read || power > 64)
			return false;
		*v = 1;
		return scale_power(v, (uint64_t)base, (uint64_t)power);
	}
	if (**p == '.') {
		++*p;
		if (!digits(p, v, &places) || !places)
			return false;
	}
	unsigned e = 0;
	if (!exponent(p, &e))
		return false;
	unsigned cancel = e < places ? e : places;
	return scale_power(v, 10, e - cancel) && suffix(p, v) && shift_point(v, places - cancel);
}

/* A term, or the difference of two. */
static bool parse(const char *p, uint64_t *value)
{
	wide_number v, less = 0;
	if (!parse_term(&p, &v) || (*p == '-' && (++p, !parse_term(&p, &less))) || *p || less > v)
		return false;
	v -= less;
	if (v >= limit)
		return false;
	*value = (uint64_t)v;
	return true;
}

int number_parse(
	const char *what, const char *text, uint64_t lowest, uint64_t highest, uint64_t *value, struct err *e)
{
	uint64_t v;
	if (parse(text, &v) && v >= lowest && v <= highest) {
		*value = v;
		return 0;
	}
	return err_set(e, ERR_USAGE,
		"%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64
		" (such as 1000, 1e10, 2^40, 10M, 64Ki)",
		what, text, lowest, highest);
}

int number_parse_bytes(
	const char *what, const char *text, uint64_t lowest, uint64_t highest, uint64_t *value, struct err *e)
{
	char number[64];
	const size_t n = strlen(text);
	uint64_t v;
	const bool bytes = n > 1 && n < sizeof number && text[n - 1] == 'B';
	snprintf(number, sizeof number, "%.*s", (int)(bytes ? n - 1 : 0), text);
	if (parse(bytes ? number : text, &v) && v >= lowest && v <= highest) {
		*value = v;
		return 0;
	}
	return err_set(e, ERR_USAGE,
		"%s: '%s' is not a whole number of bytes from %" PRIu64 " to %" PRIu64
		" (such as 24KiB, 64MB, 1e6)",
		what, text, lowest, highest);
}

int number_parse_seconds(const char *what, const char *text, double *seconds, struct err *e)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"m", 60}, {"min", 60}, {"h", 3600}};
	char *end;
	const bool number = isdigit((unsigned char)text[0]);
	const double v = number ? strtod(text, &end) : 0;
	if (number && v > 0 && isfinite(v))
		for (size_t i = 0; i < sizeof units / sizeof *units; i++)
			if (strcmp(end, units[i].unit) == 0 && v * units[i].factor >= 1e-9 &&
				v * units[i].factor <= 1e7) {
				*seconds = v * units[i].factor;
				return 0;
			}
	return err_set(
		e, ERR_USAGE, "%s: '%s' is not a time above 0 (such as 90s, 5m, 1h, 500ms)", what, text);
}

int choice_parse(const char *what, const char *choices, const char *value, unsigned *out, struct err *e)
{
	unsigned place = 0;
	for (const char *p = choices;; place++) {
		size_t length = strcspn(p, "|");
		if (strlen(value) == length && memcmp(p, value, length) == 0) {
			*out = place;
			return 0;
		}
		if (!p[length])
			return err_set(e, ERR_USAGE, "%s: '%s' is not one of %s", what, value, choices);
		p += length + 1;
	}
}

void choice_text(const char *choices, unsigned place, char *text, size_t size)
{
	while (place--)
		choices += strcspn(choices, "|") + 1;
	snprintf(text, size, "%.*s", (int)strcspn(choices, "|"), choices);
}
