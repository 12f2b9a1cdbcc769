/* SPDX-License-Identifier: MIT */
/* test_probe.c - every probe once: all its cases verified, nothing left behind; and summaries of hand-made
 * samples. */
#include "bench/data/probe_summary.h"
#include "bench/probe/sampler.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int keep(void *ctx, const struct probe_launch_row *row, struct err *e)
{
	return table_add(ctx, row, e) ? 0 : -1;
}

static unsigned entries(const char *folder)
{
	unsigned n = 0;
	DIR *d = opendir(folder);
	for (; d && readdir(d); n++)
		;
	if (d)
		closedir(d);
	return n;
}

/* Of mappings, those that other processes could see. */
static unsigned shared_mappings(void)
{
	char line[512];
	unsigned n = 0;
	FILE *f = fopen("/proc/self/maps", "r");
	while (f && fgets(line, sizeof line, f))
		n += strstr(line, "/dev/zero") || strstr(line, "/dev/shm") || strstr(line, "memfd");
	if (f)
		fclose(f);
	return n;
}

/* One block of a probe's quick cases in this process: what is wrong with it, or NULL. */
static const char *trouble(const struct probe *p, char text[600])
{
	struct probe_run r;
	struct err e = {0};
	struct table samples;
	const struct sampler_plan plan = {.blocks = 1, .long_samples = 1, .seed = 1};
	unsigned files = entries("/proc/self/fd"), mappings = shared_mappings();
	table_init(&samples, probe_launch_columns, sizeof(struct probe_launch_row));
	if (probe_run_init(&r, p, true, &e) != 0 || p->cases(&r, &e) != 0 ||
		sampler_run(&r, &plan, keep, &samples, &e) != 0) {
		if (p->host &&
			e.status == ERR_ABSENT) /* its ranks are in another program: tests/cli/mpi.sh */
			return NULL;
		snprintf(text, 600, "%.500s", e.text);
		return text;
	}
	for (size_t i = 0; i < samples.count; i++) {
		const struct probe_launch_row *row = table_row(&samples, i);
		if (strcmp(row->status, "ok") == 0 || strcmp(row->status, "absent") == 0)
			continue;
		snprintf(text, 600, "%s %s %s: %s: %.200s", row->of.mechanism, row->of.worker,
			row->of.setting, row->status, row->reason);
		return text;
	}
	if (samples.count < r.count)
		return "not every case has a sample";
	table_free(&samples);
	probe_run_free(&r);
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return "it left a process";
	if (entries("/proc/self/fd") != files)
		return "it left a descriptor";
	if (shared_mappings() != mappings)
		return "it left shared memory";
	if (entries("/proc/self/task") != 3)
		return "it left a thread";
	return NULL;
}

/* Each in a process of its own, as always. */
static void every_probe_is_verified_and_leaves_nothing(void **state)
{
	(void)state;
	bool good = true;
	for (const struct probe *const *p = probes; *p; p++) {
		fflush(NULL);
		pid_t pid = fork();
		if (pid == 0) {
			char text[600];
			const char *what = trouble(*p, text);
			if (what)
				fprintf(stderr, "probe %s: %s\n", (*p)->name, what);
			_exit(what ? 1 : 0);
		}
		int status = -1;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0)
			fprintf(stderr, "probe %s: wait status %d\n", (*p)->name, status);
		good &= status == 0;
	}
	assert_true(good);
}

/* What is shown and what makes a case must not be ambiguous, and each base must be one. */
static void cases_are_unique_and_bases_exist(void **state)
{
	(void)state;
	for (const struct probe *const *p = probes; *p; p++)
		for (int quick = 0; quick < 2; quick++) {
			struct probe_run r;
			struct err e = {0};
			assert_int_equal(probe_run_init(&r, *p, quick, &e), 0);
			assert_int_equal((*p)->cases(&r, &e), 0);
			assert_true(r.count > 0);
			assert_string_equal((*p)->metrics[0].unit, "ns");
			assert_true(*(*p)->timed && *(*p)->expect);
			for (size_t i = 0; i < r.count; i++) {
				const struct probe_case *c = &r.cases[i];
				assert_true(
					c->most >= 1 && c->sample && c->base >= -1 && c->base < (int)r.count);
				assert_true(c->least <= c->most);
				assert_true(c->expected_low <= c->expected_high);
				assert_true(strlen(c->mechanism) <
					    sizeof(((struct probe_factors *)0)->mechanism));
				if (c->base >= 0)
					assert_int_equal(r.cases[c->base].base, c->base);
				for (size_t k = 0; k < i; k++)
					assert_false(strcmp(c->mechanism, r.cases[k].mechanism) == 0 &&
						     strcmp(c->worker, r.cases[k].worker) == 0 &&
						     strcmp(c->setting, r.cases[k].setting) == 0);
			}
			probe_run_free(&r);
		}
}

static void options_have_ranges(void **state)
{
	(void)state;
	for (const struct probe *const *p = probes; *p; p++)
		for (const struct probe_option *o = (*p)->options; o->name; o++) {
			struct probe_run r;
			struct err e = {0};
			char text[32];
			assert_int_equal(probe_run_init(&r, *p, true, &e), 0);
			snprintf(text, sizeof text, "%llu", (unsigned long long)o->highest + 1);
			assert_int_equal(probe_set(&r, o->name, text, &e), -1);
			assert_int_equal(e.status, ERR_USAGE);
			assert_non_null(strstr(e.text, o->name));
			assert_true(o->fallback >= o->lowest && o->fallback <= o->highest);
			probe_run_free(&r);
		}
}

/* --- sampling --- */

static enum probe_status take_long(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	uint64_t *least = r->state;
	(void)c;
	*least = batch < *least ? batch : *least;
	s->value[0] = 1e7; /* one alone would do */
	return PROBE_OK;
}

static int two_cases(struct probe_run *r, struct err *e)
{
	(void)e;
	probe_add(r, &(struct probe_case){.mechanism = "one", .base = -1, .most = 100, .sample = take_long});
	probe_add(r,
		&(struct probe_case){
			.mechanism = "sixteen", .base = -1, .least = 16, .most = 100, .sample = take_long});
	return 0;
}

/* Where a sample holds more operations than its time asks for, that is what is told of it. */
static void a_sample_holds_what_its_case_wants_at_least(void **state)
{
	static const struct probe made_up = {
		.name = "made-up", .metrics = {{"time", "ns", ""}}, .cases = two_cases};
	static const uint64_t wanted[] = {1, 16};
	const struct sampler_plan plan = {.blocks = 2, .long_samples = 1, .seed = 1};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct probe_run r;
		struct err e = {0};
		struct table rows;
		uint64_t least = UINT64_MAX;
		table_init(&rows, probe_launch_columns, sizeof(struct probe_launch_row));
		assert_int_equal(probe_run_init(&r, &made_up, false, &e), 0);
		assert_int_equal(two_cases(&r, &e), 0);
		r.cases[0] = r.cases[i];
		r.count = 1;
		r.state = &least;
		assert_int_equal(sampler_run(&r, &plan, keep, &rows, &e), 0);
		assert_int_equal(rows.count, 1);
		assert_true(least == wanted[i]);
		assert_true(((const struct probe_launch_row *)table_row(&rows, 0))->batch.value == wanted[i]);
		table_free(&rows);
		probe_run_free(&r);
	}
}

/* A probe that failed for a cause is told by the word that a launch is told by. */
static void each_cause_has_its_status(void **state)
{
	(void)state;
	for (enum err_cause c = CAUSE_NONE; c < ERR_CAUSES; c++) {
		const enum probe_status status = probe_status_of(c);
		assert_true(status != PROBE_OK && status != PROBE_ABSENT);
		assert_string_equal(probe_status_name(status), err_cause_name(c));
	}
}

/* --- summaries --- */

struct case_name {
	const char *mechanism, *worker, *setting;
};

static struct probe_launch_row *add_launch(
	struct table *t, uint64_t launch, struct case_name c, const char *metric, double median)
{
	struct err e = {0};
	struct probe_launch_row *row = table_add(t, NULL, &e);
	snprintf(row->of.probe, sizeof row->of.probe, "made-up");
	snprintf(row->of.mechanism, sizeof row->of.mechanism, "%s", c.mechanism);
	snprintf(row->of.worker, sizeof row->of.worker, "%s", c.worker);
	snprintf(row->of.setting, sizeof row->of.setting, "%s", c.setting);
	snprintf(row->of.metric, sizeof row->of.metric, "%s", metric);
	snprintf(row->status, sizeof row->status, "ok");
	snprintf(row->base, sizeof row->base, "base");
	row->launch_id = (struct uint_field){launch, true};
	row->samples = (struct uint_field){4, true};
	row->batch = (struct uint_field){10, true};
	row->median = median;
	row->min = median - 1;
	row->max = median + 1;
	return row;
}

static void expect_ratio(struct probe_launch_row *row, double low, double high)
{
	row->expected_low = low;
	row->expected_high = high;
}

static void refuse(struct probe_launch_row *row, const char *status)
{
	snprintf(row->status, sizeof row->status, "%s", status);
	snprintf(row->reason, sizeof row->reason, "because");
}

static void summaries_by_hand(void **state)
{
	(void)state;
	static const struct case_name base_case = {"base", "", ""}, two_case = {"double", "thread", "two"},
				      other_case = {"double", "process", ""},
				      broken_case = {"broken", "", ""};
	struct table launches, rows;
	struct err e = {0};
	table_init(&launches, probe_launch_columns, sizeof(struct probe_launch_row));
	table_init(&rows, probe_columns, sizeof(struct probe_row));
	for (int i = 1; i <= 9; i++) {
		add_launch(&launches, (uint64_t)i, base_case, "total", 100 + i);
		expect_ratio(add_launch(&launches, (uint64_t)i, two_case, "total", 200 + 2 * i), 1.5, 2.5);
		/* a share of 0 has no ratio */
		add_launch(&launches, (uint64_t)i, two_case, "share", i == 5 ? 0 : 50);
		expect_ratio(add_launch(&launches, (uint64_t)i, other_case, "total", 200 + 2 * i), 3, 4);
		struct probe_launch_row *row = add_launch(&launches, (uint64_t)i, broken_case, "total", i);
		if (i == 7)
			refuse(row, "wrong");
	}
	refuse(add_launch(&launches, 10, (struct case_name){"", "", ""}, "", (double)NAN), "failed");
	assert_int_equal(probe_summarise(&launches, &rows, &e), 0);
	assert_int_equal(rows.count, 6);
	const struct probe_row *base = table_row(&rows, 0), *two = table_row(&rows, 1),
			       *share = table_row(&rows, 2), *other = table_row(&rows, 3);
	const struct probe_row *broken = table_row(&rows, 4), *launch = table_row(&rows, 5);
	assert_true(base->median == 105 && base->ratio == 1 && isnan(base->ratio_low) &&
		    isnan(base->expected_low));
	assert_true(base->median_low < 105 && base->median_low >= 101 && base->median_high > 105 &&
		    base->median_high <= 109);
	assert_true(base->min == 100 && base->max == 110 && base->samples.value == 36 &&
		    base->launches.value == 9 && base->batch.value == 10);
	assert_true(two->ratio == 2 && two->ratio_low < 2 && two->ratio_high > 2);
	assert_string_equal(two->base, "base");
	assert_string_equal(two->verdict, "expected");
	assert_string_equal(share->of.metric, "share");
	assert_true(share->median == 50 && isnan(share->ratio) && isnan(share->expected_low));
	assert_string_equal(other->verdict, "lower");
	assert_string_equal(broken->status, "wrong");
	assert_string_equal(broken->reason, "because");
	assert_true(isnan(broken->median) && !broken->samples.known);
	assert_string_equal(launch->of.mechanism, "");
	assert_string_equal(launch->status, "failed");
	assert_ptr_equal(probe_worst(&rows), broken);
	table_free(&launches);
	table_free(&rows);
}

/* Launches of several probes come mixed; the rows of each stand together, in the order in which its cases
 * were first seen. */
static void rows_of_a_probe_stand_together(void **state)
{
	(void)state;
	struct table launches, rows;
	struct err e = {0};
	table_init(&launches, probe_launch_columns, sizeof(struct probe_launch_row));
	table_init(&rows, probe_columns, sizeof(struct probe_row));
	for (int i = 0; i < 4; i++)
		for (int k = i == 0; k < 2; k++) { /* the second case is new in the second launch */
			struct probe_launch_row *row = add_launch(&launches, (uint64_t)i / 2,
				(struct case_name){k ? "base" : "late", "", ""}, "total", 10);
			snprintf(row->of.probe, sizeof row->of.probe, "%s", i % 2 ? "second" : "first");
		}
	assert_int_equal(probe_summarise(&launches, &rows, &e), 0);
	static const char *const wanted[][2] = {
		{"first", "base"}, {"first", "late"}, {"second", "late"}, {"second", "base"}};
	assert_int_equal(rows.count, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct probe_row *row = table_row(&rows, i);
		assert_string_equal(row->of.probe, wanted[i][0]);
		assert_string_equal(row->of.mechanism, wanted[i][1]);
	}
	table_free(&launches);
	table_free(&rows);
}

static void only_what_is_absent_throughout_is_absent(void **state)
{
	(void)state;
	static const char *const added[] = {"absent", "ok", "failed"}, *const worst[] = {
									       "absent", "ok", "failed"};
	struct table rows;
	struct err e = {0};
	table_init(&rows, probe_columns, sizeof(struct probe_row));
	assert_null(probe_worst(&rows));
	for (size_t i = 0; i < 3; i++) {
		strcpy(((struct probe_row *)table_add(&rows, NULL, &e))->status, added[i]);
		assert_string_equal(probe_worst(&rows)->status, worst[i]);
	}
	table_free(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_probe_is_verified_and_leaves_nothing),
		cmocka_unit_test(cases_are_unique_and_bases_exist),
		cmocka_unit_test(options_have_ranges),
		cmocka_unit_test(a_sample_holds_what_its_case_wants_at_least),
		cmocka_unit_test(each_cause_has_its_status),
		cmocka_unit_test(summaries_by_hand),
		cmocka_unit_test(rows_of_a_probe_stand_together),
		cmocka_unit_test(only_what_is_absent_throughout_is_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
