/* SPDX-License-Identifier: MIT */
/* What comes back from workers that see no input: the items of the reference, each weighed by its place in
 * the input, however that was cut. */
/* sanitizers: thread */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/harness/serial_run.h"
#include "bench/harness/trial.h"
#include "kernels/cpu.h"

static struct tally reference(const struct cell *c)
{
	struct err e = {0};
	struct serial_run s;
	struct tally found = {0};
	assert_int_equal(serial_run_open(&s, c->kernel->variants[0], &c->problem, &e), 0);
	s.variant->chunk(s.input, (struct span){0, s.units}, s.scratch, &found);
	serial_run_close(&s);
	return found;
}

static void check(const struct cell *c, const struct topology *topology, const struct tally *expected)
{
	struct err e = {0};
	struct timing timing;
	const struct trial_plan plan = {.cell = c, .topology = topology, .timeout_seconds = 60};
	struct trial *t = trial_open(&plan, &e);
	if (!t || trial_run(t, 2, &timing, &e) != 0)
		fail_msg("%s/%s: %s", c->kernel->name, c->variant->name, e.text);
	if (timing.tally.count != expected->count || timing.tally.checksum != expected->checksum)
		fail_msg("%s/%s workers %u schedule %u grain %" PRIu64 ": other items than the reference's",
			c->kernel->name, c->variant->name, c->workers, c->schedule, c->grain);
	trial_close(t);
}

static const struct backend *const through_pipes[] = {&backend_fork_pipe, &backend_fork_pickle};

static void items_are_the_reference_s(void **state)
{
	static const char *const problems[][3] = {{"sieve", "stop", "200000"},
		{"palindrome", "words", "20011"}, {"palindrome", "words", "97"}, {"text", "bytes", "150001"}};
	const uint64_t grains[] = {0, 1, 3};
	struct topology topology = {0};
	struct err e = {0};
	(void)state;
	assert_int_equal(topology_read(&topology, "", &e), 0);
	for (size_t i = 0; i < 2 * (sizeof problems / sizeof *problems); i++) {
		const char *const *problem = problems[i / 2];
		struct cell c;
		assert_int_equal(cell_init(&c, problem[0], &e), 0);
		assert_int_equal(cell_set(&c, problem[1], problem[2], &e), 0);
		c.backend = through_pipes[i % 2];
		assert_int_equal(cell_finish(&c, &e), 0);
		const struct tally expected = reference(&c);
		assert_true(i / 2 == 2 || expected.count > 10);
		for (const struct variant *const *v = c.kernel->variants; *v; v++)
			for (c.workers = 1; c.workers <= 3; c.workers++)
				for (size_t g = 0; g < 3; g++) {
					char why[120];
					if (variant_missing(*v, cpu_features(), why))
						continue;
					c.variant = *v;
					c.problem.workers = c.workers;
					c.grain = grains[g];
					c.schedule = g ? SCHEDULE_DYNAMIC : SCHEDULE_STATIC;
					c.lifetime = g == 1 ? LIFETIME_SPAWN : LIFETIME_POOL;
					check(&c, &topology, &expected);
				}
	}
	topology_free(&topology);
}

/* Words that straddle cuts, words longer than several units, and a text that is one word. */
static void words_are_whole_wherever_the_text_is_cut(void **state)
{
	enum { BYTES = 40000 };
	static unsigned char text[BYTES];
	struct topology topology = {0};
	struct err e = {0};
	(void)state;
	assert_int_equal(topology_read(&topology, "", &e), 0);
	for (unsigned i = 0; i < 8; i++) {
		const unsigned geometry = i / 2;
		struct cell c;
		for (size_t k = 0; k < BYTES; k++)
			text[k] = geometry == 0 ? 'a'
				  : k % (geometry == 1          ? 4097
						: geometry == 2 ? 9001
								: 5) ==
						  0
					  ? ' '
					  : 'b';
		assert_int_equal(cell_init(&c, "text", &e), 0);
		c.backend = through_pipes[i % 2];
		c.workers = 3;
		c.grain = 1;
		c.schedule = SCHEDULE_DYNAMIC;
		assert_int_equal(cell_finish(&c, &e), 0);
		c.problem.text = text;
		c.problem.text_bytes = BYTES;
		const struct tally expected = reference(&c);
		assert_true(expected.count > 0);
		check(&c, &topology, &expected);
	}
	topology_free(&topology);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_the_reference_s),
		cmocka_unit_test(words_are_whole_wherever_the_text_is_cut),
	};
	return cmocka_run_group_tests_name("marshal", tests, NULL, NULL);
}
