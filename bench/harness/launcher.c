/* SPDX-License-Identifier: MIT */
/*
 * launcher.c - finds the program that starts MPI ranks, asks it which it is, speaks its dialect, and
 * removes what it leaves.
 *
 * Open MPI keeps a session folder below TMPDIR and a segment of shared memory per rank in /dev/shm.
 * It removes them at a usual end; ranks or a launcher that are killed leave them. Their names hold
 * a hash of the job, so nobody else can tell which were whose. Each start therefore gets folders of
 * its own, which are removed when it has ended: by the driver, and, since the driver may be killed
 * too, by a process that waits for the launcher's end and holds nothing of the user's.
 */
#include "bench/harness/launcher.h"

#include "base/paths.h"
#include "base/system.h"
#include "bench/machine/build.h"
#include "bench/machine/settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char variable[] = "PARSCALE_MPIRUN", prefix[] = "parscale-mpi-",
		  memory_variable[] = "OMPI_MCA_btl_vader_backing_directory";

/* --- which it is --- */

static const struct known {
	const char *says; /* in what it says of its version */
	enum launcher_dialect dialect;
	const char *name; /* of the whole, before the number */
} known[] = {{"(Open MPI) 4", LAUNCHER_OPEN_MPI_4, "Open MPI"},
	{"(OpenRTE) 4", LAUNCHER_OPEN_MPI_4, "Open MPI"}, {"(Open MPI) 5", LAUNCHER_OPEN_MPI_5, "Open MPI"},
	{"(Open MPI) ", LAUNCHER_OPEN_MPI_6, "Open MPI"}, {"(PRRTE) 2", LAUNCHER_OPEN_MPI_5, "PRRTE"},
	{"(PRRTE) 3", LAUNCHER_OPEN_MPI_5, "PRRTE"}, {"(PRRTE) ", LAUNCHER_OPEN_MPI_6, "PRRTE"},
	{"Intel(R) MPI Library", LAUNCHER_HYDRA, "Intel MPI"},
	{"HYDRA build details", LAUNCHER_HYDRA, "MPICH"}, {"slurm", LAUNCHER_SRUN, "Slurm"}};

const char *launcher_dialect_name(enum launcher_dialect d)
{
	static const char *const names[] = {[LAUNCHER_OTHER] = "unknown",
		[LAUNCHER_OPEN_MPI_4] = "Open MPI 4",
		[LAUNCHER_OPEN_MPI_5] = "Open MPI 5",
		[LAUNCHER_OPEN_MPI_6] = "Open MPI 6",
		[LAUNCHER_HYDRA] = "hydra",
		[LAUNCHER_SRUN] = "srun"};
	return names[d];
}

/* The first number with a point in it. */
static void take_number(const char *from, char *to, size_t room)
{
	for (; *from; from++)
		if (isdigit((unsigned char)*from)) {
			const size_t n = strspn(from, "0123456789."), whole = strspn(from, "0123456789");
			if (n > whole) {
				snprintf(to, room, "%.*s", (int)(n < 20 ? n : 20), from);
				return;
			}
			from += n - 1;
		}
	*to = '\0';
}

enum launcher_dialect launcher_understand(const char *said, char version[LAUNCHER_VERSION])
{
	version[0] = '\0';
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const char *at = strstr(said, known[i].says);
		char number[24];
		if (!at)
			continue;
		take_number(at, number, sizeof number);
		snprintf(version, LAUNCHER_VERSION, "%s%s%s", known[i].name, *number ? " " : "", number);
		return known[i].dialect;
	}
	return LAUNCHER_OTHER;
}

struct said {
	char text[2048];
	size_t used;
};

static int keep_line(void *ctx, char *line, struct err *e)
{
	struct said *s = ctx;
	(void)e;
	if (s->used < sizeof s->text - 1)
		s->used += (size_t)snprintf(s->text + s->used, sizeof s->text - s->used, "%s\n", line);
	if (s->used > sizeof s->text - 1)
		s->used = sizeof s->text - 1;
	return 0;
}

static const struct {
	const char *name, *value;
} binding[] = {{"OMPI_MCA_hwloc_base_binding_policy", "none"}, {"HYDRA_BINDING", "none"}, {"I_MPI_PIN", "0"},
	{"MV2_ENABLE_AFFINITY", "0"}, {"SLURM_CPU_BIND", "none"}},
  others[] = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
	  {"OMPI_MCA_rmaps_base_oversubscribe", "1"}, {"HWLOC_COMPONENTS", "-gl"}};

/* As the launchers that are known spell it: ranks bind themselves, whatever the user's profile has
 * launchers do; where it says nothing they may be more than the CPUs, and may be root's. Open MPI
 * would have hwloc ask for ten X servers, which is ten seconds where the name of the own host is not
 * known. */
static void set_environment(enum launcher_dialect d, bool starts)
{
	settings_drop(SETTING_RANKS);
	for (size_t i = 0; i < sizeof binding / sizeof *binding; i++)
		settings_override(binding[i].name, binding[i].value);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!getenv(others[i].name))
			settings_override(others[i].name, others[i].value);
	/* PRRTE's, whose older names Open MPI 6 warns of at such length that nothing else is read */
	static const char older[] = "PRTE_MCA_rmaps_default_mapping_policy", newer[] = "PRTE_MCA_mapby";
	const bool renamed = d == LAUNCHER_OPEN_MPI_6;
	settings_override(renamed ? "PRTE_MCA_bindto" : "PRTE_MCA_hwloc_default_binding_policy", "none");
	if (starts && !getenv(older) && !getenv(newer))
		settings_override(renamed ? newer : older, ":oversubscribe");
}

/* The words of a command, into `argv`; how many, or SIZE_MAX where there is no room. `store` is changed. */
static size_t split(char *store, const char **argv, size_t room)
{
	char *place = NULL;
	size_t n = 0;
	for (char *word = strtok_r(store, " \t", &place); word; word = strtok_r(NULL, " \t", &place)) {
		if (n == room)
			return SIZE_MAX;
		argv[n++] = word;
	}
	return n;
}

int launcher_ask(const char *const *argv, double most_seconds, child_line_fn *line, void *ctx,
	struct child_result *ended, struct err *e)
{
	char path[4096];
	const struct child_order order = {.path = paths_beside("parscale", path, sizeof path),
		.argv = argv,
		.timeout_seconds = most_seconds,
		.capture = true,
		.launcher = true,
		.no_input = true,
		.line = line,
		.ctx = ctx};
	return child_run(&order, ended, e);
}

/* Asks a command for its version; *there: it can be started. -1 with *e set where this process lacks the means to ask. */
static int ask(struct launcher *l, bool *there, struct err *e)
{
	enum { MOST_SECONDS = 20 };
	char store[LAUNCHER_COMMAND];
	const char *argv[LAUNCHER_WORDS + 7] = {"parscale", "start", "0", "-", "-"};
	struct said said = {.used = 0};
	struct child_result ended;
	*there = true;
	memcpy(store, l->command, sizeof store);
	const size_t n = split(store, argv + 5, LAUNCHER_WORDS);
	if (n == SIZE_MAX)
		return 0; /* refused later, by its length */
	argv[5 + n] = "--version";
	argv[6 + n] = NULL;
	set_environment(LAUNCHER_OTHER, false);
	if (launcher_ask(argv, MOST_SECONDS, keep_line, &said, &ended, e) != 0)
		return -1;
	l->dialect = launcher_understand(said.text, l->version);
	*there = ended.status != ERR_ABSENT;
	return 0;
}

/* The launcher that a command is; each is asked once. As ask. */
static int find(struct launcher *l, const char *command, bool *there, struct err *e)
{
	enum { KEPT = 8 };
	static struct {
		struct launcher l;
		bool there;
	} answers[KEPT];
	static unsigned count;
	*l = (struct launcher){0};
	snprintf(l->command, sizeof l->command, "%s", command);
	for (unsigned i = 0; i < count; i++)
		if (strcmp(answers[i].l.command, command) == 0) {
			*l = answers[i].l;
			*there = answers[i].there;
			return 0;
		}
	if (ask(l, there, e) != 0)
		return -1;
	if (count < KEPT) {
		answers[count].l = *l;
		answers[count++].there = *there;
	}
	return 0;
}

static bool of_family(const char *version, const char *family)
{
	const size_t n = strcspn(family, "0123456789");
	return n > 0 && strncmp(version, family, n) == 0;
}

/* Whether the launcher starts ranks of the MPI of this build. What is not known may. */
static bool fits(const struct launcher *l)
{
	const bool hydra = of_family("MPICH 4", build_mpi) || of_family("MPICH 5", build_mpi) ||
			   of_family("Intel MPI 2", build_mpi);
	switch (l->dialect) {
	case LAUNCHER_OPEN_MPI_4:
	case LAUNCHER_OPEN_MPI_5:
	case LAUNCHER_OPEN_MPI_6:
		return !hydra;
	case LAUNCHER_HYDRA:
		return !of_family("Open MPI 4", build_mpi);
	default:
		return true;
	}
}

static int find_default(struct launcher *l, struct err *e)
{
	static const char *const names[] = {
		"mpirun", "mpirun.openmpi", "orterun", "mpirun.mpich", "mpiexec.hydra", "mpiexec", "srun"};
	char first[LAUNCHER_VERSION] = "";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		bool there;
		if (strcmp(names[i], "srun") == 0 && !getenv("SLURM_JOB_ID"))
			continue;
		if (find(l, names[i], &there, e) != 0)
			return -1;
		l->from = "default";
		if (there && fits(l))
			return 0;
		if (there && !*first)
			snprintf(first, sizeof first, "%s", l->version);
	}
	return *first ? err_set(e, ERR_ABSENT,
				"back end mpi: mpirun is of %s, parscale-mpi of %s: --launcher or %s names a launcher of the latter",
				first, build_mpi, variable)
		      : err_set(e, ERR_ABSENT,
				"back end mpi: cannot start mpirun: install its package or load its module, or name a launcher by --launcher or %s",
				variable);
}

int launcher_find(struct launcher *l, struct err *e)
{
	const char *said = getenv(variable);
	bool there;
	if (!said || !said[strspn(said, " \t")])
		return find_default(l, e);
	if (strlen(said) >= sizeof l->command)
		return err_set(
			e, ERR_USAGE, "%s: longer than %zu characters", variable, sizeof l->command - 1);
	if (find(l, said, &there, e) != 0)
		return -1;
	l->from = variable;
	if (there)
		return 0;
	char word[100];
	snprintf(word, sizeof word, "%.*s", (int)strcspn(said + strspn(said, " \t"), " \t"),
		said + strspn(said, " \t"));
	return err_set(e, ERR_ABSENT,
		"back end mpi: cannot start %s, which --launcher or %s names: install it, load its module, or name another",
		word, variable);
}

int launcher_choose(const char *command, struct err *e)
{
	char store[LAUNCHER_COMMAND];
	const char *argv[LAUNCHER_WORDS];
	if (strlen(command) >= sizeof store)
		return err_set(e, ERR_USAGE, "--launcher: longer than %zu characters", sizeof store - 1);
	strcpy(store, command);
	const size_t n = split(store, argv, LAUNCHER_WORDS / 2);
	if (n == 0 || n == SIZE_MAX)
		return err_set(e, ERR_USAGE, "--launcher: %s", n ? "too many words" : "names no command");
	return setenv(variable, command, 1) == 0 ? 0 : err_set(e, ERR_FAILED, "out of memory");
}

/* --- what it leaves --- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	remove(path);
	return 0;
}

/* Whether a path is of a folder that was made for a start. */
static bool is_ours(const char *path)
{
	const char *last = strrchr(path, '/');
	return last && strncmp(last + 1, prefix, strlen(prefix)) == 0;
}

/* Removes a folder that was made for a start, and nothing else. */
static void clear_folder(const char *folder)
{
	enum { DESCRIPTORS = 8 };
	struct stat st;
	if (!is_ours(folder) || lstat(folder, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return;
	nftw(folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Paths must be short: Open MPI makes sockets below, whose names have room for 107 bytes. */
static void make_folders(struct launcher_start *s)
{
	enum { ROOM = 40 };
	const char *temporary = getenv("TMPDIR");
	if (!temporary || *temporary != '/' || strlen(temporary) > ROOM)
		temporary = "/tmp";
	snprintf(s->folder, sizeof s->folder, "%s/%sXXXXXX", temporary, prefix);
	if (!mkdtemp(s->folder)) {
		s->folder[0] = '\0';
		return;
	}
	snprintf(s->memory, sizeof s->memory, "/dev/shm/%s", strrchr(s->folder, '/') + 1);
	if (mkdir(s->memory, 0700) != 0)
		s->memory[0] = '\0';
}

/* Unless the user has said where; an earlier start of this process may have. */
static void point(const char *name, const char *folder)
{
	const char *now = getenv(name);
	if (!now || is_ours(now))
		settings_override(name, *folder ? folder : NULL);
}

const char *launcher_memory(void)
{
	const char *folder = getenv(memory_variable);
	return folder && is_ours(folder) ? folder : NULL;
}

void launcher_close(struct launcher_start *s)
{
	clear_folder(s->folder);
	clear_folder(s->memory);
	*s = (struct launcher_start){0};
}

/* --- its words --- */

/* A word made of a number and what is around it. */
static const char *keep(
	struct launcher_start *s, size_t *used, const char *before, uint64_t number, const char *after)
{
	char *at = s->store + *used;
	*used += (size_t)snprintf(at, sizeof s->store - *used, "%s%" PRIu64 "%s", before, number, after) + 1;
	return at;
}

static int add_nodes(struct launcher_start *s, const struct launcher *l, unsigned ranks, uint64_t nodes,
	size_t *used, struct err *e)
{
	const uint64_t each = ranks / nodes;
	switch (l->dialect) {
	case LAUNCHER_OPEN_MPI_4:
	case LAUNCHER_OPEN_MPI_5:
	case LAUNCHER_OPEN_MPI_6:
		s->argv[s->count++] = "--map-by";
		s->argv[s->count++] = keep(s, used, "ppr:", each, ":node:OVERSUBSCRIBE");
		return 0;
	case LAUNCHER_HYDRA:
		s->argv[s->count++] = "-ppn";
		s->argv[s->count++] = keep(s, used, "", each, "");
		return 0;
	case LAUNCHER_SRUN:
		s->argv[s->count++] = keep(s, used, "--nodes=", nodes, "");
		s->argv[s->count++] = keep(s, used, "--ntasks-per-node=", each, "");
		return 0;
	default:
		return err_set(e, ERR_USAGE,
			"--nodes: it is not known how %.60s spreads ranks over nodes; put that into --launcher",
			l->command);
	}
}

int launcher_open(struct launcher_start *s, unsigned ranks, uint64_t nodes, struct err *e)
{
	enum { BEHIND = 8 };
	struct launcher l;
	*s = (struct launcher_start){0};
	if (launcher_find(&l, e) != 0)
		return -1;
	make_folders(s);
	s->argv[s->count++] = "parscale";
	s->argv[s->count++] = "start";
	s->argv[s->count++] = "0";
	s->argv[s->count++] = *s->folder ? s->folder : "-";
	s->argv[s->count++] = *s->memory ? s->memory : "-";
	memcpy(s->store, l.command, sizeof l.command);
	const size_t words = split(s->store, s->argv + s->count, LAUNCHER_WORDS - s->count - BEHIND);
	if (words == SIZE_MAX) {
		launcher_close(s);
		return err_set(e, ERR_USAGE, "%s: too many words", variable);
	}
	s->count += words;
	size_t used = sizeof l.command;
	s->argv[s->count++] = "-n";
	s->argv[s->count++] = keep(s, &used, "", ranks, "");
	if (nodes > 0 && add_nodes(s, &l, ranks, nodes, &used, e) != 0) {
		launcher_close(s);
		return -1;
	}
	set_environment(l.dialect, true);
	point("OMPI_MCA_orte_tmpdir_base", s->folder);
	point("PRTE_MCA_prte_tmpdir_base", s->folder);
	point(memory_variable, s->memory);
	point("OMPI_MCA_btl_sm_backing_directory", s->memory);
	return 0;
}

/* Waits until nobody holds the other end of the pipe, which the launcher does as long as it lives, then removes the
 * folders; ranks whose launcher is gone are killed by the system, but not in no time. */
static void sweep_up(int held, char **folders)
{
	enum { ROUNDS = 3, PAUSE_NS = 50000000 };
	char nothing;
	setsid();
	dup2(held, STDIN_FILENO); /* and nothing else stays open */
	system_close_range(STDOUT_FILENO, (int)sysconf(_SC_OPEN_MAX));
	while (read(STDIN_FILENO, &nothing, 1) < 0 && errno == EINTR)
		;
	for (int i = 0; i < ROUNDS; i++) {
		clear_folder(folders[0]);
		clear_folder(folders[1]);
		nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
	}
	_exit(0);
}

int launcher_start_main(char **argv)
{
	int ends[2];
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* twice, so that it is no child of the launcher's, which would wonder at its end */
	if (strcmp(argv[1], "-") != 0 && pipe(ends) == 0) {
		const pid_t between = fork();
		if (between == 0) {
			close(ends[1]);
			signal(SIGTERM, SIG_IGN);
			signal(SIGINT, SIG_IGN);
			signal(SIGHUP, SIG_IGN);
			if (fork() == 0)
				sweep_up(ends[0], argv + 1);
			_exit(0);
		}
		close(ends[0]);
		while (between > 0 && waitpid(between, NULL, 0) < 0 && errno == EINTR)
			;
	}
	execvp(argv[3], argv + 3);
	fprintf(stderr, "parscale: cannot start %s: %s\n", argv[3], strerror(errno));
	return ERR_ABSENT;
}

/* --- why it refused --- */

const char *launcher_advice(const char *said)
{
	static const char *const table[][2] = {
		{"not enough slots",
			"the launcher has slots for fewer ranks: start fewer, or let it oversubscribe (unset OMPI_MCA_rmaps_base_oversubscribe, PRTE_MCA_rmaps_default_mapping_policy and PRTE_MCA_mapby)"},
		{"More processors requested",
			"the job has fewer CPUs than ranks: start fewer, or srun --overcommit"},
		{"Requested node configuration is not available",
			"the job has no such nodes: fewer --nodes or ranks"},
		{"Unable to create step", "srun could not begin a job step: fewer ranks, or srun --overlap"},
		{"Unable to allocate resources", "srun got no resources: run it in a job (sbatch, salloc)"},
		{"as root",
			"the launcher refuses root: run as a user, or OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"},
		{"more processes than",
			"the launcher has fewer nodes than --nodes: it needs an allocation, or a host file"},
		{"JOB_FAILED_TO_MAP",
			"the launcher has fewer nodes or slots than were asked for: it needs an allocation, or a host file"},
		{"not built with SLURM's PMI",
			"srun offers these ranks no interface: --launcher 'srun --mpi=pmix'"},
		{"unrecognized argument",
			"the launcher does not know an option of --launcher or PARSCALE_MPIRUN"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strstr(said, table[i][0]))
			return table[i][1];
	return NULL;
}
