/* SPDX-License-Identifier: MIT */
/*
 * print_places.c - writes the items of a cell with their places. They are gathered first: kernels
 * list them by their middle, and what reads BED wants them by their beginning.
 */
#include "bench/harness/print_places.h"

#include "bench/harness/print_items.h"
#include "bench/harness/serial_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct places {
	const struct kernel_listing *listing;
	const void *input;
	struct kernel_place *all;
	size_t count, room;
	bool sorted; /* so far */
	bool failed; /* for want of memory */
};

/* Letters of all records stand one behind the other in memory, in their order. */
static int compare(const void *a, const void *b)
{
	const struct kernel_place *p = a, *q = b;
	if (p->text != q->text)
		return p->text < q->text ? -1 : 1;
	return p->length < q->length ? -1 : p->length > q->length;
}

static int take(void *ctx, const uint64_t *items, size_t n)
{
	struct places *l = ctx;
	if (l->room - l->count < n) {
		const size_t room = 2 * (l->count + n);
		struct kernel_place *all = realloc(l->all, room * sizeof *all);
		if (!all) {
			l->failed = true;
			return 1;
		}
		l->all = all;
		l->room = room;
	}
	for (size_t i = 0; i < n; i++, l->count++) {
		l->listing->place(l->input, items[i], &l->all[l->count]);
		l->sorted &= !l->count || compare(&l->all[l->count - 1], &l->all[l->count]) <= 0;
	}
	return 0;
}

static void print_record(const struct kernel_place *p)
{
	if (p->record_length)
		fwrite(p->record, 1, p->record_length, stdout);
	else if (p->record)
		printf("record%" PRIu64, p->record_number);
	else
		fputs("sequence", stdout);
}

static void print_place(const struct kernel_place *p, bool bed)
{
	enum { SCORE_MOST = 1000 };
	const uint64_t end = p->start + p->length;
	print_record(p);
	if (bed)
		printf("\t%" PRIu64 "\t%" PRIu64 "\t", p->start, end);
	else
		printf("\t%" PRIu64 "\t%" PRIu64 "\t%zu\t%" PRIu64 "\t%" PRIu64 "\t", p->start + 1, end,
			p->length, p->arm, p->gap);
	fwrite(p->text, 1, p->length, stdout);
	if (bed)
		printf("\t%" PRIu64 "\t.", p->arm < SCORE_MOST ? p->arm : SCORE_MOST);
	putchar('\n');
}

static int print(struct places *l, bool bed, struct err *e)
{
	if (!l->sorted)
		qsort(l->all, l->count, sizeof *l->all, compare);
	if (!bed)
		puts("record\tstart\tend\tlength\tarm\tgap\tsequence");
	for (size_t i = 0; i < l->count; i++)
		print_place(l->all + i, bed);
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_set(e, ERR_FAILED, PRINT_UNWRITTEN "%s", strerror(errno));
	return 0;
}

int print_places(const struct cell *c, struct tally answer, bool bed, struct err *e)
{
	struct problem p = c->problem;
	struct serial_run s;
	struct places l = {.listing = c->kernel->listing, .sorted = true};
	p.listing = true;
	p.longest = answer.longest;
	if (serial_run_open(&s, c->variant, &p, e) != 0)
		return -1;
	l.input = s.input;
	s.variant->emit(s.input, (struct span){0, s.units}, s.scratch, take, &l);
	int status = 0;
	if (l.failed)
		status = err_blame(e, CAUSE_MEMORY, "out of memory: a list of %zu places", l.count);
	else if (kernel_lists_all(c->kernel, c->variant) ? l.count != answer.count
							 : (l.count == 0) != (answer.longest == 0))
		status = err_set(e, ERR_FAILED, "wrong answer: listed %zu items, counted %" PRIu64, l.count,
			answer.count);
	else
		status = print(&l, bed, e);
	free(l.all);
	serial_run_close(&s);
	return status;
}
