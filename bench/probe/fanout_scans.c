/* SPDX-License-Identifier: MIT */
/* fanout_scans.c - the ways to ask many targets at once: one function and one table line each. */
#include "bench/probe/fanout_scans.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POOL = 16, STACK_BYTES = 64 * 1024 };

static uint64_t word_of(const struct scan *s, unsigned target)
{
	return s->salt << 32 | target;
}

/* A socket on which the question is out, or -1. */
static int ask(const struct scan *s, unsigned target)
{
	const struct sockaddr_in to = responder_address(s->responder, target);
	const uint64_t word = word_of(s, target);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 &&
		send(fd, &word, sizeof word, 0) == sizeof word)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool has_answered(const struct scan *s, int fd, unsigned target)
{
	uint64_t word;
	return recv(fd, &word, sizeof word, 0) == sizeof word && word == word_of(s, target);
}

static int left_ms(uint64_t deadline)
{
	const uint64_t now = clock_ns();
	return now < deadline ? (int)((deadline - now) / 1000000) + 1 : 0;
}

/* 1: it answered; 0: it did not; -1: the question could not be asked. */
static int ask_and_wait(const struct scan *s, unsigned target)
{
	struct pollfd p = {.fd = ask(s, target), .events = POLLIN};
	if (p.fd < 0)
		return -1;
	const uint64_t deadline = clock_ns() + s->wait_ns; /* from when the question is out */
	while (poll(&p, 1, left_ms(deadline)) < 0 && errno == EINTR)
		;
	int answered = has_answered(s, p.fd, target);
	close(p.fd);
	return answered;
}

static enum probe_status cannot(struct probe_sample *sample, const char *what, unsigned target)
{
	return probe_say(sample, probe_status_of(err_cause_of(errno)), "%s for target %u: %s", what, target,
		strerror(errno));
}

static enum probe_status serially(struct scan *s, struct probe_sample *sample)
{
	for (unsigned i = 0; i < s->targets; i++) {
		int answered = ask_and_wait(s, i);
		if (answered < 0)
			return cannot(sample, "socket", i);
		s->found[i] = (unsigned char)answered;
	}
	return PROBE_OK;
}

/* --- threads --- */

struct errand {
	struct scan *scan;
	unsigned target;
	pthread_t thread;
};

static void note(struct scan *s, unsigned target)
{
	int answered = ask_and_wait(s, target);
	pthread_mutex_lock(&s->lock);
	s->found[target] = answered > 0;
	pthread_mutex_unlock(&s->lock);
}

static void *go_once(void *errand)
{
	struct errand *e = errand;
	note(e->scan, e->target);
	return NULL;
}

static void *go_on(void *errand)
{
	struct errand *e = errand;
	for (unsigned i; (i = atomic_fetch_add(&e->scan->next, 1)) < e->scan->targets;)
		note(e->scan, i);
	return NULL;
}

static enum probe_status with_threads(
	struct scan *s, unsigned n, void *(*run)(void *errand), struct probe_sample *sample)
{
	struct errand *errands = calloc(n, sizeof *errands);
	pthread_attr_t a;
	unsigned made = 0;
	int error = 0;
	if (!errands)
		return probe_say(sample, PROBE_MEMORY, "out of memory");
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, STACK_BYTES);
	for (; made < n && !error; made += !error) {
		errands[made] = (struct errand){.scan = s, .target = made};
		error = pthread_create(&errands[made].thread, &a, run, &errands[made]);
	}
	for (unsigned i = 0; i < made; i++)
		pthread_join(errands[i].thread, NULL);
	pthread_attr_destroy(&a);
	free(errands);
	return error ? probe_say(sample, probe_status_of(err_cause_of(error)), "thread %u of %u: %s", made, n,
			       strerror(error))
		     : PROBE_OK;
}

static enum probe_status by_thread_each(struct scan *s, struct probe_sample *sample)
{
	return with_threads(s, s->targets, go_once, sample);
}

static enum probe_status by_pool(struct scan *s, struct probe_sample *sample)
{
	return with_threads(s, POOL, go_on, sample);
}

/* --- processes --- */

static enum probe_status by_process_each(struct scan *s, struct probe_sample *sample)
{
	pid_t *pids = calloc(s->targets, sizeof *pids);
	unsigned made = 0;
	int error = 0;
	if (!pids)
		return probe_say(sample, PROBE_MEMORY, "out of memory");
	for (; made < s->targets && !error; made += !error) {
		pids[made] = fork();
		if (pids[made] == 0) {
			s->found[made] = ask_and_wait(s, made) > 0;
			_exit(0);
		}
		error = pids[made] < 0 ? errno : 0;
	}
	for (unsigned i = 0; i < made; i++)
		waitpid(pids[i], NULL, 0);
	free(pids);
	return error ? probe_say(sample, probe_status_of(err_cause_of(error)), "process %u of %u: %s", made,
			       s->targets, strerror(error))
		     : PROBE_OK;
}

/* --- one loop over all --- */

/* Waits on all open descriptors for at most `ms`, and takes the answers; how many, or -1. */
typedef int wait_fn(struct scan *s, struct pollfd *fds, int epoll, int ms);

static int take(struct scan *s, struct pollfd *p, unsigned target)
{
	if (!has_answered(s, p->fd, target))
		return 0;
	s->found[target] = 1;
	close(p->fd); /* of an epoll set it is gone thereby */
	p->fd = -1;
	return 1;
}

static int wait_select(struct scan *s, struct pollfd *fds, int epoll, int ms)
{
	fd_set set;
	int highest = -1, taken = 0;
	struct timeval limit = {ms / 1000, ms % 1000 * 1000};
	(void)epoll;
	FD_ZERO(&set);
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0) {
			FD_SET(fds[i].fd, &set);
			highest = fds[i].fd > highest ? fds[i].fd : highest;
		}
	if (select(highest + 1, &set, NULL, NULL, &limit) < 0)
		return errno == EINTR ? 0 : -1;
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0 && FD_ISSET(fds[i].fd, &set))
			taken += take(s, &fds[i], i);
	return taken;
}

static int wait_poll(struct scan *s, struct pollfd *fds, int epoll, int ms)
{
	int taken = 0;
	(void)epoll;
	if (poll(fds, s->targets, ms) < 0)
		return errno == EINTR ? 0 : -1;
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			taken += take(s, &fds[i], i);
	return taken;
}

static int wait_epoll(struct scan *s, struct pollfd *fds, int epoll, int ms)
{
	struct epoll_event events[256];
	int taken = 0, n = epoll_wait(epoll, events, 256, ms);
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	for (int i = 0; i < n; i++)
		taken += take(s, &fds[events[i].data.u32], events[i].data.u32);
	return taken;
}

/* Puts all questions; 0, or the status why not. */
static enum probe_status ask_all(
	struct scan *s, struct pollfd *fds, int epoll, wait_fn *wait, struct probe_sample *sample)
{
	for (unsigned i = 0; i < s->targets; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
		fds[i].fd = ask(s, i);
		if (fds[i].fd < 0)
			return cannot(sample, "socket", i);
		if (wait == wait_select && fds[i].fd >= FD_SETSIZE)
			return probe_say(sample, PROBE_ABSENT,
				"refused: descriptor %d is not below FD_SETSIZE, %d", fds[i].fd, FD_SETSIZE);
		if (wait == wait_epoll && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i].fd, &event) != 0)
			return cannot(sample, "epoll_ctl", i);
	}
	return PROBE_OK;
}

static enum probe_status by_loop(struct scan *s, wait_fn *wait, struct probe_sample *sample)
{
	struct pollfd *fds = calloc(s->targets, sizeof *fds);
	int epoll = wait == wait_epoll ? epoll_create1(EPOLL_CLOEXEC) : -1;
	if (!fds)
		return probe_say(sample, PROBE_MEMORY, "out of memory");
	for (unsigned i = 0; i < s->targets; i++)
		fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	enum probe_status status = ask_all(s, fds, epoll, wait, sample);
	const uint64_t deadline = clock_ns() + s->wait_ns;
	bool last = false;
	for (unsigned open = s->targets; status == PROBE_OK && open && !last;) {
		int ms = left_ms(deadline);
		last = ms == 0; /* what has come until now is taken still */
		int taken = wait(s, fds, epoll, ms);
		if (taken < 0)
			status = cannot(sample, "waiting", 0);
		open -= taken > 0 ? (unsigned)taken : 0;
		last &= taken <= 0;
	}
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	if (epoll >= 0)
		close(epoll);
	free(fds);
	return status;
}

static enum probe_status by_select(struct scan *s, struct probe_sample *sample)
{
	return by_loop(s, wait_select, sample);
}

static enum probe_status by_poll(struct scan *s, struct probe_sample *sample)
{
	return by_loop(s, wait_poll, sample);
}

static enum probe_status by_epoll(struct scan *s, struct probe_sample *sample)
{
	return by_loop(s, wait_epoll, sample);
}

const struct scan_way scan_ways[SCAN_WAYS] = {
	{"epoll", "", by_epoll, SCAN_LOOP, 0, 0},
	{"poll", "", by_poll, SCAN_LOOP | SCAN_FULL, 0.7, 1.4},
	{"select", "", by_select, SCAN_LOOP | SCAN_FULL, 0.7, 1.4},
	{"thread each", "thread", by_thread_each, 0, 0.8, 2},
	{"process each", "process", by_process_each, 0, 0.8, 4},
	{"pool of 16", "thread", by_pool, SCAN_FULL, 0.8, 4},
	{"one by one", "", serially, SCAN_SERIAL | SCAN_FULL, 3, 100},
};
