/* SPDX-License-Identifier: MIT */
/*
 * fasta.c - reads FASTA line by line: what a line is shows at its beginning. A line is counted
 * first; most hold nothing but letters and are then copied as they are.
 */
#include "kernels/substrings/fasta.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum { NAME_SHOWN = 60 };

/* A text on its way. */
struct reader {
	unsigned char *to;            /* NULL: letters are counted only */
	struct fasta_record *records; /* NULL: so are they */
	uint64_t between;
	struct fasta found;
	/* the record that is being read */
	const unsigned char *name; /* NULL: no header yet */
	size_t name_length;
	uint64_t headers; /* so far */
	uint64_t letters; /* of this record, so far */
};

static bool is_blank(unsigned char c)
{
	return c <= ' ' || c == 0x7F;
}

static bool is_letter(unsigned char c)
{
	return !is_blank(c) && (c < '0' || c > '9');
}

/* The first end of a line from p on, or `end`. *lf is the next LF, or `end`, once it was looked for: so that no text
 * is looked through more than once. */
static const unsigned char *line_end(
	const unsigned char *p, const unsigned char *end, const unsigned char **lf)
{
	if (!*lf || *lf < p) {
		*lf = memchr(p, '\n', (size_t)(end - p));
		*lf = *lf ? *lf : end;
	}
	const unsigned char *cr = memchr(p, '\r', (size_t)(*lf - p));
	return cr ? cr : *lf;
}

static const unsigned char *skip_mark(const unsigned char *p, const unsigned char *end)
{
	return end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? p + 3 : p;
}

static void read_header(struct reader *r, const unsigned char *p, const unsigned char *end)
{
	r->name = p;
	while (p < end && !is_blank(*p))
		p++;
	r->name_length = (size_t)(p - r->name);
	r->headers++;
	r->letters = 0;
}

/* Its first letters make it one. */
static void begin_record(struct reader *r)
{
	if (r->found.records) {
		if (r->to)
			memset(r->to + r->found.places, FASTA_BETWEEN, (size_t)r->between);
		r->found.places += r->between;
	}
	if (r->records)
		r->records[r->found.records] =
			(struct fasta_record){(const char *)r->name, r->name_length, r->found.places};
	r->found.records++;
}

static void read_letters(struct reader *r, const unsigned char *p, const unsigned char *end)
{
	uint64_t n = 0;
	for (const unsigned char *q = p; q < end; q++)
		n += is_letter(*q);
	if (!n)
		return;
	if (!r->letters)
		begin_record(r);
	if (r->to) {
		unsigned char *to = r->to + r->found.places;
		if (n == (uint64_t)(end - p))
			memcpy(to, p, (size_t)n);
		else
			for (; p < end; p++)
				if (is_letter(*p))
					*to++ = *p;
	}
	r->letters += n;
	r->found.letters += n;
	r->found.places += n;
}

/* The text line by line; -1 as fasta_check, where there is somebody to be told. */
static int read_lines(struct reader *r, const unsigned char *text, uint64_t bytes, struct err *e)
{
	const unsigned char *end = text + bytes, *line, *lf = NULL;
	for (const unsigned char *p = text; p < end; p = line + 1) {
		line = line_end(p, end, &lf);
		p = skip_mark(p, line);
		if (p < line && *p == '>') {
			if (e && r->headers && !r->letters)
				return -1;
			read_header(r, p + 1, line);
		} else if (p == line || *p != ';') {
			read_letters(r, p, line);
		}
	}
	return e && r->headers && !r->letters ? -1 : 0;
}

struct fasta fasta_read(const unsigned char *text, uint64_t bytes, uint64_t between, unsigned char *to,
	struct fasta_record *records)
{
	struct reader r = {.to = to, .records = records, .between = between};
	read_lines(&r, text, bytes, NULL);
	return r.found;
}

int fasta_check(const unsigned char *text, uint64_t bytes, struct err *e)
{
	struct reader r = {0};
	const unsigned char *first = skip_mark(text, text + bytes);
	if (first < text + bytes && *first == '@')
		return err_set(e, ERR_USAGE,
			"--input: begins with '@', as FASTQ does; read are FASTA and plain letters");
	if (read_lines(&r, text, bytes, e) != 0)
		return err_set(e, ERR_USAGE, "--input: record %" PRIu64 " ('%.*s') has no letters", r.headers,
			(int)(r.name_length < NAME_SHOWN ? r.name_length : NAME_SHOWN), (const char *)r.name);
	if (!r.found.letters)
		return err_set(e, ERR_USAGE, "--input: has no letters of a sequence");
	return 0;
}
