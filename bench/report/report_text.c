/* SPDX-License-Identifier: MIT */
/* report_text.c - the report for a terminal: answers, the main table of each kernel, bars. */
#include "base/wrap.h"
#include "bench/data/grid.h"
#include "bench/report/report.h"

#include <inttypes.h>
#include <string.h>

/* A text without what a terminal would obey. */
static void put_plain(FILE *f, const char *text)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, f);
}

static void put_padded(FILE *f, const char *text, size_t to, bool right)
{
	size_t gap = wrap_width(text) < to ? to - wrap_width(text) : 0;
	if (!right)
		put_plain(f, text);
	for (size_t i = 0; i < gap; i++)
		fputc(' ', f);
	if (right)
		put_plain(f, text);
}

static void put_item(FILE *f, const char *text)
{
	wrap_entry(f, "-", 2, text, WRAP_PAGE);
}

/* What a terminal has room for; the bars say the speed-up. */
static const size_t narrow[] = {SHEET_NAME, SHEET_LIFETIME, SHEET_WORKERS, SHEET_MEDIAN, SHEET_INTERVAL,
	SHEET_RATE, SHEET_SAMPLES, SHEET_STATE};

static const char *heading(const void *ctx, size_t column)
{
	return ((const struct report_table *)ctx)->heads[narrow[column]];
}

static const char *cell(const void *ctx, size_t row, size_t column, char *buffer)
{
	const struct report_table *g = ctx;
	const char *from = g->cells[row * g->columns + narrow[column]].text;
	size_t n = 0;
	for (; from[n] && n < GRID_TEXT - 1; n++)
		buffer[n] = (unsigned char)from[n] < ' ' || from[n] == 127 ? '?' : from[n];
	buffer[n] = '\0';
	return buffer;
}

static void put_table(const struct report_table *g, FILE *f)
{
	grid_print(&(struct grid){.rows = g->rows,
			   .columns = sizeof narrow / sizeof *narrow,
			   .left = 2,
			   .heading = heading,
			   .cell = cell,
			   .ctx = g},
		f);
}

/* Bars of the speed-up over serial, in eighths of a character. */
static void put_bars(const struct report_table *g, FILE *f)
{
	static const char *const part[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	enum { WIDEST = 48 };
	double most = 0;
	for (size_t r = 0; r < g->rows; r++)
		most = fmax(most, g->cells[r * g->columns + SHEET_SPEEDUP].key); /* fmax passes over NAN */
	if (!(most > 0))
		return;
	fputs("\n  speed-up over serial\n", f);
	for (size_t r = 0; r < g->rows; r++) {
		const struct report_cell *c = g->cells + r * g->columns;
		if (isnan(c[SHEET_SPEEDUP].key))
			continue;
		unsigned eighths = (unsigned)(8 * WIDEST * c[SHEET_SPEEDUP].key / most + 0.5);
		fputs("  ", f);
		put_padded(f, c[SHEET_NAME].text, 12, false);
		put_padded(f, c[SHEET_LIFETIME].text, 7, false);
		put_padded(f, c[SHEET_WORKERS].text, 4, true);
		fputc(' ', f);
		for (unsigned i = 0; i < eighths / 8; i++)
			fputs("█", f);
		fprintf(f, "%s %s\n", part[eighths % 8], c[SHEET_SPEEDUP].text);
	}
}

static void put_sentences(const struct sentences *s, const char *head, FILE *f)
{
	fputc('\n', f);
	wrap_entry(f, "", 0, head, WRAP_PAGE);
	for (size_t i = 0; i < s->count; i++)
		put_item(f, s->text[i]);
}

void report_text(const struct report *r, FILE *f)
{
	if (*r->machine)
		wrap_entry(f, "", 0, r->machine, WRAP_PAGE);
	fputc('\n', f);
	for (size_t i = 0; i < r->headline.count; i++) {
		char text[sizeof r->headline.answer[i].text + 64];
		snprintf(text, sizeof text, "%s: %s", r->headline.answer[i].question,
			r->headline.answer[i].text);
		put_item(f, text);
	}
	for (size_t k = 0; k < r->sections; k++)
		put_sentences(&r->section[k].answer, r->section[k].kernel, f);
	if (r->against.count > 0)
		put_sentences(&r->against, "comparison with baselines", f);
	put_sentences(&r->trust, "confidence", f);
	for (size_t k = 0; k < r->sections; k++) {
		const struct section *s = &r->section[k];
		if (s->table.rows == 0)
			continue;
		fputc('\n', f);
		put_plain(f, s->kernel);
		fputs(": ", f);
		put_plain(f, s->setting);
		fputs("\n\n", f);
		put_table(&s->table, f);
		put_bars(&s->table, f);
	}
}
