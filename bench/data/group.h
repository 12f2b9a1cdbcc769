/* SPDX-License-Identifier: MIT */
/*
 * group.h - samples gathered by cell and by launch.
 *
 * Only samples with status ok and known, positive seconds count. A launch is the unit of replication: samples
 * of one launch share its address-space layout and page placement, so what varies between launches shows only
 * in one value per launch.
 */
#ifndef PARSCALE_BENCH_DATA_GROUP_H
#define PARSCALE_BENCH_DATA_GROUP_H

#include "bench/data/csv.h"
#include "bench/stats/stats.h"

/* Samples of one cell that follow each other in the file, as those of a launch do. */
struct run {
	const struct sample *first;
	size_t count;
};

/* One cell. */
struct group {
	const struct run *runs; /* all its samples, in file order */
	size_t run_count;
	const struct factors *cell;
	double *seconds;  /* of the samples that count, ascending */
	size_t ok;        /* how many */
	double *launches; /* the median of each launch that has such samples, ascending */
	size_t launch_count;
};

struct groups {
	struct group *list; /* in the order in which they first appear */
	size_t count;
	struct prior prior; /* what all cells together tell of the scatter of one */
	struct run *runs;   /* of all groups */
	double *values;     /* of all groups */
};

/* Of a table of struct sample, which must stay as it is meanwhile. -1 without memory; groups_free is legal
 * then. */
int groups_make(struct groups *g, const struct table *samples, struct err *e);
void groups_free(struct groups *g);

/* A launch that has samples that count, and their median. */
struct launched {
	uint64_t id;
	double seconds;
};

/* The launches of a group by ascending number, into `out` (room for all its rows); how many. */
size_t group_by_launch(const struct group *g, struct launched *out);

/* Rows of a group, whatever their status. */
size_t group_rows(const struct group *g);

/* The known values of a REAL column in the samples that count, ascending, into `values` (room for `ok`); how
 * many. */
size_t group_gather(const struct group *g, const struct column *c, double *values);

/* What the first sample that counts has found. */
struct uint_field group_found(const struct group *g);

/* The group of this cell, or NULL. */
const struct group *groups_find(const struct groups *g, const struct factors *cell);

#endif
