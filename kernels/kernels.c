/* SPDX-License-Identifier: MIT */
/*
 * kernels.c - the tables of kernels and parameters, expanded from their .def files; lookup by name,
 * and the choice of the best variant that can run.
 */
#include "kernels/kernel.h"

#include "kernels/cpu.h"

#include <stdio.h>
#include <string.h>

const struct kernel *const kernels[] = {
#define KERNEL(name) &kernel_##name,
#include "kernels/kernels.def"
	NULL};

const struct parameter parameters[] = {
#define PARAMETER(id, option, lowest, highest, fallback, meaning)                                            \
	{option, offsetof(struct problem, id), lowest, highest, fallback, NULL, NULL, meaning, false},
#define PARAMETER_BYTES(id, option, lowest, highest, fallback, meaning)                                      \
	{option, offsetof(struct problem, id), lowest, highest, fallback, NULL, NULL, meaning, true},
#define PARAMETER_CHOICE(id, option, fallback, choices, meaning)                                             \
	{option, offsetof(struct problem, id), 0, UINT32_MAX, fallback, choices, NULL, meaning, false},
#define PARAMETER_TEXT(id, option, fallback, meaning)                                                        \
	{option, offsetof(struct problem, id), 0, 0, 0, NULL, fallback, meaning, false},
#include "kernels/parameters.def"
	{0}};

const struct parameter *parameter_find(const char *name)
{
	for (const struct parameter *p = parameters; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

uint64_t *parameter_value(const struct parameter *parameter, struct problem *p)
{
	return (uint64_t *)(void *)((char *)p + parameter->offset);
}

char *parameter_text(const struct parameter *parameter, struct problem *p)
{
	return (char *)p + parameter->offset;
}

bool parameter_same(const struct parameter *parameter, const struct problem *p, const struct problem *q)
{
	const char *a = (const char *)p + parameter->offset, *b = (const char *)q + parameter->offset;
	return parameter->fallback_text ? strcmp(a, b) == 0 : memcmp(a, b, sizeof(uint64_t)) == 0;
}

void problem_init(struct problem *p)
{
	*p = (struct problem){0};
	for (const struct parameter *q = parameters; q->name; q++)
		if (q->fallback_text)
			strcpy(parameter_text(q, p), q->fallback_text);
		else
			*parameter_value(q, p) = q->fallback;
}

const struct kernel *kernel_find(const char *name, struct err *e)
{
	char known[300] = "";
	size_t used = 0;
	for (const struct kernel *const *k = kernels; *k; k++) {
		if (strcmp((*k)->name, name) == 0)
			return *k;
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", (*k)->name);
	}
	err_set(e, ERR_USAGE, "unknown kernel '%s' (known:%s)", name, known);
	return NULL;
}

const char *variant_missing(const struct variant *v, unsigned features, char *buffer)
{
	if (v->missing)
		return v->missing;
	unsigned lacking = v->needs & ~features;
	if (!lacking)
		return NULL;
	char names[80];
	snprintf(buffer, 120, "this CPU lacks (or was told to hide) %s",
		cpu_names(lacking, names, sizeof names));
	return buffer;
}

const struct variant *variant_best(const struct kernel *k, unsigned features, unsigned traits)
{
	const struct variant *best = NULL;
	char why[120];
	for (const struct preference *p = k->preferences; p && p->trait; p++)
		if ((traits & p->trait) && !variant_missing(p->variant, features, why))
			return p->variant;
	for (const struct variant *const *v = k->variants; *v; v++)
		if (!variant_missing(*v, features, why))
			best = *v;
	return best;
}

const struct variant *variant_find(const struct kernel *k, const char *name, struct err *e)
{
	char known[300] = "best", why[120];
	size_t used = strlen(known);
	const struct variant *best = variant_best(k, cpu_features(), cpu_traits());
	for (const struct variant *const *v = k->variants; *v; v++) {
		const char *missing = variant_missing(*v, cpu_features(), why);
		if (strcmp((*v)->name, name) == 0) {
			if (!missing)
				return *v;
			err_set(e, ERR_ABSENT, "%s: variant %s is not available: %s", k->name, name, missing);
			return NULL;
		}
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", (*v)->name);
	}
	if (strcmp(name, "best") == 0 && best)
		return best;
	err_set(e, ERR_USAGE, "%s: unknown variant '%s' (known: %s)", k->name, name, known);
	return NULL;
}

static int kernel_place(const char *name)
{
	int i = 0;
	while (kernels[i] && strcmp(name, kernels[i]->name) != 0)
		i++;
	return i;
}

int kernel_order(const char *a, const char *b)
{
	const int x = kernel_place(a), y = kernel_place(b);
	return x != y ? x - y : strcmp(a, b);
}

const char *kernel_items(const char *kernel)
{
	enum {
		KERNELS = 0
#define KERNEL(name) +1
#include "kernels/kernels.def"
	};
	static char plural[KERNELS][32];
	for (size_t i = 0; kernels[i]; i++)
		if (strcmp(kernels[i]->name, kernel) == 0) {
			snprintf(plural[i], sizeof plural[i], "%ss", kernels[i]->item);
			return plural[i];
		}
	return "items";
}

/* Whether resize sets the parameter, whatever it was before. */
static bool sets(const struct kernel *k, const struct parameter *p)
{
	struct problem one, other;
	problem_init(&one);
	problem_init(&other);
	if (p->fallback_text)
		return false;
	*parameter_value(p, &one) = p->lowest + 1;
	*parameter_value(p, &other) = p->lowest + 2;
	k->resize(&one, 1000);
	k->resize(&other, 1000);
	return parameter_same(p, &one, &other);
}

bool kernel_sized(const struct kernel *k, const char *parameter)
{
	const struct parameter *p = parameter_find(parameter);
	bool sized = false;
	for (const struct kernel *const *any = kernels; p && *any && !sized; any++)
		sized = (!k || *any == k) && sets(*any, p);
	return sized;
}
