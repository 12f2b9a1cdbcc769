/* SPDX-License-Identifier: MIT */
/*
 * pickle.c - writes and reads lists of byte strings and whole numbers in Python's pickle format.
 *
 * Protocol 4 is a stack machine's program (PEP 3154; opcodes: Lib/pickletools.py in CPython). A
 * list is EMPTY_LIST MEMOIZE, then per batch of 1,000 objects MARK, the objects, APPENDS; STOP ends
 * it. CPython's pickler makes the same choices: batches of 1,000, the shortest opcode for a number,
 * and a MEMOIZE behind each string; so the bytes per object, and the work, match those of its pool.
 * The reader need not run the machine: of a flat list only the objects matter, and all other
 * opcodes are skipped. Every length is checked against the end of the input before it is used.
 */
#include "base/pickle.h"

#include <stdbool.h>
#include <string.h>

enum { BATCH = 1000 }; /* objects between a mark and the opcode that appends them, as Python does it */

enum opcode {
	PROTO = 0x80,
	FRAME = 0x95,
	EMPTY_LIST = ']',
	MEMOIZE = 0x94,
	MARK = '(',
	APPEND = 'a',
	APPENDS = 'e',
	STOP = '.',
	SHORT_BYTES = 'C',
	BYTES = 'B',
	INT8 = 'K',
	INT16 = 'M',
	INT32 = 'J',
	LONG = 0x8a
};

enum {
	HEAD = 4,        /* PROTO, its number, EMPTY_LIST, MEMOIZE */
	TAIL = 1,        /* STOP */
	ROUND = 2,       /* MARK and APPENDS */
	STRING_HEAD = 6, /* opcode, four bytes of length; MEMOIZE behind it */
	NUMBER_MOST = 11 /* LONG, its length, nine bytes */
};

/* Bytes around `count` objects, for the bounds that callers allocate by. */
static size_t around(size_t count)
{
	return HEAD + TAIL + ROUND * (count / BATCH + 1);
}

size_t pickle_strings_bytes(size_t count, size_t length)
{
	return around(count) + count * (STRING_HEAD + length);
}

size_t pickle_numbers_bytes(size_t count)
{
	return around(count) + count * NUMBER_MOST;
}

/* --- writing --- */

static unsigned char *put_little(unsigned char *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (unsigned char)(value >> 8 * i);
	return p;
}

static unsigned char *put_string(unsigned char *p, const unsigned char *bytes, size_t size)
{
	*p++ = size < 256 ? SHORT_BYTES : BYTES;
	p = put_little(p, size, size < 256 ? 1 : 4);
	memcpy(p, bytes, size);
	p += size;
	*p++ = MEMOIZE;
	return p;
}

/* Python takes the shortest form that is signed or small. */
static unsigned char *put_number(unsigned char *p, uint64_t n)
{
	const unsigned bytes = n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x80000000 ? 4 : 0;
	if (bytes) {
		*p++ = bytes == 1 ? INT8 : bytes == 2 ? INT16 : INT32;
		return put_little(p, n, bytes);
	}
	unsigned long_bytes = 4;
	while (long_bytes < 9 && n >> (8 * long_bytes - 1))
		long_bytes++;
	*p++ = LONG;
	*p++ = (unsigned char)long_bytes;
	p = put_little(p, n, long_bytes < 8 ? long_bytes : 8);
	if (long_bytes == 9)
		*p++ = 0; /* the sign */
	return p;
}

static unsigned char *put_head(unsigned char *p)
{
	*p++ = PROTO;
	*p++ = 4;
	*p++ = EMPTY_LIST;
	*p++ = MEMOIZE;
	return p;
}

size_t pickle_strings(unsigned char *to, const unsigned char *strings, size_t count, size_t length)
{
	unsigned char *p = put_head(to);
	for (size_t from = 0; from < count; from += BATCH) {
		const size_t end = count - from < BATCH ? count : from + BATCH;
		*p++ = MARK;
		for (size_t i = from; i < end; i++)
			p = put_string(p, strings + i * length, length);
		*p++ = APPENDS;
	}
	*p++ = STOP;
	return (size_t)(p - to);
}

size_t pickle_numbers(unsigned char *to, const uint64_t *numbers, size_t count)
{
	unsigned char *p = put_head(to);
	for (size_t from = 0; from < count; from += BATCH) {
		const size_t end = count - from < BATCH ? count : from + BATCH;
		*p++ = MARK;
		for (size_t i = from; i < end; i++)
			p = put_number(p, numbers[i]);
		*p++ = APPENDS;
	}
	*p++ = STOP;
	return (size_t)(p - to);
}

/* --- reading --- */

static bool get_little(struct pickle_reader *r, unsigned bytes, uint64_t *value)
{
	if ((size_t)(r->end - r->at) < bytes)
		return false;
	*value = 0;
	for (unsigned i = 0; i < bytes; i++)
		*value |= (uint64_t)*r->at++ << 8 * i;
	return true;
}

static enum pickle_kind get_string(struct pickle_reader *r, unsigned length_bytes, struct pickle_object *o)
{
	uint64_t size;
	if (!get_little(r, length_bytes, &size) || size > (size_t)(r->end - r->at))
		return PICKLE_BAD;
	o->bytes = r->at;
	o->size = (size_t)size;
	r->at += size;
	return PICKLE_STRING;
}

/* Of what is signed, the top bit is the sign: there are no negative numbers here. */
static enum pickle_kind get_number(
	struct pickle_reader *r, unsigned bytes, bool is_signed, struct pickle_object *o)
{
	uint64_t sign = 0;
	const unsigned low = bytes < 8 ? bytes : 8;
	if (bytes > 9 || !get_little(r, low, &o->number) || (bytes == 9 && !get_little(r, 1, &sign)))
		return PICKLE_BAD;
	const bool negative = is_signed && bytes && bytes < 9 && o->number >> (8 * low - 1);
	return sign || negative ? PICKLE_BAD : PICKLE_NUMBER;
}

enum pickle_kind pickle_next(struct pickle_reader *r, struct pickle_object *o)
{
	uint64_t skipped;
	while (r->at < r->end) {
		switch ((enum opcode) * r->at++) {
		case PROTO:
			if (!get_little(r, 1, &skipped) || skipped < 2 || skipped > 5)
				return PICKLE_BAD;
			break;
		case FRAME:
			if (!get_little(r, 8, &skipped))
				return PICKLE_BAD;
			break;
		case EMPTY_LIST:
		case MEMOIZE:
		case MARK:
		case APPEND:
		case APPENDS:
			break;
		case SHORT_BYTES:
			return get_string(r, 1, o);
		case BYTES:
			return get_string(r, 4, o);
		case INT8:
			return get_number(r, 1, false, o);
		case INT16:
			return get_number(r, 2, false, o);
		case INT32:
			return get_number(r, 4, true, o);
		case LONG:
			if (!get_little(r, 1, &skipped))
				return PICKLE_BAD;
			return get_number(r, (unsigned)skipped, true, o);
		case STOP:
			return PICKLE_END;
		default:
			return PICKLE_BAD;
		}
	}
	return PICKLE_BAD;
}

size_t pickle_strings_in_place(unsigned char *bytes, size_t n)
{
	struct pickle_reader r = {bytes, bytes + n};
	struct pickle_object o;
	enum pickle_kind kind;
	unsigned char *to = bytes;
	/* each string stands behind its own head, so that it moves only to what was read before */
	while ((kind = pickle_next(&r, &o)) == PICKLE_STRING) {
		memmove(to, o.bytes, o.size);
		to += o.size;
	}
	return kind == PICKLE_END && r.at == r.end ? (size_t)(to - bytes) : SIZE_MAX;
}
