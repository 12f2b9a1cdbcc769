/* SPDX-License-Identifier: MIT */
/*
 * chunk_pool.c - hands out chunks: an atomic counter on each host, refilled from one counter of all.
 *
 * A host's pool is the range of chunks [next, end). It is refilled when it is empty, by whoever
 * notices first, with a range that lies above all that it had before: requests only grow. So
 * `next` never takes a value twice in a run, and a compare-and-swap from n to n + 1 that succeeds
 * after `end > n` was read has taken a chunk of this pool: between the two reads the range may have
 * been replaced, but then `next` is not n any more, unless the new range begins at n, and then n is
 * in it. A refill stores `next` before `end`, so a reader sees an empty range in between.
 *
 * On one host the range never changes, and a plain fetch-and-add does; it overshoots by one chunk
 * per worker at the end.
 *
 * The counter of all counts requests, not chunks: what a request gets follows from its number
 * (bench/backend/chunk_share.h), large ranges first and small ones at the end, but no less than a
 * quarter of a chunk per rank of a host: less would make every rank's last chunks a message.
 * docs/clusters.md shows what that does with thousands of ranks.
 *
 * MPICH serves one-sided calls only while their target is inside MPI. So a thread of rank 0 looks
 * into MPI between its chunks, and while it waits for a refill by another rank; so a refill waits
 * for at most one chunk.
 */
#include "bench/mpi/chunk_pool.h"

#include "bench/backend/chunk_share.h"
#include "bench/harness/launcher.h"
#include "bench/machine/tree.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINE = 128, PART = 4, PATH_BYTES = LAUNCHER_FOLDER + 24 };

/* In the memory of a host. A file of ours, not a window of MPI: MPICH over UCX shares none between ranks, and
 * MPI_COMM_TYPE_SHARED then calls each rank a host. */
struct shared {
	_Alignas(LINE) _Atomic uint64_t next; /* the next chunk of this host */
	_Alignas(LINE) _Atomic uint64_t end;  /* those from here on are not its own */
	_Alignas(LINE) _Atomic uint32_t busy; /* somebody of this host refills it */
	_Atomic uint32_t dry;                 /* nothing is left to refill it with */
};

struct chunk_pool {
	const struct chunk_hosts *hosts;
	uint64_t pools;         /* the hosts, or the ranks */
	uint64_t chunks, least; /* the fewest of a refill */
	struct shared *shared;
	bool resets;          /* this rank sets the memory for a run */
	uint64_t *counter;    /* of all, in rank 0 */
	MPI_Win window;       /* onto it, where there are several hosts */
	bool serves;          /* this rank has the counter */
	pthread_mutex_t turn; /* one thread of a rank at a time speaks to MPI */
};

/* FNV-1a, from `hash` on. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

/* What names this host: its name, and which of its boots this is, where the system tells. */
static uint64_t own_host(void)
{
	enum { BOOT_BYTES = 64 };
	char name[MPI_MAX_PROCESSOR_NAME], boot[BOOT_BYTES];
	int length;
	MPI_Get_processor_name(name, &length);
	tree_text("", boot, sizeof boot, "/proc/sys/kernel/random/boot_id");
	return add_text(add_text(UINT64_C(0xcbf29ce484222325), name), boot);
}

/* Collective over all ranks: the lowest rank of this host. */
static int lowest_here(int all)
{
	const uint64_t mine = own_host();
	uint64_t *each = malloc((size_t)all * sizeof *each);
	int lowest = 0;
	if (!each)
		MPI_Abort(MPI_COMM_WORLD, 1);
	MPI_Allgather(&mine, 1, MPI_UINT64_T, each, 1, MPI_UINT64_T, MPI_COMM_WORLD);
	while (each[lowest] != mine)
		lowest++;
	free(each);
	return lowest;
}

void chunk_hosts_find(struct chunk_hosts *h)
{
	const char *pretended = getenv("PARSCALE_RANKS_PER_HOST");
	const int each = pretended ? atoi(pretended) : 0;
	MPI_Comm whole;
	int rank, local;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &h->all);
	MPI_Comm_split(MPI_COMM_WORLD, lowest_here(h->all), rank, &whole);
	MPI_Comm_rank(whole, &local);
	MPI_Comm_split(whole, each > 0 ? local / each : 0, rank, &h->ranks);
	MPI_Comm_free(&whole);
	MPI_Comm_rank(h->ranks, &h->local);
	MPI_Comm_size(h->ranks, &h->here);
	h->mine = rank;
	MPI_Bcast(&h->mine, 1, MPI_INT, 0, h->ranks);
	const int first = h->local == 0;
	MPI_Allreduce(&first, &h->count, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
}

void chunk_hosts_free(struct chunk_hosts *h)
{
	MPI_Comm_free(&h->ranks);
}

static struct shared *map(int fd)
{
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return s == MAP_FAILED ? NULL : s;
}

/* A new file of a host's memory and its path; NULL and "" where none can be made. */
static struct shared *make_file(char path[PATH_BYTES])
{
	const char *const folders[] = {launcher_memory(), "/dev/shm"};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		if (!folders[i])
			continue;
		snprintf(path, PATH_BYTES, "%s/parscale-mpi-XXXXXX", folders[i]);
		const int fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0)
			continue;
		/* so that a full file system is an error here, not a signal later */
		const int lacks = posix_fallocate(fd, 0, sizeof(struct shared));
		struct shared *s = map(fd);
		if (s && lacks == 0)
			return s;
		if (s)
			munmap(s, sizeof *s);
		unlink(path);
	}
	*path = '\0';
	return NULL;
}

static struct shared *open_file(const char *path)
{
	const int fd = *path ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
	return fd < 0 ? NULL : map(fd);
}

/* Collective over all ranks: the memory of this host, of which nothing is left when its ranks end. Where the ranks of any
 * host cannot share it, as in containers of their own, each rank has one for itself. */
static struct shared *open_memory(struct chunk_pool *p)
{
	const struct chunk_hosts *hosts = p->hosts;
	char path[PATH_BYTES] = "";
	struct shared *s = hosts->local == 0 ? make_file(path) : NULL;
	int shared, everywhere;
	MPI_Bcast(path, sizeof path, MPI_CHAR, 0, hosts->ranks);
	if (hosts->local != 0)
		s = open_file(path);
	shared = s != NULL;
	MPI_Allreduce(&shared, &everywhere, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
	if (hosts->local == 0 && *path)
		unlink(path);
	if (everywhere)
		return s;
	if (s)
		munmap(s, sizeof *s);
	p->pools = (uint64_t)hosts->all;
	p->resets = true;
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return s == MAP_FAILED ? NULL : s;
}

struct chunk_pool *chunk_pool_open(const struct chunk_hosts *hosts)
{
	struct chunk_pool *p = calloc(1, sizeof *p);
	if (!p)
		MPI_Abort(MPI_COMM_WORLD, 1);
	*p = (struct chunk_pool){
		.hosts = hosts, .pools = (uint64_t)hosts->count, .resets = hosts->local == 0};
	p->shared = open_memory(p);
	if (!p->shared)
		MPI_Abort(MPI_COMM_WORLD, 1);
	pthread_mutex_init(&p->turn, NULL);
	p->least = ((uint64_t)hosts->all / p->pools + PART - 1) / PART;
	int rank;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	p->serves = rank == 0 && p->pools > 1;
	if (p->pools > 1) {
		MPI_Win_allocate(rank == 0 ? sizeof *p->counter : 0, sizeof *p->counter, MPI_INFO_NULL,
			MPI_COMM_WORLD, &p->counter, &p->window);
		MPI_Win_lock_all(MPI_MODE_NOCHECK, p->window);
	}
	return p;
}

void chunk_pool_close(struct chunk_pool *p)
{
	if (p->pools > 1) {
		MPI_Win_unlock_all(p->window);
		MPI_Win_free(&p->window);
	}
	munmap(p->shared, sizeof *p->shared);
	pthread_mutex_destroy(&p->turn);
	free(p);
}

/* One-sided on the counter of all: adds, or with MPI_REPLACE sets; what it was. */
static uint64_t ask(struct chunk_pool *p, uint64_t value, MPI_Op op)
{
	uint64_t before;
	pthread_mutex_lock(&p->turn);
	MPI_Fetch_and_op(&value, &before, MPI_UINT64_T, 0, 0, op, p->window);
	MPI_Win_flush(0, p->window);
	pthread_mutex_unlock(&p->turn);
	return before;
}

/* Lets MPI serve those who ask this rank. A thread that speaks to it already does that. */
static void serve(struct chunk_pool *p)
{
	int ignored;
	if (pthread_mutex_trylock(&p->turn) != 0)
		return;
	MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &ignored, MPI_STATUS_IGNORE);
	pthread_mutex_unlock(&p->turn);
}

void chunk_pool_reset(struct chunk_pool *p, uint64_t chunks)
{
	struct shared *s = p->shared;
	p->chunks = chunks;
	if (p->resets) {
		atomic_store(&s->next, 0);
		atomic_store(&s->end, p->pools > 1 ? 0 : chunks);
		atomic_store(&s->busy, 0);
		atomic_store(&s->dry, p->pools == 1);
	}
	if (p->serves)
		ask(p, 0, MPI_REPLACE);
}

static bool take_here(struct shared *s, uint64_t *index)
{
	uint64_t n = atomic_load_explicit(&s->next, memory_order_acquire);
	while (n < atomic_load_explicit(&s->end, memory_order_acquire))
		if (atomic_compare_exchange_weak_explicit(
			    &s->next, &n, n + 1, memory_order_acq_rel, memory_order_acquire)) {
			*index = n;
			return true;
		}
	return false;
}

/* Refills the pool, if nobody has meanwhile; only the busy thread of a host. */
static void refill(struct chunk_pool *p)
{
	struct shared *s = p->shared;
	if (atomic_load(&s->dry) || atomic_load(&s->next) < atomic_load(&s->end))
		return;
	uint64_t first, end;
	chunk_share(ask(p, 1, MPI_SUM), p->chunks, p->pools, p->least, &first, &end);
	if (first == end) {
		atomic_store(&s->dry, 1);
		return;
	}
	atomic_store(&s->next, first);
	atomic_store(&s->end, end);
}

bool chunk_pool_take(struct chunk_pool *p, bool main, uint64_t *index)
{
	struct shared *s = p->shared;
	if (p->pools == 1) {
		*index = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
		return *index < p->chunks;
	}
	const bool serves = p->serves && main;
	if (serves)
		serve(p);
	while (!take_here(s, index)) {
		if (atomic_load(&s->dry))
			return false;
		if (!atomic_exchange(&s->busy, 1)) {
			refill(p);
			atomic_store(&s->busy, 0);
		} else {
			if (serves)
				serve(p);
			sched_yield();
		}
	}
	return true;
}
