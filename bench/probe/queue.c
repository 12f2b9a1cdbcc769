/* SPDX-License-Identifier: MIT */
/*
 * queue.c - probe `queue`: a stream of numbered items from a producer to a consumer, through a
 * ring, a ring under a mutex, and pipes.
 *
 * The lock-free ring has one writer and one reader (Lamport, TOPLAS 5, 1983): each side owns one
 * counter. Each side also keeps a copy of the other's counter and reads the shared one only when
 * the copy says full or empty, so that the line does not travel for every item.
 */
#include "bench/probe/shared_lock.h"
#include "bench/probe/stream.h"
#include "bench/probe/wait.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

enum { RING = 1024, BATCH = 512 };

/* In shared memory. Both sides count for ever; place i % RING. */
struct ring {
	_Alignas(128) _Atomic uint64_t written;
	_Alignas(128) _Atomic uint64_t taken;
	_Alignas(128) pthread_mutex_t mutex;
	pthread_cond_t changed;
	_Alignas(128) uint64_t item[RING];
};

struct work {
	struct ring *ring;
	const struct way *way;
	uint64_t items;
	int pipe[2];
};

/* How producer and consumer meet. Both are handed the numbers 1, 2, 3, ... */
struct way {
	const char *name;
	void (*produce)(const struct work *w, struct task *t);
	void (*consume)(const struct work *w, struct task *t);
	bool pipe;
	double low, high; /* thread against the ring between threads */
};

static bool expect(uint64_t got, uint64_t wanted, struct task *t)
{
	if (got != wanted)
		task_say(t, PROBE_WRONG, "item %llu came for %llu", (unsigned long long)got,
			(unsigned long long)wanted);
	return got == wanted;
}

static void ring_produce(const struct work *w, struct task *t)
{
	struct ring *r = w->ring;
	uint64_t free_until = RING;
	(void)t;
	for (uint64_t i = 0; i < w->items; i++) {
		if (i == free_until) { /* looks at the other's line only when it has to */
			wait_spin(&r->taken, i - RING + 1);
			free_until = atomic_load_explicit(&r->taken, memory_order_acquire) + RING;
		}
		r->item[i % RING] = i + 1;
		atomic_store_explicit(&r->written, i + 1, memory_order_release);
	}
}

static void ring_consume(const struct work *w, struct task *t)
{
	struct ring *r = w->ring;
	uint64_t there = 0;
	for (uint64_t i = 0; i < w->items; i++) {
		if (i == there) {
			wait_spin(&r->written, i + 1);
			there = atomic_load_explicit(&r->written, memory_order_acquire);
		}
		bool good = expect(r->item[i % RING], i + 1, t);
		atomic_store_explicit(&r->taken, i + 1, memory_order_release);
		if (!good)
			return;
	}
}

static void locked_produce(const struct work *w, struct task *t)
{
	struct ring *r = w->ring;
	(void)t;
	for (uint64_t i = 0; i < w->items; i++) {
		pthread_mutex_lock(&r->mutex);
		while (r->written - r->taken == RING)
			pthread_cond_wait(&r->changed, &r->mutex);
		r->item[i % RING] = i + 1;
		if (r->written++ == r->taken)
			pthread_cond_signal(&r->changed);
		pthread_mutex_unlock(&r->mutex);
	}
}

static void locked_consume(const struct work *w, struct task *t)
{
	struct ring *r = w->ring;
	for (uint64_t i = 0; i < w->items; i++) {
		pthread_mutex_lock(&r->mutex);
		while (r->written == r->taken)
			pthread_cond_wait(&r->changed, &r->mutex);
		uint64_t got = r->item[i % RING];
		if (r->written - r->taken++ == RING)
			pthread_cond_signal(&r->changed);
		pthread_mutex_unlock(&r->mutex);
		if (!expect(got, i + 1, t))
			return;
	}
}

static void pipe_produce(const struct work *w, struct task *t)
{
	for (uint64_t i = 1; i <= w->items; i++)
		if (!stream_write(t, w->pipe[1], &i, sizeof i))
			return;
}

static void pipe_consume(const struct work *w, struct task *t)
{
	for (uint64_t i = 1, got; i <= w->items; i++)
		if (!stream_read(t, w->pipe[0], &got, sizeof got) || !expect(got, i, t))
			return;
}

static void batch_produce(const struct work *w, struct task *t)
{
	uint64_t items[BATCH];
	for (uint64_t i = 0; i < w->items;) {
		size_t n = 0;
		while (n < BATCH && i < w->items)
			items[n++] = ++i;
		if (!stream_write(t, w->pipe[1], items, n * sizeof *items))
			return;
	}
}

static void batch_consume(const struct work *w, struct task *t)
{
	uint64_t items[BATCH];
	for (uint64_t i = 0; i < w->items;) {
		size_t n = w->items - i < BATCH ? (size_t)(w->items - i) : BATCH;
		if (!stream_read(t, w->pipe[0], items, n * sizeof *items))
			return;
		for (size_t k = 0; k < n; k++)
			if (!expect(items[k], ++i, t))
				return;
	}
}

static const struct way ways[] = {{"ring", ring_produce, ring_consume, false, 0, 0},
	{"ring under a mutex", locked_produce, locked_consume, false, 2, 100},
	{"pipe, item by item", pipe_produce, pipe_consume, true, 5, 500},
	{"pipe, 512 at a time", batch_produce, batch_consume, true, 0.02, 1}};

static void exchange(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	(t->index == 0 ? w->way->produce : w->way->consume)(w, t);
}

static void lay(struct ring *r)
{
	memset(r, 0, sizeof *r);
	shared_mutex(&r->mutex);
	shared_condition(&r->changed);
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = {.ring = r->state, .way = c->how, .items = batch, .pipe = {-1, -1}};
	struct task done[2];
	if (!r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	lay(w.ring);
	const struct tasks two = {.processes = c->worker == task_workers[1],
		.count = 2,
		.run = exchange,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = w.way->pipe ? stream_open(STREAM_PIPE, w.pipe, s) : PROBE_OK;
	if (status == PROBE_OK)
		status = tasks_run(&two, done, s);
	stream_close(w.pipe);
	if (status == PROBE_OK) {
		s->value[0] = tasks_span_ns(done, 2) / (double)batch;
		s->value[1] = 1e9 / s->value[0];
	}
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		for (int w = 0; w < 2; w++) {
			const bool ring = i == 0, is_base = ring && w == 0;
			struct probe_case c = {.mechanism = ways[i].name,
				.worker = task_workers[w],
				.base = 0,
				.most = 10000000,
				.sample = sample,
				.how = &ways[i],
				.expected_low = is_base ? 0
						: ring  ? 0.7
							: ways[i].low,
				.expected_high = is_base ? 0
						 : ring  ? 1.5
							 : ways[i].high};
			probe_add(r, &c);
		}
	return 0;
}

static int open_queue(struct probe_run *r, struct err *e)
{
	stream_quiet();
	r->state = probe_shared(sizeof(struct ring));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_queue(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, sizeof(struct ring));
	r->state = NULL;
}

const struct probe probe_queue = {
	.name = "queue",
	.summary = "items of 8 bytes from a producer to a consumer, in order",
	.timed = "From the producer's first item to the consumer's last, divided by the number of items; "
		 "one worker per CPU. The ring is in shared memory and holds 1,024 items; each side "
		 "reads the other's counter only when its cached value is exhausted. The consumer checks "
		 "that the items are 1, 2, 3, ...: none lost, none duplicated.",
	.expect = "If both sides are equally fast, a ring costs the transfer of one cache line per item. "
		  "A mutex adds its own cost and, when a side runs dry, two switches. A pipe costs two "
		  "system calls per item, which batches amortise. Processes and threads are alike. 1 is "
		  "the ring between threads.",
	.metrics = {{"item", "ns", "made, moved and checked"}, {"rate", "1/s", "items a second"}},
	.cases = cases,
	.open = open_queue,
	.close = close_queue,
};
