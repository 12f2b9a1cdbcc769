/* SPDX-License-Identifier: MIT */
/* backends.c - the table of back ends, the lookup by name, and the static split of chunks. */
#include "bench/backend/backend.h"

#include <stdio.h>
#include <string.h>

const struct backend *const backends[] = {
#define BACKEND(name) &backend_##name,
#include "bench/backend/backends.def"
	NULL};

/* The first i with i * n / chunks == worker, that is ceil(worker * chunks / n). The product may
 * overflow, so chunks is split into quotient and remainder by n: worker * q is exact, and the
 * ceiling concerns only worker * r < n * n. */
static uint64_t first_of(uint64_t chunks, unsigned n, unsigned worker)
{
	return worker * (chunks / n) + (worker * (chunks % n) + n - 1) / n;
}

void backend_share(uint64_t chunks, unsigned workers, unsigned w, uint64_t *first, uint64_t *end)
{
	*first = first_of(chunks, workers, w);
	*end = first_of(chunks, workers, w + 1);
}

static const struct backend *named(const char *name)
{
	const struct backend *const *b = backends;
	while (*b && strcmp((*b)->name, name) != 0)
		b++;
	return *b;
}

bool backend_is_caller(const char *name)
{
	const struct backend *b = named(name);
	return b && strcmp(b->worker, "caller") == 0;
}

bool backend_is_hosted(const char *name)
{
	const struct backend *b = named(name);
	return b && b->host;
}

const struct backend *backend_find(const char *name, struct err *e)
{
	char known[300] = "";
	size_t used = 0;
	for (const struct backend *const *b = backends; *b; b++) {
		if (strcmp((*b)->name, name) == 0) {
			if (!(*b)->missing)
				return *b;
			err_set(e, ERR_ABSENT, "back end %s is not available: %s", name, (*b)->missing);
			return NULL;
		}
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", (*b)->name);
	}
	err_set(e, ERR_USAGE, "unknown back end '%s' (known:%s)", name, known);
	return NULL;
}
