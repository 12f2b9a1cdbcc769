/* SPDX-License-Identifier: MIT */
/* stream.h - whole messages through pipes and sockets, for tasks: a short read, an early end and a missing
 * reader fail the task. */
#ifndef PARSCALE_BENCH_PROBE_STREAM_H
#define PARSCALE_BENCH_PROBE_STREAM_H

#include "bench/probe/tasks.h"

/* All `bytes`, in as many pieces as it takes; false after task_say. SIGPIPE is to be ignored
 * (stream_quiet). */
bool stream_read(struct task *t, int fd, void *to, size_t bytes);
bool stream_write(struct task *t, int fd, const void *from, size_t bytes);

/* From now on this process and its children get EPIPE, not SIGPIPE. */
void stream_quiet(void);

/* Two descriptors, closed on exec: of a pipe, or of a pair of stream sockets. If not PROBE_OK, errno's
 * words are in the sample. */
enum stream_kind { STREAM_PIPE, STREAM_SOCKETS };
enum probe_status stream_open(enum stream_kind kind, int fds[2], struct probe_sample *s);
void stream_close(int fds[2]); /* -1s are legal */

#endif
