/* SPDX-License-Identifier: MIT */
/*
 * test_golden.c - one page of each format, word for word, of a simulated sweep, and of two
 * simulated machines beside each other: tests/golden/report/ and tests/golden/gallery/.
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
	same_as_golden(html, "report/page.html");
	same_as_golden(md, "report/page.md");
	same_as_golden(text, "report/page.txt");
	free(html);
	free(md);
	free(text);
}

static void galleries_are_as_they_were(void **state)
{
	const struct simulation one = scenario_machine(1), two = scenario_machine(2);
	char a[160], b[160], out[160];
	struct err e = {0};
	(void)state;
	if (!has_gnuplot)
		skip();
	snprintf(a, sizeof a, "first=%s", simulated_in(&one, "one"));
	snprintf(b, sizeof b, "second=%s", simulated_in(&two, "two"));
	snprintf(out, sizeof out, "--out=%s/gallery", folder);
	if (command(gallery_main, &e, a, b, out, "--price=first=1000", "--price=second=1500",
		    "--watts=first=65", NULL) != 0)
		fail_msg("%s", e.text);
	snprintf(out, sizeof out, "%s/gallery", folder);
	char *html = slurp(out, "gallery.html"), *md = slurp(out, "gallery.md");
	drop_drawings(html);
	drop_folder(html);
	drop_folder(md);
	same_as_golden(html, "gallery/page.html");
	same_as_golden(md, "gallery/page.md");
	free(html);
	free(md);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_as_they_were),
		cmocka_unit_test(galleries_are_as_they_were),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
