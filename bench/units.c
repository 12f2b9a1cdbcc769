/* SPDX-License-Identifier: MIT */
#include "bench/units.h"

#include <math.h>
#include <stdio.h>

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
