/* SPDX-License-Identifier: MIT */
/*
 * responder.c - the targets of probe `fanout`: one process with a socket per target. All answers
 * have the same delay, so they become due in the order of arrival, and a ring with one timer is
 * enough.
 */
#include "bench/probe/responder.h"

#include "bench/machine/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Answers to come, in the order they are due, since all are delayed alike. */
struct answer {
	uint64_t due, word;
	int socket;
	struct sockaddr_in to;
};

struct service {
	int *sockets;
	unsigned targets;
	uint64_t delay_ns;
	int epoll, timer;
	struct answer *answers; /* a ring of `room`, a power of two */
	uint64_t room, first, next;
};

struct sockaddr_in responder_address(const struct responder *r, unsigned target)
{
	const uint32_t address = UINT32_C(127) << 24 | 1 << 16 | target / 250 << 8 | (target % 250 + 1);
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(r->port), .sin_addr = {htonl(address)}};
}

bool responder_is_silent(unsigned target)
{
	return target % RESPONDER_SILENT_EVERY == RESPONDER_SILENT_EVERY / 2;
}

static void close_all(int *sockets, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		close(sockets[i]);
}

/* Sockets of all targets at r->port; how many there are, with errno of what failed. */
static unsigned bind_all(const struct responder *r, int *sockets)
{
	unsigned n = 0;
	for (; n < r->targets; n++) {
		const struct sockaddr_in a = responder_address(r, n);
		sockets[n] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (sockets[n] < 0)
			break;
		if (bind(sockets[n], (const struct sockaddr *)&a, sizeof a) != 0) {
			int error = errno;
			close(sockets[n]);
			errno = error;
			break;
		}
	}
	return n;
}

static void receive(struct service *s, unsigned target)
{
	struct answer a = {.socket = s->sockets[target]};
	socklen_t length = sizeof a.to;
	while (recvfrom(a.socket, &a.word, sizeof a.word, 0, (struct sockaddr *)&a.to, &length) ==
		sizeof a.word) {
		if (responder_is_silent(target) || s->next - s->first == s->room)
			continue;
		a.due = clock_ns() + s->delay_ns;
		s->answers[s->next++ & (s->room - 1)] = a;
	}
}

/* Sends what is due, and sets the timer to what is next. */
static void answer(struct service *s)
{
	for (; s->first != s->next; s->first++) {
		const struct answer *a = &s->answers[s->first & (s->room - 1)];
		const uint64_t now = clock_ns();
		if (a->due > now) {
			const uint64_t left = a->due - now;
			const struct itimerspec in = {
				.it_value = {(time_t)(left / 1000000000), (long)(left % 1000000000)}};
			timerfd_settime(s->timer, 0, &in, NULL);
			return;
		}
		sendto(a->socket, &a->word, sizeof a->word, 0, (const struct sockaddr *)&a->to, sizeof a->to);
	}
}

static _Noreturn void serve(struct service *s)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX}, events[256];
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->timer, &event);
	for (unsigned i = 0; i < s->targets; i++) {
		event.data.u32 = i;
		epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->sockets[i], &event);
	}
	for (;;) {
		int n = epoll_wait(s->epoll, events, 256, -1);
		for (int i = 0; i < n; i++) {
			uint64_t ticks;
			if (events[i].data.u32 != UINT32_MAX)
				receive(s, events[i].data.u32);
			else if (read(s->timer, &ticks, sizeof ticks) < 0)
				continue;
		}
		answer(s);
	}
}

int responder_start(struct responder *r, unsigned targets, uint16_t port, uint64_t delay_ns, struct err *e)
{
	struct service s = {.targets = targets, .delay_ns = delay_ns, .room = 8192};
	const pid_t parent = getpid();
	*r = (struct responder){.targets = targets};
	s.sockets = malloc(targets * sizeof *s.sockets);
	s.answers = malloc((size_t)s.room * sizeof *s.answers);
	unsigned bound = 0;
	for (unsigned i = 0; s.sockets && s.answers && i < RESPONDER_PORTS && port + i <= 65535; i++) {
		r->port = (uint16_t)(port + i);
		bound = bind_all(r, s.sockets);
		if (bound == targets || errno != EADDRINUSE)
			break;
		close_all(s.sockets, bound);
		bound = 0;
	}
	int error = errno, status = 0;
	if (bound == targets && (r->pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* a late answer spoils a sample; where it is not allowed, there are more of these */
		setpriority(PRIO_PROCESS, 0, -20);
		if (getppid() == parent)
			serve(&s);
		_exit(0);
	}
	if (bound < targets)
		status = err_set(e, error == EMFILE || error == ENFILE ? ERR_ABSENT : ERR_FAILED,
			"target %u of %u at port %u: %s", bound, targets, r->port, strerror(error));
	else if (r->pid < 0)
		status = err_blame(e, err_cause_of(errno), "fork: %s", strerror(errno));
	close_all(s.sockets, bound);
	free(s.sockets);
	free(s.answers);
	r->pid = r->pid > 0 ? r->pid : 0;
	return status;
}

void responder_stop(struct responder *r)
{
	if (r->pid) {
		kill(r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
	}
	r->pid = 0;
}
