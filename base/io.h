/* SPDX-License-Identifier: MIT */
/* io.h - whole buffers through descriptors, however often signals interrupt. */
#ifndef PARSCALE_BASE_IO_H
#define PARSCALE_BASE_IO_H

#include <stddef.h>

/* Each moves all n bytes and returns n; fewer at the end of the file (io_read), or after an error, with errno set
 * (0 at the end). The descriptor blocks. */
size_t io_read(int fd, void *to, size_t n);
size_t io_write(int fd, const void *from, size_t n);

#endif
