/* SPDX-License-Identifier: MIT */
/*
 * fuzz_words.c - any words as the arguments of `run` and `probe`, and any text where one word is read: a placement, a memory
 * policy, a fault, an answer, what a launcher says of itself. Taken, or refused in one line.
 */
#include "bench/harness/fault.h"
#include "bench/harness/launch_args.h"
#include "bench/harness/launcher.h"
#include "bench/machine/memory_policy.h"
#include "bench/machine/place.h"
#include "bench/probe/probe_args.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_WORDS = 40 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* A refusal is one line, whatever was refused. */
static void check(int status, const struct err *e)
{
	must((status == 0) == (e->status == ERR_NONE));
	must(status == 0 || e->status == ERR_USAGE || e->status == ERR_ABSENT);
	must(status == 0 || (e->text[0] && !strchr(e->text, '\n')));
}

static void read_one(const char *text)
{
	struct err e = {0};
	struct memory_policy policy;
	struct fault fault;
	struct expected expected;
	char version[LAUNCHER_VERSION], again[FAULT_TEXT];
	check(place_check(text, &e), &e);
	e = (struct err){0};
	check(memory_policy_parse(text, &policy, &e), &e);
	e = (struct err){0};
	check(verify_read(text, &expected, &e), &e);
	e = (struct err){0};
	const int status = fault_parse(text, &fault, &e);
	check(status, &e);
	must(status != 0 || fault_parse(fault_text(&fault, again), &fault, &e) == 0);
	must(launcher_dialect_name(launcher_understand(text, version)) != NULL &&
		strlen(version) < sizeof version);
	launcher_advice(text);
}

/* Words end at a line's end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char command[] = "run";
	char *text = malloc(size + 1), *words[MOST_WORDS + 1], *place = NULL;
	struct err e = {0};
	int n = 1;
	must(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	read_one(text);
	words[0] = command;
	for (char *w = strtok_r(text, "\n", &place); w && n < MOST_WORDS; w = strtok_r(NULL, "\n", &place))
		words[n++] = w;
	words[n] = NULL;
	if (size % 2) {
		struct run_args a;
		unsetenv("PARSCALE_MPIRUN");
		check(launch_args_parse_run(n, words, &a, &e), &e);
	} else {
		struct probe_args a;
		check(probe_args_parse(n, words, &a, &e), &e);
	}
	free(text);
	return 0;
}
