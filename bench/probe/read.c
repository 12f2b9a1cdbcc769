/* SPDX-License-Identifier: MIT */
/*
 * read.c - probe `read`: the bandwidth of each memory level, for one and two workers, and the share
 * of it that kernels reach. A kernel and both ways to read are timed right after each other, in the
 * same process and over the same number of bytes, so that the ratio is free of drift.
 */
#include "bench/probe/tasks.h"

#include "bench/harness/work.h"
#include "kernels/cpu.h"
#include "kernels/kernel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 2, QUICK_MIB = 16, TILE = 32768 };

/* What reads, by which variant of which kernel. */
struct reader {
	const char *name, *kernel;
	enum { PLAIN, PAGES, BEST } variant;
};

static const struct reader readers[] = {{"read, line by line", "read", PLAIN},
	{"read, 8 pages by turns", "read", PAGES}, {"words of 4 letters", "palindrome", BEST},
	{"text", "text", BEST}, {"substrings", "substrings", BEST}};

enum { READERS = sizeof readers / sizeof *readers, READS = 2 };

enum level { L1, L2, MEMORY, LEVELS };

static const char *const level_names[LEVELS] = {"L1", "L2", "memory"};

/* A reader's input of one level and as many workers, and the answer. */
struct subject {
	const struct variant *variant;
	void *input;
	void *scratch[WORKERS];
	uint64_t bytes, units;
	struct tally answer; /* of all units but what settling takes back */
};

struct read_state {
	struct subject subjects[READERS][LEVELS][WORKERS];
};

/* One pass over a subject by some workers, again and again. */
struct passes {
	const struct subject *subject;
	unsigned workers;
	uint64_t count;
	bool warm; /* the caches, before */
};

static bool reads_pages(const struct variant *v)
{
	return strstr(v->name, "-pages") != NULL;
}

/* The best variant here, if it is of that sort, or else the last of that sort that can run; NULL. */
static const struct variant *variant_of(const struct reader *r, const struct kernel *k)
{
	const struct variant *const best = variant_best(k, cpu_features(), cpu_traits()), *found = NULL;
	char why[120];
	if (r->variant == BEST || reads_pages(best) == (r->variant == PAGES))
		return best;
	for (const struct variant *const *v = k->variants; *v; v++)
		if (!variant_missing(*v, cpu_features(), why) && reads_pages(*v) == (r->variant == PAGES))
			found = *v;
	return found;
}

/* Half of a cache in whole tiles of the page-wise read, one at least, for each worker; of memory what the
 * option says, together. */
static uint64_t bytes_of(const struct probe_run *r, enum level level, unsigned workers)
{
	const struct cache_share caches = place_caches(&r->place, workers);
	const uint64_t mib = r->quick && r->option[0] > QUICK_MIB ? QUICK_MIB : r->option[0];
	if (level == MEMORY)
		return mib << 20;
	const uint64_t share = level == L1 ? caches.l1_bytes : caches.l2_bytes,
		       fallback = level == L1 ? 32 << 10 : 256 << 10;
	const uint64_t tiles = (share ? share : fallback) / 2 / TILE;
	return workers * (tiles ? tiles : 1) * TILE;
}

static void run_passes(void *ctx, struct task *t)
{
	const struct passes *p = ctx;
	const struct subject *s = p->subject;
	const struct span span = work_part(s->units, p->workers, t->index);
	struct tally first = {0}, next = {0};
	s->variant->chunk(
		s->input, p->warm ? span : (struct span){span.lo, span.lo}, s->scratch[t->index], &next);
	t->begin_ns = clock_ns();
	for (uint64_t i = 0; i < p->count; i++) {
		next = (struct tally){0};
		s->variant->chunk(s->input, span, s->scratch[t->index], &next);
		if (i == 0)
			first = next;
		else if (memcmp(&first, &next, sizeof first) != 0)
			task_say(t, PROBE_WRONG, "two passes gave different answers");
	}
	t->end_ns = clock_ns();
	_Static_assert(sizeof first <= sizeof t->word, "a tally has room in a task's words");
	memcpy(t->word, &first, sizeof first);
}

/* The time of a pass. */
static enum probe_status measure(
	const struct probe_run *r, const struct passes *p, double *ns, struct probe_sample *s)
{
	struct task done[WORKERS];
	struct tally all = {0};
	union {
		const void *shared;
		void *ctx;
	} passes = {.shared = p};
	const struct tasks tasks = {
		.count = p->workers, .run = run_passes, .ctx = passes.ctx, .cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = tasks_run(&tasks, done, s);
	if (status != PROBE_OK)
		return status;
	for (unsigned w = 0; w < p->workers; w++) {
		struct tally part;
		memcpy(&part, done[w].word, sizeof part);
		tally_add(&all, part);
	}
	if (memcmp(&all, &p->subject->answer, sizeof all) != 0)
		return probe_say(s, PROBE_WRONG, "the workers' answer is not that of one alone");
	*ns = tasks_span_ns(done, p->workers) / (double)p->count;
	return PROBE_OK;
}

/* A reader of some level and workers; NAN where no variant of it can run here. */
static enum probe_status rate_of(struct probe_run *r, size_t reader, const struct probe_case *c,
	uint64_t batch, double *rate, struct probe_sample *s)
{
	const struct read_state *all = r->state;
	const size_t level = (size_t)(c->size / WORKERS), w = (size_t)(c->size % WORKERS);
	const struct subject *subject = &all->subjects[reader][level][w];
	const struct passes passes = {subject, (unsigned)w + 1, batch, level != MEMORY};
	double ns = (double)NAN;
	enum probe_status status = subject->variant ? measure(r, &passes, &ns, s) : PROBE_OK;
	*rate = (double)subject->bytes / ns * 1e9;
	return status;
}

/* The reader, and right after a kernel both reads. */
static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	const size_t reader = (size_t)((const struct reader *)c->how - readers);
	double rate, best = 0;
	if (c->size % WORKERS && !r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	enum probe_status status = rate_of(r, reader, c, batch, &rate, s);
	if (status == PROBE_OK && isnan(rate))
		return probe_say(s, PROBE_ABSENT, "no variant of it can run here");
	s->value[0] =
		(double)bytes_of(r, (enum level)(c->size / WORKERS), (unsigned)(c->size % WORKERS) + 1) /
		rate * 1e9;
	s->value[1] = rate;
	for (size_t i = 0; status == PROBE_OK && i < READS && reader >= READS; i++) {
		status = rate_of(r, i, c, batch, &rate, s);
		best = rate > best ? rate : best; /* not so of NAN */
	}
	if (best > 0)
		s->value[2] = 100 * s->value[1] / best;
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (unsigned level = 0; level < LEVELS; level++)
		for (unsigned w = 0; w < WORKERS; w++) {
			const int base = (int)r->count;
			for (size_t i = 0; i < READERS; i++) {
				struct probe_case c = {.mechanism = readers[i].name,
					.worker = task_workers[0],
					.base = base,
					.sample = sample,
					.how = &readers[i],
					.size = level * WORKERS + w,
					.most = 100000000,
					.full = level == L2 || (i > READS && level != MEMORY)};
				snprintf(c.setting, sizeof c.setting, "%s, %u worker%s", level_names[level],
					w + 1, w ? "s" : "");
				probe_add(r, &c);
			}
		}
	return 0;
}

static int open_subject(const struct probe_run *r, const struct reader *reader, enum level level,
	unsigned workers, struct subject *s, struct err *e)
{
	const struct kernel *k = kernel_find(reader->kernel, e);
	struct problem p;
	problem_init(&p);
	s->variant = k ? variant_of(reader, k) : NULL;
	if (!k)
		return -1;
	if (!s->variant)
		return 0;
	const struct cache_share caches = place_caches(&r->place, workers);
	const uint64_t items = (uint64_t)((double)bytes_of(r, level, workers) / k->item_bytes(&p));
	k->resize(&p, items);
	p.workers = workers;
	p.l1_bytes = caches.l1_bytes;
	p.l2_bytes = caches.l2_bytes;
	p.l3_bytes = caches.l3_bytes;
	s->bytes = (uint64_t)((double)items * k->item_bytes(&p));
	if (s->variant->setup(&p, &s->input, e) != 0)
		return -1;
	s->units = s->variant->units(s->input);
	const size_t room = (s->variant->scratch_bytes(s->input) + 4096) / 4096 * 4096;
	for (unsigned w = 0; w < workers; w++) {
		if (!(s->scratch[w] = aligned_alloc(4096, room)))
			return err_blame(e, CAUSE_MEMORY, "out of memory: scratch of %zu bytes", room);
		memset(s->scratch[w], 0, room);
	}
	s->variant->chunk(s->input, (struct span){0, s->units}, s->scratch[0], &s->answer);
	return 0;
}

static int open_read(struct probe_run *r, struct err *e)
{
	struct read_state *all = r->state = calloc(1, sizeof *all);
	if (!all)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	for (size_t i = 0; i < READERS; i++)
		for (unsigned level = 0; level < LEVELS; level++)
			for (unsigned w = 0; w < WORKERS; w++)
				if (open_subject(r, &readers[i], (enum level)level, w + 1,
					    &all->subjects[i][level][w], e) != 0)
					return -1;
	return 0;
}

static void close_read(struct probe_run *r)
{
	struct read_state *all = r->state;
	for (size_t i = 0; all && i < READERS; i++)
		for (unsigned level = 0; level < LEVELS; level++)
			for (unsigned w = 0; w < WORKERS; w++) {
				struct subject *s = &all->subjects[i][level][w];
				if (s->input)
					s->variant->teardown(s->input);
				for (unsigned k = 0; k < WORKERS; k++)
					free(s->scratch[k]);
			}
	free(all);
	r->state = NULL;
}

const struct probe probe_read = {
	.name = "read",
	.summary = "memory read rate at each level, by one and two workers; kernels compared with it",
	.timed = "Passes over the whole input, split between the workers, from the first worker's start "
		 "to the last worker's end. Inputs of half a cache per worker (at least 32 KiB) were "
		 "read once before. Right after each sample of a kernel both ways to read are timed over "
		 "the same number of bytes in the same process, and the kernel's share of the faster one "
		 "is taken. Each pass must give the answer that one worker found alone.",
	.expect = "Reading eight pages in turn is as fast as line by line in caches, and faster from "
		  "memory, where prefetchers work page by page (Intel: up to twice). Words of 4 letters "
		  "reach 0.85 of the best read from memory and 0.25 in L1; text and substrings are "
		  "compute bound. 1 is reading line by line.",
	.metrics = {{"pass", "ns", "over all bytes"}, {"rate", "B/s", "bytes over that"},
		{"of best", "%", "of the faster read in the same sample"}},
	.options = {{"read-mib", 1, 65536, 128, "MiB read from memory"}},
	.cases = cases,
	.open = open_read,
	.close = close_read,
};
