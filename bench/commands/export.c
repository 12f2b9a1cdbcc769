/* SPDX-License-Identifier: MIT */
/* export.c - the command `export`: a folder of results in the format of another tool, on standard output. */
#include "bench/data/export.h"

#include "base/options.h"
#include "base/system.h"
#include "base/units.h"
#include "bench/commands/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNSAID = 99 };

struct export_args {
	unsigned format;
};

/* In the order of the option's choices. */
static export_fn *const writers[] = {export_gbench, export_hyperfine, export_openmetrics, export_csv};

static const struct option_spec specs[] = {
	OPTION_CHOICE("format", struct export_args, format, "gbench|hyperfine|openmetrics|csv-long",
		"gbench: Google Benchmark's JSON, for its compare.py; hyperfine: its JSON, for its scripts; openmetrics: text for Prometheus; csv-long: a row per sample and quantity (required)"),
	{0}};

static const struct options options = {
	.usage = "parscale export DIR --format FORMAT",
	.about =
		"Prints the sweep in folder DIR in another tool's format. A launch is one repetition there, with the median of its samples; what failed is left out.",
	.table = specs,
};

/* Prints all of it, or nothing. In a file, as glibc's streams in memory lose what there is no memory for and tell nobody. */
static int print(const struct dataset *d, export_fn *write, struct err *e)
{
	char part[65536];
	size_t n;
	struct export_result r;
	const int fd = system_memory_file("parscale export", false);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!f && fd >= 0)
		close(fd);
	int bad = f ? write(d, f, &r, e)
		    : err_blame(e, err_cause_of(errno), "a file for what is exported: %s", strerror(errno));
	if (!bad && (fflush(f) != 0 || ferror(f) || fseek(f, 0, SEEK_SET) != 0))
		bad = err_blame(e, err_cause_of(errno), "cannot export: %s", strerror(errno));
	while (!bad && (n = fread(part, 1, sizeof part, f)) > 0)
		if (fwrite(part, 1, n, stdout) != n)
			bad = err_set(e, ERR_FAILED, "standard output: %s", strerror(errno));
	if (f)
		fclose(f);
	if (!bad && r.left_out > 0)
		fprintf(stderr, "parscale: %zu cell%s without a sample that counts left out\n", r.left_out,
			units_plural(r.left_out));
	return bad;
}

int export_main(int argc, char **argv, struct err *e)
{
	struct export_args a = {.format = UNSAID};
	struct dataset d;
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	const char *dir = options_folder(argc, argv, first, e);
	if (!dir)
		return -1;
	if (a.format == UNSAID)
		return err_set(e, ERR_USAGE, "--format: one of gbench, hyperfine, openmetrics, csv-long");
	int bad = dataset_open(&d, dir, e);
	if (!bad)
		bad = print(&d, writers[a.format], e);
	dataset_close(&d);
	return bad;
}
