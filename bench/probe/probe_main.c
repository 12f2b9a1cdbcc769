/* SPDX-License-Identifier: MIT */
#include "probe/probe_main.h"

#include "args.h"
#include "child.h"
#include "interrupt.h"
#include "number.h"
#include "probe/probe_show.h"
#include "probe/probe_summary.h"
#include "probe/sampler.h"
#include "program.h"
#include "data/row_json.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { MOST_PROBES = 32, MOST_TABLE = 64, SAMPLES_WANTED = 8 };

enum own { OWN_HELP = 1000, OWN_FORMAT, OWN_ALL, OWN_SECONDS, OWN_LAUNCHES, OWN_SEED, OWN_TIMEOUT, OWN_LAUNCH, OWN_QUICK, OF_A_PROBE };

struct probe_args {
	const struct probe *named[MOST_PROBES];
	size_t count;
	unsigned format; /* place in "text|json|csv|md" */
	bool help, all, quick;
	double seconds; /* 0: not said */
	double timeout_seconds;
	uint64_t launches, seed, launch_id;
	struct {
		const char *name, *value;
	} options[MOST_TABLE]; /* of probes */
	size_t given;
};

static const struct option own_options[] = {{"help", no_argument, NULL, OWN_HELP}, {"format", required_argument, NULL, OWN_FORMAT},
	{"all", no_argument, NULL, OWN_ALL}, {"seconds", required_argument, NULL, OWN_SECONDS},
	{"launches", required_argument, NULL, OWN_LAUNCHES}, {"seed", required_argument, NULL, OWN_SEED},
	{"timeout", required_argument, NULL, OWN_TIMEOUT}, {"launch", required_argument, NULL, OWN_LAUNCH},
	{"quick", no_argument, NULL, OWN_QUICK}};

enum { OWN_COUNT = sizeof own_options / sizeof *own_options };

/* getopt's table: ours, then the options of all probes, each name once. */
static void make_table(struct option table[MOST_TABLE])
{
	size_t n = OWN_COUNT;
	memcpy(table, own_options, sizeof own_options);
	for (const struct probe *const *p = probes; *p; p++)
		for (const struct probe_option *o = (*p)->options; o->name; o++) {
			size_t i = 0;
			while (i < n && strcmp(table[i].name, o->name) != 0)
				i++;
			if (i == n)
				table[n++] = (struct option){o->name, required_argument, NULL, OF_A_PROBE};
		}
	table[n] = (struct option){0};
}

static int set_own(struct probe_args *a, int which, const char *value, struct err *e)
{
	switch (which) {
	case OWN_HELP:
		a->help = true;
		return 0;
	case OWN_FORMAT:
		return choice_parse("--format", "text|json|csv|md", value, &a->format, e);
	case OWN_ALL:
		a->all = true;
		return 0;
	case OWN_SECONDS:
		return number_parse_seconds("--seconds", value, &a->seconds, e);
	case OWN_LAUNCHES:
		return number_parse("--launches", value, 1, 100, &a->launches, e);
	case OWN_SEED:
		return number_parse("--seed", value, 0, INT64_MAX, &a->seed, e);
	case OWN_TIMEOUT:
		return number_parse_seconds("--timeout", value, &a->timeout_seconds, e);
	case OWN_LAUNCH:
		return number_parse("--launch", value, 0, 100, &a->launch_id, e);
	default:
		a->quick = true;
		return 0;
	}
}

static bool has_option(const struct probe *p, const char *name)
{
	for (const struct probe_option *o = p->options; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

/* An option that none of the named probes has would be without effect. */
static int check_options(const struct probe_args *a, struct err *e)
{
	for (size_t i = 0; i < a->given; i++) {
		bool used = false;
		for (size_t k = 0; k < a->count; k++)
			used |= has_option(a->named[k], a->options[i].name);
		if (!used)
			return err_set(e, ERR_USAGE, "--%s: none of the probes named has it (parscale probe NAME --help)", a->options[i].name);
	}
	return 0;
}

static int parse(int argc, char **argv, struct probe_args *a, struct err *e)
{
	struct option table[MOST_TABLE];
	int found, place = 0;
	*a = (struct probe_args){.launches = 2, .seed = 1};
	make_table(table);
	optind = 1;
	while ((found = args_next(argc, argv, table, e)) != -1) {
		if (found == '?')
			return -1;
		if (found != OF_A_PROBE) {
			if (set_own(a, found, optarg, e) != 0)
				return -1;
			continue;
		}
		/* which of them getopt found, it only tells by the word itself */
		const char *word = argv[optind - 1] == optarg ? argv[optind - 2] : argv[optind - 1];
		size_t length = strcspn(word + 2, "=");
		for (place = 0; table[place].name && strncmp(table[place].name, word + 2, length) != 0; place++)
			;
		if (a->given == MOST_TABLE)
			return err_set(e, ERR_USAGE, "too many options");
		a->options[a->given].name = table[place].name;
		a->options[a->given++].value = optarg;
	}
	for (int i = optind; i < argc; i++) {
		if (a->count == MOST_PROBES)
			return err_set(e, ERR_USAGE, "probe: at most %d names", MOST_PROBES);
		if (!(a->named[a->count++] = probe_find(argv[i], e)))
			return -1;
	}
	if (a->count && a->all)
		return err_set(e, ERR_USAGE, "--all: names or all, not both");
	a->quick |= a->count == 0 && !a->all;
	if (a->count == 0)
		for (const struct probe *const *p = probes; *p; p++)
			a->named[a->count++] = *p;
	if (a->seconds <= 0)
		a->seconds = a->quick ? 1 : 6;
	if (a->timeout_seconds <= 0)
		a->timeout_seconds = 120 + 10 * a->seconds;
	return check_options(a, e);
}

/* Options set, cases made: the same in the driver and in its launches. */
static int prepare(const struct probe_args *a, const struct probe *p, struct probe_run *r, struct err *e)
{
	int status = probe_run_init(r, p, a->quick, e);
	for (size_t i = 0; status == 0 && i < a->given; i++)
		if (has_option(p, a->options[i].name))
			status = probe_set(r, a->options[i].name, a->options[i].value, e);
	return status == 0 ? p->cases(r, e) : -1;
}

/* --- in the driver --- */

static void help(const struct probe_args *a)
{
	printf("usage: parscale probe [NAME...] [options]\n\n"
	       "Times mechanisms, threads against processes where that makes sense, each probe in fresh processes of its own; each sample verified.\n"
	       "Without names: a quick look at every probe.\n\n"
	       "  --all                        every case of every probe\n"
	       "  --format text|json|csv|md    how to print the rows (text)\n"
	       "  --seconds T                  time to spend on a probe (quick 1s, else 6s)\n"
	       "  --launches N                 fresh processes for a probe, 1 to 100 (2)\n"
	       "  --seed N                     of the random order of the cases (1)\n"
	       "  --timeout T                  a launch that takes longer is killed (120s and ten times --seconds)\n\n");
	for (size_t i = 0; i < a->count; i++)
		probe_show_help(a->named[i]);
}

static int take_sample(void *ctx, char *line, struct err *e)
{
	struct probe_sample_row row;
	if (csv_parse_line(probe_sample_columns, line, &row, e) != 0 || !table_add(ctx, &row, e))
		return -1;
	return 0;
}

static int launch(const struct probe_args *a, const struct probe_run *r, uint64_t id, struct table *samples, struct child_result *ended, struct err *e)
{
	char path[4096], words[PROBE_OPTIONS + 4][80];
	const char *argv[PROBE_OPTIONS + 10];
	size_t n = 0, w = 0;
	argv[n++] = program_beside("parscale", path, sizeof path);
	argv[n++] = "probe-launch";
	argv[n++] = r->probe->name;
	snprintf(words[w++], sizeof words[0], "--seconds=%.6fs", a->seconds);
	snprintf(words[w++], sizeof words[0], "--launches=%" PRIu64, a->launches);
	snprintf(words[w++], sizeof words[0], "--launch=%" PRIu64, id);
	snprintf(words[w++], sizeof words[0], "--seed=%" PRIu64, a->seed);
	for (size_t i = 0; r->probe->options[i].name; i++)
		snprintf(words[w++], sizeof words[0], "--%s=%" PRIu64, r->probe->options[i].name, r->option[i]);
	for (size_t i = 0; i < w; i++)
		argv[n++] = words[i];
	if (a->quick)
		argv[n++] = "--quick";
	argv[n] = NULL;
	child_set_openmp(PROBE_CPUS);
	const struct child_order order = {.path = path, .argv = argv, .timeout_seconds = a->timeout_seconds, .capture = true, .clear = true,
		.line = take_sample, .ctx = samples};
	return child_run(&order, ended, e);
}

/* LLVM's OpenMP leaves an object in shared memory for each process that is killed or ends by _exit. */
static void clear_openmp(pid_t pid)
{
	char path[96];
	snprintf(path, sizeof path, "/dev/shm/__KMP_REGISTERED_LIB_%d_%u", (int)pid, (unsigned)getuid());
	unlink(path);
}

static void note_trouble(const struct child_result *ended, struct probe_shown *s)
{
	if (ended->status != ERR_NONE && !*s->reason)
		snprintf(s->reason, sizeof s->reason, "%.200s", *ended->message ? ended->message : "the launch failed");
	if (ended->left && !*s->reason)
		snprintf(s->reason, sizeof s->reason, "%u processes were left behind, and ended", ended->left);
}

/* Measures one probe: its rows, summarised, into `rows`. */
static int measure(const struct probe_args *a, struct probe_run *r, struct table *rows, struct probe_shown *s, struct err *e)
{
	struct table samples;
	table_init(&samples, probe_sample_columns, sizeof(struct probe_sample_row));
	int status = 0;
	bool absent = false;
	*s = (struct probe_shown){.run = r, .rows = rows, .launches = (unsigned)a->launches, .seed = a->seed};
	for (uint64_t id = 0; status == 0 && id < a->launches && !*s->reason; id++) {
		struct child_result ended;
		status = launch(a, r, id, &samples, &ended, e);
		if (status == 0) {
			clear_openmp(ended.pid);
			note_trouble(&ended, s);
			absent = ended.status == ERR_ABSENT;
		}
		if (interrupt_seen())
			status = err_set(e, ERR_INTERRUPTED, "interrupted");
	}
	if (status == 0)
		status = probe_summarise(r, &samples, s->reason, rows, e);
	s->status = absent ? PROBE_ABSENT : probe_rows_status(rows);
	if (*s->reason && s->status == PROBE_OK)
		s->status = PROBE_FAILED;
	table_free(&samples);
	return status;
}

/* What all formats need of each probe in turn. */
struct output {
	unsigned format;
	bool single;
	json_t *list;
	struct table all; /* csv */
};

static int show(struct output *o, const struct probe_shown *s, struct err *e)
{
	if (o->format == FORMAT_JSON) {
		json_t *object = probe_show_json(s);
		return o->single ? json_print(stdout, object, e) : json_array_append_new(o->list, object) == 0 ? 0 : err_set(e, ERR_FAILED, "out of memory");
	}
	if (o->format != FORMAT_CSV)
		return probe_show_text(s, o->format > FORMAT_CSV, e);
	for (size_t i = 0; i < s->rows->count; i++)
		if (!table_add(&o->all, table_row(s->rows, i), e))
			return -1;
	return 0;
}

static int run_all(const struct probe_args *a, struct output *o, struct err *worst, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		struct probe_run r;
		struct probe_shown s;
		struct table rows;
		table_init(&rows, probe_columns, sizeof(struct probe_row));
		int status = prepare(a, a->named[i], &r, e);
		if (status == 0)
			status = measure(a, &r, &rows, &s, e);
		if (status == 0)
			status = show(o, &s, e);
		if (status == 0 && s.status != PROBE_OK && (s.status != PROBE_ABSENT || o->single))
			err_set(worst, s.status == PROBE_ABSENT ? ERR_ABSENT : ERR_FAILED, "probe %s: %s%s%s", r.probe->name,
				probe_status_name(s.status), *s.reason ? ": " : "", s.reason);
		table_free(&rows);
		probe_run_free(&r);
		if (status != 0)
			return -1;
		fflush(stdout);
	}
	return 0;
}

/* All options are tried before anything is measured. */
static int check_all(const struct probe_args *a, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		struct probe_run r;
		int status = prepare(a, a->named[i], &r, e);
		probe_run_free(&r);
		if (status != 0)
			return -1;
	}
	return 0;
}

int probe_main(int argc, char **argv, struct err *e)
{
	struct probe_args a;
	struct err worst = {0};
	if (parse(argc, argv, &a, e) != 0)
		return -1;
	if (a.help) {
		help(&a);
		return 0;
	}
	if (check_all(&a, e) != 0)
		return -1;
	struct output o = {.format = a.format, .single = a.count == 1};
	table_init(&o.all, probe_columns, sizeof(struct probe_row));
	if (!(o.list = json_array()))
		return err_set(e, ERR_FAILED, "out of memory");
	interrupt_catch();
	int status = run_all(&a, &o, &worst, e);
	if (status == 0 && o.format == FORMAT_CSV)
		status = csv_print(stdout, &o.all, e);
	if (status == 0 && o.format == FORMAT_JSON && !o.single)
		status = json_print(stdout, json_incref(o.list), e);
	table_free(&o.all);
	json_decref(o.list);
	return status == 0 && worst.status != ERR_NONE ? err_set(e, worst.status, "%s", worst.text) : status;
}

/* --- in the launch --- */

static int send_sample(void *ctx, const struct probe_sample_row *row, struct err *e)
{
	(void)ctx;
	return csv_append(CHILD_RESULT_FD, probe_sample_columns, row, e);
}

static int measure_here(int argc, char **argv, struct err *e)
{
	struct probe_args a;
	struct probe_run r;
	if (parse(argc, argv, &a, e) != 0)
		return -1;
	if (a.count != 1 || fcntl(CHILD_RESULT_FD, F_SETFD, FD_CLOEXEC) != 0)
		return err_set(e, ERR_USAGE, "probe-launch: for parscale's own use; see parscale probe --help");
	const struct sampler_plan plan = {.budget_seconds = a.seconds / (double)a.launches,
		.blocks = (unsigned)((SAMPLES_WANTED + a.launches - 1) / a.launches),
		.seed = a.seed * 1000 + a.launch_id,
		.launch_id = a.launch_id};
	int status = prepare(&a, a.named[0], &r, e);
	if (status == 0)
		status = sampler_run(&r, &plan, send_sample, NULL, e);
	probe_run_free(&r);
	return status;
}

int probe_launch_main(int argc, char **argv)
{
	struct err e = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the driver's end is ours */
	if (measure_here(argc, argv, &e) != 0)
		fprintf(stderr, "parscale: %s\n", e.text);
	return (int)e.status;
}
