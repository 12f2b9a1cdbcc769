/* SPDX-License-Identifier: MIT */
/*
 * cell.h - one point of a sweep: what is computed, by which variant, on which workers, placed how.
 *
 * The command line of `run`, the keys of a .sweep file and the factor columns are the same words: all of them
 * come here through cell_set.
 */
#ifndef PARSCALE_BENCH_HARNESS_CELL_H
#define PARSCALE_BENCH_HARNESS_CELL_H

#include "bench/backend/backend.h"
#include "bench/data/columns.h"
#include "kernels/kernel.h"

/* Whether the workers solve one problem together, one that grows with them, or the same one each
 * by itself. */
enum scaling { SCALING_STRONG, SCALING_WEAK, SCALING_THROUGHPUT };
enum wait { WAIT_AUTO, WAIT_ACTIVE, WAIT_PASSIVE };

struct cell {
	const struct kernel *kernel;
	const struct variant *variant;
	const struct backend *backend;
	unsigned lifetime;      /* enum lifetime */
	unsigned schedule;      /* enum schedule */
	unsigned scaling;       /* enum scaling */
	unsigned one_at_a_time; /* 1: a lock around every chunk */
	unsigned wait;          /* enum wait: how workers wait for the next run and for each other */
	unsigned workers;
	unsigned threads_per_rank; /* of a back end whose workers a launcher starts; it divides `workers` */
	char placement[48];        /* compact, scatter, none, or a list of CPUs such as 0,2-5 */
	uint64_t size;             /* in the kernel's items; 0: not said, the problem's parameters are */
	uint64_t size_bytes;       /* said as bytes instead, until cell_finish makes items of it; 0: not */
	uint64_t grain;            /* 0: the variant's */
	char input[256];           /* file, "-" standard input, "" generated */
	uint64_t given;            /* which parameters were said: bit i is parameters[i] */
	struct problem problem; /* complete after cell_finish, but for the text of `input` and the caches */
};

/* Kernel `name` with every choice at its default: variant best, back end serial, pool, static, one worker,
 * compact. */
int cell_init(struct cell *c, const char *kernel, struct err *e);

/* Sets one key of `cell_keys` (or a parameter of the kernel) from its text. -1: ERR_USAGE, naming the option
 * and what is legal; ERR_ABSENT where it is not available here. */
int cell_set(struct cell *c, const char *key, const char *value, struct err *e);

/* The keys that are not parameters, ended by NULL: variant, backend, lifetime ... */
extern const char *const cell_keys[];

/* What a key means that stands alone on the command line ("yes"); NULL: it wants a value. */
const char *cell_bare_value(const char *key);

/* Once everything is set: sizes the problem and refuses what does not go together (two workers for serial,
 * size beside start/stop). */
int cell_finish(struct cell *c, struct err *e);

/* How many times its problem is solved in a run: by every worker, or once. */
uint64_t cell_copies(const struct cell *c);

/* The factor columns of the cell's rows; `meter` by name. */
void cell_factors(const struct cell *c, const char *meter, struct factors *f);

/* The words that make the same cell again on the command line of `run`: KERNEL, --variant=..., ended by NULL;
 * `argv` points into `store`. */
enum { CELL_ARGV = 64 };
struct cell_argv {
	const char *argv[CELL_ARGV];
	size_t count, used; /* words; bytes of `store` */
	char store[2048];
};
void cell_to_argv(const struct cell *c, struct cell_argv *a);

#endif
