/* SPDX-License-Identifier: MIT */
/* scenarios.h - simulated sweeps (simulated.h) at the ends of what a chart must bear, by name: for tests,
 * docs/charts, galleries and the browser's check. */
#ifndef PARSCALE_TESTS_BENCH_REPORT_SCENARIOS_H
#define PARSCALE_TESTS_BENCH_REPORT_SCENARIOS_H

#include "tests/bench/report/simulated.h"

static const char *const few_backends[] = {"openmp", "pthread", "fork", NULL}, *const one_backend[] = {
										       "fork", NULL};
static const char *const many_backends[] = {"openmp", "pthread", "fork", "fork-pipe", "exec", "mpi",
	"a-back-end-with-a-name-as-long-as-they-get", "<b>&\"x'\\", NULL};
static const char *const both_lifetimes[] = {"pool", "spawn", NULL}, *const only_pool[] = {"pool", NULL};

static const struct scenario {
	const char *name;
	struct simulation of;
} scenarios[] = {
	{"two", {.cpus = 2,
			.workers_most = 4,
			.ceilings = true,
			.samples = 12,
			.backends = few_backends,
			.lifetimes = both_lifetimes,
			.variant = "avx512",
			.sizes = {1000, 1000000, 1000000000},
			.n_sizes = 3}},
	/* cells left out, and cells that failed */
	{"sixteen", {.cpus = 16,
			    .workers_most = 16,
			    .ceilings = true,
			    .samples = 12,
			    .holes = true,
			    .failures = true,
			    .backends = few_backends,
			    .lifetimes = both_lifetimes,
			    .variant = "avx512",
			    .sizes = {100000, 1000000000},
			    .n_sizes = 2}},
	{"many", {.cpus = 128,
			 .workers_most = 256,
			 .ceilings = true,
			 .samples = 9,
			 .backends = few_backends,
			 .lifetimes = both_lifetimes,
			 .variant = "avx512",
			 .sizes = {10000, 1000000, 100000000, 10000000000},
			 .n_sizes = 4}},
	{"crowd", {.cpus = 16,
			  .workers_most = 32,
			  .samples = 8,
			  .holes = true,
			  .backends = many_backends,
			  .lifetimes = both_lifetimes,
			  .variant = "avx2",
			  .sizes = {100000, 1000000000},
			  .n_sizes = 2}},
	/* launches that differ by several times: nothing can be concluded */
	{"noisy", {.cpus = 2,
			  .workers_most = 4,
			  .ceilings = true,
			  .samples = 16,
			  .noise = 8,
			  .backends = few_backends,
			  .lifetimes = both_lifetimes,
			  .variant = "avx512",
			  .sizes = {1000, 1000000, 1000000000},
			  .n_sizes = 3}},
	/* what the golden pages are of */
	{"page", {.cpus = 2,
			 .workers_most = 2,
			 .ceilings = true,
			 .samples = 24,
			 .backends = few_backends,
			 .lifetimes = both_lifetimes,
			 .variant = "avx512",
			 .sizes = {1000000, 1000000000},
			 .n_sizes = 2}},
	/* one sample of each cell */
	{"lonely", {.cpus = 2,
			   .workers_most = 2,
			   .ceilings = true,
			   .samples = 1,
			   .backends = one_backend,
			   .lifetimes = only_pool,
			   .variant = "avx2",
			   .sizes = {1000000},
			   .n_sizes = 1}},
	{"charts", {.cpus = 128,
			   .workers_most = 256,
			   .ceilings = true,
			   .samples = 16,
			   .backends = few_backends,
			   .lifetimes = both_lifetimes,
			   .variant = "avx512",
			   .sizes = {10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000},
			   .n_sizes = 7}},
};

/* NULL where there is none of this name. */
static inline const struct simulation *scenario_find(const char *name)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
		if (strcmp(scenarios[i].name, name) == 0)
			return &scenarios[i].of;
	return NULL;
}

/* Number k (from 1) of a crowd of machines that differ in CPUs, speed, instruction set, noise and compiler. */
static inline struct simulation scenario_machine(unsigned k)
{
	static const unsigned cpus[] = {4, 8, 16, 2, 64, 32, 12, 128};
	static const double speed[] = {1, 1.3, 0.8, 0.55, 1.1, 1.6, 1.02};
	struct simulation s = {.cpus = cpus[(k - 1) % 8],
		.workers_most = cpus[(k - 1) % 8],
		.ceilings = k % 5 != 3,
		.samples = 24,
		.backends = few_backends,
		.lifetimes = only_pool,
		.variant = k % 3 == 2 ? "avx2" : "avx512",
		.sizes = {10000, 1000000, 100000000},
		.n_sizes = k % 7 == 6 ? 2 : 3,
		.speed = speed[(k - 1) % 7],
		.noise = k % 9 == 5 ? 8 : 0,
		.seed = 1000 * k,
		.number = k,
		.compiler = k % 4 == 2 ? "clang version 16.0.6" : "gcc 12.2.0"};
	s.cores = k % 2 ? s.cpus : s.cpus / 2;
	return s;
}

#endif
