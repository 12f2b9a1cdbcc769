/* SPDX-License-Identifier: MIT */
/*
 * session.c - one session of a sweep: opens the folders, writes manifests, runs the campaign, then
 * summarises and reports. A lock on samples.csv keeps two sessions out of one folder.
 */
#include "bench/sweep/session.h"

#include "base/system.h"
#include "bench/data/probe_rows.h"
#include "bench/data/stat.h"
#include "bench/harness/filler.h"
#include "bench/machine/build.h"
#include "bench/machine/topology.h"
#include "bench/report/report.h"
#include "bench/sweep/hosts.h"
#include "bench/sweep/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static double wall_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- open and close --- */

/* Of no other sweep: 128 random bits, in hexadecimal. */
static int name_pair(char id[SESSION_PAIR], struct err *e)
{
	uint64_t bits[2];
	if (system_random(bits, sizeof bits) != 0)
		return err_set(e, ERR_FAILED, "random numbers: %s", strerror(errno));
	snprintf(id, SESSION_PAIR, "%016" PRIx64 "%016" PRIx64, bits[0], bits[1]);
	return 0;
}

static int open_arm(struct session_arm *arm, const char *dir, const char *name, json_t *facts, struct err *e)
{
	arm->samples_fd = -1;
	arm->facts = facts;
	table_init(&arm->before, sample_columns, sizeof(struct sample));
	if (!facts)
		return err_set(e, ERR_FAILED, "out of memory for the facts of this machine");
	if (!*name && strlen(dir) < sizeof arm->dir) {
		strcpy(arm->dir, dir);
		return 0;
	}
	return folder_path(arm->dir, dir, name, e);
}

/* Another machine's topology can be planned for, not measured. */
static int check_topology(struct err *e)
{
	struct topology t;
	if (topology_read(&t, "", e) != 0)
		return -1;
	int status = topology_check_here(&t, e);
	topology_free(&t);
	return status;
}

/* From now on programs and inputs are what they are. */
static int fix_files(struct session_arm *arm, const struct plan *p, const char *program, struct err *e)
{
	if (fixed_files_open(&arm->fixed, p, program, e) != 0)
		return -1;
	return json_object_set_new(arm->facts, "files", fixed_files_json(&arm->fixed)) == 0
		       ? 0
		       : err_set(e, ERR_FAILED, "out of memory for the facts of this machine");
}

static int open_baseline(struct session *s, const char *dir, const struct baseline *b, struct err *e)
{
	struct session_arm *arm = &s->arms[s->arm_count++];
	json_t *facts = json_deep_copy(s->arms[0].facts);
	if (open_arm(arm, dir, b->folder, facts, e) != 0)
		return -1;
	json_object_set(facts, "build", b->build);
	return fix_files(arm, s->plan, b->program, e);
}

int session_open(struct session *s, const char *dir, struct err *e)
{
	if (check_topology(e) != 0)
		return -1;
	s->arm_count = 1;
	if (open_arm(&s->arms[0], dir, "", manifest_facts(), e) != 0)
		return -1;
	json_object_set_new(s->arms[0].facts, "hosts", hosts_json(s->plan, NULL));
	if (fix_files(&s->arms[0], s->plan, NULL, e) != 0)
		return -1;
	for (size_t i = 0; i < s->baselines.count; i++)
		if (open_baseline(s, dir, &s->baselines.list[i], e) != 0)
			return -1;
	return s->baselines.count > 0 && !*s->pair ? name_pair(s->pair, e) : 0;
}

void session_close(struct session *s)
{
	for (size_t i = 0; i < s->arm_count; i++) {
		struct session_arm *arm = &s->arms[i];
		if (arm->samples_fd >= 0)
			close(arm->samples_fd);
		table_free(&arm->before);
		json_decref(arm->facts);
		fixed_files_free(&arm->fixed);
	}
	baselines_free(&s->baselines);
}

/* --- run --- */

/* The sweep's own folder last: while it has no manifest, there is no sweep to go on with. */
static int write_manifests(const struct session *s, struct manifest *m, struct err *e)
{
	int status = 0;
	for (size_t i = s->arm_count; i-- > 0 && status == 0;) {
		const struct manifest_pair pair = {.id = s->pair,
			.others = &s->baselines,
			.of = i > 0 ? &s->baselines.list[i - 1] : NULL};
		m->pair = s->arm_count > 1 ? &pair : NULL;
		status = manifest_write(s->arms[i].dir, m, s->arms[i].facts, e);
		m->pair = NULL;
	}
	return status;
}

static int run_campaign(struct session *s, struct campaign_result *r, struct err *e)
{
	struct campaign_arm arms[CAMPAIGN_ARMS];
	for (size_t i = 0; i < s->arm_count; i++) {
		struct session_arm *arm = &s->arms[i];
		snprintf(arm->rows, sizeof arm->rows, "%s/samples.csv", arm->dir);
		fixed_files_watch_rows(&arm->fixed, arm->rows, arm->samples_fd);
		arms[i] = (struct campaign_arm){.dir = s->arms[i].dir,
			.program = i > 0 ? s->baselines.list[i - 1].program : NULL,
			.before = &s->arms[i].before,
			.samples_fd = s->arms[i].samples_fd,
			.informed = s->arm_count == 1,
			.fixed = &arm->fixed};
	}
	const int shelf = s->arm_count == 1 ? filler_create_shelf(filler_shelf_bytes()) : -1;
	arms[0].shelf_fd = shelf > 0 ? shelf : 0;
	int status = campaign_run(s->plan, arms, s->arm_count, &campaign_real, r, e);
	if (shelf >= 0)
		close(shelf);
	return status;
}

static void tell_begin(const struct session *s)
{
	char text[BUILD_TEXT];
	fprintf(stderr, "%zu cells, %u launches each or more, into %s\n", s->plan->count, s->plan->launches,
		s->arms[0].dir);
	for (size_t i = 0; i < s->baselines.count; i++)
		fprintf(stderr, "each in turn with %s %s, into %s\n", s->baselines.list[i].program,
			build_text(s->baselines.list[i].build, text), s->arms[i + 1].dir);
}

/* Between two writings of the manifest lies the campaign: what it could not finish is in the second, or,
 * after a kill, only in the first. */
static int measure(struct session *s, struct campaign_result *r, struct err *e)
{
	static const char *const ends[] = {[CAMPAIGN_COMPLETE] = "complete",
		[CAMPAIGN_BUDGET] = "budget",
		[CAMPAIGN_INTERRUPTED] = "interrupted"};
	struct manifest m = {.argc = s->argc,
		.argv = s->argv,
		.plan = s->plan,
		.plan_path = s->plan_path,
		.started = s->started > 0 ? s->started : wall_clock()};
	if (write_manifests(s, &m, e) != 0)
		return -1;
	tell_begin(s);
	int status = run_campaign(s, r, e);
	m.ended = wall_clock();
	m.end = status == 0 ? ends[r->end] : "failed";
	m.stops = r->stops;
	struct err second = {0};
	if (write_manifests(s, &m, &second) != 0 && status == 0) {
		*e = second;
		status = -1;
	}
	return status;
}

/* summary.csv and models.csv, of whatever was finished. */
static int summarise(const char *dir, struct err *e)
{
	struct statistics found;
	int status = stat_folder(dir, &found, e);
	stat_free(&found);
	return status;
}

/* Charts and report; without gnuplot the report says so and has tables. */
static int write_report(const char *dir, struct err *e)
{
	return report_write(&(struct report_request){.dir = dir, .html = true, .md = true}, e);
}

/* The baselines' folders first: their statistics are part of the sweep's own report. */
static int finish_folders(const struct session *s, bool report, struct err *e)
{
	int status = 0;
	for (size_t i = s->arm_count; i-- > 0 && status == 0;) {
		status = summarise(s->arms[i].dir, e);
		if (status == 0 && report)
			status = write_report(s->arms[i].dir, e);
	}
	if (status == 0 && s->arm_count > 1)
		fprintf(stderr, "to compare: parscale compare %s\n", s->arms[0].dir);
	return status;
}

static size_t count_stops(const struct session *s, const struct campaign_result *r, const char *why)
{
	size_t n = 0;
	for (size_t i = 0; i < s->plan->count; i++)
		n += strcmp(r->stops[i], why) == 0;
	return n;
}

static void tell(const struct session *s, const struct campaign_result *r)
{
	static const char *const words[] = {
		"precise", "most-launches", "failed", "budget", "interrupted", "smooth"};
	static const char *const meanings[] = {"precise", "at most-launches", "failed", "ended by the budget",
		"interrupted", "left out where curves are smooth"};
	const char *between = " cells: ";
	fprintf(stderr, "%" PRIu64 " launches;", r->launches);
	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		const size_t n = count_stops(s, r, words[w]);
		if (n)
			fprintf(stderr, "%s%zu %s", between, n, meanings[w]);
		between = n ? ", " : between;
	}
	putc('\n', stderr);
	if (r->failed)
		fprintf(stderr, "the last launch that failed: %s\n", r->last_failure);
}

static int finish(const struct session *s, const struct campaign_result *r, struct err *e)
{
	const char *dir = s->arms[0].dir;
	const size_t failed = count_stops(s, r, "failed"); /* in this session or before */
	bool any = r->launches > 0;
	for (size_t i = 0; i < s->arm_count; i++)
		any |= s->arms[i].before.count > 0;
	tell(s, r);
	int status = any ? finish_folders(s, s->charts && r->end != CAMPAIGN_INTERRUPTED, e) : 0;
	if (status == 0 && r->end == CAMPAIGN_INTERRUPTED)
		return err_set(e, ERR_INTERRUPTED,
			"interrupted; what was finished is kept, and `parscale resume %s` goes on", dir);
	if (status == 0 && r->failed)
		return err_set(e, ERR_FAILED,
			"%" PRIu64 " of %" PRIu64
			" launches failed; see status and reason in %s/samples.csv%s",
			r->failed, r->launches, dir, s->arm_count > 1 ? ", or below against/" : "");
	if (status == 0 && failed > 0)
		return err_set(e, ERR_FAILED,
			"%zu of %zu cells failed; see status and reason in %s/samples.csv%s", failed,
			s->plan->count, dir, s->arm_count > 1 ? ", or below against/" : "");
	return status;
}

/* For us alone, until it is closed. File systems that many nodes share may have no locks (Lustre mounted without
 * `flock`, NFS without its lock manager): there the user sees to it that one writes. */
static int lock_samples(int fd, const char *dir, struct err *e)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno == ENOSYS || errno == ENOTSUP || errno == ENOLCK)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, ERR_USAGE, "%s: another sweep is writing there", dir);
	return err_set(e, ERR_FAILED, "cannot lock %s/samples.csv: %s", dir, strerror(errno));
}

int session_open_samples(const char *dir, struct err *e)
{
	char path[4200];
	snprintf(path, sizeof path, "%.4100s/samples.csv", dir);
	int fd = csv_open(path, sample_columns, e);
	if (fd < 0 || lock_samples(fd, dir, e) == 0)
		return fd;
	close(fd);
	return -1;
}

int session_upgrade(const char *dir, struct err *e)
{
	static const struct {
		const char *name;
		const struct column *columns;
		size_t row_size;
	} files[] = {{"workers.csv", worker_columns, sizeof(struct worker_row)},
		{"probe_launches.csv", probe_launch_columns, sizeof(struct probe_launch_row)},
		{"samples.csv", sample_columns, sizeof(struct sample)}};
	char path[4200];
	snprintf(path, sizeof path, "%.4100s/samples.csv", dir);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_FAILED, "cannot open %s: %s", path, strerror(errno));
	int status = lock_samples(fd, dir, e);
	for (size_t i = 0; i < sizeof files / sizeof *files && status == 0; i++) {
		snprintf(path, sizeof path, "%.4100s/%s", dir, files[i].name);
		status = csv_upgrade(path, files[i].columns, files[i].row_size, e);
	}
	close(fd);
	return status;
}

/* After what ended the campaign: a changed file, a full disk. Where that fails too, resume makes up for it. */
static void summarise_finished(const struct session *s)
{
	for (size_t i = 0; i < s->arm_count; i++) {
		struct err ignored = {0};
		summarise(s->arms[i].dir, &ignored);
	}
}

int session_run(struct session *s, struct err *e)
{
	struct campaign_result r = {0};
	int status = measure(s, &r, e);
	if (status == 0)
		status = finish(s, &r, e);
	else
		summarise_finished(s);
	campaign_result_free(&r);
	return status;
}
