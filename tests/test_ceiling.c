/* SPDX-License-Identifier: MIT */
/* How near to the ceiling: only `read` cells of the same workers, placement and about the same bytes bound a
 * cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/ceiling.h"

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
	return s;
}

static void the_best_read_of_like_cells(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	add(&t, "palindrome", 2, 1e6, 5e9);
	add(&t, "read", 2, 1.9e6, 1e10); /* the ceiling */
	add(&t, "read", 2, 0.6e6, 8e9);  /* slower */
	add(&t, "read", 1, 1e6, 9e10);   /* other workers */
	add(&t, "read", 2, 2.1e6, 9e10); /* too large */
	struct summary *elsewhere = add(&t, "read", 2, 1e6, 9e10);
	snprintf(elsewhere->cell.placement, sizeof elsewhere->cell.placement, "none");
	add(&t, "text", 4, 1e6, 1e9);  /* no like read */
	add(&t, "sieve", 2, 1e6, NAN); /* reads nothing */
	ceiling_fill(&t);
	const struct summary *s = table_row(&t, 0);
	assert_true(s->ceiling_bytes_per_second == 1e10);
	assert_true(s->pct_of_ceiling > 49.999 && s->pct_of_ceiling < 50.001);
	assert_true(isnan(((struct summary *)table_row(&t, 6))->pct_of_ceiling));
	assert_true(isnan(((struct summary *)table_row(&t, 7))->pct_of_ceiling));
	table_free(&t);
}

/* Where no read is of about the size, the nearest up to eight times it, not the fastest. */
static void the_nearest_read(void **state)
{
	struct table t;
	(void)state;
	table_init(&t, summary_columns, sizeof(struct summary));
	add(&t, "text", 1, 1e7, 5e9);
	add(&t, "read", 1, 4e6, 2e10); /* the nearest */
	add(&t, "read", 1, 4.8e7, 1e10);
	add(&t, "read", 1, 1.3e6, 9e10); /* nearly eight times smaller */
	add(&t, "text", 1, 1e5, 5e9);    /* more than eight times away from all */
	ceiling_fill(&t);
	assert_true(((struct summary *)table_row(&t, 0))->ceiling_bytes_per_second == 2e10);
	assert_true(isnan(((struct summary *)table_row(&t, 4))->pct_of_ceiling));
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_read_of_like_cells), cmocka_unit_test(the_nearest_read)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
