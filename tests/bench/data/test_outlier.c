/* SPDX-License-Identifier: MIT */
/* test_outlier.c - outliers get the reason that was planted; and a real sample that another process disturbed
 * gets it too. */
/* alone: a competitor is to be named, not those that run anyway */
#include "bench/data/outlier.h"

#include "bench/harness/perform.h"
#include "bench/machine/disturbance.h"
#include "bench/machine/place.h"
#include "tests/base/draw.h"
#include "tests/bench/machine/machine_tree.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* --- planted --- */

enum { LAUNCHES = 10, EACH = 4, CELLS = 3 };

/* CELLS cells, LAUNCHES launches each in turn, of EACH samples of 10 ms that scatter by 1 %. */
static void fill(struct table *t)
{
	struct err e = {0};
	uint64_t seed = 1; /* kept: the verdict depends on the draws */
	table_init(t, sample_columns, sizeof(struct sample));
	for (unsigned l = 0; l < LAUNCHES * CELLS; l++)
		for (unsigned i = 0; i < EACH; i++) {
			struct sample *s = table_add(t, NULL, &e);
			assert_non_null(s);
			strcpy(s->cell.kernel, "noop");
			strcpy(s->status, "ok");
			s->cell.size = (struct uint_field){1 + l % CELLS, true};
			s->launch_id = (struct uint_field){l, true};
			s->batch = (struct uint_field){2, true};
			s->seconds = 0.01 * (1 + 0.01 * (draw_uniform(&seed) - 0.5));
			s->stamp = 1000 + 0.1 * (l * EACH + i);
			s->switches = s->moves = s->sleeps = s->steal_ns = s->cpu_wait_ns =
				s->memory_wait_ns = s->io_wait_ns = 0;
			s->faults = 3;
		}
}

static struct sample *row(const struct table *t, unsigned launch, unsigned sample)
{
	return table_row(t, launch * EACH + sample);
}

static void nothing_is_found_in_quiet_samples(void **state)
{
	(void)state;
	struct table t;
	struct outliers o;
	struct err e = {0};
	fill(&t);
	assert_int_equal(outliers_find(&t, &o, &e), 0);
	assert_int_equal(o.count, 0);
	assert_int_equal(o.of, t.count);
	outliers_free(&o);
	table_free(&t);
}

/* Each planted disturbance is found, and given its own reason; nothing else is. */
static void planted_outliers_get_their_reason(void **state)
{
	(void)state;
	/* a row 4 ms (of 10, in a batch of 2) too slow, and the column that says why */
	static const struct {
		size_t offset;
		double value;
		enum outlier_reason reason;
	} planted[] = {
		{offsetof(struct sample, steal_ns), 1e7, OUTLIER_STOLEN},
		{offsetof(struct sample, throttled_ns), 6e6, OUTLIER_THROTTLED},
		{offsetof(struct sample, heat_throttles), 1, OUTLIER_HOT},
		{offsetof(struct sample, switches), 2, OUTLIER_PREEMPTED},
		{offsetof(struct sample, moves), 2, OUTLIER_MOVED},
		{offsetof(struct sample, faults), 2000, OUTLIER_FAULTED},
		{offsetof(struct sample, cpu_wait_ns), 6e6, OUTLIER_WAITED},
		{offsetof(struct sample, memory_wait_ns), 6e6, OUTLIER_MEMORY},
		{offsetof(struct sample, io_wait_ns), 6e6, OUTLIER_IO},
		{offsetof(struct sample, cpu_wait_ns), 1e5,
			OUTLIER_UNEXPLAINED}, /* far too little to explain it */
	};
	enum { PLANTED = sizeof planted / sizeof *planted };
	struct table t;
	struct outliers o;
	struct err e = {0};
	fill(&t);
	for (size_t i = 0; i < t.count; i++) /* which cells where heat and quota are told */
		((struct sample *)table_row(&t, i))->throttled_ns =
			((struct sample *)table_row(&t, i))->heat_throttles = 0;
	for (unsigned i = 0; i < PLANTED; i++) {
		struct sample *s = row(&t, 3 * i, 1);
		s->seconds = 0.014;
		memcpy((char *)s + planted[i].offset, &planted[i].value, sizeof(double));
	}
	assert_int_equal(outliers_find(&t, &o, &e), 0);
	assert_int_equal(o.count, PLANTED);
	for (unsigned i = 0; i < PLANTED; i++) {
		assert_int_equal(o.list[i].sample, 3 * i * EACH + 1);
		if (o.list[i].reason != planted[i].reason)
			fail_msg("planted '%s', found '%s'", outlier_words[planted[i].reason],
				outlier_words[o.list[i].reason]);
		assert_true(fabs(o.list[i].times - 1.4) < 0.02);
	}
	outliers_free(&o);
	table_free(&t);
}

/* All samples of a launch; samples of all cells for some time; and a sample that was fast. */
static void what_no_column_tells_is_seen_around_it(void **state)
{
	(void)state;
	struct table t;
	struct outliers o;
	struct err e = {0};
	fill(&t);
	for (unsigned i = 0; i < EACH; i++)
		row(&t, 4, i)->seconds *= 1.3;
	for (unsigned l = 18; l < 22; l++)
		for (unsigned i = 0; i < EACH; i++)
			row(&t, l, i)->seconds *= 1.2;
	row(&t, 27, 2)->seconds *= 0.8;
	assert_int_equal(outliers_find(&t, &o, &e), 0);
	assert_int_equal(o.by_reason[OUTLIER_LAUNCH], EACH);
	assert_int_equal(o.by_reason[OUTLIER_TIMES], 4 * EACH);
	assert_int_equal(o.by_reason[OUTLIER_UNEXPLAINED], 1);
	assert_int_equal(o.count, 5 * EACH + 1);
	outliers_free(&o);
	table_free(&t);
}

/* --- real --- */

static void the_system_tells_what_grew(void **state)
{
	(void)state;
	char root[128];
	struct disturbances d;
	struct disturbed taken;
	machine_tree_plant("container", root, sizeof root);
	machine_tree_write(root, "proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5000");
	machine_tree_write(root, "proc/stat", "cpu  1 2 3 4 5 6 7 800 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10");
	machine_tree_write(root, "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7");
	machine_tree_write(root, "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "3");
	disturbances_open(&d, root);
	disturbances_start(&d);
	machine_tree_write(root, "proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5250");
	machine_tree_write(root, "proc/stat", "cpu  1 2 3 4 5 6 7 803 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10");
	machine_tree_write(root, "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "5");
	disturbances_stop(&d, &taken);
	disturbances_close(&d);
	assert_true(taken.by[DISTURBANCE_cpu_wait_ns] == 250e3);
	assert_true(taken.by[DISTURBANCE_steal_ns] == 3e9 / (double)sysconf(_SC_CLK_TCK));
	assert_true(taken.by[DISTURBANCE_heat_throttles] == 2);
	assert_true(isnan(taken.by[DISTURBANCE_io_wait_ns]));
	machine_tree_remove(root);
}

enum { SAMPLES = 60, FROM = 30, UNTIL = 34 };

/* So many that they outdo whatever else runs here. */
enum { COMPETITORS = 12 };

struct scene {
	struct table samples;
	pid_t competitors[COMPETITORS];
};

/* Spins on the CPU where the worker is. */
static pid_t compete(int cpu)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	struct err ignored = {0};
	place_bind(cpu, &ignored);
	volatile unsigned turns = 0;
	for (;;)
		turns = turns + 1;
}

static int keep_row(void *ctx, const struct sample *s, struct err *e)
{
	struct scene *x = ctx;
	const int cpu = place_current();
	for (size_t i = 0; x->samples.count == FROM && i < COMPETITORS; i++)
		x->competitors[i] = compete(cpu);
	for (size_t i = 0; x->samples.count == UNTIL && i < COMPETITORS; i++) {
		kill(x->competitors[i], SIGKILL);
		waitpid(x->competitors[i], NULL, 0);
	}
	return table_add(&x->samples, s, e) ? 0 : -1;
}

/* Whether anything else ran: nothing can be said of a competitor among others. The share of its wall time that a
 * sample waited for CPUs, or the switches where that is not known, of the median undisturbed sample. */
static bool machine_is_busy(const struct table *samples)
{
	unsigned waited = 0, quiet = 0;
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *s = table_row(samples, i);
		if (i > FROM - 1 && i <= UNTIL)
			continue;
		quiet++;
		waited += s->cpu_wait_ns > 0.02e9 * s->seconds * (double)s->batch.value || s->switches > 1;
	}
	return 4 * waited > quiet;
}

/* Processes that want the same CPU while four of sixty samples are taken: these are outliers, and were
 * preempted. Skipped where other processes disturb the rest, too. */
static void a_competitor_is_named(void **state)
{
	(void)state;
	struct measure_plan plan = {.samples = SAMPLES,
		.warmup = 1,
		.sample_seconds = 0.01,
		.cap_seconds = 20,
		.timeout_seconds = 60,
		.meter = "native"};
	struct scene x = {0};
	struct outliers o;
	struct err e = {0};
	unsigned found = 0, named = 0;
	table_init(&x.samples, sample_columns, sizeof(struct sample));
	assert_int_equal(cell_init(&plan.cell, "primality", &e), 0);
	assert_int_equal(cell_set(&plan.cell, "size", "1e5", &e), 0);
	assert_int_equal(cell_finish(&plan.cell, &e), 0);
	if (perform_cell(&plan, meter_native, keep_row, &x, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(outliers_find(&x.samples, &o, &e), 0);
	assert_int_equal(o.of, SAMPLES);
	for (size_t i = 0; i < o.count; i++) {
		const struct sample *s = table_row(&x.samples, o.list[i].sample);
		const bool disturbed = o.list[i].sample > FROM && o.list[i].sample <= UNTIL;
		print_message("sample %zu: %.2f times the median; %s (%g switches a run, %.1f ms waited for "
			      "CPUs)\n",
			o.list[i].sample, o.list[i].times, outlier_words[o.list[i].reason], s->switches,
			s->cpu_wait_ns / 1e6);
		found += disturbed;
		named += disturbed &&
			 (o.list[i].reason == OUTLIER_PREEMPTED || o.list[i].reason == OUTLIER_STOLEN ||
				 o.list[i].reason == OUTLIER_WAITED);
	}
	const bool busy = machine_is_busy(&x.samples);
	outliers_free(&o);
	table_free(&x.samples);
	if (busy) {
		print_message("a competitor is NOT compared with quiet: this machine is busy\n");
		skip();
	}
	assert_true(found > 0);
	assert_int_equal(named, found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_in_quiet_samples),
		cmocka_unit_test(planted_outliers_get_their_reason),
		cmocka_unit_test(what_no_column_tells_is_seen_around_it),
		cmocka_unit_test(the_system_tells_what_grew),
		cmocka_unit_test(a_competitor_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
