/* SPDX-License-Identifier: MIT */
/* probe_show.h - a probe's rows for people (text, Markdown) and for programs (JSON); its page for --help.
 * Writes to standard output only. */
#ifndef PARSCALE_BENCH_PROBE_PROBE_SHOW_H
#define PARSCALE_BENCH_PROBE_PROBE_SHOW_H

#include "bench/data/csv.h"
#include "bench/data/probe_rows.h"
#include "bench/probe/probe.h"

#include <jansson.h>

/* A probe that was measured. */
struct probe_shown {
	const struct probe_run *run;
	const struct table *rows;      /* of struct probe_row; at least one */
	const struct probe_row *worst; /* of these */
	unsigned launches;
	uint64_t seed;
};

void probe_show_help(const struct probe *p);
int probe_show_text(const struct probe_shown *p, bool markdown, struct err *e);

/* One object: probe, status, rows and what they depend on. A new reference, NULL without memory. */
json_t *probe_show_json(const struct probe_shown *p);

#endif
