/* SPDX-License-Identifier: MIT */
#include "text_scan.h"

/* The long palindrome that fills the block of index i and none before it, at offset `at`, if it is one. */
static void judge_long(const struct text_input *in, uint64_t at, struct text_tile *tile, unsigned i)
{
	const uint64_t gaps = ~tile->letters[i - 1];
	const unsigned before = gaps ? (unsigned)__builtin_clzll(gaps) : 64;
	const uint64_t start = at - before, length = text_word_end(in, at) - start;
	if (length <= TEXT_SHORT || length < in->min_length || !text_is_mirrored(in->text + start, length))
		return;
	if (before)
		tile->found[i - 1] |= UINT64_C(1) << (64 - before);
	else
		tile->found[i] |= 1;
}

static void find_long(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++)
		if (~tile->letters[i] == 0 && ~tile->letters[i - 1] != 0)
			judge_long(in, base + (i - 1) * TEXT_BLOCK, tile, i);
}

/* Reports tile->found, whose block of index 0 is number `before`, and clears it. False where no more are
 * wanted. */
static bool report(struct text_tile *tile, uint64_t before, struct tally *t, struct mask_list *list)
{
	uint64_t *found = tile->found;
	bool more = true;
	for (unsigned i = 0; i < sizeof tile->found / sizeof *found; i += 8) {
		uint64_t any = 0;
		for (unsigned j = i; j < i + 8; j++)
			any |= found[j];
		for (unsigned j = i; any && j < i + 8; j++) {
			if (!list)
				mask_tally(found[j], before + j, t);
			else
				more = mask_list_add(list, found[j], before + j);
			found[j] = 0;
		}
	}
	return more;
}

void text_scan(const struct text_input *in, struct span s, struct text_tile *tile, text_search_fn *search,
	struct tally *out, struct mask_list *list)
{
	struct tally t = {0};
	bool more = true;
	for (uint64_t unit = s.lo; more && unit < s.hi; unit++) {
		search(in, unit * TEXT_TILE, tile);
		if (tile->full)
			find_long(in, unit * TEXT_TILE, tile);
		more = report(tile, unit * TEXT_BLOCKS - 1, &t, list);
	}
	if (out)
		tally_add(out, t);
}

size_t text_scratch_bytes(const void *input)
{
	(void)input;
	return sizeof(struct text_tile);
}
