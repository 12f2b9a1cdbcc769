/* SPDX-License-Identifier: MIT */
/*
 * test_inverted.c - inverted repeats as their definition has them, letter by letter, against every variant:
 * records, letters that are no bases, arms and gaps of any length; what is listed, and where. (Cuts and guard
 * pages: test_variants.c.)
 */
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include "kernels/memory.h"
#include "kernels/substrings/inverted.h"
#include "kernels/substrings/substrings_generate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool pair(char a, char b)
{
	static const char partners[] = "ATaTAtatCGcGCgcgTAtATataGCgCGcgcAUaUAuauUAuAUaua";
	for (const char *p = partners; *p; p += 2)
		if (p[0] == a && p[1] == b)
			return true;
	return false;
}

/* From every letter of every record, over every gap, outwards; in the order of items. Items count the places between
 * records, gap + 1 of them for a line break. */
static struct places by_letters(const char *letters, uint64_t arm, uint64_t gap)
{
	struct places found = {0};
	uint64_t before = 0; /* places between records */
	for (int64_t last = 0; letters[last]; last++) {
		if (letters[last] == '\n')
			before += gap;
		for (uint64_t g = 0; g <= gap; g++) {
			int64_t l = last, r = last;
			while ((uint64_t)(r - last) <= g && letters[r] && letters[r] != '\n')
				r++;
			if ((uint64_t)(r - last) <= g || !pair(letters[l], letters[r]))
				continue;
			if (r - l >= 3 && pair(letters[l + 1], letters[r - 1]))
				continue;
			while (l > 0 && pair(letters[l - 1], letters[r + 1]))
				l--, r++;
			const uint64_t item = ((uint64_t)last + before) << INVERTED_GAP_BITS | g;
			if ((uint64_t)(last - l + 1) >= arm)
				places_take(&found, &item, 1);
		}
	}
	return found;
}

/* The same as a file: a line break begins a record. */
static void write_fasta(const char *letters, char *to)
{
	for (; *letters; letters++)
		if (*letters == '\n')
			to += sprintf(to, "\n>r\n");
		else
			*to++ = *letters;
	*to = '\0';
}

static void check(const struct variant *v, const char *text, const char *letters, uint64_t arm, uint64_t gap)
{
	struct problem p;
	struct err e = {0};
	void *input;
	struct places expected = by_letters(letters, arm, gap), found = {0};
	struct tally tally = {0}, weighed = {0};
	problem_init(&p);
	p.text = (const unsigned char *)text;
	p.text_bytes = strlen(text);
	p.arm = arm;
	p.gap = gap;
	p.listing = true;
	if (v->setup(&p, &input, &e) != 0)
		fail_msg("%s", e.text);
	v->chunk(input, (struct span){0, v->units(input)}, NULL, &tally);
	v->emit(input, (struct span){0, v->units(input)}, NULL, places_take, &found);
	for (size_t i = 0; i < expected.count; i++)
		kernel_inverted.listing->weigh(expected.at[i], &weighed);
	if (tally.count != expected.count || tally.checksum != weighed.checksum ||
		found.count != expected.count ||
		(found.count && memcmp(found.at, expected.at, found.count * sizeof *found.at)))
		fail_msg("%s, arm %d, gap %d: %d counted and %d listed of %d in %s", v->name, (int)arm,
			(int)gap, (int)tally.count, (int)found.count, (int)expected.count, letters);
	v->teardown(input);
	free(expected.at);
	free(found.at);
}

static void check_all(const char *text, const char *letters, uint64_t arm, uint64_t gap)
{
	for (const struct variant *const *v = variants_here(&kernel_inverted); *v; v++)
		check(*v, text, letters, arm, gap);
}

static void test_by_hand(void **state)
{
	static const struct {
		const char *letters;
		uint64_t arm, gap, count;
	} cases[] = {{"GAATTC", 3, 0, 1}, {"GAATTC", 4, 0, 0}, {"GGATTAATCC", 4, 0, 1},
		{"GGATCTATCC", 4, 2, 1}, {"GGATCTATCC", 4, 1, 0}, {"GGATNNATCC", 4, 2, 1},
		{"GGANTCC", 3, 1, 1}, {"NNNNNNNN", 1, 9, 0}, {"GGRYCC", 2, 2, 1}, {"GGRYCC", 3, 0, 0},
		{"AAAA\nTTTT", 1, 9, 0}, {"AATC\nATT", 1, 9, 4}, {"AC", 1, 0, 0}, {"AT", 1, 0, 1},
		{"A", 1, 9, 0}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[64];
		struct places found = by_letters(cases[i].letters, cases[i].arm, cases[i].gap);
		assert_int_equal(found.count, cases[i].count);
		free(found.at);
		write_fasta(cases[i].letters, text);
		check_all(text, cases[i].letters, cases[i].arm, cases[i].gap);
	}
}

/* Letters with few that are no bases, in records; half of the texts are mirrored around gaps. */
static void draw_letters(char *letters, size_t n)
{
	static const char usual[] = "ACGTacgtUu", rare[] = "NRYSWKMBDHVnryx-*.?";
	static const char partner[128] = {['A'] = 'T',
		['C'] = 'G',
		['G'] = 'C',
		['T'] = 'A',
		['a'] = 't',
		['c'] = 'g',
		['g'] = 'c',
		['t'] = 'a',
		['U'] = 'a',
		['u'] = 'A'};
	const uint64_t kinds = 1 + random_below(10), bad = 1 + random_below(60);
	for (size_t i = 0; i < n; i++)
		letters[i] =
			random_below(bad) ? usual[random_below(kinds)] : rare[random_below(sizeof rare - 1)];
	for (size_t at = 0; random_below(2) && at < n;) {
		const size_t arm = 1 + (size_t)random_magnitude(n), gap = (size_t)random_below(9),
			     end = at + 2 * arm + gap;
		for (size_t i = 0; i < arm && end <= n; i++)
			if (partner[(unsigned char)letters[at + i]])
				letters[end - 1 - i] = partner[(unsigned char)letters[at + i]];
		at = end;
	}
	for (size_t i = 1; i + 1 < n; i++)
		if (random_below(300) == 0 && letters[i - 1] != '\n')
			letters[i] = '\n';
	letters[n] = '\0';
}

static void test_drawn(void **state)
{
	enum { MOST = 1500 };
	static char letters[MOST + 1], text[5 * MOST];
	(void)state;
	for (unsigned trial = 0; trial < (getenv("PARSCALE_LONG") ? 20000u : 400u); trial++) {
		const size_t n = 1 + (size_t)random_magnitude(MOST - 1);
		draw_letters(letters, n);
		write_fasta(letters, text);
		check_all(text, letters, 1 + random_magnitude(random_below(2) ? 12 : 200),
			random_magnitude(80));
	}
}

static void test_places(void **state)
{
	struct problem p;
	struct err e = {0};
	void *input;
	struct places found = {0};
	struct kernel_place place;
	(void)state;
	problem_init(&p);
	p.text = (const unsigned char *)">one first\nCCC\n>two\nttgAa\nNNtTCtt\n";
	p.text_bytes = strlen((const char *)p.text);
	p.arm = 3;
	p.gap = 3;
	p.listing = true;
	assert_int_equal(inverted_scalar.setup(&p, &input, &e), 0);
	inverted_scalar.emit(
		input, (struct span){0, inverted_scalar.units(input)}, NULL, places_take, &found);
	assert_int_equal(found.count, 1);
	kernel_inverted.listing->place(input, found.at[0], &place);
	assert_int_equal(place.record_length, 3);
	assert_memory_equal(place.record, "two", 3);
	assert_int_equal(place.record_number, 2);
	assert_int_equal(place.start, 2);
	assert_int_equal(place.arm, 3);
	assert_int_equal(place.gap, 2);
	assert_int_equal(place.length, 8);
	assert_memory_equal(place.text, "gAaNNtTC", 8);
	inverted_teardown(input);
	free(found.at);
}

static void test_closed_forms(void **state)
{
	(void)state;
	for (uint64_t string = STRING_EQUAL; string <= STRING_PAIRS; string++)
		for (uint64_t bytes = 0; bytes < 150; bytes++)
			for (uint64_t arm = 1; arm < 80; arm += 1 + arm / 4) {
				struct problem p;
				struct tally known, found = {0};
				bool checksum;
				void *input;
				problem_init(&p);
				p.bytes = bytes;
				p.string = string;
				p.arm = arm;
				p.gap = bytes % 5;
				assert_non_null(kernel_inverted.oracle(&p, &known, &checksum));
				assert_int_equal(inverted_reference.setup(&p, &input, &(struct err){0}), 0);
				inverted_reference.chunk(
					input, (struct span){0, inverted_units(input)}, NULL, &found);
				assert_int_equal(found.count, known.count);
				inverted_teardown(input);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_drawn),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_closed_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
