/* SPDX-License-Identifier: MIT */
/*
 * soak.c - random launches for a given time: any kernel, variant, parameters, input, back end, lifetime, schedule, workers, size
 * and cut, and in every second launch a random fault. Each answer is compared with that of the reference variant, computed
 * here, uncut; each fault has to become the status that it should; nothing may be left, also in the folder of temporary files.
 *
 * Ranks are few, as a launcher takes its time. Inputs are files that are made here: words, lines with every byte, and a genome,
 * also as gzip packs them, where there is one.
 *
 * soak SECONDS [SEED [LANES]] - prints what it did as Markdown. Exit status 1 where something was not as it should be, with
 * the words that repeat the launch.
 */
#include "base/paths.h"
#include "base/rng.h"
#include "bench/harness/input.h"
#include "bench/harness/serial_run.h"
#include "bench/machine/clock.h"
#include "kernels/cpu.h"
#include "tests/bench/harness/fault_case.h"

#include <dirent.h>
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
	MOST_PARAMETER = 200,
	MOST_WORKERS = 9,
	MOST_RANKS = 4,
	MOST_LANES = 64,
	QUIET_SECONDS = 120,
	WAIT_SECONDS = 2,
	CAP_SECONDS = 10,
	HANG_SECONDS = 600
};

/* Of all lanes. */
static struct counts {
	atomic_uint launches, samples, compared, inputs, ranks, refused, faults[FAULT_KINDS], struck;
	atomic_uint wrong, hangs, processes, descriptors, files, unexpected;
} * counts;

/* What is read: files in the folder of temporary files, which is empty otherwise. */
static const char *const files[] = {"words", "bytes", "genome", "words.gz", "bytes.gz", "genome.gz"};
enum { FILES = sizeof files / sizeof *files };
static char folder[32] = "/tmp/soak.XXXXXX";

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

/* Some parameters of the kernel. Those that say the size are refused beside it. */
static void draw_parameters(struct cell *c, struct err *e)
{
	static const char *const characters[] = {"letters", "alnum", "nonspace", "apostrophes", "a-z0-9'"};
	for (const char *const *name = c->kernel->parameters; *name; name++) {
		const struct parameter *p = parameter_find(*name);
		char words[200], *word, *place = NULL;
		unsigned count = 1;
		if (below(4) != 0)
			continue;
		if (p->fallback_text) {
			set(c, *name, characters[below(sizeof characters / sizeof *characters)], e);
			continue;
		}
		if (!p->choices) {
			set_number(c, *name, p->lowest + magnitude(MOST_PARAMETER) - 1, e);
			continue;
		}
		for (const char *at = p->choices; *at; at++)
			count += *at == '|';
		snprintf(words, sizeof words, "%s", p->choices);
		word = strtok_r(words, "|", &place);
		for (uint64_t i = below(count); i > 0; i--)
			word = strtok_r(NULL, "|", &place);
		set(c, *name, word, e);
	}
}

static void draw_ranks(struct cell *c, struct err *e)
{
	const uint64_t ranks = 1 + below(MOST_RANKS);
	set_number(c, "ranks", ranks, e);
	if (below(4) == 0)
		set(c, "threads-per-rank", "2", e);
	set(c, "schedule", below(2) ? "static" : "dynamic", e);
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
	if (b->missing || (b->host && below(8) != 0))
		return -1;
	cell_init(c, k->name, &e);
	set(c, "variant", k->variants[below(variant_count)]->name, &e);
	set(c, "backend", b->name, &e);
	if (b->host)
		draw_ranks(c, &e);
	else if (b->max_workers > 1)
		set_number(c, "workers", 1 + below(MOST_WORKERS), &e);
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (b->max_workers > 1 && !b->host)
			set(c, choices[i][0], choices[i][1 + below(choices[i][3] ? 3 : 2)], &e);
	if (b->max_workers > 1 && below(8) == 0)
		set(c, "global-lock", "yes", &e);
	if (below(4) == 0)
		set_number(c, "grain", magnitude(1000), &e);
	if (below(4) == 0)
		draw_parameters(c, &e);
	if (k->takes_input && c->scaling == SCALING_STRONG && below(2) == 0) {
		char path[64];
		snprintf(path, sizeof path, "%s/%s", folder, files[below(FILES)]);
		set(c, "input", path, &e);
	} else {
		set_number(c, "size", magnitude(MOST_SIZE), &e);
	}
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
	struct problem p = c->problem;
	struct input input = {0};
	const struct variant *v = variant_find(c->kernel, "reference", &e);
	*out = (struct tally){0};
	if (!v || (c->input[0] && input_open(c->input, &input, &e) != 0))
		return -1;
	p.text = input.bytes;
	p.text_bytes = input.count;
	const int status = serial_run_open(&s, v, &p, &e);
	if (status == 0) {
		v->chunk(s.input, (struct span){0, s.units}, s.scratch, out);
		if (v->settle)
			v->settle(s.input, out);
		serial_run_close(&s);
	}
	input_free(&input);
	return status;
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

/* Counts what became of it. `right`: the answer. */
static void judge(
	const struct cell *c, const struct fault *f, const struct fault_seen *seen, const struct tally *right)
{
	const bool ok = strcmp(seen->status, "ok") == 0,
		   struck = f->kind != FAULT_NONE && strcmp(seen->status, fault_expected(c, f)) == 0;
	/* a worker may never get there: no chunk is left for it, or not so often */
	if (!ok && !struck) {
		counts->unexpected++;
		tell(c, f, seen, "unexpected");
	}
	counts->struck += !ok && struck;
	counts->samples += seen->ok;
	counts->compared += seen->ok > 0;
	if ((seen->ok > 0 && (seen->sample.count.value != right->count ||
				     seen->sample.check.value != right->checksum)) ||
		(seen->wrong > 0 && (ok || f->kind == FAULT_NONE))) {
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
		.cap_seconds = CAP_SECONDS,
		.meter = "native"};
	struct err e = {0};
	struct fault_seen seen;
	struct tally right;
	char program[4096];
	if (draw_cell(&measure.cell) != 0 || reference(&measure.cell, &right) != 0) {
		counts->refused++;
		return;
	}
	draw_fault(&measure.cell, &measure.fault);
	const bool waits = (measure.fault.kind == FAULT_STOP || measure.fault.kind == FAULT_HANG) &&
			   strcmp(fault_expected(&measure.cell, &measure.fault), "timeout") == 0;
	measure.timeout_seconds = waits ? WAIT_SECONDS : QUIET_SECONDS;
	const struct launch_order order = {.measure = &measure,
		.meter = meter_find("native", &e),
		.program = paths_beside("parscale", program, sizeof program),
		.capture = true};
	if (fault_launch(&order, &seen, &e) != 0)
		snprintf(seen.message, sizeof seen.message, "%.250s", e.text);
	counts->launches++;
	counts->ranks += measure.cell.backend->host != NULL;
	counts->inputs += measure.cell.input[0] != '\0';
	counts->faults[measure.fault.kind]++;
	judge(&measure.cell, &measure.fault, &seen, &right);
}

/* --- files --- */

/* Of `kind`: words with letters of both cases, of which some are palindromes; every byte; bases in lines under heads. */
static int write_file(const char *name)
{
	enum { BYTES = 20000, LINE = 60, RECORD = 50 };
	char path[64];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "we");
	if (!f)
		return -1;
	for (unsigned i = 0; i < BYTES; i++) {
		if (*name == 'w')
			fputc(below(5) ? "abAB"[below(4)] : " \n'-"[below(4)], f);
		else if (*name == 'b')
			fputc((int)(below(3) ? 'a' + below(3) : below(256)), f);
		else if (i % (LINE * RECORD) == 0)
			fprintf(f, ">record %u\n", i);
		else
			fputc(i % LINE == 0 ? '\n' : "ACGTacgtN"[below(below(20) ? 4 : 9)], f);
	}
	return fclose(f);
}

/* Packed ones are missing where there is no gzip: cells that read them are refused. */
static int make_files(void)
{
	char command[128];
	if (!mkdtemp(folder) || setenv("TMPDIR", folder, 1) != 0)
		return -1;
	for (size_t i = 0; i < FILES / 2; i++)
		if (write_file(files[i]) != 0)
			return -1;
	snprintf(command, sizeof command, "gzip -k %s/* 2>/dev/null", folder);
	return system(command) < 0 ? -1 : 0;
}

/* Removes our files; how many others were there. */
static unsigned remove_files(void)
{
	char path[64];
	unsigned others = 0;
	for (size_t i = 0; i < FILES; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		remove(path);
	}
	DIR *d = opendir(folder);
	for (struct dirent *entry; d && (entry = readdir(d));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			printf("- left behind: %s/%s\n", folder, entry->d_name);
			others++;
		}
	if (d)
		closedir(d);
	rmdir(folder);
	return others;
}

static void print_counts(double seconds, uint64_t seed)
{
	unsigned faults = 0;
	for (int i = FAULT_KILL; i < FAULT_KINDS; i++)
		faults += counts->faults[i];
	printf("| seconds | seed | launches | of ranks | with a file | answers compared | faults | failed by them | wrong answers | "
	       "hangs | left behind | unexpected |\n"
	       "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
	       "| %.0f | %" PRIu64 " | %u | %u | %u | %u | %u | %u | %u | %u | %u | %u |\n\nFaults:",
		seconds, seed, counts->launches, counts->ranks, counts->inputs, counts->compared, faults,
		counts->struck, counts->wrong, counts->hangs,
		counts->processes + counts->descriptors + counts->files, counts->unexpected);
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
	state = seed;
	if (make_files() != 0)
		return 1;
	fflush(stdout);
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
	counts->files = remove_files();
	print_counts((double)(clock_ns() - start) / 1e9, seed);
	return bad || counts->wrong || counts->hangs || counts->processes || counts->descriptors ||
	       counts->files || counts->unexpected;
}
