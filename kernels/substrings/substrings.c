/* SPDX-License-Identifier: MIT */
/*
 * substrings.c - the kernel `substrings`: its string, and its record.
 *
 * The string is what counts under the alphabet: all bytes as they stand; or the ASCII letters, in lower case;
 * or the bases of DNA: letters in upper case with U as T, whatever else stands between them, and without the
 * header lines of FASTA files (from a '>' at the beginning of a line to its end). A letter of DNA that is not
 * A, C, G or T pairs with nothing.
 */
#include "kernels/substrings/substrings.h"

#include "kernels/fill.h"
#include "kernels/memory.h"
#include "kernels/substrings/substrings_generate.h"

#include <stdlib.h>
#include <string.h>

enum alphabet { ALPHABET_BYTES, ALPHABET_LETTERS, ALPHABET_DNA };

enum { CHUNK_BYTES = 32768 };

/* Codes of bases: a base's partner is the code with SUBSTRINGS_FLIP flipped; flipped, the code of others is
 * none. */
enum { BASE_A = 0, BASE_C = 1, BASE_G = 2, BASE_T = 3, BASE_OTHER = 0x80 };

static unsigned char code_of(unsigned char letter)
{
	switch (letter) {
	case 'A':
		return BASE_A;
	case 'C':
		return BASE_C;
	case 'G':
		return BASE_G;
	case 'T':
		return BASE_T;
	default:
		return BASE_OTHER;
	}
}

/* What counts of `count` bytes, to `to` if that is not NULL; returns how much that is. */
static uint64_t filter(const unsigned char *from, uint64_t count, enum alphabet alphabet, unsigned char *to)
{
	if (alphabet == ALPHABET_BYTES) {
		if (to)
			memcpy(to, from, count);
		return count;
	}
	bool header = false, line_begins = true;
	uint64_t n = 0;
	for (uint64_t i = 0; i < count; i++) {
		const unsigned char lower = from[i] | 0x20;
		header = alphabet == ALPHABET_DNA && from[i] != '\n' &&
			 (header || (line_begins && from[i] == '>'));
		line_begins = from[i] == '\n';
		if (header || lower < 'a' || lower > 'z')
			continue;
		if (to)
			to[n] = alphabet == ALPHABET_LETTERS ? lower
				: lower == 'u'               ? 'T'
							     : (unsigned char)(lower & ~0x20);
		n++;
	}
	return n;
}

uint64_t substrings_letters(const struct problem *p)
{
	if (p->text)
		return filter(p->text, p->text_bytes, (enum alphabet)p->alphabet, NULL);
	return p->bytes;
}

static void generate(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	substrings_generate(
		to, hi - lo, (enum substrings_string)f->of[1], (unsigned)f->of[2], f->of[3] != 0, f->of[0]);
}

/* What counts of the input, as it is listed. */
static unsigned char *make_text(const struct problem *p, uint64_t count, struct err *e)
{
	const bool bases = p->alphabet == ALPHABET_DNA;
	if (!p->text)
		return fill_alloc(p,
			&(struct fill){.what = "the string",
				.of = {p->seed, p->string, bases && p->letters > 4 ? 4 : p->letters, bases},
				.count = count,
				.size = 1,
				.whole = true,
				.make = generate},
			count, e);
	unsigned char *text = memory_alloc(count, 1, "the string", e);
	if (text)
		filter(p->text, p->text_bytes, (enum alphabet)p->alphabet, text);
	return text;
}

int substrings_setup(const struct problem *p, void **input, struct err *e)
{
	struct substrings_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_set(e, ERR_FAILED, "substrings: out of memory");
	in->count = substrings_letters(p);
	in->flip = p->alphabet == ALPHABET_DNA ? SUBSTRINGS_FLIP : 0;
	in->peak = p->longest ? p->longest : 1;
	in->prefetch = prefetch_choose(p, in->count, PREFETCH_BOUND_BY_READING);
	in->shown = make_text(p, in->count, e);
	in->text = in->shown && in->flip ? memory_alloc(in->count, 1, "the string's codes", e) : in->shown;
	if (!in->text) {
		substrings_teardown(in);
		return -1;
	}
	for (uint64_t i = 0; in->flip && i < in->count; i++)
		in->text[i] = code_of(in->shown[i]);
	if (in->flip && !p->listing) {
		memory_free(in->shown);
		in->shown = NULL;
	}
	*input = in;
	return 0;
}

void substrings_teardown(void *input)
{
	struct substrings_input *in = input;
	if (in->shown != in->text)
		memory_free(in->shown);
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

/* An item is a centre; its longest palindrome. */
static size_t spell(const void *input, uint64_t item, char *buffer, const char **text)
{
	const struct substrings_input *in = input;
	const struct substrings_centre c = substrings_centre(item);
	uint64_t n = 0;
	(void)buffer;
	while (n < c.left && c.right + n < in->count &&
		(in->text[c.left - 1 - n] ^ in->flip) == in->text[c.right + n])
		n++;
	*text = (const char *)in->shown + c.left - n;
	return c.right - c.left + 2 * n;
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
	.listing = &(const struct kernel_listing){.spell = spell},
	.variants = (const struct variant *const[]){&substrings_reference, &substrings_scalar,
		&substrings_neon, &substrings_avx2, &substrings_avx512, NULL},
};
