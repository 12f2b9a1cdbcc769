/* SPDX-License-Identifier: MIT */
/*
 * environment.c - reads the facts of environment.def; one reader function for each fact that is not
 * the first line of a file.
 */
#include "bench/machine/environment.h"

#include "bench/machine/cgroup.h"
#include "bench/machine/settings.h"
#include "bench/machine/tree.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a reader is given: the root, and the files that several facts come from. */
struct source {
	const char *root;
	char status[8192], cpuinfo[4096], stat[4096];
	struct cgroup cgroup;
};

/* A reader fills a line of FACT_LINE_BYTES that it finds empty, or returns a number, NAN where
 * not available. */
typedef void line_reader_fn(struct source *s, char *line);
typedef double real_reader_fn(struct source *s);

static void read_microcode(struct source *s, char *line)
{
	tree_field(s->cpuinfo, "microcode", line, FACT_LINE_BYTES);
}

static void read_affinity(struct source *s, char *line)
{
	tree_field(s->status, "Cpus_allowed_list", line, FACT_LINE_BYTES);
}

static double read_cgroup_version(struct source *s)
{
	return s->cgroup.version > 0 ? (double)s->cgroup.version : (double)NAN;
}

static void read_cpuset(struct source *s, char *line)
{
	snprintf(line, FACT_LINE_BYTES, "%s", s->cgroup.cpus);
}

static double read_quota(struct source *s)
{
	return s->cgroup.quota;
}

static double read_throttled(struct source *s)
{
	return s->cgroup.throttled_seconds;
}

static double read_memory_limit(struct source *s)
{
	return s->cgroup.memory_bytes;
}

static double read_memory_available(struct source *s)
{
	return memory_left(s->root);
}

/* Appends a word to a list unless it is empty or there; what does not fit is left out. */
static void add_word(char *list, size_t size, const char *separator, const char *word)
{
	const size_t used = strlen(list), length = strlen(word);
	if (length == 0)
		return;
	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (at[length] == '\0' || at[length] == separator[0]))
			return;
	if (used + strlen(separator) + length < size)
		snprintf(list + used, size - used, "%s%s", used ? separator : "", word);
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The names in a folder in order, to be freed one by one and as a whole; their number, at least 0. */
static int list_folder(struct source *s, const char *folder, struct dirent ***names)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", s->root, folder);
	*names = NULL;
	int n = scandir(path, names, not_hidden, alphasort);
	if (n < 0)
		tree_note(path, errno);
	return n < 0 ? 0 : n;
}

/* Calls `use` for each CPU that has a folder. */
static void each_cpu(struct source *s, void use(struct source *s, int cpu, void *to), void *to)
{
	struct dirent **names;
	int n = list_folder(s, "sys/devices/system/cpu", &names), cpu, end;
	for (int i = 0; i < n; i++) {
		if (sscanf(names[i]->d_name, "cpu%d%n", &cpu, &end) == 1 && names[i]->d_name[end] == '\0')
			use(s, cpu, to);
		free(names[i]);
	}
	free(names);
}

static void add_governor(struct source *s, int cpu, void *to)
{
	char word[64];
	tree_text(s->root, word, sizeof word, "sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu);
	add_word(to, FACT_LINE_BYTES, ", ", word);
}

/* CPUs share policies, each a folder of its own. */
static void read_governor(struct source *s, char *line)
{
	char word[64];
	struct dirent **policies;
	int n = list_folder(s, "sys/devices/system/cpu/cpufreq", &policies);
	for (int i = 0; i < n; i++) {
		tree_text(s->root, word, sizeof word, "sys/devices/system/cpu/cpufreq/%s/scaling_governor",
			policies[i]->d_name);
		add_word(line, FACT_LINE_BYTES, ", ", word);
		free(policies[i]);
	}
	free(policies);
	if (line[0] == '\0') /* kernels before 4.3 */
		each_cpu(s, add_governor, line);
}

/* Highest over the CPUs: on hybrid machines CPU 0 is often a slow one. */
struct highest {
	const char *file;
	double khz;
};

static void look_higher(struct source *s, int cpu, void *to)
{
	struct highest *h = to;
	int64_t khz;
	if (tree_number(s->root, &khz, "sys/devices/system/cpu/cpu%d/cpufreq/%s", cpu, h->file) && khz > 0)
		h->khz = fmax(h->khz, (double)khz); /* fmax takes the number where one is NAN */
}

static double highest_khz(struct source *s, const char *file)
{
	struct highest h = {file, NAN};
	each_cpu(s, look_higher, &h);
	return h.khz;
}

static double read_frequency_max(struct source *s)
{
	return highest_khz(s, "cpuinfo_max_freq");
}

static double read_frequency_limit(struct source *s)
{
	return highest_khz(s, "scaling_max_freq");
}

static void read_turbo(struct source *s, char *line)
{
	int64_t flag;
	if (tree_number(s->root, &flag, "sys/devices/system/cpu/intel_pstate/no_turbo"))
		snprintf(line, FACT_LINE_BYTES, "%s", flag ? "off" : "on");
	else if (tree_number(s->root, &flag, "sys/devices/system/cpu/cpufreq/boost"))
		snprintf(line, FACT_LINE_BYTES, "%s", flag ? "on" : "off");
}

/* The chosen one of "always [madvise] never". */
static void read_choice(struct source *s, char *line, const char *path)
{
	char text[128];
	tree_text(s->root, text, sizeof text, "%s", path);
	const char *chosen = strchr(text, '[');
	if (chosen && strchr(chosen, ']'))
		snprintf(line, FACT_LINE_BYTES, "%.*s", (int)strcspn(chosen + 1, "]"), chosen + 1);
}

static void read_huge_pages(struct source *s, char *line)
{
	read_choice(s, line, "sys/kernel/mm/transparent_hugepage/enabled");
}

static void read_huge_pages_shared(struct source *s, char *line)
{
	read_choice(s, line, "sys/kernel/mm/transparent_hugepage/shmem_enabled");
}

static void read_mitigations(struct source *s, char *line)
{
	char text[256], worked[256] = "", open[256] = "";
	struct dirent **flaws;
	int n = list_folder(s, "sys/devices/system/cpu/vulnerabilities", &flaws);
	for (int i = 0; i < n; i++) {
		tree_text(s->root, text, sizeof text, "sys/devices/system/cpu/vulnerabilities/%s",
			flaws[i]->d_name);
		if (strncmp(text, "Mitigation", 10) == 0)
			add_word(worked, sizeof worked, " ", flaws[i]->d_name);
		else if (strncmp(text, "Vulnerable", 10) == 0)
			add_word(open, sizeof open, " ", flaws[i]->d_name);
		free(flaws[i]);
	}
	free(flaws);
	if (n > 0 && snprintf(line, FACT_LINE_BYTES, "mitigated: %s; vulnerable: %s",
			     worked[0] ? worked : "none", open[0] ? open : "none") >= FACT_LINE_BYTES)
		line[FACT_LINE_BYTES - 2] = '~';
}

static double read_pressure(struct source *s, const char *resource)
{
	char text[256];
	double percent = NAN;
	tree_text(s->root, text, sizeof text, "proc/pressure/%s", resource);
	sscanf(text, "some avg10=%lf", &percent);
	return percent;
}

static double read_pressure_cpu(struct source *s)
{
	return read_pressure(s, "cpu");
}

static double read_pressure_memory(struct source *s)
{
	return read_pressure(s, "memory");
}

static double read_pressure_io(struct source *s)
{
	return read_pressure(s, "io");
}

static double read_steal(struct source *s)
{
	/* user nice system idle iowait irq softirq steal; what follows is counted in user already */
	double t[8], all = 0;
	if (sscanf(s->stat, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5],
		    &t[6], &t[7]) != 8)
		return NAN;
	for (int i = 0; i < 8; i++)
		all += t[i];
	return all > 0 ? 100 * t[7] / all : (double)NAN;
}

/* Field n of the process's stat, n > 2 as in proc(5): what is before holds a name, which may have blanks. */
static bool read_stat(struct source *s, unsigned n, long *value)
{
	char text[1024], *place = NULL;
	tree_text(s->root, text, sizeof text, "proc/self/stat");
	char *word = strrchr(text, ')');
	for (unsigned i = 2; word && i < n; i++)
		word = strtok_r(i == 2 ? word + 1 : NULL, " ", &place);
	if (word)
		*value = strtol(word, NULL, 10);
	return word != NULL;
}

static double read_nice(struct source *s)
{
	long nice;
	return read_stat(s, 19, &nice) ? (double)nice : (double)NAN;
}

static void read_scheduler(struct source *s, char *line)
{
	static const char *const names[] = {"other", "fifo", "rr", "batch", "", "idle", "deadline"};
	long policy;
	if (read_stat(s, 41, &policy) && policy >= 0 && policy < (long)(sizeof names / sizeof *names))
		snprintf(line, FACT_LINE_BYTES, "%s", names[policy]);
}

static void read_settings(struct source *s, char *line)
{
	struct setting_found found[SETTINGS_MOST];
	(void)s;
	int n = settings_found(found, SETTINGS_MOST);
	for (int i = 0; i < n; i++)
		if (setting_matters(&found[i]))
			add_word(line, FACT_LINE_BYTES, " ", found[i].variable);
}

/* Where each fact comes from, beside what the header shows of it. */
#define READER_LINE line
#define READER_REAL real
static const struct {
	const char *path;
	line_reader_fn *line;
	real_reader_fn *real;
} origins[] = {
#define FACT(name, type, path, reader, unit, meaning) {path, .READER_##type = reader},
#include "bench/machine/environment.def"
#undef FACT
};

enum { IS_REAL_LINE = false, IS_REAL_REAL = true };

const struct fact environment_facts[] = {
#define FACT(name, type, path, reader, unit, meaning)                                                        \
	{#name, IS_REAL_##type, offsetof(struct environment, name), unit, meaning},
#include "bench/machine/environment.def"
#undef FACT
	{0}};

static void read_first_line(struct source *s, char *line, const char *path)
{
	tree_text(s->root, line, FACT_LINE_BYTES, "%s", path);
	line[strcspn(line, "\n")] = '\0';
}

static double read_first_number(struct source *s, const char *path)
{
	char text[64], *end;
	tree_text(s->root, text, sizeof text, "%s", path);
	double value = strtod(text, &end);
	return end == text ? (double)NAN : value;
}

/* No file of the system means "inf". */
static double finite_or_nan(double real)
{
	return isfinite(real) ? real : (double)NAN;
}

void environment_read(struct environment *env, const char *root)
{
	struct source s = {.root = root};
	*env = (struct environment){0};
	tree_text(root, s.status, sizeof s.status, "proc/self/status");
	tree_text(root, s.cpuinfo, sizeof s.cpuinfo, "proc/cpuinfo");
	tree_text(root, s.stat, sizeof s.stat, "proc/stat");
	cgroup_read(&s.cgroup, root);
	for (size_t i = 0; environment_facts[i].name; i++) {
		char *line = (char *)env + environment_facts[i].offset;
		double *real = (double *)(void *)line;
		if (environment_facts[i].real)
			*real = finite_or_nan(origins[i].real ? origins[i].real(&s)
							      : read_first_number(&s, origins[i].path));
		else if (origins[i].line)
			origins[i].line(&s, line);
		else
			read_first_line(&s, line, origins[i].path);
		if (!environment_facts[i].real)
			tree_clean(line);
	}
}

const char *environment_text(const struct environment *env, const struct fact *f, char *text, size_t size)
{
	const char *at = (const char *)env + f->offset;
	const double real = f->real ? *(const double *)(const void *)at : (double)NAN;
	text[0] = '\0';
	if (!f->real)
		snprintf(text, size, "%s", at);
	else if (!isnan(real))
		snprintf(text, size, real == floor(real) ? "%.0f" : "%.6g", real);
	return text;
}

/* Whole numbers as such. */
static json_t *real_or_null(double real)
{
	if (isnan(real))
		return json_null();
	return real == floor(real) && fabs(real) < 0x1p53 ? json_integer((json_int_t)real) : json_real(real);
}

json_t *environment_json(const struct environment *env)
{
	json_t *object = json_object();
	for (const struct fact *f = environment_facts; f->name; f++) {
		const char *at = (const char *)env + f->offset;
		const double real = f->real ? *(const double *)(const void *)at : NAN;
		json_t *value = f->real ? real_or_null(real) : at[0] ? json_string(at) : json_null();
		json_object_set_new(object, f->name, value);
	}
	return object;
}
