/* SPDX-License-Identifier: MIT */
/* text.c - the kernel `text`: its record, its generated text, and what is done letter by letter in long
 * words. */
#include "text.h"

#include "cpu.h"
#include "memory.h"
#include "text_generate.h"

#include <stdlib.h>
#include <string.h>

/* One tile ahead. Where the text is in a cache this costs nothing that can be measured. */
enum { AHEAD = 8192 };

int text_setup(const struct problem *p, void **input, struct err *e)
{
	struct text_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_set(e, ERR_FAILED, "text: out of memory");
	in->min_length = p->min_length;
	in->features = cpu_features();
	in->ahead = AHEAD;
	in->text = p->text;
	in->bytes = p->text_bytes;
	if (!p->text) {
		in->bytes = p->bytes;
		in->own = memory_alloc(in->bytes, 1, "the text", e);
		if (!in->own) {
			free(in);
			return -1;
		}
		text_generate(in->own, in->bytes, p->seed);
		in->text = in->own;
	}
	*input = in;
	return 0;
}

void text_teardown(void *input)
{
	struct text_input *in = input;
	memory_free(in->own);
	free(in);
}

uint64_t text_units(const void *input)
{
	const struct text_input *in = input;
	return in->bytes / TEXT_TILE + (in->bytes % TEXT_TILE != 0);
}

uint64_t text_grain(const void *input)
{
	(void)input;
	return 65536 / TEXT_TILE;
}

uint64_t text_word_end(const struct text_input *in, uint64_t from)
{
	while (from < in->bytes && text_is_letter(in->text[from]))
		from++;
	return from;
}

bool text_is_mirrored(const unsigned char *p, uint64_t n)
{
	const unsigned char *q = p + n;
	const uint64_t fold =
		UINT64_C(0x2020202020202020); /* the bit in which the cases of a letter differ */
	for (; q - p >= 16; p += 8) {
		uint64_t front, back;
		q -= 8;
		memcpy(&front, p, 8);
		memcpy(&back, q, 8);
		if ((front ^ __builtin_bswap64(back)) & ~fold)
			return false;
	}
	while (q - p >= 2)
		if ((*p++ ^ *--q) & 0xDF)
			return false;
	return true;
}

static uint64_t items(const struct problem *p)
{
	return p->text ? p->text_bytes : p->bytes;
}

static void resize(struct problem *p, uint64_t size)
{
	p->bytes = size;
	if (p->text && p->text_bytes > size)
		p->text_bytes = size;
}

/* No word is longer than its text. */
static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	if (p->min_length <= items(p))
		return NULL;
	*known = (struct tally){0};
	*check_known = true;
	return "closed form";
}

static size_t spell(const void *input, uint64_t item, char *buffer, const char **text)
{
	const struct text_input *in = input;
	(void)buffer;
	*text = (const char *)in->text + item;
	return text_word_end(in, item) - item;
}

static double item_bytes(const struct problem *p)
{
	(void)p;
	return 1;
}

/* Whole words: those that start in units s. */
static struct piece pack(const void *input, struct span s)
{
	const struct text_input *in = input;
	uint64_t from = s.lo * TEXT_TILE, to = s.hi * TEXT_TILE;
	if (from > 0 && text_is_letter(in->text[from - 1]))
		from = text_word_end(in, from);
	if (to > in->bytes)
		to = in->bytes;
	if (to > 0 && text_is_letter(in->text[to - 1]))
		to = text_word_end(in, to);
	return (struct piece){in->text + from, to > from ? to - from : 0, from, 0};
}

static void adopt(const void *input, unsigned char *bytes, size_t count, union kernel_part *part)
{
	struct text_input in = *(const struct text_input *)input;
	_Static_assert(sizeof in <= sizeof *part, "an input has room in a part");
	in.text = bytes;
	in.bytes = count;
	in.own = NULL;
	memcpy(part, &in, sizeof in);
}

const struct kernel kernel_text = {
	.name = "text",
	.summary = "palindromic words in a text: runs of ASCII letters, compared without case",
	.item = "byte",
	.check = "sum of 2^(i mod 64) * (2 * floor(i / 64) + 1) over the offsets i of the palindromes' first "
		 "letters, modulo 2^64",
	.parameters = (const char *const[]){"bytes", "seed", "min-length", NULL},
	.takes_input = true,
	.item_bytes = item_bytes,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.spell = spell,
	.weigh = place_tally,
	.pack = pack,
	.adopt = adopt,
	.variants = (const struct variant *const[]){&text_reference, &text_scalar, &text_ompsimd, &text_avx2,
		&text_avx512, NULL},
};
