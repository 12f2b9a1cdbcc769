/* SPDX-License-Identifier: MIT */
/*
 * input.h - the bytes of --input, in memory. Nothing here knows what they mean.
 */
#ifndef PARSCALE_INPUT_H
#define PARSCALE_INPUT_H

#include "err.h"

#include <stddef.h>

struct input {
	unsigned char *bytes; /* from memory_alloc: readable MEMORY_MARGIN beyond both ends */
	size_t count;         /* at least 1 */
};

/* Reads a whole file, FIFO or ("-") standard input to its end. ERR_USAGE for what is missing, unreadable, empty or a directory; ERR_FAILED where the
 * system failed. The bytes are the caller's; input_free frees them. */
int input_read(const char *path, struct input *in, struct err *e);
void input_free(struct input *in);

#endif
