/* SPDX-License-Identifier: MIT */
/*
 * machine_tree.h - plants the proc and sys of a machine from one compact text, for tests.
 *
 * tests/golden/machines/NAME.tree has lines
 *   PATH = TEXT            a file of one line
 *   PATH = <CELL CELL>     a file of numbers of 32 bits, the highest byte first, as in a device tree
 *   PATH <<, lines, >>     a file of several
 *   a{LIST}b = TEXT        that file for each CPU of the list
 *   a{}b = LIST LIST ...   for each CPU of each list, a file that holds that list
 * and comments that begin with #.
 */
#ifndef PARSCALE_TESTS_BENCH_MACHINE_MACHINE_TREE_H
#define PARSCALE_TESTS_BENCH_MACHINE_MACHINE_TREE_H

#include <stddef.h>

/* Plants it in a new temporary folder, whose path goes to `root`; fails the test where that cannot be. */
void machine_tree_plant(const char *name, char *root, size_t size);

/* Writes one file of one line, and the folders on its way. */
void machine_tree_write(const char *root, const char *path, const char *text);

/* Removes the folder. */
void machine_tree_remove(const char *root);

/* The path of a file of tests/golden/machines; returns `path`. */
char *machine_tree_golden(const char *name, const char *ending, char *path, size_t size);

#endif
