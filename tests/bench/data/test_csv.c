/* SPDX-License-Identifier: MIT */
/* test_csv.c - files of rows: round trips, torn ends, everything that must be refused. */
#include "bench/data/csv.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/parscale-csv-XXXXXX";
static char path[sizeof folder + 16];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/rows.csv", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder); /* fails when a temporary was left behind */
}

static void put_bytes(const char *bytes, size_t length)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, length, f), length);
	assert_int_equal(fclose(f), 0);
}

static size_t get_bytes(char *bytes, size_t size)
{
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(bytes, 1, size, f);
	fclose(f);
	return n;
}

/* A row with something hostile in each field. */
static struct sample row_of(unsigned i)
{
	static const char *const texts[] = {
		"", "plain", "a,b", "say \"hi\"", "\"", ",", "\t", " x ", "'; rm -rf", "\xc3\xa9\xff", "#"};
	struct sample s;
	memset(&s, 0, sizeof s);
	row_clear(&s, sample_columns);
	for (const struct column *c = sample_columns; c->name; c++) {
		unsigned pick = i++ * 2654435761u >> 8;
		char *to = (char *)&s + c->offset;
		if (c->type == COLUMN_UINT)
			*(struct uint_field *)(void *)to = (struct uint_field){
				pick % 5 ? (uint64_t)pick << pick % 40 : 0, pick % 5 != 0};
		else if (c->type == COLUMN_REAL)
			*(double *)(void *)to =
				pick % 7 ? (pick % 2 ? 1.0 : -1e-9) / (double)pick : (double)NAN;
		else
			strcpy(to, texts[pick % (sizeof texts / sizeof *texts)]);
	}
	return s;
}

/* By what is written, since an absent number's value and NAN's bits say nothing. */
static void assert_same_row(const void *a, const void *b)
{
	char x[CSV_LINE], y[CSV_LINE];
	assert_true(csv_row_line(sample_columns, a, x, sizeof x) > 0);
	assert_true(csv_row_line(sample_columns, b, y, sizeof y) > 0);
	assert_string_equal(x, y);
}

static void files_come_back(void **state)
{
	(void)state;
	enum { ROWS = 1000 };
	struct err e = {0};
	struct table t, back;
	table_init(&t, sample_columns, sizeof(struct sample));
	table_init(&back, sample_columns, sizeof(struct sample));
	for (unsigned i = 0; i < ROWS; i++) {
		struct sample s = row_of(i);
		assert_non_null(table_add(&t, &s, &e));
	}
	assert_int_equal(csv_write(path, &t, &e), 0);
	bool torn = true;
	assert_int_equal(csv_read(path, &back, &torn, &e), 0);
	assert_false(torn);
	assert_int_equal(back.count, ROWS);
	for (size_t i = 0; i < ROWS; i++)
		assert_same_row(table_row(&t, i), table_row(&back, i));
	table_free(&t);
	table_free(&back);
}

static void the_largest_row_fits_a_line(void **state)
{
	(void)state;
	const struct column *tables[] = {sample_columns, summary_columns};
	static union {
		struct sample sample;
		struct summary summary;
	} row;
	char line[CSV_LINE];
	for (int t = 0; t < 2; t++) {
		for (const struct column *c = tables[t]; c->name; c++) {
			char *to = (char *)&row + c->offset;
			if (c->type == COLUMN_UINT)
				*(struct uint_field *)(void *)to = (struct uint_field){UINT64_MAX, true};
			else if (c->type == COLUMN_REAL)
				*(double *)(void *)to = -1.7976931348623157e308;
			else
				memset(to, '"', c->size - 1);
		}
		size_t length = csv_row_line(tables[t], &row, line, sizeof line);
		assert_true(length > 0);
		assert_int_equal(csv_row_line(tables[t], &row, line, length), 0);
		assert_int_equal(csv_row_line(tables[t], &row, line, length + 1), length);
		assert_true(csv_header_line(tables[t], line, sizeof line) > 0);
		memset(&row, 0, sizeof row);
	}
}

static void a_line_in_memory_comes_back(void **state)
{
	(void)state;
	struct err e = {0};
	struct sample s = row_of(3), back;
	char line[CSV_LINE];
	size_t length = csv_row_line(sample_columns, &s, line, sizeof line);
	assert_int_equal(csv_parse_line(sample_columns, line, &back, &e), 0);
	assert_same_row(&s, &back);
	line[length - 1] = '\0';
	assert_int_equal(csv_parse_line(sample_columns, line, &back, &e), 0);
	assert_same_row(&s, &back);
	strcpy(line + length - 1, "\nx");
	assert_int_equal(csv_parse_line(sample_columns, line, &back, &e), -1);
	*strrchr(line, ',') = '\0';
	e = (struct err){0};
	assert_int_equal(csv_parse_line(sample_columns, line, &back, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
}

/* Cut anywhere, a file gives the whole rows before the cut, and csv_open makes it fit to go on. */
static void torn_files_are_repaired(void **state)
{
	(void)state;
	static char whole[8 * CSV_LINE];
	struct err e = {0};
	struct table t;
	size_t ends[5], length = csv_header_line(sample_columns, whole, sizeof whole);
	ends[0] = length;
	for (unsigned i = 1; i < 5; i++) {
		struct sample s = row_of(i);
		length += csv_row_line(sample_columns, &s, whole + length, sizeof whole - length);
		ends[i] = length;
	}
	for (size_t cut = 0; cut <= length; cut++) {
		unsigned rows = 0;
		while (rows < 4 && ends[rows + 1] <= cut)
			rows++;
		bool torn = false;
		put_bytes(whole, cut);
		table_init(&t, sample_columns, sizeof(struct sample));
		int bad = csv_read(path, &t, &torn, &e);
		assert_int_equal(bad, cut < ends[0] ? -1 : 0);
		if (!bad) {
			assert_int_equal(t.count, rows);
			assert_int_equal(torn, cut != ends[rows]);
		}
		table_free(&t);
		e = (struct err){0};

		struct sample s = row_of(77);
		int fd = csv_open(path, sample_columns, &e);
		assert_true(fd >= 0);
		assert_int_equal(csv_append(fd, sample_columns, &s, &e), 0);
		close(fd);
		table_init(&t, sample_columns, sizeof(struct sample));
		assert_int_equal(csv_read(path, &t, &torn, &e), 0);
		assert_false(torn);
		assert_int_equal(t.count, rows + 1);
		assert_same_row(table_row(&t, rows), &s);
		table_free(&t);
	}
}

static void a_torn_end_may_hold_anything(void **state)
{
	(void)state;
	static const char *const tails[] = {"\"open", "a\"b", ",,,,", "x\r", "\"a\"b"};
	char bytes[CSV_LINE];
	struct table t;
	struct err e = {0};
	for (size_t i = 0; i <= sizeof tails / sizeof *tails; i++) {
		size_t length = csv_header_line(sample_columns, bytes, sizeof bytes);
		const char *tail = i ? tails[i - 1] : "\0\0\0";
		size_t more = i ? strlen(tail) : 3;
		memcpy(bytes + length, tail, more);
		put_bytes(bytes, length + more);
		bool torn = false;
		table_init(&t, sample_columns, sizeof(struct sample));
		assert_int_equal(csv_read(path, &t, &torn, &e), 0);
		assert_true(torn);
		assert_int_equal(t.count, 0);
		table_free(&t);
	}
}

static void other_files_are_not_appended_to(void **state)
{
	(void)state;
	static const char *const files[] = {"kernel,variant\n", "no newline at all", "\n", "kernel"};
	char after[CSV_LINE];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct err e = {0};
		put_bytes(files[i], strlen(files[i]));
		int fd = csv_open(path, sample_columns, &e);
		if (i == 3) { /* the torn beginning of our own header */
			assert_true(fd >= 0);
			close(fd);
			continue;
		}
		assert_int_equal(fd, -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_int_equal(get_bytes(after, sizeof after), strlen(files[i]));
		assert_memory_equal(after, files[i], strlen(files[i]));
	}
}

static void carriage_returns_and_any_order(void **state)
{
	(void)state;
	char text[2 * CSV_LINE] = "", value[2 * CSV_LINE] = "";
	size_t count = 0;
	while (sample_columns[count].name)
		count++;
	for (size_t i = count; i-- > 0;) { /* backwards */
		strcat(strcat(text, sample_columns[i].name), i ? "," : "\r\n");
		strcat(strcat(value, sample_columns[i].type == COLUMN_NAME ? "\"x\"" : "8"),
			i ? "," : "\r\n");
	}
	strcat(text, value);
	put_bytes(text, strlen(text));
	struct table t;
	struct err e = {0};
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	assert_int_equal(t.count, 1);
	const struct sample *s = table_row(&t, 0);
	assert_string_equal(s->cell.kernel, "x");
	assert_int_equal(s->cell.workers.value, 8);
	assert_true(s->seconds == 8);
	table_free(&t);
}

/* The file `head` + `middle` + `tail` is refused at `line`, with `why` in the message. */
static void refuse(const char *bytes, size_t length, int line, const char *why)
{
	struct table t;
	struct err e = {0};
	char where[sizeof path + 16];
	put_bytes(bytes, length);
	snprintf(where, sizeof where, "%s:%d: ", path, line);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
	assert_int_equal(strncmp(e.text, where, strlen(where)), 0);
	if (!strstr(e.text, why))
		fail_msg("'%s' does not say '%s'", e.text, why);
	table_free(&t);
}

static void corrupt_headers_are_refused(void **state)
{
	(void)state;
	char header[CSV_LINE], text[2 * CSV_LINE];
	size_t length = csv_header_line(sample_columns, header, sizeof header);
	refuse("", 0, 1, "empty");
	refuse(header, length - 1, 1, "does not end");
	refuse("\n", 1, 1, "unknown column 1");
	refuse("kernel,workers\n", 15, 1, "variant is missing");
	refuse("kernel,kernel\n", 14, 1, "kernel is twice");
	refuse("kernel,\"variant\n", 16, 1, "quote without its end");
	refuse("\xef\xbb\xbfkernel\n", 10, 1, "variant is missing"); /* a byte order mark is skipped */
	refuse("kernel,\0,variant\n", 17, 1, "NUL");
	snprintf(text, sizeof text, "%.*s,more\n", (int)length - 1, header);
	refuse(text, strlen(text), 1, "unknown column");
}

static void corrupt_rows_are_refused(void **state)
{
	(void)state;
	static char text[4 * CSV_LINE], longest[400];
	char row[CSV_LINE];
	struct sample s = row_of(1);
	memset(longest, 'y', sizeof longest - 1);
	csv_row_line(sample_columns, &s, row, sizeof row);
	const struct {
		const char *line, *why;
	} bad[] = {
		{"\n", "1 fields where"},
		{"a,b\n", "2 fields where"},
		{"\"a\n", "quote without its end"},
		{"\"a\"b,\n", "after a closing quote"},
		{"a\"b,\n", "not quoted"},
		{"a\rb,\n", "carriage return"},
		{"a,b,c,d,e,no,auto,minus one\n", "column workers: 'minus one'"},
		{longest, "a field longer than 255"},
		{"123456789012345678901234567890123456789012345678,\n", "column kernel: longer than 47"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t length = csv_header_line(sample_columns, text, sizeof text);
		length += (size_t)snprintf(
			text + length, sizeof text - length, "%s%s\n%s", row, bad[i].line, row);
		refuse(text, length, 3, bad[i].why);
	}
	size_t length = csv_header_line(sample_columns, text, sizeof text);
	memcpy(text + length, "a\0b,\n", 5);
	refuse(text, length + 5, 2, "NUL");
}

static void what_cannot_be_opened_is_refused(void **state)
{
	(void)state;
	static const char *const paths[] = {"/nonexistent/samples.csv", "/", ""};
	struct table t;
	table_init(&t, sample_columns, sizeof(struct sample));
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct err e = {0};
		assert_int_equal(csv_read(paths[i], &t, NULL, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
	}
	struct err e = {0};
	assert_int_equal(csv_write("/nonexistent/summary.csv", &t, &e), -1);
	assert_int_equal(e.status, ERR_FAILED);
}

/* The header, with what today calls `now` called `old`, and one row that has x in texts and 8 in numbers. */
static void put_other(const char *now, const char *old)
{
	static char text[2 * CSV_LINE];
	size_t n = 0;
	for (const struct column *c = sample_columns; c->name; c++) {
		const char *name = strcmp(c->name, now) == 0 ? old : c->name;
		if (name)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "," : "", name);
	}
	text[n++] = '\n';
	for (const struct column *c = sample_columns; c->name; c++)
		if (old || strcmp(c->name, now) != 0)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
				c == sample_columns ? "" : ",",
				c->type == COLUMN_NAME || c->type == COLUMN_LINE ? "x" : "8");
	text[n++] = '\n';
	put_bytes(text, n);
}

static void former_names_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *now, *old;
	} renamed[] = {{"startup_ns", "launch_ns"}, {"longest", "peak"}, {"excluded", "aside"},
		{"global_lock", "one_at_a_time"}};
	for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
		struct table t;
		struct err e = {0};
		put_other(renamed[i].now, renamed[i].old);
		table_init(&t, sample_columns, sizeof(struct sample));
		assert_int_equal(csv_read(path, &t, NULL, &e), 0);
		const struct sample *s = table_row(&t, 0);
		assert_string_equal(s->cell.global_lock, "x");
		assert_true(s->startup_ns == 8 && s->longest.value == 8 && s->excluded.value == 8);
		table_free(&t);
	}
}

/* A measured number that was not measured yet is "not available"; without anything else a row says nothing. */
static void missing_numbers_are_not_available(void **state)
{
	(void)state;
	struct table t;
	struct err e = {0};
	put_other("cycles", NULL);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	const struct sample *s = table_row(&t, 0);
	assert_true(isnan(s->cycles) && s->instructions == 8 && s->stamp == 8);
	table_free(&t);
	/* nor is a parameter that no kernel had yet */
	put_other("calls", NULL);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	s = table_row(&t, 0);
	assert_true(!s->cell.calls.known && s->stamp == 8);
	table_free(&t);
	put_other("word_chars", NULL);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	table_free(&t);
	/* a factor that came later was at its default then */
	put_other("global_lock", NULL);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	s = table_row(&t, 0);
	assert_string_equal(s->cell.global_lock, "no");
	table_free(&t);
	put_other("grain", NULL);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	s = table_row(&t, 0);
	assert_false(s->cell.grain.known);
	table_free(&t);
	static const char *const needed[] = {"kernel", "workers", "launch_id", "status", "count"};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		e = (struct err){0};
		put_other(needed[i], NULL);
		assert_int_equal(csv_read(path, &t, NULL, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_non_null(strstr(e.text, needed[i]));
	}
	table_free(&t);
}

/* What cannot be appended to as it is can afterwards; what is no such file stays. */
static void upgraded_files_are_appended_to(void **state)
{
	(void)state;
	char before[2 * CSV_LINE], after[2 * CSV_LINE];
	struct table t;
	struct err e = {0};
	put_other("startup_ns", "launch_ns");
	size_t length = get_bytes(before, sizeof before);
	memcpy(before + length, "torn", 4);
	put_bytes(before, length + 4);
	assert_int_equal(csv_open(path, sample_columns, &e), -1);
	assert_int_equal(csv_upgrade(path, sample_columns, sizeof(struct sample), &e), 0);
	e = (struct err){0};
	int fd = csv_open(path, sample_columns, &e);
	assert_true(fd >= 0);
	struct sample row = row_of(3);
	assert_int_equal(csv_append(fd, sample_columns, &row, &e), 0);
	close(fd);
	table_init(&t, sample_columns, sizeof(struct sample));
	assert_int_equal(csv_read(path, &t, NULL, &e), 0);
	assert_int_equal(t.count, 2);
	assert_true(((const struct sample *)table_row(&t, 0))->startup_ns == 8);
	table_free(&t);

	length = get_bytes(before, sizeof before); /* today's stays, byte for byte */
	assert_int_equal(csv_upgrade(path, sample_columns, sizeof(struct sample), &e), 0);
	assert_int_equal(get_bytes(after, sizeof after), length);
	assert_memory_equal(before, after, length);
	put_bytes("name,velocity\n", 14);
	assert_int_equal(csv_upgrade(path, sample_columns, sizeof(struct sample), &e), -1);
	assert_int_equal(e.status, ERR_USAGE);
	assert_int_equal(get_bytes(after, sizeof after), 14);
	unlink(path);
	assert_int_equal(csv_upgrade(path, sample_columns, sizeof(struct sample), &e), 0);
	assert_int_equal(access(path, F_OK), -1);
	put_bytes("", 0);
}

static void a_full_device_is_noticed(void **state)
{
	(void)state;
	struct table t;
	struct err e = {0};
	struct sample s = row_of(1);
	table_init(&t, sample_columns, sizeof s);
	table_add(&t, &s, &e);
	FILE *f = fopen("/dev/full", "w");
	assert_non_null(f);
	assert_int_equal(csv_print(f, &t, &e), -1);
	assert_int_equal(e.status, ERR_FAILED);
	e = (struct err){0};
	assert_int_equal(csv_append(fileno(f), sample_columns, &s, &e), -1);
	assert_int_equal(e.status, ERR_FAILED);
	fclose(f);
	table_free(&t);
}

#ifndef __SANITIZE_ADDRESS__ /* which wants all of the address space */
/* Where the memory for the lines ends, no part of them is written, and it is told. */
static void a_lack_of_memory_is_noticed(void **state)
{
	enum { ROWS = 20000, MORE_BYTES = 1 << 20 };
	(void)state;
	struct table t;
	struct err e = {0};
	struct rlimit before, least;
	const struct sample s = row_of(1);
	unsigned long pages = 0;
	table_init(&t, sample_columns, sizeof s);
	for (size_t i = 0; i < ROWS; i++)
		assert_non_null(table_add(&t, &s, &e));
	FILE *to = tmpfile(), *statm = fopen("/proc/self/statm", "r");
	assert_non_null(to);
	if (!statm || fscanf(statm, "%lu", &pages) != 1)
		skip();
	fclose(statm);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	least = before;
	least.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + MORE_BYTES;
	assert_int_equal(setrlimit(RLIMIT_AS, &least), 0);
	const int status = csv_append_table(fileno(to), &t, &e);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_int_equal(status, -1);
	assert_int_equal(e.cause, CAUSE_MEMORY);
	assert_int_equal(lseek(fileno(to), 0, SEEK_END), 0);
	fclose(to);
	table_free(&t);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_back),
		cmocka_unit_test(the_largest_row_fits_a_line),
		cmocka_unit_test(a_line_in_memory_comes_back),
		cmocka_unit_test(torn_files_are_repaired),
		cmocka_unit_test(a_torn_end_may_hold_anything),
		cmocka_unit_test(other_files_are_not_appended_to),
		cmocka_unit_test(carriage_returns_and_any_order),
		cmocka_unit_test(corrupt_headers_are_refused),
		cmocka_unit_test(corrupt_rows_are_refused),
		cmocka_unit_test(what_cannot_be_opened_is_refused),
		cmocka_unit_test(former_names_are_read),
		cmocka_unit_test(missing_numbers_are_not_available),
		cmocka_unit_test(upgraded_files_are_appended_to),
		cmocka_unit_test(a_full_device_is_noticed),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(a_lack_of_memory_is_noticed),
#endif
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
