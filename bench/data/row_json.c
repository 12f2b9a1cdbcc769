/* SPDX-License-Identifier: MIT */
/* row_json.c - rows as JSON objects by way of jansson; what is not available becomes null. */
#include "bench/data/row_json.h"

#include "base/options.h"
#include "bench/machine/json_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

json_t *text_json(const char *text)
{
	char plain[JSON_PLAIN + 1];
	json_t *value = json_string(text);
	if (value)
		return value;
	size_t n = 0;
	for (; text[n] && n < sizeof plain - 1; n++)
		plain[n] = (unsigned char)text[n] < 0x80 ? text[n] : '?';
	return json_stringn(plain, n);
}

json_t *real_json(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

json_t *field_json(const void *row, const struct column *c)
{
	const void *field = (const char *)row + c->offset;
	if (c->type == COLUMN_REAL)
		return real_json(*(const double *)field);
	if (c->type != COLUMN_UINT)
		return *(const char *)field ? text_json(field) : json_null();
	const struct uint_field *u = field;
	char digits[32];
	snprintf(digits, sizeof digits, "%" PRIu64, u->value);
	return !u->known               ? json_null()
	       : u->value <= INT64_MAX ? json_integer((json_int_t)u->value)
				       : json_string(digits);
}

json_t *row_json(const void *row, const struct column *columns)
{
	json_t *object = json_object();
	for (const struct column *c = columns; object && c->name; c++)
		if (json_object_set_new(object, c->name, field_json(row, c)) != 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

json_t *table_json(const struct table *t)
{
	json_t *array = json_array();
	for (size_t i = 0; array && i < t->count; i++)
		if (json_array_append_new(array, row_json(table_row(t, i), t->columns)) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

int json_print(FILE *f, json_t *value, struct err *e)
{
	if (!value || json_memory_lost()) {
		json_decref(value);
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	}
	int bad = json_dumpf(value, f, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
	json_decref(value);
	if (bad || putc('\n', f) == EOF || fflush(f) != 0)
		return err_set(e, ERR_FAILED, "cannot write JSON: %s", strerror(errno));
	return 0;
}

int table_print(FILE *f, const struct table *t, unsigned format, struct err *e)
{
	return format == FORMAT_CSV ? csv_print(f, t, e) : json_print(f, table_json(t), e);
}
