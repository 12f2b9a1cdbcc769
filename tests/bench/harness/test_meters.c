/* SPDX-License-Identifier: MIT */
/*
 * Both meters on the same scripted trial: runs whose lengths are known, told and not waited for, so that what
 * a meter makes of them is exact.
 */
/* sanitizers, by hand: thread */
#include "bench/harness/meter.h"
#include "bench/machine/clock.h"
#include "config.h"

#if HAVE_BENCHMARK
#include "bench/gbench/meter_gbench.h"
#endif

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST = 64 };

/* What a run takes, and what was made of it. */
struct script {
	double (*ns)(uint64_t run); /* of the run-th run, from 0 */
	uint64_t fails_at;          /* the call that fails, from 1; 0: none */
	unsigned sleeps_us;         /* what a call really takes */
	uint64_t runs, calls;
	unsigned taken;
	unsigned take_fails_at; /* the sample that is refused, from 1; 0: none */
	double ns_of[MOST];
	uint64_t batch_of[MOST];
};

static int run(void *ctx, uint64_t times, struct timing *mean, struct err *e)
{
	struct script *s = ctx;
	double sum = 0;
	assert_true(times >= 1);
	if (++s->calls == s->fails_at)
		return err_set(e, ERR_FAILED, "worker 1 of 2: killed by signal 9");
	usleep(s->sleeps_us);
	for (uint64_t i = 0; i < times; i++)
		sum += s->ns(s->runs++);
	*mean = (struct timing){.total_ns = sum / (double)times, .compute_ns = sum / (double)times / 2};
	mean->tally = (struct tally){.count = times, .checksum = s->calls};
	return 0;
}

static int take(void *ctx, const struct timing *mean, uint64_t batch, struct err *e)
{
	struct script *s = ctx;
	assert_true(s->taken < MOST);
	assert_int_equal(mean->tally.count, batch); /* the sample is one call of run, whole */
	assert_true(mean->compute_ns == mean->total_ns / 2);
	s->ns_of[s->taken] = mean->total_ns;
	s->batch_of[s->taken] = batch;
	if (++s->taken == s->take_fails_at)
		return err_set(e, ERR_FAILED, "No space left on device");
	return 0;
}

static struct meter_plan plan_of(struct script *s, unsigned samples)
{
	return (struct meter_plan){.samples = samples,
		.warmup = 1,
		.sample_seconds = 0.001,
		.cap_seconds = 30,
		.run = run,
		.run_ctx = s,
		.take = take,
		.take_ctx = s};
}

/* The scripts. */
static double short_and_steady(uint64_t i)
{
	(void)i;
	return 250;
}
static double longer_than_a_sample(uint64_t i)
{
	(void)i;
	return 50e6;
}
static double uneven(uint64_t i)
{
	return i % 3 == 0 ? 3000 : 1500;
}
static double noisy(uint64_t i)
{
	uint64_t x = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	return 40000 + (double)((x ^ x >> 29) % 4000);
}
static double cold_at_first(uint64_t i)
{
	return i < 3 ? 5e6 / (double)(i + 1) : 700000;
}
static double claims_nothing(uint64_t i)
{
	(void)i;
	return 1;
}

static const struct {
	const char *name;
	meter_measure_fn *measure;
} meters_here[] = {
	{"native", meter_native},
#if HAVE_BENCHMARK
	{"gbench", meter_gbench},
#endif
};
enum { METERS = sizeof meters_here / sizeof meters_here[0] };

/* Runs the script on every meter, expecting success; `done` holds what each made of it. */
static void on_all(const struct script *script, unsigned samples, struct script done[METERS])
{
	for (unsigned m = 0; m < METERS; m++) {
		struct err e = {0};
		done[m] = *script;
		const struct meter_plan plan = plan_of(&done[m], samples);
		if (meters_here[m].measure(&plan, &e) != 0)
			fail_msg("%s: %s", meters_here[m].name, e.text);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(const struct script *s)
{
	double sorted[MOST];
	memcpy(sorted, s->ns_of, s->taken * sizeof *sorted);
	qsort(sorted, s->taken, sizeof *sorted, by_value);
	return sorted[s->taken / 2];
}

static void both_agree(void **state)
{
	(void)state;
	double (*const scripts[])(uint64_t) = {
		short_and_steady, longer_than_a_sample, uneven, noisy, cold_at_first};
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct script done[METERS];
		on_all(&(struct script){.ns = scripts[i]}, 15, done);
		for (unsigned m = 0; m < METERS; m++) {
			assert_int_equal(done[m].taken, 15);
			assert_true(fabs(median(&done[m]) / median(&done[0]) - 1) < 0.01);
			for (unsigned k = 0; k < 15; k++) {
				assert_true(done[m].ns_of[k] * (double)done[m].batch_of[k] >= 0.9e6);
				assert_true(done[m].batch_of[k] <= 2 * done[0].batch_of[0]);
				assert_true(2 * done[m].batch_of[k] >= done[0].batch_of[0]);
			}
		}
	}
}

static void as_many_samples_as_asked(void **state)
{
	(void)state;
	for (unsigned samples = 1; samples <= 7; samples += 3) {
		struct script done[METERS];
		on_all(&(struct script){.ns = noisy}, samples, done);
		for (unsigned m = 0; m < METERS; m++)
			assert_int_equal(done[m].taken, samples);
	}
}

static void long_runs_are_not_batched(void **state)
{
	(void)state;
	struct script done[METERS];
	on_all(&(struct script){.ns = longer_than_a_sample}, 5, done);
	for (unsigned m = 0; m < METERS; m++) {
		for (unsigned k = 0; k < 5; k++)
			assert_int_equal(done[m].batch_of[k], 1);
		assert_int_equal(done[m].runs, done[0].runs); /* the same warm-up, and nothing thrown away */
	}
}

/* Without warm-up, a run that makes a sample is one: an hour's run takes an hour. */
static void nothing_is_thrown_away_without_warm_up(void **state)
{
	(void)state;
	for (unsigned samples = 1; samples <= 3; samples++)
		for (unsigned m = 0; m < METERS; m++) {
			struct err e = {0};
			struct script s = {.ns = longer_than_a_sample};
			struct meter_plan plan = plan_of(&s, samples);
			plan.warmup = 0;
			assert_int_equal(meters_here[m].measure(&plan, &e), 0);
			assert_int_equal(s.taken, samples);
			assert_int_equal(s.runs, samples);
		}
}

static void cold_runs_are_not_sampled(void **state)
{
	(void)state;
	struct script done[METERS];
	on_all(&(struct script){.ns = cold_at_first}, 9, done);
	for (unsigned m = 0; m < METERS; m++)
		for (unsigned k = 0; k < 9; k++)
			assert_true(fabs(done[m].ns_of[k] - 700000) < 1);
}

/* Wherever it happens: while warming up, while the batch is looked for, and among the samples. */
static void a_failed_run_ends_it(void **state)
{
	(void)state;
	for (unsigned m = 0; m < METERS; m++)
		for (uint64_t at = 1; at <= 9; at++) {
			struct script s = {.ns = noisy, .fails_at = at};
			struct err e = {0};
			const struct meter_plan plan = plan_of(&s, 12);
			assert_int_equal(meters_here[m].measure(&plan, &e), -1);
			assert_int_equal(e.status, ERR_FAILED);
			assert_string_equal(e.text, "worker 1 of 2: killed by signal 9");
			assert_int_equal(s.calls, at);
		}
}

static void a_refused_sample_ends_it(void **state)
{
	(void)state;
	for (unsigned m = 0; m < METERS; m++) {
		struct script s = {.ns = noisy, .take_fails_at = 3};
		struct err e = {0};
		const struct meter_plan plan = plan_of(&s, 12);
		assert_int_equal(meters_here[m].measure(&plan, &e), -1);
		assert_string_equal(e.text, "No space left on device");
		assert_int_equal(s.taken, 3);
	}
}

/* The clock on the wall counts, whatever the runs say they took; and there is always a sample. */
static void the_cap_is_wall_time(void **state)
{
	(void)state;
	for (unsigned m = 0; m < METERS; m++) {
		struct script s = {.ns = claims_nothing, .sleeps_us = 20000};
		struct err e = {0};
		struct meter_plan plan = plan_of(&s, 60);
		struct timespec start, end;
		plan.cap_seconds = 0.1;
		clock_gettime(CLOCK_MONOTONIC, &start);
		if (meters_here[m].measure(&plan, &e) != 0)
			fail_msg("%s: %s", meters_here[m].name, e.text);
		clock_gettime(CLOCK_MONOTONIC, &end);
		assert_true(s.taken >= 1 && s.taken <= 20);
		assert_true(difftime(end.tv_sec, start.tv_sec) < 10);
	}
}

/* Of a cell that is known: warm-up by quarters of a batch, the first of which may agree with the launches
 * before; no search for a batch. */
static void a_known_cell_is_not_searched(void **state)
{
	(void)state;
	for (unsigned m = 0; m < METERS; m++) {
		struct err e = {0};
		struct script s = {.ns = short_and_steady};
		struct meter_plan plan = plan_of(&s, 3);
		plan.known = (struct meter_known){255e-9, 4000};
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_int_equal(s.calls, 1 + 3);
		assert_int_equal(s.taken, 3);
		for (unsigned i = 0; i < s.taken; i++)
			assert_true(s.batch_of[i] >= 1050000 / 250 && s.batch_of[i] <= 1050000 / 250 + 1);
		assert_int_equal(s.runs, 1000 + 3 * s.batch_of[0]);
		/* slower than it was: a second run of warm-up, and no sample of what is not settled */
		s = (struct script){.ns = short_and_steady};
		plan.known.seconds = 200e-9;
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_int_equal(s.calls, 2 + 3);
		/* runs longer than a sample: one is the warm-up */
		s = (struct script){.ns = longer_than_a_sample};
		plan.known = (struct meter_known){0.05, 1};
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_int_equal(s.calls, 1 + 3);
		assert_int_equal(s.batch_of[0], 1);
		/* longer than all samples may take: none is spent on warming up, and one is the sample */
		s = (struct script){.ns = longer_than_a_sample};
		plan.cap_seconds = 0.02;
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_int_equal(s.calls, s.taken);
		assert_true(s.taken >= 1);
		plan.cap_seconds = 30;
		/* the least number of runs of warm-up holds all the same */
		s = (struct script){.ns = longer_than_a_sample};
		plan.warmup = 4;
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_int_equal(s.calls, 4 + 3);
		/* none: the first run is a sample */
		s = (struct script){.ns = longer_than_a_sample};
		plan.warmup = 0;
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_int_equal(s.calls, 3);
		assert_int_equal(s.taken, 3);
	}
}

/* A launch that began long ago takes more samples, of a cell that is known. */
static void samples_make_up_for_the_start(void **state)
{
	const double now = (double)clock_ns();
	struct script s = {.ns = longer_than_a_sample};
	struct meter_plan plan = plan_of(&s, 2);
	(void)state;
	plan.share = 0.7;
	plan.known = (struct meter_known){0.05, 1};
	plan.started = now; /* nothing was lost */
	assert_int_equal(meter_samples(&plan, 50e6, 1), 2);
	plan.started = now - 100e6; /* two samples' time: more than four and a half of them are 70 % */
	assert_int_equal(meter_samples(&plan, 50e6, 1), 5);
	assert_int_equal(meter_samples(&plan, 25e6, 2), 5);
	plan.started = now - 100e9;
	assert_int_equal(meter_samples(&plan, 50e6, 1), METER_MOST);
	plan.samples = 20; /* asked for */
	assert_int_equal(meter_samples(&plan, 50e6, 1), 20);
	plan.samples = 2;
	plan.known.batch = 0; /* the first launch */
	assert_int_equal(meter_samples(&plan, 50e6, 1), 2);
	plan.known.batch = 1;
	plan.share = 0; /* as many as were asked for */
	assert_int_equal(meter_samples(&plan, 50e6, 1), 2);
	for (unsigned m = 0; m < METERS; m++) {
		struct err e = {0};
		s = (struct script){.ns = longer_than_a_sample};
		plan.share = 0.7;
		plan.started = (double)clock_ns() - 100e6;
		assert_int_equal(meters_here[m].measure(&plan, &e), 0);
		assert_true(s.taken >= 5 && s.taken <= METER_MOST);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(both_agree),
		cmocka_unit_test(as_many_samples_as_asked), cmocka_unit_test(long_runs_are_not_batched),
		cmocka_unit_test(nothing_is_thrown_away_without_warm_up),
		cmocka_unit_test(cold_runs_are_not_sampled), cmocka_unit_test(a_failed_run_ends_it),
		cmocka_unit_test(a_refused_sample_ends_it), cmocka_unit_test(the_cap_is_wall_time),
		cmocka_unit_test(a_known_cell_is_not_searched),
		cmocka_unit_test(samples_make_up_for_the_start)};
	printf("meters:");
	for (unsigned m = 0; m < METERS; m++)
		printf(" %s", meters_here[m].name);
	printf("\n");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
