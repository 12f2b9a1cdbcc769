/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include <string.h>

/* Text that markdown and the HTML in it leave alone. */
static void put(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_[]#|~", *text))
			fputc('\\', f);
		if (*text == '<')
			fputs("&lt;", f);
		else if (*text == '&')
			fputs("&amp;", f);
		else
			fputc((unsigned char)*text < ' ' ? ' ' : *text, f);
	}
}

static void put_sheet(const struct sheet *g, FILE *f)
{
	fputc('|', f);
	for (size_t c = 0; c < g->columns; c++)
		fprintf(f, " %s |", g->heads[c]);
	fputs("\n|", f);
	for (size_t c = 0; c < g->columns; c++) {
		bool number = false;
		for (size_t r = 0; r < g->rows; r++)
			number = number || !isnan(g->cells[r * g->columns + c].key);
		fputs(number ? " ---: |" : " --- |", f);
	}
	for (size_t r = 0; r < g->rows; r++) {
		fputs("\n|", f);
		for (size_t c = 0; c < g->columns; c++) {
			fputc(' ', f);
			put(f, g->cells[r * g->columns + c].text);
			fputs(" |", f);
		}
	}
	fputs("\n\n", f);
}

/* The charts of a part of the report; subject "" where it has none; NULL: of all. */
static void put_charts(const struct report *r, enum chart_part part, const char *subject, FILE *f)
{
	for (size_t i = 0; i < r->plots.count; i++) {
		const struct plotted *p = &r->plots.list[i];
		if (p->chart->part != part || (subject && strcmp(p->subject, subject) != 0))
			continue;
		fprintf(f, "**%s**\n\n![", p->chart->question);
		put(f, p->title);
		fprintf(f, "](plots/%s.svg)\n\n", p->stem);
		put(f, p->chart->reading);
		fputs("\n\n", f);
	}
}

static void put_section(const struct report *r, const struct section *s, FILE *f)
{
	fputs("## ", f);
	put(f, s->kernel);
	fputs("\n\n", f);
	if (s->table.rows > 0) {
		put(f, s->setting);
		fputs("\n\n", f);
		put_sheet(&s->table, f);
	}
	put_charts(r, OF_KERNEL, s->kernel, f);
}

static void put_sentences(const struct sentences *s, const char *head, FILE *f)
{
	fputs("**", f);
	put(f, head);
	fputs("**\n\n", f);
	for (size_t i = 0; i < s->count; i++) {
		fputs("- ", f);
		put(f, s->text[i]);
		fputc('\n', f);
	}
	fputc('\n', f);
}

void report_md(const struct report *r, FILE *f)
{
	fputs("# parscale report\n\n", f);
	put(f, r->machine);
	fputs("\n\n", f);
	for (size_t k = 0; k < r->sections; k++)
		put_sentences(&r->section[k].answer, r->section[k].kernel, f);
	if (r->against.count > 0)
		put_sentences(&r->against, "Against the other sweep", f);
	put_sentences(&r->trust, "How far to trust it", f);
	if (*r->no_plots) {
		put(f, r->no_plots);
		fputs("\n\n", f);
	}
	for (size_t k = 0; k < r->sections; k++)
		put_section(r, &r->section[k], f);
	if (r->d.probes.count > 0) {
		fputs("## What mechanisms cost\n\n", f);
		put_charts(r, OF_PROBE, NULL, f);
		fputs("All numbers of the probes: [probes.csv](probes.csv).\n\n", f);
	}
	if (r->changes.rows > 0) {
		fputs("## Against the other sweep\n\n", f);
		put(f, r->d.base);
		fputs("\n\n", f);
		put_charts(r, OF_CHANGES, "", f);
		put_sheet(&r->changes, f);
	}
	if (r->plots.count > 0) {
		fputs("## How steady it was\n\n", f);
		put_charts(r, OF_STEADINESS, "", f);
	}
	if (r->troubles.rows > 0) {
		fputs("## Failed\n\n", f);
		put_sheet(&r->troubles, f);
	}
	if (r->outliers.rows > 0) {
		fputs("## The samples furthest off\n\n", f);
		put_sheet(&r->outliers, f);
	}
	if (r->omissions.rows > 0) {
		fputs("## Not measured\n\n", f);
		put_sheet(&r->omissions, f);
	}
	fputs("## How it was measured\n\n", f);
	for (const char *const *p = report_method; *p; p++)
		fprintf(f, "- %s\n", *p);
	fputs("\nThe twelve rules of Hoefler and Belli (SC15), and what is true of this sweep:\n\n", f);
	for (size_t i = 0; i < r->rules.count; i++) {
		fprintf(f, "%zu. ", i + 1);
		put(f, r->rules.text[i]);
		fputc('\n', f);
	}
	fputs("\n## The machine, the build and the plan\n\n", f);
	if (r->manifest.rows > 0)
		put_sheet(&r->manifest, f);
	fputs("Every cell: [summary.csv](summary.csv). Every sample: [samples.csv](samples.csv). What the "
	      "numbers depend on: "
	      "[manifest.json](manifest.json).\n",
		f);
}
