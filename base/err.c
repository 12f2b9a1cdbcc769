/* SPDX-License-Identifier: MIT */
/* err.c - fills an error record; the first error wins, so that clean-up cannot hide the cause. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int(err_set)(struct err *e, enum err_status status, const char *format, ...)
{
	if (e->status != ERR_NONE)
		return -1;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	e->status = status;
	return -1;
}
