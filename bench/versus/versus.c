/* SPDX-License-Identifier: MIT */
/*
 * versus.c - one row of a comparison with primesieve: both in this process, in turn, as often as
 * time allows, with every answer compared.
 *
 * One cold call is timed, end to end: of parscale the variant's set-up, its scratch, its workers
 * and the run; of primesieve the call. A list goes into memory that exists already (array), or is
 * added up as it comes (list), both from each side's own batches. With `print` both are programs
 * that write to /dev/null. scripts/versus-primesieve makes the tables.
 */
#include "bench/versus/primesieve.h"

#include "base/options.h"
#include "bench/harness/cell.h"
#include "bench/harness/parallel_run.h"
#include "bench/harness/serial_run.h"
#include "bench/machine/clock.h"
#include "bench/machine/place.h"
#include "bench/machine/topology.h"
#include "bench/stats/stats.h"
#include "kernels/kernel.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ROUNDS = 2000, EXIT_WRONG = 1, EXIT_USAGE = 2, EXIT_ABSENT = 77 };

struct row {
	const char *what, *parscale, *program;
	unsigned tuplet, workers, least_rounds;
	double seconds;
	struct cell cell; /* the problem is complete: caches too */
	struct topology topology;
	struct place place;
	struct primesieve peer;
	uint64_t *array; /* room for all primes, touched before */
	char start[24], stop[24];
};

static _Noreturn void stop(int status, const char *text)
{
	fprintf(stderr, "versus: %s\n", text);
	exit(status);
}

/* --- parscale --- */

static uint64_t count(const struct row *r)
{
	struct err e = {0};
	struct tally found;
	if (parallel_run(r->cell.variant, &r->cell.problem, &r->place, r->workers, &found, &e) != 0)
		stop(EXIT_WRONG, e.text);
	return found.count;
}

struct list {
	uint64_t *primes, n, sum;
};

static int append(void *ctx, const uint64_t *primes, size_t n)
{
	struct list *l = ctx;
	memcpy(l->primes + l->n, primes, n * sizeof *primes);
	l->n += n;
	return 0;
}

/* Eight sums, so that what either side waits for is its primes and not one addition after the other. */
static int add_up(void *ctx, const uint64_t *primes, size_t n)
{
	enum { SUMS = 8 };
	struct list *l = ctx;
	uint64_t sum[SUMS] = {0};
	size_t i = 0;
	for (; i + SUMS <= n; i += SUMS)
		for (size_t k = 0; k < SUMS; k++)
			sum[k] += primes[i + k];
	for (; i < n; i++)
		sum[0] += primes[i];
	for (size_t k = 0; k < SUMS; k++)
		l->sum += sum[k];
	return 0;
}

static void emit(const struct row *r, kernel_sink_fn *take, struct list *l)
{
	struct problem p = r->cell.problem;
	struct serial_run s;
	struct err e = {0};
	p.listing = true;
	if (serial_run_open(&s, r->cell.variant, &p, &e) != 0)
		stop(EXIT_WRONG, e.text);
	s.variant->emit(s.input, (struct span){0, s.units}, s.scratch, take, l);
	serial_run_close(&s);
}

/* --- both sides of a row: what each finds, in *ns nanoseconds --- */

static uint64_t ours_count(const struct row *r, uint64_t *ns)
{
	uint64_t begin = clock_ns();
	uint64_t found = count(r);
	*ns = clock_ns() - begin;
	return found;
}

static uint64_t theirs_count(const struct row *r, uint64_t *ns)
{
	const struct problem *p = &r->cell.problem;
	uint64_t begin = clock_ns(), found = r->peer.count[r->tuplet](p->start, p->stop);
	*ns = clock_ns() - begin;
	return found;
}

static uint64_t ours_list(const struct row *r, uint64_t *ns)
{
	struct list l = {0};
	uint64_t begin = clock_ns();
	emit(r, add_up, &l);
	*ns = clock_ns() - begin;
	return l.sum;
}

/* Hands primesieve's primes on as they come, in its own batches; which is also how it fills arrays. */
static void hand_on(const struct row *r, kernel_sink_fn *take, struct list *l)
{
	const struct problem *p = &r->cell.problem;
	struct primesieve_batches b;
	r->peer.batches_init(&b);
	r->peer.batches_jump(&b, p->start, p->stop);
	for (bool more = true; more;) {
		r->peer.batches_next(&b);
		size_t n = b.size;
		more = n && b.primes[n - 1] <= p->stop;
		while (n && b.primes[n - 1] > p->stop)
			n--;
		take(l, b.primes, n);
	}
	r->peer.batches_free(&b);
}

static uint64_t theirs_list(const struct row *r, uint64_t *ns)
{
	struct list l = {0};
	uint64_t begin = clock_ns();
	hand_on(r, add_up, &l);
	*ns = clock_ns() - begin;
	return l.sum;
}

static uint64_t ours_array(const struct row *r, uint64_t *ns)
{
	struct list l = {.primes = r->array};
	uint64_t begin = clock_ns();
	emit(r, append, &l);
	*ns = clock_ns() - begin;
	return l.n;
}

static uint64_t theirs_array(const struct row *r, uint64_t *ns)
{
	struct list l = {.primes = r->array};
	uint64_t begin = clock_ns();
	hand_on(r, append, &l);
	*ns = clock_ns() - begin;
	return l.n;
}

/* Runs a program with its output thrown away, which is 0 found on either side. */
static uint64_t time_program(const char *const *argv, uint64_t *ns)
{
	uint64_t begin = clock_ns();
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		stop(EXIT_WRONG, "no process");
	*ns = clock_ns() - begin;
	if (status != 0) {
		fprintf(stderr, "versus: %s: exit status %d\n", argv[0], WEXITSTATUS(status));
		exit(EXIT_WRONG);
	}
	return 0;
}

static uint64_t ours_print(const struct row *r, uint64_t *ns)
{
	char start[40], stop_at[40], variant[80];
	snprintf(start, sizeof start, "--start=%s", r->start);
	snprintf(stop_at, sizeof stop_at, "--stop=%s", r->stop);
	snprintf(variant, sizeof variant, "--variant=%s", r->cell.variant->name);
	const char *const argv[] = {
		r->parscale, "run", "sieve", start, stop_at, variant, "--print", "--meter=native", NULL};
	return time_program(argv, ns);
}

static uint64_t theirs_print(const struct row *r, uint64_t *ns)
{
	const char *const argv[] = {r->program, r->start, r->stop, "--print", "--quiet", NULL};
	return time_program(argv, ns);
}

static const struct side {
	const char *what;
	uint64_t (*ours)(const struct row *r, uint64_t *ns);
	uint64_t (*theirs)(const struct row *r, uint64_t *ns);
	unsigned tuplet;
} sides[] = {{"primes", ours_count, theirs_count, 1}, {"twins", ours_count, theirs_count, 2},
	{"triplets", ours_count, theirs_count, 3}, {"quadruplets", ours_count, theirs_count, 4},
	{"quintuplets", ours_count, theirs_count, 5}, {"sextuplets", ours_count, theirs_count, 6},
	{"list", ours_list, theirs_list, 1}, {"array", ours_array, theirs_array, 1},
	{"print", ours_print, theirs_print, 1}};

/* --- rounds --- */

static void measure(const struct row *r, const struct side *s)
{
	static double ours[MOST_ROUNDS], theirs[MOST_ROUNDS], ratio[MOST_ROUNDS];
	size_t n = 0;
	uint64_t begin = clock_ns(), ns[2];
	bool warm = false;
	while (n < MOST_ROUNDS && (n < r->least_rounds || (double)(clock_ns() - begin) / 1e9 < r->seconds)) {
		uint64_t found[2];
		bool first = n % 2;
		found[first] = first ? s->theirs(r, &ns[1]) : s->ours(r, &ns[0]);
		found[!first] = first ? s->ours(r, &ns[0]) : s->theirs(r, &ns[1]);
		if (found[0] != found[1]) {
			fprintf(stderr,
				"versus: %s %s..%s: parscale says %" PRIu64 ", primesieve %" PRIu64 "\n",
				s->what, r->start, r->stop, found[0], found[1]);
			exit(EXIT_WRONG);
		}
		if (!warm && (double)(ns[0] + ns[1]) <
				     0.5e9) { /* code and memory are there from the second time on */
			warm = true;
			continue;
		}
		warm = true;
		ours[n] = (double)ns[0] / 1e9;
		theirs[n] = (double)ns[1] / 1e9;
		ratio[n] = theirs[n] / ours[n];
		n++;
	}
	stats_sort(ours, n);
	stats_sort(theirs, n);
	stats_sort(ratio, n);
	struct interval i = stats_median_interval(ratio, n, 0.95);
	if (isnan(i.low)) /* fewer than six: all there is */
		i = (struct interval){ratio[0], ratio[n - 1]};
	printf("%s\t%s\t%s\t%s\t%u\t%zu\t%.9f\t%.9f\t%.4f\t%.4f\t%.4f\n", s->what, r->start, r->stop,
		r->cell.variant->name, r->workers, n, stats_median(theirs, n), stats_median(ours, n),
		stats_median(ratio, n), i.low, i.high);
}

static void set(struct row *r, const char *key, const char *value)
{
	struct err e = {0};
	if (cell_set(&r->cell, key, value, &e) != 0)
		stop(e.status == ERR_ABSENT ? EXIT_ABSENT : EXIT_USAGE, e.text);
}

/* In huge pages where there are such. What memory costs that nobody has touched is the system's: in a virtual
 * machine that may be many times the time of the sieve. */
static void make_array(struct row *r)
{
	const size_t page = 2 << 20;
	const uint64_t primes = r->peer.count[1](r->cell.problem.start, r->cell.problem.stop);
	const size_t bytes = (primes * sizeof(uint64_t) + page) & ~(page - 1);
	r->array = aligned_alloc(page, bytes);
	if (!r->array)
		stop(EXIT_WRONG, "out of memory");
	madvise(r->array, bytes, MADV_HUGEPAGE);
	memset(r->array, 0, bytes);
}

/* The caches of the machine, as a trial gives them to its workers. */
static void complete(struct row *r)
{
	struct err e = {0};
	if (cell_finish(&r->cell, &e) != 0)
		stop(EXIT_USAGE, e.text);
	if (topology_read(&r->topology, "", &e) != 0 ||
		place_open(&r->place, r->cell.placement, &r->topology, &e) != 0)
		stop(EXIT_WRONG, e.text);
	struct cache_share share = place_caches(&r->place, r->workers);
	r->cell.problem.l1_bytes = share.l1_bytes;
	r->cell.problem.l2_bytes = share.l2_bytes;
	r->cell.problem.l3_bytes = share.l3_bytes;
	snprintf(r->start, sizeof r->start, "%" PRIu64, r->cell.problem.start);
	snprintf(r->stop, sizeof r->stop, "%" PRIu64, r->cell.problem.stop);
}

static const struct side *find_side(const char *what)
{
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
		if (strcmp(sides[i].what, what) == 0)
			return &sides[i];
	stop(EXIT_USAGE, "--what: primes, twins, triplets, quadruplets, quintuplets, sextuplets, list, array "
			 "or print");
}

struct arguments {
	const char *what, *library, *program, *parscale, *variant, *workers;
	uint64_t rounds;
	double seconds;
	bool version;
};

static const struct option_spec specs[] = {
	OPTION_TEXT("what", struct arguments, what, "NAME",
		"primes, twins, ... sextuplets, list, array or print (default: primes)"),
	OPTION_TEXT("library", struct arguments, library, "FILE",
		"primesieve's shared library (default: the system's)"),
	OPTION_TEXT("program", struct arguments, program, "FILE",
		"primesieve's program, for print (default: primesieve)"),
	OPTION_TEXT(
		"parscale", struct arguments, parscale, "FILE", "our program, for print (default: parscale)"),
	OPTION_TEXT("variant", struct arguments, variant, "NAME", "of parscale's sieve (default: best)"),
	OPTION_TEXT("workers", struct arguments, workers, "N", "threads on both sides (default: 1)"),
	OPTION_NUMBER(
		"rounds", struct arguments, rounds, 1, MOST_ROUNDS, "fewest rounds, 1 to 2000 (default: 3)"),
	OPTION_SECONDS("seconds", struct arguments, seconds, "time to spend (default: 3s)"),
	OPTION_FLAG("version", struct arguments, version, "print primesieve's version"), {0}};

static const struct options options = {
	.usage = "versus [options] START STOP",
	.about =
		"Times parscale and primesieve in turn over START..STOP, compares the answers and prints one row.",
	.table = specs,
};

int main(int argc, char **argv)
{
	struct arguments a = {.what = "primes",
		.parscale = "parscale",
		.program = "primesieve",
		.variant = "best",
		.workers = "1",
		.rounds = 3,
		.seconds = 3};
	static struct row row;
	struct row *r = &row;
	char reason[300];
	struct err e = {0};
	const int first = options_parse(&options, argc, argv, &a, &e);
	if (first < 0)
		stop(EXIT_USAGE, e.text);
	if (first == 0)
		return 0;
	row = (struct row){.what = a.what,
		.parscale = a.parscale,
		.program = a.program,
		.least_rounds = (unsigned)a.rounds,
		.seconds = a.seconds};
	if (primesieve_open(&r->peer, a.library, reason, sizeof reason) != 0)
		stop(EXIT_ABSENT, reason);
	if (a.version) {
		puts(r->peer.version());
		return 0;
	}
	if (argc - first != 2)
		stop(EXIT_USAGE, "usage: versus [options] START STOP");
	if (cell_init(&r->cell, "sieve", &e) != 0)
		stop(EXIT_USAGE, e.text);
	set(r, "variant", a.variant);
	const struct side *side = find_side(r->what);
	r->tuplet = side->tuplet;
	set(r, "start", argv[first]);
	set(r, "stop", argv[first + 1]);
	set(r, "workers", a.workers);
	if (side->tuplet > 1)
		set(r, "count", (const char[]){(char)('0' + side->tuplet), 0});
	if (r->cell.workers > 1) {
		set(r, "backend", "pthread");
		set(r, "schedule", "dynamic");
		set(r, "lifetime", "spawn");
	}
	r->workers = r->cell.workers;
	complete(r);
	r->peer.set_num_threads((int)r->workers);
	if (side->ours == ours_array)
		make_array(r);
	measure(r, side);
	free(r->array);
	return 0;
}
