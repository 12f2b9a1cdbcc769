/* SPDX-License-Identifier: MIT */
/*
 * plot.c - draws charts: writes gnuplot's variables and data, runs gnuplot, and moves SVG and PNG
 * into the folder.
 *
 * Everything is made in a temporary folder below DIR/plots and renamed, so a failure leaves the old
 * charts; once all are drawn, those that an earlier page had and this one does not are removed. Several gnuplots run at
 * once, at most one per CPU.
 */
#include "bench/report/plot.h"

#include "base/options.h"
#include "base/paths.h"
#include "base/wrap.h"
#include "bench/data/folder.h"
#include "bench/machine/place.h"
#include "bench/report/gallery.h"
#include "bench/report/svg.h"
#include "kernels/kernel.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 + 256, SUBJECTS_MOST = 32, CHARTS_MOST = 512 };

extern char **environ;

/* What is charted, and where its charts go. */
struct canvas {
	/* one of them, the others are NULL */
	const struct dataset *d;
	const struct gallery *machines;
	const struct history *history;
	const char *dir;
	char about[200]; /* the last line of each caption */
};

/* The folder of the scripts. */
static int find_scripts(char *folder, struct err *e)
{
	char test[PATH_SIZE], found[PATH_SIZE];
	paths_data("plots/common.gp", test, sizeof test);
	snprintf(found, sizeof found, "%.*s", (int)(strrchr(test, '/') - test), test);
	/* absolute: gnuplot runs elsewhere */
	char *whole = access(test, R_OK) == 0 ? realpath(found, NULL) : NULL;
	if (!whole || snprintf(folder, PATH_SIZE, "%s", whole) >= PATH_SIZE) {
		free(whole);
		return err_set(
			e, ERR_FAILED, "%s: %s (PARSCALE_DATADIR is to hold plots/)", test, strerror(errno));
	}
	free(whole);
	return 0;
}

/* Where one chart is made before it is moved to its place: WORK/STEM.ending. */
static void work_path(char *path, const char *work, const char *stem, const char *ending)
{
	snprintf(path, PATH_SIZE, "%s/%s%s", work, stem, ending);
}

/* Writes STEM.gp and STEM.tsv; whether the chart has something to show, or -1. */
static int prepare(
	const struct canvas *c, struct plotted *p, const char *work, const char *scripts, struct err *e)
{
	char path[PATH_SIZE], script[64];
	struct drawing g = {
		.d = c->d, .machines = c->machines, .history = c->history, .wide = 880, .high = 500};
	work_path(path, work, p->stem, ".gp");
	g.vars = fopen(path, "w");
	work_path(path, work, p->stem, ".tsv");
	g.data = fopen(path, "w");
	bool shows = false;
	if (g.vars && g.data && (shows = p->chart->prepare(&g, p->subject))) {
		snprintf(p->title, sizeof p->title, "%s", g.title);
		snprintf(p->note, sizeof p->note, "%s", g.note);
		snprintf(script, sizeof script, "%s.gp", p->chart->name);
		chart_text(g.vars, "folder", scripts);
		chart_text(g.vars, "script", script);
		/* gnuplot runs in the folder: of a name that a user chose it would take the first letter for a
		 * pipe, a redirection or a block of data */
		snprintf(path, sizeof path, "%s.tsv", p->stem);
		chart_text(g.vars, "data", path);
		chart_text(g.vars, "output", p->stem);
		chart_text(g.vars, "title", g.title);
		chart_text(g.vars, "subtitle", g.subtitle);
		chart_text(g.vars, "caption1", g.note);
		chart_text(g.vars, "caption2", c->about);
		fprintf(g.vars, "wide = %d.0\nhigh = %d.0\nload folder.'/common.gp'\n", g.wide, g.high);
	}
	if (!g.vars || !g.data || ferror(g.vars) || ferror(g.data))
		err_set(e, ERR_FAILED, "%s: cannot be written: %s", path, strerror(errno));
	if (g.vars && fclose(g.vars) != 0)
		err_set(e, ERR_FAILED, "%s: cannot be written: %s", path, strerror(errno));
	if (g.data && fclose(g.data) != 0)
		err_set(e, ERR_FAILED, "%s: cannot be written: %s", path, strerror(errno));
	return e->status == ERR_NONE ? shows : -1;
}

static bool is_one_of(const char *variable, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (strncmp(variable, *prefixes, strlen(*prefixes)) == 0)
			return true;
	return false;
}

/* This environment, with letters in UTF-8 whatever the user's are, as gnuplot would complain of each it cannot write,
 * and without what a desktop has it do: a terminal in GNUTERM is opened before the script names another. One block, to
 * be freed; the strings are those of environ. */
static char **own_environment(void)
{
	static char utf8[] = "LC_CTYPE=C.UTF-8";
	static const char *const strange[] = {
		"LC_ALL=", "LC_CTYPE=", "GNUTERM=", "GNUPLOT_", "GDFONTPATH=", NULL};
	size_t n = 0;
	while (environ[n])
		n++;
	char **all = calloc(n + 2, sizeof *all);
	if (!all)
		return NULL;
	char **to = all;
	for (char **from = environ; *from; from++)
		if (!is_one_of(*from, strange))
			*to++ = *from;
	*to = utf8;
	return all;
}

static int no_gnuplot(struct err *e)
{
	return err_set(
		e, ERR_ABSENT, "charts need gnuplot, which was not found (Debian: apt install gnuplot-nox)");
}

static pid_t start_gnuplot(const char *work, const char *stem, struct err *e)
{
	char script[PATH_SIZE], errors[PATH_SIZE];
	char name[] = "gnuplot", defaults[] = "-d";
	char *const argv[] = {name, defaults, script, NULL};
	posix_spawn_file_actions_t io;
	pid_t pid = -1;
	snprintf(script, sizeof script, "%s.gp", stem);
	snprintf(errors, sizeof errors, "%s.err", stem);
	char **environment = own_environment();
	int why = environment ? posix_spawn_file_actions_init(&io) : ENOMEM;
	if (why == 0) {
		posix_spawn_file_actions_addchdir_np(&io, work);
		posix_spawn_file_actions_addopen(&io, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_addopen(&io, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
		posix_spawn_file_actions_addopen(
			&io, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		why = posix_spawnp(&pid, name, &io, NULL, argv, environment);
		posix_spawn_file_actions_destroy(&io);
	}
	free(environment);
	if (why == ENOENT)
		return no_gnuplot(e);
	if (why != 0)
		return err_set(e, ERR_FAILED, "gnuplot: %s", strerror(why));
	return pid;
}

/* The first line of what gnuplot complained about, without its path prefix; "" if nothing. */
static void complaint(const char *work, const char *stem, char *text, size_t size)
{
	char path[PATH_SIZE], line[400];
	work_path(path, work, stem, ".err");
	FILE *f = fopen(path, "r");
	text[0] = '\0';
	while (f && !*text && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, size, "%s", line + strspn(line, " \t^"));
	}
	if (f)
		fclose(f);
}

/* How long one chart may take. */
static double limit_seconds(void)
{
	const char *said = getenv("PARSCALE_GNUPLOT_SECONDS");
	const double seconds = said ? strtod(said, NULL) : 0;
	return seconds > 0 ? seconds : 300;
}

/* Waits for a gnuplot to end; one that does not is killed. */
static bool await(pid_t pid, int *status, double seconds)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	for (double waited = 0; waited < seconds; waited += 2e-3) {
		pid_t ended = waitpid(pid, status, WNOHANG);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return ended == pid;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, status, 0);
	return false;
}

static int finish(
	const char *dir, const char *work, struct plots *out, struct plotted *p, pid_t pid, struct err *e)
{
	int status;
	char text[400], from[PATH_SIZE], adapted[PATH_SIZE], to[PATH_SIZE];
	const double limit = limit_seconds();
	if (!await(pid, &status, limit))
		return err_set(e, ERR_FAILED,
			"gnuplot took longer than %g s on chart %s (PARSCALE_GNUPLOT_SECONDS)", limit,
			p->stem);
	complaint(work, p->stem, text, sizeof text);
	if (WIFSIGNALED(status)) { /* a fault of that version: it costs this chart */
		snprintf(out->warning, sizeof out->warning, "chart %s is not drawn: ended by signal %d",
			p->stem, WTERMSIG(status));
		p->stem[0] = '\0';
		return 0;
	}
	/* POSIX: where posix_spawn does not learn of it, so ends a child whose program is missing; qemu-user's do */
	if (WEXITSTATUS(status) == 127 && !*text)
		return no_gnuplot(e);
	if (WEXITSTATUS(status) != 0)
		return err_set(e, ERR_FAILED, "gnuplot failed on chart %s: %s", p->stem,
			*text ? text : "it does not say why");
	if (*text && !*out->warning)
		snprintf(out->warning, sizeof out->warning, "%s", text);
	work_path(from, work, p->stem, ".svg");
	work_path(adapted, work, p->stem, ".new");
	if (svg_adapt(from, adapted, p->stem, p->title, e) != 0)
		return -1;
	snprintf(to, sizeof to, "%s/plots/%s.svg", dir, p->stem);
	if (rename(adapted, to) != 0)
		return err_set(e, ERR_FAILED, "%s: %s", to, strerror(errno));
	work_path(from, work, p->stem, ".png");
	snprintf(to, sizeof to, "%s/plots/%s.png", dir, p->stem);
	return rename(from, to) == 0 ? 0 : err_set(e, ERR_FAILED, "%s: %s", to, strerror(errno));
}

/* Draws the charts of out->list, some at a time, and removes from the list what was not drawn. */
static int run_all(const char *dir, const char *work, struct plots *out, struct err *e)
{
	enum { WIDEST = 16 };
	pid_t pid[WIDEST];
	const unsigned cpus = place_capacity_here();
	size_t width = cpus > WIDEST ? WIDEST : cpus;
	size_t done = 0, started = 0;
	struct err first = {0};
	while (done < out->count && (done < started || first.status == ERR_NONE)) {
		if (started < out->count && started - done < width && first.status == ERR_NONE) {
			pid_t p = start_gnuplot(work, out->list[started].stem, &first);
			if (p > 0)
				pid[started++ % width] = p;
			continue;
		}
		/* NOLINTNEXTLINE(clang-analyzer-core.*): place_capacity_here() is at least 1 */
		finish(dir, work, out, &out->list[done], pid[done % width], &first);
		done++;
	}
	out->count = 0;
	if (first.status != ERR_NONE)
		return err_set(e, first.status, "%s", first.text);
	for (size_t i = 0; i < done; i++)
		if (*out->list[i].stem)
			out->list[out->count++] = out->list[i];
	return 0;
}

static void remove_work(const char *work, const struct plotted *list, size_t count)
{
	static const char *const endings[] = {".gp", ".tsv", ".err", ".svg", ".png", ".new"};
	char path[PATH_SIZE];
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
			work_path(path, work, list[i].stem, endings[k]);
			unlink(path);
		}
	rmdir(work);
}

/* A file name from a chart's and a kernel's name, whatever that contains. */
static void make_stem(struct plotted *p)
{
	snprintf(p->stem, sizeof p->stem, "%s%s%s", p->chart->name, *p->subject ? "-" : "", p->subject);
	for (char *c = p->stem; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			*c = '_';
}

/* The subjects of charts: names of kernels or probes. */
struct subjects {
	const char *name[SUBJECTS_MOST];
	size_t count;
};

/* Adds a chart with every subject it could have to `all`, which has n; how many then, at most CHARTS_MOST. */
static size_t list_chart(const struct chart *c, const struct subjects *of, struct plotted *all, size_t n)
{
	for (size_t k = 0; k < of->count && n < CHARTS_MOST; k++) {
		struct plotted *p = &all[n++];
		p->chart = c;
		snprintf(p->subject, sizeof p->subject, "%s", of->name[k]);
		make_stem(p);
	}
	return n;
}

static bool is_of(const struct canvas *canvas, const struct chart *c)
{
	const bool of_machines = c->part == OF_MACHINES || c->part == OF_MACHINES_KERNEL;
	return of_machines == (canvas->machines != NULL) &&
	       (c->part == OF_HISTORY) == (canvas->history != NULL);
}

static bool is_of_kernel(const struct chart *c)
{
	return c->part == OF_KERNEL || c->part == OF_MACHINES_KERNEL;
}

/* Every chart with every subject it could have: how many into `all`, which has room for CHARTS_MOST. */
static size_t list_all(const struct canvas *canvas, struct plotted *all)
{
	const struct subjects none = {.name = {""}, .count = 1};
	struct subjects subjects = {.count = 0}, probes = {.count = 0};
	const struct gallery *m = canvas->machines;
	size_t n = 0;
	for (; m && subjects.count < m->subjects; subjects.count++)
		subjects.name[subjects.count] = m->kernel[subjects.count].name;
	if (canvas->d) {
		subjects.count = dataset_subjects(canvas->d, subjects.name, SUBJECTS_MOST);
		probes.count = dataset_probes(canvas->d, probes.name, SUBJECTS_MOST);
	}
	for (const struct chart *c = charts; c->name; c++)
		if (is_of(canvas, c))
			n = list_chart(c,
				is_of_kernel(c)       ? &subjects
				: c->part == OF_PROBE ? &probes
						      : &none,
				all, n);
	return n;
}

/* Removes an earlier page's chart where it is not one of those that were drawn now. */
static void remove_former(const char *dir, const struct plotted *former, const struct plots *now)
{
	static const char *const endings[] = {".svg", ".png"};
	char path[PATH_SIZE];
	for (size_t i = 0; i < now->count; i++)
		if (strcmp(now->list[i].stem, former->stem) == 0)
			return;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(path, sizeof path, "%s/plots/%s%s", dir, former->stem, endings[i]);
		unlink(path);
	}
}

/* The same of all charts that this one could have had, of all kernels that there are: no other file is touched. */
static void remove_all_former(
	const struct canvas *canvas, const struct plotted *all, size_t n, const struct plots *now)
{
	for (size_t i = 0; i < n; i++)
		remove_former(canvas->dir, &all[i], now);
	for (const struct chart *c = charts; c->name; c++)
		for (size_t k = 0; is_of(canvas, c) && is_of_kernel(c) && kernels[k]; k++) {
			const struct subjects one = {.name = {kernels[k]->name}, .count = 1};
			struct plotted former;
			list_chart(c, &one, &former, 0);
			remove_former(canvas->dir, &former, now);
		}
}

static int draw(const struct canvas *canvas, struct plots *out, struct err *e)
{
	char folder[FOLDER_PATH + 32], work[sizeof folder + 32], scripts[PATH_SIZE];
	*out = (struct plots){0};
	if (find_scripts(scripts, e) != 0)
		return -1;
	struct plotted *all = calloc(CHARTS_MOST, sizeof *all);
	out->list = calloc(CHARTS_MOST, sizeof *all);
	snprintf(folder, sizeof folder, "%s/plots", canvas->dir);
	snprintf(work, sizeof work, "%s/.drawing-XXXXXX", folder);
	int result = 0;
	size_t tried = 0, n = 0;
	if (!all || !out->list)
		result = err_set(e, ERR_FAILED, "out of memory");
	else if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || !mkdtemp(work))
		result = err_set(e, ERR_FAILED, "%s: %s", folder, strerror(errno));
	else
		n = list_all(canvas, all);
	while (result == 0 && tried < n) {
		struct plotted *p = &all[tried++];
		int shows = prepare(canvas, p, work, scripts, e);
		if (shows > 0)
			out->list[out->count++] = *p;
		result = shows < 0 ? -1 : 0;
	}
	if (result == 0)
		result = run_all(canvas->dir, work, out, e);
	if (result == 0)
		remove_all_former(canvas, all, n, out);
	if (tried > 0)
		remove_work(work, all, tried);
	free(all);
	return result;
}

int plots_draw(const struct dataset *d, struct plots *out, struct err *e)
{
	struct canvas canvas = {.d = d, .dir = d->dir};
	dataset_machine(d, canvas.about, sizeof canvas.about);
	return draw(&canvas, out, e);
}

int plots_draw_machines(const struct gallery *all, const char *dir, struct plots *out, struct err *e)
{
	struct canvas canvas = {.machines = all, .dir = dir};
	snprintf(canvas.about, sizeof canvas.about, "%zu machines; base: %.60s%s", all->count,
		all->machine[all->base].name, all->simulated ? "; simulated machines are among them" : "");
	return draw(&canvas, out, e);
}

int plots_draw_history(const struct history *h, const char *dir, struct plots *out, struct err *e)
{
	struct canvas canvas = {.history = h, .dir = dir};
	snprintf(canvas.about, sizeof canvas.about, "%s", h->sweep[0].model);
	return draw(&canvas, out, e);
}

void plots_free(struct plots *p)
{
	free(p->list);
	*p = (struct plots){0};
}
