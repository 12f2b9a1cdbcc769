/* SPDX-License-Identifier: MIT */
/* fanout.c - which of many targets answer? Asked one by one, by a thread or process each, by a pool, by one loop over all. */
#include "probe/responder.h"
#include "probe/tasks.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TARGETS, PORT, DELAY_MS, WAIT_MS };
enum { TRIES = 5, POOL = 16, STACK_BYTES = 64 * 1024, PAGE = 4096, SPARE_DESCRIPTORS = 64 };

struct scan {
	const struct responder *responder;
	unsigned targets;
	uint64_t wait_ns, salt; /* of this scan: late answers to others are not taken */
	unsigned char *found;   /* shared memory, one for each target */
	_Atomic unsigned next;  /* pool */
	pthread_mutex_t lock;   /* threads: of found, as the lists of the documents have one */
};

/* Asks all targets. What is not PROBE_OK is in the sample. */
typedef enum probe_status scan_fn(struct scan *s, struct probe_sample *sample);

static uint64_t word_of(const struct scan *s, unsigned target)
{
	return s->salt << 32 | target;
}

/* A socket on which the question is out, or -1. */
static int ask(const struct scan *s, unsigned target)
{
	const struct sockaddr_in to = responder_address(s->responder, target);
	const uint64_t word = word_of(s, target);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 && send(fd, &word, sizeof word, 0) == sizeof word)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool has_answered(const struct scan *s, int fd, unsigned target)
{
	uint64_t word;
	return recv(fd, &word, sizeof word, 0) == sizeof word && word == word_of(s, target);
}

static int left_ms(uint64_t deadline)
{
	const uint64_t now = clock_ns();
	return now < deadline ? (int)((deadline - now) / 1000000) + 1 : 0;
}

/* 1: it answered; 0: it did not; -1: the question could not be asked. */
static int ask_and_wait(const struct scan *s, unsigned target)
{
	struct pollfd p = {.fd = ask(s, target), .events = POLLIN};
	if (p.fd < 0)
		return -1;
	const uint64_t deadline = clock_ns() + s->wait_ns; /* from when the question is out */
	while (poll(&p, 1, left_ms(deadline)) < 0 && errno == EINTR)
		;
	int answered = has_answered(s, p.fd, target);
	close(p.fd);
	return answered;
}

static enum probe_status cannot(struct probe_sample *sample, const char *what, unsigned target)
{
	return probe_say(sample, PROBE_FAILED, "%s for target %u: %s", what, target, strerror(errno));
}

static enum probe_status serially(struct scan *s, struct probe_sample *sample)
{
	for (unsigned i = 0; i < s->targets; i++) {
		int answered = ask_and_wait(s, i);
		if (answered < 0)
			return cannot(sample, "socket", i);
		s->found[i] = (unsigned char)answered;
	}
	return PROBE_OK;
}

/* --- threads --- */

struct errand {
	struct scan *scan;
	unsigned target;
	pthread_t thread;
};

static void note(struct scan *s, unsigned target)
{
	int answered = ask_and_wait(s, target);
	pthread_mutex_lock(&s->lock);
	s->found[target] = answered > 0;
	pthread_mutex_unlock(&s->lock);
}

static void *go_once(void *errand)
{
	struct errand *e = errand;
	note(e->scan, e->target);
	return NULL;
}

static void *go_on(void *errand)
{
	struct errand *e = errand;
	for (unsigned i; (i = atomic_fetch_add(&e->scan->next, 1)) < e->scan->targets;)
		note(e->scan, i);
	return NULL;
}

static enum probe_status with_threads(struct scan *s, unsigned n, void *(*run)(void *errand), struct probe_sample *sample)
{
	struct errand *errands = calloc(n, sizeof *errands);
	pthread_attr_t a;
	unsigned made = 0;
	int error = 0;
	if (!errands)
		return probe_say(sample, PROBE_FAILED, "out of memory");
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, STACK_BYTES);
	for (; made < n && !error; made += !error) {
		errands[made] = (struct errand){.scan = s, .target = made};
		error = pthread_create(&errands[made].thread, &a, run, &errands[made]);
	}
	for (unsigned i = 0; i < made; i++)
		pthread_join(errands[i].thread, NULL);
	pthread_attr_destroy(&a);
	free(errands);
	return error ? probe_say(sample, PROBE_FAILED, "thread %u of %u: %s", made, n, strerror(error)) : PROBE_OK;
}

static enum probe_status by_thread_each(struct scan *s, struct probe_sample *sample)
{
	return with_threads(s, s->targets, go_once, sample);
}

static enum probe_status by_pool(struct scan *s, struct probe_sample *sample)
{
	return with_threads(s, POOL, go_on, sample);
}

/* --- processes --- */

static enum probe_status by_process_each(struct scan *s, struct probe_sample *sample)
{
	pid_t *pids = calloc(s->targets, sizeof *pids);
	unsigned made = 0;
	int error = 0;
	if (!pids)
		return probe_say(sample, PROBE_FAILED, "out of memory");
	for (; made < s->targets && !error; made += !error) {
		pids[made] = fork();
		if (pids[made] == 0) {
			s->found[made] = ask_and_wait(s, made) > 0;
			_exit(0);
		}
		error = pids[made] < 0 ? errno : 0;
	}
	for (unsigned i = 0; i < made; i++)
		waitpid(pids[i], NULL, 0);
	free(pids);
	return error ? probe_say(sample, PROBE_FAILED, "process %u of %u: %s", made, s->targets, strerror(error)) : PROBE_OK;
}

/* --- one loop over all --- */

/* Waits on all open descriptors for at most `ms`, and takes the answers; how many, or -1. */
typedef int wait_fn(struct scan *s, struct pollfd *fds, int epoll, int ms);

static int take(struct scan *s, struct pollfd *p, unsigned target)
{
	if (!has_answered(s, p->fd, target))
		return 0;
	s->found[target] = 1;
	close(p->fd); /* of an epoll set it is gone thereby */
	p->fd = -1;
	return 1;
}

static int wait_select(struct scan *s, struct pollfd *fds, int epoll, int ms)
{
	fd_set set;
	int highest = -1, taken = 0;
	struct timeval limit = {ms / 1000, ms % 1000 * 1000};
	(void)epoll;
	FD_ZERO(&set);
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0) {
			FD_SET(fds[i].fd, &set);
			highest = fds[i].fd > highest ? fds[i].fd : highest;
		}
	if (select(highest + 1, &set, NULL, NULL, &limit) < 0)
		return errno == EINTR ? 0 : -1;
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0 && FD_ISSET(fds[i].fd, &set))
			taken += take(s, &fds[i], i);
	return taken;
}

static int wait_poll(struct scan *s, struct pollfd *fds, int epoll, int ms)
{
	int taken = 0;
	(void)epoll;
	if (poll(fds, s->targets, ms) < 0)
		return errno == EINTR ? 0 : -1;
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			taken += take(s, &fds[i], i);
	return taken;
}

static int wait_epoll(struct scan *s, struct pollfd *fds, int epoll, int ms)
{
	struct epoll_event events[256];
	int taken = 0, n = epoll_wait(epoll, events, 256, ms);
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	for (int i = 0; i < n; i++)
		taken += take(s, &fds[events[i].data.u32], events[i].data.u32);
	return taken;
}

/* Puts all questions; 0, or the status why not. */
static enum probe_status ask_all(struct scan *s, struct pollfd *fds, int epoll, wait_fn *wait, struct probe_sample *sample)
{
	for (unsigned i = 0; i < s->targets; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
		fds[i].fd = ask(s, i);
		if (fds[i].fd < 0)
			return cannot(sample, "socket", i);
		if (wait == wait_select && fds[i].fd >= FD_SETSIZE)
			return probe_say(sample, PROBE_ABSENT, "refused: descriptor %d is not below FD_SETSIZE, %d", fds[i].fd, FD_SETSIZE);
		if (wait == wait_epoll && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i].fd, &event) != 0)
			return cannot(sample, "epoll_ctl", i);
	}
	return PROBE_OK;
}

static enum probe_status by_loop(struct scan *s, wait_fn *wait, struct probe_sample *sample)
{
	struct pollfd *fds = calloc(s->targets, sizeof *fds);
	int epoll = wait == wait_epoll ? epoll_create1(EPOLL_CLOEXEC) : -1;
	if (!fds)
		return probe_say(sample, PROBE_FAILED, "out of memory");
	for (unsigned i = 0; i < s->targets; i++)
		fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	enum probe_status status = ask_all(s, fds, epoll, wait, sample);
	const uint64_t deadline = clock_ns() + s->wait_ns;
	bool last = false;
	for (unsigned open = s->targets; status == PROBE_OK && open && !last;) {
		int ms = left_ms(deadline);
		last = ms == 0; /* what has come until now is taken still */
		int taken = wait(s, fds, epoll, ms);
		if (taken < 0)
			status = cannot(sample, "waiting", 0);
		open -= taken > 0 ? (unsigned)taken : 0;
		last &= taken <= 0;
	}
	for (unsigned i = 0; i < s->targets; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	if (epoll >= 0)
		close(epoll);
	free(fds);
	return status;
}

static enum probe_status by_select(struct scan *s, struct probe_sample *sample)
{
	return by_loop(s, wait_select, sample);
}

static enum probe_status by_poll(struct scan *s, struct probe_sample *sample)
{
	return by_loop(s, wait_poll, sample);
}

static enum probe_status by_epoll(struct scan *s, struct probe_sample *sample)
{
	return by_loop(s, wait_epoll, sample);
}

/* --- around them --- */

static const struct way {
	const char *name, *worker;
	scan_fn *scan;
	bool serial, loop, quick;
	double low, high; /* wall, against epoll */
} ways[] = {{"epoll", "", by_epoll, false, true, true, 0, 0}, {"poll", "", by_poll, false, true, false, 0.7, 1.4}, {"select", "", by_select, false, true, false, 0.7, 1.4},
	{"thread each", "thread", by_thread_each, false, false, true, 0.8, 2}, {"process each", "process", by_process_each, false, false, true, 0.8, 4},
	{"pool of 16", "thread", by_pool, false, false, false, 0.8, 4}, {"one by one", "", serially, true, false, false, 3, 100}};

enum { WAYS = sizeof ways / sizeof *ways };

struct state {
	struct responder responder;
	unsigned char *found;
	uint64_t scans;
};

static void use(uint64_t *cpu_ns, uint64_t *faults)
{
	static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	*cpu_ns = *faults = 0;
	for (int i = 0; i < 2; i++) {
		struct rusage u;
		getrusage(who[i], &u);
		*cpu_ns += (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000 + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
		*faults += (uint64_t)u.ru_minflt;
	}
}

/* Found is what is known to answer, no more and no less. An answer that came too late is the machine's doing: PROBE_FAILED. */
static enum probe_status check(const struct scan *s, struct probe_sample *sample)
{
	for (unsigned i = 0; i < s->targets; i++) {
		if (s->found[i] && responder_is_silent(i))
			return probe_say(sample, PROBE_WRONG, "target %u is silent, and was found", i);
		if (!s->found[i] && !responder_is_silent(i))
			return probe_say(sample, PROBE_FAILED, "target %u did not answer in %" PRIu64 " ms", i, s->wait_ns / 1000000);
	}
	return PROBE_OK;
}

static enum probe_status scan_once(struct scan *s, const struct way *way, struct probe_sample *out)
{
	uint64_t cpu[2], faults[2];
	memset(s->found, 0, RESPONDER_TARGETS);
	use(&cpu[0], &faults[0]);
	const uint64_t start = clock_ns();
	enum probe_status status = way->scan(s, out);
	const uint64_t end = clock_ns();
	use(&cpu[1], &faults[1]);
	out->value[0] = (double)(end - start);
	out->value[1] = (double)(cpu[1] - cpu[0]);
	out->value[2] = (double)(faults[1] - faults[0]) * PAGE;
	out->value[3] = (double)s->targets * 1e9 / out->value[0];
	return status == PROBE_OK ? check(s, out) : status;
}

/* A scan that missed answers, or could not be made, is no sample: it is taken again, some times, and how often is told. What is wrong stays wrong. */
static enum probe_status sample(struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *out)
{
	struct state *state = r->state;
	const unsigned targets = (unsigned)c->size;
	enum probe_status status = PROBE_FAILED;
	(void)batch;
	if (targets > state->responder.targets)
		return probe_say(out, PROBE_ABSENT, "the system allows descriptors for %u targets", state->responder.targets);
	for (unsigned scans = 1; status == PROBE_FAILED && scans <= TRIES; scans++) {
		struct scan s = {.responder = &state->responder, .targets = targets, .wait_ns = r->option[WAIT_MS] * 1000000,
			.salt = ++state->scans, .found = state->found, .lock = PTHREAD_MUTEX_INITIALIZER};
		status = scan_once(&s, c->how, out);
		out->value[4] = scans;
	}
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	const uint64_t counts[] = {r->option[TARGETS], 900, 5000};
	if (r->option[DELAY_MS] >= r->option[WAIT_MS])
		return err_set(e, ERR_USAGE, "--delay-ms: less than --wait-ms, which is %" PRIu64, r->option[WAIT_MS]);
	for (size_t k = 0; k < 3; k++) {
		int base = (int)r->count;
		for (size_t i = 0; i < WAYS && (k == 0 || counts[k] != counts[0]); i++) {
			const struct way *w = &ways[i];
			struct probe_case c = {.mechanism = w->name, .worker = w->worker, .base = base, .most = 1, .sample = sample, .how = w, .size = counts[k],
				.full = k > 0 || !w->quick, .expected_low = w->low, .expected_high = k ? 4 * w->high : w->high};
			snprintf(c.setting, sizeof c.setting, "%" PRIu64 " targets", counts[k]);
			if ((k == 1 && !w->serial) || k == 0 || (k == 2 && w->loop))
				probe_add(r, &c);
		}
	}
	return 0;
}

static int open_fanout(struct probe_run *r, struct err *e)
{
	struct state *s = r->state = calloc(1, sizeof *s);
	struct rlimit files;
	uint64_t most = 0;
	if (!s || !(s->found = probe_shared(RESPONDER_TARGETS)))
		return err_set(e, ERR_FAILED, "out of memory");
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (size_t i = 0; i < r->count; i++)
		most = r->cases[i].size > most ? r->cases[i].size : most;
	if (files.rlim_cur < most + SPARE_DESCRIPTORS)
		most = files.rlim_cur > SPARE_DESCRIPTORS ? files.rlim_cur - SPARE_DESCRIPTORS : 1;
	/* on a CPU of its own, where there are two: hundreds of askers may not delay its answers */
	if (place_bind(r->cpus[1], e) != 0)
		return -1;
	int status = responder_start(&s->responder, (unsigned)most, (uint16_t)r->option[PORT], r->option[DELAY_MS] * 1000000, e);
	return place_bind(r->cpus[0], e) == 0 ? status : -1;
}

static void close_fanout(struct probe_run *r)
{
	struct state *s = r->state;
	if (!s)
		return;
	responder_stop(&s->responder);
	if (s->found)
		munmap(s->found, RESPONDER_TARGETS);
	free(s);
	r->state = NULL;
}

const struct probe probe_fanout = {
	.name = "fanout",
	.summary = "which of many targets on loopback answer: one by one, a worker each, a pool, one loop",
	.timed = "from the first question to the knowledge of who answers and who does not. Targets are addresses of 127.1.0.0/16 served by a process of our own, which "
		 "answers a datagram after --delay-ms; each 25th stays silent, and is waited for --wait-ms. Same questions, same sockets everywhere; whoever "
		 "asks is on the first CPU, who answers on the second. CPU time and memory are the asker's with all its workers. What is found must be exactly what is known to answer.",
	.expect = "All that ask at once take as long as the silent are waited for; one by one, each waits alone; a pool, a share. The difference is in the CPU time: a loop "
		  "makes system calls only, threads must be made as well, and processes most of all: for 900 targets 9 ms, 50 ms, 175 ms. select looks at every "
		  "descriptor up to the highest and ends at FD_SETSIZE. 1 is epoll.",
	.metrics = {{"wall", "ns", "first question to all known"}, {"cpu", "ns", "CPU time of the asker and its workers"}, {"memory", "B", "pages they faulted in"},
		{"rate", "1/s", "targets a second"},
		{"scans", "", "made until one had every answer in time; above 1 the machine was busy with something else"}},
	.options = {{"targets", 1, RESPONDER_TARGETS, 100, "how many are asked"}, {"port", 1, 65535, 47000, "their port, or the next that is free at all of them"},
		{"delay-ms", 0, 10000, 2, "of an answer"}, {"wait-ms", 1, 60000, 250, "for one that may not come"}},
	.cases = cases,
	.open = open_fanout,
	.close = close_fanout,
};
