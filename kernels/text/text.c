/* SPDX-License-Identifier: MIT */
/*
 * text.c - the kernel `text`: its record, its input (generated or the caller's), and the pieces of
 * it that travel to workers.
 */
#include "kernels/text/text.h"

#include "kernels/cpu.h"
#include "kernels/fill.h"
#include "kernels/memory.h"
#include "kernels/text/text_generate.h"
#include "kernels/text/unicode.h"

#include <stdlib.h>
#include <string.h>

/* An input and what it points to. */
struct whole {
	struct text_input in; /* first: both are one address */
	struct text_rules rules;
	struct text_giant giants[TEXT_GIANTS];
};

static void generate(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to)
{
	text_generate(to, hi - lo, f->of[0]);
}

static int set_up(struct whole *w, const struct problem *p, struct err *e)
{
	struct text_input *in = &w->in;
	*in = (struct text_input){.text = p->text,
		.bytes = p->text ? p->text_bytes : p->bytes,
		.min_length = p->min_length,
		.rules = &w->rules,
		.giants = w->giants,
		.prefetch =
			prefetch_choose(p, p->text ? p->text_bytes : p->bytes, PREFETCH_BOUND_BY_COMPUTING),
		.features = cpu_features(),
		.slow_masks = cpu_traits() & CPU_SLOW_MASKS,
		.by_middles = cpu_traits() & CPU_SLOW_MASKS};
	if (text_rules_make(&w->rules, p, e) != 0)
		return -1;
	if (!p->text) {
		in->own = fill_alloc(p,
			&(struct fill){.what = "the text",
				.of = {p->seed},
				.count = in->bytes,
				.size = 1,
				.whole = true,
				.make = generate},
			in->bytes, e);
		if (!in->own)
			return -1;
		in->text = in->own;
	}
	in->giant_count = text_find_giants(in, w->giants);
	return 0;
}

int text_setup(const struct problem *p, void **input, struct err *e)
{
	struct whole *w = malloc(sizeof *w);
	if (!w)
		return err_blame(e, CAUSE_MEMORY, "text: out of memory");
	if (set_up(w, p, e) != 0) {
		free(w);
		return -1;
	}
	*input = w;
	return 0;
}

void text_teardown(void *input)
{
	struct whole *w = input;
	memory_free(w->in.own);
	free(w);
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

static int validate(const struct problem *p, struct err *e)
{
	struct text_rules rules;
	return text_rules_make(&rules, p, e);
}

/* Every word of one letter is a palindrome. */
static void count_excluded(struct problem *p, bool too)
{
	p->min_length = too ? 1 : 2;
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
	return (size_t)(text_word_end(in, item) - item);
}

static size_t fold(const void *input, const char *text, size_t length, char *to)
{
	const struct text_input *in = input;
	const unsigned char *p = (const unsigned char *)text, *end = p + length;
	unsigned char *q = (unsigned char *)to;
	while (p < end) {
		uint32_t c = *p;
		p += in->rules->utf8 ? unicode_decode(p, (uint64_t)(end - p), &c) : 1;
		q += unicode_encode(text_rules_fold(in->rules, c), q);
	}
	return (size_t)(q - (unsigned char *)to);
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
	if (from > 0 && from < in->bytes && text_in_word(in, from - 1))
		from = text_word_end(in, from);
	if (to > in->bytes)
		to = in->bytes;
	if (to > 0 && text_in_word(in, to - 1))
		to = text_word_end(in, to);
	return (struct piece){in->text + from, to > from ? (size_t)(to - from) : 0, from, 0};
}

static void adopt(const void *input, unsigned char *bytes, size_t count, union kernel_part *part)
{
	struct text_input in = *(const struct text_input *)input;
	_Static_assert(sizeof in <= sizeof *part, "an input has room in a part");
	in.text = bytes;
	in.bytes = count;
	in.own = NULL;
	in.giant_count = 0; /* a worker has all of its words */
	memcpy(part, &in, sizeof in);
}

/* Every byte is folded, and told from what is no letter; what more it costs depends on the words
 * around it. */
static const struct demand demands[] = {{"peak", .per_byte = 2.0 / 8}, {0}};

const struct kernel kernel_text = {
	.name = "text",
	.summary = "counts palindromic words in a text",
	.item = "byte",
	.checksum =
		"sum of 2^(i mod 64) * (2 * floor(i / 64) + 1) over the offsets i of the palindromes' first "
		"letters, modulo 2^64",
	.parameters = (const char *const[]){"bytes", "seed", "min-length", "word-chars", "fold-case",
		"encoding", "prefetch", NULL},
	.takes_input = true,
	.validate = validate,
	.item_bytes = item_bytes,
	.demands = demands,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.excluded = &(const struct kernel_excluded){.name = "one-letter words", .count = count_excluded},
	.listing = &(const struct kernel_listing){.spell = spell, .fold = fold, .weigh = place_tally},
	.wire = &(const struct kernel_wire){.pack = pack, .adopt = adopt},
	.variants = (const struct variant *const[]){&text_reference, &text_scalar, &text_ompsimd, &text_neon,
		&text_avx2, &text_avx512, NULL},
};
