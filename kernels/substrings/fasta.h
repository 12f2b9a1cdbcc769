/* SPDX-License-Identifier: MIT */
/*
 * fasta.h - the letters of DNA in a text: FASTA with any number of records, or plain letters.
 *
 * A line ends with LF, CR LF or a bare CR. One that begins with '>' is the header of a record, whose name is the first
 * word behind the '>'; one that begins with ';' is a comment. All else is sequence: blanks, control characters and
 * digits are skipped (GenBank numbers its lines), anything else is a letter and keeps its place: bases in upper or
 * lower case, codes for several bases (IUPAC), gaps of alignments. A byte order mark at the beginning of a line is
 * nothing. Letters before the first header are a record without a name.
 *
 * Pearson and Lipman, "Improved tools for biological sequence comparison", PNAS 85 (1988); NC-IUB, "Nomenclature for
 * incompletely specified bases in nucleic acid sequences", Nucleic Acids Research 13 (1985).
 */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_FASTA_H
#define PARSCALE_KERNELS_SUBSTRINGS_FASTA_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* What is written between the letters of two records, a number of times: no base, so that it pairs with nothing. */
enum { FASTA_BETWEEN = '\n' };

struct fasta_record {
	const char *name; /* in the text; NULL: it has none */
	size_t name_length;
	uint64_t begin; /* of its letters among all that is written */
};

struct fasta {
	uint64_t letters; /* of all records */
	uint64_t records; /* that have letters */
	uint64_t places;  /* that are written: letters, and `between` for each end of a record but the last */
};

/* What a text holds. With `to` its letters are written there, as they are in the text; with `records` what they belong
 * to, for as many as an earlier call found. Never fails: fasta_check says what makes no sense. */
struct fasta fasta_read(const unsigned char *text, uint64_t bytes, uint64_t between, unsigned char *to,
	struct fasta_record *records);

/* -1 with ERR_USAGE: a record without a letter, by its name or number; a text without any; a text in FASTQ. */
int fasta_check(const unsigned char *text, uint64_t bytes, struct err *e);

#endif
