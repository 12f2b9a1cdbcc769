/* SPDX-License-Identifier: MIT */
/*
 * substrings_centres.h - the search from centres outwards: 64 letters and the 64 gaps before them
 * at once.
 *
 * Each of the 2n - 1 centres has as many palindromes as it has equal pairs around it. In round r,
 * one comparison of 64 bytes at p - r with 64 bytes at p + r finds the r-th pair of 64 letters, and
 * one at p + r - 1 that of 64 gaps; a centre that had no pair is masked out. In random text 1/k of
 * the centres survive a round (k letters in the alphabet), so few rounds are needed, and the counts
 * of the masks sum up to the number of palindromes.
 *
 * The first rounds are played without asking whether any centre is alive, since a mispredicted
 * branch costs as much as several rounds. Later, when none or few are alive, those are searched one
 * by one, 64 pairs at a time, long ones with what is known of runs (substrings_state.h). Blocks at
 * the ends of the string are searched one by one from the start, so that no byte outside decides.
 *
 * Where blocks have many palindromes, survivors are many too. There the pairs of the centres just
 * searched are kept (struct substrings_mirror), and a block inside a palindrome that was met before
 * takes those of its mirror image.
 *
 * A variant brings three functions over 64 bytes, `equal`, `mirrored` and `sums`; the rest is 64-bit
 * masks, bit i for offset i of a block.
 */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_CENTRES_H
#define PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_CENTRES_H

#include "kernels/load.h"
#include "kernels/ones.h"
#include "kernels/substrings/substrings_state.h"

#include <string.h>

/* The set bits of two masks; a variant may know something better. */
#ifndef SUBSTRINGS_ONES
#define SUBSTRINGS_ONES(a, b) (ones_of(a) + ones_of(b))
#endif

/* Rounds that are always played; how many more are before it is asked again who is alive; the most that are;
 * and with how many alive, letters and gaps together, they end, once six were played. A round costs a block
 * about as much as a quarter of a survivor does, and a wrong guess at a branch as much as five. */
enum {
	SUBSTRINGS_SURE = 3,
	SUBSTRINGS_STEP = 3,
	SUBSTRINGS_ROUNDS = 48,
	SUBSTRINGS_FEW = 8,
	SUBSTRINGS_FEW_AFTER = 6
};

/* Those of `alive` whose bytes are equal in 64 at a, flipped, and 64 at b. */
typedef uint64_t substrings_equal_fn(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip);

/* Bit i: byte a[i], flipped, is b[-1 - i]. */
typedef uint64_t substrings_mirrored_fn(const unsigned char *a, const unsigned char *b, unsigned char flip);

/* What is known at once of 64 letters or gaps: their pairs, where they are fewer than `most`; the others have
 * as many as `most` or more. By comparing, `most` is SUBSTRINGS_COMPARED. */
enum { SUBSTRINGS_COMPARED = 16 };
struct substrings_known {
	_Alignas(64) unsigned char pairs[SUBSTRINGS_BLOCK], most[SUBSTRINGS_BLOCK];
};

/* Sums over those of them with fewer than `most` pairs: of the pairs, and of the pairs times 2^i for offset i, modulo
 * 2^64; and the mask of the others. */
struct substrings_sums {
	uint64_t count, weighted, others;
};

/* These sums; writes the pairs to `few`, of the others 0. */
typedef struct substrings_sums substrings_sums_fn(const struct substrings_known *k, unsigned char *few);

/* The pairs of a centre that has n >= SUBSTRINGS_FIRST_LEVEL. */
typedef uint64_t substrings_longer_fn(
	const struct substrings_input *in, struct substrings_state *state, uint64_t z, uint64_t n);

/* Searches a block by the mirror. */
typedef void substrings_mirrored_block_fn(
	const struct substrings_input *in, struct substrings_state *state, uint64_t base, struct tally *out);

struct substrings_isa {
	substrings_equal_fn *equal;
	substrings_mirrored_fn *mirrored;
	substrings_sums_fn *sums;
	/* substrings_longer and substrings_mirrored_block by the others, never inlined: they would take the
	 * block's registers */
	substrings_longer_fn *longer;
	substrings_mirrored_block_fn *block;
};

#define SUBSTRINGS_INLINE __attribute__((always_inline)) static inline

/* The pairs of a centre that has n already, as far as `most` and no further. Less than `most`: it has no
 * more. */
SUBSTRINGS_INLINE uint64_t substrings_extend(const struct substrings_input *in, struct substrings_centre c,
	uint64_t n, uint64_t most, unsigned char flip, struct substrings_isa isa)
{
	const uint64_t room = in->count - c.right < c.left ? in->count - c.right : c.left;
	most = most < room ? most : room;
	while (n < most) {
		const uint64_t unequal = ~isa.mirrored(in->text + c.right + n, in->text + c.left - n, flip);
		if (unequal) {
			n += (uint64_t)__builtin_ctzll(unequal);
			break;
		}
		n += 64;
	}
	return n < most ? n : most;
}

/* Makes text[begin, end), which has this period and is longer, as long as it goes. */
SUBSTRINGS_INLINE void substrings_grow(
	const struct substrings_input *in, struct substrings_run *run, struct substrings_isa isa)
{
	const unsigned char *text = in->text;
	const uint64_t p = run->period;
	while (run->end < in->count) {
		const uint64_t unequal = ~isa.equal(~UINT64_C(0), text + run->end, text + run->end - p, 0);
		run->end += unequal ? (uint64_t)__builtin_ctzll(unequal) : 64;
		if (unequal)
			break;
	}
	run->end = run->end < in->count ? run->end : in->count;
	while (run->begin > 0) {
		const uint64_t unequal =
			~isa.equal(~UINT64_C(0), text + run->begin - 64, text + run->begin - 64 + p, 0);
		const uint64_t more = unequal ? (uint64_t)__builtin_clzll(unequal) : 64;
		run->begin = more < run->begin ? run->begin - more : 0;
		if (unequal)
			break;
	}
}

/* A substrings_longer_fn, but for the variant's functions. */
SUBSTRINGS_INLINE uint64_t substrings_longer(const struct substrings_input *in,
	struct substrings_state *state, uint64_t z, uint64_t n, unsigned char flip, struct substrings_isa isa)
{
	const struct substrings_centre c = substrings_centre(z);
	for (unsigned k = 0;; k++) {
		const uint64_t reach = (uint64_t)SUBSTRINGS_FIRST_LEVEL << k, before = state->last[k] - 1;
		struct substrings_run *run = &state->run[k];
		bool exact = false;
		uint64_t known = substrings_run_pairs(run, z, reach, &exact);
		if (!known && state->last[k] && z > before && z - before <= reach / 2) {
			*run = (struct substrings_run){
				(before + 1) / 2 - reach, c.right + reach, z - before, z};
			substrings_grow(in, run, isa);
			substrings_comb_make(&state->comb, run);
			known = substrings_run_pairs(run, z, reach, &exact);
		}
		state->last[k] = z + 1;
		if (exact)
			return known;
		n = known > n ? known : n;
		if (n >= 2 * reach)
			continue;
		n = substrings_extend(in, c, n, 2 * reach, flip, isa);
		if (n < 2 * reach)
			return n;
	}
}

/* The pairs of a centre that has n. */
SUBSTRINGS_INLINE uint64_t substrings_pairs(const struct substrings_input *in, struct substrings_state *state,
	uint64_t z, uint64_t n, unsigned char flip, struct substrings_isa isa)
{
	if (n < SUBSTRINGS_FIRST_LEVEL) {
		n = substrings_extend(in, substrings_centre(z), n, SUBSTRINGS_FIRST_LEVEL, flip, isa);
		if (n < SUBSTRINGS_FIRST_LEVEL)
			return n;
	}
	return isa.longer(in, state, z, n);
}

/* One centre after the other. */
SUBSTRINGS_INLINE void substrings_slowly(const struct substrings_input *in, struct substrings_state *state,
	uint64_t base, struct tally *out, unsigned char flip, struct substrings_isa isa)
{
	for (uint64_t z = base ? 2 * base - 1 : 0;
		z < 2 * (base + SUBSTRINGS_BLOCK) - 1 && z + 1 < 2 * in->count; z++)
		if (!flip || z % 2)
			substrings_add(z, substrings_pairs(in, state, z, 0, flip, isa), out);
}

/* Those of a block that are alive after r rounds. */
SUBSTRINGS_INLINE void substrings_survivors(const struct substrings_input *in, struct substrings_state *state,
	uint64_t base, bool gaps, uint64_t alive, uint64_t r, struct tally *out, unsigned char flip,
	struct substrings_isa isa)
{
	for (; alive; alive &= alive - 1) {
		const uint64_t i = (uint64_t)__builtin_ctzll(alive), z = 2 * (base + i) - gaps;
		const uint64_t pairs = substrings_pairs(in, state, z, r, flip, isa),
			       longest = substrings_longest(z, pairs);
		out->count += pairs - r;
		out->checksum += ((pairs - r) << i) * substrings_weight(base / 64, gaps);
		out->longest = longest > out->longest ? longest : out->longest;
	}
}

/* After a block of so many palindromes, at least. Random letters, even two of them,
 * have fewer than SUBSTRINGS_WARM. */
enum { SUBSTRINGS_WARM = 15 * SUBSTRINGS_BLOCK / 4, SUBSTRINGS_HOT = 4 };
static inline void substrings_warm(struct substrings_mirror *m, uint64_t palindromes)
{
	if (palindromes > SUBSTRINGS_WARM)
		m->heat += m->heat < 2 * SUBSTRINGS_HOT;
	else
		m->heat -= m->heat > 0;
}

/* Has the mirror image of the block at `base` been searched, and is it kept? */
static inline bool substrings_is_mirrored(const struct substrings_mirror *m, uint64_t base)
{
	const uint64_t oldest =
		base < SUBSTRINGS_KEPT - SUBSTRINGS_BLOCK ? 0 : base + SUBSTRINGS_BLOCK - SUBSTRINGS_KEPT;
	return m->centre + 1 < 2 * base && m->reach >= base + SUBSTRINGS_BLOCK + 8 &&
	       m->centre >= base + SUBSTRINGS_BLOCK - 1 + (m->begin > oldest ? m->begin : oldest);
}

/* From the mirror. A centre has as many pairs as its image if those end inside the palindrome around both. */
SUBSTRINGS_INLINE void substrings_known_mirrored(
	const struct substrings_mirror *m, uint64_t base, unsigned gaps, struct substrings_known *k)
{
	const unsigned char *image =
		m->few[gaps] + (m->centre - base - (SUBSTRINGS_BLOCK - 1) + gaps) % SUBSTRINGS_KEPT;
	const uint64_t room = m->reach - 1 + gaps - base; /* of the first; one less each */
	const uint64_t more = room - SUBSTRINGS_MANY;
	const unsigned char top = (unsigned char)(room < SUBSTRINGS_MANY ? room : SUBSTRINGS_MANY),
			    plenty = (unsigned char)(room < SUBSTRINGS_MANY ? 0
						     : more < 255           ? more
									    : 255);
	for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i++) {
		const unsigned char beyond = (unsigned char)((i > plenty ? i : plenty) - plenty);
		k->pairs[i] = image[SUBSTRINGS_BLOCK - 1 - i];
		k->most[i] = (unsigned char)(top - beyond);
	}
}

/* By comparing. */
SUBSTRINGS_INLINE void substrings_known_compared(
	const unsigned char *p, unsigned gaps, unsigned char flip, struct substrings_known *k)
{
	unsigned char alive[SUBSTRINGS_BLOCK], pairs[SUBSTRINGS_BLOCK];
	for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i++) {
		alive[i] = 1;
		pairs[i] = 0;
	}
	for (unsigned r = 1; r <= SUBSTRINGS_COMPARED; r++) {
		const unsigned char *left = p - r, *right = p + r - gaps;
		for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i++) {
			alive[i] &= (left[i] ^ flip) == right[i];
			pairs[i] = (unsigned char)(pairs[i] + alive[i]);
		}
	}
	for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i++) {
		k->pairs[i] = pairs[i];
		k->most[i] = SUBSTRINGS_COMPARED;
	}
}

/* A substrings_sums_fn, but for the variant's function: by eight bytes, of which neighbours are added thrice. */
SUBSTRINGS_INLINE struct substrings_sums substrings_sums_by_eight(
	const struct substrings_known *k, unsigned char *few, substrings_equal_fn *equal)
{
	static const unsigned char zeros[SUBSTRINGS_BLOCK];
	_Alignas(64) unsigned char fewer[SUBSTRINGS_BLOCK];
	for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i++) {
		fewer[i] = k->pairs[i] < k->most[i] ? 0xFF : 0;
		few[i] = k->pairs[i] & fewer[i];
	}
	const uint64_t bytes = UINT64_C(0x00FF00FF00FF00FF), pairs = UINT64_C(0x0000FFFF0000FFFF);
	uint64_t counts = 0, weighted = 0;
	for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i += 8) {
		const uint64_t eight = load_8(few + i), low = eight & bytes, high = eight >> 8 & bytes;
		const uint64_t two = low + (high << 1), four = (two & pairs) + ((two >> 16 & pairs) << 2);
		counts += low + high;
		weighted += ((four & UINT32_MAX) + (four >> 32 << 4)) << i;
	}
	return (struct substrings_sums){
		counts * UINT64_C(0x0001000100010001) >> 48, weighted, equal(~UINT64_C(0), fewer, zeros, 0)};
}

/* Adds the palindromes of those with fewer than `most` pairs, and keeps these; *others: the others. Returns how
 * many palindromes. */
SUBSTRINGS_INLINE uint64_t substrings_add_known(struct substrings_mirror *m, uint64_t base, unsigned gaps,
	const struct substrings_known *k, struct tally *out, uint64_t *others, struct substrings_isa isa)
{
	unsigned char *const few = m->few[gaps] + base % SUBSTRINGS_KEPT;
	const struct substrings_sums sums = isa.sums(k, few);
	out->count += sums.count;
	out->checksum += sums.weighted * substrings_weight(base / SUBSTRINGS_BLOCK, gaps);
	if (out->longest < substrings_longest(gaps, SUBSTRINGS_MANY)) { /* mostly in the first blocks alone */
		unsigned char longest = 0;
		for (unsigned i = 0; i < SUBSTRINGS_BLOCK; i++)
			longest = few[i] > longest ? few[i] : longest;
		const uint64_t most = substrings_longest(gaps, longest);
		out->longest = most > out->longest ? most : out->longest;
	}
	*others = sums.others;
	return sums.count;
}

/* The pairs of letter or gap i from its image, as far as that tells; *exact: no more. */
static inline uint64_t substrings_image_pairs(
	const struct substrings_mirror *m, uint64_t i, unsigned gaps, bool *exact)
{
	const uint64_t image = (m->centre - i + gaps) % SUBSTRINGS_KEPT, room = m->reach - 1 + gaps - i;
	const unsigned few = m->few[gaps][image];
	const uint64_t pairs = few < SUBSTRINGS_MANY ? few : m->many[gaps][image];
	*exact = pairs < room && pairs != UINT32_MAX;
	return pairs < room ? pairs : room;
}

/* A block with 64 letters before it and more than 64 behind it. Its letters, each a palindrome, and of letters
 * and gaps those with few pairs at once; then the others, and whether one of them reaches further. */
SUBSTRINGS_INLINE void substrings_mirrored_block(const struct substrings_input *in,
	struct substrings_state *state, uint64_t base, struct tally *out, unsigned char flip,
	struct substrings_isa isa)
{
	struct substrings_mirror *m = &state->mirror;
	if (m->end != base) {
		m->begin = base;
		m->reach = 0;
	}
	const bool mirrored = substrings_is_mirrored(m, base);
	uint64_t centre = m->centre, reach = mirrored ? m->reach : 0, palindromes = 0;
	for (unsigned gaps = flip ? 1 : 0; gaps < 2; gaps++) {
		struct substrings_known known;
		uint64_t others;
		if (mirrored)
			substrings_known_mirrored(m, base, gaps, &known);
		else
			substrings_known_compared(in->text + base, gaps, flip, &known);
		palindromes += substrings_add_known(m, base, gaps, &known, out, &others, isa);
		for (; others; others &= others - 1) {
			const uint64_t i = base + (uint64_t)__builtin_ctzll(others), z = 2 * i - gaps;
			bool exact = false;
			uint64_t pairs = SUBSTRINGS_COMPARED;
			if (mirrored)
				pairs = substrings_image_pairs(m, i, gaps, &exact);
			if (!exact)
				pairs = substrings_pairs(in, state, z, pairs, flip, isa);
			const uint64_t end = substrings_centre(z).right + pairs,
				       longest = substrings_longest(z, pairs);
			out->count += pairs;
			out->checksum += (pairs << i % SUBSTRINGS_BLOCK) *
					 substrings_weight(base / SUBSTRINGS_BLOCK, gaps);
			out->longest = longest > out->longest ? longest : out->longest;
			palindromes += SUBSTRINGS_COMPARED;
			m->few[gaps][i % SUBSTRINGS_KEPT] =
				(unsigned char)(pairs < SUBSTRINGS_MANY ? pairs : SUBSTRINGS_MANY);
			m->many[gaps][i % SUBSTRINGS_KEPT] =
				(uint32_t)(pairs < UINT32_MAX ? pairs : UINT32_MAX);
			if (end >= reach) {
				reach = end;
				centre = z;
			}
		}
		if (base % SUBSTRINGS_KEPT == 0)
			memcpy(m->few[gaps] + SUBSTRINGS_KEPT, m->few[gaps], SUBSTRINGS_BLOCK);
	}
	if (!flip) {
		out->count += SUBSTRINGS_BLOCK;
		out->checksum -= substrings_weight(base / SUBSTRINGS_BLOCK, false); /* times 2^64 - 1 */
		out->longest = out->longest ? out->longest : 1;
	}
	m->end = base + SUBSTRINGS_BLOCK;
	m->centre = centre;
	m->reach = reach;
	substrings_warm(m, palindromes + SUBSTRINGS_BLOCK);
}

/* The centres of a block on their way. */
struct substrings_alive {
	uint64_t letters, gaps;         /* alive */
	uint64_t count;                 /* palindromes so far */
	uint64_t letters_sum, gaps_sum; /* of the masks */
	uint64_t peak;
};

/* Round r of the block at p. */
SUBSTRINGS_INLINE void substrings_round(struct substrings_alive *a, const unsigned char *p, uint64_t r,
	bool peak, unsigned char flip, struct substrings_isa isa)
{
	if (!flip)
		a->letters = isa.equal(a->letters, p - r, p + r, flip);
	a->gaps = isa.equal(a->gaps, p - r, p + r - 1, flip);
	a->count += SUBSTRINGS_ONES(a->letters, a->gaps);
	a->letters_sum += a->letters;
	a->gaps_sum += a->gaps;
	if (peak)
		a->peak = a->letters ? 2 * r + 1 : a->gaps ? 2 * r : a->peak;
}

/* Few enough to be searched one by one? */
static inline bool substrings_few(const struct substrings_alive *a, uint64_t r)
{
	return !(a->letters | a->gaps) ||
	       (r > SUBSTRINGS_FEW_AFTER && SUBSTRINGS_ONES(a->letters, a->gaps) <= SUBSTRINGS_FEW);
}

/* A block with 64 letters before it and more than 64 behind it. */
SUBSTRINGS_INLINE void substrings_block(const struct substrings_input *in, struct substrings_state *state,
	uint64_t base, struct tally *out, unsigned char flip, struct substrings_isa isa)
{
	const unsigned char *p = in->text + base;
	struct substrings_alive a = {.letters = flip ? 0 : ~UINT64_C(0), .gaps = ~UINT64_C(0)};
	if (substrings_comb_covers(&state->comb, base)) {
		const uint64_t letters = substrings_comb_bits(&state->comb, base, false) & a.letters;
		const uint64_t gaps = substrings_comb_bits(&state->comb, base, true);
		substrings_comb_add(&state->comb, base, false, letters, out);
		substrings_comb_add(&state->comb, base, true, gaps, out);
		a.letters &= ~letters;
		a.gaps &= ~gaps;
	}
	a.count = ones_of(a.letters);
	a.letters_sum = a.letters;
	a.peak = a.letters != 0;
	uint64_t r = 1;
	const bool low = out->longest <= 2 * SUBSTRINGS_SURE; /* only in the first blocks */
	for (; r <= SUBSTRINGS_SURE; r++)
		substrings_round(&a, p, r, low, flip, isa);
	while (!substrings_few(&a, r) && r <= SUBSTRINGS_ROUNDS)
		for (const uint64_t end = r + SUBSTRINGS_STEP; r < end; r++)
			substrings_round(&a, p, r, true, flip, isa);
	out->count += a.count;
	out->checksum += a.letters_sum * substrings_weight(base / 64, false) +
			 a.gaps_sum * substrings_weight(base / 64, true);
	out->longest = a.peak > out->longest ? a.peak : out->longest;
	substrings_warm(&state->mirror, a.count);
	if (a.letters)
		substrings_survivors(in, state, base, false, a.letters, r - 1, out, flip, isa);
	if (a.gaps)
		substrings_survivors(in, state, base, true, a.gaps, r - 1, out, flip, isa);
}

/* Blocks s: a kernel_chunk_fn but for the variant's functions. Always inlined, so that they and the loop are
 * one. */
SUBSTRINGS_INLINE void substrings_scan(const struct substrings_input *in, struct span s,
	struct substrings_state *state, struct tally *out, unsigned char flip, struct substrings_isa isa)
{
	const enum prefetch how = in->prefetch;
	struct tally t = {.longest = out->longest};
	substrings_state_begin(state, s);
	for (uint64_t block = s.lo; block < s.hi; block++) {
		const uint64_t base = block * SUBSTRINGS_BLOCK;
		prefetch_line(how, in->text, base);
		if (base >= SUBSTRINGS_BLOCK && base + 2 * SUBSTRINGS_BLOCK < in->count) {
			if (state->mirror.heat >= SUBSTRINGS_HOT &&
				!substrings_comb_covers(&state->comb, base))
				isa.block(in, state, base, &t);
			else
				substrings_block(in, state, base, &t, flip, isa);
		} else
			substrings_slowly(in, state, base, &t, flip, isa);
	}
	tally_add(out, t);
}

/* Lists the centres of palindromes of in->peak letters: a kernel_emit_fn, likewise. */
SUBSTRINGS_INLINE void substrings_list(const struct substrings_input *in, struct span s,
	struct substrings_state *state, kernel_sink_fn *sink, void *ctx, unsigned char flip,
	struct substrings_isa isa)
{
	substrings_state_begin(state, s);
	for (uint64_t z = s.lo ? 2 * s.lo * SUBSTRINGS_BLOCK - 1 : 0;
		z + 1 < 2 * s.hi * SUBSTRINGS_BLOCK && z + 1 < 2 * in->count; z++)
		if ((!flip || z % 2) &&
			substrings_longest(z, substrings_pairs(in, state, z, 0, flip, isa)) >= in->peak &&
			sink(ctx, &z, 1) != 0)
			return;
}

/* Defines the record substrings_<id> of a variant from its functions `equal`, `mirrored` and `sums`. */
#define SUBSTRINGS_VARIANT(id, cpu_bits)                                                                     \
	__attribute__((noinline)) static uint64_t longer(                                                    \
		const struct substrings_input *in, struct substrings_state *state, uint64_t z, uint64_t n)   \
	{                                                                                                    \
		static const struct substrings_isa isa = {equal, mirrored, sums, NULL, NULL};                \
		return in->flip ? substrings_longer(in, state, z, n, SUBSTRINGS_FLIP, isa)                   \
				: substrings_longer(in, state, z, n, 0, isa);                                \
	}                                                                                                    \
	__attribute__((noinline)) static void block(const struct substrings_input *in,                       \
		struct substrings_state *state, uint64_t base, struct tally *out)                            \
	{                                                                                                    \
		static const struct substrings_isa isa = {equal, mirrored, sums, longer, NULL};              \
		if (in->flip)                                                                                \
			substrings_mirrored_block(in, state, base, out, SUBSTRINGS_FLIP, isa);               \
		else                                                                                         \
			substrings_mirrored_block(in, state, base, out, 0, isa);                             \
	}                                                                                                    \
	static const struct substrings_isa isa = {equal, mirrored, sums, longer, block};                     \
	static void chunk(const void *input, struct span s, void *scratch, struct tally *out)                \
	{                                                                                                    \
		const struct substrings_input *in = input;                                                   \
		if (in->flip)                                                                                \
			substrings_scan(in, s, scratch, out, SUBSTRINGS_FLIP, isa);                          \
		else                                                                                         \
			substrings_scan(in, s, scratch, out, 0, isa);                                        \
	}                                                                                                    \
	static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)   \
	{                                                                                                    \
		const struct substrings_input *in = input;                                                   \
		if (in->flip)                                                                                \
			substrings_list(in, s, scratch, sink, ctx, SUBSTRINGS_FLIP, isa);                    \
		else                                                                                         \
			substrings_list(in, s, scratch, sink, ctx, 0, isa);                                  \
	}                                                                                                    \
	static size_t scratch_bytes(const void *input)                                                       \
	{                                                                                                    \
		(void)input;                                                                                 \
		return sizeof(struct substrings_state);                                                      \
	}                                                                                                    \
	const struct variant substrings_##id = {                                                             \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = substrings_setup,                                                                   \
		.teardown = substrings_teardown,                                                             \
		.units = substrings_units,                                                                   \
		.grain = substrings_grain,                                                                   \
		.scratch_bytes = scratch_bytes,                                                              \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
	}

#endif
