/* SPDX-License-Identifier: MIT */
/*
 * read_vector.h - both orders of reading, for the instruction set of the file that includes this.
 *
 * Before: READ_VECTOR its vector type, READ_BYTES its size, and static inline functions read_load(const
 * unsigned char *), read_add(a, b), read_zero(), read_sum(v), the sum of its 64-bit lanes.
 */
#include "kernels/ceilings/read.h"

/* The sum of all accumulators: of what is in L1, taking lanes out of each would be a tenth of the time. */
static inline uint64_t read_total(READ_VECTOR sum[READ_PAGES])
{
	for (unsigned n = READ_PAGES / 2; n > 0; n /= 2)
		for (unsigned k = 0; k < n; k++)
			sum[k] = read_add(sum[k], sum[k + n]);
	return read_sum(sum[0]);
}

/* Byte after byte; eight accumulators hide the latency of the adds. */
static uint64_t read_plain(const unsigned char *bytes, uint64_t count)
{
	const uint64_t whole = count / (READ_PAGES * READ_BYTES) * (READ_PAGES * READ_BYTES);
	READ_VECTOR sum[READ_PAGES];
	for (unsigned k = 0; k < READ_PAGES; k++)
		sum[k] = read_zero();
	for (const unsigned char *p = bytes, *end = bytes + whole; p < end; p += READ_PAGES * READ_BYTES)
		for (unsigned k = 0; k < READ_PAGES; k++)
			sum[k] = read_add(sum[k], read_load(p + k * READ_BYTES));
	const uint64_t rest = count > whole ? read_words(bytes + whole, count - whole) : 0;
	return read_total(sum) + rest;
}

/* A line of each page of a tile in turn, an accumulator a page; byte after byte what a core's own caches hold, where
 * loads need no help. */
static uint64_t read_pages(const unsigned char *bytes, uint64_t count)
{
	if (count < READ_FAR)
		return read_plain(bytes, count);
	const uint64_t whole = count / READ_TILE * READ_TILE;
	READ_VECTOR sum[READ_PAGES];
	for (unsigned k = 0; k < READ_PAGES; k++)
		sum[k] = read_zero();
	for (const unsigned char *tile = bytes, *end = bytes + whole; tile < end; tile += READ_TILE)
		for (unsigned line = 0; line < READ_PAGE; line += 64)
			for (unsigned k = 0; k < READ_PAGES; k++)
				for (unsigned part = 0; part < 64; part += READ_BYTES)
					sum[k] = read_add(
						sum[k], read_load(tile + k * READ_PAGE + line + part));
	const uint64_t rest = count > whole ? read_plain(bytes + whole, count - whole) : 0;
	return read_total(sum) + rest;
}
