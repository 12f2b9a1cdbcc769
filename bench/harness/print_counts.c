/* SPDX-License-Identifier: MIT */
/*
 * print_counts.c - counts how often each different word was found: an open-addressing hash table.
 *
 * Words are hashed by FNV-1a into a table of at most half its slots in use, with linear probing;
 * the letters lie one after the other in one buffer, in order of first occurrence. That order
 * breaks ties, since a word's offset in the buffer grows with its first occurrence.
 */
#include "bench/harness/print_counts.h"

#include "bench/harness/print_items.h"
#include "bench/harness/serial_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A different item: its spelling is at `at` in the letters. */
struct word {
	size_t at, length;
	uint64_t hash, count;
};

struct unique {
	const struct kernel_listing *listing;
	const void *input;
	struct word *words; /* as they were found */
	size_t count, room;
	size_t *slots; /* 1 + the index of a word; 0: free. As many as slot_count, a power of two */
	size_t slot_count;
	char *letters;
	size_t used, letters_room;
	uint64_t items;
	bool failed; /* for want of memory */
};

/* FNV-1a. */
static uint64_t hash_of(const char *p, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	while (n--)
		h = (h ^ (unsigned char)*p++) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* Room for one more word, and for twice as many slots as words. */
static bool grow_words(struct unique *u)
{
	if (u->count < u->room)
		return true;
	const size_t room = u->room ? 2 * u->room : 1024;
	struct word *words = realloc(u->words, room * sizeof *words);
	size_t *slots = calloc(2 * room, sizeof *slots);
	u->words = words ? words : u->words;
	if (!words || !slots) {
		free(slots);
		return false;
	}
	free(u->slots);
	u->slots = slots;
	u->room = room;
	u->slot_count = 2 * room;
	for (size_t i = 0; i < u->count; i++) {
		size_t at = (size_t)words[i].hash & (u->slot_count - 1);
		while (slots[at])
			at = (at + 1) & (u->slot_count - 1);
		slots[at] = i + 1;
	}
	return true;
}

static bool grow_letters(struct unique *u, size_t more)
{
	size_t room = u->letters_room ? u->letters_room : 4096;
	while (room - u->used < more)
		room *= 2;
	char *letters = room == u->letters_room ? u->letters : realloc(u->letters, room);
	if (!letters)
		return false;
	u->letters = letters;
	u->letters_room = room;
	return true;
}

/* The letters behind those in use, `n` of them, are a word that was found. */
static void add(struct unique *u, size_t n)
{
	const char *word = u->letters + u->used;
	const uint64_t hash = hash_of(word, n);
	size_t at = (size_t)hash & (u->slot_count - 1);
	for (; u->slots[at]; at = (at + 1) & (u->slot_count - 1)) {
		struct word *w = u->words + u->slots[at] - 1;
		if (w->hash == hash && w->length == n && memcmp(u->letters + w->at, word, n) == 0) {
			w->count++;
			return;
		}
	}
	u->words[u->count] = (struct word){u->used, n, hash, 1};
	u->slots[at] = ++u->count;
	u->used += n;
}

static int take(void *ctx, const uint64_t *items, size_t n)
{
	struct unique *u = ctx;
	const struct kernel_listing *listing = u->listing;
	for (size_t i = 0; i < n; i++) {
		char buffer[SPELL_BYTES];
		const char *text;
		size_t length = listing->spell(u->input, items[i], buffer, &text);
		if (!grow_words(u) || !grow_letters(u, 2 * length)) {
			u->failed = true;
			return 1;
		}
		if (listing->fold)
			length = listing->fold(u->input, text, length, u->letters + u->used);
		else
			memcpy(u->letters + u->used, text, length);
		add(u, length);
	}
	u->items += n;
	return 0;
}

/* Most frequent first; ties in order of first occurrence, which is the order of the letters. */
static int compare(const void *a, const void *b)
{
	const struct word *v = a, *w = b;
	if (v->count != w->count)
		return v->count < w->count ? 1 : -1;
	return v->at < w->at ? -1 : v->at > w->at;
}

static int print(struct unique *u, struct err *e)
{
	if (u->count)
		qsort(u->words, u->count, sizeof *u->words, compare);
	for (size_t i = 0; i < u->count; i++) {
		printf("%" PRIu64 "\t", u->words[i].count);
		fwrite(u->letters + u->words[i].at, 1, u->words[i].length, stdout);
		putchar('\n');
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_blame(e, err_cause_of(errno), PRINT_UNWRITTEN "%s", strerror(errno));
	return 0;
}

int print_counts(const struct cell *c, uint64_t count, struct err *e)
{
	struct problem p = c->problem;
	struct unique u = {.listing = c->kernel->listing};
	struct serial_run s;
	p.listing = true;
	if (serial_run_open(&s, c->variant, &p, e) != 0)
		return -1;
	u.input = s.input;
	s.variant->emit(s.input, (struct span){0, s.units}, s.scratch, take, &u);
	serial_run_close(&s);
	int status = 0;
	if (u.failed)
		status = err_blame(e, CAUSE_MEMORY, "out of memory: %zu different words", u.count);
	else if (u.items != count)
		status = err_set(e, ERR_FAILED, "wrong answer: listed %" PRIu64 " items, counted %" PRIu64,
			u.items, count);
	else
		status = print(&u, e);
	free(u.words);
	free(u.slots);
	free(u.letters);
	return status;
}
