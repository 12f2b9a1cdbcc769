/* SPDX-License-Identifier: MIT */
#include "data/ceiling.h"

#include <math.h>
#include <string.h>

static double bytes_of(const struct summary *s)
{
	return s->bytes_per_second * s->median_seconds;
}

/* How far a cell of `read` is from another in size: doublings beyond one, so that half to twice the bytes are
 * as good as the same; INFINITY: it does not bound it. */
static double distance(const struct summary *read, const struct summary *s)
{
	const double doublings = fabs(log2(bytes_of(read) / bytes_of(s)));
	if (strcmp(read->cell.kernel, "read") != 0 || read->cell.workers.value != s->cell.workers.value ||
		strcmp(read->cell.placement, s->cell.placement) != 0 || !(doublings <= CEILING_DOUBLINGS))
		return (double)INFINITY;
	return doublings <= 1 ? 0 : doublings;
}

void ceiling_fill(struct table *summary)
{
	for (size_t i = 0; i < summary->count; i++) {
		struct summary *s = table_row(summary, i);
		double best = 0, nearest = (double)INFINITY;
		for (size_t j = 0; isfinite(s->bytes_per_second) && j < summary->count; j++) {
			const struct summary *read = table_row(summary, j);
			const double far = distance(read, s);
			if (isinf(far) || far > nearest || (far == nearest && read->bytes_per_second <= best))
				continue;
			nearest = far;
			best = read->bytes_per_second;
		}
		if (best > 0) {
			s->ceiling_bytes_per_second = best;
			s->pct_of_ceiling = 100 * s->bytes_per_second / best;
		}
	}
}
