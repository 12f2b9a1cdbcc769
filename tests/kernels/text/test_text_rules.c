/* SPDX-License-Identifier: MIT */
/* test_text_rules.c - `text` under every rule of what a word is: sets of characters, cases, UTF-8; and
 * giants, which units share. */
#include "tests/kernels/text/text_cases.h"

#include "kernels/text/unicode.h"

#include <ctype.h>

/* Random texts are many times as many with PARSCALE_LONG. */
static unsigned long times(unsigned long n)
{
	return getenv("PARSCALE_LONG") ? 20 * n : n;
}

static const struct asked rules[] = {
	{2, "letters", TEXT_FOLD_AUTO, TEXT_ASCII},
	{1, "letters", TEXT_FOLD_NO, TEXT_ASCII},
	{2, "alnum", TEXT_FOLD_YES, TEXT_ASCII},
	{1, "alnum", TEXT_FOLD_NO, TEXT_ASCII},
	{2, "nonspace", TEXT_FOLD_AUTO, TEXT_ASCII},
	{3, "nonspace", TEXT_FOLD_YES, TEXT_ASCII},
	{2, "acA-Z'0-", TEXT_FOLD_NO, TEXT_ASCII},
	{1, "a-e'7 ", TEXT_FOLD_AUTO, TEXT_ASCII},
	{2, "letters", TEXT_FOLD_AUTO, TEXT_UTF8},
	{1, "letters", TEXT_FOLD_NO, TEXT_UTF8},
	{3, "alnum", TEXT_FOLD_YES, TEXT_UTF8},
	{1, "nonspace", TEXT_FOLD_AUTO, TEXT_UTF8},
	{2, "a\xC3\xA9\xD0\xB0-\xD1\x8F'", TEXT_FOLD_YES, TEXT_UTF8},
	{2, "K\xC3\xA9\xC3\x89", TEXT_FOLD_NO, TEXT_UTF8},
};
enum { RULES = sizeof rules / sizeof *rules };

static struct text_rules rules_of(struct asked asked)
{
	struct text_rules r;
	struct problem p;
	struct err e = {0};
	problem_init(&p);
	p.fold_case = asked.fold_case;
	p.encoding = asked.encoding;
	snprintf(p.word_chars, sizeof p.word_chars, "%s", asked.word_chars);
	if (text_rules_make(&r, &p, &e) != 0)
		fail_msg("%s", e.text);
	return r;
}

/* Which ASCII bytes are in a set, and which of them are equal, as the C library sees it. */
static void test_tables(void **state)
{
	static const struct {
		const char *set;
		int (*has)(int);
		unsigned fold_case;
	} cases[] = {{"letters", isalpha, TEXT_FOLD_YES}, {"letters", isalpha, TEXT_FOLD_NO},
		{"alnum", isalnum, TEXT_FOLD_YES}, {"alnum", isalnum, TEXT_FOLD_NO},
		{"!-~", isgraph, TEXT_FOLD_YES}, {"!-~", isgraph, TEXT_FOLD_NO}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (unsigned encoding = TEXT_ASCII; encoding <= TEXT_UTF8; encoding++) {
			const bool fold = cases[i].fold_case == TEXT_FOLD_YES;
			const struct text_rules r =
				rules_of((struct asked){2, cases[i].set, cases[i].fold_case, encoding});
			for (int c = 0; c < 256; c++) {
				const bool has = c < 128 && cases[i].has(c);
				assert_int_equal(r.symbol[c] != 0, has);
				for (int d = 0; d < 128 && has; d++)
					if (cases[i].has(d))
						assert_int_equal(r.symbol[c] == r.symbol[d],
							fold ? tolower(c) == tolower(d) : c == d);
			}
		}
	const struct text_rules r = rules_of((struct asked){2, "nonspace", TEXT_FOLD_AUTO, TEXT_ASCII});
	for (int c = 0; c < 256; c++)
		assert_int_equal(r.symbol[c] != 0, c < 128 && !isspace(c));
	assert_int_not_equal(r.symbol['a'], r.symbol['A']);
}

static void test_lists(void **state)
{
	static const struct {
		const char *list;
		const char *in, *out;
		unsigned fold_case, encoding;
	} cases[] = {
		{"a-c", "abcABC", "dD-`", TEXT_FOLD_AUTO, TEXT_ASCII},
		{"a-c", "abc", "dABC-", TEXT_FOLD_NO, TEXT_ASCII},
		{"A-C", "abcABC", "d", TEXT_FOLD_YES, TEXT_ASCII},
		{"-ab", "-ab", "c", TEXT_FOLD_NO, TEXT_ASCII},
		{"ab-", "-ab", "c", TEXT_FOLD_NO, TEXT_ASCII},
		{"+--", "+,-", ".*", TEXT_FOLD_NO, TEXT_ASCII},
	};
	static const char *const wrong[] = {
		"", "lettres", "alphanum", "aba", "a-cb", "z-a", "\xC3\xA9", "\xFF"};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct text_rules r =
			rules_of((struct asked){2, cases[i].list, cases[i].fold_case, cases[i].encoding});
		for (const char *c = cases[i].in; *c; c++)
			assert_true(r.symbol[(unsigned char)*c]);
		for (const char *c = cases[i].out; *c; c++)
			assert_false(r.symbol[(unsigned char)*c]);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct problem p;
		struct text_rules r;
		struct err e = {0};
		problem_init(&p);
		snprintf(p.word_chars, sizeof p.word_chars, "%s", wrong[i]);
		if (text_rules_make(&r, &p, &e) == 0)
			fail_msg("'%s' is taken", wrong[i]);
		assert_int_equal(e.status, ERR_USAGE);
	}
	/* K folds to k, and so does the Kelvin sign, but only in UTF-8 */
	const struct text_rules r = rules_of((struct asked){2, "K", TEXT_FOLD_YES, TEXT_UTF8});
	assert_true(text_rules_has(&r, 'k') && text_rules_has(&r, 0x212A) && !text_rules_has(&r, 'l'));
	assert_int_equal(text_rules_fold(&r, 0x212A), text_rules_fold(&r, 'K'));
}

/* Every code point there and back; every sequence of up to three bytes, and many of four, means what it
 * should. */
static void test_utf8(void **state)
{
	unsigned char bytes[4];
	uint32_t c;
	unsigned long good = 0;
	(void)state;
	for (uint32_t code = 0; code <= 0x10FFFF; code++) {
		const unsigned length = unicode_encode(code, bytes);
		const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
		assert_int_equal(unicode_decode(bytes, length, &c), surrogate ? 0 : length);
		assert_true(surrogate || c == code);
		assert_int_equal(unicode_decode_before(bytes + length, length, &c), surrogate ? 0 : length);
		assert_true(surrogate || c == code);
		if (length > 1)
			assert_int_equal(unicode_decode(bytes, length - 1, &c), 0);
	}
	for (uint32_t i = 0; i < 1u << 24; i++) {
		const unsigned char three[3] = {
			(unsigned char)(i >> 16), (unsigned char)(i >> 8), (unsigned char)i};
		good += unicode_decode(three, 3, &c) == 3;
	}
	assert_int_equal(good, 0x10000 - 0x800 - 0x800); /* as many as there are such code points */
	static const unsigned char bad[][4] = {{0xF0, 0x8F, 0xBF, 0xBF}, {0xF4, 0x90, 0x80, 0x80},
		{0xF5, 0x80, 0x80, 0x80}, {0xF0, 0x90, 0x80, 0x7F}, {0xF0, 0x90, 0xC0, 0x80}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(unicode_decode(bad[i], 4, &c), 0);
}

/* Pieces that texts are made of: characters of all lengths, marks, and what is no character. */
static const char *const pieces[] = {"a", "b", "A", "B", "e", "E", "k", "K", "0", "7", "'", "-", " ", " ",
	"\n", "\t", "_", "\xC3\xA9", "\xC3\x89", "\xC3\xB6", "\xC3\x96", "\xC3\x9F", "\xE1\xBA\x9E",
	"\xCC\x81", "\xCC\x88", "\xD0\xB0", "\xD0\x90", "\xD1\x8F", "\xCF\x83", "\xCF\x82", "\xE2\x84\xAA",
	"\xC5\xBF", "\xE6\x97\xA5", "\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", "\xE2\x80\x9C", "\xC2\xA0",
	"\xD9\xA3", "\xE2\x80\x83", "\x80", "\xC3", "\xE2\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
	"\xC0\xAF", "\xFF", "\x01", "\x7F"};
enum { PIECES = sizeof pieces / sizeof *pieces };

/* What is rolled: a NUL where it is 0. */
static uint64_t put_piece(unsigned char *to, uint64_t which)
{
	const char *piece = which < PIECES ? pieces[which] : "";
	if (which >= PIECES) {
		*to = 0;
		return 1;
	}
	memcpy(to, piece, strlen(piece));
	return strlen(piece);
}

/* Words that are mirrored piece by piece, or all but for one piece, and separators; some of the pieces of a
 * word may be none of its set. `few`: of how many pieces. */
static uint64_t make_text(unsigned char *text, uint64_t bytes, uint64_t few, uint64_t longest)
{
	uint64_t at = 0, which[600], own[PIECES];
	for (uint64_t i = 0; i < few; i++)
		own[i] = random_below(PIECES + 1);
	for (;;) {
		const uint64_t n = 1 + random_below(longest);
		if (at + 4 * n + 4 > bytes)
			return at;
		for (uint64_t i = 0; i < (n + 1) / 2; i++)
			which[i] = which[n - 1 - i] = own[random_below(few)];
		if (random_below(2))
			which[random_below(n)] = random_below(PIECES);
		for (uint64_t i = 0; i < n; i++)
			at += put_piece(text + at, which[i]);
		at += put_piece(text + at, random_below(3) ? 12 : random_below(PIECES));
	}
}

static void test_random(void **state)
{
	struct guarded g = guarded_open(MOST);
	unsigned char *text = malloc(MOST);
	uint64_t found = 0;
	(void)state;
	for (unsigned long i = 0; i < times(12000); i++) {
		const uint64_t bytes = make_text(text, 8 + random_below(i % 16 ? 120 : 700),
			1 + random_below(6), 3 + random_below(25));
		memset(g.end - bytes - 64, random_below(2) ? 'a' : 0xA9,
			64); /* what lies before must not join it */
		memcpy(g.end - bytes, text, (size_t)bytes);
		found += check_asked(g.end - bytes, bytes, rules[i % RULES], "random");
	}
	assert_true(found > times(12000));
	for (unsigned long i = 0; i < times(120); i++) {
		const uint64_t bytes =
			make_text(text, 8 + random_below(MOST - 8), 1 + random_below(9), i % 4 ? 30 : 590);
		check_between(&g, text, bytes, rules[i % RULES], "random, long");
	}
	free(text);
	guarded_close(&g);
}

/* A few letters beyond ASCII in a text without: searches of ASCII alone must give way, and only where they
 * are. */
static void test_sparse(void **state)
{
	struct guarded g = guarded_open(MOST);
	(void)state;
	for (unsigned long i = 0; i < times(60); i++) {
		const uint64_t longest = 2 + random_below(i % 8 ? 12 : 300);
		for (uint64_t at = 0; at < MOST;) {
			const uint64_t n = 1 + random_below(longest);
			if (at + n >= MOST)
				break;
			at = put_word(g.begin, at, n, 3, random_below(2));
			g.begin[at++] = ' ';
			g.begin[MOST - 1] = ' ';
		}
		for (uint64_t n = random_below(40); n; n--)
			put_piece(g.begin + random_below(MOST - 4), random_below(PIECES));
		check_asked(g.begin, MOST, rules[i % RULES], "sparse");
	}
	guarded_close(&g);
}

/* One word beyond ASCII at each place about the edges of blocks and tiles, of lengths up to three blocks;
 * then rejected. */
static void test_every_place(void **state)
{
	static const unsigned picks[] = {0, 17, 17, 19, 21, 25, 31, 33, 4, 17};
	enum { BYTES = TEXT_TILE + 256 };
	struct guarded g = guarded_open(BYTES);
	(void)state;
	for (unsigned n = 1; n <= 40; n += n < 3 ? 1 : 9)
		for (unsigned place = TEXT_TILE - 150; place < TEXT_TILE + 70; place++) {
			unsigned which[50];
			uint64_t at = place;
			memset(g.begin, '.', BYTES);
			for (unsigned i = 0; i < (n + 1) / 2; i++)
				which[i] = which[n - 1 - i] = picks[random_below(10)];
			for (unsigned i = 0; i < n; i++)
				at += put_piece(g.begin + at, which[i]);
			assert_int_equal(check_asked(g.begin, BYTES,
						 (struct asked){1, "letters", 0, TEXT_UTF8}, "one word"),
				1);
			if (n > 1) {
				put_piece(g.begin + place, 3);
				check_asked(g.begin, BYTES, (struct asked){1, "letters", 0, TEXT_UTF8},
					"one word, spoilt");
			}
		}
	guarded_close(&g);
}

/* Words so long that units share them: whole, rejected in one pair, side by side with short ones, touching the
 * edges. */
static void test_giants(void **state)
{
	enum { BYTES = 50 * TEXT_TILE };
	struct guarded g = guarded_open(BYTES);
	uint64_t found = 0;
	(void)state;
	for (unsigned i = 0; i < times(16); i++) {
		const uint64_t giants = 1 + random_below(3);
		const size_t bytes = BYTES / 2 + (size_t)random_below(BYTES / 2);
		unsigned char *const text = g.end - bytes;
		uint64_t at = random_below(2) ? 0 : random_below(300);
		memset(text, ' ', bytes);
		for (uint64_t k = 0; k < giants; k++) {
			const uint64_t rest = (bytes - at) / (giants - k),
				       n = random_below(3) ? rest - random_below(200) : rest;
			put_word(text, at, n, 26, random_below(2));
			if (i % 8 == 7)
				memcpy(text + at + random_below(n - 2), "\xC3\xA9", 2);
			at += n;
			if (at < bytes)
				text[at++] = '.';
			if (at + 20 < bytes)
				at = put_word(text, at, 1 + random_below(9), 2, true) + 1;
			if (at + 20 < bytes)
				text[at - 1] = ' ';
		}
		found += check_asked(text, bytes, rules[i % RULES], "giants");
		found += check_asked(text, bytes, (struct asked){2, NULL, 0, 0}, "giants, plain");
		check_asked(text, bytes, (struct asked){200000, NULL, 0, 0}, "giants, plain, above 200000");
	}
	memset(g.begin, 'a', BYTES);
	assert_int_equal(check_asked(g.begin, BYTES, (struct asked){2, NULL, 0, 0}, "all a"), 1);
	for (unsigned i = 0; i < 16; i++) { /* every pair's unit notices */
		g.begin[i * (BYTES / 16) + 5] = 'b';
		assert_int_equal(
			check_asked(g.begin, BYTES, (struct asked){2, NULL, 0, 0}, "all a but one"), 0);
		g.begin[i * (BYTES / 16) + 5] = 'a';
	}
	assert_true(found > 30);
	guarded_close(&g);
}

/* One-letter words are what a count from one letter on has more. */
static void test_aside(void **state)
{
	static const unsigned char text[] = "a \xC3\xA9 bb c. anna \xC3\xA9\xCC\x81 ab d\xC3\xA9"
					    "d";
	const struct kernel *k = kernel_find("text", &(struct err){0});
	struct problem p;
	(void)state;
	problem_init(&p);
	k->excluded->count(&p, true);
	const uint64_t with = check_asked(
		text, sizeof text - 1, (struct asked){p.min_length, "letters", 0, TEXT_UTF8}, "aside");
	k->excluded->count(&p, false);
	const uint64_t without = check_asked(
		text, sizeof text - 1, (struct asked){p.min_length, "letters", 0, TEXT_UTF8}, "aside");
	assert_int_equal(with - without, 4);
	assert_int_equal(without, 3);
}

static int run(const char *hidden)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_every_place),
		cmocka_unit_test(test_giants),
		cmocka_unit_test(test_aside),
	};
	const struct CMUnitTest lesser[] = {
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_giants),
	};
	return hidden ? cmocka_run_group_tests(lesser, NULL, NULL)
		      : cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return variants_without_extensions(run);
}
