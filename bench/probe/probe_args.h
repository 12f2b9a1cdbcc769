/* SPDX-License-Identifier: MIT */
/* probe_args.h - the words after `parscale probe` and `parscale probe-launch`: which probes, how long, with
 * which options of theirs. */
#ifndef PARSCALE_BENCH_PROBE_PROBE_ARGS_H
#define PARSCALE_BENCH_PROBE_PROBE_ARGS_H

#include "base/options.h"
#include "bench/probe/probe.h"

enum { PROBE_ARGS_NAMES = 32, PROBE_ARGS_OPTIONS = 64 };

struct probe_args {
	const struct probe *named[PROBE_ARGS_NAMES]; /* all, where none was named */
	size_t count;
	unsigned format; /* place in "text|json|csv|md" */
	bool help, all, quick;
	double seconds;              /* for a probe in all its launches; for probe-launch, of that launch */
	bool seconds_given, limited; /* by whoever calls; of probe-launch: `seconds` are a limit */
	double timeout_seconds;
	uint64_t launches, seed, launch_id;
	struct {
		const char *name, *value;
	} options[PROBE_ARGS_OPTIONS]; /* of probes */
	size_t given;
};

/* The options of all probes alike, for --help. */
extern const struct options probe_options;

/* argv[0] is the command. ERR_USAGE for what is not known or legal, and for an option that none of the named
 * probes has. */
int probe_args_parse(int argc, char **argv, struct probe_args *a, struct err *e);

/* Options set, cases made: the same in the driver and in its launches. ERR_USAGE for options that do not go
 * together. */
int probe_args_prepare(const struct probe_args *a, const struct probe *p, struct probe_run *r, struct err *e);

#endif
