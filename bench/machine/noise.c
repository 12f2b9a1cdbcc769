/* SPDX-License-Identifier: MIT */
/*
 * noise.c - measures operating-system noise by fixed work quanta.
 *
 * The same register-only loop, about 50 us long, is timed repeatedly. The quantum is long compared
 * with two clock readings and short compared with a time slice, so an interruption shows as one
 * long quantum. The shortest time is the work alone; the median tells frequency and cache effects;
 * time beyond the median, summed, is what interruptions took.
 */
#include "bench/machine/noise.h"

#include "bench/machine/clock.h"
#include "bench/stats/stats.h"

#include <stdlib.h>

/* Long enough that two readings of the clock do not count, short enough that an interruption stands out. */
enum { QUANTUM_NS = 50000, MOST_QUANTA = 1000000000 / QUANTUM_NS };

/* Arithmetic in one register (xorshift64, Marsaglia 2003): no memory, no branch to learn. */
static uint64_t spin_steps(uint64_t x, uint64_t steps)
{
	for (uint64_t i = 0; i < steps; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}

static double time_work(volatile uint64_t *x, uint64_t steps)
{
	const uint64_t start = clock_ns();
	*x = spin_steps(*x, steps);
	return (double)(clock_ns() - start);
}

/* How many steps make a quantum: doubled until they do. */
static uint64_t calibrate(volatile uint64_t *x)
{
	uint64_t steps = 1000;
	while (time_work(x, steps) < QUANTUM_NS / 2.0)
		steps *= 2;
	return steps;
}

void noise_measure(struct noise *n, double seconds)
{
	volatile uint64_t x = 88172645463325252u;
	*n = (struct noise){.resolution_ns = (double)clock_resolution_ns()};
	double *times = malloc(MOST_QUANTA * sizeof *times);
	if (!times)
		return;
	/* Touched beforehand, or its page faults would be the noise. */
	for (size_t i = 0; i < MOST_QUANTA; i++)
		times[i] = 0;
	const uint64_t steps = calibrate(&x), start = clock_ns();
	size_t quanta = 0;
	double sum = 0;
	while (quanta < MOST_QUANTA && (double)(clock_ns() - start) < seconds * 1e9) {
		times[quanta] = time_work(&x, steps);
		sum += times[quanta++];
	}
	stats_sort(times, quanta);
	const double least = times[0], middle = stats_median(times, quanta);
	if (quanta > 0 && sum > 0 && least > 0) {
		double beyond = 0;
		for (size_t i = quanta / 2; i < quanta; i++)
			beyond += times[i] - middle;
		n->quanta = quanta;
		n->quantum_us = least / 1e3;
		n->median_percent = 100 * (middle / least - 1);
		n->lost_percent = 100 * beyond / sum;
		n->longest_us = (times[quanta - 1] - middle) / 1e3;
	}
	free(times);
}
