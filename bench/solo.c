/* SPDX-License-Identifier: MIT */
#include "solo.h"

#include <stdlib.h>
#include <string.h>

int solo_open(struct solo *s, const struct variant *v, const struct problem *p, struct err *e)
{
	*s = (struct solo){.variant = v};
	if (v->setup(p, &s->input, e) != 0)
		return -1;
	s->units = v->units(s->input);
	size_t bytes = (v->scratch_bytes(s->input) + 4095) & ~(size_t)4095;
	if (!bytes)
		return 0;
	s->scratch = aligned_alloc(4096, bytes);
	if (!s->scratch) {
		solo_close(s);
		return err_set(e, ERR_FAILED, "out of memory: scratch of %zu bytes", bytes);
	}
	memset(s->scratch, 0, bytes);
	return 0;
}

void solo_close(struct solo *s)
{
	free(s->scratch);
	s->variant->teardown(s->input);
	*s = (struct solo){0};
}
