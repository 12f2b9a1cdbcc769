/* SPDX-License-Identifier: MIT */
/*
 * memory_policy.c - sets memory policies by the system calls themselves (set_mempolicy(2)), so that no
 * library is needed for three of them.
 *
 * Which nodes there are is read where Linux tells which have memory (has_memory; kernels without
 * that file have it in `online`), and cut down to what the cpuset allows.
 */
#include "bench/machine/memory_policy.h"

#include "base/number.h"
#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORD = 8 * sizeof(unsigned long), WORDS = MEMORY_NODES / WORD };

int memory_policy_parse(const char *text, struct memory_policy *m, struct err *e)
{
	static const char *const names[] = {
		[MEMORY_DEFAULT] = "default", [MEMORY_LOCAL] = "local", [MEMORY_INTERLEAVE] = "interleave"};
	static const char bind[] = "membind:";
	uint64_t node;
	*m = (struct memory_policy){.how = MEMORY_DEFAULT};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(text, names[i]) == 0) {
			m->how = (enum memory_how)i;
			return 0;
		}
	if (strncmp(text, bind, sizeof bind - 1) != 0)
		return err_set(e, ERR_USAGE,
			"--memory-policy: '%.40s' is not one of default, local, interleave, membind:NODE",
			text);
	if (number_parse("--memory-policy: node", text + sizeof bind - 1, 0, MEMORY_NODES - 1, &node, e) != 0)
		return -1;
	*m = (struct memory_policy){.how = MEMORY_MEMBIND, .node = (int)node};
	return 0;
}

/* Keeps those that are in the list of /proc/self/status, if it has one. */
static int keep_allowed(const char *root, int *nodes, int n)
{
	char list[4096] = "";
	int allowed[MEMORY_NODES], kept = 0;
	char *status = tree_whole(root, "/proc/self/status");
	if (status)
		tree_field(status, "Mems_allowed_list", list, sizeof list);
	free(status);
	int count = cpulist_parse(list, allowed, MEMORY_NODES);
	if (count <= 0)
		return n;
	count = count < MEMORY_NODES ? count : MEMORY_NODES;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < count; k++)
			if (allowed[k] == nodes[i]) {
				nodes[kept++] = nodes[i];
				break;
			}
	return kept;
}

int memory_policy_nodes(const char *root, int nodes[MEMORY_NODES])
{
	int n = tree_cpulist(root, nodes, MEMORY_NODES, "/sys/devices/system/node/has_memory");
	if (n <= 0)
		n = tree_cpulist(root, nodes, MEMORY_NODES, "/sys/devices/system/node/online");
	if (n <= 0) {
		nodes[0] = 0;
		return 1;
	}
	return keep_allowed(root, nodes, n < MEMORY_NODES ? n : MEMORY_NODES);
}

int memory_policy_check(const struct memory_policy *m, const char *root, struct err *e)
{
	int nodes[MEMORY_NODES];
	char list[200] = "none";
	if (m->how != MEMORY_MEMBIND)
		return 0;
	const int n = memory_policy_nodes(root, nodes);
	for (int i = 0; i < n; i++)
		if (nodes[i] == m->node)
			return 0;
	if (n > 0)
		cpulist_format(nodes, n, list, sizeof list);
	return err_set(e, ERR_ABSENT, "--memory-policy: node %d has no memory here; nodes that have: %s",
		m->node, list);
}

static void add_node(unsigned long mask[WORDS], int node)
{
	mask[node / (int)WORD] |= 1UL << node % (int)WORD;
}

/* The kernel reads one bit less than it is told of. */
static long set_policy(int mode, const unsigned long *mask)
{
	return syscall(SYS_set_mempolicy, mode, mask, mask ? MEMORY_NODES + 1UL : 0UL);
}

int memory_policy_apply(const struct memory_policy *m, struct err *e)
{
	unsigned long mask[WORDS + 1] = {0};
	int nodes[MEMORY_NODES];
	long status = 0;
	if (memory_policy_check(m, "", e) != 0)
		return -1;
	switch (m->how) {
	case MEMORY_DEFAULT:
		return 0;
	case MEMORY_LOCAL:
		status = set_policy(MPOL_LOCAL, NULL);
		break;
	case MEMORY_INTERLEAVE:
		for (int i = memory_policy_nodes("", nodes); i-- > 0;)
			add_node(mask, nodes[i]);
		status = set_policy(MPOL_INTERLEAVE, mask);
		break;
	case MEMORY_MEMBIND:
		add_node(mask, m->node);
		status = set_policy(MPOL_BIND, mask);
		break;
	}
	return status == 0 ? 0
			   : err_set(e, errno == ENOSYS ? ERR_ABSENT : ERR_FAILED,
				     "--memory-policy: the system refuses it: %s", strerror(errno));
}

bool memory_policy_is_usual(void)
{
	int mode = MPOL_DEFAULT;
	return syscall(SYS_get_mempolicy, &mode, NULL, 0UL, NULL, 0UL) == 0 && mode == MPOL_DEFAULT;
}

void memory_policy_prefer(unsigned node)
{
	unsigned long mask[WORDS + 1] = {0};
	if (node >= MEMORY_NODES)
		return;
	add_node(mask, (int)node);
	set_policy(MPOL_PREFERRED, mask);
}
