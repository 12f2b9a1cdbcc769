/* SPDX-License-Identifier: MIT */
#include "sweep/session.h"

#include "sweep/campaign.h"
#include "sweep/manifest.h"
#include "report/report.h"
#include "data/stat.h"

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

/* Between two writings of the manifest lies the campaign: what it could not finish is in the second, or,
 * after a kill, only in the first. */
static int measure(const struct session *s, struct campaign_result *r, struct err *e)
{
	static const char *const ends[] = {[CAMPAIGN_COMPLETE] = "complete",
		[CAMPAIGN_BUDGET] = "budget",
		[CAMPAIGN_INTERRUPTED] = "interrupted"};
	struct manifest m = {.argc = s->argc,
		.argv = s->argv,
		.plan = s->plan,
		.plan_path = s->plan_path,
		.started = s->started > 0 ? s->started : wall_clock()};
	if (manifest_write(s->dir, &m, s->facts, e) != 0)
		return -1;
	fprintf(stderr, "%zu cells, %u launches each or more, into %s\n", s->plan->count, s->plan->launches,
		s->dir);
	int status = campaign_run(s->plan, s->dir, &s->before, s->samples_fd, &campaign_real, r, e);
	m.ended = wall_clock();
	m.end = status == 0 ? ends[r->end] : "failed";
	m.stops = r->stops;
	struct err second = {0};
	if (manifest_write(s->dir, &m, s->facts, &second) != 0 && status == 0) {
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
static int write_report(const struct session *s, struct err *e)
{
	char word[] = "report", dir[4200];
	char *argv[] = {word, dir, NULL};
	snprintf(dir, sizeof dir, "%s", s->dir);
	return report_main(2, argv, e) == 0 ? 0 : -1;
}

static void tell(const struct session *s, const struct campaign_result *r)
{
	static const char *const words[] = {"precise", "most-launches", "failed", "budget", "interrupted"};
	fprintf(stderr, "%" PRIu64 " launches;", r->launches);
	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		size_t n = 0;
		for (size_t i = 0; i < s->plan->count; i++)
			n += strcmp(r->stops[i], words[w]) == 0;
		if (n)
			fprintf(stderr, " %zu cells %s", n, words[w]);
	}
	putc('\n', stderr);
	if (r->failed)
		fprintf(stderr, "the last launch that failed: %s\n", r->last_failure);
}

static int finish(const struct session *s, const struct campaign_result *r, struct err *e)
{
	bool any = s->before.count || r->launches;
	tell(s, r);
	int status = any ? summarise(s->dir, e) : 0;
	if (status == 0 && any && s->charts && r->end != CAMPAIGN_INTERRUPTED)
		status = write_report(s, e);
	if (status == 0 && r->end == CAMPAIGN_INTERRUPTED)
		return err_set(e, ERR_INTERRUPTED,
			"interrupted; what was finished is kept, and `parscale resume %s` goes on", s->dir);
	if (status == 0 && r->failed)
		return err_set(e, ERR_FAILED,
			"%" PRIu64 " of %" PRIu64 " launches failed; see status and reason in %s/samples.csv",
			r->failed, r->launches, s->dir);
	return status;
}

int session_open_samples(const char *dir, struct err *e)
{
	char path[4200];
	snprintf(path, sizeof path, "%.4100s/samples.csv", dir);
	int fd = csv_open(path, sample_columns, e);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return err_set(e, ERR_USAGE, "%s: another sweep is writing there", dir);
}

int session_run(const struct session *s, struct err *e)
{
	struct campaign_result r = {0};
	int status = measure(s, &r, e) == 0 ? finish(s, &r, e) : -1;
	campaign_result_free(&r);
	return status;
}
