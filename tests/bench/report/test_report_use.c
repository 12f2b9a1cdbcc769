/* SPDX-License-Identifier: MIT */
/* test_report_use.c - plot and report used wrongly, or where something is missing. */
#include "bench/commands/command.h"
#include "tests/bench/report/reports.h"
#include "tests/bench/report/scenarios.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void without_gnuplot_there_are_tables(void **state)
{
	struct err e;
	char *path = strdup(getenv("PATH"));
	(void)state;
	char *dir = simulated_in(scenario_find("two"), "bare");
	setenv("PATH", "/nonexistent", 1);
	int plot = command(plot_main, &e, dir, NULL, NULL);
	struct err why = e;
	int report = command(report_main, &e, dir, NULL, NULL);
	setenv("PATH", path, 1);
	free(path);
	assert_int_equal(plot, ERR_ABSENT);
	assert_says(why.text, "gnuplot-nox");
	assert_int_equal(report, 0);
	char *html = slurp(dir, "report.html");
	assert_null(strstr(html, "<svg"));
	assert_says(html, "gnuplot-nox");
	assert_says(html, "<table>");
	free(html);
}

static void bad_use_is_refused(void **state)
{
	static int (*const commands[])(int, char **, struct err *) = {plot_main, report_main};
	char empty[128], foreign[128], file[160];
	struct err e;
	(void)state;
	snprintf(empty, sizeof empty, "%s/empty", folder);
	snprintf(foreign, sizeof foreign, "%s/foreign", folder);
	snprintf(file, sizeof file, "%s/summary.csv", foreign);
	assert_int_equal(mkdir(empty, 0777) | mkdir(foreign, 0777), 0);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fputs("name,price\npear,3\n", f);
	assert_int_equal(fclose(f), 0);
	const char *const bad[][3] = {{NULL, NULL, NULL}, {empty, NULL, NULL}, {foreign, NULL, NULL},
		{"/nonexistent", NULL, NULL}, {file, NULL, NULL}, {empty, foreign, NULL},
		{"--nonsense", empty, NULL}, {"", NULL, NULL}};
	for (size_t c = 0; c < 2; c++)
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			assert_int_equal(
				command(commands[c], &e, bad[i][0], bad[i][1], bad[i][2], NULL), ERR_USAGE);
			assert_true(strlen(e.text) > 10 && !strchr(e.text, '\n'));
			char *out = slurp(folder, "out");
			assert_string_equal(out, "");
			free(out);
		}
	assert_int_equal(command(report_main, &e, "--format", "pdf", empty, NULL), ERR_USAGE);
	assert_says(e.text, "html");
	assert_int_equal(rmdir(empty), 0); /* nothing was made in it */
}

static void help_is_printed(void **state)
{
	struct err e;
	(void)state;
	assert_int_equal(command(plot_main, &e, "--help", NULL, NULL), 0);
	assert_int_equal(command(report_main, &e, "--help", NULL, NULL), 0);
	char *out = slurp(folder, "out");
	assert_says(out, "--format");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_gnuplot_there_are_tables),
		cmocka_unit_test(bad_use_is_refused),
		cmocka_unit_test(help_is_printed),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
