/* SPDX-License-Identifier: MIT */
/*
 * nth.c - the n-th item (the 10^9th prime) from one parallel count and one short listing.
 *
 * The kernel predicts where the n-th item is (about_nth; for primes by Riemann's R, sieve_nth.c).
 * The measured run counts the items up to there. The difference is small compared with n, so a
 * window of numbers at the end of the range is listed serially, forwards or backwards, until the
 * item is reached. The window has 64 numbers per missing item, more than the mean gap of primes
 * below 2^64 (44), at most 2^26 at a time.
 */
#include "bench/harness/nth.h"

#include "bench/harness/serial_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDEST = 1 << 26,
	SPARSE = 64 /* numbers for an item, more than any two primes' mean distance below 2^64 */
};

int nth_aim(struct cell *c, uint64_t n, struct err *e)
{
	char text[24];
	uint64_t stop;
	const struct kernel_listing *listing = c->kernel->listing;
	if (!listing || !listing->about_nth || !c->variant->emit)
		return err_set(e, ERR_USAGE, "--nth: kernel %s has no n-th item", c->kernel->name);
	if (c->size || c->given >> (parameter_find("stop") - parameters) & 1)
		return err_set(e, ERR_USAGE, "--nth: says where to stop; not with --stop or --size");
	if (listing->about_nth(&c->problem, n, &stop, e) != 0)
		return -1;
	snprintf(text, sizeof text, "%" PRIu64, stop);
	return cell_set(c, "stop", text, e);
}

struct window {
	uint64_t *items;
	size_t n, room;
	bool full; /* no memory for more */
};

static int append(void *ctx, const uint64_t *items, size_t n)
{
	struct window *w = ctx;
	if (w->n + n > w->room) {
		size_t room = 2 * (w->n + n);
		uint64_t *more = realloc(w->items, room * sizeof *more);
		w->full = !more;
		if (!more)
			return 1;
		w->items = more;
		w->room = room;
	}
	memcpy(w->items + w->n, items, n * sizeof *items);
	w->n += n;
	return 0;
}

static int list(const struct cell *c, uint64_t start, uint64_t stop, struct window *w, struct err *e)
{
	struct problem p = c->problem;
	struct serial_run s;
	p.start = start;
	p.stop = stop;
	p.workers = 1;
	p.listing = true;
	w->n = 0;
	if (serial_run_open(&s, c->variant, &p, e) != 0)
		return -1;
	s.variant->emit(s.input, (struct span){0, s.units}, s.scratch, append, w);
	serial_run_close(&s);
	return w->full ? err_blame(e, CAUSE_MEMORY, "out of memory: a window of the n-th item") : 0;
}

static uint64_t width_for(uint64_t items)
{
	return items < WIDEST / SPARSE ? (items + 16) * SPARSE : WIDEST;
}

/* The `more`-th item behind the range. */
static int go_on(const struct cell *c, uint64_t more, struct window *w, uint64_t *item, struct err *e)
{
	for (uint64_t stop = c->problem.stop; stop != UINT64_MAX; more -= w->n) {
		uint64_t start = stop + 1, width = width_for(more);
		stop = UINT64_MAX - start < width ? UINT64_MAX : start + width;
		if (list(c, start, stop, w, e) != 0)
			return -1;
		if (more <= w->n) {
			*item = w->items[more - 1];
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "--nth: too large: %" PRIu64 " more than there are below 2^64", more);
}

/* The item before which, to the end of the range, there are `less` others. */
static int go_back(const struct cell *c, uint64_t less, struct window *w, uint64_t *item, struct err *e)
{
	for (uint64_t stop = c->problem.stop;;) {
		uint64_t width = width_for(less),
			 start = stop - c->problem.start < width ? c->problem.start : stop - width;
		if (list(c, start, stop, w, e) != 0)
			return -1;
		if (less < w->n) {
			*item = w->items[w->n - 1 - less];
			return 0;
		}
		less -= w->n;
		stop = start - 1;
	}
}

int nth_find(const struct cell *c, uint64_t n, uint64_t counted, uint64_t *item, struct err *e)
{
	struct window w = {0};
	int status = n > counted ? go_on(c, n - counted, &w, item, e) : go_back(c, counted - n, &w, item, e);
	free(w.items);
	return status;
}
