/* SPDX-License-Identifier: MIT */
/*
 * input.c - the bytes of --input: a mapped file, or whatever a pipe delivers until its end;
 * unpacked, if gzip packed them.
 *
 * Mapping with MAP_POPULATE gives one copy in the page cache that forked workers share. It needs
 * two precautions. Vectors may read beyond both ends, so the file is mapped into the middle of an
 * anonymous mapping that has a page on each side. And a file that shrinks while it is mapped turns
 * an access into SIGBUS; the handler, which may only use async-signal-safe calls, writes a message
 * prepared beforehand and exits. The handler needs static state, hence one input at a time.
 */
#include "bench/harness/input.h"

#include "bench/harness/gunzip.h"
#include "bench/harness/input_buffer.h"
#include "kernels/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- what is read --- */

static int read_all(int fd, struct input *in, struct err *e)
{
	struct input_buffer b = {0};
	ssize_t n = 0;
	do {
		if (b.used == b.room && input_buffer_grow(&b, in->path, e) != 0)
			break;
		n = read(fd, b.bytes + b.used, b.room - b.used);
		b.used += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	in->bytes = in->own = b.bytes;
	in->count = b.used;
	if (e->status != ERR_NONE)
		return -1;
	return n == 0 ? 0
		      : err_set(e, errno == EISDIR ? ERR_USAGE : ERR_FAILED, "--input: %s: %s", in->path,
				strerror(errno));
}

/* --- what is mapped --- */

/* The one input that is mapped, for the handler. */
static struct {
	const unsigned char *begin, *end;
	char message[400];
	size_t length;
} watched;

static void gone(int signal, siginfo_t *info, void *context)
{
	const unsigned char *at = info->si_addr;
	(void)context;
	if (at >= watched.begin && at < watched.end) {
		ssize_t said = write(STDERR_FILENO, watched.message, watched.length);
		(void)said;
		_exit(ERR_FAILED);
	}
	struct sigaction plain = {.sa_handler = SIG_DFL};
	sigaction(signal, &plain, NULL); /* not ours: happens again, and kills */
}

static void watch(const struct input *in)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct sigaction handler = {.sa_sigaction = gone, .sa_flags = SA_SIGINFO};
	watched.begin = in->bytes;
	watched.end = in->bytes + (in->count + page - 1) / page * page;
	int length = snprintf(watched.message, sizeof watched.message,
		"parscale: --input: %s shrank while it was searched\n", in->path);
	watched.length =
		(size_t)length < sizeof watched.message ? (size_t)length : sizeof watched.message - 1;
	sigaction(SIGBUS, &handler, NULL);
}

/* Whether all of it could be mapped; else it is read. A page of nothing lies before and behind, which may be
 * read. */
static bool map_all(struct input *in)
{
	if (!S_ISREG(in->was.st_mode) || in->was.st_size <= 0 || lseek(in->fd, 0, SEEK_CUR) != 0)
		return false;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), count = (size_t)in->was.st_size,
		     room = (count + page - 1) / page * page + 2 * page;
	unsigned char *map = mmap(NULL, room, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return false;
	if (mmap(map + page, count, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, in->fd, 0) ==
		MAP_FAILED) {
		munmap(map, room);
		return false;
	}
	in->map = map;
	in->map_bytes = room;
	in->bytes = map + page;
	in->count = count;
	watch(in);
	return true;
}

int input_check(const struct input *in, struct err *e)
{
	struct stat is;
	if (!in->map)
		return 0;
	if (fstat(in->fd, &is) != 0)
		return err_blame(e, err_cause_of(errno), "--input: %s: %s", in->path, strerror(errno));
	if (is.st_size != in->was.st_size || is.st_mtim.tv_sec != in->was.st_mtim.tv_sec ||
		is.st_mtim.tv_nsec != in->was.st_mtim.tv_nsec)
		return err_set(e, ERR_FAILED,
			"--input: %s changed while it was searched: %lld bytes, now %lld", in->path,
			(long long)in->was.st_size, (long long)is.st_size);
	return 0;
}

/* --- either --- */

/* What is no text as it stands, by its first bytes; what to do about it goes into `how`. NULL: nothing is known. */
static const char *is_packed(const struct input *in, const char **how)
{
	static const struct {
		const char *magic;
		size_t bytes;
		const char *what, *how;
	} known[] = {{"BZh91AY&SY", 10, "compressed by bzip2", "bzcat"},
		{"\xfd"
		 "7zXZ\0",
			6, "compressed by xz", "xzcat"},
		{"\x28\xb5\x2f\xfd", 4, "compressed by zstd", "zstdcat"},
		{"PK\3\4", 4, "a zip archive", "unzip -p"},
		{"\xff\xfe", 2, "in UTF-16", "iconv -f UTF-16 -t UTF-8"},
		{"\xfe\xff", 2, "in UTF-16", "iconv -f UTF-16 -t UTF-8"}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (in->count >= known[i].bytes && memcmp(in->bytes, known[i].magic, known[i].bytes) == 0) {
			*how = known[i].how;
			return known[i].what;
		}
	return NULL;
}

static bool is_gzipped(const struct input *in)
{
	return in->count >= 2 && in->bytes[0] == 0x1F && in->bytes[1] == 0x8B;
}

/* What gzip packed is searched unpacked. A file stays mapped, for input_check. */
static int unpack(struct input *in, struct err *e)
{
	unsigned char *unpacked;
	size_t bytes;
	if (gunzip_missing)
		return err_set(e, ERR_USAGE,
			"--input: %s is compressed by gzip: zcat FILE | parscale ... --input - "
			"(%s)",
			in->path, gunzip_missing);
	if (gunzip(in->bytes, in->count, in->path, &unpacked, &bytes, e) != 0)
		return -1;
	memory_free(in->own);
	in->bytes = in->own = unpacked;
	in->count = bytes;
	return 0;
}

/* A file that no pointer of this build can point into the end of is not read to where memory ends. */
static int fits_addresses(const struct input *in, struct err *e)
{
	if (!S_ISREG(in->was.st_mode) || in->was.st_size < PTRDIFF_MAX / 2)
		return 0;
	return err_set(e, ERR_USAGE, "--input: %s: %lld bytes, more than addresses of %zu bits reach",
		in->path, (long long)in->was.st_size, 8 * sizeof(void *));
}

int input_open(const char *path, struct input *in, struct err *e)
{
	const bool standard = strcmp(path, "-") == 0;
	*in = (struct input){.path = standard ? "standard input" : path};
	in->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0 || fstat(in->fd, &in->was) != 0) {
		err_set(e, ERR_USAGE, "--input: %s: %s", in->path, strerror(errno));
		*in = (struct input){0};
		return -1;
	}
	int status = fits_addresses(in, e) != 0 ? -1 : map_all(in) ? 0 : read_all(in->fd, in, e);
	if (status == 0 && is_gzipped(in))
		status = unpack(in, e);
	if (status == 0 && in->count == 0)
		status = err_set(e, ERR_USAGE, "--input: %s is empty", in->path);
	const char *how, *what = status == 0 ? is_packed(in, &how) : NULL;
	if (what)
		status = err_set(e, ERR_USAGE, "--input: %s is %s: %s FILE | parscale ... --input -",
			in->path, what, how);
	if (status != 0)
		input_free(in);
	return status;
}

void input_free(struct input *in)
{
	if (in->map) {
		munmap(in->map, in->map_bytes);
		signal(SIGBUS, SIG_DFL);
	}
	memory_free(in->own);
	if (in->path && in->fd > STDERR_FILENO)
		close(in->fd);
	*in = (struct input){0};
}
