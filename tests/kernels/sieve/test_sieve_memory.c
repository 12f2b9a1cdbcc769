/* SPDX-License-Identifier: MIT */
/*
 * test_sieve_memory.c - how much memory plans of the sieve and the scratch of their workers take, and what
 * is said where there is not so much.
 */
#include "tests/kernels/sieve/sieve_cases.h"

#include <stdlib.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { sanitized = 1 };
#else
enum { sanitized = 0 };
#endif

/* Sets up, and asks for the scratch of every worker, in an address space that may grow by so many bytes. */
static int set_up_within(const struct variant *v, const struct problem *p, uint64_t bytes, struct err *e)
{
	struct rlimit was, low;
	void *input, *scratch[8];
	unsigned long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "r");
	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%lu", &pages), 1);
	fclose(statm);
	assert_int_equal(getrlimit(RLIMIT_AS, &was), 0);
	low = was;
	low.rlim_cur = pages * 4096 + bytes;
	assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
	int failed = v->setup(p, &input, e);
	size_t size = failed ? 0 : v->scratch_bytes(input);
	unsigned n = 0;
	for (; !failed && n < p->workers; n++) {
		scratch[n] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (scratch[n] == MAP_FAILED) {
			failed = err_set(e, ERR_FAILED, "no scratch of %zu bytes for worker %u", size, n);
			break;
		}
	}
	assert_int_equal(setrlimit(RLIMIT_AS, &was), 0);
	while (n-- > 0)
		munmap(scratch[n], size);
	if (!failed || size)
		v->teardown(input);
	return failed;
}

static void test_memory_bounds(void **state)
{
	(void)state;
	if (sanitized)
		skip();
	static const struct {
		uint64_t start, numbers;
		unsigned workers;
		uint64_t mib;
	} bounds[] = {
		{0, UINT64_C(1000000000000), 1, 64},
		{0, UINT64_C(1000000000000), 8, 8 * 64},
		{UINT64_C(1000000000000), UINT64_C(10000000000), 1, 64},
		{UINT64_C(1000000000000), 10000000, 1, 64},
		{UINT64_C(1000000000000000000), UINT64_C(1000000000000), 1, 512},
		{UINT64_C(1000000000000000000), UINT64_C(10000000000), 8, 512},
	};
	struct err none = {0};
	const struct variant *best = variant_find(&kernel_sieve, "best", &none);
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		for (const struct variant *const *v = variants_here(&kernel_sieve) + 1; *v; v++) {
			struct problem p = range(bounds[i].start, bounds[i].start + bounds[i].numbers);
			struct err e = {0};
			p.workers = bounds[i].workers;
			p.l2_bytes = 2 << 20;
			p.l3_bytes = 64 << 20;
			if (bounds[i].mib == 512 && *v != best)
				continue; /* plans are alike, and others take seconds to make them */
			if (takes(*v, &p) && set_up_within(*v, &p, bounds[i].mib << 20, &e))
				fail_msg("%s %llu + %llu, %u workers, %llu MiB: %s", (*v)->name,
					(unsigned long long)p.start, (unsigned long long)bounds[i].numbers,
					p.workers, (unsigned long long)bounds[i].mib, e.text);
		}
}

/* Whichever of its arrays a plan does not get, it says so and leaves nothing behind. */
static void test_memory_that_is_not_there(void **state)
{
	(void)state;
	if (sanitized)
		skip();
	if (getenv("PARSCALE_EMULATED")) {
		print_message("an emulator of programs sets no limits to their memory\n");
		skip();
	}
	struct err e = {0};
	struct problem p = range(UINT64_MAX - 10000000000, UINT64_MAX);
	const struct variant *v = variant_find(&kernel_sieve, "best", &e);
	p.workers = 1;
	unsigned refused = 0;
	for (uint64_t mib = 0; mib < 150; mib += mib < 8 ? 1 : 15) {
		e = (struct err){0};
		if (set_up_within(v, &p, mib << 20, &e) == 0)
			continue;
		assert_int_equal(e.status, ERR_FAILED);
		assert_true(strstr(e.text, "out of memory: sieve") || strstr(e.text, "scratch"));
		refused++;
	}
	assert_true(refused > 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_bounds),
		cmocka_unit_test(test_memory_that_is_not_there),
	};
	return cmocka_run_group_tests_name("sieve, memory", tests, NULL, NULL);
}
