/* SPDX-License-Identifier: MIT */
/*
 * stream.c - reads and writes whole messages on pipes and sockets, and reports errors to the task.
 */
#include "bench/probe/stream.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool stream_read(struct task *t, int fd, void *to, size_t bytes)
{
	const size_t done = io_read(fd, to, bytes);
	if (done < bytes && errno)
		task_say(t, probe_status_of(err_cause_of(errno)), "read: %s", strerror(errno));
	else if (done < bytes)
		task_say(t, PROBE_FAILED, "read: the other side ended after %zu of %zu bytes", done, bytes);
	return done == bytes;
}

bool stream_write(struct task *t, int fd, const void *from, size_t bytes)
{
	const size_t done = io_write(fd, from, bytes);
	if (done < bytes)
		task_say(t, probe_status_of(err_cause_of(errno)), "write: %s after %zu of %zu bytes",
			strerror(errno), done, bytes);
	return done == bytes;
}

void stream_quiet(void)
{
	signal(SIGPIPE, SIG_IGN);
}

enum probe_status stream_open(enum stream_kind kind, int fds[2], struct probe_sample *s)
{
	int failed = kind == STREAM_PIPE ? pipe2(fds, O_CLOEXEC)
					 : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
	if (!failed)
		return PROBE_OK;
	fds[0] = fds[1] = -1;
	return probe_say(s, probe_status_of(err_cause_of(errno)), "%s: %s",
		kind == STREAM_PIPE ? "pipe" : "socketpair", strerror(errno));
}

void stream_close(int fds[2])
{
	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}
