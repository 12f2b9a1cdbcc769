/* SPDX-License-Identifier: MIT */
/*
 * text_cases.h - for the tests of `text`: every variant against the reference, on texts that lie directly
 * between pages that may not be touched.
 */
#ifndef PARSCALE_TESTS_KERNELS_TEXT_TEXT_CASES_H
#define PARSCALE_TESTS_KERNELS_TEXT_TEXT_CASES_H

#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include "kernels/text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Texts as long as this straddle several tiles. */
enum { MOST = 5 * TEXT_TILE + 100 };

/* What is asked beside the text. */
struct asked {
	uint64_t min_length;
	const char *word_chars; /* NULL: the fallback */
	unsigned fold_case, encoding;
};

static inline void *open_asked(
	const struct variant *v, const unsigned char *text, uint64_t bytes, struct asked asked)
{
	struct problem p;
	struct err e = {0};
	void *input = NULL;
	problem_init(&p);
	p.text = text;
	p.text_bytes = bytes;
	p.min_length = asked.min_length;
	p.fold_case = asked.fold_case;
	p.encoding = asked.encoding;
	if (asked.word_chars)
		snprintf(p.word_chars, sizeof p.word_chars, "%s", asked.word_chars);
	if (v->setup(&p, &input, &e) != 0)
		fail_msg("%s", e.text);
	return input;
}

/* Every variant on `text`, whole and cut into chunks, against the reference in one chunk. Returns how many
 * there are. */
static inline uint64_t check_asked(
	const unsigned char *text, uint64_t bytes, struct asked asked, const char *what)
{
	static const uint64_t cuts[] = {0, 1, 2, 7};
	/* text_avx512.c chooses by these: by ends in either form, by middles */
	static const struct {
		bool slow_masks, by_middles;
		enum prefetch prefetch;
	} ways[] = {{false, false, PREFETCH_NONE}, {true, false, PREFETCH_NONE}, {true, true, PREFETCH_FAR}};
	char label[200];
	void *input = open_asked(&text_reference, text, bytes, asked);
	struct outcome expected = outcome_of(&text_reference, input, 0);
	const uint64_t count = expected.tally.count, tiles = text_units(input);
	text_teardown(input);
	snprintf(label, sizeof label,
		"%s, %llu bytes, min-length %llu, word-chars %s, fold-case %u, encoding %u", what,
		(unsigned long long)bytes, (unsigned long long)asked.min_length,
		asked.word_chars ? asked.word_chars : "-", asked.fold_case, asked.encoding);
	for (const struct variant *const *v = variants_here(&kernel_text); *v; v++) {
		input = open_asked(*v, text, bytes, asked);
		for (size_t way = 0; way < (*v == &text_avx512 ? sizeof ways / sizeof *ways : 1); way++) {
			((struct text_input *)input)->slow_masks = ways[way].slow_masks;
			((struct text_input *)input)->by_middles = ways[way].by_middles;
			((struct text_input *)input)->prefetch = ways[way].prefetch;
			for (size_t i = 0; i < sizeof cuts / sizeof *cuts && (i == 0 || cuts[i] < tiles);
				i++) {
				struct outcome found = outcome_of(*v, input, cuts[i]);
				assert_same(&expected, &found, (*v)->name, label);
				free(found.places.at);
			}
		}
		(*v)->teardown(input);
	}
	free(expected.places.at);
	return count;
}

/* The same text against the lower guard page and against the upper one, amid letters, which must
 * not join it. */
static inline void check_between(
	struct guarded *g, const unsigned char *text, uint64_t bytes, struct asked asked, const char *what)
{
	memset(g->begin, 'a', (size_t)(g->end - g->begin));
	memcpy(g->begin, text, (size_t)bytes);
	check_asked(g->begin, bytes, asked, what);
	memset(g->begin, 'a', (size_t)(g->end - g->begin));
	memcpy(g->end - bytes, text, (size_t)bytes);
	check_asked(g->end - bytes, bytes, asked, what);
}

/* Appends a word of n letters from the first `letters` of the alphabet, in random case: a palindrome, or one
 * but for one pair. */
static inline uint64_t put_word(
	unsigned char *text, uint64_t at, uint64_t n, uint64_t letters, bool palindrome)
{
	unsigned char *w = text + at;
	for (uint64_t i = 0; i < (n + 1) / 2; i++) {
		unsigned char c = (unsigned char)('a' + random_below(letters));
		w[i] = (unsigned char)(c ^ (random_below(4) ? 0 : 0x20));
		w[n - 1 - i] = (unsigned char)(c ^ (random_below(4) ? 0 : 0x20));
	}
	if (!palindrome && n > 1) {
		uint64_t i = random_below(n / 2);
		w[i] = (unsigned char)((w[i] | 0x20) == 'z' ? 'y' : 'z');
	}
	return at + n;
}

#endif
