/* SPDX-License-Identifier: MIT */
/*
 * cell.c - a cell from its keys and values, and back: to factor columns and to command-line words.
 *
 * Every way in (command line, .sweep file, resumed manifest) passes through cell_set, one key at a
 * time, and then through cell_finish, which checks what the keys mean together. So a combination is
 * refused with the same message wherever it was written. `given` records which parameters were set
 * explicitly, so that a launch repeats exactly those and --size can be checked against them.
 */
#include "bench/harness/cell.h"

#include "base/number.h"
#include "base/units.h"
#include "bench/machine/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct factor factor_keys[] = {
#define FACTOR_CHOICE(id, option, role, choices, help, meaning)                                              \
	{option, sizeof choices == sizeof "no|yes" ? NULL : choices, help},
#define FACTOR_COUNT(id, option, role, lowest, highest, fallback, hidden, help, meaning) {option, "N", help},
#define FACTOR_AMOUNT(id, option, role, lowest, highest, unit, help, meaning) {option, "N", help},
#define FACTOR_OWN(id, option, role, argument, type, unit, help, meaning) {option, argument, help},
#define FACTOR_KEY(id, option, argument, help) {option, argument, help},
#include "bench/data/factors.def"
	{0}};

const struct factor *factor_find(const char *key)
{
	for (const struct factor *f = factor_keys; f->key; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

/* Spellings of earlier versions: accepted wherever a key is, shown nowhere. */
static const char *const former_keys[][2] = {
#define FORMER_OPTION(old, now) {old, now},
#include "bench/data/former.def"
};

enum { FORMER_KEYS = sizeof former_keys / sizeof *former_keys };

const char *cell_former_key(size_t i)
{
	return i < FORMER_KEYS ? former_keys[i][0] : NULL;
}

const char *cell_key(const char *spelling)
{
	for (size_t i = 0; i < FORMER_KEYS; i++)
		if (strcmp(former_keys[i][0], spelling) == 0)
			return former_keys[i][1];
	return spelling;
}

const char *cell_bare_value(const char *key)
{
	const struct factor *f = factor_find(cell_key(key));
	return f && !f->argument ? "yes" : NULL;
}

static int set_text(const char *key, char *field, size_t size, const char *value, struct err *e)
{
	if (strlen(value) >= size)
		return err_set(e, ERR_USAGE, "--%s: longer than %zu characters", key, size - 1);
	if (strpbrk(value, "\n\r"))
		return err_set(e, ERR_USAGE, "--%s: contains a line break", key);
	memcpy(field, value, strlen(value) + 1);
	return 0;
}

static int set_parameter(struct cell *c, const char *key, const char *value, struct err *e)
{
	const struct parameter *p = parameter_find(key);
	const char *const *own = c->kernel->parameters;
	if (!p)
		return err_set(e, ERR_USAGE, "unknown option '--%s'", key);
	while (*own && strcmp(*own, key) != 0)
		own++;
	if (!*own) {
		char known[200] = "";
		size_t used = 0;
		for (own = c->kernel->parameters; *own && used < sizeof known; own++)
			used += (size_t)snprintf(known + used, sizeof known - used, " --%s", *own);
		return err_set(e, ERR_USAGE, "--%s: kernel %s takes only%s", key, c->kernel->name, known);
	}
	char what[64];
	snprintf(what, sizeof what, "--%s", key);
	c->given |= UINT64_C(1) << (p - parameters);
	if (p->fallback_text)
		return set_text(key, parameter_text(p, &c->problem), PARAMETER_TEXT_SIZE, value, e);
	uint64_t *v = parameter_value(p, &c->problem);
	if (!p->choices)
		return p->bytes ? number_parse_bytes(what, value, p->lowest, p->highest, v, e)
				: number_parse(what, value, p->lowest, p->highest, v, e);
	unsigned chosen;
	if (choice_parse(what, p->choices, value, &chosen, e) != 0)
		return -1;
	*v = chosen;
	return 0;
}

int cell_init(struct cell *c, const char *kernel, struct err *e)
{
	*c = (struct cell){
#define FACTOR_COUNT(id, option, role, lowest, highest, fallback, hidden, help, meaning) .id = fallback,
#include "bench/data/factors.def"
	};
	problem_init(&c->problem);
	c->kernel = kernel_find(kernel, e);
	if (!c->kernel)
		return -1;
	c->variant = variant_find(c->kernel, "best", e);
	c->backend = backend_find("serial", e);
	strcpy(c->placement, "smt-last");
	return c->variant && c->backend ? 0 : -1;
}

/* As many items as fill the bytes, at least one. */
static int size_in_items(struct cell *c, struct err *e)
{
	if (!c->kernel->item_bytes)
		return err_set(e, ERR_USAGE, "--size: kernel %s is not bound by memory: give %ss, not bytes",
			c->kernel->name, c->kernel->item);
	const double items = (double)c->size_bytes / c->kernel->item_bytes(&c->problem);
	c->size = items < 1 ? 1 : items >= 0x1p64 ? UINT64_MAX : (uint64_t)items;
	c->size_bytes = 0;
	return 0;
}

/* --- factors that are neither a word of a list nor a number --- */

static int set_variant(struct cell *c, const char *value, struct err *e)
{
	return (c->variant = variant_find(c->kernel, value, e)) ? 0 : -1;
}

static int set_backend(struct cell *c, const char *value, struct err *e)
{
	return (c->backend = backend_find(value, e)) ? 0 : -1;
}

static int set_placement(struct cell *c, const char *value, struct err *e)
{
	return place_check(value, e) == 0 ? set_text("placement", c->placement, sizeof c->placement, value, e)
					  : -1;
}

static int set_memory_policy(struct cell *c, const char *value, struct err *e)
{
	if (memory_policy_parse(value, &c->memory_policy, e) != 0)
		return -1;
	return memory_policy_check(&c->memory_policy, "", e);
}

/* "" is the default. */
static void memory_policy_text(const struct memory_policy *m, char *text, size_t size)
{
	static const char *const names[] = {
		[MEMORY_DEFAULT] = "", [MEMORY_LOCAL] = "local", [MEMORY_INTERLEAVE] = "interleave"};
	if (m->how == MEMORY_MEMBIND)
		snprintf(text, size, "membind:%d", m->node);
	else
		snprintf(text, size, "%s", names[m->how]);
}

/* Items, or bytes where the value ends in B. */
static int set_size(struct cell *c, const char *value, struct err *e)
{
	const size_t n = strlen(value);
	c->size = c->size_bytes = 0;
	if (n < 2 || value[n - 1] != 'B')
		return number_parse("--size", value, 1, UINT64_MAX, &c->size, e);
	return number_parse_bytes("--size", value, 1, UINT64_MAX, &c->size_bytes, e);
}

static int set_input(struct cell *c, const char *value, struct err *e)
{
	if (!c->kernel->takes_input)
		return err_set(e, ERR_USAGE, "--input: kernel %s reads no file", c->kernel->name);
	if (!*value)
		return err_set(e, ERR_USAGE, "--input: the file's name is empty");
	return set_text("input", c->input, sizeof c->input, value, e);
}

static int set_count(unsigned *count, const char *what, const char *value, uint64_t lowest, uint64_t highest,
	struct err *e)
{
	uint64_t n;
	if (number_parse(what, value, lowest, highest, &n, e) != 0)
		return -1;
	*count = (unsigned)n;
	return 0;
}

static int set_ranks(struct cell *c, const char *value, struct err *e)
{
	return set_count(&c->ranks, "--ranks", value, 1, BACKEND_MAX_WORKERS, e);
}

int cell_set(struct cell *c, const char *spelling, const char *value, struct err *e)
{
	const char *key = cell_key(spelling);
#define FACTOR_CHOICE(id, option, role, choices, help, meaning)                                              \
	if (strcmp(key, option) == 0)                                                                        \
		return choice_parse("--" option, choices, value, &c->id, e);
#define FACTOR_COUNT(id, option, role, lowest, highest, fallback, hidden, help, meaning)                     \
	if (strcmp(key, option) == 0)                                                                        \
		return set_count(&c->id, "--" option, value, lowest, highest, e);
#define FACTOR_AMOUNT(id, option, role, lowest, highest, unit, help, meaning)                                \
	if (strcmp(key, option) == 0)                                                                        \
		return strcmp(unit, "bytes") == 0                                                            \
			       ? number_parse_bytes("--" option, value, lowest, highest, &c->id, e)          \
			       : number_parse("--" option, value, lowest, highest, &c->id, e);
#define FACTOR_OWN(id, option, role, argument, type, unit, help, meaning)                                    \
	if (strcmp(key, option) == 0)                                                                        \
		return set_##id(c, value, e);
#define FACTOR_KEY(id, option, argument, help)                                                               \
	if (strcmp(key, option) == 0)                                                                        \
		return set_##id(c, value, e);
#include "bench/data/factors.def"
	return set_parameter(c, key, value, e);
}

uint64_t cell_copies(const struct cell *c)
{
	return c->scaling == SCALING_THROUGHPUT ? c->workers : 1;
}

/* With throughput scaling each worker has one chunk, a whole problem. */
static int finish_throughput(const struct cell *c, struct err *e)
{
	uint64_t all;
	if (c->schedule != SCHEDULE_STATIC)
		return err_set(e, ERR_USAGE,
			"--scaling: throughput gives each worker a whole problem, so its schedule is static");
	if (c->backend->message_passing)
		return err_set(e, ERR_USAGE,
			"--scaling: back end %s hands out parts of one problem, no throughput",
			c->backend->name);
	if (__builtin_mul_overflow(c->kernel->items(&c->problem), c->workers, &all))
		return err_set(e, ERR_USAGE, "--size: %" PRIu64 " for each of %u workers is above 2^64-1",
			c->size, c->workers);
	return 0;
}

/* Ranks, their threads and their nodes: what belongs to back ends that have ranks, and divides. */
static int finish_ranks(struct cell *c, struct err *e)
{
	const char *option = c->ranks                  ? "ranks"
			     : c->threads_per_rank > 1 ? "threads-per-rank"
			     : c->nodes                ? "nodes"
						       : NULL;
	if (!c->backend->host)
		return option ? err_set(e, ERR_USAGE, "--%s: back end %s has no ranks", option,
					c->backend->name)
			      : 0;
	if (c->ranks) {
		const uint64_t workers = (uint64_t)c->ranks * c->threads_per_rank;
		if (c->workers > 1 && c->workers != workers)
			return err_set(e, ERR_USAGE,
				"--ranks: %u ranks of %u thread%s are %" PRIu64 " workers, not %u", c->ranks,
				c->threads_per_rank, units_plural(c->threads_per_rank), workers, c->workers);
		c->workers = (unsigned)(workers < BACKEND_MAX_WORKERS ? workers : BACKEND_MAX_WORKERS + 1);
		c->ranks = 0;
	}
	if (c->workers % c->threads_per_rank != 0)
		return err_set(e, ERR_USAGE, "--threads-per-rank: %u does not divide %u workers",
			c->threads_per_rank, c->workers);
	const unsigned ranks = c->workers / c->threads_per_rank;
	return c->nodes && ranks % c->nodes != 0
		       ? err_set(e, ERR_USAGE, "--nodes: %" PRIu64 " nodes do not divide %u rank%s", c->nodes,
				 ranks, units_plural(ranks))
		       : 0;
}

int cell_finish(struct cell *c, struct err *e)
{
	if (finish_ranks(c, e) != 0)
		return -1;
	if (c->workers > c->backend->max_workers)
		return err_set(e, ERR_USAGE, "--workers: back end %s takes at most %u, not %u",
			c->backend->name, c->backend->max_workers, c->workers);
	if (c->backend->max_workers == 1 && c->lifetime == LIFETIME_SPAWN)
		return err_set(e, ERR_USAGE,
			"--lifetime: back end %s creates no workers, so it has only pool", c->backend->name);
	if (c->backend->host && c->lifetime == LIFETIME_SPAWN)
		return err_set(e, ERR_USAGE,
			"--lifetime: back end %s has its workers from a launcher, once, so it has only pool",
			c->backend->name);
	if (c->size_bytes && size_in_items(c, e) != 0)
		return -1;
	if (c->backend->max_workers == 1 && c->wait)
		return err_set(e, ERR_USAGE,
			"--wait: back end %s has one worker, who never waits for another", c->backend->name);
	if (c->backend->max_workers == 1 && c->global_lock)
		return err_set(e, ERR_USAGE,
			"--global-lock: back end %s has one worker, who never waits for another",
			c->backend->name);
	if (c->size) {
		uint64_t whole = c->size;
		if (c->input[0])
			return err_set(e, ERR_USAGE, "--size: not with --input, which has a size of its own");
		if (c->scaling == SCALING_WEAK && __builtin_mul_overflow(c->size, c->workers, &whole))
			return err_set(e, ERR_USAGE,
				"--size: %" PRIu64 " for each of %u workers is above 2^64-1", c->size,
				c->workers);
		struct problem before = c->problem;
		c->kernel->resize(&c->problem, whole);
		for (const struct parameter *p = parameters; p->name; p++) {
			if (p->fallback_text)
				continue;
			uint64_t now = *parameter_value(p, &c->problem);
			if (now < p->lowest || now > p->highest)
				return err_set(e, ERR_USAGE,
					"--size: %" PRIu64 " is above what kernel %s takes", c->size,
					c->kernel->name);
			if ((c->given >> (p - parameters) & 1) && now != *parameter_value(p, &before))
				return err_set(e, ERR_USAGE,
					"--size: says the same as --%s; give one of them", p->name);
		}
	} else if (c->scaling == SCALING_WEAK) {
		return err_set(e, ERR_USAGE, "--scaling: weak needs --size, one worker's share");
	} else if (c->scaling == SCALING_THROUGHPUT) {
		return err_set(e, ERR_USAGE, "--scaling: throughput needs --size, of each worker's problem");
	}
	if (c->scaling == SCALING_THROUGHPUT && finish_throughput(c, e) != 0)
		return -1;
	c->problem.block_bytes = c->block_bytes;
	c->problem.workers = c->scaling == SCALING_THROUGHPUT ? 1 : c->workers;
	return c->kernel->validate ? c->kernel->validate(&c->problem, e) : 0;
}

static struct uint_field known_unless(uint64_t value, uint64_t hidden)
{
	return (struct uint_field){value, value != hidden};
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void column_variant(const struct cell *c, struct factors *f)
{
	copy(f->variant, sizeof f->variant, c->variant->name);
}

static void column_backend(const struct cell *c, struct factors *f)
{
	copy(f->backend, sizeof f->backend, c->backend->name);
}

static void column_placement(const struct cell *c, struct factors *f)
{
	copy(f->placement, sizeof f->placement, c->placement);
}

static void column_memory_policy(const struct cell *c, struct factors *f)
{
	memory_policy_text(&c->memory_policy, f->memory_policy, sizeof f->memory_policy);
}

static void column_size(const struct cell *c, struct factors *f)
{
	f->size = known_unless(c->size, 0);
}

static void column_input(const struct cell *c, struct factors *f)
{
	copy(f->input, sizeof f->input, c->input);
}

void cell_factors(const struct cell *c, const char *meter, struct factors *f)
{
	struct sample row;
	row_clear(&row, sample_columns);
	*f = row.cell;
	copy(f->kernel, sizeof f->kernel, c->kernel->name);
	copy(f->meter, sizeof f->meter, meter);
	f->items = uint_known(c->kernel->items(&c->problem) * cell_copies(c));
#define FACTOR_CHOICE(id, option, role, choices, help, meaning)                                              \
	choice_text(choices, c->id, f->id, sizeof f->id);
#define FACTOR_COUNT(id, option, role, lowest, highest, fallback, hidden, help, meaning)                     \
	f->id = known_unless(c->id, hidden);
#define FACTOR_AMOUNT(id, ...) f->id = known_unless(c->id, 0);
#define FACTOR_OWN(id, ...) column_##id(c, f);
#include "bench/data/factors.def"
	for (const char *const *own = c->kernel->parameters; *own; own++) {
#define PARAMETER(id, option, lowest, highest, fallback, meaning)                                            \
	if (strcmp(*own, option) == 0)                                                                       \
		f->id = uint_known(c->problem.id);
#define PARAMETER_CHOICE(id, option, fallback, choices, meaning)                                             \
	if (strcmp(*own, option) == 0)                                                                       \
		choice_text(choices, (unsigned)c->problem.id, f->id, sizeof f->id);
#define PARAMETER_TEXT(id, option, fallback, meaning)                                                        \
	if (strcmp(*own, option) == 0)                                                                       \
		copy(f->id, sizeof f->id, c->problem.id);
#include "kernels/parameters.def"
	}
	if (c->input[0])
		f->seed.known = f->bytes.known = false; /* nothing was generated */
}

/* Appends `--option=text`, or the text alone where the option is "". */
static void add_text(struct cell_argv *a, const char *option, const char *text)
{
	char *at = a->store + a->used;
	a->used += (size_t)snprintf(at, sizeof a->store - a->used, "%s%s%s%s", *option ? "--" : "", option,
			   *option ? "=" : "", text) +
		   1;
	a->argv[a->count++] = at;
	a->argv[a->count] = NULL;
}

static void add_number(struct cell_argv *a, const char *option, uint64_t number)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, number);
	add_text(a, option, text);
}

static void add_choice(struct cell_argv *a, const char *option, const char *choices, uint64_t chosen)
{
	char text[64];
	choice_text(choices, (unsigned)chosen, text, sizeof text);
	add_text(a, option, text);
}

static void word_variant(const struct cell *c, struct cell_argv *a)
{
	add_text(a, "variant", c->variant->name);
}

static void word_backend(const struct cell *c, struct cell_argv *a)
{
	add_text(a, "backend", c->backend->name);
}

static void word_placement(const struct cell *c, struct cell_argv *a)
{
	add_text(a, "placement", c->placement);
}

static void word_memory_policy(const struct cell *c, struct cell_argv *a)
{
	char text[24];
	memory_policy_text(&c->memory_policy, text, sizeof text);
	if (*text)
		add_text(a, "memory-policy", text);
}

static void word_size(const struct cell *c, struct cell_argv *a)
{
	if (c->size)
		add_number(a, "size", c->size);
}

static void word_input(const struct cell *c, struct cell_argv *a)
{
	if (c->input[0])
		add_text(a, "input", c->input);
}

void cell_to_argv(const struct cell *c, struct cell_argv *a)
{
	a->count = a->used = 0;
	add_text(a, "", c->kernel->name);
#define FACTOR_CHOICE(id, option, role, choices, help, meaning)                                              \
	if (c->id)                                                                                           \
		add_choice(a, option, choices, c->id);
#define FACTOR_COUNT(id, option, role, lowest, highest, fallback, hidden, help, meaning)                     \
	if (c->id != (fallback))                                                                             \
		add_number(a, option, c->id);
#define FACTOR_AMOUNT(id, option, role, lowest, highest, unit, help, meaning)                                \
	if (c->id)                                                                                           \
		add_number(a, option, c->id);
#define FACTOR_OWN(id, ...) word_##id(c, a);
#include "bench/data/factors.def"
	for (const struct parameter *p = parameters; p->name; p++) {
		struct problem problem = c->problem;
		if (!(c->given >> (p - parameters) & 1))
			continue;
		if (p->fallback_text)
			add_text(a, p->name, parameter_text(p, &problem));
		else if (p->choices)
			add_choice(a, p->name, p->choices, *parameter_value(p, &problem));
		else
			add_number(a, p->name, *parameter_value(p, &problem));
	}
}
