/* SPDX-License-Identifier: MIT */
/*
 * label.c - the colour and the order of a back end on every chart, from its place in backends.def.
 */
#include "bench/report/label.h"

#include "bench/backend/backend.h"

#include <string.h>

static int backend_place(const char *name)
{
	int i = 0;
	while (backends[i] && strcmp(name, backends[i]->name) != 0)
		i++;
	return i;
}

int backend_style(const char *backend)
{
	enum { UNKNOWN_STYLES = 37 };
	const int place = backend_place(backend);
	unsigned hash = 0;
	for (const char *c = backend; *c; c++)
		hash = 31 * hash + (unsigned char)*c;
	return place + 1 + (backends[place] ? 0 : (int)(hash % UNKNOWN_STYLES));
}

int backend_order(const char *a, const char *b)
{
	const int x = backend_place(a), y = backend_place(b);
	return x != y ? x - y : strcmp(a, b);
}
