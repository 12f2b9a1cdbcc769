/* SPDX-License-Identifier: MIT */
/*
 * read_vector.h - both orders of reading, for the instruction set of the file that includes this.
 *
 * Before: READ_VECTOR its vector type, READ_BYTES its size, and static inline functions read_load(const
 * unsigned char *), read_add(a, b), read_zero(), read_sum(v), the sum of its 64-bit lanes.
 */
#include "kernels/ceilings/read.h"

/* Byte after byte; eight accumulators hide the latency of the adds. */
static uint64_t read_plain(const unsigned char *bytes, uint64_t count)
{
	const uint64_t whole = count / (READ_PAGES * READ_BYTES) * (READ_PAGES * READ_BYTES);
	READ_VECTOR sum[READ_PAGES];
	uint64_t total = 0;
	for (unsigned k = 0; k < READ_PAGES; k++)
		sum[k] = read_zero();
	for (const unsigned char *p = bytes, *end = bytes + whole; p < end; p += READ_PAGES * READ_BYTES)
		for (unsigned k = 0; k < READ_PAGES; k++)
			sum[k] = read_add(sum[k], read_load(p + k * READ_BYTES));
	for (unsigned k = 0; k < READ_PAGES; k++)
		total += read_sum(sum[k]);
	return total + read_words(bytes + whole, count - whole);
}

/* A line of each page of a tile in turn, an accumulator a page. */
static uint64_t read_pages(const unsigned char *bytes, uint64_t count)
{
	const uint64_t whole = count / READ_TILE * READ_TILE;
	READ_VECTOR sum[READ_PAGES];
	uint64_t total = 0;
	for (unsigned k = 0; k < READ_PAGES; k++)
		sum[k] = read_zero();
	for (const unsigned char *tile = bytes, *end = bytes + whole; tile < end; tile += READ_TILE)
		for (unsigned line = 0; line < READ_PAGE; line += 64)
			for (unsigned k = 0; k < READ_PAGES; k++)
				for (unsigned part = 0; part < 64; part += READ_BYTES)
					sum[k] = read_add(
						sum[k], read_load(tile + k * READ_PAGE + line + part));
	for (unsigned k = 0; k < READ_PAGES; k++)
		total += read_sum(sum[k]);
	return total + read_plain(bytes + whole, count - whole);
}
