/* SPDX-License-Identifier: MIT */
/*
 * flops.c - the kernel `flops`: multiplies and adds in registers, in one instruction where there is
 * one; the ceiling of arithmetic on doubles. Multiplying by 1/2 is exact, so fused and separate
 * operations round once, and to the same result.
 */
#define REAL_NAME flops
#define REAL_UNIT FLOPS_UNIT
#define REAL_STEPS (FLOPS_ROUNDS * FLOPS_STEPS / 2)
#define REAL_STEP(x) ((x)*0.5 + 1)
#define REAL_ITEM "operation"
#define REAL_SUMMARY "multiply-add of doubles in registers: the floating-point ceiling"
#include "kernels/ceilings/peak_real.h"
