/* SPDX-License-Identifier: MIT */
/*
 * arm.c - launches cells with one program and appends their rows; a launch that fails becomes a row
 * too.
 *
 * The first verified answer to a problem is passed to later launches of the same problem, so that
 * the reference runs once per problem and not once per launch. All rows of a launch are appended at
 * once: after a kill a launch is there completely or not at all.
 */
#include "bench/sweep/arm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The launch ends a run that takes too long itself, and knows who is late: that is waited for. */
enum { GRACE_SECONDS = 2 };

int arm_open(struct arm *s, const struct plan *p, const struct campaign_arm *is, struct err *e)
{
	*s = (struct arm){.plan = p, .is = is};
	snprintf(s->workers_path, sizeof s->workers_path, "%.4100s/workers.csv", is->dir);
	s->answers = calloc(p->problems, sizeof *s->answers);
	s->answered = calloc(p->problems, sizeof *s->answered);
	s->known = calloc(p->count, sizeof *s->known);
	if (!s->answers || !s->answered || !s->known)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	s->probing = probe_arm_open(p, is, e);
	return s->probing ? 0 : -1;
}

void arm_close(struct arm *s)
{
	probe_arm_close(s->probing);
	free(s->answers);
	free(s->answered);
	free(s->known);
}

/* A launch that gave no answer is a row too. */
static int add_failure(
	const struct arm *s, const struct planned *cell, struct launch_result *r, struct err *e)
{
	struct sample *row = table_add(&r->samples, NULL, e);
	if (!row)
		return -1;
	cell_factors(&cell->cell, s->plan->meter->name, &row->cell);
	snprintf(row->status, sizeof row->status, "%s",
		r->status == ERR_ABSENT ? "absent" : err_cause_name(r->cause));
	snprintf(row->reason, sizeof row->reason, "%s",
		r->message[0] ? r->message : "the launch ended without a sample");
	return 0;
}

/* The first right answer to a problem serves all cells that share it. */
static void learn_answer(struct arm *s, const struct planned *cell, const struct sample *row)
{
	if (s->answered[cell->problem] || strcmp(row->status, "ok") != 0)
		return;
	struct expected *x = &s->answers[cell->problem];
	*x = (struct expected){.tally = {.count = row->count.value,
				       .checksum = row->check.value,
				       .longest = row->longest.value},
		.check_known = true};
	snprintf(x->source, sizeof x->source, "%.90s", row->verified_by);
	s->answered[cell->problem] = true;
}

/* What the next launch of the cell is told: the fastest of a launch's samples, as disturbances only add. */
static void learn_known(struct arm *s, size_t cell, const struct table *samples)
{
	struct meter_known found = {0};
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *row = table_row(samples, i);
		if (strcmp(row->status, "ok") != 0 || !(row->seconds > 0) || !row->batch.known)
			return;
		if (found.batch == 0 || row->seconds < found.seconds)
			found = (struct meter_known){row->seconds, row->batch.value};
	}
	if (s->is->informed)
		s->known[cell] = found;
}

static int take_rows(
	struct arm *s, const struct scheduled *t, struct launch_result *r, bool *good, struct err *e)
{
	const struct planned *cell = &s->plan->cells[t->cell];
	bool wrong = false;
	*good = r->status == ERR_NONE && r->samples.count > 0;
	for (size_t i = 0; i < r->samples.count; i++)
		wrong |= strcmp(((const struct sample *)table_row(&r->samples, i))->status, "wrong") == 0;
	/* a wrong answer has said so in its rows; any other failure is a row of its own, after the samples
	 * that came before it */
	if (!*good && !wrong && add_failure(s, cell, r, e) != 0)
		return -1;
	for (size_t i = 0; i < r->samples.count; i++) {
		struct sample *row = table_row(&r->samples, i);
		row->launch_id = (struct uint_field){t->launch_id, true};
		row->cell_id = (struct uint_field){t->cell, true};
		row->block = (struct uint_field){t->block, true};
		learn_answer(s, cell, row);
	}
	learn_known(s, t->cell, &r->samples);
	return csv_append_table(s->is->samples_fd, &r->samples, e);
}

int arm_launch(struct arm *s, const struct scheduled *t, const struct campaign_means *means,
	struct launch_result *r, bool *good, struct err *e)
{
	const struct plan *p = s->plan;
	const struct planned *cell = &p->cells[t->cell];
	struct measure_plan measure = {.cell = cell->cell,
		.samples = p->repetitions,
		.warmup = p->warmup,
		.share = p->sample_share,
		.known = s->known[t->cell],
		.shelf_fd = s->is->shelf_fd,
		.counters = p->counters,
		.sample_seconds = p->sample_seconds,
		.cap_seconds = p->cap_seconds,
		.timeout_seconds = p->timeout_seconds,
		.meter = p->meter->name,
		.trace = t->block == 0 ? s->workers_path : NULL,
		.memory_bytes = p->memory_bytes,
		.fault = p->fault,
		.expected_known = s->answered[cell->problem],
		.expected = s->answers[cell->problem]};
	const struct launch_order order = {.measure = &measure,
		.meter = p->meter,
		.program = s->is->program,
		.timeout_seconds = p->timeout_seconds + GRACE_SECONDS,
		.capture = true};
	*good = false;
	*r = (struct launch_result){0};
	if (fixed_files_check(s->is->fixed, e) != 0)
		return -1;
	int status = means->launch(means->ctx, &order, r, e);
	if (status != 0 || r->status == ERR_INTERRUPTED)
		return status;
	return fixed_files_check(s->is->fixed, e) == 0 ? take_rows(s, t, r, good, e) : -1;
}
