/* SPDX-License-Identifier: MIT */
/* test_filler.c - arrays made by threads and left on a shelf: once made, then copied; what does not fit is made
 * each time, and what is no shelf is none. */
#include "bench/harness/filler.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_ullong made; /* elements */
static atomic_uint calls;

static void make(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	uint64_t *words = (void *)to;
	for (uint64_t i = lo; i < hi; i++)
		words[i - lo] = f->of[0] * 1000003 + i * f->of[1];
	made += hi - lo;
	calls++;
}

static struct fill fill_of(uint64_t seed, uint64_t count)
{
	return (struct fill){.what = "words", .of = {seed, 7}, .count = count, .size = 8, .make = make};
}

/* Fills by a filler of its own, as a launch would. How many elements had to be made. */
static uint64_t filled(struct fill f, int shelf, unsigned threads)
{
	struct own_filler own;
	uint64_t *to = malloc((size_t)f.count * f.size + 8);
	assert_non_null(to);
	to[f.count] = 42;
	made = 0;
	calls = 0;
	filler_open(&own, shelf);
	own.threads = threads;
	own.filler.fill(own.filler.ctx, &f, (unsigned char *)to);
	filler_close(&own);
	for (uint64_t i = 0; i < f.count; i++)
		if (to[i] != f.of[0] * 1000003 + i * f.of[1])
			fail_msg("element %llu of %llu is another", (unsigned long long)i,
				(unsigned long long)f.count);
	assert_int_equal(to[f.count], 42);
	free(to);
	return made;
}

enum { SMALL = 1000, LARGE = 1 << 19, ROOM = 3 * LARGE * 8 };

static void threads_share_the_work(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 100; threads = 3 * threads + 1) {
		assert_int_equal(filled(fill_of(1, LARGE + 5), -1, threads), LARGE + 5);
		assert_int_equal(calls, threads < 4 ? threads : 4); /* a part has a mebibyte or more */
	}
	assert_int_equal(filled(fill_of(1, SMALL), -1, 64), SMALL);
	assert_int_equal(calls, 1);
	struct fill whole = fill_of(1, LARGE);
	whole.whole = true;
	assert_int_equal(filled(whole, -1, 64), LARGE);
	assert_int_equal(calls, 1);
	assert_int_equal(filled(fill_of(1, LARGE), -1, 0), LARGE); /* as many as there are CPUs */
}

static void the_second_launch_copies(void **state)
{
	const int shelf = filler_create_shelf(ROOM);
	(void)state;
	assert_true(shelf >= 0);
	assert_int_equal(filled(fill_of(1, LARGE), shelf, 4), LARGE);
	assert_int_equal(filled(fill_of(1, LARGE), shelf, 1), 0);
	assert_int_equal(filled(fill_of(1, LARGE), shelf, 4), 0);
	/* another seed, size or name is another array */
	assert_int_equal(filled(fill_of(2, LARGE), shelf, 4), LARGE);
	assert_int_equal(filled(fill_of(1, LARGE / 2), shelf, 4), LARGE / 2);
	struct fill other = fill_of(1, LARGE / 4);
	other.what = "other words";
	assert_int_equal(filled(other, shelf, 4), LARGE / 4);
	other.what = "words";
	assert_int_equal(filled(other, shelf, 4), LARGE / 4);
	assert_int_equal(filled(fill_of(2, LARGE), shelf, 4), 0);
	/* small ones are made each time */
	assert_int_equal(filled(fill_of(1, SMALL), shelf, 4), SMALL);
	assert_int_equal(filled(fill_of(1, SMALL), shelf, 4), SMALL);
	close(shelf);
}

static void a_full_shelf_takes_no_more(void **state)
{
	const int shelf = filler_create_shelf(ROOM);
	(void)state;
	assert_int_equal(filled(fill_of(1, 4 * LARGE), shelf, 2), 4 * LARGE);
	assert_int_equal(filled(fill_of(1, 4 * LARGE), shelf, 2), 4 * LARGE);
	for (uint64_t seed = 1; seed <= 4; seed++)
		filled(fill_of(seed, LARGE), shelf, 2);
	assert_int_equal(filled(fill_of(3, LARGE), shelf, 2), 0);
	assert_int_equal(filled(fill_of(4, LARGE), shelf, 2), LARGE);
	close(shelf);
}

/* A launch that is killed while it copies has left what does not count. */
static void what_is_no_shelf_is_none(void **state)
{
	const int empty = memfd_create("empty", 0), null = open("/dev/null", O_RDWR),
		  foreign = memfd_create("x", 0);
	char junk[32768];
	(void)state;
	memset(junk, 0x5a, sizeof junk);
	assert_int_equal(write(foreign, junk, sizeof junk), sizeof junk);
	const int none[] = {-1, 999, empty, null, foreign};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(filled(fill_of(1, LARGE), none[i], 2), LARGE);
		assert_int_equal(filled(fill_of(1, LARGE), none[i], 2), LARGE);
	}
	close(empty);
	close(null);
	close(foreign);
}

/* A shelf that was cut off is not read beyond its end: the array is made. */
static void a_torn_shelf_is_made_up_for(void **state)
{
	const int shelf = filler_create_shelf(ROOM);
	(void)state;
	assert_int_equal(filled(fill_of(1, LARGE), shelf, 2), LARGE);
	assert_int_equal(filled(fill_of(1, LARGE), shelf, 2), 0);
	assert_int_equal(ftruncate(shelf, ROOM / 6), 0);
	assert_int_equal(filled(fill_of(1, LARGE), shelf, 2), LARGE);
	close(shelf);
}

static void a_shelf_leaves_memory(void **state)
{
	(void)state;
	assert_true(filler_shelf_bytes() > 0);
	assert_true(filler_shelf_bytes() <= UINT64_C(1) << 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_the_work),
		cmocka_unit_test(the_second_launch_copies), cmocka_unit_test(a_full_shelf_takes_no_more),
		cmocka_unit_test(what_is_no_shelf_is_none), cmocka_unit_test(a_torn_shelf_is_made_up_for),
		cmocka_unit_test(a_shelf_leaves_memory)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
