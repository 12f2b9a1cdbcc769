/* SPDX-License-Identifier: MIT */
/*
 * gunzip.c - unpacks the members of a gzip file one after the other into memory that doubles.
 *
 * zlib's gzread would do the same from a descriptor, but it ignores what follows a member and is
 * not another. Here that is an error: an input is searched whole or not at all. zlib counts in
 * unsigned, so larger inputs are handed over in parts.
 */
#include "bench/harness/gunzip.h"

#include "config.h"
#include "kernels/memory.h"

#if HAVE_ZLIB
#include "bench/harness/input_buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

const char *const gunzip_missing = NULL;

enum { PART_MOST = 1 << 30, GZIP_WINDOW = 15 + 16 };

struct unpacking {
	z_stream z;
	const unsigned char *at, *end; /* packed, not yet handed over; z has what is before */
	const char *name;
	struct input_buffer to;
};

static unsigned part(size_t bytes)
{
	return (unsigned)(bytes < PART_MOST ? bytes : PART_MOST);
}

static int spoilt(const struct unpacking *u, const char *how, struct err *e)
{
	return err_set(e, ERR_USAGE, "--input: %s: %s", u->name, how);
}

/* One member, from its first byte on. */
static int unpack_member(struct unpacking *u, struct err *e)
{
	for (;;) {
		if (u->to.used == u->to.room && input_buffer_grow(&u->to, u->name, e) != 0)
			return -1;
		if (u->z.avail_in == 0) {
			u->z.avail_in = part((size_t)(u->end - u->at));
			u->z.next_in = (z_const Bytef *)(uintptr_t)u->at;
			u->at += u->z.avail_in;
		}
		const unsigned room = part(u->to.room - u->to.used);
		u->z.avail_out = room;
		u->z.next_out = u->to.bytes + u->to.used;
		const int status = inflate(&u->z, Z_NO_FLUSH);
		u->to.used += room - u->z.avail_out;
		if (status == Z_STREAM_END)
			return 0;
		if (status == Z_MEM_ERROR)
			return err_blame(e, CAUSE_MEMORY, "--input: %s: out of memory", u->name);
		if (status == Z_NEED_DICT || status == Z_DATA_ERROR || status == Z_STREAM_ERROR)
			return spoilt(u, u->z.msg ? u->z.msg : "is spoilt", e);
		if (u->z.avail_in == 0 && u->at == u->end && u->z.avail_out)
			return spoilt(u, "is cut short", e);
	}
}

/* What follows a member: another, or zeros to the end. */
static bool is_end(const struct unpacking *u)
{
	const unsigned char *p = u->at - u->z.avail_in;
	while (p < u->end && *p == 0)
		p++;
	return p == u->end;
}

static int unpack(struct unpacking *u, struct err *e)
{
	do {
		const unsigned char *p = u->at - u->z.avail_in;
		if (u->end - p < 2 || p[0] != 0x1F || p[1] != 0x8B)
			return spoilt(u, "has something else behind what gzip packed", e);
		if (inflateReset(&u->z) != Z_OK)
			return err_set(e, ERR_FAILED, "--input: %s: zlib failed", u->name);
		if (unpack_member(u, e) != 0)
			return -1;
	} while (!is_end(u));
	return 0;
}

int gunzip(const unsigned char *packed, size_t count, const char *name, unsigned char **unpacked,
	size_t *bytes, struct err *e)
{
	struct unpacking u = {.at = packed, .end = packed + count, .name = name};
	if (inflateInit2(&u.z, GZIP_WINDOW) != Z_OK)
		return err_set(e, ERR_FAILED, "--input: %s: zlib failed", name);
	const int status = unpack(&u, e);
	inflateEnd(&u.z);
	if (status != 0) {
		memory_free(u.to.bytes);
		return -1;
	}
	*unpacked = u.to.bytes;
	*bytes = u.to.used;
	return 0;
}
#else
const char *const gunzip_missing = MISSING_ZLIB;

int gunzip(const unsigned char *packed, size_t count, const char *name, unsigned char **unpacked,
	size_t *bytes, struct err *e)
{
	(void)packed;
	(void)count;
	(void)unpacked;
	(void)bytes;
	return err_set(e, ERR_ABSENT, "--input: %s: %s", name, MISSING_ZLIB);
}
#endif
