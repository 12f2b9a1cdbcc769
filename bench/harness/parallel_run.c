/* SPDX-License-Identifier: MIT */
/*
 * parallel_run.c - the caller and threads that take chunks from one counter until there are none.
 *
 * What a run of a few milliseconds loses is its start and its end. A thread takes some 40 us until
 * it runs, so threads are made first and the set-up is made meanwhile. At either end whoever waits
 * polls for a while, because to sleep and to be woken up takes 20 us or more. All memory is the
 * caller's, so nothing can fail in a thread, but each worker is the first to touch its own.
 */
#include "bench/harness/parallel_run.h"

#include "base/system.h"
#include "bench/backend/backend.h"
#include "bench/harness/scratch.h"
#include "bench/harness/work.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKS = 20000 }; /* before who waits goes to sleep */

enum go { WAIT, WORK, GIVE_UP };

/* What the workers share. */
struct crew {
	const struct variant *variant;
	void *input;
	uint64_t units, chunks;
	unsigned looks;
	_Alignas(SLOT_ALIGN) _Atomic uint32_t go;
	_Alignas(SLOT_ALIGN) _Atomic uint64_t next;
};

struct member {
	_Alignas(SLOT_ALIGN) struct crew *crew;
	struct scratch scratch;
	struct tally found;
	pthread_t thread;
	int cpu; /* to be bound to; -1: free */
};

static void work(struct member *m)
{
	struct crew *c = m->crew;
	struct tally found = {0};
	if (m->scratch.mapped)
		scratch_touch(m->scratch.memory, m->scratch.bytes);
	scratch_zero(&m->scratch);
	for (uint64_t i; (i = atomic_fetch_add_explicit(&c->next, 1, memory_order_relaxed)) < c->chunks;)
		c->variant->chunk(c->input, work_part(c->units, c->chunks, i), m->scratch.memory, &found);
	m->found = found;
}

static uint32_t await_go(struct crew *c)
{
	uint32_t go = WAIT;
	for (unsigned i = 0; i < c->looks && go == WAIT; i++) {
		go = atomic_load_explicit(&c->go, memory_order_acquire);
		system_relax();
	}
	for (; go == WAIT; go = atomic_load_explicit(&c->go, memory_order_acquire))
		system_sleep_on(&c->go, WAIT, NULL);
	return go;
}

static void *thread_life(void *member)
{
	struct member *m = member;
	if (await_go(m->crew) == WORK)
		work(m);
	return NULL;
}

static void join(const struct crew *c, pthread_t thread)
{
	for (unsigned i = 0; i < c->looks; i++) {
		if (pthread_tryjoin_np(thread, NULL) == 0)
			return;
		system_relax();
	}
	pthread_join(thread, NULL);
}

/* Makes m's thread on its CPU, or none. */
static int create(struct member *m, struct err *e)
{
	const int error = pthread_create(&m->thread, NULL, thread_life, m);
	if (error)
		return err_blame(e, err_cause_of(error), "cannot create a thread: %s", strerror(error));
	if (place_bind_thread(m->thread, m->cpu, e) == 0)
		return 0;
	atomic_store(&m->crew->go, GIVE_UP);
	system_wake(&m->crew->go);
	pthread_join(m->thread, NULL);
	return -1;
}

/* The threads wait for set_up. The caller keeps its CPU: who would have it gets worker 0's. Returns how many workers
 * there are; if fewer than wanted, *e is set. */
static unsigned create_all(
	struct crew *c, struct member *all, unsigned workers, const struct place *place, struct err *e)
{
	const int here = place_current();
	unsigned made = 0;
	for (; made < workers; made++) {
		struct member *m = &all[made];
		const int cpu = place_cpu(place, made);
		*m = (struct member){.crew = c, .cpu = cpu == here ? place_cpu(place, 0) : cpu};
		if (made > 0 && create(m, e) != 0)
			break;
	}
	return made;
}

static int set_up(
	struct crew *c, const struct problem *p, struct member *all, unsigned workers, struct err *e)
{
	if (c->variant->setup(p, &c->input, e) != 0)
		return -1;
	const size_t bytes = c->variant->scratch_bytes(c->input);
	c->units = c->variant->units(c->input);
	c->chunks = workers == 1 ? 1 : work_chunks(c->units, c->variant->grain(c->input), workers);
	for (unsigned w = 0; w < workers; w++)
		if (scratch_open(&all[w].scratch, bytes) != 0)
			return err_blame(e, CAUSE_MEMORY, "out of memory: scratch of %zu bytes", bytes);
	return 0;
}

/* The answer, in the first member. */
static int run(struct crew *c, const struct problem *p, struct member *all, unsigned workers,
	const struct place *place, struct err *e)
{
	const unsigned made = create_all(c, all, workers, place, e);
	const int status = made == workers ? set_up(c, p, all, workers, e) : -1;
	atomic_store(&c->go, status == 0 ? WORK : GIVE_UP);
	if (workers > 1)
		system_wake(&c->go);
	if (status == 0)
		work(&all[0]);
	for (unsigned w = 1; w < made; w++) {
		join(c, all[w].thread);
		tally_add(&all[0].found, all[w].found);
	}
	return status;
}

int parallel_run(const struct variant *v, const struct problem *p, const struct place *place,
	unsigned workers, struct tally *found, struct err *e)
{
	struct crew c = {.variant = v, .looks = workers <= place->capacity ? LOOKS : 0};
	struct member *all = aligned_alloc(SLOT_ALIGN, workers * sizeof *all);
	if (!all)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	memset(all, 0, workers * sizeof *all);
	const int status = run(&c, p, all, workers, place, e);
	*found = all[0].found;
	if (status == 0 && v->settle)
		v->settle(c.input, found);
	for (unsigned w = 0; w < workers; w++)
		scratch_close(&all[w].scratch);
	free(all);
	if (c.input)
		v->teardown(c.input);
	return status;
}
