/* SPDX-License-Identifier: MIT */
/*
 * units.c - formats times, counts, bytes and ratios for people.
 *
 * A quantity is scaled to the largest unit in which it is at least 1 and printed with three
 * significant digits. Thresholds lie half a digit lower (0.9995, 9.995, 99.95), where rounding
 * would carry into the next digit or unit: 999.7 us is "1.00 ms", not "1000 us".
 */
#include "base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *scaled(double value, double step, const char *const *names, int count, char *text)
{
	int i = 0;
	if (isnan(value)) {
		snprintf(text, UNITS_BYTES, "-");
		return text;
	}
	for (; i + 1 < count && fabs(value) >= step * 0.9995; i++)
		value /= step;
	double size = fabs(value);
	int places = size >= 99.95 || value == 0 || (i == 0 && value == floor(value)) ? 0
		     : size >= 9.995                                                  ? 1
										      : 2;
	snprintf(text, UNITS_BYTES, "%.*f%s%s", places, value, *names[i] ? " " : "", names[i]);
	return text;
}

char *units_time(double ns, char *text)
{
	static const char *const names[] = {"ns", "us", "ms", "s"};
	return scaled(ns, 1000, names, 4, text);
}

char *units_count(double count, char *text)
{
	static const char *const names[] = {"", "k", "M", "G", "T", "P", "E"};
	return scaled(count, 1000, names, 7, text);
}

char *units_bytes(double bytes, char *text)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	return scaled(bytes, 1024, names, 6, text);
}

double units_bytes_read(const char *text)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB"};
	char *end;
	double bytes = strtod(text, &end);
	for (size_t i = 0; end != text && i < sizeof names / sizeof *names; i++, bytes *= 1024)
		if (strcmp(end + strspn(end, " "), names[i]) == 0)
			return bytes;
	return 0;
}

char *units_date(double seconds, char *text)
{
	const bool sound = seconds > 0 && seconds < 1e11;
	const time_t whole = sound ? (time_t)seconds : 0;
	struct tm tm;
	*text = '\0';
	if (sound && gmtime_r(&whole, &tm))
		strftime(text, UNITS_BYTES, "%Y-%m-%d %H:%M UTC", &tm);
	return text;
}

char *units_clock(double seconds, char *text)
{
	unsigned long s = seconds > 0 && seconds < 1e9 ? (unsigned long)(seconds + 0.5) : 0;
	if (s >= 3600)
		snprintf(text, UNITS_BYTES, "%luh%02lum", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(text, UNITS_BYTES, "%lum%02lus", s / 60, s % 60);
	else
		snprintf(text, UNITS_BYTES, "%lus", s);
	return text;
}

/* Three significant digits, without an exponent. */
static int three_digits(char *text, double x)
{
	double size = fabs(x);
	return snprintf(text, 32, "%.*f", size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2, x);
}

static const struct time_unit {
	double least, scale;
	const char *name;
} time_units[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {1e-6, 1e6, "us"}, {0, 1e9, "ns"}};

static const struct time_unit *time_unit(double seconds)
{
	const struct time_unit *u = time_units;
	while (fabs(seconds) < 0.9995 * u->least)
		u++;
	return u;
}

double units_seconds_unit(double seconds, char name[8])
{
	const struct time_unit *u = time_unit(seconds);
	snprintf(name, 8, "%s", u->name);
	return 1 / u->scale;
}

char *units_seconds(double seconds, char *text)
{
	return units_time(1e9 * seconds, text);
}

char *units_seconds_range(double low, double high, char *text)
{
	const struct time_unit *u = time_unit(low);
	char a[32], b[32];
	three_digits(a, low * u->scale);
	three_digits(b, high * u->scale);
	snprintf(text, UNITS_RANGE_BYTES, "%.24s to %.24s %s", a, b, u->name);
	return text;
}

char *units_bytes_exact(uint64_t bytes, char *text)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB"};
	double value = (double)bytes;
	int i = 0;
	for (; i < 3 && value >= 1024; i++)
		value /= 1024;
	snprintf(text, 32, "%.6g %s", value, names[i]);
	return text;
}

char *units_size(uint64_t items, char *text)
{
	uint64_t mantissa = items;
	int zeros = 0;
	while (mantissa >= 10 && mantissa % 10 == 0) {
		mantissa /= 10;
		zeros++;
	}
	if (zeros >= 4 && mantissa < 1000)
		snprintf(text, 32, "%.3ge%d",
			(double)mantissa / (mantissa >= 100         ? 100
						   : mantissa >= 10 ? 10
								    : 1),
			zeros + (mantissa >= 100         ? 2
					: mantissa >= 10 ? 1
							 : 0));
	else if (items >= 1024 && (items & (items - 1)) == 0)
		snprintf(text, 32, "2^%d", __builtin_ctzll(items));
	else if (items >= 10000000)
		snprintf(text, 32, "%.4g", (double)items);
	else
		snprintf(text, 32, "%" PRIu64, items);
	return text;
}

char *units_ratio(double ratio, char *text)
{
	three_digits(text, ratio);
	return text;
}

const char *units_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
