/* SPDX-License-Identifier: MIT */
/*
 * wrap.h - text for people: words laid out on lines of a page's width. UTF-8, a character a column; what a
 * terminal would obey becomes '?'.
 */
#ifndef PARSCALE_BASE_WRAP_H
#define PARSCALE_BASE_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Columns of a page; of one that has no end, for output that programs read. */
enum { WRAP_PAGE = 100, WRAP_ENDLESS = 0 };

/* Columns of a text. */
size_t wrap_width(const char *text);

/* Writes `head`, and `text` behind it in lines that begin at column `hang`, two columns after a
 * head as wide as that; ends the last line. A word wider than its line stands there alone. */
void wrap_entry(FILE *f, const char *head, size_t hang, const char *text, size_t page);

/* Writes a text of several lines, each folded at WRAP_PAGE: what follows a gap of two blanks or more behind
 * a line's first words keeps its column, other lines begin again at the left. The last line is ended. */
void wrap_text(FILE *f, const char *text);

#endif
