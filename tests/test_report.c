/* SPDX-License-Identifier: MIT */
/* test_report.c - charts and reports of simulated sweeps: of 2 to 256 workers, 1 to 8 back ends, with holes,
 * failures and single samples. */
#include "report/report.h"
#include "simulated.h"
#include "report/svg.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static bool has_gnuplot;

static const char *const four[] = {"openmp", "pthread", "fork", NULL}, *const one[] = {"fork", NULL};
static const char *const eight[] = {"openmp", "pthread", "fork", "fork-pipe", "exec", "mpi",
	"a-back-end-with-a-name-as-long-as-they-get", "<b>&\"x'\\", NULL};
static const char *const both[] = {"pool", "spawn", NULL}, *const pool[] = {"pool", NULL};

static const struct simulation two = {.cpus = 2,
	.workers_most = 4,
	.samples = 12,
	.backends = four,
	.lifetimes = both,
	.variant = "avx512",
	.sizes = {1000, 1000000, 1000000000},
	.n_sizes = 3};
static const struct simulation sixteen = {.cpus = 16,
	.workers_most = 16,
	.samples = 12,
	.holes = true,
	.failures = true,
	.backends = four,
	.lifetimes = both,
	.variant = "avx512",
	.sizes = {100000, 1000000000},
	.n_sizes = 2};
static const struct simulation many = {.cpus = 128,
	.workers_most = 256,
	.samples = 9,
	.backends = four,
	.lifetimes = both,
	.variant = "avx512",
	.sizes = {10000, 1000000, 100000000, 10000000000},
	.n_sizes = 4};
static const struct simulation crowd = {.cpus = 16,
	.workers_most = 32,
	.samples = 8,
	.holes = true,
	.backends = eight,
	.lifetimes = both,
	.variant = "avx2",
	.sizes = {100000, 1000000000},
	.n_sizes = 2};
static const struct simulation lonely = {.cpus = 2,
	.workers_most = 2,
	.samples = 1,
	.backends = one,
	.lifetimes = pool,
	.variant = "avx2",
	.sizes = {1000000},
	.n_sizes = 1};

/* Whether a program of this name is on PATH. */
static bool on_path(const char *name)
{
	char path[4096], file[4200];
	snprintf(path, sizeof path, "%s", getenv("PATH") ? getenv("PATH") : "");
	for (char *rest = path, *dir; (dir = strsep(&rest, ":")) != NULL;) {
		snprintf(file, sizeof file, "%s/%s", dir, name);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

static int make_folder(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR"), *root = getenv("PARSCALE_ROOT");
	snprintf(folder, sizeof folder, "%.40s/report-XXXXXX", tmp && strlen(tmp) <= 40 ? tmp : "/tmp");
	setenv("PARSCALE_DATADIR", root ? root : ".", 1);
	has_gnuplot = on_path("gnuplot");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static char *slurp(const char *dir, const char *name)
{
	char path[4400];
	struct err e = {0};
	snprintf(path, sizeof path, "%s/%s", dir, name);
	char *text = file_text(path, &e);
	if (!text)
		fail_msg("%s", e.text);
	return text;
}

static char *simulated_in(const struct simulation *s, const char *name)
{
	static char dir[128];
	snprintf(dir, sizeof dir, "%s/%s", folder, name);
	assert_int_equal(simulate(s, dir), 0);
	return dir;
}

/* Tags close in order, attributes are quoted, '&' begins an entity; for XML. NULL, or what is wrong at which
 * place. */
static const char *malformed(const char *text)
{
	static char open[64][32];
	size_t depth = 0;
	const char *p = text;
	while (*p) {
		if (*p == '&' &&
			strspn(p + 1, "#abcdefghijklmnopqrstuvwxyz0123456789") == strcspn(p + 1, ";") &&
			strchr(p, ';') < p + 9) {
			p = strchr(p, ';') + 1;
			continue;
		}
		if (*p == '&')
			return p;
		if (*p != '<') {
			p++;
			continue;
		}
		const char *tag = p;
		bool closing = p[1] == '/', self = false;
		if (p[1] == '?') {
			p = strstr(p, "?>");
			if (!p)
				return tag;
			p += 2;
			continue;
		}
		char name[32] = "";
		sscanf(p + 1 + closing, "%31[A-Za-z0-9]", name);
		if (!*name)
			return tag;
		for (p++; *p && *p != '>'; p++) {
			if (*p == '"' || *p == '\'') {
				char quote = *p++;
				while (*p && *p != quote && *p != '<')
					p++;
				if (*p != quote)
					return tag;
			}
			self = *p == '/';
		}
		if (*p++ != '>')
			return tag;
		if (closing && (depth == 0 || strcmp(open[--depth], name) != 0))
			return tag;
		if (!closing && !self) {
			if (depth == 64)
				return tag;
			memcpy(open[depth++], name, sizeof name);
		}
	}
	return depth == 0 ? NULL : p;
}

static size_t occurrences(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static void check_svg(const char *svg, const char *name)
{
	const char *wrong = malformed(svg);
	if (wrong)
		fail_msg("%s: not well-formed at: %.80s", name, wrong);
	if (!strstr(svg, "<svg") || strstr(svg, "gnuplot_svg") || strstr(svg, "onmouse") ||
		strstr(svg, "<script") || strstr(svg, "NaN"))
		fail_msg("%s: not a chart that stands alone", name);
	/* the two namespaces are the only addresses */
	assert_int_equal(occurrences(svg, "http"), 2);
}

/* Draws a simulation and checks every file; the folder stays for the caller. */
static void draw(const struct simulation *s, const char *name, struct dataset *d, struct plots *p)
{
	struct err e = {0};
	if (!has_gnuplot)
		skip();
	if (dataset_open(d, simulated_in(s, name), &e) != 0 || plots_draw(d, p, &e) != 0)
		fail_msg("%s: %s", name, e.text);
	assert_string_equal(p->warning, "");
	for (size_t i = 0; i < p->count; i++) {
		char file[160];
		snprintf(file, sizeof file, "plots/%s.svg", p->list[i].stem);
		char *svg = slurp(d->dir, file);
		check_svg(svg, file);
		assert_true(p->list[i].chart->part == OF_STEADINESS ||
			    occurrences(svg, "<title>") > 0); /* values to hover over */
		free(svg);
		snprintf(file, sizeof file, "plots/%s.png", p->list[i].stem);
		char *png = slurp(d->dir, file);
		assert_memory_equal(png, "\x89PNG", 4);
		free(png);
	}
	char hidden[4200];
	snprintf(hidden, sizeof hidden, "ls -A '%s/plots' | grep -q '^\\.'", d->dir);
	assert_int_not_equal(system(hidden), 0); /* nothing temporary is left */
}

static void done(struct dataset *d, struct plots *p)
{
	plots_free(p);
	dataset_close(d);
}

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("missing: %s", what);
}

static void every_chart_of_two_workers(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	draw(&two, "two", &d, &p);
	assert_int_equal(p.count, 19); /* nine charts of two kernels, one of all */
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	static const char *const names[] = {"openmp, pool", "openmp, spawn", "pthread, pool",
		"pthread, spawn", "fork, pool", "fork, spawn", "ideal"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char label[64];
		snprintf(label, sizeof label, "<text>%s</text>", names[i]);
		assert_says(svg, label);
	}
	assert_null(strstr(svg, ">failed<"));
	/* one hover text a point: 6 series, workers 1, 2, 4 */
	assert_int_equal(occurrences(svg, "<title>"), 18);
	assert_says(svg, "fork, spawn, 2 workers: speed-up ");
	assert_says(svg, "2 CPUs");
	free(svg);
	svg = slurp(d.dir, "plots/throughput-palindrome.svg");
	assert_says(svg, "<text>serial</text>");
	assert_says(svg, "L2 2 MiB");
	free(svg);
	svg = slurp(d.dir, "plots/ratio-sieve.svg");
	assert_says(svg, "fork / pthread, pool");
	assert_says(svg, "fork / openmp, spawn");
	assert_says(svg, "no difference");
	free(svg);
	svg = slurp(d.dir, "plots/variants-sieve.svg");
	assert_says(svg, "avx512");
	assert_says(svg, "×");
	free(svg);
	done(&d, &p);
}

static void holes_are_gaps_and_failures_are_marked(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	draw(&sixteen, "sixteen", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_says(svg, "<text>failed</text>");
	size_t points = 0;
	for (size_t i = 0; i < d.summary.count; i++) {
		const struct summary *s = dataset_row(&d, i);
		points += row_ok(s) && strcmp(s->cell.kernel, "sieve") == 0 &&
			  strcmp(s->cell.backend, "serial") != 0 && s->cell.items.value == 1000000000;
	}
	assert_int_equal(occurrences(svg, "<title>"), points);
	free(svg);
	svg = slurp(d.dir, "plots/ratio-sieve.svg");
	assert_says(svg, ">failed<");
	free(svg);
	done(&d, &p);
}

static void readable_at_256_workers(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	draw(&many, "many", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-palindrome.svg");
	assert_says(svg, "<text>USL of ");
	for (unsigned w = 1; w <= 256; w *= 2) {
		char tic[32];
		snprintf(tic, sizeof tic, "<text>%u</text>", w);
		assert_says(svg, tic);
	}
	free(svg);
	done(&d, &p);
}

static void eight_back_ends_and_odd_names(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	draw(&crowd, "crowd", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_says(svg, "mpi, spawn");
	assert_says(svg, "a-back-end-with-a-name…, pool");
	assert_says(svg, "&lt;b>&amp;");
	free(svg);
	done(&d, &p);
}

static void weak_scaling_has_its_chart(void **state)
{
	struct simulation s = two;
	struct dataset d;
	struct plots p;
	(void)state;
	s.weak = true;
	draw(&s, "weak", &d, &p);
	assert_int_equal(p.count, 21); /* one more of each kernel */
	char *svg = slurp(d.dir, "plots/weak-sieve.svg");
	assert_says(svg, "1e9 numbers for each worker");
	assert_says(svg, "fork, spawn, 2 workers: efficiency ");
	assert_int_equal(occurrences(svg, "<title>"), 18);
	free(svg);
	svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_int_equal(occurrences(svg, "<title>"), 18); /* and none of them here */
	free(svg);
	done(&d, &p);
}

static void one_sample_has_no_interval(void **state)
{
	struct dataset d;
	struct plots p;
	(void)state;
	draw(&lonely, "lonely", &d, &p);
	char *svg = slurp(d.dir, "plots/speedup-sieve.svg");
	assert_says(svg, "too few for intervals");
	assert_null(strstr(svg, " to "));
	free(svg);
	done(&d, &p);
}

/* A command's exit status; what it printed goes to DIR/out and DIR/err of the test's folder. */
static int run(
	int main_fn(int, char **, struct err *), struct err *e, const char *a, const char *b, const char *c)
{
	char out[128], name[] = "command", *argv[] = {name, NULL, NULL, NULL, NULL};
	const char *const given[] = {a, b, c};
	char copy[3][256];
	int argc = 1;
	for (int i = 0; i < 3; i++)
		if (given[i]) {
			snprintf(copy[i], sizeof copy[i], "%s", given[i]);
			argv[argc++] = copy[i];
		}
	*e = (struct err){0};
	int saved[2];
	for (int fd = 1; fd <= 2; fd++) {
		fflush(fd == 1 ? stdout : stderr);
		saved[fd - 1] = dup(fd);
		snprintf(out, sizeof out, "%s/%s", folder, fd == 1 ? "out" : "err");
		int file = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		dup2(file, fd);
		close(file);
	}
	int status = main_fn(argc, argv, e);
	for (int fd = 1; fd <= 2; fd++) {
		fflush(fd == 1 ? stdout : stderr);
		dup2(saved[fd - 1], fd);
		close(saved[fd - 1]);
	}
	return status;
}

static void the_report_stands_alone(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(&two, "report");
	if (run(report_main, &e, dir, NULL, NULL) != 0)
		fail_msg("%s", e.text);
	char *html = slurp(dir, "report.html");
	assert_says(html, "simulated machine &lt;not measured&gt;");
	assert_null(strstr(html, "machine <not"));
	assert_null(strstr(html, " src="));
	assert_null(strstr(html, "@import"));
	assert_null(strstr(html, "url("));
	if (has_gnuplot)
		assert_int_equal(occurrences(html, "<svg"), 19);
	assert_int_equal(occurrences(html, "http"), 2 * occurrences(html, "<svg"));
	/* ids are unique though each chart brings its own */
	assert_int_equal(occurrences(html, "id='speedup-sieve-gpDot'"), has_gnuplot);
	assert_says(html, "times as long as threads");
	assert_says(html, "is 2.0");
	assert_says(html, "every answer verified");
	free(html);
	char *md = slurp(dir, "report.md");
	assert_says(md, "simulated machine &lt;not measured>");
	assert_says(md, "| serial |");
	free(md);
}

static void silent_where_nothing_decides(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(&lonely, "silent");
	assert_int_equal(run(report_main, &e, dir, "--format", "text"), 0);
	char *text = slurp(folder, "out");
	assert_says(text, "too few samples for any interval");
	assert_null(strstr(text, "times as"));
	assert_null(strstr(text, "limits it"));
	free(text);
	char html[160];
	snprintf(html, sizeof html, "%s/report.html", dir);
	assert_int_not_equal(access(html, F_OK), 0); /* text writes nothing */
}

static void the_terminal_has_bars(void **state)
{
	struct err e;
	(void)state;
	char *dir = simulated_in(&two, "text");
	assert_int_equal(run(report_main, &e, "--format=text", dir, NULL), 0);
	char *text = slurp(folder, "out");
	assert_says(text, "speed-up against serial");
	assert_says(text, "████");
	free(text);
}

static void without_gnuplot_there_are_tables(void **state)
{
	struct err e;
	char *path = strdup(getenv("PATH"));
	(void)state;
	char *dir = simulated_in(&two, "bare");
	setenv("PATH", "/nonexistent", 1);
	int plot = run(plot_main, &e, dir, NULL, NULL);
	struct err why = e;
	int report = run(report_main, &e, dir, NULL, NULL);
	setenv("PATH", path, 1);
	free(path);
	assert_int_equal(plot, ERR_ABSENT);
	assert_says(why.text, "gnuplot-nox");
	assert_int_equal(report, 0);
	char *html = slurp(dir, "report.html");
	assert_null(strstr(html, "<svg"));
	assert_says(html, "gnuplot-nox");
	assert_says(html, "<table>");
	free(html);
}

static void bad_use_is_refused(void **state)
{
	static int (*const commands[])(int, char **, struct err *) = {plot_main, report_main};
	char empty[128], foreign[128], file[160];
	struct err e;
	(void)state;
	snprintf(empty, sizeof empty, "%s/empty", folder);
	snprintf(foreign, sizeof foreign, "%s/foreign", folder);
	snprintf(file, sizeof file, "%s/summary.csv", foreign);
	assert_int_equal(mkdir(empty, 0777) | mkdir(foreign, 0777), 0);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fputs("name,price\npear,3\n", f);
	assert_int_equal(fclose(f), 0);
	const char *const bad[][3] = {{NULL, NULL, NULL}, {empty, NULL, NULL}, {foreign, NULL, NULL},
		{"/nonexistent", NULL, NULL}, {file, NULL, NULL}, {empty, foreign, NULL},
		{"--nonsense", empty, NULL}, {"", NULL, NULL}};
	for (size_t c = 0; c < 2; c++)
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			assert_int_equal(run(commands[c], &e, bad[i][0], bad[i][1], bad[i][2]), ERR_USAGE);
			assert_true(strlen(e.text) > 10 && !strchr(e.text, '\n'));
			char *out = slurp(folder, "out");
			assert_string_equal(out, "");
			free(out);
		}
	assert_int_equal(run(report_main, &e, "--format", "pdf", empty), ERR_USAGE);
	assert_says(e.text, "html");
	assert_int_equal(rmdir(empty), 0); /* nothing was made in it */
}

static void a_drift_is_told(void **state)
{
	struct simulation s = two;
	struct err e;
	(void)state;
	s.samples = 13; /* an odd number, for the median to be one of them and not between the halves */
	for (int drifts = 0; drifts < 2; drifts++) {
		s.drift = drifts ? 0.3 : 0;
		char *dir = simulated_in(&s, drifts ? "drifting" : "steady");
		assert_int_equal(run(report_main, &e, dir, "--format", "text"), 0);
		char *text = slurp(folder, "out");
		assert_int_equal(strstr(text, "did not keep its speed") != NULL, drifts);
		assert_says(text, "governor: powersave & <co>");
		assert_null(strstr(text, "idle"));
		free(text);
	}
}

static void changes_are_told_apart(void **state)
{
	struct simulation before = two, now = two;
	struct err e;
	char base[128];
	(void)state;
	before.samples = now.samples = 40; /* ten launches */
	now.seed = 7;
	now.fork_factor = 1.25;
	snprintf(base, sizeof base, "%s", simulated_in(&before, "before"));
	char *dir = simulated_in(&now, "now"), option[160];
	snprintf(option, sizeof option, "--against=%s", base);
	if (run(report_main, &e, dir, option, "--cross-machine") != 0)
		fail_msg("%s", e.text);
	char *html = slurp(dir, "report.html");
	size_t fork = 2 * 3 * 2 * 3; /* kernels, sizes, lifetimes, workers */
	char slower[64];
	snprintf(slower, sizeof slower, " %zu are slower, 0 faster", fork);
	assert_says(html, slower);
	assert_says(html, "fork spawn, ");
	if (has_gnuplot) {
		char *svg = slurp(dir, "plots/against.svg");
		check_svg(svg, "against");
		assert_says(svg, ">undecided<");
		assert_int_equal(occurrences(svg, ", slower;"), fork);
		free(svg);
	}
	free(html);
	assert_int_equal(run(report_main, &e, dir, "--against", "/nonexistent"), ERR_USAGE);
}

/* A row of probes.csv; `worker` "" for neither. */
static void add_case(
	struct table *t, const char *mechanism, const char *worker, const char *metric, double ns)
{
	struct err e = {0};
	struct probe_row *r = table_add(t, NULL, &e);
	assert_non_null(r);
	snprintf(r->of.probe, sizeof r->of.probe, "spawn");
	snprintf(r->of.mechanism, sizeof r->of.mechanism, "%s", mechanism);
	snprintf(r->of.worker, sizeof r->of.worker, "%s", worker);
	snprintf(r->of.metric, sizeof r->of.metric, "%s", metric);
	snprintf(r->of.unit, sizeof r->of.unit, "ns");
	snprintf(r->status, sizeof r->status, ns > 0 ? "ok" : "failed");
	if (ns > 0) {
		r->median = ns;
		r->median_low = 0.9 * ns;
		r->median_high = 1.2 * ns;
	}
}

static void probes_are_ladders(void **state)
{
	struct table t;
	struct dataset d;
	struct plots p;
	struct err e = {0};
	char path[160];
	(void)state;
	if (!has_gnuplot)
		skip();
	char *dir = simulated_in(&lonely, "probed");
	table_init(&t, probe_columns, sizeof(struct probe_row));
	add_case(&t, "fork 5 % of <&'", "process", "total", 120000);
	add_case(&t, "fork 5 % of <&'", "process", "call", 60000);
	add_case(&t, "pthread", "thread", "total", 9000);
	add_case(&t, "broken", "process", "total", 0);
	snprintf(path, sizeof path, "%s/probes.csv", dir);
	assert_int_equal(csv_write(path, &t, &e), 0);
	table_free(&t);
	assert_int_equal(dataset_open(&d, dir, &e), 0);
	assert_int_equal(plots_draw(&d, &p, &e), 0);
	assert_string_equal(p.warning, "");
	char *svg = slurp(dir, "plots/probe-spawn.svg");
	check_svg(svg, "probe-spawn");
	assert_says(svg, "<title>pthread: 9.00 us (8.10 to 10.8 us)</title>");
	assert_int_equal(occurrences(svg, "<title>"), 2); /* neither the other number nor what failed */
	assert_says(svg, "<text>fork 5 % of &lt;&amp;'</text>");
	assert_says(svg, ">process<");
	assert_null(strstr(svg, ">neither<"));
	free(svg);
	done(&d, &p);
	assert_int_equal(run(report_main, &e, dir, "--format=html", NULL), 0);
	char *html = slurp(dir, "report.html");
	assert_says(html, "What mechanisms cost");
	free(html);
}

static void help_is_printed(void **state)
{
	struct err e;
	(void)state;
	assert_int_equal(run(plot_main, &e, "--help", NULL, NULL), 0);
	assert_int_equal(run(report_main, &e, "--help", NULL, NULL), 0);
	char *out = slurp(folder, "out");
	assert_says(out, "--format");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_chart_of_two_workers),
		cmocka_unit_test(holes_are_gaps_and_failures_are_marked),
		cmocka_unit_test(readable_at_256_workers),
		cmocka_unit_test(eight_back_ends_and_odd_names),
		cmocka_unit_test(weak_scaling_has_its_chart),
		cmocka_unit_test(one_sample_has_no_interval),
		cmocka_unit_test(the_report_stands_alone),
		cmocka_unit_test(silent_where_nothing_decides),
		cmocka_unit_test(the_terminal_has_bars),
		cmocka_unit_test(without_gnuplot_there_are_tables),
		cmocka_unit_test(bad_use_is_refused),
		cmocka_unit_test(a_drift_is_told),
		cmocka_unit_test(changes_are_told_apart),
		cmocka_unit_test(probes_are_ladders),
		cmocka_unit_test(help_is_printed),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
