/* SPDX-License-Identifier: MIT */
/*
 * divide.c - the kernel `divide`: divides in registers; the ceiling of kernels bound by division.
 */
#define REAL_NAME divide
#define REAL_UNIT DIVIDE_UNIT
#define REAL_STEPS DIVIDE_ROUNDS
#define REAL_STEP(x) (1.7 / (x))
#define REAL_ITEM "division"
#define REAL_SUMMARY "division of doubles in registers: the division ceiling"
#include "kernels/ceilings/peak_real.h"
