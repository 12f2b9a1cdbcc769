/* SPDX-License-Identifier: MIT */
/*
 * messages.c - probe `messages`: what MPI ranks of one host or two pay for a message, a barrier, a
 * sum, and a one-sided fetch-and-add.
 *
 * The ranks are those of parscale-mpi, started by the launcher as for the back end `mpi`
 * (probe_launch.c); the calls of MPI are in bench/mpi/rank_messages.c. The method is that of the OSU
 * micro-benchmarks, so that figures can be compared: half of a round trip, a window of 64 messages
 * answered once, the mean of the ranks for what all do together.
 */
#include "bench/probe/messages.h"

#include <stdio.h>

messages_do_fn *messages_do;

/* Large messages are in the caches as far as they fit, which the first of a sample are not; a window has many itself. */
enum { LEAST = 16 };

static const struct way {
	const char *mechanism;
	enum message_kind kind;
	uint64_t bytes;
	bool full;
	double low, high; /* over the round trip of 8 bytes */
} ways[] = {{"ping-pong", MESSAGE_PINGPONG, 8, false, 0, 0},
	{"ping-pong", MESSAGE_PINGPONG, 64, true, 0.5, 2}, {"ping-pong", MESSAGE_PINGPONG, 512, true, 0.5, 4},
	{"ping-pong", MESSAGE_PINGPONG, 4096, false, 1, 20},
	{"ping-pong", MESSAGE_PINGPONG, 32768, true, 2, 200},
	{"ping-pong", MESSAGE_PINGPONG, 262144, true, 10, 2000},
	{"ping-pong", MESSAGE_PINGPONG, 4 << 20, false, 100, 50000},
	{"window of 64", MESSAGE_WINDOW, 8, false, 0.05, 2},
	{"window of 64", MESSAGE_WINDOW, 4096, true, 0.2, 20},
	{"window of 64", MESSAGE_WINDOW, 65536, false, 2, 500},
	{"window of 64", MESSAGE_WINDOW, 4 << 20, true, 100, 50000},
	{"barrier", MESSAGE_BARRIER, 0, false, 0.3, 20}, {"allreduce", MESSAGE_ALLREDUCE, 8, false, 0.3, 30},
	{"allreduce", MESSAGE_ALLREDUCE, 4096, true, 1, 60},
	{"allreduce", MESSAGE_ALLREDUCE, 1 << 20, true, 20, 30000},
	{"fetch-and-add", MESSAGE_FETCH_ADD, 8, false, 0.05, 20}};

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	const struct way *w = c->how;
	double ns = 0;
	(void)r;
	const enum probe_status status = messages_do(w->kind, w->bytes, batch, &ns, s);
	if (status == PROBE_OK) {
		s->value[0] = ns;
		if (w->kind == MESSAGE_PINGPONG || w->kind == MESSAGE_WINDOW)
			s->value[1] = (double)w->bytes / ns * 1e9;
	}
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct way *w = &ways[i];
		struct probe_case c = {.mechanism = w->mechanism,
			.worker = "process",
			.base = 0,
			.expected_low = w->low,
			.expected_high = w->high,
			.least = w->kind == MESSAGE_WINDOW ? 1 : LEAST,
			.most = 10000000,
			.full = w->full,
			.sample = sample,
			.how = w,
			.size = w->bytes};
		if (w->bytes >= 1 << 20)
			snprintf(c.setting, sizeof c.setting, "%d MiB", (int)(w->bytes >> 20));
		else if (w->bytes >= 1 << 10)
			snprintf(c.setting, sizeof c.setting, "%d KiB", (int)(w->bytes >> 10));
		else if (w->bytes > 0)
			snprintf(c.setting, sizeof c.setting, "%d B", (int)w->bytes);
		probe_add(r, &c);
	}
	return 0;
}

static int open_messages(struct probe_run *r, struct err *e)
{
	(void)r;
	return messages_do ? 0
			   : err_set(e, ERR_ABSENT,
				     "messages: its ranks are those of parscale-mpi, started by a launcher");
}

const struct probe probe_messages = {
	.name = "messages",
	.summary = "messages between MPI ranks, a barrier, a sum, a one-sided fetch-and-add",
	.timed =
		"Ranks of parscale-mpi, each on a CPU of its own if there is one, as the OSU benchmarks do it. "
		"Ping-pong: half of the time from a send to the receipt of its answer. Window: 64 messages "
		"sent at once, received, and answered by one of 4 bytes; time and rate of one message. Barrier and "
		"allreduce: the mean over the ranks of a call's time. Fetch-and-add: MPI_Fetch_and_op on the "
		"memory of rank 1, and the flush that completes it. Every message carries its number, every sum and "
		"counter is checked.",
	.expect =
		"Within a host a message is a copy through shared memory: a small one takes some hundred ns to 1 us, "
		"about twice a flag between threads, since the library matches and completes it. From some KiB on "
		"the copy decides. Where ranks outnumber CPUs a rank that polls keeps the other from its CPU, and "
		"each message costs a turn. Fetch-and-add waits for rank 1 where the library needs it to serve.",
	.metrics = {{"time", "ns", "of one operation"}, {"rate", "B/s", "bytes one way over that time"}},
	.options = {{"ranks", 2, 64, 2, "ranks that exchange messages"}},
	.cases = cases,
	.open = open_messages,
	.host = "parscale-mpi",
};
