/* SPDX-License-Identifier: MIT */
/*
 * chart.h - what each chart shows: which rows of a dataset, as which series, with which words around them.
 *
 * A chart is one prepare function, one line in charts.def and one script in plots/. Preparing chooses
 * and scales numbers and writes them as gnuplot variables and a tab-separated data file; how they look is the
 * script's business. Nothing here runs gnuplot: see plot.h.
 */
#ifndef PARSCALE_BENCH_REPORT_CHART_H
#define PARSCALE_BENCH_REPORT_CHART_H

#include "base/units.h"
#include "bench/data/dataset.h"
#include "bench/data/history.h"
#include "bench/report/label.h"

#include <stdio.h>

struct gallery; /* many machines: gallery.h */

/* A chart being prepared. */
struct drawing {
	/* what is charted: one of them, the others are NULL */
	const struct dataset *d;
	const struct gallery *machines;
	const struct history *history;
	FILE *vars, *data;  /* gnuplot assignments; rows for the script */
	char title[128];    /* what is charted */
	char subtitle[640]; /* what was kept fixed */
	char note[640];     /* n, intervals and base, in sentences; the first line of the caption */
	int wide, high;     /* points of the SVG; set before preparing, may be changed */
	uint64_t samples_least, samples_most, launches_least, launches_most; /* of the rows shown */
};

/* Where in a report it stands. Charts of a kernel or a probe are drawn for each of them, as NAME-SUBJECT.svg;
 * the others once, as NAME.svg, with "" for the subject. */
enum chart_part {
	OF_WHOLE,
	OF_KERNEL,
	OF_CEILINGS,
	OF_PROBE,
	OF_STEADINESS,
	OF_CHANGES,
	OF_MACHINES,        /* of a gallery, as a whole */
	OF_MACHINES_KERNEL, /* and of each kernel */
	OF_HISTORY
};

struct chart {
	const char *name;     /* script NAME.gp, files NAME-KERNEL.svg and .png */
	const char *question; /* that it answers, as a heading; "" for a probe's own */
	const char *reading;  /* how to read it, for the report */

	enum chart_part part;

	/* Whether there is something to show for the kernel; if so, everything is written. */
	bool (*prepare)(struct drawing *g, const char *kernel);
};

/* Ratios closer to 1 than this are of no consequence; stated wherever it is used. */
extern const double report_margin;

/* All charts in the order of a report, ended by one whose name is NULL. */
extern const struct chart charts[];

/* For prepare functions, here and in chart_*.c. */

/* Assigns a text to a gnuplot variable, whatever it contains. */
void chart_text(FILE *vars, const char *name, const char *text);

/* The same for element i (from 1) of an array declared by chart_array. */
void chart_array(FILE *vars, const char *name, size_t n);
void chart_element(FILE *vars, const char *name, size_t i, const char *text);

/* The same for a text that will be the label of a tic, where gnuplot takes % for a format. */
void chart_tic(FILE *vars, const char *name, size_t i, const char *text);

/* A text as one field of the data file: no tabs, quotes or control characters. */
void chart_field(FILE *data, const char *text);

/* Cuts a text to `most` bytes and an ellipsis, between characters. `out` has room for most + 4. */
void chart_shorten(const char *text, size_t most, char *out);

/* Notes a row that is shown, for the caption's n. */
void chart_shown(struct drawing *g, const struct summary *s);

/* "Medians of 12 to 40 samples (4 launches); bars: 95 % intervals." of the rows noted. */
void chart_counts(const struct drawing *g, const char *bars, char *text, size_t size);

/* The same of rows of probes; the note is theirs, with what else is to be said. */
void chart_probed(struct drawing *g, const struct probe_row *r);
void chart_probed_note(struct drawing *g, const char *more);

/* One line of a chart: the cells that match `of` but for what x stands for. */
struct series {
	const struct factors *of;
};
enum { SERIES_MOST = 32, AXIS_MOST = 64 };

/* The series of the cells that match `like` but for back end, lifetime, threads of a rank and x (as in
 * cells_match), serial left out, in chart order. How many. */
size_t chart_series(const struct dataset *d, const struct factors *like, const char *x, struct series *out);

/* Whether a row is a point of the series. */
bool series_has(const struct series *one, const char *x, const struct summary *s);

/* Whether all have one lifetime, which then need not be said in each name. Serial has none to speak of. */
bool series_one_lifetime(const struct series *all, size_t n);

/* Its name: "fork", or "fork, spawn" where lifetimes differ; "mpi, 2 threads" of ranks with threads. */
void series_name(const struct series *all, size_t n, size_t i, char *text, size_t size);

/* Its style (plots/common.gp): its back end's; of ranks with threads, the same colour with another shape for 1 to 5 threads. */
int series_style(const struct series *one);

/* Their order on charts: < 0, 0 for the same series, > 0. */
int series_order(const struct factors *a, const struct factors *b);

/* Writes element i (from 1) of the arrays names, styles and forms. */
void chart_style(FILE *vars, const struct series *one, size_t i, const char *name);

/* Inserts x into a rising list without repeats of at most AXIS_MOST; the new length. */
size_t axis_add(uint64_t *axis, size_t n, uint64_t x);

/* Names an axis of items a second, "10⁹ words/s" where its highest value is that high and 0 < highest; SCALE
 * is what to divide by. */
void chart_rate_axis(
	struct drawing *g, const char *scale, const char *name, const char *kernel, double highest);

/* Where an axis of bars ends: at the longest; at four times the median bar (of an even number the lower one)
 * where the longest is longer than six times that, and would press the others flat. Sorts. 0 of none. */
double chart_end(double *lengths, size_t n);

/* A number as gnuplot reads it, NaN included. */
void chart_real(FILE *f, double x);

/* The largest deviation, in percent, that the median of a stretch of the sweep had from 0; NAN where there is
 * too little to tell. */
double course_worst(const struct dataset *d);

/* The prepare functions, one for each line of charts.def. */
#define CHART(name, part, question, reading) bool chart_##name(struct drawing *g, const char *subject);
#include "bench/report/charts.def"

/* Whether chart_paths shows a probe, whose ladder would be long and say the same. */
bool paths_say_it(const struct dataset *d, const char *probe);

/* Whether chart_caches shows it: the rows of the probe `cache`, at enough sizes for a line. */
bool caches_say_it(const struct dataset *d, const char *probe);

#endif
