/* SPDX-License-Identifier: MIT */
/*
 * err.h - one error: what went wrong, in one line, and the exit status it calls for.
 *
 * What can fail returns 0 or -1 and fills a struct err that its caller owns. Only main, sweep and tests
 * print it; only main exits. The first error wins: err_set on an error that is already set changes nothing,
 * so that clean-up code may report without hiding the cause.
 */
#ifndef PARSCALE_BASE_ERR_H
#define PARSCALE_BASE_ERR_H

enum err_status {
	ERR_NONE = 0,
	ERR_FAILED = 1, /* the system failed, or the answer was wrong */
	ERR_USAGE = 2, /* what was asked for makes no sense; the message names the option and what is legal */
	ERR_ABSENT = 77,      /* not available in this build or on this machine */
	ERR_INTERRUPTED = 130 /* the user stopped it */
};

struct err {
	enum err_status status; /* start with a zeroed struct: struct err e = {0} */
	char text[1000];        /* one line without a newline, truncated to fit */
};

/* Fills `e` from a printf format and returns -1, so that `return err_set(e, ...)` reads well. */
int err_set(struct err *e, enum err_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#if defined __clang_analyzer__ || defined PARSCALE_ANALYZE /* which do not look into other files */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#endif

#endif
