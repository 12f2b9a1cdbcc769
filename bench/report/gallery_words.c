/* SPDX-License-Identifier: MIT */
/* gallery_words.c - the sentences of a gallery: what is unlike between its machines, and its answers. */
#include "base/units.h"
#include "bench/report/gallery_page.h"
#include "kernels/kernel.h"

#include <math.h>
#include <string.h>

/* Whether two facts are the same but for blanks at their ends, as flags have them. */
static bool same_fact(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	while (n > 0 && a[n - 1] == ' ')
		n--;
	while (m > 0 && b[m - 1] == ' ')
		m--;
	return n == m && memcmp(a, b, n) == 0;
}

/* Adds a name to a list that says how many more there are once it is long. */
static void add_name(char *text, size_t size, size_t n, const char *name)
{
	enum { MOST = 5 };
	const size_t used = strlen(text);
	if (n < MOST)
		snprintf(text + used, size - used, "%s%.60s", n ? ", " : "", name);
	else if (n == MOST)
		snprintf(text + used, size - used, ", ...");
}

/* "compiler: gcc 12 (a, b), clang 16 (c)" where machines that know a fact do not agree in it. */
static bool differ(const struct gallery *g, const char *path, const char *what, char *text, size_t size)
{
	size_t kinds = 0;
	snprintf(text, size, "%s: ", what);
	for (size_t i = 0; i < g->count; i++) {
		const char *mine = gallery_fact(&g->machine[i], path);
		char names[400] = "";
		size_t n = 0;
		bool first = *mine;
		for (size_t k = 0; k < i; k++)
			first = first && !same_fact(mine, gallery_fact(&g->machine[k], path));
		for (size_t k = i; first && k < g->count; k++)
			if (same_fact(mine, gallery_fact(&g->machine[k], path)))
				add_name(names, sizeof names, n++, g->machine[k].name);
		const size_t used = strlen(text);
		if (first && used < size)
			snprintf(text + used, size - used, "%s%.60s (%.150s)", kinds++ ? "; " : "", mine,
				names);
	}
	return kinds > 1;
}

/* Whether there is anything to say. */
static bool say_builds(const struct gallery *g, struct sentences *s)
{
	static const struct {
		const char *path, *what;
	} facts[] = {{"build.compiler", "compiler"}, {"build.flags", "flags"}, {"build.commit", "source"},
		{"build.openmp", "OpenMP"}, {"build.libc", "libc"}, {"plan.meter", "meter"}};
	enum { IN_FULL = 3 };
	char text[440], others[100] = "";
	size_t n = 0;
	bool any = false;
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (!differ(g, facts[i].path, facts[i].what, text, sizeof text))
			continue;
		any = true;
		if (i < IN_FULL)
			sentences_add(s, "Builds differ in %s.", text);
		else
			add_name(others, sizeof others, n++, facts[i].what);
	}
	if (n > 0)
		sentences_add(s, "Builds differ in %s too; the folders' manifest.json says how.", others);
	return any;
}

static void say_same(const struct gallery *g, struct sentences *s)
{
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = 0; k < i; k++) {
			const char *a = gallery_fact(&g->machine[i], "machine.key"),
				   *b = gallery_fact(&g->machine[k], "machine.key");
			if (*a && strcmp(a, b) == 0)
				sentences_add(s,
					"%s and %s are one machine, or two alike: `parscale compare` tests "
					"them cell by cell.",
					g->machine[k].name, g->machine[i].name);
		}
}

/* Kernels that some machine did not measure, or not on the problem of the others. */
static void say_missing(const struct gallery *g, struct sentences *s)
{
	for (size_t k = 0; k < g->subjects; k++) {
		char names[400] = "", items[UNITS_BYTES];
		size_t n = 0;
		for (size_t m = 0; m < g->count; m++)
			if (!gallery_at(g, k, m)->whole.row)
				add_name(names, sizeof names, n++, g->machine[m].name);
		if (n > 0 && g->kernel[k].problem)
			sentences_add(s, "%s: compared on %s %s, which %zu of %zu machines measured; not %s.",
				g->kernel[k].name, units_size(g->kernel[k].problem->items.value, items),
				kernel_items(g->kernel[k].name), g->count - n, g->count, names);
	}
}

static void say_variants(const struct gallery *g, struct sentences *s)
{
	char names[300] = "";
	size_t n = 0;
	for (size_t k = 0; k < g->subjects; k++) {
		const char *first = NULL;
		bool unlike = false;
		for (size_t m = 0; m < g->count; m++) {
			const struct summary *row = gallery_at(g, k, m)->whole.row;
			unlike = unlike || (row && first && strcmp(row->cell.variant, first) != 0);
			first = row ? row->cell.variant : first;
		}
		if (unlike)
			add_name(names, sizeof names, n++, g->kernel[k].name);
	}
	if (n > 0)
		sentences_add(s, "Variants differ, each machine's best: %s. The tables name them.", names);
}

bool gallery_caveats(const struct gallery *g, struct sentences *s)
{
	size_t without = 0;
	s->count = 0;
	if (g->simulated)
		sentences_add(s, "Simulated machines are among these: their numbers were not measured.");
	const bool builds_differ = say_builds(g, s);
	if (builds_differ)
		sentences_add(s, "Where builds differ, a ratio is that of machine and build together.");
	for (size_t i = 0; i < g->count; i++)
		without += g->machine[i].d.samples.count == 0;
	if (without > 0)
		sentences_add(s,
			"%zu folder%s without samples.csv: verdicts rest on the intervals in summary.csv.",
			without, units_plural(without));
	say_same(g, s);
	say_variants(g, s);
	say_missing(g, s);
	return builds_differ;
}

/* --- answers --- */

static struct answer *next_answer(struct headline *h, const char *id, const char *question)
{
	struct answer *a = &h->answer[h->count++];
	*a = (struct answer){.id = id, .question = question};
	return a;
}

static void answer_fastest(const struct gallery *g, struct headline *h)
{
	const struct gallery_machine *first = &g->machine[g->order[0]], *base = &g->machine[g->base];
	char text[REPORT_RANGED];
	if (isnan(first->mean.value))
		return;
	struct answer *a = next_answer(h, "fastest", "Fastest machine");
	if (first == base)
		snprintf(a->text, sizeof a->text, "%s, the base, over %zu kernel%s.", first->name,
			g->in_common, units_plural(g->in_common));
	else
		snprintf(a->text, sizeof a->text,
			"%s: %s times %s with all CPUs, as geometric mean over %zu kernel%s.", first->name,
			report_ranged(first->mean, text), base->name, g->in_common,
			units_plural(g->in_common));
}

/* Of each kernel the machine with the most of something. */
static void answer_most(const struct gallery *g, struct headline *h, const char *id, const char *question,
	const char *per, double value(const struct gallery *g, size_t k, size_t m))
{
	char text[sizeof h->answer[0].text - 1] = ""; /* a full stop follows */
	for (size_t k = 0; k < g->subjects; k++) {
		size_t best = g->count, having = 0;
		for (size_t m = 0; m < g->count; m++) {
			const double v = value(g, k, m);
			having += isnan(v) ? 0 : 1;
			if (!isnan(v) && (best == g->count || v > value(g, k, best)))
				best = m;
		}
		const size_t used = strlen(text);
		char rate[GALLERY_RATE];
		if (having >= 2)
			snprintf(text + used, sizeof text - used, "%s%s: %s (%s%s)", used ? "; " : "",
				g->kernel[k].name, g->machine[best].name,
				gallery_rate_text(&g->kernel[k], value(g, k, best), rate), per);
	}
	if (*text)
		snprintf(next_answer(h, id, question)->text, sizeof h->answer[0].text, "%s.", text);
}

static double core_rate(const struct gallery *g, size_t k, size_t m)
{
	return gallery_at(g, k, m)->one.rate.value;
}

static double price_rate(const struct gallery *g, size_t k, size_t m)
{
	return gallery_at(g, k, m)->whole.rate.value / g->machine[m].price;
}

static double watt_rate(const struct gallery *g, size_t k, size_t m)
{
	return gallery_at(g, k, m)->whole.rate.value / g->machine[m].watts;
}

static void answer_trust(const struct gallery *g, bool builds_differ, struct headline *h)
{
	size_t count[3] = {0}, open = 0, ratios = 0;
	char names[400] = "", why[320];
	for (size_t m = 0; m < g->count; m++) {
		const enum trust t = report_verdict(&g->machine[m].d, why, sizeof why);
		if (t == TRUST_POOR)
			add_name(names, sizeof names, count[t], g->machine[m].name);
		count[t]++;
		for (size_t k = 0; m != g->base && k < g->kernels; k++) {
			const struct gallery_rate *x = &gallery_at(g, k, m)->whole;
			ratios += isnan(x->ratio.value) ? 0 : 1;
			open += !isnan(x->ratio.value) && x->verdict == VERDICT_UNDECIDED;
		}
	}
	struct answer *a = next_answer(h, "trust", "How far to trust it");
	snprintf(a->text, sizeof a->text,
		"%zu of %zu sweeps are good, %zu to be read with care, %zu poor%s%s%s. %zu of %zu ratios are "
		"undecided at 5 %% false discoveries.%s",
		count[TRUST_GOOD], g->count, count[TRUST_CARE], count[TRUST_POOR], *names ? " (" : "", names,
		*names ? ")" : "", open, ratios,
		builds_differ ? " Warning: builds differ; a ratio is that of machine and build together."
			      : "");
}

void gallery_answers(const struct gallery *g, bool builds_differ, struct headline *h)
{
	answer_fastest(g, h);
	answer_most(g, h, "core", "Fastest single worker", "", core_rate);
	answer_most(g, h, "price", "Most per price", " per unit of price", price_rate);
	answer_most(g, h, "watt", "Most per watt", " per watt", watt_rate);
	answer_trust(g, builds_differ, h);
}
