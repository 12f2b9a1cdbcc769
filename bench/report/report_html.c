/* SPDX-License-Identifier: MIT */
/*
 * report_html.c - a page as one HTML file without references to the network: style sheet, a
 * script that sorts tables, charts as inline SVG.
 */
#include "bench/report/report.h"

#include "bench/data/folder.h"
#include "bench/report/svg.h"

#include <stdlib.h>
#include <string.h>

static const char css[] =
	":root{color-scheme:light "
	"dark;--ink:#1b1f24;--soft:#5c6670;--paper:#fff;--line:#d5dae0;--tint:#f4f6f8;--link:#0b5fad}\n"
	"@media "
	"(prefers-color-scheme:dark){:root{--ink:#e3e6ea;--soft:#9aa4af;--paper:#16181c;--line:#343a42;--"
	"tint:#1f2329;--link:#6cb6ff}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n"
	"main{max-width:1040px;margin:0 auto;padding:1.5rem 1rem 4rem}\n"
	"h1{font-size:1.7rem;line-height:1.2;margin:.2em 0}h2{font-size:1.35rem;margin:2.4em 0 "
	".4em;border-top:1px solid var(--line);padding-top:1em}\n"
	"h3{font-size:1.05rem;margin:1.8em 0 .3em}p{max-width:75ch;margin:.5em 0}a{color:var(--link)}\n"
	".soft,figcaption{color:var(--soft)}.soft{margin-top:0}\n"
	".answer{background:var(--tint);border-left:4px solid #0072b2;padding:.6rem 1.2rem;margin:1.2rem 0}\n"
	".answer dl{display:grid;grid-template-columns:10.5rem 1fr;margin:0;gap:.55rem 1rem}.answer "
	"dt{font-weight:600}.answer "
	"dd{margin:0}\n"
	".rules{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem 1.2rem "
	".8rem 2.6rem;margin:.6rem 0}.rules li{max-width:none}\n"
	"nav{line-height:1.9}nav a{margin-right:1.1rem;white-space:nowrap}h2,h3{scroll-margin-top:.5rem}\n"
	"figure{margin:.4rem 0 1.6rem}figcaption{font-size:.88rem}\n"
	".wide{overflow-x:auto;-webkit-overflow-scrolling:touch}\n"
	"svg.chart{display:block;width:100%;max-width:940px;height:auto;min-width:640px}\n"
	"table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.28rem .6rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}\n"
	"td.n,th.n{text-align:right}th{white-space:normal;border-bottom:2px solid "
	"var(--line);vertical-align:bottom;background:var(--paper)}\n"
	"th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid "
	"var(--link)}th[aria-sort] button::after{content:' \\2191'}"
	"th[aria-sort=descending] button::after{content:' \\2193'}\n"
	"td.free{white-space:normal;overflow-wrap:anywhere}details{margin:.8rem "
	"0}summary{cursor:pointer;font-weight:600}\n"
	"ul{padding-left:1.2em}li{max-width:75ch;margin:.3em 0}\n"
	"@media (max-width:640px){.answer{padding:.4rem .9rem}.answer dl{display:block}.answer "
	"dt{margin-top:.7em}h1{font-size:1.4rem}td.free{min-width:7rem}}\n"
	"@media "
	"print{:root{--ink:#000;--soft:#444;--paper:#fff;--line:#bbb;--tint:#fff;--link:#000}body{font-size:"
	"11pt}nav,details:not([open]){display:none}"
	"figure,tr{break-inside:avoid}h2,h3,h3+p{break-after:avoid}.wide{overflow:visible}svg.chart{min-width:0}"
	"table{font-size:.72rem}}\n";

/* Sorts a table by the column whose head was pressed: numbers by data-v, empty ones last, texts by
 * themselves. */
static const char script[] =
	"document.querySelectorAll('th button').forEach(function(b){b.addEventListener('click',function(){\n"
	"var "
	"th=b.parentNode,i=th.cellIndex,t=th.closest('table').tBodies[0],up=th.getAttribute('aria-sort')!=='"
	"ascending';\n"
	"th.parentNode.querySelectorAll('th').forEach(function(h){h.removeAttribute('aria-sort')});\n"
	"th.setAttribute('aria-sort',up?'ascending':'descending');\n"
	"var key=function(r){var c=r.cells[i];return c.dataset.v!==undefined?+c.dataset.v:c.textContent};\n"
	"Array.from(t.rows).sort(function(p,q){var a=key(p),b=key(q);\n"
	"if(a===''||b==='')return(a==='')-(b==='');\n"
	"return(typeof a==='number'&&typeof "
	"b==='number'?a-b:String(a).localeCompare(String(b)))*(up?1:-1)})\n"
	".forEach(function(r){t.appendChild(r)})})});\n";

/* A table; a column is one of numbers when any of its cells has a key. */
static void put_table(FILE *f, const struct report_table *g, bool wrap)
{
	bool number[REPORT_COLUMNS] = {false};
	for (size_t i = 0; i < g->rows * g->columns; i++)
		number[i % g->columns] = number[i % g->columns] || !isnan(g->cells[i].key);
	fputs("<div class=\"wide\"><table><thead><tr>", f);
	for (size_t c = 0; c < g->columns; c++) {
		fprintf(f, "<th%s><button>", number[c] ? " class=\"n\"" : "");
		xml_text(f, g->heads[c]);
		fputs("</button></th>", f);
	}
	fputs("</tr></thead><tbody>\n", f);
	for (size_t r = 0; r < g->rows; r++) {
		fputs("<tr>", f);
		for (size_t c = 0; c < g->columns; c++) {
			const struct report_cell *cell = &g->cells[r * g->columns + c];
			fputs("<td", f);
			if (number[c])
				fputs(" class=\"n\"", f);
			else if (wrap)
				fputs(" class=\"free\"", f);
			if (!isnan(cell->key))
				fprintf(f, " data-v=\"%.9g\"", cell->key);
			fputc('>', f);
			xml_text(f, cell->text);
			fputs("</td>", f);
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

static void sheet(FILE *f, const struct report_table *g, enum report_table_style style)
{
	if (style == SHEET_FOLDED)
		fprintf(f, "<details><summary>%zu rows</summary>\n", g->rows);
	put_table(f, g, style != SHEET_OPEN);
	if (style == SHEET_FOLDED)
		fputs("</details>\n", f);
}

static void heading(FILE *f, int level, const char *id, const char *text)
{
	fprintf(f, "<h%d", level);
	if (id) {
		fputs(" id=\"", f);
		xml_text(f, id);
		fputc('"', f);
	}
	fputc('>', f);
	xml_text(f, text);
	fprintf(f, "</h%d>\n", level);
}

/* A text whose numbers keep their per cent signs on their line. */
static void prose(FILE *f, const char *text)
{
	for (const char *sign; (sign = strstr(text, " %")) != NULL; text = sign + 1) {
		char part[1500];
		snprintf(part, sizeof part, "%.*s", (int)(sign - text), text);
		xml_text(f, part);
		fputs("&#160;", f);
	}
	xml_text(f, text);
}

static void paragraph(FILE *f, const char *text)
{
	fputs("<p>", f);
	prose(f, text);
	fputs("</p>\n", f);
}

/* Numbered ones begin with what they are about, up to a colon. */
static void sentences(FILE *f, const struct sentences *s, bool numbered)
{
	fputs(numbered ? "<ol class=\"rules\">\n" : "<ul>\n", f);
	for (size_t i = 0; i < s->count; i++) {
		const char *text = s->text[i];
		const size_t about = numbered && strstr(text, ": ") ? strcspn(text, ":") + 1 : 0;
		fputs("<li>", f);
		if (about > 0) {
			char start[sizeof s->text[i]];
			snprintf(start, sizeof start, "%.*s", (int)about, text);
			fputs("<strong>", f);
			xml_text(f, start);
			fputs("</strong>", f);
		}
		prose(f, text + about);
		fputs("</li>\n", f);
	}
	fputs(numbered ? "</ol>\n" : "</ul>\n", f);
}

/* The chart's SVG without its XML head; its name where it cannot be read. */
static void chart(FILE *f, const char *dir, const struct plotted *p, const char *reading)
{
	char path[FOLDER_PATH + 160];
	struct err e = {0};
	snprintf(path, sizeof path, "%s/plots/%s.svg", dir, p->stem);
	char *text = file_text(path, &e);
	const char *from = text ? strstr(text, "<svg") : NULL;
	fputs("<figure><div class=\"wide\">", f);
	if (from)
		fputs(from, f);
	else
		xml_text(f, path);
	fputs("</div><figcaption>", f);
	xml_text(f, reading);
	fprintf(f,
		" <a href=\"plots/%s.svg\">SVG</a> <a href=\"plots/%s.png\">PNG</a></figcaption></figure>\n",
		p->stem, p->stem);
	free(text);
}

static void link_to(FILE *f, const char *id, const char *title)
{
	fputs("<a href=\"#", f);
	xml_text(f, id);
	fputs("\">", f);
	xml_text(f, title);
	fputs("</a>\n", f);
}

static void files(FILE *f, const char *dir, const char *const *names)
{
	fputs("<p>", f);
	for (; *names; names++)
		if (folder_has(dir, *names))
			fprintf(f, "<a href=\"%s\">%s</a> ", *names, *names);
	fputs("</p>\n", f);
}

static void top(FILE *f, const struct page_top *t)
{
	fprintf(f,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
		"content=\"width=device-width,initial-scale=1\">"
		"<link rel=\"icon\" href=\"data:,\"><title>%s: ",
		t->name);
	xml_text(f, t->subject);
	fprintf(f, "</title>\n<style>\n%s</style></head><body><main>\n", css);
	fprintf(f, "<h1>%s</h1>\n<p class=\"soft\">", t->name);
	xml_text(f, t->about);
	fputs("</p>\n<div class=\"answer\"><dl>\n", f);
	for (size_t i = 0; i < t->headline->count; i++) {
		const struct answer *a = &t->headline->answer[i];
		fprintf(f, "<dt id=\"answer-%s\">%s</dt><dd>", a->id, a->question);
		prose(f, a->text);
		fputs("</dd>\n", f);
	}
	fputs("</dl></div>\n<nav>", f);
	for (size_t i = 0; i < t->link_count; i++)
		link_to(f, t->links[i].id, t->links[i].title);
	fputs("</nav>\n", f);
}

static void bottom(FILE *f)
{
	fprintf(f, "</main>\n<script>\n%s</script></body></html>\n", script);
}

const struct layout layout_html = {top, heading, paragraph, sentences, sheet, chart, files, bottom};
