/* SPDX-License-Identifier: MIT */
/* heron.c - the kernel `heron`: its numbers, its reference variant, and its record. */
#include "kernels/heron/heron.h"

#include "kernels/fill.h"
#include "kernels/memory.h"
#include "kernels/random.h"

#include <stdlib.h>

/* From 2^-64 to 2^64, but for every 64th, which is any 64 bits: of any magnitude and sign, infinite, or no
 * number. */
static double number_of(uint64_t draw, uint64_t index)
{
	const uint64_t fraction = draw & ((UINT64_C(1) << 52) - 1), exponent = 1023 - 64 + (draw >> 57);
	uint64_t bits = index % 64 == 0 ? draw : exponent << 52 | fraction;
	double number;
	memcpy(&number, &bits, sizeof number);
	return number;
}

static void generate(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	double *number = (void *)to;
	for (uint64_t i = lo; i < hi; i++)
		number[i - lo] = number_of(random_draw(f->of[0], i), i);
}

int heron_setup(const struct problem *p, void **input, struct err *e)
{
	const uint64_t units = p->roots / HERON_UNIT + (p->roots % HERON_UNIT != 0);
	struct heron_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_blame(e, CAUSE_MEMORY, "heron: out of memory");
	in->count = p->roots;
	in->number = fill_alloc(p,
		&(struct fill){.what = "the numbers",
			.of = {p->seed},
			.count = in->count,
			.size = sizeof *in->number,
			.make = generate},
		units * HERON_UNIT, e);
	if (!in->number) {
		free(in);
		return -1;
	}
	*input = in;
	return 0;
}

void heron_teardown(void *input)
{
	struct heron_input *in = input;
	memory_free(in->number);
	free(in);
}

uint64_t heron_units(const void *input)
{
	const struct heron_input *in = input;
	return in->count / HERON_UNIT + (in->count % HERON_UNIT != 0);
}

uint64_t heron_grain(const void *input)
{
	(void)input;
	return 1;
}

size_t heron_scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

static double root_of(double a, uint64_t *steps)
{
	if (!heron_is_plain(a))
		return heron_special(a);
	double old, x = (1 + a) * 0.5;
	++*steps;
	do {
		old = x;
		x = (x + a / x) * 0.5;
		++*steps;
	} while (x < old);
	return old;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct heron_input *in = input;
	(void)scratch;
	for (uint64_t i = s.lo * HERON_UNIT; i < s.hi * HERON_UNIT; i++)
		out->checksum += heron_bits(root_of(in->number[i], &out->count));
}

HERON_VARIANT(reference, 0, chunk);

static uint64_t items(const struct problem *p)
{
	return p->roots;
}

static double item_bytes(const struct problem *p)
{
	(void)p;
	return sizeof(double);
}

static void resize(struct problem *p, uint64_t size)
{
	p->roots = size;
}

static struct piece pack(const void *input, struct span s)
{
	const struct heron_input *in = input;
	const double *from = in->number + s.lo * HERON_UNIT;
	return (struct piece){(const unsigned char *)from, (size_t)(s.hi - s.lo) * HERON_UNIT * sizeof *from,
		s.lo * HERON_UNIT, sizeof *from};
}

static void adopt(const void *input, unsigned char *bytes, size_t count, union kernel_part *part)
{
	struct heron_input in = {.number = (double *)(void *)bytes, .count = count / sizeof(double)};
	(void)input;
	_Static_assert(sizeof in <= sizeof *part, "an input has room in a part");
	memcpy(part, &in, sizeof in);
}

/* A step adds, divides and halves; the first, which begins a root, has nothing to divide. */
static const struct demand demands[] = {
	{"flops", .per_found = 3, .per_item = -1}, {"divide", .per_found = 1, .per_item = -1}, {0}};

const struct kernel kernel_heron = {
	.name = "heron",
	.summary = "square roots by iteration: irregular work per item, bound by division",
	.item = "root",
	.checksum = "sum of the roots' bit patterns, modulo 2^64",
	.parameters = (const char *const[]){"roots", "seed", NULL},
	.demands = demands,
	.item_bytes = item_bytes,
	.items = items,
	.resize = resize,
	.wire = &(const struct kernel_wire){.pack = pack, .adopt = adopt},
	.variants = (const struct variant *const[]){&heron_reference, &heron_neon, &heron_avx2, &heron_avx512,
		NULL},
};
