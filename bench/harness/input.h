/* SPDX-License-Identifier: MIT */
/*
 * input.h - the bytes of --input, in memory. Nothing here interprets them.
 *
 * A regular file is mapped, and all of its pages are made present at once; anything else is read to its end. What gzip packed is unpacked.
 * While a file is mapped, a part of it that is cut off is no crash: whoever touches it, thread or process,
 * says which file shrank and exits with ERR_FAILED.
 */
#ifndef PARSCALE_BENCH_HARNESS_INPUT_H
#define PARSCALE_BENCH_HARNESS_INPUT_H

#include "base/err.h"

#include <stddef.h>
#include <sys/stat.h>

struct input {
	const unsigned char *bytes; /* readable MEMORY_MARGIN beyond both ends */
	size_t count;               /* at least 1 */
	unsigned char *own;         /* what was read or unpacked, or NULL */
	unsigned char *map;         /* what was mapped with a page before and behind, or NULL */
	size_t map_bytes;
	int fd;
	struct stat was;
	const char *path;
};

/* Takes a whole file, FIFO or ("-") standard input in. ERR_USAGE for what is missing, unreadable, empty, a
 * directory, or packed and not whole or not by gzip; ERR_FAILED where the system failed. `path` and *in stay where they are until input_free; one
 * input at a time. */
int input_open(const char *path, struct input *in, struct err *e);

/* After the last use: -1 with ERR_FAILED where a mapped file is no longer what it was when it was opened. */
int input_check(const struct input *in, struct err *e);

void input_free(struct input *in); /* a zeroed one is legal */

#endif
