/* SPDX-License-Identifier: MIT */
/*
 * verify.c - the expected answer of a problem, from a source other than the variant under test.
 *
 * In order of trust: a published value (OEIS), another variant of the kernel, the same variant with
 * its units cut in three. The last one still catches errors at chunk boundaries. The plain
 * reference is skipped for large problems, where it would take longer than the whole launch;
 * another vector variant then takes its place.
 */
#include "bench/harness/verify.h"

#include "bench/harness/serial_run.h"
#include "bench/harness/work.h"
#include "kernels/cpu.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Above so many items the reference, which may be a hundred times slower than the rest, would be most of a
 * launch. */
static const uint64_t reference_items = 20000000;

/* Counts a whole problem here and now, its units in `parts` parts. */
static int count(
	const struct variant *v, const struct problem *p, uint64_t parts, struct tally *out, struct err *e)
{
	struct serial_run s;
	if (serial_run_open(&s, v, p, e) != 0)
		return -1;
	*out = (struct tally){0};
	for (uint64_t i = 0; i < parts; i++)
		v->chunk(s.input, work_part(s.units, parts, i), s.scratch, out);
	if (v->settle)
		v->settle(s.input, out);
	serial_run_close(&s);
	return 0;
}

/* Asks the other variants in turn, until one takes the problem; 1 where none does. */
static int ask_others(const struct cell *c, struct expected *x, struct err *e)
{
	char why[120];
	bool small = c->kernel->items(&c->problem) <= reference_items;
	for (const struct variant *const *v = c->kernel->variants; *v; v++) {
		bool slow = strcmp((*v)->name, "reference") == 0 && !small;
		struct err refused = {0};
		if (*v == c->variant || slow || variant_missing(*v, cpu_features(), why))
			continue;
		if (count(*v, &c->problem, 1, &x->tally, &refused) == 0) {
			snprintf(x->source, sizeof x->source, "variant %s", (*v)->name);
			return 0;
		}
		if (refused.status != ERR_ABSENT) {
			*e = refused;
			return -1;
		}
	}
	return 1;
}

int verify_expect(const struct cell *c, struct expected *x, struct err *e)
{
	*x = (struct expected){0};
	const char *source =
		c->kernel->oracle ? c->kernel->oracle(&c->problem, &x->tally, &x->check_known) : NULL;
	if (source) {
		snprintf(x->source, sizeof x->source, "%s", source);
		return 0;
	}
	x->check_known = true;
	int asked = ask_others(c, x, e);
	if (asked <= 0)
		return asked;
	snprintf(x->source, sizeof x->source, "variant %s, cut in 3", c->variant->name);
	return count(c->variant, &c->problem, 3, &x->tally, e);
}

int verify_excluded(const struct cell *c, const struct expected *x, uint64_t *excluded, struct err *e)
{
	struct problem with = c->problem, without = c->problem;
	struct tally all, rest = x->tally;
	*excluded = 0;
	if (!c->kernel->excluded)
		return 0;
	c->kernel->excluded->count(&with, true);
	c->kernel->excluded->count(&without, false);
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): a difference in padding only costs a second count */
	const bool known = memcmp(&without, &c->problem, sizeof without) == 0;
	if (count(c->variant, &with, 1, &all, e) != 0 ||
		(!known && count(c->variant, &without, 1, &rest, e) != 0))
		return -1;
	*excluded = all.count - rest.count;
	return 0;
}

bool verify_matches(const struct expected *x, struct tally found)
{
	return found.count == x->tally.count && found.longest == x->tally.longest &&
	       (!x->check_known || found.checksum == x->tally.checksum);
}

void verify_write(const struct expected *x, char *text, size_t size)
{
	char check[24] = "-";
	if (x->check_known)
		snprintf(check, sizeof check, "%" PRIu64, x->tally.checksum);
	snprintf(text, size, "%" PRIu64 ":%s:%" PRIu64 ":%s", x->tally.count, check, x->tally.longest,
		x->source);
}

int verify_read(const char *text, struct expected *x, struct err *e)
{
	char check[24];
	int at = 0;
	*x = (struct expected){0};
	if (sscanf(text, "%" SCNu64 ":%23[0-9-]:%" SCNu64 ":%n", &x->tally.count, check, &x->tally.longest,
		    &at) != 3 ||
		at == 0)
		return err_set(e, ERR_USAGE, "--expect: '%s' is not COUNT:CHECK:PEAK:SOURCE", text);
	x->check_known = strcmp(check, "-") != 0;
	x->tally.checksum = x->check_known ? strtoull(check, NULL, 10) : 0;
	snprintf(x->source, sizeof x->source, "%s", text + at);
	return 0;
}
