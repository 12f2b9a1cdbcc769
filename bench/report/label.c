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
	const int style = backend_place(backend) + 1;
	return style < BACKEND_STYLES ? style : BACKEND_STYLES;
}

int backend_order(const char *a, const char *b)
{
	const int x = backend_place(a), y = backend_place(b);
	return x != y ? x - y : strcmp(a, b);
}
