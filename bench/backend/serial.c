/* SPDX-License-Identifier: MIT */
/* serial.c - the caller is the only worker: what the other back ends cost is measured against this. */
#include "bench/backend/region_team.h"

static int alone(const struct control *c, region_team_part_fn *part, struct err *e)
{
	(void)e;
	part(c, 0);
	return 0;
}

static const struct region_team_kind caller = {.all = alone};

static struct team *serial_open(const struct job *job, const struct team_plan *plan, struct err *e)
{
	return region_team_open(&backend_serial, &caller, job, plan, e);
}

const struct backend backend_serial = {
	.name = "serial",
	.summary = "the calling thread, no other worker",
	.worker = "caller",
	.max_workers = 1,
	.open = serial_open,
	.run = region_team_run,
	.slot = region_team_slot,
	.close = region_team_close,
};
