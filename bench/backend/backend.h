/* SPDX-License-Identifier: MIT */
/*
 * backend.h - what makes workers and hands them numbered chunks.
 *
 * A back end knows no kernel, reads no clock and pins nothing: the job's functions do, in the worker. What
 * must be equal between threads and processes is shared code: the control block in pre-faulted MAP_SHARED
 * memory (chunk counter, gate, slots) and the worker's loop are in control.[ch], for OpenMP and serial too.
 *
 * A back end is one file that ends in a const record, and one line in backends.def.
 */
#ifndef PARSCALE_BENCH_BACKEND_BACKEND_H
#define PARSCALE_BENCH_BACKEND_BACKEND_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BACKEND_MAX_WORKERS = 4096, SLOT_ALIGN = 128, BACKEND_WORDS = 96 };

enum lifetime { LIFETIME_POOL, LIFETIME_SPAWN };
enum schedule { SCHEDULE_STATIC, SCHEDULE_DYNAMIC };

/*
 * How chunks and results travel to and from workers that do not see the opener's input.
 */
struct far_end; /* the worker's end */
enum { WIRE_RECORD = 4096, WIRE_MARGIN = 8192 };

struct wire {
	size_t most_bytes; /* of the longest chunk */
	size_t room_bytes; /* that `pack` wants; 0: none */

	/* In the opener: the input of a chunk. It lies in `room`, which is the chunk's own until it is sent,
	 * or where it stays as long as the job. */
	size_t (*pack)(void *ctx, uint64_t index, unsigned char *room, const void **bytes);

	/* In the worker, in place of `chunk`: works on a chunk whose input came as n bytes at `bytes`,
	 * 64-byte aligned, with 4096 readable bytes before and WIRE_MARGIN after them, and gives its results
	 * to wire_send. */
	void (*work)(void *ctx, unsigned worker, void *slot, uint64_t index, unsigned char *bytes, size_t n,
		struct far_end *to);

	/* In the opener: some results of a chunk, whole records in the order they were sent. -1 with *e set
	 * fails the run. */
	int (*unpack)(void *ctx, uint64_t index, const void *records, size_t n, struct err *e);
};

/* Sends one record of at most WIRE_RECORD bytes; they wait until there are enough of them. */
void wire_send(struct far_end *to, const void *record, size_t n);

/*
 * All that a back end sees of the work. The functions run in the worker; `slot` is the worker's own record in
 * shared memory, zeroed at open, SLOT_ALIGN bytes from its neighbours. In each run every chunk 0 <= i <
 * chunks is handed out exactly once: static, worker w of n takes the chunks i with i * n / chunks == w, in
 * order (contiguous shares); dynamic, each takes the next from one shared counter.
 */
struct job {
	uint64_t chunks;
	size_t slot_bytes;
	/* made before the workers: inherited by processes, shared by threads; read-only for workers except
	 * through slots */
	void *ctx;

	/* The worker's life, all to be set: enter, then for each run begin, chunk..., end; then leave.
	 * `enter` runs first thing in the worker, before the gate; it may fail (-1), which fails the run.
	 * `begin` runs when all workers are ready and the gate has opened. */
	int (*enter)(void *ctx, unsigned worker, void *slot);
	/* why a worker's `enter` failed, from its slot; NULL: nothing is known */
	const struct err *(*why)(const void *slot);
	void (*begin)(void *ctx, unsigned worker, void *slot);
	void (*chunk)(void *ctx, unsigned worker, void *slot, uint64_t index);
	void (*end)(void *ctx, unsigned worker, void *slot);
	void (*leave)(void *ctx, unsigned worker, void *slot);

	/* For workers that are fresh programs: the path of the program and the words (ended by NULL) by which
	 * it makes this job again, at most BACKEND_WORDS. Two words are added, the worker's number and the
	 * descriptor that backend_attach wants. NULL: the job cannot be made again, and back ends that must
	 * are absent. */
	const char *const *program;

	/* What the words cannot say, as a file that the third of them names: workers who cannot inherit it
	 * are sent its bytes. */
	int order;

	/* For workers that do not see the opener's input. NULL: what `chunk` needs is in memory, and back
	 * ends that send it are absent. */
	const struct wire *wire;

	/* In the worker, in each run: it has come to the gate; it has reported. NULL: nothing. */
	void (*at_gate)(void *ctx, unsigned worker, void *slot);
	void (*reported)(void *ctx, unsigned worker, void *slot);

	/* In the opener of the team, around the creation of each worker: so that it can sit on the worker's
	 * CPU while it creates it, and go back. Where the opener is a worker itself, only after_create is
	 * called, when that worker has left. May be NULL. */
	void (*before_create)(void *ctx, unsigned worker);
	void (*after_create)(void *ctx);

	/* In the opener, in each run, when all workers are past `end` and none is reaped yet: here ends
	 * `return` and begins `reap`. What `leave` writes may be in the making. May be NULL. */
	void (*all_done)(void *ctx);

	/* In the opener, before all_done: the stamps in `slot` are by the clock of another host. Moves them,
	 * so that its run began when that of `reference` did, which is when the gate opened for both. May be
	 * NULL. */
	void (*align)(void *ctx, const void *reference, void *slot);
};

/* How a team works; fixed at open. */
struct team_plan {
	unsigned workers; /* 1 .. BACKEND_MAX_WORKERS; may exceed the CPUs */
	enum lifetime lifetime;
	enum schedule schedule;
	/* a worker keeps the one lock of its process while it is in `chunk`: threads take turns, as under
	 * an interpreter's global lock; processes do not */
	bool global_lock;
	unsigned spin; /* how often a waiting worker looks before it sleeps; 0: workers exceed CPUs */
	/* longest a run, an open or a close may take, > 0; serial and openmp cannot keep it */
	double timeout_seconds;
	unsigned threads_per_rank; /* of a back end that has ranks: workers that are threads of one */
	unsigned nodes;            /* of the same: on so many hosts, else it is not opened; 0: on any */
};

struct team; /* each back end's own */

/* What ranks spent, ns; of each the least, the mean and the most of any rank: MPI_Init, the barrier that is their gate,
 * their chunks, and gathering the results of the last run but one. */
struct rank_costs {
	double init_min_ns, init_mean_ns, init_max_ns;
	double gate_min_ns, gate_mean_ns, gate_max_ns;
	double chunks_min_ns, chunks_mean_ns, chunks_max_ns;
	double gather_min_ns, gather_mean_ns, gather_max_ns;
};

struct backend {
	const char *name;
	const char *summary;
	const char *missing; /* NULL, or why this build does not have it; the functions may then be NULL */
	/* what its workers are: "thread", "process", or "caller" where there is none but the caller; for texts
	 * and for charts, which compare the two */
	const char *worker;
	unsigned max_workers; /* 1 for serial */
	bool runtime;      /* a runtime makes its workers in its own way (OpenMP, MPI), not we one by one */
	bool exec_workers; /* its workers are fresh programs: a job must have a `program` */
	/* the one program of ours in which it can be opened, since a launcher has started the workers
	 * before there is a team, which is therefore a pool; NULL: any */
	const char *host;
	bool message_passing; /* its workers see no input: a job must have a `wire` */
	/* and that wire sends objects one by one, as an interpreter's pool does, not their memory */
	bool serialised;

	/* Binds a team to its job. Lifetime pool: creates the workers and waits until all have entered. The
	 * job and what it points to must outlive the team. NULL with ERR_FAILED (and nothing left behind)
	 * when a worker could not be made. */
	struct team *(*open)(const struct job *job, const struct team_plan *plan, struct err *e);

	/* One run: every chunk once, by every worker. Returns when all workers are done; lifetime spawn: when
	 * they are reaped. On -1 (a worker died, failed to enter, or the time was up; *e names the worker and
	 * the cause) the team can only be closed. */
	int (*run)(struct team *team, struct err *e);

	/* The slot of a worker, readable between runs. */
	void *(*slot)(struct team *team, unsigned worker);

	/* After a run, of back ends that have ranks; else NULL. */
	void (*costs)(struct team *team, struct rank_costs *costs);

	/* Ends and reaps all workers, however the last run ended; cannot fail, leaves nothing behind. A
	 * thread that hangs cannot be ended: it is given up after a second with the memory it uses, and the
	 * program should end. NULL is legal. */
	void (*close)(struct team *team);
};

/* The static share of worker w of `workers`: the chunks *first to *end - 1. */
void backend_share(uint64_t chunks, unsigned workers, unsigned w, uint64_t *first, uint64_t *end);

/* In a fresh program that was started as worker `worker` of a team: lives that worker's life, to its end. The
 * job is the team's, made again; its chunks are filled in before `enter`. -1 with ERR_FAILED, and nothing
 * done, where `fd` is not such a team's. */
int backend_attach(int fd, unsigned worker, struct job *job, struct err *e);

#define BACKEND(name) extern const struct backend backend_##name;
#include "bench/backend/backends.def"

/* All back ends, in the order of backends.def, ended by NULL. */
extern const struct backend *const backends[];

/* Whether the back end of this name works in its caller alone, as those do that others are compared with
 * (serial). */
bool backend_is_caller(const char *name);

/* Whether the back end of this name has a program of its own, where runs are always timed natively. */
bool backend_is_hosted(const char *name);

/* The one of this name; NULL with ERR_USAGE and the known names, or with ERR_ABSENT and the reason it is
 * missing. */
const struct backend *backend_find(const char *name, struct err *e);

#endif
