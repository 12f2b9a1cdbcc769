/* SPDX-License-Identifier: MIT */
#include "sweep.h"

#include "args.h"
#include "campaign.h"
#include "csv.h"
#include "interrupt.h"
#include "manifest.h"
#include "number.h"
#include "place.h"
#include "program.h"
#include "stat.h"
#include "topology.h"
#include "units.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct sweep_args {
	char plan[4096];
	char out[4096];
	double budget_seconds; /* 0: the plan's */
	const struct meter *meter; /* NULL: the plan's */
	bool dry_run, help, charts;
};

static void help(void)
{
	printf("usage: parscale sweep [FILE.sweep] [options]\n\n"
	       "Measures every cell of a plan in randomised blocks, each launch in a fresh process, every answer verified, then draws the\n"
	       "charts and writes the report. Without a file it measures the default plan, made for about five minutes on two cores.\n\n"
	       "  --out DIR       folder for the results, new or empty (results/DATE-TIME)\n"
	       "  --budget T      begin no launch that would end later, such as 5m or 1h (the plan's)\n"
	       "  --meter NAME    auto, gbench or native (the plan's)\n"
	       "  --no-charts     stop after summary.csv\n"
	       "  --dry-run       print the cells, what was left out and why, and an estimate; measure nothing\n"
	       "  --help          this text\n\n"
	       "Ctrl-C stops after the launch in progress; finished rows are kept and summarised.\n");
}

static int parse(int argc, char **argv, struct sweep_args *a, struct err *e)
{
	static const struct option options[] = {{"out", required_argument, NULL, 'o'}, {"budget", required_argument, NULL, 'b'},
		{"meter", required_argument, NULL, 'm'}, {"no-charts", no_argument, NULL, 'n'}, {"dry-run", no_argument, NULL, 'd'},
		{"help", no_argument, NULL, 'h'}, {0}};
	*a = (struct sweep_args){.charts = true};
	int found;
	optind = 1;
	while ((found = args_next(argc, argv, options, e)) != -1) {
		switch (found) {
		case 'o':
			if (!*optarg || strlen(optarg) > sizeof a->out - 64)
				return err_set(e, ERR_USAGE, "--out: the folder's name is empty or too long");
			strcpy(a->out, optarg);
			break;
		case 'b':
			if (number_parse_seconds("--budget", optarg, &a->budget_seconds, e) != 0)
				return -1;
			break;
		case 'm':
			if (!(a->meter = meter_find(optarg, e)))
				return -1;
			break;
		case 'n':
			a->charts = false;
			break;
		case 'd':
			a->dry_run = true;
			break;
		case 'h':
			a->help = true;
			return 0;
		default:
			return -1;
		}
	}
	if (argc - optind > 1)
		return err_set(e, ERR_USAGE, "sweep: one plan, not also '%s'", argv[optind + 1]);
	if (optind < argc)
		snprintf(a->plan, sizeof a->plan, "%s", argv[optind]);
	else
		program_data("scripts/sweeps/default.sweep", a->plan, sizeof a->plan);
	return 0;
}

/* --- the plan --- */

static int read_plan(const struct sweep_args *a, struct plan *p, struct err *e)
{
	struct topology t = {0};
	struct worker_count counts[WORKER_COUNTS];
	unsigned workers[WORKER_COUNTS], most = 1;
	if (topology_read(&t, "", e) != 0)
		return -1;
	int n = place_worker_counts(&t, 0, counts, WORKER_COUNTS);
	for (int i = 0; i < n; i++) {
		workers[i] = counts[i].workers;
		most = counts[i].oversubscribed ? most : workers[i];
	}
	topology_free(&t);
	const struct plan_machine machine = {.workers = workers, .worker_counts = (size_t)n, .most = most};
	if (plan_read(p, a->plan, &machine, e) != 0)
		return -1;
	if (a->budget_seconds > 0)
		p->budget_seconds = a->budget_seconds;
	if (a->meter)
		p->meter = a->meter;
	return 0;
}

static void print_plan(const struct plan *p)
{
	char text[UNITS_BYTES];
	for (size_t i = 0; i < p->count; i++)
		printf("%s\n", p->cells[i].label);
	for (size_t i = 0; i < p->omitted; i++)
		printf("# left out: %s: %s\n", p->omissions[i].label, p->omissions[i].reason);
	printf("# %zu cells, %zu left out; %u launches of %u samples each, meter %s; roughly %s\n", p->count, p->omitted, p->launches,
		p->repetitions, p->meter->name, units_clock(plan_estimate(p), text));
}

/* --- the folder --- */

static int make_folders(char *path, struct err *e)
{
	for (char *p = path + 1;; p++) {
		if (*p != '/' && *p)
			continue;
		char kept = *p;
		*p = '\0';
		int failed = mkdir(path, 0777) != 0 && errno != EEXIST;
		if (failed)
			err_set(e, ERR_USAGE, "--out: cannot make %s: %s", path, strerror(errno));
		*p = kept;
		if (failed)
			return -1;
		if (!kept)
			return 0;
	}
}

/* Makes the folder, and samples.csv with its header in it; the open file, or -1. */
static int open_samples(struct sweep_args *a, struct err *e)
{
	char path[4200], line[8192];
	if (!a->out[0]) {
		time_t now = time(NULL);
		struct tm tm;
		localtime_r(&now, &tm);
		strftime(a->out, sizeof a->out, "results/%Y-%m-%d-%H%M%S", &tm);
	}
	if (make_folders(a->out, e) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/samples.csv", a->out);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return errno == EEXIST ? err_set(e, ERR_USAGE, "--out: %s holds results already", a->out)
				       : err_set(e, ERR_USAGE, "--out: cannot write %s: %s", path, strerror(errno));
	size_t n = csv_header_line(sample_columns, line, sizeof line);
	if (write(fd, line, n) == (ssize_t)n)
		return fd;
	err_set(e, ERR_FAILED, "%s: %s", path, strerror(errno));
	close(fd);
	unlink(path);
	return -1;
}

/* --- the campaign --- */

static double wall_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Between two writings of the manifest lies the campaign: what it could not finish is in the second, or, after a kill, only in the first. */
static int measure(int argc, char **argv, struct sweep_args *a, const struct plan *p, struct campaign_result *r, struct err *e)
{
	static const char *const ends[] = {
		[CAMPAIGN_COMPLETE] = "complete", [CAMPAIGN_BUDGET] = "budget", [CAMPAIGN_INTERRUPTED] = "interrupted"};
	struct manifest m = {.argc = argc, .argv = argv, .plan = p, .plan_path = a->plan, .started = wall_clock()};
	int fd = open_samples(a, e);
	if (fd < 0)
		return -1;
	json_t *facts = manifest_facts();
	int status = facts ? manifest_write(a->out, &m, facts, e) : err_set(e, ERR_FAILED, "out of memory");
	if (status == 0) {
		fprintf(stderr, "%zu cells, %u launches each, into %s\n", p->count, p->launches, a->out);
		status = campaign_run(p, fd, r, e);
		m.ended = wall_clock();
		m.end = status == 0 ? ends[r->end] : "failed";
		m.launches = r->launches;
		m.failed_launches = r->failed;
		struct err second = {0};
		if (manifest_write(a->out, &m, facts, &second) != 0 && status == 0) {
			*e = second;
			status = -1;
		}
	}
	json_decref(facts);
	close(fd);
	return status;
}

/* summary.csv, of whatever was finished. */
static int summarise(const char *dir, struct err *e)
{
	struct table samples, summary;
	int status = stat_folder(dir, &samples, &summary, e);
	table_free(&samples);
	table_free(&summary);
	return status;
}

static void tell(const struct plan *p, const struct campaign_result *r)
{
	uint64_t planned = (uint64_t)p->count * p->launches;
	if (r->end == CAMPAIGN_BUDGET)
		fprintf(stderr, "the budget is spent: %" PRIu64 " of %" PRIu64 " launches made\n", r->launches, planned);
	if (r->failed)
		fprintf(stderr, "%" PRIu64 " of %" PRIu64 " launches failed; the last: %s\n", r->failed, r->launches, r->last_failure);
}

int sweep_main(int argc, char **argv, struct err *e)
{
	struct sweep_args a;
	struct plan p = {0};
	struct campaign_result r = {0};
	if (parse(argc, argv, &a, e) != 0)
		return -1;
	if (a.help) {
		help();
		return 0;
	}
	if (read_plan(&a, &p, e) != 0)
		return -1;
	if (a.dry_run) {
		print_plan(&p);
		plan_free(&p);
		return 0;
	}
	interrupt_catch();
	int status = measure(argc, argv, &a, &p, &r, e);
	if (status == 0) {
		tell(&p, &r);
		status = r.launches ? summarise(a.out, e) : 0;
	}
	if (status == 0 && r.end == CAMPAIGN_INTERRUPTED)
		status = err_set(e, ERR_INTERRUPTED, "interrupted; %" PRIu64 " launches are kept in %s", r.launches, a.out);
	else if (status == 0 && r.failed)
		status = err_set(e, ERR_FAILED, "%" PRIu64 " of %" PRIu64 " launches failed; see status and reason in %s/samples.csv", r.failed,
			r.launches, a.out);
	plan_free(&p);
	return status;
}
