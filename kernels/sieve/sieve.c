/* SPDX-License-Identifier: MIT */
/*
 * sieve.c - the kernel `sieve`: the number of primes, or of k-tuplets of primes, in start..stop,
 * both inclusive. Its record and its published answers; the algorithm is explained in sieve.h.
 */
#include "kernels/sieve/sieve.h"

#include "kernels/primes.h"
#include "kernels/sieve/sieve_tuplets.h"

static int validate(const struct problem *p, struct err *e)
{
	if (p->start > p->stop)
		return err_set(e, ERR_USAGE, "--start %llu is above --stop %llu",
			(unsigned long long)p->start, (unsigned long long)p->stop);
	return 0;
}

static uint64_t items(const struct problem *p)
{
	uint64_t rest = p->stop - p->start;
	return rest == UINT64_MAX ? rest : rest + 1;
}

static void resize(struct problem *p, uint64_t size)
{
	p->start = 0;
	p->stop = size - 1;
}

static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	*check_known = p->tuplet == 1;
	if (p->start > 2)
		return NULL;
	for (uint64_t end = p->stop; end - p->stop < 2; end++) { /* no power of ten is a prime */
		const char *source = p->tuplet == 1 ? primes_below(end, known)
						    : tuplets_below((unsigned)p->tuplet, end, &known->count);
		if (source)
			return source;
	}
	return NULL;
}

const struct kernel kernel_sieve = {
	.name = "sieve",
	.summary =
		"counts or lists the primes in start..stop, or twins to sextuplets: integer arithmetic, stores that hit L1",
	.item = "number",
	.checksum = "those that are or begin with primes that leave 1 when divided by 4",
	.parameters = (const char *const[]){"start", "stop", "tuplet", NULL},
	.validate = validate,
	.undemanding = "its operation count per number is not fixed",
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.listing =
		&(const struct kernel_listing){
			.about_nth = sieve_about_nth, .spell = tuplets_spell, .weigh = primes_weigh},
	.variants = (const struct variant *const[]){&sieve_reference, &sieve_scalar, &sieve_neon, &sieve_avx2,
		&sieve_avx512, NULL},
};
