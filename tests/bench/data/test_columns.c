/* SPDX-License-Identifier: MIT */
/* test_columns.c - fields: written, read back, refused; the committed results/README.md is current. */
#include "bench/data/columns.h"

#include "tests/base/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct column *column(const char *name)
{
	const struct column *c = sample_columns;
	while (strcmp(c->name, name) != 0)
		c++;
	return c;
}

static void names_are_unique_and_factors_lead(void **state)
{
	(void)state;
	const struct column *tables[] = {sample_columns, summary_columns};
	for (int t = 0; t < 2; t++)
		for (const struct column *a = tables[t]; a->name; a++) {
			for (const struct column *b = a + 1; b->name; b++)
				assert_string_not_equal(a->name, b->name);
			assert_true(a->factor || !a[1].name || !a[1].factor);
		}
	for (size_t i = 0; sample_columns[i].factor; i++) {
		assert_string_equal(sample_columns[i].name, summary_columns[i].name);
		assert_int_equal(sample_columns[i].offset, summary_columns[i].offset);
	}
}

static void a_cleared_row_is_empty_everywhere(void **state)
{
	(void)state;
	struct sample s;
	char text[300];
	memset(&s, 0x5a, sizeof s);
	row_clear(&s, sample_columns);
	for (const struct column *c = sample_columns; c->name; c++) {
		assert_int_equal(field_write(&s, c, text, sizeof text), 0);
		assert_string_equal(text, "");
	}
}

/* Every finite double, by its bits, comes back as it was; and short numbers stay short. */
static void reals_come_back(void **state)
{
	(void)state;
	const struct column *c = column("seconds");
	struct sample s, back;
	struct err e = {0};
	char text[64];
	uint64_t seed = draw_seed();
	row_clear(&s, sample_columns);
	row_clear(&back, sample_columns);
	for (int i = 0; i < 200000; i++) {
		uint64_t bits = draw_bits(&seed);
		memcpy(&s.seconds, &bits, sizeof bits);
		field_write(&s, c, text, sizeof text);
		assert_int_equal(field_read(&back, c, text, &e), 0);
		if (isfinite(s.seconds))
			assert_memory_equal(&back.seconds, &s.seconds, sizeof s.seconds);
		else
			assert_true(isnan(back.seconds));
	}
	static const char *const same[] = {
		"0", "0.1", "1", "1e-09", "123456.789", "1e+300", "-2.5", "0.0123", "5e+22"};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		assert_int_equal(field_read(&s, c, same[i], &e), 0);
		field_write(&s, c, text, sizeof text);
		assert_string_equal(text, same[i]);
	}
}

static void refused(const char *name, const char *text)
{
	struct sample s;
	struct err e = {0};
	row_clear(&s, sample_columns);
	assert_int_equal(field_read(&s, column(name), text, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
	assert_non_null(strstr(e.text, name));
	assert_null(strpbrk(e.text, "\n\r\033"));
}

static void bad_fields_are_refused(void **state)
{
	(void)state;
	static const char *const no_uint[] = {"-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10",
		"18446744073709551616", "99999999999999999999999", "nan", "1\n2", "\033[2J", "ten"};
	static const char *const no_real[] = {"nan", "inf", "-inf", "0x1p3", " 1", "1 ", "1,5", "1e", "e5",
		"-", ".", "1e999", "-1e999", "1.2.3", "+1", "1f", "\033[2J", "--1"};
	for (size_t i = 0; i < sizeof no_uint / sizeof *no_uint; i++)
		refused("workers", no_uint[i]);
	for (size_t i = 0; i < sizeof no_real / sizeof *no_real; i++)
		refused("seconds", no_real[i]);
	char longer[300];
	memset(longer, 'x', sizeof longer);
	longer[48] = '\0';
	refused("kernel", longer);
	longer[48] = 'x';
	longer[256] = '\0';
	refused("reason", longer);
}

static void edges_are_taken(void **state)
{
	(void)state;
	struct sample s;
	struct err e = {0};
	char text[600];
	row_clear(&s, sample_columns);
	assert_int_equal(field_read(&s, column("count"), "18446744073709551615", &e), 0);
	assert_true(s.count.known && s.count.value == UINT64_MAX);
	assert_int_equal(field_read(&s, column("count"), "", &e), 0);
	assert_false(s.count.known);
	assert_int_equal(field_read(&s, column("seconds"), "4.9406564584124654e-324", &e), 0);
	assert_true(s.seconds > 0);
	memset(text, '"', 255);
	text[255] = '\0';
	assert_int_equal(field_read(&s, column("reason"), text, &e), 0);
	assert_int_equal(field_write(&s, column("reason"), text, sizeof text), 2 * 255 + 2);
}

static void writing_truncates_and_says_the_full_length(void **state)
{
	(void)state;
	struct sample s;
	char text[16];
	row_clear(&s, sample_columns);
	strcpy(s.reason, "a,\"b\"\nc");
	for (size_t size = 0; size <= sizeof text; size++) {
		memset(text, '#', sizeof text);
		assert_int_equal(field_write(&s, column("reason"), size ? text : NULL, size), 11);
		if (size)
			assert_memory_equal(text, "\"a,\"\"b\"\" c\"", size > 11 ? 12 : size - 1);
		if (size && size < sizeof text)
			assert_int_equal(text[size], '#');
	}
}

static void cells_differ_by_any_factor(void **state)
{
	(void)state;
	struct sample a, b;
	struct err e = {0};
	for (const struct column *c = sample_columns; c->name; c++) {
		row_clear(&a, sample_columns);
		row_clear(&b, sample_columns);
		assert_int_equal(factors_compare(&a.cell, &b.cell), 0);
		assert_int_equal(field_read(&a, c, "7", &e), 0);
		int order = factors_compare(&a.cell, &b.cell);
		assert_int_equal(order != 0, c->factor);
		assert_int_equal(factors_compare(&b.cell, &a.cell), -order);
	}
}

static void the_schema_page_is_current(void **state)
{
	(void)state;
	char *wanted = NULL, found[65536];
	size_t length = 0;
	FILE *f = open_memstream(&wanted, &length);
	columns_markdown(f);
	fclose(f);
	f = fopen("results/README.md", "r");
	assert_non_null(f); /* tests run in the root of the source tree */
	found[fread(found, 1, sizeof found - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(
		found, wanted); /* else: parscale list columns --format markdown >results/README.md */
	free(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique_and_factors_lead),
		cmocka_unit_test(a_cleared_row_is_empty_everywhere),
		cmocka_unit_test(reals_come_back),
		cmocka_unit_test(bad_fields_are_refused),
		cmocka_unit_test(edges_are_taken),
		cmocka_unit_test(writing_truncates_and_says_the_full_length),
		cmocka_unit_test(cells_differ_by_any_factor),
		cmocka_unit_test(the_schema_page_is_current),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
