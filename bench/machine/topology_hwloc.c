/* SPDX-License-Identifier: MIT */
/* topology_hwloc.c - reads the topology by hwloc, where the build has it. */
#include "bench/machine/topology_read.h"

#include "bench/machine/cpulist.h"
#include "config.h"

#include <stdio.h>

#if HAVE_HWLOC
#include <hwloc.h>

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

/* hwloc ranks kinds by efficiency, the most efficient first; kinds it could not rank count as one. */
static int kind_of(hwloc_topology_t loaded, hwloc_obj_t pu)
{
#if HWLOC_API_VERSION >= 0x00020400
	int kind = hwloc_cpukinds_get_by_cpuset(loaded, pu->cpuset, 0), efficiency;
	if (kind >= 0 &&
		hwloc_cpukinds_get_info(loaded, (unsigned)kind, NULL, &efficiency, NULL, NULL, 0) == 0)
		return efficiency < 0 ? 0 : efficiency;
#else
	(void)loaded;
	(void)pu;
#endif
	return 0;
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
	return domain_of(node, 0);
}

static void take_cpu(struct cpu *c, hwloc_topology_t loaded, hwloc_obj_t pu)
{
	static const hwloc_obj_type_t types[CACHE_LEVELS] = {
		HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
	c->id = (int)pu->os_index;
	c->package = domain_of(hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_PACKAGE, pu), 0);
	c->node = node_of(loaded, pu);
	c->core =
		domain_of(hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_CORE, pu), (int)pu->logical_index);
	c->kind = kind_of(loaded, pu);
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
	unsigned version = hwloc_get_api_version();
	snprintf(t->source, sizeof t->source, "hwloc %u.%u", version >> 16, version >> 8 & 0xff);
	return topology_finish(t, e);
}

int topology_read_hwloc(struct topology *t, char *why, size_t why_bytes, struct err *e)
{
	hwloc_topology_t loaded;
	if (load(&loaded) != 0) {
		snprintf(why, why_bytes, "hwloc could not read this machine");
		return -1;
	}
	int status = topology_from_hwloc(t, loaded, e);
	if (status == 0 && hwloc_topology_is_thissystem(loaded))
		topology_apply_limits(t, "");
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
