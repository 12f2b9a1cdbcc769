/* SPDX-License-Identifier: MIT */
/*
 * info.c - the command `info`: the machine, its environment and fitness for measuring, placement
 * orders, and the parts that this build or machine lacks.
 */
#include "bench/commands/info.h"

#include "base/number.h"
#include "base/options.h"
#include "base/signals.h"
#include "base/units.h"
#include "base/wrap.h"
#include "bench/backend/backend.h"
#include "bench/commands/command.h"
#include "bench/harness/launcher.h"
#include "bench/harness/meter.h"
#include "bench/machine/build.h"
#include "bench/machine/cpulist.h"
#include "bench/machine/json_memory.h"
#include "bench/machine/place.h"
#include "bench/machine/settings.h"
#include "bench/machine/tree.h"
#include "bench/sweep/opening.h"
#include "kernels/cpu.h"
#include "kernels/kernel.h"

#include <stdlib.h>
#include <string.h>

#define INCOMPLETE "info: incomplete: "

static void print_text(FILE *out, const char *name, const char *value)
{
	fprintf(out, "  %-16s %s\n", name, value[0] ? value : "not available");
}

static void print_topic(FILE *out, const char *kind, const char *topic, const char *says)
{
	char head[100];
	snprintf(head, sizeof head, "  %-8s %s", kind, topic);
	wrap_entry(out, head, 29, says, WRAP_PAGE);
}

/* What is not told of a cache is said so, or left out. */
static void print_cache(const struct machine_cache *c, const char *source, FILE *out)
{
	char bytes[UNITS_BYTES], lines[48] = "";
	if (c->line > 0)
		snprintf(lines, sizeof lines, "lines of %d bytes, ", c->line);
	fprintf(out, "  L%-15d %d %s%s, %seach for %d hardware thread%s%s%s%s\n", c->level, c->count,
		c->bytes ? "x " : "of ", c->bytes ? units_bytes((double)c->bytes, bytes) : "unknown size",
		lines, c->shared_by, units_plural((uint64_t)c->shared_by), *source ? " (" : "", source,
		*source ? ")" : "");
}

static void print_machine(const struct machine *m, FILE *out)
{
	char key[MACHINE_KEY_BYTES], bytes[UNITS_BYTES], text[200];
	machine_key(m, key);
	fprintf(out, "machine\n");
	print_text(out, "model", m->model);
	print_text(out, "vendor", m->vendor);
	print_text(out, "architecture", m->arch);
	print_text(out, "hypervisor", m->hypervisor[0] ? m->hypervisor : "none in sight");
	snprintf(text, sizeof text,
		"%d package%s, %d NUMA node%s, %d core%s, %d hardware thread%s, %d kind%s of core",
		m->packages, units_plural((uint64_t)m->packages), m->nodes, units_plural((uint64_t)m->nodes),
		m->cores, units_plural((uint64_t)m->cores), m->threads, units_plural((uint64_t)m->threads),
		m->kinds, units_plural((uint64_t)m->kinds));
	print_text(out, "topology", text);
	if (m->topology.memory_nodes > 0) {
		snprintf(text, sizeof text, "%d NUMA node%s, which no placement uses",
			m->topology.memory_nodes, units_plural((uint64_t)m->topology.memory_nodes));
		print_text(out, "memory alone", text);
	}
	for (int i = 0; i < m->cache_count; i++)
		print_cache(&m->caches[i], m->topology.cache_source[m->caches[i].level - 1], out);
	print_text(out, "memory", m->memory_bytes ? units_bytes((double)m->memory_bytes, bytes) : "");
	print_text(out, "read from", m->topology.source);
	print_text(out, "key", key);
}

static void print_environment(const struct environment *env, FILE *out)
{
	fprintf(out, "\nenvironment\n");
	for (const struct fact *f = environment_facts; f->name; f++) {
		char value[FACT_LINE_BYTES], text[FACT_LINE_BYTES + 24], bytes[UNITS_BYTES], name[40];
		environment_text(env, f, value, sizeof value);
		if (value[0] && strcmp(f->unit, "bytes") == 0)
			snprintf(text, sizeof text, "%s", units_bytes(strtod(value, NULL), bytes));
		else
			snprintf(text, sizeof text, "%s %s", value[0] ? value : "-", value[0] ? f->unit : "");
		snprintf(name, sizeof name, "  %s", f->name);
		wrap_entry(out, name, 26, text, WRAP_PAGE);
	}
}

/* Variables that steer threads, ranks, topology and waiting, and what becomes of each. */
static void print_settings(FILE *out)
{
	struct setting_found found[SETTINGS_MOST];
	int n = settings_found(found, SETTINGS_MOST);
	fprintf(out, "\nsettings of the environment that steer runtimes (docs/environment.md)\n");
	for (int i = 0; i < n; i++) {
		char head[FACT_LINE_BYTES];
		snprintf(head, sizeof head, "  %s", found[i].variable);
		tree_clean(head);
		wrap_entry(out, head, 34, setting_says(&found[i]), WRAP_PAGE);
	}
	if (n == 0)
		fprintf(out, "  none\n");
}

/* The CPUs in a policy's order, as far as a line takes them. */
static int print_policy(const struct topology *t, const char *policy, FILE *out)
{
	enum { LINE = 72 };
	char text[LINE + 1];
	struct err e = {0};
	struct place p;
	int ids[CPULIST_LIMIT];
	if (place_open(&p, policy, t, &e) != 0)
		return e.status == ERR_FAILED ? -1
					      : 0; /* policies that are not for this machine are left out */
	for (int i = 0; i < p.count; i++)
		ids[i] = p.cpus[i].id;
	size_t length = cpulist_format(ids, p.count, text, sizeof text);
	fprintf(out, "  %-16s %s%s\n", policy, text, length > LINE ? "..." : "");
	place_close(&p);
	return 0;
}

static int print_placement(const struct facts *facts, FILE *out)
{
	struct worker_count counts[WORKER_COUNTS];
	int n = facts_worker_counts(facts, counts), status = 0;
	fprintf(out, "\nplacement: the CPUs of workers 0, 1, ...\n");
	for (int i = 0; place_policy(i); i++)
		if (strcmp(place_policy(i), "none") != 0 &&
			print_policy(&facts->machine.topology, place_policy(i), out) != 0)
			status = -1;
	fprintf(out, "\nworker counts worth measuring\n");
	for (int i = 0; i < n; i++)
		fprintf(out, "  %u%s%s%s%s\n", counts[i].workers, counts[i].edge ? ": " : "",
			counts[i].edge ? counts[i].edge : "",
			counts[i].oversubscribed ? " (oversubscribed)" : "",
			counts[i].spare ? " (where a curve bends)" : "");
	return status;
}

static int print_sizes(const struct facts *facts, FILE *out)
{
	uint64_t sizes[CACHE_SIZES];
	char bytes[UNITS_BYTES];
	int n = facts_sizes(facts, sizes);
	char text[CACHE_SIZES * (UNITS_BYTES + 2)] = "";
	fprintf(out, "\nsizes worth measuring, by a worker's caches when all work\n");
	for (int i = 0; i < n; i++) {
		strcat(text, i ? ", " : "");
		strcat(text, units_bytes((double)sizes[i], bytes));
	}
	wrap_entry(out, "", 2, n > 0 ? text : "not available", WRAP_PAGE);
	return n < 0 ? -1 : 0;
}

static void print_findings(const struct facts *f, FILE *out)
{
	struct finding findings[GRADE_TOPICS];
	int n = facts_grade(f, findings, GRADE_TOPICS);
	fprintf(out, "\nfit to measure\n");
	for (int i = 0; i < n; i++)
		print_topic(out, grade_name(findings[i].grade), findings[i].topic, findings[i].says);
}

int info_print(const struct facts *facts, FILE *out)
{
	print_machine(&facts->machine, out);
	print_environment(&facts->environment, out);
	if (facts->here)
		print_settings(out);
	const bool placed = print_placement(facts, out) == 0, sized = print_sizes(facts, out) == 0;
	print_findings(facts, out);
	return placed && sized ? 0 : -1;
}

/* Calls `take` for everything that this build or machine lacks. */
typedef void lack_fn(void *ctx, const char *what, const char *name, const char *why);

static void each_lack(lack_fn *take, void *ctx)
{
	char why[120];
	for (const struct kernel *const *k = kernels; *k; k++)
		for (const struct variant *const *v = (*k)->variants; *v; v++) {
			const char *missing = variant_missing(*v, cpu_features(), why), *name = (*k)->name;
			char both[80];
			snprintf(both, sizeof both, "%s %s", name, (*v)->name);
			if (missing)
				take(ctx, "variant", both, missing);
		}
	for (const struct backend *const *b = backends; *b; b++)
		if ((*b)->missing)
			take(ctx, "backend", (*b)->name, (*b)->missing);
	for (const struct meter *m = meters; m->name; m++)
		if (m->missing)
			take(ctx, "meter", m->name, m->missing);
	for (const struct build_fact *f = build_facts(); f->name; f++)
		if (f->missing)
			take(ctx, "build", f->name, f->missing);
}

static void print_lack(void *ctx, const char *what, const char *name, const char *why)
{
	printf("%s", *(int *)ctx ? "" : "\nmissing\n");
	print_topic(stdout, what, name, why);
	*(int *)ctx = 1;
}

/* Whether there is what would start ranks; else why not. *e where nobody could be asked. */
static bool find_launcher(struct launcher *l, struct err *why, struct err *e)
{
	*why = (struct err){0};
	if (launcher_find(l, why) == 0)
		return true;
	if (why->cause != CAUSE_NONE)
		err_set(e, ERR_FAILED, INCOMPLETE "the launcher of ranks: %.400s", why->text);
	return false;
}

/* Empty where there is no program for ranks. */
static void launcher_line(char *text, size_t room, struct err *e)
{
	struct launcher l;
	struct err why;
	text[0] = '\0';
	if (backend_mpi.missing)
		return;
	if (!find_launcher(&l, &why, e))
		snprintf(text, room, "none: %.400s", why.text);
	else
		snprintf(text, room, "%s: %s, dialect %s (%s)", l.command,
			*l.version ? l.version : "unknown version", launcher_dialect_name(l.dialect), l.from);
}

static json_t *launcher_json(struct err *e)
{
	struct launcher l;
	struct err why;
	if (backend_mpi.missing || !find_launcher(&l, &why, e))
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s}", "command", l.command, "version", l.version, "dialect",
		launcher_dialect_name(l.dialect), "from", l.from);
}

static void print_build(struct err *e)
{
	char launcher[LAUNCHER_COMMAND + 200];
	int begun = 0;
	printf("\nbuild\n");
	for (const struct build_fact *f = build_facts(); f->name; f++)
		print_text(stdout, f->name, f->value ? f->value : "");
	launcher_line(launcher, sizeof launcher, e);
	if (*launcher)
		wrap_entry(stdout, "  launcher", 19, launcher, WRAP_PAGE);
	each_lack(print_lack, &begun);
}

static void append_lack(void *ctx, const char *what, const char *name, const char *why)
{
	json_array_append_new(ctx, json_pack("{s:s, s:s, s:s}", "what", what, "name", name, "why", why));
}

static json_t *counts_json(const struct facts *facts)
{
	struct worker_count counts[WORKER_COUNTS];
	json_t *list = json_array();
	int n = facts_worker_counts(facts, counts);
	for (int i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:i, s:s?, s:b}", "workers", (int)counts[i].workers, "edge",
				      counts[i].edge, "oversubscribed", counts[i].oversubscribed));
	return list;
}

static json_t *sizes_json(const struct facts *facts)
{
	uint64_t sizes[CACHE_SIZES];
	json_t *list = json_array();
	int n = facts_sizes(facts, sizes);
	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)sizes[i]));
	return list;
}

/* The CPUs of each policy that is possible here, in its order. */
static json_t *placement_json(const struct facts *facts, bool *whole)
{
	json_t *object = json_object();
	for (int i = 0; place_policy(i); i++) {
		struct err e = {0};
		struct place p;
		if (strcmp(place_policy(i), "none") == 0 ||
			place_open(&p, place_policy(i), &facts->machine.topology, &e) != 0) {
			*whole &= e.status != ERR_FAILED;
			continue;
		}
		json_t *cpus = json_array();
		for (int j = 0; j < p.count; j++)
			json_array_append_new(cpus, json_integer(p.cpus[j].id));
		json_object_set_new(object, place_policy(i), cpus);
		place_close(&p);
	}
	return object;
}

static int print_json(const struct facts *f, const struct cache_levels *caches, struct err *e)
{
	bool whole = true;
	json_t *all = facts_json(f), *lacks = json_array();
	if (!all || !lacks) {
		json_decref(all);
		json_decref(lacks);
		return err_set(e, ERR_FAILED, "info: out of memory");
	}
	each_lack(append_lack, lacks);
	if (caches)
		json_object_set_new(all, "caches", cache_levels_json(caches));
	json_object_set_new(all, "missing", lacks);
	json_object_set_new(all, "launcher", launcher_json(e));
	json_object_set_new(all, "placement", placement_json(f, &whole));
	json_object_set_new(all, "worker_counts", counts_json(f));
	json_object_set_new(all, "size_bytes", sizes_json(f));
	json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	putchar('\n');
	json_decref(all);
	return whole && !json_memory_lost() ? 0 : -1;
}

/* Whether a second look finds the same machine: hwloc does not tell what it had no memory or descriptors to read. */
static bool seen_twice(const struct machine *m)
{
	struct machine again;
	struct err ignored = {0};
	char key[2][MACHINE_KEY_BYTES];
	if (machine_read(&again, "", &ignored) != 0)
		return false;
	machine_key(m, key[0]);
	machine_key(&again, key[1]);
	const bool same = strcmp(key[0], key[1]) == 0 && topology_same(&m->topology, &again.topology);
	machine_free(&again);
	return same;
}

/* -1 where something is missing above for lack of memory or descriptors. */
static int check_whole(const struct facts *f, bool same, int printed, struct err *e)
{
	if (e->status != ERR_NONE)
		return -1;
	if (*tree_trouble())
		return err_set(e, ERR_FAILED, INCOMPLETE "%s", tree_trouble());
	if (printed != 0 || f->noise.quanta == 0)
		return err_set(e, ERR_FAILED, INCOMPLETE "out of memory for %s",
			printed != 0 ? "placements and sizes" : "the noise");
	return same ? 0
		    : err_set(e, ERR_FAILED,
			      INCOMPLETE "the topology: a second look finds another (memory, descriptors)");
}

/* What the probe `cache` finds, beside what is told. */
static void print_caches(const struct cache_levels *c)
{
	char text[CACHE_TEXT], ns[UNITS_BYTES], line[CACHE_TEXT + UNITS_BYTES], head[16];
	printf("\ncaches, told and measured (parscale probe cache)\n");
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		snprintf(head, sizeof head, "  L%zu", i + 1);
		if (c->level[i].verdict != CACHE_NONE)
			wrap_entry(stdout, head, 19, cache_level_text(&c->level[i], text), WRAP_PAGE);
	}
	if (!c->measured) {
		print_text(stdout, "not measured", c->note);
		return;
	}
	snprintf(line, sizeof line, "%s, %s", units_time(c->memory_ns, ns), cache_memory_text(c, text));
	wrap_entry(stdout, "  memory", 19, line, WRAP_PAGE);
}

struct info_args {
	unsigned format; /* enum format */
	bool caches;
};

static const struct option_spec specs[] = {
	OPTION_CHOICE("format", struct info_args, format, "text|json", "output format (default: text)"),
	OPTION_FLAG("caches", struct info_args, caches,
		"measure the caches too (below 10 s), and show them beside what the system tells"),
	{0}};

static const struct options options = {
	.usage = "parscale info [--format text|json] [--caches]",
	.about =
		"Describes the machine, the environment, placement orders and worker counts, lists what disturbs measurements here with advice, and shows the build and what it lacks. "
		"Takes 0.3 s to measure system noise; changes nothing.",
	.table = specs,
};

int info_main(int argc, char **argv, struct err *e)
{
	struct facts facts;
	struct info_args a = {.format = FORMAT_TEXT};
	struct opening opening = {0};
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	if (first < argc)
		return err_set(e, ERR_USAGE, "info: takes no argument, not '%s'", argv[first]);
	int status = facts_read(&facts, "", 0.3, e);
	/* now: what starts ranks does without the settings of a topology */
	const bool same = status == 0 && seen_twice(&facts.machine);
	if (status == 0 && a.caches) {
		signals_catch();
		status = opening_told(&opening, "", e);
		if (status == 0)
			status = opening_measure(&opening, 1, e);
	}
	const struct cache_levels *caches = a.caches && status == 0 ? &opening.caches : NULL;
	if (status == 0 && a.format == FORMAT_JSON)
		status = print_json(&facts, caches, e);
	else if (status == 0) {
		status = info_print(&facts, stdout);
		if (caches)
			print_caches(caches);
		print_build(e);
	}
	opening_free(&opening);
	status = check_whole(&facts, same, status, e);
	facts_free(&facts);
	return status;
}
