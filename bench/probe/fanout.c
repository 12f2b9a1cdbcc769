/* SPDX-License-Identifier: MIT */
/*
 * fanout.c - probe `fanout`: finds out which of many targets answer, by processes, threads, a pool,
 * or one event loop, and checks the result against the known set. See fanout_scans.c for the ways.
 */
#include "bench/probe/fanout_scans.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { TARGETS, PORT, DELAY_MS, WAIT_MS };
enum { TRIES = 5, PAGE = 4096, SPARE_DESCRIPTORS = 64 };

struct state {
	struct responder responder;
	unsigned char *found;
	uint64_t scans;
};

static void use(uint64_t *cpu_ns, uint64_t *faults)
{
	static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	*cpu_ns = *faults = 0;
	for (int i = 0; i < 2; i++) {
		struct rusage u;
		getrusage(who[i], &u);
		*cpu_ns += (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000 +
			   (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
		*faults += (uint64_t)u.ru_minflt;
	}
}

/* Found is what is known to answer, no more and no less. An answer that came too late is the machine's doing:
 * PROBE_FAILED. */
static enum probe_status check(const struct scan *s, struct probe_sample *sample)
{
	for (unsigned i = 0; i < s->targets; i++) {
		if (s->found[i] && responder_is_silent(i))
			return probe_say(sample, PROBE_WRONG, "target %u is silent, and was found", i);
		if (!s->found[i] && !responder_is_silent(i))
			return probe_say(sample, PROBE_FAILED, "target %u did not answer in %" PRIu64 " ms",
				i, s->wait_ns / 1000000);
	}
	return PROBE_OK;
}

static enum probe_status scan_once(struct scan *s, const struct scan_way *way, struct probe_sample *out)
{
	uint64_t cpu[2], faults[2];
	memset(s->found, 0, RESPONDER_TARGETS);
	use(&cpu[0], &faults[0]);
	const uint64_t start = clock_ns();
	enum probe_status status = way->scan(s, out);
	const uint64_t end = clock_ns();
	use(&cpu[1], &faults[1]);
	out->value[0] = (double)(end - start);
	out->value[1] = (double)(cpu[1] - cpu[0]);
	out->value[2] = (double)(faults[1] - faults[0]) * PAGE;
	out->value[3] = (double)s->targets * 1e9 / out->value[0];
	return status == PROBE_OK ? check(s, out) : status;
}

/* A scan that missed answers, or could not be made, is no sample: it is taken again, some times, and how
 * often is told. What is wrong stays wrong. */
static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *out)
{
	struct state *state = r->state;
	const unsigned targets = (unsigned)c->size;
	enum probe_status status = PROBE_FAILED;
	bool again = true;
	(void)batch;
	if (targets > state->responder.targets)
		return probe_say(out, PROBE_ABSENT, "the system allows descriptors for %u targets",
			state->responder.targets);
	for (unsigned scans = 1; again && scans <= TRIES; scans++) {
		struct scan s = {.responder = &state->responder,
			.targets = targets,
			.wait_ns = r->option[WAIT_MS] * 1000000,
			.salt = ++state->scans,
			.found = state->found,
			.lock = PTHREAD_MUTEX_INITIALIZER};
		status = scan_once(&s, c->how, out);
		again = status != PROBE_OK && status != PROBE_WRONG && status != PROBE_ABSENT;
		out->value[4] = scans;
	}
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	const uint64_t counts[] = {r->option[TARGETS], 900, 5000};
	if (r->option[DELAY_MS] >= r->option[WAIT_MS])
		return err_set(e, ERR_USAGE, "--delay-ms: less than --wait-ms, which is %" PRIu64,
			r->option[WAIT_MS]);
	for (size_t k = 0; k < 3; k++) {
		int base = (int)r->count;
		for (size_t i = 0; i < SCAN_WAYS && (k == 0 || counts[k] != counts[0]); i++) {
			const struct scan_way *w = &scan_ways[i];
			struct probe_case c = {.mechanism = w->name,
				.worker = w->worker,
				.base = base,
				.most = 1,
				.sample = sample,
				.how = w,
				.size = counts[k],
				.full = k > 0 || w->flags & SCAN_FULL,
				.expected_low = w->low,
				.expected_high = k ? 4 * w->high : w->high};
			snprintf(c.setting, sizeof c.setting, "%" PRIu64 " targets", counts[k]);
			if ((k == 1 && !(w->flags & SCAN_SERIAL)) || k == 0 ||
				(k == 2 && w->flags & SCAN_LOOP))
				probe_add(r, &c);
		}
	}
	return 0;
}

static int open_fanout(struct probe_run *r, struct err *e)
{
	struct state *s = r->state = calloc(1, sizeof *s);
	struct rlimit files;
	uint64_t most = 0;
	if (!s || !(s->found = probe_shared(RESPONDER_TARGETS)))
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (size_t i = 0; i < r->count; i++)
		most = r->cases[i].size > most ? r->cases[i].size : most;
	if (files.rlim_cur < most + SPARE_DESCRIPTORS)
		most = files.rlim_cur > SPARE_DESCRIPTORS ? files.rlim_cur - SPARE_DESCRIPTORS : 1;
	/* on a CPU of its own, where there are two: hundreds of askers may not delay its answers */
	if (place_bind(r->cpus[1], e) != 0)
		return -1;
	int status = responder_start(
		&s->responder, (unsigned)most, (uint16_t)r->option[PORT], r->option[DELAY_MS] * 1000000, e);
	return place_bind(r->cpus[0], e) == 0 ? status : -1;
}

static void close_fanout(struct probe_run *r)
{
	struct state *s = r->state;
	if (!s)
		return;
	responder_stop(&s->responder);
	if (s->found)
		munmap(s->found, RESPONDER_TARGETS);
	free(s);
	r->state = NULL;
}

const struct probe probe_fanout = {
	.name = "fanout",
	.summary = "which of many loopback targets answer: one by one, a worker each, a pool, one loop",
	.timed = "From the first question until it is known who answers and who does not. Targets are "
		 "addresses of 127.1.0.0/16, served by a process of the probe that answers a datagram "
		 "after --delay-ms; one in 25 stays silent and is waited for --wait-ms. Questions and "
		 "sockets are the same for all. Askers are on the first CPU, the server on the second. "
		 "CPU time and memory are those of the asker with all its workers. The result must match "
		 "what is known to answer.",
	.expect = "Those that ask all targets at once take as long as the wait for a silent one; one by "
		  "one, each silent target adds a wait; a pool adds a share. The difference is CPU time: "
		  "an event loop only makes system calls, threads must also be created, processes cost "
		  "most: for 900 targets 9 ms, 50 ms, 175 ms. select scans every descriptor up to the "
		  "highest and ends at FD_SETSIZE. 1 is epoll.",
	.metrics = {{"wall", "ns", "first question to all known"},
		{"cpu", "ns", "CPU time of the asker and its workers"},
		{"memory", "B", "pages they faulted in"}, {"rate", "1/s", "targets a second"},
		{"scans", "",
			"made until one had every answer in time; above 1 the machine was busy with "
			"something else"}},
	.options = {{"targets", 1, RESPONDER_TARGETS, 100, "how many are asked"},
		{"port", 1, 65535, 47000, "their port, or the next that is free at all of them"},
		{"delay-ms", 0, 10000, 2, "of an answer"},
		{"wait-ms", 1, 60000, 250, "for one that may not come"}},
	.cases = cases,
	.open = open_fanout,
	.close = close_fanout,
};
