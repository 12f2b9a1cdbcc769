/* SPDX-License-Identifier: MIT */
/*
 * text_scan.c - drives the search tile by tile, and adds what a variant's search leaves out: words
 * with characters other than ASCII, words longer than a block, and giants that all workers share.
 */
#include "kernels/text/text_scan.h"

#include "kernels/load.h"
#include "kernels/text/unicode.h"

#include <string.h>

/* The character that starts at p, a byte above 127: its length; 0 where it is no part of a word. */
static unsigned foreign_character(const struct text_input *in, const unsigned char *p)
{
	uint32_t c = 0;
	const unsigned length = unicode_decode(p, (uint64_t)(in->text + in->bytes - p), &c);
	return length && text_rules_has(in->rules, c) ? length : 0;
}

/* The mask of the bytes above 127 of the 64 at p, of which `left` are the text's. */
static uint64_t foreign_bytes(const unsigned char *p, uint64_t left)
{
	uint64_t mask = 0;
	if (left < TEXT_BLOCK) {
		for (uint64_t i = 0; i < left; i++)
			mask |= (uint64_t)(p[i] >> 7) << i;
		return mask;
	}
	for (unsigned i = 0; i < TEXT_BLOCK; i += 8) /* the top bits of eight bytes to bits 56 to 63 */
		mask |= (load_8(p + i) >> 7 & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >>
			56 << i;
	return mask;
}

/* Adds to the letters of block i, which begins at offset `at` of the text, the bytes of other characters than
 * ASCII. */
static void add_foreign(const struct text_input *in, uint64_t at, struct text_tile *tile, unsigned i)
{
	const unsigned char *const block = in->text + at;
	const uint64_t left = in->bytes - at;
	uint64_t mask = 0;
	/* A character that began before the block has its first byte among the three before. The other bytes
	 * of a character begin none. */
	for (uint64_t back = at < 3 ? at : 3; back; back--)
		if (block[-(int64_t)back] >= 0x80)
			mask |= ((UINT64_C(1) << foreign_character(in, block - back)) - 1) >> back;
	for (uint64_t rest = foreign_bytes(block, left) & ~mask; rest; rest &= rest - 1) {
		const unsigned from = (unsigned)__builtin_ctzll(rest);
		mask |= ((UINT64_C(1) << foreign_character(in, block + from)) - 1) << from;
	}
	tile->letters[i] |= mask;
	tile->foreign[i] = mask;
	tile->has_foreign |= mask != 0;
}

/* Is one of 64 bytes above 127? */
static bool has_foreign(const unsigned char *p)
{
	uint64_t any = 0;
	for (unsigned i = 0; i < TEXT_BLOCK; i += 8)
		any |= load_8(p + i);
	return any & UINT64_C(0x8080808080808080);
}

void text_find_foreign(
	const struct text_input *in, uint64_t base, const unsigned char *around, struct text_tile *tile)
{
	memset(tile->foreign, 0, sizeof tile->foreign);
	for (unsigned i = base ? 0 : 1; i < TEXT_BLOCKS + 2; i++) {
		const uint64_t at = base + i * TEXT_BLOCK - TEXT_BLOCK;
		if (at < in->bytes && has_foreign(around + i * TEXT_BLOCK))
			add_foreign(in, at, tile, i);
	}
}

const unsigned char *text_around_tile(
	const struct text_input *in, uint64_t base, unsigned char *edge, uint64_t margin)
{
	const uint64_t before = base < margin ? base : margin, left = in->bytes - base,
		       room = TEXT_TILE + margin;
	const unsigned char *from = in->text + base - before;
	if (before == margin && left >= room)
		return from;
	memset(edge, 0xFF, (size_t)(room + margin));
	memcpy(edge + margin - before, from, (size_t)(before + (left < room ? left : room)));
	return edge;
}

void text_find_single(struct text_tile *tile)
{
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
		const uint64_t *w = tile->letters + i;
		text_add_found(tile, i, w[0] & ~(w[0] << 1 | w[-1] >> 63) & ~(w[0] >> 1 | w[1] << 63));
	}
}

/* Where the run of set bits that holds bit `at` starts, and where it ends; at most at the edges
 * of the tile. */
static unsigned run_start(const uint64_t *bits, unsigned at)
{
	unsigned block = at / 64;
	uint64_t gaps = ~bits[block] & ((UINT64_C(1) << at % 64) - 1);
	while (!gaps && block > 0)
		gaps = ~bits[--block];
	return gaps ? 64 * block + 64 - (unsigned)__builtin_clzll(gaps) : 0;
}

static unsigned run_end(const uint64_t *bits, unsigned at)
{
	unsigned block = at / 64;
	uint64_t gaps = ~bits[block] & ~UINT64_C(0) << at % 64;
	while (!gaps && block < TEXT_BLOCKS + 1)
		gaps = ~bits[++block];
	return gaps ? 64 * block + (unsigned)__builtin_ctzll(gaps) : 64 * (TEXT_BLOCKS + 2);
}

/* Is the word [start, end) of the tile and the blocks beside it the tile's to find, and a palindrome that
 * counts? */
static bool is_found(const struct text_input *in, uint64_t base, unsigned start, unsigned end)
{
	const unsigned bytes = end - start, middle = start + (bytes - 1) / 2;
	if (text_fills_block(start, end) || middle - TEXT_BLOCK >= TEXT_TILE)
		return false;
	const unsigned char *p = in->text + (base + start - TEXT_BLOCK);
	const unsigned char first = p[0], last = p[bytes - 1];
	if (first < 0x80 && last < 0x80 && in->rules->symbol[first] != in->rules->symbol[last])
		return false;
	return text_letters(in, p, bytes) >= in->min_length && text_is_mirrored(in, p, bytes);
}

/* Words with other characters than ASCII. A search sees zeros in their places, and may have found what is
 * none. */
static void find_foreign(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	for (unsigned i = 0, end = 0; i < TEXT_BLOCKS + 2; i++)
		for (uint64_t mask = tile->foreign[i]; mask; mask &= mask - 1) {
			const unsigned at = 64 * i + (unsigned)__builtin_ctzll(mask);
			if (at < end)
				continue;
			const unsigned start = run_start(tile->letters, at);
			end = run_end(tile->letters, at);
			const uint64_t bit = UINT64_C(1) << start % 64;
			tile->found[start / 64] &= ~bit;
			if (is_found(in, base, start, end))
				text_add_found(tile, start / 64, bit);
		}
}

/* The bytes of the giant that starts there; 0 where none does. */
static uint64_t giant_at(const struct text_input *in, uint64_t start)
{
	for (unsigned g = 0; g < in->giant_count; g++)
		if (in->giants[g].start == start)
			return in->giants[g].bytes;
	return 0;
}

/* The long palindrome that fills the block of index i and none before it, at offset `at`, if it is one. Of
 * giants that are shared, all. */
static void judge_long(
	const struct text_input *in, uint64_t at, struct text_tile *tile, unsigned i, bool shared)
{
	const uint64_t gaps = ~tile->letters[i - 1];
	const unsigned before = gaps ? (unsigned)__builtin_clzll(gaps) : 64;
	const uint64_t start = at - before, giant = giant_at(in, start);
	const uint64_t bytes = giant ? giant : text_word_end(in, start) - start;
	const unsigned char *p = in->text + start;
	if ((giant ? giant : text_letters(in, p, bytes)) < in->min_length)
		return;
	if (!(shared && giant) && !text_is_mirrored(in, p, bytes))
		return;
	if (before)
		text_add_found(tile, i - 1, UINT64_C(1) << (64 - before));
	else
		text_add_found(tile, i, 1);
}

static void find_long(const struct text_input *in, uint64_t base, struct text_tile *tile, bool shared)
{
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++)
		if (~tile->letters[i] == 0 && ~tile->letters[i - 1] != 0)
			judge_long(in, base + (i - 1) * TEXT_BLOCK, tile, i, shared);
}

/* The pairs of a giant before those of tile `part` of the `parts` that it touches. */
static uint64_t pairs_before(const struct text_giant *g, uint64_t part, uint64_t parts)
{
	const uint64_t pairs = g->bytes / 2, rest = pairs % parts;
	return pairs / parts * part + (part < rest ? part : rest);
}

/* Compares the tile's share of each giant that it touches: bit g is set where giant g is no palindrome.
 * *amid: the tile lies inside a giant that another owns. */
static uint64_t compare_giants(const struct text_input *in, uint64_t tile, bool *amid)
{
	uint64_t rejected = 0;
	*amid = false;
	for (unsigned i = 0; i < in->giant_count && in->giants[i].start / TEXT_TILE <= tile; i++) {
		const struct text_giant *g = in->giants + i;
		const uint64_t end = g->start + g->bytes, first = g->start / TEXT_TILE,
			       parts = (end - 1) / TEXT_TILE - first + 1;
		if (tile - first >= parts)
			continue;
		const uint64_t from = pairs_before(g, tile - first, parts),
			       to = pairs_before(g, tile - first + 1, parts);
		if (!text_are_equal_pairs(in, in->text + g->start + from, in->text + end - from, to - from))
			rejected |= UINT64_C(1) << i;
		*amid |= g->start + TEXT_BLOCK <= tile * TEXT_TILE && (tile + 1) * TEXT_TILE <= end;
	}
	return rejected;
}

void text_settle(const void *input, struct tally *all)
{
	const struct text_input *in = input;
	for (; all->rejected; all->rejected &= all->rejected - 1) {
		const struct text_giant *g = in->giants + __builtin_ctzll(all->rejected);
		struct tally taken = {0};
		if (g->bytes < in->min_length)
			continue;
		place_tally(g->start, &taken);
		all->count -= taken.count;
		all->checksum -= taken.checksum;
	}
}

/* Reports tile->found, whose block of index 0 is number `before`, and clears it. False where no more are
 * wanted. Branches on blocks where something was found, not on all. */
static bool report(struct text_tile *tile, uint64_t before, struct tally *t, struct mask_list *list)
{
	bool more = true;
	for (unsigned g = 0; g < sizeof tile->filled / sizeof *tile->filled; g++) {
		for (uint64_t filled = tile->filled[g]; filled; filled &= filled - 1) {
			const unsigned i = 64 * g + (unsigned)__builtin_ctzll(filled);
			if (!list)
				mask_tally(tile->found[i], before + i, t);
			else
				more = mask_list_add(list, tile->found[i], before + i);
			tile->found[i] = 0;
		}
		tile->filled[g] = 0;
	}
	return more;
}

void text_scan(const struct text_input *in, struct span s, struct text_tile *tile, text_search_fn *search,
	struct tally *out, struct mask_list *list)
{
	struct tally t = {0};
	bool more = true, amid = false;
	tile->tally = out ? &t : NULL;
	for (uint64_t unit = s.lo; more && unit < s.hi; unit++) {
		const uint64_t base = unit * TEXT_TILE;
		if (out && in->giant_count)
			t.rejected |= compare_giants(in, unit, &amid);
		if (amid)
			continue;
		tile->first_block = unit * TEXT_BLOCKS - 1;
		search(in, base, tile);
		if (tile->has_foreign)
			find_foreign(in, base, tile);
		if (tile->full)
			find_long(in, base, tile, out != NULL);
		more = report(tile, tile->first_block, &t, list);
	}
	if (out)
		tally_add(out, t);
}

size_t text_scratch_bytes(const void *input)
{
	(void)input;
	return sizeof(struct text_tile);
}
