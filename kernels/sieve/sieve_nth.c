/* SPDX-License-Identifier: MIT */
/*
 * sieve_nth.c - where the n-th prime is, nearly: Riemann's R(x) is about the number of primes up to x, off by
 * some sqrt(x) / ln x, and is inverted by Newton's method. R is summed by J. P. Gram's series, 1 + sum of
 * ln(x)^k / (k k! zeta(k + 1)).
 */
#include "kernels/sieve/sieve.h"

#include <math.h>

/* For s >= 2, by Euler and Maclaurin's formula, to 15 digits. */
static long double zeta(int s)
{
	enum { SUMMED = 20 };
	const long double n = SUMMED, k = s;
	long double sum = 0;
	for (int i = 1; i < SUMMED; i++)
		sum += powl(i, -k);
	sum += powl(n, 1 - k) / (k - 1) + powl(n, -k) / 2 + k * powl(n, -k - 1) / 12;
	return sum - k * (k + 1) * (k + 2) * powl(n, -k - 3) / 720;
}

static long double riemann(long double x)
{
	long double sum = 1, power = 1, log_x = logl(x);
	for (int k = 1; k < 200; k++) {
		power *= log_x / k;
		long double term = power / (k * zeta(k + 1));
		sum += term;
		if (term < 1e-20L * sum)
			break;
	}
	return sum;
}

int sieve_about_nth(const struct problem *p, uint64_t n, uint64_t *stop, struct err *e)
{
	const uint64_t below_2_64 = UINT64_C(425656284035217743); /* OEIS A007053 */
	if (p->tuplet != 1)
		return err_set(e, ERR_USAGE, "--nth: for primes, not with --tuplet");
	if (n == 0 || n > below_2_64)
		return err_set(e, ERR_USAGE,
			"--nth: from 1 to 425656284035217743, how many primes there are below 2^64");
	const long double start = p->start < 2 ? 2 : (long double)p->start, count = (long double)n;
	const long double target = (p->start > 2 ? riemann(start) : 0) + count;
	long double x = start + count * logl(start + count + 2);
	for (int i = 0; i < 50; i++) {
		long double step = (riemann(x) - target) * logl(x);
		x = fmaxl(x - step, start);
		if (fabsl(step) < 0.5L)
			break;
	}
	*stop = x >= 0x1p64L - 1 ? UINT64_MAX : (uint64_t)x;
	*stop = *stop > p->start ? *stop : p->start;
	return 0;
}
