/* SPDX-License-Identifier: MIT */
/*
 * print_items.c - writes the items of a cell to standard output in order, through one large buffer,
 * and checks that they are as many as were counted.
 */
#include "bench/harness/print_items.h"

#include "base/decimal.h"
#include "base/io.h"
#include "bench/harness/serial_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 1 << 18, AT_ONCE = 512, LINE = 4096 };

struct listing {
	size_t (*spell)(
		const void *input, uint64_t item, char *buffer, const char **text); /* NULL: numbers */
	const void *input;
	uint64_t count;
	size_t used;
	int failed; /* errno of a write */
	struct decimal decimal;
	char text[ROOM];
};

static void print_bytes(struct listing *l, const char *bytes, size_t n)
{
	if (!l->failed && io_write(STDOUT_FILENO, bytes, n) < n)
		l->failed = errno;
}

static void flush(struct listing *l)
{
	print_bytes(l, l->text, l->used);
	l->used = 0;
}

static void make_room(struct listing *l, size_t bytes)
{
	if (l->used + bytes > ROOM)
		flush(l);
}

static void spell(struct listing *l, uint64_t item)
{
	char buffer[SPELL_BYTES];
	const char *text;
	size_t length = l->spell(l->input, item, buffer, &text);
	make_room(l, length + 1);
	if (length < ROOM) {
		memcpy(l->text + l->used, text, length);
		l->used += length;
	} else {
		print_bytes(l, text, length);
	}
	l->text[l->used++] = '\n';
}

static bool are_numbers(const struct listing *l, uint64_t item)
{
	char buffer[SPELL_BYTES];
	const char *text;
	return !l->spell || l->spell(l->input, item, buffer, &text) == 0;
}

static int take(void *ctx, const uint64_t *items, size_t n)
{
	struct listing *l = ctx;
	const bool numbers = are_numbers(l, items[0]);
	l->count += n;
	for (size_t some; n; items += some, n -= some) {
		some = n < AT_ONCE ? n : AT_ONCE;
		if (numbers) {
			make_room(l, some * DECIMAL_LINE + DECIMAL_MARGIN);
			l->used = (size_t)(decimal_lines(&l->decimal, items, some, l->text + l->used) -
					   l->text);
		} else {
			for (size_t i = 0; i < some; i++)
				spell(l, items[i]);
		}
	}
	return l->failed;
}

/* With all of it set up. */
static int list(struct listing *l, const struct cell *c, struct tally answer, struct err *e)
{
	struct problem p = c->problem;
	struct serial_run s;
	p.listing = true;
	p.longest = answer.longest;
	if (serial_run_open(&s, c->variant, &p, e) != 0)
		return -1;
	l->spell = c->kernel->listing ? c->kernel->listing->spell : NULL;
	l->input = s.input;
	decimal_init(&l->decimal);
	s.variant->emit(s.input, (struct span){0, s.units}, s.scratch, take, l);
	flush(l);
	serial_run_close(&s);
	if (l->failed)
		return err_set(e, ERR_FAILED, PRINT_UNWRITTEN "%s", strerror(l->failed));
	if (kernel_lists_all(c->kernel, c->variant) ? l->count != answer.count
						    : (l->count == 0) != (answer.longest == 0))
		return err_set(e, ERR_FAILED, "wrong answer: listed %" PRIu64 " items, counted %" PRIu64,
			l->count, answer.count);
	return 0;
}

int print_items(const struct cell *c, struct tally answer, struct err *e)
{
	if (!c->variant->emit)
		return err_set(e, ERR_USAGE, "--print: kernel %s lists nothing", c->kernel->name);
	struct listing *l = calloc(1, sizeof *l);
	if (!l)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	int status = list(l, c, answer, e);
	free(l);
	return status;
}
