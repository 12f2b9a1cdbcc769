/* SPDX-License-Identifier: MIT */
/*
 * history.c - reads a series of sweeps one by one, keeps the medians of their cells, and tests every cell.
 */
#include "bench/data/history.h"

#include "bench/data/dataset.h"
#include "bench/data/folder.h"
#include "bench/stats/change_points.h"
#include "bench/stats/rank_tests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the sweeps --- */

/* When each sweep began, by its manifest, and that all are of one machine. */
static int read_sweep(struct history *h, const char *dir, const char *first, struct err *e)
{
	struct history_sweep *s = &h->sweep[h->sweeps];
	struct err unlike = {0};
	json_t *manifest = folder_manifest(dir, e);
	const json_t *started = json_object_get(manifest, "started"),
		     *build = json_object_get(manifest, "build");
	const char *commit = json_string_value(json_object_get(build, "commit"));
	const char *model = json_string_value(json_object_get(json_object_get(manifest, "machine"), "model"));
	if (!manifest)
		return -1;
	*s = (struct history_sweep){.dir = dir, .started = json_number_value(started)};
	snprintf(s->commit, sizeof s->commit, "%s", commit ? commit : "");
	snprintf(s->model, sizeof s->model, "%s", model ? model : "");
	const bool timed = json_is_number(started);
	json_decref(manifest);
	if (!timed)
		return err_set(e, ERR_USAGE, "%s/manifest.json does not say when the sweep began", dir);
	if (folder_alike(first, dir, &unlike) != 0)
		return err_set(e, ERR_USAGE,
			"history: %s and %s are not known to be of one machine, and a history is of one",
			first, dir);
	h->sweeps++;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct history_sweep *x = a, *y = b;
	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return strcmp(x->dir, y->dir);
}

static int order_sweeps(struct history *h, struct err *e)
{
	qsort(h->sweep, h->sweeps, sizeof *h->sweep, by_time);
	for (size_t i = 1; i < h->sweeps; i++)
		if (h->sweep[i].started == h->sweep[i - 1].started)
			return err_set(e, ERR_USAGE,
				"history: %s and %s began at the same time: one sweep twice",
				h->sweep[i - 1].dir, h->sweep[i].dir);
	return 0;
}

/* --- the cells --- */

/* The cell with these factors, which is added where it is new. Sweeps of one plan have the same order: place `like` is
 * looked at first. */
static struct history_cell *find_cell(struct history *h, const struct factors *f, size_t like, struct err *e)
{
	if (like < h->cells && factors_compare(&h->cell[like].cell, f) == 0)
		return &h->cell[like];
	for (size_t i = 0; i < h->cells; i++)
		if (factors_compare(&h->cell[i].cell, f) == 0)
			return &h->cell[i];
	if ((h->cells & (h->cells - 1)) == 0) {
		struct history_cell *more = realloc(h->cell, (h->cells ? 2 * h->cells : 1) * sizeof *h->cell);
		if (!more) {
			err_set(e, ERR_FAILED, "out of memory");
			return NULL;
		}
		h->cell = more;
	}
	struct history_cell *c = &h->cell[h->cells];
	*c = (struct history_cell){.cell = *f, .seconds = calloc(3 * h->sweeps, sizeof *c->seconds)};
	if (!c->seconds) {
		err_set(e, ERR_FAILED, "out of memory");
		return NULL;
	}
	c->low = c->seconds + h->sweeps;
	c->high = c->low + h->sweeps;
	for (size_t i = 0; i < 3 * h->sweeps; i++)
		c->seconds[i] = NAN;
	h->cells++;
	return c;
}

static int read_cells(struct history *h, size_t sweep, struct err *e)
{
	char path[FOLDER_PATH];
	struct table summary;
	table_init(&summary, summary_columns, sizeof(struct summary));
	int bad = folder_path(path, h->sweep[sweep].dir, "summary.csv", e);
	if (!bad)
		bad = csv_read(path, &summary, NULL, e);
	for (size_t i = 0; i < summary.count && !bad; i++) {
		const struct summary *s = table_row(&summary, i);
		struct history_cell *c = row_ok(s) ? find_cell(h, &s->cell, i, e) : NULL;
		if (!row_ok(s))
			continue;
		if (!c) {
			bad = -1;
			break;
		}
		c->having += isnan(c->seconds[sweep]) ? 1 : 0;
		c->seconds[sweep] = s->median_seconds;
		c->low[sweep] = s->median_low;
		c->high[sweep] = s->median_high;
	}
	table_free(&summary);
	return bad;
}

/* --- changes --- */

/* The logarithms of a cell's series, and which sweep each is of; room for all sweeps. */
struct series {
	double *log;
	size_t *sweep;
	size_t n;
};

static void take_series(const struct history *h, const struct history_cell *c, struct series *s)
{
	s->n = 0;
	for (size_t i = 0; i < h->sweeps; i++)
		if (!isnan(c->seconds[i])) {
			s->sweep[s->n] = i;
			s->log[s->n++] = log(c->seconds[i]);
		}
}

static double median_of(const double *logs, size_t n, double *work)
{
	memcpy(work, logs, n * sizeof *work);
	stats_sort(work, n);
	return exp(stats_median(work, n));
}

/* The shift between two stretches, with its interval. */
static int shift_of(
	const double *before, size_t n, const double *after, size_t m, struct shift *out, struct err *e)
{
	struct rank_tests r = {0};
	if (rank_tests_make(&r, n, m, e) != 0) {
		rank_tests_free(&r);
		return -1;
	}
	rank_tests_take(&r, before, after);
	*out = rank_tests_shift(&r, 0.95);
	rank_tests_free(&r);
	return 0;
}

/* Adds a row for the change at series place p->at, whose stretches begin at `first` and end before `end`. */
static int add_change(struct history *h, const struct history_cell *c, const struct series *s,
	const struct change_point *p, size_t first, size_t end, double q, double *work, struct err *e)
{
	const size_t before = p->at - first, after = end - p->at;
	const struct history_sweep *at = &h->sweep[s->sweep[p->at]];
	struct shift shift;
	if (shift_of(s->log + first, before, s->log + p->at, after, &shift, e) != 0)
		return -1;
	if (fabs(shift.value) <= log1p(h->rules.margin))
		return 0;
	struct change_row *row = table_add(&h->changes, NULL, e);
	if (!row)
		return -1;
	row->cell = c->cell;
	row->sweep = uint_known(s->sweep[p->at]);
	snprintf(row->folder, sizeof row->folder, "%s", at->dir);
	memcpy(row->commit, at->commit, sizeof row->commit);
	memcpy(row->previous_commit, h->sweep[s->sweep[p->at - 1]].commit, sizeof row->previous_commit);
	row->started = at->started;
	strcpy(row->verdict, shift.value > 0 ? "slower" : "faster");
	row->ratio = exp(shift.value);
	row->ratio_low = exp(shift.interval.low);
	row->ratio_high = exp(shift.interval.high);
	row->p_value = p->p_value;
	row->q_value = q;
	row->before_seconds = median_of(s->log + first, before, work);
	row->after_seconds = median_of(s->log + p->at, after, work);
	row->before_sweeps = uint_known(before);
	row->after_sweeps = uint_known(after);
	return 0;
}

/* What is needed for all cells. */
struct desk {
	struct series series;
	struct change_point *points;
	double *work, *p, *q;
	size_t orders;
	double level; /* of a cell's changes, adjusted */
};

static int find_changes(struct history *h, size_t cell, struct desk *d, struct err *e)
{
	struct history_cell *c = &h->cell[cell];
	const struct change_rules rules = {.level = d->level, .orders = d->orders};
	size_t count;
	take_series(h, c, &d->series);
	const int bad =
		h->rules.method == HISTORY_HUNTER
			? change_points_hunter(d->series.log, d->series.n, &rules, d->points, &count, e)
			: change_points(d->series.log, d->series.n, &rules, d->points, &count, e);
	c->first_change = h->changes.count;
	for (size_t i = 0; i < count && !bad; i++)
		if (add_change(h, c, &d->series, &d->points[i], i > 0 ? d->points[i - 1].at : 0,
			    i + 1 < count ? d->points[i + 1].at : d->series.n, d->q[cell], d->work, e) != 0)
			return -1;
	c->changes = h->changes.count - c->first_change;
	return bad;
}

/* So many random orders that a cell alone could still be significant among all of them. */
static size_t orders_for(const struct history *h)
{
	const double fewest = 999, most = 49999;
	const double wanted = 2 * (double)h->tested / h->rules.level;
	return (size_t)(wanted < fewest ? fewest : wanted > most ? most : wanted);
}

/* E-divisive: which cells have changed at all. */
static int screen(struct history *h, struct desk *d, struct err *e)
{
	size_t rejected = 0;
	for (size_t i = 0; i < h->cells; i++) {
		d->p[i] = NAN;
		if (h->cell[i].having < CHANGE_FEWEST)
			continue;
		take_series(h, &h->cell[i], &d->series);
		if (change_first(d->series.log, d->series.n, d->orders, &d->p[i], e) != 0)
			return -1;
	}
	if (rank_tests_adjust(d->p, d->q, h->cells, e) != 0)
		return -1;
	for (size_t i = 0; i < h->cells; i++)
		rejected += d->q[i] <= h->rules.level;
	d->level = h->rules.level * (double)rejected / (double)h->tested;
	return 0;
}

static int judge(struct history *h, struct err *e)
{
	struct desk d = {.level = h->rules.level};
	d.series = (struct series){
		calloc(h->sweeps, sizeof *d.series.log), calloc(h->sweeps, sizeof *d.series.sweep), 0};
	d.points = calloc(h->sweeps, sizeof *d.points);
	d.work = calloc(h->sweeps, sizeof *d.work);
	d.p = calloc(2 * h->cells, sizeof *d.p);
	d.q = d.p + h->cells;
	int bad = d.series.log && d.series.sweep && d.points && d.work && d.p
			  ? 0
			  : err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < h->cells && !bad; i++)
		d.q[i] = NAN;
	d.orders = orders_for(h);
	if (!bad && h->rules.method == HISTORY_EDIVISIVE)
		bad = screen(h, &d, e);
	for (size_t i = 0; i < h->cells && !bad; i++)
		if (h->cell[i].having >= CHANGE_FEWEST &&
			(h->rules.method == HISTORY_HUNTER || d.q[i] <= h->rules.level))
			bad = find_changes(h, i, &d, e);
	free(d.series.log);
	free(d.series.sweep);
	free(d.points);
	free(d.work);
	free(d.p);
	return bad;
}

int history_open(
	struct history *h, char *const *dirs, size_t count, const struct history_rules *rules, struct err *e)
{
	*h = (struct history){.rules = *rules};
	table_init(&h->changes, change_columns, sizeof(struct change_row));
	if (count < CHANGE_FEWEST)
		return err_set(e, ERR_USAGE, "history: name at least %d folders of results, not %zu",
			CHANGE_FEWEST, count);
	h->sweep = calloc(count, sizeof *h->sweep);
	if (!h->sweep)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++)
		if (read_sweep(h, dirs[i], dirs[0], e) != 0)
			return -1;
	if (order_sweeps(h, e) != 0)
		return -1;
	for (size_t i = 0; i < h->sweeps; i++)
		if (read_cells(h, i, e) != 0)
			return -1;
	for (size_t i = 0; i < h->cells; i++)
		h->tested += h->cell[i].having >= CHANGE_FEWEST;
	if (h->tested == 0)
		return err_set(e, ERR_USAGE, "history: no cell is in %d of the %zu sweeps or more",
			CHANGE_FEWEST, h->sweeps);
	return judge(h, e);
}

void history_close(struct history *h)
{
	for (size_t i = 0; i < h->cells; i++)
		free(h->cell[i].seconds);
	free(h->cell);
	free(h->sweep);
	table_free(&h->changes);
	*h = (struct history){0};
}
