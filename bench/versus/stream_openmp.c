/* SPDX-License-Identifier: MIT */
/*
 * stream_openmp.c - stream BYTES THREADS SECONDS: a loop over arrays as most programs have it, for
 * scripts/versus-ceilings: OpenMP's static schedule, what the compiler makes of plain C, nothing else.
 *
 * The formulae are those that STREAM is known by (McCalpin, "Memory bandwidth and machine balance",
 * 1995): copy c = a, triad a = b + s c; beside them read, the sum of an array. BYTES are those of all
 * arrays of a loop together. Bytes are counted as STREAM does, without the reading of lines that are
 * written. Prints `LOOP BYTES_PER_SECOND` of each, the median of samples of 10 ms or more, taken for
 * SECONDS each, after one that is thrown away. Wrong results end it with status 1.
 */
#include "base/number.h"
#include "bench/machine/clock.h"
#include "bench/stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_WRONG = 1, EXIT_USAGE = 2, MOST_SAMPLES = 1000, LOOPS = 3 };
static const double sample_ns = 1e7, factor = 3;

/* What a program gets that is compiled for the machine it runs on. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_THIS_CPU __attribute__((target_clones("default", "avx2", "arch=skylake-avx512")))
#else
#define FOR_THIS_CPU
#endif

struct arrays {
	double *a, *b, *c;
	size_t words; /* of each */
	uint64_t sum; /* of a's bits, modulo 2^64 */
};

FOR_THIS_CPU static void copy_span(double *restrict c, const double *restrict a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c[i] = a[i];
}

FOR_THIS_CPU static void triad_span(
	double *restrict a, const double *restrict b, const double *restrict c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i] = b[i] + factor * c[i];
}

/* As integers: the compiler may add these in any order. */
FOR_THIS_CPU static uint64_t sum_span(const uint64_t *a, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i];
	return sum;
}

enum loop { READ, COPY, TRIAD };

/* One thread's equal share, often enough for a sample. */
static void run(struct arrays *x, enum loop loop, size_t times, int threads)
{
	uint64_t total = 0;
#pragma omp parallel for schedule(static) num_threads(threads) reduction(+ : total)
	for (int t = 0; t < threads; t++) {
		const size_t lo = x->words * (size_t)t / (size_t)threads & ~(size_t)7,
			     hi = t + 1 < threads ? x->words * (size_t)(t + 1) / (size_t)threads & ~(size_t)7
						  : x->words;
		uint64_t sum = 0;
		for (size_t i = 0; i < times; i++) {
			if (loop == COPY)
				copy_span(x->c + lo, x->a + lo, hi - lo);
			else if (loop == TRIAD)
				triad_span(x->a + lo, x->b + lo, x->c + lo, hi - lo);
			else
				sum = sum_span((const uint64_t *)(const void *)(x->a + lo), hi - lo);
			__asm__ volatile("" ::: "memory");
		}
		total += sum;
	}
	x->sum = total;
}

static double *allocate(size_t words)
{
	const size_t bytes = (words * sizeof(double) + 4095) & ~(size_t)4095;
	double *p = aligned_alloc(4096, bytes);
	if (!p) {
		fputs("stream: out of memory\n", stderr);
		exit(EXIT_WRONG);
	}
	return p;
}

/* The median rate, in bytes per second. */
static double measure(struct arrays *x, enum loop loop, double bytes, int threads, double seconds)
{
	double sample[MOST_SAMPLES];
	size_t n = 0, times = 1;
	uint64_t begin;
	double ns;
	run(x, loop, times, threads); /* makes the threads */
	for (;; times *= 2) {
		begin = clock_ns();
		run(x, loop, times, threads);
		if ((ns = (double)(clock_ns() - begin)) >= sample_ns)
			break;
	}
	const double end = (double)clock_ns() + seconds * 1e9;
	while (n < MOST_SAMPLES && (n < 3 || (double)clock_ns() < end)) {
		begin = clock_ns();
		run(x, loop, times, threads);
		sample[n++] = (double)(clock_ns() - begin) / (double)times;
	}
	stats_sort(sample, n);
	return bytes / stats_median(sample, n) * 1e9;
}

/* Arrays of `words` each, touched by the threads that use them. */
static void open_arrays(struct arrays *x, size_t words, unsigned count, int threads)
{
	*x = (struct arrays){.words = words, .a = allocate(words)};
	x->c = count > 1 ? allocate(words) : NULL;
	x->b = count > 2 ? allocate(words) : NULL;
	(void)threads; /* in a build without OpenMP */
#pragma omp parallel for schedule(static) num_threads(threads)
	for (size_t i = 0; i < words; i++) {
		x->a[i] = 1;
		if (x->c)
			x->c[i] = 2;
		if (x->b)
			x->b[i] = 4;
	}
}

/* What the last element of each thread's share, and the sum, must be after a loop. */
static bool right(const struct arrays *x, enum loop loop)
{
	const size_t last = x->words - 1;
	uint64_t one;
	memcpy(&one, x->a, sizeof one);
	return loop == COPY    ? x->c[last] == 1 && x->c[0] == 1
	       : loop == TRIAD ? x->a[last] == 10 && x->a[0] == 10
			       : x->sum == one * x->words;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		unsigned arrays;
	} loops[LOOPS] = {[READ] = {"read", 1}, [COPY] = {"copy", 2}, [TRIAD] = {"triad", 3}};
	uint64_t bytes, threads;
	double seconds;
	struct err e = {0};
	if (argc != 4)
		return fputs("usage: stream BYTES THREADS SECONDS\n", stderr), EXIT_USAGE;
	if (number_parse("BYTES", argv[1], 4096, UINT64_C(1) << 40, &bytes, &e) != 0 ||
		number_parse("THREADS", argv[2], 1, 4096, &threads, &e) != 0 ||
		number_parse_seconds("SECONDS", argv[3], &seconds, &e) != 0)
		return fprintf(stderr, "stream: %s\n", e.text), EXIT_USAGE;
	for (unsigned loop = 0; loop < LOOPS; loop++) {
		struct arrays x;
		const size_t words = bytes / sizeof(double) / loops[loop].arrays;
		open_arrays(&x, words, loops[loop].arrays, (int)threads);
		const double counted = (double)(words * loops[loop].arrays * sizeof(double));
		printf("%s %.6g\n", loops[loop].name,
			measure(&x, (enum loop)loop, counted, (int)threads, seconds));
		if (!right(&x, (enum loop)loop))
			return fprintf(stderr, "stream: %s computes something else\n", loops[loop].name),
			       EXIT_WRONG;
		free(x.a);
		free(x.b);
		free(x.c);
	}
	return 0;
}
