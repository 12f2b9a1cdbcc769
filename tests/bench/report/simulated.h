/* SPDX-License-Identifier: MIT */
/*
 * simulated.h - writes the folder of a sweep that nobody ran, from a model of a machine: for tests of charts
 * and reports at any scale.
 *
 * The manifest says "simulated", and so does every chart, for it is part of the machine's name. The model: a
 * kernel's serial time, a serial share and a contention term (Universal Scalability Law), costs of creating
 * workers, a memory ceiling and noise of a fixed seed.
 */
#ifndef PARSCALE_TESTS_BENCH_REPORT_SIMULATED_H
#define PARSCALE_TESTS_BENCH_REPORT_SIMULATED_H

#include "bench/data/csv.h"
#include "bench/data/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct simulation {
	unsigned cpus;
	uint64_t workers_most;       /* 1, 2, 4, ... up to here */
	unsigned samples;            /* of a cell */
	bool weak;                   /* weak scaling too */
	double fork_factor;          /* of all times of back end fork; 0 counts as 1 */
	uint64_t seed;               /* of the noise */
	bool holes, failures;        /* leave out, or fail, some cells */
	bool ceilings;               /* memory and registers too */
	double noise;                /* each launch is slower by up to this factor, less 1 */
	double drift;                /* the second half of the time is slower by this factor, less 1 */
	const char *const *backends; /* ended by NULL; serial is always there */
	const char *const *lifetimes;
	const char *variant; /* of the main cells */
	uint64_t sizes[8];
	size_t n_sizes;
	double speed;         /* all times are divided by it; 0 counts as 1 */
	unsigned cores;       /* 0: as many as CPUs */
	unsigned number;      /* of one of several machines, from 1; 0: the only one */
	const char *compiler; /* NULL: not said */
};

struct simulator {
	const struct simulation *s;
	struct table samples, workers;
	uint64_t random;
	uint64_t launch;
};

static double sim_uniform(struct simulator *m)
{
	uint64_t z = (m->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static struct uint_field sim_uint(uint64_t value)
{
	return (struct uint_field){value, true};
}

struct sim_cell {
	const char *kernel, *variant, *backend, *lifetime;
	uint64_t workers, size;
	bool weak; /* size is one worker's share */
};

/* ns an item of each variant, on one worker. */
static double sim_cost(const struct sim_cell *c)
{
	static const struct {
		const char *variant;
		double ns;
	} cost[] = {
		{"reference", 4.1}, {"scalar", 0.42}, {"ompsimd", 0.33}, {"avx2", 0.16}, {"avx512", 0.09}};
	for (size_t i = 0; i < sizeof cost / sizeof *cost; i++)
		if (strcmp(cost[i].variant, c->variant) == 0)
			return cost[i].ns * (strcmp(c->kernel, "palindrome") == 0 ? 2.2 : 1);
	return 0.2;
}

/* Cells of the ceilings, which only compute: bytes or operations a second of one worker. */
static const struct sim_ceiling {
	const char *kernel, *variant;
	double per_second[4]; /* in L1, L2, L3, memory; operations: all the same */
	unsigned item_bytes;  /* 0: operations */
	double all;           /* times that for all CPUs together, where they share it; 0: each has its own */
} sim_ceilings[] = {
	{"read", "avx512-pages", {190e9, 100e9, 40e9, 24e9}, 1, 30},
	{"copy", "avx512", {170e9, 60e9, 24e9, 13e9}, 16, 26},
	{"copy", "avx512-stream", {20e9, 20e9, 19e9, 18e9}, 16, 26},
	{"triad", "avx512", {180e9, 64e9, 28e9, 14e9}, 24, 28},
	{"peak", "scalar", {14e9, 14e9, 14e9, 14e9}, 0, 0},
	{"peak", "avx2", {36e9, 36e9, 36e9, 36e9}, 0, 0},
	{"peak", "avx512", {48e9, 48e9, 48e9, 48e9}, 0, 0},
	{"flops", "avx512", {90e9, 90e9, 90e9, 90e9}, 0, 0},
	{"divide", "avx512", {1.5e9, 1.5e9, 1.5e9, 1.5e9}, 0, 0},
};

static const struct sim_ceiling *sim_ceiling_of(const struct sim_cell *c)
{
	for (size_t i = 0; i < sizeof sim_ceilings / sizeof *sim_ceilings; i++)
		if (strcmp(sim_ceilings[i].kernel, c->kernel) == 0 &&
			strcmp(sim_ceilings[i].variant, c->variant) == 0)
			return &sim_ceilings[i];
	return NULL;
}

/* ns that so many workers take for all of a ceiling's items. */
static double sim_ceiling_ns(const struct sim_ceiling *r, const struct sim_cell *c)
{
	static const double level_bytes[] = {48e3, 2e6, 32e6};
	const double p = (double)c->workers, bytes = (double)(c->size * r->item_bytes);
	int level = 0;
	while (level < 3 && bytes / (level < 2 ? p : 1) > level_bytes[level])
		level++;
	const double times = level > 1 && r->all > 0 && r->all < p ? r->all : p;
	return 1e9 * (r->item_bytes ? bytes : (double)c->size) / r->per_second[level] / times;
}

static uint64_t sim_items(const struct sim_cell *c)
{
	return c->weak ? c->size * c->workers : c->size;
}

static void sim_phases(const struct simulator *m, const struct sim_cell *c, double ns[5])
{
	double p = (double)c->workers, work = (double)sim_items(c) * sim_cost(c);
	bool serial = strcmp(c->backend, "serial") == 0, spawn = strcmp(c->lifetime, "spawn") == 0;
	bool processes = strcmp(c->backend, "openmp") != 0 && strcmp(c->backend, "pthread") != 0;
	double shared = strcmp(c->kernel, "palindrome") == 0 && c->size > 1000000 ? 0.04 : 0.002;
	double parallel = p > m->s->cpus ? m->s->cpus : p;
	const struct sim_ceiling *ceiling = sim_ceiling_of(c);
	ns[0] = serial ? 50 : spawn ? p * (processes ? 95e3 : 14e3) : 900 + 450 * p;
	ns[1] = serial || !spawn ? 0 : processes ? 42e3 : 11e3;
	ns[2] = ceiling ? sim_ceiling_ns(ceiling, c)
			: work * (1 + shared * (parallel - 1) + 0.00002 * parallel * (parallel - 1)) /
				  parallel;
	ns[3] = serial ? 60 : 700 + 60 * p;
	ns[4] = serial || !spawn ? 0 : p * (processes ? 35e3 : 5e3);
}

static void sim_factors(const struct sim_cell *c, struct factors *f)
{
	bool words = strcmp(c->kernel, "palindrome") == 0;
	snprintf(f->kernel, sizeof f->kernel, "%s", c->kernel);
	snprintf(f->variant, sizeof f->variant, "%s", c->variant);
	snprintf(f->backend, sizeof f->backend, "%s", c->backend);
	snprintf(f->lifetime, sizeof f->lifetime, "%s", c->lifetime);
	snprintf(f->schedule, sizeof f->schedule, "%s",
		strcmp(c->backend, "serial") == 0 ? "static" : "dynamic");
	snprintf(f->placement, sizeof f->placement, "compact");
	snprintf(f->scaling, sizeof f->scaling, "%s", c->weak ? "weak" : "strong");
	snprintf(f->meter, sizeof f->meter, "native");
	f->workers = sim_uint(c->workers);
	f->size = sim_uint(c->size);
	f->items = sim_uint(sim_items(c));
	if (sim_ceiling_of(c)) {
		const unsigned bytes = sim_ceiling_of(c)->item_bytes;
		*(bytes ? &f->bytes : &f->operations) = sim_uint(sim_items(c) * (bytes ? bytes : 1));
		f->seed = sim_uint(1);
	} else if (words) {
		f->words = f->items;
		f->length = sim_uint(4);
		f->seed = sim_uint(1);
	} else {
		f->start = sim_uint(0);
		f->stop = sim_uint(sim_items(c) - 1);
	}
}

/* Adds what each worker of one run did when: made one after another, unevenly loaded. */
static void sim_workers(struct simulator *m, const struct sim_cell *c, const double ns[5])
{
	struct err e = {0};
	const bool pool = strcmp(c->lifetime, "pool") == 0;
	for (uint64_t w = 0; w < c->workers; w++) {
		struct worker_row *row = table_add(&m->workers, NULL, &e);
		if (!row)
			abort();
		sim_factors(c, &row->cell);
		const double idle = w == 0 ? 0 : sim_uniform(m) * 0.02 * ns[2];
		row->worker = sim_uint(w);
		row->cpu = sim_uint(w % m->s->cpus);
		row->entered_ns = pool ? NAN : ns[0] * (double)(w + 1) / (double)c->workers;
		row->touched_ns = pool ? NAN : row->entered_ns + ns[1];
		row->began_ns = ns[0] + ns[1];
		row->ended_ns = ns[0] + ns[1] + ns[2] - idle;
		row->returned_ns = ns[0] + ns[1] + ns[2] + ns[3];
		row->total_ns = row->returned_ns + ns[4];
	}
}

/* Adds a cell's samples; `failed`: all of them timed out. */
static void sim_add(struct simulator *m, const struct sim_cell *c, bool failed)
{
	struct err e = {0};
	double ns[5], total = 0, moment = 0; /* moment: of a launch within its block */
	sim_phases(m, c, ns);
	if (m->s->fork_factor > 0 && strcmp(c->backend, "fork") == 0)
		for (int i = 0; i < 5; i++)
			ns[i] *= m->s->fork_factor;
	for (int i = 0; i < 5; i++) {
		ns[i] /= m->s->speed > 0 ? m->s->speed : 1;
		total += ns[i];
	}
	double spread = 0.01 + 0.03 * (total < 1e6), slow = 1;
	for (unsigned i = 0; i < m->s->samples; i++) {
		double noise = sim_uniform(m) + sim_uniform(m) + sim_uniform(m) - 1.5;
		if (m->s->noise > 0 && i % 4 == 0)
			slow = 1 + m->s->noise * sim_uniform(m) * sim_uniform(m);
		double factor = slow * (1 + spread * noise + (sim_uniform(m) < 0.04 ? 0.2 : 0)) *
				(i >= m->s->samples / 2 ? 1 + m->s->drift : 1);
		moment = i % 4 == 0 ? sim_uniform(m) : moment;
		struct sample *row = table_add(&m->samples, NULL, &e);
		if (!row)
			abort();
		sim_factors(c, &row->cell);
		row->launch_id = sim_uint(m->launch + i / 4);
		row->block = sim_uint(i / 4);
		row->sample = sim_uint(i % 4);
		row->batch = sim_uint(1);
		row->stamp = 1767225600 + 60 * (i / 4 + moment) + 0.01 * (i % 4);
		snprintf(row->status, sizeof row->status, "%s", failed ? "timeout" : "ok");
		if (failed) {
			snprintf(row->reason, sizeof row->reason, "ended after 60 s");
			continue;
		}
		row->seconds = total * 1e-9 * factor;
		row->startup_ns = ns[0] * factor;
		row->touch_ns = ns[1] * factor;
		row->compute_ns = ns[2] * factor;
		row->return_ns = ns[3] * factor;
		row->reap_ns = ns[4] * factor;
		row->imbalance_ns = 0.02 * row->compute_ns;
	}
	if (!failed && c->size == m->s->sizes[m->s->n_sizes - 1])
		sim_workers(m, c, ns);
	m->launch += (m->s->samples + 3) / 4;
}

static int sim_manifest(const struct simulation *s, const char *dir)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/manifest.json", dir);
	FILE *f = fopen(path, "w");
	if (!f)
		return -1;
	if (s->number > 0) {
		fprintf(f,
			"{\"schema\": 2, \"started\": %u.0, \"end\": \"complete\",\n"
			" \"machine\": {\"key\": \"%016x\", \"model\": \"simulated machine %u <not measured>\", "
			"\"cores\": %u, \"threads\": %u, \"memory_bytes\": %u000000000, \"caches\": "
			"[{\"level\": 1, \"bytes\": 49152}, {\"level\": 2, \"bytes\": 2097152}, "
			"{\"level\": 3, \"bytes\": 33554432}]},\n"
			" \"build\": {\"version\": \"0.1.0\", \"commit\": \"simulated\", \"compiler\": \"%s\", "
			"\"flags\": \"-O3 -g\"}, \"plan\": {\"meter\": \"native\", \"precision\": 0.02},\n"
			" \"findings\": [{\"topic\": \"governor\", \"grade\": \"%s\", \"says\": \"%s\"}]}\n",
			1767225600 + 86400 * s->number, s->number, s->number, s->cores ? s->cores : s->cpus,
			s->cpus, 4 * s->cpus, s->compiler ? s->compiler : "",
			s->number % 6 == 4 ? "warning" : "ok",
			s->number % 6 == 4 ? "powersave" : "performance");
		return fclose(f);
	}
	fprintf(f,
		"{\"schema\": 1, \"seed\": 1, \"started\": 1767225600.0, \"argv\": [\"sweep\"],\n"
		" \"machine\": {\"model\": \"simulated machine <not measured>\", \"threads\": %u, "
		"\"caches\": "
		"[{\"level\": 1, \"bytes\": 49152}, "
		"{\"level\": 2, \"bytes\": 2097152}, {\"level\": 3, \"bytes\": 33554432}]},\n"
		" \"findings\": [{\"topic\": \"load\", \"grade\": \"ok\", \"says\": \"idle\"}, {\"topic\": "
		"\"governor\", \"grade\": \"warning\", "
		"\"says\": \"powersave & <co>\"}]}\n",
		s->cpus);
	return fclose(f);
}

/* All cells of one kernel and size. */
static void sim_cells(struct simulator *m, const char *kernel, uint64_t size)
{
	static const char *const ladder[] = {"reference", "scalar", "ompsimd", "avx2", "avx512"};
	const struct simulation *s = m->s;
	unsigned at = 0;
	for (size_t v = 0; v < sizeof ladder / sizeof *ladder; v++)
		sim_add(m, &(struct sim_cell){kernel, ladder[v], "serial", "pool", 1, size, false},
			s->failures && v == 2);
	for (const char *const *b = s->backends; *b; b++)
		for (const char *const *l = s->lifetimes; *l; l++)
			for (uint64_t w = 1; w <= s->workers_most; w *= 2) {
				at++;
				if (s->holes && at % 7 == 3)
					continue;
				sim_add(m, &(struct sim_cell){kernel, s->variant, *b, *l, w, size, false},
					s->failures && at % 9 == 5);
				if (s->weak)
					sim_add(m,
						&(struct sim_cell){kernel, s->variant, *b, *l, w, size, true},
						false);
			}
}

/* The ceilings of one worker and of all CPUs. */
static void sim_roofs(struct simulator *m)
{
	static const uint64_t bytes[] = {32 << 10, 1 << 20, 8 << 20, 1 << 30};
	const struct simulation *s = m->s;
	const uint64_t workers[] = {1, s->cpus < s->workers_most ? s->cpus : s->workers_most};
	unsigned at = 0;
	for (size_t i = 0; i < sizeof sim_ceilings / sizeof *sim_ceilings; i++)
		for (size_t w = 0; w < 2; w++)
			for (size_t z = 0; z < (sim_ceilings[i].item_bytes ? 4 : 1); z++) {
				const struct sim_ceiling *r = &sim_ceilings[i];
				const uint64_t size =
					r->item_bytes ? bytes[z] / r->item_bytes : 100000000 * workers[w];
				at++;
				if (s->holes && at % 7 == 3)
					continue;
				sim_add(m,
					&(struct sim_cell){r->kernel, r->variant, "openmp", "pool",
						workers[w], size, false},
					s->failures && at % 9 == 5);
			}
}

/* Writes manifest.json, samples.csv, workers.csv and summary.csv into `dir`, which is made. 0, or -1. */
static inline int simulate(const struct simulation *s, const char *dir)
{
	static const char *const kernels_of[] = {"sieve", "palindrome"};
	struct simulator m = {.s = s, .random = 1 + s->seed};
	struct table summary;
	struct err e = {0};
	char path[4200];
	table_init(&m.samples, sample_columns, sizeof(struct sample));
	table_init(&m.workers, worker_columns, sizeof(struct worker_row));
	table_init(&summary, summary_columns, sizeof(struct summary));
	for (size_t k = 0; k < 2; k++)
		for (size_t z = 0; z < s->n_sizes; z++)
			sim_cells(&m, kernels_of[k], s->sizes[z]);
	if (s->ceilings)
		sim_roofs(&m);
	mkdir(dir, 0777);
	snprintf(path, sizeof path, "%s/samples.csv", dir);
	int result = csv_write(path, &m.samples, &e);
	snprintf(path, sizeof path, "%s/workers.csv", dir);
	if (result == 0)
		result = csv_write(path, &m.workers, &e);
	snprintf(path, sizeof path, "%s/summary.csv", dir);
	if (result == 0 && (result = summary_make(&m.samples, &summary, &e)) == 0)
		result = csv_write(path, &summary, &e);
	table_free(&summary);
	table_free(&m.workers);
	table_free(&m.samples);
	if (result != 0)
		fprintf(stderr, "%s\n", e.text);
	return result == 0 ? sim_manifest(s, dir) : -1;
}

#endif
