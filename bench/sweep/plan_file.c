/* SPDX-License-Identifier: MIT */
/*
 * plan_file.c - parses a .sweep file: comments, `key = value, value`, sections, and the words
 * `auto`, `all` and `max`. Errors name file and line.
 */
#include "bench/sweep/plan_file.h"

#include "base/number.h"
#include "bench/harness/launcher.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The reader's place. */
struct reader {
	struct plan_file *file;
	struct plan *settings;
	const struct plan_machine *machine;
	unsigned line;
	bool named; /* a `[name]` has been seen: sections[0] holds only what is common */
};

/* --- keys that say how to measure --- */

static int set_count(const char *key, const char *value, uint64_t lowest, unsigned *out, struct err *e)
{
	uint64_t n;
	if (number_parse(key, value, lowest, 100000, &n, e) != 0)
		return -1;
	*out = (unsigned)n;
	return 0;
}

/* A number, or "auto". */
static int set_repetitions(const char *value, struct plan *p, struct err *e)
{
	const bool auto_ = strcmp(value, "auto") == 0;
	p->repetitions = PLAN_REPETITIONS;
	p->sample_share = auto_ ? PLAN_SHARE : 0;
	return auto_ ? 0 : set_count("repetitions", value, 1, &p->repetitions, e);
}

/* "2%", "0.5%", or "off": the least launches are all. */
static int set_precision(const char *value, double *out, struct err *e)
{
	char *end;
	double v = strtod(value, &end);
	if (strcmp(value, "off") == 0)
		*out = INFINITY;
	else if (end != value && strcmp(end, "%") == 0 && v >= 0.01 && v <= 100)
		*out = v / 100;
	else
		return err_set(e, ERR_USAGE,
			"precision: '%s' is neither a share from 0.01%% to 100%% nor off", value);
	return 0;
}

/* "spawn, return", or "all". */
static int set_probes(struct plan *p, char *list, struct err *e)
{
	char *save = NULL;
	p->probe_count = 0;
	for (const struct probe *const *all = probes; strcmp(list, "all") == 0 && *all; all++)
		if (!(*all)->opens)
			p->probes[p->probe_count++] = *all;
	for (char *name = p->probe_count ? NULL : strtok_r(list, ", \t", &save); name;
		name = strtok_r(NULL, ", \t", &save)) {
		const struct probe *probe = probe_find(name, e);
		if (!probe)
			return -1;
		for (size_t i = 0; i < p->probe_count; i++)
			if (p->probes[i] == probe)
				return err_set(e, ERR_USAGE, "probe: %s is given twice", name);
		p->probes[p->probe_count++] = probe;
	}
	return 0;
}

/* 0 taken, 1 not such a key, -1 a bad value. */
static int set_setting(struct plan *p, const char *key, char *value, struct err *e)
{
	if (strcmp(key, "probe") == 0)
		return set_probes(p, value, e);
	if (strcmp(key, "probe-cases") == 0)
		return choice_parse(key, "quick|all", value, &p->probe_cases, e);
	if (strcmp(key, "probe-time") == 0)
		return number_parse_seconds(key, value, &p->probe_seconds, e);
	if (strcmp(key, "caches") == 0)
		return choice_parse(key, "auto|measured|told", value, &p->caches_from, e);
	if (strcmp(key, "launches") == 0)
		return set_count(key, value, 1, &p->launches, e);
	if (strcmp(key, "most-launches") == 0)
		return set_count(key, value, 1, &p->most_launches, e);
	if (strcmp(key, "precision") == 0)
		return set_precision(value, &p->precision, e);
	if (strcmp(key, "repetitions") == 0)
		return set_repetitions(value, p, e);
	if (strcmp(key, "warmup") == 0)
		return set_count(key, value, 0, &p->warmup, e);
	if (strcmp(key, "counters") == 0)
		return choice_parse(key, "no|yes", value, &p->counters, e);
	if (strcmp(key, "sample-time") == 0)
		return number_parse_seconds(key, value, &p->sample_seconds, e);
	if (strcmp(key, "cap") == 0)
		return number_parse_seconds(key, value, &p->cap_seconds, e);
	if (strcmp(key, "timeout") == 0)
		return number_parse_seconds(key, value, &p->timeout_seconds, e);
	if (strcmp(key, "memory") == 0)
		return number_parse_bytes(key, value, MEASURE_LEAST_MEMORY, INT64_MAX, &p->memory_bytes, e);
	if (strcmp(key, "budget") == 0 && strcmp(value, "auto") == 0)
		return p->budget_auto = true, 0;
	if (strcmp(key, "budget") == 0)
		return number_parse_seconds(key, value, &p->budget_seconds, e);
	if (strcmp(key, "order-seed") == 0)
		return number_parse(key, value, 0, UINT64_MAX, &p->order_seed, e);
	if (strcmp(key, "launcher") == 0)
		return launcher_choose(value, e);
	if (strcmp(key, "meter") == 0)
		return (p->meter = meter_find(value, e)) ? 0 : -1;
	return 1;
}

/* --- values --- */

static int add_value(struct plan_key *k, const char *text, struct err *e)
{
	struct plan_value *more = realloc(k->values, (k->count + 1) * sizeof *more);
	if (!more)
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	k->values = more;
	struct plan_value *v = &more[k->count++];
	*v = (struct plan_value){0};
	if (strlen(text) >= sizeof v->text)
		return err_set(e, ERR_USAGE, "a value is longer than %zu characters", sizeof v->text - 1);
	strcpy(v->text, text);
	return 0;
}

/* Whether the key has this value already, which is then no spare one. */
static bool has_value(const struct plan_key *k, const char *text)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->values[i].text, text) == 0) {
			k->values[i].spare = false;
			return true;
		}
	return false;
}

/* `variant = all`: the variants of all kernels, each name once; those that a kernel lacks are left out later,
 * with the reason. */
static int add_all(struct plan_key *k, struct err *e)
{
	bool kernel = strcmp(k->name, "kernel") == 0, variant = strcmp(k->name, "variant") == 0;
	for (const struct backend *const *b = backends; strcmp(k->name, "backend") == 0 && *b; b++)
		if (add_value(k, (*b)->name, e) != 0)
			return -1;
	for (const struct kernel *const *q = kernels; (kernel || variant) && *q; q++) {
		if (kernel && add_value(k, (*q)->name, e) != 0)
			return -1;
		for (const struct variant *const *v = (*q)->variants; variant && *v; v++)
			if (!has_value(k, (*v)->name) && add_value(k, (*v)->name, e) != 0)
				return -1;
	}
	for (size_t i = 0; i < k->count; i++)
		k->values[i].implied = true;
	return k->count ? 0
			: err_set(e, ERR_USAGE, "`all` is for kernel, variant and backend, not for %s",
				  k->name);
}

static int add_number(struct plan_key *k, unsigned number, bool spare, struct err *e)
{
	char text[24];
	snprintf(text, sizeof text, "%u", number);
	if (has_value(k, text))
		return 0;
	int status = add_value(k, text, e);
	if (status == 0)
		k->values[k->count - 1].spare = spare;
	return status;
}

/* Of "max" 1, of "4max" 4; 0: it is no such word. */
static unsigned times_max(const char *text)
{
	const size_t digits = strspn(text, "0123456789");
	const unsigned long times = digits ? strtoul(text, NULL, 10) : 1;
	return strcmp(text + digits, "max") == 0 && times <= 64 ? (unsigned)times : 0;
}

/* `workers = auto`, `workers = max`, and `workers = 4max`. */
static int add_workers(struct plan_key *k, const char *text, const struct plan_machine *m, struct err *e)
{
	const unsigned times = times_max(text);
	if (times > 0)
		return add_number(k, times * m->most, false, e);
	for (size_t i = 0; i < m->worker_counts; i++)
		if (add_number(k, m->workers[i], m->spare && m->spare[i], e) != 0)
			return -1;
	return 0;
}

/* `size = auto`. */
static int add_sizes(struct plan_key *k, const struct plan_machine *m, struct err *e)
{
	for (size_t i = 0; i < m->size_count; i++) {
		char text[24];
		snprintf(text, sizeof text, "%" PRIu64 "B", m->sizes[i]);
		if (!has_value(k, text) && add_value(k, text, e) != 0)
			return -1;
	}
	return 0;
}

/* `size = 5e8max`: so many items times the most workers. 0 added, 1 no such value, -1 with *e set. */
static int add_size_of_all(struct plan_key *k, const char *text, const struct plan_machine *m, struct err *e)
{
	char number[256];
	uint64_t each, all;
	const size_t n = strlen(text), digits = n < 3 ? 0 : n - 3;
	if (digits == 0 || n >= sizeof number || strcmp(text + digits, "max") != 0)
		return 1;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (number_parse("--size", number, 1, UINT64_MAX, &each, e) != 0)
		return -1;
	if (__builtin_mul_overflow(each, (uint64_t)m->most, &all))
		return err_set(e, ERR_USAGE, "size: %s with %u workers is above 2^64-1", text, m->most);
	snprintf(number, sizeof number, "%" PRIu64, all);
	return has_value(k, number) ? 0 : add_value(k, number, e);
}

static char *trim(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t n = strlen(text);
	while (n && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
	return text;
}

static int add_values(struct reader *r, struct plan_key *k, char *list, struct err *e)
{
	for (char *at = list; at;) {
		char *comma = strchr(at, ',');
		if (comma)
			*comma = '\0';
		const char *text = trim(at);
		int status;
		if (!*text)
			return err_set(e, ERR_USAGE, "%s: an empty value", k->name);
		if (strcmp(text, "all") == 0)
			status = add_all(k, e);
		else if (strcmp(k->name, "workers") == 0 &&
			 (strcmp(text, "auto") == 0 || times_max(text) > 0))
			status = add_workers(k, text, r->machine, e);
		else if (strcmp(k->name, "size") == 0 && strcmp(text, "auto") == 0)
			status = add_sizes(k, r->machine, e);
		else if (strcmp(k->name, "size") != 0 ||
			 (status = add_size_of_all(k, text, r->machine, e)) == 1)
			status = has_value(k, text) ? 0 : add_value(k, text, e);
		if (status != 0)
			return -1;
		at = comma ? comma + 1 : NULL;
	}
	return 0;
}

/* --- keys and sections --- */

static bool known_key(const char *name)
{
	return strcmp(name, "kernel") == 0 || factor_find(name) || parameter_find(name);
}

static struct plan_key *find_key(struct plan_section *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->keys[i].name, name) == 0)
			return &s->keys[i];
	return NULL;
}

/* An empty key of that name: `kernel` goes to the front, since the others depend on it. */
static struct plan_key *make_key(struct plan_section *s, const char *name)
{
	struct plan_key *k = find_key(s, name);
	if (k) {
		free(k->values);
	} else if (s->count == PLAN_KEYS) {
		return NULL;
	} else if (strcmp(name, "kernel") == 0) {
		memmove(&s->keys[1], &s->keys[0], s->count++ * sizeof s->keys[0]);
		k = &s->keys[0];
	} else {
		k = &s->keys[s->count++];
	}
	*k = (struct plan_key){0};
	snprintf(k->name, sizeof k->name, "%s", name);
	return k;
}

/* A new section that begins with copies of the common keys. */
static int begin_section(struct reader *r, struct err *e)
{
	struct plan_file *f = r->file;
	struct plan_section *more = realloc(f->sections, (f->count + 1) * sizeof *more);
	if (!more)
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	f->sections = more;
	struct plan_section *s = &more[f->count++];
	*s = (struct plan_section){.line = r->line};
	for (size_t i = 0; f->count > 1 && i < more[0].count; i++) {
		const struct plan_key *common = &more[0].keys[i];
		struct plan_key *k = make_key(s, common->name);
		k->line = common->line;
		for (size_t j = 0; j < common->count; j++) {
			if (add_value(k, common->values[j].text, e) != 0)
				return -1;
			k->values[j].implied = common->values[j].implied;
		}
	}
	return 0;
}

static int read_key(struct reader *r, const char *name, char *values, struct err *e)
{
	int taken = set_setting(r->settings, name, values, e);
	if (taken <= 0)
		return taken;
	if (!known_key(name))
		return err_set(e, ERR_USAGE, "unknown key '%.60s'", name);
	struct plan_section *s = &r->file->sections[r->file->count - 1];
	struct plan_key *before = find_key(s, name);
	if (before && before->line > s->line)
		return err_set(e, ERR_USAGE, "%s is given twice (first in line %u)", name, before->line);
	struct plan_key *k = make_key(s, name);
	if (!k)
		return err_set(e, ERR_USAGE, "more than %d keys", PLAN_KEYS);
	k->line = r->line;
	return add_values(r, k, values, e);
}

static int read_line(struct reader *r, char *line, struct err *e)
{
	line[strcspn(line, "#\n")] = '\0';
	char *text = trim(line), *equals = strchr(text, '=');
	size_t n = strlen(text);
	if (!n)
		return 0;
	if (text[0] == '[') {
		if (n < 3 || text[n - 1] != ']')
			return err_set(e, ERR_USAGE, "a product begins with `[name]`");
		r->named = true;
		return begin_section(r, e);
	}
	if (!equals || equals == text)
		return err_set(e, ERR_USAGE, "neither `key = value, value` nor `[name]`: '%.60s'", text);
	*equals = '\0';
	return read_key(r, cell_key(trim(text)), trim(equals + 1), e);
}

#define BOM "\xef\xbb\xbf" /* what some editors begin UTF-8 with */

static int read_lines(struct reader *r, FILE *from, struct err *e)
{
	char line[4096];
	struct err why = {0};
	r->line = 0;
	if (begin_section(r, e) != 0)
		return -1;
	while (memset(line, '\n', sizeof line) && fgets(line, sizeof line, from)) {
		const char *end = memrchr(line, '\0', sizeof line); /* the last is of fgets */
		r->line++;
		if (strlen(line) != (size_t)(end - line))
			err_set(&why, ERR_USAGE, "a NUL byte");
		else if (strlen(line) == sizeof line - 1)
			err_set(&why, ERR_USAGE, "line too long");
		else if (read_line(r,
				 r->line == 1 && strncmp(line, BOM, strlen(BOM)) == 0 ? line + strlen(BOM)
										      : line,
				 &why) == 0)
			continue;
		return err_set(e, why.status, "%s:%u: %.700s", r->file->path, r->line, why.text);
	}
	if (ferror(from))
		return err_set(e, errno == EISDIR ? ERR_USAGE : ERR_FAILED, "%s: %s", r->file->path,
			strerror(errno));
	return 0;
}

static void free_section(struct plan_section *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->keys[i].values);
}

int plan_file_read(struct plan_file *f, const char *path, struct plan *settings,
	const struct plan_machine *machine, struct err *e)
{
	*f = (struct plan_file){.path = path};
	struct reader r = {.file = f, .settings = settings, .machine = machine};
	struct err none = {0};
	settings->meter = meter_find("auto", &none);
	FILE *from = fopen(path, "r");
	if (!from)
		return err_set(e, ERR_USAGE, "%s: %s", path, strerror(errno));
	int status = read_lines(&r, from, e);
	fclose(from);
	if (status == 0 && r.named) { /* what is common is no product itself */
		free_section(&f->sections[0]);
		memmove(&f->sections[0], &f->sections[1], --f->count * sizeof f->sections[0]);
	}
	return status;
}

void plan_file_free(struct plan_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		free_section(&f->sections[i]);
	free(f->sections);
	*f = (struct plan_file){0};
}
