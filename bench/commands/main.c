/* SPDX-License-Identifier: MIT */
/*
 * main.c - the program parscale: finds the command in commands.def and runs it. The only place that
 * ends the program. `launch`, `start`, `probe-launch` and `worker` are for parscale's own use.
 */
#include "base/wrap.h"
#include "bench/commands/command.h"
#include "bench/harness/child.h"
#include "bench/harness/launch.h"
#include "bench/harness/launcher.h"
#include "bench/harness/worker.h"
#include "bench/machine/build.h"
#include "bench/machine/json_memory.h"
#include "bench/probe/probe_launch.h"
#include "kernels/cpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct command {
	const char *name, *arguments, *meaning;
	command_fn *main;
} commands[] = {
#define COMMAND(name, arguments, meaning) {#name, arguments, meaning, name##_main},
#include "bench/commands/commands.def"
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct command *find_command(const char *name, struct err *e)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	err_set(e, ERR_USAGE, "unknown command '%s' (parscale --help)", name);
	return NULL;
}

static void help(void)
{
	wrap_text(stdout,
		"usage: parscale COMMAND [options]\n\n"
		"Measures how fast this machine's cores are, how work scales over them, and what processes cost compared with threads.\n\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		char head[40];
		snprintf(head, sizeof head, "  %-7s %s", commands[i].name, commands[i].arguments);
		wrap_entry(stdout, head, 24, commands[i].meaning, WRAP_PAGE);
	}
	wrap_text(stdout,
		"\n`parscale COMMAND --help` shows its options.\n"
		"Exit status: 0 success, 1 failure or wrong answer, 2 usage, 77 not available here, 130 interrupted.\n"
		"PARSCALE_CPU_DISABLE=avx512,... hides CPU features.\n");
}

/* help [COMMAND] */
static int help_main(int argc, char **argv, struct err *e)
{
	char option[] = "--help";
	char *asked[] = {argv[1], option, NULL};
	if (argc < 2) {
		help();
		return 0;
	}
	if (argc > 2)
		return err_set(e, ERR_USAGE, "help: one command, not also '%s'", argv[2]);
	const struct command *c = find_command(argv[1], e);
	return c ? c->main(2, asked, e) : -1;
}

static int dispatch(int argc, char **argv, struct err *e)
{
	if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), e) != 0)
		return -1;
	if (argc < 2)
		return err_set(e, ERR_USAGE, "name a command (parscale --help)");
	if (strcmp(argv[1], "help") == 0)
		return help_main(argc - 1, argv + 1, e);
	const bool version = strcmp(argv[1], "--version") == 0;
	if (version || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		if (argc > 2)
			return err_set(
				e, ERR_USAGE, "%s: nothing may follow, such as '%s'", argv[1], argv[2]);
		if (version)
			printf("parscale %s\n", build_version);
		else
			help();
		return 0;
	}
	const struct command *c = find_command(argv[1], e);
	return c ? c->main(argc - 1, argv + 1, e) : -1;
}

/* Standard input, output and error that are closed become such as give and take nothing: else the next file
 * that is opened would be one of them, and get what is printed. */
static void hold_standard_descriptors(void)
{
	for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;)
		if (fd > STDERR_FILENO) {
			close(fd);
			break;
		}
}

/* A stack that is limited to less than a mebibyte gets that, for launches too, whose threads take theirs from it. */
static int widen_stack(struct err *e)
{
	enum { WANTED = 1 << 20, NEEDED = 512 << 10 };
	struct rlimit limit, wider;
	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= WANTED)
		return 0;
	wider = limit;
	wider.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
	if (setrlimit(RLIMIT_STACK, &wider) == 0)
		limit = wider;
	return limit.rlim_cur >= NEEDED
		       ? 0
		       : err_set(e, ERR_ABSENT,
				 "the stack is limited to %ju KiB (ulimit -s); at least %d KiB are needed",
				 (uintmax_t)limit.rlim_cur >> 10, NEEDED >> 10);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	hold_standard_descriptors();
	json_memory_watch();
	if (argc > 1 && strcmp(argv[1], "launch") == 0)
		return launch_main(argc - 1, argv + 1, meter_native, NULL);
	if (argc > 5 && strcmp(argv[1], "start") == 0)
		return launch_start(argv + 1);
	if (argc > 1 && strcmp(argv[1], "probe-launch") == 0)
		return probe_launch_main(argc - 1, argv + 1, CHILD_RESULT_FD);
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return worker_main(argc - 1, argv + 1);
	int status = widen_stack(&e) == 0 ? dispatch(argc, argv, &e) : -1;
	if ((fflush(stdout) != 0 || ferror(stdout)) && e.status == ERR_NONE)
		err_set(&e, ERR_FAILED, "standard output: %s", strerror(errno));
	if (e.text[0])
		fprintf(stderr, "parscale: %s\n", e.text);
	return e.status != ERR_NONE ? (int)e.status : status;
}
