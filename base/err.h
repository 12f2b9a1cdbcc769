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

/* What a failure (ERR_FAILED) came from, where that is known. */
enum err_cause {
	CAUSE_NONE,
	CAUSE_KILLED,
	CAUSE_TIMEOUT,
	CAUSE_MEMORY,
	CAUSE_RESOURCES,
	CAUSE_WRONG,
	ERR_CAUSES
};

struct err {
	enum err_status status; /* start with a zeroed struct: struct err e = {0} */
	enum err_cause cause;   /* of ERR_FAILED */
	char text[1000];        /* one line, control characters are '?', truncated to fit */
};

/* Fills `e` from a printf format and returns -1, so that `return err_set(e, ...)` reads well. */
int err_set(struct err *e, enum err_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ERR_FAILED and a cause. */
int err_blame(struct err *e, enum err_cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The cause behind an errno: memory, another resource that a limit bounds, or none. */
enum err_cause err_cause_of(int error);

/* As rows have it in their column `status`: "killed", "timeout", "oom", "no-resources", "wrong"; "failed" where it is not
 * known. */
const char *err_cause_name(enum err_cause cause);

/* One program of ours tells the one that started it: exit statuses above this are causes. What a user starts exits
 * with a status of enum err_status alone. */
enum { ERR_EXIT_CAUSE = 100 };
int err_exit(const struct err *e);
enum err_cause err_exit_cause(int status); /* CAUSE_NONE: it is none of these */

#if defined __clang_analyzer__ || defined PARSCALE_ANALYZE /* which do not look into other files */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_blame(...) (err_blame(__VA_ARGS__), -1)
#endif

#endif
