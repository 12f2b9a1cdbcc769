/* SPDX-License-Identifier: MIT */
/*
 * interrupt.h - Ctrl-C and its kin, noticed between launches: what is finished is kept.
 */
#ifndef PARSCALE_BENCH_INTERRUPT_H
#define PARSCALE_BENCH_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP only make interrupt_seen() true and end system calls with EINTR. */
void interrupt_catch(void);
bool interrupt_seen(void);

#endif
