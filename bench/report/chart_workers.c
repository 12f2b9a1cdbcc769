/* SPDX-License-Identifier: MIT */
/*
 * chart_workers.c - the chart of one run's workers over time: when each entered, waited and
 * computed.
 */
#include "base/units.h"
#include "bench/report/chart.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

enum { BARS_MOST = 48, WORKERS_MOST = 4096 };

enum part { LAUNCH = 1, TOUCH, COMPUTE, RETURN, REAP, WAIT };

/* The rows of one run, by worker. */
struct one_run {
	const struct worker_row *worker[WORKERS_MOST];
	size_t count;
	double first_ended, last_ended;
};

/* The last one written of a cell that was traced more than once; whether all its workers are there. */
static bool run_of(const struct dataset *d, const struct factors *cell, struct one_run *r)
{
	*r = (struct one_run){.first_ended = INFINITY};
	for (size_t i = 0; i < d->workers.count; i++) {
		const struct worker_row *w = table_row(&d->workers, i);
		if (w->worker.known && w->worker.value < WORKERS_MOST && w->ended_ns > 0 &&
			factors_compare(&w->cell, cell) == 0)
			r->worker[w->worker.value] = w;
	}
	while (r->count < WORKERS_MOST && r->worker[r->count]) {
		const struct worker_row *w = r->worker[r->count++];
		r->first_ended = fmin(r->first_ended, w->ended_ns);
		r->last_ended = fmax(r->last_ended, w->ended_ns);
	}
	return r->count > 0 && r->count == cell->workers.value;
}

struct gantt {
	struct drawing *g;
	double unit;  /* ns */
	double place; /* of the bar to come */
	double room;  /* for a head, in bars */
	double end;   /* of the axis, in ns: what goes on beyond is cut off, and the head says so */
	size_t heads;
};

static void put_part(struct gantt *t, double from, double to, enum part part, const char *hover)
{
	to = fmin(to, t->end);
	if (!(to > from))
		return;
	fprintf(t->g->data, "%.6g\t%.9g\t%.9g\t%d\t", t->place, from / t->unit, to / t->unit, (int)part);
	chart_field(t->g->data, hover);
	fputc('\n', t->g->data);
}

static void put_worker(
	struct gantt *t, const char *name, size_t number, const struct worker_row *w, double last_ended)
{
	char text[320], on[32] = "", began[UNITS_RANGE_BYTES], computed[UNITS_RANGE_BYTES],
			waited[UNITS_RANGE_BYTES];
	if (w->cpu.known)
		snprintf(on, sizeof on, " on CPU %" PRIu64, w->cpu.value);
	snprintf(text, sizeof text, "%s, worker %zu%s: started after %s, computed %s, waited %s for the last",
		name, number, on, units_seconds(w->began_ns * 1e-9, began),
		units_seconds((w->ended_ns - w->began_ns) * 1e-9, computed),
		units_seconds((last_ended - w->ended_ns) * 1e-9, waited));
	const bool fresh = !isnan(w->entered_ns);
	put_part(t, 0, fresh ? w->entered_ns : w->began_ns, LAUNCH, "");
	if (fresh) {
		put_part(t, w->entered_ns, w->touched_ns, TOUCH, "");
		put_part(t, w->touched_ns, w->began_ns, WAIT, "");
	}
	put_part(t, w->began_ns, w->ended_ns, COMPUTE, text);
	put_part(t, w->ended_ns, last_ended, WAIT, "");
	put_part(t, last_ended, w->returned_ns, RETURN, "");
	put_part(t, w->returned_ns, w->total_ns, REAP, "");
	t->place += 1;
}

static void put_run(struct gantt *t, const char *name, const struct one_run *r)
{
	char head[640]; /* a double of any size has room */
	const double total = r->worker[0]->total_ns;
	char beyond[64] = "", seconds[32];
	if (total > t->end)
		snprintf(beyond, sizeof beyond, "; truncated, ends at %s",
			units_seconds(total * 1e-9, seconds));
	snprintf(head, sizeof head, "%s: the last worker finishes %.1f %% of the run after the first%s", name,
		100 * (r->last_ended - r->first_ended) / total, beyond);
	chart_element(t->g->vars, "heads", ++t->heads, head);
	fprintf(t->g->vars, "head_at[%zu] = %.6g\n", t->heads, t->place - 0.5 - 0.45 * t->room);
	for (size_t k = 0; k < r->count; k++)
		put_worker(t, name, k, r->worker[k], r->last_ended);
	t->place += t->room;
}

bool chart_workers(struct drawing *g, const char *kernel)
{
	static struct one_run run; /* large */
	const struct summary *focus = dataset_focus(g->d, kernel);
	struct series series[SERIES_MOST];
	if (!focus || focus->cell.workers.value < 2)
		return false;
	size_t n = chart_series(g->d, &focus->cell, "", series),
	       most = (size_t)(BARS_MOST / focus->cell.workers.value), shown = 0;
	if (most <= 1 || n == 0) { /* there is room for one: the one that the report is about */
		series[0].of = &focus->cell;
		n = 1;
	}
	double lengths[SERIES_MOST];
	size_t runs = 0;
	for (size_t k = 0; k < n; k++)
		if (run_of(g->d, series[k].of, &run))
			lengths[runs++] = run.worker[0]->total_ns;
	const double longest = chart_end(lengths, runs);
	if (!(longest > 0))
		return false;
	char unit[8], size[UNITS_RANGE_BYTES], setting[256];
	const size_t bars = (n < most ? n : most > 1 ? most : 1) * (size_t)focus->cell.workers.value;
	const double points = bars > 64 ? 5 : bars > 24 ? 10 : 14; /* a bar's */
	struct gantt t = {.g = g,
		.unit = 1e9 * units_seconds_unit(longest * 1e-9, unit),
		.room = 19 / points,
		.end = longest};
	t.place = 0.5 + t.room;
	chart_array(g->vars, "heads", n);
	chart_array(g->vars, "head_at", n);
	for (size_t k = 0; k < n && shown < (most > 1 ? most : 1); k++) {
		char name[128];
		snprintf(name, sizeof name, "%.60s, %s", series[k].of->backend, series[k].of->lifetime);
		if (!run_of(g->d, series[k].of, &run))
			continue;
		put_run(&t, name, &run);
		shown++;
	}
	fprintf(g->vars, "n_heads = %zu\nbottom = %.6g\nxhigh = %.9g\n", t.heads, t.place - t.room,
		longest / t.unit * 1.01);
	chart_text(g->vars, "unit", unit);
	g->high = 196 + (int)(points * (t.place - t.room));
	snprintf(g->title, sizeof g->title, "%s: the workers of one run", kernel);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%s %s, %" PRIu64 " workers; %s",
		units_size(focus->cell.items.value, size), kernel_items(kernel), focus->cell.workers.value,
		setting);
	snprintf(g->note, sizeof g->note, "n = 1: the last run of each first launch%s.",
		shown < n ? "; not all fit" : "");
	return true;
}
