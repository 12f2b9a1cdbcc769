/* SPDX-License-Identifier: MIT */
/* stream.c - the arrays of `copy` and `triad`, and a worker's walk through its share of them. */
#include "kernels/ceilings/stream.h"

#include "kernels/fill.h"
#include "kernels/memory.h"

#include <stdlib.h>

static double number(uint64_t seed, uint64_t i)
{
	return (double)((seed + i) * UINT64_C(0x9e3779b97f4a7c15) >> 44);
}

double stream_b(uint64_t seed, uint64_t i)
{
	return number(seed, i);
}

double stream_c(uint64_t seed, uint64_t i)
{
	return number(seed + 1000003, i);
}

static void generate(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	double *words = (void *)to;
	for (uint64_t i = lo; i < hi; i++)
		words[i - lo] = f->of[1] ? stream_c(f->of[0], i) : stream_b(f->of[0], i);
}

static double *array(const struct problem *p, uint64_t words, bool second, struct err *e)
{
	return fill_alloc(p,
		&(struct fill){.what = "an array",
			.of = {p->seed, second},
			.count = words,
			.size = sizeof(double),
			.make = generate},
		words, e);
}

static int setup(uint64_t words, unsigned sources, const struct problem *p, void **input, struct err *e)
{
	struct stream_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	in->words = words;
	const unsigned workers = p->workers ? p->workers : 1;
	in->share = (stream_units(in) + workers - 1) / workers;
	in->b = array(p, words, false, e);
	in->c = in->b && sources > 1 ? array(p, words, true, e) : NULL;
	if (!in->b || (sources > 1 && !in->c)) {
		stream_teardown(in);
		return -1;
	}
	*input = in;
	return 0;
}

int stream_setup_copy(const struct problem *p, void **input, struct err *e)
{
	return setup(p->bytes / (2 * sizeof(double)), 1, p, input, e);
}

int stream_setup_triad(const struct problem *p, void **input, struct err *e)
{
	return setup(p->bytes / (3 * sizeof(double)), 2, p, input, e);
}

void stream_teardown(void *input)
{
	struct stream_input *in = input;
	memory_free(in->b);
	memory_free(in->c);
	free(in);
}

uint64_t stream_units(const void *input)
{
	const struct stream_input *in = input;
	return (in->words + STREAM_UNIT - 1) / STREAM_UNIT;
}

uint64_t stream_grain(const void *input)
{
	(void)input;
	return 64;
}

size_t stream_scratch_bytes(const void *input)
{
	const struct stream_input *in = input;
	return (size_t)in->share * STREAM_UNIT * sizeof(double);
}

/* The word that is looked at in a unit of so many. Of what is in L1, a division would be a tenth of the time. */
static uint64_t looked_at(uint64_t unit, uint64_t words)
{
	const uint64_t turn = unit / STREAM_LOOKED_AT;
	return words == STREAM_UNIT ? turn % STREAM_UNIT : turn % words;
}

void stream_span(const struct stream_input *in, struct span s, void *scratch, struct tally *out, stream_fn *f)
{
	for (uint64_t u = s.lo, run; u < s.hi; u += run) {
		const uint64_t at = u < in->share ? u : u % in->share, from = u * STREAM_UNIT;
		double *a = (double *)scratch + at * STREAM_UNIT;
		run = s.hi - u < in->share - at ? s.hi - u : in->share - at;
		const uint64_t to = (u + run) * STREAM_UNIT < in->words ? (u + run) * STREAM_UNIT : in->words;
		f(a, in->b + from, in->c ? in->c + from : NULL, to - from);
		out->count += to - from;
		uint64_t v = (u + STREAM_LOOKED_AT - 1) / STREAM_LOOKED_AT * STREAM_LOOKED_AT;
		for (; v < u + run; v += STREAM_LOOKED_AT) {
			const uint64_t first = v * STREAM_UNIT - from, left = to - from - first;
			const uint64_t words = left < STREAM_UNIT ? left : STREAM_UNIT;
			out->checksum += (uint64_t)a[first + looked_at(v, words)];
		}
	}
}

const char *stream_oracle(const struct problem *p, uint64_t words, unsigned sources, struct tally *known)
{
	const uint64_t units = (words + STREAM_UNIT - 1) / STREAM_UNIT;
	if (units / STREAM_LOOKED_AT > STREAM_ORACLE_LOOKS)
		return NULL;
	*known = (struct tally){.count = words};
	for (uint64_t v = 0; v < units; v += STREAM_LOOKED_AT) {
		const uint64_t first = v * STREAM_UNIT, left = words - first;
		const uint64_t i = first + looked_at(v, left < STREAM_UNIT ? left : STREAM_UNIT);
		const double sum = stream_b(p->seed, i) + (sources > 1 ? 3 * stream_c(p->seed, i) : 0);
		known->checksum += (uint64_t)sum;
	}
	return "definition";
}
