/* SPDX-License-Identifier: MIT */
/*
 * svg.c - rewrites gnuplot's SVG so that it can stand in a page beside others.
 *
 * gnuplot writes fixed colours, script-driven hover texts and the same ids in every file. A pass
 * over the lines replaces black by currentColor, hover calls by <title>, prefixes ids with the
 * chart's name, and drops empty groups and unused marks. It is no XML parser: it knows the lines
 * that this terminal writes, and tests hold it to that.
 */
#include "bench/report/svg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Ink and paper. Everything gnuplot draws in black inherits the ink. */
static const char style[] =
	"<style>.chart{color:#1b1f24}.chart .paper{fill:#fff;color:#fff}"
	".chart .patch{stroke:#fff;stroke-width:8px;stroke-linejoin:round;opacity:1}"
	"@media (prefers-color-scheme:dark){.chart{color:#e3e6ea}.chart .paper{fill:#16181c;color:#16181c}.chart "
	".patch{stroke:#16181c}}"
	"@media print{.chart{color:#1b1f24}.chart .paper{fill:#fff;color:#fff}.chart "
	".patch{stroke:#fff}}</style>\n";

void xml_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc((unsigned char)*text < ' ' ? ' ' : *text, f);
		}
	}
}

char *file_text(const char *path, struct err *e)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0, used = 0;
	if (!f) {
		err_set(e, ERR_FAILED, "%s: %s", path, strerror(errno));
		return NULL;
	}
	for (;;) {
		char *more = used + 1 < size ? text : realloc(text, size = size ? 2 * size : 65536);
		if (!more) {
			err_set(e, ERR_FAILED, "%s: out of memory", path);
			break;
		}
		text = more;
		size_t n = fread(text + used, 1, size - used - 1, f);
		used += n;
		if (n == 0)
			break;
	}
	if (ferror(f))
		err_set(e, ERR_FAILED, "%s: %s", path, strerror(errno));
	bool good = text && !ferror(f) && e->status == ERR_NONE;
	fclose(f);
	if (good) {
		text[used] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

struct rewrite {
	const char *from, *to;
};

/* What changes wherever it stands in a tag. */
static const struct rewrite rewrites[] = {
	{" color=\"black\"", ""},
	{"stroke='black'", "stroke='currentColor'"},
	{"stroke=\"black\"", "stroke=\"currentColor\""},
	{"fill=\"black\"", "fill=\"currentColor\""},
	{" color='#FFFFFF'", " class='paper'"},
	/* a patch of paper under a label; the label itself comes once more, after it */
	{"style='filter:url(#textbox)'", "class='patch'"},
	{"'rgb(  0,   0,   0)'", "'currentColor'"},
	{"\"rgb(0,0,0)\"", "\"currentColor\""},
	/* what is quiet stays so on a dark page */
	{"fill=\"rgb(117,117,117)\"", "fill=\"currentColor\" opacity=\".68\""},
	{"stroke='rgb(117, 117, 117)'", "stroke='currentColor' opacity='.6'"},
	{" id=\"gnuplot_canvas\"", ""},
	/* what is so anyway, or said once on the root */
	{" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", ""},
	{" font-family=\"sans-serif\" ", " "},
	{" class=\"gridline\"", ""},
	{"<rect x=\"0\" y=\"0\"", "<rect class=\"paper\" x=\"0\" y=\"0\""},
};

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Copies a line, its ids made the chart's own and its hover text a title. */
static void put_line(FILE *out, const char *line, const char *end, const char *name)
{
	static const char hover[] = "onmousemove=\"gnuplot_svg.showHypertext(evt,'",
			  hover_end[] = "<title> </title>";
	while (line < end) {
		if (starts(line, hover)) {
			const char *text = line + sizeof hover - 1;
			const char *stop = strstr(text, "')\"");
			const char *next = strstr(text, hover_end);
			if (stop && next && next < end) {
				fprintf(out, "><title>%.*s</title>", (int)(stop - text), text);
				line = next + sizeof hover_end - 1;
				continue;
			}
		}
		if (starts(line, "'gp") || starts(line, "'#gp")) {
			fprintf(out, "'%s%s-gp", line[1] == '#' ? "#" : "", name);
			line += line[1] == '#' ? 4 : 3;
			continue;
		}
		int red, green, blue, length = 0;
		if (sscanf(line, "rgb( %d , %d , %d )%n", &red, &green, &blue, &length) == 3 && length > 0) {
			fprintf(out, "#%02x%02x%02x", (unsigned)red, (unsigned)green, (unsigned)blue);
			line += length;
			continue;
		}
		size_t r = 0, known = sizeof rewrites / sizeof *rewrites;
		while (r < known && !starts(line, rewrites[r].from))
			r++;
		if (r < known) {
			fputs(rewrites[r].to, out);
			line += strlen(rewrites[r].from);
		} else
			fputc(*line++, out);
	}
	fputc('\n', out);
}

/* Whether a line defines a mark that nothing in the drawing refers to. */
static bool unused(const char *text, const char *start)
{
	char reference[32];
	const char *id = strstr(start, "id='gpPt");
	const char *end = strchr(start, '\n');
	if (!id || (end && id > end))
		return false;
	snprintf(reference, sizeof reference, "#%.*s", (int)strcspn(id + 4, "'") + 1, id + 4);
	return !strstr(text, reference);
}

static void adapt(FILE *out, const char *text, const char *name, const char *title)
{
	const char *const whole = text;
	bool in_filter = false, in_head = true;
	while (*text) {
		const char *end = text + strcspn(text, "\n"), *next = *end ? end + 1 : end;
		const char *start = text + strspn(text, "\t ");
		bool empty_group = starts(text, "<g fill=\"none\"") && starts(next, "</g>\n");
		if (empty_group)
			next = strchr(next, '\n') + 1;
		else if (starts(start, "<filter "))
			in_filter = true;
		else if (starts(start, "</filter>"))
			in_filter = false;
		else if (in_filter || starts(start, "<desc>") || starts(start, "<title>chart</title>") ||
			 start == end || unused(whole, start))
			;
		else if (in_head && starts(start, "viewBox=")) {
			fprintf(out,
				" %.*s class=\"chart\" font-family=\"sans-serif\" role=\"img\" aria-label=\"",
				(int)(end - start), start);
			xml_text(out, title);
			fputs("\"\n", out);
		} else if (in_head && *start == '>') {
			fprintf(out, ">\n%s", style);
			in_head = false;
		} else if (starts(start, "<g id=\"chart_plot_"))
			fputs("<g>\n", out);
		else
			put_line(out, start, end, name);
		text = next;
	}
}

int svg_adapt(const char *from, const char *to, const char *name, const char *title, struct err *e)
{
	char *text = file_text(from, e);
	if (!text)
		return -1;
	FILE *out = fopen(to, "w");
	if (out) {
		adapt(out, text, name, title);
		bool good = !ferror(out);
		if (fclose(out) != 0 || !good)
			err_set(e, ERR_FAILED, "%s: cannot be written", to);
	} else
		err_set(e, ERR_FAILED, "%s: %s", to, strerror(errno));
	free(text);
	return e->status == ERR_NONE ? 0 : -1;
}
