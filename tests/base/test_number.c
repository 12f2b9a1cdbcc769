/* SPDX-License-Identifier: MIT */
/* Numbers as people write them: what is accepted, what it means, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"

static void accepted(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {{"0", 0}, {"1000", 1000}, {"1e10", 10000000000u}, {"1E3", 1000}, {"2.5e9", 2500000000u},
		{"1.50e1", 15}, {"2^40", UINT64_C(1) << 40}, {"2^64-1", UINT64_MAX},
		{"18446744073709551615", UINT64_MAX}, {"10M", 10000000}, {"64Ki", 65536}, {"3k", 3000},
		{"1.5K", 1500}, {"1T", 1000000000000u}, {"2^0", 1}, {"10^18", 1000000000000000000u},
		{"0e0", 0}, {"1e0", 1}, {"1e+6", 1000000}, {"0^64", 0}, {"1^64", 1},
		{"1e18-1", 999999999999999999u}, {"2^64-1e9", UINT64_MAX - 999999999}, {"1M-1Ki", 998976},
		{"5-5", 0}, {"18446744073709551616-1", UINT64_MAX}, {"2^64-2^64", 0}, {"16^16-1", UINT64_MAX},
		{"4294967296^2-1", UINT64_MAX}, {"1.8446744073709551615e19", UINT64_MAX},
		{"1844674407370955161.5e1", UINT64_MAX}, {"18446744073709551610-0", UINT64_MAX - 5}};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct err e = {0};
		uint64_t v = 1;
		assert_int_equal(number_parse("x", good[i].text, 0, UINT64_MAX, &v, &e), 0);
		assert_int_equal(v, good[i].value);
	}
}

static void refused(void **state)
{
	static const char *const bad[] = {"", " ", "1e", "-5", "+5", "2^65", "2^64", "e5", "1e20", "1.5",
		"1.23e1", "0x10", "1 000", "10Q", "18446744073709551616", "99999999999999999999999999999",
		"0-1", "5-", "5-6", "5-1-1", "5--1", "1e-3", "1.", ".5", "2^", "^2", "1Kii", "nan",
		"1e99999999999", "2^64-0", "18446744073709551617-1", "18446744073709551616^1", "2^64^0",
		"1.8446744073709551616e19", "18446744073709551616.0", "1^18446744073709551616",
		"1e18446744073709551616", "5-2^64", "4294967295^3", "6148914691236517206^1k", "16Ki^5"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};
		uint64_t v = 7;
		assert_int_equal(number_parse("--stop", bad[i], 0, UINT64_MAX, &v, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_non_null(strstr(e.text, "--stop"));
		assert_int_equal(v, 7);
	}
	struct err e = {0};
	uint64_t v;
	assert_int_equal(number_parse("--length", "65", 1, 64, &v, &e), -1);
	assert_non_null(strstr(e.text, "from 1 to 64"));
}

static void times(void **state)
{
	(void)state;
	double s;
	struct err e = {0};
	assert_int_equal(number_parse_seconds("--budget", "5m", &s, &e), 0);
	assert_true(s == 300);
	assert_int_equal(number_parse_seconds("--budget", "1500ms", &s, &e), 0);
	assert_true(s == 1.5);
	static const char *const bad[] = {
		"", "0", "-1", "5x", "m", "inf", "1e300", "nan", "1e-322ms", "1e-320"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err f = {0};
		assert_int_equal(number_parse_seconds("--budget", bad[i], &s, &f), -1);
		assert_int_equal(f.status, ERR_USAGE);
	}
}

/* Of bytes, B may follow the number and its suffix. */
static void bytes(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {{"24KiB", 24576}, {"64MB", 64000000}, {"64MiB", 67108864}, {"4096B", 4096},
		{"4096", 4096}, {"1kB", 1000}, {"2^20", 1048576}, {"1.5KiB", 1536}};
	static const char *const bad[] = {"B", "", "KiB", "4KiBB", "4 KiB", "4KB/s", "1.5B"};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct err e = {0};
		uint64_t v = 1;
		assert_int_equal(number_parse_bytes("x", good[i].text, 0, UINT64_MAX, &v, &e), 0);
		assert_int_equal(v, good[i].value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};
		uint64_t v = 7;
		assert_int_equal(number_parse_bytes("x", bad[i], 0, UINT64_MAX, &v, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_int_equal(v, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(accepted), cmocka_unit_test(refused),
		cmocka_unit_test(bytes), cmocka_unit_test(times)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
