/* SPDX-License-Identifier: MIT */
/*
 * signals.h - signals that ask a program to end, noticed between launches, so that finished work is kept.
 */
#ifndef PARSCALE_BASE_SIGNALS_H
#define PARSCALE_BASE_SIGNALS_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM, SIGHUP, and the warnings of batch systems (SIGUSR1, SIGUSR2, SIGXCPU) only make
 * signals_seen() true and end system calls with EINTR. Signals that are ignored already stay ignored: nohup and
 * the shell's `&` ask for that. Another of these signals, a second or more after the first, ends the process at
 * once with status 130 (ERR_INTERRUPTED). */
void signals_catch(void);
bool signals_seen(void);

/* From now on a reader that has gone (of the progress on standard error) and a file at its limit (RLIMIT_FSIZE) end
 * nothing: writing fails instead. Programs that are started have SIGPIPE and SIGXFSZ as usual (child.h). */
void signals_outlive_readers(void);

/* From now on this signal, of which a handler of our own is told, is not blocked, whatever the program that started us has
 * left behind: a mask is inherited. */
void signals_receive(int signal);

#endif
