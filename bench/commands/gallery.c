/* SPDX-License-Identifier: MIT */
/* gallery.c - the command `gallery`: the sweeps of many machines on one page. */
#include "bench/report/gallery.h"

#include "base/options.h"
#include "bench/commands/command.h"

#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* NAME=NUMBER as it was given, until the machines are known. */
struct labelled {
	char name[GALLERY_NAME];
	double value;
};

struct labels {
	struct labelled list[GALLERY_MACHINES];
	size_t count;
};

struct gallery_args {
	struct gallery_request request;
	struct labels prices, watts;
};

/* NAME=NUMBER, a positive number. */
static int set_label(const char *option, const char *text, void *target, struct err *e)
{
	struct labels *all = target;
	const char *equals = strrchr(text, '=');
	char *end;
	const double value = equals ? strtod(equals + 1, &end) : 0;
	(void)option;
	if (!equals || equals == text || equals[1] < '0' || equals[1] > '9' || *end || !isfinite(value) ||
		value <= 0)
		return err_set(e, ERR_USAGE, "'%s' is not NAME=NUMBER with a number above 0", text);
	const size_t length = (size_t)(equals - text);
	if (length >= GALLERY_NAME || all->count == GALLERY_MACHINES)
		return err_set(e, ERR_USAGE, "'%.80s' is too much", text);
	struct labelled *l = &all->list[all->count];
	memcpy(l->name, text, length);
	l->name[length] = '\0';
	l->value = value;
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->list[i].name, l->name) == 0)
			return err_set(e, ERR_USAGE, "'%s' is given twice", l->name);
	all->count++;
	return 0;
}

static const struct option_spec specs[] = {
	OPTION_TEXT("out", struct gallery_args, request.out, "DIR",
		"folder of the page: gallery.html, gallery.md and plots/ (required)"),
	OPTION_TEXT("base", struct gallery_args, request.base, "NAME",
		"machine that the others are compared with (default: the first)"),
	OPTION_CALL("price", struct gallery_args, prices, set_label, "NAME=NUMBER",
		"what a machine costs, in any one unit: adds rates per price; may be repeated"),
	OPTION_CALL("watts", struct gallery_args, watts, set_label, "NAME=NUMBER",
		"what a machine draws: adds rates per watt; may be repeated"),
	{0}};

static const struct options options = {
	.usage = "parscale gallery DIR DIR... --out DIR [options]",
	.about =
		"Puts the sweeps of several machines, unlike ones too, on one page that needs no network: a table of the machines, rates with intervals, ratios to a base with what is significant, speed-up and throughput over each other, ceilings, and how far each sweep can be trusted. A machine is named as its folder, or NAME=DIR.",
	.table = specs,
};

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* DIR, named as its last part, or NAME=DIR where there is no folder of that whole name. */
static int take_folder(char *operand, struct gallery_folder *f, struct err *e)
{
	char *equals = is_folder(operand) ? NULL : strchr(operand, '='), *whole;
	*f = (struct gallery_folder){.dir = equals ? equals + 1 : operand, .price = NAN, .watts = NAN};
	if (equals && equals != operand && (size_t)(equals - operand) < sizeof f->name) {
		memcpy(f->name, operand, (size_t)(equals - operand));
		return 0;
	}
	if (equals)
		return err_set(e, ERR_USAGE, "gallery: '%.80s': a name has 1 to %zu bytes", operand,
			sizeof f->name - 1);
	if (!is_folder(f->dir))
		return err_set(e, ERR_USAGE, "%s: not a folder", f->dir);
	whole = realpath(f->dir, NULL);
	snprintf(f->name, sizeof f->name, "%.63s", whole ? basename(whole) : f->dir);
	free(whole);
	return 0;
}

static int apply(const struct labels *labels, const char *option, struct gallery_request *r, size_t offset,
	struct err *e)
{
	for (size_t i = 0; i < labels->count; i++) {
		size_t m = 0;
		while (m < r->count && strcmp(r->folder[m].name, labels->list[i].name) != 0)
			m++;
		if (m == r->count)
			return err_set(
				e, ERR_USAGE, "--%s: no machine is named '%s'", option, labels->list[i].name);
		*(double *)((char *)&r->folder[m] + offset) = labels->list[i].value;
	}
	return 0;
}

int gallery_main(int argc, char **argv, struct err *e)
{
	struct gallery_args a = {0};
	struct gallery_folder folder[GALLERY_MACHINES];
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	a.request.folder = folder;
	if (argc - first < 2 || argc - first > GALLERY_MACHINES)
		return err_set(e, ERR_USAGE, "gallery: name 2 to %d folders of results, not %d",
			GALLERY_MACHINES, argc - first);
	if (!a.request.out)
		return err_set(e, ERR_USAGE, "--out: name a folder for the page");
	for (int i = first; i < argc; i++)
		if (take_folder(argv[i], &folder[a.request.count++], e) != 0)
			return -1;
	if (apply(&a.prices, "price", &a.request, offsetof(struct gallery_folder, price), e) != 0 ||
		apply(&a.watts, "watts", &a.request, offsetof(struct gallery_folder, watts), e) != 0)
		return -1;
	return gallery_write(&a.request, e);
}
