/* SPDX-License-Identifier: MIT */
/* facts.c - machine, environment, build, noise and findings together, as structs and as JSON. */
#include "bench/machine/facts.h"

#include "bench/machine/build.h"
#include "bench/machine/counters.h"
#include "bench/machine/settings.h"
#include "bench/machine/tree.h"

#include <stdio.h>
#include <sys/utsname.h>

int facts_read(struct facts *f, const char *root, double noise_seconds, struct err *e)
{
	*f = (struct facts){0};
	if (machine_read(&f->machine, root, e) != 0)
		return -1;
	/* Before the measurement, which is a load itself. */
	environment_read(&f->environment, root);
	f->here = root[0] == '\0';
	struct utsname name;
	snprintf(f->host, sizeof f->host, "%s", f->here && uname(&name) == 0 ? name.nodename : "");
	tree_clean(f->host);
	if (f->here)
		counters_missing(f->counters, sizeof f->counters);
	counters_energy_missing(root, f->energy, sizeof f->energy);
	if (noise_seconds > 0)
		noise_measure(&f->noise, noise_seconds);
	return 0;
}

void facts_free(struct facts *f)
{
	machine_free(&f->machine);
}

int facts_grade(const struct facts *f, struct finding *findings, int room)
{
	const struct grade_input s = {.machine = &f->machine,
		.environment = &f->environment,
		.energy = f->energy,
		.noise = f->noise.quanta > 0 ? &f->noise : NULL,
		.counters = f->here ? f->counters : NULL};
	return grade_all(&s, findings, room);
}

int facts_worker_counts(const struct facts *f, struct worker_count counts[WORKER_COUNTS])
{
	return place_worker_counts(&f->machine.topology, counts, WORKER_COUNTS);
}

int facts_sizes(const struct facts *f, uint64_t sizes[CACHE_SIZES])
{
	struct place all;
	struct err e = {0};
	if (place_open(&all, "smt-last", &f->machine.topology, &e) != 0)
		return e.status == ERR_FAILED ? -1 : 0;
	int n = cache_sizes(place_caches(&all, (unsigned)all.count), f->environment.memory_available_bytes,
		sizes, CACHE_SIZES);
	place_close(&all);
	return n;
}

static json_t *findings_json(const struct facts *f)
{
	struct finding findings[GRADE_TOPICS];
	json_t *list = json_array();
	int n = facts_grade(f, findings, GRADE_TOPICS);
	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "topic", findings[i].topic, "grade",
						    grade_name(findings[i].grade), "says", findings[i].says));
	return list;
}

static json_t *noise_json(const struct noise *n)
{
	if (n->quanta == 0)
		return json_null();
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f}", "quanta", (json_int_t)n->quanta, "quantum_us",
		n->quantum_us, "median_percent", n->median_percent, "lost_percent", n->lost_percent,
		"longest_us", n->longest_us, "resolution_ns", n->resolution_ns);
}

json_t *facts_json(const struct facts *f)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "machine", machine_json(&f->machine), "host",
		f->host, "environment", environment_json(&f->environment), "settings", settings_json(),
		"build", build_json(), "noise", noise_json(&f->noise), "findings", findings_json(f));
}
