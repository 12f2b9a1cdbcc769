/* SPDX-License-Identifier: MIT */
/*
 * sieve_prime.c - one number at a time: a strong probable prime test to seven bases, which no composite below
 * 2^64 passes (Jim Sinclair, 2011, checked against the list of all base-2 pseudoprimes:
 * https://miller-rabin.appspot.com). Products modulo n are Montgomery's (Math. Comp. 44, 1985), with the
 * residue x standing for x * 2^64 mod n.
 */
#include "kernels/sieve/sieve.h"

struct modulus {
	uint64_t n, inverse; /* odd; 1/n modulo 2^64 */
	uint64_t one;        /* 2^64 mod n */
	uint64_t square;     /* 2^128 mod n */
};

/* The upper half of a * b. */
static uint64_t upper(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;
	return (uint64_t)((wide)a * b >> 64);
#else
	const uint64_t low = UINT32_MAX, a_low = a & low, a_high = a >> 32, b_low = b & low, b_high = b >> 32;
	const uint64_t middle = a_high * b_low + (a_low * b_low >> 32); /* no sum here reaches 2^64 */
	return a_high * b_high + (middle >> 32) + ((a_low * b_high + (middle & low)) >> 32);
#endif
}

/* a * b / 2^64 modulo n, for a * b below 2^64 * n. */
static uint64_t multiply(const struct modulus *m, uint64_t a, uint64_t b)
{
	uint64_t high = upper(a, b), excess = upper(a * b * m->inverse, m->n);
	return high - excess + (high < excess ? m->n : 0);
}

static bool passes(const struct modulus *m, uint64_t base)
{
	uint64_t odd = m->n - 1, minus_one = m->n - m->one;
	int twos = __builtin_ctzll(odd);
	odd >>= twos;
	if (base % m->n == 0)
		return true;
	uint64_t square = multiply(m, base, m->square), power = m->one;
	for (; odd; odd >>= 1, square = multiply(m, square, square))
		if (odd & 1)
			power = multiply(m, power, square);
	if (power == m->one || power == minus_one)
		return true;
	while (--twos > 0) {
		power = multiply(m, power, power);
		if (power == minus_one)
			return true;
	}
	return false;
}

bool sieve_is_prime(uint64_t n)
{
	static const uint64_t bases[] = {2, 325, 9375, 28178, 450775, 9780504, 1795265022};
	if (n < 2 || n % 2 == 0)
		return n == 2;
	struct modulus m = {.n = n, .inverse = n, .one = -n % n};
	/* n * n = 1 modulo 8, and each step doubles the bits that are right */
	for (int bits = 3; bits < 64; bits *= 2)
		m.inverse *= 2 - n * m.inverse;
	/* the residue of 2, squared six times, is that of 2^64 */
	m.square = m.one < n - m.one ? 2 * m.one : m.one - (n - m.one);
	for (int bits = 1; bits < 64; bits *= 2)
		m.square = multiply(&m, m.square, m.square);
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
		if (!passes(&m, bases[i]))
			return false;
	return true;
}
