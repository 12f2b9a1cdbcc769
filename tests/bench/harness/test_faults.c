/* SPDX-License-Identifier: MIT */
/*
 * test_faults.c - every kind of fault in every phase of a worker's life, in every back end and lifetime: the launch ends, its
 * row says what went wrong and in which worker, and nothing is left. Ranks are in tests/cli/faults.sh.
 *
 * Launches that are to run into a time-out wait most of their time, so the cases are shared out to several processes. The
 * short form leaves out what is alike; PARSCALE_LONG=1 has all.
 */
/* sanitizers: none: most launches end by a signal or a limit of memory; the tests of each part have what they run */
/* alone: what a launch that is cut off after two seconds has reached by then is told in its reason */
#include "tests/bench/harness/fault_case.h"

#include "base/paths.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST = 1000, LANES = 16 };

static struct fault_case {
	const struct backend *backend;
	unsigned lifetime;
	struct fault fault;
	struct fault_seen seen;
	struct err err;
	bool done;
} * cases;
static size_t count;

static bool whole(void)
{
	return getenv("PARSCALE_LONG") != NULL;
}

/* The short form: fork-pickle differs from fork-pipe in what travels alone; a worker that is dead or hangs at the gate is to
 * others what it is between the gate and its first chunk, or before its report; fresh programs take their time. */
static bool left_out(const struct backend *b, enum fault_kind kind, enum fault_phase phase)
{
	const bool waits = kind == FAULT_STOP || kind == FAULT_HANG,
		   alike = phase == FAULT_BEGIN || phase == FAULT_END;
	if (whole())
		return false;
	if (b->serialised)
		return phase != FAULT_CHUNK;
	return (alike && (waits || b->exec_workers || kind == FAULT_LATE)) ||
	       (phase == FAULT_DONE && (waits || kind == FAULT_LATE));
}

static void add_cases(const struct backend *b, unsigned lifetime)
{
	for (int kind = FAULT_KILL; kind < FAULT_KINDS; kind++)
		for (int phase = 0; phase < FAULT_PHASES; phase++) {
			if ((kind == FAULT_WRONG && phase != FAULT_CHUNK) ||
				left_out(b, (enum fault_kind)kind, (enum fault_phase)phase))
				continue;
			assert_true(count < MOST);
			cases[count++] = (struct fault_case){.backend = b,
				.lifetime = lifetime,
				.fault = {(enum fault_kind)kind, b->max_workers > 1, (enum fault_phase)phase,
					1}};
		}
}

static void make_cell(const struct fault_case *k, struct cell *c)
{
	struct err e = {0};
	int status = cell_init(c, "palindrome", &e);
	status |= cell_set(c, "backend", k->backend->name, &e);
	status |= cell_set(c, "lifetime", k->lifetime == LIFETIME_POOL ? "pool" : "spawn", &e);
	status |= cell_set(c, "workers", k->backend->max_workers > 1 ? "2" : "1", &e);
	status |= cell_set(c, "size", "5000", &e);
	if (status != 0 || cell_finish(c, &e) != 0)
		fail_msg("%s", e.text);
}

static void play(struct fault_case *k)
{
	char program[4096];
	struct err none = {0};
	const bool waits = k->fault.kind == FAULT_STOP || k->fault.kind == FAULT_HANG;
	struct measure_plan measure = {.samples = 2,
		.warmup = 1,
		.sample_seconds = 1e-9,
		.cap_seconds = 3600,
		.timeout_seconds = waits ? 2 : 120,
		.meter = "native",
		.fault = k->fault};
	make_cell(k, &measure.cell);
	const struct launch_order order = {.measure = &measure,
		.meter = meter_find("native", &none),
		.program = paths_beside("../parscale", program, sizeof program),
		.capture = true};
	fault_launch(&order, &k->seen, &k->err);
	k->done = true;
}

/* All cases, each lane its share, one after the other. What waits comes first. */
static void play_all(void)
{
	fflush(NULL);
	for (size_t lane = 0; lane < LANES; lane++) {
		if (fork() != 0)
			continue;
		for (int waits = 1; waits >= 0; waits--)
			for (size_t i = lane; i < count; i += LANES) {
				const enum fault_kind kind = cases[i].fault.kind;
				if ((kind == FAULT_STOP || kind == FAULT_HANG) == waits)
					play(&cases[i]);
			}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
}

static void each_fault_is_named_and_leaves_nothing(void **state)
{
	const struct fault_case *first = *state;
	unsigned bad = 0, n = 0;
	for (const struct fault_case *k = first; k < cases + count; k++) {
		char text[FAULT_TEXT], why[600];
		struct cell c;
		if (k->backend != first->backend || k->lifetime != first->lifetime)
			break;
		n++;
		make_cell(k, &c);
		snprintf(why, sizeof why, "%.590s", k->done ? k->err.text : "not played to its end");
		if (!why[0] && fault_as_expected(&c, &k->fault, &k->seen, why))
			continue;
		bad++;
		printf("  --fault=%s: %s\n", fault_text(&k->fault, text), why);
	}
	printf("  %u faults\n", n);
	assert_int_equal(bad, 0);
}

static void what_is_no_fault_is_refused(void **state)
{
	static const char *const texts[] = {"", "kill", "kill:1", "kill:1:", "kill::gate", "kill:x:gate",
		"kil:1:gate", "kill:1:gates", "kill:1:gate:0", "kill:1:gate:", "kill:1:gate:1:1",
		"kill:-1:gate", "wrong:0:end", "KILL:1:gate", ":1:gate", "kill:4294967296:gate"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct fault f = {0};
		struct err e = {0};
		assert_int_equal(fault_parse(texts[i], &f, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_int_equal(f.kind, FAULT_NONE);
	}
	for (int kind = FAULT_KILL; kind < FAULT_KINDS; kind++)
		for (int phase = 0; phase < FAULT_PHASES; phase++) {
			struct fault f = {0}, made = {(enum fault_kind)kind, 7, (enum fault_phase)phase, 3};
			struct err e = {0};
			char text[FAULT_TEXT];
			if (kind == FAULT_WRONG && phase != FAULT_CHUNK)
				continue;
			assert_int_equal(fault_parse(fault_text(&made, text), &f, &e), 0);
			assert_true(
				f.kind == made.kind && f.phase == made.phase && f.worker == 7 && f.nth == 3);
		}
}

int main(void)
{
	static struct CMUnitTest tests[32];
	static char names[32][64];
	size_t n = 0;
	cases = mmap(NULL, MOST * sizeof *cases, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cases == MAP_FAILED)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(what_is_no_fault_is_refused);
	for (const struct backend *const *b = backends; *b; b++)
		for (unsigned l = LIFETIME_POOL; l <= LIFETIME_SPAWN; l++) {
			if ((*b)->missing || (*b)->host || ((*b)->max_workers == 1 && l == LIFETIME_SPAWN))
				continue;
			struct fault_case *first = &cases[count];
			add_cases(*b, l);
			snprintf(names[n], sizeof names[n], "faults_of_%s_%s", (*b)->name,
				l == LIFETIME_POOL ? "pool" : "spawn");
			tests[n] = (struct CMUnitTest){.name = names[n],
				.test_func = each_fault_is_named_and_leaves_nothing,
				.initial_state = first};
			n++;
		}
	play_all();
	return _cmocka_run_group_tests("faults", tests, n, NULL, NULL);
}
