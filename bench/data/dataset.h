/* SPDX-License-Identifier: MIT */
/*
 * dataset.h - the folder of one sweep, read: summary, samples, manifest; and how its cells are chosen and
 * named.
 *
 * plot and report only read, and both read through here. Nothing here writes files or prints.
 */
#ifndef PARSCALE_BENCH_DATA_DATASET_H
#define PARSCALE_BENCH_DATA_DATASET_H

#include "bench/data/cache_levels.h"
#include "bench/data/comparison.h"
#include "bench/data/group.h"
#include "bench/data/probe_rows.h"
#include "bench/machine/build.h"

#include <jansson.h>

/* A sweep that another one is compared with. */
struct dataset_base {
	char dir[4096], machine[256];
	char build[BUILD_TEXT]; /* what made its program */
	char name[64];          /* the folder's last name; with its place where another one has that */
	struct table compared;  /* struct comparison, most urgent first */
	struct comparison_result result;
	struct comparison_rules rules;
};

struct dataset {
	char dir[4096];
	struct table summary;       /* at least one row */
	struct table samples;       /* empty where samples.csv is absent */
	struct groups groups;       /* of samples */
	const struct group **group; /* of each row of summary; NULL where it has no samples */
	json_t *manifest;           /* an object; empty where manifest.json is absent */
	struct table probes;        /* struct probe_row; empty where probes.csv is absent */
	struct table workers;       /* struct worker_row; empty where workers.csv is absent */
	struct table models;        /* struct model_row: scaling models of each series of worker counts */

	/* what it is compared with, see dataset_against */
	struct dataset_base *bases;
	size_t base_count;
};

/* Reads DIR. ERR_USAGE when it is not the folder of a sweep: no summary.csv, one without rows, or files that are not
 * of a schema which is read here. What was opened is closed by dataset_close, also after an error. */
int dataset_open(struct dataset *d, const char *dir, struct err *e);
void dataset_close(struct dataset *d);

/* Compares with the sweep in `base`, too: how this one's times relate to its. ERR_USAGE where that is no such
 * folder, or another machine's and not `cross_machine`. */
int dataset_against(struct dataset *d, const char *base, bool cross_machine, struct err *e);

/* The same with the other programs of this sweep, as far as their folders are there and hold results. */
int dataset_against_others(struct dataset *d, struct err *e);

/* Row i of summary.csv, i < d->summary.count. */
const struct summary *dataset_row(const struct dataset *d, size_t i);

/* Whether the row has a time that may be charted. */
bool row_ok(const struct summary *s);

/* Whether two cells agree in every factor but those named in `free` (ended by NULL). "size" stands for
 * everything that grows with it; "share" for what grows with the workers where each has a share of the same
 * size: workers and items, but not size. */
bool cells_match(const struct factors *a, const struct factors *b, const char *const *free);

/* The kernels that occur, in the order of charts and tables: at most `most` names into `names`; how many. */
size_t dataset_kernels(const struct dataset *d, const char **names, size_t most);

/* The same without those that are ceilings of the others, unless there are no others. */
size_t dataset_subjects(const struct dataset *d, const char **names, size_t most);

/* The same of the probes. */
size_t dataset_probes(const struct dataset *d, const char **names, size_t most);

/* The cell a kernel's charts are built around: strong scaling, most workers within the CPUs, then largest,
 * then pool, then fastest. NULL where no row of the kernel is ok. */
const struct summary *dataset_focus(const struct dataset *d, const char *kernel);

/* The same among cells with weak scaling, where the share is the size. */
const struct summary *dataset_weak_focus(const struct dataset *d, const char *kernel);

/* Whether two cells ask for the same answer, with the same scaling: whatever variant, workers, cut and meter. A
 * parameter that one of them does not name, as in folders of earlier builds, is not compared. */
bool cells_ask_same(const struct factors *a, const struct factors *b);

/* The focus cell among those that ask the same as `problem`; the fastest of these with one worker. NULL: none is ok. */
const struct summary *dataset_focus_at(const struct dataset *d, const struct factors *problem);
const struct summary *dataset_single_at(const struct dataset *d, const struct factors *problem);

/* Whether a row is the fastest of its kernel, variant, workers and size, of whatever back end; of several the
 * first. */
bool dataset_fastest(const struct dataset *d, const struct summary *s);

/* The serial row of the same variant and problem; NULL: none. */
const struct summary *dataset_serial(const struct dataset *d, const struct factors *like);

/* Bytes of input that an item stands for; NAN for kernels that read none. */
double cell_item_bytes(const struct summary *s);

/* A cell in a few words: "sieve avx512, fork pool, 2 workers, 1e9". */
void cell_name(const struct factors *f, char *text, size_t size);

/* Everything a chart or table keeps fixed, by name: "variant avx512, schedule dynamic, length 4". */
void cell_setting(const struct factors *f, char *text, size_t size);

/* A number with its 95 % interval; low and high are NAN where there is none. */
struct ranged {
	double value, low, high;
};

/* The ok samples of a row of this dataset's summary in seconds, ascending; how many in *n. */
const double *dataset_samples(const struct dataset *d, const struct summary *row, size_t *n);

/* The medians of its launches in seconds, ascending; how many in *n. */
const double *dataset_launches(const struct dataset *d, const struct summary *row, size_t *n);

/* The scaling model of the series that a cell is in; NULL where there is none, or it was refused. */
const struct model_row *dataset_model(const struct dataset *d, const struct factors *cell);

/* The row of a cell; NULL: none. */
const struct summary *dataset_summary_of(const struct dataset *d, const struct factors *cell);

/* Median of a over median of b, rows of this dataset's summary, from their launches (stats_launch_ratio). */
struct ranged dataset_ratio(const struct dataset *d, const struct summary *a, const struct summary *b);

/* --- what the manifest says (dataset_facts.c) --- */

/* CPUs the sweep could use: those it was allowed, less what a quota takes; 0 where the manifest
 * does not say. */
unsigned dataset_cpus(const struct dataset *d);

/* The caches that the sweep was planned for; false where the manifest does not say. */
bool dataset_caches(const struct dataset *d, struct cache_levels *c);

/* Bytes of one data cache of a level, 1 to 3, the smallest where CPUs differ; the measured size where the sweep was
 * planned for that; 0 where unknown. */
uint64_t dataset_cache(const struct dataset *d, int level);

/* What delivers so many bytes to the workers: "L1", "L2" or "L3", the smallest of which each cache that they use holds
 * its share, or "memory"; of what is larger than the last caches but less than twice, the size ("48.0 MiB"), since some
 * of it stays in them. Returns `text`, of UNITS_BYTES. */
char *dataset_level(const struct dataset *d, double bytes, uint64_t workers, char *text);

/* The machine in one line; "" where unknown. */
void dataset_machine(const struct dataset *d, char *text, size_t size);

/* A text or a number of the manifest by its path ("machine.model"); NULL or NAN where it is absent or
 * something else. */
const char *dataset_text(const struct dataset *d, const char *path);
double dataset_number(const struct dataset *d, const char *path);

#endif
