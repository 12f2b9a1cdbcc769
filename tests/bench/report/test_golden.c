/* SPDX-License-Identifier: MIT */
/*
 * test_golden.c - one page of each format, word for word, of a simulated sweep: tests/golden/report/.
 *
 * The other tests hold data, structure and links, so that words can be mended. These pages show what a change of words
 * does to a whole report: run with UPDATE_GOLDEN=1, read the difference, commit it.
 */
#include "bench/commands/command.h"
#include "tests/bench/report/reports.h"
#include "tests/bench/report/scenarios.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Empties every chart in place: how gnuplot draws differs from version to version. */
static void drop_drawings(char *html)
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

static void same_as_golden(const char *text, const char *name)
{
	const char *root = getenv("PARSCALE_ROOT"), *update = getenv("UPDATE_GOLDEN");
	char dir[256], path[320];
	snprintf(dir, sizeof dir, "%.200s/tests/golden/report", root ? root : ".");
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

static void pages_are_as_they_were(void **state)
{
	struct err e = {0};
	(void)state;
	if (!has_gnuplot)
		skip();
	char *dir = simulated_in(scenario_find("page"), "page");
	if (command(report_main, &e, dir, "--format=all", NULL) != 0)
		fail_msg("%s", e.text);
	char *html = slurp(dir, "report.html"), *md = slurp(dir, "report.md"), *text = slurp(folder, "out");
	drop_drawings(html);
	same_as_golden(html, "page.html");
	same_as_golden(md, "page.md");
	same_as_golden(text, "page.txt");
	free(html);
	free(md);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_as_they_were),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
