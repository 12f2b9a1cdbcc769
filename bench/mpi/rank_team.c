/* SPDX-License-Identifier: MIT */
/*
 * rank_team.c - a team of MPI ranks, each with one worker or several OpenMP threads.
 *
 * Each part of the control block has its MPI counterpart: the order is a broadcast, the gate
 * MPI_Barrier, the dynamic chunks come from chunk_pool.c, the slots are gathered. Every rank
 * rebuilds the job from the words of a command line, as workers of `exec` do. Only one thread of a
 * rank calls MPI at a time (MPI_THREAD_SERIALIZED). Failures to open are collected from all ranks
 * and answered to all, so that no rank waits in a barrier for one that gave up; a rank that dies
 * later ends the program, as in any MPI program.
 */
#include "bench/mpi/rank_team.h"

#include "base/system.h"
#include "base/units.h"
#include "bench/harness/launcher.h"
#include "bench/machine/build.h"
#include "bench/machine/clock.h"
#include "bench/mpi/chunk_pool.h"
#include "bench/mpi/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 30, ANSWER_TEXT = 256, ORDER_WORDS_BYTES = 8192 };

enum command { OPEN, RUN, CLOSE, RELEASE };

/* What rank 0 broadcasts; the words and the order's bytes follow an OPEN. */
struct call {
	enum command command;
	struct team_plan plan;
	uint64_t chunks, words_bytes, order_bytes;
};

/* What every rank answers to an OPEN. */
struct answer {
	enum err_status status;
	enum err_cause cause;
	char text[ANSWER_TEXT];
};

/* What a rank spent, in the record of its first worker behind the slot. */
struct toll {
	uint64_t init_ns;            /* MPI_Init */
	uint64_t gate_ns, chunks_ns; /* in this run: the barrier, the chunks of all of its workers */
	uint64_t gather_ns;          /* gathering the slots, in the run before */
};

struct team {
	const struct job *job;
	struct team_plan plan;
	struct chunk_pool *pool;
	struct toll toll;
	size_t slot_bytes, stride; /* rounded; with the toll */
	/* of the own workers; in rank 0 followed by those of the others, as they were gathered */
	char *slots;
	bool *entered; /* which of the own workers */
};

static int rank, ranks, support;
static struct chunk_hosts hosts;
static uint64_t init_ns;
static char *far; /* in rank 0, of every rank: it is on another host, by another clock */

/* In the others: the OPEN that waits for an answer, and whether it was given by joining. */
static struct call pending;
static bool joined;

/* What launchers tell a rank in its environment: its number and how many there are, as far as they tell. */
static const struct told {
	const char *family; /* as build_mpi begins; "": any */
	const char *launcher, *size, *rank;
} told[] = {{"Open MPI", "Open MPI's mpirun", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
	{"MPICH", "MPICH's mpiexec", "PMI_SIZE", "PMI_RANK"},
	{"Intel MPI", "Intel MPI's mpiexec", "PMI_SIZE", "PMI_RANK"},
	{"", "srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}};

/* The launcher that tells of several ranks, if none of this MPI tells anything; NULL otherwise. */
static const struct told *strange_launcher(void)
{
	const struct told *found = NULL;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		const char *size = getenv(told[i].size);
		const size_t n = strlen(told[i].family);
		if (size && n > 0 && strncmp(build_mpi, told[i].family, n) == 0)
			return NULL;
		if (!found && size && strtoul(size, NULL, 10) > 1)
			found = &told[i];
	}
	return found;
}

/* In the first of the ranks that it started. The others wait, for the launcher may end all once one has failed. */
static void tell_strange(const struct told *t)
{
	const char *number = getenv(t->rank);
	if (number && strtoul(number, NULL, 10) != 0)
		sleep(1);
	else
		fprintf(stderr,
			"parscale: mpi: %s started %.10s ranks, but parscale-mpi is of %s, so they do not find each other: "
			"--launcher or PARSCALE_MPIRUN names that MPI's launcher (mpirun.openmpi, mpirun.mpich, "
			"srun --mpi=pmix, srun --mpi=pmi2)\n",
			t->launcher, getenv(t->size), build_mpi);
}

/* While MPI starts below a launcher of another MPI: that launcher, and standard error, which is away. MPICH ends the
 * program with five lines where it finds a PMIx that it was not built for; most others believe that they are alone. */
static const struct told *strange;
static int kept_error = -1;

static void show_error(void)
{
	if (kept_error >= 0) {
		dup2(kept_error, STDERR_FILENO);
		close(kept_error);
	}
	kept_error = -1;
}

static void ended_at_start(void)
{
	if (!strange)
		return;
	show_error();
	tell_strange(strange);
	_exit(ERR_USAGE);
}

static void hide_error(void)
{
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	kept_error = nowhere < 0 ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (kept_error >= 0)
		dup2(nowhere, STDERR_FILENO);
	if (nowhere >= 0)
		close(nowhere);
}

static void start_mpi(int *argc, char ***argv)
{
	strange = strange_launcher();
	if (strange && !*strange->family)
		strange = NULL; /* srun starts any MPI */
	if (strange && atexit(ended_at_start) == 0)
		hide_error();
	MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &support);
	strange = NULL;
	show_error();
}

void rank_team_start(int *argc, char ***argv)
{
	if (launcher_memory()) /* on a host that is not the driver's it is not there yet */
		mkdir(launcher_memory(), 0700);
	const uint64_t start = clock_ns();
	start_mpi(argc, argv);
	init_ns = clock_ns() - start;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &ranks);
	chunk_hosts_find(&hosts);
	const char mine = hosts.mine != 0;
	if (rank == 0 && !(far = calloc((size_t)ranks, 1)))
		MPI_Abort(MPI_COMM_WORLD, ERR_FAILED);
	MPI_Gather(&mine, 1, MPI_CHAR, far, 1, MPI_CHAR, 0, MPI_COMM_WORLD);
}

bool rank_team_lost(void)
{
	const struct told *launcher = ranks == 1 ? strange_launcher() : NULL;
	if (launcher)
		tell_strange(launcher);
	return launcher != NULL;
}

void rank_team_stop(void)
{
	free(far);
	chunk_hosts_free(&hosts);
	MPI_Finalize();
	if (launcher_memory())
		rmdir(launcher_memory()); /* by whoever comes last on its host */
}

unsigned rank_team_rank(void)
{
	return (unsigned)rank;
}

const struct chunk_hosts *rank_team_hosts(void)
{
	return &hosts;
}

unsigned rank_team_count(void)
{
	return (unsigned)ranks;
}

unsigned rank_team_local(void)
{
	return (unsigned)hosts.local;
}

/* --- in every rank --- */

static void broadcast(void *bytes, uint64_t n)
{
	for (char *p = bytes; n > 0;) {
		const uint64_t piece = n < PIECE_BYTES ? n : PIECE_BYTES;
		MPI_Bcast(p, (int)piece, MPI_BYTE, 0, MPI_COMM_WORLD);
		p += piece;
		n -= piece;
	}
}

static struct call call(struct call c)
{
	MPI_Bcast(&c, sizeof c, MPI_BYTE, 0, MPI_COMM_WORLD);
	return c;
}

/* Reports to rank 0 how an OPEN went here. In rank 0: -1 if it failed anywhere, with the error of
 * the first such rank. All ranks get the result. */
static int agree(const struct err *mine, struct err *e)
{
	struct answer answer = {.status = mine->status, .cause = mine->cause},
		      *all = rank == 0 ? calloc((size_t)ranks, sizeof *all) : NULL;
	int status = 0;
	memcpy(answer.text, mine->text, sizeof answer.text - 1);
	if (rank == 0 && !all)
		MPI_Abort(MPI_COMM_WORLD, ERR_FAILED);
	MPI_Gather(&answer, sizeof answer, MPI_BYTE, all, sizeof answer, MPI_BYTE, 0, MPI_COMM_WORLD);
	for (int r = 0; all && status == 0 && r < ranks; r++)
		if (all[r].status != ERR_NONE) {
			*e = (struct err){0};
			status = err_set(e, all[r].status, "mpi: rank %d of %d: %s", r, ranks, all[r].text);
			e->cause = all[r].cause;
		}
	free(all);
	/* everyone learns it: whoever entered leaves again */
	MPI_Bcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD);
	return status;
}

static size_t rounded(size_t bytes)
{
	return (bytes + SLOT_ALIGN - 1) / SLOT_ALIGN * SLOT_ALIGN;
}

/* The number in the team of a rank's worker, and its slot. */
static unsigned number(const struct team *t, unsigned thread)
{
	return (unsigned)rank * t->plan.threads_per_rank + thread;
}

static void *own_slot(const struct team *t, unsigned thread)
{
	return t->slots + thread * t->stride;
}

static struct toll *toll_of(const struct team *t, unsigned worker)
{
	return (struct toll *)(void *)(t->slots + worker * t->stride + t->slot_bytes);
}

static void gather(struct team *t)
{
	*toll_of(t, 0) = t->toll;
	const uint64_t start = clock_ns();
	const int bytes = (int)(t->stride * t->plan.threads_per_rank);
	MPI_Gather(rank == 0 ? MPI_IN_PLACE : t->slots, bytes, MPI_BYTE, t->slots, bytes, MPI_BYTE, 0,
		MPI_COMM_WORLD);
	t->toll.gather_ns = clock_ns() - start;
}

static void enter_one(void *ctx, unsigned thread)
{
	struct team *t = ctx;
	t->entered[thread] = t->job->enter(t->job->ctx, number(t, thread), own_slot(t, thread)) == 0;
}

static void leave_one(void *ctx, unsigned thread)
{
	struct team *t = ctx;
	if (t->entered[thread])
		t->job->leave(t->job->ctx, number(t, thread), own_slot(t, thread));
}

static void leave(struct team *t)
{
	threads_all(t->plan.threads_per_rank, leave_one, t);
	chunk_pool_close(t->pool);
	free(t->entered);
	free(t->slots);
	free(t);
}

/* All workers of this rank. */
static int enter_here(struct team *t, struct err *e)
{
	const unsigned threads = t->plan.threads_per_rank;
	if (threads > 1 && support < MPI_THREAD_SERIALIZED)
		return err_set(e, ERR_ABSENT, "this MPI library does not support threads");
	const unsigned got = threads_all(threads, enter_one, t);
	if (got != threads)
		return err_set(
			e, ERR_ABSENT, "%u threads of %u (OpenMP is missing, or gave no more)", got, threads);
	for (unsigned i = 0; i < threads; i++)
		if (!t->entered[i])
			return err_set(e, ERR_FAILED,
				"worker %u could not enter (its CPU, or memory for its scratch)",
				number(t, i));
	return 0;
}

/* The team of this rank, its workers entered. -1, and nothing left, where that has failed in any rank. */
static int enter(struct team **team, const struct job *job, const struct team_plan *plan, struct err *e)
{
	struct err mine = {0};
	struct team *t = calloc(1, sizeof *t);
	const size_t slot_bytes = rounded(job->slot_bytes),
		     stride = slot_bytes + rounded(sizeof(struct toll)),
		     bytes = stride * (rank == 0 ? plan->workers : plan->threads_per_rank);
	void *slots = aligned_alloc(SLOT_ALIGN, bytes);
	bool *entered = calloc(plan->threads_per_rank, sizeof *entered);
	if (!t || !slots || !entered)
		MPI_Abort(MPI_COMM_WORLD, ERR_FAILED);
	memset(slots, 0, bytes);
	*t = (struct team){.job = job,
		.plan = *plan,
		.pool = chunk_pool_open(&hosts),
		.toll = {.init_ns = init_ns},
		.slot_bytes = slot_bytes,
		.stride = stride,
		.slots = slots,
		.entered = entered};
	enter_here(t, &mine);
	if (agree(&mine, e) != 0) {
		leave(t);
		return -1;
	}
	*team = t;
	return 0;
}

static void work_one(void *ctx, unsigned thread)
{
	struct team *t = ctx;
	const struct job *job = t->job;
	const unsigned worker = number(t, thread);
	void *slot = own_slot(t, thread);
	uint64_t index, end = job->chunks;
	job->begin(job->ctx, worker, slot);
	if (t->plan.schedule == SCHEDULE_STATIC) {
		for (backend_share(job->chunks, t->plan.workers, worker, &index, &end); index < end; index++)
			job->chunk(job->ctx, worker, slot, index);
	} else {
		while (chunk_pool_take(t->pool, thread == 0, &index))
			job->chunk(job->ctx, worker, slot, index);
	}
	job->end(job->ctx, worker, slot);
}

/* Of the own workers; NULL: nothing. */
static void tell_each(struct team *t, void (*tell)(void *ctx, unsigned worker, void *slot))
{
	for (unsigned i = 0; tell && i < t->plan.threads_per_rank; i++)
		tell(t->job->ctx, number(t, i), own_slot(t, i));
}

/* A run: gate, chunks, and the slots on their way to rank 0. */
static void run_chunks(struct team *t)
{
	chunk_pool_reset(t->pool, t->job->chunks);
	tell_each(t, t->job->at_gate);
	const uint64_t waits = clock_ns();
	MPI_Barrier(MPI_COMM_WORLD);
	const uint64_t works = clock_ns();
	threads_all(t->plan.threads_per_rank, work_one, t);
	t->toll.gate_ns = works - waits;
	t->toll.chunks_ns = clock_ns() - works;
	gather(t);
	tell_each(t, t->job->reported);
}

/* --- in rank 0 --- */

/* The bytes of the order's descriptor. */
static int map_order(int fd, void **bytes, uint64_t *n, struct err *e)
{
	struct stat st;
	*n = 0;
	if (fstat(fd, &st) != 0)
		return err_set(e, ERR_FAILED, "mpi: the order: %s", strerror(errno));
	*bytes = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (*bytes == MAP_FAILED)
		return err_set(e, ERR_FAILED, "mpi: the order: %s", strerror(errno));
	*n = (uint64_t)st.st_size;
	return 0;
}

static struct team *open_ranks(const struct job *job, const struct team_plan *plan, struct err *e)
{
	char words[ORDER_WORDS_BYTES];
	size_t used = 0;
	void *order;
	uint64_t order_bytes;
	struct team *t = NULL;
	if (plan->workers != (unsigned)ranks * plan->threads_per_rank) {
		err_set(e, ERR_USAGE, "mpi: %u workers, %u in a rank, but the launcher started %d rank%s%s",
			plan->workers, plan->threads_per_rank, ranks, units_plural((uint64_t)ranks),
			ranks > 1
				? ""
				: ": is it of the MPI that parscale was built with? Try PARSCALE_MPIRUN=\"srun "
				  "--mpi=pmix\", mpirun.openmpi or mpirun.mpich");
		return NULL;
	}
	if (plan->nodes && plan->nodes != (unsigned)hosts.count) {
		err_set(e, ERR_USAGE,
			"mpi: --nodes: %u nodes wanted, but the launcher started its ranks on %d: it needs an allocation, or a host file (--launcher)",
			plan->nodes, hosts.count);
		return NULL;
	}
	if (plan->lifetime != LIFETIME_POOL || !job->program) {
		err_set(e, ERR_USAGE, "mpi: its ranks are a pool of programs");
		return NULL;
	}
	for (size_t i = 0; job->program[i]; i++) {
		const size_t n = strlen(job->program[i]) + 1;
		if (used + n > sizeof words) {
			err_set(e, ERR_FAILED, "mpi: an order of more than %zu bytes", sizeof words);
			return NULL;
		}
		memcpy(words + used, job->program[i], n);
		used += n;
	}
	if (map_order(job->order, &order, &order_bytes, e) != 0)
		return NULL;
	call((struct call){OPEN, *plan, job->chunks, used, order_bytes});
	broadcast(words, used);
	broadcast(order, order_bytes);
	munmap(order, order_bytes);
	const struct err none = {0};
	return agree(&none, e) == 0 && enter(&t, job, plan, e) == 0 ? t : NULL;
}

static void *slot_of_rank(struct team *t, unsigned worker)
{
	return t->slots + worker * t->stride;
}

static int run_ranks(struct team *t, struct err *e)
{
	(void)e;
	call((struct call){.command = RUN});
	run_chunks(t);
	for (unsigned w = 1; w < t->plan.workers; w++)
		if (far[w / t->plan.threads_per_rank] && t->job->align)
			t->job->align(t->job->ctx, slot_of_rank(t, 0), slot_of_rank(t, w));
	if (t->job->all_done)
		t->job->all_done(t->job->ctx);
	return 0;
}

/* Adds one rank's time to what is known of `ranks`. */
static void spread(uint64_t ns, double *min, double *mean, double *max)
{
	*min = fmin(*min, (double)ns);
	*mean += (double)ns / ranks;
	*max = fmax(*max, (double)ns);
}

static void costs_of_ranks(struct team *t, struct rank_costs *c)
{
	*c = (struct rank_costs){.init_min_ns = INFINITY,
		.gate_min_ns = INFINITY,
		.chunks_min_ns = INFINITY,
		.gather_min_ns = INFINITY};
	for (int r = 0; r < ranks; r++) {
		const struct toll *toll = toll_of(t, (unsigned)r * t->plan.threads_per_rank);
		spread(toll->init_ns, &c->init_min_ns, &c->init_mean_ns, &c->init_max_ns);
		spread(toll->gate_ns, &c->gate_min_ns, &c->gate_mean_ns, &c->gate_max_ns);
		spread(toll->chunks_ns, &c->chunks_min_ns, &c->chunks_mean_ns, &c->chunks_max_ns);
		spread(toll->gather_ns, &c->gather_min_ns, &c->gather_mean_ns, &c->gather_max_ns);
	}
}

static void close_ranks(struct team *t)
{
	if (!t)
		return;
	call((struct call){.command = CLOSE});
	leave(t);
}

void rank_team_release(void)
{
	call((struct call){.command = RELEASE});
}

const struct backend rank_team_backend = {
	.name = "mpi",
	.summary = "ranks of this MPI program",
	.worker = "process",
	.max_workers = BACKEND_MAX_WORKERS,
	.exec_workers = true,
	.host = "parscale-mpi",
	.open = open_ranks,
	.run = run_ranks,
	.slot = slot_of_rank,
	.costs = costs_of_ranks,
	.close = close_ranks,
};

/* --- in the others --- */

void ranks_join(struct job *job)
{
	struct err mine = {0}, ignored = {0};
	struct team *t;
	joined = true;
	if (job->chunks != pending.chunks)
		err_set(&mine, ERR_FAILED, "its input makes %" PRIu64 " chunks, that of rank 0 %" PRIu64,
			job->chunks, pending.chunks);
	if (agree(&mine, &ignored) != 0 || enter(&t, job, &pending.plan, &ignored) != 0)
		return;
	while (call((struct call){0}).command == RUN)
		run_chunks(t);
	leave(t);
}

/* Takes the order that follows an OPEN as a descriptor, its words in `words`. */
static int take_order(char *text, char **words, struct err *e)
{
	const int order = system_memory_file("parscale order", false);
	const bool there = order >= 0 && ftruncate(order, (off_t)pending.order_bytes) == 0;
	char *bytes = there ? mmap(NULL, pending.order_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, order, 0)
			    : MAP_FAILED;
	if (bytes == MAP_FAILED) {
		err_set(e, ERR_FAILED, "an order of %" PRIu64 " bytes: %s", pending.order_bytes,
			strerror(errno));
		MPI_Abort(MPI_COMM_WORLD, ERR_FAILED); /* the others are sending it */
	}
	broadcast(text, pending.words_bytes);
	broadcast(bytes, pending.order_bytes);
	munmap(bytes, pending.order_bytes);
	size_t n = 0;
	for (char *word = text; word < text + pending.words_bytes; word += strlen(word) + 1)
		words[n++] = word;
	words[n] = NULL;
	return order;
}

void rank_team_serve(rank_team_make_fn *make)
{
	while ((pending = call((struct call){0})).command == OPEN) {
		struct err e = {0}, ignored = {0};
		char text[ORDER_WORDS_BYTES], *words[BACKEND_WORDS + 1];
		const int order = take_order(text, words, &e);
		joined = false;
		if (make(words, order, &e) != 0 && !joined)
			agree(&e, &ignored);
		close(order);
	}
}
