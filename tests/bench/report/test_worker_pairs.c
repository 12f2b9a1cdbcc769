/* SPDX-License-Identifier: MIT */
/* test_worker_pairs.c - back ends that no chart has heard of: in a program whose table has two more, made of
 * threads and of processes, both are in every chart and sentence about threads and processes. */
#include "bench/commands/command.h"
#include "tests/bench/report/reports.h"

#include "bench/backend/backend.h"
#include "bench/report/breakeven.h"
#include "bench/report/label.h"
#include "tests/bench/report/scenarios.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* This program's table in place of the library's, whose functions come along: the linker takes these. */
#define backends library_backends
#include "bench/backend/backends.c"
#undef backends

static const struct backend new_threads = {.name = "new-thread", .worker = "thread"},
			    new_processes = {.name = "new-fork", .worker = "process"},
			    new_messages = {
				    .name = "new-socket", .worker = "process", .message_passing = true};

const struct backend *const backends[] = {
#define BACKEND(name) &backend_##name,
#include "bench/backend/backends.def"
	&new_threads, &new_processes, &new_messages, NULL};

static const char *const measured[] = {"openmp", "pthread", "fork", "new-thread", "new-fork", "new-socket",
	NULL},
			 *const only_new[] = {"new-thread", "new-fork", NULL};

static void charts_have_them(void **state)
{
	struct simulation s = *scenario_find("two");
	struct dataset d;
	struct plots p;
	(void)state;
	s.backends = measured;
	charts_draw(&s, "pairs", &d, &p);
	static const char *const pairs[] = {"fork / pthread", "fork / new-thread", "fork / openmp",
		"new-fork / pthread", "new-socket / pthread"};
	char *ratio = slurp(d.dir, "plots/ratio-sieve.svg"),
	     *even = slurp(d.dir, "plots/breakeven-sieve.svg");
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char text[64];
		snprintf(text, sizeof text, ">%s, spawn<", pairs[i]);
		assert_says(ratio, text);
		assert_says(even, text);
	}
	free(ratio);
	free(even);
	charts_done(&d, &p);
}

static void pairs_begin_with_those_most_alike(void **state)
{
	struct simulation s = *scenario_find("two");
	struct worker_pair pairs[WORKER_PAIRS_MOST];
	struct dataset d;
	struct err e = {0};
	(void)state;
	s.backends = measured;
	char *dir = simulated_in(&s, "alike");
	assert_int_equal(dataset_open(&d, dir, &e), 0);
	const size_t n = worker_pairs(&d, &dataset_focus(&d, "sieve")->cell, pairs);
	assert_int_equal(n, 10);
	for (size_t l = 0; l < 2; l++) {
		assert_string_equal(pairs[5 * l].lifetime, l ? "spawn" : "pool");
		assert_string_equal(pairs[5 * l].processes, "fork");
		assert_string_equal(pairs[5 * l].threads, "pthread");
		assert_string_equal(pairs[5 * l + 2].threads, "openmp"); /* a runtime's come last */
		assert_string_equal(pairs[5 * l + 4].processes, "new-socket");
	}
	dataset_close(&d);
}

static void sentences_name_what_was_measured(void **state)
{
	struct simulation s = *scenario_find("two");
	struct err e = {0};
	(void)state;
	s.backends = only_new;
	char *dir = simulated_in(&s, "sentences");
	assert_int_equal(command(report_main, &e, dir, "--format=md", NULL), 0);
	char *text = slurp(dir, "report.md");
	assert_says(text, "(new-thread)");
	assert_says(text, "(new-fork)");
	assert_null(strstr(text, "(pthread)"));
	free(text);
}

static void every_back_end_has_a_style_of_its_own(void **state)
{
	bool taken[100] = {false};
	(void)state;
	for (const struct backend *const *b = backends; *b; b++) {
		const int style = backend_style((*b)->name);
		assert_true(style >= 1 && style <= 54);
		assert_false(taken[style]);
		taken[style] = true;
	}
	assert_true(backend_style("of another build") >= 1 && backend_style("of another build") <= 54);
	assert_false(taken[backend_style("of another build")]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(charts_have_them),
		cmocka_unit_test(pairs_begin_with_those_most_alike),
		cmocka_unit_test(sentences_name_what_was_measured),
		cmocka_unit_test(every_back_end_has_a_style_of_its_own),
	};
	return cmocka_run_group_tests_name("pairs of workers", tests, reports_setup, reports_teardown);
}
