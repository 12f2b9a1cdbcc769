/* SPDX-License-Identifier: MIT */
/*
 * noop.c - a kernel that does nothing, so that only the cost of the back end and of the harness is
 * left.
 */
#include "kernels/kernel.h"

#include <stdlib.h>

static int setup(const struct problem *p, void **input, struct err *e)
{
	uint64_t *calls = malloc(sizeof *calls);
	if (!calls)
		return err_blame(e, CAUSE_MEMORY, "noop: out of memory");
	*calls = p->calls;
	*input = calls;
	return 0;
}

static uint64_t units(const void *input)
{
	return *(const uint64_t *)input;
}

static uint64_t grain(const void *input)
{
	(void)input;
	return 1;
}

static size_t scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	(void)input;
	(void)scratch;
	out->count += s.hi - s.lo;
}

static uint64_t items(const struct problem *p)
{
	return p->calls;
}

static void resize(struct problem *p, uint64_t size)
{
	p->calls = size;
}

static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	*known = (struct tally){.count = p->calls};
	*check_known = true;
	return "closed form";
}

static const struct variant reference = {
	.name = "reference",
	.setup = setup,
	.teardown = free,
	.units = units,
	.grain = grain,
	.scratch_bytes = scratch_bytes,
	.chunk = chunk,
};

const struct kernel kernel_noop = {
	.name = "noop",
	.summary = "does nothing: the cost of a back end by itself",
	.item = "call",
	.checksum = "always 0",
	.parameters = (const char *const[]){"calls", NULL},
	.undemanding = "it does no work",
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.variants = (const struct variant *const[]){&reference, NULL},
};
