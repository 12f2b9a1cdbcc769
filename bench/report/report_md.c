/* SPDX-License-Identifier: MIT */
/* report_md.c - a page as Markdown for a repository, with charts as links to SVG files. */
#include "bench/data/folder.h"
#include "bench/report/report.h"

#include <string.h>

/* Text that markdown and the HTML in it leave alone. */
static void put_text(FILE *f, const char *text)
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

static void sheet(FILE *f, const struct report_table *g, enum report_table_style style)
{
	/* without its blank lines GitHub takes what is inside for HTML */
	if (style == SHEET_FOLDED)
		fprintf(f, "<details><summary>%zu rows</summary>\n\n", g->rows);
	fputc('|', f);
	for (size_t c = 0; c < g->columns; c++) {
		fputc(' ', f);
		put_text(f, g->heads[c]);
		fputs(" |", f);
	}
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
			put_text(f, g->cells[r * g->columns + c].text);
			fputs(" |", f);
		}
	}
	fputs("\n\n", f);
	if (style == SHEET_FOLDED)
		fputs("</details>\n\n", f);
}

static void heading(FILE *f, int level, const char *id, const char *text)
{
	(void)id;
	fprintf(f, "%s ", level == 2 ? "##" : "###");
	put_text(f, text);
	fputs("\n\n", f);
}

static void paragraph(FILE *f, const char *text)
{
	put_text(f, text);
	fputs("\n\n", f);
}

static void sentences(FILE *f, const struct sentences *s, bool numbered)
{
	for (size_t i = 0; i < s->count; i++) {
		if (numbered)
			fprintf(f, "%zu. ", i + 1);
		else
			fputs("- ", f);
		put_text(f, s->text[i]);
		fputc('\n', f);
	}
	fputc('\n', f);
}

static void chart(FILE *f, const char *dir, const struct plotted *p, const char *reading)
{
	(void)dir;
	fputs("![", f);
	put_text(f, p->title);
	fprintf(f, "](plots/%s.svg)\n\n", p->stem);
	if (*reading)
		paragraph(f, reading);
}

static void files(FILE *f, const char *dir, const char *const *names)
{
	const char *between = "";
	for (; *names; names++)
		if (folder_has(dir, *names)) {
			fprintf(f, "%s[%s](%s)", between, *names, *names);
			between = " · ";
		}
	fputc('\n', f);
}

static void top(FILE *f, const struct page_top *t)
{
	fprintf(f, "# %s\n\n", t->name);
	put_text(f, t->about);
	fputs("\n\n", f);
	for (size_t i = 0; i < t->headline->count; i++) {
		fprintf(f, "- **%s.** ", t->headline->answer[i].question);
		put_text(f, t->headline->answer[i].text);
		fputc('\n', f);
	}
	fputc('\n', f);
}

static void bottom(FILE *f)
{
	(void)f;
}

const struct layout layout_md = {top, heading, paragraph, sentences, sheet, chart, files, bottom};
