/* SPDX-License-Identifier: MIT */
/* simulate DIR - writes the sweep of a simulated machine with 128 CPUs into DIR, for docs/gallery (scripts/gallery). */
#include "../tests/simulated.h"

int main(int argc, char **argv)
{
	static const char *const backends[] = {"openmp", "pthread", "fork", NULL}, *const lifetimes[] = {"pool", "spawn", NULL};
	static const struct simulation machine = {.cpus = 128, .workers_most = 256, .samples = 16, .backends = backends,
		.lifetimes = lifetimes, .variant = "avx512", .sizes = {10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000},
		.n_sizes = 7};
	if (argc != 2) {
		fprintf(stderr, "usage: simulate DIR\n");
		return 2;
	}
	return simulate(&machine, argv[1]) == 0 ? 0 : 1;
}
