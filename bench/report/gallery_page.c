/* SPDX-License-Identifier: MIT */
/*
 * gallery_page.c - the page of a gallery: its answers, tables and caveats, in the one order, as HTML and Markdown.
 */
#include "base/units.h"
#include "bench/report/gallery.h"
#include "bench/report/report.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The tables of one kernel. */
struct part {
	struct report_table whole, one, value;
};

struct page {
	const struct gallery *g;
	const char *out;
	struct plots plots;
	char no_plots[400];
	struct headline headline;
	struct sentences caveats;
	struct report_table machines, means, ceilings, trust, folders;
	struct part part[GALLERY_KERNELS];
};

/* --- texts of cells --- */

static const char *fact(const struct gallery_machine *m, const char *path)
{
	const char *text = dataset_text(&m->d, path);
	return text ? text : "";
}

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

/* "1.98 (1.75 to 2.00)" */
static char *ranged_text(struct ranged v, char text[96])
{
	char a[UNITS_BYTES], b[UNITS_BYTES], c[UNITS_BYTES];
	if (isnan(v.low) || v.low == v.high)
		snprintf(text, 96, "%s", units_ratio(v.value, a));
	else
		snprintf(text, 96, "%s (%s to %s)", units_ratio(v.value, a), units_ratio(v.low, b),
			units_ratio(v.high, c));
	return text;
}

static void put_ratio(struct report_cell *c, const struct gallery_rate *x)
{
	char text[96];
	report_table_number(c, x->ratio.value, ranged_text(x->ratio, text));
}

static void put_verdict(
	const struct gallery *g, size_t machine, struct report_cell *c, const struct gallery_rate *x)
{
	if (machine == g->base)
		report_table_text(c, "base");
	else if (!isnan(x->ratio.value))
		report_table_text(c, verdict_names[x->verdict]);
}

static void put_rate(struct report_cell *c, struct report_cell *interval, const struct gallery_kernel *k,
	struct ranged rate)
{
	char text[GALLERY_RATE + 40], a[UNITS_BYTES], b[UNITS_BYTES];
	report_table_number(c, rate.value, gallery_rate_text(k, rate.value, text));
	if (isnan(rate.low))
		return;
	snprintf(text, sizeof text, "%s to %s", units_count(rate.low, a), units_count(rate.high, b));
	report_table_number(interval, (rate.high - rate.low) / rate.value, text);
}

static void put_double(struct report_cell *c, double value, int digits)
{
	char text[64];
	snprintf(text, sizeof text, "%.*g", digits, value);
	report_table_number(c, value, text);
}

/* --- tables --- */

static void put_caches(const struct gallery_machine *m, struct report_cell *c)
{
	char text[96] = "", bytes[UNITS_BYTES];
	for (int level = 1; level <= 3; level++) {
		const uint64_t cache = dataset_cache(&m->d, level);
		const size_t used = strlen(text);
		if (cache > 0)
			snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
				units_bytes_exact(cache, bytes));
	}
	report_table_text(c, text);
}

static int table_machines(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "model", "CPUs", "cores", "L1d, L2, L3", "memory",
		"hypervisor", "compiler", "flags", "parscale", "measured", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[i];
		struct report_cell *c = report_table_row(t, e);
		char text[120];
		if (!c)
			return -1;
		report_table_text(&c[0], m->name);
		report_table_text(&c[1], fact(m, "machine.model"));
		if (m->cpus > 0) {
			report_table_count(&c[2], uint_known(m->cpus));
			report_table_count(&c[3], uint_known(m->cores));
		}
		put_caches(m, &c[4]);
		const double memory = dataset_number(&m->d, "machine.memory_bytes");
		report_table_number(&c[5], memory, units_bytes(memory, text));
		report_table_text(&c[6], fact(m, "machine.hypervisor"));
		report_table_text(&c[7], fact(m, "build.compiler"));
		report_table_text(&c[8], fact(m, "build.flags"));
		snprintf(text, sizeof text, "%.30s %.40s", fact(m, "build.version"), fact(m, "build.commit"));
		report_table_text(&c[9], text);
		dataset_started(&m->d, text, sizeof text);
		report_table_text(&c[10], text);
	}
	return 0;
}

/* The ratios of all kernels side by side: the page in one table. */
static int table_means(const struct gallery *g, struct report_table *t, const char **heads, struct err *e)
{
	size_t n = 0;
	heads[n++] = "machine";
	heads[n++] = "geometric mean";
	for (size_t k = 0; k < g->subjects && n < REPORT_KERNELS / 2; k++)
		heads[n++] = g->kernel[k].name;
	heads[n] = NULL;
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const size_t m = g->order[i];
		struct report_cell *c = report_table_row(t, e);
		char text[96];
		if (!c)
			return -1;
		report_table_text(&c[0], g->machine[m].name);
		if (m == g->base)
			report_table_number(&c[1], 1, "1 (base)");
		else
			report_table_number(
				&c[1], g->machine[m].mean.value, ranged_text(g->machine[m].mean, text));
		for (size_t k = 0; k + 2 < n; k++) {
			const struct gallery_rate *x = &gallery_at(g, k, m)->whole;
			const bool open = m != g->base && x->verdict == VERDICT_UNDECIDED;
			ranged_text(x->ratio, text);
			if (open)
				snprintf(text + strlen(text), sizeof text - strlen(text), " undecided");
			report_table_number(&c[k + 2], x->ratio.value, text);
		}
	}
	return 0;
}

static int table_whole(const struct gallery *g, size_t k, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "workers", "back end", "variant", "rate",
		"95 % interval", "rate / base", "verdict", "per core", "per core / base", "% of ceiling",
		"samples", NULL};
	const struct gallery_kernel *kernel = &g->kernel[k];
	const struct gallery_machine *base = &g->machine[g->base];
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const size_t m = g->order[i];
		const struct gallery_rate *x = &gallery_at(g, k, m)->whole;
		const struct summary *s = x->row;
		const unsigned cores = g->machine[m].cores;
		struct report_cell *c = report_table_row(t, e);
		char text[GALLERY_RATE + 40];
		if (!c)
			return -1;
		report_table_text(&c[0], g->machine[m].name);
		if (!s)
			continue;
		report_table_count(&c[1], s->cell.workers);
		snprintf(text, sizeof text, "%.40s%s%.40s", s->cell.backend, *s->cell.lifetime ? ", " : "",
			s->cell.lifetime);
		report_table_text(&c[2], text);
		report_table_text(&c[3], s->cell.variant);
		put_rate(&c[4], &c[5], kernel, x->rate);
		put_ratio(&c[6], x);
		put_verdict(g, m, &c[7], x);
		if (cores > 0) {
			const double each = x->rate.value / cores;
			report_table_number(&c[8], each, gallery_rate_text(kernel, each, text));
			if (base->cores > 0)
				put_double(&c[9], x->ratio.value * base->cores / cores, 3);
		}
		if (*s->ceiling) {
			snprintf(text, sizeof text, "%.0f %% of %.12s", s->pct_of_ceiling, s->ceiling);
			report_table_number(&c[10], s->pct_of_ceiling, text);
		}
		report_table_count(&c[11], s->samples);
	}
	return 0;
}

static int table_one(const struct gallery *g, size_t k, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "back end", "variant", "rate", "95 % interval",
		"rate / base", "verdict", "all CPUs / one worker", "% of ceiling", NULL};
	const struct gallery_kernel *kernel = &g->kernel[k];
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const size_t m = g->order[i];
		const struct gallery_entry *x = gallery_at(g, k, m);
		const struct summary *s = x->one.row;
		struct report_cell *c = report_table_row(t, e);
		char text[GALLERY_RATE];
		if (!c)
			return -1;
		report_table_text(&c[0], g->machine[m].name);
		if (!s)
			continue;
		report_table_text(&c[1], s->cell.backend);
		report_table_text(&c[2], s->cell.variant);
		put_rate(&c[3], &c[4], kernel, x->one.rate);
		put_ratio(&c[5], &x->one);
		put_verdict(g, m, &c[6], &x->one);
		put_double(&c[7], x->whole.rate.value / x->one.rate.value, 3);
		if (*s->ceiling) {
			snprintf(text, sizeof text, "%.0f %% of %.12s", s->pct_of_ceiling, s->ceiling);
			report_table_number(&c[8], s->pct_of_ceiling, text);
		}
	}
	return 0;
}

static bool priced(const struct gallery_machine *m)
{
	return !isnan(m->price) || !isnan(m->watts);
}

/* What is bought: rates over prices and over watts, which are taken as exact. */
static int table_value(const struct gallery *g, size_t k, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "price", "rate per price", "per price / base", "watts",
		"rate per watt", "per watt / base", NULL};
	const struct gallery_kernel *kernel = &g->kernel[k];
	const struct gallery_machine *base = &g->machine[g->base];
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[g->order[i]];
		const struct gallery_rate *x = &gallery_at(g, k, g->order[i])->whole;
		if (!priced(m) || !x->row)
			continue;
		struct report_cell *c = report_table_row(t, e);
		const double cost[2] = {m->price, m->watts}, of_base[2] = {base->price, base->watts};
		if (!c)
			return -1;
		report_table_text(&c[0], m->name);
		for (size_t of = 0; of < 2; of++) {
			char text[GALLERY_RATE];
			const double each = x->rate.value / cost[of], times = of_base[of] / cost[of];
			const struct ranged r = {
				x->ratio.value * times, x->ratio.low * times, x->ratio.high * times};
			char ratio[96];
			put_double(&c[1 + 3 * of], cost[of], 6);
			report_table_number(&c[2 + 3 * of], each, gallery_rate_text(kernel, each, text));
			report_table_number(&c[3 + 3 * of], r.value, ranged_text(r, ratio));
		}
	}
	return 0;
}

static int table_ceilings(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "ceiling", "variant", "all CPUs", "95 % interval",
		"rate / base", "verdict", "one worker", "rate / base, one worker", NULL};
	report_table_begin(t, heads);
	for (size_t k = g->subjects; k < g->kernels; k++)
		for (size_t i = 0; i < g->count; i++) {
			const size_t m = g->order[i];
			const struct gallery_entry *x = gallery_at(g, k, m);
			char text[GALLERY_RATE];
			if (!x->whole.row)
				continue;
			struct report_cell *c = report_table_row(t, e);
			if (!c)
				return -1;
			report_table_text(&c[0], g->machine[m].name);
			report_table_text(&c[1], g->kernel[k].name);
			report_table_text(&c[2], x->whole.row->cell.variant);
			put_rate(&c[3], &c[4], &g->kernel[k], x->whole.rate);
			put_ratio(&c[5], &x->whole);
			put_verdict(g, m, &c[6], &x->whole);
			report_table_number(&c[7], x->one.rate.value,
				gallery_rate_text(&g->kernel[k], x->one.rate.value, text));
			put_ratio(&c[8], &x->one);
		}
	return 0;
}

static int table_trust(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "verdict", "why", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[i];
		struct report_cell *c = report_table_row(t, e);
		char why[320];
		if (!c)
			return -1;
		report_table_text(&c[0], m->name);
		report_table_text(&c[1], trust_words[report_verdict(&m->d, why, sizeof why)]);
		report_table_text(&c[2], why);
	}
	return 0;
}

static int table_folders(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "folder", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++)
		if (report_table_pair(t, g->machine[i].name, g->machine[i].d.dir, e) != 0)
			return -1;
	return 0;
}

/* --- sentences --- */

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
		const char *mine = fact(&g->machine[i], path);
		char names[400] = "";
		size_t n = 0;
		bool first = *mine;
		for (size_t k = 0; k < i; k++)
			first = first && !same_fact(mine, fact(&g->machine[k], path));
		for (size_t k = i; first && k < g->count; k++)
			if (same_fact(mine, fact(&g->machine[k], path)))
				add_name(names, sizeof names, n++, g->machine[k].name);
		const size_t used = strlen(text);
		if (first && used < size)
			snprintf(text + used, size - used, "%s%.60s (%.150s)", kinds++ ? "; " : "", mine,
				names);
	}
	return kinds > 1;
}

static void say_builds(const struct gallery *g, struct sentences *s)
{
	static const struct {
		const char *path, *what;
	} facts[] = {{"build.compiler", "compiler"}, {"build.flags", "flags"}, {"build.commit", "source"},
		{"build.openmp", "OpenMP"}, {"build.libc", "libc"}, {"plan.meter", "meter"}};
	enum { IN_FULL = 3 };
	char text[440], others[100] = "";
	size_t n = 0;
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (!differ(g, facts[i].path, facts[i].what, text, sizeof text))
			continue;
		if (i < IN_FULL)
			sentences_add(s, "Builds differ in %s.", text);
		else
			add_name(others, sizeof others, n++, facts[i].what);
	}
	if (n > 0)
		sentences_add(s, "Builds differ in %s too; the folders' manifest.json says how.", others);
}

static void say_same(const struct gallery *g, struct sentences *s)
{
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = 0; k < i; k++) {
			const char *a = fact(&g->machine[i], "machine.key"),
				   *b = fact(&g->machine[k], "machine.key");
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

static void say_caveats(const struct gallery *g, struct sentences *s)
{
	size_t without = 0;
	s->count = 0;
	if (g->simulated)
		sentences_add(s, "Simulated machines are among these: their numbers were not measured.");
	say_builds(g, s);
	if (s->count > (size_t)g->simulated)
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
	char text[96];
	if (isnan(first->mean.value))
		return;
	struct answer *a = next_answer(h, "fastest", "Fastest machine");
	if (first == base)
		snprintf(a->text, sizeof a->text, "%s, the base, over %zu kernel%s.", first->name,
			g->in_common, units_plural(g->in_common));
	else
		snprintf(a->text, sizeof a->text,
			"%s: %s times %s with all CPUs, as geometric mean over %zu kernel%s.", first->name,
			ranged_text(first->mean, text), base->name, g->in_common, units_plural(g->in_common));
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

static void answer_trust(const struct gallery *g, const struct sentences *caveats, struct headline *h)
{
	size_t count[3] = {0}, open = 0, ratios = 0;
	char names[400] = "", why[320];
	bool builds = false;
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
	for (size_t i = 0; i < caveats->count; i++)
		builds = builds || strncmp(caveats->text[i], "Builds differ", 13) == 0;
	struct answer *a = next_answer(h, "trust", "How far to trust it");
	snprintf(a->text, sizeof a->text,
		"%zu of %zu sweeps are good, %zu to be read with care, %zu poor%s%s%s. %zu of %zu ratios are "
		"undecided at 5 %% false discoveries.%s",
		count[TRUST_GOOD], g->count, count[TRUST_CARE], count[TRUST_POOR], *names ? " (" : "", names,
		*names ? ")" : "", open, ratios,
		builds ? " Warning: builds differ; a ratio is that of machine and build together." : "");
}

static void put_answers(struct page *p)
{
	answer_fastest(p->g, &p->headline);
	answer_most(p->g, &p->headline, "core", "Fastest single worker", "", core_rate);
	answer_most(p->g, &p->headline, "price", "Most per price", " per unit of price", price_rate);
	answer_most(p->g, &p->headline, "watt", "Most per watt", " per watt", watt_rate);
	answer_trust(p->g, &p->caveats, &p->headline);
}

/* --- the page --- */

static const char *const method[] = {
	"A rate is items over the median of the launches' medians; its 95 % interval is that of the median. All CPUs: the "
	"most workers within the CPUs, then a pool, then the fastest back end. One worker: the fastest cell with one. Each "
	"kernel is compared on one problem, the largest that most machines have measured; ceilings on each machine's largest.",
	"A ratio's interval combines both machines' (MOVER, Zou and Donner 2008). faster, slower: beyond 1 %, by Mann and "
	"Whitney's test over launches, adjusted for all ratios of this page (Benjamini and Hochberg, 5 %); without samples, "
	"by the interval. same: the interval lies within 1 %. undecided: neither.",
	"One sweep per machine says nothing about others of its model. Prices and watts are the user's, taken as exact.",
	NULL};

static void put_kernel(const struct page *p, size_t k, const struct layout *as, FILE *f)
{
	const struct gallery_kernel *kernel = &p->g->kernel[k];
	char id[80], text[200], items[UNITS_BYTES];
	snprintf(id, sizeof id, "kernel-%.60s", kernel->name);
	as->heading(f, 2, id, kernel->name);
	if (kernel->problem) {
		snprintf(text, sizeof text, "Compared on %s %s, measured by %zu of %zu machines.",
			units_size(kernel->problem->items.value, items), kernel_items(kernel->name),
			kernel->having, p->g->count);
		as->paragraph(f, text);
	}
	page_charts(f, as, p->out, &p->plots, OF_MACHINES_KERNEL, kernel->name);
	page_table(f, as, "All CPUs", &p->part[k].whole, SHEET_OPEN);
	page_table(f, as, "One worker", &p->part[k].one, SHEET_OPEN);
	page_table(f, as, "What it costs", &p->part[k].value, SHEET_OPEN);
}

static void fill_top(const struct page *p, struct page_top *top)
{
	*top = (struct page_top){.name = "parscale gallery",
		.subject = p->g->machine[p->g->base].name,
		.headline = &p->headline};
	snprintf(top->about, sizeof top->about, "%zu machines · base: %.60s%s", p->g->count,
		p->g->machine[p->g->base].name,
		p->g->simulated ? " · simulated machines are among them" : "");
	page_link_add(top, "machines", "Machines");
	page_link_add(top, "ratios", "Ratios");
	for (size_t k = 0; k < p->g->subjects; k++) {
		char id[80];
		snprintf(id, sizeof id, "kernel-%.60s", p->g->kernel[k].name);
		page_link_add(top, id, p->g->kernel[k].name);
	}
	if (p->ceilings.rows > 0)
		page_link_add(top, "ceilings", "Ceilings");
	page_link_add(top, "trust", "Confidence");
	page_link_add(top, "method", "Method");
}

static void put_page(const struct page *p, const struct layout *as, FILE *f)
{
	struct page_top top;
	fill_top(p, &top);
	as->top(f, &top);
	if (*p->no_plots)
		as->paragraph(f, p->no_plots);
	as->heading(f, 2, "machines", "Machines");
	as->sheet(f, &p->machines, SHEET_OPEN);
	as->sentences(f, &p->caveats, false);
	as->heading(f, 2, "ratios", "Ratios to the base");
	page_charts(f, as, p->out, &p->plots, OF_MACHINES, NULL);
	page_table(f, as, "All CPUs: rate over the base's", &p->means, SHEET_OPEN);
	for (size_t k = 0; k < p->g->subjects; k++)
		put_kernel(p, k, as, f);
	if (p->ceilings.rows > 0) {
		as->heading(f, 2, "ceilings", "Ceilings: the limits of each machine");
		as->sheet(f, &p->ceilings, SHEET_OPEN);
	}
	as->heading(f, 2, "trust", "Confidence: how far to trust each sweep");
	as->sheet(f, &p->trust, SHEET_WRAPPED);
	as->heading(f, 2, "method", "Method");
	for (const char *const *text = method; *text; text++)
		as->paragraph(f, *text);
	page_table(f, as, "Folders", &p->folders, SHEET_WRAPPED);
	as->bottom(f);
}

static void write_html(const void *page, FILE *f)
{
	put_page(page, &layout_html, f);
}

static void write_md(const void *page, FILE *f)
{
	put_page(page, &layout_md, f);
}

static int make_tables(struct page *p, const char **heads, struct err *e)
{
	const struct gallery *g = p->g;
	if (table_machines(g, &p->machines, e) != 0 || table_means(g, &p->means, heads, e) != 0 ||
		table_ceilings(g, &p->ceilings, e) != 0 || table_trust(g, &p->trust, e) != 0 ||
		table_folders(g, &p->folders, e) != 0)
		return -1;
	for (size_t k = 0; k < g->subjects; k++)
		if (table_whole(g, k, &p->part[k].whole, e) != 0 ||
			table_one(g, k, &p->part[k].one, e) != 0 ||
			table_value(g, k, &p->part[k].value, e) != 0)
			return -1;
	return 0;
}

static void free_tables(struct page *p)
{
	report_table_free(&p->machines);
	report_table_free(&p->means);
	report_table_free(&p->ceilings);
	report_table_free(&p->trust);
	report_table_free(&p->folders);
	for (size_t k = 0; k < p->g->subjects; k++) {
		report_table_free(&p->part[k].whole);
		report_table_free(&p->part[k].one);
		report_table_free(&p->part[k].value);
	}
}

static int write_all(struct page *p, struct err *e)
{
	struct err plotting = {0};
	if (page_folder(p->out, e) != 0)
		return -1;
	if (plots_draw_machines(p->g, p->out, &p->plots, &plotting) != 0) {
		if (plotting.status != ERR_ABSENT)
			return err_set(e, plotting.status, "%s", plotting.text);
		snprintf(p->no_plots, sizeof p->no_plots, "%.390s", plotting.text);
		fprintf(stderr, "parscale: %s; the page has tables only\n", p->no_plots);
	}
	if (*p->plots.warning)
		fprintf(stderr, "parscale: gnuplot: %s\n", p->plots.warning);
	if (page_write(p->out, "gallery.html", write_html, p, e) != 0 ||
		page_write(p->out, "gallery.md", write_md, p, e) != 0)
		return -1;
	printf("%s/gallery.html\n%s/gallery.md\n", p->out, p->out);
	return 0;
}

int gallery_write(const struct gallery_request *r, struct err *e)
{
	const char *heads[REPORT_KERNELS];
	struct gallery g;
	struct page *p = calloc(1, sizeof *p);
	if (!p)
		return err_set(e, ERR_FAILED, "out of memory");
	*p = (struct page){.g = &g, .out = r->out};
	int bad = gallery_open(&g, r, e);
	if (!bad) {
		say_caveats(&g, &p->caveats);
		put_answers(p);
		bad = make_tables(p, heads, e);
	}
	if (!bad)
		bad = write_all(p, e);
	free_tables(p);
	plots_free(&p->plots);
	gallery_close(&g);
	free(p);
	return bad;
}
