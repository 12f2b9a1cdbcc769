/* SPDX-License-Identifier: MIT */
/* How units are cut, and how stamps of another host's clock are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "work.h"

static void parts_cover_all_units_once(void **state)
{
	const uint64_t units[] = {0, 1, 2, 63, 64, 1000003, UINT64_MAX - 1, UINT64_MAX};
	const uint64_t parts[] = {1, 2, 3, 7, 64, 1000};
	(void)state;
	for (size_t u = 0; u < sizeof units / sizeof *units; u++)
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
			uint64_t next = 0, longest = 0, shortest = UINT64_MAX;
			for (uint64_t i = 0; i < parts[p]; i++) {
				const struct span s = work_part(units[u], parts[p], i);
				assert_true(s.lo == next && s.hi >= s.lo);
				next = s.hi;
				longest = s.hi - s.lo > longest ? s.hi - s.lo : longest;
				shortest = s.hi - s.lo < shortest ? s.hi - s.lo : shortest;
			}
			assert_true(next == units[u] && longest - shortest <= 1);
		}
}

/* The other host's clock is ahead by hours or behind: its gate opened when ours did, and all else moves
 * along. */
static void stamps_of_another_host_move_to_our_gate(void **state)
{
	const struct job job = work_job(&(struct work){0});
	const int64_t skews[] = {0, 1, -1, INT64_C(7200000000000), -INT64_C(7200000000000), INT64_MIN};
	(void)state;
	for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
		const struct slot ours = {.entered = 100, .touched = 200, .began = 1000, .ended = 5000};
		const uint64_t skew = (uint64_t)skews[i];
		struct slot theirs = {.tally = {7, 9},
			.entered = 150 + skew,
			.touched = 260 + skew,
			.began = 1003 + skew,
			.ended = 5100 + skew};
		job.align(job.ctx, &ours, &theirs);
		assert_true(theirs.began == ours.began);
		assert_true(theirs.ended - theirs.began == 5100 - 1003);
		assert_true(theirs.touched - theirs.entered == 260 - 150);
		assert_true(theirs.tally.count == 7 && theirs.tally.check == 9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_cover_all_units_once),
		cmocka_unit_test(stamps_of_another_host_move_to_our_gate),
	};
	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
