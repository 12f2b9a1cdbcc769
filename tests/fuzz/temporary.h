/* SPDX-License-Identifier: MIT */
/* temporary.h - a folder that goes when the program ends: for parsers that read folders. */
#ifndef PARSCALE_TESTS_FUZZ_TEMPORARY_H
#define PARSCALE_TESTS_FUZZ_TEMPORARY_H

/* Makes the folder `path`, whose last six characters, XXXXXX, are replaced; once in a program. It is removed, with all in it,
 * when the program exits; a crash leaves it. `path` has to stay. Aborts where it cannot be made. */
void temporary_folder(char *path);

#endif
