/* SPDX-License-Identifier: MIT */
/*
 * chart_paths.c - the chart of probes whose settings are sizes: the rate of each path over the size
 * of a result.
 */
#include "base/units.h"
#include "bench/probe/probe.h"
#include "bench/report/chart.h"

#include <string.h>

enum { PATHS_MOST = 16 };

static bool shown(const struct probe_row *r, const char *probe)
{
	return strcmp(r->of.probe, probe) == 0 && strcmp(r->of.unit, "B/s") == 0 &&
	       strcmp(r->status, "ok") == 0 && r->median > 0 && units_bytes_read(r->of.setting) > 0;
}

/* The mechanisms in the order of the probe; how many. */
static size_t paths_of(const struct dataset *d, const char *probe, const struct probe_row **out)
{
	size_t n = 0;
	for (size_t i = 0; i < d->probes.count; i++) {
		const struct probe_row *r = table_row(&d->probes, i);
		size_t k = 0;
		while (k < n && strcmp(out[k]->of.mechanism, r->of.mechanism) != 0)
			k++;
		if (k == n && n < PATHS_MOST && shown(r, probe))
			out[n++] = r;
	}
	return n;
}

/* The sizes that were measured. */
static size_t sizes_of(const struct dataset *d, const char *probe, uint64_t *axis)
{
	size_t n = 0;
	for (size_t i = 0; i < d->probes.count; i++) {
		const struct probe_row *r = table_row(&d->probes, i);
		if (shown(r, probe))
			n = axis_add(axis, n, (uint64_t)units_bytes_read(r->of.setting));
	}
	return n;
}

static void put_tics(struct drawing *g, const char *probe)
{
	uint64_t axis[AXIS_MOST];
	const size_t n = sizes_of(g->d, probe, axis);
	fprintf(g->vars, "n_sizes = %zu\narray size_at[%zu]\n", n, n);
	chart_array(g->vars, "size_names", n);
	for (size_t k = 0; k < n; k++) {
		char text[UNITS_RANGE_BYTES];
		fprintf(g->vars, "size_at[%zu] = %.1f\n", k + 1, (double)axis[k]);
		chart_tic(g->vars, "size_names", k + 1, units_bytes_exact(axis[k], text));
	}
}

bool paths_say_it(const struct dataset *d, const char *probe)
{
	enum { LINE = 3 }; /* sizes that make one */
	const struct probe_row *path[PATHS_MOST];
	uint64_t axis[AXIS_MOST];
	return paths_of(d, probe, path) > 1 && sizes_of(d, probe, axis) >= LINE;
}

bool chart_paths(struct drawing *g, const char *probe)
{
	const struct dataset *d = g->d;
	const struct probe_row *path[PATHS_MOST];
	const size_t n = paths_of(d, probe, path);
	double low = INFINITY, high = 0, small = INFINITY, large = 0;
	chart_array(g->vars, "names", n);
	chart_array(g->vars, "forms", n);
	for (size_t k = 0; k < n; k++) {
		chart_element(g->vars, "names", k + 1, path[k]->of.mechanism);
		fprintf(g->vars, "forms[%zu] = %d\n", k + 1, strcmp(path[k]->of.worker, "process") == 0);
		for (size_t i = 0; i < d->probes.count; i++) {
			const struct probe_row *r = table_row(&d->probes, i);
			char text[320], rate[UNITS_BYTES];
			if (!shown(r, probe) || strcmp(r->of.mechanism, path[k]->of.mechanism) != 0)
				continue;
			const double size = units_bytes_read(r->of.setting);
			chart_probed(g, r);
			small = fmin(small, size);
			large = fmax(large, size);
			low = fmin(low, fmin(r->median, r->median_low));
			high = fmax(high, fmax(r->median, r->median_high));
			fprintf(g->data, "%.9g\t%.9g\t", size, r->median);
			chart_real(g->data, r->median_low);
			fputc('\t', g->data);
			chart_real(g->data, r->median_high);
			fputc('\t', g->data);
			snprintf(text, sizeof text, "%s, %s: %sB/s", r->of.mechanism, r->of.setting,
				units_count(r->median, rate));
			chart_field(g->data, text);
			fputc('\n', g->data);
		}
		fputs("\n\n", g->data);
	}
	if (!paths_say_it(d, probe) || caches_say_it(d, probe))
		return false;
	put_tics(g, probe);
	fprintf(g->vars, "n = %zu\nxlow = %.9g\nxhigh = %.9g\nylow = %.9g\nyhigh = %.9g\n", n, small / 1.6,
		large * 1.6, low / 1.6, high * 1.6);
	snprintf(g->title, sizeof g->title, "%s: bytes/s over bytes moved at once", probe);
	snprintf(g->subtitle, sizeof g->subtitle,
		"what is timed and what to expect: parscale probe %s --help", probe);
	chart_probed_note(g, "");
	return true;
}
