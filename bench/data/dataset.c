/* SPDX-License-Identifier: MIT */
/*
 * dataset.c - a results folder in memory: what plot and report choose cells from.
 *
 * Everything is read once and never changed, so that all charts and sentences agree. Lookups are
 * linear: a summary has hundreds of rows.
 */
#include "bench/data/dataset.h"

#include "base/units.h"
#include "bench/backend/backend.h"
#include "bench/data/folder.h"
#include "bench/data/series.h"
#include "bench/data/summary.h"
#include "bench/stats/stats.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_manifest(struct dataset *d, struct err *e)
{
	char path[sizeof d->dir + 32];
	snprintf(path, sizeof path, "%s/manifest.json", d->dir);
	if (access(path, F_OK) != 0) {
		d->manifest = json_object();
		return d->manifest ? 0 : err_set(e, ERR_FAILED, "out of memory");
	}
	d->manifest = folder_manifest(d->dir, e);
	return d->manifest ? 0 : -1;
}

static int group_samples(struct dataset *d, struct err *e)
{
	if (groups_make(&d->groups, &d->samples, e) != 0)
		return -1;
	d->group = calloc(d->summary.count, sizeof *d->group);
	if (!d->group)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < d->summary.count; i++)
		d->group[i] = groups_find(&d->groups, &dataset_row(d, i)->cell);
	return 0;
}

/* A file of the folder that may be absent. */
static int read_beside(const struct dataset *d, const char *name, struct table *t, struct err *e)
{
	char path[sizeof d->dir + 32];
	snprintf(path, sizeof path, "%s/%s", d->dir, name);
	return access(path, F_OK) == 0 ? csv_read(path, t, NULL, e) : 0;
}

int dataset_open(struct dataset *d, const char *dir, struct err *e)
{
	char path[sizeof d->dir + 32];
	struct stat st;
	memset(d, 0, sizeof *d);
	table_init(&d->summary, summary_columns, sizeof(struct summary));
	table_init(&d->samples, sample_columns, sizeof(struct sample));
	table_init(&d->probes, probe_columns, sizeof(struct probe_row));
	table_init(&d->workers, worker_columns, sizeof(struct worker_row));
	table_init(&d->models, model_columns, sizeof(struct model_row));
	size_t length = strlen(dir);
	while (length > 1 && dir[length - 1] == '/')
		length--;
	if (length == 0 || length >= sizeof d->dir)
		return err_set(e, ERR_USAGE, "DIR must be the folder of a sweep, with its summary.csv");
	memcpy(d->dir, dir, length);
	if (stat(d->dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_USAGE, "%s: not a folder", d->dir);
	if (folder_check(d->dir, e) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/summary.csv", d->dir);
	if (access(path, R_OK) != 0)
		return err_set(e, ERR_USAGE,
			"%s: not the folder of a finished sweep: no summary.csv that can be read", d->dir);
	if (csv_read(path, &d->summary, NULL, e) != 0)
		return -1;
	if (d->summary.count == 0)
		return err_set(e, ERR_USAGE, "%s: holds no measurement", path);
	if (read_beside(d, "samples.csv", &d->samples, e) != 0 ||
		read_beside(d, "probes.csv", &d->probes, e) != 0 ||
		read_beside(d, "workers.csv", &d->workers, e) != 0 || group_samples(d, e) != 0 ||
		read_manifest(d, e) != 0)
		return -1;
	return series_make(&d->samples, dataset_cpus(d), &d->models, e);
}

void dataset_close(struct dataset *d)
{
	table_free(&d->summary);
	table_free(&d->samples);
	free(d->group);
	groups_free(&d->groups);
	table_free(&d->probes);
	table_free(&d->workers);
	table_free(&d->models);
	for (size_t i = 0; i < d->base_count; i++)
		table_free(&d->bases[i].compared);
	free(d->bases);
	json_decref(d->manifest);
	*d = (struct dataset){0};
}

/* One more base, empty; NULL without memory. */
static struct dataset_base *add_base(struct dataset *d, struct err *e)
{
	struct dataset_base *more = realloc(d->bases, (d->base_count + 1) * sizeof *more);
	if (!more) {
		err_set(e, ERR_FAILED, "out of memory");
		return NULL;
	}
	d->bases = more;
	more += d->base_count++;
	*more = (struct dataset_base){.rules = {.margin = 0.01, .effect = 0.03}};
	table_init(&more->compared, comparison_columns, sizeof(struct comparison));
	return more;
}

static void name_base(const struct dataset *d, struct dataset_base *b)
{
	const char *slash = strrchr(b->dir, '/');
	bool taken = false;
	snprintf(b->name, sizeof b->name, "%.50s", slash && slash[1] ? slash + 1 : b->dir);
	for (size_t i = 0; i + 1 < d->base_count; i++)
		taken |= strcmp(d->bases[i].name, b->name) == 0;
	if (taken)
		snprintf(
			b->name + strlen(b->name), sizeof b->name - strlen(b->name), " (%zu)", d->base_count);
}

int dataset_against(struct dataset *d, const char *base, bool cross_machine, struct err *e)
{
	struct dataset other;
	if (!cross_machine && folder_alike(base, d->dir, e) != 0)
		return -1;
	int result = dataset_open(&other, base, e);
	struct dataset_base *b = result == 0 ? add_base(d, e) : NULL;
	if (b) {
		snprintf(b->dir, sizeof b->dir, "%s", other.dir);
		name_base(d, b);
		dataset_machine(&other, b->machine, sizeof b->machine);
		build_text(json_object_get(other.manifest, "build"), b->build);
		b->rules.paired = folder_paired(base, d->dir);
		result = comparison_make(&other.samples, &d->samples, &b->rules, &b->compared, &b->result, e);
		if (result == 0 && b->compared.count > 0)
			qsort(b->compared.rows, b->compared.count, b->compared.row_size,
				comparison_by_urgency);
	}
	dataset_close(&other);
	return b ? result : -1;
}

int dataset_against_others(struct dataset *d, struct err *e)
{
	struct folder_others others;
	int result = folder_others(d->manifest, d->dir, &others, e);
	for (size_t i = 0; i < others.count && result == 0; i++) {
		char dir[FOLDER_PATH];
		if (folder_path(dir, d->dir, others.list[i].folder, e) != 0)
			return -1;
		if (folder_has(dir, "summary.csv") && folder_has(dir, "samples.csv") &&
			folder_has(dir, "manifest.json"))
			result = dataset_against(d, dir, false, e);
	}
	return result;
}

const struct summary *dataset_row(const struct dataset *d, size_t i)
{
	return table_row(&d->summary, i);
}

bool row_ok(const struct summary *s)
{
	return s->samples.known && s->samples.value > 0 && s->median_seconds > 0;
}

static bool listed(const char *name, const char *const *names)
{
	while (*names && strcmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

/* A cell's size, and what follows from it. */
static bool sized(const struct kernel *k, const char *column)
{
	return strcmp(column, "size") == 0 || strcmp(column, "items") == 0 || kernel_sized(k, column);
}

/* Whether two cells agree in all factors but those of these names and these roles. */
static bool match(const struct factors *a, const struct factors *b, const char *const *free, unsigned roles)
{
	struct err unknown = {0};
	const struct kernel *k = kernel_find(a->kernel, &unknown);
	const bool any_size = listed("size", free), share = listed("share", free);
	for (const struct column *c = summary_columns; c->factor; c++) {
		if (factor_same(a, b, c) || listed(c->name, free) || (factor_role(c->name) & roles) ||
			(any_size && sized(k, c->name)) ||
			((factor_role(c->name) & ROLE_METER) && cells_timed_alike(a, b)))
			continue;
		if (share && strcmp(c->name, "size") != 0 &&
			(strcmp(c->name, "workers") == 0 || sized(k, c->name)))
			continue;
		return false;
	}
	return true;
}

bool cells_match(const struct factors *a, const struct factors *b, const char *const *free)
{
	return match(a, b, free, 0);
}

/* Adds a name that is not there yet; the new count. */
static size_t name_add(const char **names, size_t n, size_t most, const char *name)
{
	for (size_t k = 0; k < n; k++)
		if (strcmp(names[k], name) == 0)
			return n;
	if (n < most)
		names[n++] = name;
	return n;
}

static int by_kernel(const void *a, const void *b)
{
	return kernel_order(*(const char *const *)a, *(const char *const *)b);
}

size_t dataset_kernels(const struct dataset *d, const char **names, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count; i++)
		n = name_add(names, n, most, dataset_row(d, i)->cell.kernel);
	qsort(names, n, sizeof *names, by_kernel);
	return n;
}

size_t dataset_subjects(const struct dataset *d, const char **names, size_t most)
{
	struct err unknown = {0};
	size_t all = dataset_kernels(d, names, most), n = 0;
	for (size_t i = 0; i < all; i++) {
		const struct kernel *k = kernel_find(names[i], &unknown);
		if (!k || k->ceiling == CEILING_NONE)
			names[n++] = names[i];
	}
	return n > 0 ? n : dataset_kernels(d, names, most);
}

size_t dataset_probes(const struct dataset *d, const char **names, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < d->probes.count; i++)
		n = name_add(names, n, most, ((const struct probe_row *)table_row(&d->probes, i))->of.probe);
	return n;
}

/* Whether `a` is a better focus than `b`, in the order that dataset_focus promises. */
static bool leads(const struct summary *a, const struct summary *b, unsigned cpus)
{
	uint64_t wa = a->cell.workers.value, wb = b->cell.workers.value;
	bool fits_a = cpus == 0 || wa <= cpus, fits_b = cpus == 0 || wb <= cpus;
	if (fits_a != fits_b)
		return fits_a;
	if (a->cell.threads_per_rank.known != b->cell.threads_per_rank.known) /* which few back ends have */
		return b->cell.threads_per_rank.known;
	if (wa != wb)
		return fits_a ? wa > wb : wa < wb;
	if (a->cell.items.value != b->cell.items.value)
		return a->cell.items.value > b->cell.items.value;
	int lifetime = strcmp(a->cell.lifetime,
		b->cell.lifetime); /* pool before spawn, whose runs make their workers too */
	return lifetime ? lifetime < 0 : a->median_seconds < b->median_seconds;
}

static const struct summary *focus_of(const struct dataset *d, const char *kernel, const char *scaling)
{
	const struct summary *best = NULL;
	unsigned cpus = dataset_cpus(d);
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (row_ok(s) && strcmp(s->cell.kernel, kernel) == 0 &&
			strcmp(s->cell.scaling, scaling) == 0 && (!best || leads(s, best, cpus)))
			best = s;
	}
	return best;
}

const struct summary *dataset_focus(const struct dataset *d, const char *kernel)
{
	return focus_of(d, kernel, "strong");
}

const struct summary *dataset_weak_focus(const struct dataset *d, const char *kernel)
{
	return focus_of(d, kernel, "weak");
}

/* Whether a factor is empty in one of two cells. */
static bool lacks(const struct factors *a, const struct factors *b, const struct column *c)
{
	char text[8];
	return field_write(a, c, text, sizeof text) == 0 || field_write(b, c, text, sizeof text) == 0;
}

bool cells_ask_same(const struct factors *a, const struct factors *b)
{
	static const char *const free[] = {"variant", "machine", NULL};
	if (strcmp(a->kernel, b->kernel) != 0)
		return false;
	for (const struct column *c = summary_columns; c->factor; c++)
		if (!factor_same(a, b, c) && !listed(c->name, free) &&
			(factor_role(c->name) & (ROLE_PROBLEM | ROLE_SCALING)) &&
			(strcmp(c->name, "items") == 0 || !lacks(a, b, c)))
			return false;
	return true;
}

const struct summary *dataset_focus_at(const struct dataset *d, const struct factors *problem)
{
	const struct summary *best = NULL;
	const unsigned cpus = dataset_cpus(d);
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (row_ok(s) && cells_ask_same(&s->cell, problem) && (!best || leads(s, best, cpus)))
			best = s;
	}
	return best;
}

const struct summary *dataset_single_at(const struct dataset *d, const struct factors *problem)
{
	const struct summary *best = NULL;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (row_ok(s) && s->cell.workers.value == 1 && cells_ask_same(&s->cell, problem) &&
			(!best || s->median_seconds < best->median_seconds))
			best = s;
	}
	return best;
}

static bool same_work(const struct factors *a, const struct factors *b)
{
	return strcmp(a->kernel, b->kernel) == 0 && strcmp(a->variant, b->variant) == 0 &&
	       a->workers.value == b->workers.value && a->items.value == b->items.value &&
	       strcmp(a->scaling, b->scaling) == 0;
}

bool dataset_fastest(const struct dataset *d, const struct summary *s)
{
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *t = dataset_row(d, i);
		if (row_ok(t) && same_work(&s->cell, &t->cell) &&
			(t->median_seconds < s->median_seconds ||
				(t->median_seconds == s->median_seconds && t < s)))
			return false;
	}
	return true;
}

const struct summary *dataset_serial(const struct dataset *d, const struct factors *like)
{
	static const char *const none[] = {NULL};
	const struct summary *best = NULL;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (row_ok(s) && backend_is_caller(s->cell.backend) &&
			match(&s->cell, like, none, ROLE_TEAM | ROLE_COUNT | ROLE_SHARE) &&
			(!best || s->median_seconds < best->median_seconds))
			best = s;
	}
	return best;
}

double cell_item_bytes(const struct summary *s)
{
	return s->bytes_per_second / s->items_per_second;
}

static const struct group *group_of(const struct dataset *d, const struct summary *row)
{
	return d->group[row - (const struct summary *)table_row(&d->summary, 0)];
}

const double *dataset_samples(const struct dataset *d, const struct summary *row, size_t *n)
{
	const struct group *g = group_of(d, row);
	*n = g ? g->ok : 0;
	return g ? g->seconds : NULL;
}

const double *dataset_launches(const struct dataset *d, const struct summary *row, size_t *n)
{
	const struct group *g = group_of(d, row);
	*n = g ? g->launch_count : 0;
	return g ? g->launches : NULL;
}

const struct model_row *dataset_model(const struct dataset *d, const struct factors *cell)
{
	static const char *const free[] = {"workers", NULL};
	for (size_t i = 0; i < d->models.count; i++) {
		const struct model_row *m = table_row(&d->models, i);
		if (!*m->refused && m->usl_contention >= 0 && cells_match(&m->cell, cell, free))
			return m;
	}
	return NULL;
}

const struct summary *dataset_summary_of(const struct dataset *d, const struct factors *cell)
{
	for (size_t i = 0; i < d->summary.count; i++)
		if (factors_compare(&dataset_row(d, i)->cell, cell) == 0)
			return dataset_row(d, i);
	return NULL;
}

struct ranged dataset_ratio(const struct dataset *d, const struct summary *a, const struct summary *b)
{
	const struct group *g = group_of(d, a), *h = group_of(d, b);
	if (!g || !h)
		return (struct ranged){a->median_seconds / b->median_seconds, NAN, NAN};
	struct ratio found = stats_launch_ratio(
		g->launches, g->launch_count, h->launches, h->launch_count, d->groups.prior);
	return (struct ranged){found.value, found.interval.low, found.interval.high};
}

void cell_setting(const struct factors *f, char *text, size_t size)
{
	static const char *const said[] = {
		"kernel", "backend", "lifetime", "workers", "scaling", "meter", NULL};
	struct err unknown = {0};
	size_t used = 0;
	text[0] = '\0';
	for (const struct column *c = summary_columns; c->name && used < size; c++) {
		if (!c->factor || listed(c->name, said) || sized(kernel_find(f->kernel, &unknown), c->name))
			continue;
		char value[512], name[64];
		if (field_write(f, c, value, sizeof value) == 0 || strcmp(value, "no") == 0 ||
			strcmp(value, "auto") == 0)
			continue;
		snprintf(name, sizeof name, "%.60s ", c->name);
		for (char *p = name; *p; p++)
			*p = *p == '_' ? '-' : *p; /* as the option is spelt */
		int n = snprintf(text + used, size - used, "%s%s%s", used ? ", " : "", name, value);
		used += n > 0 ? (size_t)n : 0;
	}
}

void cell_name(const struct factors *f, char *text, size_t size)
{
	char items[UNITS_RANGE_BYTES];
	bool serial = backend_is_caller(f->backend);
	int n = snprintf(text, size, "%s %s, %s", f->kernel, f->variant, f->backend);
	if (!serial && n > 0 && (size_t)n < size)
		n += snprintf(text + n, size - (size_t)n, " %s, %" PRIu64 " worker%s", f->lifetime,
			f->workers.value, units_plural(f->workers.value));
	if (n > 0 && (size_t)n < size)
		snprintf(text + n, size - (size_t)n, ", %s%s%s", units_size(f->items.value, items),
			strcmp(f->scaling, "strong") == 0 ? "" : " ",
			strcmp(f->scaling, "strong") == 0 ? "" : f->scaling);
}
