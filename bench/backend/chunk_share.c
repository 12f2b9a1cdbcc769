/* SPDX-License-Identifier: MIT */
/*
 * chunk_share.c - the sizes of refills: half of what is left in each round, equal within a round.
 *
 * A round ends the halving when a part would be below `least`; from there on all parts have that
 * size. At most 64 rounds are walked through.
 */
#include "bench/backend/chunk_share.h"

void chunk_share(
	uint64_t request, uint64_t chunks, uint64_t hosts, uint64_t least, uint64_t *first, uint64_t *end)
{
	enum { SHARE = 2 }; /* of what is left, one in so many */
	uint64_t left = chunks, each = left / SHARE / hosts;
	while (each > least && request >= hosts) {
		request -= hosts;
		left -= each * hosts;
		each = left / SHARE / hosts;
	}
	each = each > least ? each : least;
	const uint64_t before = request > left / each ? left : request * each;
	*first = chunks - left + before;
	*end = left - before < each ? chunks : *first + each;
}
