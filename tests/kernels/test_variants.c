/* SPDX-License-Identifier: MIT */
/*
 * test_variants.c - every variant of every kernel against another of the same kernel, which is `reference`
 * wherever that takes the problem; in each instruction set of this CPU.
 *
 * All is derived from the tables (kernels.def, the kernels' records, parameters.def, cpu.def): a new variant or
 * kernel is tested without a word here. A problem draws every parameter that its kernel takes, a size, and
 * caches and workers of any size; of kernels that read files it draws bytes of many kinds, between pages that
 * may not be touched. What kernels allocate by memory_alloc, and all scratch, lies between such pages too, and
 * inputs may not be written once they are made. Compared are tallies of any cut, in any order, by one worker or
 * three; lists; and published answers, where there are some.
 *
 * A variant that cannot run here is skipped, with the reason. A line a kernel names the instruction sets that
 * ran. Then each extension that this CPU has is hidden in turn (a process each, for what is hidden stays so),
 * and what can still run does so again: paths for lesser CPUs are tested on greater ones.
 *
 * PARSCALE_TEST_REQUIRE names instruction sets (those of cpu.def, and scalar) that must run: the test fails
 * if any variant that is for them does not. PARSCALE_LONG tries 20 times as many problems.
 */
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include "kernels/cpu.h"
#include "kernels/memory.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

/* --- memory_alloc between guard pages, in the place of kernels/memory.c --- */

enum { MOST_BLOCKS = 1024 };
static struct block {
	struct guarded room;
	void *p;
} blocks[MOST_BLOCKS];

/* At the upper guard or at the lower one, as near as alignment lets it. */
void *memory_alloc(uint64_t count, size_t size, const char *what, struct err *e)
{
	size_t bytes, i = 0;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > (size_t)1
									   << (sizeof bytes > 4 ? 40 : 30)) {
		err_set(e, ERR_FAILED, "out of memory: %s wants %" PRIu64 " x %zu bytes", what, count, size);
		return NULL;
	}
	const size_t whole = (bytes + 2 * MEMORY_MARGIN + 63) & ~(size_t)63;
	while (blocks[i].p)
		assert_true(++i < MOST_BLOCKS);
	struct block *b = &blocks[i];
	b->room = guarded_open(whole);
	b->p = (random_below(4) ? b->room.end - whole : b->room.begin) + MEMORY_MARGIN;
	return b->p;
}

void *memory_alloc_bare(uint64_t count, size_t size, const char *what, struct err *e)
{
	return memory_alloc(count, size, what, e);
}

void memory_free(void *p)
{
	for (size_t i = 0; p && i < MOST_BLOCKS; i++)
		if (blocks[i].p == p) {
			guarded_close(&blocks[i].room);
			blocks[i].p = NULL;
			return;
		}
	if (p)
		fail_msg("memory_free of what memory_alloc did not give");
}

/* Whatever is allocated now can be read alone. */
static void make_inputs_read_only(void)
{
	for (size_t i = 0; i < MOST_BLOCKS; i++)
		if (blocks[i].p)
			mprotect(blocks[i].room.begin, (size_t)(blocks[i].room.end - blocks[i].room.begin),
				PROT_READ);
}

/* --- what is being done, for whoever reads a failure --- */

static struct {
	const struct kernel *kernel;
	const struct variant *v;
	const char *hidden; /* the extension that is hidden; NULL: none */
	char problem[600];
	bool busy;
} now;

static int say_where(void **state)
{
	(void)state;
	if (now.busy)
		print_error("%s %s%s%s: %s\n", now.kernel->name, now.v->name, now.hidden ? " without " : "",
			now.hidden ? now.hidden : "", now.problem);
	now.busy = false;
	return 0;
}

static void describe(const struct kernel *k, struct problem *p)
{
	size_t used = 0;
	for (const char *const *name = k->parameters; *name; name++) {
		const struct parameter *q = parameter_find(*name);
		used += (size_t)(q->fallback_text
					 ? snprintf(now.problem + used, sizeof now.problem - used, "%s=%s ",
						   *name, parameter_text(q, p))
					 : snprintf(now.problem + used, sizeof now.problem - used,
						   "%s=%" PRIu64 " ", *name, *parameter_value(q, p)));
	}
	snprintf(now.problem + used, sizeof now.problem - used,
		"of %s%" PRIu64 " bytes, workers %u, block %" PRIu64 ", caches %" PRIu64 " %" PRIu64
		" %" PRIu64,
		p->text ? "a text of " : "no text, ", p->text ? p->text_bytes : 0, p->workers, p->block_bytes,
		p->l1_bytes, p->l2_bytes, p->l3_bytes);
}

/* --- problems --- */

/* Mostly small: where a number is large, problems are alike. */
static void draw_parameter(const struct parameter *q, struct problem *p)
{
	uint64_t span = q->highest - q->lowest;
	if (q->fallback_text)
		return;
	if (q->choices) {
		span = 0;
		for (const char *c = q->choices; *c; c++)
			span += *c == '|';
		*parameter_value(q, p) = random_below(span + 1);
	} else {
		*parameter_value(q, p) =
			q->lowest + random_magnitude(span < 1000 || random_below(4) == 0
							     ? (span < 100000 ? span : 100000)
							     : 16);
	}
}

/* From anywhere, and from where something changes, below 2^34: beyond, tiny caches cost a pass over all base
 * primes in each of thousands of blocks (test_sieve.c goes to 2^64). Between 2^23 and 10^9 the reference, which
 * strikes out from 0 on, would take all the time: it takes nothing above. */
static void draw_range(struct problem *p)
{
	static const uint64_t edges[] = {
		4112, 67 * 67, 251 * 251, 1 << 22, 1 << 23, 65521ULL * 65521, 65537ULL * 65537, 1ULL << 32};
	const uint64_t edge = edges[random_below(sizeof edges / sizeof *edges)];
	p->start = random_below(3) ? random_magnitude(1ULL << 34) : edge - random_below(2000);
	if (p->start >> 23 && p->start < 1000000000)
		p->start += 1000000000;
	p->stop = p->start + random_magnitude(p->start >> 23 ? 1 << 17 : 1 << 20);
}

/* Sets of characters that words are made of. */
static void draw_words(struct problem *p)
{
	static const char *const sets[] = {
		"letters", "letters", "alnum", "nonspace", "a-z0-9'", "acA-Z'0-", "b", "a\xC3\xA9'", "K"};
	strcpy(p->word_chars, sets[random_below(sizeof sets / sizeof *sets)]);
}

/* A packed list has whole words and no newline. */
static void fit_list(unsigned char *text, struct problem *p)
{
	p->text_bytes -= p->text_bytes % p->length;
	for (uint64_t i = 0; i < p->text_bytes; i++)
		text[i] = text[i] == '\n' ? 'n' : text[i];
}

/* DNA in records, each with a letter. */
static void fit_records(unsigned char *text, struct problem *p)
{
	static const char header[] = "\n>r\nA";
	enum { LENGTH = sizeof header - 1 };
	const uint64_t n = p->text_bytes;
	if (!n) /* no file is empty */
		p->text = NULL;
	for (uint64_t i = 0; i < n; i++)
		text[i] = text[i] == '>' || text[i] == '@' ? 'N' : text[i];
	for (uint64_t at = 1 + random_magnitude(n); at + LENGTH <= n; at += LENGTH + random_magnitude(n))
		memcpy(text + at, header, LENGTH);
	if (n)
		text[0] = 'A';
}

static void fit_string(unsigned char *text, struct problem *p)
{
	enum { DNA = 2 };
	if (p->alphabet == DNA)
		fit_records(text, p);
}

/* The reference looks at every gap of every letter. */
static void draw_repeats(struct problem *p)
{
	p->gap = random_below(4) ? random_magnitude(40) : random_magnitude(700);
	p->arm = 1 + random_magnitude(random_below(4) ? 15 : 300);
}

/* What the tables cannot tell of a kernel's problems. Most kernels need no line. */
static const struct special {
	const char *kernel;
	void (*draw)(struct problem *p);                     /* after all parameters and the size */
	void (*fit)(unsigned char *text, struct problem *p); /* makes bytes a file that the kernel reads */
} specials[] = {{"sieve", draw_range, NULL}, {"text", draw_words, NULL}, {"palindrome", NULL, fit_list},
	{"substrings", NULL, fit_string}, {"inverted", draw_repeats, fit_records}, {0}};

/* Stretches that read the same backwards, or all but for one byte, between separators. */
static void put_words(unsigned char *to, uint64_t n, uint64_t longest)
{
	static const char separators[] = " .\n-\xE2\x80\x9D";
	for (uint64_t at = 0; at < n;) {
		const uint64_t rest = n - at, want = 1 + random_below(longest),
			       length = want < rest ? want : rest, letters = 1 + random_below(26);
		for (uint64_t i = 0; i < (length + 1) / 2; i++) {
			const unsigned char c =
				(unsigned char)((random_below(8) ? 'a' : 'A') + random_below(letters));
			to[at + i] = to[at + length - 1 - i] = c;
		}
		if (random_below(3) == 0)
			to[at + random_below(length)] ^= (unsigned char)(1 << random_below(8));
		at += length;
		if (at < n)
			to[at++] = (unsigned char)separators[random_below(sizeof separators - 1)];
	}
}

/* Mirrored within mirrored. */
static void put_nested(unsigned char *to, uint64_t n, const char *letters)
{
	uint64_t have = 0;
	while (have < n) {
		for (uint64_t more = 1 + random_below(3); more && have < n; more--)
			to[have++] = (unsigned char)letters[random_below(strlen(letters))];
		for (uint64_t i = have; i-- && have < n;)
			to[have++] = to[i];
	}
}

static void put_bytes(unsigned char *to, uint64_t n, uint64_t first, uint64_t values)
{
	for (uint64_t i = 0; i < n; i++)
		to[i] = (unsigned char)(first + random_below(values));
}

static void put_pieces(unsigned char *to, uint64_t n)
{
	static const char *const pieces[] = {"a", "b", "e", "K", " ", "\n", "7", "'", "\xC3\xA9", "\xC3\x89",
		"\xCC\x81", "\xD0\xB0", "\xE2\x84\xAA", "\xE6\x97\xA5", "\xF0\x90\x90\x80", "\xFF", "\x80",
		"\xE2\x80"};
	for (uint64_t at = 0; at < n;) {
		const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
		for (; *piece && at < n; piece++)
			to[at++] = (unsigned char)*piece;
	}
}

static void put_text(unsigned char *to, uint64_t n)
{
	const uint64_t kind = random_below(9);
	if (kind == 0)
		put_bytes(to, n, 0, 256);
	else if (kind == 1)
		put_bytes(to, n, 'a', 1 + random_below(4));
	else if (kind == 2)
		put_words(to, n, n + 1);
	else if (kind == 3)
		put_nested(to, n, "ab");
	else if (kind == 4)
		put_nested(to, n, "ACGT");
	else if (kind == 5)
		put_pieces(to, n);
	else
		put_words(to, n, 2 + random_magnitude(2000));
	if (kind == 2 && n && random_below(2))
		to[random_below(n)] ^= 1;
}

/* So many items that take 4 MiB at most, and no more than a plain variant does in a moment. */
static uint64_t draw_size(const struct kernel *k, const struct problem *p)
{
	const double each = k->item_bytes ? k->item_bytes(p) : 0;
	const uint64_t most = each > 32 ? (uint64_t)((1 << 22) / each) : 1 << 17;
	return 1 + random_magnitude(most ? most - 1 : 0);
}

/* A problem that the kernel does not refuse. Free *text, where it is open. */
static void draw_problem(const struct kernel *k, struct problem *p, struct guarded *text)
{
	const struct special *s = specials;
	struct err e;
	while (s->kernel && strcmp(s->kernel, k->name) != 0)
		s++;
	*text = (struct guarded){0};
	do {
		e = (struct err){0};
		problem_init(p);
		for (const char *const *name = k->parameters; *name; name++)
			draw_parameter(parameter_find(*name), p);
		k->resize(p, draw_size(k, p));
		if (s->draw)
			s->draw(p);
	} while (k->validate && k->validate(p, &e) != 0);
	p->workers = (unsigned)random_below(200);
	p->block_bytes = random_below(2) ? 0 : random_magnitude(1 << 24);
	p->l1_bytes = random_magnitude(1 << 18);
	p->l2_bytes = random_magnitude(1 << 24);
	p->l3_bytes = random_magnitude(1 << 28);
	if (k->takes_input && random_below(3)) {
		const uint64_t n = random_magnitude(random_below(8) ? 20000 : 300000);
		unsigned char *at;
		*text = guarded_open((size_t)n);
		at = random_below(3) ? text->end - n : text->begin;
		memset(text->begin, random_below(2) ? 'a' : 0xA9, (size_t)(text->end - text->begin));
		put_text(at, n);
		p->text = at;
		p->text_bytes = n;
		if (s->fit) /* of the front alone */
			s->fit(at, p);
	}
}

/* --- comparing --- */

/* Sets up, and lets nothing be written that the variant made. -1 where it does not take the problem. */
static int set_up(const struct variant *v, const struct problem *p, void **input)
{
	struct err e = {0};
	if (v->setup(p, input, &e) != 0) {
		if (e.status != ERR_ABSENT)
			fail_msg("%s", e.text);
		return -1;
	}
	make_inputs_read_only();
	return 0;
}

/* Another variant than `v` that takes the problem, the slowest first; where there is none, itself. Its answer in
 * one chunk, with what it lists where it lists. */
static const struct variant *ask(
	const struct kernel *k, const struct variant *v, const struct problem *p, struct outcome *answer)
{
	const struct variant *const *others = variants_here(k), *other = NULL;
	void *input;
	for (size_t i = 0; others[i] && !other; i++)
		if (others[i] != v && set_up(others[i], p, &input) == 0)
			other = others[i];
	if (!other && set_up(v, p, &input) == 0)
		other = v;
	if (other) {
		if (p->listing)
			*answer = outcome_of(other, input, 0);
		else
			answer->tally = count_units(other, input, UINT64_MAX, 1);
		other->teardown(input);
	}
	return other;
}

static void compare_tally(const char *what, struct tally wanted, struct tally found, bool checksum)
{
	if (found.count != wanted.count || found.longest != wanted.longest ||
		(checksum && found.checksum != wanted.checksum))
		fail_msg("%s: count %" PRIu64 ", check %" PRIu64 ", longest %" PRIu64 ", not %" PRIu64
			 ", %" PRIu64 ", %" PRIu64,
			what, found.count, found.checksum, found.longest, wanted.count, wanted.checksum,
			wanted.longest);
}

static void compare_known(const struct kernel *k, const struct problem *p, struct tally found)
{
	struct tally known = {0};
	bool checksum = false;
	const char *source = k->oracle ? k->oracle(p, &known, &checksum) : NULL;
	if (source)
		compare_tally(source, known, found, checksum);
}

/* Lists in any cut: that of another variant, and what the tally says where the kernel can weigh. */
static void compare_lists(
	const struct kernel *k, const struct variant *v, const struct problem *asked, uint64_t longest)
{
	struct problem p = *asked;
	struct outcome wanted = {0}, found;
	struct tally weighed = {0};
	void *input;
	p.listing = true;
	p.longest = longest;
	const struct variant *other = ask(k, v, &p, &wanted);
	if (set_up(v, &p, &input) == 0) {
		found = outcome_of(v, input,
			random_below(3) ? v->units(input) / 100 + 1 + random_magnitude(v->units(input)) : 0);
		v->teardown(input);
		const bool weighs = k->listing && k->listing->weigh;
		for (size_t i = 0; weighs && i < found.places.count; i++)
			k->listing->weigh(found.places.at[i], &weighed);
		if (weighs)
			compare_tally("what the list weighs", found.tally, weighed, true);
		if (other->emit)
			assert_same(&wanted, &found, v->name, other->name);
		free(found.places.at);
	}
	free(wanted.places.at);
}

/* Whether the variant takes the problem. */
static bool compare(const struct kernel *k, const struct variant *v, const struct problem *p)
{
	struct outcome wanted = {0};
	void *input;
	const struct variant *other = ask(k, v, p, &wanted);
	if (!other || set_up(v, p, &input) != 0) {
		free(wanted.places.at);
		return false;
	}
	const uint64_t longest[] = {1, 3, 40, 1 + v->units(input)};
	assert_true(v->grain(input) >= 1);
	for (unsigned i = 0; i < 2; i++) {
		const struct tally found =
			count_units(v, input, longest[random_below(4)], random_below(2) ? 1 : 3);
		compare_tally(other->name, wanted.tally, found, true);
		compare_known(k, p, found);
	}
	v->teardown(input);
	free(wanted.places.at);
	if (v->emit)
		compare_lists(k, v, p, wanted.tally.longest);
	return true;
}

/* --- tests: one a variant --- */

struct pair {
	const struct kernel *kernel;
	const struct variant *v;
	bool ran;
	char name[100];
};

enum { MOST_PAIRS = 1000 };
static struct pair pairs[MOST_PAIRS];
static size_t pair_count;

/* The instruction sets of a kernel's variants that ran, or did not, once each. */
static const char *sets_of(const struct kernel *k, bool ran, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < pair_count; i++) {
		const char *set = variant_set(pairs[i].v);
		bool again = pairs[i].kernel != k || pairs[i].ran != ran;
		for (size_t j = 0; j < i && !again; j++)
			again = pairs[j].kernel == k && pairs[j].ran == ran &&
				strcmp(variant_set(pairs[j].v), set) == 0;
		if (!again && used < size)
			used += (size_t)snprintf(text + used, size - used, " %s", set);
	}
	return text;
}

static void sum_up(const struct kernel *k)
{
	char ran[200], lacks[200];
	if (now.hidden)
		return;
	sets_of(k, true, ran, sizeof ran);
	sets_of(k, false, lacks, sizeof lacks);
	print_message("variants: %s ran:%s%s%s\n", k->name, *ran ? ran : " none", *lacks ? "; not here:" : "",
		lacks);
}

static void test_pair(void **state)
{
	struct pair *pair = *state;
	const bool last = pair + 1 == pairs + pair_count || pair[1].kernel != pair->kernel;
	const unsigned problems = (now.hidden ? 25u : 100u) * (getenv("PARSCALE_LONG") ? 20u : 1u);
	char why[120];
	const char *missing = variant_missing(pair->v, cpu_features(), why);
	unsigned taken = 0;
	random_restart(pair->name);
	for (unsigned i = 0; !missing && i < problems; i++) {
		struct problem p;
		struct guarded text;
		draw_problem(pair->kernel, &p, &text);
		now.kernel = pair->kernel;
		now.v = pair->v;
		now.busy = true;
		describe(pair->kernel, &p);
		taken += compare(pair->kernel, pair->v, &p);
		now.busy = false;
		if (text.map)
			guarded_close(&text);
	}
	pair->ran = taken > 0;
	if (last)
		sum_up(pair->kernel);
	if (missing) {
		print_message("%s is NOT compared: %s\n", pair->name, missing);
		skip();
	}
	assert_true(taken > 0);
}

/* Every set of the list ran in some variant, and no variant that is for it was left out. */
static void test_required(void **state)
{
	const char *list = *state;
	for (size_t length; *(list += strspn(list, " ,")); list += length) {
		bool ran = false;
		length = strcspn(list, " ,");
		for (size_t i = 0; i < pair_count; i++) {
			const char *set = variant_set(pairs[i].v);
			if (strlen(set) != length || memcmp(set, list, length) != 0)
				continue;
			if (!pairs[i].ran)
				fail_msg("%s did not run, and PARSCALE_TEST_REQUIRE has %s", pairs[i].name,
					set);
			ran = true;
		}
		if (!ran)
			fail_msg(
				"no variant is for %.*s, which PARSCALE_TEST_REQUIRE has", (int)length, list);
	}
}

/* With an extension hidden, portable variants have nothing new to show. */
static bool worth(const struct variant *v)
{
	char why[120];
	return !now.hidden || (v->needs && !variant_missing(v, cpu_features(), why));
}

static int run_all(const char *hidden)
{
	static struct CMUnitTest tests[MOST_PAIRS + 1];
	size_t n = 0;
	char *required = getenv("PARSCALE_TEST_REQUIRE"), group[60];
	now.hidden = hidden;
	pair_count = 0;
	for (const struct kernel *const *k = kernels; *k; k++)
		for (const struct variant *const *v = (*k)->variants; *v; v++) {
			struct pair *pair = &pairs[pair_count];
			if (!worth(*v))
				continue;
			*pair = (struct pair){.kernel = *k, .v = *v};
			snprintf(pair->name, sizeof pair->name, "%s %s%s%s", (*k)->name, (*v)->name,
				now.hidden ? " without " : "", now.hidden ? now.hidden : "");
			tests[n++] = (struct CMUnitTest){pair->name, test_pair, NULL, say_where, pair};
			if (++pair_count == MOST_PAIRS)
				abort();
		}
	if (required && *required && !now.hidden)
		tests[n++] = (struct CMUnitTest){"what is required ran", test_required, NULL, NULL, required};
	snprintf(group, sizeof group, "variants%s%s", now.hidden ? " without " : "",
		now.hidden ? now.hidden : "");
	return n ? _cmocka_run_group_tests(group, tests, n, NULL, NULL) : 0;
}

int main(void)
{
	return variants_without_each(run_all);
}
