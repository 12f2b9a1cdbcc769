/* SPDX-License-Identifier: MIT */
/*
 * stream_problem.h - the members of the records of `copy` and `triad` that follow from how many arrays they
 * read.
 *
 * Before: STREAM_SOURCES, 1 or 2. Bytes are counted as STREAM does: each word read of each source, and
 * written.
 */
#include "kernels/ceilings/stream.h"

enum { STREAM_WORD_BYTES = (STREAM_SOURCES + 1) * sizeof(double) };

static uint64_t items(const struct problem *p)
{
	return p->bytes / STREAM_WORD_BYTES;
}

static double item_bytes(const struct problem *p)
{
	(void)p;
	return STREAM_WORD_BYTES;
}

static void resize(struct problem *p, uint64_t size)
{
	/* more bytes than there are addresses are refused where the parameter is */
	p->bytes = size < UINT64_MAX / STREAM_WORD_BYTES ? size * STREAM_WORD_BYTES : UINT64_MAX;
}

static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	*check_known = true;
	return stream_oracle(p, items(p), STREAM_SOURCES, known);
}
