/* SPDX-License-Identifier: MIT */
/*
 * print_places.h - writes the items of DNA that a kernel finds with their places, one per line, as TSV or BED. Never
 * timed.
 *
 * TSV has a line of names and then: record, start and end (from 1, both inclusive, as in EMBOSS, GFF and SAM), length,
 * arm, gap, sequence. BED has: record, start and end (from 0, half open), sequence, arm as the score (at most 1000), and
 * "." for the strand. Sequences are as they were read. A record without a name is called after its number, as record3;
 * letters that stand in no record, sequence.
 *
 * BED: Quinlan and Hall, "BEDTools", Bioinformatics 26 (2010); https://samtools.github.io/hts-specs/BEDv1.pdf
 */
#ifndef PARSCALE_BENCH_HARNESS_PRINT_PLACES_H
#define PARSCALE_BENCH_HARNESS_PRINT_PLACES_H

#include "bench/harness/cell.h"

/* Lists a finished cell's items, which have places, on standard output: by record, as they follow each other in the
 * input, start and length. Errors as print_items. */
int print_places(const struct cell *c, struct tally answer, bool bed, struct err *e);

#endif
