/* SPDX-License-Identifier: MIT */
/* io.c - read and write repeated until everything has moved. */
#include "base/io.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

size_t io_read(int fd, void *to, size_t n)
{
	size_t done = 0;
	while (done < n) {
		const ssize_t got = read(fd, (char *)to + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got < 0 ? errno : 0;
			break;
		}
		done += (size_t)got;
	}
	return done;
}

size_t io_write(int fd, const void *from, size_t n)
{
	size_t done = 0;
	while (done < n) {
		const ssize_t put = write(fd, (const char *)from + done, n - done);
		if (put < 0 && errno != EINTR)
			break;
		done += put > 0 ? (size_t)put : 0;
	}
	return done;
}
