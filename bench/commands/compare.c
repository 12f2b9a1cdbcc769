/* SPDX-License-Identifier: MIT */
/*
 * compare.c - the command `compare`: which cells of one results folder, or file of Google Benchmark, are slower or
 * faster than in another, or in several, as a table, JSON or CSV; with --fail-on a change is an exit status of 1.
 */
#include "base/options.h"
#include "base/units.h"
#include "bench/commands/command.h"
#include "bench/data/comparison.h"
#include "bench/data/folder.h"
#include "bench/data/gbench_json.h"
#include "bench/data/row_json.h"
#include "bench/data/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct compare_args {
	char **a; /* one or more: what b is compared with */
	size_t a_count;
	const char *b;
	struct comparison_rules rules;
	unsigned format, fail_on; /* enum format, enum failing */
	bool cross_machine;
	/* of the sweep in b, where no A is named: the folders of its other programs */
	char others[FOLDER_OTHERS][FOLDER_PATH], *other[FOLDER_OTHERS];
};

/* One of the comparisons. */
struct compared {
	const char *a, *b;
	struct comparison_rules rules;
	bool files; /* a side is a file of Google Benchmark */
	struct comparison_result result;
	struct table rows;
};

/* --- for people --- */

static const char *verdict_cell(const void *row, char *text)
{
	(void)text;
	return ((const struct comparison *)row)->verdict;
}

static const char *ratio_cell(const void *row, char *text)
{
	const struct comparison *c = row;
	if (isnan(c->ratio))
		return "";
	int n = snprintf(text, GRID_TEXT, "%.3f", c->ratio);
	if (!isnan(c->ratio_low))
		snprintf(text + n, GRID_TEXT - (size_t)n, " [%.3f %.3f]", c->ratio_low, c->ratio_high);
	return text;
}

static const char *q_cell(const void *row, char *text)
{
	const struct comparison *c = row;
	if (isnan(c->q_value))
		return "";
	snprintf(text, GRID_TEXT, "%.2g", c->q_value);
	return text;
}

static const char *a_cell(const void *row, char *text)
{
	return units_time(((const struct comparison *)row)->a_seconds * 1e9, text);
}

static const char *b_cell(const void *row, char *text)
{
	return units_time(((const struct comparison *)row)->b_seconds * 1e9, text);
}

static const char *launches_cell(const void *row, char *text)
{
	const struct comparison *c = row;
	if (c->pairs.known)
		snprintf(text, GRID_TEXT, "%" PRIu64 " pairs", c->pairs.value);
	else
		snprintf(text, GRID_TEXT, "%" PRIu64 " : %" PRIu64, c->a_launches.value, c->b_launches.value);
	return text;
}

static const char *needed_cell(const void *row, char *text)
{
	const struct comparison *c = row;
	if (!c->launches_needed.known)
		return "";
	snprintf(text, GRID_TEXT, "%" PRIu64, c->launches_needed.value);
	return text;
}

static const struct view_column shown[] = {
	{"verdict", verdict_cell},
	{"B : A", ratio_cell},
	{"q", q_cell},
	{"A", a_cell},
	{"B", b_cell},
	{"launches", launches_cell},
	{"needed", needed_cell},
};

static void print_sums(FILE *f, const struct compared *of)
{
	const struct comparison_rules *rules = &of->rules;
	const struct comparison_result *r = &of->result;
	const struct table *rows = &of->rows;
	uint64_t needed = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct comparison *c = table_row(rows, i);
		if (comparison_verdict(c) == VERDICT_UNDECIDED && c->launches_needed.value > needed)
			needed = c->launches_needed.value;
	}
	fprintf(f, "%zu cells:", rows->count);
	for (size_t v = 0; v < VERDICT_COUNT; v++)
		fprintf(f, "%s %zu %s", v ? "," : "", r->verdicts[v], verdict_names[v]);
	fprintf(f, " (margin %g %%, false discovery rate 5 %%)\n", 100 * rules->margin);
	if (r->only_a || r->only_b)
		fprintf(f, "not compared: %zu cells only in A, %zu only in B\n", r->only_a, r->only_b);
	if (needed)
		fprintf(f, "needed to detect a change of %g %% in every undecided cell: %" PRIu64 " %s\n",
			100 * rules->effect, needed,
			rules->paired ? "pairs of launches" : "launches on each side");
	if (of->files)
		fprintf(f,
			"Google Benchmark's repetitions count as launches; what varies between processes is not in them\n");
	if (rules->paired)
		fprintf(f,
			"one sweep measured both, launch by launch in turn: paired comparison (Wilcoxon signed-rank test)\n");
}

/* `place` of `count` comparisons. */
static int print_text(struct compared *of, size_t place, size_t count, struct err *e)
{
	struct table *rows = &of->rows;
	if (count > 1)
		printf("%sA: %s, B: %s\n", place > 0 ? "\n" : "", of->a, of->b);
	print_sums(stdout, of);
	putchar('\n');
	qsort(rows->rows, rows->count, rows->row_size, comparison_by_urgency);
	return view_print(stdout, rows, shown, sizeof shown / sizeof *shown, e);
}

/* --- the command --- */

static const struct option_spec specs[] = {
	OPTION_CALL("margin", struct compare_args, rules.margin, options_percent, "PERCENT",
		"largest change that counts as none (default: 1)"),
	OPTION_CALL("effect", struct compare_args, rules.effect, options_percent, "PERCENT",
		"effect size for the sample-size estimate (default: 3 x margin)"),
	OPTION_CHOICE("fail-on", struct compare_args, fail_on, "slower|faster|change",
		"exit with status 1 if any cell has this verdict, or if B failed to measure one"),
	OPTION_FLAG("cross-machine", struct compare_args, cross_machine, "compare different machines"),
	OPTION_CHOICE(
		"format", struct compare_args, format, "text|json|csv", "output format (default: text)"),
	{0}};

static const struct options options = {
	.usage = "parscale compare A... B [options]\nparscale compare DIR [options]",
	.about =
		"Compares folders of results cell by cell: B with A, or with each of several; DIR with the other programs that were measured in its sweep. Any may be a JSON file of Google Benchmark. faster, slower: the medians of launches differ by more than the margin, by the Mann-Whitney test adjusted for all cells; "
		"same: the 95 % interval of the ratio lies within the margin; undecided: neither, with the number of launches that would decide. "
		"If one sweep measured both (parscale sweep --against), each launch is compared with its neighbour, by Wilcoxon's test. Each A is a comparison by itself.",
	.table = specs,
};

/* What a sweep of several programs compares. */
static int take_others(struct compare_args *a, struct err *e)
{
	struct folder_others others;
	json_t *manifest = gbench_json_is(a->b) ? NULL : folder_manifest(a->b, e);
	int status = e->status != ERR_NONE ? -1 : folder_others(manifest, a->b, &others, e);
	if (status == 0 && others.count == 0)
		status = err_set(e, ERR_USAGE,
			"compare: name two folders or files of results: %s is of no sweep of several programs%s",
			a->b, others.part ? ", but a part of one" : "");
	for (; status == 0 && a->a_count < others.count; a->a_count++) {
		a->other[a->a_count] = a->others[a->a_count];
		status = folder_path(a->others[a->a_count], a->b, others.list[a->a_count].folder, e);
	}
	a->a = a->other;
	json_decref(manifest);
	return status;
}

/* 0 after --help, 1 where there is something to compare. */
static int parse(int argc, char **argv, struct compare_args *a, struct err *e)
{
	*a = (struct compare_args){.rules = {.margin = 0.01}, .fail_on = FAIL_ON_NONE};
	const int first = options_parse(&options, argc, argv, a, e);
	if (first <= 0)
		return first;
	if (argc == first)
		return err_set(e, ERR_USAGE, "compare: name two folders or files of results, not 0");
	a->a = argv + first;
	a->a_count = (size_t)(argc - first - 1);
	a->b = argv[argc - 1];
	if (a->rules.effect == 0)
		a->rules.effect = a->rules.margin > 0 ? 3 * a->rules.margin : 0.03;
	if (a->rules.effect <= a->rules.margin)
		return err_set(e, ERR_USAGE, "--effect: %g %% is not above the margin of %g %%",
			100 * a->rules.effect, 100 * a->rules.margin);
	return a->a_count > 0 || take_others(a, e) == 0 ? 1 : -1;
}

static int check_verdicts(unsigned fail_on, const struct comparison_result *r, struct err *e)
{
	size_t slower = fail_on == FAIL_ON_FASTER ? 0 : r->verdicts[VERDICT_SLOWER];
	size_t faster = fail_on == FAIL_ON_SLOWER ? 0 : r->verdicts[VERDICT_FASTER],
	       lost = r->verdicts[VERDICT_UNMEASURED];
	if (fail_on == FAIL_ON_NONE || slower + faster + lost == 0)
		return 0;
	return err_set(e, ERR_FAILED,
		"compare: %zu cells slower, %zu faster, %zu without a sample that counts",
		r->verdicts[VERDICT_SLOWER], r->verdicts[VERDICT_FASTER], lost);
}

/* The samples of one side. Beside a file of Google Benchmark a folder's cells have the names that such a file has. */
static int take_side(const char *path, bool any_file, bool both_files, struct table *t, struct err *e)
{
	if (gbench_json_is(path))
		return gbench_json_read(path, !both_files, t, e);
	return folder_samples(path, t, e) != 0 || (any_file && gbench_json_rename(t, e) != 0) ? -1 : 0;
}

static int compare_sides(struct compared *of, struct err *e)
{
	const bool file_a = gbench_json_is(of->a), file_b = gbench_json_is(of->b), any = file_a || file_b;
	struct table x, y;
	table_init(&y, sample_columns, sizeof(struct sample));
	of->files = any;
	of->rules.paired = !any && folder_paired(of->a, of->b);
	int bad = take_side(of->a, any, file_a && file_b, &x, e);
	if (!bad)
		bad = take_side(of->b, any, file_a && file_b, &y, e);
	if (!bad)
		bad = comparison_make(&x, &y, &of->rules, &of->rows, &of->result, e);
	if (!bad && of->rows.count == 0)
		bad = err_set(e, ERR_USAGE, "compare: %s and %s have no cell in common", of->a, of->b);
	for (size_t i = 0; !bad && i < of->rows.count; i++) {
		struct comparison *row = table_row(&of->rows, i);
		snprintf(row->baseline, sizeof row->baseline, "%s", of->a);
	}
	table_free(&x);
	table_free(&y);
	return bad;
}

/* Whether both sides are of one machine, as far as they say. */
static int check_alike(const struct compare_args *a, const char *with, struct err *e)
{
	if (a->cross_machine)
		return 0;
	if (gbench_json_is(with) || gbench_json_is(a->b))
		return gbench_json_alike(with, a->b, e);
	return folder_alike(with, a->b, e);
}

/* All rows, for machines. */
static int print_rows(const struct compare_args *a, const struct compared *list, struct err *e)
{
	struct table all;
	int bad = 0;
	table_init(&all, comparison_columns, sizeof(struct comparison));
	for (size_t k = 0; k < a->a_count && !bad; k++)
		for (size_t i = 0; i < list[k].rows.count && !bad; i++)
			bad = table_add(&all, table_row(&list[k].rows, i), e) ? 0 : -1;
	if (!bad)
		bad = table_print(stdout, &all, a->format, e);
	table_free(&all);
	return bad;
}

/* Everything is compared before anything is printed. */
static int compare_all(const struct compare_args *a, struct compared *list, struct err *e)
{
	struct comparison_result sum = {0};
	for (size_t k = 0; k < a->a_count; k++)
		if (check_alike(a, a->a[k], e) != 0)
			return -1;
	for (size_t k = 0; k < a->a_count; k++) {
		if (compare_sides(&list[k], e) != 0)
			return -1;
		for (size_t v = 0; v < VERDICT_COUNT; v++)
			sum.verdicts[v] += list[k].result.verdicts[v];
	}
	if (a->format != FORMAT_TEXT && print_rows(a, list, e) != 0)
		return -1;
	for (size_t k = 0; a->format == FORMAT_TEXT && k < a->a_count; k++)
		if (print_text(&list[k], k, a->a_count, e) != 0)
			return -1;
	return check_verdicts(a->fail_on, &sum, e);
}

int compare_main(int argc, char **argv, struct err *e)
{
	struct compare_args a;
	const int parsed = parse(argc, argv, &a, e);
	if (parsed <= 0)
		return parsed;
	struct compared *list = calloc(a.a_count, sizeof *list);
	if (!list)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t k = 0; k < a.a_count; k++) {
		list[k] = (struct compared){.a = a.a[k], .b = a.b, .rules = a.rules};
		table_init(&list[k].rows, comparison_columns, sizeof(struct comparison));
	}
	int bad = compare_all(&a, list, e);
	for (size_t k = 0; k < a.a_count; k++)
		table_free(&list[k].rows);
	free(list);
	return bad;
}
