/* SPDX-License-Identifier: MIT */
/*
 * build_openmp.c - the OpenMP version of this build. A file of its own, since it must be compiled
 * with the flags of the OpenMP back end to see the compiler's _OPENMP macro.
 */
#include "bench/machine/build.h"

#define TEXT(x) #x
#define EXPANDED(x) TEXT(x)

#if !defined _OPENMP
#define RUNTIME ""
#define VERSION NULL
#elif defined __clang__ || defined __INTEL_LLVM_COMPILER
#define RUNTIME "libomp"
#define VERSION EXPANDED(_OPENMP) " (" RUNTIME ")"
#else
#define RUNTIME "libgomp"
#define VERSION EXPANDED(_OPENMP) " (" RUNTIME ")"
#endif

const char *const build_openmp = VERSION;
const char *const build_openmp_runtime = RUNTIME;
