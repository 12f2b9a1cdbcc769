/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - what a computation is, for everything that runs one.
 *
 * A kernel answers a problem by turning spans of work units into tallies; tallies add, and any cut of the
 * units gives the same total. A variant is one way to do it: an algorithm or an instruction set. Kernels are
 * pure: no threads, no clock, no environment, no files, no output; what they know of the machine is in
 * the problem.
 *
 * A kernel is one file that ends in a const record, and one line in kernels.def. A variant is one record, and
 * one line in its kernel's list.
 */
#ifndef PARSCALE_KERNELS_KERNEL_H
#define PARSCALE_KERNELS_KERNEL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Work units lo <= u < hi. What a unit is, the variant decides at setup: a segment of numbers, a class line,
 * some words. */
struct span {
	uint64_t lo, hi;
};

/* A result. All-zero is the identity; merging is tally_add: counts and checks add up modulo 2^64, of `longest`
 * the greater stays, what one rejects stays rejected. */
struct tally {
	uint64_t count; /* items found */
	/* a cheap second number, independent of the cut and of the variant; each kernel says what it is */
	uint64_t checksum;
	/* the greatest of what was found, as kernel.longest says; 0 in kernels that seek none */
	uint64_t longest;
	/* bits of items that were counted unseen, and which units that share them found to be none; 0 once
	 * settled */
	uint64_t rejected;
};

/* Room for a text parameter, its ending zero included. */
enum { PARAMETER_TEXT_SIZE = 48 };

/* What is asked (parameters.def: the answer depends on these alone), and hints (the answer never does). */
struct problem {
#define PARAMETER(id, option, lowest, highest, fallback, meaning) uint64_t id;
#define PARAMETER_CHOICE(id, option, fallback, choices, meaning) uint64_t id;
#define PARAMETER_TEXT(id, option, fallback, meaning) char id[PARAMETER_TEXT_SIZE];
#include "kernels/parameters.def"
	/* the bytes of --input, owned by the caller, outliving every input made of it; NULL: generate */
	const unsigned char *text;
	uint64_t text_bytes; /* how many */

	/* hints */
	/* units shall follow the order of the items, so that `emit` lists them in order */
	bool listing;
	uint64_t longest; /* of the whole answer, to a listing of a kernel that seeks one */
	unsigned workers; /* how many will share the units; 0 counts as 1 */
	/* cache tile of one worker; 0: the variant's own choice from the caches below */
	uint64_t block_bytes;
	uint64_t l1_bytes;           /* a worker's L1 data cache; 0: unknown, take 32 KiB */
	uint64_t l2_bytes;           /* a worker's share of L2; 0: unknown, take 256 KiB */
	uint64_t l3_bytes;           /* a worker's share of L3; 0: none or unknown */
	const struct filler *filler; /* makes the large arrays of inputs (fill.h); NULL: their kernels do */
};

/* One parameter, as the command line, the sweep file and the columns see it. */
struct parameter {
	const char *name;          /* option `--name`, key `name =`, column `name` */
	size_t offset;             /* in struct problem: of its uint64_t, or of its text */
	uint64_t lowest, highest;  /* legal, both inclusive */
	uint64_t fallback;         /* where nothing was said */
	const char *choices;       /* NULL: a number; else "a|b|c", whose values are 0, 1, 2 */
	const char *fallback_text; /* NULL: no text */
	const char *meaning;
	bool bytes; /* its values are bytes, and may be written with B */
};

/* All parameters, ended by one whose name is NULL. */
extern const struct parameter parameters[];

/* The one of this name, or NULL. */
const struct parameter *parameter_find(const char *name);

/* Where a parameter is kept in `p`: a number or choice, or a text. */
uint64_t *parameter_value(const struct parameter *parameter, struct problem *p);
char *parameter_text(const struct parameter *parameter, struct problem *p);

/* Is it the same in both? */
bool parameter_same(const struct parameter *parameter, const struct problem *p, const struct problem *q);

/* Every parameter at its fallback, every hint unknown. */
void problem_init(struct problem *p);

/* Adds units s to *out; of none, nothing. Cannot fail, allocates nothing. `scratch` is the worker's own, of
 * scratch_bytes, 4096-byte aligned, zeroed when the worker began and left alone between its chunks; `input` is
 * shared and read-only. */
typedef void kernel_chunk_fn(const void *input, struct span s, void *scratch, struct tally *out);

/* Takes `n` items in order; returns non-zero to stop the listing. */
typedef int kernel_sink_fn(void *ctx, const uint64_t *items, size_t n);

/* Hands the items found in units s to `sink`, in order, in batches. An item is a number: the prime itself,
 * the index of a word in its list, the offset of a word's first byte in its text. The input was set up with
 * problem.listing; of a kernel that seeks a longest, items as long as problem.longest are all that is listed. */
typedef void kernel_emit_fn(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx);

/* What some units need of an input, as bytes; the items that are found in it alone count from 0. */
struct piece {
	const unsigned char *bytes; /* in the input */
	size_t count;
	uint64_t first; /* the item in the whole input that is item 0 here */
	size_t each;    /* bytes of an object, of which there are count / each; 0: the bytes are one object */
};

/* Room for any kernel's input, but not for what it points to. */
union kernel_part {
	max_align_t align;
	unsigned char room[512];
};

enum { SPELL_BYTES = 160 };

struct variant {
	const char *name;
	const char *missing; /* NULL, or why this build does not have it; all functions may then be NULL */
	unsigned needs;      /* CPU_* bits without which it must not run */

	/* Makes the shared input of a problem within every parameter's legal range, and of nothing else: the
	 * same problem gives the same words in every variant. *input is freed by teardown; on -1 nothing is
	 * left and *e is set: ERR_USAGE for a problem that makes no sense, ERR_ABSENT for one that this
	 * variant does not take (`reference` above 10^9), ERR_FAILED without memory. */
	int (*setup)(const struct problem *p, void **input, struct err *e);
	void (*teardown)(void *input);

	uint64_t (*units)(const void *input); /* how many there are; 0 for an empty problem */
	/* fewest units that make a chunk whose fixed cost is small; at least 1 */
	uint64_t (*grain)(const void *input);
	size_t (*scratch_bytes)(const void *input); /* of one worker; 0: none */
	kernel_chunk_fn *chunk;
	kernel_emit_fn *emit; /* NULL: this kernel has nothing to list */

	/* Takes what was rejected back out of the tally of all units. NULL: nothing ever is. */
	void (*settle)(const void *input, struct tally *all);
};

/* The variant that is the best on CPUs with a trait (CPU_SLOW_MASKS, ...; cpu.h), though later ones run there as
 * well. */
struct preference {
	unsigned trait;
	const struct variant *variant;
};

/* Operations on 64-bit lanes that a kernel's algorithm cannot do without, whatever the variant: less than any
 * variant executes, which also finds addresses and counts. They are of the kind whose highest rate the kernel
 * `of` (a ceiling) measures: per_item for every item, per_byte for every byte that the items take (item_bytes),
 * and per_found for every tally.count. */
struct demand {
	const char *of;
	double per_item, per_byte, per_found;
};

/* What the cells of a kernel are the most of for others, at as many workers (bench/data/ceiling.h). */
enum ceiling { CEILING_NONE, CEILING_READ, CEILING_TRAFFIC, CEILING_OPERATIONS };

/* For a kernel whose usual count leaves something out that its users ask about. */
struct kernel_excluded {
	const char *name; /* plural: "one-letter words" */
	/* Makes it the problem that counts those too, or the usual one again. */
	void (*count)(struct problem *p, bool too);
};

/* Where an item is: in DNA, two arms that pair and what is between them. */
struct kernel_place {
	const char *record; /* its name, not ended, of record_length; NULL: no record */
	size_t record_length;
	uint64_t record_number; /* from 1 */
	uint64_t start;         /* letters before the item in its record */
	uint64_t arm, gap;      /* letters of either arm, and between them */
	const char *text;       /* the item, as it was read */
	size_t length;
};

/* For a kernel whose variants emit; each member may be NULL. */
struct kernel_listing {
	/* A number at which, as *stop of the problem, there are nearly n items from its start on. -1 with
	 * ERR_USAGE where there are not so many, or it cannot tell. NULL: items are not numbers in
	 * start..stop. */
	int (*about_nth)(const struct problem *p, uint64_t n, uint64_t *stop, struct err *e);

	/* The text of one emitted item: sets *text (in `buffer` of SPELL_BYTES, or in the input) and returns
	 * its length; 0 if all items of this input are plain numbers, in decimal. NULL: those of every
	 * input are. */
	size_t (*spell)(const void *input, uint64_t item, char *buffer, const char **text);

	/* Writes an item's text in the spelling that all texts that count as the same word share, to `to` of
	 * twice `length` bytes; returns its new length. NULL: no two do. */
	size_t (*fold)(const void *input, const char *text, size_t length, char *to);

	/* Whether items of this problem have places, and the place of one that was emitted. NULL: they never
	 * have. */
	bool (*placed)(const struct problem *p);
	void (*place)(const void *input, uint64_t item, struct kernel_place *out);

	/* What an item that was emitted adds to the tally. NULL: lists hold less than what counts. */
	void (*weigh)(uint64_t item, struct tally *out);
};

/* For workers that are handed their input as bytes. A kernel without one has an input that is not made of
 * bytes: the range of units says it all. */
struct kernel_wire {
	struct piece (*pack)(const void *input, struct span s); /* what units s need */
	/* Makes *part an input of such bytes, which have MEMORY_MARGIN and a page of readable bytes around
	 * them and outlive it; the rest is as in `input`. */
	void (*adopt)(const void *input, unsigned char *bytes, size_t count, union kernel_part *part);
};

struct kernel {
	const char *name;
	const char *summary;
	const char *item;              /* what a size counts, singular: "number", "word", "byte" */
	const char *checksum;          /* what tally.checksum is */
	const char *longest;           /* what tally.longest is, in few words; NULL: none is sought */
	const char *const *parameters; /* names, ended by NULL; any other parameter is refused */
	bool takes_input;              /* --input FILE makes sense */

	/* Refuses what no single parameter's range can tell (start above stop); 0 or -1 with ERR_USAGE. NULL:
	 * nothing to refuse. */
	int (*validate)(const struct problem *p, struct err *e);

	/* How many items the problem has; 2^64 counts as 2^64-1. */
	uint64_t (*items)(const struct problem *p);

	/* Memory that an item takes, for bandwidth and for sizes given in bytes. NULL: not bound
	 * by memory. */
	double (*item_bytes)(const struct problem *p);

	/* What it demands of the machine beside memory, the kind that a roofline shows first; ended by one
	 * whose `of` is NULL. NULL, with the reason in `undemanding`: not known from the problem and the
	 * answer. */
	const struct demand *demands;
	const char *undemanding;
	enum ceiling ceiling;

	/* Makes it a problem of `size` items (a sweep's `size`), size >= 1. */
	void (*resize)(struct problem *p, uint64_t size);

	/* A known answer from an independent source (published counts, closed forms). Returns its name ("OEIS
	 * A006880"), or NULL where there is none; *check_known tells whether known->checksum counts too. The
	 * longest always does. */
	const char *(*oracle)(const struct problem *p, struct tally *known, bool *check_known);

	/* What not every kernel has; NULL where this one has not. */
	const struct kernel_excluded *excluded;
	const struct kernel_listing *listing;
	const struct kernel_wire *wire;

	const struct variant *const *variants; /* slowest first, `reference` at the head; ended by NULL */

	/* Where that is not the order on every CPU, the first that applies, ended by one without a trait. NULL: it is. */
	const struct preference *preferences;
};

#define KERNEL(name) extern const struct kernel kernel_##name;
#include "kernels/kernels.def"

/* All kernels, in the order of kernels.def, ended by NULL. */
extern const struct kernel *const kernels[];

/* The one of this name; NULL with ERR_USAGE and the list of known names. */
const struct kernel *kernel_find(const char *name, struct err *e);

/* The order of kernels in every table: as in kernels.def, unknown names after them. Less than, equal to or
 * greater than 0, as strcmp. */
int kernel_order(const char *a, const char *b);

/* What a size counts, plural: "numbers", "words", "bytes"; "items" for a kernel this program does not know. */
const char *kernel_items(const char *kernel);

/* The variant that `best` is on a CPU of these features and traits (cpu.h): the first that it prefers and can run, or
 * else the last that it can run. */
const struct variant *variant_best(const struct kernel *k, unsigned features, unsigned traits);

/* The variant of this name; "best" is variant_best here. NULL with ERR_USAGE and the known names, or
 * with ERR_ABSENT and the reason where it cannot run. */
const struct variant *variant_find(const struct kernel *k, const char *name, struct err *e);

/* NULL where the variant can run in this build on this CPU (features: cpu_features()), else why not, in
 * `buffer` of 120 bytes or static. */
const char *variant_missing(const struct variant *v, unsigned features, char *buffer);

/* Whether the parameter of this name follows the size of a problem (kernel.resize sets it) and so says nothing new
 * beside it. k NULL: of any kernel. */
bool kernel_sized(const struct kernel *k, const char *parameter);

/* Adds b to a. */
static inline void tally_add(struct tally *a, struct tally b)
{
	a->count += b.count;
	a->checksum += b.checksum;
	a->longest = a->longest > b.longest ? a->longest : b.longest;
	a->rejected |= b.rejected;
}

/* Whether what a variant lists amounts to its tally, so that workers may send back the one for the other. */
static inline bool kernel_lists_all(const struct kernel *k, const struct variant *v)
{
	return k->listing && k->listing->weigh && v->emit;
}

#endif
