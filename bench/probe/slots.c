/* SPDX-License-Identifier: MIT */
/*
 * slots.c - probe `slots`: two workers write to their own slots of one list: on the same cache
 * line, on neighbouring lines, apart; and by requests to a server that holds the list.
 */
#include "bench/probe/stream.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORKERS = 2, LIST_BYTES = 4096 };

/* How a slot is written n times by worker `id`; it then holds id << 32 | n. */
struct how {
	const char *name;
	void (*write)(_Atomic uint64_t *slot, uint64_t id, uint64_t n);
};

static uint64_t value_of(uint64_t id, uint64_t n)
{
	return id << 32 | (n & UINT32_MAX);
}

static void write_plain(_Atomic uint64_t *slot, uint64_t id, uint64_t n)
{
	for (uint64_t i = 1; i <= n; i++)
		atomic_store_explicit(slot, value_of(id, i), memory_order_relaxed);
}

static void write_atomic(_Atomic uint64_t *slot, uint64_t id, uint64_t n)
{
	atomic_store(slot, value_of(id, 0));
	for (uint64_t i = 1; i <= n; i++)
		atomic_fetch_add_explicit(slot, 1, memory_order_relaxed);
}

static const struct how hows[] = {{"store", write_plain}, {"atomic add", write_atomic}};

struct work {
	char *list;
	uint64_t stride, n;
	const struct how *how;
	int sockets[WORKERS][2]; /* server's end, worker's end */
};

static _Atomic uint64_t *slot_of(const struct work *w, uint64_t i)
{
	return (_Atomic uint64_t *)(void *)(w->list + i * w->stride);
}

static void write_slot(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	w->how->write(slot_of(w, t->index), t->index + 1, w->n);
}

/* --- the server: what multiprocessing's Manager is --- */

struct request {
	uint64_t index, value; /* value 0: no more */
};

enum reply { STORED = 1, REFUSED = 2 };

static bool answer(const struct work *w, unsigned worker, bool *more, struct task *t)
{
	struct request q;
	uint64_t reply = REFUSED;
	if (!stream_read(t, w->sockets[worker][0], &q, sizeof q))
		return false;
	*more = q.value != 0;
	if (!*more)
		return true;
	if (q.index < WORKERS) {
		atomic_store(slot_of(w, q.index), q.value);
		reply = STORED;
	}
	return stream_write(t, w->sockets[worker][0], &reply, sizeof reply);
}

static void serve(const struct work *w, struct task *t)
{
	struct pollfd fds[WORKERS] = {
		{.fd = w->sockets[0][0], .events = POLLIN}, {.fd = w->sockets[1][0], .events = POLLIN}};
	for (unsigned open = WORKERS; open;) {
		poll(fds, WORKERS, -1);
		for (unsigned i = 0; i < WORKERS; i++) {
			bool more = true;
			if (fds[i].revents && !answer(w, i, &more, t))
				return;
			if (!more) {
				fds[i].fd = -1;
				open--;
			}
		}
	}
}

static bool ask(int fd, uint64_t index, uint64_t value, uint64_t wanted, struct task *t)
{
	const struct request q = {index, value};
	uint64_t reply;
	if (!stream_write(t, fd, &q, sizeof q) || !stream_read(t, fd, &reply, sizeof reply))
		return false;
	if (reply != wanted)
		task_say(t, PROBE_WRONG, "the server %s index %llu", reply == STORED ? "took" : "refused",
			(unsigned long long)index);
	return reply == wanted;
}

static void use_server(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	if (t->index == WORKERS) {
		serve(w, t);
		return;
	}
	const int fd = w->sockets[t->index][1];
	const struct request last = {0, 0};
	const uint64_t id = t->index + 1;
	if (!ask(fd, WORKERS, 1, REFUSED, t)) /* an index beyond the list */
		return;
	const uint64_t start = clock_ns();
	for (uint64_t i = 1; i <= w->n; i++)
		if (!ask(fd, t->index, value_of(id, i), STORED, t))
			return;
	t->word[0] = clock_ns() - start;
	stream_write(t, fd, &last, sizeof last);
}

/* --- both --- */

static enum probe_status check(const struct work *w, struct probe_sample *s)
{
	for (uint64_t i = 0; i < WORKERS; i++)
		if (atomic_load(slot_of(w, i)) != value_of(i + 1, w->n))
			return probe_say(s, PROBE_WRONG, "slot %llu does not hold what its worker wrote",
				(unsigned long long)i);
	return PROBE_OK;
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = {.list = r->state, .stride = c->size, .n = batch, .how = c->how};
	struct task done[WORKERS];
	if (!r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	memset(w.list, 0, LIST_BYTES);
	const struct tasks two = {.processes = c->worker == task_workers[1],
		.count = WORKERS,
		.run = write_slot,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = tasks_run(&two, done, s);
	if (status != PROBE_OK)
		return status;
	s->value[0] = tasks_span_ns(done, WORKERS) / (double)batch;
	return check(&w, s);
}

static enum probe_status sample_server(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = {.list = r->state, .stride = c->size, .n = batch, .sockets = {{-1, -1}, {-1, -1}}};
	struct task done[WORKERS + 1];
	memset(w.list, 0, LIST_BYTES);
	const struct tasks three = {.processes = c->worker == task_workers[1],
		.count = WORKERS + 1,
		.run = use_server,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]},
		.overlap = true};
	enum probe_status status = stream_open(STREAM_SOCKETS, w.sockets[0], s);
	if (status == PROBE_OK)
		status = stream_open(STREAM_SOCKETS, w.sockets[1], s);
	if (status == PROBE_OK)
		status = tasks_run(&three, done, s);
	stream_close(w.sockets[0]);
	stream_close(w.sockets[1]);
	if (status != PROBE_OK)
		return status;
	s->value[0] = (double)(done[0].word[0] + done[1].word[0]) / 2 / (double)batch;
	return check(&w, s);
}

static int cases(struct probe_run *r, struct err *e)
{
	static const struct {
		uint64_t stride;
		const char *name;
		double low, high;
	} strides[] = {
		{128, "128 bytes apart", 0.7, 1.5}, {64, "64 bytes apart", 0.5, 4}, {8, "adjacent", 1.5, 60}};
	(void)e;
	for (size_t h = 0; h < 2; h++) {
		int base = (int)r->count;
		for (size_t i = 0; i < 3; i++)
			for (int w = 0; w < 2; w++) {
				bool is_base = i == 0 && w == 0;
				struct probe_case c = {.mechanism = hows[h].name,
					.worker = task_workers[w],
					.base = base,
					.sample = sample,
					.how = &hows[h],
					.size = strides[i].stride,
					.most = 100000000,
					.expected_low = is_base       ? 0
							: h || i == 0 ? strides[i].low
								      : 0.5,
					.expected_high = is_base ? 0 : strides[i].high};
				snprintf(c.setting, sizeof c.setting, "%s", strides[i].name);
				probe_add(r, &c);
			}
	}
	int base = (int)r->count;
	for (int w = 0; w < 2; w++) {
		struct probe_case c = {.mechanism = "server, socketpair",
			.worker = task_workers[w],
			.base = base,
			.sample = sample_server,
			.size = sizeof(uint64_t),
			.most = 1000000,
			.expected_low = w ? 0.7 : 0,
			.expected_high = w ? 1.5 : 0};
		probe_add(r, &c);
	}
	return 0;
}

static int open_slots(struct probe_run *r, struct err *e)
{
	stream_quiet();
	r->state = probe_shared(LIST_BYTES);
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_slots(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, LIST_BYTES);
	r->state = NULL;
}

const struct probe probe_slots = {
	.name = "slots",
	.summary = "two workers write to slots of a list: false sharing, and a list kept by a server",
	.timed = "From the first worker's first write to the last worker's last, divided by the writes "
		 "of one worker. The list is in shared memory for threads and processes alike, one "
		 "worker per CPU. With a server: a worker's request through a socketpair until the "
		 "reply, where the server is a third worker. Afterwards each slot must hold the last "
		 "write of its worker; the server must have refused an index beyond the list.",
	.expect = "Slots on separate cache lines cost the same as private memory, for processes as for "
		  "threads. Adjacent slots share a line that travels between the CPUs: an atomic addition "
		  "waits for it and takes several times as long; plain stores may wait in the store "
		  "buffer and cost nothing. At 64 bytes apart, some CPUs fetch lines in pairs. A server "
		  "costs two hand-overs per write: thousands of times as much, for either kind of worker. "
		  "1 is 128 bytes apart between threads; for the server, the server as a thread.",
	.metrics = {{"write", "ns", "of one worker; with a server, request to reply"}},
	.cases = cases,
	.open = open_slots,
	.close = close_slots,
};
