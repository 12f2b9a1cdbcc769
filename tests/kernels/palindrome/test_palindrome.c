/* SPDX-License-Identifier: MIT */
/* test_palindrome.c - every variant of `palindrome` against its reference: all lengths, cuts, made-up lists,
 * poisoned margins. */
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include "kernels/cpu.h"
#include "kernels/memory.h"
#include "kernels/palindrome/palindrome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* All lengths that fit a vector, and some beyond. */
enum { LONGEST = 400 };
#define STEP(length) ((length) <= PALINDROME_VECTOR + 2 ? 1 : 61)

static struct palindrome_input *open_input(const struct variant *v, uint64_t words, uint64_t length)
{
	struct problem p;
	struct err e = {0};
	void *input = NULL;
	problem_init(&p);
	p.words = words;
	p.length = length;
	p.seed = draw_seed();
	p.prefetch = words % 4;
	if (v->setup(&p, &input, &e) != 0)
		fail_msg("%s", e.text);
	return input;
}

/* The variant, whether its masks are packed or not, and the reference on the variant's own input. */
static void check(const struct variant *v, const struct palindrome_input *in, uint64_t cut, const char *what)
{
	char label[100];
	snprintf(label, sizeof label, "%s, %llu words of %u, cut %llu", what, (unsigned long long)in->count,
		in->length, (unsigned long long)cut);
	struct outcome expected = outcome_of(&palindrome_reference, in, 0);
	for (unsigned pack = 0; pack < 2; pack++) {
		struct palindrome_input one = *in;
		one.pack = pack;
		struct outcome found = outcome_of(v, &one, cut);
		assert_same(&expected, &found, v->name, label);
		free(found.places.at);
	}
	free(expected.places.at);
}

/* Word i becomes a palindrome of any bytes, or one but for a pair of letters. */
static void write_word(struct palindrome_input *in, uint64_t i, bool palindrome)
{
	unsigned char *w = in->words + i * in->length;
	for (unsigned j = 0; j < (in->length + 1) / 2; j++)
		w[j] = w[in->length - 1 - j] = (unsigned char)random_below(256);
	if (!palindrome && in->length > 1)
		w[random_below(in->length / 2)] ^= (unsigned char)(1 << random_below(8));
}

static void poison_margins(struct palindrome_input *in, unsigned char byte)
{
	memset(in->words - MEMORY_MARGIN, byte, MEMORY_MARGIN);
	unsigned char *end = in->words + in->count * in->length;
	uint64_t groups = (in->count + PALINDROME_GROUP - 1) / PALINDROME_GROUP;
	memset(end, byte, (size_t)(groups * PALINDROME_GROUP - in->count) * in->length + MEMORY_MARGIN);
}

enum making { RANDOM, ALL, NONE, MIXED, MAKINGS };

static void test_lists(void **state)
{
	static const char *const names[MAKINGS] = {
		"generated", "all palindromes", "nearly palindromes", "mixed"};
	static const uint64_t sizes[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 1000, 4099};
	(void)state;
	for (const struct variant *const *v = variants_here(&kernel_palindrome); *v; v++) {
		for (uint64_t length = 1; length <= LONGEST; length += STEP(length))
			for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
				for (unsigned m = 0; m < MAKINGS; m++) {
					struct palindrome_input *in = open_input(*v, sizes[i], length);
					for (uint64_t w = 0; m != RANDOM && w < in->count; w++)
						write_word(
							in, w, m == ALL || (m == MIXED && random_below(2)));
					poison_margins(in, m % 2 ? 0xFF : 'a');
					check(*v, in, 0, names[m]);
					check(*v, in, 1 + random_below(5), names[m]);
					(*v)->teardown(in);
				}
	}
}

/* One word differs in one pair, every pair and every place in the group: each must be seen, and
 * nothing else. */
static void test_every_letter_counts(void **state)
{
	(void)state;
	for (const struct variant *const *v = variants_here(&kernel_palindrome); *v; v++) {
		for (unsigned length = 2; length <= LONGEST; length += STEP(length)) {
			struct palindrome_input *in = open_input(*v, PALINDROME_GROUP, length);
			memset(in->words, 'a', (size_t)PALINDROME_GROUP * length);
			for (unsigned w = 0; w < PALINDROME_GROUP; w++)
				for (unsigned j = 0; j < length; j++) {
					unsigned char *c = in->words + w * length + j;
					bool middle = length % 2 && j == length / 2;
					struct tally t = {0};
					*c = 'b';
					(*v)->chunk(in, (struct span){0, 1}, NULL, &t);
					*c = 'a';
					if (t.count != (middle ? 64u : 63u) ||
						~t.checksum != (middle ? 0 : UINT64_C(1) << w))
						fail_msg("%s: length %u, letter %u of word %u", (*v)->name,
							length, j, w);
				}
			(*v)->teardown(in);
		}
	}
}

/* The same words from the same seed, in every variant; other words from another; letters a-z, evenly. */
static void test_generated(void **state)
{
	(void)state;
	for (uint64_t length = 1; length <= LONGEST; length += 7) {
		struct palindrome_input *all = open_input(&palindrome_reference, 5000, length);
		struct palindrome_input *few = open_input(&palindrome_scalar, 100, length);
		assert_memory_equal(all->words, few->words, (size_t)(100 * length));
		few->words[0] = 0;
		uint64_t letters[256] = {0}, outside = 5000 * length;
		for (uint64_t i = 0; i < 5000 * length; i++)
			letters[all->words[i]]++;
		for (unsigned c = 'a'; c <= 'z'; c++) {
			double expected = 5000.0 * (double)length / 26, error = (double)letters[c] - expected;
			assert_true(error * error < 36 * expected);
			outside -= letters[c];
		}
		assert_int_equal(outside, 0);
		palindrome_teardown(all);
		palindrome_teardown(few);
	}
}

/* Uniform letters: a word of 2h or 2h + 1 letters is a palindrome once in 26^h. */
static void test_frequency(void **state)
{
	(void)state;
	for (uint64_t length = 2; length <= 6; length++) {
		struct palindrome_input *in = open_input(&palindrome_scalar, 2000000, length);
		struct tally t = {0};
		palindrome_scalar.chunk(in, (struct span){0, palindrome_units(in)}, NULL, &t);
		double expected = 2e6 / (length < 4          ? 26
						: length < 6 ? 676
							     : 17576),
		       error = (double)t.count - expected;
		assert_true(error * error < 25 * expected);
		palindrome_teardown(in);
	}
}

static void test_listing_stops(void **state)
{
	(void)state;
	for (const struct variant *const *v = variants_here(&kernel_palindrome); *v; v++) {
		struct palindrome_input *in = open_input(*v, 100000, 1);
		struct places places = {.most = 1};
		(*v)->emit(in, (struct span){0, (*v)->units(in)}, NULL, places_take, &places);
		assert_true(places.count >= 1 && places.count < 1000);
		free(places.at);
		(*v)->teardown(in);
	}
}

static void test_record(void **state)
{
	struct err e = {0};
	struct problem p;
	struct tally known;
	bool check_known = false;
	const struct kernel *k = kernel_find("palindrome", &e);
	const char *text = NULL;
	char buffer[64];
	void *input = NULL;
	(void)state;
	problem_init(&p);
	assert_null(k->oracle(&p, &known, &check_known));
	k->resize(&p, 12345);
	p.length = 1;
	assert_int_equal(k->items(&p), 12345);
	assert_non_null(k->oracle(&p, &known, &check_known));
	struct palindrome_input *in = open_input(&palindrome_reference, 12345, 1);
	struct outcome o = outcome_of(&palindrome_reference, in, 0);
	assert_int_equal(o.tally.count, known.count);
	assert_int_equal(o.tally.checksum, known.checksum);
	memcpy(in->words + 77, "x", 1);
	assert_int_equal(k->listing->spell(in, 77, buffer, &text), 1);
	assert_int_equal(text[0], 'x');
	free(o.places.at);
	palindrome_teardown(in);
	p.words = 1000000001;
	assert_int_equal(palindrome_reference.setup(&p, &input, &e), -1);
	assert_int_equal(e.status, ERR_ABSENT);
}

static struct palindrome_input *read_list(const char *text, size_t bytes, uint64_t length, struct err *e)
{
	struct problem p;
	void *input = NULL;
	problem_init(&p);
	p.text = (const unsigned char *)text;
	p.text_bytes = bytes;
	p.length = length;
	if (palindrome_scalar.setup(&p, &input, e) != 0)
		return NULL;
	assert_int_equal(((struct palindrome_input *)input)->count, kernel_find("palindrome", e)->items(&p));
	return input;
}

/* The same list packed, in lines, and in lines without the last newline. */
static void test_from_a_file(void **state)
{
	static const char *const lists[] = {"noonabbaabcd", "noon\nabba\nabcd\n", "noon\nabba\nabcd",
		"noon\r\nabba\r\nabcd\r\n", "noon\r\nabba\r\nabcd"};
	struct err e = {0};
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct palindrome_input *in = read_list(lists[i], strlen(lists[i]), 4, &e);
		assert_non_null(in);
		assert_int_equal(in->count, 3);
		assert_memory_equal(in->words, "noonabbaabcd", 12);
		struct outcome o = outcome_of(&palindrome_scalar, in, 0);
		assert_int_equal(o.tally.count, 2);
		assert_int_equal(o.tally.checksum, 3);
		free(o.places.at);
		palindrome_teardown(in);
	}
	struct palindrome_input *one = read_list("\n", 1, 1, &e), *none = read_list("", 0, 4, &e);
	assert_null(one);
	assert_non_null(none);
	assert_int_equal(none->count, 0);
	palindrome_teardown(none);
}

/* A line of another length is an error that tells which. */
static void test_bad_lists(void **state)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{"noon\nabba\nabc\nabba\n", "line 3 of the list has 3 letters, not 4"},
		{"noon\nabba\nabcde\nabba\n", "line 3 of the list has 5 letters, not 4"},
		{"noon\nabba\nab", "line 3 of the list has 2 letters, not 4"},
		{"noon\n\nabba\n", "line 2 of the list has 0 letters, not 4"},
		{"abc\ndef\n", "line 1 of the list has 3 letters, not 4"},
		{"noonabba\n", "line 1 of the list has 8 letters, not 4"},
		{"noonabbaa", "line 1 of the list has 9 letters, not 4"},
		{"noon\r\nabba\nabcd\r\n", "line 2 of the list ends as no other does"},
		{"noon\r\nabbas\r\n", "line 2 of the list has 5 letters, not 4"},
		{"noon\nabba\r\n", "line 2 of the list has 5 letters, not 4"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};
		assert_null(read_list(bad[i].text, strlen(bad[i].text), 4, &e));
		assert_int_equal(e.status, ERR_USAGE);
		assert_non_null(strstr(e.text, bad[i].error));
	}
}

/* Every line of the next tile is asked for once while this one is read, from eight pages by turns; and what
 * the option says. */
static void test_prefetch(void **state)
{
	bool asked[PREFETCH_TILE / PREFETCH_LINE] = {false};
	uint64_t last = 0;
	struct problem p;
	(void)state;
	for (uint64_t at = 0; at < PREFETCH_TILE; at += PREFETCH_LINE) {
		const uint64_t next = prefetch_offset(PREFETCH_PAGES, 5 * PREFETCH_TILE + at);
		assert_true(
			next >= 6 * PREFETCH_TILE && next < 7 * PREFETCH_TILE && next % PREFETCH_LINE == 0);
		assert_true(next / PREFETCH_PAGE != last / PREFETCH_PAGE);
		assert_false(asked[next % PREFETCH_TILE / PREFETCH_LINE]);
		asked[next % PREFETCH_TILE / PREFETCH_LINE] = true;
		last = next;
	}
	assert_int_equal(prefetch_offset(PREFETCH_AHEAD, 640), 640 + PREFETCH_DISTANCE);
	assert_int_equal(prefetch_offset(PREFETCH_FAR, 640), 640 + PREFETCH_FAR_DISTANCE);
	problem_init(&p);
	p.l2_bytes = 1 << 20;
	const enum prefetch others = cpu_is_intel() ? PREFETCH_PAGES : PREFETCH_AHEAD;
	for (enum prefetch_bound bound = PREFETCH_BOUND_BY_READING; bound <= PREFETCH_BOUND_BY_COMPUTING;
		bound++) {
		const enum prefetch zen4 = bound == PREFETCH_BOUND_BY_READING ? PREFETCH_NONE : PREFETCH_FAR;
		p.prefetch = 0;
		assert_int_equal(prefetch_choose(&p, 1 << 20, bound), PREFETCH_NONE);
		assert_int_equal(prefetch_choose(&p, 1 << 21, bound), cpu_is_zen4() ? zen4 : others);
		static const enum prefetch wanted[] = {
			PREFETCH_PAGES, PREFETCH_NONE, PREFETCH_AHEAD, PREFETCH_FAR};
		for (p.prefetch = 1; p.prefetch <= 4; p.prefetch++)
			assert_int_equal(prefetch_choose(&p, 100, bound), wanted[p.prefetch - 1]);
	}
}

static int run(const char *hidden)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_every_letter_counts),
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_frequency),
		cmocka_unit_test(test_listing_stops),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_from_a_file),
		cmocka_unit_test(test_bad_lists),
		cmocka_unit_test(test_prefetch),
	};
	const struct CMUnitTest lesser[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_every_letter_counts),
	};
	return hidden ? cmocka_run_group_tests(lesser, NULL, NULL)
		      : cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return variants_without_extensions(run);
}
