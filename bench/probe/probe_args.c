/* SPDX-License-Identifier: MIT */
/*
 * probe_args.c - the options of `probe` and `probe-launch`: common ones, and those of the probes.
 */
#include "bench/probe/probe_args.h"

#include "base/options.h"

#include <assert.h>
#include <string.h>

static const struct option_spec own_options[] = {
	OPTION_FLAG("all", struct probe_args, all, "every case of every probe"),
	OPTION_CHOICE(
		"format", struct probe_args, format, "text|json|csv|md", "output format (default: text)"),
	OPTION_SECONDS("seconds", struct probe_args, seconds,
		"limit on the time spent on a probe, after one sample of each case (default: about 6s, quick: 1s, and a dozen samples of each)"),
	OPTION_NUMBER("launches", struct probe_args, launches, 1, 100,
		"fresh processes per probe, 1 to 100 (default: 6)"),
	OPTION_NUMBER("seed", struct probe_args, seed, 0, INT64_MAX,
		"seed of the random order of the cases (default: 1)"),
	OPTION_SECONDS("timeout", struct probe_args, timeout_seconds,
		"kill a launch that takes longer (default: 120s + 10 x --seconds)"),
	OPTION_NUMBER("launch", struct probe_args, launch_id, 0, 100, NULL), /* of probe-launch */
	OPTION_FLAG("quick", struct probe_args, quick, NULL),                /* of probe-launch */
	OPTION_FLAG("limited", struct probe_args, limited, NULL),            /* of probe-launch */
	OPTION_FLAG("help", struct probe_args, help, NULL), /* has the pages of the probes below it */
	{0}};

const struct options probe_options = {
	.usage = "parscale probe [NAME...] [options]",
	.about =
		"Times mechanisms, threads against processes where that makes sense, each probe in fresh processes of its own; each sample verified. Without names: a quick look at every probe.",
	.table = own_options,
};

/* Keeps an option of probes until it is known which were named; target is the struct probe_args. */
static int keep_option(const char *name, const char *value, void *target, struct err *e)
{
	struct probe_args *a = target;
	if (a->given == PROBE_ARGS_OPTIONS)
		return err_set(e, ERR_USAGE, "too many options");
	a->options[a->given].name = name;
	a->options[a->given++].value = value;
	return 0;
}

/* Ours, then the options of all probes, each name once. */
static void make_table(struct option_spec table[OPTIONS_MOST + 1])
{
	size_t n = sizeof own_options / sizeof *own_options - 1;
	memcpy(table, own_options, n * sizeof *table);
	for (const struct probe *const *p = probes; *p; p++)
		for (const struct probe_option *o = (*p)->options; o->name; o++) {
			size_t i = 0;
			while (i < n && strcmp(table[i].name, o->name) != 0)
				i++;
			assert(n < OPTIONS_MOST);
			if (i == n)
				table[n++] = (struct option_spec){
					.name = o->name, .kind = OPTION_IS_CALL, .set = keep_option};
		}
	table[n] = (struct option_spec){0};
}

static bool has_option(const struct probe *p, const char *name)
{
	for (const struct probe_option *o = p->options; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

/* An option that none of the named probes has would be without effect. */
static int check_options(const struct probe_args *a, struct err *e)
{
	for (size_t i = 0; i < a->given; i++) {
		bool used = false;
		for (size_t k = 0; k < a->count; k++)
			used |= has_option(a->named[k], a->options[i].name);
		if (!used)
			return err_set(e, ERR_USAGE,
				"--%s: none of the probes named has it (parscale probe NAME --help)",
				a->options[i].name);
	}
	return 0;
}

int probe_args_parse(int argc, char **argv, struct probe_args *a, struct err *e)
{
	struct option_spec table[OPTIONS_MOST + 1];
	*a = (struct probe_args){.launches = 6, .seed = 1};
	make_table(table);
	const struct options all = {.table = table};
	const int first = options_parse(&all, argc, argv, a, e);
	if (first < 0)
		return -1;
	for (int i = first; i < argc; i++) {
		if (a->count == PROBE_ARGS_NAMES)
			return err_set(e, ERR_USAGE, "probe: at most %d names", PROBE_ARGS_NAMES);
		if (!(a->named[a->count++] = probe_find(argv[i], e)))
			return -1;
	}
	if (a->count && a->all)
		return err_set(e, ERR_USAGE, "--all: not together with the names of probes");
	a->quick |= a->count == 0 && !a->all;
	if (a->count == 0)
		for (const struct probe *const *p = probes; *p; p++)
			if (a->all || !(*p)->opens)
				a->named[a->count++] = *p;
	a->seconds_given = a->seconds > 0;
	if (!a->seconds_given)
		a->seconds = a->quick ? 1 : 6;
	if (a->timeout_seconds <= 0)
		a->timeout_seconds = 120 + 10 * a->seconds;
	return check_options(a, e);
}

int probe_args_prepare(const struct probe_args *a, const struct probe *p, struct probe_run *r, struct err *e)
{
	int status = probe_run_init(r, p, a->quick, e);
	for (size_t i = 0; status == 0 && i < a->given; i++)
		if (has_option(p, a->options[i].name))
			status = probe_set(r, a->options[i].name, a->options[i].value, e);
	return status == 0 ? p->cases(r, e) : -1;
}
