/* SPDX-License-Identifier: MIT */
#include "haul.h"

#include <stdlib.h>
#include <string.h>

struct haul_list {
	uint64_t *items;
	size_t count, room;
};

static struct span span_of(const struct work *w, uint64_t index)
{
	return work_part(w->units, w->chunks, index);
}

static struct piece piece_of(const struct work *w, uint64_t index)
{
	const struct kernel *k = w->cell->kernel;
	return k->pack ? k->pack(w->input, span_of(w, index)) : (struct piece){0};
}

static size_t pack(void *ctx, uint64_t index, const void **bytes)
{
	struct piece p = piece_of(ctx, index);
	*bytes = p.bytes;
	return p.count;
}

/* --- in the worker --- */

static int send_items(void *to, const uint64_t *items, size_t n)
{
	enum { MOST = WIRE_RECORD / sizeof *items };
	for (; n > MOST; items += MOST, n -= MOST)
		wire_send(to, items, MOST * sizeof *items);
	wire_send(to, items, n * sizeof *items);
	return 0;
}

static void work(void *ctx, unsigned worker, void *mine, uint64_t index, unsigned char *bytes, size_t n,
	struct far_end *to)
{
	const struct work *w = ctx;
	const struct kernel *k = w->cell->kernel;
	const struct variant *v = w->cell->variant;
	struct slot *s = mine;
	struct span all = span_of(w, index);
	const void *input = w->input;
	union kernel_part part;
	(void)worker;
	if (k->adopt) {
		k->adopt(w->input, bytes, n, &part);
		input = &part;
		all = (struct span){0, v->units(input)};
	}
	if (v->emit) {
		v->emit(input, all, s->scratch, send_items, to);
	} else {
		struct tally found = {0};
		v->chunk(input, all, s->scratch, &found);
		wire_send(to, &found, sizeof found);
	}
}

/* --- in the opener --- */

static int make_room(struct haul_list *l, size_t more, struct err *e)
{
	size_t room = l->room ? l->room : 1024;
	while (room - l->count < more)
		room *= 2;
	if (room == l->room)
		return 0;
	uint64_t *items = realloc(l->items, room * sizeof *items);
	if (!items)
		return err_set(e, ERR_FAILED, "out of memory: a list of %zu results", l->count + more);
	l->items = items;
	l->room = room;
	return 0;
}

static int unpack(void *ctx, uint64_t index, const void *records, size_t n, struct err *e)
{
	const struct work *w = ctx;
	struct haul *h = w->haul;
	struct haul_list *l = &h->lists[index];
	const size_t count = n / sizeof *l->items;
	if (!w->cell->variant->emit) {
		struct tally found;
		for (size_t i = 0; i < n; i += sizeof found) {
			memcpy(&found, (const char *)records + i, sizeof found);
			tally_add(&h->tally, found);
		}
		return 0;
	}
	if (make_room(l, count, e) != 0)
		return -1;
	const uint64_t first = piece_of(w, index).first;
	memcpy(l->items + l->count, records, n);
	for (size_t i = l->count; i < l->count + count; i++)
		l->items[i] += first;
	l->count += count;
	return 0;
}

int haul_open(struct haul *h, const struct work *w, struct err *e)
{
	*h = (struct haul){.work = w, .wire = {.pack = pack, .work = work, .unpack = unpack}};
	h->lists = calloc(w->chunks ? w->chunks : 1, sizeof *h->lists);
	if (!h->lists)
		return err_set(e, ERR_FAILED, "out of memory: lists of %zu bytes", w->chunks * sizeof *h->lists);
	for (uint64_t i = 0; i < w->chunks; i++) {
		size_t count = piece_of(w, i).count;
		h->wire.most_bytes = count > h->wire.most_bytes ? count : h->wire.most_bytes;
	}
	return 0;
}

void haul_close(struct haul *h)
{
	for (uint64_t i = 0; h->lists && i < h->work->chunks; i++)
		free(h->lists[i].items);
	free(h->lists);
	*h = (struct haul){0};
}

void haul_clear(struct haul *h)
{
	h->tally = (struct tally){0};
	for (uint64_t i = 0; i < h->work->chunks; i++)
		h->lists[i].count = 0;
}

struct tally haul_tally(const struct haul *h)
{
	struct tally t = h->tally;
	for (uint64_t i = 0; i < h->work->chunks; i++)
		for (size_t j = 0; j < h->lists[i].count; j++)
			h->work->cell->kernel->weigh(h->lists[i].items[j], &t);
	return t;
}

void haul_each(const struct haul *h, kernel_take_fn *take, void *ctx)
{
	for (uint64_t i = 0; i < h->work->chunks; i++)
		if (h->lists[i].count && take(ctx, h->lists[i].items, h->lists[i].count) != 0)
			return;
}
