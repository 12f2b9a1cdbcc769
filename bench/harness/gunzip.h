/* SPDX-License-Identifier: MIT */
/*
 * gunzip.h - unpacks what gzip packed (RFC 1952), by zlib; nothing where the build has none.
 */
#ifndef PARSCALE_BENCH_HARNESS_GUNZIP_H
#define PARSCALE_BENCH_HARNESS_GUNZIP_H

#include "base/err.h"

#include <stddef.h>

/* Why this build cannot; NULL: it can. */
extern const char *const gunzip_missing;

/* All members of `count` bytes, one behind the other, in memory_alloc's memory: *bytes of *unpacked. Zeros behind the
 * last member are padding. -1: ERR_USAGE for data that is cut short, spoilt or followed by something else, with what is
 * wrong; ERR_FAILED without memory; ERR_ABSENT without zlib. `name` is the file's, for messages. */
int gunzip(const unsigned char *packed, size_t count, const char *name, unsigned char **unpacked,
	size_t *bytes, struct err *e);

#endif
