/* SPDX-License-Identifier: MIT */
/* sieve_cases.h - for the tests of the sieve: its problems. */
#ifndef PARSCALE_TESTS_KERNELS_SIEVE_SIEVE_CASES_H
#define PARSCALE_TESTS_KERNELS_SIEVE_SIEVE_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"
#include "kernels/kernel.h"
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

extern const struct kernel kernel_sieve;

/* Caches and cuts of any size: no answer may depend on them. */
static inline void random_hints(struct problem *p)
{
	p->block_bytes = random_below(2) ? 0 : random_bits() >> (40 + random_below(20));
	p->l1_bytes = random_bits() >> (46 + random_below(18));
	p->l2_bytes = random_bits() >> (40 + random_below(24));
	p->l3_bytes = random_bits() >> (36 + random_below(28));
	p->workers = (unsigned)random_below(200);
}

static inline struct problem range(uint64_t start, uint64_t stop)
{
	struct problem p;
	problem_init(&p);
	p.start = start;
	p.stop = stop;
	p.l1_bytes = 32 << 10;
	p.l2_bytes = 512 << 10;
	return p;
}

/* Whether it takes the problem: `reference` stops at 10^9. */
static inline bool takes(const struct variant *v, const struct problem *p)
{
	return v != kernel_sieve.variants[0] || p->stop <= 1000000000;
}

#endif
