/* SPDX-License-Identifier: MIT */
/* test_peak.c - `peak`, `flops` and `divide`: every variant does to each lane what one line of C does, and as
 * many operations as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bench/harness/serial_run.h"
#include "kernels/ceilings/peak.h"
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

/* One lane, step by step, as the heads of the kernels say. */
static uint64_t peak_lane(uint64_t seed, uint64_t lane, uint64_t unit)
{
	uint64_t x = (seed + unit * 96 + lane) * UINT64_C(0x9e3779b97f4a7c15);
	for (int r = 0; r < PEAK_ROUNDS; r++) {
		x += 0x1e3779b9;
		x ^= 0x5bd1e995;
		x += 0x1e3779b9;
		x &= ~(UINT64_C(1) << 16);
	}
	return x;
}

static uint64_t flops_lane(uint64_t seed, uint64_t lane, uint64_t unit)
{
	volatile double x = 1 + (double)lane / 128 + (double)(unit % 1024); /* volatile: rounded each time */
	uint64_t bits;
	(void)seed;
	for (int r = 0; r < FLOPS_ROUNDS * FLOPS_STEPS / 2; r++) {
		x = x * 0.5;
		x = x + 1;
	}
	memcpy(&bits, (const void *)(uintptr_t)&x, sizeof bits);
	return bits;
}

static uint64_t divide_lane(uint64_t seed, uint64_t lane, uint64_t unit)
{
	volatile double x = 1 + (double)lane / 128 + (double)(unit % 1024);
	uint64_t bits;
	(void)seed;
	for (int r = 0; r < DIVIDE_ROUNDS; r++)
		x = 1.7 / x;
	memcpy(&bits, (const void *)(uintptr_t)&x, sizeof bits);
	return bits;
}

static const struct {
	const struct kernel *kernel;
	uint64_t (*lane)(uint64_t seed, uint64_t lane, uint64_t unit);
	uint64_t unit; /* operations */
} peaks[] = {{&kernel_peak, peak_lane, 96 * 64 * 4}, {&kernel_flops, flops_lane, 96 * 64 * 8},
	{&kernel_divide, divide_lane, 96 * 16}};

enum { PEAKS = sizeof peaks / sizeof *peaks };

static void lanes_are_as_one_line_of_c_makes_them(void **state)
{
	(void)state;
	for (size_t k = 0; k < PEAKS; k++)
		for (const struct variant *const *v = variants_here(peaks[k].kernel); *v; v++) {
			struct problem p;
			struct serial_run s;
			struct err e = {0};
			struct tally found = {0}, wanted = {0};
			problem_init(&p);
			p.seed = random_bits();
			p.operations = 2 * peaks[k].unit + 1; /* three units */
			assert_int_equal(serial_run_open(&s, *v, &p, &e), 0);
			assert_int_equal(s.units, 3);
			(*v)->chunk(s.input, (struct span){0, 2}, s.scratch, &found);
			(*v)->chunk(s.input, (struct span){2, 3}, s.scratch, &found);
			serial_run_close(&s);
			for (uint64_t u = 0; u < 3; u++)
				for (uint64_t lane = 0; lane < 96; lane++)
					wanted.checksum += peaks[k].lane(p.seed, lane, u);
			assert_true(found.count == 3 * peaks[k].unit);
			assert_true(found.count == peaks[k].kernel->items(&p));
			assert_true(found.checksum == wanted.checksum);
		}
}

static void sizes_are_whole_units(void **state)
{
	(void)state;
	for (size_t k = 0; k < PEAKS; k++) {
		const struct kernel *kernel = peaks[k].kernel;
		struct problem p;
		problem_init(&p);
		kernel->resize(&p, peaks[k].unit);
		assert_true(kernel->items(&p) == peaks[k].unit);
		kernel->resize(&p, 1);
		assert_true(kernel->items(&p) == peaks[k].unit);
		p.operations = 0;
		assert_true(kernel->items(&p) == 0);
		kernel->resize(&p, UINT64_C(1) << 60); /* the most that is legal: no overflow */
		assert_true(kernel->items(&p) - p.operations < peaks[k].unit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lanes_are_as_one_line_of_c_makes_them),
		cmocka_unit_test(sizes_are_whole_units)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
