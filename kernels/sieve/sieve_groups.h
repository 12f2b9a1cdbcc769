/* SPDX-License-Identifier: MIT */
/*
 * sieve_groups.h - counts k-tuplets in groups of neighbouring lines: a tuplet begins where the
 * union (OR) of k neighbouring lines has a clear bit.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_GROUPS_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_GROUPS_H

#include "kernels/sieve/sieve_block.h"

/* Makes the first of n lines the union of all. */
static void unite_lines(unsigned char *lines, size_t stride, size_t bytes, uint32_t n)
{
	for (uint32_t j = 1; j < n; j++) {
		const unsigned char *restrict from = lines + j * stride;
		unsigned char *restrict to = lines;
		for (size_t i = 0; i < bytes; i++)
			to[i] |= from[i];
	}
}

static void count_tuplets(
	const struct sieve_input *in, struct sieve_scratch *w, struct span s, struct tally *out)
{
	uint32_t groups = in->by_block ? in->groups : 1;
	size_t bytes = in->line_bits / 8;
	for (uint64_t unit = s.lo * groups; unit < s.hi * groups; unit++) {
		uint64_t block = unit / in->groups;
		struct sieve_group g = in->group[unit % in->groups];
		keep_lines(in, w, block, g.class, g.lines);
		for (uint32_t j = 0; j < g.lines; j++)
			if (g.starts >> j & 1) {
				unsigned char *line = w->lines + j * w->stride;
				unite_lines(line, w->stride, bytes, (uint32_t)in->asked.tuplet);
				count_primes(line, in->line_bits,
					sieve_base(in, block) + in->offset[g.class + j], out);
			}
	}
}

#endif
