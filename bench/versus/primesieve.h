/* SPDX-License-Identifier: MIT */
/*
 * primesieve.h - Kim Walisch's primesieve, where its library is installed: to be checked and measured
 * against.
 *
 * The library is opened at run time, so that nothing has to be there when parscale is built, and any version
 * may be named. Versions 11 and 12 have the same interface in C
 * (https://github.com/kimwalisch/primesieve/blob/master/doc/C_API.md).
 */
#ifndef PARSCALE_BENCH_VERSUS_PRIMESIEVE_H
#define PARSCALE_BENCH_VERSUS_PRIMESIEVE_H

#include <stddef.h>
#include <stdint.h>

/* primesieve_iterator. `primes` are the next `size` primes. */
struct primesieve_batches {
	size_t index, size;
	uint64_t start, stop_hint;
	uint64_t *primes;
	void *memory;
	int is_error;
	char later_versions[64];
};

enum { PRIMESIEVE_UINT64 = 13, PRIMESIEVE_LONGEST = 6 };

struct primesieve {
	void *library;
	const char *(*version)(void);
	void (*set_num_threads)(int n);
	/* [1] primes, [2] twins, ... [6] sextuplets */
	uint64_t (*count[PRIMESIEVE_LONGEST + 1])(uint64_t start, uint64_t stop);
	void *(*generate_primes)(uint64_t start, uint64_t stop, size_t *n, int type);
	uint64_t (*nth_prime)(int64_t n, uint64_t start);
	void (*free)(void *primes);
	void (*batches_init)(struct primesieve_batches *b);
	void (*batches_jump)(struct primesieve_batches *b, uint64_t start, uint64_t stop_hint);
	void (*batches_next)(struct primesieve_batches *b);
	void (*batches_free)(struct primesieve_batches *b);
};

/* Opens the library at `path`; NULL: where it is installed. 0, or -1 where there is none, with why in
 * `reason` of `size` bytes. */
int primesieve_open(struct primesieve *p, const char *path, char *reason, size_t size);
void primesieve_close(struct primesieve *p);

#endif
