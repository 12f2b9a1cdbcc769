/* SPDX-License-Identifier: MIT */
#include "input.h"

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_BYTES = 1 << 16 };

/* Twice the room, or what a regular file is known to need. */
static int grow(struct input *in, size_t room, struct err *e)
{
	unsigned char *more = memory_alloc(room, 1, "the input", e);
	if (!more)
		return -1;
	if (in->count)
		memcpy(more, in->bytes, in->count);
	memory_free(in->bytes);
	in->bytes = more;
	return 0;
}

static int read_all(int fd, const char *path, size_t expected, struct input *in, struct err *e)
{
	size_t room = expected + 1; /* one more, to see the end without growing */
	if (grow(in, room, e) != 0)
		return -1;
	for (;;) {
		if (in->count == room && grow(in, room *= 2, e) != 0)
			return -1;
		ssize_t n = read(fd, in->bytes + in->count, room - in->count);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, errno == EISDIR ? ERR_USAGE : ERR_FAILED, "--input: %s: %s", path, strerror(errno));
		if (n == 0)
			return 0;
		in->count += (size_t)n;
	}
}

int input_read(const char *path, struct input *in, struct err *e)
{
	*in = (struct input){0};
	int standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_set(e, ERR_USAGE, "--input: %s: %s", path, strerror(errno));
	size_t expected = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : FIRST_BYTES;
	int status = read_all(fd, path, expected, in, e);
	if (!standard)
		close(fd);
	if (status == 0 && in->count == 0)
		status = err_set(e, ERR_USAGE, "--input: %s is empty", standard ? "standard input" : path);
	if (status != 0)
		input_free(in);
	return status;
}

void input_free(struct input *in)
{
	memory_free(in->bytes);
	*in = (struct input){0};
}
