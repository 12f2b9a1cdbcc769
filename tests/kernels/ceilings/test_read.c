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

/* With these features: on an unknown CPU the last that can run, and on a CPU with a trait what is preferred there, if
 * it can. */
static void check_best(const struct kernel *k, unsigned features)
{
	char why[120];
	const struct variant *last = NULL;
	for (const struct variant *const *v = k->variants; *v; v++)
		last = variant_missing(*v, features, why) ? last : *v;
	assert_ptr_equal(variant_best(k, features, 0), last);
	for (unsigned trait = CPU_SLOW_MASKS; trait <= CPU_HALF_VECTORS; trait *= 2) {
		const struct variant *best = variant_best(k, features, trait), *wanted = last;
		for (const struct preference *p = k->preferences; p && p->trait; p++)
			if (p->trait == trait && !variant_missing(p->variant, features, why)) {
				wanted = p->variant;
				break;
			}
		assert_ptr_equal(best, wanted);
	}
}

static void the_best_variant_follows_the_cpu(void **state)
{
	(void)state;
	const unsigned avx512 = CPU_AVX2 | CPU_AVX512;
	for (const struct kernel *const *k = kernels; *k; k++) {
		check_best(*k, 0);
		check_best(*k, CPU_AVX2);
		check_best(*k, ~0u);
	}
	if (read_avx512.missing)
		return;
	assert_string_equal(variant_best(&kernel_read, avx512, 0)->name, "avx512-pages");
	assert_string_equal(variant_best(&kernel_read, avx512, CPU_SLOW_MASKS)->name, "avx512-pages");
	assert_string_equal(variant_best(&kernel_read, avx512, CPU_HALF_VECTORS)->name, "avx2");
	assert_string_equal(variant_best(&kernel_read, CPU_AVX2, CPU_HALF_VECTORS)->name, "avx2");
	assert_string_equal(variant_best(&kernel_read, 0, CPU_HALF_VECTORS)->name, "reference");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_word_is_added_once),
		cmocka_unit_test(the_best_variant_follows_the_cpu)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
