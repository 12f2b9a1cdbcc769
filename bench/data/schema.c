/* SPDX-License-Identifier: MIT */
/* Former names are looked up one by one: a handful, and only where today's did not fit. */
#include "bench/data/schema.h"

#include <stdlib.h>
#include <string.h>

struct former {
	const char *old, *now;
};

static const struct former columns[] = {
#define FORMER_COLUMN(old, now) {old, now},
#include "bench/data/former.def"
	{0}};

static const struct former options[] = {
#define FORMER_OPTION(old, now) {old, now},
#include "bench/data/former.def"
	{0}};

/* Today's name of what was called by the first `length` bytes at `name`; NULL where nothing was. */
static const char *today(const struct former *f, const char *name, size_t length)
{
	for (; f->old; f++)
		if (strlen(f->old) == length && memcmp(f->old, name, length) == 0)
			return f->now;
	return NULL;
}

const char *schema_column(const char *old)
{
	return today(columns, old, strlen(old));
}

int schema_check(const json_t *manifest, const char *path, struct err *e)
{
	const json_t *schema = json_object_get(manifest, "schema");
	const json_int_t number = json_integer_value(schema);
	if (!schema || (number >= SCHEMA_FIRST && number <= SCHEMA_NOW))
		return 0;
	char *text = json_dumps(schema, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT);
	err_set(e, ERR_USAGE, "%s: results of schema %.40s; this parscale reads schema %d to %d", path,
		text ? text : "unknown", SCHEMA_FIRST, SCHEMA_NOW);
	free(text);
	return -1;
}

/* The word at *at, up to '=' or '/', as it is spelt today; its length. *at goes on behind it. */
static size_t next_word(const char **at, const char **word)
{
	const size_t length = strcspn(*at, "=/");
	const char *now = (*at)[length] == '=' ? today(options, *at, length) : NULL;
	*word = now ? now : *at;
	*at += length;
	return now ? strlen(now) : length;
}

bool schema_same_label(const char *a, const char *b)
{
	for (;;) {
		const char *x, *y;
		const size_t n = next_word(&a, &x), m = next_word(&b, &y);
		if (n != m || memcmp(x, y, n) != 0 || *a != *b)
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}
