/* SPDX-License-Identifier: MIT */
/*
 * filler.c - threads that make an array in parts, and the shelf on which launches leave arrays for
 * each other.
 *
 * What takes time is less the arithmetic than the pages: the system zeroes each at its first touch,
 * which here takes longer than copying. So both making and copying are spread over threads, and
 * copies are read straight into place (pread), without a mapping whose pages would have to be
 * faulted in as well.
 *
 * The shelf begins with an index. An entry counts once `used` includes it, which is the last thing
 * that is written: a launch that was killed in between has left nothing.
 */
#include "bench/harness/filler.h"

#include "base/system.h"
#include "bench/machine/cgroup.h"
#include "bench/machine/memory_policy.h"
#include "bench/machine/place.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	ENTRIES = 100,
	WHAT_BYTES = 24,
	INDEX_BYTES = 16384,
	MOST_THREADS = 64,
	PART_BYTES = 1 << 20,    /* fewer are not worth a thread, */
	SHELVED_BYTES = 1 << 18, /* nor fewer than these a copy */
};
static const uint64_t magic = UINT64_C(0x70617273636c6631), most_shelf_bytes = UINT64_C(1) << 30;

struct entry {
	char what[WHAT_BYTES];
	uint64_t of[FILL_OF];
	uint64_t count, size, offset;
};

struct shelf_index {
	uint64_t magic, room, taken; /* bytes of arrays: in all, and so far */
	uint64_t used;               /* of the entries */
	struct entry entries[ENTRIES];
};
_Static_assert(sizeof(struct shelf_index) <= INDEX_BYTES, "the index has room at the beginning");

int filler_create_shelf(uint64_t bytes)
{
	const struct shelf_index index = {.magic = magic, .room = bytes};
	const int fd = system_memory_file("parscale inputs", false);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)(INDEX_BYTES + bytes)) == 0 &&
		pwrite(fd, &index, sizeof index, 0) == (ssize_t)sizeof index)
		return fd;
	close(fd);
	return -1;
}

uint64_t filler_shelf_bytes(void)
{
	enum { SHARE = 8 };
	struct cgroup g;
	cgroup_read(&g, "");
	double left = (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	left = fmin(left, g.memory_left_bytes); /* NAN: no limit */
	left /= SHARE;
	return left < (double)most_shelf_bytes ? (uint64_t)fmax(left, 0) : most_shelf_bytes;
}

/* --- in parts --- */

enum action { MAKE, COPY_HERE, COPY_AWAY };

struct part {
	const struct fill *f;
	enum action action;
	uint64_t lo, hi;
	unsigned char *to; /* of element 0 */
	int fd;
	uint64_t offset; /* there, of element 0 */
	unsigned node;   /* of the caller's memory */
	int cpu;         /* to be bound to; -1: free */
	bool elsewhere;  /* in a thread of its own */
	bool failed;
};

/* Whether all of the bytes went from or to the shelf. */
static bool copy(const struct part *p)
{
	uint64_t at = p->lo * p->f->size;
	const uint64_t end = p->hi * p->f->size;
	while (at < end) {
		const off_t there = (off_t)(p->offset + at);
		const ssize_t n = p->action == COPY_HERE
					  ? pread(p->fd, p->to + at, (size_t)(end - at), there)
					  : pwrite(p->fd, p->to + at, (size_t)(end - at), there);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (uint64_t)n;
	}
	return true;
}

static void *do_part(void *ctx)
{
	struct part *p = ctx;
	struct err ignored = {0};
	if (p->cpu >= 0)
		place_bind(p->cpu, &ignored);
	else if (p->elsewhere && memory_policy_is_usual())
		memory_policy_prefer(p->node);
	if (p->action == MAKE)
		p->f->make(p->f, p->lo, p->hi, p->to + p->lo * p->f->size);
	else
		p->failed = !copy(p);
	return NULL;
}

/* In how many parts an array is done. */
static uint64_t count_parts(struct own_filler *own, const struct part *whole)
{
	const uint64_t bytes = whole->f->count * whole->f->size, most = bytes / PART_BYTES;
	if (whole->action == MAKE && whole->f->whole)
		return 1;
	if (most > 1 && own->threads == 0)
		own->threads = place_capacity_here();
	uint64_t parts = own->spread ? own->spread : own->threads < most ? own->threads : most;
	parts = parts < MOST_THREADS ? parts : MOST_THREADS;
	parts = parts < whole->f->count ? parts : whole->f->count;
	return parts ? parts : 1;
}

/* One action on the whole array, by this thread and others; a part that gets no thread is done here. Whether all went
 * well. */
static bool do_all(struct own_filler *own, struct part whole)
{
	struct part part[MOST_THREADS];
	pthread_t thread[MOST_THREADS] = {0};
	unsigned cpu;
	bool good = true;
	const uint64_t parts = count_parts(own, &whole);
	const bool bound = own->spread > 0 && parts > 1;
	if (syscall(SYS_getcpu, &cpu, &whole.node, NULL) != 0)
		whole.node = UINT32_MAX;
	for (uint64_t i = parts; i-- > 0;) {
		part[i] = whole;
		part[i].lo = whole.f->count / parts * i;
		part[i].hi = i + 1 < parts ? whole.f->count / parts * (i + 1) : whole.f->count;
		part[i].cpu = bound ? own->cpus[i * own->spread / parts] : -1;
		part[i].elsewhere = i > 0 || bound;
		if (part[i].elsewhere && pthread_create(&thread[i], NULL, do_part, &part[i]) == 0)
			continue;
		part[i].elsewhere = false;
		part[i].cpu = -1;
		do_part(&part[i]);
	}
	for (uint64_t i = 0; i < parts; i++) {
		if (part[i].elsewhere)
			pthread_join(thread[i], NULL);
		good &= !part[i].failed;
	}
	return good;
}

/* --- the shelf --- */

static const struct entry *find(const struct own_filler *own, const struct fill *f)
{
	const struct shelf_index *x = own->index;
	for (uint64_t i = 0; x && i < x->used && i < ENTRIES; i++) {
		const struct entry *e = &x->entries[i];
		if (e->count == f->count && e->size == f->size &&
			strncmp(e->what, f->what, sizeof e->what) == 0 &&
			memcmp(e->of, f->of, sizeof e->of) == 0)
			return e;
	}
	return NULL;
}

static void leave(struct own_filler *own, const struct fill *f, unsigned char *from)
{
	struct shelf_index *x = own->index;
	const uint64_t bytes = f->count * f->size;
	if (!x || x->used >= ENTRIES || x->taken > x->room || bytes > x->room - x->taken)
		return;
	struct entry *e = &x->entries[x->used];
	*e = (struct entry){.count = f->count, .size = f->size, .offset = INDEX_BYTES + x->taken};
	strncpy(e->what, f->what, sizeof e->what - 1);
	memcpy(e->of, f->of, sizeof e->of);
	const struct part away = {
		.f = f, .action = COPY_AWAY, .to = from, .fd = own->shelf, .offset = e->offset};
	if (!do_all(own, away))
		return;
	x->taken += bytes;
	x->used++;
}

static void fill(void *ctx, const struct fill *f, unsigned char *to)
{
	struct own_filler *own = ctx;
	const struct part make = {.f = f, .action = MAKE, .to = to};
	const bool large = f->count * f->size >= SHELVED_BYTES;
	const struct entry *e = large ? find(own, f) : NULL;
	if (e) {
		const struct part here = {
			.f = f, .action = COPY_HERE, .to = to, .fd = own->shelf, .offset = e->offset};
		if (do_all(own, here))
			return;
	}
	do_all(own, make);
	if (large && !e)
		leave(own, f, to);
}

void filler_open(struct own_filler *own, int shelf)
{
	struct stat st;
	*own = (struct own_filler){.filler = {.fill = fill, .ctx = own}, .shelf = shelf};
	if (shelf < 0 || fstat(shelf, &st) != 0 || st.st_size < INDEX_BYTES)
		return;
	struct shelf_index *x = mmap(NULL, INDEX_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, shelf, 0);
	if (x == MAP_FAILED)
		return;
	if (x->magic == magic && x->room <= (uint64_t)st.st_size - INDEX_BYTES)
		own->index = x;
	else
		munmap(x, INDEX_BYTES);
}

void filler_close(struct own_filler *own)
{
	if (own->index)
		munmap(own->index, INDEX_BYTES);
	own->index = NULL;
}
