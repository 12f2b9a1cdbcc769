/* SPDX-License-Identifier: MIT */
/* sieve.c - the kernel `sieve`: how many primes lie in start..stop, both inclusive. How it is done stands in
 * sieve.h. */
#include "sieve.h"

#include <stdio.h>

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

/* Primes below powers of ten. Whether the power itself belongs to the range makes no difference: none is a
 * prime. */
static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	static const struct {
		uint64_t stop, primes, lead;
	} powers[] = {
#define PI(stop, primes, lead) {UINT64_C(stop), UINT64_C(primes), UINT64_C(lead)},
#include "sieve_known.def"
	};
	*check_known = true;
	if (p->start > 2)
		return NULL;
	for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
		if (p->stop == powers[i].stop || p->stop == powers[i].stop - 1) {
			known->count = powers[i].primes;
			known->check =
				(powers[i].primes - 1 - powers[i].lead) / 2; /* 2 is in neither class */
			return "OEIS A006880, A091295";
		}
	return NULL;
}

static size_t spell(const void *input, uint64_t item, char *buffer, const char **text)
{
	(void)input;
	*text = buffer;
	return (size_t)snprintf(buffer, 64, "%llu", (unsigned long long)item);
}

static void weigh(uint64_t prime, struct tally *out)
{
	out->count++;
	out->check += prime % 4 == 1;
}

const struct kernel kernel_sieve = {
	.name = "sieve",
	.summary = "counts the primes in start..stop: integer arithmetic and stores that hit L1",
	.item = "number",
	.check = "primes that leave 1 when divided by 4",
	.parameters = (const char *const[]){"start", "stop", NULL},
	.validate = validate,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.spell = spell,
	.weigh = weigh,
	.variants = (const struct variant *const[]){&sieve_reference, &sieve_scalar, &sieve_avx2,
		&sieve_avx512, NULL},
};
