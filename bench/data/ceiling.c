/* SPDX-License-Identifier: MIT */
#include "data/ceiling.h"

#include <string.h>

static double bytes_of(const struct summary *s)
{
	return s->bytes_per_second * s->median_seconds;
}

static bool bounds(const struct summary *read, const struct summary *s)
{
	double ratio = bytes_of(read) / bytes_of(s);
	return strcmp(read->cell.kernel, "read") == 0 && read->cell.workers.value == s->cell.workers.value &&
	       strcmp(read->cell.placement, s->cell.placement) == 0 && ratio >= 0.5 && ratio <= 2;
}

void ceiling_fill(struct table *summary)
{
	for (size_t i = 0; i < summary->count; i++) {
		struct summary *s = table_row(summary, i);
		double best = 0;
		for (size_t j = 0; isfinite(s->bytes_per_second) && j < summary->count; j++) {
			const struct summary *read = table_row(summary, j);
			if (bounds(read, s) && read->bytes_per_second > best)
				best = read->bytes_per_second;
		}
		if (best > 0) {
			s->ceiling_bytes_per_second = best;
			s->pct_of_ceiling = 100 * s->bytes_per_second / best;
		}
	}
}
