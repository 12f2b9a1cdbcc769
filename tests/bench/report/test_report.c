/* SPDX-License-Identifier: MIT */
/* test_report.c - what a report says, and where it is silent. */
#include "bench/commands/command.h"
#include "bench/report/report.h"
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
		assert_int_equal(occurrences(html, "<svg"), 21);
	assert_int_equal(occurrences(html, "http"), 2 * occurrences(html, "<svg"));
	/* ids are unique though each chart brings its own */
	assert_int_equal(occurrences(html, "id='speedup-sieve-gpDot'"), has_gnuplot);
	/* the answers, each once, in order */
	static const char *const answers[] = {"throughput", "speedup", "bottleneck", "workers", "confidence"};
	const char *at = html;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		char head[64];
		snprintf(head, sizeof head, "<dt id=\"answer-%s\">", answers[i]);
		assert_int_equal(occurrences(html, head), 1);
		assert_true(strstr(html, head) > at || i == 0);
		at = strstr(html, head);
	}
	assert_null(strstr(html, "answer-noise"));
	/* how to read a kind of chart is said once */
	for (const struct chart *c = charts; has_gnuplot && c->name; c++)
		if (*c->question && strstr(html, c->question))
			assert_int_equal(occurrences(html, c->reading), 1);
	assert_says(html, "<td class=\"free\">governor</td><td class=\"free\">warning</td>");
	assert_int_equal(occurrences(html, "<ol class=\"rules\">"), 1);
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
	for (size_t i = 0; i < all.rows; i++) {
		const char *text = all.cells[i * all.columns + 7].text;
		weak += strcmp(text, "scaling weak") == 0;
		strong += strcmp(text, "scaling strong") == 0;
	}
	assert_true(weak > 0 && strong > 0);
	report_table_free(&all);
	dataset_close(&d);
}

/* The answers of a simulated sweep. */
static void headline_of(const struct simulation *s, const char *name, struct headline *h)
{
	struct dataset d;
	struct sentences trust;
	struct err e = {0};
	assert_int_equal(dataset_open(&d, simulated_in(s, name), &e), 0);
	report_trust(&d, &trust);
	report_headline(&d, &trust, h);
	dataset_close(&d);
}

static void silent_where_nothing_decides(void **state)
{
	struct err e;
	struct headline h;
	(void)state;
	headline_of(scenario_find("lonely"), "few", &h);
	static const char *const answers[] = {"noise", "throughput", "confidence"};
	assert_int_equal(h.count, 3);
	for (size_t i = 0; i < h.count; i++)
		assert_string_equal(h.answer[i].id, answers[i]);
	char *dir = simulated_in(scenario_find("lonely"), "silent");
	assert_int_equal(command(report_main, &e, dir, "--format", "text", NULL), 0);
	char html[160];
	snprintf(html, sizeof html, "%s/report.html", dir);
	assert_int_not_equal(access(html, F_OK), 0); /* text writes nothing */
}

static void noise_leads(void **state)
{
	struct headline noisy, quiet;
	(void)state;
	headline_of(scenario_find("noisy"), "noisy", &noisy);
	headline_of(scenario_find("page"), "quiet", &quiet);
	assert_string_equal(noisy.answer[0].id, "noise");
	assert_string_equal(quiet.answer[0].id, "throughput");
	/* few cells within what was asked for are not enough while the intervals are narrow */
	assert_true(report_noisy(&(struct report_precision){100, 100, 20, 0.02, 0.14}));
	assert_true(report_noisy(&(struct report_precision){100, 40, 20, 0.02, 0.01}));
	assert_false(report_noisy(&(struct report_precision){100, 100, 20, 0.005, 0.01}));
	assert_false(report_noisy(&(struct report_precision){100, 100, 30, 0.02, 0.14}));
}

static void speedups_say_what_follows(void **state)
{
	(void)state;
	assert_true(report_inconclusive((struct ranged){2.51, 0.32, 6.65}));
	assert_false(
		report_inconclusive((struct ranged){1, 0.98, 1.02})); /* as fast as serial, that is known */
	assert_false(report_inconclusive((struct ranged){1.98, 1.75, 2}));
	assert_false(report_inconclusive((struct ranged){0.66, 0.6, 0.7}));
	/* a figure above the ideal is followed by its reason, one below it stands alone */
	struct dataset d;
	struct err e = {0};
	assert_int_equal(dataset_open(&d, simulated_in(scenario_find("two"), "speedups"), &e), 0);
	struct summary focus = *dataset_focus(&d, "sieve");
	assert_int_equal(focus.cell.workers.value, 2);
	static const struct {
		struct ranged x;
		bool alone;
	} cases[] = {{{1.9, 1.85, 1.95}, true}, {{2.3, 2.2, 2.4}, false}, {{2.3, 1.9, 2.5}, false},
		{{1.01, 0.5, 2.1}, false}, {{0.8, 0.7, 0.9}, false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[320];
		focus.serial_speedup = cases[i].x.value;
		focus.serial_speedup_low = cases[i].x.low;
		focus.serial_speedup_high = cases[i].x.high;
		report_speedup(&d, &focus, text, sizeof text);
		assert_int_equal(text[strcspn(text, ")") + 1] == '\0', cases[i].alone);
	}
	dataset_close(&d);
}

static void the_terminal_has_bars(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(scenario_find("two"), "text");
	assert_int_equal(command(report_main, &e, "--format=text", dir, NULL), 0);
	char *text = slurp(folder, "out");
	assert_says(text, "████");
	free(text);
}

static void a_drift_is_told(void **state)
{
	struct simulation s = *scenario_find("two");
	struct sentences said[2];
	struct err e = {0};
	(void)state;
	s.samples = 13; /* an odd number, for the median to be one of them and not between the halves */
	for (int drifts = 0; drifts < 2; drifts++) {
		struct dataset d;
		s.drift = drifts ? 0.3 : 0;
		assert_int_equal(dataset_open(&d, simulated_in(&s, drifts ? "drifting" : "steady"), &e), 0);
		report_trust(&d, &said[drifts]);
		dataset_close(&d);
		assert_says(said[drifts].text[said[drifts].count - 1], "governor: powersave & <co>");
	}
	assert_int_equal(said[1].count, said[0].count + 1);
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
	if (command(report_main, &e, dir, option, "--cross-machine", NULL) != 0)
		fail_msg("%s", e.text);
	char *html = slurp(dir, "report.html");
	size_t fork = 2 * 3 * 2 * 3; /* kernels, sizes, lifetimes, workers */
	assert_int_equal(occurrences(html, "<td>slower</td>"), fork);
	assert_int_equal(occurrences(html, "<td>faster</td>"), 0);
	assert_says(html, "fork spawn, ");
	if (has_gnuplot) {
		char *svg = slurp(dir, "plots/against.svg");
		check_svg(svg, "against");
		assert_says(svg, ">undecided<");
		assert_int_equal(occurrences(svg, ", slower;"), fork);
		free(svg);
	}
	free(html);
	struct simulation same = now;
	char like[160];
	same.seed = 9;
	snprintf(like, sizeof like, "--against=%s", simulated_in(&same, "same"));
	dir = simulated_in(&now, "now");
	if (command(report_main, &e, dir, option, like, "--cross-machine", NULL) != 0)
		fail_msg("%s", e.text);
	html = slurp(dir, "report.html");
	assert_int_equal(occurrences(html, "<td>slower</td>"), fork);
	assert_says(html, "before: Of ");
	assert_says(html, "same: Of ");
	if (has_gnuplot) {
		char *svg = slurp(dir, "plots/against.svg");
		check_svg(svg, "against");
		assert_says(svg, ">before<");
		assert_says(svg, ">same<");
		assert_true(occurrences(svg, ", slower; before") > 0);
		assert_int_equal(occurrences(svg, ", slower; same"), 0);
		free(svg);
	}
	free(html);
	assert_int_equal(command(report_main, &e, dir, "--against", "/nonexistent", NULL), ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_stands_alone),
		cmocka_unit_test(cells_are_told_apart),
		cmocka_unit_test(silent_where_nothing_decides),
		cmocka_unit_test(noise_leads),
		cmocka_unit_test(speedups_say_what_follows),
		cmocka_unit_test(the_terminal_has_bars),
		cmocka_unit_test(a_drift_is_told),
		cmocka_unit_test(changes_are_told_apart),
	};
	return cmocka_run_group_tests(tests, reports_setup, reports_teardown);
}
