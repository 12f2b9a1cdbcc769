/* SPDX-License-Identifier: MIT */
/* flops.c - multiplies and adds in registers, as one instruction where there is such: the ceiling of
 * arithmetic on doubles. Halves are exact, so that it is rounded once either way. */
#define REAL_NAME flops
#define REAL_UNIT FLOPS_UNIT
#define REAL_STEPS (FLOPS_ROUNDS * FLOPS_STEPS / 2)
#define REAL_STEP(x) ((x)*0.5 + 1)
#define REAL_ITEM "operation"
#define REAL_SUMMARY "multiplies and adds doubles in registers: the ceiling of arithmetic on them"
#include "kernels/ceilings/peak_real.h"
