/* SPDX-License-Identifier: MIT */
/*
 * marshal.c - packs chunks and unpacks results for workers that share no memory with the opener.
 *
 * A worker of these back ends gets bytes through a pipe and returns items through another, as
 * workers of an interpreter's process pool do. A kernel with `pack` sends the bytes of its chunk
 * and gives the worker a view of them (`adopt`); the others send a chunk number, from which the
 * worker recomputes its range. Items come back relative to their chunk and are made absolute here.
 * They are kept in one list per chunk: chunks arrive in any order, and each appends only to its own
 * list, so input order needs no sorting. The tally is recomputed from the items that arrived: a
 * lost or repeated item is a wrong answer.
 *
 * Serialised, each word and each number becomes a pickle object (base/pickle.h) and is parsed again
 * on the other side; that difference is what fork-pickle measures. Records are cut to WIRE_RECORD
 * bytes, the most that the wire takes at once.
 */
#include "bench/harness/marshal.h"

#include "base/pickle.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A tally travels as three numbers: count, checksum, longest. */
enum { TALLY_NUMBERS = 3 };

struct marshal_list {
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
	return k->wire ? k->wire->pack(w->input, span_of(w, index)) : (struct piece){0};
}

static size_t pack(void *ctx, uint64_t index, unsigned char *room, const void **bytes)
{
	const struct piece p = piece_of(ctx, index);
	(void)room;
	*bytes = p.bytes;
	return p.count;
}

/* Objects of a piece, and the bytes of one. */
static size_t objects(const struct piece *p, size_t *each)
{
	*each = p->each ? p->each : p->count;
	return *each ? p->count / *each : 0;
}

static size_t pack_pickled(void *ctx, uint64_t index, unsigned char *room, const void **bytes)
{
	const struct piece p = piece_of(ctx, index);
	size_t each, count = objects(&p, &each);
	*bytes = room;
	return pickle_strings(room, p.bytes, count, each);
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

/* A record is a whole list. */
static int send_pickled(void *to, const uint64_t *items, size_t n)
{
	enum { MOST = WIRE_RECORD / 16 };
	unsigned char record[WIRE_RECORD];
	assert(pickle_numbers_bytes(MOST) <= sizeof record);
	for (size_t part; n > 0; items += part, n -= part) {
		part = n < MOST ? n : MOST;
		wire_send(to, record, pickle_numbers(record, items, part));
	}
	return 0;
}

static void work_on_bytes(void *ctx, unsigned worker, void *mine, uint64_t index, unsigned char *bytes,
	size_t n, struct far_end *to)
{
	const struct work *w = ctx;
	kernel_sink_fn *send = send_items;
	const struct kernel *k = w->cell->kernel;
	const struct variant *v = w->cell->variant;
	struct slot *s = mine;
	struct span all = span_of(w, index);
	const void *input = w->input;
	union kernel_part part;
	if (w->cell->backend->serialised) {
		send = send_pickled;
		n = pickle_strings_in_place(bytes, n);
		assert(n != SIZE_MAX);
	}
	if (k->wire) {
		k->wire->adopt(w->input, bytes, n, &part);
		input = &part;
		all = (struct span){0, v->units(input)};
	}
	if (kernel_lists_all(k, v)) {
		v->emit(input, all, s->scratch, send, to);
		if (work_fault(w, worker, s, FAULT_CHUNK))
			send(to, &index, 1);
	} else {
		struct tally found = {0};
		v->chunk(input, all, s->scratch, &found);
		found.count += work_fault(w, worker, s, FAULT_CHUNK);
		send(to, (const uint64_t[TALLY_NUMBERS]){found.count, found.checksum, found.longest},
			TALLY_NUMBERS);
	}
}

/* --- in the opener --- */

static int make_room(struct marshal_list *l, size_t more, struct err *e)
{
	size_t room = l->room ? l->room : 1024;
	while (room - l->count < more)
		room *= 2;
	if (room == l->room)
		return 0;
	uint64_t *items = realloc(l->items, room * sizeof *items);
	if (!items)
		return err_blame(e, CAUSE_MEMORY, "out of memory: a list of %zu results", l->count + more);
	l->items = items;
	l->room = room;
	return 0;
}

/* Items of a chunk, or where nothing is listed the numbers of a tally. */
static int keep(struct work *w, uint64_t index, const uint64_t *items, size_t count, struct err *e)
{
	struct marshal *h = w->marshal;
	struct marshal_list *l = &h->lists[index];
	if (!kernel_lists_all(w->cell->kernel, w->cell->variant)) {
		for (size_t i = 0; i + TALLY_NUMBERS <= count; i += TALLY_NUMBERS)
			tally_add(&h->tally, (struct tally){.count = items[i],
						     .checksum = items[i + 1],
						     .longest = items[i + 2]});
		return 0;
	}
	if (make_room(l, count, e) != 0)
		return -1;
	const uint64_t first = piece_of(w, index).first;
	for (size_t i = 0; i < count; i++)
		l->items[l->count++] = items[i] + first;
	return 0;
}

static int unpack(void *ctx, uint64_t index, const void *records, size_t n, struct err *e)
{
	enum { PART = 170 * TALLY_NUMBERS };
	uint64_t items[PART];
	for (size_t at = 0, size; at < n; at += size) {
		size = n - at < sizeof items ? n - at : sizeof items;
		memcpy(items, (const char *)records + at, size); /* of any alignment */
		if (keep(ctx, index, items, size / sizeof *items, e) != 0)
			return -1;
	}
	return 0;
}

static int unpack_pickled(void *ctx, uint64_t index, const void *records, size_t n, struct err *e)
{
	uint64_t items[WIRE_RECORD];
	struct pickle_reader r = {records, (const unsigned char *)records + n};
	struct pickle_object o;
	for (size_t count = 0; r.at < r.end; count = 0) {
		enum pickle_kind kind;
		while ((kind = pickle_next(&r, &o)) == PICKLE_NUMBER && count < WIRE_RECORD)
			items[count++] = o.number;
		if (kind != PICKLE_END)
			return err_set(e, ERR_FAILED, "a worker sent results that are no list of numbers");
		if (keep(ctx, index, items, count, e) != 0)
			return -1;
	}
	return 0;
}

int marshal_open(struct marshal *h, const struct work *w, struct err *e)
{
	const bool pickled = w->cell->backend->serialised;
	*h = (struct marshal){.work = w,
		.wire = {.pack = pickled ? pack_pickled : pack,
			.work = work_on_bytes,
			.unpack = pickled ? unpack_pickled : unpack}};
	h->lists = w->chunks <= SIZE_MAX ? calloc(w->chunks ? (size_t)w->chunks : 1, sizeof *h->lists) : NULL;
	if (!h->lists)
		return err_blame(e, CAUSE_MEMORY, "out of memory: lists of %" PRIu64 " chunks", w->chunks);
	for (uint64_t i = 0; i < w->chunks; i++) {
		const struct piece p = piece_of(w, i);
		size_t each, count = objects(&p, &each),
			     bytes = pickled ? pickle_strings_bytes(count, each) : p.count;
		h->wire.most_bytes = bytes > h->wire.most_bytes ? bytes : h->wire.most_bytes;
	}
	h->wire.room_bytes = pickled ? h->wire.most_bytes : 0;
	return 0;
}

void marshal_close(struct marshal *h)
{
	for (uint64_t i = 0; h->lists && i < h->work->chunks; i++)
		free(h->lists[i].items);
	free(h->lists);
	*h = (struct marshal){0};
}

void marshal_clear(struct marshal *h)
{
	h->tally = (struct tally){0};
	for (uint64_t i = 0; i < h->work->chunks; i++)
		h->lists[i].count = 0;
}

struct tally marshal_tally(const struct marshal *h)
{
	struct tally t = h->tally;
	for (uint64_t i = 0; i < h->work->chunks; i++)
		for (size_t j = 0; j < h->lists[i].count; j++)
			h->work->cell->kernel->listing->weigh(h->lists[i].items[j], &t);
	return t;
}
