/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include "solo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct listing {
	const struct kernel *kernel;
	const void *input;
	uint64_t count;
};

static int take(void *ctx, const uint64_t *items, size_t n)
{
	struct listing *l = ctx;
	for (size_t i = 0; i < n; i++) {
		char buffer[64];
		const char *text;
		size_t length = l->kernel->spell(l->input, items[i], buffer, &text);
		fwrite(text, 1, length, stdout);
		putc('\n', stdout);
	}
	l->count += n;
	return ferror(stdout);
}

int listing_print(const struct cell *c, struct tally answer, struct err *e)
{
	struct problem p = c->problem;
	struct listing l = {.kernel = c->kernel};
	struct solo s;
	if (!c->variant->emit)
		return err_set(e, ERR_USAGE, "--print: kernel %s lists nothing", c->kernel->name);
	p.listing = true;
	p.peak = answer.peak;
	if (solo_open(&s, c->variant, &p, e) != 0)
		return -1;
	l.input = s.input;
	s.variant->emit(s.input, (struct span){0, s.units}, s.scratch, take, &l);
	solo_close(&s);
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_set(e, ERR_FAILED, "standard output: %s", strerror(errno));
	if (kernel_lists_all(c->kernel, c->variant) ? l.count != answer.count : (l.count == 0) != (answer.peak == 0))
		return err_set(e, ERR_FAILED, "wrong answer: listed %" PRIu64 " items, counted %" PRIu64, l.count, answer.count);
	return 0;
}
