/* SPDX-License-Identifier: MIT */
/*
 * reports.c - a temporary folder, simulated sweeps in it, and functions that inspect reports and
 * charts.
 */
#include "tests/bench/report/reports.h"

#include "bench/report/svg.h"
#include "tests/bench/report/simulated.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char folder[64];
bool has_gnuplot;

/* Whether a program of this name is on PATH. */
static bool on_path(const char *name)
{
	char path[4096], file[4200];
	snprintf(path, sizeof path, "%s", getenv("PATH") ? getenv("PATH") : "");
	for (char *rest = path, *dir; (dir = strsep(&rest, ":")) != NULL;) {
		snprintf(file, sizeof file, "%s/%s", dir, name);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

int reports_setup(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR"), *root = getenv("PARSCALE_ROOT");
	snprintf(folder, sizeof folder, "%.40s/report-XXXXXX", tmp && strlen(tmp) <= 40 ? tmp : "/tmp");
	setenv("PARSCALE_DATADIR", root ? root : ".", 1);
	has_gnuplot = on_path("gnuplot");
	return mkdtemp(folder) ? 0 : -1;
}

int reports_teardown(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

char *slurp(const char *dir, const char *name)
{
	char path[4400];
	struct err e = {0};
	snprintf(path, sizeof path, "%s/%s", dir, name);
	char *text = file_text(path, &e);
	if (!text)
		fail_msg("%s", e.text);
	return text;
}

char *simulated_in(const struct simulation *s, const char *name)
{
	static char dir[128];
	snprintf(dir, sizeof dir, "%s/%s", folder, name);
	assert_int_equal(simulate(s, dir), 0);
	return dir;
}

/* Tags close in order, attributes are quoted, '&' begins an entity; for XML. NULL, or what is wrong at which
 * place. */
static const char *malformed(const char *text)
{
	static char open[64][32];
	size_t depth = 0;
	const char *p = text;
	while (*p) {
		if (*p == '&' &&
			strspn(p + 1, "#abcdefghijklmnopqrstuvwxyz0123456789") == strcspn(p + 1, ";") &&
			strchr(p, ';') < p + 9) {
			p = strchr(p, ';') + 1;
			continue;
		}
		if (*p == '&')
			return p;
		if (*p != '<') {
			p++;
			continue;
		}
		const char *tag = p;
		bool closing = p[1] == '/', self = false;
		if (p[1] == '?') {
			p = strstr(p, "?>");
			if (!p)
				return tag;
			p += 2;
			continue;
		}
		char name[32] = "";
		sscanf(p + 1 + closing, "%31[A-Za-z0-9]", name);
		if (!*name)
			return tag;
		for (p++; *p && *p != '>'; p++) {
			if (*p == '"' || *p == '\'') {
				char quote = *p++;
				while (*p && *p != quote && *p != '<')
					p++;
				if (*p != quote)
					return tag;
			}
			self = *p == '/';
		}
		if (*p++ != '>')
			return tag;
		if (closing && (depth == 0 || strcmp(open[--depth], name) != 0))
			return tag;
		if (!closing && !self) {
			if (depth == 64)
				return tag;
			memcpy(open[depth++], name, sizeof name);
		}
	}
	return depth == 0 ? NULL : p;
}

size_t occurrences(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

void check_svg(const char *svg, const char *name)
{
	const char *wrong = malformed(svg);
	if (wrong)
		fail_msg("%s: not well-formed at: %.80s", name, wrong);
	if (!strstr(svg, "<svg") || strstr(svg, "gnuplot_svg") || strstr(svg, "onmouse") ||
		strstr(svg, "<script") || strstr(svg, "NaN"))
		fail_msg("%s: not a chart that stands alone", name);
	/* the two namespaces are the only addresses */
	assert_int_equal(occurrences(svg, "http"), 2);
}

/* Draws a simulation and checks every file; the folder stays for the caller. */
void charts_draw(const struct simulation *s, const char *name, struct dataset *d, struct plots *p)
{
	struct err e = {0};
	if (!has_gnuplot)
		skip();
	if (dataset_open(d, simulated_in(s, name), &e) != 0 || plots_draw(d, p, &e) != 0)
		fail_msg("%s: %s", name, e.text);
	assert_string_equal(p->warning, "");
	for (size_t i = 0; i < p->count; i++) {
		char file[160];
		snprintf(file, sizeof file, "plots/%s.svg", p->list[i].stem);
		char *svg = slurp(d->dir, file);
		check_svg(svg, file);
		assert_true(p->list[i].chart->part == OF_STEADINESS ||
			    occurrences(svg, "<title>") > 0); /* values to hover over */
		free(svg);
		snprintf(file, sizeof file, "plots/%s.png", p->list[i].stem);
		char *png = slurp(d->dir, file);
		assert_memory_equal(png, "\x89PNG", 4);
		free(png);
	}
	char hidden[4200];
	snprintf(hidden, sizeof hidden, "ls -A '%s/plots' | grep -q '^\\.'", d->dir);
	assert_int_not_equal(system(hidden), 0); /* nothing temporary is left */
}

void charts_done(struct dataset *d, struct plots *p)
{
	plots_free(p);
	dataset_close(d);
}

void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("missing: %s", what);
}

void drop_drawings(char *html)
{
	char *to = html, *from = html;
	for (char *svg; (svg = strstr(from, "<svg")) != NULL;) {
		memmove(to, from, (size_t)(svg - from));
		to += svg - from;
		from = strstr(svg, "</svg>");
		assert_non_null(from);
		from += strlen("</svg>");
	}
	memmove(to, from, strlen(from) + 1);
}

/* Where two texts first differ, as the number of the line. */
static size_t line_of(const char *a, const char *b)
{
	size_t line = 1;
	for (; *a && *a == *b; a++, b++)
		line += *a == '\n';
	return line;
}

void same_as_golden(const char *text, const char *name)
{
	const char *root = getenv("PARSCALE_ROOT"), *update = getenv("UPDATE_GOLDEN");
	char dir[256], path[320];
	snprintf(dir, sizeof dir, "%.200s/tests/golden", root ? root : ".");
	if (update && *update) {
		snprintf(path, sizeof path, "%s/%s", dir, name);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(text, f);
		assert_int_equal(fclose(f), 0);
	}
	char *golden = slurp(dir, name);
	if (strcmp(text, golden) != 0)
		fail_msg(
			"%s/%s differs from line %zu on; refresh it with UPDATE_GOLDEN=1 and read the difference",
			dir, name, line_of(text, golden));
	free(golden);
}

void drop_folder(char *text)
{
	for (char *at; (at = strstr(text, folder)) != NULL;)
		memmove(at, at + strlen(folder), strlen(at + strlen(folder)) + 1);
}

int command(int main_fn(int, char **, struct err *), struct err *e, ...)
{
	char out[128], name[] = "command", *argv[16] = {name}, copy[15][256];
	int argc = 1;
	va_list args;
	va_start(args, e);
	for (const char *given; argc < 15 && (given = va_arg(args, const char *)) != NULL; argc++) {
		snprintf(copy[argc - 1], sizeof copy[0], "%s", given);
		argv[argc] = copy[argc - 1];
	}
	va_end(args);
	*e = (struct err){0};
	int saved[2];
	for (int fd = 1; fd <= 2; fd++) {
		fflush(fd == 1 ? stdout : stderr);
		saved[fd - 1] = dup(fd);
		snprintf(out, sizeof out, "%s/%s", folder, fd == 1 ? "out" : "err");
		int file = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		dup2(file, fd);
		close(file);
	}
	int status = main_fn(argc, argv, e);
	for (int fd = 1; fd <= 2; fd++) {
		fflush(fd == 1 ? stdout : stderr);
		dup2(saved[fd - 1], fd);
		close(saved[fd - 1]);
	}
	return e->status != ERR_NONE ? (int)e->status : status; /* as main does */
}
