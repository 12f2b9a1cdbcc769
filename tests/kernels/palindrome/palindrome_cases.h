/* SPDX-License-Identifier: MIT */
/*
 * palindrome_cases.h - for the tests of palindromic words: lists and tallies of a variant over any cut of its
 * units, and memory between guard pages.
 */
#ifndef PARSCALE_TESTS_KERNELS_PALINDROME_PALINDROME_CASES_H
#define PARSCALE_TESTS_KERNELS_PALINDROME_PALINDROME_CASES_H

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
#include <unistd.h>

#include <cmocka.h>

/* xorshift64*: the tests' own dice, unlike the generator under test. */
struct dice {
	uint64_t state;
};

static inline uint64_t roll(struct dice *d, uint64_t sides)
{
	d->state ^= d->state >> 12;
	d->state ^= d->state << 25;
	d->state ^= d->state >> 27;
	return (d->state * UINT64_C(0x2545F4914F6CDD1D) >> 16) % sides;
}

struct places {
	uint64_t *at;
	size_t count, room;
	size_t most; /* stop after so many; 0: never */
};

static inline int places_take(void *ctx, const uint64_t *items, size_t n)
{
	struct places *p = ctx;
	if (p->count + n > p->room) {
		p->room = 2 * (p->count + n);
		p->at = realloc(p->at, p->room * sizeof *p->at);
		assert_non_null(p->at);
	}
	memcpy(p->at + p->count, items, n * sizeof *items);
	p->count += n;
	return p->most && p->count >= p->most;
}

/* What a variant makes of an input, its units cut into chunks of `cut` (0: one chunk). Free places.at. */
struct outcome {
	struct tally tally;
	struct places places;
};

static inline struct outcome outcome_of(const struct variant *v, const void *input, uint64_t cut)
{
	struct outcome o = {0};
	const uint64_t units = v->units(input);
	void *scratch = aligned_alloc(4096, (v->scratch_bytes(input) + 4096) / 4096 * 4096);
	assert_non_null(scratch);
	memset(scratch, 0, (v->scratch_bytes(input) + 4096) / 4096 * 4096);
	assert_true(v->grain(input) >= 1);
	if (cut == 0)
		cut = units ? units : 1;
	for (uint64_t lo = 0; lo < units; lo += cut) {
		struct span s = {lo, units - lo < cut ? units : lo + cut};
		v->chunk(input, s, scratch, &o.tally);
		v->emit(input, s, scratch, places_take, &o.places);
	}
	if (v->settle)
		v->settle(input, &o.tally);
	free(scratch);
	return o;
}

/* Fails, saying what and where, unless both found the same, in order. */
static inline void assert_same(
	const struct outcome *expected, const struct outcome *found, const char *variant, const char *what)
{
	const struct places *e = &expected->places, *f = &found->places;
	size_t i = 0;
	while (i < e->count && i < f->count && e->at[i] == f->at[i])
		i++;
	if (i < e->count || i < f->count)
		fail_msg("%s, %s: %zu listed, not %zu; the first that differs is number %zu", variant, what,
			f->count, e->count, i);
	if (expected->tally.count != found->tally.count || expected->tally.checksum != found->tally.checksum)
		fail_msg("%s, %s: tally %llu/%llu, not %llu/%llu", variant, what,
			(unsigned long long)found->tally.count, (unsigned long long)found->tally.checksum,
			(unsigned long long)expected->tally.count,
			(unsigned long long)expected->tally.checksum);
	assert_int_equal(found->tally.count, f->count);
}

static inline bool can_run(const struct variant *v)
{
	char why[120];
	return variant_missing(v, cpu_features(), why) == NULL;
}

/* `bytes` of memory directly between two pages that may not be touched: *at_end is its last possible start,
 * so that it ends at the upper one; the lower one ends where the memory begins. */
struct guarded {
	unsigned char *map, *begin, *end;
	size_t mapped;
};

static inline struct guarded guarded_open(size_t bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE),
		     whole = (bytes + page - 1) / page * page + (bytes == 0) * page;
	struct guarded g = {.mapped = whole + 2 * page};
	g.map = mmap(NULL, g.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.map, MAP_FAILED);
	assert_int_equal(mprotect(g.map, page, PROT_NONE), 0);
	assert_int_equal(mprotect(g.map + page + whole, page, PROT_NONE), 0);
	g.begin = g.map + page;
	g.end = g.begin + whole;
	return g;
}

static inline void guarded_close(struct guarded *g)
{
	munmap(g->map, g->mapped);
}

#endif
