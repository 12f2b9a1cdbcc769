/* SPDX-License-Identifier: MIT */
/*
 * plan.c - turns the sections of a .sweep file into cells: the Cartesian product, minus what is
 * impossible.
 *
 * The product is an odometer over the values of all keys, the last key fastest. Setting a key may
 * be expensive (kernel, variant lookup), so the cell after each key is kept and only the keys from
 * the changed one on are set again. A combination that a cell refuses becomes an omission with its
 * reason; a value that every combination refuses is a mistake in the file and an error. Cells of
 * the same problem get the same number, found by hashing the parameters, so that the answer is
 * computed once.
 */
#include "bench/sweep/plan.h"

#include "base/number.h"
#include "bench/sweep/plan_file.h"
#include "kernels/cpu.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *plan_label(const struct cell *c, char text[PLAN_LABEL])
{
	struct factors f;
	cell_factors(c, "", &f);
	size_t n = (size_t)snprintf(text, PLAN_LABEL, "%s/%s/%s/%s/%s/%" PRIu64 "w/%.30s", f.kernel,
		f.variant, f.backend, f.lifetime, f.schedule, f.workers.value, f.placement);
	struct cell_argv a;
	cell_to_argv(c, &a);
	/* the rest of what makes the cell: --scaling, --size, --grain, --block-bytes, --input
	 * and parameters */
	for (size_t i = 1; i < a.count && n < PLAN_LABEL; i++) {
		const char *word = a.argv[i] + 2, *value = strchr(word, '=') + 1;
		size_t length = (size_t)(value - word) - 1;
		static const char *const said[] = {
			"variant", "backend", "lifetime", "schedule", "workers", "placement"};
		bool skip = false;
		for (size_t k = 0; k < sizeof said / sizeof *said; k++)
			skip |= strlen(said[k]) == length && memcmp(said[k], word, length) == 0;
		if (skip)
			continue;
		if (strncmp(word, "size=", 5) == 0)
			n += (size_t)snprintf(text + n, PLAN_LABEL - n, "/%s", value);
		else
			n += (size_t)snprintf(text + n, PLAN_LABEL - n, "/%s", word);
	}
	return text;
}

static int add_omission(struct plan *p, const char *what, const char *reason, struct err *e)
{
	struct omission *more = realloc(p->omissions, (p->omitted + 1) * sizeof *more);
	if (!more)
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	p->omissions = more;
	struct omission *o = &more[p->omitted++];
	snprintf(o->label, sizeof o->label, "%s", what);
	snprintf(o->reason, sizeof o->reason, "%.250s", reason);
	return 0;
}

static int add_cell(struct plan *p, const struct planned *planned, struct err *e)
{
	if ((p->count & (p->count - 1)) == 0) { /* at powers of two the room doubles */
		struct planned *more = realloc(p->cells, (p->count ? 2 * p->count : 1) * sizeof *more);
		if (!more)
			return err_set(e, ERR_FAILED, "out of memory for the plan");
		p->cells = more;
	}
	p->cells[p->count++] = *planned;
	return 0;
}

/* --- the product --- */

/* An odometer over the values of all keys; before[i] is the cell with the keys before key i set. */
struct product {
	const struct plan_section *section;
	size_t at[PLAN_KEYS];              /* which value of each key is chosen */
	struct cell before[PLAN_KEYS + 1]; /* the cell with the keys before this one set */
	size_t failed;                     /* the first key that refused its value; SIZE_MAX: none */
	struct err why;
};

static struct plan_value *chosen(const struct product *p, size_t key)
{
	return &p->section->keys[key].values[p->at[key]];
}

static bool is_size_word(const struct plan_key *key, const struct plan_value *v)
{
	return strcmp(key->name, "size") == 0 && size_word_find(v->text) != SIZE_NO_WORD;
}

/* The word that the size of a combination is, or SIZE_NO_WORD. */
static enum size_word word_of(const struct product *p)
{
	for (size_t i = 0; i < p->section->count; i++)
		if (is_size_word(&p->section->keys[i], chosen(p, i)))
			return size_word_find(chosen(p, i)->text);
	return SIZE_NO_WORD;
}

static bool is_spare(const struct product *p)
{
	for (size_t i = 0; i < p->section->count; i++)
		if (chosen(p, i)->spare)
			return true;
	return false;
}

/* Sizes the cell of a combination, and checks it. */
static int finish_cell(
	struct cell *c, enum size_word word, uint64_t *bytes, const struct size_machine *m, struct err *why)
{
	char text[SIZE_WHY];
	*bytes = 0;
	if (word != SIZE_NO_WORD) {
		if (c->workers > c->backend->max_workers) /* is the reason that matters */
			return cell_finish(c, why);
		*bytes = c->size_bytes = size_word_bytes(word, m, c, text);
		if (*bytes == 0)
			return err_set(why, ERR_ABSENT, "%s", text);
	}
	if (cell_finish(c, why) != 0)
		return -1;
	return size_fits(c, m->room_bytes, text) ? 0 : err_set(why, ERR_ABSENT, "%s", text);
}

/* Sets the keys from `first` on to what is chosen, until one refuses. */
static void set_keys(struct product *p, size_t first)
{
	if (p->failed < first)
		return;
	p->failed = SIZE_MAX;
	p->why = (struct err){0};
	for (size_t i = first; i < p->section->count; i++) {
		struct plan_value *v = chosen(p, i);
		struct cell *c = &p->before[i + 1];
		*c = p->before[i];
		if (is_size_word(&p->section->keys[i], v))
			c->size = c->size_bytes = 0; /* until the workers are known */
		else if ((i == 0 ? cell_init(c, v->text, &p->why)
				 : cell_set(c, p->section->keys[i].name, v->text, &p->why)) != 0) {
			p->failed = i;
			return;
		}
		v->good = true;
	}
}

/* One combination: a cell, an omission, or (a value that this kernel does not know) an omission that may yet
 * turn out an error. */
static int combine(struct plan *plan, const struct product *p, const struct size_machine *m, struct err *e)
{
	struct planned c = {.cell = p->before[p->section->count], .word = word_of(p), .spare = is_spare(p)};
	struct err why = p->why;
	if (p->failed != SIZE_MAX) {
		struct plan_value *v = chosen(p, p->failed);
		if (why.status == ERR_FAILED) {
			*e = why;
			return -1;
		}
		if (v->implied && why.status == ERR_USAGE)
			return 0;
		v->good |= why.status == ERR_ABSENT;
		if (!v->why[0])
			snprintf(v->why, sizeof v->why, "%.250s", why.text);
	} else if (finish_cell(&c.cell, c.word, &c.word_bytes, m, &why) == 0) {
		return add_cell(plan, &c, e);
	}
	char what[PLAN_LABEL] = "";
	size_t used = 0;
	for (size_t i = 0; i < p->section->count && used < sizeof what; i++)
		used += (size_t)snprintf(
			what + used, sizeof what - used, "%s%s", i ? "/" : "", chosen(p, i)->text);
	return add_omission(plan, what, why.text, e);
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

static int multiply(struct plan *plan, const struct plan_file *f, const struct plan_section *s,
	const struct size_machine *m, struct err *e)
{
	struct product p = {.section = s, .failed = SIZE_MAX};
	if (s->count == 0 || strcmp(s->keys[0].name, "kernel") != 0)
		return err_set(e, ERR_USAGE, "%s:%u: a product without `kernel = ...`", f->path, s->line);
	set_keys(&p, 0);
	for (;;) {
		if (combine(plan, &p, m, e) != 0)
			return -1;
		size_t i = s->count;
		while (i-- > 0) {
			if (++p.at[i] < s->keys[i].count)
				break;
			p.at[i] = 0;
		}
		if (i == SIZE_MAX)
			return check_values(f, s, e);
		set_keys(&p, i);
	}
}

/* --- the same cell twice, the same problem often --- */

/* Sorts indices by their labels. */
static char (*labels)[PLAN_LABEL]; /* qsort takes no context */
static int by_label(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int order = strcmp(labels[i], labels[j]);
	return order ? order : (i > j) - (i < j);
}

/* Several combinations may give the same cell: of several products, of sizes by words, of `best` beside its name. The
 * first one stays, and is spare only where all of them are. */
static int drop_doubles(struct plan *p, struct err *e)
{
	size_t *order = malloc((p->count + 1) * sizeof *order), kept = 0;
	bool *twice = calloc(p->count + 1, sizeof *twice);
	labels = malloc((p->count + 1) * sizeof *labels);
	int status = order && twice && labels ? 0 : err_set(e, ERR_FAILED, "out of memory for the plan");
	for (size_t i = 0; status == 0 && i < p->count; i++) {
		order[i] = i;
		plan_label(&p->cells[i].cell, labels[i]);
	}
	if (status == 0)
		qsort(order, p->count, sizeof *order, by_label);
	for (size_t i = 1, first = 0; status == 0 && i < p->count; i++) {
		twice[order[i]] = strcmp(labels[order[first]], labels[order[i]]) == 0;
		if (twice[order[i]])
			p->cells[order[first]].spare &= p->cells[order[i]].spare;
		else
			first = i;
	}
	for (size_t i = 0; status == 0 && i < p->count; i++)
		if (!twice[i])
			p->cells[kept++] = p->cells[i];
	p->count = status == 0 ? kept : p->count;
	free(order);
	free(twice);
	free(labels);
	return status;
}

/* Whether two cells ask for the same answer. */
static bool same_problem(const struct cell *a, const struct cell *b)
{
	for (const struct parameter *x = parameters; x->name; x++)
		if (!parameter_same(x, &a->problem, &b->problem))
			return false;
	return a->kernel == b->kernel && strcmp(a->input, b->input) == 0;
}

/* FNV-1a over the numeric parameters, in which problems mostly differ. */
static size_t hash_problem(const struct cell *c)
{
	struct problem p = c->problem;
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (const struct parameter *x = parameters; x->name; x++)
		if (!x->fallback_text)
			h = (h ^ *parameter_value(x, &p)) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

static int number_problems(struct plan *p, struct err *e)
{
	size_t room = 16;
	while (room < 2 * p->count)
		room *= 2;
	size_t *first = calloc(room, sizeof *first); /* 1 + the first cell with a problem; 0: free */
	if (!first)
		return err_set(e, ERR_FAILED, "out of memory for the plan");
	for (size_t i = 0; i < p->count; i++) {
		size_t at = hash_problem(&p->cells[i].cell) & (room - 1);
		while (first[at] && !same_problem(&p->cells[first[at] - 1].cell, &p->cells[i].cell))
			at = (at + 1) & (room - 1);
		if (!first[at]) {
			first[at] = i + 1;
			p->cells[i].problem = p->problems++;
		} else {
			p->cells[i].problem = p->cells[first[at] - 1].problem;
		}
	}
	free(first);
	return 0;
}

/* Items a second and worker, on a common machine. */
static double typical_rate(const struct kernel *k)
{
	static const struct {
		const char *kernel;
		double rate;
	} rates[] = {{"sieve", 2e10}, {"palindrome", 5e9}, {"text", 1e10}, {"substrings", 5e9},
		{"inverted", 1e9}, {"primality", 1e7}, {"heron", 2e7}, {"read", 2e10}, {"peak", 3e10},
		{"flops", 3e10}};
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		if (strcmp(rates[i].kernel, k->name) == 0)
			return rates[i].rate;
	return 1e9;
}

/* Of one run, by these rates; workers beyond `most` take turns (0: not known). */
static double run_seconds(const struct cell *c, unsigned most)
{
	const unsigned workers = most && c->workers > most ? most : c->workers;
	const double items = (double)c->kernel->items(&c->problem) * (double)cell_copies(c);
	return items / typical_rate(c->kernel) / (double)workers;
}

/* The canary should be steady by itself: one worker in the calling thread if there is such a cell,
 * and a run near 3 ms, so long that a sample is not one large batch. Penalties in that order. */
static size_t choose_canary(const struct plan *p)
{
	const double wanted_seconds = 0.003;
	size_t best = 0;
	double least = INFINITY;
	for (size_t i = 0; i < p->count; i++) {
		const struct cell *c = &p->cells[i].cell;
		double off = (p->cells[i].spare ? 1e6 : 0) +
			     fabs(log((run_seconds(c, 0) + 1e-9) / wanted_seconds)) +
			     100.0 * (c->workers - 1) + 50.0 * (c->backend->max_workers > 1);
		if (off < least) {
			least = off;
			best = i;
		}
	}
	return best;
}

static double whole_estimate(const struct plan *p);

int plan_read(struct plan *p, const char *path, const struct plan_machine *machine, struct err *e)
{
	struct plan_file f;
	*p = (struct plan){.launches = 3,
		.most_launches = 30,
		.precision = 0.02,
		.repetitions = PLAN_REPETITIONS,
		.sample_share = PLAN_SHARE,
		.warmup = 1,
		.sample_seconds = 0.01,
		.cap_seconds = 2,
		.timeout_seconds = 60,
		.budget_seconds = 3600,
		.order_seed = 1,
		.probe_seconds = 0.1,
		.most_workers = machine->most,
		.room_bytes = machine->sized.room_bytes};
	if (machine->sized.caches)
		p->caches = *machine->sized.caches;
	int status = plan_file_read(&f, path, p, machine, e);
	for (size_t i = 0; status == 0 && i < f.count; i++)
		status = multiply(p, &f, &f.sections[i], &machine->sized, e);
	if (status == 0 && p->most_launches < p->launches)
		p->most_launches = p->launches;
	if (status == 0 && p->count == 0)
		status = p->omitted ? err_set(e, ERR_USAGE, "%s: no cell is possible here: %s", path,
					      p->omissions[0].reason)
				    : err_set(e, ERR_USAGE, "%s: no `kernel = ...`", path);
	plan_file_free(&f);
	if (status == 0)
		status = drop_doubles(p, e);
	if (status == 0)
		status = number_problems(p, e);
	if (status == 0)
		p->canary = choose_canary(p);
	if (status == 0 && p->budget_auto)
		p->budget_seconds =
			machine->most > PLAN_BUDGET_CPUS
				? fmax(PLAN_BUDGET_LEAST, fmin(whole_estimate(p), PLAN_BUDGET_MOST))
				: PLAN_BUDGET_LEAST;
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

static const double start_seconds = 0.03; /* of a process */

/* Of its input, which is copied from one that is made once. */
static double input_seconds(const struct cell *c)
{
	const double bytes_per_second = 4e9;
	return c->kernel->item_bytes ? (double)c->kernel->items(&c->problem) *
					       c->kernel->item_bytes(&c->problem) / bytes_per_second
				     : 0;
}

double plan_launch_seconds(const struct plan *p, size_t index)
{
	const struct cell *c = &p->cells[index].cell;
	const double run = run_seconds(c, p->most_workers), sample = fmax(run, p->sample_seconds),
		     warming = run > p->cap_seconds && p->warmup == 1 ? 0 : p->warmup * run,
		     before = start_seconds + input_seconds(c) + warming,
		     share = p->sample_share * before / (1 - p->sample_share),
		     samples = fmax(p->repetitions * sample, fmin(METER_MOST * sample, share));
	return before + fmax(run, fmin(samples, p->cap_seconds));
}

static double whole_estimate(const struct plan *p)
{
	double total = 0;
	for (size_t i = 0; i < p->count; i++)
		total += p->cells[i].spare ? 0 : p->launches * plan_launch_seconds(p, i);
	total += (double)p->probe_count * p->launches * (p->probe_seconds + 10 * start_seconds);
	return total;
}

double plan_estimate(const struct plan *p)
{
	return fmin(whole_estimate(p), p->budget_seconds);
}

bool plan_measures_caches(const struct plan *p)
{
	const double long_enough = 60;
	return p->caches_from == PLAN_CACHES_MEASURED ||
	       (p->caches_from == PLAN_CACHES_AUTO && plan_estimate(p) >= long_enough);
}
