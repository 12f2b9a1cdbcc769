/* SPDX-License-Identifier: MIT */
/*
 * number.c - parses the numbers, times and choices that people write as option values.
 *
 * Numbers are computed in 64 bits, and 2^64 beside them, and checked at each step, so that no input
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

/* From 0 to 2^64, which may stand before "-1". */
struct wide_number {
	uint64_t low; /* modulo 2^64 */
	bool full;    /* it is 2^64 */
};

/* *v *= factor; false past 2^64. */
static bool scale(struct wide_number *v, uint64_t factor)
{
	if (factor == 0) {
		*v = (struct wide_number){0};
		return true;
	}
	if (v->full)
		return factor == 1;
	const uint64_t before = v->low;
	if (!__builtin_mul_overflow(before, factor, &v->low))
		return true;
	/* 2^64, if its division by the factor leaves nothing and yields the other */
	v->full = UINT64_MAX % factor == factor - 1 && UINT64_MAX / factor + 1 == before;
	return v->full;
}

/* *v += more; false past 2^64. */
static bool add(struct wide_number *v, uint64_t more)
{
	const bool over = __builtin_add_overflow(v->low, more, &v->low);
	if ((v->full && more) || (over && v->low))
		return false;
	v->full = v->full || over;
	return true;
}

static bool scale_power(struct wide_number *v, uint64_t base, uint64_t exponent)
{
	for (uint64_t i = 0; i < exponent; i++)
		if (!scale(v, base))
			return false;
	return true;
}

static bool digits(const char **p, struct wide_number *v, unsigned *read)
{
	*read = 0;
	for (; isdigit((unsigned char)**p); ++*p, ++*read)
		if (!scale(v, 10) || !add(v, (unsigned)(**p - '0')))
			return false;
	return true;
}

/* An exponent of ten, where there is one. */
static bool exponent(const char **p, unsigned *e)
{
	struct wide_number v = {0};
	unsigned read;
	if (**p != 'e' && **p != 'E')
		return true;
	++*p;
	*p += **p == '+';
	if (!digits(p, &v, &read) || !read || v.full || v.low > 1000)
		return false;
	*e = (unsigned)v.low;
	return true;
}

/* *v /= 10^places; false where that is not whole. */
static bool shift_point(struct wide_number *v, unsigned places)
{
	if (places && v->full)
		return false;
	for (; places; places--, v->low /= 10)
		if (v->low % 10)
			return false;
	return true;
}

static bool suffix(const char **p, struct wide_number *v)
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
static bool parse_term(const char **p, struct wide_number *v)
{
	unsigned read, places = 0;
	*v = (struct wide_number){0};
	if (!digits(p, v, &read) || !read)
		return false;
	if (**p == '^') {
		struct wide_number power = {0}, base = *v;
		++*p;
		if (!digits(p, &power, &read) || !read || power.full || power.low > 64 || base.full)
			return false;
		*v = (struct wide_number){.low = 1};
		return scale_power(v, base.low, power.low);
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
	struct wide_number v, less = {0};
	if (!parse_term(&p, &v) || (*p == '-' && (++p, !parse_term(&p, &less))) || *p)
		return false;
	if (less.full ? !v.full : !v.full && less.low > v.low)
		return false;
	*value = v.low - less.low;
	return !(v.full && !less.full && less.low == 0);
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
