/* SPDX-License-Identifier: MIT */
/* simulate NAME DIR - writes the sweep of a simulated machine into DIR: for docs/gallery (scripts/gallery),
 * and for tests of reports. */
#include "tests/bench/report/scenarios.h"

int main(int argc, char **argv)
{
	const struct simulation *s = argc == 3 ? scenario_find(argv[1]) : NULL;
	if (!s) {
		fprintf(stderr, "usage: simulate NAME DIR\nNAME:");
		for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
			fprintf(stderr, " %s", scenarios[i].name);
		fputc('\n', stderr);
		return 2;
	}
	return simulate(s, argv[2]) == 0 ? 0 : 1;
}
