/* SPDX-License-Identifier: MIT */
/* test_read.c - `read`: every variant adds up every word once, whatever the size and the cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/harness/serial_run.h"
#include "kernels/ceilings/read.h"
#include "kernels/cpu.h"

extern const struct kernel kernel_read;

/* Units s of a variant, set up for so many bytes. */
static struct tally add_up(const struct serial_run *s, struct span span)
{
	struct tally t = {0};
	s->variant->chunk(s->input, span, s->scratch, &t);
	return t;
}

/* The words are (seed + i) g (read.c): added up here one by one, from the first that unit `lo` has. */
static struct tally definition(uint64_t seed, uint64_t bytes, struct span span)
{
	struct tally t = {0};
	for (uint64_t i = span.lo * READ_PAGE / 8; i < span.hi * READ_PAGE / 8 && i < bytes / 8; i++) {
		t.count++;
		t.checksum += (seed + i) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return t;
}

static void every_word_is_added_once(void **state)
{
	static const uint64_t sizes[] = {0, 7, 8, 16, 64, 120, 128, 136, 1016, 1024, 1032, READ_PAGE - 8,
		READ_PAGE, READ_PAGE + 8, READ_TILE - 8, READ_TILE, READ_TILE + 8,
		3 * READ_TILE + READ_PAGE + 1000};
	char why[120];
	unsigned ran = 0;
	(void)state;
	for (const struct variant *const *v = kernel_read.variants; *v; v++) {
		if (variant_missing(*v, cpu_features(), why))
			continue;
		ran++;
		print_message("%s\n", (*v)->name);
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			struct problem p;
			struct serial_run s;
			struct err e = {0};
			problem_init(&p);
			p.bytes = sizes[i];
			p.seed = 77;
			assert_int_equal(serial_run_open(&s, *v, &p, &e), 0);
			const uint64_t units = s.units, cut = units / 3;
			const struct span spans[] = {{0, units}, {0, cut}, {cut, units}, {units, units}};
			for (size_t j = 0; j < sizeof spans / sizeof *spans; j++) {
				const struct tally found = add_up(&s, spans[j]);
				const struct tally wanted = definition(p.seed, p.bytes, spans[j]);
				assert_true(found.count == wanted.count);
				assert_true(found.checksum == wanted.checksum);
			}
			serial_run_close(&s);
		}
	}
	assert_true(ran >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_word_is_added_once)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
