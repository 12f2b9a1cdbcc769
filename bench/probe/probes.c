/* SPDX-License-Identifier: MIT */
/* probes.c - the table of probes, lookup by name, and the parts that all probes share. */
#include "bench/probe/probe.h"

#include "base/number.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

const struct probe *const probes[] = {
#define PROBE(name) &probe_##name,
#include "bench/probe/probes.def"
	NULL};

const struct probe *probe_find(const char *name, struct err *e)
{
	char known[300] = "";
	size_t used = 0;
	for (const struct probe *const *p = probes; *p; p++) {
		if (strcmp((*p)->name, name) == 0)
			return *p;
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", (*p)->name);
	}
	err_set(e, ERR_USAGE, "unknown probe '%s' (known:%s)", name, known);
	return NULL;
}

static const struct {
	enum probe_status status;
	enum err_cause cause;
} failures[] = {{PROBE_WRONG, CAUSE_WRONG}, {PROBE_KILLED, CAUSE_KILLED}, {PROBE_TIMEOUT, CAUSE_TIMEOUT},
	{PROBE_MEMORY, CAUSE_MEMORY}, {PROBE_RESOURCES, CAUSE_RESOURCES}};
enum { FAILURES = sizeof failures / sizeof *failures };

const char *probe_status_name(enum probe_status status)
{
	enum err_cause cause = CAUSE_NONE;
	for (size_t i = 0; i < FAILURES; i++)
		cause = failures[i].status == status ? failures[i].cause : cause;
	return status == PROBE_OK ? "ok" : status == PROBE_ABSENT ? "absent" : err_cause_name(cause);
}

enum probe_status probe_status_of(enum err_cause cause)
{
	for (size_t i = 0; i < FAILURES; i++)
		if (failures[i].cause == cause)
			return failures[i].status;
	return PROBE_FAILED;
}

int probe_run_init(struct probe_run *r, const struct probe *p, bool quick, struct err *e)
{
	struct topology t;
	*r = (struct probe_run){.probe = p, .quick = quick};
	for (size_t i = 0; p->options[i].name; i++)
		r->option[i] = p->options[i].fallback;
	if (topology_read(&t, "", e) != 0)
		return -1;
	int status = topology_check_here(&t, e);
	if (status == 0)
		status = place_open(&r->place, "smt-last", &t, e);
	topology_free(&t);
	if (status != 0)
		return -1;
	for (unsigned i = 0; i < PROBE_CPUS; i++)
		r->cpus[i] = place_cpu(&r->place, i);
	r->two_cpus = r->place.count > 1;
	return 0;
}

void probe_run_free(struct probe_run *r)
{
	place_close(&r->place);
}

int probe_set(struct probe_run *r, const char *name, const char *value, struct err *e)
{
	char what[64];
	snprintf(what, sizeof what, "--%s", name);
	for (size_t i = 0; r->probe->options[i].name; i++) {
		const struct probe_option *o = &r->probe->options[i];
		if (strcmp(o->name, name) == 0)
			return number_parse(what, value, o->lowest, o->highest, &r->option[i], e);
	}
	return err_set(e, ERR_USAGE, "%s: probe %s has no such option", what, r->probe->name);
}

int probe_add(struct probe_run *r, const struct probe_case *c)
{
	if (c->full && r->quick)
		return -1;
	assert(r->count < PROBE_CASES);
	r->cases[r->count] = *c;
	return (int)r->count++;
}

enum probe_status probe_say(struct probe_sample *s, enum probe_status status, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(s->reason, sizeof s->reason, format, arguments);
	va_end(arguments);
	return status;
}

void *probe_shared(size_t bytes)
{
	void *at =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}
