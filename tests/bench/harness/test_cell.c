/* SPDX-License-Identifier: MIT */
/* A cell from words and back: whatever factor is said comes back by the words that make the cell again, stands in its
 * column, and has the role that comparisons give it. */
#include "bench/harness/cell.h"

#include "bench/data/dataset.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Of each factor with a key, a value that is not its default, and what its column then says. */
static const struct said {
	const char *key, *value, *column;
} everything[] = {{"variant", "reference", "reference"}, {"backend", "pthread", "pthread"},
	{"lifetime", "spawn", "spawn"}, {"schedule", "dynamic", "dynamic"}, {"global-lock", "yes", "yes"},
	{"wait", "active", "active"}, {"workers", "2", "2"}, {"placement", "compact", "compact"},
	{"memory-policy", "interleave", "interleave"}, {"scaling", "weak", "weak"}, {"size", "1000", "1000"},
	{"block-bytes", "24KiB", "24576"}, {"grain", "3", "3"}};

enum { EVERYTHING = sizeof everything / sizeof *everything };

static const struct column *column_of(const char *key)
{
	char name[48];
	snprintf(name, sizeof name, "%s", key);
	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	const struct column *c = sample_columns;
	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c;
}

static void words_make_the_cell_again(void **state)
{
	struct cell c, again;
	struct cell_argv words;
	struct factors f, g;
	struct err e = {0};
	char text[300];
	(void)state;
	assert_int_equal(cell_init(&c, "sieve", &e), 0);
	for (size_t i = 0; i < EVERYTHING; i++)
		assert_int_equal(cell_set(&c, everything[i].key, everything[i].value, &e), 0);
	assert_int_equal(cell_finish(&c, &e), 0);
	cell_factors(&c, "native", &f);
	for (size_t i = 0; i < EVERYTHING; i++) {
		field_write(&f, column_of(everything[i].key), text, sizeof text);
		assert_string_equal(text, everything[i].column);
	}
	cell_to_argv(&c, &words);
	assert_int_equal(cell_init(&again, words.argv[0], &e), 0);
	for (size_t i = 1; i < words.count; i++) {
		snprintf(text, sizeof text, "%s", words.argv[i] + 2);
		char *value = strchr(text, '=');
		*value++ = '\0';
		assert_int_equal(cell_set(&again, text, value, &e), 0);
	}
	assert_int_equal(cell_finish(&again, &e), 0);
	cell_factors(&again, "native", &g);
	assert_int_equal(factors_compare(&f, &g), 0);
}

/* What the test above leaves out is said here, so that a new factor has to be put in one of the two. */
static void every_factor_was_tried(void **state)
{
	static const char *const elsewhere[] = {"threads-per-rank", "nodes", "input"};
	(void)state;
	for (const struct factor *f = factor_keys; f->key; f++) {
		bool tried = false;
		if (strcmp(f->key, "ranks") == 0) /* the column workers in other words: tests/cli/mpi.sh */
			continue;
		assert_non_null(column_of(f->key)->name);
		for (size_t i = 0; i < EVERYTHING; i++)
			tried |= strcmp(everything[i].key, f->key) == 0;
		for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
			tried |= strcmp(elsewhere[i], f->key) == 0;
		if (!tried)
			print_error("factor %s is in no test\n", f->key);
		assert_true(tried);
	}
}

static void former_spellings_are_keys(void **state)
{
	struct cell c;
	struct err e = {0};
	(void)state;
	assert_int_equal(cell_init(&c, "sieve", &e), 0);
	for (size_t i = 0; cell_former_key(i); i++) {
		const char *now = cell_key(cell_former_key(i));
		assert_true(factor_find(now) || parameter_find(now));
		assert_false(factor_find(cell_former_key(i)) || parameter_find(cell_former_key(i)));
	}
	assert_int_equal(cell_set(&c, "one-at-a-time", "yes", &e), 0);
	assert_int_equal(c.global_lock, 1);
	assert_int_equal(cell_set(&c, "count", "3", &e), 0);
	assert_int_equal(c.problem.tuplet, 3);
}

/* Each kernel takes parameters that there are, and its size sets at least one of them. */
static void kernels_name_parameters_and_have_sizes(void **state)
{
	(void)state;
	for (const struct kernel *const *k = kernels; *k; k++) {
		bool sized = false;
		for (const char *const *own = (*k)->parameters; *own; own++) {
			assert_non_null(parameter_find(*own));
			sized |= kernel_sized(*k, *own);
		}
		assert_true(sized);
		assert_false(kernel_sized(*k, "seed"));
	}
	assert_true(kernel_sized(NULL, "operations"));
	assert_false(kernel_sized(NULL, "placement"));
}

/* Cells of weak scaling that differ only in workers and in what grows with them are one line of a chart, whatever the
 * kernel calls its size. */
/* Sizes up to 2^64-1 are taken as they are, or refused: no product wraps around. */
static void sizes_are_kept_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; kernels[i]; i++)
		for (int shift = 30; shift < 64; shift++)
			for (int below = 0; below < 2; below++) {
				const uint64_t size =
					(UINT64_C(1) << shift) * (1 + (uint64_t)below) - (uint64_t)below;
				struct cell c, plain;
				struct err e = {0};
				char text[24];
				assert_int_equal(cell_init(&plain, kernels[i]->name, &e), 0);
				assert_int_equal(cell_set(&plain, "size", "1000000000", &e), 0);
				assert_int_equal(cell_finish(&plain, &e), 0);
				assert_int_equal(cell_init(&c, kernels[i]->name, &e), 0);
				snprintf(text, sizeof text, "%" PRIu64, size);
				if (cell_set(&c, "size", text, &e) != 0 || cell_finish(&c, &e) != 0) {
					assert_int_equal(e.status, ERR_USAGE);
					continue;
				}
				const double items = (double)kernels[i]->items(&c.problem) / (double)size,
					     wanted = (double)kernels[i]->items(&plain.problem) / 1e9;
				if (items < 0.99 * wanted || items > 1.01 * wanted)
					fail_msg("%s: of %s items there are %" PRIu64, kernels[i]->name, text,
						kernels[i]->items(&c.problem));
			}
}

static void shares_match_for_every_kernel(void **state)
{
	static const char *const share[] = {"share", NULL}, *const none[] = {NULL};
	(void)state;
	for (const struct kernel *const *k = kernels; *k; k++) {
		struct factors f[2];
		for (unsigned i = 0; i < 2; i++) {
			struct cell c;
			struct err e = {0};
			assert_int_equal(cell_init(&c, (*k)->name, &e), 0);
			assert_int_equal(cell_set(&c, "backend", "pthread", &e), 0);
			assert_int_equal(cell_set(&c, "workers", i ? "4" : "2", &e), 0);
			assert_int_equal(cell_set(&c, "scaling", "weak", &e), 0);
			assert_int_equal(cell_set(&c, "size", "4096", &e), 0);
			assert_int_equal(cell_finish(&c, &e), 0);
			cell_factors(&c, "native", &f[i]);
		}
		assert_true(cells_match(&f[0], &f[1], share));
		assert_false(cells_match(&f[0], &f[1], none));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words_make_the_cell_again),
		cmocka_unit_test(every_factor_was_tried), cmocka_unit_test(former_spellings_are_keys),
		cmocka_unit_test(kernels_name_parameters_and_have_sizes),
		cmocka_unit_test(sizes_are_kept_or_refused), cmocka_unit_test(shares_match_for_every_kernel)};
	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
