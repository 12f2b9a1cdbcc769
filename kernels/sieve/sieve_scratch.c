/* SPDX-License-Identifier: MIT */
/*
 * sieve_scratch.c - a worker's scratch: its layout, the runs of primes with equal numbers of hits,
 * and the bits of squares, from which on a prime has to cross out.
 *
 * The number of sure hits does not grow with the prime, so the end of a run is found by binary
 * search: a few dozen searches per block instead of a division per prime.
 */
#include "kernels/sieve/sieve.h"

#include <string.h>

enum { ALIGN = 64 };

/* Takes `bytes` from the scratch at *used, with 64 bytes behind them that may be read. */
static void *sink(struct sieve_scratch *w, size_t *used, size_t bytes)
{
	void *p = w ? (unsigned char *)w + *used : NULL;
	*used += (bytes + 64 + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	return p;
}

/* Bytes before and behind a line that crossing may touch; products touch none. Before: a start that moved
 * back; behind: a turn and a start of a small prime, a tile of the pre-sieve, SIEVE_STEP hits of a prime
 * that is not counted exactly and so has more than SIEVE_MEDIUM hits. */
static size_t bytes_before(const struct sieve_input *in)
{
	return in->factors ? 0 : SIEVE_BEFORE;
}

static size_t bytes_after(const struct sieve_input *in, size_t line_bytes)
{
	return in->factors ? 0 : 2 * SIEVE_FLOOR + SIEVE_TILE + line_bytes / SIEVE_MEDIUM * SIEVE_STEP;
}

static size_t line_bytes(const struct sieve_input *in)
{
	return (in->whole ? in->line_bits : in->segment_bits) / 8;
}

/* Starts, or products: those of a whole prime more, which are as many as numbers coprime to 30 that are its
 * cofactors in a block. */
static size_t batch_size(const struct sieve_input *in)
{
	return SIEVE_BATCH + (in->factors ? (in->line_bits / in->factors->prime[0] + 2) * 8 : 0);
}

/* Whether a prime has its square in a block. */
static bool has_squares(const struct sieve_input *in)
{
	uint64_t largest = in->primes ? in->prime[in->primes - 1] : 0;
	return largest * largest > in->first;
}

/* Points the arrays of w into it; with w == NULL only sums up. Lines are sieved in ascending order, so that
 * what crossing touches behind one may be in the next. */
static size_t lay_out(const struct sieve_input *in, struct sieve_scratch *w)
{
	struct sieve_scratch at = {.slots = in->segments < SIEVE_SLOTS ? in->segments : SIEVE_SLOTS,
		.stride = bytes_before(in) + line_bytes(in)};
	size_t used = 0, words = in->primes * sizeof(uint32_t);
	sink(w, &used, sizeof *w);
	at.line = sink(w, &used, at.stride * (in->kept ? in->kept : 1) + bytes_after(in, line_bytes(in)));
	at.segment = sink(w, &used, at.slots * sizeof *at.segment);
	at.batch = sink(w, &used, batch_size(in) * sizeof(uint32_t));
	at.last = sink(w, &used, 2 * SIEVE_BATCH * sizeof(uint32_t));
	at.start = sink(w, &used, words);
	at.square = sink(w, &used, has_squares(in) ? words : 0);
	at.quotient = sink(w, &used, in->multiplied * sizeof(uint32_t));
	at.factor = sink(w, &used, in->multiplied * sizeof(uint32_t));
	at.next = sink(w, &used, in->segments > 1 ? in->wide * sizeof *at.next : 0);
	at.bucket_end = sink(w, &used, in->bucketed.blocks ? in->classes * sizeof(uint32_t) : 0);
	at.bucket = sink(w, &used, in->bucketed.blocks ? in->classes * sieve_bucket_bytes(in) : 0);
	if (w) {
		w->line = w->lines = at.line + bytes_before(in);
		w->stride = at.stride;
		w->segment = at.segment;
		w->slots = at.slots;
		w->batch = at.batch;
		w->last = at.last;
		w->start = at.start;
		w->square = at.square;
		w->quotient = at.quotient;
		w->factor = at.factor;
		w->next = at.next;
		w->bucket_end = at.bucket_end;
		w->bucket = at.bucket;
	}
	return used;
}

size_t sieve_scratch_bytes(const void *input)
{
	return lay_out(input, NULL);
}

/* Bits of the block to sieve with runs of primes: `bits` of them from bit `before` on. */
struct part {
	uint32_t before, bits;
};

/* Sure hits of prime i in a part, plus 1; 0 where its square is beyond the part. Does not grow with i. */
static uint32_t rank(
	const struct sieve_input *in, const struct sieve_scratch *w, struct part part, uint32_t i)
{
	uint32_t square = i >= w->squared && w->square[i] > part.before ? w->square[i] - part.before : 0;
	if (square >= part.bits)
		return 0;
	uint32_t hits = (part.bits - square) / in->prime[i];
	return 1 + (hits > SIEVE_MEDIUM ? hits & ~(SIEVE_STEP - 1u) : hits);
}

static uint32_t end_of_run(const struct sieve_input *in, const struct sieve_scratch *w, struct part part,
	uint32_t from, uint32_t to)
{
	uint32_t same = rank(in, w, part, from);
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (rank(in, w, part, middle) == same)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void find_runs(const struct sieve_input *in, const struct sieve_scratch *w, struct part part,
	uint32_t from, uint32_t to, struct sieve_runs *runs)
{
	runs->count = 0;
	while (from < to) {
		uint32_t hits = rank(in, w, part, from);
		if (!hits)
			return;
		from = end_of_run(in, w, part, from, to);
		runs->run[runs->count++] = (struct sieve_run){.end = from, .hits = hits - 1};
	}
}

/* All segments are alike but for squares. */
const struct sieve_runs *sieve_segment_runs(
	const struct sieve_input *in, struct sieve_scratch *w, uint32_t segment)
{
	uint32_t like = w->squared < in->local ? segment : 0;
	struct sieve_runs *runs = &w->segment[like % w->slots];
	if (runs->of != like + 1) {
		struct part part = {like * in->segment_bits, in->segment_bits};
		find_runs(in, w, part, in->small, in->local, runs);
		runs->of = like + 1;
	}
	return runs;
}

/* Bits before which primes need not cross out. Few blocks have any; a small prime takes the same turns
 * everywhere. */
static void find_squares(const struct sieve_input *in, struct sieve_scratch *w, uint64_t base)
{
	for (; w->squared < in->primes; w->squared++)
		w->square[w->squared] = 0;
	for (uint32_t i = in->primes; i-- > in->small;) {
		uint64_t p = in->prime[i];
		if (p * p <= base)
			break;
		uint64_t bit = (p * p - base) / in->modulus;
		w->square[i] = bit < in->line_bits ? (uint32_t)bit : in->line_bits;
		w->squared = i;
	}
}

void sieve_enter(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, sieve_origins_fn *origins)
{
	uint64_t base = sieve_base(in, block);
	if (!w->ready) {
		lay_out(in, w);
		w->squared = in->primes;
	}
	if (origins)
		origins(in, base, w->start);
	find_squares(in, w, base);
	for (uint32_t g = 0; g < in->tables->count; g++)
		w->phase[g] = (uint32_t)(base % in->tables->period[g] * in->tables->step[g] %
					 in->tables->period[g]);
	for (uint32_t i = 0; i < in->tables->shifted + in->tables->woven; i++) /* fractions wrap */
		w->fraction[i] =
			base % (in->tables->shifted_prime[i] & UINT16_MAX) * in->tables->shifted_step[i];
	for (uint32_t s = 0; s < w->slots; s++)
		w->segment[s].of = 0;
	w->spans = in->local < in->wide && w->squared >= in->wide;
	w->wide.count = 0;
	if (w->spans)
		find_runs(
			in, w, (struct part){0, in->span * in->segment_bits}, in->local, in->wide, &w->wide);
	find_runs(in, w, (struct part){0, in->line_bits}, w->spans ? in->wide : in->local, in->primes,
		&w->whole);
	w->ready = block + 1;
}
