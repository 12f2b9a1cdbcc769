/* SPDX-License-Identifier: MIT */
/* test_report.c - what a report says, and where it is silent. */
#include "bench/commands/command.h"
#include "tests/bench/report/reports.h"
#include "tests/bench/report/scenarios.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void the_report_stands_alone(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(scenario_find("two"), "report");
	if (command(report_main, &e, dir, NULL, NULL) != 0)
		fail_msg("%s", e.text);
	char *html = slurp(dir, "report.html");
	assert_says(html, "simulated machine &lt;not measured&gt;");
	assert_null(strstr(html, "machine <not"));
	assert_null(strstr(html, " src="));
	assert_null(strstr(html, "@import"));
	assert_null(strstr(html, "url("));
	if (has_gnuplot)
		assert_int_equal(occurrences(html, "<svg"), 20);
	assert_int_equal(occurrences(html, "http"), 2 * occurrences(html, "<svg"));
	/* ids are unique though each chart brings its own */
	assert_int_equal(occurrences(html, "id='speedup-sieve-gpDot'"), has_gnuplot);
	assert_says(html, "times as long as threads");
	assert_says(html, "is 2.0");
	assert_says(html, "every answer verified");
	/* the five answers, each once, in order */
	static const char *const questions[] = {
		"How fast", "How it scales", "Threads or processes", "What limits it", "How far to trust it"};
	const char *at = html;
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		char head[64];
		snprintf(head, sizeof head, "<dt>%s</dt>", questions[i]);
		assert_int_equal(occurrences(html, head), 1);
		assert_true(strstr(html, head) > at || i == 0);
		at = strstr(html, head);
	}
	assert_says(html, "sieve, kept in a pool: processes within 5 % of threads at every size");
	assert_says(html, "What speaks against it: governor");
	assert_says(html, "<td class=\"free\">governor</td><td class=\"free\">warning</td>");
	assert_says(html, "twelve rules");
	assert_says(html, "<a href=\"workers.csv\">workers.csv</a>");
	assert_null(strstr(html, "href=\"probes.csv\"")); /* there is none */
	free(html);
	char *md = slurp(dir, "report.md");
	assert_says(md, "simulated machine &lt;not measured>");
	assert_says(md, "| serial |");
	free(md);
}

/* In the table of all cells no two rows look alike: what differs beyond its columns stands in one. */
static void cells_are_told_apart(void **state)
{
	struct err e = {0};
	struct simulation s = *scenario_find("two");
	struct dataset d;
	struct report_table all;
	size_t weak = 0, strong = 0;
	(void)state;
	s.weak = true;
	assert_int_equal(dataset_open(&d, simulated_in(&s, "apart"), &e), 0);
	assert_int_equal(report_table_all(&d, &all, &e), 0);
	assert_string_equal(all.heads[7], "else");
	for (size_t i = 0; i < all.rows; i++) {
		const char *text = all.cells[i * all.columns + 7].text;
		weak += strcmp(text, "scaling weak") == 0;
		strong += strcmp(text, "scaling strong") == 0;
	}
	assert_true(weak > 0 && strong > 0);
	report_table_free(&all);
	dataset_close(&d);
}

static void silent_where_nothing_decides(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(scenario_find("lonely"), "silent");
	assert_int_equal(command(report_main, &e, dir, "--format", "text"), 0);
	char *text = slurp(folder, "out");
	assert_says(text, "too few samples for any interval");
	assert_null(strstr(text, "times as"));
	assert_null(strstr(text, "limits it"));
	assert_null(strstr(text, "How it scales"));
	assert_null(strstr(text, "Threads or processes"));
	free(text);
	char html[160];
	snprintf(html, sizeof html, "%s/report.html", dir);
	assert_int_not_equal(access(html, F_OK), 0); /* text writes nothing */
}

static void the_terminal_has_bars(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(scenario_find("two"), "text");
	assert_int_equal(command(report_main, &e, "--format=text", dir, NULL), 0);
	char *text = slurp(folder, "out");
	assert_says(text, "speed-up against serial");
	assert_says(text, "████");
	free(text);
}

static void a_drift_is_told(void **state)
{
	struct simulation s = *scenario_find("two");
	struct err e;
	(void)state;
	s.samples = 13; /* an odd number, for the median to be one of them and not between the halves */
	for (int drifts = 0; drifts < 2; drifts++) {
		s.drift = drifts ? 0.3 : 0;
		char *dir = simulated_in(&s, drifts ? "drifting" : "steady");
		assert_int_equal(command(report_main, &e, dir, "--format", "text"), 0);
		char *text = slurp(folder, "out");
		assert_int_equal(strstr(text, "did not keep its speed") != NULL, drifts);
		assert_says(text, "governor: powersave & <co>");
		assert_null(strstr(text, "idle"));
		free(text);
	}
}

static void changes_are_told_apart(void **state)
{
	struct simulation before = *scenario_find("two"), now = before;
	struct err e;
	char base[128];
	(void)state;
	before.samples = now.samples = 40; /* ten launches */
	now.seed = 7;
	now.fork_factor = 1.25;
	snprintf(base, sizeof base, "%s", simulated_in(&before, "before"));
	char *dir = simulated_in(&now, "now"), option[160];
	snprintf(option, sizeof option, "--against=%s", base);
	if (command(report_main, &e, dir, option, "--cross-machine") != 0)
		fail_msg("%s", e.text);
	char *html = slurp(dir, "report.html");
	size_t fork = 2 * 3 * 2 * 3; /* kernels, sizes, lifetimes, workers */
	char slower[64];
	snprintf(slower, sizeof slower, " %zu are slower, 0 faster", fork);
	assert_says(html, slower);
	assert_says(html, "fork spawn, ");
	if (has_gnuplot) {
		char *svg = slurp(dir, "plots/against.svg");
		check_svg(svg, "against");
		assert_says(svg, ">undecided<");
		assert_int_equal(occurrences(svg, ", slower;"), fork);
		free(svg);
	}
	free(html);
	assert_int_equal(command(report_main, &e, dir, "--against", "/nonexistent"), ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_stands_alone),
		cmocka_unit_test(cells_are_told_apart),
		cmocka_unit_test(silent_where_nothing_decides),
		cmocka_unit_test(the_terminal_has_bars),
		cmocka_unit_test(a_drift_is_told),
		cmocka_unit_test(changes_are_told_apart),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
