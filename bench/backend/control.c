/* SPDX-License-Identifier: MIT */
/*
 * control.c - the control block of a team: start signal, gate, chunk counter, reports; and the loop
 * that every worker of every back end runs.
 *
 * All of it lies in one MAP_SHARED mapping, made and pre-faulted before the workers, so that
 * threads and processes use the same memory, the same atomics and the same futex calls. What
 * differs in a measurement is then the kind of worker and nothing else.
 *
 * A run: the opener resets the counters and increments `go`; each worker that sees the new number
 * arrives at the gate; the last to arrive opens it by storing the run's number; all then take
 * chunks; each adds 1 to `reports`, and the last report wakes the opener. The gate makes compute
 * time begin with all workers ready: without it, the first worker would finish its share while
 * others are still being created.
 *
 * Sleeping and waking. A waiter polls a word `spin` times, then counts itself in `sleepers` and
 * calls FUTEX_WAIT with the value it has seen. A waker changes the value, then reads `sleepers`,
 * and calls FUTEX_WAKE only if it is not 0. Both sides write one word and then read the other, all
 * sequentially consistent, so either the waker sees the sleeper or the kernel, comparing once more,
 * sees the new value: no wake-up is lost, and a run in which everyone polls makes no system call.
 *
 * Chunks. Static: the share is computed (backend_share). Dynamic: one fetch-and-add on a shared
 * counter. Relaxed order is enough, since chunks exchange no data; the input is published by the
 * gate (acquire), the results by the reports. Every worker overshoots once, so the counter ends at
 * chunks + workers at most. Each word, counter and record has 128 bytes of its own: two cache
 * lines, since adjacent lines are prefetched in pairs on x86.
 *
 * Failure. No worker waits with a deadline of its own and none holds a lock while it waits: the
 * opener ends all waits by control_stop. Each worker publishes its progress as run * STAGES +
 * stage, which only grows within a run: the smallest value names the worker that everyone waits
 * for.
 */
#include "bench/backend/control.h"

#include "base/system.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define STOPPED UINT32_MAX /* in `go` and `gate`, instead of a run's number */
#define FAILED (1u << 31)  /* in `reports`: a worker could not enter */

/* A word that others sleep on. `sleepers` spares the waker a system call if everyone polls. */
struct word {
	_Alignas(SLOT_ALIGN) _Atomic uint32_t value;
	_Atomic uint32_t sleepers;
};

/* What a fresh program must know to join in; written before there are workers. */
struct block_header {
	uint64_t mark; /* HEADER_MARK: this is a block, of this very build */
	pid_t opener;
	struct team_plan plan;
	uint64_t chunks;
	size_t slot_bytes;
};

#define HEADER_MARK (UINT64_C(0x7061727363616c65) ^ sizeof(struct block_header) << 8 ^ sizeof(struct record))

struct control_block {
	struct block_header block_header;
	struct word go;      /* number of the posted run, from 1 */
	struct word gate;    /* number of the last run whose gate was opened */
	struct word reports; /* how many have reported; only the last and a failed one wake the opener */
	_Alignas(SLOT_ALIGN) _Atomic uint32_t arrived; /* at the gate */
	_Alignas(SLOT_ALIGN) _Atomic uint32_t failed;  /* 1 + the worker whose `enter` failed first */
	_Alignas(SLOT_ALIGN) _Atomic uint64_t next;    /* the chunk counter */
};

/* One worker's part of the block; its slot follows. */
struct record {
	_Alignas(SLOT_ALIGN) _Atomic uint64_t progress; /* run * STAGES + stage */
	_Alignas(SLOT_ALIGN) pthread_mutex_t turn;      /* of a worker's process: see turn_of */
};

enum stage { ABSENT, ENTERED, READY, WORKING, DONE, LEFT, STAGES = 8 };

static const char *const stage_words[] = {
	[ABSENT] = "had not entered",
	[ENTERED] = "had not come to the gate",
	[READY] = "waited at the gate",
	[WORKING] = "had not finished its chunks",
	[DONE] = "had not come to the gate", /* of the next run */
	[LEFT] = "had left",
};

static size_t rounded(size_t bytes)
{
	return (bytes + SLOT_ALIGN - 1) / SLOT_ALIGN * SLOT_ALIGN;
}

static struct record *record_of(const struct control *c, unsigned worker)
{
	return (struct record *)(void *)((char *)c->block + sizeof *c->block + worker * c->stride);
}

void *control_slot(const struct control *c, unsigned worker)
{
	return record_of(c, worker) + 1;
}

/* The lock of one process: threads share that of worker 0. */
static pthread_mutex_t *turn_of(const struct control *c, unsigned worker)
{
	return &record_of(c, c->processes ? worker : 0)->turn;
}

/* The same kind of lock for threads and processes, so that the C library has no faster way for one of them.
 * Robust: a worker that ends while it is its turn holds up nobody. */
static int make_turns(const struct control *c, struct err *e)
{
	pthread_mutexattr_t kind;
	int failed = pthread_mutexattr_init(&kind);
	if (!failed)
		failed = pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
	if (!failed)
		failed = pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
	for (unsigned w = 0; !failed && w < c->plan.workers; w++)
		failed = pthread_mutex_init(&record_of(c, w)->turn, &kind);
	pthread_mutexattr_destroy(&kind);
	return failed ? err_blame(e, err_cause_of(failed), "%s: a lock: %s", c->name, strerror(failed)) : 0;
}

/* How much memory the block takes. */
static void measure(struct control *c)
{
	c->stride = sizeof(struct record) + rounded(c->job->slot_bytes);
	c->bytes = sizeof *c->block + c->plan.workers * c->stride;
}

/* -1 with errno. */
static int map(struct control *c)
{
	void *p = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, c->fd, 0);
	if (p == MAP_FAILED)
		return -1;
	c->block = p;
	return 0;
}

int control_open(struct control *c, const struct backend *b, const struct job *job,
	const struct team_plan *plan, struct err *e)
{
	if (plan->workers < 1 || plan->workers > b->max_workers)
		return err_set(e, ERR_USAGE, "%s: %u workers (legal: 1 to %u)", b->name, plan->workers,
			b->max_workers);
	*c = (struct control){.name = b->name, .job = job, .plan = *plan};
	c->processes = strcmp(b->worker, "process") == 0;
	c->fd = system_memory_file("parscale", false);
	measure(c);
	if (c->fd < 0 || ftruncate(c->fd, (off_t)c->bytes) != 0 || map(c) != 0) {
		err_blame(e, err_cause_of(errno), "%s: %zu bytes of shared memory: %s", b->name, c->bytes,
			strerror(errno));
		if (c->fd >= 0)
			close(c->fd);
		return -1;
	}
	c->block->block_header =
		(struct block_header){HEADER_MARK, getpid(), *plan, job->chunks, job->slot_bytes};
	if (plan->global_lock && make_turns(c, e) != 0) {
		control_close(c);
		return -1;
	}
	return 0;
}

void control_close(struct control *c)
{
	munmap(c->block, c->bytes);
	close(c->fd);
}

int control_attach(struct control *c, int fd, struct job *job, pid_t *opener, struct err *e)
{
	struct block_header block_header;
	if (pread(fd, &block_header, sizeof block_header, 0) != sizeof block_header ||
		block_header.mark != HEADER_MARK)
		return err_set(e, ERR_FAILED, "descriptor %d is no control block of this program", fd);
	if (block_header.slot_bytes != job->slot_bytes)
		return err_set(e, ERR_FAILED, "the team's slots have %zu bytes, the job's %zu",
			block_header.slot_bytes, job->slot_bytes);
	job->chunks = block_header.chunks;
	*opener = block_header.opener;
	*c = (struct control){
		.name = "worker", .job = job, .plan = block_header.plan, .processes = true, .fd = fd};
	measure(c);
	if (map(c) != 0)
		return err_blame(
			e, err_cause_of(errno), "%zu bytes of shared memory: %s", c->bytes, strerror(errno));
	return 0;
}

/* Sleeps while the value is the unwanted one; -1 with errno if it was not (EAGAIN), or if time is
 * up or a signal came (ETIMEDOUT, EINTR). Not the private kind of futex: the waker may be in
 * another process. */
static long word_sleep(struct word *w, uint32_t unwanted, const struct timespec *limit)
{
	atomic_fetch_add(&w->sleepers, 1);
	long status = system_sleep_on(&w->value, unwanted, limit);
	atomic_fetch_sub(&w->sleepers, 1);
	return status;
}

static void word_wake(struct word *w)
{
	if (atomic_load(&w->sleepers) > 0)
		system_wake(&w->value);
}

/* Returns the value when it is no longer `unwanted`: looks `spin` times, then sleeps. */
static uint32_t word_await(struct word *w, uint32_t unwanted, unsigned spin)
{
	uint32_t value = atomic_load_explicit(&w->value, memory_order_acquire);
	for (unsigned i = 0; i < spin && value == unwanted; i++) {
		system_relax();
		value = atomic_load_explicit(&w->value, memory_order_acquire);
	}
	while (value == unwanted) {
		word_sleep(w, unwanted, NULL);
		value = atomic_load_explicit(&w->value, memory_order_acquire);
	}
	return value;
}

void control_expect(struct control *c, unsigned worker)
{
	struct record *r = record_of(c, worker);
	uint64_t run = atomic_load(&r->progress) / STAGES;
	atomic_store(&r->progress, run * STAGES + ABSENT);
}

void control_start(struct control *c)
{
	struct control_block *b = c->block;
	atomic_store_explicit(&b->next, 0, memory_order_relaxed);
	atomic_store_explicit(&b->arrived, 0, memory_order_relaxed);
	atomic_fetch_and(&b->reports.value, FAILED); /* one may have failed to enter before this */
	atomic_fetch_add(&b->go.value, 1);
	word_wake(&b->go);
}

void control_stop(struct control *c)
{
	struct control_block *b = c->block;
	atomic_store(&b->go.value, STOPPED);
	atomic_store(&b->gate.value, STOPPED);
	word_wake(&b->go);
	word_wake(&b->gate);
}

bool control_wait(const struct control *c, unsigned milliseconds)
{
	struct word *w = &c->block->reports;
	const struct timespec limit = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
	bool slept = false;
	for (;;) {
		uint32_t value = atomic_load_explicit(&w->value, memory_order_acquire);
		if (value & FAILED || value == c->plan.workers)
			return true;
		if (slept)
			return false;
		slept = word_sleep(w, value, &limit) == -1 && errno != EAGAIN;
	}
}

void control_all_done(const struct control *c)
{
	if (c->job->all_done)
		c->job->all_done(c->job->ctx);
}

int control_check(const struct control *c, struct err *e)
{
	uint32_t failed = atomic_load(&c->block->failed);
	if (!failed)
		return 0;
	const struct err none = {0}, *why = c->job->why ? c->job->why(control_slot(c, failed - 1)) : &none;
	return err_blame(e, why->cause, "%s: worker %u of %u could not enter%s%.400s", c->name, failed - 1,
		c->plan.workers, *why->text ? ": " : "", why->text);
}

static uint64_t progress(const struct control *c, unsigned worker)
{
	return atomic_load(&record_of(c, worker)->progress);
}

bool control_left(const struct control *c, unsigned worker)
{
	return progress(c, worker) % STAGES == LEFT;
}

unsigned control_last(const struct control *c, const char **where)
{
	unsigned last = 0;
	for (unsigned w = 1; w < c->plan.workers; w++)
		if (progress(c, w) < progress(c, last))
			last = w;
	*where = stage_words[progress(c, last) % STAGES];
	return last;
}

/* From here on: in the worker. */

static void set_progress(const struct control *c, unsigned worker, uint32_t run, enum stage stage)
{
	atomic_store_explicit(
		&record_of(c, worker)->progress, (uint64_t)run * STAGES + stage, memory_order_release);
}

static uint32_t last_run(const struct control *c, unsigned worker)
{
	return (uint32_t)(progress(c, worker) / STAGES);
}

static void report(const struct control *c, uint32_t what)
{
	struct word *w = &c->block->reports;
	uint32_t value = atomic_fetch_add(&w->value, what) + what;
	if (value & FAILED || value == c->plan.workers)
		word_wake(w);
}

/* A forked process inherits shared memory without its page-table entries: touching each page of the
 * slot here keeps these faults out of the first run. */
static void look_at_slot(const struct control *c, unsigned worker)
{
	const volatile char *slot = control_slot(c, worker);
	for (size_t i = 0; i < c->job->slot_bytes; i += 4096)
		(void)slot[i];
}

int control_enter(const struct control *c, unsigned worker)
{
	struct control_block *b = c->block;
	look_at_slot(c, worker);
	if (c->job->enter(c->job->ctx, worker, control_slot(c, worker)) != 0) {
		uint32_t nobody = 0;
		set_progress(c, worker, last_run(c, worker), LEFT);
		if (atomic_compare_exchange_strong(&b->failed, &nobody, worker + 1))
			report(c, FAILED);
		atomic_store(&b->gate.value, STOPPED);
		word_wake(&b->gate);
		return -1;
	}
	set_progress(c, worker, last_run(c, worker), ENTERED);
	if (c->plan.lifetime == LIFETIME_POOL)
		report(c, 1);
	return 0;
}

/* Everyone arrives, the last opens; true if it was opened, false if it was stopped. */
static bool pass_gate(const struct control *c, uint32_t run)
{
	struct control_block *b = c->block;
	if (atomic_fetch_add(&b->arrived, 1) + 1 < c->plan.workers)
		return word_await(&b->gate, run - 1, c->plan.spin) == run;
	uint32_t closed = run - 1;
	if (!atomic_compare_exchange_strong(&b->gate.value, &closed, run))
		return false;
	word_wake(&b->gate);
	return true;
}

/* The chunks of one worker still to come. */
struct share {
	uint64_t next, end; /* static: its own; dynamic: not used */
};

/* The one place where chunks are taken. */
static bool take(const struct control *c, struct share *s, uint64_t *index)
{
	struct control_block *b = c->block;
	if (atomic_load_explicit(&b->gate.value, memory_order_relaxed) == STOPPED)
		return false;
	if (c->plan.schedule == SCHEDULE_STATIC)
		*index = s->next++;
	else
		*index = atomic_fetch_add_explicit(&b->next, 1, memory_order_relaxed);
	return *index < s->end;
}

/* One chunk. */
static void run_chunk(const struct control *c, unsigned worker, uint64_t index)
{
	pthread_mutex_t *turn = c->plan.global_lock ? turn_of(c, worker) : NULL;
	if (turn && pthread_mutex_lock(turn) == EOWNERDEAD)
		pthread_mutex_consistent(turn);
	c->job->chunk(c->job->ctx, worker, control_slot(c, worker), index);
	if (turn)
		pthread_mutex_unlock(turn);
}

bool control_run(const struct control *c, unsigned worker)
{
	const struct job *job = c->job;
	void *slot = control_slot(c, worker);
	/* While the opener still creates workers, they need the CPU more than one that polls. */
	const uint32_t last = last_run(c, worker);
	const bool fresh = c->plan.lifetime == LIFETIME_SPAWN || last == 0;
	const uint32_t run = word_await(&c->block->go, last, fresh ? 0 : c->plan.spin);
	if (run == STOPPED)
		return false;
	if (job->at_gate)
		job->at_gate(job->ctx, worker, slot);
	set_progress(c, worker, run, READY);
	if (!pass_gate(c, run))
		return false;
	set_progress(c, worker, run, WORKING);
	struct share s = {0, job->chunks};
	if (c->plan.schedule == SCHEDULE_STATIC)
		backend_share(job->chunks, c->plan.workers, worker, &s.next, &s.end);
	job->begin(job->ctx, worker, slot);
	if (c->feed)
		while (c->feed(c->source))
			;
	else
		for (uint64_t index; take(c, &s, &index);)
			run_chunk(c, worker, index);
	job->end(job->ctx, worker, slot);
	set_progress(c, worker, run, DONE);
	report(c, 1);
	if (job->reported)
		job->reported(job->ctx, worker, slot);
	return true;
}

void control_leave(const struct control *c, unsigned worker)
{
	uint64_t stage = progress(c, worker) % STAGES;
	if (stage == ABSENT || stage == LEFT)
		return;
	c->job->leave(c->job->ctx, worker, control_slot(c, worker));
	set_progress(c, worker, last_run(c, worker), LEFT);
}

void control_live(const struct control *c, unsigned worker)
{
	if (control_enter(c, worker) != 0)
		return;
	while (control_run(c, worker) && c->plan.lifetime == LIFETIME_POOL)
		;
	control_leave(c, worker);
}
