/* SPDX-License-Identifier: MIT */
/*
 * prefetch.h - software prefetching for kernels that walk through a list from one end to the other.
 *
 * Hardware prefetchers bring a bare loop of loads close to the memory bandwidth, but not a loop
 * that also computes; and they work page by page, so that eight pages at once get more than one.
 * There are four ways: none; one line 8 KiB ahead; the lines of the next tile of eight pages, one
 * line of each page in turn; or one line 32 KiB ahead, into L2 alone, so that L1 keeps what the
 * kernel works with. The best one depends on the machine: on a Sapphire Rapids server, words of 4
 * letters reached 0.62 of the best read without prefetching, 0.75 with a line ahead and 0.92 page
 * by page; on Zen 5 a line ahead reached all of it; on Zen 4 none did, but text, which computes
 * more, is a fifth to a half faster with lines far ahead. `parscale probe read` shows it.
 */
#ifndef PARSCALE_KERNELS_PREFETCH_H
#define PARSCALE_KERNELS_PREFETCH_H

#include "kernels/kernel.h"

enum prefetch { PREFETCH_NONE, PREFETCH_AHEAD, PREFETCH_PAGES, PREFETCH_FAR };

enum {
	PREFETCH_LINE = 64,
	PREFETCH_DISTANCE = 8192,
	PREFETCH_FAR_DISTANCE = 32768,
	PREFETCH_PAGE = 4096,
	PREFETCH_TILE = 8 * PREFETCH_PAGE,
	PREFETCH_LINES = 8, /* that prefetch_lines is for */
	PREFETCH_L2 = 2     /* __builtin_prefetch: not into L1 */
};

/* Whether a kernel spends its time on reading or, from memory too, on computing. */
enum prefetch_bound { PREFETCH_BOUND_BY_READING, PREFETCH_BOUND_BY_COMPUTING };

/* How, for a list of so many bytes. What problem.prefetch says; auto: none in lists that fit L2; beyond it
 * page by page on CPUs of Intel; on Zen 4 none, or far ahead for kernels that compute; on others a line
 * ahead. */
enum prefetch prefetch_choose(const struct problem *p, uint64_t bytes, enum prefetch_bound bound);

/* What is asked for when the line at `offset` is read; offsets are multiples of PREFETCH_LINE. */
static inline uint64_t prefetch_offset(enum prefetch how, uint64_t offset)
{
	if (how == PREFETCH_AHEAD)
		return offset + PREFETCH_DISTANCE;
	if (how == PREFETCH_FAR)
		return offset + PREFETCH_FAR_DISTANCE;
	const uint64_t line = offset % PREFETCH_TILE / PREFETCH_LINE;
	return offset - offset % PREFETCH_TILE + PREFETCH_TILE + line % 8 * PREFETCH_PAGE +
	       line / 8 * PREFETCH_LINE;
}

/* For the line at `offset` of the list at `start`. */
static inline void prefetch_line(enum prefetch how, const unsigned char *start, uint64_t offset)
{
	if (how == PREFETCH_FAR)
		__builtin_prefetch(start + prefetch_offset(how, offset), 0, PREFETCH_L2);
	else if (how != PREFETCH_NONE)
		__builtin_prefetch(start + prefetch_offset(how, offset));
}

/* The same by PREFETCH_LINES lines at once, which costs less: where the next ones are. */
struct prefetch_walk {
	const unsigned char *next;
	uint64_t step, advance; /* from line to line, and to the next PREFETCH_LINES; none: 0 */
	bool far;               /* into L2 alone */
};

/* From the lines at `offset` on, a multiple of as many lines, to the end of a tile. */
static inline struct prefetch_walk prefetch_walk(
	enum prefetch how, const unsigned char *start, uint64_t offset)
{
	if (how == PREFETCH_NONE)
		return (struct prefetch_walk){.next = start + offset};
	struct prefetch_walk w = {start + prefetch_offset(how, offset), PREFETCH_PAGE, PREFETCH_LINE, false};
	if (how != PREFETCH_PAGES)
		w = (struct prefetch_walk){
			w.next, PREFETCH_LINE, PREFETCH_LINES * PREFETCH_LINE, how == PREFETCH_FAR};
	return w;
}

static inline void prefetch_lines(struct prefetch_walk *w)
{
	const unsigned char *p = w->next;
	if (w->far)
		for (unsigned i = 0; i < PREFETCH_LINES; i++, p += w->step)
			__builtin_prefetch(p, 0, PREFETCH_L2);
	else
		for (unsigned i = 0; i < PREFETCH_LINES; i++, p += w->step)
			__builtin_prefetch(p);
	w->next += w->advance;
}

#endif
