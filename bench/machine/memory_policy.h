/* SPDX-License-Identifier: MIT */
/*
 * memory_policy.h - which NUMA nodes new pages come from: the kernel's policies, without libnuma.
 *
 * - default:    as the process was started: on the node of the CPU that touches a page first, or by the
 *               user's numactl
 * - local:      on the node of the CPU that touches a page first, whatever the user's numactl says
 * - interleave: page by page around the nodes that have memory
 * - membind:N   on node N alone, which may have no CPU (HBM, CXL expanders)
 *
 * A policy is a thread's, and passes on to what it creates: threads, forked processes, fresh programs.
 */
#ifndef PARSCALE_BENCH_MACHINE_MEMORY_POLICY_H
#define PARSCALE_BENCH_MACHINE_MEMORY_POLICY_H

#include "base/err.h"

#include <stdbool.h>

enum { MEMORY_NODES = 1024 };

enum memory_how { MEMORY_DEFAULT, MEMORY_LOCAL, MEMORY_INTERLEAVE, MEMORY_MEMBIND };

struct memory_policy {
	enum memory_how how;
	int node; /* of membind */
};

/* From its text. -1 with ERR_USAGE and what is legal. */
int memory_policy_parse(const char *text, struct memory_policy *m, struct err *e);

/* The nodes that have memory, ascending, below a root (tree.h), and may be used by this process: how many. A kernel that
 * tells of no node has node 0. */
int memory_policy_nodes(const char *root, int nodes[MEMORY_NODES]);

/* Whether the machine can do it: -1 with ERR_ABSENT where the node has no memory or is not there. */
int memory_policy_check(const struct memory_policy *m, const char *root, struct err *e);

/* From now on, for pages that this thread and what it creates touch first. Does nothing for `default`. -1 with ERR_FAILED
 * or ERR_ABSENT where the system refuses. */
int memory_policy_apply(const struct memory_policy *m, struct err *e);

/* Whether this thread's is the system's usual one, which no user and no memory_policy_apply has changed. */
bool memory_policy_is_usual(void);

/* Pages that this thread touches first are those of `node` from now on, as far as it has any. Cannot fail. */
void memory_policy_prefer(unsigned node);

#endif
