/* SPDX-License-Identifier: MIT */
/* report_environment.c - the tables of findings about the environment and of the whole manifest. */
#include "bench/report/report.h"

#include <string.h>

int report_table_findings(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"topic", "grade", "finding", NULL}, *const grades[] = {"warning",
											"note", "unknown",
											"ok"};
	size_t i;
	json_t *finding;
	report_table_begin(g, heads);
	for (size_t k = 0; k < sizeof grades / sizeof *grades; k++) /* the most serious first */
		json_array_foreach(json_object_get(d->manifest, "findings"), i, finding)
		{
			const char *grade = json_string_value(json_object_get(finding, "grade")),
				   *topic = json_string_value(json_object_get(finding, "topic")),
				   *says = json_string_value(json_object_get(finding, "says"));
			if (!grade || !topic || !says || strcmp(grade, grades[k]) != 0)
				continue;
			if (report_table_pair(g, topic, grade, e) != 0)
				return -1;
			snprintf(g->cells[(g->rows - 1) * g->columns + 2].text, sizeof g->cells->text, "%s",
				says);
		}
	return 0;
}

/* A scalar of the manifest as text; false for what holds others. */
static bool scalar_text(const json_t *value, char *text, size_t size)
{
	if (json_is_string(value))
		snprintf(text, size, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(text, size, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
	else
		return false;
	return true;
}

enum { MOST_LISTED = 24 };

/* A short array of scalars as one text; of anything else, how many. */
static void array_text(const json_t *array, char *text, size_t size)
{
	size_t used = 0, i;
	json_t *value;
	char one[320];
	text[0] = '\0';
	json_array_foreach((json_t *)(uintptr_t)array, i, value)
	{
		if (json_array_size(array) > MOST_LISTED || !scalar_text(value, one, sizeof one)) {
			snprintf(text, size, "%zu entries", json_array_size(array));
			return;
		}
		int n = snprintf(text + used, size - used, "%s%s", i ? " " : "", one);
		used += (size_t)n;
		if (used >= size)
			return;
	}
}

int report_table_manifest(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"key", "value", NULL};
	enum { DEEPEST = 4 };
	struct {
		json_t *object;
		void *at;
		char path[128];
	} level[DEEPEST];
	int depth = 0;
	report_table_begin(g, heads);
	level[0].object = d->manifest;
	level[0].at = json_object_iter(d->manifest);
	level[0].path[0] = '\0';
	while (depth >= 0) {
		void *at = level[depth].at;
		if (!at) {
			depth--;
			continue;
		}
		json_t *value = json_object_iter_value(at);
		char path[200], text[320];
		snprintf(path, sizeof path, "%s%s", level[depth].path, json_object_iter_key(at));
		level[depth].at = json_object_iter_next(level[depth].object, at);
		int result = 0;
		if (json_is_object(value) && depth + 1 < DEEPEST) {
			depth++;
			level[depth].object = value;
			level[depth].at = json_object_iter(value);
			snprintf(level[depth].path, sizeof level[depth].path, "%.100s.", path);
		} else if (json_is_array(value)) {
			array_text(value, text, sizeof text);
			result = report_table_pair(g, path, text, e);
		} else if (scalar_text(value, text, sizeof text))
			result = report_table_pair(g, path, text, e);
		if (result != 0)
			return -1;
	}
	return 0;
}
