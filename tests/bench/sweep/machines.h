/* SPDX-License-Identifier: MIT */
/* machines.h - topologies of machines from one CPU to two sockets of 64 cores, for tests of plans. */
#ifndef PARSCALE_TESTS_BENCH_SWEEP_MACHINES_H
#define PARSCALE_TESTS_BENCH_SWEEP_MACHINES_H

#include "bench/machine/place.h"
#include "bench/sweep/plan.h"

#include <math.h>
#include <stdint.h>

struct shape {
	const char *name;
	int packages, fast, slow, threads; /* cores of a package; hardware threads of a fast one */
	int cores_of_l2, cores_of_l3; /* that share one, of the slow ones 4 an L2; cores_of_l3 0: no L3 */
	uint64_t l1, l2, l3, memory;
};

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static const struct shape machine_shapes[] = {
	{"1 CPU", 1, 1, 0, 1, 1, 1, 32 * KIB, 1 * MIB, 32 * MIB, 4 * GIB},
	{"2 CPUs", 1, 2, 0, 1, 1, 2, 32 * KIB, 1 * MIB, 32 * MIB, 24 * GIB},
	{"2 CPUs, host's L3, little memory", 1, 2, 0, 1, 1, 2, 48 * KIB, 1 * MIB, 508 * MIB, 1 * GIB},
	{"8 CPUs, no L3", 1, 8, 0, 1, 4, 0, 64 * KIB, 2 * MIB, 0, 16 * GIB},
	{"8 fast and 16 slow cores", 1, 8, 16, 1, 1, 24, 48 * KIB, 2 * MIB, 36 * MIB, 64 * GIB},
	{"64 cores", 1, 64, 0, 1, 1, 8, 32 * KIB, 1 * MIB, 32 * MIB, 256 * GIB},
	{"2 x 64 cores with SMT", 2, 64, 0, 2, 1, 8, 32 * KIB, 1 * MIB, 32 * MIB, 512 * GIB},
	{"72 Arm cores", 1, 72, 0, 1, 1, 72, 64 * KIB, 1 * MIB, 114 * MIB, 480 * GIB},
};
enum { MACHINES = sizeof machine_shapes / sizeof *machine_shapes, MACHINE_CPUS = 256 };

static void machine_make(const struct shape *s, struct topology *t, struct cpu cpus[MACHINE_CPUS])
{
	int core = 0, l2 = -1, l3 = -1;
	*t = (struct topology){.cpus = cpus, .quota = (double)NAN};
	for (int package = 0; package < s->packages; package++)
		for (int i = 0; i < s->fast + s->slow; i++, core++) {
			const bool slow = i >= s->fast;
			l2 += slow ? (i - s->fast) % 4 == 0 : i % s->cores_of_l2 == 0;
			l3 += s->cores_of_l3 && i % s->cores_of_l3 == 0;
			for (int thread = 0; thread < (slow ? 1 : s->threads); thread++) {
				struct cpu *c = &cpus[t->count];
				*c = (struct cpu){.id = t->count++,
					.package = package,
					.node = package,
					.core = core,
					.thread = thread,
					.kind = s->slow && !slow,
					.usable = true,
					.cache = {{core, 64, slow ? 32 * KIB : s->l1}, {l2, 64, s->l2},
						{s->cores_of_l3 ? l3 : -1, 64, s->l3}}};
			}
		}
}

/* What a plan is read for. */
struct machine_here {
	struct topology topology;
	struct cpu cpus[MACHINE_CPUS];
	struct worker_count counts[WORKER_COUNTS];
	unsigned workers[WORKER_COUNTS];
	bool spare[WORKER_COUNTS];
	struct plan_machine machine;
};

static void machine_plan(const struct shape *s, struct machine_here *h)
{
	machine_make(s, &h->topology, h->cpus);
	h->machine = (struct plan_machine){.workers = h->workers,
		.spare = h->spare,
		.sized = {&h->topology, NULL, (double)s->memory / 2}};
	h->machine.worker_counts = (size_t)place_worker_counts(&h->topology, h->counts, WORKER_COUNTS);
	for (size_t i = 0; i < h->machine.worker_counts; i++) {
		h->workers[i] = h->counts[i].workers;
		h->spare[i] = h->counts[i].spare;
		h->machine.most = h->counts[i].oversubscribed ? h->machine.most : h->workers[i];
	}
}

#endif
