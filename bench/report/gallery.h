/* SPDX-License-Identifier: MIT */
/*
 * gallery.h - the sweeps of many machines beside each other: one rate per kernel and machine, for all of its CPUs and
 * for one worker, and how these relate to a base machine.
 *
 * Machines are unlike on purpose; what is compared is not. The rates of a kernel are of one problem, the one that most
 * machines have measured and of those the largest. A ceiling (kernel.h) is not tied to a problem: each machine's is
 * that of its largest. The cell for all CPUs is chosen as a report's focus cell is (dataset_focus), that of one worker
 * is the fastest; variants and back ends may differ, and are said.
 *
 * Ratios are rates over the base's, with a 95 % interval from those of both medians, as independent errors (Zou and
 * Donner 2008). Where both folders have their samples, the p-value is Mann and Whitney's over medians of launches, as in
 * comparison.h; else it is that of the interval, taken for normal on the logarithms. P-values are adjusted for all ratios
 * of the page by Benjamini and Hochberg. Verdicts are those of `compare`, of times: faster, slower, same, undecided.
 */
#ifndef PARSCALE_BENCH_REPORT_GALLERY_H
#define PARSCALE_BENCH_REPORT_GALLERY_H

#include "bench/data/comparison.h"
#include "bench/data/dataset.h"

enum { GALLERY_MACHINES = 128, GALLERY_KERNELS = 32, GALLERY_NAME = 64 };

/* A folder of results and what to call its machine; what it costs and draws, NAN where not said. */
struct gallery_folder {
	char name[GALLERY_NAME];
	const char *dir;
	double price, watts;
};

struct gallery_request {
	struct gallery_folder *folder;
	size_t count;
	const char *base; /* a name; NULL: the first */
	const char *out;  /* folder of the page */
};

/* One of the two rates that a kernel has on a machine. */
struct gallery_rate {
	const struct summary *row; /* of the machine's dataset; NULL: not measured */
	struct ranged rate;        /* items per second; of ceilings of memory, bytes */
	struct ranged ratio;       /* over the base's; NAN where either is missing; of the base 1 */
	double p, q;               /* of no difference beyond gallery_margin; adjusted; NAN: not known */
	enum verdict verdict;      /* where ratio is known and this is not the base */
};

struct gallery_entry {
	struct gallery_rate whole, one; /* all CPUs; one worker */
};

struct gallery_kernel {
	const char *name;
	bool ceiling;
	const struct factors *problem; /* that the rates are of; NULL for ceilings */
	size_t having;                 /* machines that have measured it */
	struct gallery_entry *entry;   /* of each machine */
};

struct gallery_machine {
	const char *name;
	struct dataset d;
	double price, watts;
	unsigned cpus, cores; /* usable; cores no more than CPUs; 0: unknown */
	int style;            /* on charts: the base 1 */
	struct ranged
		mean; /* geometric mean of the ratios of `whole` over the kernels that all machines have */
};

struct gallery {
	struct gallery_machine *machine; /* as they were named */
	size_t count, base;
	size_t *order;    /* places by falling mean, for charts and tables; those without one last */
	size_t in_common; /* kernels that the means are over */
	struct gallery_kernel kernel[GALLERY_KERNELS]; /* subjects, then ceilings */
	size_t kernels, subjects;
	struct gallery_entry *entries; /* of all kernels */
	bool simulated;                /* some machine is not a real one, by its model's name */
};

/* Ratios closer to 1 than this count as none. */
extern const double gallery_margin;

/* Reads all folders and relates them. ERR_USAGE where one is no folder of results, or is merged from several machines,
 * where two have one name, or the base is not among them. Freed by gallery_close, also after an error. */
int gallery_open(struct gallery *g, const struct gallery_request *r, struct err *e);
void gallery_close(struct gallery *g);

/* Of kernel k on machine m. */
static inline const struct gallery_entry *gallery_at(const struct gallery *g, size_t k, size_t m)
{
	return &g->kernel[k].entry[m];
}

/* A rate with its unit, "12.3 G numbers/s", of a row of this kernel; `text` has GALLERY_RATE bytes. */
enum { GALLERY_RATE = 64 };
char *gallery_rate_text(const struct gallery_kernel *k, double rate, char *text);

/* Writes OUT/gallery.html and OUT/gallery.md with OUT/plots, and prints their names; OUT is made once everything has
 * been read. Without gnuplot they have tables only, which is said on standard error. 0, or -1 with *e set. */
int gallery_write(const struct gallery_request *r, struct err *e);

#endif
