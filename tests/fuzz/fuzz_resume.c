/* SPDX-License-Identifier: MIT */
/* fuzz_resume.c - the samples of a sweep, cut short anywhere or with any bytes in them: it goes on from what
 * is whole and ends as it would have, or is refused. */
#include "bench/data/csv.h"
#include "bench/sweep/campaign.h"

#include "tests/fuzz/memory_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CELLS = 5, CANARY = 0, SAMPLES = 2, ROOM = 1 << 20 };

static struct planned cells[CELLS];
static char whole[ROOM]; /* samples.csv as the sweep writes it alone */
static size_t whole_bytes;
static unsigned whole_launches[CELLS];

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* How often each cell was launched: the same cell's n-th launch always takes as long. */
static unsigned had[CELLS];

static int fake_launch(void *ctx, const struct launch_order *order, struct launch_result *r, struct err *e)
{
	const struct cell *c = &order->measure->cell;
	const unsigned cell = (unsigned)c->size - 1, n = had[cell]++;
	(void)ctx;
	*r = (struct launch_result){0};
	table_init(&r->samples, sample_columns, sizeof(struct sample));
	for (unsigned i = 0; i < SAMPLES; i++) {
		struct sample *s = table_add(&r->samples, NULL, e);
		must(s != NULL);
		cell_factors(c, "native", &s->cell);
		strcpy(s->status, "ok");
		s->sample = (struct uint_field){i, true};
		s->seconds = 1 + 0.01 * cell * (n * 7 % 5); /* the higher the cell, the wider */
	}
	return 0;
}

static uint64_t fake_clock(void *ctx)
{
	(void)ctx;
	return 1;
}

static struct plan make_plan(void)
{
	struct err e = {0};
	struct plan p = {.cells = cells,
		.count = CELLS,
		.problems = CELLS,
		.canary = CANARY,
		.meter = meter_find("native", &e),
		.launches = 3,
		.most_launches = 12,
		.precision = 0.01,
		.repetitions = SAMPLES,
		.budget_seconds = 1e9,
		.order_seed = 7};
	for (size_t i = 0; i < CELLS && !cells[i].cell.kernel; i++) {
		char size[2] = {(char)('1' + i), '\0'};
		must(cell_init(&cells[i].cell, "noop", &e) == 0 &&
			cell_set(&cells[i].cell, "size", size, &e) == 0);
		must(cell_finish(&cells[i].cell, &e) == 0);
		cells[i].problem = i;
	}
	return p;
}

/* Goes on with the file; -1 where it is refused. */
static int go_on(const char *path, struct err *e)
{
	const struct campaign_means means = {.launch = fake_launch, .clock_ns = fake_clock};
	const struct plan p = make_plan();
	struct campaign_result r = {0};
	struct table before;
	int fd = csv_open(path, sample_columns, e);
	if (fd < 0)
		return -1;
	table_init(&before, sample_columns, sizeof(struct sample));
	int status = csv_read(path, &before, NULL, e);
	memset(had, 0, sizeof had);
	for (size_t i = 0; i < before.count; i++) {
		const struct sample *s = table_row(&before, i);
		if (s->cell_id.value < CELLS && s->sample.value == 0)
			had[s->cell_id.value]++;
	}
	const struct campaign_arm arm = {.dir = "/nowhere", .before = &before, .samples_fd = fd};
	if (status == 0)
		status = campaign_run(&p, &arm, 1, &means, &r, e);
	for (size_t i = 0; status == 0 && i < CELLS; i++)
		must(r.stops[i] && *r.stops[i]);
	campaign_result_free(&r);
	table_free(&before);
	close(fd);
	return status;
}

static size_t read_file(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t n = pread(fd, text, ROOM, 0);
	must(n > 0 && n < ROOM);
	close(fd);
	return (size_t)n;
}

static void measure_whole(void)
{
	struct err e = {0};
	const char *path = memory_file("", 0);
	must(go_on(path, &e) == 0);
	whole_bytes = read_file(path, whole);
	memcpy(whole_launches, had, sizeof had);
}

/* Rows of one launch after the other; of a file that was only cut as many as there would have been. Which cells a late block
 * has depends on when it was begun, so that there may be more or fewer blocks; the canary is in each. */
static void check_rows(const char *path, bool only_cut)
{
	struct table t;
	struct err e = {0};
	bool torn = true;
	uint64_t next = 0, block = 0;
	unsigned launches[CELLS] = {0};
	table_init(&t, sample_columns, sizeof(struct sample));
	must(csv_read(path, &t, &torn, &e) == 0 && !torn);
	for (size_t i = 0; i < t.count; i++) {
		const struct sample *s = table_row(&t, i);
		must(s->cell_id.known && s->cell_id.value < CELLS);
		if (i > 0 && s->launch_id.value + 1 == next)
			continue;
		must(s->launch_id.value == next++);
		launches[s->cell_id.value]++;
		block = s->block.value;
	}
	for (size_t i = 0; i < CELLS; i++)
		must(!only_cut || (launches[i] == had[i] &&
					  launches[i] == (i == CANARY ? block + 1 : whole_launches[i])));
	table_free(&t);
}

/* Where it is cut (2 bytes), then edits: where (2), how many bytes are taken out (1), and put in
 * (1), these. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[ROOM];
	struct err e = {0};
	if (whole_bytes == 0) {
		stderr = fopen("/dev/null", "w"); /* of the campaign; the fuzzer has its own */
		must(stderr != NULL);
		measure_whole();
	}
	if (size < 2)
		return 0;
	size_t n = (data[0] | (size_t)data[1] << 8) % (whole_bytes + 1);
	const bool only_cut = size == 2;
	memcpy(text, whole, n);
	data += 2;
	size -= 2;
	while (size >= 4) {
		const size_t at = (data[0] | (size_t)data[1] << 8) % (n + 1),
			     out = data[2] < n - at ? data[2] : n - at,
			     in = data[3] < size - 4 ? data[3] : size - 4;
		memmove(text + at + in, text + at + out, n - at - out);
		memcpy(text + at, data + 4, in);
		n = n - out + in;
		data += 4 + in;
		size -= 4 + in;
	}
	const char *path = memory_file(text, n);
	if (go_on(path, &e) == 0)
		check_rows(path, only_cut);
	else
		must(e.status == ERR_USAGE && e.text[0] && !strpbrk(e.text, "\n\r\033"));
	return 0;
}
