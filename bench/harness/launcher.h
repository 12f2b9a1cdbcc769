/* SPDX-License-Identifier: MIT */
/*
 * launcher.h - what starts the ranks of parscale-mpi: mpirun, mpiexec, srun, or what the user names.
 *
 * Open MPI 4 and 5, hydra (MPICH and its kin) and srun spell the same wishes differently. Which of them a command is, it
 * is asked once (`COMMAND --version`). Nothing here knows MPI.
 */
#ifndef PARSCALE_BENCH_HARNESS_LAUNCHER_H
#define PARSCALE_BENCH_HARNESS_LAUNCHER_H

#include "bench/harness/child.h"

#include <stddef.h>
#include <stdint.h>

enum launcher_dialect {
	LAUNCHER_OTHER,
	LAUNCHER_OPEN_MPI_4,
	LAUNCHER_OPEN_MPI_5,
	LAUNCHER_OPEN_MPI_6,
	LAUNCHER_HYDRA,
	LAUNCHER_SRUN
};

enum {
	LAUNCHER_COMMAND = 512,
	LAUNCHER_VERSION = 80,
	LAUNCHER_WORDS = 48,
	LAUNCHER_FOLDER = 96,
	LAUNCHER_LIMIT = 2
};

/* What begins a line of ours, where a launcher may print others in between. */
#define LAUNCHER_MARK '\x1d'

struct launcher {
	char command[LAUNCHER_COMMAND]; /* its words, separated by blanks */
	const char *from;               /* who named it: "PARSCALE_MPIRUN", or "default" */
	enum launcher_dialect dialect;
	char version[LAUNCHER_VERSION]; /* "Open MPI 4.1.4"; "" where it says nothing that is known */
};

/* The launcher of this process's ranks: the command in $PARSCALE_MPIRUN; else the first that is here and of the MPI that
 * parscale-mpi was built with, of mpirun and the names that distributions give it; in a Slurm job srun after them. It is
 * asked once for each command. ERR_ABSENT, with what to do, where there is none, or none of that MPI; with a cause
 * where this process has no memory or descriptors to ask. */
int launcher_find(struct launcher *l, struct err *e);

/* From now on `command` is the launcher, as if $PARSCALE_MPIRUN held it. ERR_USAGE where it is empty or too long. */
int launcher_choose(const char *command, struct err *e);

/* The dialect in words: "Open MPI 4", "hydra", "srun", "unknown". */
const char *launcher_dialect_name(enum launcher_dialect d);

/* What `--version` said, as a dialect and "Open MPI 4.1.4". */
enum launcher_dialect launcher_understand(const char *said, char version[LAUNCHER_VERSION]);

/* One start of ranks: its words, and the folders of the launcher and of the ranks' shared memory, which are this start's
 * alone, so that they can be removed whatever becomes of it. */
struct launcher_start {
	char folder[LAUNCHER_FOLDER], memory[LAUNCHER_FOLDER]; /* "": could not be made */
	char store[LAUNCHER_COMMAND + 256];
	const char *argv[LAUNCHER_WORDS];
	size_t count;
};

/* Of the launcher that launcher_find finds: the words "parscale start 0 FOLDER MEMORY COMMAND... -n RANKS ...", without the
 * program of the ranks; makes the folders and sets the environment that the launcher shall find. Of `nodes` 0 the launcher
 * decides; else ranks divide by it. Errors as launcher_find; ERR_USAGE: the command has too many words, or it is not known
 * how it spreads ranks over nodes. */
int launcher_open(struct launcher_start *s, unsigned ranks, uint64_t nodes, struct err *e);

/* Removes the folders. */
void launcher_close(struct launcher_start *s);

/* Runs "parscale start ..." to its end, at most so many seconds, with nothing on standard input; `line` gets what it
 * prints. As child_run. */
int launcher_ask(const char *const *argv, double most_seconds, child_line_fn *line, void *ctx,
	struct child_result *ended, struct err *e);

/* In a rank: the folder for its shared memory, which launcher_open named on the driver's host; NULL: it named none. */
const char *launcher_memory(void);

/* `parscale start BYTES FOLDER MEMORY PROGRAM ...` (argv[0] is "BYTES"): becomes the launcher, which the driver's end will ask
 * to end; another process waits for its end and removes the folders, in case that the driver cannot. Returns the exit
 * status where it cannot. */
int launcher_start_main(char **argv);

/* What to do about a launcher that refused, by what it said (all of its lines); NULL: nothing is known. */
const char *launcher_advice(const char *said);

#endif
