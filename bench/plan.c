/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "cpu.h"
#include "number.h"
#include "plan_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void label(const struct cell *c, char *text)
{
	struct factors f;
	cell_factors(c, "", &f);
	size_t n = (size_t)snprintf(text, PLAN_LABEL, "%s/%s/%s/%s/%s/%" PRIu64 "w/%.30s", f.kernel, f.variant, f.backend, f.lifetime,
		f.schedule, f.workers.value, f.placement);
	struct cell_argv a;
	cell_to_argv(c, &a);
	/* the rest of what makes the cell: --scaling, --size, --grain, --block-bytes, --input and parameters */
	for (size_t i = 1; i < a.count && n < PLAN_LABEL; i++) {
		const char *word = a.argv[i] + 2, *value = strchr(word, '=') + 1;
		size_t length = (size_t)(value - word) - 1;
		static const char *const said[] = {"variant", "backend", "lifetime", "schedule", "workers", "placement"};
		bool skip = strcmp(word, "scaling=strong") == 0;
		for (size_t k = 0; k < sizeof said / sizeof *said; k++)
			skip |= strlen(said[k]) == length && memcmp(said[k], word, length) == 0;
		if (skip)
			continue;
		if (strncmp(word, "size=", 5) == 0)
			n += (size_t)snprintf(text + n, PLAN_LABEL - n, "/%s", value);
		else
			n += (size_t)snprintf(text + n, PLAN_LABEL - n, "/%s", word);
	}
}

/* The label less variant, back end and workers: what the answer depends on. */
static void problem_label(const struct cell *c, char *text)
{
	struct problem p = c->problem;
	size_t n = (size_t)snprintf(text, PLAN_LABEL, "%s %.60s", c->kernel->name, c->input);
	for (const char *const *own = c->kernel->parameters; *own && n < PLAN_LABEL; own++)
		n += (size_t)snprintf(text + n, PLAN_LABEL - n, " %" PRIu64, *parameter_value(parameter_find(*own), &p));
}

static int add_omission(struct plan *p, const struct cell *c, const char *what, const char *reason, struct err *e)
{
	struct omission *more = realloc(p->omissions, (p->omitted + 1) * sizeof *more);
	if (!more)
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	p->omissions = more;
	struct omission *o = &more[p->omitted++];
	if (c)
		label(c, o->label);
	else
		snprintf(o->label, sizeof o->label, "%s", what);
	snprintf(o->reason, sizeof o->reason, "%.250s", reason);
	return 0;
}

static int add_cell(struct plan *p, const struct cell *c, struct err *e)
{
	if ((p->count & (p->count - 1)) == 0) { /* at powers of two the room doubles */
		struct planned *more = realloc(p->cells, (p->count ? 2 * p->count : 1) * sizeof *more);
		if (!more)
			return err_set(e, ERR_FAILED, "out of memory for the plan");
		p->cells = more;
	}
	struct planned *added = &p->cells[p->count++];
	added->cell = *c;
	label(c, added->label);
	return 0;
}

/* --- the product --- */

struct product {
	const struct plan_section *section;
	const struct plan_machine *machine;
	size_t at[PLAN_KEYS]; /* which value of each key is chosen */
};

static const char *chosen(const struct product *p, size_t key)
{
	return p->section->keys[key].values[p->at[key]].text;
}

/* One combination: a cell, an omission, or (a value that this kernel does not know) an omission that may yet turn out an error. */
static int combine(struct plan *plan, const struct product *p, struct err *e)
{
	struct cell c;
	char what[PLAN_LABEL] = "";
	size_t used = 0;
	const struct plan_section *s = p->section;
	struct err why = {0};
	for (size_t i = 0; i < s->count && used < sizeof what; i++)
		used += (size_t)snprintf(what + used, sizeof what - used, "%s%s", i ? "/" : "", chosen(p, i));
	for (size_t i = 0; i < s->count; i++) {
		struct plan_value *v = &s->keys[i].values[p->at[i]];
		bool kernel = strcmp(s->keys[i].name, "kernel") == 0;
		if ((kernel ? cell_init(&c, v->text, &why) : cell_set(&c, s->keys[i].name, v->text, &why)) == 0) {
			v->good = true;
			continue;
		}
		if (why.status == ERR_FAILED) {
			*e = why;
			return -1;
		}
		if (v->implied && why.status == ERR_USAGE)
			return 0;
		v->good |= why.status == ERR_ABSENT;
		if (!v->why[0])
			snprintf(v->why, sizeof v->why, "%.250s", why.text);
		return add_omission(plan, NULL, what, why.text, e);
	}
	if (cell_finish(&c, &why) != 0)
		return add_omission(plan, NULL, what, why.text, e);
	return add_cell(plan, &c, e);
}

/* A value that no combination could take is a mistake in the file, not a gap in the machine. */
static int check_values(const struct plan_file *f, const struct plan_section *s, struct err *e)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t j = 0; j < s->keys[i].count; j++) {
			const struct plan_value *v = &s->keys[i].values[j];
			if (!v->good && v->why[0])
				return err_set(e, ERR_USAGE, "%s:%u: %s", f->path, s->keys[i].line, v->why);
		}
	return 0;
}

static int multiply(struct plan *plan, const struct plan_file *f, const struct plan_section *s, struct err *e)
{
	struct product p = {.section = s};
	if (s->count == 0 || strcmp(s->keys[0].name, "kernel") != 0)
		return err_set(e, ERR_USAGE, "%s:%u: a product without `kernel = ...`", f->path, s->line);
	for (;;) {
		if (combine(plan, &p, e) != 0)
			return -1;
		size_t i = s->count;
		while (i-- > 0) {
			if (++p.at[i] < s->keys[i].count)
				break;
			p.at[i] = 0;
		}
		if (i == SIZE_MAX)
			return check_values(f, s, e);
	}
}

/* --- the same cell twice, the same problem often --- */

static const struct planned *sorted_cells; /* qsort takes no context */
static int by_label(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int order = strcmp(sorted_cells[i].label, sorted_cells[j].label);
	return order ? order : (i > j) - (i < j);
}

static int drop_doubles(struct plan *p, struct err *e)
{
	size_t *order = malloc((p->count + 1) * sizeof *order), kept = 0;
	bool *twice = calloc(p->count + 1, sizeof *twice);
	if (!order || !twice) {
		free(order);
		free(twice);
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	}
	for (size_t i = 0; i < p->count; i++)
		order[i] = i;
	sorted_cells = p->cells;
	qsort(order, p->count, sizeof *order, by_label);
	for (size_t i = 1; i < p->count; i++)
		twice[order[i]] = strcmp(p->cells[order[i - 1]].label, p->cells[order[i]].label) == 0;
	for (size_t i = 0; i < p->count; i++)
		if (!twice[i])
			p->cells[kept++] = p->cells[i];
	p->count = kept;
	free(order);
	free(twice);
	return 0;
}

static int number_problems(struct plan *p, struct err *e)
{
	char(*known)[PLAN_LABEL] = malloc((p->count + 1) * sizeof *known);
	if (!known)
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	for (size_t i = 0; i < p->count; i++) {
		char text[PLAN_LABEL];
		size_t j = 0;
		problem_label(&p->cells[i].cell, text);
		while (j < p->problems && strcmp(known[j], text) != 0)
			j++;
		if (j == p->problems)
			memcpy(known[p->problems++], text, sizeof text);
		p->cells[i].problem = j;
	}
	free(known);
	return 0;
}

int plan_read(struct plan *p, const char *path, const struct plan_machine *machine, struct err *e)
{
	struct plan_file f;
	*p = (struct plan){.launches = 3, .most_launches = 30, .precision = 0.02, .repetitions = 3, .warmup = 1, .sample_seconds = 0.01, .cap_seconds = 2, .timeout_seconds = 60,
		.budget_seconds = 3600, .order_seed = 1};
	int status = plan_file_read(&f, path, p, machine, e);
	for (size_t i = 0; status == 0 && i < f.count; i++)
		status = multiply(p, &f, &f.sections[i], e);
	if (status == 0 && p->most_launches < p->launches)
		p->most_launches = p->launches;
	if (status == 0 && p->count == 0)
		status = p->omitted ? err_set(e, ERR_USAGE, "%s: no cell is possible here: %s", path, p->omissions[0].reason)
				    : err_set(e, ERR_USAGE, "%s: no `kernel = ...`", path);
	plan_file_free(&f);
	if (status == 0)
		status = drop_doubles(p, e) == 0 ? number_problems(p, e) : -1;
	if (status != 0)
		plan_free(p);
	return status;
}

void plan_free(struct plan *p)
{
	free(p->cells);
	free(p->omissions);
	*p = (struct plan){0};
}

double plan_estimate(const struct plan *p)
{
	const double items_per_second = 1e9, start_seconds = 0.03; /* of a process with its input, on a common machine */
	double total = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct cell *c = &p->cells[i].cell;
		double run = (double)c->kernel->items(&c->problem) / items_per_second;
		double sample = run > p->sample_seconds ? run : p->sample_seconds;
		double measured = (p->repetitions + 1) * sample + p->warmup * run;
		total += p->launches * (start_seconds + run + (measured < p->cap_seconds ? measured : p->cap_seconds));
	}
	return total < p->budget_seconds ? total : p->budget_seconds;
}
