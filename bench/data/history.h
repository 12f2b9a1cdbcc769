/* SPDX-License-Identifier: MIT */
/*
 * history.h - sweeps of one machine in the order of time, and where a cell's time changed (change_points.h).
 *
 * A series is one cell's medians over all sweeps that have it, as logarithms; the sweep is the unit of replication, since
 * launches of one sweep share the state that the machine was in. A cell is judged from CHANGE_FEWEST sweeps on. With
 * E-divisive the first test of each cell is adjusted for all cells by Benjamini and Hochberg, so that among the cells that
 * are said to have changed at most `level` have not; further changes of such a cell are tested at the level that this
 * adjustment came to. A change smaller than the margin is not reported.
 */
#ifndef PARSCALE_BENCH_DATA_HISTORY_H
#define PARSCALE_BENCH_DATA_HISTORY_H

#include "bench/data/csv.h"

enum history_method { HISTORY_EDIVISIVE, HISTORY_HUNTER };

struct history_rules {
	enum history_method method;
	double level;  /* 0 < level < 1 */
	double margin; /* 0.01: changes within a factor of 1.01 are not reported */
};

struct history_sweep {
	const char *dir; /* the caller's */
	double started;  /* seconds since the epoch */
	char commit[48], model[128];
};

/* One cell. */
struct history_cell {
	struct factors cell;
	double *seconds, *low, *high; /* median and its interval in each sweep; NAN: it has none */
	size_t having;                /* sweeps that have one */
	size_t first_change, changes; /* its rows in history.changes */
};

struct history {
	struct history_sweep *sweep; /* in the order of time */
	size_t sweeps;
	struct history_cell *cell; /* in the order in which they first appear */
	size_t cells, tested;
	struct table changes; /* struct change_row, by cell, then by time */
	struct history_rules rules;
};

/* Reads the folders, finds the changes. ERR_USAGE where one is no folder of results, does not say when it began, is of
 * another machine, or is there twice; where fewer than CHANGE_FEWEST are named, or no cell is in as many of them.
 * Freed by history_close, also after an error. */
int history_open(
	struct history *h, char *const *dirs, size_t count, const struct history_rules *rules, struct err *e);
void history_close(struct history *h);

#endif
