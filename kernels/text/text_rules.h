/* SPDX-License-Identifier: MIT */
/*
 * text_rules.h - what makes a word, and which letters are equal: --word-chars, --fold-case and --encoding.
 *
 * A word is a maximal run of characters of a set. In ASCII a character is a byte, and bytes above 127 are in
 * no set. In UTF-8 it is a code point; bytes that are no well-formed sequence are in no set, and combining
 * marks are in every set. A letter of a word is a character with the marks that follow it; marks at the head
 * of a word are a letter of their own. Letters are equal if their characters are, one by one, after simple
 * case folding if that is asked for. Nothing is normalised: an accent that is a mark of its own differs from
 * one that is part of its letter.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_RULES_H
#define PARSCALE_KERNELS_TEXT_TEXT_RULES_H

#include "kernels/kernel.h"

/* The sets that have names; TEXT_LIST: those of the list. The values of --fold-case and --encoding. */
enum text_set { TEXT_LETTERS, TEXT_ALNUM, TEXT_NONSPACE, TEXT_APOSTROPHES, TEXT_HYPHENS, TEXT_LIST };
enum text_fold {
	TEXT_FOLD_AUTO,
	TEXT_FOLD_YES,
	TEXT_FOLD_NO
}; /* auto: yes, but no where words are whatever is no space */
enum text_encoding { TEXT_ASCII, TEXT_UTF8 };

/* Read-only once made. */
struct text_rules {
	enum text_set set;
	bool fold, utf8;
	bool plain; /* of ASCII, letters and nothing else, without case: what fast variants have arithmetic
		       for */
	unsigned listed; /* ranges of the list */
	struct {
		uint32_t first, last;
	} list[PARAMETER_TEXT_SIZE];
	/* What an ASCII byte is compared as: never 0, and its top bit set; 0 for what is no part of a word,
	 * every byte above 127 among it. */
	unsigned char symbol[256];
	/* Its set as bits: bit h of row[l] is set where byte 16 h + l is part of a word. */
	unsigned char row[16];
	/* In UTF-8, of the characters of two bytes: bit c % 8 of two_bytes[c / 8] is set where c is part of a
	 * word. */
	unsigned char two_bytes[0x800 / 8];
	/* The bits in which bytes of a word that are equal may differ, in each byte. */
	uint64_t ignored;
};

/* From word_chars, fold_case and encoding. -1 with ERR_USAGE where word_chars is neither a name
 * nor a list. */
int text_rules_make(struct text_rules *r, const struct problem *p, struct err *e);

/* Is this character part of a word? */
bool text_rules_has(const struct text_rules *r, uint32_t c);

/* What it is compared as. */
uint32_t text_rules_fold(const struct text_rules *r, uint32_t c);

#endif
