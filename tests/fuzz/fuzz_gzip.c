/* SPDX-License-Identifier: MIT */
/*
 * fuzz_gzip.c - any bytes as a file that gzip is to have packed, and any that it has: refused with a reason, or unpacked to
 * what was packed. The first byte: 0 the bytes as they are; else packed, in so many members, and then one of its bytes is
 * another one.
 */
#include "bench/harness/gunzip.h"
#include "kernels/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_MEMBERS = 3, HEAD = 4, GZIP_WINDOW = 15 + 16, MOST_LEVEL = 9, MEMORY = 8, OVERHEAD = 64 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* One member of these bytes, to `to`; its length. */
static size_t pack(const uint8_t *data, size_t size, int level, unsigned char *to, size_t room)
{
	z_stream z = {.next_out = to, .avail_out = (unsigned)room, .avail_in = (unsigned)size};
	unsigned char *own = malloc(size + 1);
	must(own && deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
	memcpy(own, data, size);
	z.next_in = own;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	free(own);
	return room - z.avail_out;
}

/* `right`: what must come out; NULL: whatever does. */
static void unpack(const unsigned char *packed, size_t size, const uint8_t *right, size_t right_size)
{
	struct err e = {0};
	unsigned char *unpacked = NULL;
	size_t bytes = 0;
	if (gunzip(packed, size, "x", &unpacked, &bytes, &e) != 0) {
		must(!right && e.status == ERR_USAGE && e.text[0] && !strchr(e.text, '\n'));
		return;
	}
	must(!right || (bytes == right_size && (bytes == 0 || memcmp(unpacked, right, bytes) == 0)));
	memory_free(unpacked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	const unsigned members = data[0] % (MOST_MEMBERS + 1);
	const uint8_t *bytes = data + HEAD;
	const size_t count = size - HEAD, room = 2 * count + (MOST_MEMBERS + 1) * OVERHEAD;
	unsigned char *packed = calloc(room, 1);
	size_t used = 0, done = 0;
	must(packed != NULL);
	if (members == 0)
		memcpy(packed, bytes, used = count);
	for (unsigned i = 0; i < members; i++) {
		const size_t end = i + 1 == members ? count : count * (i + 1) / members;
		used += pack(
			bytes + done, end - done, data[1] % (MOST_LEVEL + 1), packed + used, room - used);
		done = end;
	}
	if (members > 0) {
		unpack(packed, used, bytes, count);
		packed[(data[2] | (size_t)data[3] << 8) % used] ^= data[1] | 1;
	}
	unpack(packed, used, NULL, 0);
	unpack(packed, used / 2, NULL, 0);
	free(packed);
	return 0;
}
