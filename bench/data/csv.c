/* SPDX-License-Identifier: MIT */
/*
 * csv.c - reads and writes tables as CSV (RFC 4180), with crashes in mind.
 *
 * A row is one line and is appended with one write, so whatever kills the program leaves at most a
 * torn last line. The reader recognises it by its missing newline and leaves it out; csv_open cuts
 * it off before new rows follow. Derived files are written to a temporary in the same folder and
 * renamed, so readers see the old file or the new one. The reader works one field at a time from a
 * buffered stream: its memory does not grow with the file, and every limit (fields, columns, lines)
 * is an error with file and line.
 */
#include "bench/data/csv.h"

#include "base/io.h"
#include "bench/data/schema.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	COLUMNS = 128,    /* most columns of a table */
	FIELD_TEXT = 256, /* longest field with its ending zero: a LINE */
};

void table_init(struct table *t, const struct column *columns, size_t row_size)
{
	*t = (struct table){.columns = columns, .row_size = row_size};
}

void table_free(struct table *t)
{
	free(t->rows);
	table_init(t, t->columns, t->row_size);
}

void *table_row(const struct table *t, size_t i)
{
	assert(i < t->count);
	return t->rows + i * t->row_size;
}

void *table_add(struct table *t, const void *row, struct err *e)
{
	if (t->count == t->capacity) {
		size_t capacity = t->capacity ? 2 * t->capacity : 64;
		char *rows = reallocarray(t->rows, capacity, t->row_size);
		if (!rows) {
			err_blame(e, CAUSE_MEMORY, "out of memory for %zu rows", capacity);
			return NULL;
		}
		t->rows = rows;
		t->capacity = capacity;
	}
	void *added = t->rows + t->count++ * t->row_size;
	if (row)
		memcpy(added, row, t->row_size);
	else
		row_clear(memset(added, 0, t->row_size), t->columns);
	return added;
}

/* --- writing --- */

static size_t line_of(const struct column *columns, const void *row, char *line, size_t size)
{
	size_t n = 0;
	for (const struct column *c = columns; c->name; c++) {
		size_t room = n < size ? size - n : 0;
		char *to = room ? line + n : NULL;
		n += row ? field_write(row, c, to, room) : (size_t)snprintf(to, room, "%s", c->name);
		if (n + 1 >= size)
			return 0;
		line[n++] = c[1].name ? ',' : '\n';
	}
	line[n] = '\0';
	return n;
}

size_t csv_header_line(const struct column *columns, char *line, size_t size)
{
	return line_of(columns, NULL, line, size);
}

size_t csv_row_line(const struct column *columns, const void *row, char *line, size_t size)
{
	return line_of(columns, row, line, size);
}

static int append_line(int fd, const char *line, size_t length, struct err *e)
{
	return io_write(fd, line, length) == length
		       ? 0
		       : err_blame(e, err_cause_of(errno), "cannot append a row: %s", strerror(errno));
}

int csv_append(int fd, const struct column *columns, const void *row, struct err *e)
{
	char line[CSV_LINE];
	size_t length = csv_row_line(columns, row, line, sizeof line);
	assert(length);
	return append_line(fd, line, length, e);
}

int csv_append_table(int fd, const struct table *t, struct err *e)
{
	char *lines = NULL, line[CSV_LINE];
	size_t length = 0;
	FILE *f = open_memstream(&lines, &length);
	bool whole = f != NULL;
	/* glibc's stream in memory tells that there was no more by what fwrite returns, or by no pointer at the end: ferror and
	 * fclose say that all is well */
	for (size_t i = 0; whole && i < t->count; i++) {
		const size_t bytes = csv_row_line(t->columns, table_row(t, i), line, sizeof line);
		whole = fwrite(line, 1, bytes, f) == bytes;
	}
	if (f && (fclose(f) != 0 || !lines))
		whole = false;
	if (!whole) {
		free(lines);
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	}
	const off_t before = lseek(fd, 0, SEEK_END);
	int status = append_line(fd, lines, length, e);
	/* EINVAL: nothing that could be waited for */
	if (status == 0 && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
		status = err_blame(e, err_cause_of(errno), "cannot append a row: %s", strerror(errno));
	if (status != 0 && before >= 0 && ftruncate(fd, before) != 0)
		status = -1; /* a reader leaves a torn line out */
	free(lines);
	return status;
}

/* Where the last whole line ends; -1 with errno. */
static off_t whole_lines(int fd, off_t end)
{
	char block[4096];
	while (end > 0) {
		size_t want = end < (off_t)sizeof block ? (size_t)end : sizeof block;
		ssize_t got = pread(fd, block, want, end - (off_t)want);
		if (got < (ssize_t)want)
			return -1;
		const char *newline = memrchr(block, '\n', want);
		if (newline)
			return end - (off_t)want + (newline + 1 - block);
		end -= (off_t)want;
	}
	return 0;
}

/* Leaves our header and whole lines in the file; touches nothing that does not begin like ours. */
static int prepare(int fd, const char *path, const struct column *columns, struct err *e)
{
	char header[CSV_LINE], found[CSV_LINE];
	size_t length = csv_header_line(columns, header, sizeof header);
	assert(length);
	off_t end = lseek(fd, 0, SEEK_END);
	ssize_t got = end < 0 ? -1 : pread(fd, found, length, 0);
	if (got < 0)
		return err_blame(e, err_cause_of(errno), "cannot read %s: %s", path, strerror(errno));
	if (memcmp(found, header, (size_t)got) != 0)
		return err_set(
			e, ERR_USAGE, "%s:1: not the header of this version: no rows can be added", path);
	off_t whole = whole_lines(fd, end);
	if (whole < 0 || (whole < end && ftruncate(fd, whole) != 0))
		return err_blame(e, err_cause_of(errno), "cannot cut the torn last line off %s: %s", path,
			strerror(errno));
	return whole == 0 ? append_line(fd, header, length, e) : 0;
}

int csv_open(const char *path, const struct column *columns, struct err *e)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_blame(e, err_cause_of(errno), "cannot open %s: %s", path, strerror(errno));
	if (prepare(fd, path, columns, e) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int csv_upgrade(const char *path, const struct column *columns, size_t row_size, struct err *e)
{
	char header[CSV_LINE], found[CSV_LINE];
	const size_t length = csv_header_line(columns, header, sizeof header);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0
				       : err_blame(e, err_cause_of(errno), "cannot open %s: %s", path,
						 strerror(errno));
	const ssize_t got = pread(fd, found, length, 0);
	close(fd);
	if (got < 0)
		return err_blame(e, err_cause_of(errno), "cannot read %s: %s", path, strerror(errno));
	if (memcmp(found, header, (size_t)got) == 0)
		return 0; /* today's, or torn in its header */
	struct table t;
	table_init(&t, columns, row_size);
	int bad = csv_read(path, &t, NULL, e);
	if (!bad)
		bad = csv_write(path, &t, e);
	table_free(&t);
	return bad;
}

int csv_print(FILE *f, const struct table *t, struct err *e)
{
	char line[CSV_LINE];
	size_t length = csv_header_line(t->columns, line, sizeof line);
	assert(length);
	fwrite(line, 1, length, f);
	for (size_t i = 0; i < t->count && !ferror(f); i++) {
		length = csv_row_line(t->columns, table_row(t, i), line, sizeof line);
		assert(length);
		fwrite(line, 1, length, f);
	}
	if (fflush(f) != 0 || ferror(f))
		return err_blame(e, err_cause_of(errno), "cannot write rows: %s", strerror(errno));
	return 0;
}

int csv_write(const char *path, const struct table *t, struct err *e)
{
	char temporary[4096];
	if (snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid()) >= (int)sizeof temporary)
		return err_set(e, ERR_USAGE, "path too long: %s", path);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		err_blame(e, err_cause_of(errno), "cannot write %s: %s", path, strerror(errno));
		if (fd >= 0) {
			close(fd);
			unlink(temporary);
		}
		return -1;
	}
	int bad = csv_print(f, t, e);
	if (!bad && fsync(fd) != 0)
		bad = err_blame(e, err_cause_of(errno), "cannot write %s: %s", path, strerror(errno));
	if (fclose(f) != 0)
		bad = err_blame(e, err_cause_of(errno), "cannot write %s: %s", path, strerror(errno));
	if (!bad && rename(temporary, path) != 0)
		bad = err_blame(e, err_cause_of(errno), "cannot write %s: %s", path, strerror(errno));
	if (bad)
		unlink(temporary);
	return bad;
}

/* --- reading: a field at a time, from a file or from a line in memory --- */

enum field_end { END_COMMA, END_LINE, END_INPUT };

struct reader {
	FILE *file; /* NULL: from `memory` */
	const char *memory;
	size_t line; /* counted from 1; of the next byte */
	char text[FIELD_TEXT];
	enum field_end end;
};

static int take(struct reader *r)
{
	int byte = EOF;
	if (r->file)
		byte = getc_unlocked(r->file);
	else if (*r->memory)
		byte = (unsigned char)*r->memory++;
	r->line += byte == '\n';
	return byte;
}

static int put_byte(struct reader *r, size_t *n, int byte, struct err *e)
{
	if (byte == '\0')
		return err_set(e, ERR_USAGE, "a NUL byte");
	if (*n + 1 >= sizeof r->text)
		return err_set(e, ERR_USAGE, "a field longer than %zu bytes", sizeof r->text - 1);
	r->text[(*n)++] = (char)byte;
	return 0;
}

/* The inside of a quoted field; *next gets the byte after the closing quote. */
static int read_quoted(struct reader *r, size_t *n, int *next, struct err *e)
{
	for (;;) {
		int byte = take(r);
		if (byte == EOF || byte == '\n' || byte == '\r')
			return err_set(e, ERR_USAGE, "a quote without its end on the same line");
		if (byte == '"' && (byte = take(r)) != '"') {
			*next = byte;
			return 0;
		}
		if (put_byte(r, n, byte, e) != 0)
			return -1;
	}
}

/* The next field into r->text, and what ended it into r->end. */
static int read_field(struct reader *r, struct err *e)
{
	size_t n = 0;
	int byte = take(r);
	if (byte == '"') {
		if (read_quoted(r, &n, &byte, e) != 0)
			return -1;
		if (byte != ',' && byte != '\r' && byte != '\n' && byte != EOF)
			return err_set(e, ERR_USAGE, "text after a closing quote");
	}
	for (; byte != ',' && byte != '\r' && byte != '\n' && byte != EOF; byte = take(r)) {
		if (byte == '"')
			return err_set(e, ERR_USAGE, "a quote inside a field that is not quoted");
		if (put_byte(r, &n, byte, e) != 0)
			return -1;
	}
	if (byte == '\r' && (byte = take(r)) != '\n' && byte != EOF)
		return err_set(e, ERR_USAGE, "a carriage return that does not end the line");
	r->text[n] = '\0';
	r->end = byte == ',' ? END_COMMA : byte == '\n' ? END_LINE : END_INPUT;
	return 0;
}

/* One record into `row`, whose i-th field is order[i]. */
static int read_record(
	struct reader *r, const struct column *const *order, size_t count, void *row, struct err *e)
{
	size_t n = 0;
	do {
		if (read_field(r, e) != 0)
			return -1;
		if (n < count && field_read(row, order[n], r->text, e) != 0)
			return -1;
		n++;
	} while (r->end == END_COMMA);
	if (n != count)
		return err_set(e, ERR_USAGE, "%zu fields where the header has %zu", n, count);
	return 0;
}

static size_t in_order(const struct column *columns, const struct column **order)
{
	size_t count = 0;
	for (const struct column *c = columns; c->name; c++) {
		assert(count < COLUMNS);
		order[count++] = c;
	}
	return count;
}

int csv_parse_line(const struct column *columns, const char *line, void *row, struct err *e)
{
	const struct column *order[COLUMNS];
	struct reader r = {.memory = line, .line = 1};
	size_t count = in_order(columns, order);
	if (read_record(&r, order, count, row, e) != 0)
		return -1;
	return *r.memory ? err_set(e, ERR_USAGE, "more than one line where one row was expected") : 0;
}

/* The column of this name, or of the name that took its place. */
static const struct column *find(const struct column *columns, const char *name)
{
	for (; name; name = schema_column(name))
		for (const struct column *c = columns; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

/* Whether a file of an earlier build may lack it: a factor that came later, which then has its default, or a number
 * measured only since, which is not available; or a text that came later, which then is empty. */
static bool may_be_missing(const struct column *c)
{
	struct factors any = {0};
	return c->factor ? factor_default(&any, c)
			 : c->type == COLUMN_REAL || strcmp(c->name, "openmp_runtime") == 0;
}

/* The header: which column each field is, how many there are, and which columns have none, ended
 * by NULL. */
static int read_header(struct reader *r, const struct column *columns, const struct column **order,
	size_t *count, const struct column **missing, struct err *e)
{
	bool seen[COLUMNS] = {false};
	size_t n = 0;
	do {
		if (read_field(r, e) != 0)
			return -1;
		const struct column *c = find(columns, r->text);
		if (!c)
			return err_set(e, ERR_USAGE, "unknown column %zu of the header", n + 1);
		if (seen[c - columns])
			return err_set(e, ERR_USAGE, "column %s is twice in the header", c->name);
		seen[c - columns] = true;
		order[n++] = c;
	} while (r->end == END_COMMA);
	for (const struct column *c = columns; c->name; c++) {
		if (seen[c - columns])
			continue;
		if (!may_be_missing(c))
			return err_set(e, ERR_USAGE, "column %s is missing from the header", c->name);
		*missing++ = c;
	}
	*missing = NULL;
	*count = n;
	return 0;
}

/* Whether what was being read is the torn end of the file: no newline since `line` began, and
 * none to come. */
static bool torn_line(struct reader *r, size_t line)
{
	while (r->line == line)
		if (take(r) == EOF)
			return true;
	return false;
}

static int at_line(struct err *e, const char *path, size_t line, const struct err *why)
{
	return err_set(e, why->status, "%s:%zu: %s", path, line, why->text);
}

static bool at_end(struct reader *r)
{
	int byte = getc_unlocked(r->file);
	return byte == EOF || ungetc(byte, r->file) == EOF;
}

static int read_rows(struct reader *r, const char *path, struct table *t, bool *torn, struct err *e)
{
	const struct column *order[COLUMNS];
	struct err why = {0};
	size_t count = 0;
	const struct column *missing[COLUMNS + 1];
	if (at_end(r))
		return ferror(r->file) ? 0 : err_set(e, ERR_USAGE, "%s:1: empty, without a header", path);
	if (read_header(r, t->columns, order, &count, missing, &why) != 0)
		return at_line(e, path, 1, &why);
	if (r->end != END_LINE)
		return err_set(e, ERR_USAGE, "%s:1: the header line does not end", path);
	while (!at_end(r)) {
		size_t line = r->line;
		void *row = table_add(t, NULL, e);
		if (!row)
			return -1;
		for (const struct column **c = missing; *c; c++)
			if ((*c)->factor)
				factor_default(row, *c);
		int bad = read_record(r, order, count, row, &why);
		if (!bad && r->end == END_LINE)
			continue;
		t->count--;
		*torn = torn_line(r, line);
		return *torn ? 0 : at_line(e, path, line, &why);
	}
	return 0;
}

/* What spreadsheets begin UTF-8 with. */
static void skip_mark(FILE *f)
{
	char mark[3];
	if (fread(mark, 1, sizeof mark, f) != sizeof mark || memcmp(mark, "\xef\xbb\xbf", sizeof mark) != 0)
		rewind(f);
}

int csv_read(const char *path, struct table *t, bool *torn, struct err *e)
{
	bool is_torn = false;
	struct reader r = {.file = fopen(path, "re"), .line = 1};
	if (!r.file)
		return err_set(e, ERR_USAGE, "cannot open %s: %s", path, strerror(errno));
	skip_mark(r.file);
	int bad = read_rows(&r, path, t, &is_torn, e);
	if (!bad && ferror(r.file))
		bad = err_set(e, errno == EISDIR ? ERR_USAGE : ERR_FAILED, "cannot read %s: %s", path,
			strerror(errno));
	fclose(r.file);
	if (torn)
		*torn = is_torn;
	return bad;
}
