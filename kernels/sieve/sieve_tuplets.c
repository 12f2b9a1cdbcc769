/* SPDX-License-Identifier: MIT */
/*
 * sieve_tuplets.c - the arithmetic of k-tuplets: which residues they begin at, which lines can hold
 * them, how they are spelt, and published counts.
 */
#include "kernels/sieve/sieve_tuplets.h"

#include <inttypes.h>
#include <stdio.h>

const unsigned char tuplets_begin[TUPLETS_LONGEST + 1] = {0, 0xff, 0x4a, 0x0f, 0x02, 0x03, 0x01};

/* From the first prime to the last. */
static const unsigned char diameter[TUPLETS_LONGEST + 1] = {0, 0, 2, 6, 8, 12, 16};

uint64_t tuplets_align(uint64_t n, uint32_t modulus)
{
	return n - (n - 2) % modulus;
}

bool tuplets_form(unsigned k, const uint64_t *primes)
{
	/* 3, 5, 7, 11 is none */
	/* NOLINTNEXTLINE(clang-analyzer-core.*): k is at most TUPLETS_LONGEST */
	return k == 1 || (primes[k - 1] - primes[0] == diameter[k] && (primes[0] > 3 || k == 2));
}

uint32_t tuplets_keep(unsigned k, uint32_t *primes, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i + k <= n; i++) {
		uint64_t some[TUPLETS_LONGEST];
		for (unsigned j = 0; j < k; j++)
			some[j] = primes[i + j];
		if (tuplets_form(k, some))
			primes[kept++] = primes[i];
	}
	return kept;
}

/* Which of 7, 11, 13, 17, 19, 23, 29, 31 an offset from a number that is 2 modulo 30 is. */
static unsigned place(uint32_t offset)
{
	static const unsigned char places[30] = {
		[9] = 1, [11] = 2, [15] = 3, [17] = 4, [21] = 5, [27] = 6, [29] = 7};
	return places[offset % 30];
}

/* Is class c the first of k that are all there, where tuplets may begin? Between them there are no others. */
static bool begins(unsigned k, const uint16_t *offset, uint32_t classes, uint32_t c)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.*): k is at most TUPLETS_LONGEST */
	return tuplets_begin[k] >> place(offset[c]) & 1 && c + k <= classes &&
	       offset[c + k - 1] - offset[c] == diameter[k];
}

uint32_t tuplets_group(unsigned k, const uint16_t *offset, uint32_t classes, struct sieve_group *group)
{
	uint32_t groups = 0, end = 0; /* of the last group */
	for (uint32_t c = 0; c < classes; c++) {
		if (!begins(k, offset, classes, c))
			continue;
		if (!groups || c >= end)
			group[groups++] = (struct sieve_group){.class = (uint16_t)c};
		struct sieve_group *g = &group[groups - 1];
		end = c + k;
		g->starts |= (uint8_t)(1u << (c - g->class));
		g->lines = (uint8_t)(end - g->class);
	}
	return groups;
}

uint32_t tuplets_lines(unsigned k, uint32_t modulus)
{
	static const struct {
		uint16_t modulus, lines[TUPLETS_LONGEST];
	} needed[] = {{30, {8, 6, 6, 4, 6, 6}}, {210, {48, 30, 30, 12, 16, 6}},
		{2310, {480, 270, 258, 84, 100, 30}}, {30030, {5760, 2970, 2706, 756, 820, 210}}};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (needed[i].modulus == modulus)
			return needed[i].lines[k - 1];
	return 0;
}

size_t tuplets_spell(const void *input, uint64_t item, char *buffer, const char **text)
{
	static const unsigned char after[2][TUPLETS_LONGEST] = {/* p+4 is a multiple of 3; p+2 */
		{0, 2, 6, 8, 12}, {0, 4, 6, 10, 12, 16}};
	const struct problem *p = input;
	size_t n = 0;
	if (p->tuplet == 1)
		return 0;
	*text = buffer;
	for (unsigned j = 0; j < p->tuplet; j++) {
		n += (size_t)snprintf(buffer + n, SPELL_BYTES - n, "%s%" PRIu64, j ? ", " : "(",
			item + after[item % 3 == 1][j]);
	}
	buffer[n++] = ')';
	return n;
}

const char *tuplets_below(unsigned k, uint64_t end, uint64_t *known)
{
	/* OEIS A007508, A050258 and the sums of A350826; of 10^1, 10^2, ... Triplets and quintuplets have
	 * none. */
	enum { POWERS = 14 };
	static const struct {
		const char *source;
		uint64_t below[POWERS];
	} sequences[TUPLETS_LONGEST + 1] = {
		[2] = {"OEIS A007508", {2, 8, 35, 205, 1224, 8169, 58980, 440312, 3424506, 27412679,
					       224376048, 1870585220, 15834664872, 135780321665}},
		[4] = {"OEIS A050258", {0, 2, 5, 12, 38, 166, 899, 4768, 28388, 180529, 1209318, 8398278,
					       60070590, 441296836}},
		[6] = {"OEIS A350826", {0, 1, 2, 2, 5, 5, 18, 82, 317, 1613, 8626, 50408, 303828, 1911246}}};
	uint64_t power = 10;
	for (size_t i = 0; i < POWERS && sequences[k].source; i++, power *= 10)
		if (end == power) {
			*known = sequences[k].below[i];
			return sequences[k].source;
		}
	return NULL;
}
