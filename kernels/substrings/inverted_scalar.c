/* SPDX-License-Identifier: MIT */
/* inverted_scalar.c - inverted repeats with vectors of 16 bytes, on any machine. */
#include "kernels/substrings/inverted.h"

#define INVERTED_VECTOR 16
#include "kernels/substrings/inverted_planes.h"

INVERTED_VARIANT(scalar, 0, inverted_setup);
