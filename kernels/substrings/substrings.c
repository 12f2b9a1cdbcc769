/* SPDX-License-Identifier: MIT */
/*
 * substrings.c - the kernel `substrings`: its string, and its record.
 *
 * The string is what counts under the alphabet: all bytes as they stand; or the ASCII letters, in lower case;
 * or the letters of DNA as dna.h has them. What is not A, C, G or T (or U) pairs with nothing, and so does
 * the end of a record.
 */
#include "kernels/substrings/substrings.h"

#include "kernels/memory.h"
#include "kernels/substrings/substrings_generate.h"

#include <stdlib.h>
#include <string.h>

enum alphabet { ALPHABET_BYTES, ALPHABET_LETTERS, ALPHABET_DNA };

enum { CHUNK_BYTES = 32768 };

/* The ASCII letters of `count` bytes in lower case, to `to` if that is not NULL; returns how many they are. */
static uint64_t filter_letters(const unsigned char *from, uint64_t count, unsigned char *to)
{
	uint64_t n = 0;
	for (uint64_t i = 0; i < count; i++) {
		const unsigned char lower = from[i] | 0x20;
		if (lower < 'a' || lower > 'z')
			continue;
		if (to)
			to[n] = lower;
		n++;
	}
	return n;
}

uint64_t substrings_letters(const struct problem *p)
{
	if (p->alphabet == ALPHABET_DNA)
		return dna_letters(p);
	if (!p->text)
		return p->bytes;
	return p->alphabet == ALPHABET_LETTERS ? filter_letters(p->text, p->text_bytes, NULL) : p->text_bytes;
}

/* Codes of bases; beside their letters only for listings. */
static int make_bases(struct substrings_input *in, const struct problem *p, struct err *e)
{
	if (dna_open(p, 1, &in->dna, e) != 0)
		return -1;
	in->flip = SUBSTRINGS_FLIP;
	in->count = in->dna.count;
	in->shown = in->dna.letters;
	in->text = p->listing ? memory_alloc(in->count, 1, "the string", e) : in->shown;
	if (!in->text)
		return -1;
	for (uint64_t i = 0; i < in->count; i++)
		in->text[i] = dna_code(in->shown[i]);
	if (!p->listing)
		in->dna.letters = in->shown = NULL;
	return 0;
}

static int make_text(struct substrings_input *in, const struct problem *p, struct err *e)
{
	in->count = substrings_letters(p);
	in->text = p->text ? memory_alloc(in->count, 1, "the string", e) : substrings_generated(p, false, e);
	in->shown = in->text;
	if (!in->text)
		return -1;
	if (p->text && p->alphabet == ALPHABET_LETTERS)
		filter_letters(p->text, p->text_bytes, in->text);
	else if (p->text)
		memcpy(in->text, p->text, (size_t)in->count);
	return 0;
}

int substrings_setup(const struct problem *p, void **input, struct err *e)
{
	struct substrings_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_blame(e, CAUSE_MEMORY, "substrings: out of memory");
	if ((p->alphabet == ALPHABET_DNA ? make_bases(in, p, e) : make_text(in, p, e)) != 0) {
		substrings_teardown(in);
		return -1;
	}
	in->peak = p->longest ? p->longest : 1;
	in->prefetch = prefetch_choose(p, in->count, PREFETCH_BOUND_BY_READING);
	*input = in;
	return 0;
}

void substrings_teardown(void *input)
{
	struct substrings_input *in = input;
	dna_free(&in->dna);
	memory_free(in->text);
	free(in);
}

uint64_t substrings_units(const void *input)
{
	const struct substrings_input *in = input;
	return in->count / SUBSTRINGS_BLOCK + (in->count % SUBSTRINGS_BLOCK != 0);
}

uint64_t substrings_grain(const void *input)
{
	(void)input;
	return CHUNK_BYTES / SUBSTRINGS_BLOCK;
}

static int validate(const struct problem *p, struct err *e)
{
	if (p->string == STRING_ENGLISH && p->alphabet == ALPHABET_DNA)
		return err_set(
			e, ERR_USAGE, "--string: english has no bases; with --alphabet dna take another");
	return 0;
}

static void resize(struct problem *p, uint64_t size)
{
	p->bytes = size;
}

/*
 * a^n: every substring. (ab)^(n/2): letter i has min(i, n - 1 - i) + 1 palindromes and gaps have none:
 * floor((n + 1)^2 / 4). Of bases, A^n has none, and in (AT)^(n/2) it is the gaps that have: gap i min(i, n -
 * i): floor(n^2 / 4).
 */
static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	const uint64_t n = p->bytes, half = n / 2, odd = n % 2;
	const bool bases = p->alphabet == ALPHABET_DNA;
	*check_known = false;
	if (p->text || (p->string != STRING_EQUAL && p->string != STRING_PAIRS))
		return NULL;
	if (p->string == STRING_EQUAL)
		*known = bases ? (struct tally){0}
			       : (struct tally){.count = odd ? n * (half + 1) : half * (n + 1), .longest = n};
	else if (bases)
		*known = (struct tally){.count = half * (half + odd), .longest = n - odd};
	else
		*known = (struct tally){.count = (half + odd) * (half + 1), .longest = n && !odd ? n - 1 : n};
	return "closed form";
}

/* Pairs of a centre, one by one. */
static uint64_t pairs_of(const struct substrings_input *in, struct substrings_centre c)
{
	uint64_t n = 0;
	while (n < c.left && c.right + n < in->count &&
		(in->text[c.left - 1 - n] ^ in->flip) == in->text[c.right + n])
		n++;
	return n;
}

/* An item is a centre; its longest palindrome. */
static size_t spell(const void *input, uint64_t item, char *buffer, const char **text)
{
	const struct substrings_input *in = input;
	const struct substrings_centre c = substrings_centre(item);
	const uint64_t n = pairs_of(in, c);
	(void)buffer;
	*text = (const char *)in->shown + c.left - n;
	return (size_t)(c.right - c.left + 2 * n);
}

static bool placed(const struct problem *p)
{
	return p->alphabet == ALPHABET_DNA;
}

static void place(const void *input, uint64_t item, struct kernel_place *out)
{
	const struct substrings_input *in = input;
	const char *text;
	const uint64_t length = spell(input, item, NULL, &text);
	dna_place(&in->dna, (uint64_t)(text - (const char *)in->shown), length, out);
	out->arm = length / 2;
}

static double item_bytes(const struct problem *p)
{
	(void)p;
	return 1;
}

/* Every letter is compared with the next and the one after: what more it costs depends on the palindromes
 * around it. */
static const struct demand demands[] = {{"peak", .per_byte = 2.0 / 8}, {0}};

const struct kernel kernel_substrings = {
	.name = "substrings",
	.summary = "counts the palindromic substrings of one long string, finds the longest",
	.item = "letter",
	.checksum = "sum over the palindromic substrings of 2^(i mod 64) * (2 * floor(i / 64) + 1) for their "
		    "middle letter i, three times that "
		    "where their middle is the gap before i, modulo 2^64",
	.longest = "letters of the longest",
	.parameters =
		(const char *const[]){"bytes", "string", "letters", "alphabet", "seed", "prefetch", NULL},
	.takes_input = true,
	.validate = validate,
	.item_bytes = item_bytes,
	.demands = demands,
	.items = substrings_letters,
	.resize = resize,
	.oracle = oracle,
	.listing = &(const struct kernel_listing){.spell = spell, .placed = placed, .place = place},
	.variants = (const struct variant *const[]){&substrings_reference, &substrings_scalar,
		&substrings_neon, &substrings_avx2, &substrings_avx512, NULL},
};
