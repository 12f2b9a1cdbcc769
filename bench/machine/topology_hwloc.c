/* SPDX-License-Identifier: MIT */
/* topology_hwloc.c - reads the topology by hwloc, where the build has it. */
#include "bench/machine/topology_read.h"

#include "bench/machine/cpulist.h"
#include "bench/machine/settings.h"
#include "config.h"

#include <stdio.h>

#if HAVE_HWLOC
#include <hwloc.h>

#include <stdlib.h>
#include <string.h>

/* Caches only: devices would load plug-ins, and the x86 discovery may not move the calling thread around. */
static int load(hwloc_topology_t *loaded)
{
	unsigned long flags = HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED;
#if HWLOC_API_VERSION >= 0x00020500
	flags |= HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING;
#endif
	if (hwloc_topology_init(loaded) != 0)
		return -1;
	if (hwloc_topology_set_flags(*loaded, flags) == 0 && hwloc_topology_load(*loaded) == 0)
		return 0;
	hwloc_topology_destroy(*loaded);
	return -1;
}

#if HWLOC_API_VERSION >= 0x00020400
static int64_t number_in(const struct hwloc_info_s *infos, unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(infos[i].name, name) == 0)
			return strtoll(infos[i].value, NULL, 10);
	return 0;
}

static bool is_in(const struct hwloc_info_s *infos, unsigned count, const char *name, const char *value)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(infos[i].name, name) == 0 && strcmp(infos[i].value, value) == 0)
			return true;
	return false;
}
#endif

/* Kinds of a machine whose files are out of reach: by the speeds that hwloc kept, judged as all are (topology_kinds.c);
 * without any, by its own ranking, in which the most efficient comes first and kinds it could not rank count as one. */
static int rank_by_hwloc(struct topology *t, hwloc_topology_t loaded)
{
#if HWLOC_API_VERSION >= 0x00020400
	struct cpu_speed *speed = calloc((size_t)t->count, sizeof *speed);
	bool told = false;
	if (!speed)
		return -1;
	for (int i = 0; i < t->count; i++) {
		hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(loaded, (unsigned)t->cpus[i].id);
		struct hwloc_info_s *infos;
		unsigned count;
		int kind = hwloc_cpukinds_get_by_cpuset(loaded, pu->cpuset, 0), efficiency;
		if (kind < 0 || hwloc_cpukinds_get_info(
					loaded, (unsigned)kind, NULL, &efficiency, &count, &infos, 0) != 0)
			continue;
		t->cpus[i].kind = efficiency < 0 ? 0 : efficiency;
		speed[i] = (struct cpu_speed){.fast = is_in(infos, count, "CoreType", "IntelCore"),
			.capacity = number_in(infos, count, "LinuxCapacity"),
			.max_khz = 1000 * number_in(infos, count, "FrequencyMaxMHz")};
		told |= speed[i].fast || speed[i].capacity > 0 || speed[i].max_khz > 0;
	}
	int status = told ? topology_rank_kinds(t, speed) : 0;
	free(speed);
	return status;
#else
	(void)t;
	(void)loaded;
	return 0;
#endif
}

/* Under HWLOC_FSROOT hwloc reads another root's files, and so do we. */
static int rank_kinds(struct topology *t, hwloc_topology_t loaded)
{
	const char *root = hwloc_topology_is_thissystem(loaded) ? "" : getenv("HWLOC_FSROOT");
	bool told = false;
	if (root && topology_sysfs_kinds(t, root, &told) != 0)
		return -1;
	return told ? 0 : rank_by_hwloc(t, loaded);
}

/* An object's place among its like, which topology_finish can renumber; a machine of more than that is
 * nobody's. */
static int domain_of(hwloc_obj_t o, int otherwise)
{
	return o && o->logical_index < CPULIST_LIMIT ? (int)o->logical_index : otherwise;
}

static int node_of(hwloc_topology_t loaded, hwloc_obj_t pu)
{
	int os_index = pu->nodeset ? hwloc_bitmap_first(pu->nodeset) : -1;
	hwloc_obj_t node =
		os_index < 0 ? NULL : hwloc_get_numanode_obj_by_os_index(loaded, (unsigned)os_index);
	return domain_of(node, -1);
}

/* What stands for an object that is missing: a number that no such object has. */
static int apart(hwloc_topology_t loaded, hwloc_obj_type_t type, hwloc_obj_t pu)
{
	const int beyond = hwloc_get_nbobjs_by_type(loaded, type) + (int)pu->logical_index;
	return beyond < CPULIST_LIMIT ? beyond : 0;
}

/* CPUs of no node count to the first that has any; nodes of memory alone are counted. */
static void settle_nodes(struct topology *t, hwloc_topology_t loaded)
{
	int first = CPULIST_LIMIT;
	hwloc_obj_t node = NULL;
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].node >= 0 && t->cpus[i].node < first)
			first = t->cpus[i].node;
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].node < 0)
			t->cpus[i].node = first < CPULIST_LIMIT ? first : 0;
	while ((node = hwloc_get_next_obj_by_type(loaded, HWLOC_OBJ_NUMANODE, node)))
		t->memory_nodes += hwloc_bitmap_iszero(node->cpuset);
}

static void take_cpu(struct cpu *c, hwloc_topology_t loaded, hwloc_obj_t pu)
{
	static const hwloc_obj_type_t types[CACHE_LEVELS] = {
		HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
	c->id = (int)pu->os_index;
	c->package = domain_of(hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_PACKAGE, pu),
		hwloc_get_nbobjs_by_type(loaded, HWLOC_OBJ_PACKAGE) > 0 ? apart(loaded, HWLOC_OBJ_PACKAGE, pu)
									: 0);
	c->node = node_of(loaded, pu);
	c->core = domain_of(hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_CORE, pu),
		apart(loaded, HWLOC_OBJ_CORE, pu));
	for (int level = 0; level < CACHE_LEVELS; level++) {
		hwloc_obj_t cache = hwloc_get_ancestor_obj_by_type(loaded, types[level], pu);
		if (!cache)
			continue;
		c->cache[level].domain = domain_of(cache, -1);
		c->cache[level].bytes = cache->attr->cache.size;
		c->cache[level].line = (int)cache->attr->cache.linesize;
	}
}

int topology_from_hwloc(struct topology *t, struct hwloc_topology *loaded, struct err *e)
{
	if (topology_allocate(t, hwloc_get_nbobjs_by_type(loaded, HWLOC_OBJ_PU), e) != 0)
		return -1;
	for (int i = 0; i < t->count; i++)
		take_cpu(&t->cpus[i], loaded, hwloc_get_obj_by_type(loaded, HWLOC_OBJ_PU, (unsigned)i));
	settle_nodes(t, loaded);
	if (rank_kinds(t, loaded) != 0) {
		topology_free(t);
		return err_blame(e, CAUSE_MEMORY, "topology: out of memory");
	}
	unsigned version = hwloc_get_api_version();
	snprintf(t->source, sizeof t->source, "hwloc %u.%u", version >> 16, version >> 8 & 0xff);
	return topology_finish(t, e);
}

static void note_elsewhere(struct topology *t)
{
	const char *by = settings_first(SETTING_TOPOLOGY);
	char source[sizeof t->source];
	snprintf(t->elsewhere, sizeof t->elsewhere, "%s", by ? by : "HWLOC_*");
	snprintf(source, sizeof source, "%.40s, simulated by %s", t->source, t->elsewhere);
	memcpy(t->source, source, sizeof source);
}

int topology_read_hwloc(struct topology *t, char *why, size_t why_bytes, struct err *e)
{
	hwloc_topology_t loaded;
	if (load(&loaded) != 0) {
		snprintf(why, why_bytes, "hwloc could not read this machine");
		return -1;
	}
	int status = topology_from_hwloc(t, loaded, e);
	/* HWLOC_THISSYSTEM can claim it of any machine */
	if (status == 0 && hwloc_topology_is_thissystem(loaded) && topology_is_here(t))
		status = topology_apply_limits(t, "", e);
	else if (status == 0)
		note_elsewhere(t);
	hwloc_topology_destroy(loaded);
	return status;
}

#else

int topology_from_hwloc(struct topology *t, struct hwloc_topology *loaded, struct err *e)
{
	(void)loaded;
	*t = (struct topology){0};
	return err_set(e, ERR_ABSENT, "%s", MISSING_HWLOC);
}

int topology_read_hwloc(struct topology *t, char *why, size_t why_bytes, struct err *e)
{
	(void)t;
	(void)e;
	snprintf(why, why_bytes, "%s", MISSING_HWLOC);
	return -1;
}

#endif
