/* SPDX-License-Identifier: MIT */
/*
 * options.c - a getopt_long loop that reports errors as values, and the folder argument that
 * several commands take.
 */
#include "base/options.h"

#include <stddef.h>

int options_next(int argc, char **argv, const struct option *options, struct err *e)
{
	opterr = 0;
	int found = getopt_long(argc, argv, ":", options, NULL);
	if (found == ':')
		err_set(e, ERR_USAGE, "%s wants a value", argv[optind - 1]);
	else if (found == '?' && optopt > ' ' && optopt < 127)
		err_set(e, ERR_USAGE, "unknown option '-%c'", optopt);
	else if (found == '?')
		err_set(e, ERR_USAGE, "unknown option, or a value where there is none: '%s'",
			argv[optind - 1]);
	return found == ':' ? '?' : found;
}

const char *options_folder(int argc, char **argv, struct err *e)
{
	if (optind == argc)
		err_set(e, ERR_USAGE, "%s: name a folder of results (parscale %s --help)", argv[0], argv[0]);
	else if (optind + 1 < argc)
		err_set(e, ERR_USAGE, "%s: one folder of results, not also '%s'", argv[0], argv[optind + 1]);
	return optind + 1 == argc ? argv[optind] : NULL;
}
