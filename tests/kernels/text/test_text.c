/* SPDX-License-Identifier: MIT */
/* test_text.c - every variant of `text` against its reference, on texts that lie directly between pages that
 * may not be touched. */
#include "tests/kernels/text/text_cases.h"

#include "kernels/text/text_generate.h"
#include "kernels/text/text_scan.h"

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void *open_input(
	const struct variant *v, const unsigned char *text, uint64_t bytes, uint64_t min_length)
{
	return open_asked(v, text, bytes, (struct asked){.min_length = min_length});
}

static void check_all(const unsigned char *text, uint64_t bytes, uint64_t min_length, const char *what)
{
	check_asked(text, bytes, (struct asked){.min_length = min_length}, what);
}

static void check_guarded(
	struct guarded *g, const unsigned char *text, uint64_t bytes, uint64_t min_length, const char *what)
{
	check_between(g, text, bytes, (struct asked){.min_length = min_length}, what);
}

/* A byte that separates: the neighbours of the letters in ASCII, and letters with the top bit set, more often
 * than others. */
static unsigned char separator(void)
{
	static const unsigned char close[] = {' ', '@', '[', '`', '{', 0, '\n', 0xC1, 0xE1, 0xFF, 0x80, 0xDA,
		'0', '!', 'A' + 0x80, 'z' + 0x80};
	unsigned char c = (unsigned char)random_below(256);
	return random_below(4) || is_letter(c) ? close[random_below(sizeof close)] : c;
}

/* Words of 1 to `longest` letters until the text is full. */
static uint64_t make_text(unsigned char *text, uint64_t bytes, uint64_t longest)
{
	uint64_t at = 0;
	for (;;) {
		uint64_t n = 1 + random_below(longest);
		if (at + n + 1 > bytes)
			return at;
		at = put_word(text, at, n, 1 + random_below(3), random_below(2));
		if (at < bytes)
			text[at++] = separator();
		while (at < bytes && random_below(3) == 0)
			text[at++] = separator();
	}
}

static void test_random_words(void **state)
{
	static const uint64_t longest[] = {3, 8, 20, 40, 140, 300, 5000};
	struct guarded g = guarded_open(MOST);
	unsigned char *text = malloc(MOST);
	(void)state;
	for (unsigned i = 0; i < 420; i++) {
		uint64_t bytes = make_text(text, random_below(MOST), longest[i % 7]);
		check_guarded(&g, text, bytes, i % 3 ? 1 + i % 5 : 1 + random_below(200), "words");
	}
	free(text);
	guarded_close(&g);
}

/* Any bytes at all, of few values or of all. */
static void test_random_bytes(void **state)
{
	static const unsigned char few[] = "aaAb bA\xE1";
	struct guarded g = guarded_open(MOST);
	unsigned char *text = malloc(MOST);
	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		uint64_t bytes = random_below(i % 2 ? 300 : MOST);
		for (uint64_t j = 0; j < bytes; j++)
			text[j] = i % 4 < 2 ? few[random_below(2 + i / 4 % 7)]
					    : (unsigned char)random_below(256);
		check_guarded(&g, text, bytes, 1 + i % 3, "bytes");
	}
	free(text);
	guarded_close(&g);
}

/* Every single byte alone, doubled and between letters. */
static void test_every_byte(void **state)
{
	struct guarded g = guarded_open(TEXT_TILE);
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[8] = {
			'a', 'b', (unsigned char)c, 'b', 'a', (unsigned char)c, (unsigned char)c, 'x'};
		check_guarded(&g, text, 8, 1, "one byte");
		check_guarded(&g, text + 2, 1, 1, "one byte");
	}
	/* and every pair, between spaces */
	struct guarded pairs = guarded_open(3 * 65536);
	for (unsigned i = 0; i < 65536; i++)
		memcpy(pairs.begin + 3 * i,
			(unsigned char[3]){(unsigned char)(i >> 8), (unsigned char)i, ' '}, 3);
	check_all(pairs.begin, 3 * 65536, 1, "pairs of bytes");
	check_all(pairs.begin, 3 * 65536, 2, "pairs of bytes");
	guarded_close(&pairs);
	guarded_close(&g);
}

/* One word of lengths up to three blocks at each place in a block; then the same with a mismatch in each
 * pair. */
static void test_every_alignment(void **state)
{
	struct guarded g = guarded_open(TEXT_TILE);
	unsigned char text[TEXT_TILE];
	(void)state;
	for (uint64_t n = 1; n <= 200; n += n < 40 || (n > 60 && n < 132) ? 1 : 9)
		for (uint64_t place = 0; place < TEXT_BLOCK; place++) {
			uint64_t bytes = place + n + random_below(100),
				 pair = n > 1 ? random_below(n / 2) : 0;
			memset(text, ' ', (size_t)bytes);
			put_word(text, place, n, 26, true);
			memcpy(g.end - bytes, text, (size_t)bytes);
			check_all(g.end - bytes, bytes, 2, "one word");
			if (n > 1) {
				g.end[(ptrdiff_t)(place + pair) - (ptrdiff_t)bytes] =
					text[place + pair] == '-' ? 'x' : '-';
				check_all(g.end - bytes, bytes, 1, "one word, split");
				g.end[(ptrdiff_t)(place + pair) - (ptrdiff_t)bytes] =
					(text[place + pair] | 0x20) == 'q' ? 'p' : 'q';
				check_all(g.end - bytes, bytes, 1, "one word, spoilt");
			}
		}
	guarded_close(&g);
}

/* One word that fills the text, to the last byte or but for one; and long ones side by side. */
static void test_giant_words(void **state)
{
	struct guarded g = guarded_open(MOST);
	unsigned char *text = malloc(MOST);
	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		uint64_t bytes = 100 + random_below(MOST - 100);
		put_word(text, 0, bytes, i % 2 ? 1 : 26, i % 3 != 0);
		check_guarded(&g, text, bytes, 2, "giant word");
		if (i % 4 == 0)
			text[random_below(bytes)] = ' ';
		text[0] = text[bytes - 1] = '.';
		check_guarded(&g, text, bytes, 2, "giant word, spoilt");
	}
	memset(text, 'a', MOST);
	for (uint64_t bytes = 0; bytes < 400; bytes++)
		check_guarded(&g, text, bytes, 1, "all a");
	free(text);
	guarded_close(&g);
}

/* A text begins again after its period, and nothing is written behind its end. */
static void test_generated_again(void **state)
{
	enum { MORE = 100003 };
	unsigned char *text = malloc(TEXT_PERIOD + MORE + 1), *first = malloc(MORE);
	(void)state;
	assert_true(text && first);
	text[TEXT_PERIOD + MORE] = 7;
	text_generate(text, TEXT_PERIOD + MORE, 3);
	text_generate(first, MORE, 3);
	assert_memory_equal(text, first, MORE);
	assert_memory_equal(text + TEXT_PERIOD, first, MORE);
	assert_memory_not_equal(text + TEXT_PERIOD / 2, first, MORE);
	assert_int_equal(text[TEXT_PERIOD + MORE], 7);
	free(text);
	free(first);
}

static void test_generated(void **state)
{
	struct problem p;
	struct err e = {0};
	void *long_text = NULL, *short_text = NULL, *other = NULL;
	(void)state;
	problem_init(&p);
	p.bytes = 300000;
	assert_int_equal(text_scalar.setup(&p, &long_text, &e), 0);
	const struct text_input *in = long_text;
	check_all(in->text, in->bytes, 1, "generated");
	check_all(in->text, in->bytes, 2, "generated");
	p.bytes = 1001;
	assert_int_equal(text_reference.setup(&p, &short_text, &e), 0);
	assert_memory_equal(in->text, ((struct text_input *)short_text)->text, 1001);
	p.seed++;
	assert_int_equal(text_reference.setup(&p, &other, &e), 0);
	assert_memory_not_equal(in->text, ((struct text_input *)other)->text, 1001);
	uint64_t words = 0, letters = 0;
	for (uint64_t i = 0; i < in->bytes; i++) {
		letters += is_letter(in->text[i]);
		words += is_letter(in->text[i]) && (i == 0 || !is_letter(in->text[i - 1]));
	}
	assert_true(100 * letters / words >= 450 && 100 * letters / words <= 490);
	text_teardown(long_text);
	text_teardown(short_text);
	text_teardown(other);
}

static void test_record(void **state)
{
	static const unsigned char text[] = "Hannah, did Otto level a noon";
	static const char *const spelled[] = {"Hannah", "did", "Otto", "level", "noon"};
	const struct kernel *k = kernel_find("text", &(struct err){0});
	struct err e = {0};
	struct problem p;
	struct tally known;
	bool check_known = false;
	void *input = open_input(&text_scalar, text, sizeof text - 1, 2);
	struct outcome o = outcome_of(&text_scalar, input, 0);
	char buffer[64];
	(void)state;
	assert_int_equal(o.places.count, 5);
	for (size_t i = 0; i < 5; i++) {
		const char *word = NULL;
		size_t n = k->listing->spell(input, o.places.at[i], buffer, &word);
		assert_int_equal(n, strlen(spelled[i]));
		assert_memory_equal(word, spelled[i], n);
	}
	free(o.places.at);
	text_teardown(input);

	problem_init(&p);
	k->resize(&p, 1000);
	assert_int_equal(k->items(&p), 1000);
	assert_null(k->oracle(&p, &known, &check_known));
	p.min_length = 1001;
	assert_non_null(k->oracle(&p, &known, &check_known));
	assert_int_equal(text_scalar.setup(&p, &input, &e), 0);
	o = outcome_of(&text_scalar, input, 0);
	assert_int_equal(o.tally.count, known.count);
	text_teardown(input);
	p.bytes = 1000000001;
	assert_int_equal(text_reference.setup(&p, &input, &e), -1);
	assert_int_equal(e.status, ERR_ABSENT);
}

static void test_listing_stops(void **state)
{
	struct guarded g = guarded_open(MOST);
	(void)state;
	memset(g.begin, 'a', MOST);
	for (size_t i = 1; i < MOST; i += 2)
		g.begin[i] = ' ';
	for (const struct variant *const *v = variants_here(&kernel_text); *v; v++) {
		void *input = open_input(*v, g.begin, MOST, 1);
		const size_t bytes = ((*v)->scratch_bytes(input) + 4096) / 4096 * 4096;
		void *scratch = memset(aligned_alloc(4096, bytes), 0, bytes); /* as a worker's */
		struct places places = {.most = 1};
		(*v)->emit(input, (struct span){0, (*v)->units(input)}, scratch, places_take, &places);
		assert_true(places.count >= 1 && places.count < 1000);
		free(places.at);
		free(scratch);
		(*v)->teardown(input);
	}
	guarded_close(&g);
}

/* A word that fills one block of a tile, each of the first and of the last eight: searches look for such blocks by
 * fours, and for the last by itself. */
static void test_one_full_block(void **state)
{
	enum { BYTES = 3 * TEXT_TILE };
	unsigned char *text = malloc(BYTES);
	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		const unsigned block = i < 8 ? i : TEXT_BLOCKS - 16 + i;
		const uint64_t before = random_below(TEXT_BLOCK), after = random_below(TEXT_BLOCK);
		memset(text, ' ', BYTES);
		memset(text + TEXT_TILE + block * TEXT_BLOCK - before, 'a',
			(size_t)(before + TEXT_BLOCK + after));
		assert_int_equal(
			check_asked(text, BYTES, (struct asked){.min_length = 2}, "one full block"), 1);
	}
	free(text);
}

/* Prose with stretches where every word is a palindrome: searches that judge by what they see must change
 * over and back. */
static void test_mixed_density(void **state)
{
	enum { BYTES = 60 * TEXT_TILE };
	struct guarded g = guarded_open(BYTES);
	struct problem p;
	struct err e = {0};
	void *prose = NULL;
	(void)state;
	problem_init(&p);
	p.bytes = BYTES;
	assert_int_equal(text_scalar.setup(&p, &prose, &e), 0);
	for (unsigned i = 0; i < 12; i++) {
		memcpy(g.begin, ((struct text_input *)prose)->text, BYTES);
		for (uint64_t at = random_below(BYTES / 4); at < BYTES; at += random_below(25 * TEXT_TILE)) {
			/* palindromes of one length, or words of two letters, many of them palindromes */
			uint64_t bytes = random_below(6 * TEXT_TILE), length = 1 + random_below(9);
			const bool equal = random_below(2);
			for (uint64_t j = 0, left = 0; j < bytes && at < BYTES; j++, at++) {
				g.begin[at] = (unsigned char)(!left   ? ' '
							      : equal ? 'x'
								      : 'a' + random_below(2));
				left = left ? left - 1 : equal ? length : 1 + random_below(8);
			}
		}
		check_all(g.begin, BYTES, 1 + i % 3, "mixed");
	}
	text_teardown(prose);
	guarded_close(&g);
}

static int run(const char *hidden)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_words),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_every_alignment),
		cmocka_unit_test(test_giant_words),
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_generated_again),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_listing_stops),
		cmocka_unit_test(test_one_full_block),
		cmocka_unit_test(test_mixed_density),
	};
	const struct CMUnitTest lesser[] = {
		cmocka_unit_test(test_random_words),
		cmocka_unit_test(test_mixed_density),
	};
	return hidden ? cmocka_run_group_tests(lesser, NULL, NULL)
		      : cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return variants_without_extensions(run);
}
