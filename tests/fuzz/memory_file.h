/* SPDX-License-Identifier: MIT */
/* memory_file.h - bytes as a file that has a path, without a disk: for parsers that open files. */
#ifndef PARSCALE_TESTS_FUZZ_MEMORY_FILE_H
#define PARSCALE_TESTS_FUZZ_MEMORY_FILE_H

#include <stddef.h>

/* The path of a file of these bytes; the next call replaces it. Aborts where the system has none. */
const char *memory_file(const void *bytes, size_t size);

#endif
