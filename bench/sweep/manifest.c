/* SPDX-License-Identifier: MIT */
/*
 * manifest.c - writes manifest.json: the plan, the machine, the build, and how the sweep ended. It
 * is written before the first launch and again after the last one, so that a killed sweep has one
 * too.
 */
#include "bench/sweep/manifest.h"

#include "bench/data/row_json.h"
#include "bench/data/schema.h"
#include "bench/machine/facts.h"
#include "bench/machine/json_memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(17) };

json_t *manifest_facts(void)
{
	struct facts facts;
	struct err e = {0};
	json_t *json = facts_read(&facts, "", 0.2, &e) == 0 ? facts_json(&facts) : NULL;
	facts_free(&facts);
	return json;
}

static json_t *plan_json(const struct manifest *m)
{
	static const char *const choices[] = {"auto", "measured", "told"};
	const struct plan *p = m->plan;
	json_t *plan = json_object(), *cells = json_array(), *omissions = json_array(), *stops = json_array(),
	       *probed = json_array();
	for (size_t i = 0; i < p->count; i++) {
		char label[PLAN_LABEL];
		json_array_append_new(cells, json_string(plan_label(&p->cells[i].cell, label)));
	}
	for (size_t i = 0; m->stops && i < p->count; i++)
		json_array_append_new(stops, json_string(m->stops[i]));
	for (size_t i = 0; i < p->omitted; i++)
		json_array_append_new(omissions, json_pack("{s:s, s:s}", "cell", p->omissions[i].label,
							 "reason", p->omissions[i].reason));
	for (size_t i = 0; i < p->probe_count; i++)
		json_array_append_new(probed, json_string(p->probes[i]->name));
	json_object_set_new(plan, "file", json_string(m->plan_path));
	json_object_set_new(plan, "meter", json_string(p->meter->name));
	json_object_set_new(plan, "launches", json_integer(p->launches));
	json_object_set_new(plan, "repetitions", json_integer(p->repetitions));
	if (p->sample_share > 0)
		json_object_set_new(plan, "sample_share", json_real(p->sample_share));
	json_object_set_new(plan, "warmup", json_integer(p->warmup));
	json_object_set_new(plan, "counters", json_boolean(p->counters));
	json_object_set_new(plan, "sample_seconds", json_real(p->sample_seconds));
	json_object_set_new(plan, "cap_seconds", json_real(p->cap_seconds));
	json_object_set_new(plan, "timeout_seconds", json_real(p->timeout_seconds));
	if (p->memory_bytes)
		json_object_set_new(plan, "memory_bytes", json_integer((json_int_t)p->memory_bytes));
	json_object_set_new(plan, "budget_seconds", json_real(p->budget_seconds));
	json_object_set_new(plan, "most_launches", json_integer(p->most_launches));
	json_object_set_new(plan, "precision", real_json(p->precision));
	json_object_set_new(plan, "probes", probed);
	json_object_set_new(plan, "probe_cases", json_string(p->probe_cases ? "all" : "quick"));
	json_object_set_new(plan, "probe_seconds", json_real(p->probe_seconds));
	json_object_set_new(plan, "caches", json_string(choices[p->caches_from]));
	json_object_set_new(plan, "canary", json_integer((json_int_t)p->canary));
	json_object_set_new(plan, "cells", cells);
	json_object_set_new(plan, "stops", stops);
	json_object_set_new(plan, "left_out", omissions);
	return plan;
}

/* As folder_others (folder.h) reads it. */
static json_t *pair_json(const struct manifest_pair *p)
{
	if (p->of)
		return json_pack("{s:s, s:s, s:s, s:s}", "id", p->id, "role", "against", "folder",
			p->of->folder, "program", p->of->program);
	json_t *programs = json_array();
	for (size_t i = 0; i < p->others->count; i++)
		json_array_append_new(programs, json_pack("{s:s, s:s}", "folder", p->others->list[i].folder,
							"program", p->others->list[i].program));
	return json_pack("{s:s, s:s, s:o}", "id", p->id, "role", "this", "programs", programs);
}

static json_t *manifest_json(const struct manifest *m, json_t *facts)
{
	char folder[4096];
	json_t *root = json_object(), *argv = json_array();
	for (int i = 0; i < m->argc; i++)
		json_array_append_new(argv, json_string(m->argv[i]));
	json_object_set_new(root, "schema", json_integer(SCHEMA_NOW));
	json_object_set_new(root, "argv", argv);
	if (getcwd(folder, sizeof folder))
		json_object_set_new(root, "directory", json_string(folder));
	json_object_set_new(root, "started", json_real(m->started));
	json_object_set_new(root, "ended", m->end ? json_real(m->ended) : json_null());
	json_object_set_new(root, "end", m->end ? json_string(m->end) : json_null());
	json_object_set_new(root, "seed", json_integer((json_int_t)m->plan->order_seed));
	if (m->pair)
		json_object_set_new(root, "pair", pair_json(m->pair));
	json_object_update(root, facts);
	json_object_set_new(root, "caches", cache_levels_json(&m->plan->caches));
	json_object_set_new(root, "room_bytes", real_json(m->plan->room_bytes));
	json_object_set_new(root, "plan", plan_json(m));
	return root;
}

int manifest_write(const char *dir, const struct manifest *m, json_t *facts, struct err *e)
{
	char path[4200], temporary[4210];
	snprintf(path, sizeof path, "%.4100s/manifest.json", dir);
	snprintf(temporary, sizeof temporary, "%s.new", path);
	json_t *root = manifest_json(m, facts);
	const bool whole = !json_memory_lost();
	const bool written =
		whole && json_dump_file(root, temporary, FLAGS) == 0 && rename(temporary, path) == 0;
	json_decref(root);
	if (written)
		return 0;
	err_blame(e, whole ? CAUSE_NONE : CAUSE_MEMORY, "%s: %s", path,
		whole ? strerror(errno) : "out of memory");
	unlink(temporary);
	return -1;
}
