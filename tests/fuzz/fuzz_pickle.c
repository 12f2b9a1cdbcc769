/* SPDX-License-Identifier: MIT */
/* fuzz_pickle.c - any bytes as a pickled list: objects within it until it ends or is refused; and lists of
 * any strings and numbers, read back as they were. */
#include "base/pickle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_foreign(const uint8_t *data, size_t size)
{
	struct pickle_reader r = {data, data + size};
	struct pickle_object o;
	enum pickle_kind kind;
	const unsigned char *before = r.at;
	while ((kind = pickle_next(&r, &o)) == PICKLE_STRING || kind == PICKLE_NUMBER) {
		must(r.at > before && r.at <= data + size);
		if (kind == PICKLE_STRING)
			must(o.bytes > before && o.size <= (size_t)(r.at - o.bytes));
		before = r.at;
	}
	must(r.at <= data + size);
	unsigned char *copy = malloc(size + 1);
	must(copy != NULL);
	memcpy(copy, data, size);
	const size_t strings = pickle_strings_in_place(copy, size);
	must(strings == SIZE_MAX || strings < size);
	free(copy);
}

static void write_strings(const uint8_t *data, size_t size)
{
	const size_t length = data[0], count = length ? (size - 1) / length : 0;
	unsigned char *bytes = malloc(pickle_strings_bytes(count, length));
	must(bytes != NULL);
	const size_t n = pickle_strings(bytes, data + 1, count, length);
	must(n <= pickle_strings_bytes(count, length));
	must(pickle_strings_in_place(bytes, n) == count * length &&
		memcmp(bytes, data + 1, count * length) == 0);
	free(bytes);
}

static void write_numbers(const uint8_t *data, size_t size)
{
	const size_t count = size / sizeof(uint64_t);
	uint64_t *numbers = malloc(count * sizeof *numbers + 1);
	unsigned char *bytes = malloc(pickle_numbers_bytes(count));
	must(numbers && bytes);
	memcpy(numbers, data, count * sizeof *numbers);
	struct pickle_reader r = {bytes, bytes + pickle_numbers(bytes, numbers, count)};
	struct pickle_object o;
	must((size_t)(r.end - r.at) <= pickle_numbers_bytes(count));
	for (size_t i = 0; i < count; i++)
		must(pickle_next(&r, &o) == PICKLE_NUMBER && o.number == numbers[i]);
	must(pickle_next(&r, &o) == PICKLE_END && r.at == r.end);
	free(bytes);
	free(numbers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_foreign(data, size);
	if (size > 0) {
		write_strings(data, size);
		write_numbers(data + 1, size - 1);
	}
	return 0;
}
