/* SPDX-License-Identifier: MIT */
/*
 * fault.c - parses a fault and does what it says. Each is what the system does in earnest: a signal, an exit, memory that
 * is refused by a limit.
 */
#include "bench/harness/fault.h"

#include "base/number.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

const char *const fault_kinds[FAULT_KINDS] = {
	NULL, "kill", "stop", "hang", "crash", "exit", "wrong", "oom", "late"};
const char *const fault_phases[FAULT_PHASES] = {"enter", "gate", "begin", "chunk", "end", "done", "leave"};

/* The place of the n letters in a list; `count` where they are not there. */
static int find(const char *const *list, int count, const char *word, size_t n)
{
	int i = 0;
	while (i < count && !(list[i] && strlen(list[i]) == n && memcmp(list[i], word, n) == 0))
		i++;
	return i;
}

static int refuse(const char *text, struct err *e)
{
	return err_set(e, ERR_USAGE,
		"'%.60s' is not KIND:WORKER:PHASE[:N] with a kind of kill, stop, hang, crash, exit, wrong, oom, late "
		"and a phase of enter, gate, begin, chunk, end, done, leave (wrong: chunk)",
		text);
}

int fault_parse(const char *text, struct fault *f, struct err *e)
{
	char worker[24], nth[24] = "1";
	const char *first = strchr(text, ':'), *second = first ? strchr(first + 1, ':') : NULL;
	struct err none = {0};
	uint64_t w, n;
	if (!second)
		return refuse(text, e);
	const char *phase = second + 1, *third = strchr(phase, ':');
	const int kind = find(fault_kinds, FAULT_KINDS, text, (size_t)(first - text)),
		  at = find(
			  fault_phases, FAULT_PHASES, phase, third ? (size_t)(third - phase) : strlen(phase));
	snprintf(worker, sizeof worker, "%.*s", (int)(second - first - 1), first + 1);
	if (third)
		snprintf(nth, sizeof nth, "%s", third + 1);
	if (kind == FAULT_KINDS || at == FAULT_PHASES ||
		number_parse("worker", worker, 0, UINT32_MAX, &w, &none) != 0 ||
		number_parse("N", nth, 1, UINT32_MAX, &n, &none) != 0 ||
		(kind == FAULT_WRONG && at != FAULT_CHUNK))
		return refuse(text, e);
	*f = (struct fault){(enum fault_kind)kind, (unsigned)w, (enum fault_phase)at, (unsigned)n};
	return 0;
}

int fault_option(const char *name, const char *value, void *target, struct err *e)
{
	(void)name;
	return fault_parse(value, target, e);
}

char *fault_text(const struct fault *f, char text[FAULT_TEXT])
{
	snprintf(text, FAULT_TEXT, "%s:%u:%s:%u", fault_kinds[f->kind], f->worker, fault_phases[f->phase],
		f->nth);
	return text;
}

bool fault_due(const struct fault *f, unsigned worker, enum fault_phase phase, uint32_t *times)
{
	return worker == f->worker && phase == f->phase && ++*times == f->nth;
}

/* By a limit of our own, so that nobody else goes without. A limit of 0 would be no limit to Linux. */
static void run_out_of_memory(void)
{
	enum { PIECE = 1 << 16 };
	struct rlimit limit;
	getrlimit(RLIMIT_DATA, &limit);
	limit.rlim_cur = 1;
	setrlimit(RLIMIT_DATA, &limit);
	while (mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		;
	_exit(ERR_EXIT_CAUSE + (int)err_cause_of(errno));
}

/* As a wild pointer does, but without a file of its memory. */
static void crash(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

void fault_strike(const struct fault *f)
{
	struct timespec left = {.tv_nsec = 100000000};
	switch (f->kind) {
	case FAULT_KILL:
		kill(getpid(), SIGKILL);
		break;
	case FAULT_STOP:
		kill(getpid(), SIGSTOP);
		break;
	case FAULT_CRASH:
		crash();
		break;
	case FAULT_EXIT:
		_exit(3);
	case FAULT_OOM:
		run_out_of_memory();
		break;
	case FAULT_LATE:
		while (nanosleep(&left, &left) != 0)
			;
		return;
	case FAULT_HANG:
		break;
	default:
		return;
	}
	for (;;)
		pause();
}
