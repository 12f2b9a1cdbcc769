/* SPDX-License-Identifier: MIT */
/*
 * launch.c - runs one measurement in a fresh process: the driver's side and the worker program's
 * side.
 *
 * A fresh process has its own address-space layout and page placement, which move times by several
 * per cent; only by drawing them anew is that variation measured instead of frozen into one number.
 * It also contains crashes, leaks and hangs. The cell travels as command-line words, so a launch
 * can be repeated by hand; rows come back as CSV lines through a pipe. MPI ranks are started by way
 * of the user's launcher, whose standard output carries the rows.
 */
#include "bench/harness/launch.h"

#include "base/paths.h"
#include "base/units.h"
#include "bench/harness/child.h"
#include "bench/harness/launch_args.h"
#include "bench/harness/launcher.h"
#include "bench/harness/perform.h"
#include "bench/machine/clock.h"
#include "kernels/cpu.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MORE_WORDS = 24 };

/* --- in the driver --- */

struct command {
	struct cell_argv cell;
	char options[9][64];
	char expect[192], known[4][64];
	struct launcher_start start; /* of ranks */
	char memory[24];             /* that each process may have */
	const char *argv[LAUNCHER_WORDS + CELL_ARGV + MORE_WORDS];
};

/* Of ranks c->start is open already. */
static void make_command(const struct launch_order *order, const char *path, struct command *c)
{
	const struct measure_plan *m = order->measure;
	const bool ranks = m->cell.backend->host != NULL;
	size_t n = 0, options = 7;
	for (; ranks && n < c->start.count; n++)
		c->argv[n] = c->start.argv[n];
	snprintf(c->memory, sizeof c->memory, "%" PRIu64, m->memory_bytes);
	if (ranks)
		c->argv[LAUNCHER_LIMIT] = c->memory;
	cell_to_argv(&m->cell, &c->cell);
	c->argv[n++] = path;
	c->argv[n++] = "launch";
	for (size_t i = 0; i < c->cell.count; i++)
		c->argv[n++] = c->cell.argv[i];
	snprintf(c->options[0], sizeof c->options[0], "--repetitions=%u", m->samples);
	snprintf(c->options[1], sizeof c->options[1], "--warmup=%u", m->warmup);
	snprintf(c->options[2], sizeof c->options[2], "--sample-time=%.9fs", m->sample_seconds);
	snprintf(c->options[3], sizeof c->options[3], "--cap=%.9fs", m->cap_seconds);
	snprintf(c->options[4], sizeof c->options[4], "--timeout=%.9fs", m->timeout_seconds);
	snprintf(c->options[5], sizeof c->options[5], "--result-fd=%d",
		ranks ? STDOUT_FILENO : CHILD_RESULT_FD);
	snprintf(c->options[6], sizeof c->options[6], "--meter=%s", order->meter->name);
	if (m->memory_bytes)
		snprintf(c->options[options++], sizeof c->options[0], "--memory=%" PRIu64, m->memory_bytes);
	if (m->fault.kind != FAULT_NONE) {
		char text[FAULT_TEXT];
		snprintf(c->options[options++], sizeof c->options[0], "--fault=%s",
			fault_text(&m->fault, text));
	}
	for (size_t i = 0; i < options; i++)
		c->argv[n++] = c->options[i];
	if (m->print)
		c->argv[n++] = "--print";
	if (m->bed)
		c->argv[n++] = "--format=bed";
	if (m->print_unique)
		c->argv[n++] = "--print-unique";
	if (m->counters)
		c->argv[n++] = "--counters";
	if (m->trace) {
		c->argv[n++] = "--trace";
		c->argv[n++] = m->trace;
	}
	if (m->expected_known) {
		int used = snprintf(c->expect, sizeof c->expect, "--expect=");
		verify_write(&m->expected, c->expect + used, sizeof c->expect - (size_t)used);
		c->argv[n++] = c->expect;
	}
	if (m->known.batch) {
		snprintf(c->known[0], sizeof c->known[0], "--known-batch=%" PRIu64, m->known.batch);
		snprintf(c->known[1], sizeof c->known[1], "--known-time=%.12fs", m->known.seconds);
		snprintf(c->known[2], sizeof c->known[2], "--share=%u", (unsigned)(100 * m->share));
		snprintf(c->known[3], sizeof c->known[3], "--started=%" PRIu64, clock_ns());
		for (size_t i = 0; i < sizeof c->known / sizeof *c->known; i++)
			c->argv[n++] = c->known[i];
	}
	if (m->shelf_fd > 0 && !ranks)
		c->argv[n++] = "--shelf";
	c->argv[n] = NULL;
}

/* What begins the list of what was found, where rows come through a launcher's standard output. */
#define LIST_MARK "\x1e"

/* What rank 0 says first, followed by its process_id: without it the launcher has started nothing. */
#define START_MARK "\x1d"

/* What a launcher says there of its own: MPICH's tells of a rank that died in a box of '='. Kept is the line that says
 * how it died, or else the first. */
static void hear(struct launch_result *r, const char *line)
{
	const char *death = strstr(line, "EXIT STRING: ");
	line += strspn(line, "= \t");
	if (death)
		snprintf(r->heard, sizeof r->heard, "a rank ended: %.80s", death + strlen("EXIT STRING: "));
	else if (!*r->heard)
		snprintf(r->heard, sizeof r->heard, "%.100s", line);
}

/* One row; through a launcher also what was found, which is the user's. */
static int take_row(void *ctx, char *line, struct err *e)
{
	struct launch_result *r = ctx;
	struct sample row;
	struct err none = {0};
	if (r->ranks && strncmp(line, "=====", 5) == 0)
		r->listing = false;
	if (r->listing)
		return puts(line) < 0
			       ? err_blame(e, err_cause_of(errno), "standard output: %s", strerror(errno))
			       : 0;
	if (r->ranks && *line == *START_MARK) {
		r->started = true;
		if (sscanf(line + 1, "%" SCNd64 "%" SCNd64, &r->lead.pid, &r->lead.started) != 2)
			r->lead.pid = 0;
		return 0;
	}
	if (r->ranks && strcmp(line, LIST_MARK) == 0) {
		r->listing = true;
		return 0;
	}
	if (csv_parse_line(sample_columns, line, &row, r->ranks ? &none : e) == 0)
		return table_add(&r->samples, &row, e) ? 0 : -1;
	if (!r->ranks)
		return -1;
	hear(r, line);
	return 0;
}

/* A launcher has exit statuses of its own. */
static enum err_status known_status(enum err_status s)
{
	return s == ERR_NONE || s == ERR_USAGE || s == ERR_ABSENT || s == ERR_INTERRUPTED ? s : ERR_FAILED;
}

/* Launches end themselves where a run takes too long, but a launcher whose ranks are gone may wait for ever. More
 * than the longest that all runs and the reference may take: those that look for a batch are few. */
static double longest_seconds(const struct measure_plan *m)
{
	enum { SEARCHING = 30, PREPARING = 60 };
	return (m->timeout_seconds + 1) * (m->samples + m->warmup + SEARCHING) + m->cap_seconds + PREPARING;
}

/* Finds the launcher, and begins a start of ranks. -1: the reason is in the result. */
static int open_start(const struct cell *cell, struct launcher_start *s, struct launch_result *r)
{
	struct err e = {0};
	if (launcher_open(s, cell->workers / cell->threads_per_rank, cell->nodes, &e) == 0)
		return 0;
	r->status = e.status;
	r->cause = e.cause;
	snprintf(r->message, sizeof r->message, "%.250s", e.text);
	return -1;
}

/* What the launch of ranks came to, in one line. A launcher that started none has refused: that is not available here,
 * and what to do is known, or whom to ask. */
static void explain(const struct cell *cell, const struct child_result *ended, struct launch_result *r)
{
	const int status = (int)ended->status;
	const unsigned ranks = cell->workers / cell->threads_per_rank;
	const char *name = cell->backend->name;
	char said[sizeof r->message];
	snprintf(said, sizeof said, "%s", *r->message ? r->message : r->heard);
	const char *advice = launcher_advice(said);
	/* Open MPI 6 exits with 77, too: PMIX_ERR_JOB_FAILED_TO_MAP is -179 */
	const bool refused = r->status == ERR_FAILED || (r->status == ERR_ABSENT && advice);
	if (status > 128 && status <= 128 + SIGRTMAX && ended->status != ERR_INTERRUPTED) {
		r->cause = CAUSE_KILLED;
		snprintf(r->message, sizeof r->message, "%s: a rank was killed by signal %d (%s)", name,
			status - 128, strsignal(status - 128));
		child_blame_memory(ended->memory_ran_out, &r->cause, r->message, sizeof r->message);
	} else if (refused && r->cause != CAUSE_TIMEOUT && !r->started) {
		r->status = ERR_ABSENT;
		snprintf(r->message, sizeof r->message, "%s: %u rank%s: %.100s%s%.120s", name, ranks,
			units_plural(ranks),
			advice  ? ""
			: *said ? said
				: "the launcher failed and did not say why",
			advice ? "" : "; ",
			advice ? advice : "--launcher or PARSCALE_MPIRUN names another launcher");
	} else if (r->status == ERR_FAILED && !*r->message)
		snprintf(r->message, sizeof r->message, "%s: %s", name,
			*r->heard ? r->heard : "the launcher failed and did not say why");
}

/* `ended`: how the process did, if there was one. */
static int run_once(
	const struct launch_order *order, struct launch_result *r, struct child_result *ended, struct err *e)
{
	static const char *const policies[] = {
		[WAIT_AUTO] = NULL, [WAIT_ACTIVE] = "active", [WAIT_PASSIVE] = "passive"};
	char path[4096];
	struct command command;
	*ended = (struct child_result){0};
	*r = (struct launch_result){0};
	table_init(&r->samples, sample_columns, sizeof(struct sample));
	const struct cell *cell = &order->measure->cell;
	const bool ranks = cell->backend->host != NULL,
		   listing = order->measure->print || order->measure->print_unique;
	r->ranks = ranks;
	paths_near(order->program, ranks ? cell->backend->host : order->meter->program, path, sizeof path);
	if (ranks && access(path, X_OK) != 0)
		return err_set(e, ERR_ABSENT, "back end %s: cannot start %s: %s", cell->backend->name, path,
			strerror(errno));
	if (ranks && open_start(cell, &command.start, r) != 0)
		return 0;
	make_command(order, path, &command);
	child_set_openmp(cell->workers, policies[cell->wait]);
	char self[4096];
	const struct child_order child = {.path = ranks ? paths_beside("parscale", self, sizeof self) : path,
		.argv = command.argv,
		.timeout_seconds = order->timeout_seconds > 0 ? order->timeout_seconds
				   : ranks && !listing        ? longest_seconds(order->measure)
							      : 0,
		.stopped_seconds = order->measure->timeout_seconds,
		.worker = ranks ? &r->lead : NULL,
		/* a launcher has much to say of one line; why a list ends early is told below the timing */
		.capture = order->capture || ranks || listing,
		.launcher = ranks,
		.passed_fd = ranks ? 0 : order->measure->shelf_fd,
		.no_input = ranks && strcmp(cell->input, "-") != 0,
		.line = take_row,
		.ctx = r};
	int status = child_run(&child, ended, e);
	if (status != 0 && ended->pid == 0 && (e->cause == CAUSE_RESOURCES || e->cause == CAUSE_MEMORY)) {
		r->status = ERR_FAILED;
		r->cause = e->cause;
		snprintf(r->message, sizeof r->message, "%.250s", e->text);
		*e = (struct err){0};
		return 0;
	}
	r->status = known_status(ended->status);
	r->cause = ended->cause;
	memcpy(r->message, ended->message, sizeof r->message);
	if (ranks) {
		explain(cell, ended, r);
		launcher_close(&command.start);
	}
	return status;
}

/* What a launch that does not count has appended to the trace. */
static void cut_trace(const char *trace, off_t length)
{
	/* where it fails, its rows stay, and are of the same cell */
	const int cut = trace ? truncate(trace, length) : 0;
	(void)cut;
}

int launch_run(const struct launch_order *order, struct launch_result *r, struct err *e)
{
	enum { TIMES = 5 };
	const struct measure_plan *m = order->measure;
	const bool once = m->print || m->print_unique || strcmp(m->cell.input, "-") == 0;
	struct stat trace = {0};
	for (int i = 1;; i++) {
		struct child_result ended;
		if (m->trace && stat(m->trace, &trace) != 0)
			trace.st_size = 0;
		const int status = run_once(order, r, &ended, e);
		const bool good = status == 0 && r->status == ERR_NONE, last = once || i == TIMES;
		if (!good || m->print || m->print_unique || !(ended.paused || ended.stalled))
			return status;
		if (last && !ended.paused)
			return 0; /* a machine that is so busy is no failure */
		if (last) {
			r->status = ERR_FAILED;
			snprintf(r->message, sizeof r->message, "it was stopped and went on%s",
				once ? ", and standard input cannot be read again" : ", each time");
			return 0;
		}
		table_free(&r->samples);
		cut_trace(m->trace, trace.st_size);
	}
}

/* --- in the worker program --- */

static int send_row(void *ctx, const struct sample *row, struct err *e)
{
	const int fd = *(const int *)ctx;
	if (row)
		return csv_append(fd, sample_columns, row, e);
	return fd != STDOUT_FILENO || write(fd, LIST_MARK "\n", 2) == 2
		       ? 0
		       : err_blame(e, err_cause_of(errno), "standard output: %s", strerror(errno));
}

/* Each process may have so much: mappings that are private and can be written to. */
static void limit_memory(uint64_t bytes)
{
	struct rlimit limit;
	if (bytes == 0 || getrlimit(RLIMIT_DATA, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	setrlimit(RLIMIT_DATA, &limit);
}

static int send_start(int fd, struct err *e)
{
	const struct process_id own = process_id_own();
	if (dprintf(fd, START_MARK "%" PRId64 " %" PRId64 "\n", own.pid, own.started) > 0)
		return 0;
	return err_set(e, ERR_FAILED, "standard output: %s", strerror(errno));
}

/* `backend`: the cell's, where its workers are ranks of this very program. */
static int launch(int argc, char **argv, meter_measure_fn *measure, const struct backend *backend,
	uint64_t *memory_bytes, struct err *e)
{
	struct run_args a;
	if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), e) != 0 ||
		launch_args_parse_run(argc, argv, &a, e) != 0)
		return -1;
	if (a.help || a.result_fd == 0)
		return err_set(e, ERR_USAGE, "launch: for parscale's own use; see parscale run --help");
	int fd = (int)a.result_fd;
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (a.shelf && fcntl(CHILD_PASSED_FD, F_SETFD, FD_CLOEXEC) == 0)
		a.measure.shelf_fd = CHILD_PASSED_FD;
	if (a.started > clock_ns() || backend) /* by another host's clock, or after a launcher */
		a.started = clock_ns();
	a.measure.started_ns = a.started;
	a.measure.share = (double)a.share / 100;
	if (backend) {
		a.measure.cell.backend = backend;
		if (fd == STDOUT_FILENO && send_start(fd, e) != 0)
			return -1;
	}
	*memory_bytes = a.measure.memory_bytes;
	limit_memory(*memory_bytes);
	return perform_cell(&a.measure, measure, send_row, &fd, e);
}

int launch_start(char **argv)
{
	limit_memory(strtoull(argv[1], NULL, 10));
	return launcher_start_main(argv + 1);
}

int launch_main(int argc, char **argv, meter_measure_fn *measure, const struct backend *backend)
{
	struct err e = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the driver's end is ours */
	uint64_t memory_bytes = 0;
	if (launch(argc, argv, measure, backend, &memory_bytes, &e) != 0)
		fprintf(stderr, "parscale: %s%s\n", e.text,
			e.cause == CAUSE_MEMORY && memory_bytes
				? " (a process may have as much as --memory says)"
				: "");
	return err_exit(&e);
}
