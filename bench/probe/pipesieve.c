/* SPDX-License-Identifier: MIT */
/*
 * pipesieve.c - probe `pipesieve`: a prime sieve as a pipeline of workers connected by pipes.
 *
 * The published algorithm sends each prime to all later stages, one message each, and is serial: a
 * stage needs all primes below its range first. Two variants repair what can be repaired: only
 * primes whose square is below the end of a stage's range are sent, and all of a round in one
 * message. The fourth sends nothing: each stage finds its own primes up to the square root.
 */
#include "bench/probe/pipesieve.h"

#include "bench/probe/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STOP = 0, KNOWN = 4, MESSAGE_PRIMES = 4096 };

static const uint64_t known[KNOWN] = {2, 3, 5, 7};

/* What goes down: cross out number, number + prime, ...; prime 0: no more will come. */
struct message {
	uint64_t number, prime;
};

struct pipeline {
	enum pipesieve_way way;
	const struct pipesieve_range *ranges;
	unsigned stages;
	int down[PIPESIEVE_STAGES][2], up[PIPESIEVE_STAGES][2];
	uint64_t *primes, room; /* shared memory: the result */
};

/* word[] of the tasks */
enum { COUNT, MESSAGES, BYTES, IDLE };

/* --- a stage --- */

static void cross_out(
	unsigned char *crossed, const struct pipesieve_range *r, uint64_t number, uint64_t prime)
{
	for (; number < r->last; number += prime)
		crossed[number - r->first] = 1;
}

static uint64_t first_multiple(const struct pipesieve_range *r, uint64_t prime)
{
	uint64_t above = (r->first + prime - 1) / prime * prime;
	return above > prime ? above : 2 * prime;
}

/* Reads what upstream sends until there is no more. Batched: a count, then so many primes. */
static bool take_messages(const struct pipeline *p, unsigned stage, unsigned char *crossed, struct task *t)
{
	const struct pipesieve_range *r = &p->ranges[stage];
	struct message m;
	for (;;) {
		const uint64_t start = clock_ns();
		bool good = stream_read(t, p->down[stage][0], &m, sizeof m);
		t->word[IDLE] += clock_ns() - start;
		if (!good)
			return false;
		if (m.prime == 0 && m.number == 0)
			return true;
		if (m.prime) {
			cross_out(crossed, r, m.number, m.prime);
			continue;
		}
		for (uint64_t left = m.number; left;) {
			uint64_t primes[MESSAGE_PRIMES], n = left < MESSAGE_PRIMES ? left : MESSAGE_PRIMES;
			if (!stream_read(t, p->down[stage][0], primes, (size_t)n * sizeof *primes))
				return false;
			for (uint64_t i = 0; i < n; i++)
				cross_out(crossed, r, first_multiple(r, primes[i]), primes[i]);
			left -= n;
		}
	}
}

/* A sieve of its own up to the root of the range's end. */
static void cross_out_alone(unsigned char *crossed, const struct pipesieve_range *r)
{
	for (uint64_t d = 2; d * d < r->last; d++) {
		bool prime = true;
		for (uint64_t k = 2; k * k <= d && prime; k++)
			prime = d % k != 0;
		if (prime)
			cross_out(crossed, r, first_multiple(r, d), d);
	}
}

static void stage(const struct pipeline *p, unsigned i, struct task *t)
{
	const struct pipesieve_range *r = &p->ranges[i];
	const size_t n = (size_t)(r->last - r->first);
	unsigned char *crossed = calloc(n, 1);
	uint64_t *found = malloc((n + 1) * sizeof *found);
	size_t count = 0;
	if (!crossed || !found) {
		task_say(t, PROBE_MEMORY, "out of memory");
	} else {
		bool good = true;
		if (p->way == PIPESIEVE_INDEPENDENT)
			cross_out_alone(crossed, r);
		else
			good = take_messages(p, i, crossed, t);
		/* its own primes' multiples */
		for (uint64_t k = 0; k < n; k++)
			if (!crossed[k] && (r->first + k) * (r->first + k) < r->last)
				cross_out(crossed, r, (r->first + k) * (r->first + k), r->first + k);
		for (uint64_t k = 0; k < n; k++)
			if (!crossed[k])
				found[++count] = r->first + k;
		found[0] = count;
		if (good)
			stream_write(t, p->up[i][1], found, (count + 1) * sizeof *found);
	}
	free(crossed);
	free(found);
}

/* --- the main task --- */

static bool wanted(const struct pipeline *p, unsigned i, uint64_t prime)
{
	return p->way <= PIPESIEVE_FAULTY ? first_multiple(&p->ranges[i], prime) < p->ranges[i].last
					  : prime * prime < p->ranges[i].last;
}

static bool send(const struct pipeline *p, unsigned i, const void *what, size_t bytes, struct task *t)
{
	t->word[MESSAGES]++;
	t->word[BYTES] += bytes;
	return stream_write(t, p->down[i][1], what, bytes);
}

/* Primes to each later stage, one by one. With the fault, only the first prime of a round finds any stage. */
static bool send_primes(
	const struct pipeline *p, unsigned from, const uint64_t *primes, uint64_t n, struct task *t)
{
	for (uint64_t k = 0; k < (p->way == PIPESIEVE_FAULTY && n ? 1 : n); k++)
		for (unsigned i = from; i < p->stages; i++) {
			const struct message m = {first_multiple(&p->ranges[i], primes[k]), primes[k]};
			if (wanted(p, i, primes[k]) && !send(p, i, &m, sizeof m, t))
				return false;
		}
	return true;
}

/* All of a round's primes that a stage wants in one message. Primes ascend: the wanted ones come first. */
static bool send_batches(
	const struct pipeline *p, unsigned from, const uint64_t *primes, uint64_t n, struct task *t)
{
	for (unsigned i = from; i < p->stages; i++) {
		struct message m = {0, 0};
		while (m.number < n && wanted(p, i, primes[m.number]))
			m.number++;
		if (m.number == 0)
			continue;
		if (!stream_write(t, p->down[i][1], &m, sizeof m) ||
			!send(p, i, primes, (size_t)m.number * sizeof *primes, t))
			return false;
		t->word[BYTES] += sizeof m;
	}
	return true;
}

static bool collect(const struct pipeline *p, struct task *t)
{
	const struct message end = {0, 0};
	const uint64_t *news = known;
	uint64_t fresh = 0, total = 0, count;
	while (fresh < KNOWN && known[fresh] < p->ranges[0].first)
		fresh++;
	memcpy(p->primes, known, (size_t)fresh * sizeof *known);
	total = fresh;
	for (unsigned i = 0; i < p->stages; i++) {
		if (p->way == PIPESIEVE_BATCHED && !send_batches(p, i, news, fresh, t))
			return false;
		if (p->way < PIPESIEVE_BATCHED && !send_primes(p, i, news, fresh, t))
			return false;
		if (p->way != PIPESIEVE_INDEPENDENT && !send(p, i, &end, sizeof end, t))
			return false;
		if (!stream_read(t, p->up[i][0], &count, sizeof count))
			return false;
		if (count > p->room - total) {
			task_say(t, PROBE_WRONG, "more primes than numbers");
			return false;
		}
		if (!stream_read(t, p->up[i][0], p->primes + total, (size_t)count * sizeof *p->primes))
			return false;
		news = p->primes + total;
		fresh = count;
		total += count;
	}
	t->word[COUNT] = total;
	return true;
}

static void play(void *ctx, struct task *t)
{
	const struct pipeline *p = ctx;
	if (t->index == 0)
		collect(p, t);
	else
		stage(p, t->index - 1, t);
}

static void sum_up(const struct pipeline *p, const struct task *done, struct pipesieve_result *r)
{
	uint64_t lived = 0, idle = 0;
	*r = (struct pipesieve_result){.ns = (double)(done[0].end_ns - done[0].begin_ns),
		.count = done[0].word[COUNT],
		.messages = done[0].word[MESSAGES],
		.bytes = done[0].word[BYTES]};
	for (uint64_t i = 0; i < r->count; i++)
		r->sum += p->primes[i];
	for (unsigned i = 1; i <= p->stages; i++) {
		lived += done[i].end_ns - done[i].begin_ns;
		idle += done[i].word[IDLE];
	}
	r->idle = 100 * (double)idle / (double)lived;
}

enum probe_status pipesieve_run(enum pipesieve_way way, const struct pipesieve_range *ranges, unsigned stages,
	bool processes, const int cpus[2], uint64_t *primes, uint64_t room, struct pipesieve_result *r,
	struct probe_sample *s)
{
	struct pipeline p = {.way = way, .ranges = ranges, .stages = stages, .primes = primes, .room = room};
	struct task done[PIPESIEVE_STAGES + 1];
	enum probe_status status = PROBE_OK;
	for (unsigned i = 0; i < stages; i++)
		p.down[i][0] = p.down[i][1] = p.up[i][0] = p.up[i][1] = -1;
	for (unsigned i = 0; i < stages && status == PROBE_OK; i++) {
		status = stream_open(STREAM_PIPE, p.down[i], s);
		if (status == PROBE_OK)
			status = stream_open(STREAM_PIPE, p.up[i], s);
	}
	const struct tasks tasks = {.processes = processes,
		.count = stages + 1,
		.run = play,
		.ctx = &p,
		.cpus = {cpus[0], cpus[1]},
		.overlap = true};
	if (status == PROBE_OK)
		status = tasks_run(&tasks, done, s);
	for (unsigned i = 0; i < stages; i++) {
		stream_close(p.down[i]);
		stream_close(p.up[i]);
	}
	if (status == PROBE_OK)
		sum_up(&p, done, r);
	return status;
}

/* --- the probe --- */

struct state {
	uint64_t *primes;    /* shared */
	uint64_t count, sum; /* what is right */
};

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	static const enum pipesieve_way ways[] = {
		PIPESIEVE_INDEPENDENT, PIPESIEVE_PUBLISHED, PIPESIEVE_FILTERED, PIPESIEVE_BATCHED};
	const struct state *state = r->state;
	const unsigned stages = (unsigned)c->size % 100;
	const uint64_t first = 10, end = r->option[STOP] + 1;
	struct pipesieve_range ranges[PIPESIEVE_STAGES];
	struct pipesieve_result result;
	(void)batch;
	for (unsigned i = 0; i < stages; i++)
		ranges[i] = (struct pipesieve_range){
			first + (end - first) * i / stages, first + (end - first) * (i + 1) / stages};
	enum probe_status status = pipesieve_run(ways[c->size / 100], ranges, stages,
		c->worker == task_workers[1], r->cpus, state->primes, end, &result, s);
	if (status != PROBE_OK)
		return status;
	s->value[0] = result.ns;
	s->value[1] = (double)result.messages;
	s->value[2] = (double)result.bytes;
	s->value[3] = result.idle;
	if (result.count != state->count || result.sum != state->sum)
		return probe_say(
			s, PROBE_WRONG, "%" PRIu64 " primes, not %" PRIu64, result.count, state->count);
	for (uint64_t i = 1; i < result.count; i++)
		if (state->primes[i - 1] >= state->primes[i])
			return probe_say(s, PROBE_WRONG, "the list is not in order");
	return PROBE_OK;
}

static int cases(struct probe_run *r, struct err *e)
{
	static const char *const names[] = {
		"independent ranges", "as published, mended", "filtered", "filtered, batched"};
	static const double expected[][2] = {{0.6, 2}, {3, 2000}, {0.8, 12}, {0.6, 6}};
	static const unsigned stages[] = {1, 2, 4, 8};
	(void)e;
	for (size_t k = 0; k < 4; k++) {
		int base = (int)r->count;
		for (uint64_t i = 0; i < 4; i++)
			for (int w = 0; w < 2; w++) {
				const bool is_base = i == 0 && w == 0;
				struct probe_case c = {.mechanism = names[i],
					.worker = task_workers[w],
					.base = base,
					.most = 1,
					.full = k % 2 != 0,
					.sample = sample,
					.size = 100 * i + stages[k],
					.expected_low = is_base ? 0
							: k     ? expected[i][0]
								: 0.7,
					.expected_high = is_base ? 0
							 : k     ? expected[i][1]
								 : 1.6};
				snprintf(c.setting, sizeof c.setting, "%u stage%s", stages[k],
					stages[k] > 1 ? "s" : "");
				if (r->count == 0 || !r->quick || !c.full)
					probe_add(r, &c);
			}
	}
	return 0;
}

static int open_pipesieve(struct probe_run *r, struct err *e)
{
	const size_t end = (size_t)r->option[STOP] + 1;
	struct state *s = r->state = calloc(1, sizeof *s);
	unsigned char *crossed = calloc(end, 1);
	stream_quiet();
	if (s && crossed)
		s->primes = probe_shared(end * sizeof *s->primes);
	for (uint64_t n = 2; crossed && s && n < end; n++) {
		if (crossed[n])
			continue;
		s->count++;
		s->sum += n;
		for (uint64_t m = n * n; m < end; m += n)
			crossed[m] = 1;
	}
	free(crossed);
	return s && s->primes ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_pipesieve(struct probe_run *r)
{
	struct state *s = r->state;
	if (s && s->primes)
		munmap(s->primes, ((size_t)r->option[STOP] + 1) * sizeof *s->primes);
	free(s);
	r->state = NULL;
}

const struct probe probe_pipesieve = {
	.name = "pipesieve",
	.summary = "a sieve as a pipeline of workers: primes go down, results come back",
	.timed = "From the main task's first message to the last result, after all stages are ready: the "
		 "primes to --stop. The range is cut into equal parts, one stage each, placed round "
		 "robin on the CPUs. As published (with its fault fixed), every prime goes to every "
		 "later stage. Filtered: only primes whose squares the stage holds. Batched: these in "
		 "one message. Independent ranges send nothing down. Threads and processes use the same "
		 "sieve and pipes. Count, sum and order of the primes must be right.",
	.expect = "The pipeline is serial: a stage can send its primes only after it has those of all "
		  "earlier stages, and most messages are about primes that cross out nothing new. As "
		  "published, more stages are therefore slower. Filtered and batched, little is sent and "
		  "the ranges overlap. Threads save the kernel nothing. 1 is independent ranges, by "
		  "threads, with the same number of stages.",
	.metrics = {{"time", "ns", "first message to last result"}, {"messages", "", "sent down"},
		{"bytes", "B", "sent down"}, {"idle", "%", "of the stages' time, waiting for messages"}},
	.options = {{"stop", 100, 10000000, 100000, "last number"}},
	.cases = cases,
	.open = open_pipesieve,
	.close = close_pipesieve,
};
