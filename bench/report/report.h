/* SPDX-License-Identifier: MIT */
/*
 * report.h - a sweep in words, tables and charts, for someone who was not there.
 *
 * report.c gathers what there is to say into a struct report once; report_page.c knows the order in which it
 * is said; report_html.c and report_md.c lay that out, report_text.c what a terminal has room for. Nothing
 * here measures or summarises.
 */
#ifndef PARSCALE_BENCH_REPORT_REPORT_H
#define PARSCALE_BENCH_REPORT_REPORT_H

#include "base/options.h"
#include "bench/report/plot.h"

/* Most of each; most columns of a table: a kernel each, and two beside them. */
enum { REPORT_KERNELS = 32, REPORT_SENTENCES = 24, REPORT_COLUMNS = REPORT_KERNELS + 2 };

/* Why a page has no charts. */
enum { PAGE_REASON = 400 };

/* Sentences, the most important first. */
struct sentences {
	char text[REPORT_SENTENCES][480];
	size_t count;
};

/* What is asked, and the answer over all kernels. */
struct answer {
	const char *id; /* "speedup": what links and tests find it by */
	const char *question;
	char text[1400];
	size_t clauses;   /* so far */
	uint64_t workers; /* that the first one is about */
};

struct headline {
	struct answer answer[7];
	size_t count;
};

/* A table of texts; `key` is what a column sorts by where it is a number, NAN for a text. */
struct report_cell {
	char text[320];
	double key;
};

struct report_table {
	const char *const *heads; /* ended by NULL */
	size_t columns, rows;
	struct report_cell *cells; /* row by row */
};

/* Adds one from a printf format; beyond REPORT_SENTENCES it is dropped. */
void sentences_add(struct sentences *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What is said of one kernel. */
struct section {
	const char *kernel;
	char setting[640]; /* what its charts and table keep fixed */
	struct sentences answer;
	struct report_table
		table; /* the focus cell's neighbours at its size: back ends, lifetimes, workers */
};

struct report {
	struct dataset d;
	struct plots plots;
	char no_plots[PAGE_REASON]; /* why there are none; "" where there are */
	char machine[256];          /* in one line; "" where unknown */
	struct headline headline;   /* the answers, led by "noise" where the sweep decides next to nothing */
	struct sentences against;   /* what changed; none without another sweep */
	struct sentences trust;     /* how far to trust it, and what speaks against it */
	struct sentences rules;     /* of Hoefler and Belli, in their order, and what is true of this sweep */
	struct section section[REPORT_KERNELS];
	size_t sections;
	struct report_table caches;    /* told and measured */
	struct report_table ceilings;  /* what the machine can do */
	struct report_table nearness;  /* how near each kernel comes, at each size */
	struct sentences undemanding;  /* kernels that no roofline shows, and why */
	struct report_table all;       /* every cell */
	struct report_table troubles;  /* cells with samples that are not ok, and why */
	struct report_table changes;   /* against other sweeps */
	struct report_table outliers;  /* the samples furthest off, and why */
	struct report_table omissions; /* cells that the plan left out, and why */
	struct report_table findings;  /* of the environment, the most serious first */
	struct report_table manifest;  /* key, value */
};

/* What the numbers decide of a kernel, and no more; how far to trust them (report_answer.c, report_trust.c,
 * report_rules.c). */
void report_answer(const struct dataset *d, const char *kernel, struct sentences *s);
void report_trust(const struct dataset *d, struct sentences *s);
void report_rules(const struct dataset *d, struct sentences *s);
void report_headline(const struct dataset *d, const struct sentences *trust, struct headline *h);

/* How precise the cells with a time are. Relative half-widths of 95 % intervals of medians. */
struct report_precision {
	size_t cells, known,
		within; /* all; that have an interval; whose interval is within what was asked for */
	double asked,
		typical; /* half-widths: by the plan (2 % where it asks for none); the median one, or NAN */
};
struct report_precision report_precision(const struct dataset *d);

/* Whether next to nothing can be concluded: fewer than a quarter of the cells are within the precision asked for, and
 * the typical interval is wider than report_margin or most cells have none. */
bool report_noisy(const struct report_precision *p);

/* "1.98 (1.75 to 2.00)"; the value alone where it has no interval, or is one by definition. */
enum { REPORT_RANGED = 96 };
char *report_ranged(struct ranged x, char text[REPORT_RANGED]);

/* A speed-up over serial with its interval and what follows from it: "1.98 (1.75 to 2.00)", "2.51 (0.32 to 6.65):
 * inconclusive, too noisy". One above the ideal is never a plain fact: the reason is part of it. */
void report_speedup(const struct dataset *d, const struct summary *focus, char *text, size_t size);

/* Whether a ratio may be below 1 as well as above it, by more than report_margin. */
bool report_inconclusive(struct ranged ratio);

/* The focus cell's bottleneck, as a clause: "memory bandwidth (51.9 GB/s, 92 % of the read ceiling)"; false where
 * nothing decides. */
bool report_limit(const struct dataset *d, const struct summary *focus, char *text, size_t size);

void report_against(const struct dataset *d, struct sentences *s);

/* The same as report_trust in one line, for a table of many sweeps. Poor: too noisy, or the machine changed its speed;
 * care: unfinished, with failures, or with findings that warn; good: none of these. */
enum trust { TRUST_GOOD, TRUST_CARE, TRUST_POOR };
extern const char *const trust_words[];
enum trust report_verdict(const struct dataset *d, char *text, size_t size);

/* Tables (report_tables.c); -1 without memory. Freed by report_table_free. */
enum report_table_column {
	SHEET_NAME,
	SHEET_LIFETIME,
	SHEET_WORKERS,
	SHEET_MEDIAN,
	SHEET_INTERVAL,
	SHEET_RATE,
	SHEET_SPEEDUP,
	SHEET_SELF,
	SHEET_SAMPLES,
	SHEET_STATE
}; /* of report_table_main */
int report_table_main(
	const struct dataset *d, const struct summary *focus, struct report_table *g, struct err *e);
int report_table_against(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_caches(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_ceilings(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_nearness(const struct dataset *d, struct report_table *g, struct err *e);
void report_undemanding(const struct dataset *d, struct sentences *s);
int report_table_all(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_troubles(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_outliers(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_omissions(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_findings(const struct dataset *d, struct report_table *g, struct err *e);
int report_table_manifest(const struct dataset *d, struct report_table *g, struct err *e);
void report_table_free(struct report_table *g);

/* For those who make them: an empty table with its heads; one more row, of which the first two texts are
 * given. */
void report_table_begin(struct report_table *g, const char *const *heads);
struct report_cell *report_table_row(struct report_table *g, struct err *e); /* NULL without memory */
void report_table_text(struct report_cell *c, const char *text);
void report_table_count(struct report_cell *c, struct uint_field n); /* nothing where it is not known */
void report_table_number(struct report_cell *c, double key, const char *text); /* nothing where key is NAN */
int report_table_pair(struct report_table *g, const char *first, const char *second, struct err *e);

/* A ratio of times, "1.052", and its interval. */
void report_table_change(struct report_cell *ratio, struct report_cell *interval, struct ranged v);

/* How the numbers were made: short paragraphs, ended by NULL. */
extern const char *const report_method[];

/* The head of a page: what it is and whose, the answers, and links to its headings of level 2. */
struct page_link {
	char id[80], title[64];
};

struct page_top {
	const char *name, *subject; /* "parscale report"; behind it in the window's title */
	char about[400];            /* one line below the name; "": none */
	const struct headline *headline;
	struct page_link links[REPORT_KERNELS + 16];
	size_t link_count;
};

/* Links to a heading; its title is cut at the first colon. Beyond the room it is dropped. */
void page_link_add(struct page_top *top, const char *id, const char *title);

/* What a page is made of, in some markup. `f` is open for writing and checked by the caller. */
enum report_table_style {
	SHEET_OPEN,
	SHEET_WRAPPED, /* long texts may break */
	SHEET_FOLDED   /* wrapped, and out of the way where the markup can */
};

struct layout {
	void (*top)(FILE *f, const struct page_top *top);
	/* level 2 or 3; id NULL: nothing links to it */
	void (*heading)(FILE *f, int level, const char *id, const char *text);
	void (*paragraph)(FILE *f, const char *text);
	void (*sentences)(FILE *f, const struct sentences *s, bool numbered);
	void (*sheet)(FILE *f, const struct report_table *g, enum report_table_style style);
	/* DIR/plots/STEM.svg; reading "": said before */
	void (*chart)(FILE *f, const char *dir, const struct plotted *p, const char *reading);
	/* links to those that are in DIR; ended by NULL */
	void (*files)(FILE *f, const char *dir, const char *const *names);
	void (*bottom)(FILE *f);
};
extern const struct layout layout_html, layout_md;

/* The charts of a part of a page, each below its heading; subject NULL: of all. How to read a kind of chart is said at
 * its first. */
void page_charts(FILE *f, const struct layout *as, const char *dir, const struct plots *plots,
	enum chart_part part, const char *subject);

/* A table below its heading of level 3 (NULL: none); nothing where it has no rows. */
void page_table(FILE *f, const struct layout *as, const char *head, const struct report_table *g,
	enum report_table_style style);

/* Makes a folder for a page. ERR_USAGE naming --out where it cannot, or where it holds a sweep, whose plots/ would be
 * mixed with the page's. */
int page_folder(const char *dir, struct err *e);

/* Whether a page can do with what became of its charts (`drawing`, of plots_draw and its like). Without gnuplot it has
 * tables only: the reason goes to `none`, else "". That, and what gnuplot complained of, is said on standard error,
 * where `form` is "page" or "report". -1 with the error for any other. */
int page_plotted(const struct plots *plots, const struct err *drawing, const char *form,
	char none[PAGE_REASON], struct err *e);

/* Puts a page, whatever it is of. */
typedef void page_fn(const void *page, const struct layout *as, FILE *f);

/* Writes DIR/NAME whole or not at all, and names it in `say` (NULL: does not). ERR_FAILED. */
int page_write(const char *dir, const char *name, const struct layout *as, page_fn *put, const void *page,
	FILE *say, struct err *e);

page_fn report_page; /* of a struct report */
void report_text(const struct report *r, FILE *f);

/* A folder of results, and which forms of report it shall get. */
struct report_request {
	const char *dir;
	/* folders of other sweeps; none: the other programs of this sweep, if it measured several */
	struct option_texts against;
	bool cross_machine; /* those of `against` may be of another machine */
	bool html, md;      /* write DIR/report.html, DIR/report.md, and print their names */
	bool text;          /* print the report for a terminal, and no names */
};

/* Gathers and writes it; what could not be drawn is said on standard error. 0, or -1 with *e set. */
int report_write(const struct report_request *a, struct err *e);

#endif
