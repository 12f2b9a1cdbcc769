/* SPDX-License-Identifier: MIT */
/*
 * sieve_cases.h - for the tests of the sieve: problems, and tallies of a variant over any cut of its units,
 * in a scratch between pages that fault.
 */
#ifndef PARSCALE_TESTS_KERNELS_SIEVE_SIEVE_CASES_H
#define PARSCALE_TESTS_KERNELS_SIEVE_SIEVE_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"
#include "kernels/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

extern const struct kernel kernel_sieve;

static uint64_t seed = 20240229;

static inline uint64_t random_bits(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static inline uint64_t random_below(uint64_t n)
{
	return random_bits() % n;
}

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

static inline bool can_run(const struct variant *v, const struct problem *p)
{
	char why[120];
	bool reference = v == kernel_sieve.variants[0];
	return !variant_missing(v, cpu_features(), why) && !(reference && p->stop > 1000000000);
}

/* An opened problem whose scratch ends, and begins, at a page that faults. */
struct opened {
	const struct variant *v;
	void *input;
	unsigned char *room;
	size_t room_bytes;
	void *scratch;
};

static inline void open_input(struct opened *o, const struct variant *v, const struct problem *p)
{
	struct err e = {0};
	*o = (struct opened){.v = v};
	if (v->setup(p, &o->input, &e))
		fail_msg("%s %llu..%llu: %s", v->name, (unsigned long long)p->start,
			(unsigned long long)p->stop, e.text);
}

static inline void open_scratch(struct opened *o)
{
	size_t bytes = (o->v->scratch_bytes(o->input) + 4095) & ~(size_t)4095;
	o->room_bytes = bytes + 8192;
	o->room = mmap(NULL, o->room_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(o->room, MAP_FAILED);
	assert_int_equal(mprotect(o->room, 4096, PROT_NONE), 0);
	assert_int_equal(mprotect(o->room + 4096 + bytes, 4096, PROT_NONE), 0);
	o->scratch = o->room + 4096;
}

static inline struct opened open_variant(const struct variant *v, const struct problem *p)
{
	struct opened o;
	open_input(&o, v, p);
	open_scratch(&o);
	return o;
}

static inline void close_scratch(struct opened *o)
{
	munmap(o->room, o->room_bytes);
}

static inline void close_variant(struct opened *o)
{
	close_scratch(o);
	o->v->teardown(o->input);
}

/* Every unit once, in chunks of 1 to `longest` units, the chunks in an order that is not theirs. */
static inline struct tally count_in_chunks(const struct variant *v, const struct problem *p, uint64_t longest)
{
	struct opened o = open_variant(v, p);
	struct tally sum = {0};
	uint64_t units = v->units(o.input), cut[2048] = {0}, n = 0;
	while (cut[n] < units && n < 2046) {
		cut[n + 1] = cut[n] + 1 + random_below(longest);
		if (cut[n + 1] > units)
			cut[n + 1] = units;
		n++;
	}
	if (cut[n] < units)
		cut[++n] = units;
	uint64_t step = n > 2 && n % 7 ? 7 : 1;
	for (uint64_t i = 0, j = 0; i < n; i++, j = (j + step) % n)
		v->chunk(o.input, (struct span){cut[j], cut[j + 1]}, o.scratch, &sum);
	close_variant(&o);
	return sum;
}

static inline struct tally count_all(const struct variant *v, const struct problem *p)
{
	return count_in_chunks(v, p, UINT64_MAX >> 1);
}

#endif
