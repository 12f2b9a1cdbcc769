/* SPDX-License-Identifier: MIT */
/* variants.c - guarded memory, and any cut of a variant's units: what all tests of kernels share. */
#include "tests/kernels/variants.h"

#include "base/rng.h"
#include "kernels/cpu.h"
#include "tests/base/draw.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	KERNELS = 0
#define KERNEL(name) +1
#include "kernels/kernels.def"
	,
	MOST_VARIANTS = 64
};

static const char *const sets[] = {
#define CPU(id, name, test, meaning) name,
#include "kernels/cpu.def"
};

enum { SETS = sizeof sets / sizeof *sets };

const struct variant *const *variants_here(const struct kernel *k)
{
	static const struct variant *here[KERNELS][MOST_VARIANTS + 1];
	size_t at = 0, n = 0;
	char why[120];
	while (kernels[at] != k)
		at++;
	for (const struct variant *const *v = k->variants; *v; v++)
		if (!variant_missing(*v, cpu_features(), why)) {
			assert_true(n < MOST_VARIANTS);
			here[at][n++] = *v;
		}
	here[at][n] = NULL;
	return here[at];
}

const char *variant_set(const struct variant *v)
{
	const char *set = "scalar";
	for (unsigned i = 0; i < SETS; i++) {
		const size_t length = strlen(sets[i]);
		if (v->needs >> i & 1 || (strncmp(v->name, sets[i], length) == 0 &&
						 (!v->name[length] || v->name[length] == '-')))
			set = sets[i];
	}
	return set;
}

/* `names` as cpu_disable takes them. */
static int run_without(int (*run)(const char *hidden), const char *names)
{
	int status = 1;
	struct err e = {0};
	fflush(NULL);
	const pid_t child = fork();
	if (child == 0) {
		print_message("without %s:\n", names);
		exit(cpu_disable(names, &e) == 0 ? run(names) != 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

int variants_without_each(int (*run)(const char *hidden))
{
	const unsigned features = cpu_features();
	draw_seed();
	int failed = run(NULL) != 0;
	for (unsigned i = 0; i < SETS; i++)
		if (features >> i & 1)
			failed |= run_without(run, sets[i]);
	return failed;
}

int variants_without_extensions(int (*run)(const char *hidden))
{
	unsigned extensions = cpu_features();
	char names[200];
	draw_seed();
	int failed = run(NULL) != 0;
	for (const struct kernel *const *k = kernels; *k; k++)
		for (const struct variant *const *v = (*k)->variants; *v; v++)
			extensions &= ~(*v)->needs;
	if (!extensions)
		return failed;
	cpu_names(extensions, names, sizeof names);
	for (char *c = names; *c; c++)
		*c = *c == ' ' ? ',' : *c;
	return failed | run_without(run, names);
}

struct guarded guarded_open(size_t bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE),
		     whole = (bytes + page - 1) / page * page + (bytes == 0) * page;
	struct guarded g = {.mapped = whole + 2 * page};
	g.map = mmap(NULL, g.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.map, MAP_FAILED);
	g.begin = g.map + page;
	g.end = g.begin + whole;
	assert_int_equal(mprotect(g.begin, whole, PROT_READ | PROT_WRITE), 0);
	return g;
}

void guarded_close(struct guarded *g)
{
	munmap(g->map, g->mapped);
}

/* 4096-byte aligned, so that scratch of a part of a page ends up to a page before the upper guard. */
void open_scratch(struct opened *o)
{
	o->room = guarded_open(o->v->scratch_bytes(o->input));
	o->scratch = o->room.begin;
}

void close_scratch(struct opened *o)
{
	guarded_close(&o->room);
}

struct opened open_variant(const struct variant *v, const struct problem *p)
{
	struct opened o = {.v = v};
	struct err e = {0};
	if (v->setup(p, &o.input, &e) != 0)
		fail_msg("%s: %s", v->name, e.text);
	open_scratch(&o);
	return o;
}

void close_variant(struct opened *o)
{
	close_scratch(o);
	o->v->teardown(o->input);
}

/* Cuts `units` into chunks; returns how many there are. Free *cut, of one more. */
static size_t cut_units(uint64_t units, uint64_t longest, uint64_t **cut)
{
	enum { MOST = 300 };
	const uint64_t least = units / MOST;
	size_t n = 0;
	*cut = calloc(MOST + 2, sizeof **cut);
	assert_non_null(*cut);
	while ((*cut)[n] < units) {
		const uint64_t rest = units - (*cut)[n];
		const uint64_t length = longest < rest ? least + 1 + random_below(longest) : rest;
		(*cut)[n + 1] = (*cut)[n] + (length < rest ? length : rest);
		n++;
	}
	return n;
}

struct tally count_units(const struct variant *v, const void *input, uint64_t longest, unsigned workers)
{
	struct tally sum = {0};
	uint64_t *cut, state = random_bits();
	const size_t n = cut_units(v->units(input), longest, &cut);
	size_t *order = malloc((n + 1) * sizeof *order);
	struct guarded *scratch = malloc(workers * sizeof *scratch);
	assert_true(order && scratch);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	shuffle(order, n, &state);
	for (unsigned w = 0; w < workers; w++)
		scratch[w] = guarded_open(v->scratch_bytes(input));
	for (size_t i = 0; i < n; i++) {
		struct tally part = {0};
		v->chunk(input, (struct span){cut[order[i]], cut[order[i] + 1]}, scratch[i % workers].begin,
			&part);
		v->chunk(input, (struct span){cut[order[i]], cut[order[i]]}, scratch[i % workers].begin,
			&part);
		tally_add(&sum, part);
	}
	for (unsigned w = 0; w < workers; w++)
		guarded_close(&scratch[w]);
	if (v->settle)
		v->settle(input, &sum);
	free(scratch);
	free(order);
	free(cut);
	return sum;
}

struct tally count_in_chunks(const struct variant *v, const struct problem *p, uint64_t longest)
{
	struct opened o = open_variant(v, p);
	const struct tally sum = count_units(v, o.input, longest, 1);
	close_variant(&o);
	return sum;
}

struct tally count_all(const struct variant *v, const struct problem *p)
{
	return count_in_chunks(v, p, UINT64_MAX);
}

int places_take(void *ctx, const uint64_t *items, size_t n)
{
	struct places *p = ctx;
	if (p->count + n > p->room) {
		p->room = 2 * (p->count + n);
		p->at = realloc(p->at, p->room * sizeof *p->at);
		assert_non_null(p->at);
	}
	memcpy(p->at + p->count, items, n * sizeof *items);
	p->count += n;
	return p->most && p->count >= p->most;
}

struct outcome outcome_of(const struct variant *v, const void *input, uint64_t cut)
{
	struct outcome o = {0};
	const uint64_t units = v->units(input);
	struct guarded scratch = guarded_open(v->scratch_bytes(input));
	assert_true(v->grain(input) >= 1);
	if (cut == 0)
		cut = units ? units : 1;
	for (uint64_t lo = 0; lo < units; lo += cut) {
		const struct span s = {lo, units - lo < cut ? units : lo + cut};
		v->chunk(input, s, scratch.begin, &o.tally);
		if (v->emit)
			v->emit(input, s, scratch.begin, places_take, &o.places);
	}
	if (v->settle)
		v->settle(input, &o.tally);
	guarded_close(&scratch);
	return o;
}

void assert_same(
	const struct outcome *expected, const struct outcome *found, const char *variant, const char *what)
{
	const struct places *e = &expected->places, *f = &found->places;
	const struct tally *x = &expected->tally, *y = &found->tally;
	size_t i = 0;
	while (i < e->count && i < f->count && e->at[i] == f->at[i])
		i++;
	if (i < e->count || i < f->count)
		fail_msg("%s, %s: %zu listed, not %zu; the first that differs is number %zu", variant, what,
			f->count, e->count, i);
	if (x->count != y->count || x->checksum != y->checksum || x->longest != y->longest)
		fail_msg("%s, %s: count %" PRIu64 ", check %" PRIu64 ", longest %" PRIu64 ", not %" PRIu64
			 ", %" PRIu64 ", %" PRIu64,
			variant, what, y->count, y->checksum, y->longest, x->count, x->checksum, x->longest);
}
