/* SPDX-License-Identifier: MIT */
/*
 * signals.h - Ctrl-C and its kin, noticed between launches: what is finished is kept.
 */
#ifndef PARSCALE_BASE_SIGNALS_H
#define PARSCALE_BASE_SIGNALS_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP only make signals_seen() true and end system calls with EINTR. */
void signals_catch(void);
bool signals_seen(void);

#endif
