/* SPDX-License-Identifier: MIT */
/* How near to the ceiling: cells of the same workers and placement bound a cell, `read` of about the same
 * bytes, and the peaks of what its kernel demands; the nearest of them binds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench/data/ceiling.h"

static struct summary *add(
	struct table *t, const char *kernel, uint64_t workers, double bytes, double per_second)
{
	struct err e = {0};
	struct summary *s = table_add(t, NULL, &e);
	assert_non_null(s);
	snprintf(s->cell.kernel, sizeof s->cell.kernel, "%s", kernel);
	snprintf(s->cell.placement, sizeof s->cell.placement, "compact");
	s->cell.workers = (struct uint_field){workers, true};
	s->median_seconds = bytes / per_second;
	s->bytes_per_second = per_second;
	s->cell.items = (struct uint_field){(uint64_t)bytes, true};
	return s;
}

/* A cell of a peak that does so many operations a second, on one worker. */
static struct summary *add_peak(struct table *t, const char *kernel, const char *variant, double per_second)
{
	struct summary *s = add(t, kernel, 1, 1e9, per_second);
	snprintf(s->cell.variant, sizeof s->cell.variant, "%s", variant);
	s->items_per_second = per_second;
	s->bytes_per_second = NAN;
	return s;
}

static void assert_about(double found, double expected)
{
	if (!(fabs(found - expected) <= 1e-9 * fabs(expected)))
		fail_msg("%g is not %g", found, expected);
}

static void the_best_read_of_like_cells(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	add(&t, "palindrome", 2, 1e6, 5e9);
	add(&t, "read", 2, 1.9e6, 1e10); /* the ceiling */
	add(&t, "read", 2, 0.6e6, 8e9);  /* slower, but no larger than the cell */
	add(&t, "read", 1, 1e6, 9e10);   /* other workers */
	add(&t, "read", 2, 2.1e6, 9e10); /* too large */
	struct summary *elsewhere = add(&t, "read", 2, 1e6, 9e10);
	snprintf(elsewhere->cell.placement, sizeof elsewhere->cell.placement, "none");
	add(&t, "text", 4, 1e6, 1e9);  /* no like read */
	add(&t, "sieve", 2, 1e6, NAN); /* reads nothing */
	ceiling_fill(&t);
	const struct summary *s = table_row(&t, 0);
	assert_true(s->ceiling_bytes_per_second == 1e10);
	assert_about(s->pct_of_ceiling, 50);
	assert_string_equal(s->ceiling, "read");
	s = table_row(&t, 2); /* no ceiling is its own */
	assert_true(isnan(s->pct_of_ceiling));
	assert_string_equal(s->ceiling, "");
	assert_true(isnan(((struct summary *)table_row(&t, 6))->pct_of_ceiling));
	assert_true(isnan(((struct summary *)table_row(&t, 7))->pct_of_ceiling));
	table_free(&t);
}

/* Where no read is of about the size, the nearest smaller one: a larger one may come from a slower cache. */
static void the_nearest_smaller_read(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	add(&t, "text", 1, 1.6e7, 5e9);
	add(&t, "read", 1, 4e6, 2e10);   /* two doublings smaller */
	add(&t, "read", 1, 4.8e7, 1e10); /* less than two larger: from memory, and no bound */
	add(&t, "read", 1, 2.1e6, 9e10); /* nearly eight times smaller */
	add(&t, "text", 1, 1e5, 5e9);    /* all are larger */
	add(&t, "text", 1, 4e8, 5e9);    /* more than eight times away from all */
	ceiling_fill(&t);
	assert_true(((struct summary *)table_row(&t, 0))->ceiling_bytes_per_second == 2e10);
	assert_true(isnan(((struct summary *)table_row(&t, 4))->pct_of_ceiling));
	assert_true(isnan(((struct summary *)table_row(&t, 5))->pct_of_ceiling));
	table_free(&t);
}

/* 40 MB half of which are in a cache of 32 MB, beside 48 MB that are not: the smaller one bounds, if there is any. */
static void a_larger_read_alone_is_no_bound(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	add(&t, "palindrome", 1, 4e7, 3.9e10);
	add(&t, "read", 1, 4.8e7, 3e10);
	ceiling_fill(&t);
	assert_true(isnan(((struct summary *)table_row(&t, 0))->pct_of_ceiling));
	assert_string_equal(((struct summary *)table_row(&t, 0))->ceiling, "");
	add(&t, "read", 1, 8e6, 9e10);
	ceiling_fill(&t);
	assert_true(((struct summary *)table_row(&t, 0))->ceiling_bytes_per_second == 9e10);
	table_free(&t);
}

/* A read whose runs have a start each is slower by that than one without: 32 KiB through pipes or by ranks are no
 * ceiling of what threads do, but of what pipes and ranks do. */
static void runs_with_a_start_bound_their_own_kind(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	strcpy(add(&t, "palindrome", 2, 32768, 9e10)->cell.backend, "openmp");
	strcpy(add(&t, "palindrome", 2, 32768, 2e9)->cell.backend, "mpi");
	strcpy(add(&t, "read", 2, 32768, 4e9)->cell.backend, "mpi");
	strcpy(add(&t, "read", 2, 32768, 1e8)->cell.backend, "fork-pipe");
	ceiling_fill(&t);
	assert_true(isnan(((struct summary *)table_row(&t, 0))->pct_of_ceiling));
	assert_about(((struct summary *)table_row(&t, 1))->pct_of_ceiling, 50);
	strcpy(add(&t, "read", 2, 32768, 1e11)->cell.backend, "fork");
	ceiling_fill(&t);
	assert_about(((struct summary *)table_row(&t, 0))->pct_of_ceiling, 90);
	table_free(&t);
}

/* Of as many bytes the fastest, though sizes that come from rates differ in their last digit. */
static void sizes_from_rates_are_the_same_size(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	add(&t, "text", 1, 1.6e7, 5e9);
	add(&t, "read", 1, 4194304 * (1 - 1e-15), 1e10);
	add(&t, "read", 1, 4194304, 3e10);
	add(&t, "read", 1, 4194304 * (1 + 1e-15), 2e10);
	ceiling_fill(&t);
	assert_true(((struct summary *)table_row(&t, 0))->ceiling_bytes_per_second == 3e10);
	table_free(&t);
}

/* A root takes 11 steps: 32 operations and ten divisions. */
static void the_nearest_of_several_binds(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	struct summary *s = add(&t, "heron", 1, 8e6, 8e8); /* in 10 ms */
	s->cell.items.value = 1000000;
	s->count = (struct uint_field){11000000, true};
	snprintf(s->cell.variant, sizeof s->cell.variant, "avx2");
	add(&t, "read", 1, 8e6, 8e10);
	add_peak(&t, "divide", "avx2", 1.25e9);
	add_peak(&t, "divide", "avx512", 5e9); /* another instruction set */
	add_peak(&t, "flops", "avx2", 32e9);
	add_peak(&t, "peak", "avx2", 1); /* nothing that heron demands */
	ceiling_fill(&t);
	s = table_row(&t, 0);
	assert_about(s->operations_per_second, 32e6 / 10e-3);
	assert_string_equal(s->ceiling, "divide");
	assert_about(s->pct_of_ceiling, 80);
	/* without it the next */
	((struct summary *)table_row(&t, 2))->items_per_second = NAN;
	snprintf(((struct summary *)table_row(&t, 3))->cell.placement, 48, "none");
	strcpy(s->ceiling, "");
	s->pct_of_ceiling = NAN;
	ceiling_fill(&t);
	assert_string_equal(s->ceiling, "flops");
	assert_about(s->pct_of_ceiling, 10);
	/* without an answer nothing is known of its steps */
	s->count.known = false;
	s->operations_per_second = s->pct_of_ceiling = NAN;
	ceiling_fill(&t);
	assert_true(isnan(s->operations_per_second));
	assert_string_equal(s->ceiling, "read");
	assert_about(s->pct_of_ceiling, 1);
	table_free(&t);
}

/* "avx512-pages" is AVX-512; for what has no peak of its own set any may be. */
static void sets_of_instructions(void **state)
{
	struct table t;
	(void)state;
	assert_true(ceiling_same_set("avx512-pages", "avx512") && ceiling_same_set("avx2", "avx2-stream"));
	assert_false(ceiling_same_set("avx2", "avx512") || ceiling_same_set("", "avx2"));
	table_init(&t, summary_columns, sizeof(struct summary));
	struct summary *s = add(&t, "palindrome", 1, 8e6, 4e9); /* two operations on eight bytes: 1e9 */
	snprintf(s->cell.variant, sizeof s->cell.variant, "ompsimd");
	add_peak(&t, "peak", "scalar", 2e9);
	add_peak(&t, "peak", "avx512", 8e9);
	ceiling_fill(&t);
	s = table_row(&t, 0);
	assert_string_equal(s->ceiling, "peak");
	assert_about(s->pct_of_ceiling, 12.5);
	table_free(&t);
}

/* Every demand is of a kernel that says it is such a ceiling, and every kernel states one or why not. */
static void kernels_state_their_demands(void **state)
{
	(void)state;
	for (const struct kernel *const *k = kernels; *k; k++) {
		struct err e = {0};
		if (((*k)->demands == NULL) == ((*k)->undemanding == NULL))
			fail_msg("%s: what does it demand?", (*k)->name);
		for (const struct demand *d = (*k)->demands; d && d->of; d++) {
			const struct kernel *of = kernel_find(d->of, &e);
			assert_non_null(of);
			assert_int_equal(of->ceiling, CEILING_OPERATIONS);
			assert_true(d->per_byte == 0 || (*k)->item_bytes);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_read_of_like_cells),
		cmocka_unit_test(the_nearest_smaller_read),
		cmocka_unit_test(a_larger_read_alone_is_no_bound),
		cmocka_unit_test(runs_with_a_start_bound_their_own_kind),
		cmocka_unit_test(sizes_from_rates_are_the_same_size),
		cmocka_unit_test(the_nearest_of_several_binds),
		cmocka_unit_test(sets_of_instructions),
		cmocka_unit_test(kernels_state_their_demands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
