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
#include "bench/machine/memory_policy.h"
#include "kernels/kernel.h"

/* Whether the workers solve one problem together, one that grows with them, or the same one each
 * by itself. */
enum scaling { SCALING_STRONG, SCALING_WEAK, SCALING_THROUGHPUT };
enum wait { WAIT_AUTO, WAIT_ACTIVE, WAIT_PASSIVE };

struct cell {
	const struct kernel *kernel;
	const struct variant *variant;
	const struct backend *backend;
	struct memory_policy memory_policy;
	char placement[48];  /* compact, scatter, none, or a list of CPUs such as 0,2-5 */
	uint64_t size;       /* in the kernel's items; 0: not said, the problem's parameters are */
	uint64_t size_bytes; /* said as bytes instead, until cell_finish makes items of it; 0: not */
	unsigned ranks;  /* said instead of workers, until cell_finish multiplies by the threads; 0: not */
	char input[256]; /* file, "-" standard input, "" generated */
#define FACTOR_CHOICE(id, ...) unsigned id; /* the place of the chosen word, from 0 */
#define FACTOR_COUNT(id, ...) unsigned id;
#define FACTOR_AMOUNT(id, ...) uint64_t id; /* 0: not said */
#include "bench/data/factors.def"
	uint64_t given;         /* which parameters were said: bit i is parameters[i] */
	struct problem problem; /* complete after cell_finish, but for the text of `input` and the caches */
};

/* A factor of a cell as the command line and a .sweep file see it. */
struct factor {
	const char *key;      /* option `--key`, key `key =` */
	const char *argument; /* as help calls its value; NULL: the option stands alone */
	const char *help;     /* NULL: shown with the kernels that take it */
};

/* All that have a key (factors.def), in the order of their columns, ended by one whose key is NULL. */
extern const struct factor factor_keys[];

/* The factor of this key, or NULL. */
const struct factor *factor_find(const char *key);

/* The key that a former spelling stands for now; any other word as it is. */
const char *cell_key(const char *spelling);

/* The former spelling number i, or NULL beyond the last. */
const char *cell_former_key(size_t i);

/* Kernel `name` with every choice at its default: variant best, back end serial, pool, static, one worker,
 * compact. */
int cell_init(struct cell *c, const char *kernel, struct err *e);

/* Sets one factor, or a parameter of the kernel, from its text; `key` may be a former spelling. -1: ERR_USAGE, naming
 * the option and what is legal; ERR_ABSENT where it is not available here. */
int cell_set(struct cell *c, const char *key, const char *value, struct err *e);

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
