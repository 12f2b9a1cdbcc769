/* SPDX-License-Identifier: MIT */
/*
 * topology_read.c - chooses the source of the topology: the one that the driver shares, then hwloc,
 * then sysfs; and caches from elsewhere, where they have none.
 */
#include "bench/machine/topology_read.h"

#include <stdio.h>
#include <stdlib.h>

int topology_read(struct topology *t, const char *root, struct err *e)
{
	char why[80] = "";
	*t = (struct topology){0};
	if (root[0] == '\0') {
		if (topology_read_shared(t) == 0)
			return 0;
		if (topology_read_hwloc(t, why, sizeof why, e) == 0) {
			const char *other = t->elsewhere[0] ? getenv("HWLOC_FSROOT") : "";
			topology_note_caches(t, "hwloc");
			if (other)
				topology_fill_caches(t, other, !t->elsewhere[0]);
			return 0;
		}
		if (e->status != ERR_NONE)
			return -1;
	}
	if (topology_read_sysfs(t, root, e) != 0)
		return -1;
	snprintf(t->source, sizeof t->source, why[0] ? "sysfs: %s" : "sysfs", why);
	topology_note_caches(t, "sysfs");
	topology_fill_caches(t, root, root[0] == '\0');
	return 0;
}
