/* SPDX-License-Identifier: MIT */
/* test_fill.c - arrays of inputs: made in any parts they are what they are made whole, and no part writes beyond its
 * own. */
#include "kernels/cpu.h"
#include "kernels/fill.h"
#include "kernels/memory.h"

#include "tests/base/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CANARY = 64, CANARY_BYTE = 0xa5 };

/* How many arrays were asked for, and in how many parts the last was made. */
static unsigned arrays, parts;

static void assert_canary(const unsigned char *at, const char *what, uint64_t lo)
{
	for (unsigned i = 0; i < CANARY; i++)
		if (at[i] != CANARY_BYTE)
			fail_msg("%s: the part from %llu on writes byte %u beyond its end", what,
				(unsigned long long)lo, i);
}

/* Each part alone, in memory that ends with it. */
static void fill_in_parts(void *ctx, const struct fill *f, unsigned char *to)
{
	const size_t bytes = (size_t)f->count * f->size;
	unsigned char *whole = malloc(bytes);
	(void)ctx;
	assert_non_null(whole);
	assert_true(strlen(f->what) < 24);
	arrays++;
	f->make(f, 0, f->count, whole);
	parts = 0;
	for (uint64_t lo = 0, hi; lo < f->count; lo = hi, parts++) {
		hi = f->whole ? f->count : lo + 1 + random_below(f->count / 5 + 1);
		hi = hi < f->count ? hi : f->count;
		const size_t part_bytes = (size_t)(hi - lo) * f->size;
		unsigned char *part = malloc(part_bytes + CANARY);
		assert_non_null(part);
		memset(part, CANARY_BYTE, part_bytes + CANARY);
		f->make(f, lo, hi, part);
		assert_canary(part + part_bytes, f->what, lo);
		memcpy(to + lo * f->size, part, part_bytes);
		free(part);
	}
	if (memcmp(to, whole, bytes) != 0)
		fail_msg("%s of %llu elements: its parts are not the whole", f->what,
			(unsigned long long)f->count);
	free(whole);
}

static uint64_t checksum(const struct kernel *k, const struct problem *p)
{
	const struct variant *v = k->variants[0];
	struct err e = {0};
	struct tally t = {0};
	void *input;
	if (v->setup(p, &input, &e) != 0)
		fail_msg("%s: %s", k->name, e.text);
	const size_t bytes = v->scratch_bytes(input);
	void *scratch = memory_alloc(bytes + 4096, 1, "scratch", &e);
	assert_non_null(scratch);
	v->chunk(input, (struct span){0, v->units(input)}, scratch, &t);
	if (v->settle)
		v->settle(input, &t);
	memory_free(scratch);
	v->teardown(input);
	return t.count ^ t.checksum;
}

/* Of `size` items; whether the kernel has arrays at all. */
static bool check(const struct kernel *k, uint64_t size)
{
	const struct filler filler = {.fill = fill_in_parts};
	struct problem p;
	problem_init(&p);
	p.seed = draw_seed();
	p.length = 1 + random_below(20);
	p.string = random_below(6);
	k->resize(&p, size);
	arrays = 0;
	const uint64_t alone = checksum(k, &p);
	p.filler = &filler;
	if (checksum(k, &p) != alone)
		fail_msg("%s of %llu: another answer from an input made in parts", k->name,
			(unsigned long long)size);
	return arrays > 0;
}

static void parts_are_the_whole(void **state)
{
	const uint64_t sizes[] = {1, 7, 64, 1000, 4097};
	unsigned with_arrays = 0;
	(void)state;
	for (const struct kernel *const *k = kernels; *k; k++) {
		bool any = false;
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			any |= check(*k, sizes[i]);
		with_arrays += any;
	}
	assert_true(with_arrays >= 6); /* palindrome, text, substrings, heron, read, copy, triad */
}

/* What the margins and the room beyond the elements are. */
static void make_ones(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	memset(to, 1, (size_t)(hi - lo) * f->size);
}

static void the_rest_is_zero(void **state)
{
	struct problem p;
	struct err e = {0};
	(void)state;
	problem_init(&p);
	const struct fill f = {.what = "ones", .count = 100, .size = 3, .make = make_ones};
	unsigned char *at = fill_alloc(&p, &f, 128, &e);
	assert_non_null(at);
	for (int i = -MEMORY_MARGIN; i < 128 * 3 + MEMORY_MARGIN; i++)
		assert_int_equal(at[i], i >= 0 && i < 300);
	memory_free(at);
	assert_null(fill_alloc(&p, &(struct fill){.what = "too much", .size = 1 << 20}, UINT64_MAX / 2, &e));
	assert_int_equal(e.status, ERR_USAGE);
	assert_non_null(strstr(e.text, "too much"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_the_whole), cmocka_unit_test(the_rest_is_zero)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
