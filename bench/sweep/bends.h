/* SPDX-License-Identifier: MIT */
/*
 * bends.h - which of a plan's spare cells are worth launching: those where a curve over workers bends.
 *
 * On a machine of many CPUs a plan leaves out worker counts at first (struct planned, spare): where a curve is smooth they
 * lie on the line between their neighbours. How far off they may be is known from the neighbours' slopes: a curve that
 * bends one way lies between its chord and its tangents. Pure.
 */
#ifndef PARSCALE_BENCH_SWEEP_BENDS_H
#define PARSCALE_BENCH_SWEEP_BENDS_H

#include "bench/sweep/plan.h"

/* A cell whose factors differ in workers alone, on logarithmic scales. */
struct bend_point {
	double workers, seconds;
	double width; /* half its 95 % interval, as a share; INFINITY: it has none */
};

/* How far, as a share of its time, the cell with so many workers may be from where its neighbours are joined: the interval
 * that their slopes leave open. `points` ascend in workers; 0 where two at least are not on either side of it, or where the
 * points are too imprecise for it to tell. */
double bend_width(const struct bend_point *points, size_t n, double workers);

/* For each spare cell of a plan those that it lies between. */
struct bends;

/* NULL without memory, with *e set. The plan outlives it. */
struct bends *bends_open(const struct plan *p, struct err *e);
void bends_close(struct bends *b); /* NULL is legal */

/* What a campaign knows of a cell. */
enum bend_state {
	BEND_ASLEEP,  /* spare, and not woken */
	BEND_AWAITED, /* its least launches are not complete */
	BEND_KNOWN,   /* its median and width are in *point */
	BEND_LOST     /* they failed */
};
typedef enum bend_state bends_ask_fn(const void *ctx, size_t cell, struct bend_point *point);

/* The spare cell of those asleep that has the widest interval above `least`; SIZE_MAX: there is none. *width
 * gets that interval. Of a series one after the other: not while one that was woken is awaited. */
size_t bends_widest(const struct bends *b, bends_ask_fn *ask, const void *ctx, double least, double *width);

#endif
