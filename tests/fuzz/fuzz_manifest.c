/* SPDX-License-Identifier: MIT */
/* fuzz_manifest.c - any bytes as the manifest.json of a folder of results: a report on it, or refused with
 * file and line. */
#include "bench/data/folder.h"
#include "bench/data/summary.h"
#include "bench/report/report.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/temporary.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void write_rows(const char *dir, const char *name, const struct table *t)
{
	char path[100];
	struct err e = {0};
	snprintf(path, sizeof path, "%s/%s", dir, name);
	must(csv_write(path, t, &e) == 0);
}

/* A folder with one cell of twelve launches, whose manifest.json is what memory_file makes. */
static const char *make_folder(void)
{
	static char dir[] = "/tmp/fuzz-manifest-XXXXXX";
	char link[100];
	struct table samples, summary;
	struct err e = {0};
	temporary_folder(dir);
	snprintf(link, sizeof link, "%s/manifest.json", dir);
	must(symlink(memory_file("", 0), link) == 0);
	table_init(&samples, sample_columns, sizeof(struct sample));
	table_init(&summary, summary_columns, sizeof(struct summary));
	for (unsigned i = 0; i < 12; i++) {
		struct sample *s = table_add(&samples, NULL, &e);
		must(s != NULL);
		strcpy(s->cell.kernel, "noop");
		strcpy(s->cell.backend, "serial");
		strcpy(s->status, "ok");
		s->cell.workers = (struct uint_field){1, true};
		s->launch_id = (struct uint_field){i, true};
		s->cell_id = (struct uint_field){0, true};
		s->seconds = 1 + i % 5;
		s->stamp = 1000 + i;
	}
	must(summary_make(&samples, &summary, &e) == 0);
	write_rows(dir, "samples.csv", &samples);
	write_rows(dir, "summary.csv", &summary);
	table_free(&samples);
	table_free(&summary);
	return dir;
}

static void report_on(const struct dataset *d)
{
	static struct report r;
	static FILE *nowhere;
	struct err e = {0};
	r = (struct report){.d = *d};
	must(nowhere || (nowhere = fopen("/dev/null", "w")));
	dataset_machine(d, r.machine, sizeof r.machine);
	report_trust(d, &r.trust);
	must(report_table_all(d, &r.all, &e) == 0 && report_table_troubles(d, &r.troubles, &e) == 0 &&
		report_table_omissions(d, &r.omissions, &e) == 0 &&
		report_table_manifest(d, &r.manifest, &e) == 0);
	report_text(&r, nowhere);
	report_page(&r, &layout_md, nowhere);
	report_page(&r, &layout_html, nowhere);
	report_table_free(&r.all);
	report_table_free(&r.troubles);
	report_table_free(&r.omissions);
	report_table_free(&r.manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *dir;
	struct dataset d;
	struct err e = {0};
	if (!dir)
		dir = make_folder();
	memory_file(data, size);
	if (dataset_open(&d, dir, &e) == 0) {
		report_on(&d);
		folder_alike(dir, dir, &e);
	} else {
		must(e.status == ERR_USAGE && strstr(e.text, "manifest.json") != NULL &&
			!strpbrk(e.text, "\n\r\033"));
	}
	dataset_close(&d);
	return 0;
}
