/* SPDX-License-Identifier: MIT */
/*
 * units.h - quantities for people: three significant digits and the unit that fits. Files always hold full
 * precision.
 */
#ifndef PARSCALE_BASE_UNITS_H
#define PARSCALE_BASE_UNITS_H

#include <stdint.h>

enum { UNITS_BYTES = 32, UNITS_RANGE_BYTES = 64 };

/* Each writes into `text` of UNITS_BYTES and returns it; what is not available (NAN) is "-". */
char *units_time(double ns, char *text);             /* "61.2 ms" */
char *units_count(double count, char *text);         /* "16.3 G", powers of 1000 */
char *units_bytes(double bytes, char *text);         /* "48 KiB", powers of 1024 */
char *units_clock(double seconds, char *text);       /* "3m20s", whole seconds */
char *units_seconds(double seconds, char *text);     /* as units_time, of seconds */
char *units_size(uint64_t items, char *text);        /* "1e9", "2^20", "12345" */
char *units_bytes_exact(uint64_t bytes, char *text); /* "48 KiB", "1.375 MiB": a cache's size, not rounded */
char *units_ratio(double ratio, char *text);         /* "0.98", "12.3", "123" */

/* What units_bytes and units_bytes_exact made, in bytes; 0 for what is none up to GiB. */
double units_bytes_read(const char *text);

/* "2026-01-31 12:34 UTC", of seconds since the epoch; "" for what is no date of ours. */
char *units_date(double seconds, char *text);

/* The ending of a regular noun behind the number n: "" or "s". */
const char *units_plural(uint64_t n);

/* "44.9 to 45.2 ms", in the unit of `low`; `text` has UNITS_RANGE_BYTES. */
char *units_seconds_range(double low, double high, char *text);

/* The unit that a time of this size is said in, in seconds; its name, such as "ms", into `name`. */
double units_seconds_unit(double seconds, char name[8]);

#endif
