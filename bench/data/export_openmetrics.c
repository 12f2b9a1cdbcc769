/* SPDX-License-Identifier: MIT */
/*
 * export_openmetrics.c - a summary as OpenMetrics text, for a dashboard: https://openmetrics.io, version 1.0.
 *
 * Only gauges with HELP, and a unit where the name ends in it, so that readers of Prometheus' older text format take it
 * too: UNIT and EOF are comments to them. No time stamps, which collectors of text files refuse; when the sweep began is
 * a metric of its own.
 */
#include "bench/data/export.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static double launches(const struct summary *s)
{
	return (double)s->launches.value;
}

static double rejected(const struct summary *s)
{
	return s->rejected.known ? (double)s->rejected.value : 0;
}

#define VALUE(name, of)                                                                                      \
	static double name(const struct summary *s)                                                          \
	{                                                                                                    \
		return s->of;                                                                                \
	}
VALUE(median, median_seconds)
VALUE(median_low, median_low)
VALUE(median_high, median_high)
VALUE(items, items_per_second)
VALUE(bytes, bytes_per_second)
VALUE(serial, serial_speedup)
VALUE(self, self_speedup)
VALUE(ceiling, pct_of_ceiling / 100)

static const struct metric {
	const char *name, *unit, *help;
	double (*value)(const struct summary *s);
} metrics[] = {
	{"parscale_run_median_seconds", "seconds", "Median over launches of one run, start to merged result.",
		median},
	{"parscale_run_median_low_seconds", "seconds", "Low end of the median's 95 % confidence interval.",
		median_low},
	{"parscale_run_median_high_seconds", "seconds", "High end of the median's 95 % confidence interval.",
		median_high},
	{"parscale_items_per_second", "", "Items of the problem over the median.", items},
	{"parscale_bytes_per_second", "", "Bytes of input over the median.", bytes},
	{"parscale_serial_speedup_ratio", "ratio", "Speed-up over the back end serial.", serial},
	{"parscale_self_speedup_ratio", "ratio", "Speed-up over one worker of the same back end.", self},
	{"parscale_ceiling_ratio", "ratio", "Rate over that of the nearest ceiling measured in the sweep.",
		ceiling},
	{"parscale_launches", "", "Launches with at least one sample that counts.", launches},
	{"parscale_rejected_samples", "", "Samples that failed, timed out or were wrong.", rejected},
};

/* A label's value: backslashes, quotes and line feeds escaped; bytes that are no ASCII are kept, as UTF-8. */
static void put_label(FILE *f, const char *name, const char *value, const char **between)
{
	fprintf(f, "%s%s=\"", *between, name);
	for (; *value; value++)
		if (*value == '\n')
			fputs("\\n", f);
		else {
			if (*value == '"' || *value == '\\')
				fputc('\\', f);
			fputc(*value, f);
		}
	fputc('"', f);
	*between = ",";
}

/* In strict mode no value may be more than once in a family: every factor of the cell is a label. */
static void put_labels(FILE *f, const struct factors *cell)
{
	const char *between = "{";
	for (const struct column *c = summary_columns; c->factor; c++) {
		char text[64];
		const char *value = export_factor(cell, c, text);
		if (*value)
			put_label(f, c->name, value, &between);
	}
	fputs("} ", f);
}

static void put_head(FILE *f, const char *name, const char *unit, const char *help)
{
	fprintf(f, "# TYPE %s gauge\n", name);
	if (*unit)
		fprintf(f, "# UNIT %s %s\n", name, unit);
	fprintf(f, "# HELP %s %s\n", name, help);
}

static void put_metric(FILE *f, const struct dataset *d, const struct metric *m)
{
	bool any = false;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		const double value = row_ok(s) || m->value == rejected ? m->value(s) : NAN;
		char text[64];
		if (isnan(value))
			continue;
		if (!any)
			put_head(f, m->name, m->unit, m->help);
		any = true;
		fputs(m->name, f);
		put_labels(f, &s->cell);
		real_text(value, text, sizeof text);
		fprintf(f, "%s\n", text);
	}
}

int export_openmetrics(const struct dataset *d, FILE *f, struct export_result *r, struct err *e)
{
	static const char *const facts[][2] = {{"model", "machine.model"}, {"host", "host"},
		{"version", "build.version"}, {"commit", "build.commit"}, {"compiler", "build.compiler"}};
	const double started = dataset_number(d, "started");
	const char *between = "{";
	(void)e;
	*r = (struct export_result){0};
	for (size_t i = 0; i < d->summary.count; i++) {
		r->cells += row_ok(dataset_row(d, i));
		r->left_out += !row_ok(dataset_row(d, i));
	}
	put_head(f, "parscale_sweep", "",
		"The machine and the build that the other metrics are of; always 1.");
	fputs("parscale_sweep", f);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const char *text = dataset_text(d, facts[i][1]);
		put_label(f, facts[i][0], text ? text : "", &between);
	}
	fputs("} 1\n", f);
	if (!isnan(started)) {
		put_head(f, "parscale_sweep_started_timestamp_seconds", "seconds",
			"When the sweep began, in Unix time.");
		fprintf(f, "parscale_sweep_started_timestamp_seconds %.3f\n", started);
	}
	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		put_metric(f, d, &metrics[i]);
	fputs("# EOF\n", f);
	return 0;
}
