/* SPDX-License-Identifier: MIT */
/* test_stream.c - `copy` and `triad`: every word of the target is what it should be, and no
 * other is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/ceilings/stream.h"
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

static const struct stream_case {
	const struct kernel *kernel;
	bool triad;
	uint64_t word_bytes;
} cases[] = {{&kernel_copy, false, 16}, {&kernel_triad, true, 24}};

enum { GUARD = 512 };

/* `words` words shared by `workers`, of whom each does the chunks of its share in `cuts` parts. */
static void check(
	const struct stream_case *c, const struct variant *v, uint64_t words, unsigned workers, unsigned cuts)
{
	struct problem p;
	struct err e = {0};
	struct tally all = {0}, known;
	bool check_known = false;
	void *input;
	problem_init(&p);
	p.seed = random_bits();
	p.workers = workers;
	c->kernel->resize(&p, words);
	assert_true(p.bytes == words * c->word_bytes && c->kernel->items(&p) == words);
	assert_int_equal(v->setup(&p, &input, &e), 0);
	const uint64_t units = v->units(input), room = v->scratch_bytes(input) / sizeof(double);
	assert_int_equal(units, (words + STREAM_UNIT - 1) / STREAM_UNIT);
	double *target =
		aligned_alloc(4096, (size_t)(room + GUARD + GUARD - 1) / GUARD * GUARD * sizeof *target);
	assert_non_null(target);
	for (unsigned w = 0; w < workers; w++) {
		const uint64_t lo = units * w / workers, hi = units * (w + 1) / workers;
		for (uint64_t i = 0; i < room + GUARD; i++)
			target[i] = -1;
		for (unsigned k = 0; k < cuts; k++)
			v->chunk(input,
				(struct span){lo + (hi - lo) * k / cuts, lo + (hi - lo) * (k + 1) / cuts},
				target, &all);
		for (uint64_t i = lo * STREAM_UNIT; i < hi * STREAM_UNIT; i++) {
			const double wanted = i >= words ? -1
					      : c->triad ? stream_b(p.seed, i) + 3 * stream_c(p.seed, i)
							 : stream_b(p.seed, i);
			const uint64_t at =
				i / STREAM_UNIT % (room / STREAM_UNIT) * STREAM_UNIT + i % STREAM_UNIT;
			assert_true(target[at] == wanted);
		}
		for (uint64_t i = room; i < room + GUARD; i++)
			assert_true(target[i] == -1);
	}
	free(target);
	v->teardown(input);
	assert_string_equal(c->kernel->oracle(&p, &known, &check_known), "definition");
	assert_true(check_known && known.count == all.count && known.checksum == all.checksum);
}

static void every_word_is_written(void **state)
{
	(void)state;
	const uint64_t words[] = {
		0, 1, 7, 31, 511, 512, 513, 32 * 512 + 5, 64 * 512, 64 * 512 + 1, 200 * 512 + 77};
	for (size_t c = 0; c < 2; c++)
		for (const struct variant *const *v = variants_here(cases[c].kernel); *v; v++)
			for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
				if (words[i] == 0)
					continue;
				check(&cases[c], *v, words[i], 1, 1);
				check(&cases[c], *v, words[i], 1, 3);
				check(&cases[c], *v, words[i], 3, 2);
			}
}

/* Any worker may take any units: what does not fit its target any more begins it anew. */
static void more_than_a_share_goes_round(void **state)
{
	(void)state;
	for (size_t c = 0; c < 2; c++)
		for (const struct variant *const *v = variants_here(cases[c].kernel); *v; v++) {
			struct problem p;
			struct err e = {0};
			struct tally all = {0}, known;
			bool check_known;
			void *input;
			problem_init(&p);
			p.workers = 7;
			cases[c].kernel->resize(&p, 300 * STREAM_UNIT + 9);
			assert_int_equal((*v)->setup(&p, &input, &e), 0);
			void *target =
				aligned_alloc(4096, ((*v)->scratch_bytes(input) + 4095) & ~(size_t)4095);
			assert_non_null(target);
			(*v)->chunk(input, (struct span){0, (*v)->units(input)}, target, &all);
			cases[c].kernel->oracle(&p, &known, &check_known);
			assert_true(known.count == all.count && known.checksum == all.checksum);
			free(target);
			(*v)->teardown(input);
		}
}

/* What the answer rests on: a loop that writes nothing is found out. */
static void idle(double *a, const double *b, const double *c, uint64_t words)
{
	(void)a;
	(void)b;
	(void)c;
	(void)words;
}

static void a_loop_that_stores_nothing_is_wrong(void **state)
{
	(void)state;
	struct problem p;
	struct err e = {0};
	struct tally all = {0}, known;
	bool check_known;
	void *input;
	problem_init(&p);
	kernel_copy.resize(&p, 5000);
	assert_int_equal(stream_setup_copy(&p, &input, &e), 0);
	void *target = calloc(1, stream_scratch_bytes(input));
	assert_non_null(target);
	stream_span(input, (struct span){0, stream_units(input)}, target, &all, idle);
	kernel_copy.oracle(&p, &known, &check_known);
	assert_true(known.count == all.count && known.checksum != all.checksum);
	free(target);
	stream_teardown(input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_word_is_written),
		cmocka_unit_test(more_than_a_share_goes_round),
		cmocka_unit_test(a_loop_that_stores_nothing_is_wrong)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
