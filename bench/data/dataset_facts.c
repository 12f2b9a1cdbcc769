/* SPDX-License-Identifier: MIT */
/*
 * dataset_facts.c - what the manifest of a results folder says: the machine, its CPUs and caches, and which of these
 * deliver the bytes of a problem. Folders of earlier versions say less; what they lack is unknown, never an error.
 */
#include "bench/data/dataset.h"

#include "base/units.h"
#include "bench/machine/cpulist.h"

#include <stdio.h>
#include <string.h>

/* The value at a path of keys parted by dots; NULL where there is none. */
static json_t *at(const json_t *object, const char *path)
{
	json_t *found = NULL;
	char key[64];
	while (*path) {
		size_t n = strcspn(path, ".");
		if (n >= sizeof key)
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		found = json_object_get(found ? found : object, key);
		if (!found)
			return NULL;
		path += n + (path[n] == '.');
	}
	return found;
}

const char *dataset_text(const struct dataset *d, const char *path)
{
	const char *text = json_string_value(at(d->manifest, path));
	return text && *text ? text : NULL;
}

double dataset_number(const struct dataset *d, const char *path)
{
	const json_t *value = at(d->manifest, path);
	return json_is_number(value) ? json_number_value(value) : NAN;
}

unsigned dataset_cpus(const struct dataset *d)
{
	/* folders of earlier versions have the list alone, which may be cut where it is long */
	const char *affinity = dataset_text(d, "environment.affinity");
	const double usable = dataset_number(d, "machine.usable");
	int named = affinity ? cpulist_parse(affinity, NULL, 0) : 0;
	double cpus = usable > 0  ? usable
		      : named > 0 ? named
				  : dataset_number(d, "machine.threads"),
	       quota = dataset_number(d, "environment.cpu_quota");
	if (!(cpus >= 1 && cpus < 1 << 20))
		return 0;
	return (unsigned)(quota > 0 && quota < cpus ? ceil(quota) : cpus);
}

bool dataset_caches(const struct dataset *d, struct cache_levels *c)
{
	return cache_levels_parse(c, json_object_get(d->manifest, "caches"));
}

uint64_t dataset_cache(const struct dataset *d, int level)
{
	json_int_t least = 0;
	size_t i;
	json_t *cache;
	struct cache_levels found;
	if (level >= 1 && level <= CACHE_LEVELS && dataset_caches(d, &found) &&
		(found.level[level - 1].verdict == CACHE_DIFFERS ||
			found.level[level - 1].verdict == CACHE_UNTOLD))
		return cache_level_used(&found.level[level - 1]);
	json_array_foreach(at(d->manifest, "machine.caches"), i, cache)
	{
		json_int_t bytes = json_integer_value(json_object_get(cache, "bytes"));
		if (json_integer_value(json_object_get(cache, "level")) == level && bytes > 0 &&
			(least == 0 || bytes < least))
			least = bytes;
	}
	return (uint64_t)least;
}

/* Over how many caches of a level the workers' bytes are spread: as the manifest counts them, or else one for each
 * worker, and one L3 of all. */
static double spread_over(const struct dataset *d, int level, double workers)
{
	double count = 0;
	size_t i;
	json_t *cache;
	json_array_foreach(at(d->manifest, "machine.caches"), i, cache)
	{
		if (json_integer_value(json_object_get(cache, "level")) == level)
			count += (double)json_integer_value(json_object_get(cache, "count"));
	}
	return count > 0 ? fmin(workers, count) : level < 3 ? workers : 1;
}

char *dataset_level(const struct dataset *d, double bytes, uint64_t workers, char *text)
{
	double last = 0;
	for (int level = 1; level <= CACHE_LEVELS; level++) {
		const double share = bytes / spread_over(d, level, (double)workers),
			     cache = (double)dataset_cache(d, level);
		if (share <= cache) {
			snprintf(text, UNITS_BYTES, "L%d", level);
			return text;
		}
		last = cache > 0 ? cache * bytes / share : last;
	}
	if (bytes < 2 * last)
		return units_bytes(bytes, text);
	return strcpy(text, "memory");
}

void dataset_machine(const struct dataset *d, char *text, size_t size)
{
	const char *model = dataset_text(d, "machine.model"), *host = dataset_text(d, "machine.hypervisor");
	unsigned cpus = dataset_cpus(d);
	char count[48] = "";
	if (cpus > 0)
		snprintf(count, sizeof count, "%s%u CPU%s", model ? ", " : "", cpus, units_plural(cpus));
	snprintf(text, size, "%s%s%s%s%s", model ? model : "", count, host ? ", virtual machine (" : "",
		host ? host : "", host ? ")" : "");
}
