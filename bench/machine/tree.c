/* SPDX-License-Identifier: MIT */
/*
 * tree.c - reads the small text files of /proc and /sys below a root, so that tests can plant a
 * machine.
 */
#include "bench/machine/tree.h"

#include "bench/machine/cpulist.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

void tree_clean(char *text)
{
	for (; *text; text++)
		if ((*text < ' ' || *text > '~') && !is_blank(*text))
			*text = '?';
}

static char trouble[1100];

const char *tree_trouble(void)
{
	return trouble;
}

/* What is absent, forbidden or has nothing to tell is no trouble; what this process lacks is. */
void tree_note(const char *what, int why)
{
	if (!trouble[0] && (why == EMFILE || why == ENFILE || why == ENOMEM))
		snprintf(trouble, sizeof trouble, "%s: %s", what, strerror(why));
}

/* As many bytes of a file as are there, at most `size`; *good: it could be read so far. */
static size_t read_bytes(const char *path, char *bytes, size_t size, bool *good)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*good = fd >= 0;
	if (fd < 0) {
		tree_note(path, errno);
		return 0;
	}
	size_t n = 0;
	ssize_t got = 0;
	while (n < size) {
		got = read(fd, bytes + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			tree_note(path, errno);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	*good = got >= 0;
	return n;
}

static bool read_text(const char *path, char *text, size_t size)
{
	bool good;
	size_t n = read_bytes(path, text, size - 1, &good);
	while (n > 0 && is_blank(text[n - 1]))
		n--;
	text[n] = '\0';
	tree_clean(text);
	return good;
}

enum { PATH_BYTES = 1024 };

static bool __attribute__((format(printf, 3, 0)))
path_under(const char *root, char path[PATH_BYTES], const char *format, va_list args)
{
	int head = snprintf(path, PATH_BYTES, "%s/", root);
	if (head < 0 || head >= PATH_BYTES)
		return false;
	int tail = vsnprintf(path + head, PATH_BYTES - (size_t)head, format, args);
	return tail >= 0 && head + tail < PATH_BYTES;
}

static bool __attribute__((format(printf, 4, 0)))
read_under(const char *root, char *text, size_t size, const char *format, va_list args)
{
	char path[PATH_BYTES];
	if (path_under(root, path, format, args) && read_text(path, text, size))
		return true;
	text[0] = '\0';
	return false;
}

size_t tree_bytes(const char *root, void *bytes, size_t size, const char *path, ...)
{
	char whole[PATH_BYTES];
	bool good;
	va_list args;
	va_start(args, path);
	const bool fits = path_under(root, whole, path, args);
	va_end(args);
	const size_t n = fits ? read_bytes(whole, bytes, size, &good) : 0;
	return fits && good ? n : 0;
}

bool tree_text(const char *root, char *text, size_t size, const char *path, ...)
{
	va_list args;
	va_start(args, path);
	bool found = read_under(root, text, size, path, args);
	va_end(args);
	return found;
}

bool tree_number(const char *root, int64_t *number, const char *path, ...)
{
	char text[64];
	va_list args;
	va_start(args, path);
	bool found = read_under(root, text, sizeof text, path, args);
	va_end(args);
	if (!found)
		return false;
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (end == text || errno != 0)
		return false;
	*number = value;
	return true;
}

int tree_cpulist(const char *root, int *cpus, int room, const char *path, ...)
{
	char text[16384];
	va_list args;
	va_start(args, path);
	bool found = read_under(root, text, sizeof text, path, args);
	va_end(args);
	int n = found ? cpulist_parse(text, cpus, room) : 0;
	return n < 0 || n > room ? 0 : n;
}

/* The CPUs of a mask, from its end: bit 0 of the last digit is CPU 0. */
static int parse_mask(const char *text, int *cpus, int room)
{
	int n = 0, base = 0;
	for (size_t i = strlen(text); i-- > 0;) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (text[i] == ',')
			continue;
		if (!digit)
			return 0;
		for (int bit = 0; bit < 4; bit++)
			if ((digit - digits) >> bit & 1) {
				if (n == room || base + bit >= CPULIST_LIMIT)
					return 0;
				cpus[n++] = base + bit;
			}
		base += 4;
	}
	return n;
}

int tree_cpumask(const char *root, int *cpus, int room, const char *path, ...)
{
	char text[16384];
	va_list args;
	va_start(args, path);
	bool found = read_under(root, text, sizeof text, path, args);
	va_end(args);
	return found ? parse_mask(text, cpus, room) : 0;
}

char *tree_whole(const char *root, const char *path)
{
	enum { MOST = 1 << 20 };
	for (size_t size = 1 << 14; size <= MOST; size *= 4) {
		char *text = malloc(size);
		if (!text)
			tree_note(path, ENOMEM);
		if (!text || !tree_text(root, text, size, "%s", path)) {
			free(text);
			return NULL;
		}
		if (strlen(text) < size - 1)
			return text;
		free(text);
	}
	return NULL;
}

bool tree_field(const char *text, const char *key, char *value, size_t size)
{
	const size_t length = strlen(key);
	value[0] = '\0';
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) != 0)
			continue;
		const char *p = line + length;
		p += strspn(p, " \t");
		if (*p != ':')
			continue;
		p++;
		p += strspn(p, " \t");
		snprintf(value, size, "%.*s", (int)strcspn(p, "\n"), p);
		return true;
	}
	return false;
}
