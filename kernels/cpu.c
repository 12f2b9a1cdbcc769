/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - detects CPU features once, and hides those that the user disables, with all that builds
 * on them.
 */
#include "kernels/cpu.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if defined(__riscv)
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif
#if defined(__x86_64__)
#define CPU_HAS(feature) (__builtin_cpu_supports(feature) != 0)
#else
#define CPU_HAS(feature) 0
#endif
#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#define CPU_ARM 1
#define CPU_HWCAP(word, bit) ((getauxval(word) & (bit)) != 0)
#else
#define CPU_ARM 0
#define CPU_HWCAP(word, bit) 0
#endif

/* RVV 1.0 or later. Not by AT_HWCAP alone, where kernels of older CPUs show the incompatible vectors of drafts: the
 * system call is as old as support for 1.0 is. */
static bool has_rvv(void)
{
#if defined(__riscv)
	struct {
		int64_t key;
		uint64_t value;
	} pair = {.key = 4 /* RISCV_HWPROBE_KEY_IMA_EXT_0 */};
	const uint64_t vectors = 1 << 2; /* RISCV_HWPROBE_IMA_V */
	return syscall(258 /* riscv_hwprobe */, &pair, 1, 0, NULL, 0) == 0 && pair.key == 4 &&
	       (pair.value & vectors) && getauxval(AT_HWCAP) >> ('V' - 'A') & 1;
#else
	return false;
#endif
}

static const char *const names[CPU_COUNT] = {
#define CPU(id, name, test, meaning) [CPU_INDEX_##id] = name,
#include "kernels/cpu.def"
};

/* AVX-512 and all that extends it fall with the level below; so does SVE with NEON. */
static unsigned built_upon(unsigned index)
{
	const unsigned extensions = CPU_VBMI | CPU_VBMI2 | CPU_GFNI | CPU_VPOPCNTDQ | CPU_VNNI;
	switch (1u << index) {
	case CPU_AVX2:
		return CPU_AVX2 | CPU_AVX512 | extensions;
	case CPU_AVX512:
		return CPU_AVX512 | extensions;
	case CPU_NEON:
		return CPU_NEON | CPU_SVE | CPU_SVE2;
	case CPU_SVE:
		return CPU_SVE | CPU_SVE2;
	default:
		return 1u << index;
	}
}

static unsigned disabled;

static unsigned detect(void)
{
	unsigned found = 0;
#if defined(__x86_64__)
	__builtin_cpu_init();
#endif
#define CPU(id, name, test, meaning) found |= (test) ? CPU_##id : 0u;
#include "kernels/cpu.def"
	for (unsigned i = 0; i < CPU_COUNT; i++)
		if (!(found >> i & 1))
			found &= ~built_upon(i);
	return found;
}

unsigned cpu_features(void)
{
	static unsigned found;
	static int ready;
	if (!ready) {
		found = detect();
		ready = 1;
	}
	return found & ~disabled;
}

int cpu_disable(const char *list, struct err *e)
{
	unsigned off = 0;
	for (const char *p = list ? list : ""; *p;) {
		size_t length = strcspn(p, ",");
		unsigned i = 0;
		while (i < CPU_COUNT && !(strlen(names[i]) == length && memcmp(names[i], p, length) == 0))
			i++;
		if (i == CPU_COUNT) {
			char known[200];
			return err_set(e, ERR_USAGE, "unknown CPU feature '%.*s' to disable (known: %s)",
				(int)length, p, cpu_names(~0u, known, sizeof known));
		}
		off |= built_upon(i);
		p += length;
		p += *p == ',';
	}
	disabled |= off;
	return 0;
}

bool cpu_is_intel(void)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	return __builtin_cpu_is("intel");
#else
	return false;
#endif
}

bool cpu_is_zen4(void)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	return __builtin_cpu_is("amdfam19h") && __builtin_cpu_supports("avx512f");
#else
	return false;
#endif
}

unsigned cpu_traits(void)
{
	return (cpu_is_intel() ? 0u : CPU_SLOW_MASKS) | (cpu_is_zen4() ? CPU_HALF_VECTORS : 0u);
}

char *cpu_names(unsigned features, char *text, unsigned size)
{
	unsigned used = 0;
	text[0] = '\0';
	for (unsigned i = 0; i < CPU_COUNT && used < size; i++)
		if (features >> i & 1)
			used += (unsigned)snprintf(
				text + used, size - used, "%s%s", used ? " " : "", names[i]);
	return text;
}
