/* SPDX-License-Identifier: MIT */
/*
 * switch.c - probe `switch`: one CPU passed from one flow of control to another: by the kernel
 * between threads and between processes, and in user space by swapcontext. A pipe that one thread
 * both writes and reads shows the cost of the calls alone.
 */
#include "bench/probe/stream.h"
#include "bench/probe/wait.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { STACK_BYTES = 64 * 1024, WARM_UP = 20 };

struct state {
	/* even: task 0's, odd: task 1's; the number of switches so far */
	_Alignas(128) _Atomic uint64_t turn;
};

struct work {
	struct state *state;
	uint64_t switches;
	int to[2], from[2];
};

/* --- a token through pipes: each write makes the other run, each read lets it --- */

static void pass(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	const uint64_t trips = w->switches / 2 + 1;
	uint64_t counted = 0, token = 0;
	if (t->index == 1) {
		/* the token counts how often it came here */
		for (uint64_t i = 0; i < WARM_UP + trips; i++) {
			if (!stream_read(t, w->from[1], &token, sizeof token))
				return;
			token++;
			if (!stream_write(t, w->to[1], &token, sizeof token))
				return;
		}
		return;
	}
	for (uint64_t i = 0; i < WARM_UP + trips; i++) {
		if (i == WARM_UP)
			t->begin_ns = clock_ns();
		if (!stream_write(t, w->to[0], &token, sizeof token) ||
			!stream_read(t, w->from[0], &token, sizeof token))
			return;
		counted++;
	}
	t->word[0] = clock_ns() - t->begin_ns;
	if (token != counted)
		task_say(t, PROBE_WRONG, "the token was passed %llu times, not %llu",
			(unsigned long long)token, (unsigned long long)counted);
}

/* The same calls without anybody to switch to. */
static void pass_alone(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	uint64_t token = 0;
	for (uint64_t i = 0; i < w->switches; i++) {
		uint64_t sent = i;
		if (!stream_write(t, w->to[0], &sent, sizeof sent) ||
			!stream_read(t, w->from[1], &token, sizeof token))
			return;
		if (token != i) {
			task_say(t, PROBE_WRONG, "another token came back");
			return;
		}
	}
	t->word[0] = clock_ns() - t->begin_ns;
}

/* --- sched_yield, in turns --- */

static void yield(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	_Atomic uint64_t *turn = &w->state->turn;
	const uint64_t rounds = w->switches / 2 + 1;
	for (uint64_t i = 0; i < WARM_UP + rounds; i++) {
		if (i == WARM_UP)
			t->begin_ns = clock_ns();
		while (atomic_load_explicit(turn, memory_order_acquire) != 2 * i + t->index)
			sched_yield();
		atomic_store_explicit(turn, 2 * i + t->index + 1, memory_order_release);
	}
	t->word[0] = clock_ns() - t->begin_ns;
}

/* --- user space --- */

#ifdef __GLIBC__
struct flows {
	ucontext_t own, other;
	uint64_t visits;
};

static _Thread_local struct flows *flows;

static void other_flow(void)
{
	for (;;) {
		flows->visits++;
		swapcontext(&flows->other, &flows->own);
	}
}

static void swap(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	struct flows f = {.visits = 0};
	const uint64_t visits = w->switches / 2 + 1;
	char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED) {
		task_say(t, PROBE_MEMORY, "no memory for a stack");
		return;
	}
	flows = &f;
	getcontext(&f.other);
	f.other.uc_stack.ss_sp = stack;
	f.other.uc_stack.ss_size = STACK_BYTES;
	f.other.uc_link = NULL;
	makecontext(&f.other, other_flow, 0);
	for (uint64_t i = 0; i < WARM_UP + visits; i++) {
		if (i == WARM_UP)
			t->begin_ns = clock_ns();
		swapcontext(&f.own, &f.other);
	}
	t->word[0] = clock_ns() - t->begin_ns;
	if (f.visits != WARM_UP + visits)
		task_say(t, PROBE_WRONG, "the other flow ran %llu times, not %llu",
			(unsigned long long)f.visits, (unsigned long long)(WARM_UP + visits));
	flows = NULL;
	munmap(stack, STACK_BYTES);
}
#else /* musl declares the calls, and has none of them */
static void swap(void *ctx, struct task *t)
{
	(void)ctx;
	task_say(t, PROBE_ABSENT, "this C library has no swapcontext");
}
#endif

static const struct way {
	const char *name;
	task_fn *run;
	unsigned tasks;
	bool process, pipes;
	double low, high;
} ways[] = {{"token through pipes", pass, 2, false, true, 0, 0},
	{"token through pipes", pass, 2, true, true, 0.8, 1.6},
	{"pipe, nobody to switch to", pass_alone, 1, false, true, 0.1, 0.7},
	{"sched_yield", yield, 2, false, false, 0.2, 1}, {"sched_yield", yield, 2, true, false, 0.2, 1.2},
	{"swapcontext", swap, 1, false, false, 0.02, 0.4}};

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	const struct way *way = c->how;
	struct work w = {.state = r->state, .switches = batch};
	int there[2] = {-1, -1}, back[2] = {-1, -1};
	struct task done[2];
	enum probe_status status = PROBE_OK;
	memset(w.state, 0, sizeof *w.state);
	const struct tasks tasks = {.processes = way->process,
		.count = way->tasks,
		.run = way->run,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[0]},
		.overlap = true};
	if (way->pipes)
		status = stream_open(STREAM_PIPE, there, s);
	if (way->pipes && status == PROBE_OK)
		status = stream_open(STREAM_PIPE, back, s);
	if (status == PROBE_OK) {
		w.to[0] = there[1], w.from[1] = there[0];
		w.to[1] = back[1], w.from[0] = back[0];
		status = tasks_run(&tasks, done, s);
	}
	stream_close(there);
	stream_close(back);
	const uint64_t switches = way->run == pass_alone ? batch : 2 * (batch / 2 + 1);
	if (status == PROBE_OK)
		s->value[0] = (double)done[0].word[0] / (double)switches;
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct way *w = &ways[i];
		struct probe_case c = {.mechanism = w->name,
			.worker = task_workers[w->process],
			.base = 0,
			.expected_low = w->low,
			.expected_high = w->high,
			.most = 10000000,
			.sample = sample,
			.how = w};
		probe_add(r, &c);
	}
	return 0;
}

static int open_switch(struct probe_run *r, struct err *e)
{
	stream_quiet();
	r->state = probe_shared(sizeof(struct state));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_switch(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, sizeof(struct state));
	r->state = NULL;
}

const struct probe probe_switch = {
	.name = "switch",
	.summary = "a context switch between two flows of control on one CPU",
	.timed = "Many switches in turn on one CPU, divided by their number, after a warm-up. Two "
		 "threads or two processes pass a token through two pipes, or yield alternately; or two "
		 "flows in one thread switch by swapcontext. A pipe written and read by one thread shows "
		 "the cost of the calls alone. Every turn is counted.",
	.expect = "The kernel's part is alike; between processes the address space changes too, and part "
		  "of the TLB with it, which tags mitigate. Yielding saves the pipe. swapcontext saves "
		  "registers and, by a system call, the signal mask, without the scheduler. 1 is a "
		  "thread's switch through a pipe.",
	.metrics = {{"switch", "ns", "with the calls that bring it about"}},
	.cases = cases,
	.open = open_switch,
	.close = close_switch,
};
