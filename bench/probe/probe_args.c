/* SPDX-License-Identifier: MIT */
/*
 * probe_args.c - the options of `probe` and `probe-launch`: common ones, and those of the probes.
 */
#include "bench/probe/probe_args.h"

#include "base/number.h"
#include "base/options.h"

#include <string.h>

enum { MOST_TABLE = 64 };

enum own {
	OWN_HELP = 1000,
	OWN_FORMAT,
	OWN_ALL,
	OWN_SECONDS,
	OWN_LAUNCHES,
	OWN_SEED,
	OWN_TIMEOUT,
	OWN_LAUNCH,
	OWN_QUICK,
	OF_A_PROBE
};

static const struct option own_options[] = {{"help", no_argument, NULL, OWN_HELP},
	{"format", required_argument, NULL, OWN_FORMAT}, {"all", no_argument, NULL, OWN_ALL},
	{"seconds", required_argument, NULL, OWN_SECONDS},
	{"launches", required_argument, NULL, OWN_LAUNCHES}, {"seed", required_argument, NULL, OWN_SEED},
	{"timeout", required_argument, NULL, OWN_TIMEOUT}, {"launch", required_argument, NULL, OWN_LAUNCH},
	{"quick", no_argument, NULL, OWN_QUICK}};

enum { OWN_COUNT = sizeof own_options / sizeof *own_options };

/* getopt's table: ours, then the options of all probes, each name once. */
static void make_table(struct option table[MOST_TABLE])
{
	size_t n = OWN_COUNT;
	memcpy(table, own_options, sizeof own_options);
	for (const struct probe *const *p = probes; *p; p++)
		for (const struct probe_option *o = (*p)->options; o->name; o++) {
			size_t i = 0;
			while (i < n && strcmp(table[i].name, o->name) != 0)
				i++;
			if (i == n)
				table[n++] = (struct option){o->name, required_argument, NULL, OF_A_PROBE};
		}
	table[n] = (struct option){0};
}

static int set_own(struct probe_args *a, int which, const char *value, struct err *e)
{
	switch (which) {
	case OWN_HELP:
		a->help = true;
		return 0;
	case OWN_FORMAT:
		return choice_parse("--format", "text|json|csv|md", value, &a->format, e);
	case OWN_ALL:
		a->all = true;
		return 0;
	case OWN_SECONDS:
		return number_parse_seconds("--seconds", value, &a->seconds, e);
	case OWN_LAUNCHES:
		return number_parse("--launches", value, 1, 100, &a->launches, e);
	case OWN_SEED:
		return number_parse("--seed", value, 0, INT64_MAX, &a->seed, e);
	case OWN_TIMEOUT:
		return number_parse_seconds("--timeout", value, &a->timeout_seconds, e);
	case OWN_LAUNCH:
		return number_parse("--launch", value, 0, 100, &a->launch_id, e);
	default:
		a->quick = true;
		return 0;
	}
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
	struct option table[MOST_TABLE];
	int found, place = 0;
	*a = (struct probe_args){.launches = 6, .seed = 1};
	make_table(table);
	optind = 1;
	while ((found = options_next(argc, argv, table, e)) != -1) {
		if (found == '?')
			return -1;
		if (found != OF_A_PROBE) {
			if (set_own(a, found, optarg, e) != 0)
				return -1;
			continue;
		}
		/* which of them getopt found, it only tells by the word itself */
		const char *word = argv[optind - 1] == optarg ? argv[optind - 2] : argv[optind - 1];
		size_t length = strcspn(word + 2, "=");
		for (place = 0; table[place].name && strncmp(table[place].name, word + 2, length) != 0;
			place++)
			;
		if (a->given == PROBE_ARGS_OPTIONS)
			return err_set(e, ERR_USAGE, "too many options");
		a->options[a->given].name = table[place].name;
		a->options[a->given++].value = optarg;
	}
	for (int i = optind; i < argc; i++) {
		if (a->count == PROBE_ARGS_NAMES)
			return err_set(e, ERR_USAGE, "probe: at most %d names", PROBE_ARGS_NAMES);
		if (!(a->named[a->count++] = probe_find(argv[i], e)))
			return -1;
	}
	if (a->count && a->all)
		return err_set(e, ERR_USAGE, "--all: names or all, not both");
	a->quick |= a->count == 0 && !a->all;
	if (a->count == 0)
		for (const struct probe *const *p = probes; *p; p++)
			a->named[a->count++] = *p;
	if (a->seconds <= 0)
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
