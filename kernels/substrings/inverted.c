/* SPDX-License-Identifier: MIT */
/*
 * inverted.c - the kernel `inverted`: its planes, and its record.
 */
#include "kernels/substrings/inverted.h"

#include "kernels/cpu.h"
#include "kernels/memory.h"
#include "kernels/substrings/substrings_generate.h"

#include <stdlib.h>

enum { CHUNK_LETTERS = 1 << 18, PLANES = 3 };

/* Makes room for planes whose word 0 has `before` words before it and, behind the last unit, as many as arms and a gap
 * may reach. */
static int open_planes(struct inverted_input *in, struct err *e)
{
	in->count = in->dna.count;
	const uint64_t reach = (in->gap + in->arm) / 64 + 2;
	/* a multiple of the words in 64 bytes, so that planes are aligned as their room is */
	const uint64_t before = (reach + 7) / 8 * 8,
		       words = before + inverted_units(in) * INVERTED_WORDS + before + INVERTED_WORDS;
	in->room = memory_alloc(PLANES * words, sizeof *in->room, "planes of the letters", e);
	if (!in->room)
		return -1;
	in->low = in->room + before;
	in->high = in->low + words;
	in->bases = in->high + words;
	return 0;
}

static void fill_planes(struct inverted_input *in, const unsigned char *letters)
{
	unsigned char code[256];
	for (unsigned c = 0; c < sizeof code; c++)
		code[c] = dna_code((unsigned char)c);
	for (uint64_t i = 0; i < in->count; i += 64) {
		const uint64_t n = in->count - i < 64 ? in->count - i : 64;
		uint64_t low = 0, high = 0, bases = 0;
		for (uint64_t k = 0; k < n; k++) {
			const uint64_t c = code[letters[i + k]], base = c != BASE_OTHER;
			low |= (c & base) << k;
			high |= (c >> 1 & base) << k;
			bases |= base << k;
		}
		in->low[i / 64] = low;
		in->high[i / 64] = high;
		in->bases[i / 64] = bases;
	}
}

int inverted_setup(const struct problem *p, void **input, struct err *e)
{
	struct inverted_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_blame(e, CAUSE_MEMORY, "inverted: out of memory");
	in->gap = p->gap;
	in->arm = p->arm;
	in->features = cpu_features();
	/* so far apart that no gap reaches from one record into the next */
	if (dna_open(p, p->gap + 1, &in->dna, e) != 0 || open_planes(in, e) != 0) {
		inverted_teardown(in);
		return -1;
	}
	fill_planes(in, in->dna.letters);
	if (!p->listing)
		dna_free(&in->dna);
	*input = in;
	return 0;
}

void inverted_teardown(void *input)
{
	struct inverted_input *in = input;
	dna_free(&in->dna);
	memory_free(in->room);
	free(in);
}

uint64_t inverted_units(const void *input)
{
	const struct inverted_input *in = input;
	enum { UNIT = 64 * INVERTED_WORDS };
	return in->count / UNIT + (in->count % UNIT != 0);
}

uint64_t inverted_grain(const void *input)
{
	const struct inverted_input *in = input;
	const uint64_t letters = CHUNK_LETTERS / (in->gap + 1), units = letters / (64 * INVERTED_WORDS);
	return units ? units : 1;
}

size_t inverted_scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

static int validate(const struct problem *p, struct err *e)
{
	if (p->string == STRING_ENGLISH)
		return err_set(e, ERR_USAGE, "--string: english has no bases");
	return 0;
}

static void resize(struct problem *p, uint64_t size)
{
	p->bytes = size;
}

/*
 * A^n has none. In (AT)^(n/2) letters i and j pair where j - i is odd: gaps are even, and a gap of 2 or more has a
 * pair just inside. So it is the gaps of 0 alone, of which n - 1 - 2 (arm - 1) have room for both arms.
 */
static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	*check_known = false;
	if (p->text || (p->string != STRING_EQUAL && p->string != STRING_PAIRS))
		return NULL;
	*known = (struct tally){0};
	if (p->string == STRING_PAIRS && p->bytes >= 2 * p->arm)
		known->count = p->bytes - 2 * p->arm + 1;
	return "closed form";
}

static bool placed(const struct problem *p)
{
	(void)p;
	return true;
}

static void place(const void *input, uint64_t item, struct kernel_place *out)
{
	const struct inverted_input *in = input;
	const uint64_t last = item >> INVERTED_GAP_BITS, gap = item & ((1 << INVERTED_GAP_BITS) - 1),
		       arm = inverted_arm(in, last, gap, in->count);
	dna_place(&in->dna, last + 1 - arm, 2 * arm + gap, out);
	out->arm = arm;
	out->gap = gap;
}

static void weigh(uint64_t item, struct tally *out)
{
	const uint64_t last = item >> INVERTED_GAP_BITS;
	inverted_add(UINT64_C(1) << last % 64, last / 64, item & ((1 << INVERTED_GAP_BITS) - 1), out);
}

/* Two bits of every letter. */
static double item_bytes(const struct problem *p)
{
	(void)p;
	return 2.0 / 8;
}

const struct kernel kernel_inverted = {
	.name = "inverted",
	.summary = "counts the inverted repeats of DNA: arms that pair, with or without a gap",
	.item = "letter",
	.checksum =
		"sum over the inverted repeats of 2^(i mod 64) * (2 * floor(i / 64) + 1) * (2 * gap + 1) for the "
		"last letter i of their left arm, modulo 2^64",
	.parameters = (const char *const[]){"arm", "gap", "bytes", "string", "letters", "seed", NULL},
	.takes_input = true,
	.validate = validate,
	.item_bytes = item_bytes,
	.undemanding = "how many letters are compared depends on the letters",
	.items = dna_letters,
	.resize = resize,
	.oracle = oracle,
	.listing = &(const struct kernel_listing){.placed = placed, .place = place, .weigh = weigh},
	.variants = (const struct variant *const[]){&inverted_reference, &inverted_scalar, &inverted_neon,
		&inverted_avx2, &inverted_avx512, NULL},
};
