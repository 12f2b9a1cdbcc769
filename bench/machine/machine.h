/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what makes two hosts alike: CPU, topology, caches, memory.
 *
 * What can change from run to run is in environment.h, how the program was built in build.h. Everything
 * is read only, and a missing file leaves its fact empty.
 */
#ifndef PARSCALE_BENCH_MACHINE_MACHINE_H
#define PARSCALE_BENCH_MACHINE_MACHINE_H

#include "bench/machine/topology.h"

#include <jansson.h>

/* Caches of one level and shape: hybrid CPUs have several of a level. */
struct machine_cache {
	int level; /* 1 to CACHE_LEVELS */
	uint64_t bytes;
	int line;      /* bytes; 0: unknown */
	int count;     /* how many the machine has */
	int shared_by; /* hardware threads */
};

enum { MACHINE_CACHES = 12, MACHINE_KEY_BYTES = 17 };

struct machine {
	char model[96];  /* "AMD EPYC 9554 64-Core Processor"; texts are "" where not available */
	char vendor[48]; /* "AuthenticAMD", "Arm" */
	char arch[66];   /* "x86_64", "aarch64" */
	/* its or the virtual product's name, or "unnamed"; "": bare metal, as far as can be seen */
	char hypervisor[96];
	int packages, nodes, cores, threads;
	int kinds;             /* of cores: 2 on a hybrid CPU */
	uint64_t memory_bytes; /* 0: not available */
	struct machine_cache caches[MACHINE_CACHES];
	int cache_count;
	struct topology topology; /* owned */
};

/* Reads the machine under `root` (tree.h; "" is this one). -1 with ERR_FAILED only without memory. */
int machine_read(struct machine *m, const char *root, struct err *e);

/* Frees the topology; a zeroed machine is legal. */
void machine_free(struct machine *m);

/* A short name, the same for machines that are alike (memory to the GiB): 16 hexadecimal digits. */
void machine_key(const struct machine *m, char key[MACHINE_KEY_BYTES]);

/* As an object, absent facts null; NULL without memory. The caller owns it. */
json_t *machine_json(const struct machine *m);

#endif
