/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - which instruction sets this CPU and operating system offer, as bits.
 *
 * A feature is one line in cpu.def. Bits are found at the first call and can be taken away by name, to run a
 * lesser variant on a better machine. Nothing here reads the environment: main hands over the list.
 */
#ifndef PARSCALE_KERNELS_CPU_H
#define PARSCALE_KERNELS_CPU_H

#include "base/err.h"

#include <stdbool.h>

enum cpu_index {
#define CPU(id, name, test, meaning) CPU_INDEX_##id,
#include "kernels/cpu.def"
	CPU_COUNT
};

enum cpu_bit {
#define CPU(id, name, test, meaning) CPU_##id = 1u << CPU_INDEX_##id,
#include "kernels/cpu.def"
};

/* Why a build has no variant of a family of vectors. */
#if defined __x86_64__
#define CPU_LACKS_AVX "built by a compiler that takes no AVX flags, or with WITH_AVX=0"
#else
#define CPU_LACKS_AVX "this build is not for x86-64"
#endif
#define CPU_LACKS_NEON "this build is not for AArch64"
#if defined __aarch64__
#define CPU_LACKS_SVE "built by a compiler that knows no SVE"
#else
#define CPU_LACKS_SVE CPU_LACKS_NEON
#endif
#if defined __riscv
#define CPU_LACKS_RVV "built by a compiler that lacks the intrinsics of RISC-V vectors"
#else
#define CPU_LACKS_RVV "this build is not for RISC-V"
#endif

/* The features that may be used: found, less those disabled. Safe to call from any thread after the first
 * call. */
unsigned cpu_features(void);

/* Takes away every feature of a comma-separated list, and what is built upon it (avx2 takes avx512 along). An
 * unknown name is an error (ERR_USAGE) that lists the known ones, and changes nothing. NULL or "": no change.
 * Call before workers exist. */
int cpu_disable(const char *list, struct err *e);

/* Whether this CPU is one of Intel's. */
bool cpu_is_intel(void);

/* Whether it is one of AMD's Zen 4: family 25 with AVX-512, which Zen 3 of that family lacks. */
bool cpu_is_zen4(void);

/* What instruction sets do not tell of a CPU, by its maker and family: what it does slowly. */
enum cpu_trait {
	CPU_SLOW_MASKS =
		1u << 0, /* AVX-512's masks are slow to leave and to enter their registers: not Intel's */
	CPU_HALF_VECTORS = 1u << 1 /* vectors of 512 bits are two of 256 to it: Zen 4 */
};
unsigned cpu_traits(void);

/* Writes the names of `features`, separated by spaces, into `text` (truncated to fit `size`);
 * returns text. */
char *cpu_names(unsigned features, char *text, unsigned size);

#endif
