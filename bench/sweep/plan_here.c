/* SPDX-License-Identifier: MIT */
/*
 * plan_here.c - reads a plan for this machine: answers what it asks for (worker counts, cache
 * sizes).
 */
#include "bench/sweep/plan_here.h"

#include "bench/machine/facts.h"

int plan_read_here(struct plan *p, const char *path, const struct opening *opening, struct err *e)
{
	struct facts facts;
	struct worker_count counts[WORKER_COUNTS];
	unsigned workers[WORKER_COUNTS], most = 1;
	bool spare[WORKER_COUNTS];
	uint64_t sizes[CACHE_SIZES];
	int status = facts_read(&facts, "", 0, e);
	if (status == 0) {
		topology_share(&facts.machine.topology); /* what is told: launches know the same machine */
		cache_levels_apply(&opening->caches, &facts.machine.topology);
		int n = facts_worker_counts(&facts, counts);
		for (int i = 0; i < n; i++) {
			workers[i] = counts[i].workers;
			spare[i] = counts[i].spare;
			most = counts[i].oversubscribed ? most : workers[i];
		}
		const int found = facts_sizes(&facts, sizes);
		const struct plan_machine machine = {.workers = workers,
			.spare = spare,
			.worker_counts = (size_t)n,
			.most = most,
			.sizes = sizes,
			.size_count = found > 0 ? (size_t)found : 0,
			.sized = {&facts.machine.topology, &opening->caches, opening->room_bytes}};
		status = found < 0 ? err_set(e, ERR_FAILED, "out of memory for the sizes of the plan")
				   : plan_read(p, path, &machine, e);
	}
	facts_free(&facts);
	return status;
}
