/* SPDX-License-Identifier: MIT */
#include "units.h"

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
	int places = size >= 99.95 || value == 0 || (i == 0 && value == floor(value)) ? 0 : size >= 9.995 ? 1 : 2;
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
