/* SPDX-License-Identifier: MIT */
/*
 * perform.c - the order of a launch: prepare, measure, list.
 *
 * Listing happens last, from a fresh serial pass, outside of everything that is timed; and a mapped input is looked
 * at once more, since what changed meanwhile was measured as something else.
 */
#include "bench/harness/perform.h"

#include "bench/harness/prepare.h"
#include "bench/harness/print_counts.h"
#include "bench/harness/print_items.h"
#include "bench/harness/print_places.h"

static int list(const struct measure_plan *plan, const struct prepared *p, measure_sink_fn *take, void *ctx,
	struct err *e)
{
	if (!plan->print && !plan->print_unique)
		return 0;
	const struct kernel_listing *listing = p->cell.kernel->listing;
	const bool places = listing && listing->placed && listing->placed(&p->cell.problem);
	int status = take(ctx, NULL, e);
	if (status == 0 && plan->print && places)
		status = print_places(&p->cell, p->expected.tally, plan->bed, e);
	else if (status == 0 && plan->print)
		status = print_items(&p->cell, p->expected.tally, e);
	if (status == 0 && plan->print_unique)
		status = print_counts(&p->cell, p->expected.tally.count, e);
	return status;
}

int perform_cell(const struct measure_plan *plan, meter_measure_fn *measure, measure_sink_fn *take, void *ctx,
	struct err *e)
{
	struct prepared p;
	int status = prepare_cell(plan, &p, e);
	if (status == 0)
		status = measure_cell(plan, &p, measure, take, ctx, e);
	if (status == 0)
		status = list(plan, &p, take, ctx, e);
	if (status == 0)
		status = input_check(&p.input, e);
	prepare_free(&p);
	return status;
}
