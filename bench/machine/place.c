/* SPDX-License-Identifier: MIT */
/*
 * place.c - placement policies: orders the usable CPUs, and binds threads to them.
 *
 * Each CPU gets one rank per level: its number among the threads of its core, its core's number
 * within the L2, the L2's within the L3, and so on. A policy is a list of these ranks, the most
 * significant first, by which the CPUs are sorted: `smt-last` sorts by thread number first, so that
 * all first threads come before all second ones; `scatter` sorts by the innermost number first, so
 * that neighbours in the order are far apart. A new policy is one line. CPUs come in topology
 * order, where each group is contiguous, so all ranks are computed in one pass.
 */
#include "bench/machine/place.h"

#include "base/system.h"
#include "bench/machine/cpulist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What orders are made of: which of its like a CPU is, counted over the usable ones. Of package and NUMA node the one
 * that contains the other is the outer one. */
enum key {
	KEY_POSITION,  /* in topology order: ends every order, so that none depends on the sort */
	KEY_THREAD,    /* among the threads of its core */
	KEY_KIND,      /* the fastest kind first; of a kind, those outside the L3 last */
	KEY_CORE,      /* its core among the cores of its L2 */
	KEY_L2,        /* that L2 among those of its L3 */
	KEY_L3,        /* that L3 among those of its inner group */
	KEY_INNER,     /* that group among those of its outer one */
	KEY_OUTER,     /* that one on the machine */
	KEY_PACKAGE,   /* its package on the machine */
	KEY_NODE_CORE, /* its core among the cores of its node */
	KEY_ANY_NODE,  /* its node on the machine */
	KEYS
};

struct candidate {
	struct cpu cpu;
	int rank[KEYS];
};

enum kinds { KINDS_ALL, KINDS_FASTEST, KINDS_OTHERS };

static const struct policy {
	const char *name;
	enum kinds kinds;
	enum key keys[KEYS]; /* the most significant first */
} policies[] = {
	{"none", KINDS_ALL, {KEY_THREAD, KEY_KIND, KEY_CORE, KEY_L2, KEY_L3, KEY_INNER, KEY_OUTER}},
	{"compact", KINDS_ALL, {KEY_KIND, KEY_POSITION}},
	{"cores-first", KINDS_ALL, {KEY_PACKAGE, KEY_THREAD, KEY_KIND}},
	{"smt-last", KINDS_ALL, {KEY_THREAD, KEY_KIND}},
	{"scatter", KINDS_ALL, {KEY_THREAD, KEY_KIND, KEY_CORE, KEY_L2, KEY_L3, KEY_INNER, KEY_OUTER}},
	{"numa", KINDS_ALL, {KEY_THREAD, KEY_KIND, KEY_NODE_CORE, KEY_ANY_NODE}},
	{"p-cores", KINDS_FASTEST, {KEY_THREAD}},
	{"e-cores", KINDS_OTHERS, {KEY_THREAD, KEY_KIND}},
};
enum { POLICIES = sizeof policies / sizeof *policies };

const char *place_policy(int i)
{
	return i < POLICIES ? policies[i].name : NULL;
}

static int compare(const void *a, const void *b, void *policy)
{
	const struct candidate *x = a, *y = b;
	for (const enum key *key = ((const struct policy *)policy)->keys;; key++) {
		if (x->rank[*key] != y->rank[*key] || *key == KEY_POSITION)
			return (x->rank[*key] > y->rank[*key]) - (x->rank[*key] < y->rank[*key]);
	}
}

/* Ranks along topology order: a group's members are neighbours, so each count starts again where the group
 * around it begins. A core is one wherever its threads' caches are. */
static void rank(struct candidate *c, int n)
{
	int cores_of_node[CPULIST_LIMIT] = {0};
	bool any_l3 = false;
	for (int i = 0; i < n; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.*): the caller filled all n */
		any_l3 |= c[i].cpu.cache[2].domain >= 0;
	for (int i = 0; i < n; i++) {
		const struct cpu *last = i > 0 ? &c[i - 1].cpu : NULL, *now = &c[i].cpu;
		const int *before = i > 0 ? c[i - 1].rank : NULL;
		const bool same_package = last && now->package == last->package;
		const bool same_node = last && now->node == last->node;
		const bool same_inner = same_package && same_node, same_outer = same_package || same_node;
		const bool same_core = same_inner && now->core == last->core;
		const bool same_l3 =
			same_core || (same_inner && now->cache[2].domain == last->cache[2].domain);
		const bool same_l2 = same_core || (same_l3 && now->cache[1].domain >= 0 &&
							  now->cache[1].domain == last->cache[1].domain);
		int *r = c[i].rank;
		r[KEY_POSITION] = i;
		r[KEY_KIND] = -2 * now->kind + (any_l3 && now->cache[2].domain < 0);
		r[KEY_PACKAGE] = now->package;
		r[KEY_ANY_NODE] = now->node;
		r[KEY_OUTER] = i > 0 ? before[KEY_OUTER] + !same_outer : 0;
		r[KEY_INNER] = same_outer ? before[KEY_INNER] + !same_inner : 0;
		r[KEY_L3] = same_inner ? before[KEY_L3] + !same_l3 : 0;
		r[KEY_L2] = same_l3 ? before[KEY_L2] + !same_l2 : 0;
		r[KEY_CORE] = same_l2 ? before[KEY_CORE] + !same_core : 0;
		r[KEY_NODE_CORE] = same_core ? before[KEY_NODE_CORE] : cores_of_node[now->node]++;
		r[KEY_THREAD] = same_core ? before[KEY_THREAD] + 1 : 0;
	}
}

static const struct policy *find_policy(const char *name)
{
	for (int i = 0; i < POLICIES; i++)
		if (strcmp(policies[i].name, name) == 0)
			return &policies[i];
	return NULL;
}

int place_check(const char *policy, struct err *e)
{
	int none;
	char known[200] = "";
	if (strlen(policy) < PLACE_POLICY_BYTES &&
		(find_policy(policy) || cpulist_parse(policy, &none, 0) > 0))
		return 0;
	for (int i = 0; i < POLICIES; i++)
		snprintf(known + strlen(known), sizeof known - strlen(known), "%s, ", policies[i].name);
	return err_set(e, ERR_USAGE,
		"--placement '%s': expected %sor a list of CPUs such as 0,2-5 (shorter than %d letters)",
		policy, known, PLACE_POLICY_BYTES);
}

/* The usable CPU of this number. */
static const struct cpu *find_cpu(const struct topology *t, int id)
{
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].id == id && t->cpus[i].usable)
			return &t->cpus[i];
	return NULL;
}

/* The CPUs of a list, in its order, each once: beyond them workers take turns anyway. */
static int order_list(struct place *p, const struct topology *t, struct err *e)
{
	int ids[CPULIST_LIMIT];
	int n = cpulist_parse(p->policy, ids, CPULIST_LIMIT);
	p->cpus = malloc((size_t)n * sizeof *p->cpus);
	if (!p->cpus)
		return err_blame(e, CAUSE_MEMORY, "placement: out of memory");
	for (p->count = 0; p->count < n; p->count++) {
		const int id = ids[p->count];
		const struct cpu *c = find_cpu(t, id);
		char legal[200];
		cpulist_format(p->mask, p->mask_count, legal, sizeof legal);
		if (!c)
			return err_set(e, ERR_USAGE, "--placement %s: CPU %d is not usable here; usable: %s",
				p->policy, id, legal);
		for (int i = 0; i < p->count; i++)
			if (p->cpus[i].id == id)
				return err_set(
					e, ERR_USAGE, "--placement %s: CPU %d is named twice", p->policy, id);
		p->cpus[p->count] = *c;
	}
	return 0;
}

static int fastest_kind(const struct topology *t)
{
	int fastest = 0;
	for (int i = 0; i < t->count; i++)
		fastest = t->cpus[i].kind > fastest ? t->cpus[i].kind : fastest;
	return fastest;
}

static int order_policy(struct place *p, const struct policy *policy, const struct topology *t, struct err *e)
{
	const int fastest = fastest_kind(t);
	struct candidate *c = malloc((size_t)t->count * sizeof *c);
	p->cpus = malloc((size_t)t->count * sizeof *p->cpus);
	if (!c || !p->cpus) {
		free(c);
		return err_blame(e, CAUSE_MEMORY, "placement: out of memory");
	}
	for (int i = 0; i < t->count; i++) {
		bool wanted =
			policy->kinds == KINDS_ALL ||
			(fastest > 0 && (policy->kinds == KINDS_FASTEST) == (t->cpus[i].kind == fastest));
		if (wanted && t->cpus[i].usable)
			c[p->count++].cpu = t->cpus[i];
	}
	rank(c, p->count);
	struct policy how = *policy;
	qsort_r(c, (size_t)p->count, sizeof *c, compare, &how);
	for (int i = 0; i < p->count; i++)
		p->cpus[i] = c[i].cpu;
	free(c);
	if (p->count > 0)
		return 0;
	return err_set(e, ERR_ABSENT, "--placement %s: %s", p->policy,
		fastest > 0 ? "the affinity mask leaves no such CPU"
			    : "all cores of this machine are of one kind");
}

static int compare_ids(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int keep_mask(struct place *p, const struct topology *t, struct err *e)
{
	p->mask = malloc((size_t)t->count * sizeof *p->mask);
	if (!p->mask)
		return err_blame(e, CAUSE_MEMORY, "placement: out of memory");
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].usable)
			p->mask[p->mask_count++] = t->cpus[i].id;
	qsort(p->mask, (size_t)p->mask_count, sizeof *p->mask, compare_ids);
	return 0;
}

int place_open(struct place *p, const char *policy, const struct topology *t, struct err *e)
{
	*p = (struct place){0};
	if (place_check(policy, e) != 0)
		return -1;
	const struct policy *named = find_policy(policy);
	snprintf(p->policy, sizeof p->policy, "%s", policy);
	p->bound = named != &policies[0] && system_binds();
	if (keep_mask(p, t, e) == 0 && (named ? order_policy(p, named, t, e) : order_list(p, t, e)) == 0) {
		p->capacity = place_capacity(t, (unsigned)p->count);
		return 0;
	}
	place_close(p);
	return -1;
}

void place_close(struct place *p)
{
	free(p->cpus);
	free(p->mask);
	*p = (struct place){0};
}

int place_cpu(const struct place *p, unsigned worker)
{
	return p->bound ? p->cpus[worker % (unsigned)p->count].id : -1;
}

static int bound(int status, int cpu, struct err *e)
{
	return status == 0 ? 0
			   : err_set(e, ERR_FAILED, "placement: cannot bind to CPU %d: %s", cpu,
				     strerror(status));
}

int place_bind(int cpu, struct err *e)
{
	return bound(cpu < 0 ? 0 : system_bind(&cpu, 1), cpu, e);
}

int place_bind_thread(pthread_t thread, int cpu, struct err *e)
{
	return bound(cpu < 0 ? 0 : system_bind_thread(thread, cpu), cpu, e);
}

void place_restore(const struct place *p)
{
	system_bind(p->mask, p->mask_count);
}

int place_current(void)
{
	return system_cpu();
}
