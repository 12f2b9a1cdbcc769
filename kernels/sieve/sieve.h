/* SPDX-License-Identifier: MIT */
/*
 * sieve.h - what the files of the sieve share: the plan of a problem, made once, read by every
 * worker.
 *
 * Lines. The numbers first..last are sieved as residue-class lines: for a modulus M, every class k
 * with first + k coprime to M is one bitmap, whose bit i is the number first + k + M * i. Long
 * lines are cut into blocks of line_bits bits, and those into segments that fit L1. One work unit
 * is one line of one block (with buckets or when listing: all lines of one block); units are
 * numbered block by block and carry nothing to the next. A set bit is a composite.
 *
 * The usual wheel stores the classes of each M numbers side by side, and a prime then needs a table
 * of gaps to step through them. In a line of its own class, a prime hits every p-th bit: the inner
 * loop is an addition and a store, M may be as large as 30030, and lines are independent, which is
 * the whole parallel form.
 *
 * Starts. A base prime p crosses out, in line k of the block that begins at number A, the bits i
 * with A + k + M * i = 0 (mod p): i = (k * step + D) mod p with step = -1/M mod p, the same for
 * every line and block, and D = A * step mod p, the same for every line of a block. So starts are
 * computed where they are needed, about ten vector instructions for 16 primes. Only from segment to
 * segment of a line they are carried along.
 *
 * Kinds of primes, in ascending order, and the header of the template (sieve_template.h) that
 * crosses them out (small, medium and bucketed are comparable to primesieve's EratSmall, EratMedium
 * and EratBig):
 *   pre-sieved   to sieve_presieve.limit, by tables of their joint pattern or shifted into place: sieve_presieve.h,
 *                sieve_woven.h;
 *   small        many hits in a segment, eight at a time with constant masks: sieve_small.h;
 *   medium       sorted by their number of hits, which is known but for the last: sieve_medium.h;
 *   large        beyond a segment or two: crossed out in the whole line, which stays in L2, or, where it does not,
 *                in spans that do, up to the length of these: sieve_medium.h;
 *   bucketed     too large to ask in every line (beyond sieve_input.direct): multiples are enumerated
 *                for a whole block and put into a bucket for each line: sieve_bucket.h.
 * Below the cube of the first prime that is not pre-sieved (sieve_can_multiply()), all above the
 * pre-sieved are multiplied with each other instead: sieve_products.h.
 *
 * The plan is made in sieve_plan.c (shape: sieve_geometry.c; base primes: sieve_base.c,
 * sieve_tables.c), a worker's scratch in sieve_scratch.c. Nothing here knows threads. All of a plan
 * is read-only once it is open. Sources: Pritchard, Acta Informatica 17, 1982 (wheels); Bays and
 * Hudson, BIT 17, 1977 (segments). docs/sieve.md has measurements.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_H

#include "kernels/cpu.h"
#include "kernels/kernel.h"

enum {
	SIEVE_FLOOR = 4111,     /* primes up to here are listed, not sieved: a small prime may hit itself. 1
				   modulo 30: no tuplet straddles it */
	SIEVE_SMALL = 1 << 16,  /* primes up to here are kept. Above the root of SIEVE_DIRECT */
	SIEVE_DIRECT = 1 << 25, /* the most that base primes with starts in every line may be; in narrow
				   windows fewer are, */
	SIEVE_FEWEST_DIRECT = 1 << 16, /* but all up to here */
	SIEVE_MULTIPLES = 512,         /* most numbers in a block, by bucketed primes */
	SIEVE_LONGEST = 1 << 20,       /* most bits in a segment */
	SIEVE_LINE = 1 << 26,          /* most bits in a line: starts by float are right to twice that */
	SIEVE_SEGMENTS =
		512, /* most segments in a line: a large prime has no more hits, and so few enough runs */
	SIEVE_SCRATCH = 440 << 20, /* bytes of scratch with buckets, of all workers */
	SIEVE_HIT = 3,      /* bytes of a hit in a bucket: a bit of a line, which is shorter than 2^24 then */
	SIEVE_UNPACK = 512, /* bits of a line of bucketed primes that are unpacked at a time */
	SIEVE_RUNS = 260,   /* most runs of primes with as many hits: SIEVE_LONGEST / SIEVE_FLOOR and some */
	SIEVE_MEDIUM = 31,  /* up to here hits are counted exactly; */
	SIEVE_STEP = 4,     /* beyond in steps of so many */
	SIEVE_SLOTS = 32,   /* segments whose runs are remembered */
	SIEVE_BATCH = 512,  /* primes whose starts are computed at a time */
	SIEVE_GROUPS = 64,  /* most pre-sieve tables, */
	SIEVE_SHIFTED = 64, /* and most primes that are shifted into place instead */
	SIEVE_LEAST_WOVEN = 8 * 8192, /* bits; in longer segments shifted primes may be woven in */
	SIEVE_TILE =
		512, /* bytes that a pre-sieve table may be read past its period, or a line changed past its end */
	SIEVE_BEFORE = 4096 /* bytes before a line that crossing may touch: 7/8 * SIEVE_FLOOR */
};

/* The primes below SIEVE_SMALL, ascending; one number more may be read. */
struct sieve_small {
	uint32_t count;
	uint32_t prime[SIEVE_SMALL / 8];
};

/* Classes coprime to 30, and which of them are below n. */
static const uint8_t sieve_class_30[8] = {1, 7, 11, 13, 17, 19, 23, 29};
static const uint8_t sieve_below_30[30] = {0x00, 0x00, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x03, 0x03, 0x03,
	0x03, 0x07, 0x07, 0x0f, 0x0f, 0x0f, 0x0f, 0x1f, 0x1f, 0x3f, 0x3f, 0x3f, 0x3f, 0x7f, 0x7f, 0x7f, 0x7f,
	0x7f, 0x7f};

/* The primes above a pre-sieve limit, to SIEVE_SMALL, as factors. */
struct sieve_factors {
	uint32_t count;
	const uint32_t *prime; /* [count] ascending */
	struct sieve_rank {
		uint16_t before; /* how many are below 30 * j, */
		uint8_t classes; /* and which classes have one there */
	} rank[SIEVE_SMALL / 30 + 1];
	uint16_t
		factor[SIEVE_SMALL / 8]; /* [count] prime / 30 * 8, and the number of its class: below 2^15 */
};

/* How an instruction set pre-sieves. */
struct sieve_presieve {
	uint32_t limit;   /* largest pre-sieved prime, at most 509 */
	uint32_t shifted; /* those from here on are shifted into place, at most SIEVE_SHIFTED; 0: none */
	uint32_t lane_bits, vector_bits; /* of a shift: 16 or 32; 256 or 512 */
	uint32_t
		woven_bytes; /* if not 0, they are shifted while small primes are crossed out, so many bytes at a
				 time, at most SIEVE_TILE */
};

/*
 * The pre-sieve: table g has bit b set where b shares a factor with period[g], the product of its primes.
 * Shifted by a number of bytes, it is what these primes cross out in any line: in line k of the block at A
 * from byte (A + k) * step[g] mod period[g] on. Tables may be read SIEVE_TILE bytes past their period.
 */
struct sieve_tables {
	uint32_t count;
	uint32_t period[SIEVE_GROUPS];
	uint32_t step[SIEVE_GROUPS];   /* 1 / (8 * M) mod period */
	uint32_t stride[SIEVE_GROUPS]; /* SIEVE_TILE mod period */
	double inverse[SIEVE_GROUPS];  /* 1/period */
	const unsigned char *table[SIEVE_GROUPS];

	/*
	 * Primes p that are shifted into place. A distance of x bits to the next hit, below p, is the fraction
	 * x / p: it wraps by itself. Of 2^64, 2^32 or 2^16, whichever is precise enough; those of 2^16 are
	 * rounded up.
	 */
	uint32_t shifted, woven;                   /* how many: one of them is 0 */
	uint64_t shifted_step[SIEVE_SHIFTED];      /* (-1/M mod p) / p, of 2^64, */
	uint64_t shifted_bit[SIEVE_SHIFTED];       /* 1 / p, */
	uint32_t shifted_tile[SIEVE_SHIFTED];      /* (-bits of a tile mod p) / p, of 2^32, */
	uint32_t shifted_next[SIEVE_SHIFTED];      /* (-vector_bits mod p) / p, of 2^16, twice, */
	uint32_t shifted_prime[SIEVE_SHIFTED];     /* p, twice where lanes have 16 bits, */
	uint16_t shifted_lanes[SIEVE_SHIFTED][32]; /* and (-bit mod p) / p of each lane's first bit */

	const struct sieve_factors *factors; /* modulo 30; else NULL */
};

/* Eight bytes in memory, the least significant first. */
static inline uint64_t sieve_in_memory(uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return x;
#else
	return __builtin_bswap64(x);
#endif
}

/* Of lists: what the bits of a word are, which has eight columns of the lines modulo 30, or one of those modulo
 * 210 (sieve_transpose.h). */
struct sieve_deltas {
	unsigned char delta[64]; /* bit b: so much after the word's first number */
	uint64_t packed[8][256]; /* in memory: the deltas of the bits set in a byte, in order */
	unsigned char ones[256];
};

/* Lines as bitmaps: the bucketed base primes. */
struct sieve_store {
	uint64_t first; /* block b, line c, bit i: first + offset[c] + modulus * (b * line_bits + i) */
	uint32_t modulus, classes, blocks;
	uint32_t line_bits;        /* multiple of 512; clear bits are primes */
	const uint16_t *offset;    /* [classes] */
	const unsigned char *bits; /* [blocks][classes][line_bits / 8] */
};

/* Whether there are two forms of a hit to choose from: sieve_hit.h. */
#if defined(__x86_64__)
#define SIEVE_CAN_OR true
#else
#define SIEVE_CAN_OR false
#endif

/* Neighbouring lines that can hold tuplets (sieve_tuplets.h): those from `class` on. */
struct sieve_group {
	uint16_t class;
	uint8_t lines;
	uint8_t starts; /* bit j: a tuplet may begin in line j of the group */
};

struct sieve_input {
	struct problem asked; /* first, as in every variant's input */
	const struct sieve_engine *engine;
	const uint32_t *listed; /* items of start..stop up to SIEVE_FLOOR, ascending */
	uint32_t listed_count;
	uint64_t first, last; /* what is sieved; nothing when blocks == 0 */
	/* above SIEVE_FLOOR; numbers before it do not count. first, or less by up to M for
	 * tuplets and lists */
	uint64_t from;
	bool listing;
	bool or_to_memory; /* the form of a hit: sieve_hit.h */

	/* lines */
	uint32_t modulus;         /* M: 30, 210, 2310 or 30030 */
	uint32_t classes;         /* phi(M), lines of a block */
	const uint16_t *offset;   /* [classes] k, ascending, below M */
	const uint16_t *class_of; /* [M] class of an offset, or UINT16_MAX */
	uint32_t segment_bits;    /* multiple of 512 */
	uint32_t segments;        /* of a line in a block */
	uint32_t span;            /* so many are a part of a line that fits L2; divides `segments` */
	uint32_t line_bits;       /* segments * segment_bits */
	uint64_t blocks;
	bool whole;    /* a line is kept whole, because something follows the segments */
	bool tested;   /* base primes end before the root of the last number: what they leave is tested */
	bool by_block; /* a unit is a block, not a line */
	const struct sieve_group *group; /* for tuplets, which have a group for a unit */
	uint32_t groups;                 /* 0: primes are counted, line by line */
	uint32_t kept;                   /* lines that are kept side by side */

	/* base primes above the pre-sieve limit, ascending; arrays may be read 64 bytes past the end */
	uint32_t direct; /* they go up to here */
	uint32_t primes;
	uint32_t small;        /* index of the first that is not small */
	uint32_t small_end[4]; /* before it they are sorted by p % 8 = 1, 3, 5, 7: ends of the four lists */
	uint32_t local;        /* index of the first that is not crossed out in segments, */
	uint32_t wide;         /* and of the first that is crossed out in the whole line only */
	const uint32_t *prime;
	const uint32_t *step; /* -1/M mod prime */
	const float *inverse; /* 1/prime */

	const struct sieve_tables *tables;
	const struct sieve_deltas *deltas; /* for listing */

	/* where primes are multiplied; else NULL */
	const struct sieve_factors *factors;
	uint32_t multiplied;  /* how many of them are up to the root of `last` */
	uint32_t place[8][8]; /* [class of p][class of q]: see sieve_products.h */

	struct sieve_store bucketed; /* blocks == 0: none */
	uint32_t bucket_size;        /* hits that the bucket of a line holds */

	void *owned[16]; /* what close frees */
	uint32_t owned_count;
};

/* Primes in a row, from the end of the run before, with the same number of sure hits; one more
 * is possible. */
struct sieve_run {
	uint32_t end, hits; /* hits beyond SIEVE_MEDIUM are rounded down to a multiple of SIEVE_STEP */
};

struct sieve_runs {
	uint32_t of; /* segment that they are for, plus 1; 0: none */
	uint32_t count;
	struct sieve_run run[SIEVE_RUNS];
};

/* One worker's scratch: this head, then the arrays it points to. All zero at first. */
struct sieve_scratch {
	uint64_t ready;  /* block that the arrays are for, plus 1 */
	uint32_t *start; /* [primes] D: the start in line 0 of the block, modulo the prime */
	/* [primes] bit of the block before which the prime need not cross out; not there where no prime has
	 * one */
	uint32_t *square;
	uint32_t squared;    /* index of the first prime with square != 0 */
	uint32_t *quotient;  /* [multiplied] last number of the block / prime, rounded down */
	uint32_t *factor;    /* [multiplied] the first that the prime has in block factors_of - 1 */
	uint64_t factors_of; /* 0: none */
	uint32_t *batch;     /* starts of some primes */
	uint32_t *last;      /* and the last hits of these */
	unsigned char *line; /* what is sieved: SIEVE_BEFORE bytes into its room */
	/* those that are kept, each in a room of its own; the last is followed by what crossing may touch */
	unsigned char *lines;
	size_t stride; /* from line to line */
	uint32_t *
		next; /* [wide] next hits, counted from the segment or span; where there are several segments */
	uint32_t begun;        /* index of the first prime that has none yet in the line */
	unsigned char *bucket; /* [classes][sieve_bucket_bytes] hits of bucketed primes, of SIEVE_HIT bytes */
	uint32_t *bucket_end;  /* [classes] behind the last hit of each, counted from `bucket` */
	/* of line 0 of the block: where tables begin, and fractions of shifted primes */
	uint32_t phase[SIEVE_GROUPS];
	uint64_t fraction[SIEVE_SHIFTED];
	bool spans;                 /* whether there are primes that are crossed out in spans, */
	struct sieve_runs wide;     /* these, in any span, */
	struct sieve_runs whole;    /* and those that are in the whole line */
	struct sieve_runs *segment; /* [slots] of the medium primes in a segment, where last used */
	uint32_t slots;
};

/* What an instruction set brings to the plan. */
struct sieve_engine {
	struct sieve_presieve tables, shifts; /* the pre-sieve on Intel's CPUs, and on others, */
	struct sieve_presieve woven; /* and where segments are long; its limit is 0 where there is none */
	uint32_t most_multiplied;    /* up to here multiplying primes costs less than their multiples do */
	/* Sieves line `class` of `block` and leaves it in w->line. Needs in->whole. */
	const unsigned char *(*line)(
		const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class);
	kernel_emit_fn *emit;
	/* step[i] and inverse[i] of n primes, where reciprocal[p % modulus] is 1/p modulo the modulus. */
	void (*steps)(const uint32_t *prime, uint32_t n, uint32_t modulus, const int32_t *reciprocal,
		uint32_t *step, float *inverse);
};

/* Whether one of n primes, which ascend, has its square beyond the bit `before` of the block. */
static inline bool sieve_has_square(const struct sieve_scratch *w, uint32_t from, uint32_t n, uint32_t before)
{
	return from + n > w->squared && w->square[from + n - 1] > before;
}

/* start[i] = base * step[i] mod prime[i], for all primes. */
typedef void sieve_origins_fn(const struct sieve_input *in, uint64_t base, uint32_t *start);

/* Which of an engine's pre-sieves suits this CPU and segments of so many bits; 0: where primes are multiplied. In short
 * segments small primes have too few turns to weave others into: quadruplets, whose segments have 4 KiB, would take
 * 1.08 times as long. */
static inline const struct sieve_presieve *sieve_presieve(
	const struct sieve_engine *engine, uint32_t segment_bits)
{
	if (cpu_is_intel())
		return &engine->tables;
	return segment_bits > SIEVE_LEAST_WOVEN && engine->woven.limit ? &engine->woven : &engine->shifts;
}

/* Makes the plan of p for an engine; ERR_FAILED without memory. */
int sieve_open(
	const struct problem *p, const struct sieve_engine *engine, struct sieve_input **in, struct err *e);

/* What the variants' records need. */
void sieve_close(void *input);
uint64_t sieve_units(const void *input);
uint64_t sieve_grain(const void *input);
size_t sieve_scratch_bytes(const void *input);

/* Lays the scratch out and makes it ready for a block. origins == NULL: w->start is there already. */
void sieve_enter(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, sieve_origins_fn *origins);

/* The runs of the medium primes in a segment of the block. */
const struct sieve_runs *sieve_segment_runs(
	const struct sieve_input *in, struct sieve_scratch *w, uint32_t segment);

/* The shape of lines: line_bits = segment_bits * segments, and segments a multiple of span. */
struct sieve_geometry {
	uint32_t modulus, classes, segment_bits, segments, span;
	uint64_t blocks;
	uint32_t direct; /* base primes beyond are bucketed */
};

/* The cheapest for the numbers first..last, sieved by primes up to `reach`. */
struct sieve_geometry sieve_choose_geometry(
	const struct problem *p, uint64_t first, uint64_t last, uint32_t reach, uint32_t presieve_limit);

/* Whether primes are multiplied for numbers up to `last`: all that the pre-sieve leaves of them are primes
 * and products of two; and the shape then. */
bool sieve_can_multiply(uint64_t last, const struct sieve_small *small, const struct sieve_engine *engine);
struct sieve_geometry sieve_products_geometry(const struct problem *p, uint64_t first, uint64_t last);

/* Up to which prime the numbers first..last are sieved: the root of the last, or less, where it is cheaper to
 * test the few numbers that are left one by one. */
uint32_t sieve_choose_reach(uint64_t first, uint64_t last);

/* First number of a block. */
static inline uint64_t sieve_base(const struct sieve_input *in, uint64_t block)
{
	return in->first + block * in->line_bits * in->modulus;
}

/* Of one line. Buckets are clipped once for all primes that are unpacked at a time, each of which has a hit in
 * every M-th multiple. Hits are written as words, the last byte of which is the next one's: behind the last there
 * is one byte. */
static inline size_t sieve_bucket_bytes(const struct sieve_input *in)
{
	uint32_t more = (SIEVE_MULTIPLES / in->modulus + 1) * SIEVE_UNPACK;
	return (size_t)(in->bucket_size + more) * SIEVE_HIT + 1;
}

/* How many hits the bucket of a line has; bucket_size: perhaps there are more. */
static inline uint32_t sieve_bucket_hits(
	const struct sieve_input *in, const struct sieve_scratch *w, uint32_t class)
{
	return (w->bucket_end[class] - class * (uint32_t)sieve_bucket_bytes(in)) / SIEVE_HIT;
}

/* How many bits of a line stand for numbers up to `last`; never forms a number past it. */
static inline uint32_t sieve_valid(const struct sieve_input *in, uint64_t block, uint32_t class)
{
	uint64_t room = in->last - sieve_base(in, block);
	if (in->offset[class] > room)
		return 0;
	uint64_t bits = (room - in->offset[class]) / in->modulus + 1;
	return bits < in->line_bits ? (uint32_t)bits : in->line_bits;
}

/* Primes up to `limit` (at most 2^25), ascending, into a new array that may be read 64 bytes past its end;
 * memory_free() it. NULL without memory. */
uint32_t *sieve_base_primes(uint32_t limit, const struct problem *p, const struct sieve_engine *engine,
	uint32_t *count, struct err *e);

/* Made once in a process and kept. NULL without memory. The tables are of the primes up to how->limit that do
 * not divide the modulus; the deltas are of 30 or 210. */
const struct sieve_small *sieve_small(struct err *e);
const struct sieve_tables *sieve_tables(uint32_t modulus, const struct sieve_presieve *how, struct err *e);
const struct sieve_deltas *sieve_deltas(uint32_t modulus, struct err *e);

/* Inverse of a modulo m, coprime to it. */
uint32_t sieve_inverse(uint64_t a, uint32_t m);

/* struct kernel_listing's about_nth. */
int sieve_about_nth(const struct problem *p, uint64_t n, uint64_t *stop, struct err *e);

/* Whether n is a prime. Some tenths of a microsecond for a composite, two for a prime. */
bool sieve_is_prime(uint64_t n);

/* Greatest r with r * r <= n. */
uint32_t sieve_root(uint64_t n);

extern const struct variant sieve_reference, sieve_scalar, sieve_avx2, sieve_avx512, sieve_neon;

#endif
