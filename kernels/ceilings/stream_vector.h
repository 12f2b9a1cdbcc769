/* SPDX-License-Identifier: MIT */
/*
 * stream_vector.h - copy and triad with plain stores, and with such as go past the caches, for the
 * instruction set of the file that includes this.
 *
 * Before: STREAM_VECTOR its vector of doubles, STREAM_LANES how many; STREAM_KEEP(v), the operand of an
 * assembler statement that is v in its registers; STREAM_FENCE(), what ends stores past the caches; and static inline functions stream_load(p), stream_store(p, v), stream_past(p, v), and
 * stream_triple(b, c), which is b + 3 c. What one loop does to a word: always inlined, so that it is
 * one loop.
 */
#include "kernels/ceilings/stream.h"

enum { STREAM_AT_ONCE = 4 };

/* An empty instruction stands for each vector, else compilers would make a call of memcpy of the copy. */
#define STREAM_LOOP(name, value, last, store, end)                                                           \
	static void name(double *a, const double *b, const double *c, uint64_t words)                        \
	{                                                                                                    \
		const uint64_t step = STREAM_AT_ONCE * STREAM_LANES, whole = words - words % step;           \
		(void)c;                                                                                     \
		for (uint64_t i = 0; i < whole; i += step)                                                   \
			for (unsigned k = 0; k < step; k += STREAM_LANES) {                                  \
				STREAM_VECTOR v = value;                                                     \
				__asm__ volatile("" : STREAM_KEEP(v));                                       \
				store(a + i + k, v);                                                         \
			}                                                                                    \
		for (uint64_t i = whole; i < words; i++)                                                     \
			a[i] = last;                                                                         \
		end;                                                                                         \
	}

#define STREAM_COPIED stream_load(b + i + k)
#define STREAM_ADDED stream_triple(stream_load(b + i + k), stream_load(c + i + k))

STREAM_LOOP(copy_plain, STREAM_COPIED, b[i], stream_store, (void)0)
STREAM_LOOP(copy_past, STREAM_COPIED, b[i], stream_past, STREAM_FENCE())
STREAM_LOOP(triad_plain, STREAM_ADDED, b[i] + 3 * c[i], stream_store, (void)0)
STREAM_LOOP(triad_past, STREAM_ADDED, b[i] + 3 * c[i], stream_past, STREAM_FENCE())
