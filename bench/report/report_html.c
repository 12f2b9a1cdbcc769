/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "report/svg.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
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
	".answer{background:var(--tint);border-left:4px solid #0072b2;padding:.7rem 1.1rem;margin:1.2rem "
	"0}.answer h3{margin:.8em 0 .2em}.answer h3:first-child{margin-top:.2em}.answer "
	"ul{margin:0;padding-left:1.2em}"
	".answer li{max-width:none;margin:.2em 0}\n"
	"nav a{margin-right:1rem;white-space:nowrap}\n"
	"figure{margin:.4rem 0 1.6rem}figcaption{font-size:.88rem}\n"
	".wide{overflow-x:auto;-webkit-overflow-scrolling:touch}\n"
	"svg.chart{display:block;width:100%;height:auto;min-width:620px}\n"
	"table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.28rem .6rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}\n"
	"td.n,th.n{text-align:right}th{white-space:normal;border-bottom:2px solid "
	"var(--line);vertical-align:bottom;background:var(--paper)}\n"
	"th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid "
	"var(--link)}th[aria-sort] button::after{content:' \\2191'}"
	"th[aria-sort=descending] button::after{content:' \\2193'}\n"
	"td.free{white-space:normal;overflow-wrap:anywhere}details{margin:.8rem "
	"0}summary{cursor:pointer;font-weight:600}\n"
	"li{max-width:75ch;margin:.3em 0}\n"
	"@media "
	"print{:root{--ink:#000;--soft:#444;--paper:#fff;--line:#bbb;--tint:#fff;--link:#000}body{font-size:"
	"11pt}nav,details:not([open]){display:none}"
	"figure,tr{break-inside:avoid}h2,h3{break-after:avoid}.wide{overflow:visible}svg.chart{min-width:0}"
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

static void put_paragraph(FILE *f, const char *text)
{
	fputs("<p>", f);
	xml_text(f, text);
	fputs("</p>\n", f);
}

/* A table; a column is one of numbers when any of its cells has a key. Long texts may wrap when `wrap`. */
static void put_sheet(const struct sheet *g, bool wrap, FILE *f)
{
	bool number[16] = {false};
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
			const struct sheet_cell *cell = &g->cells[r * g->columns + c];
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

/* The chart's SVG without its XML head; its name where it cannot be read. */
static void put_chart(const struct report *r, const struct plotted *p, FILE *f)
{
	char path[sizeof r->d.dir + 160];
	struct err e = {0};
	snprintf(path, sizeof path, "%s/plots/%s.svg", r->d.dir, p->stem);
	char *text = file_text(path, &e);
	const char *from = text ? strstr(text, "<svg") : NULL;
	fputs("<h3>", f);
	xml_text(f, p->chart->question);
	fputs("</h3>\n<figure><div class=\"wide\">", f);
	if (from)
		fputs(from, f);
	else
		xml_text(f, path);
	fputs("</div><figcaption>", f);
	xml_text(f, p->chart->reading);
	fprintf(f,
		" <a href=\"plots/%s.svg\">SVG</a> <a href=\"plots/%s.png\">PNG</a></figcaption></figure>\n",
		p->stem, p->stem);
	free(text);
}

/* The charts of a part of the report; subject "" where it has none; NULL: of all. */
static void put_charts(const struct report *r, enum chart_part part, const char *subject, FILE *f)
{
	for (size_t i = 0; i < r->plots.count; i++)
		if (r->plots.list[i].chart->part == part &&
			(!subject || strcmp(r->plots.list[i].subject, subject) == 0))
			put_chart(r, &r->plots.list[i], f);
}

static void put_section(const struct report *r, const struct section *s, FILE *f)
{
	fputs("<h2 id=\"kernel-", f);
	xml_text(f, s->kernel);
	fputs("\">", f);
	xml_text(f, s->kernel);
	fputs("</h2>\n", f);
	put_charts(r, OF_KERNEL, s->kernel, f);
	if (s->table.rows == 0)
		return;
	fputs("<h3>In numbers</h3>\n<p class=\"soft\">", f);
	xml_text(f, s->setting);
	fputs("</p>\n", f);
	put_sheet(&s->table, false, f);
}

static void put_sentences(const struct sentences *s, const char *head, FILE *f)
{
	fputs("<h3>", f);
	xml_text(f, head);
	fputs("</h3>\n<ul>\n", f);
	for (size_t i = 0; i < s->count; i++) {
		fputs("<li>", f);
		xml_text(f, s->text[i]);
		fputs("</li>\n", f);
	}
	fputs("</ul>\n", f);
}

static void put_top(const struct report *r, FILE *f)
{
	char started[64];
	dataset_started(&r->d, started, sizeof started);
	fputs("<h1>parscale report</h1>\n<p class=\"soft\">", f);
	xml_text(f, r->machine);
	if (*started) {
		fputs(*r->machine ? " · " : "", f);
		xml_text(f, started);
	}
	fputs("</p>\n<nav>", f);
	for (size_t k = 0; k < r->sections; k++) {
		fputs("<a href=\"#kernel-", f);
		xml_text(f, r->section[k].kernel);
		fputs("\">", f);
		xml_text(f, r->section[k].kernel);
		fputs("</a>\n", f);
	}
	fputs("<a href=\"#method\">how it was measured</a>\n<a href=\"#machine\">machine</a>\n<a "
	      "href=\"#cells\">every cell</a></nav>\n",
		f);
	fputs("<div class=\"answer\">\n", f);
	for (size_t k = 0; k < r->sections; k++)
		put_sentences(&r->section[k].answer, r->section[k].kernel, f);
	if (r->against.count > 0)
		put_sentences(&r->against, "Against the other sweep", f);
	put_sentences(&r->trust, "How far to trust it", f);
	fputs("</div>\n", f);
	if (*r->no_plots)
		put_paragraph(f, r->no_plots);
}

void report_html(const struct report *r, FILE *f)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
	      "content=\"width=device-width,initial-scale=1\">"
	      "<link rel=\"icon\" href=\"data:,\"><title>parscale report: ",
		f);
	xml_text(f, *r->machine ? r->machine : r->d.dir);
	fprintf(f, "</title>\n<style>\n%s</style></head><body><main>\n", style);
	put_top(r, f);
	for (size_t k = 0; k < r->sections; k++)
		put_section(r, &r->section[k], f);
	if (r->d.probes.count > 0) {
		fputs("<h2 id=\"probes\">What mechanisms cost</h2>\n", f);
		put_charts(r, OF_PROBE, NULL, f);
		fputs("<p>All numbers of the probes: <a href=\"probes.csv\">probes.csv</a>.</p>\n", f);
	}
	if (r->changes.rows > 0) {
		fputs("<h2 id=\"against\">Against the other sweep</h2>\n<p class=\"soft\">", f);
		xml_text(f, r->d.base);
		fputs("</p>\n", f);
		put_charts(r, OF_CHANGES, "", f);
		put_sheet(&r->changes, false, f);
	}
	if (r->plots.count > 0) {
		fputs("<h2 id=\"steady\">How steady it was</h2>\n", f);
		put_charts(r, OF_STEADINESS, "", f);
	}
	if (r->troubles.rows > 0) {
		fputs("<h2>Failed</h2>\n", f);
		put_sheet(&r->troubles, true, f);
	}
	if (r->outliers.rows > 0) {
		fputs("<h2>The samples furthest off</h2>\n<details><summary>kept in every number, and why "
		      "they may be so</summary>\n",
			f);
		put_sheet(&r->outliers, true, f);
		fputs("</details>\n", f);
	}
	if (r->omissions.rows > 0) {
		fprintf(f,
			"<h2>Not measured</h2>\n<details><summary>%zu cells that make no sense or cannot run "
			"here</summary>\n",
			r->omissions.rows);
		put_sheet(&r->omissions, true, f);
		fputs("</details>\n", f);
	}
	fputs("<h2 id=\"method\">How it was measured</h2>\n<ul>\n", f);
	for (const char *const *p = report_method; *p; p++) {
		fputs("<li>", f);
		xml_text(f, *p);
		fputs("</li>\n", f);
	}
	fputs("</ul>\n<p>The twelve rules of Hoefler and Belli (SC15), and what is true of this "
	      "sweep:</p>\n<ol>\n",
		f);
	for (size_t i = 0; i < r->rules.count; i++) {
		fputs("<li>", f);
		xml_text(f, r->rules.text[i]);
		fputs("</li>\n", f);
	}
	fputs("</ol>\n<h2 id=\"machine\">The machine, the build and the plan</h2>\n", f);
	if (r->manifest.rows > 0)
		put_sheet(&r->manifest, true, f);
	fprintf(f, "<h2 id=\"cells\">Every cell</h2>\n<details><summary>%zu cells</summary>\n", r->all.rows);
	put_sheet(&r->all, false, f);
	fputs("</details>\n<p>Raw files beside this one: <a href=\"samples.csv\">samples.csv</a>, <a "
	      "href=\"summary.csv\">summary.csv</a>, "
	      "<a href=\"manifest.json\">manifest.json</a>, <a href=\"report.md\">report.md</a>.</p>\n",
		f);
	fprintf(f, "</main>\n<script>\n%s</script></body></html>\n", script);
}
