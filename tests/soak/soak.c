/* SPDX-License-Identifier: MIT */
/*
 * soak.c - random launches for a given time: any kernel, variant, back end, lifetime, schedule, workers, size and cut, and in
 * every second launch a random fault. Each answer is compared with that of the reference variant, computed here, uncut; each
 * fault has to become the status that it should; nothing may be left.
 *
 * soak SECONDS [SEED [LANES]] - prints what it did as Markdown. Exit status 1 where something was not as it should be, with
 * the words that repeat the launch.
 */
#include "base/paths.h"
#include "base/rng.h"
#include "bench/harness/serial_run.h"
#include "bench/machine/clock.h"
#include "kernels/cpu.h"
#include "tests/bench/harness/fault_case.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MOST_SIZE = 50000,
	MOST_WORKERS = 9,
	MOST_LANES = 64,
	QUIET_SECONDS = 120,
	WAIT_SECONDS = 2,
	HANG_SECONDS = 300
};

/* Of all lanes. */
static struct counts {
	atomic_uint launches, samples, refused, faults[FAULT_KINDS], struck;
	atomic_uint wrong, hangs, processes, descriptors, unexpected;
} * counts;

static uint64_t state;

static uint64_t below(uint64_t n)
{
	return rng_next(&state) % n;
}

/* Every number of bits is as likely as another. */
static uint64_t magnitude(uint64_t most)
{
	uint64_t n;
	do
		n = rng_next(&state) >> (48 + below(16));
	while (n < 1 || n > most);
	return n;
}

static void set(struct cell *c, const char *key, const char *value, struct err *e)
{
	if (e->status == ERR_NONE)
		cell_set(c, key, value, e);
}

static void set_number(struct cell *c, const char *key, uint64_t n, struct err *e)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, n);
	set(c, key, text, e);
}

/* -1 where the words do not go together, or the variant cannot run here. */
static int draw_cell(struct cell *c)
{
	static const char *const choices[][4] = {{"lifetime", "pool", "spawn"},
		{"schedule", "static", "dynamic"}, {"wait", "auto", "passive"},
		{"scaling", "strong", "weak", "throughput"}, {"placement", "smt-last", "none", "scatter"}};
	struct err e = {0};
	size_t kernel_count = 0, variant_count = 0, backend_count = 0;
	while (kernels[kernel_count])
		kernel_count++;
	while (backends[backend_count])
		backend_count++;
	const struct kernel *k = kernels[below(kernel_count)];
	const struct backend *b = backends[below(backend_count)];
	while (k->variants[variant_count])
		variant_count++;
	if (b->missing || b->host)
		return -1;
	cell_init(c, k->name, &e);
	set(c, "variant", k->variants[below(variant_count)]->name, &e);
	set(c, "backend", b->name, &e);
	set_number(c, "workers", b->max_workers == 1 ? 1 : 1 + below(MOST_WORKERS), &e);
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (b->max_workers > 1)
			set(c, choices[i][0], choices[i][1 + below(choices[i][3] ? 3 : 2)], &e);
	if (b->max_workers > 1 && below(8) == 0)
		set(c, "global-lock", "yes", &e);
	if (below(4) == 0)
		set_number(c, "grain", magnitude(1000), &e);
	set_number(c, "size", magnitude(MOST_SIZE), &e);
	return e.status == ERR_NONE && cell_finish(c, &e) == 0 ? 0 : -1;
}

static void draw_fault(const struct cell *c, struct fault *f)
{
	*f = (struct fault){FAULT_NONE, 0, FAULT_ENTER, 1};
	if (below(2) == 0)
		return;
	f->kind = (enum fault_kind)(1 + below(FAULT_KINDS - 1));
	f->worker = (unsigned)below(c->workers);
	f->phase = f->kind == FAULT_WRONG ? FAULT_CHUNK : (enum fault_phase)below(FAULT_PHASES);
	f->nth = (unsigned)(1 + below(3));
}

/* What the reference finds, alone and uncut; -1 where it does not take the problem. */
static int reference(const struct cell *c, struct tally *out)
{
	struct err e = {0};
	struct serial_run s;
	const struct variant *v = variant_find(c->kernel, "reference", &e);
	*out = (struct tally){0};
	if (!v || serial_run_open(&s, v, &c->problem, &e) != 0)
		return -1;
	v->chunk(s.input, (struct span){0, s.units}, s.scratch, out);
	if (v->settle)
		v->settle(s.input, out);
	serial_run_close(&s);
	return 0;
}

static void tell(const struct cell *c, const struct fault *f, const struct fault_seen *seen, const char *what)
{
	struct cell_argv words;
	char text[FAULT_TEXT] = "none";
	cell_to_argv(c, &words);
	if (f->kind != FAULT_NONE)
		fault_text(f, text);
	printf("- %s:", what);
	for (size_t i = 0; i < words.count; i++)
		printf(" %s", words.argv[i]);
	printf(" --fault=%s: status %s (%s), %u ok, %u wrong, %u processes, %u descriptors, %.1f s\n", text,
		seen->status, seen->message, seen->ok, seen->wrong, seen->left, seen->descriptors,
		seen->seconds);
	fflush(stdout);
}

/* Counts what became of it. */
static void judge(const struct cell *c, const struct fault *f, const struct fault_seen *seen)
{
	struct tally right;
	const bool ok = strcmp(seen->status, "ok") == 0,
		   struck = f->kind != FAULT_NONE && strcmp(seen->status, fault_expected(c, f)) == 0;
	/* a worker may never get there: no chunk is left for it, or not so often */
	if (!ok && !struck) {
		counts->unexpected++;
		tell(c, f, seen, "unexpected");
	}
	counts->struck += !ok && struck;
	counts->samples += seen->ok;
	if (seen->ok > 0 && reference(c, &right) == 0 &&
		(seen->sample.count.value != right.count || seen->sample.check.value != right.checksum)) {
		counts->wrong++;
		tell(c, f, seen, "wrong answer");
	}
	if ((ok && seen->wrong > 0) || (!ok && f->kind == FAULT_NONE && seen->wrong > 0)) {
		counts->wrong++;
		tell(c, f, seen, "wrong answer");
	}
	if (seen->seconds > HANG_SECONDS) {
		counts->hangs++;
		tell(c, f, seen, "hang");
	}
	counts->processes += seen->left;
	counts->descriptors += seen->descriptors;
	if (seen->left || seen->descriptors)
		tell(c, f, seen, "left behind");
}

static void play(void)
{
	struct measure_plan measure = {.samples = 1 + (unsigned)below(3),
		.warmup = (unsigned)below(2),
		.sample_seconds = 1e-9,
		.cap_seconds = 60,
		.meter = "native"};
	struct err e = {0};
	struct fault_seen seen;
	char program[4096];
	if (draw_cell(&measure.cell) != 0) {
		counts->refused++;
		return;
	}
	draw_fault(&measure.cell, &measure.fault);
	const bool waits = measure.fault.kind == FAULT_STOP || measure.fault.kind == FAULT_HANG;
	measure.timeout_seconds = waits ? WAIT_SECONDS : QUIET_SECONDS;
	const struct launch_order order = {.measure = &measure,
		.meter = meter_find("native", &e),
		.program = paths_beside("parscale", program, sizeof program),
		.capture = true};
	if (fault_launch(&order, &seen, &e) != 0)
		snprintf(seen.message, sizeof seen.message, "%.250s", e.text);
	counts->launches++;
	counts->faults[measure.fault.kind]++;
	judge(&measure.cell, &measure.fault, &seen);
}

static void print_counts(double seconds, uint64_t seed)
{
	unsigned faults = 0;
	for (int i = FAULT_KILL; i < FAULT_KINDS; i++)
		faults += counts->faults[i];
	printf("| seconds | seed | launches | samples | faults asked for | failed by them | wrong answers | hangs | "
	       "processes left | descriptors left | unexpected |\n"
	       "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
	       "| %.0f | %" PRIu64 " | %u | %u | %u | %u | %u | %u | %u | %u | %u |\n\nFaults:",
		seconds, seed, counts->launches, counts->samples, faults, counts->struck, counts->wrong,
		counts->hangs, counts->processes, counts->descriptors, counts->unexpected);
	for (int i = FAULT_KILL; i < FAULT_KINDS; i++)
		printf(" %s %u%s", fault_kinds[i], counts->faults[i], i + 1 < FAULT_KINDS ? "," : ".\n");
}

int main(int argc, char **argv)
{
	const double seconds = argc > 1 ? strtod(argv[1], NULL) : 0;
	const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1, start = clock_ns();
	const unsigned long lanes = argc > 3 ? strtoul(argv[3], NULL, 10) : 4;
	if (!(seconds > 0) || lanes < 1 || lanes > MOST_LANES) {
		fprintf(stderr, "usage: soak SECONDS [SEED [LANES]]\n");
		return 2;
	}
	counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	for (unsigned long lane = 0; lane < lanes; lane++)
		if (fork() == 0) {
			state = seed * MOST_LANES + lane;
			while ((double)(clock_ns() - start) < seconds * 1e9)
				play();
			_exit(0);
		}
	int status, bad = 0;
	while (wait(&status) > 0)
		bad |= status;
	print_counts((double)(clock_ns() - start) / 1e9, seed);
	return bad || counts->wrong || counts->hangs || counts->processes || counts->descriptors ||
	       counts->unexpected;
}
