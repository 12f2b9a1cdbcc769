/* SPDX-License-Identifier: MIT */
/*
 * units.h - quantities for people: three significant digits and the unit that fits. Files always hold full
 * precision.
 */
#ifndef PARSCALE_BENCH_UNITS_H
#define PARSCALE_BENCH_UNITS_H

enum { UNITS_BYTES = 32 };

/* Each writes into `text` of UNITS_BYTES and returns it; what is not available (NAN) is "-". */
char *units_time(double ns, char *text);       /* "61.2 ms" */
char *units_count(double count, char *text);   /* "16.3 G", powers of 1000 */
char *units_bytes(double bytes, char *text);   /* "48 KiB", powers of 1024 */
char *units_clock(double seconds, char *text); /* "3m20s", whole seconds */

#endif
