/* SPDX-License-Identifier: MIT */
/* dna.c - letters of DNA in memory, and the record that a place in them belongs to. */
#include "kernels/substrings/dna.h"

#include "kernels/memory.h"
#include "kernels/substrings/substrings_generate.h"

#include <inttypes.h>
#include <stdlib.h>

unsigned char dna_code(unsigned char letter)
{
	switch (letter) {
	case 'A':
	case 'a':
		return BASE_A;
	case 'C':
	case 'c':
		return BASE_C;
	case 'G':
	case 'g':
		return BASE_G;
	case 'T':
	case 't':
	case 'U':
	case 'u':
		return BASE_T;
	default:
		return BASE_OTHER;
	}
}

uint64_t dna_letters(const struct problem *p)
{
	return p->text ? fasta_read(p->text, p->text_bytes, 0, NULL, NULL).letters : p->bytes;
}

static int read_letters(struct dna *d, const struct problem *p, uint64_t between, struct err *e)
{
	if (fasta_check(p->text, p->text_bytes, e) != 0)
		return -1;
	const struct fasta found = fasta_read(p->text, p->text_bytes, between, NULL, NULL);
	d->count = found.places;
	d->letters = memory_alloc(d->count, 1, "the letters", e);
	if (!d->letters)
		return -1;
	if (p->listing) {
		d->record_count = found.records;
		d->records = calloc((size_t)found.records, sizeof *d->records);
		if (!d->records) {
			dna_free(d);
			return err_blame(
				e, CAUSE_MEMORY, "out of memory: %" PRIu64 " records", found.records);
		}
	}
	fasta_read(p->text, p->text_bytes, between, d->letters, d->records);
	return 0;
}

int dna_open(const struct problem *p, uint64_t between, struct dna *d, struct err *e)
{
	*d = (struct dna){0};
	if (p->text)
		return read_letters(d, p, between, e);
	d->count = p->bytes;
	d->letters = substrings_generated(p, true, e);
	return d->letters ? 0 : -1;
}

void dna_free(struct dna *d)
{
	memory_free(d->letters);
	free(d->records);
	*d = (struct dna){0};
}

void dna_place(const struct dna *d, uint64_t offset, uint64_t length, struct kernel_place *out)
{
	*out = (struct kernel_place){
		.start = offset, .text = (const char *)d->letters + offset, .length = (size_t)length};
	if (!d->records)
		return;
	uint64_t low = 0, high = d->record_count; /* records[low].begin <= offset < records[high].begin */
	while (high - low > 1) {
		const uint64_t middle = low + (high - low) / 2;
		if (d->records[middle].begin <= offset)
			low = middle;
		else
			high = middle;
	}
	out->record = d->records[low].name;
	out->record_length = d->records[low].name_length;
	out->record_number = low + 1;
	out->start = offset - d->records[low].begin;
}
