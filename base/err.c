/* SPDX-License-Identifier: MIT */
/*
 * err.c - fills an error record; the first error wins, so that clean-up cannot hide the cause. Causes travel from process
 * to process as exit statuses.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 4, 0))) static int fill(
	struct err *e, enum err_status status, enum err_cause cause, const char *format, va_list args)
{
	if (e->status != ERR_NONE)
		return -1;
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): both callers have started it */
	vsnprintf(e->text, sizeof e->text, format, args);
	/* what was typed, or read, may be in it: one line, and nothing that a terminal obeys */
	for (unsigned char *c = (unsigned char *)e->text; *c; c++)
		if (*c < ' ' || *c == 127)
			*c = '?';
	e->status = status;
	e->cause = cause;
	return -1;
}

int(err_set)(struct err *e, enum err_status status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fill(e, status, CAUSE_NONE, format, args);
	va_end(args);
	return -1;
}

int(err_blame)(struct err *e, enum err_cause cause, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fill(e, ERR_FAILED, cause, format, args);
	va_end(args);
	return -1;
}

enum err_cause err_cause_of(int error)
{
	switch (error) {
	case ENOMEM:
		return CAUSE_MEMORY;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EUSERS:
		return CAUSE_RESOURCES;
	default:
		return CAUSE_NONE;
	}
}

const char *err_cause_name(enum err_cause cause)
{
	static const char *const names[ERR_CAUSES] = {[CAUSE_NONE] = "failed",
		[CAUSE_KILLED] = "killed",
		[CAUSE_TIMEOUT] = "timeout",
		[CAUSE_MEMORY] = "oom",
		[CAUSE_RESOURCES] = "no-resources",
		[CAUSE_WRONG] = "wrong"};
	return names[cause];
}

int err_exit(const struct err *e)
{
	return e->cause != CAUSE_NONE ? ERR_EXIT_CAUSE + (int)e->cause : (int)e->status;
}

enum err_cause err_exit_cause(int status)
{
	const int cause = status - ERR_EXIT_CAUSE;
	return cause > CAUSE_NONE && cause < ERR_CAUSES ? (enum err_cause)cause : CAUSE_NONE;
}
