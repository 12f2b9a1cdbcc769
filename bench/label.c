/* SPDX-License-Identifier: MIT */
#include "bench/label.h"

#include "bench/backend/backend.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int backend_place(const char *name)
{
	int i = 0;
	while (backends[i] && strcmp(name, backends[i]->name) != 0)
		i++;
	return i;
}

int backend_style(const char *backend)
{
	const int style = backend_place(backend) + 1;
	return style < BACKEND_STYLES ? style : BACKEND_STYLES;
}

int backend_order(const char *a, const char *b)
{
	const int x = backend_place(a), y = backend_place(b);
	return x != y ? x - y : strcmp(a, b);
}

static int kernel_place(const char *name)
{
	int i = 0;
	while (kernels[i] && strcmp(name, kernels[i]->name) != 0)
		i++;
	return i;
}

int kernel_order(const char *a, const char *b)
{
	const int x = kernel_place(a), y = kernel_place(b);
	return x != y ? x - y : strcmp(a, b);
}

const char *kernel_items(const char *kernel)
{
	enum {
		KERNELS = 0
#define KERNEL(name) +1
#include "kernels/kernels.def"
	};
	static char plural[KERNELS][32];
	for (size_t i = 0; kernels[i]; i++)
		if (strcmp(kernels[i]->name, kernel) == 0) {
			snprintf(plural[i], sizeof plural[i], "%ss", kernels[i]->item);
			return plural[i];
		}
	return "items";
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

double label_seconds_unit(double seconds, char name[8])
{
	const struct time_unit *u = time_unit(seconds);
	snprintf(name, 8, "%s", u->name);
	return 1 / u->scale;
}

char *label_seconds(double seconds, char *text)
{
	return units_time(1e9 * seconds, text);
}

char *label_seconds_range(double low, double high, char *text)
{
	const struct time_unit *u = time_unit(low);
	char a[32], b[32];
	three_digits(a, low * u->scale);
	three_digits(b, high * u->scale);
	snprintf(text, LABEL_BYTES, "%.24s to %.24s %s", a, b, u->name);
	return text;
}

char *label_bytes(uint64_t bytes, char *text)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB"};
	double value = (double)bytes;
	int i = 0;
	for (; i < 3 && value >= 1024; i++)
		value /= 1024;
	snprintf(text, 32, "%.6g %s", value, names[i]);
	return text;
}

char *label_size(uint64_t items, char *text)
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

char *label_ratio(double ratio, char *text)
{
	three_digits(text, ratio);
	return text;
}
