/* SPDX-License-Identifier: MIT */
/* simulate NAME DIR - writes the sweep of a simulated machine into DIR: for docs/charts (scripts/charts), and for
 * tests of reports. machine-K, K from 1: one of a crowd of unlike machines, for `parscale gallery`. */
#include "tests/bench/report/scenarios.h"

int main(int argc, char **argv)
{
	const struct simulation *s = argc == 3 ? scenario_find(argv[1]) : NULL;
	struct simulation machine;
	unsigned number;
	char rest;
	if (argc == 3 && sscanf(argv[1], "machine-%u%c", &number, &rest) == 1 && number > 0 &&
		number < 10000) {
		machine = scenario_machine(number);
		s = &machine;
	}
	if (!s) {
		fprintf(stderr, "usage: simulate NAME DIR\nNAME: machine-K");
		for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
			fprintf(stderr, " %s", scenarios[i].name);
		fputc('\n', stderr);
		return 2;
	}
	return simulate(s, argv[2]) == 0 ? 0 : 1;
}
