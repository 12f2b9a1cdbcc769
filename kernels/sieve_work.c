/* SPDX-License-Identifier: MIT */
/* sieve_work.c - a worker's scratch: its layout, and what is the same for all lines of a block. */
#include "sieve.h"

#include <string.h>

enum { ALIGN = 4096 };

/* Takes `bytes` from the scratch at *used, with 64 bytes behind them that may be read. */
static void *take(struct sieve_work *w, size_t *used, size_t bytes)
{
	void *p = w ? (unsigned char *)w + *used : NULL;
	*used += (bytes + 64 + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	return p;
}

static size_t line_bytes(const struct sieve_input *in)
{
	return (in->whole ? in->line_bits : in->segment_bits) / 8;
}

/* Points the arrays of w into it; with w == NULL only sums up. */
static size_t lay_out(const struct sieve_input *in, struct sieve_work *w)
{
	struct sieve_work at;
	size_t used = 0, words = in->primes * sizeof(uint32_t);
	take(w, &used, sizeof *w);
	at.line = take(w, &used, SIEVE_BEFORE + line_bytes(in) + SIEVE_AFTER);
	at.batch = take(w, &used, SIEVE_BATCH * sizeof(uint32_t));
	at.last = take(w, &used, SIEVE_BATCH * sizeof(uint32_t));
	at.start = take(w, &used, words);
	at.square = take(w, &used, words);
	at.bucket_used = take(w, &used, in->huge.blocks ? in->classes * sizeof(uint32_t) : 0);
	at.bucket = take(
		w, &used, in->huge.blocks ? in->classes * (size_t)in->bucket_size * sizeof(uint32_t) : 0);
	at.lines = take(w, &used, in->listing ? in->classes * line_bytes(in) : 0);
	if (w) {
		w->line = at.line + SIEVE_BEFORE;
		w->batch = at.batch;
		w->last = at.last;
		w->start = at.start;
		w->square = at.square;
		w->bucket_used = at.bucket_used;
		w->bucket = at.bucket;
		w->lines = at.lines;
	}
	return used;
}

size_t sieve_scratch_bytes(const void *input)
{
	return lay_out(input, NULL);
}

/* Bit of segment s (or of the whole line, s == segments) before which prime i does not cross out. */
static uint32_t square_in(const struct sieve_input *in, const struct sieve_work *w, uint32_t s, uint32_t i)
{
	uint32_t before = s == in->segments ? 0 : s * in->segment_bits;
	return w->square[i] > before ? w->square[i] - before : 0;
}

/* First index in from..to whose prime has fewer than `hits` sure hits; their number does not grow with the
 * prime. */
static uint32_t end_of_run(const struct sieve_input *in, const struct sieve_work *w, uint32_t s,
	uint32_t bits, uint32_t from, uint32_t to, uint32_t hits)
{
	while (from < to) {
		uint32_t middle = from + (to - from) / 2, square = square_in(in, w, s, middle);
		if (square < bits && (bits - square) / in->prime[middle] >= hits)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void find_runs(const struct sieve_input *in, struct sieve_work *w, uint32_t s)
{
	bool line = s == in->segments;
	uint32_t bits = line ? in->line_bits : in->segment_bits, n = 0;
	uint32_t i = line ? in->local : in->turned, to = line ? in->primes : in->local;
	while (i < to) {
		uint32_t square = square_in(in, w, s, i);
		if (square >= bits)
			break;
		uint32_t hits = (bits - square) / in->prime[i];
		i = end_of_run(in, w, s, bits, i, to, hits);
		w->run[s][n++] = (struct sieve_run){.end = i, .hits = hits};
	}
	w->run_count[s] = n;
}

void sieve_enter(const struct sieve_input *in, struct sieve_work *w, uint64_t block)
{
	if (w->ready == block + 1)
		return;
	if (!w->ready)
		lay_out(in, w);
	uint64_t base = sieve_base(in, block);
	w->squared = in->primes;
	for (uint32_t i = in->primes; i-- > 0;) {
		uint64_t p = in->prime[i], square = p * p;
		w->start[i] = (uint32_t)(base % p * in->step[i] % p);
		w->square[i] = 0;
		if (square > base && i >= in->turned) { /* a turned prime takes the same turns everywhere */
			uint64_t bit = (square - base) / in->modulus;
			w->square[i] = bit < in->line_bits ? (uint32_t)bit : in->line_bits;
			if (bit)
				w->squared = i;
		}
	}
	for (uint32_t g = 0; g < in->groups; g++)
		w->phase[g] =
			(uint32_t)(base % in->group[g].period * in->group[g].step % in->group[g].period);
	for (uint32_t s = 0; s <= in->segments; s++)
		find_runs(in, w, s);
	w->ready = block + 1;
}
