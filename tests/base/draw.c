/* SPDX-License-Identifier: MIT */
/* draw.c - the seed of a test run, and what is drawn from it or from a seed of one's own. */
#include "tests/base/draw.h"

#include "base/rng.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static uint64_t run_seed, state;
static bool known;

static uint64_t choose_seed(void)
{
	const char *text = getenv("PARSCALE_TEST_SEED");
	uint64_t seed;
	if (text && *text) {
		char *end;
		errno = 0;
		seed = strtoull(text, &end, 10);
		if (errno || *end || *text == '-') {
			fprintf(stderr, "PARSCALE_TEST_SEED=%s is not a whole number below 2^64\n", text);
			exit(2);
		}
	} else if (getrandom(&seed, sizeof seed, 0) != sizeof seed) {
		perror("getrandom");
		exit(2);
	}
	return seed;
}

uint64_t draw_seed(void)
{
	if (!known) {
		state = run_seed = choose_seed();
		known = true;
		printf("seed %" PRIu64 ": PARSCALE_TEST_SEED=%" PRIu64 " %s repeats this run\n", run_seed,
			run_seed, program_invocation_name);
		fflush(stdout);
	}
	return run_seed;
}

uint64_t random_bits(void)
{
	draw_seed();
	return rng_next(&state);
}

uint64_t random_below(uint64_t n)
{
	return random_bits() % n;
}

uint64_t random_magnitude(uint64_t most)
{
	const unsigned bits = (unsigned)random_below(65u - (most ? (unsigned)__builtin_clzll(most) : 64));
	const uint64_t value = bits ? random_bits() >> (64 - bits) : 0;
	return value <= most ? value : random_below(most + 1);
}

/* FNV-1a of the name. */
void random_restart(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	state = draw_seed() ^ hash;
}

uint64_t draw_bits(uint64_t *seed)
{
	return rng_next(seed);
}

double draw_uniform(uint64_t *seed)
{
	return ((double)(draw_bits(seed) >> 12) + 0.5) * 0x1p-52;
}

double draw_normal(uint64_t *seed)
{
	double r = sqrt(-2 * log(draw_uniform(seed)));
	return r * cos(2 * 3.14159265358979323846 * draw_uniform(seed));
}
