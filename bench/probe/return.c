/* SPDX-License-Identifier: MIT */
/*
 * return.c - probe `return`: a result made by one worker until another has read it, by pointer,
 * shared memory, pipes, sockets, vmsplice, process_vm_readv, or a file in memory.
 *
 * Making and summing the result are inside the timed span, as they are for a user, and the same for
 * all. The sum is known in closed form (an arithmetic progression), so checking it needs no second
 * copy. Paths that stream let the consumer read while the producer still writes.
 */
#include "base/units.h"
#include "bench/probe/pages.h"
#include "bench/probe/stream.h"
#include "bench/probe/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>

enum { PRODUCER = 0, CONSUMER = 1, PIPE_BYTES = 1 << 20 };

/* In shared memory: who is where. */
struct desk {
	_Alignas(128) _Atomic uint64_t wanted; /* round the consumer waits for */
	_Alignas(128) _Atomic uint64_t made;   /* round that is there to be taken */
	_Alignas(128) _Atomic uint64_t start;  /* of the round, by the producer */
	_Atomic uint64_t address, pid;
};

struct trade {
	struct desk *desk;
	const struct path *path;
	size_t bytes;
	uint64_t rounds;
	uint64_t *shared; /* as large as the result; NULL where the path has none */
	int fds[2];       /* where to read, where to write */
};

enum needs { NOTHING, SHARED, COLD, PIPE, BIG_PIPE, SOCKETS, FILE_IN_MEMORY };

/* A way for the result to take. `give` begins with it in `own`, `take` ends with it in what it returns: `own`
 * of the consumer, or where it lies. */
struct path {
	const char *name;
	const char *setting;
	bool (*give)(struct trade *t, uint64_t *own, struct task *task);
	const uint64_t *(*take)(struct trade *t, uint64_t *own, struct task *task);
	enum needs needs;
	bool in_place; /* made in `shared` */
	bool thread;
	double low, high;
};

/* --- the ways --- */

static bool give_nothing(struct trade *t, uint64_t *own, struct task *task)
{
	(void)t;
	(void)own;
	(void)task;
	return true;
}

static const uint64_t *take_pointer(struct trade *t, uint64_t *own, struct task *task)
{
	(void)own;
	(void)task;
	return (const uint64_t *)(uintptr_t)atomic_load(&t->desk->address);
}

static const uint64_t *take_shared(struct trade *t, uint64_t *own, struct task *task)
{
	(void)own;
	(void)task;
	return t->shared;
}

static bool give_copy(struct trade *t, uint64_t *own, struct task *task)
{
	(void)task;
	memcpy(t->shared, own, t->bytes);
	return true;
}

static const uint64_t *take_copy(struct trade *t, uint64_t *own, struct task *task)
{
	(void)task;
	return memcpy(own, t->shared, t->bytes);
}

static bool give_stream(struct trade *t, uint64_t *own, struct task *task)
{
	return stream_write(task, t->fds[1], own, t->bytes);
}

static const uint64_t *take_stream(struct trade *t, uint64_t *own, struct task *task)
{
	return stream_read(task, t->fds[0], own, t->bytes) ? own : NULL;
}

/* The pages themselves go into the pipe; they are not written to before the consumer has them all. */
static bool give_vmsplice(struct trade *t, uint64_t *own, struct task *task)
{
	struct iovec v = {own, t->bytes};
	while (v.iov_len) {
		ssize_t n = vmsplice(t->fds[1], &v, 1, 0);
		if (n < 0 && errno != EINTR) {
			task_say(task,
				errno == ENOSYS || errno == EPERM ? PROBE_ABSENT
								  : probe_status_of(err_cause_of(errno)),
				"vmsplice: %s", strerror(errno));
			return false;
		}
		v.iov_base = (char *)v.iov_base + (n > 0 ? n : 0);
		v.iov_len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static const uint64_t *take_readv(struct trade *t, uint64_t *own, struct task *task)
{
	for (size_t done = 0; done < t->bytes;) {
		struct iovec to = {(char *)own + done, t->bytes - done};
		struct iovec from = {
			(char *)(uintptr_t)atomic_load(&t->desk->address) + done, t->bytes - done};
		ssize_t n = process_vm_readv((pid_t)atomic_load(&t->desk->pid), &to, 1, &from, 1, 0);
		if (n <= 0) {
			task_say(task,
				errno == EPERM || errno == ENOSYS ? PROBE_ABSENT
								  : probe_status_of(err_cause_of(errno)),
				"process_vm_readv: %s", strerror(errno));
			return NULL;
		}
		done += (size_t)n;
	}
	return own;
}

static bool give_file(struct trade *t, uint64_t *own, struct task *task)
{
	return lseek(t->fds[1], 0, SEEK_SET) == 0 && stream_write(task, t->fds[1], own, t->bytes);
}

static const uint64_t *take_file(struct trade *t, uint64_t *own, struct task *task)
{
	return lseek(t->fds[0], 0, SEEK_SET) == 0 && stream_read(task, t->fds[0], own, t->bytes) ? own : NULL;
}

static const struct path paths[] = {
	{"thread, pointer", "", give_nothing, take_pointer, NOTHING, false, true, 0, 0},
	{"shared memory, resident", "", give_nothing, take_shared, SHARED, true, false, 0.7, 1.3},
	{"shared memory, cold", "", give_nothing, take_shared, COLD, true, false, 1.8, 5},
	{"shared memory, copied", "", give_copy, take_copy, SHARED, false, false, 1.2, 4},
	{"pipe of 64 KiB", "", give_stream, take_stream, PIPE, false, false, 2.5, 8},
	{"pipe of 1 MiB", "", give_stream, take_stream, BIG_PIPE, false, false, 2, 8},
	{"socketpair", "", give_stream, take_stream, SOCKETS, false, false, 2.5, 8},
	{"vmsplice", "", give_vmsplice, take_stream, PIPE, false, false, 1.2, 6},
	{"process_vm_readv", "", give_nothing, take_readv, NOTHING, false, false, 1.2, 4},
	{"file in memory", "", give_file, take_file, FILE_IN_MEMORY, false, false, 1.5, 6},
};

enum { PATHS = sizeof paths / sizeof *paths };

/* --- the two workers --- */

static const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);

static void fill(uint64_t *at, size_t n, uint64_t first)
{
	for (size_t i = 0; i < n; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.*): n is 0 where there is none */
		at[i] = first + i * step;
}

static bool is_sum(const uint64_t *at, uint64_t n, uint64_t first)
{
	uint64_t sum = 0, pairs = n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1);
	for (size_t i = 0; i < n; i++)
		sum += at[i];
	return sum == first * n + step * pairs;
}

static void produce(struct trade *t, struct task *task, uint64_t *own)
{
	const size_t n = t->bytes / sizeof *own;
	const bool streams = t->path->take == take_stream;
	uint64_t *result = t->path->in_place ? t->shared : own;
	/* lets a sibling read where the system asks for it */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	atomic_store(&t->desk->pid, (uint64_t)getpid());
	atomic_store(&t->desk->address, (uint64_t)(uintptr_t)result);
	for (uint64_t round = 1; round <= t->rounds; round++) {
		wait_spin(&t->desk->wanted, round);
		atomic_store(&t->desk->start, clock_ns());
		fill(result, n, round);
		if (streams)
			/* the consumer takes what comes while it comes */
			atomic_store(&t->desk->made, round);
		if (!t->path->give(t, own, task))
			return;
		atomic_store_explicit(&t->desk->made, round, memory_order_release);
	}
	/* a reader may not be done with this memory before it has asked for one more */
	wait_spin(&t->desk->wanted, t->rounds + 1);
}

static void consume(struct trade *t, struct task *task, uint64_t *own)
{
	const bool streams = t->path->take == take_stream;
	for (uint64_t round = 1; round <= t->rounds; round++) {
		atomic_store(&t->desk->wanted, round);
		if (!streams)
			wait_spin(&t->desk->made, round);
		const uint64_t *at = t->path->take(t, own, task);
		if (at && !is_sum(at, t->bytes / sizeof *at, round))
			task_say(task, PROBE_WRONG, "the result's sum is not what was made");
		if (!at || task->status != PROBE_OK)
			break;
		task->word[0] += clock_ns() - atomic_load(&t->desk->start);
	}
	atomic_store(&t->desk->wanted, UINT64_MAX);
}

static void make_result(void *ctx, struct task *task)
{
	struct trade *t = ctx;
	uint64_t *own = pages_map(t->bytes < 4096 ? 4096 : t->bytes, false);
	if (!own) {
		task_say(task, PROBE_MEMORY, "out of memory");
		return;
	}
	if (t->shared && t->path->needs != COLD)
		for (size_t i = 0; i < t->bytes; i += 4096) /* page tables are each process's own */
			(void)*(volatile char *)((char *)t->shared + i);
	if (task->index == PRODUCER)
		produce(t, task, own);
	else
		consume(t, task, own);
	pages_unmap(own, t->bytes < 4096 ? 4096 : t->bytes);
}

/* --- around them --- */

static enum probe_status open_path(struct trade *t, struct probe_sample *s)
{
	const enum needs needs = t->path->needs;
	if (needs == SHARED || needs == COLD) {
		void *at = needs == SHARED ? probe_shared(t->bytes)
					   : mmap(NULL, t->bytes, PROT_READ | PROT_WRITE,
						     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		t->shared = at == MAP_FAILED ? NULL : at;
		return t->shared ? PROBE_OK : probe_say(s, PROBE_MEMORY, "out of shared memory");
	}
	if (needs == PIPE || needs == BIG_PIPE || needs == SOCKETS) {
		const enum probe_status status =
			stream_open(needs == SOCKETS ? STREAM_SOCKETS : STREAM_PIPE, t->fds, s);
		if (status != PROBE_OK)
			return status;
		if (needs == BIG_PIPE && fcntl(t->fds[1], F_SETPIPE_SZ, PIPE_BYTES) < 0)
			return probe_say(s, PROBE_ABSENT, "a pipe of 1 MiB: %s", strerror(errno));
	}
	if (needs == FILE_IN_MEMORY) {
		/* a file without a name, and two descriptors with a place in it each */
		char again[64];
		t->fds[0] = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		snprintf(again, sizeof again, "/proc/self/fd/%d", t->fds[0]);
		t->fds[1] = t->fds[0] < 0 ? -1 : open(again, O_RDWR | O_CLOEXEC);
		if (t->fds[1] < 0)
			return probe_say(s, PROBE_ABSENT, "/dev/shm: %s", strerror(errno));
	}
	return PROBE_OK;
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct trade t = {
		.desk = r->state, .path = c->how, .bytes = (size_t)c->size, .rounds = batch, .fds = {-1, -1}};
	struct task done[2];
	if (!r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	if (t.bytes > pages_available() / 5)
		return probe_say(s, PROBE_ABSENT, "there is not five times as much memory");
	memset(t.desk, 0, sizeof *t.desk);
	const struct tasks two = {.processes = !t.path->thread,
		.count = 2,
		.run = make_result,
		.ctx = &t,
		.cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = open_path(&t, s);
	if (status == PROBE_OK)
		status = tasks_run(&two, done, s);
	stream_close(t.fds);
	if (t.shared)
		munmap(t.shared, t.bytes);
	if (status == PROBE_OK) {
		s->value[0] = (double)done[CONSUMER].word[0] / (double)batch;
		s->value[1] = (double)t.bytes / s->value[0] * 1e9;
	}
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	static const struct {
		uint64_t bytes;
		bool full;
	} sizes[] = {{8, false}, {4096, true}, {65536, false}, {1 << 20, false}, {16 << 20, true},
		{256 << 20, true}};
	(void)e;
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		int base = (int)r->count;
		for (size_t i = 0; i < PATHS; i++) {
			const struct path *p = &paths[i];
			const bool large = sizes[k].bytes >= 1 << 20, cold = p->needs == COLD;
			struct probe_case c = {.mechanism = p->name,
				.worker = task_workers[!p->thread],
				.base = base,
				.full = sizes[k].full,
				.sample = sample,
				.how = p,
				.size = sizes[k].bytes,
				.most = cold || sizes[k].bytes > 16 << 20 ? 1 : 100000,
				.expected_low = large ? p->low : 0,
				.expected_high = large ? p->high : 0};
			units_bytes((double)sizes[k].bytes, c.setting);
			probe_add(r, &c);
		}
	}
	return 0;
}

static int open_return(struct probe_run *r, struct err *e)
{
	stream_quiet();
	r->state = probe_shared(sizeof(struct desk));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_return(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, sizeof(struct desk));
	r->state = NULL;
}

const struct probe probe_return = {
	.name = "return",
	.summary = "passing a result from its producer to a consumer that reads it",
	.timed = "From the producer's first write of a result until the consumer has summed all of it; "
		 "both wait ready, one per CPU. Making and summing are the same code everywhere and are "
		 "included, as they are for a user: only the path differs. Private memory and page "
		 "tables exist before; `cold` shared memory does not, which is its point. The sum must "
		 "be right.",
	.expect = "Resident shared memory acts as a pointer between processes; if it is cold, its page "
		  "faults cost more than the copying they save. Pipes and sockets copy twice and switch "
		  "often; process_vm_readv copies once. Pointer = 1, at 1 MiB and more: shared memory "
		  "resident 0.8-1.04, cold 2.5-3.1, socketpair 3.7-4.4, pipe 4.7-6.1. Below a page only "
		  "the hand-over matters.",
	.metrics = {{"return", "ns", "made, handed over, summed"}, {"rate", "B/s", "size over return"}},
	.cases = cases,
	.open = open_return,
	.close = close_return,
};
