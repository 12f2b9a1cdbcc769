/* SPDX-License-Identifier: MIT */
#include "probe/probe_summary.h"

#include "data/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The ok samples of one number, sorted. */
struct series {
	double *values;
	size_t count;
};

/* What is known of one case. */
struct digest {
	enum probe_status status;
	char reason[256];
	uint64_t launches, batch;
	bool seen;
	struct series series[PROBE_METRICS];
};

static bool is_of(const struct probe_factors *f, const struct probe_case *c)
{
	return strcmp(f->mechanism, c->mechanism) == 0 && strcmp(f->worker, c->worker) == 0 && strcmp(f->setting, c->setting) == 0;
}

static size_t metric_index(const struct probe *p, const char *name)
{
	size_t m = 0;
	while (p->metrics[m].name && strcmp(p->metrics[m].name, name) != 0)
		m++;
	return m;
}

static enum probe_status status_of(const char *name)
{
	enum probe_status s = PROBE_OK;
	while (s < PROBE_ABSENT && strcmp(probe_status_name(s), name) != 0)
		s++;
	return s;
}

/* Wrong is worse than failed, that than absent, that than ok. */
static bool worse(enum probe_status a, enum probe_status b)
{
	return b == PROBE_OK ? a != PROBE_OK : a != PROBE_OK && a < b;
}

static int digest(const struct probe_run *r, const struct probe_case *c, const struct table *samples, struct digest *d, struct err *e)
{
	for (size_t m = 0; r->probe->metrics[m].name; m++)
		if (!(d->series[m].values = malloc((samples->count + 1) * sizeof(double))))
			return err_set(e, ERR_FAILED, "out of memory");
	uint64_t last_launch = UINT64_MAX;
	for (size_t i = 0; i < samples->count; i++) {
		const struct probe_sample_row *row = table_row(samples, i);
		if (!is_of(&row->of, c))
			continue;
		size_t m = metric_index(r->probe, row->of.metric);
		enum probe_status status = status_of(row->status);
		if (!d->seen || worse(status, d->status)) {
			d->status = status;
			snprintf(d->reason, sizeof d->reason, "%s", row->reason);
		}
		d->seen = true;
		d->batch = row->batch.value;
		if (status == PROBE_OK && isfinite(row->value) && r->probe->metrics[m].name) {
			d->launches += row->launch_id.value != last_launch;
			last_launch = row->launch_id.value;
			d->series[m].values[d->series[m].count++] = row->value;
		}
	}
	for (size_t m = 0; r->probe->metrics[m].name; m++)
		stats_sort(d->series[m].values, d->series[m].count);
	return 0;
}

static void name_row(struct probe_row *row, const struct probe *p, const struct probe_case *c, size_t m)
{
	snprintf(row->of.probe, sizeof row->of.probe, "%s", p->name);
	snprintf(row->of.mechanism, sizeof row->of.mechanism, "%s", c->mechanism);
	snprintf(row->of.worker, sizeof row->of.worker, "%s", c->worker);
	snprintf(row->of.setting, sizeof row->of.setting, "%s", c->setting);
	snprintf(row->of.metric, sizeof row->of.metric, "%s", p->metrics[m].name);
	snprintf(row->of.unit, sizeof row->of.unit, "%s", p->metrics[m].unit);
}

static void fill_spread(struct probe_row *row, const struct series *s)
{
	struct interval i = stats_median_interval(s->values, s->count, 0.95);
	row->samples = (struct uint_field){s->count, true};
	row->median = stats_median(s->values, s->count);
	row->median_low = i.low;
	row->median_high = i.high;
	row->min = s->values[0];
	row->quartile1 = stats_quantile(s->values, s->count, 0.25);
	row->quartile3 = stats_quantile(s->values, s->count, 0.75);
	row->max = s->values[s->count - 1];
	row->mad = stats_mad(s->values, s->count);
}

static const char *verdict(const struct probe_row *row)
{
	if (isnan(row->ratio) || isnan(row->expected_low))
		return "";
	if (row->ratio >= row->expected_low && row->ratio <= row->expected_high)
		return "expected";
	double low = isnan(row->ratio_low) ? row->ratio : row->ratio_low, high = isnan(row->ratio_high) ? row->ratio : row->ratio_high;
	return low > row->expected_high ? "higher" : high < row->expected_low ? "lower" : "near";
}

static void fill_ratio(struct probe_row *row, const struct probe_case *c, const struct probe_case *base, const struct series *own,
	const struct series *unit, bool first)
{
	/* of counts and shares, which may be 0, there is no ratio */
	if (unit->count && unit->values[0] > 0 && own->values[0] > 0) {
		struct ratio ratio = stats_median_ratio(own->values, own->count, unit->values, unit->count);
		bool itself = base == c;
		snprintf(row->base, sizeof row->base, "%s%s%s%s%s", base->mechanism, *base->worker ? " " : "", base->worker,
			*base->setting ? ", " : "", base->setting);
		row->ratio = itself ? 1 : ratio.value;
		row->ratio_low = itself ? (double)NAN : ratio.interval.low;
		row->ratio_high = itself ? (double)NAN : ratio.interval.high;
	}
	if (first && c->expected_high > 0) {
		row->expected_low = c->expected_low;
		row->expected_high = c->expected_high;
		snprintf(row->verdict, sizeof row->verdict, "%s", verdict(row));
	}
}

static int add_rows(const struct probe_run *r, size_t i, const struct digest *all, const char *trouble, struct table *rows, struct err *e)
{
	const struct probe_case *c = &r->cases[i];
	const struct digest *d = &all[i];
	enum probe_status status = d->seen ? d->status : PROBE_FAILED;
	for (size_t m = 0; r->probe->metrics[m].name; m++) {
		if (status == PROBE_OK && d->series[m].count == 0)
			continue;
		struct probe_row *row = table_add(rows, NULL, e);
		if (!row)
			return -1;
		name_row(row, r->probe, c, m);
		snprintf(row->status, sizeof row->status, "%s", probe_status_name(status));
		snprintf(row->reason, sizeof row->reason, "%s", d->seen ? d->reason : *trouble ? trouble : "the launch ended without a sample of it");
		if (status != PROBE_OK)
			return 0;
		row->launches = (struct uint_field){d->launches, true};
		row->batch = (struct uint_field){d->batch, true};
		fill_spread(row, &d->series[m]);
		if (c->base >= 0)
			fill_ratio(row, c, &r->cases[c->base], &d->series[m], &all[c->base].series[m], m == 0);
	}
	return 0;
}

int probe_summarise(const struct probe_run *r, const struct table *samples, const char *trouble, struct table *rows, struct err *e)
{
	struct digest *all = calloc(r->count + 1, sizeof *all);
	int status = all ? 0 : err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; status == 0 && i < r->count; i++)
		status = digest(r, &r->cases[i], samples, &all[i], e);
	for (size_t i = 0; status == 0 && i < r->count; i++)
		status = add_rows(r, i, all, trouble, rows, e);
	for (size_t i = 0; all && i < r->count; i++)
		for (size_t m = 0; m < PROBE_METRICS; m++)
			free(all[i].series[m].values);
	free(all);
	return status;
}

enum probe_status probe_rows_status(const struct table *rows)
{
	enum probe_status worst = PROBE_OK;
	bool all_absent = rows->count > 0;
	for (size_t i = 0; i < rows->count; i++) {
		enum probe_status status = status_of(((const struct probe_row *)table_row(rows, i))->status);
		all_absent &= status == PROBE_ABSENT;
		if (status != PROBE_ABSENT && worse(status, worst))
			worst = status;
	}
	return all_absent ? PROBE_ABSENT : worst;
}
