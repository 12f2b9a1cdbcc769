/* SPDX-License-Identifier: MIT */
/*
 * primedict.c - probe `primedict`: two workers enter the primality of each number into one hash
 * table: under one lock, under 64 striped locks, or into tables of their own that are merged
 * afterwards.
 *
 * The division is the same everywhere, so the differences are those of sharing. Numbers are dealt
 * in pairs, so that both workers get as many odd ones. The table must agree with a sieve.
 */
#include "bench/probe/shared_lock.h"
#include "bench/probe/tasks.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STRIPES = 64, WORKERS = 2, STOP = 0 };

/* An open-addressing table; key 0 is free, so keys are numbers plus one. In shared memory. */
struct entry {
	uint64_t key, prime;
};

struct stripe {
	_Alignas(128) pthread_mutex_t lock;
	uint64_t count;
};

struct dictionary {
	struct stripe stripe[STRIPES];
	struct entry entries[]; /* STRIPES times `each`; one lock uses the first stripe's over all */
};

struct how {
	const char *name;
	unsigned stripes; /* 0: each worker its own, merged */
};

static const struct how hows[] = {{"own, merged", 0}, {"one lock", 1}, {"64 locks", STRIPES}};

struct work {
	struct dictionary *dictionary; /* shared */
	const struct how *how;
	uint64_t stop, capacity; /* of all entries: a power of two times STRIPES */
};

static uint64_t hash(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15);
}

/* Into a part of the table that holds `size` entries, a power of two. False when it is full. */
static bool store_entry(struct entry *part, uint64_t size, uint64_t number, bool prime)
{
	const uint64_t key = number + 1;
	uint64_t at = hash(key) >> 20;
	for (uint64_t i = 0; i < size; i++, at++) {
		struct entry *e = &part[at & (size - 1)];
		if (e->key == 0 || e->key == key) {
			*e = (struct entry){key, prime};
			return true;
		}
	}
	return false;
}

/* <=, not <: else squares of primes would be primes. */
static bool is_prime(uint64_t n)
{
	if (n < 4)
		return n > 1;
	if (n % 2 == 0)
		return false;
	for (uint64_t d = 3; d * d <= n; d += 2)
		if (n % d == 0)
			return false;
	return true;
}

static void fill_share(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	struct dictionary *d = w->dictionary;
	const unsigned parts = w->how->stripes ? w->how->stripes : WORKERS;
	const uint64_t each = w->capacity / parts;
	bool good = true;
	/* shared memory comes without page tables through a fork */
	for (uint64_t i = 0; i < w->capacity; i += 4096 / sizeof(struct entry))
		(void)*(volatile uint64_t *)&d->entries[i].key;
	t->begin_ns = clock_ns();
	for (uint64_t n = 0; n <= w->stop && good; n++) {
		if (n / 2 % WORKERS != t->index)
			continue;
		bool prime = is_prime(n);
		unsigned part = w->how->stripes ? (unsigned)(hash(n + 1) >> 58) % parts : t->index;
		if (w->how->stripes)
			pthread_mutex_lock(&d->stripe[part].lock);
		good = store_entry(d->entries + part * each, each, n, prime);
		d->stripe[part].count++;
		if (w->how->stripes)
			pthread_mutex_unlock(&d->stripe[part].lock);
	}
	if (!good)
		task_say(t, PROBE_FAILED, "the dictionary is full");
}

static size_t bytes_of(const struct work *w)
{
	return sizeof(struct dictionary) + (size_t)w->capacity * sizeof(struct entry);
}

static void lay(const struct work *w)
{
	memset(w->dictionary, 0, bytes_of(w));
	for (unsigned i = 0; i < STRIPES; i++)
		shared_mutex(&w->dictionary->stripe[i].lock);
}

/* The second worker's part into the first one's, as large as both: that is how the result is had in one. */
static bool merge(const struct work *w, struct entry *merged)
{
	bool good = true;
	for (uint64_t i = 0; i < w->capacity; i++)
		if (w->dictionary->entries[i].key)
			good &= store_entry(merged, w->capacity, w->dictionary->entries[i].key - 1,
				w->dictionary->entries[i].prime);
	return good;
}

/* Against a sieve: every number once, rightly. */
static enum probe_status check(const struct work *w, const struct entry *entries, struct probe_sample *s)
{
	uint64_t found = 0;
	enum probe_status status = PROBE_OK;
	unsigned char *composite = calloc((size_t)w->stop + 1, 1);
	if (!composite)
		return probe_say(s, PROBE_MEMORY, "out of memory");
	for (uint64_t p = 2; p * p <= w->stop; p++)
		for (uint64_t m = p * p; m <= w->stop && !composite[p]; m += p)
			composite[m] = 1;
	for (uint64_t i = 0; i < w->capacity && status == PROBE_OK; i++) {
		const struct entry *e = &entries[i];
		if (!e->key)
			continue;
		found++;
		if (e->key - 1 > w->stop || e->prime != (e->key > 2 && !composite[e->key - 1]))
			status = probe_say(s, PROBE_WRONG, "of %llu it holds the wrong thing",
				(unsigned long long)(e->key - 1));
	}
	free(composite);
	if (status == PROBE_OK && found != w->stop + 1)
		status = probe_say(s, PROBE_WRONG, "it holds %llu numbers, not %llu",
			(unsigned long long)found, (unsigned long long)(w->stop + 1));
	return status;
}

static struct work make_work(const struct probe_run *r)
{
	struct work w = {.stop = r->option[STOP], .capacity = 64 * STRIPES};
	while (w.capacity < 4 * (w.stop + 1))
		w.capacity *= 2;
	return w;
}

struct state {
	struct dictionary *dictionary;
	struct entry *merged; /* shared as well: private memory would be copied on write after each fork */
};

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = make_work(r);
	struct state *state = r->state;
	struct task done[WORKERS];
	(void)batch;
	if (!r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	w.dictionary = state->dictionary;
	w.how = c->how;
	lay(&w);
	memset(state->merged, 0, (size_t)w.capacity * sizeof *state->merged);
	const struct tasks two = {.processes = c->worker == task_workers[1],
		.count = WORKERS,
		.run = fill_share,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = tasks_run(&two, done, s);
	if (status != PROBE_OK)
		return status;
	double ns = tasks_span_ns(done, WORKERS), merging = 0;
	if (!w.how->stripes) {
		const uint64_t start = clock_ns();
		if (!merge(&w, state->merged))
			return probe_say(s, PROBE_FAILED, "the dictionary is full");
		merging = (double)(clock_ns() - start);
	}
	s->value[0] = (ns + merging) / (double)(w.stop + 1);
	s->value[1] = 1e9 / s->value[0];
	s->value[2] = 100 * merging / (ns + merging);
	return check(&w, w.how->stripes ? w.dictionary->entries : state->merged, s);
}

static int cases(struct probe_run *r, struct err *e)
{
	static const double expected[][2] = {{0.7, 1.4}, {1, 6}, {0.6, 3}};
	(void)e;
	for (size_t i = 0; i < 3; i++)
		for (int w = 0; w < 2; w++) {
			const bool is_base = i == 0 && w == 0;
			struct probe_case c = {.mechanism = hows[i].name,
				.worker = task_workers[w],
				.base = 0,
				.most = 1,
				.sample = sample,
				.how = &hows[i],
				.expected_low = is_base ? 0 : expected[i][0],
				.expected_high = is_base ? 0 : expected[i][1]};
			probe_add(r, &c);
		}
	return 0;
}

static int open_primedict(struct probe_run *r, struct err *e)
{
	const struct work w = make_work(r);
	struct state *s = r->state = calloc(1, sizeof *s);
	if (!s || !(s->dictionary = probe_shared(bytes_of(&w))) ||
		!(s->merged = probe_shared((size_t)w.capacity * sizeof *s->merged)))
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	return 0;
}

static void close_primedict(struct probe_run *r)
{
	const struct work w = make_work(r);
	struct state *s = r->state;
	if (!s)
		return;
	if (s->dictionary)
		munmap(s->dictionary, bytes_of(&w));
	if (s->merged)
		munmap(s->merged, (size_t)w.capacity * sizeof *s->merged);
	free(s);
	r->state = NULL;
}

const struct probe probe_primedict = {
	.name = "primedict",
	.summary = "trial division by two workers into one dictionary",
	.timed = "From the first worker's first number to the last worker's last, over all numbers from "
		 "0 to --stop; with own dictionaries it includes merging them. Workers take pairs of "
		 "numbers alternately, so that both get the same number of odd ones. Division, hash "
		 "table in shared memory and PROCESS_SHARED locks are the same for threads and "
		 "processes. The dictionary must match a sieve.",
	.expect = "The lock is held for a few ns between divisions, so it matters for small numbers. Many "
		  "locks come close to own dictionaries, whose merging is serial. Threads and processes "
		  "are alike. 1 is own dictionaries, merged, by threads.",
	.metrics = {{"number", "ns", "span over numbers"}, {"rate", "1/s", "numbers a second"},
		{"merging", "%", "of the span"}},
	.options = {{"stop", 0, 10000000, 30000, "last number"}},
	.cases = cases,
	.open = open_primedict,
	.close = close_primedict,
};
