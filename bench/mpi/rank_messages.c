/* SPDX-License-Identifier: MIT */
/*
 * rank_messages.c - messages, barriers, sums and one-sided additions between ranks, each timed by
 * rank 0 and checked by who receives.
 *
 * Rank 0 broadcasts what comes next; all take part, warm up by a tenth, and meet at a barrier before
 * the clock is read. A message's first bytes are its number, which costs a store and a load.
 */
#include "bench/mpi/rank_messages.h"

#include "bench/machine/place.h"
#include "bench/mpi/rank_team.h"
#include "bench/probe/messages.h"
#include "bench/probe/probe_launch.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct order {
	int kind; /* enum message_kind; -1: go home */
	uint64_t bytes, batch;
};

struct buffers {
	unsigned char *out, *in;
	MPI_Win window;
	uint64_t *counter;
	uint64_t added; /* to it, so far */
};

static struct buffers buffers;

enum { TAG = 1, WARM_PART = 10, ANSWER_BYTES = 4 };

static int rank_of_mine(void)
{
	return (int)rank_team_rank();
}

static void open_buffers(void)
{
	/* on pages of their own: the copy is all that differs between sizes */
	enum { PAGE = 4096 };
	buffers.out = aligned_alloc(PAGE, MESSAGES_MOST_BYTES);
	buffers.in = aligned_alloc(PAGE, MESSAGES_MOST_BYTES);
	if (!buffers.out || !buffers.in)
		MPI_Abort(MPI_COMM_WORLD, ERR_FAILED);
	memset(buffers.out, 1, MESSAGES_MOST_BYTES);
	memset(buffers.in, 1, MESSAGES_MOST_BYTES);
	MPI_Win_allocate(sizeof *buffers.counter, sizeof *buffers.counter, MPI_INFO_NULL, MPI_COMM_WORLD,
		&buffers.counter, &buffers.window);
	*buffers.counter = 0;
	MPI_Win_lock_all(0, buffers.window);
	MPI_Win_sync(buffers.window);
	MPI_Barrier(MPI_COMM_WORLD);
}

static void close_buffers(void)
{
	MPI_Win_unlock_all(buffers.window);
	MPI_Win_free(&buffers.window);
	free(buffers.out);
	free(buffers.in);
}

static void number(unsigned char *message, uint64_t i)
{
	memcpy(message, &i, sizeof i);
}

static bool numbered(const unsigned char *message, uint64_t i)
{
	return memcmp(message, &i, sizeof i) == 0;
}

/* --- the operations: how many messages or results were wrong here --- */

static uint64_t pingpong(const struct order *o, uint64_t times)
{
	uint64_t wrong = 0;
	for (uint64_t i = 0; i < times; i++) {
		if (rank_of_mine() == 0) {
			number(buffers.out, i);
			MPI_Send(buffers.out, (int)o->bytes, MPI_BYTE, 1, TAG, MPI_COMM_WORLD);
			MPI_Recv(buffers.in, (int)o->bytes, MPI_BYTE, 1, TAG, MPI_COMM_WORLD,
				MPI_STATUS_IGNORE);
			wrong += !numbered(buffers.in, ~i);
		} else if (rank_of_mine() == 1) {
			MPI_Recv(buffers.in, (int)o->bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD,
				MPI_STATUS_IGNORE);
			wrong += !numbered(buffers.in, i);
			number(buffers.out, ~i);
			MPI_Send(buffers.out, (int)o->bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD);
		}
	}
	return wrong;
}

static uint64_t windows(const struct order *o, uint64_t times)
{
	MPI_Request requests[MESSAGES_WINDOW];
	MPI_Status states[MESSAGES_WINDOW]; /* gcc takes MPICH's MPI_STATUSES_IGNORE for an array of none */
	uint64_t wrong = 0;
	for (uint64_t i = 0; i < times; i++) {
		if (rank_of_mine() == 0) {
			number(buffers.out, i);
			for (int k = 0; k < MESSAGES_WINDOW; k++)
				MPI_Isend(buffers.out, (int)o->bytes, MPI_BYTE, 1, TAG, MPI_COMM_WORLD,
					&requests[k]);
			MPI_Waitall(MESSAGES_WINDOW, requests, states);
			MPI_Recv(buffers.in, ANSWER_BYTES, MPI_BYTE, 1, TAG, MPI_COMM_WORLD,
				MPI_STATUS_IGNORE);
		} else if (rank_of_mine() == 1) {
			for (int k = 0; k < MESSAGES_WINDOW; k++)
				MPI_Irecv(buffers.in, (int)o->bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD,
					&requests[k]);
			MPI_Waitall(MESSAGES_WINDOW, requests, states);
			wrong += !numbered(buffers.in, i);
			MPI_Send(buffers.out, ANSWER_BYTES, MPI_BYTE, 0, TAG, MPI_COMM_WORLD);
		}
	}
	return wrong;
}

static uint64_t barriers(const struct order *o, uint64_t times)
{
	(void)o;
	for (uint64_t i = 0; i < times; i++)
		MPI_Barrier(MPI_COMM_WORLD);
	return 0;
}

static uint64_t sums(const struct order *o, uint64_t times)
{
	const int n = (int)(o->bytes / sizeof(double)), last = n - 1, ranks = (int)rank_team_count();
	double *mine = (double *)(void *)buffers.out, *sum = (double *)(void *)buffers.in;
	uint64_t wrong = 0;
	for (int k = 0; k < n; k++)
		mine[k] = rank_of_mine() + 1;
	const double wanted = ranks * (ranks + 1) / 2.0;
	for (uint64_t i = 0; i < times; i++) {
		sum[last] = 0;
		MPI_Allreduce(mine, sum, n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
		wrong += sum[last] < wanted || sum[last] > wanted;
	}
	return wrong;
}

static uint64_t additions(const struct order *o, uint64_t times)
{
	const uint64_t one = 1;
	uint64_t wrong = 0, before;
	(void)o;
	for (uint64_t i = 0; rank_of_mine() == 0 && i < times; i++) {
		MPI_Fetch_and_op(&one, &before, MPI_UINT64_T, 1, 0, MPI_SUM, buffers.window);
		MPI_Win_flush(1, buffers.window);
		wrong += before != buffers.added++;
	}
	return wrong;
}

/* Takes part in what rank 0 ordered. In rank 0: the mean over the ranks of an operation's time, and how many were wrong. */
static uint64_t take_part(const struct order *o, double *ns)
{
	static uint64_t (*const ways[])(const struct order *, uint64_t) = {[MESSAGE_PINGPONG] = pingpong,
		[MESSAGE_WINDOW] = windows,
		[MESSAGE_BARRIER] = barriers,
		[MESSAGE_ALLREDUCE] = sums,
		[MESSAGE_FETCH_ADD] = additions};
	uint64_t wrong = ways[o->kind](o, o->batch / WARM_PART + 1), all_wrong = 0;
	MPI_Barrier(MPI_COMM_WORLD);
	const uint64_t start = clock_ns();
	wrong += ways[o->kind](o, o->batch);
	double took = (double)(clock_ns() - start), sum = 0;
	MPI_Reduce(&took, &sum, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
	MPI_Reduce(&wrong, &all_wrong, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
	if (o->kind == MESSAGE_BARRIER || o->kind == MESSAGE_ALLREDUCE)
		took = sum / rank_team_count();
	*ns = took / (double)o->batch;
	if (o->kind == MESSAGE_PINGPONG)
		*ns /= 2;
	if (o->kind == MESSAGE_WINDOW)
		*ns /= MESSAGES_WINDOW;
	return all_wrong;
}

static void send_order(struct order *o)
{
	MPI_Bcast(o, sizeof *o, MPI_BYTE, 0, MPI_COMM_WORLD);
}

static enum probe_status order_all(
	enum message_kind kind, uint64_t bytes, uint64_t batch, double *ns, struct probe_sample *s)
{
	struct order o = {(int)kind, bytes, batch};
	send_order(&o);
	const uint64_t wrong = take_part(&o, ns);
	return wrong ? probe_say(s, PROBE_WRONG, "%llu of %llu operations had a wrong result",
			       (unsigned long long)wrong, (unsigned long long)batch)
		     : PROBE_OK;
}

int rank_messages_lead(int argc, char **argv)
{
	messages_do = order_all;
	open_buffers();
	const int status = probe_launch_main(argc, argv, STDOUT_FILENO);
	struct order home = {.kind = -1};
	send_order(&home);
	close_buffers();
	return status;
}

/* The CPU of this rank, in the order that rank 0 takes the first of. */
static void bind_here(void)
{
	struct topology topology = {0};
	struct place place = {0};
	struct err ignored = {0};
	if (topology_read(&topology, "", &ignored) == 0 &&
		place_open(&place, "smt-last", &topology, &ignored) == 0) {
		place_bind(place_cpu(&place, rank_team_local()), &ignored);
		place_close(&place);
	}
	topology_free(&topology);
}

void rank_messages_serve(void)
{
	struct order o;
	double ns;
	bind_here();
	open_buffers();
	for (send_order(&o); o.kind >= 0; send_order(&o))
		take_part(&o, &ns);
	close_buffers();
}
