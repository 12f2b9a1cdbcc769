/* SPDX-License-Identifier: MIT */
/* triad.c - adds one array to three times another, as STREAM does: a ceiling of what reads twice what it
 * writes. */
#include "stream.h"

enum { WORD_BYTES = 3 * sizeof(double) }; /* as STREAM counts: two read, one written */

static void plain(double *a, const double *b, const double *c, uint64_t words)
{
	for (uint64_t i = 0; i < words; i++)
		a[i] = b[i] + 3 * c[i];
}

STREAM_VARIANT(triad, reference, "reference", 0, plain);

static uint64_t items(const struct problem *p)
{
	return p->bytes / WORD_BYTES;
}

static double item_bytes(const struct problem *p)
{
	(void)p;
	return WORD_BYTES;
}

static void resize(struct problem *p, uint64_t size)
{
	p->bytes = size * WORD_BYTES;
}

static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	*check_known = true;
	return stream_oracle(p, items(p), true, known);
}

static const struct demand demands[] = {{"flops", .per_item = 2}, {0}}; /* multiplied, and added */

const struct kernel kernel_triad = {
	.name = "triad",
	.summary = "a = b + 3 c over doubles as in STREAM: a ceiling",
	.item = "word",
	.check = "sum of one word of every 64th unit, read back",
	.parameters = (const char *const[]){"bytes", "seed", NULL},
	.item_bytes = item_bytes,
	.demands = demands,
	.ceiling = CEILING_TRAFFIC,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.variants = (const struct variant *const[]){&triad_reference, &triad_avx2_stream, &triad_avx2,
		&triad_avx512_stream, &triad_avx512, NULL},
};
