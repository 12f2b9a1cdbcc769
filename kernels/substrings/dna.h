/* SPDX-License-Identifier: MIT */
/*
 * dna.h - the letters of DNA that a problem is about, read or generated, and which of them pair.
 *
 * Records of FASTA stand one behind the other, with places between them that pair with nothing. A pairs with T or U,
 * C with G, in upper or lower case; any other letter with nothing: N and the other codes for several bases, of which it
 * is not known which base they stand for, and gaps of alignments.
 */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_DNA_H
#define PARSCALE_KERNELS_SUBSTRINGS_DNA_H

#include "kernels/kernel.h"
#include "kernels/substrings/fasta.h"

/* Bases as codes: a base's partner is the code with BASES_FLIP flipped; flipped, the code of others is none. */
enum { BASE_A = 0, BASE_C = 1, BASE_G = 2, BASE_T = 3, BASE_OTHER = 0x80, BASES_FLIP = 3 };

unsigned char dna_code(unsigned char letter);

struct dna {
	unsigned char *letters;       /* as they were read, from memory_alloc */
	uint64_t count;               /* with the places between records */
	struct fasta_record *records; /* where they are asked for, of what was read; or NULL */
	uint64_t record_count;
};

/* Letters in the text of a problem, or that it generates. */
uint64_t dna_letters(const struct problem *p);

/* Reads or generates them, with so many places between records, and keeps the records where the problem is a
 * listing. -1: ERR_USAGE as fasta_check, ERR_FAILED without memory; nothing is left then. */
int dna_open(const struct problem *p, uint64_t between, struct dna *d, struct err *e);
void dna_free(struct dna *d); /* a zeroed one is legal */

/* Sets what an item is written with: `length` letters from this offset among all on, their record, and where in it they
 * begin. */
void dna_place(const struct dna *d, uint64_t offset, uint64_t length, struct kernel_place *out);

#endif
