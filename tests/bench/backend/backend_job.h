/* SPDX-License-Identifier: MIT */
/*
 * backend_job.h - a job that writes down what happens to it, in shared memory, so that threads and processes
 * are checked alike; and a look at what a back end may have left behind.
 */
#ifndef PARSCALE_TESTS_BENCH_BACKEND_BACKEND_JOB_H
#define PARSCALE_TESTS_BENCH_BACKEND_BACKEND_JOB_H

#include "bench/backend/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#include <sys/types.h>

#if defined __SANITIZE_THREAD__
#define UNDER_TSAN 1
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif
#ifndef UNDER_TSAN
#define UNDER_TSAN 0
#endif

enum { MAX_CHUNKS = 1000, EVERYONE = 1000000 };

/* What one worker leaves in its slot. */
struct slot {
	pid_t pid, tid;
	unsigned worker;
	unsigned entered, begun, ended, left;
	uint64_t chunks;
};

struct record {
	unsigned workers;
	uint64_t chunks;
	/* of the memory that the record is in: open in programs that are started from here */
	int fd;
	uintptr_t anchor; /* where the opener has job_of */
	char descriptor[16];
	const char *program[4];

	/* A job that only looks at its slots, of so many bytes. */
	bool bare;
	size_t slot_bytes;

	atomic_uint taken[MAX_CHUNKS], owner[MAX_CHUNKS]; /* how often, and by whom last */
	atomic_uint entered, ended, left;                 /* calls by all workers */
	atomic_uint early;                                /* begun before all had entered */
	atomic_uint created, made;                        /* calls of before_create and after_create */
	atomic_uint done, done_early;                     /* of all_done, and before all had ended */
	atomic_uint release;                              /* ends a hang */

	bool heavy;                    /* chunks and results are larger than a pipe */
	uint64_t returned[MAX_CHUNKS]; /* bytes that came back */
	unsigned garbled;              /* results that were not what was sent */
	atomic_uint inside, met;       /* for chunks that wait for each other */
	double patience;               /* seconds that they wait */

	/* What happens in which worker (EVERYONE: in all); NULL: nothing. */
	unsigned victim;
	int (*enter)(struct record *r);
	void (*chunk)(struct record *r);
	void (*create)(struct record *r);
};

extern unsigned global; /* counted up by worker 0 of a team when it begins */

/* Nothing goes wrong in it, yet. Its functions are set before the job is made of it. */
struct record *record_new(unsigned workers);
void record_free(struct record *r);
struct job job_of(struct record *r, uint64_t chunks);

/* Bytes that travel with a chunk, and back, where a back end sends them. */
size_t traffic_of(const struct record *r, uint64_t index);

/* First thing in main: if the program was started as a worker, lives that life and ends. */
void worker_if_asked(int argc, char **argv);

bool is_process(const struct backend *b);

unsigned cpus(void);
struct team_plan plan_of(unsigned workers, enum lifetime lifetime, enum schedule schedule);
double seconds_now(void);

/* What a back end could leave behind: numbers of threads and descriptors; also children. */
struct traces {
	unsigned threads, files;
};
struct traces look_around(void);
void assert_nothing_left(struct traces before);

/* A list of tests that grows. */
struct tests {
	size_t n;
	struct CMUnitTest list[200];
	char names[200][80];
};

/* Each test, with the back end as its state; NULL: none. */
void add_tests(struct tests *t, const struct CMUnitTest *more, size_t n, const struct backend *b);

/* Each test with each back end that can be tested in this build. */
void add_for_each_backend(struct tests *t, const struct CMUnitTest *more, size_t n);
int run_list(struct tests *t, const char *name);

#endif
