/* SPDX-License-Identifier: MIT */
/* test_pickle.c - lists as Python serialises them: known bytes, back and forth, what is refused; and what
 * Python itself says, where it is installed. */
#include "base/pickle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* pickle.dumps(..., protocol=4) of Python 3, less the frame's nine bytes. */
static void known_bytes(void **state)
{
	static const unsigned char words[] = "\x80\x04]\x94(C\x04noon\x94"
					     "C\x04"
					     "abcd\x94"
					     "e.";
	static const unsigned char numbers[] =
		"\x80\x04]\x94(K\x00K\xffM\x00\x01M\xff\xffJ\x00\x00\x01\x00J\xff\xff\xff\x7f\x8a\x05\x00\x00\x00\x80\x00"
		"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00"
		"e.";
	static const uint64_t values[] = {0, 255, 256, 65535, 65536, 2147483647, 2147483648, UINT64_MAX};
	unsigned char to[256];
	(void)state;
	assert_int_equal(pickle_strings(to, (const unsigned char *)"noonabcd", 2, 4), sizeof words - 1);
	assert_memory_equal(to, words, sizeof words - 1);
	assert_int_equal(pickle_numbers(to, values, 8), sizeof numbers - 1);
	assert_memory_equal(to, numbers, sizeof numbers - 1);
	assert_true(sizeof numbers - 1 <= pickle_numbers_bytes(8));
}

/* Any count around a batch, any length around the short form's end; the room that is asked for is enough. */
static void strings_come_back(void **state)
{
	static const size_t counts[] = {0, 1, 2, 999, 1000, 1001, 3000}, lengths[] = {1, 4, 255, 256, 1000};
	(void)state;
	for (size_t i = 0; i < 7; i++)
		for (size_t k = 0; k < 5; k++) {
			const size_t n = counts[i] * lengths[k],
				     room = pickle_strings_bytes(counts[i], lengths[k]);
			unsigned char *from = malloc(n + 1), *to = malloc(room);
			for (size_t b = 0; b < n; b++)
				from[b] = (unsigned char)(b * 7 + b / 251);
			const size_t size = pickle_strings(to, from, counts[i], lengths[k]);
			assert_true(size <= room);
			assert_int_equal(pickle_strings_in_place(to, size), n);
			assert_memory_equal(to, from, n);
			free(from);
			free(to);
		}
}

static void numbers_come_back(void **state)
{
	enum { COUNT = 2500 };
	static uint64_t numbers[COUNT];
	unsigned char *to = malloc(pickle_numbers_bytes(COUNT));
	uint64_t x = 1;
	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		numbers[i] = (x = x * UINT64_C(6364136223846793005) + 1442695040888963407) >> i % 64;
	const size_t size = pickle_numbers(to, numbers, COUNT);
	struct pickle_reader r = {to, to + size};
	struct pickle_object o;
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(pickle_next(&r, &o), PICKLE_NUMBER);
		assert_true(o.number == numbers[i]);
	}
	assert_int_equal(pickle_next(&r, &o), PICKLE_END);
	assert_ptr_equal(r.at, r.end);
	free(to);
}

static enum pickle_kind read_to_end(const void *bytes, size_t n)
{
	struct pickle_reader r = {bytes, (const unsigned char *)bytes + n};
	struct pickle_object o;
	enum pickle_kind kind;
	while ((kind = pickle_next(&r, &o)) == PICKLE_NUMBER || kind == PICKLE_STRING)
		;
	return kind;
}

/* Cut short anywhere; other objects; negative numbers; a length beyond the end. */
static void all_else_is_refused(void **state)
{
	static const char *const bad[] = {"\x80\x01].", "\x80\x06].",
		"\x80\x04]\x94(N"
		"e.",
		"\x80\x04}\x94.", "J\xff\xff\xff\xff.", "\x8a\x01\xff.", "\x8a\x0a..........",
		"C\x05"
		"abc.",
		"B\xff\xff\xff\xff"
		"abc."};
	unsigned char to[512];
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(read_to_end(bad[i], strlen(bad[i])), PICKLE_BAD);
	const size_t size = pickle_numbers(to, (const uint64_t[]){1, 1000, 100000, UINT64_MAX}, 4);
	for (size_t n = 0; n < size; n++) {
		unsigned char *cut = malloc(n + 1); /* so that a sanitizer sees who reads beyond */
		memcpy(cut, to, n);
		assert_int_equal(read_to_end(cut, n), PICKLE_BAD);
		free(cut);
	}
	memcpy(to,
		"\x80\x04]\x94(K\x01"
		"e.",
		9);
	assert_true(pickle_strings_in_place(to, 9) == SIZE_MAX); /* a number among strings */
	memcpy(to, "\x80\x04]\x94.x", 6);
	assert_true(pickle_strings_in_place(to, 6) == SIZE_MAX); /* something behind the list */
}

/* Python reads what is written here, and writes what is read here. */
static void python_agrees(void **state)
{
	char folder[] = "/tmp/pickleXXXXXX", ours[64], theirs[64], command[512];
	unsigned char words[3000 * 4], to[3000 * 12];
	size_t n = 0;
	(void)state;
	if (system("python3 -c 'import pickle' 2>/dev/null") != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	snprintf(ours, sizeof ours, "%s/ours", folder);
	snprintf(theirs, sizeof theirs, "%s/theirs", folder);
	for (size_t i = 0; i < sizeof words; i++)
		words[i] = (unsigned char)('a' + i * i % 26);
	FILE *f = fopen(ours, "wb");
	assert_non_null(f);
	n = pickle_strings(to, words, 3000, 4);
	assert_int_equal(fwrite(to, 1, n, f), n);
	n = pickle_numbers(to, (const uint64_t[]){7, 70000, UINT64_MAX}, 3);
	assert_int_equal(fwrite(to, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof command,
		"python3 -c 'import pickle\nf = open(\"%s\", \"rb\")\nw = pickle.load(f)\nassert pickle.load(f) == [7, 70000, 2**64-1]\n"
		"assert b\"\".join(w) == bytes(97 + i*i%%26 for i in range(12000)) and len(w) == 3000\npickle.dump(w, open(\"%s\", \"wb\"), 4)'",
		ours, theirs);
	assert_int_equal(system(command), 0);
	f = fopen(theirs, "rb");
	assert_non_null(f);
	n = fread(to, 1, sizeof to, f);
	fclose(f);
	assert_int_equal(pickle_strings_in_place(to, n), sizeof words);
	assert_memory_equal(to, words, sizeof words);
	unlink(ours);
	unlink(theirs);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_bytes),
		cmocka_unit_test(strings_come_back),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(all_else_is_refused),
		cmocka_unit_test(python_agrees),
	};
	return cmocka_run_group_tests_name("pickle", tests, NULL, NULL);
}
