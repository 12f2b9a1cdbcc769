/* SPDX-License-Identifier: MIT */
/*
 * worker_pairs.c - sorts the back ends that a dataset has by what their workers are, and pairs them.
 *
 * Pairing each with each would grow with the product; against one of the other kind it grows with the sum, and
 * whatever is not paired can be read off two pairs.
 */
#include "bench/report/worker_pairs.h"

#include "bench/backend/backend.h"

#include <string.h>

enum { KIND_MOST = 24 };

/* How far a back end is from sharing or inheriting all memory with workers that are made one by one. */
static int distance(const struct backend *b)
{
	return 4 * b->message_passing + 2 * b->exec_workers + b->runtime;
}

static bool measured(
	const struct dataset *d, const struct factors *like, const char *name, const char *lifetime)
{
	static const char *const free[] = {"backend", "lifetime", "workers", "size", NULL};
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct factors *f = &dataset_row(d, i)->cell;
		if (strcmp(f->backend, name) == 0 && strcmp(f->lifetime, lifetime) == 0 &&
			cells_match(f, like, free))
			return true;
	}
	return false;
}

/* The names of those with such workers that were measured, first ones first. */
static size_t of_kind(const struct dataset *d, const struct factors *like, const char *lifetime,
	const char *worker, const char *out[KIND_MOST])
{
	size_t n = 0;
	for (int far = 0; far < 8; far++)
		for (const struct backend *const *b = backends; *b && n < KIND_MOST; b++)
			if (distance(*b) == far && strcmp((*b)->worker, worker) == 0 &&
				measured(d, like, (*b)->name, lifetime))
				out[n++] = (*b)->name;
	return n;
}

size_t worker_pairs(
	const struct dataset *d, const struct factors *like, struct worker_pair out[WORKER_PAIRS_MOST])
{
	static const char *const lifetimes[] = {"pool", "spawn"};
	size_t n = 0;
	for (size_t l = 0; l < sizeof lifetimes / sizeof *lifetimes; l++) {
		const char *processes[KIND_MOST], *threads[KIND_MOST];
		const size_t p = of_kind(d, like, lifetimes[l], "process", processes);
		const size_t t = of_kind(d, like, lifetimes[l], "thread", threads);
		for (size_t i = 0; p > 0 && i < t && n < WORKER_PAIRS_MOST; i++)
			out[n++] = (struct worker_pair){processes[0], threads[i], lifetimes[l]};
		for (size_t i = 1; t > 0 && i < p && n < WORKER_PAIRS_MOST; i++)
			out[n++] = (struct worker_pair){processes[i], threads[0], lifetimes[l]};
	}
	return n;
}
