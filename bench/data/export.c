/* SPDX-License-Identifier: MIT */
/* export.c - names of cells and their launches, which all formats share; the long CSV. */
#include "bench/data/export.h"

#include "base/number.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether a factor's text is what it is where nobody says anything. */
static bool is_default(const char *factor, const char *text)
{
	static const char *const usual[][2] = {
		{"placement", "smt-last"}, {"wait", "auto"}, {"global_lock", "no"}, {"scaling", "strong"}};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (strcmp(factor, usual[i][0]) == 0)
			return strcmp(text, usual[i][1]) == 0;
	const struct parameter *p = parameter_find(factor);
	char fallback[64];
	if (!p)
		return false;
	if (p->fallback_text)
		snprintf(fallback, sizeof fallback, "%s", p->fallback_text);
	else if (p->choices)
		choice_text(p->choices, (unsigned)p->fallback, fallback, sizeof fallback);
	else
		snprintf(fallback, sizeof fallback, "%" PRIu64, p->fallback);
	return strcmp(text, fallback) == 0;
}

/* In the name already, or no part of what a cell is. */
static bool is_named(const char *factor)
{
	static const char *const names[] = {
		"kernel", "variant", "backend", "lifetime", "schedule", "workers", "size", "items", "meter"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(factor, names[i]) == 0)
			return true;
	return false;
}

const char *export_factor(const struct factors *f, const struct column *c, char number[64])
{
	if (c->type == COLUMN_NAME || c->type == COLUMN_LINE)
		return (const char *)f + c->offset;
	field_write(f, c, number, 64);
	return number;
}

char *export_name(const struct factors *f, char text[EXPORT_NAME])
{
	struct err unknown = {0};
	const struct kernel *k = kernel_find(f->kernel, &unknown);
	const bool sized = f->size.known;
	size_t n = (size_t)snprintf(text, EXPORT_NAME, "%s/%s/%s/%s/%s/workers:%" PRIu64, f->kernel,
		f->variant, f->backend, f->lifetime, f->schedule, f->workers.value);
	if (sized)
		n += (size_t)snprintf(text + n, EXPORT_NAME - n, "/size:%" PRIu64, f->size.value);
	for (const struct column *c = summary_columns; c->factor && n < EXPORT_NAME; c++) {
		char number[64];
		const char *value = export_factor(f, c, number);
		if (!*value || is_named(c->name) || (sized && k && kernel_sized(k, c->name)) ||
			is_default(c->name, value))
			continue;
		n += (size_t)snprintf(text + n, EXPORT_NAME - n, "/%s:%s", c->name, value);
	}
	return text;
}

int export_needs_samples(const struct dataset *d, struct err *e)
{
	return d->samples.count > 0
		       ? 0
		       : err_set(e, ERR_USAGE, "%s: no samples.csv, which this format is made of", d->dir);
}

/* --- launches --- */

static bool counts(const struct sample *s)
{
	return strcmp(s->status, "ok") == 0 && s->seconds > 0;
}

/* Fills what a launch has beyond its time. CPU time is the mean over its runs, not the median of its samples: many
 * systems count it in ticks of milliseconds, of which most samples have none. */
static void fill_launch(const struct group *g, struct export_launch *l)
{
	double user = 0, system = 0, timed = 0;
	l->runs = 0;
	for (size_t r = 0; r < g->run_count; r++)
		for (size_t i = 0; i < g->runs[r].count; i++) {
			const struct sample *s = &g->runs[r].first[i];
			const uint64_t runs = s->batch.known ? s->batch.value : 1;
			if (s->launch_id.value != l->id || !counts(s))
				continue;
			l->runs += runs;
			if (isnan(s->user_ns) || isnan(s->sys_ns))
				continue;
			user += s->user_ns * (double)runs;
			system += s->sys_ns * (double)runs;
			timed += (double)runs;
		}
	l->user_seconds = timed > 0 ? 1e-9 * user / timed : (double)NAN;
	l->sys_seconds = timed > 0 ? 1e-9 * system / timed : (double)NAN;
}

int export_launches(const struct group *g, struct export_launch **out, size_t *n, struct err *e)
{
	const size_t room = group_rows(g) + 1;
	struct launched *launched = calloc(room, sizeof *launched);
	*n = launched ? group_by_launch(g, launched) : 0;
	*out = calloc(*n + 1, sizeof **out);
	if (!launched || !*out) {
		free(*out);
		*out = NULL;
		*n = 0;
		err_set(e, ERR_FAILED, "out of memory");
	}
	for (size_t i = 0; i < *n; i++) {
		(*out)[i] = (struct export_launch){.id = launched[i].id, .seconds = launched[i].seconds};
		fill_launch(g, &(*out)[i]);
	}
	free(launched);
	return e->status == ERR_NONE ? 0 : -1;
}

/* --- csv-long --- */

/* What numbers a row rather than being measured. */
static bool is_index(const char *column)
{
	static const char *const names[] = {
		"launch_id", "cell_id", "block", "sample", "status", "reason", "check", "verified_by"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(column, names[i]) == 0)
			return true;
	return false;
}

static void put_quoted(FILE *f, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, f);
		return;
	}
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text == '\n' || *text == '\r' ? ' ' : *text, f);
	}
	fputc('"', f);
}

/* The words that all rows of a sample begin with. */
static void put_head(FILE *f, const char *name, const struct sample *s)
{
	static const char *const told[] = {"kernel", "variant", "backend", "lifetime", "schedule", "workers",
		"size", "items", "scaling", "launch_id", "block", "sample", "status"};
	put_quoted(f, name);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		for (const struct column *c = sample_columns; c->name; c++) {
			char value[300];
			if (strcmp(c->name, told[i]) != 0)
				continue;
			field_write(s, c, value, sizeof value); /* quoted where that is needed */
			fprintf(f, ",%s", value);
		}
}

int export_csv(const struct dataset *d, FILE *f, struct export_result *r, struct err *e)
{
	*r = (struct export_result){.cells = d->groups.count};
	if (export_needs_samples(d, e) != 0)
		return -1;
	fputs("cell,kernel,variant,backend,lifetime,schedule,workers,size,items,scaling,launch_id,block,sample,"
	      "status,quantity,unit,value\n",
		f);
	for (size_t i = 0; i < d->samples.count; i++) {
		const struct sample *s = table_row(&d->samples, i);
		char name[EXPORT_NAME], value[64];
		export_name(&s->cell, name);
		for (const struct column *c = sample_columns; c->name; c++) {
			if (c->factor || (c->type != COLUMN_REAL && c->type != COLUMN_UINT) ||
				is_index(c->name))
				continue;
			/* of a sample that failed there is one row, without a value */
			if (field_write(s, c, value, sizeof value) == 0 &&
				(counts(s) || strcmp(c->name, "seconds") != 0))
				continue;
			put_head(f, name, s);
			fprintf(f, ",%s,%s,%s\n", c->name, c->unit, value);
		}
	}
	return 0;
}
