/* SPDX-License-Identifier: MIT */
/*
 * gbench_json.c - reads Google Benchmark's JSON.
 *
 * Its writer prints numbers that are not finite as NaN and Infinity, which JSON does not know: outside of texts they
 * become 0 before the text is parsed. A time of 0 does not count, and no other number is looked at.
 */
#include "bench/data/gbench_json.h"

#include "bench/data/export.h"
#include "bench/data/folder.h"
#include "bench/machine/json_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool gbench_json_is(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

enum { MOST_BYTES = 1 << 30 };

/* A whole file, ended by zero; freed by the caller. */
static char *read_text(const char *path, size_t *size, struct err *e)
{
	FILE *f = fopen(path, "r"), *to;
	char *text = NULL, part[65536];
	size_t n;
	if (!f) {
		err_set(e, ERR_USAGE, "%s: %s", path, strerror(errno));
		return NULL;
	}
	to = open_memstream(&text, size);
	bool good = to != NULL;
	for (size_t all = 0; good && (n = fread(part, 1, sizeof part, f)) > 0; all += n) {
		if (memchr(part, '\0', n) || all + n > MOST_BYTES)
			err_set(e, ERR_USAGE, "%s: %s, no JSON of Google Benchmark's", path,
				all + n > MOST_BYTES ? "more than a GiB" : "a NUL byte");
		good = e->status == ERR_NONE &&
		       fwrite(part, 1, n, to) == n; /* the only word of glibc's that memory ran out */
	}
	good &= !ferror(f);
	if (!to || fclose(to) != 0 || !text || !good)
		err_set(e, ERR_FAILED, "%s: cannot be read", path);
	fclose(f);
	if (e->status == ERR_NONE)
		return text;
	free(text);
	return NULL;
}

/* Makes 0 of NaN, Infinity and -Infinity outside of texts, in as many bytes. */
static void drop_infinities(char *text)
{
	bool quoted = false;
	for (char *c = text; *c; c++) {
		const size_t n = strncmp(c, "NaN", 3) == 0 ? 3 : strncmp(c, "Infinity", 8) == 0 ? 8 : 0;
		if (quoted && *c == '\\' && c[1])
			c++;
		else if (*c == '"')
			quoted = !quoted;
		else if (!quoted && n > 0) {
			memset(c, ' ', n);
			c[0] = '0';
			c += n - 1;
		}
	}
}

/* The object in a file; NULL with ERR_USAGE naming file and line. */
static json_t *load(const char *path, struct err *e)
{
	json_error_t why;
	size_t size = 0;
	char *text = read_text(path, &size, e);
	if (!text)
		return NULL;
	drop_infinities(text);
	json_t *root = json_loadb(text, size, JSON_DECODE_INT_AS_REAL, &why);
	free(text);
	for (char *p = why.text; !root && *p; p++)
		*p = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
	if (!root && json_memory_lost())
		err_blame(e, CAUSE_MEMORY, "%s: out of memory", path);
	else if (!root)
		err_set(e, ERR_USAGE, "%s:%d: neither a folder of results nor Google Benchmark's JSON: %s",
			path, why.line > 0 ? why.line : 1, why.text);
	else if (!json_is_array(json_object_get(root, "benchmarks"))) {
		err_set(e, ERR_USAGE, "%s: not Google Benchmark's JSON: it has no list of benchmarks", path);
		json_decref(root);
		root = NULL;
	}
	return root;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool ends_in(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);
	return n > m && strcmp(text + n - m, end) == 0;
}

/* Means and the like; before 1.5 their names alone say so. */
static bool is_aggregate(const json_t *b, const char *name)
{
	static const char *const endings[] = {"_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"};
	const char *type = text_at(b, "run_type");
	if (type)
		return strcmp(type, "aggregate") == 0;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (ends_in(name, endings[i]))
			return true;
	return false;
}

/* Cuts the endings that say how a case was measured. */
static void cut_endings(char *name)
{
	for (char *slash; (slash = strrchr(name, '/')) != NULL;) {
		const bool repeats = strncmp(slash, "/repeats:", 9) == 0;
		if (!repeats && strcmp(slash, "/manual_time") != 0)
			return;
		*slash = '\0';
	}
}

/* A cell of this name and no more. */
static int name_cell(struct factors *f, const char *name, struct err *e)
{
	struct sample cleared;
	row_clear(&cleared, sample_columns);
	if (strlen(name) >= sizeof f->input)
		return err_set(
			e, ERR_USAGE, "a name of more than %zu bytes: %.60s...", sizeof f->input - 1, name);
	*f = cleared.cell;
	snprintf(f->kernel, sizeof f->kernel, "%.*s", (int)sizeof f->kernel - 1, name);
	if (strlen(name) >= sizeof f->kernel)
		memcpy(f->input, name, strlen(name) + 1);
	return 0;
}

/* Seconds of a time unit; 0: unknown. Where none is named it is ns. */
static double unit_of(const json_t *b)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
	const char *name = text_at(b, "time_unit");
	if (!name && !json_object_get(b, "time_unit"))
		return 1e-9;
	for (size_t i = 0; name && i < sizeof units / sizeof *units; i++)
		if (strcmp(name, units[i].name) == 0)
			return units[i].seconds;
	return 0;
}

/* Why a case has no time; NULL: it has one. */
static const char *failure(const json_t *b)
{
	const char *message = text_at(b, "error_message"), *skip = text_at(b, "skip_message");
	if (json_is_true(json_object_get(b, "error_occurred")))
		return message ? message : "error_occurred";
	if (json_is_true(json_object_get(b, "skipped")))
		return skip ? skip : "skipped";
	return json_real_value(json_object_get(b, "real_time")) > 0 ? NULL : "a time of 0";
}

static int take_case(const json_t *b, const char *path, bool plain, struct table *t, struct err *e)
{
	const char *run_name = text_at(b, "run_name"), *given = text_at(b, "name");
	char name[1024];
	if (!json_is_object(b) || !given)
		return err_set(e, ERR_USAGE, "%s: a benchmark without a name", path);
	if (is_aggregate(b, given))
		return 0;
	snprintf(name, sizeof name, "%s", run_name ? run_name : given);
	for (char *c = name; *c; c++) /* a terminal shall obey none of them */
		*c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
	if (plain)
		cut_endings(name);
	const char *why = failure(b);
	const double unit = unit_of(b);
	if (!(unit > 0))
		return err_set(
			e, ERR_USAGE, "%s: %.200s: a time unit that is none of ns, us, ms, s", path, name);
	struct sample *s = table_add(t, NULL, e);
	if (!s || name_cell(&s->cell, name, e) != 0)
		return -1;
	s->launch_id = uint_known(t->count - 1);
	s->sample = uint_known(0);
	snprintf(s->status, sizeof s->status, "%s", why ? "failed" : "ok");
	if (why)
		snprintf(s->reason, sizeof s->reason, "%.250s", *why ? why : "failed");
	else
		s->seconds = unit * json_real_value(json_object_get(b, "real_time"));
	return 0;
}

int gbench_json_read(const char *path, bool plain, struct table *t, struct err *e)
{
	size_t i;
	json_t *b;
	table_init(t, sample_columns, sizeof(struct sample));
	json_t *root = load(path, e);
	json_array_foreach(json_object_get(root, "benchmarks"), i, b)
	{
		if (take_case(b, path, plain, t, e) != 0)
			break;
	}
	json_decref(root);
	if (e->status == ERR_NONE && t->count == 0)
		err_set(e, ERR_USAGE, "%s: no benchmark in it", path);
	return e->status == ERR_NONE ? 0 : -1;
}

int gbench_json_rename(struct table *samples, struct err *e)
{
	for (size_t i = 0; i < samples->count; i++) {
		struct sample *s = table_row(samples, i);
		char name[EXPORT_NAME];
		export_name(&s->cell, name);
		if (name_cell(&s->cell, name, e) != 0)
			return -1;
	}
	return 0;
}

/* The host and the number of CPUs that a file or a folder names; "" and 0 where it names none. */
static int machine_of(const char *path, char host[128], double *cpus, struct err *e)
{
	const bool file = gbench_json_is(path);
	json_t *root = file ? load(path, e) : folder_manifest(path, e);
	const json_t *context = file ? json_object_get(root, "context") : root;
	const char *name = text_at(context, file ? "host_name" : "host");
	const json_t *count = file ? json_object_get(context, "num_cpus")
				   : json_object_get(json_object_get(root, "machine"), "threads");
	snprintf(host, 128, "%.127s", name ? name : "");
	*cpus = json_number_value(count);
	json_decref(root);
	return root ? 0 : -1;
}

int gbench_json_alike(const char *a, const char *b, struct err *e)
{
	char x[128], y[128];
	double n, m;
	if (machine_of(a, x, &n, e) != 0 || machine_of(b, y, &m, e) != 0)
		return -1;
	if ((*x && *y && strcmp(x, y) != 0) || (n > 0 && m > 0 && n != m))
		return err_set(e, ERR_USAGE,
			"unlike machines: %s with %g CPUs in %s, %s with %g in %s; --cross-machine takes them all the "
			"same",
			*x ? x : "one", n, a, *y ? y : "one", m, b);
	return 0;
}
