/* SPDX-License-Identifier: MIT */
/* history.c - the command `history`: where the times of one machine changed over a series of sweeps. */
#include "bench/data/history.h"

#include "base/options.h"
#include "base/units.h"
#include "bench/commands/command.h"
#include "bench/data/row_json.h"
#include "bench/data/view.h"
#include "bench/report/history_page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct history_args {
	struct history_rules rules;
	unsigned method, format, fail_on; /* enum history_method, format, failing */
	uint64_t recent;
	const char *out;
};

/* --- for people --- */

static const char *since_cell(const void *row, char *text)
{
	return units_date(((const struct change_row *)row)->started, text);
}

static const char *commit_cell(const void *row, char *text)
{
	snprintf(text, GRID_TEXT, "%.12s", ((const struct change_row *)row)->commit);
	return text;
}

static const char *verdict_cell(const void *row, char *text)
{
	(void)text;
	return ((const struct change_row *)row)->verdict;
}

static const char *ratio_cell(const void *row, char *text)
{
	const struct change_row *c = row;
	int n = snprintf(text, GRID_TEXT, "%.3f", c->ratio);
	if (!isnan(c->ratio_low))
		snprintf(text + n, GRID_TEXT - (size_t)n, " [%.3f %.3f]", c->ratio_low, c->ratio_high);
	return text;
}

static const char *p_cell(const void *row, char *text)
{
	const struct change_row *c = row;
	snprintf(text, GRID_TEXT, "%.2g", c->p_value);
	return text;
}

static const char *before_cell(const void *row, char *text)
{
	return units_seconds(((const struct change_row *)row)->before_seconds, text);
}

static const char *after_cell(const void *row, char *text)
{
	return units_seconds(((const struct change_row *)row)->after_seconds, text);
}

static const char *sweeps_cell(const void *row, char *text)
{
	const struct change_row *c = row;
	snprintf(text, GRID_TEXT, "%" PRIu64 " : %" PRIu64, c->before_sweeps.value, c->after_sweeps.value);
	return text;
}

static const struct view_column shown[] = {
	{"since", since_cell},
	{"commit", commit_cell},
	{"verdict", verdict_cell},
	{"after : before", ratio_cell},
	{"p", p_cell},
	{"before", before_cell},
	{"after", after_cell},
	{"sweeps", sweeps_cell},
};

static int by_time(const void *a, const void *b)
{
	const struct change_row *x = a, *y = b;
	if (x->sweep.value != y->sweep.value)
		return x->sweep.value < y->sweep.value ? -1 : 1;
	return (x->ratio < y->ratio) - (x->ratio > y->ratio);
}

static int print_text(struct history *h, struct err *e)
{
	size_t changed = 0;
	for (size_t i = 0; i < h->cells; i++)
		changed += h->cell[i].changes > 0;
	printf("%zu sweeps, %zu cells: %zu change%s in %zu of them (%s, level %g, margin %g %%)\n", h->sweeps,
		h->tested, h->changes.count, units_plural(h->changes.count), changed,
		h->rules.method == HISTORY_HUNTER ? "Hunter" : "E-divisive", h->rules.level,
		100 * h->rules.margin);
	if (h->cells > h->tested)
		printf("not judged: %zu cells that are in fewer sweeps than a test needs\n",
			h->cells - h->tested);
	if (h->changes.count == 0)
		return 0;
	putchar('\n');
	qsort(h->changes.rows, h->changes.count, h->changes.row_size, by_time);
	return view_print(stdout, &h->changes, shown, sizeof shown / sizeof *shown, e);
}

/* --- the command --- */

static int set_level(const char *name, const char *text, void *target, struct err *e)
{
	char *end;
	const double level = strtod(text, &end);
	(void)name;
	if (*text < '0' || *text > '9' || *end || !(level >= 0.0001 && level <= 0.5))
		return err_set(e, ERR_USAGE, "'%s' is not a probability from 0.0001 to 0.5", text);
	*(double *)target = level;
	return 0;
}

static const struct option_spec specs[] = {
	OPTION_CHOICE("method", struct history_args, method, "edivisive|hunter",
		"edivisive: permutation tests; hunter: Welch's t-tests, after Hunter (default: edivisive)"),
	OPTION_CALL("level", struct history_args, rules.level, set_level, "P",
		"probability of a change where there is none (default: 0.05; for hunter 0.001)"),
	OPTION_CALL("margin", struct history_args, rules.margin, options_percent, "PERCENT",
		"largest change that counts as none (default: 1)"),
	OPTION_CHOICE("fail-on", struct history_args, fail_on, "slower|faster|change",
		"exit with status 1 if any cell changed so"),
	OPTION_NUMBER("recent", struct history_args, recent, 1, 1000000,
		"--fail-on looks at changes within the last N sweeps only (default: all)"),
	OPTION_TEXT("out", struct history_args, out, "DIR",
		"write a page too: history.html, history.md and plots/ in DIR"),
	OPTION_CHOICE(
		"format", struct history_args, format, "text|json|csv", "output format (default: text)"),
	{0}};

static const struct options options = {
	.usage = "parscale history DIR DIR... [options]",
	.about =
		"Puts sweeps of one machine in order of time and finds, cell by cell, where its time changed: E-divisive over the medians of the sweeps, adjusted for all cells. At least 6 sweeps; a change shows from the second sweep after it.",
	.table = specs,
};

static int check_changes(const struct history_args *a, const struct history *h, struct err *e)
{
	size_t slower = 0, faster = 0;
	for (size_t i = 0; i < h->changes.count; i++) {
		const struct change_row *row = table_row(&h->changes, i);
		if (a->recent > 0 && row->sweep.value + a->recent < h->sweeps)
			continue;
		if (row->ratio > 1)
			slower += a->fail_on != FAIL_ON_FASTER;
		else
			faster += a->fail_on != FAIL_ON_SLOWER;
	}
	if (a->fail_on == FAIL_ON_NONE || slower + faster == 0)
		return 0;
	return err_set(e, ERR_FAILED, "history: %zu changes to slower, %zu to faster", slower, faster);
}

int history_main(int argc, char **argv, struct err *e)
{
	struct history_args a = {.rules = {.level = 0, .margin = 0.01}, .fail_on = FAIL_ON_NONE};
	struct history h;
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	a.rules.method = a.method;
	if (a.rules.level == 0)
		a.rules.level = a.method == HISTORY_HUNTER ? 0.001 : 0.05;
	int bad = history_open(&h, argv + first, (size_t)(argc - first), &a.rules, e);
	if (!bad && a.out)
		bad = history_page_write(&h, a.out, a.format == FORMAT_TEXT ? stdout : stderr, e);
	if (!bad)
		bad = a.format == FORMAT_TEXT ? print_text(&h, e)
					      : table_print(stdout, &h.changes, a.format, e);
	if (!bad)
		bad = check_changes(&a, &h, e);
	history_close(&h);
	return bad;
}
