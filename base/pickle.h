/* SPDX-License-Identifier: MIT */
/*
 * pickle.h - lists of byte strings and of whole numbers as an interpreter's pool serialises them: Python's
 * pickle protocol 4, the opcodes that such lists need (PEP 3154; Lib/pickletools.py). Pure.
 *
 * What is written here Python reads, and the other way round; but lists in lists, text, and objects that
 * are in a list twice are refused. An object costs what it costs there: an opcode, a length, its bytes, and
 * for strings a note in the memo.
 */
#ifndef PARSCALE_BASE_PICKLE_H
#define PARSCALE_BASE_PICKLE_H

#include <stddef.h>
#include <stdint.h>

/* Most bytes that a list of so many strings of `length` bytes each, or of so many numbers, can take. */
size_t pickle_strings_bytes(size_t count, size_t length);
size_t pickle_numbers_bytes(size_t count);

/* Writes a whole list to `to`, which has that much room; the bytes it took. Strings lie one
 * after the other. */
size_t pickle_strings(unsigned char *to, const unsigned char *strings, size_t count, size_t length);
size_t pickle_numbers(unsigned char *to, const uint64_t *numbers, size_t count);

/* Reads the objects of one list, one after the other. */
struct pickle_reader {
	const unsigned char *at, *end;
};

enum pickle_kind {
	PICKLE_STRING, /* size bytes at `bytes`, in what is read */
	PICKLE_NUMBER, /* `number` */
	PICKLE_END,    /* the list is over; `at` is behind it */
	PICKLE_BAD     /* cut short, or nothing that this reads */
};

struct pickle_object {
	const unsigned char *bytes;
	size_t size;
	uint64_t number;
};

enum pickle_kind pickle_next(struct pickle_reader *r, struct pickle_object *o);

/* Makes of a list of strings in `bytes` those strings one after the other, in the same place; how many bytes
 * these are, or SIZE_MAX for what is not one whole list of strings. */
size_t pickle_strings_in_place(unsigned char *bytes, size_t n);

#endif
