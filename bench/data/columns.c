/* SPDX-License-Identifier: MIT */
/*
 * columns.c - the column tables of every CSV file, and how one field is written, read and compared.
 *
 * Structs and tables expand from the same .def files, so they cannot disagree. A REAL is written
 * with the fewest of 15 to 17 digits that read back to the same double: 17 are always enough for a
 * binary64, and mostly 15 are. Reading is stricter than strtod: no blanks, hexadecimals, infinities
 * or NaNs, and no locale.
 */
#include "bench/data/columns.h"

#include "base/wrap.h"
#include "bench/data/probe_rows.h"
#include "bench/data/schema.h"

#include <assert.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY(row, path, name, type, unit, meaning, factor)                                                  \
	{#name, COLUMN_##type, offsetof(row, path), sizeof(((row *)0)->path), unit, meaning, factor},

const struct column sample_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct sample, cell.name, name, type, unit, meaning, true))
#include "bench/data/columns.def"
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_SAMPLE_##table(ENTRY(struct sample, name, name, type, unit, meaning, false))
#include "bench/data/columns.def"
	{0}};

const struct column summary_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct summary, cell.name, name, type, unit, meaning, true))
#include "bench/data/columns.def"
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_SUMMARY_##table(ENTRY(struct summary, name, name, type, unit, meaning, false))
#include "bench/data/columns.def"
	{0}};

const struct column comparison_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct comparison, cell.name, name, type, unit, meaning, true))
#include "bench/data/columns.def"
#define COLUMN(name, type, unit, meaning) ENTRY(struct comparison, name, name, type, unit, meaning, false)
#include "bench/data/comparison.def"
	{0}};

const struct column change_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct change_row, cell.name, name, type, unit, meaning, true))
#include "bench/data/columns.def"
#define COLUMN(name, type, unit, meaning) ENTRY(struct change_row, name, name, type, unit, meaning, false)
#include "bench/data/history.def"
	{0}};

const struct column model_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct model_row, cell.name, name, type, unit, meaning, true))
#include "bench/data/columns.def"
#define COLUMN(name, type, unit, meaning) ENTRY(struct model_row, name, name, type, unit, meaning, false)
#include "bench/data/series.def"
	{0}};

const struct column worker_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct worker_row, cell.name, name, type, unit, meaning, true))
#include "bench/data/columns.def"
#define COLUMN(name, type, unit, meaning) ENTRY(struct worker_row, name, name, type, unit, meaning, false)
#include "bench/data/workers.def"
	{0}};

/* So that a column of the factors is found in a bare struct factors as well as in a row. */
_Static_assert(offsetof(struct sample, cell) == 0 && offsetof(struct summary, cell) == 0 &&
		       offsetof(struct comparison, cell) == 0 && offsetof(struct model_row, cell) == 0 &&
		       offsetof(struct worker_row, cell) == 0 && offsetof(struct change_row, cell) == 0,
	"factors come first");

enum { REAL_TEXT = 32 }; /* "-1.7976931348623157e+308" is 24 */

static const void *field(const void *row, const struct column *c)
{
	return (const char *)row + c->offset;
}

static void *field_of(void *row, const struct column *c)
{
	return (char *)row + c->offset;
}

/* Numbers are written and read the same way whatever the user's locale. */
static locale_t plain_locale(void)
{
	static locale_t plain;
	if (!plain)
		plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	return plain;
}

static void real_write(double x, char text[REAL_TEXT])
{
	locale_t users = uselocale(plain_locale());
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, REAL_TEXT, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	uselocale(users);
}

size_t real_text(double x, char *text, size_t size)
{
	char plain[REAL_TEXT] = "";
	if (isfinite(x))
		real_write(x, plain);
	return (size_t)snprintf(text, size, "%s", plain);
}

void row_clear(void *row, const struct column *columns)
{
	for (const struct column *c = columns; c->name; c++) {
		if (c->type == COLUMN_REAL)
			*(double *)field_of(row, c) = (double)NAN;
		else
			memset(field_of(row, c), 0, c->size);
	}
}

/* A text as CSV wants it, on one line; counts what does not fit. */
static size_t text_write(const char *from, char *text, size_t size)
{
	bool quoted = strpbrk(from, ",\"") != NULL;
	size_t n = 0;
#define PUT(byte) (n + 1 < size ? (void)(text[n] = (byte)) : (void)0, n++)
	if (quoted)
		PUT('"');
	for (const char *p = from; *p; p++) {
		if (*p == '"')
			PUT('"');
		PUT(*p == '\n' || *p == '\r' ? ' ' : *p);
	}
	if (quoted)
		PUT('"');
#undef PUT
	if (size)
		text[n < size ? n : size - 1] = '\0';
	return n;
}

size_t field_write(const void *row, const struct column *c, char *text, size_t size)
{
	if (c->type == COLUMN_REAL)
		return real_text(*(const double *)field(row, c), text, size);
	if (c->type != COLUMN_UINT)
		return text_write(field(row, c), text, size);
	const struct uint_field *u = field(row, c);
	if (u->known)
		return (size_t)snprintf(text, size, "%" PRIu64, u->value);
	if (size)
		text[0] = '\0';
	return 0;
}

/* Decimal digits alone, at most 2^64-1. */
static bool uint_read(const char *text, uint64_t *value)
{
	uint64_t v = 0;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return false;
		unsigned digit = (unsigned)(*p - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value = v;
	return true;
}

/* A decimal number, without the blanks, hexadecimals, infinities and NaNs that strtod takes. */
static bool real_read(const char *text, double *value)
{
	char *end;
	if (text[strspn(text, "0123456789+-.eE")] || *text == '+')
		return false;
	*value = strtod_l(text, &end, plain_locale());
	return *end == '\0' && isfinite(*value);
}

/* What came from a file, fit for one line of a terminal. */
static const char *printable(const char *text, char shown[64])
{
	size_t n = 0;
	for (; text[n] && n < 60; n++)
		shown[n] = (unsigned char)text[n] < ' ' || text[n] == 0x7f ? '?' : text[n];
	strcpy(shown + n, text[n] ? "..." : "");
	return shown;
}

int field_read(void *row, const struct column *c, const char *text, struct err *e)
{
	char shown[64];
	void *to = field_of(row, c);
	if (c->type == COLUMN_UINT) {
		struct uint_field u = {.known = *text != '\0'};
		if (!uint_read(text, &u.value))
			return err_set(e, ERR_USAGE, "column %s: '%s' is not a whole number from 0 to 2^64-1",
				c->name, printable(text, shown));
		*(struct uint_field *)to = u;
	} else if (c->type == COLUMN_REAL) {
		double x = (double)NAN;
		if (*text && !real_read(text, &x))
			return err_set(e, ERR_USAGE, "column %s: '%s' is not a finite decimal number",
				c->name, printable(text, shown));
		*(double *)to = x;
	} else {
		if (strlen(text) >= c->size)
			return err_set(e, ERR_USAGE, "column %s: longer than %zu bytes: '%s'", c->name,
				c->size - 1, printable(text, shown));
		strcpy(to, text);
	}
	return 0;
}

static int field_compare(const void *a, const void *b, const struct column *c)
{
	assert(c->type != COLUMN_REAL); /* equality of measured numbers makes no cell */
	if (c->type != COLUMN_UINT)
		return strcmp(a, b);
	const struct uint_field *x = a, *y = b;
	if (x->known != y->known)
		return x->known ? 1 : -1;
	return (x->value > y->value) - (x->value < y->value);
}

bool factor_same(const struct factors *a, const struct factors *b, const struct column *c)
{
	return field_compare(field(a, c), field(b, c), c) == 0;
}

enum factor_role factor_role(const char *name)
{
	static const struct {
		const char *name;
		enum factor_role role;
	} roles[] = {
#define FACTOR_CHOICE(id, option, role, ...) {#id, ROLE_##role},
#define FACTOR_COUNT(id, option, role, ...) {#id, ROLE_##role},
#define FACTOR_AMOUNT(id, option, role, ...) {#id, ROLE_##role},
#define FACTOR_OWN(id, option, role, ...) {#id, ROLE_##role},
#define FACTOR_DERIVED(id, role, ...) {#id, ROLE_##role},
#include "bench/data/factors.def"
	};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return ROLE_PROBLEM;
}

static bool is_parameter(const struct column *c)
{
#define PARAMETER(id, ...) #id,
#define PARAMETER_CHOICE(id, ...) #id,
#define PARAMETER_TEXT(id, ...) #id,
	static const char *const ids[] = {
#include "kernels/parameters.def"
	};
	bool parameter = false;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		parameter |= strcmp(ids[i], c->name) == 0;
	return parameter;
}

bool factor_default(struct factors *f, const struct column *c)
{
#define FACTOR_CHOICE(id, option, role, choices, help, meaning)                                              \
	if (strcmp(c->name, #id) == 0) {                                                                     \
		snprintf(f->id, sizeof f->id, "%.*s", (int)strcspn(choices, "|"), choices);                  \
		return true;                                                                                 \
	}
#define FACTOR_COUNT(id, option, role, lowest, highest, fallback, hidden, help, meaning)                     \
	if (strcmp(c->name, #id) == 0)                                                                       \
		return (fallback) == (hidden);
#define FACTOR_AMOUNT(id, ...)                                                                               \
	if (strcmp(c->name, #id) == 0)                                                                       \
		return true;
#include "bench/data/factors.def"
	/* of FACTOR_OWN the one that came later: empty at its default */
	return strcmp(c->name, "memory_policy") == 0 || is_parameter(c);
}

void factors_clear(struct factors *f, unsigned roles)
{
	for (const struct column *c = sample_columns; c->factor; c++)
		if (factor_role(c->name) & roles)
			memset(field_of(f, c), 0, c->size);
}

bool factors_same(const struct factors *a, const struct factors *b, unsigned roles)
{
	bool same = true;
	for (const struct column *c = sample_columns; c->factor && same; c++)
		same = !(factor_role(c->name) & roles) || factor_same(a, b, c);
	return same;
}

int factors_compare(const struct factors *a, const struct factors *b)
{
	int order = 0;
	for (const struct column *c = sample_columns; c->factor && order == 0; c++)
		order = field_compare(field(a, c), field(b, c), c);
	return order;
}

static const char *type_name(enum column_type type)
{
	switch (type) {
	case COLUMN_NAME:
		return "name";
	case COLUMN_LINE:
		return "text";
	case COLUMN_UINT:
		return "whole number";
	default:
		return "decimal";
	}
}

static void markdown_former(FILE *f)
{
	fprintf(f,
		"## Schema\n\n"
		"`schema` in `manifest.json` is %d. Every schema from %d on can be read; a newer one is refused.\n"
		"Columns that were renamed since:\n\n"
		"| former | now |\n| --- | --- |\n",
		SCHEMA_NOW, SCHEMA_FIRST);
#define FORMER_COLUMN(old, now) fputs("| `" old "` | `" now "` |\n", f);
#include "bench/data/former.def"
	fputs("\n`parscale resume` rewrites the files that it continues with the present names.\n\n", f);
}

/* Each column as an item of a list, folded at a page's width: its name, type and unit, and what it means. */
static void markdown_list(FILE *f, const struct column *columns, bool factors)
{
	putc('\n', f);
	for (const struct column *c = columns; c->name; c++) {
		char text[600];
		if (c->factor != factors)
			continue;
		snprintf(text, sizeof text, "`%s` (%s%s%s): %s", c->name, type_name(c->type),
			*c->unit ? ", " : "", c->unit, c->meaning);
		wrap_entry(f, "-", 2, text, WRAP_PAGE);
	}
}

static const char results_head[] =
	"# Results\n\n"
	"A sweep writes one folder:\n\n"
	"- `manifest.json`: what the numbers depend on: arguments, plan, seed, machine, environment, build.\n"
	"- `samples.csv`: raw data, one row per sample, never changed once written.\n"
	"- `summary.csv`: one row per cell, derived from the samples by `parscale stat`.\n"
	"- `models.csv`: scaling models, one row per series of worker counts, also by `parscale stat`.\n"
	"- `workers.csv`: when each worker began and ended, in one run of each cell.\n"
	"- `probe_launches.csv`, `probes.csv`: raw data and summary of mechanisms, if the plan has probes.\n"
	"- `plots/`, `report.html`, `report.md`: charts and reports.\n\n"
	"The CSV files follow RFC 4180 and have a header line. Numbers have a decimal point in every locale\n"
	"and read back to the same 64 bits. An empty field means \"not available\", never 0. Columns are found\n"
	"by name; a measured column that a file lacks is \"not available\" there.\n\n"
	"This page is generated from `bench/data/columns.def`:\n\n"
	"    build/parscale list columns --format markdown >results/README.md\n\n";

void columns_markdown(FILE *f)
{
	fputs(results_head, f);
	markdown_former(f);
	fputs("## Factors\n\nThe first columns of `samples.csv` and `summary.csv`. Rows with equal factors belong to the\n"
	      "same cell.\n",
		f);
	markdown_list(f, sample_columns, true);
	fputs("\n## samples.csv\n\nAfter the factors:\n", f);
	markdown_list(f, sample_columns, false);
	fputs("\n## summary.csv\n\nAfter the factors:\n", f);
	markdown_list(f, summary_columns, false);
	fputs("\n## models.csv\n\nScaling models, one row per series of cells that differ in `workers` only. After the factors:\n",
		f);
	markdown_list(f, model_columns, false);
	fputs("\n## workers.csv\n\nOne row per worker of one run of each cell: the last run of its first launch.\n"
	      "`parscale run --trace FILE` appends the same for any run. After the factors:\n",
		f);
	markdown_list(f, worker_columns, false);
	fputs("\n## Comparisons\n\nThe output of `parscale compare A... B --format csv`, for each cell that A and B have. After the\n"
	      "factors:\n",
		f);
	markdown_list(f, comparison_columns, false);
	fputs("\n## Histories\n\nThe output of `parscale history DIR... --format csv`, one row per change of a cell. After\n"
	      "the factors:\n",
		f);
	markdown_list(f, change_columns, false);
	fputs("\n## probes.csv\n\nMechanisms, from `bench/data/probe_rows.def`. `parscale probe --format csv` prints them, and\n"
	      "`parscale stat` derives them from the probes of a sweep. One row per number of a case. These\n"
	      "columns make the case and the number:\n",
		f);
	markdown_list(f, probe_columns, true);
	fputs("\nAfter these:\n", f);
	markdown_list(f, probe_columns, false);
	fputs("\n## probe_launches.csv\n\nThe launches behind `probes.csv`, one row per number of a case and launch. After the same\n"
	      "first columns:\n",
		f);
	markdown_list(f, probe_launch_columns, false);
}
