/* SPDX-License-Identifier: MIT */
/*
 * machine_model.h - what a machine calls itself: model and maker of its CPU, and the hypervisor above it.
 */
#ifndef PARSCALE_BENCH_MACHINE_MACHINE_MODEL_H
#define PARSCALE_BENCH_MACHINE_MACHINE_MODEL_H

#include "bench/machine/machine.h"

/* Fills model, vendor and hypervisor from the files under `root` (tree.h); what they do not tell stays "". */
void machine_identify(struct machine *m, const char *root);

#endif
