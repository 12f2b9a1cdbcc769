/* SPDX-License-Identifier: MIT */
/*
 * sieve_geometry.c - chooses the modulus, the length of lines and segments, and the limit of direct
 * primes: the cheapest of a few dozen combinations by a cost model.
 *
 * The model adds up what each kind of prime costs: hits by Mertens' theorem (the sum of 1/p from a
 * to b is ln ln b - ln ln a), starts by the number of primes (x / (ln x - 1.1)), fixed costs per
 * segment and per line, each at the price of the cache level in which it happens. A large M means
 * fewer bits and hits, but more lines and so more starts; long lines the opposite. Exact prices do
 * not matter: costs are flat near the optimum.
 */
#include "kernels/cpu.h"
#include "kernels/sieve/sieve.h"
#include "kernels/sieve/sieve_tuplets.h"

#include <math.h>

/*
 * Nanoseconds of a core of about 2024. Only their ratios count, and those little: near the best shape, costs
 * are flat. A hit is a read, an OR and a write; what it costs depends on where the line lives: beyond L1, a line
 * of the cache comes and goes for each, at half a line a cycle between L1 and L2 of Zen 4. docs/sieve.md has
 * the measurements.
 */
static const double hit_in_l1 = 0.36;
static const struct prices {
	double in_l2, in_l3; /* hits */
	double carried; /* in segments but the first of a line, a start is carried there: part of its price */
} usual_prices = {2.0, 2.5, 1}, zen4_prices = {0.9, 1.5, 0.5};
/* A start of one prime in one line, with half a hit in vain, while the tables of the primes are in L2, in L3,
 * in memory. */
static const double start_in_l2 = 0.4, start_in_l3 = 0.75, start_in_memory = 1.1;
/* A segment has some fifty runs, each with a mispredicted jump or two. */
static const double per_segment = 1000, presieve_per_bit = 0.036;
/* A direct prime is listed once and has an origin in every block; a bucketed one is unpacked and divided in every
 * block, and its multiples in lines go through a bucket. */
static const double per_prime = 6, per_prime_and_block = 1.5, per_bucketed_prime = 1,
		    per_bucketed_prime_and_block = 2.5;
static const double per_thrown = 3;
/* First touch: large scratch is new to the worker, and its pages come from the system. */
static const double per_new_byte = 0.7;
/* Writing a line out of L2 and reading it again, where lines that are kept side by side take more than so
 * much of it. */
static const double kept_part = 0.75, kept_per_bit = 0.03;

struct machine {
	double l1, l2, l3; /* bytes, a worker's share; l3 may be 0 */
	double workers;    /* lists are made by one */
	struct prices price;
};

static struct machine machine_of(const struct problem *p)
{
	return (struct machine){.l1 = p->l1_bytes ? (double)p->l1_bytes : 32 << 10,
		.l2 = p->l2_bytes ? (double)p->l2_bytes : 256 << 10,
		.l3 = (double)p->l3_bytes,
		.workers = p->workers && !p->listing ? p->workers : 1,
		.price = cpu_is_zen4() ? zen4_prices : usual_prices};
}

static double log_log(double x)
{
	return log(log(x));
}

static double about_primes(double x)
{
	return x < 100 ? 25 : x / (log(x) - 1.1);
}

/* Bytes of tables that a start reads. */
enum { start_bytes = 16 };

static double start_cost(const struct machine *m, double primes)
{
	double bytes = primes * start_bytes;
	return bytes < m->l2 ? start_in_l2 : bytes < m->l3 / 2 ? start_in_l3 : start_in_memory;
}

/* Of a line that is longer than the part of L2 that is left for it, the rest is in L3. */
static double hit_cost(const struct machine *m, double line_bits)
{
	double bytes = line_bits / 8, beyond = fmax(0, 1 - m->l2 * 3 / 4 / bytes);
	return bytes < m->l1 ? hit_in_l1 : m->price.in_l2 + beyond * (m->price.in_l3 - m->price.in_l2);
}

/* Sum of 1/p over the primes in from..to, as Mertens tells. */
static double density(double from, double to)
{
	return to > from ? log_log(to) - log_log(from) : 0;
}

/* What idle workers make of the time, when units that differ by a tenth are handed out: the last ones do not
 * come out even. */
static double idleness(double units, double workers)
{
	return ceil(units / workers) * workers / units + 0.1 * (workers - 1) / units;
}

/* Time of all workers. `kept` lines are kept side by side. What every worker does or waits for, set-up and
 * origins, is not shared out. */
static double cost(const struct sieve_geometry *s, const struct machine *m, double kept, double root,
	double presieve_limit)
{
	double lines = (double)s->classes * (double)s->blocks, line = (double)s->segment_bits * s->segments;
	double bits = lines * line, reach = s->segments == 1 ? line : s->segment_bits;
	double direct = fmin(root, s->direct), segment_end = fmax(fmin(reach, direct), presieve_limit);
	double local = about_primes(segment_end), large = about_primes(direct) - local;

	double sum = bits * (presieve_per_bit + hit_in_l1 * density(presieve_limit, segment_end));
	sum += lines * s->segments * per_segment;
	sum += lines * (1 + (s->segments - 1) * m->price.carried) * local * start_cost(m, local);
	if (large > 0)
		sum += lines * large * start_cost(m, large) +
		       bits * hit_cost(m, line) * density(segment_end, direct);
	if (kept * line / 8 > kept_part * m->l2)
		sum += bits * kept_per_bit + kept * line / 8 * per_new_byte;
	double origins = about_primes(direct) * (double)s->blocks * per_prime_and_block,
	       set_up = about_primes(direct) * per_prime;
	if (root <= direct)
		return (set_up + origins) * m->workers + sum * idleness(lines, m->workers);
	double bucketed = about_primes(root) - about_primes(direct);
	set_up += bucketed * per_bucketed_prime +
		  density(direct, root) * line * s->classes * SIEVE_HIT * per_new_byte;
	sum += origins + bucketed * (double)s->blocks * per_bucketed_prime_and_block;
	sum += density(direct, root) * bits * per_thrown;
	return set_up * m->workers + sum * idleness((double)s->blocks, m->workers);
}

/* Cuts blocks of about `line` bits out of `bits`, and these into spans of so many segments. */
static void cut(struct sieve_geometry *s, double bits, double line, uint32_t spans, uint32_t span)
{
	s->segments = spans * span;
	s->span = span;
	s->segment_bits = ((uint32_t)ceil(line / s->segments) + 511) & ~511u;
	s->blocks = (uint64_t)ceil(bits / ((double)s->segment_bits * s->segments));
}

/* Cuts `bits` into equal blocks of at most `longest`, and these into equal segments. */
static void divide(struct sieve_geometry *s, double bits, double longest, double segment)
{
	const double line = ceil(bits / ceil(bits / longest));
	cut(s, bits, line, 1, (uint32_t)ceil(line / segment));
}

/* The same with lines that are cut into spans of half an L2, if they are much longer than that. On Zen 4, where a hit in
 * L3 takes twice as long; elsewhere that was not measured. */
static void divide_by_spans(
	struct sieve_geometry *s, const struct machine *m, double bits, double longest, double segment)
{
	divide(s, bits, longest, segment);
	const double line = (double)s->segment_bits * s->segments, bytes = line / 8;
	if (!cpu_is_zen4() || bytes <= 1.5 * m->l2)
		return;
	const uint32_t spans = (uint32_t)fmin(ceil(bytes / (m->l2 / 2)), SIEVE_SEGMENTS),
		       span = (s->segments + spans - 1) / spans;
	if (span * spans <= SIEVE_SEGMENTS)
		cut(s, bits, line, spans, span);
}

/* The longest segment: an L1, less a part of it for tables and the stack. Where many primes carry their starts from
 * segment to segment, Zen 4, whose L1 is small, leaves more: 1.03 times as fast at 10^12, 1.0 at 10^11 and 10^13, 0.95 at
 * 10^10. */
static double longest_segment(const struct problem *p, const struct machine *m, bool many_primes)
{
	const double part = !cpu_is_zen4() ? 8 : many_primes ? 4 : 16;
	double bytes = p->block_bytes ? (double)p->block_bytes : m->l1 - m->l1 / part;
	return 512 * floor(fmax(fmin(bytes * 8, SIEVE_LONGEST), 512) / 512);
}

/* The same, but for lines that fit L2 together. */
static double kept_segment(const struct machine *m, double longest, double kept)
{
	double fits = 512 * floor(kept_part * m->l2 * 8 / fmax(kept, 1) / 512);
	return kept * longest <= kept_part * m->l2 * 8 || fits < longest / 2 ? longest : fits;
}

/* All lines of a block are one segment. */
struct sieve_geometry sieve_products_geometry(const struct problem *p, uint64_t first, uint64_t last)
{
	const struct machine m = machine_of(p);
	struct sieve_geometry s = {.modulus = 30, .classes = 8};
	double bits = floor((double)(last - first) / s.modulus) + 1;
	/* In whole tiles, if that is little more: less than a tile takes as long as one. Not timed on Intel. */
	const double tile = cpu_is_intel() ? 512 : 8 * SIEVE_TILE,
		     longest = longest_segment(p, &m, false) / s.classes, part = longest < tile ? 512 : tile,
		     most = fmax(512, floor(longest / part) * part);
	divide(&s, bits, fmin(most, ceil(bits / m.workers)), most);
	const double whole = ceil(s.segment_bits / part) * part;
	if (whole <= most && whole < 1.0625 * s.segment_bits) {
		s.segment_bits = (uint32_t)whole;
		s.blocks = (uint64_t)ceil(bits / whole);
	}
	return s;
}

bool sieve_can_multiply(uint64_t last, const struct sieve_small *small, const struct sieve_engine *engine)
{
	uint32_t i = 0;
	while (small->prime[i] <= sieve_presieve(engine, 0)->limit)
		i++;
	uint64_t next = small->prime[i];
	return last <= engine->most_multiplied && last < next * next * next && last / next < SIEVE_SMALL - 1;
}

/* Of all numbers, exp(-gamma) / ln x have no factor up to x; testing one takes a microsecond, half of them
 * being primes. */
uint32_t sieve_choose_reach(uint64_t first, uint64_t last)
{
	static const uint32_t reaches[] = {1 << 13, 1 << 15, 1 << 17, 1 << 20, 1 << 22};
	const double per_test = 1000;
	double numbers = (double)(last - first) + 1;
	uint32_t best = sieve_root(last);
	double direct = about_primes(fmin(best, SIEVE_FEWEST_DIRECT)),
	       each = per_bucketed_prime + per_bucketed_prime_and_block;
	double least = direct * per_prime + (about_primes(best) - direct) * each;
	for (size_t i = 0; i < sizeof reaches / sizeof *reaches; i++) {
		double left = numbers * 0.5615 / log(reaches[i]);
		double c = about_primes(reaches[i]) * per_prime + left * per_test;
		if (reaches[i] < best && c < least) {
			least = c;
			best = reaches[i];
		}
	}
	return best;
}

/* Most bits in a line, where `longest` would be right for the caches. `cut`: lines that are units shall be
 * many for every worker. */
static double most_bits(const struct problem *p, const struct sieve_geometry *s, double bits, double root,
	double segment, bool cut)
{
	double workers = p->workers ? p->workers : 1, most = fmin(SIEVE_LINE, segment * SIEVE_SEGMENTS);
	/* a block is a unit: as many for every worker, with its buckets in bounds, offsets in 31 bits and 512
	 * numbers modulo M to spare, also when each segment has grown to a multiple of 512 */
	if (root > s->direct) {
		double hits = density(s->direct, root) * s->classes * SIEVE_HIT;
		/* starts, and a line */
		double others = about_primes(s->direct) * sizeof(uint32_t) + (1 << 20);
		most = fmin(most, fmin(floor(INT32_MAX / (double)s->modulus), 1 << 8 * SIEVE_HIT) -
					  (SIEVE_SEGMENTS + 1) * 512);
		most = fmin(most, fmax(segment, (SIEVE_SCRATCH / workers - others) / hits));
		most = fmin(most, ceil(bits / (workers * ceil(bits / workers / most))));
	} else if (cut) {
		most = fmin(most, fmax(segment, bits * s->classes / workers / 64));
	}
	return most;
}

/* Of blocks with bucketed primes: their lines are those modulo 30 or 210, and multiples of each are few. */
static bool allows_buckets(const struct sieve_geometry *s)
{
	return s->modulus <= 210 &&
	       (double)s->segment_bits * s->segments * s->modulus <= (double)SIEVE_MULTIPLES * s->direct;
}

struct sieve_geometry sieve_choose_geometry(
	const struct problem *p, uint64_t first, uint64_t last, uint32_t reach, uint32_t presieve_limit)
{
	static const uint32_t moduli[][2] = {{30, 8}, {210, 48}, {2310, 480}, {30030, 5760}};
	enum { MANY_PRIMES = 1 << 18 }; /* they reach to here at least */
	static const uint32_t directs[] = {
		SIEVE_DIRECT, 1 << 24, 1 << 22, 1 << 20, 1 << 18, SIEVE_FEWEST_DIRECT};
	const struct machine m = machine_of(p);
	double root = reach, numbers = (double)(last - first) + 1,
	       most = longest_segment(p, &m, root >= MANY_PRIMES);
	/* As long as a segment, or a part of L2 or L3. */
	const double longest[] = {
		0, m.l2 / 2 * 8, m.l2 * 3 / 4 * 8, m.l3 / 8 * 8, m.l3 / 4 * 8, m.l3 * 3 / 8 * 8};
	enum {
		MODULI = sizeof moduli / sizeof *moduli,
		DIRECTS = sizeof directs / sizeof *directs,
		LONGEST = sizeof longest / sizeof *longest
	};
	struct sieve_geometry best = {.modulus = 0};
	double least = HUGE_VAL;

	for (size_t i = 0; i < MODULI && (i < 2 || !p->listing); i++) { /* lists are made of 8 lines or 48 */
		double kept = p->listing ? moduli[i][1] : p->tuplet > 1 ? TUPLETS_LINES : 0;
		double segment = kept_segment(&m, most, kept);
		double bits = floor((numbers - 1) / moduli[i][0]) + 1;
		for (size_t d = 0; d < DIRECTS; d++) {
			struct sieve_geometry before = {.modulus = 0};
			if (d > 0 && directs[d] >= root)
				continue;
			for (size_t j = 0;
				j < (m.workers > 1 ? 2 : 1) * LONGEST && (j == 0 || bits > segment); j++) {
				struct sieve_geometry s = {.modulus = moduli[i][0],
					.classes = moduli[i][1],
					.direct = directs[d]};
				double wanted = fmax(segment, longest[j % LONGEST]);
				divide_by_spans(&s, &m, bits,
					fmin(wanted, most_bits(p, &s, bits, root, segment, j >= LONGEST)),
					segment);
				if (s.segment_bits == before.segment_bits && s.segments == before.segments &&
					s.span == before.span) /* as long as all there is */
					continue;
				before = s;
				struct sieve_geometry sieved = s;
				sieved.classes = tuplets_lines((unsigned)p->tuplet, s.modulus);
				double c = cost(&sieved, &m, kept, root, presieve_limit);
				if (c < least && (root <= s.direct || allows_buckets(&s))) {
					least = c;
					best = s;
				}
			}
		}
	}
	return best;
}
