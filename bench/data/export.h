/* SPDX-License-Identifier: MIT */
/*
 * export.h - a folder of results in the formats of other tools.
 *
 * One launch is one repetition, its median of samples the time: what those tools test and draw are independent
 * repetitions, which samples of one launch are not. Samples that are not ok count nowhere, and a cell without any
 * that counts is left out: a time of 0 for a failure would be read as the fastest of all. Nothing here computes anything
 * that is not in the folder, but for means and standard deviations where a format asks for them.
 */
#ifndef PARSCALE_BENCH_DATA_EXPORT_H
#define PARSCALE_BENCH_DATA_EXPORT_H

#include "bench/data/dataset.h"

enum { EXPORT_NAME = 400 };

/* A cell's name as parscale-gbench has it, "sieve/avx2/openmp/pool/dynamic/workers:2/size:1000000", then what else it
 * sets that is not the default, "placement:compact". Different for any two cells of a sweep. */
char *export_name(const struct factors *f, char text[EXPORT_NAME]);

/* A factor's text, "" where not available: its own, or of a number in `number`. Unlike field_write's it is not quoted. */
const char *export_factor(const struct factors *f, const struct column *c, char number[64]);

/* What was left out: cells without a launch that counts. */
struct export_result {
	size_t cells, left_out;
};

/* Writes the whole folder to f. gbench: Google Benchmark's JSON; hyperfine: its JSON; openmetrics: text for Prometheus;
 * csv: one row per sample and quantity. Only openmetrics does without samples.csv; the others refuse with ERR_USAGE.
 * ERR_FAILED without memory; f is checked by the caller. */
typedef int export_fn(const struct dataset *d, FILE *f, struct export_result *r, struct err *e);
export_fn export_gbench, export_hyperfine, export_openmetrics, export_csv;

/* 0 where the folder has samples; else ERR_USAGE. */
int export_needs_samples(const struct dataset *d, struct err *e);

/* One launch of a cell, of its samples that count. */
struct export_launch {
	uint64_t id;
	double seconds;                   /* median of a run */
	double user_seconds, sys_seconds; /* of all workers, mean per run; NAN: not measured */
	uint64_t runs;                    /* in all of its samples */
};

/* The launches of a group by ascending number, into *out, to be freed; how many in *n. -1 without memory. */
int export_launches(const struct group *g, struct export_launch **out, size_t *n, struct err *e);

#endif
