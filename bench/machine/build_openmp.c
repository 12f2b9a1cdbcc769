/* SPDX-License-Identifier: MIT */
/* build_openmp.c - the file that is compiled as the OpenMP back end is, and so knows what that means. */
#include "bench/machine/build.h"

#define TEXT(x) #x
#define EXPANDED(x) TEXT(x)

#if !defined _OPENMP
#define RUNTIME NULL
#elif defined __clang__ || defined __INTEL_LLVM_COMPILER
#define RUNTIME EXPANDED(_OPENMP) " (libomp)"
#else
#define RUNTIME EXPANDED(_OPENMP) " (libgomp)"
#endif

const char *const build_openmp = RUNTIME;
