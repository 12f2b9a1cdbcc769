/* SPDX-License-Identifier: MIT */
/*
 * test_substrings.c - every variant of `substrings` against its reference, and that against a look at every
 * pair of letters: random strings and those that are hard for a search from centres, any cut among any
 * workers, any alignment, poisoned margins between guard pages.
 */
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include "kernels/memory.h"
#include "kernels/substrings/substrings.h"
#include "kernels/substrings/substrings_generate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- strings --- */

enum kind { UNIFORM, EQUAL, PERIOD, MIRRORED, RUNS, NEARLY, NESTED, FIBONACCI, KINDS };

static void fill_uniform(unsigned char *to, uint64_t n, uint64_t letters)
{
	for (uint64_t i = 0; i < n; i++)
		to[i] = (unsigned char)random_below(letters);
}

/* A word, mirrored or not, again and again. */
static void fill_periodic(unsigned char *to, uint64_t n, uint64_t letters, unsigned char flip)
{
	unsigned char word[400];
	const uint64_t half = 1 + random_below(random_below(2) ? 8 : 200),
		       mirror = random_below(3) ? half : 0, period = half + mirror;
	fill_uniform(word, half, letters);
	for (uint64_t i = 0; i < mirror; i++)
		word[period - 1 - i] = word[i] ^ flip;
	for (uint64_t i = 0; i < n; i++)
		to[i] = word[i % period];
}

/* Mirrored within mirrored: w, a letter, w backwards ... */
static void fill_nested(unsigned char *to, uint64_t n, uint64_t letters, unsigned char flip)
{
	uint64_t have = 0;
	while (have < n) {
		for (uint64_t more = 1 + random_below(3); more && have < n; more--)
			to[have++] = (unsigned char)random_below(letters);
		for (uint64_t i = have; i-- && have < n;)
			to[have++] = to[i] ^ flip;
	}
}

static void fill(unsigned char *to, uint64_t n, enum kind kind, unsigned char flip)
{
	const uint64_t letters = flip ? 4 : 1 + random_below(4);
	const unsigned char letter = (unsigned char)random_below(256);
	switch (kind) {
	case UNIFORM:
		fill_uniform(to, n, flip ? 4 : random_below(2) ? letters : 256);
		break;
	case EQUAL:
		memset(to, flip ? letter % 4 : letter, (size_t)n);
		break;
	case MIRRORED:
		fill_uniform(to, n, letters);
		for (uint64_t i = 0; i < n / 2; i++)
			to[n - 1 - i] = to[i] ^ flip;
		break;
	case RUNS: /* one periodic stretch after the other */
		for (uint64_t at = 0; at < n;) {
			uint64_t part = 1 + random_below(700);
			part = part < n - at ? part : n - at;
			fill_periodic(to + at, part, letters, flip);
			at += part;
		}
		break;
	case NESTED:
		fill_nested(to, n, letters, flip);
		break;
	case FIBONACCI:
		substrings_generate(to, n, STRING_FIBONACCI, 2, false, 0);
		for (uint64_t i = 0; flip && i < n; i++)
			to[i] = to[i] == 'a' ? 0 : 3;
		break;
	default:
		fill_periodic(to, n, letters, flip);
		for (uint64_t wrong = kind == NEARLY && n ? 1 + random_below(3) : 0; wrong; wrong--)
			to[random_below(n)] ^= 1;
	}
}

/* --- answers --- */

struct answer {
	struct tally tally;
	struct places longest;
};

/* The state of a worker is kept between its chunks; chunks are dealt to the workers by turns. */
static struct answer answer_of(
	const struct variant *v, struct substrings_input *in, uint64_t cut, unsigned workers)
{
	struct answer a = {0};
	const uint64_t units = v->units(in);
	const size_t bytes = ((size_t)v->scratch_bytes(in) + 4096) / 4096 * 4096;
	unsigned char *scratch = aligned_alloc(4096, workers * bytes);
	assert_non_null(scratch);
	memset(scratch, 0, workers * bytes);
	unsigned worker = 0;
	cut = cut ? cut : units + 1;
	for (uint64_t lo = 0; lo < units; lo += cut, worker = (worker + 1) % workers) {
		struct tally part = {0};
		v->chunk(in, (struct span){lo, units - lo < cut ? units : lo + cut}, scratch + worker * bytes,
			&part);
		tally_add(&a.tally, part);
	}
	in->peak = a.tally.longest ? a.tally.longest : 1;
	for (uint64_t lo = 0; lo < units; lo += cut, worker = (worker + 1) % workers)
		v->emit(in, (struct span){lo, units - lo < cut ? units : lo + cut}, scratch + worker * bytes,
			places_take, &a.longest);
	free(scratch);
	return a;
}

/* Pair by pair. */
static struct answer answer_by_looking(const struct substrings_input *in)
{
	struct answer a = {0};
	uint64_t best = 0;
	for (uint64_t first = 0; first < in->count; first++)
		for (uint64_t last = first; last < in->count; last++) {
			uint64_t l = first, r = last;
			if (in->flip && (last - first) % 2 == 0)
				continue;
			while (l < r && (in->text[l] ^ in->flip) == in->text[r])
				l++, r--;
			if (l < r)
				continue;
			const uint64_t z = first + last, i = (z + 1) / 2, length = last - first + 1;
			a.tally.count++;
			a.tally.checksum += (UINT64_C(1) << i % 64) * (2 * (i / 64) + 1) * (z % 2 ? 3 : 1);
			a.tally.longest = length > a.tally.longest ? length : a.tally.longest;
			if (length > best) {
				best = length;
				a.longest.count = 0;
			}
			if (length == best)
				places_take(&a.longest, &z, 1);
		}
	return a;
}

static void assert_same_answer(
	const struct answer *e, const struct answer *f, const char *variant, const char *what)
{
	if (e->tally.count != f->tally.count || e->tally.checksum != f->tally.checksum ||
		e->tally.longest != f->tally.longest)
		fail_msg("%s, %s: count %llu check %llu peak %llu, not %llu %llu %llu", variant, what,
			(unsigned long long)f->tally.count, (unsigned long long)f->tally.checksum,
			(unsigned long long)f->tally.longest, (unsigned long long)e->tally.count,
			(unsigned long long)e->tally.checksum, (unsigned long long)e->tally.longest);
	if (e->longest.count != f->longest.count ||
		(e->longest.count &&
			memcmp(e->longest.at, f->longest.at, e->longest.count * sizeof *e->longest.at)))
		fail_msg("%s, %s: another list of the longest: %zu, not %zu", variant, what, f->longest.count,
			e->longest.count);
}

static void check_variants(struct substrings_input *in, uint64_t cut, unsigned workers, const char *what)
{
	struct answer expected = answer_of(&substrings_reference, in, 0, 1);
	for (const struct variant *const *v = variants_here(&kernel_substrings); *v; v++) {
		if (*v == &substrings_reference)
			continue;
		struct answer found = answer_of(*v, in, cut, workers);
		assert_same_answer(&expected, &found, (*v)->name, what);
		free(found.longest.at);
	}
	free(expected.longest.at);
}

/* --- tests --- */

static void test_reference(void **state)
{
	(void)state;
	for (unsigned trial = 0; trial < 600; trial++) {
		unsigned char text[200];
		struct substrings_input in = {.text = text,
			.shown = text,
			.count = random_below(sizeof text),
			.flip = trial % 2 ? SUBSTRINGS_FLIP : 0};
		fill(text, in.count, (enum kind)(trial / 2 % KINDS), in.flip);
		struct answer expected = answer_by_looking(&in),
			      found = answer_of(&substrings_reference, &in, random_below(4), 1);
		assert_same_answer(&expected, &found, "reference", "pair by pair");
		free(expected.longest.at);
		free(found.longest.at);
	}
}

/* Strings that end, or begin, with their margin at a guard page, at every alignment. What stands in the
 * margins would make many palindromes longer. */
static void test_strings(void **state)
{
	const bool thorough = getenv("PARSCALE_LONG") != NULL;
	enum { LONGEST = 3000 };
	struct guarded g = guarded_open(LONGEST + 2 * MEMORY_MARGIN + 64);
	(void)state;
	for (unsigned trial = 0; trial < (thorough ? 300000u : 8000u); trial++) {
		const uint64_t n = trial < 600 ? trial / 2 : random_below(LONGEST);
		const unsigned char flip = trial % 2 ? SUBSTRINGS_FLIP : 0;
		const enum kind kind = (enum kind)random_below(KINDS);
		unsigned char *text = trial % 3 ? g.end - MEMORY_MARGIN - n - trial % 64
						: g.begin + MEMORY_MARGIN + trial % 64;
		struct substrings_input in = {.text = text, .shown = text, .count = n, .flip = flip};
		char what[100];
		memset(g.begin, (int)random_below(256), (size_t)(g.end - g.begin));
		fill(text, n, kind, flip);
		for (uint64_t i = 0; n && i < MEMORY_MARGIN; i++) {
			text[n + i] = trial % 5 ? text[(n + i) % n] : text[n - 1 - i % n] ^ flip;
			text[-1 - (int64_t)i] = trial % 5 ? text[n - 1 - i % n] : text[i % n] ^ flip;
		}
		const uint64_t cut = random_below(6);
		const unsigned workers = 1 + (unsigned)random_below(3);
		snprintf(what, sizeof what, "trial %u, kind %d, %llu letters, flip %d, cut %llu, %u workers",
			trial, (int)kind, (unsigned long long)n, flip, (unsigned long long)cut, workers);
		check_variants(&in, cut, workers, what);
	}
	guarded_close(&g);
}

static struct substrings_input *open_string(
	const struct variant *v, const char *string, const char *alphabet, uint64_t bytes, uint64_t letters)
{
	static const char *const strings[] = {"random", "english", "equal", "pairs", "fibonacci", "periodic"};
	struct problem p;
	struct err e = {0};
	void *input = NULL;
	problem_init(&p);
	p.bytes = bytes;
	p.letters = letters;
	p.seed = draw_seed();
	while (strcmp(strings[p.string], string) != 0)
		p.string++;
	p.alphabet = strcmp(alphabet, "dna") == 0 ? 2 : 0;
	if (v->setup(&p, &input, &e) != 0)
		fail_msg("%s", e.text);
	return input;
}

/* --- another algorithm: the palindromic tree --- */

/* All different palindromes of a string (Rubinchik and Shur, "EERTREE", 2015): node 0 is the one of -1
 * letters, node 1 the empty one; `suffix` is the longest other palindrome that one ends with, `ends` how many
 * end where it does. */
enum { TREE_LETTERS = 26 };
struct node {
	int64_t length, suffix, ends, next[TREE_LETTERS];
};

static int64_t suffix_before(const struct node *tree, int64_t at, const unsigned char *text, int64_t i)
{
	while (i - tree[at].length < 1 || text[i - tree[at].length - 1] != text[i])
		at = tree[at].suffix;
	return at;
}

/* The tally but for its check; *different: how many palindromes, each counted once. */
static struct tally answer_of_tree(const unsigned char *text, uint64_t n, uint64_t *different)
{
	struct node *tree = calloc((size_t)n + 2, sizeof *tree);
	struct tally t = {0};
	int64_t nodes = 2, last = 1;
	assert_non_null(tree);
	tree[0].length = -1;
	for (uint64_t i = 0; i < n; i++) {
		const unsigned letter = text[i] - 'a';
		const int64_t within = suffix_before(tree, last, text, (int64_t)i);
		if (!tree[within].next[letter]) {
			struct node new = {.length = tree[within].length + 2, .suffix = 1};
			if (within)
				new.suffix = tree[suffix_before(tree, tree[within].suffix, text, (int64_t)i)]
						     .next[letter];
			new.ends = tree[new.suffix].ends + 1;
			tree[nodes] = new;
			tree[within].next[letter] = nodes++;
		}
		last = tree[within].next[letter];
		t.count += (uint64_t)tree[last].ends;
		t.longest = (uint64_t)tree[last].length > t.longest ? (uint64_t)tree[last].length : t.longest;
	}
	free(tree);
	*different = (uint64_t)nodes - 2;
	return t;
}

static void check_tree(
	const char *string, uint64_t bytes, uint64_t letters, uint64_t *different, uint64_t *longest)
{
	struct substrings_input *in = open_string(&substrings_scalar, string, "bytes", bytes, letters);
	const struct tally expected = answer_of_tree(in->text, in->count, different);
	*longest = expected.longest;
	for (const struct variant *const *v = variants_here(&kernel_substrings); *v; v++) {
		struct answer a = answer_of(*v, in, 100, 2);
		if (a.tally.count != expected.count || a.tally.longest != expected.longest)
			fail_msg("%s, %s of %llu bytes: count %llu peak %llu, not %llu %llu", (*v)->name,
				string, (unsigned long long)bytes, (unsigned long long)a.tally.count,
				(unsigned long long)a.tally.longest, (unsigned long long)expected.count,
				(unsigned long long)expected.longest);
		free(a.longest.at);
	}
	substrings_teardown(in);
}

static void test_tree(void **state)
{
	static const char *const strings[] = {"random", "equal", "pairs", "fibonacci", "periodic"};
	uint64_t different, longest;
	(void)state;
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		for (uint64_t letters = 1; letters <= 26; letters += 5)
			check_tree(strings[i], 1 + 30011 * i, letters, &different, &longest);
	/* Fibonacci words without their last two letters are palindromes (de Luca 1981), so that these, of
	 * F(k) - 2 letters, are the longest of themselves; and every prefix ends with a palindrome that is
	 * new (Droubay, Justin, Pirillo 2001), so that there are as many different ones as letters. */
	for (uint64_t f = 8, before = 5; f < 100000; f += before, before = f - before) {
		check_tree("fibonacci", f - 2, 2, &different, &longest);
		assert_int_equal(longest, f - 2);
		assert_int_equal(different, f - 2);
		check_tree("fibonacci", f - 1, 2, &different, &longest);
		assert_true(longest < f - 1);
		assert_int_equal(different, f - 1);
	}
}

/* Long enough that a search that is not linear does not end; and closed forms. */
static void test_worst_cases(void **state)
{
	static const char *const strings[] = {"equal", "pairs", "fibonacci", "periodic", "random", "english"};
	(void)state;
	for (size_t i = 0; i < 6; i++)
		for (unsigned dna = 0; dna < (i < 5 ? 2 : 1); dna++) {
			struct substrings_input *in = open_string(
				&substrings_scalar, strings[i], dna ? "dna" : "bytes", 3000017, 2);
			check_variants(in, 0, 1, strings[i]);
			check_variants(in, 512, 2, strings[i]);
			substrings_teardown(in);
		}
}

/* Periods of all sizes over each other: the ruler sequence, with mirror images at every power of two. */
static void test_ruler(void **state)
{
	enum { N = 1 << 21 };
	unsigned char *text = memory_alloc(N, 1, "a ruler", &(struct err){0});
	(void)state;
	assert_non_null(text);
	for (unsigned most = 2; most <= 32; most *= 2) {
		for (uint64_t i = 0; i < N; i++) {
			const unsigned zeros = (unsigned)__builtin_ctzll(i + 1);
			text[i] = (unsigned char)(zeros < most ? zeros : most);
		}
		struct substrings_input in = {.text = text, .shown = text, .count = N};
		check_variants(&in, 100, 2, "ruler");
	}
	memory_free(text);
}

static void test_oracle(void **state)
{
	const struct kernel *k = kernel_find("substrings", &(struct err){0});
	(void)state;
	for (uint64_t bytes = 1; bytes < 200; bytes++)
		for (uint64_t string = STRING_EQUAL; string <= STRING_PAIRS; string++)
			for (uint64_t alphabet = 0; alphabet <= 2; alphabet += 2) {
				struct problem p;
				struct tally known = {0};
				bool check_known = true;
				void *input = NULL;
				problem_init(&p);
				p.bytes = bytes;
				p.string = string;
				p.alphabet = alphabet;
				assert_non_null(k->oracle(&p, &known, &check_known));
				assert_false(check_known);
				assert_int_equal(substrings_reference.setup(&p, &input, &(struct err){0}), 0);
				struct answer found = answer_by_looking(input);
				assert_int_equal(found.tally.count, known.count);
				assert_int_equal(found.tally.longest, known.longest);
				free(found.longest.at);
				substrings_teardown(input);
			}
}

/* What counts of a file under each alphabet, and what is listed. */
static void test_from_a_file(void **state)
{
	static const struct {
		const char *text;
		uint64_t alphabet;
		const char *counts;
		uint64_t longest;
		const char *first;
	} files[] = {
		{"A man, a plan\n", 0, "A man, a plan\n", 3, " a "},
		{"Was it a car\nOr a cat I saw?", 1, "wasitacaroracatisaw", 19, "wasitacaroracatisaw"},
		{">chr1 GAATTC\nggaa\nUUCC\n>chr2\nNNN\n", 2, "ggaaUUCC\nNNN", 8, "ggaaUUCC"},
		{"AT>CG\n", 2, "AT>CG", 2, "AT"},
		{"acca", 2, "acca", 0, NULL},
		{">a\nGA\n>b\nTC\n", 2, "GA\nTC", 0, NULL},
		{";GAATTC\nAAA\n", 2, "AAA", 0, NULL},
		{">x\rGAATTC\r", 2, "GAATTC", 6, "GAATTC"},
		{"\xEF\xBB\xBF>x\r\nGAA\r\nTTC\r\n", 2, "GAATTC", 6, "GAATTC"},
		{"1 GAA 6 TTC\n;AT\n7 GA-TCN\n", 2, "GAATTCGA-TCN", 6, "GAATTC"},
		{"123\n", 1, "", 0, NULL},
	};
	const struct kernel *k = kernel_find("substrings", &(struct err){0});
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct problem p;
		void *input = NULL;
		problem_init(&p);
		p.text = (const unsigned char *)files[i].text;
		p.text_bytes = strlen(files[i].text);
		p.alphabet = files[i].alphabet;
		p.listing = true;
		uint64_t letters = 0;
		for (const char *c = files[i].counts; *c; c++)
			letters += p.alphabet != 2 || *c != FASTA_BETWEEN;
		assert_int_equal(k->items(&p), letters);
		assert_int_equal(substrings_scalar.setup(&p, &input, &(struct err){0}), 0);
		struct substrings_input *in = input;
		assert_int_equal(in->count, strlen(files[i].counts));
		assert_memory_equal(in->shown, files[i].counts, strlen(files[i].counts));
		struct answer a = answer_of(&substrings_scalar, in, 0, 1), looked = answer_by_looking(in);
		assert_same_answer(&looked, &a, "scalar", files[i].text);
		assert_int_equal(a.tally.longest, files[i].longest);
		if (files[i].first) {
			const char *text;
			char buffer[64];
			assert_int_equal(
				k->listing->spell(in, a.longest.at[0], buffer, &text), files[i].longest);
			assert_memory_equal(text, files[i].first, strlen(files[i].first));
		} else {
			assert_int_equal(a.longest.count, 0);
		}
		free(a.longest.at);
		free(looked.longest.at);
		substrings_teardown(input);
	}
}

/* FASTA that makes no sense, and what is said of it. */
static void test_no_sequence(void **state)
{
	static const char *const files[][2] = {{">a\nAC\n>b c\n\n>d\nGT\n", "record 2 ('b') has no letters"},
		{">a\nAC\n>b", "record 2 ('b') has no letters"},
		{">\n>b\nAC\n", "record 1 ('') has no letters"},
		{";AC\n\n12\n", "has no letters of a sequence"}, {"@r\nAC\n+\nII\n", "FASTQ"}};
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct problem p;
		struct err e = {0};
		void *input = NULL;
		problem_init(&p);
		p.text = (const unsigned char *)files[i][0];
		p.text_bytes = strlen(files[i][0]);
		p.alphabet = 2;
		assert_int_equal(substrings_scalar.setup(&p, &input, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_non_null(strstr(e.text, files[i][1]));
	}
}

static void test_refused(void **state)
{
	const struct kernel *k = kernel_find("substrings", &(struct err){0});
	struct problem p;
	struct err e = {0};
	void *input = NULL;
	(void)state;
	problem_init(&p);
	p.string = STRING_ENGLISH;
	p.alphabet = 2;
	assert_int_equal(k->validate(&p, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
	e = (struct err){0};
	problem_init(&p);
	p.bytes = 100000001;
	assert_int_equal(substrings_reference.setup(&p, &input, &e), -1);
	assert_int_equal(e.status, ERR_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_worst_cases),
		cmocka_unit_test(test_ruler),
		cmocka_unit_test(test_oracle),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_from_a_file),
		cmocka_unit_test(test_no_sequence),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
