/* SPDX-License-Identifier: MIT */
/*
 * read.c - the kernel `read`: reads memory and adds it up; the ceiling of kernels bound by memory.
 */
#include "kernels/ceilings/read.h"

#include "kernels/cpu.h"
#include "kernels/fill.h"
#include "kernels/memory.h"

#include <stdlib.h>
#include <string.h>

/* Weyl's sequence: every word differs, and their sum has a closed form. */
static void generate(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	uint64_t *words = (void *)to;
	for (uint64_t i = lo; i < hi; i++)
		words[i - lo] = (f->of[0] + i) * UINT64_C(0x9e3779b97f4a7c15);
}

int read_setup(const struct problem *p, void **input, struct err *e)
{
	const uint64_t words = p->bytes / 8;
	const struct fill fill = {
		.what = "the bytes to read", .of = {p->seed}, .count = words, .size = 8, .make = generate};
	struct read_input *in = malloc(sizeof *in);
	const unsigned char *bytes = in ? fill_alloc(p, &fill, words, e) : NULL;
	if (!bytes) {
		free(in);
		return err_blame(e, CAUSE_MEMORY, "read: out of memory");
	}
	*in = (struct read_input){bytes, words * 8};
	*input = in;
	return 0;
}

void read_teardown(void *input)
{
	struct read_input *in = input;
	union {
		const unsigned char *shared;
		void *owned;
	} bytes = {in->bytes};
	memory_free(bytes.owned);
	free(in);
}

uint64_t read_units(const void *input)
{
	const struct read_input *in = input;
	return (in->count + READ_PAGE - 1) / READ_PAGE;
}

uint64_t read_grain(const void *input)
{
	(void)input;
	return 4 * READ_PAGES;
}

size_t read_scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

uint64_t read_words(const unsigned char *bytes, uint64_t count)
{
	uint64_t sum = 0, word;
	for (uint64_t i = 0; i < count; i += 8) {
		memcpy(&word, bytes + i, 8);
		sum += word;
	}
	return sum;
}

void read_span(const struct read_input *in, struct span s, struct tally *out, read_fn *read)
{
	uint64_t from = s.lo * READ_PAGE, to = s.hi * READ_PAGE;
	if (to > in->count)
		to = in->count;
	if (from >= to)
		return;
	out->count += (to - from) / 8;
	out->checksum += read(in->bytes + from, to - from);
}

READ_VARIANT(reference, "reference", 0, read_words);

static uint64_t items(const struct problem *p)
{
	return p->bytes;
}

static double item_bytes(const struct problem *p)
{
	(void)p;
	return 1;
}

static void resize(struct problem *p, uint64_t size)
{
	p->bytes = size;
}

/* The sum of (seed + i) g over n words, modulo 2^64. */
static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	uint64_t n = p->bytes / 8, pairs = n % 2 ? n * ((n - 1) / 2) : n / 2 * (n - 1);
	*known = (struct tally){.count = n, .checksum = (p->seed * n + pairs) * UINT64_C(0x9e3779b97f4a7c15)};
	*check_known = true;
	return "closed form";
}

static struct piece pack(const void *input, struct span s)
{
	const struct read_input *in = input;
	const uint64_t from = s.lo * READ_PAGE, to = s.hi * READ_PAGE;
	return (struct piece){in->bytes + from, (size_t)((to < in->count ? to : in->count) - from), 0, 0};
}

static void adopt(const void *input, unsigned char *bytes, size_t count, union kernel_part *part)
{
	const struct read_input in = {bytes, count};
	(void)input;
	_Static_assert(sizeof in <= sizeof *part, "an input has room in a part");
	memcpy(part, &in, sizeof in);
}

/* Every eight bytes are added. */
static const struct demand demands[] = {{"peak", .per_byte = 1.0 / 8}, {0}};

/* From memory avx2 reads 1.3 times as fast there as the others; in caches all are alike. */
static const struct preference preferences[] = {{CPU_HALF_VECTORS, &read_avx2}, {0}};

const struct kernel kernel_read = {
	.name = "read",
	.summary = "streams reads: the memory-bandwidth ceiling",
	.item = "byte",
	.checksum = "the sum of all 64-bit words",
	.parameters = (const char *const[]){"bytes", "seed", NULL},
	.item_bytes = item_bytes,
	.demands = demands,
	.ceiling = CEILING_READ,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.wire = &(const struct kernel_wire){.pack = pack, .adopt = adopt},
	.variants = (const struct variant *const[]){&read_reference, &read_neon, &read_neon_pages, &read_sve,
		&read_sve_pages, &read_rvv, &read_rvv_pages, &read_avx2, &read_avx2_pages, &read_avx512,
		&read_avx512_pages, NULL},
	.preferences = preferences,
};
