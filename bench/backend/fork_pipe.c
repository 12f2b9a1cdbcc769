/* SPDX-License-Identifier: MIT */
/*
 * fork_pipe.c - forked processes that get their chunks through one pipe and return results through
 * another, as the workers of an interpreter's process pool do.
 *
 * Deadlock is the danger: with blocking writes on both sides, an opener that sends a chunk and a
 * worker that sends results can wait for each other's buffer for ever. Here workers block and the
 * opener never does: its ends are non-blocking, and one poll loop reads what has come and writes
 * what fits. At most two chunks are in flight per worker: one that it works on, and the next, so
 * that it need not wait for the opener, and so that dynamic schedules stay balanced. Results come
 * in frames of 32 KiB at most; a frame marks whether it is the last of its chunk. Gate, reports and
 * slots are those of all back ends.
 */
#include "bench/backend/fork_pipe.h"
#include "base/io.h"
#include "base/system.h"
#include "bench/backend/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	IN_FLIGHT = 2,          /* one to work on, one to go on with */
	FRAME_BYTES = 32 << 10, /* of results, at a time */
	ROUNDS = 1000           /* of poll, before it is looked whether everyone is alive */
};

#define NO_MORE UINT64_MAX /* instead of a chunk's index: the run has no more for this worker */

/* Before the bytes of a chunk. */
struct chunk_head {
	uint64_t index, bytes;
};

/* Results of one chunk, or a part of them. */
struct frame {
	uint64_t index;
	uint32_t bytes, last;
	unsigned char payload[FRAME_BYTES];
};

enum { FRAME_HEAD = offsetof(struct frame, payload) };

/* The opener's ends of one worker's pipes. */
struct line {
	int to, from;       /* -1: closed */
	uint64_t next, end; /* static: its share still to be sent */
	unsigned in_flight; /* chunks sent, or being sent, whose results are not complete */
	bool ended;         /* it was told that there is no more */

	struct chunk_head head; /* being sent */
	const char *bytes;
	unsigned char *room; /* for what the job makes to be sent */
	size_t sent, size;   /* of head and bytes; equal: nothing is being sent */

	struct frame *frame; /* being received */
	size_t got;
};

/* A team's `own`. */
struct switchboard {
	uint64_t next, done;  /* dynamic: the next chunk; chunks whose results are complete */
	struct pollfd *polls; /* two a worker */
	void (*old_handler)(int);
	unsigned char *buffers; /* frames and rooms of all lines, which no worker inherits; or NULL */
	size_t buffer_bytes;
	struct line lines[];
};

/* --- in the worker --- */

struct far_end {
	const struct job *job;
	unsigned worker;
	void *slot;
	int in, out;
	unsigned char *room; /* for a chunk */
	struct frame frame;  /* being filled */
};

/* All n bytes; the opener's end is ours. */
static void read_all(int fd, void *to, size_t n)
{
	if (io_read(fd, to, n) < n)
		_exit(1);
}

static void write_all(int fd, const void *from, size_t n)
{
	if (io_write(fd, from, n) < n)
		_exit(1);
}

static void send_frame(struct far_end *f, bool last)
{
	f->frame.last = last;
	write_all(f->out, &f->frame, FRAME_HEAD + f->frame.bytes);
	f->frame.bytes = 0;
}

void wire_send(struct far_end *f, const void *record, size_t n)
{
	if (f->frame.bytes + n > FRAME_BYTES)
		send_frame(f, false);
	memcpy(f->frame.payload + f->frame.bytes, record, n);
	f->frame.bytes += (uint32_t)n;
}

static bool feed(void *source)
{
	struct far_end *f = source;
	struct chunk_head head;
	read_all(f->in, &head, sizeof head);
	if (head.index == NO_MORE)
		return false;
	read_all(f->in, f->room, (size_t)head.bytes);
	f->frame.index = head.index;
	f->job->wire->work(f->job->ctx, f->worker, f->slot, head.index, f->room, (size_t)head.bytes, f);
	send_frame(f, true);
	return true;
}

/* Room for the longest chunk, aligned, with readable bytes around it. */
static unsigned char *make_room(size_t bytes)
{
	enum { PAGE = 4096 };
	unsigned char *p = mmap(NULL, bytes + WIRE_MARGIN + 2 * PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		_exit(ERR_EXIT_CAUSE + CAUSE_MEMORY);
	return p + PAGE;
}

static void close_line(struct line *l)
{
	if (l->to >= 0)
		close(l->to);
	if (l->from >= 0)
		close(l->from);
	l->to = l->from = -1;
}

/* In a worker: a pipe ends for its reader when all writers have gone, so that no worker may hold another's ends.
 * Descriptors were given out in a row. The lines are only looked at: written, each worker would get a copy of them. */
static void close_all_lines(const struct switchboard *b, unsigned workers)
{
	int low = 0, high = -1;
	for (unsigned i = 0; i < 2 * workers; i++) {
		const struct line *l = &b->lines[i / 2];
		const int fd = i % 2 ? l->from : l->to;
		if (fd < 0)
			continue;
		if (fd != high + 1) {
			system_close_range(low, high);
			low = fd;
		}
		high = fd;
	}
	system_close_range(low, high);
}

static _Noreturn void child_life(const struct member *m, int in, int out)
{
	static struct far_end end;
	struct control c = m->team->control;
	const struct switchboard *b = m->team->own;
	process_settle(m->team->opener);
	process_disown();
	close_all_lines(b, c.plan.workers);
	end.job = c.job;
	end.worker = m->worker;
	end.slot = control_slot(&c, m->worker);
	end.in = in;
	end.out = out;
	end.room = make_room(c.job->wire->most_bytes);
	c.feed = feed;
	c.source = &end;
	control_live(&c, m->worker);
	_exit(0);
}

/* --- in the opener --- */

/* A line for a worker who has had no chunk of the run. */
static void reset_line(const struct control *c, struct line *l, unsigned worker)
{
	backend_share(c->job->chunks, c->plan.workers, worker, &l->next, &l->end);
	l->in_flight = 0;
	l->ended = false;
	l->sent = l->size = l->got = 0;
}

static int create(struct member *m)
{
	struct line *l = &((struct switchboard *)m->team->own)->lines[m->worker];
	int down[2], up[2];
	close_line(l); /* of the run before */
	reset_line(&m->team->control, l, m->worker);
	if (pipe2(down, O_CLOEXEC) != 0)
		return errno;
	l->to = down[1];
	if (pipe2(up, O_CLOEXEC) != 0) {
		int error = errno;
		close(down[0]);
		return error;
	}
	l->from = up[0];
	fcntl(l->to, F_SETFL, O_NONBLOCK);
	fcntl(l->from, F_SETFL, O_NONBLOCK);
	pid_t pid = fork();
	if (pid == 0)
		child_life(m, down[0], up[1]);
	int error = errno;
	close(down[0]);
	close(up[1]);
	m->pid = pid;
	return pid < 0 ? error : 0;
}

/* The next chunk for a worker, if there is one. */
static bool next_chunk(const struct control *c, struct switchboard *b, struct line *l, uint64_t *index)
{
	uint64_t *next = c->plan.schedule == SCHEDULE_STATIC ? &l->next : &b->next;
	uint64_t end = c->plan.schedule == SCHEDULE_STATIC ? l->end : c->job->chunks;
	if (*next >= end)
		return false;
	*index = (*next)++;
	return true;
}

/* Has the line something to be sent? Finds it, if need be. */
static bool loaded(const struct control *c, struct switchboard *b, struct line *l)
{
	const void *bytes = NULL;
	uint64_t index;
	if (l->sent < l->size)
		return true;
	if (l->ended || l->in_flight == IN_FLIGHT)
		return false;
	if (next_chunk(c, b, l, &index)) {
		l->head = (struct chunk_head){index, c->job->wire->pack(c->job->ctx, index, l->room, &bytes)};
		l->in_flight++;
	} else {
		l->head = (struct chunk_head){NO_MORE, 0};
		l->ended = true;
	}
	l->bytes = bytes;
	l->sent = 0;
	l->size = sizeof l->head + (size_t)l->head.bytes;
	return true;
}

/* -1: nobody reads any more. */
static int send_some(struct line *l)
{
	const size_t head = sizeof l->head, in_head = l->sent < head ? head - l->sent : 0;
	struct iovec parts[2] = {{(char *)&l->head + head - in_head, in_head}};
	/* the bytes are only read: the type is for readers too */
	parts[1].iov_base = (void *)(uintptr_t)(l->bytes ? l->bytes + (l->sent - (head - in_head)) : NULL);
	parts[1].iov_len = l->size - l->sent - in_head;
	ssize_t n = writev(l->to, parts, 2);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	l->sent += (size_t)n;
	return 0;
}

/* Takes what has come, as often as there is something; -1: nobody writes any more. */
static int receive(const struct control *c, struct switchboard *b, struct line *l, struct err *e)
{
	struct frame *f = l->frame;
	for (;;) {
		size_t wanted = l->got < FRAME_HEAD ? FRAME_HEAD : FRAME_HEAD + f->bytes;
		ssize_t n = read(l->from, (char *)f + l->got, wanted - l->got);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		if (n == 0)
			return -1;
		l->got += (size_t)n;
		if (l->got < FRAME_HEAD || l->got < FRAME_HEAD + f->bytes)
			continue;
		if (c->job->wire->unpack(c->job->ctx, f->index, f->payload, f->bytes, e) != 0)
			return 0;
		l->got = 0;
		l->in_flight -= f->last;
		b->done += f->last;
	}
}

/* Everything is sent and everything has come. */
static bool finished(const struct control *c, const struct switchboard *b)
{
	if (b->done < c->job->chunks)
		return false;
	for (unsigned w = 0; w < c->plan.workers; w++)
		if (!b->lines[w].ended || b->lines[w].sent < b->lines[w].size)
			return false;
	return true;
}

/* One look at all lines. -1: one of them is broken, or an error. */
static int exchange(const struct control *c, struct switchboard *b, int milliseconds, struct err *e)
{
	const unsigned workers = c->plan.workers;
	int status = 0;
	for (unsigned w = 0; w < workers; w++) {
		struct line *l = &b->lines[w];
		b->polls[2 * w] = (struct pollfd){.fd = l->from, .events = POLLIN};
		b->polls[2 * w + 1] = (struct pollfd){.fd = loaded(c, b, l) ? l->to : -1, .events = POLLOUT};
	}
	if (poll(b->polls, 2 * workers, milliseconds) <= 0)
		return -1;
	for (unsigned w = 0; w < workers; w++) {
		struct line *l = &b->lines[w];
		if ((b->polls[2 * w].revents && receive(c, b, l, e) != 0) ||
			(b->polls[2 * w + 1].revents && send_some(l) != 0)) {
			close_line(l); /* whoever was there is gone, or will be */
			status = -1;
		}
	}
	return e->status == ERR_NONE ? status : -1;
}

/* In place of waiting for reports alone: see spawned_team.h. */
static bool serve(struct team *t, unsigned milliseconds, struct err *e)
{
	struct switchboard *b = t->own;
	struct control *c = &t->control;
	struct err ignored = {0};
	for (int rounds = 0; !finished(c, b); rounds++)
		if (rounds == ROUNDS || exchange(c, b, (int)milliseconds, e) != 0)
			return control_check(c, &ignored) != 0;
	b->next = b->done = 0;
	for (unsigned w = 0; w < c->plan.workers; w++)
		reset_line(c, &b->lines[w], w);
	return true;
}

/* One mapping that stays out of the workers: each would inherit what is for all of them, and the opener a copy of each
 * page that it writes to afterwards. */
static int make_buffers(struct switchboard *b, unsigned workers, size_t room)
{
	enum { ALIGNED = 64 };
	const size_t frame = (sizeof(struct frame) + ALIGNED - 1) / ALIGNED * ALIGNED,
		     each = frame + (room + ALIGNED - 1) / ALIGNED * ALIGNED;
	void *p = mmap(NULL, each * workers, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	madvise(p, each * workers, MADV_DONTFORK);
	b->buffers = p;
	b->buffer_bytes = each * workers;
	for (unsigned w = 0; w < workers; w++) {
		unsigned char *own = b->buffers + w * each;
		b->lines[w].frame = (struct frame *)(void *)own;
		b->lines[w].room = room ? own + frame : NULL;
	}
	return 0;
}

static int prepare(struct team *t, struct err *e)
{
	const unsigned workers = t->control.plan.workers;
	struct switchboard *b = calloc(1, sizeof *b + workers * sizeof b->lines[0]);
	t->own = b;
	if (b)
		b->polls = calloc(2 * (size_t)workers, sizeof *b->polls);
	if (!b || !b->polls)
		return err_blame(e, CAUSE_MEMORY, "%s: out of memory", t->control.name);
	for (unsigned w = 0; w < workers; w++)
		b->lines[w].to = b->lines[w].from = -1;
	b->old_handler = signal(SIGPIPE, SIG_IGN); /* it comes as EPIPE, and the worker's end is told then */
	return make_buffers(b, workers, t->control.job->wire->room_bytes) == 0
		       ? 0
		       : err_blame(e, CAUSE_MEMORY, "%s: out of memory", t->control.name);
}

static void discard(struct team *t)
{
	struct switchboard *b = t->own;
	if (!b)
		return;
	if (b->polls) {
		for (unsigned w = 0; w < t->control.plan.workers; w++)
			close_line(&b->lines[w]);
		signal(SIGPIPE, b->old_handler);
	}
	if (b->buffers)
		munmap(b->buffers, b->buffer_bytes);
	free(b->polls);
	free(b);
}

static const struct spawned_team_kind processes = {.create = create,
	.reap = process_reap,
	.kill = process_kill,
	.describe = process_describe,
	.prepare = prepare,
	.serve = serve,
	.discard = discard};

struct team *fork_pipe_open(
	const struct backend *b, const struct job *job, const struct team_plan *plan, struct err *e)
{
	if (!job->wire) {
		err_set(e, ERR_ABSENT, "%s: this job cannot be sent through pipes", b->name);
		return NULL;
	}
	return spawned_team_open(b, &processes, job, plan, e);
}

static struct team *open_processes(const struct job *job, const struct team_plan *plan, struct err *e)
{
	return fork_pipe_open(&backend_fork_pipe, job, plan, e);
}

const struct backend backend_fork_pipe = {
	.name = "fork-pipe",
	.summary = "child processes that receive chunks and return lists of results through pipes",
	.worker = "process",
	.max_workers = BACKEND_MAX_WORKERS,
	.message_passing = true,
	.open = open_processes,
	.run = spawned_team_run,
	.slot = spawned_team_slot,
	.close = spawned_team_close,
};
