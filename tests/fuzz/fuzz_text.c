/* SPDX-License-Identifier: MIT */
/*
 * fuzz_text.c - any bytes as the text of the kernels that read one: words, FASTA, UTF-8. All variants that can run here find
 * what the reference finds, however the work is cut; what is refused is refused by all, with a reason.
 */
#include "kernels/cpu.h"
#include "kernels/kernel.h"
#include "kernels/memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KERNELS = 4, HEAD = 6, PAGE = 4096, MOST_GAP = 8, MOST_ARM = 12 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* The next of the bytes that choose. */
static uint64_t choose(const uint8_t **at, uint64_t below)
{
	return *(*at)++ % below;
}

/* The kernel, and its parameters, by HEAD bytes. */
static const struct kernel *draw(const uint8_t *at, struct problem *p)
{
	static const char *const names[KERNELS] = {"text", "palindrome", "substrings", "inverted"};
	static const char *const characters[] = {
		"letters", "alnum", "nonspace", "apostrophes", "hyphens", "a-z0-9'"};
	struct err e = {0};
	const struct kernel *k = kernel_find(names[choose(&at, KERNELS)], &e);
	problem_init(p);
	p->fold_case = choose(&at, 3);
	p->encoding = choose(&at, 2);
	strcpy(p->word_chars, characters[choose(&at, sizeof characters / sizeof *characters)]);
	p->min_length = 1 + choose(&at, 5);
	p->length = 1 + *at % 9;
	p->alphabet = *at % 3;
	p->arm = 2 + *at % MOST_ARM;
	p->gap = *at % MOST_GAP;
	return k;
}

/* The tally of all units, in two chunks that meet at `cut` of 256 parts. -1: refused. */
static int count(
	const struct variant *v, const struct problem *p, uint64_t cut, struct tally *out, struct err *e)
{
	void *input;
	*out = (struct tally){0};
	if (v->setup(p, &input, e) != 0)
		return -1;
	const uint64_t units = v->units(input), middle = units * cut / 256;
	const size_t bytes = (v->scratch_bytes(input) + PAGE - 1) / PAGE * PAGE;
	void *scratch = bytes ? aligned_alloc(PAGE, bytes) : NULL;
	must(!bytes || scratch);
	if (bytes)
		memset(scratch, 0, bytes);
	v->chunk(input, (struct span){middle, units}, scratch, out);
	v->chunk(input, (struct span){0, middle}, scratch, out);
	if (v->settle)
		v->settle(input, out);
	free(scratch);
	v->teardown(input);
	return 0;
}

/* HEAD bytes that choose, then the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem p;
	struct err e = {0};
	struct tally right, found;
	if (size <= HEAD)
		return 0;
	const struct kernel *k = draw(data + 1, &p);
	unsigned char *text = memory_alloc(size - HEAD, 1, "text", &e);
	must(k && text);
	memcpy(text, data + HEAD, size - HEAD);
	p.text = text;
	p.text_bytes = size - HEAD;
	if (!k->validate || k->validate(&p, &e) == 0) {
		const bool taken = count(k->variants[0], &p, 0, &right, &e) == 0;
		must(taken || e.text[0]);
		for (const struct variant *const *v = k->variants; *v; v++) {
			struct err again = {0};
			if ((*v)->missing || (*v)->needs & ~cpu_features())
				continue;
			must((count(*v, &p, data[0], &found, &again) == 0) == taken);
			must(!taken || (found.count == right.count && found.checksum == right.checksum &&
					       found.longest == right.longest));
		}
	}
	memory_free(text);
	return 0;
}
