/* SPDX-License-Identifier: MIT */
/*
 * cow.c - probe `cow`: the cost of reads and writes to memory that a fork has made shared.
 *
 * After a fork both sides have the same physical pages, write-protected. The first write of either
 * side faults and copies one page; reads are free. The probe counts faults against pages written,
 * so that a kernel that does something else is noticed, and checks that neither side sees the
 * other's bytes.
 */
#include "bench/probe/pages.h"
#include "bench/probe/probe.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE = 0, MIB = 1 << 20 };
enum { NS, FAULTS, PRIVATE, PSS, TABLES };
enum { OLD = 1, NEW = 2 };

enum who { CHILD, PARENT, THREAD };

struct action {
	const char *name, *worker;
	enum who who;
	bool write;
};

static const struct action actions[] = {{"child writes", "process", CHILD, true},
	{"child reads", "process", CHILD, false}, {"parent writes", "process", PARENT, true},
	{"thread writes", "thread", THREAD, true}};

/* In shared memory: what the child found. */
struct account {
	uint64_t ns, faults, private_bytes, pss, tables, sum;
	_Atomic uint32_t ready, done;
};

struct state {
	struct account *account;
	char *region;
	size_t pages;
};

static uint64_t faults(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (uint64_t)u.ru_minflt;
}

/* Whether page i is among the `percent` of all, evenly spread. */
static bool is_chosen(size_t i, uint64_t percent)
{
	return (i + 1) * percent / 100 != i * percent / 100;
}

static size_t chosen(size_t pages, uint64_t percent)
{
	return (size_t)(pages * percent / 100);
}

/* Every `percent`-th page, one byte; returns the sum of what was read. */
static uint64_t walk(char *region, size_t pages, uint64_t percent, bool writes)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < pages; i++) {
		if (!is_chosen(i, percent))
			continue;
		volatile char *at = region + i * PAGE;
		if (writes)
			*at = NEW;
		else
			sum += (uint64_t)*at;
	}
	return sum;
}

static void measure(struct state *s, struct account *a, uint64_t percent, bool writes)
{
	uint64_t before = faults(), start = clock_ns();
	uint64_t sum = walk(s->region, s->pages, percent, writes);
	a->ns = clock_ns() - start;
	a->faults = faults() - before;
	a->sum = sum;
}

static uint64_t sum_of_all(const struct state *s)
{
	return walk(s->region, s->pages, 100, false);
}

static void take_stock(struct account *a)
{
	a->private_bytes = pages_fact("/proc/self/smaps_rollup", "Private_Dirty:");
	a->pss = pages_fact("/proc/self/smaps_rollup", "Pss:");
	a->tables = pages_fact("/proc/self/status", "VmPTE:");
}

static _Noreturn void child(struct state *s, const struct action *act, uint64_t percent)
{
	struct account *a = s->account;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (act->who == CHILD) {
		measure(s, a, percent, act->write);
		take_stock(a);
		_exit(0);
	}
	/* the other side writes: here nothing may have changed */
	atomic_store(&a->ready, 1);
	while (!atomic_load(&a->done))
		usleep(100);
	a->sum = sum_of_all(s);
	_exit(0);
}

struct errand {
	struct state *state;
	uint64_t percent;
};

static void *thread(void *order)
{
	const struct errand *o = order;
	measure(o->state, o->state->account, o->percent, true);
	return NULL;
}

static enum probe_status run_thread(struct state *s, uint64_t percent, struct probe_sample *sample)
{
	struct errand o = {s, percent};
	pthread_t id;
	int error = pthread_create(&id, NULL, thread, &o);
	if (error)
		return probe_say(
			sample, probe_status_of(err_cause_of(error)), "pthread_create: %s", strerror(error));
	pthread_join(id, NULL);
	return PROBE_OK;
}

static enum probe_status run_child(
	struct state *s, const struct action *act, uint64_t percent, struct probe_sample *sample)
{
	struct account *a = s->account;
	int status = 0;
	pid_t pid = fork();
	if (pid == 0)
		child(s, act, percent);
	if (pid < 0)
		return probe_say(sample, probe_status_of(err_cause_of(errno)), "fork: %s", strerror(errno));
	if (act->who == PARENT) {
		while (!atomic_load(&a->ready) && waitpid(pid, &status, WNOHANG) == 0)
			usleep(100);
		uint64_t kept;
		measure(s, a, percent, true);
		kept = a->ns;
		atomic_store(&a->done, 1);
		waitpid(pid, &status, 0);
		a->ns = kept;
	} else {
		waitpid(pid, &status, 0);
	}
	return status == 0 ? PROBE_OK
			   : probe_say(sample, PROBE_FAILED, "the child ended with wait status %d", status);
}

/* Each side sees its own bytes only; a page is copied, by a fault, for each 4 KiB that is written to. */
static enum probe_status check(const struct state *s, const struct action *act, uint64_t percent,
	uint64_t huge, struct probe_sample *sample)
{
	const struct account *a = s->account;
	const uint64_t touched = chosen(s->pages, percent), all_old = s->pages * OLD;
	const uint64_t here = sum_of_all(s),
		       written = act->who != CHILD ? all_old + touched * (NEW - OLD) : all_old;
	if (here != written)
		return probe_say(sample, PROBE_WRONG,
			"the parent's bytes sum up to %" PRIu64 ", not %" PRIu64, here, written);
	if (act->who == PARENT && a->sum != all_old)
		return probe_say(sample, PROBE_WRONG, "the child sees what the parent wrote");
	if (act->who == CHILD && !act->write && a->sum != touched * OLD)
		return probe_say(sample, PROBE_WRONG, "the child's bytes are not the parent's");
	if (act->who != THREAD && act->write && !huge &&
		(a->faults < touched || a->faults > touched + touched / 50 + 100))
		return probe_say(
			sample, PROBE_WRONG, "%" PRIu64 " faults for %" PRIu64 " pages", a->faults, touched);
	return PROBE_OK;
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *out)
{
	const uint64_t bytes = r->option[SIZE] * MIB, percent = c->size % 1000;
	const bool huge = c->size >= 1000;
	const struct action *act = c->how;
	struct state *s = r->state;
	(void)batch;
	memset(s->account, 0, sizeof *s->account);
	*s = (struct state){s->account, pages_map(bytes, huge), (size_t)(bytes / PAGE)};
	if (!s->region)
		return probe_say(out, PROBE_MEMORY, "out of memory");
	enum probe_status status = PROBE_OK;
	if (huge && pages_huge_bytes(s->region) < bytes / 10 * 9)
		status = probe_say(out, PROBE_ABSENT, "the system gave no huge pages");
	if (status == PROBE_OK) {
		for (size_t i = 0; i < s->pages; i++)
			s->region[i * PAGE] = OLD;
		status = act->who == THREAD ? run_thread(s, percent, out) : run_child(s, act, percent, out);
	}
	if (status == PROBE_OK)
		status = check(s, act, percent, huge, out);
	pages_unmap(s->region, bytes);
	s->region = NULL;
	const struct account *a = s->account;
	const double pages = (double)chosen(s->pages, percent);
	out->value[NS] = (double)a->ns / pages;
	out->value[FAULTS] = (double)a->faults / pages;
	if (status == PROBE_OK && act->who == CHILD) {
		out->value[PRIVATE] = (double)a->private_bytes;
		out->value[PSS] = (double)a->pss;
		out->value[TABLES] = (double)a->tables;
	}
	return status;
}

static void add(struct probe_run *r, const struct action *act, uint64_t percent, bool huge, int base,
	double low, double high)
{
	struct probe_case c = {.mechanism = act->name,
		.worker = act->worker,
		.base = base,
		.expected_low = low,
		.expected_high = high,
		.most = 1,
		.full = percent == 50,
		.sample = sample,
		.how = act,
		.size = percent + (huge ? 1000 : 0)};
	snprintf(c.setting, sizeof c.setting, "%" PRIu64 " %% of %s pages", percent, huge ? "huge" : "4 KiB");
	probe_add(r, &c);
}

static int cases(struct probe_run *r, struct err *e)
{
	/* the region, and its copy */
	uint64_t most = pages_available() / 3 / MIB;
	if (r->option[SIZE] > most)
		return err_set(e, ERR_USAGE,
			"--mib: 2 to %" PRIu64 " here, a third of the memory that is available", most);
	add(r, &actions[0], 100, false, 0, 0, 0);
	add(r, &actions[0], 10, false, 0, 0.7, 3);
	add(r, &actions[0], 50, false, 0, 0.7, 2);
	add(r, &actions[0], 100, true, 0, 0.4, 1.5);
	add(r, &actions[1], 100, false, 0, 0, 0.2);
	add(r, &actions[1], 100, true, 0, 0, 0.2);
	add(r, &actions[2], 100, false, 0, 0.6, 1.5);
	add(r, &actions[2], 50, false, 0, 0.6, 2);
	add(r, &actions[2], 100, true, 0, 0.4, 1.5);
	add(r, &actions[3], 100, false, 0, 0, 0.2);
	add(r, &actions[3], 100, true, 0, 0, 0.2);
	return 0;
}

static int open_cow(struct probe_run *r, struct err *e)
{
	struct state *s = r->state = calloc(1, sizeof *s);
	if (!s || !(s->account = probe_shared(sizeof *s->account)))
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	return 0;
}

static void close_cow(struct probe_run *r)
{
	struct state *s = r->state;
	if (s && s->account)
		munmap(s->account, sizeof *s->account);
	free(s);
	r->state = NULL;
}

const struct probe probe_cow = {
	.name = "cow",
	.summary = "memory after a fork: pages copied when either side writes",
	.timed = "One byte is touched in each chosen page, evenly spread over a region that the parent "
		 "has written to: by the child after the fork, by the parent while the child lives, or "
		 "by a thread. The fork itself is not timed. All run the same loop on one CPU. Each side "
		 "must see only its own bytes, and each write to a shared 4 KiB page must have cost a "
		 "fault.",
	.expect = "A write to a page that both sides share is a fault and a copy, about a microsecond, "
		  "whichever side is first; a thread writes to existing memory. Reads cost nothing, "
		  "because fork copies the page tables of private memory. Huge pages make the fork cheap, "
		  "not the copying: a huge page is split and copied 4 KiB at a time. 1 is a child that "
		  "writes to all 4 KiB pages.",
	.metrics = {{"page", "ns", "per page touched"}, {"faults", "", "minor faults per page touched"},
		{"private", "B", "the child's own memory afterwards"},
		{"pss", "B", "the child's share of memory afterwards"},
		{"page tables", "B", "the child's, afterwards"}},
	.options = {{"mib", 2, 1 << 20, 8, "size of the region in MiB"}},
	.cases = cases,
	.open = open_cow,
	.close = close_cow,
};
