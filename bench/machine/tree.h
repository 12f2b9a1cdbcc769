/* SPDX-License-Identifier: MIT */
/*
 * tree.h - reads the small text files in which Linux describes the machine, below a root.
 *
 * The root is "" for this machine, or a folder with another machine's proc and sys. A file that is absent or
 * unreadable is no error: the answer is "not available". Nothing is written.
 */
#ifndef PARSCALE_BENCH_MACHINE_TREE_H
#define PARSCALE_BENCH_MACHINE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The file ROOT/path (a printf format) into `text` of `size` bytes, truncated, clean and without its trailing
 * white space. False and "" when it cannot be read. */
bool tree_text(const char *root, char *text, size_t size, const char *path, ...)
	__attribute__((format(printf, 4, 5)));

/* The first thing that this process had no memory or descriptors to read, mostly a file, with the reason; what it tells
 * is missing. "": there was none. */
const char *tree_trouble(void);

/* Notes what could not be looked at, and its errno, where that is for lack of memory or descriptors; the first is kept. */
void tree_note(const char *what, int why);

/* Makes a question mark of each byte that is not printable ASCII, blank or line break: what the system tells
 * goes into JSON and reports. */
void tree_clean(char *text);

/* As many bytes of the file as are there, at most `size`, as they are; how many, 0 where it cannot be read. */
size_t tree_bytes(const char *root, void *bytes, size_t size, const char *path, ...)
	__attribute__((format(printf, 4, 5)));

/* The first number in the file; false when there is none or it does not fit. */
bool tree_number(const char *root, int64_t *number, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/* The CPUs or nodes in a file that holds a list (cpulist.h): how many went into `cpus`; 0 when there are
 * none, more than `room` counts as none. */
int tree_cpulist(const char *root, int *cpus, int room, const char *path, ...)
	__attribute__((format(printf, 4, 5)));

/* The same of a file that holds a mask: hexadecimal words of 32 bits, the highest first, parted by commas. */
int tree_cpumask(const char *root, int *cpus, int room, const char *path, ...)
	__attribute__((format(printf, 4, 5)));

/* The whole file, clean, to be freed; NULL where it cannot be read or is larger than a MiB. */
char *tree_whole(const char *root, const char *path);

/* The rest of the first line of `text` that begins with `key`, optional blanks and a colon, into `value`
 * without leading blanks; false and "" without one. */
bool tree_field(const char *text, const char *key, char *value, size_t size);

#endif
