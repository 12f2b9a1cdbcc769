/* SPDX-License-Identifier: MIT */
/*
 * machine_tree.c - plants the proc and sys of a machine in a temporary folder, from its .tree file.
 */
#include "tests/bench/machine/machine_tree.h"

#include "bench/machine/cpulist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char *machine_tree_golden(const char *name, const char *ending, char *path, size_t size)
{
	const char *root = getenv("PARSCALE_ROOT");
	snprintf(path, size, "%s/tests/golden/machines/%s%s", root ? root : ".", name, ending);
	return path;
}

/* "<0x8000 64>" */
static void put_cells(const char *text, FILE *f)
{
	char *next = NULL;
	for (const char *at = text + 1; *at && *at != '>'; at = *next == ' ' ? next + 1 : next) {
		const unsigned long cell = strtoul(at, &next, 0);
		assert_true(next > at && cell <= UINT32_MAX);
		for (int shift = 24; shift >= 0; shift -= 8)
			fputc((int)(cell >> shift & 0xff), f);
	}
}

static void write_file(const char *root, const char *path, const char *text)
{
	char whole[1024];
	const size_t head = strlen(root) + 1;
	snprintf(whole, sizeof whole, "%s/%s", root, path);
	FILE *f = fopen(whole, "w");
	for (char *slash = strchr(whole + head, '/'); !f && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0777);
		*slash = '/';
	}
	if (!f)
		f = fopen(whole, "w");
	assert_non_null(f);
	if (text[0] == '<') {
		put_cells(text, f);
	} else {
		fputs(text, f);
		fputc('\n', f);
	}
	assert_int_equal(fclose(f), 0);
}

/* A list of CPUs as Linux writes it beside as a mask: words of 32 from the highest, between commas. */
static void format_mask(const char *list, char *mask, size_t size)
{
	enum { WORDS = 16 };
	int cpus[32 * WORDS];
	uint32_t words[WORDS] = {0};
	int n = cpulist_parse(list, cpus, 32 * WORDS);
	for (int i = 0; i < n; i++)
		words[cpus[i] / 32] |= UINT32_C(1) << cpus[i] % 32;
	mask[0] = '\0';
	for (int i = WORDS; i-- > 0;)
		snprintf(mask + strlen(mask), size - strlen(mask), "%08x%s", words[i], i ? "," : "");
}

/* What is a list in some files is a mask in others, which other readers look at. */
static const struct {
	const char *list, *mask;
} twins[] = {{"cpus_list", "cpus"}, {"cpu_list", "cpu_map"}, {"cpulist", "cpumap"}};

void machine_tree_write(const char *root, const char *path, const char *text)
{
	char mask[200], twin[512];
	write_file(root, path, text);
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
		const size_t whole = strlen(path), tail = strlen(twins[i].list);
		if (whole < tail || strcmp(path + whole - tail, twins[i].list) != 0)
			continue;
		format_mask(text, mask, sizeof mask);
		snprintf(twin, sizeof twin, "%.*s%s", (int)(whole - tail), path, twins[i].mask);
		write_file(root, twin, mask);
	}
}

/* The file of a pattern "a{...}b" for each CPU of a list. */
static void write_files(const char *root, const char *pattern, const char *list, const char *text)
{
	int cpus[512];
	char path[512];
	const char *open = strchr(pattern, '{'), *close = strchr(pattern, '}');
	int n = cpulist_parse(list, cpus, 512);
	assert_true(n >= 1 && n <= 512);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%.*s%d%s", (int)(open - pattern), pattern, cpus[i], close + 1);
		machine_tree_write(root, path, text);
	}
}

static void plant_line(const char *root, const char *path, char *text)
{
	char list[256];
	const char *open = strchr(path, '{'), *close = strchr(path, '}');
	if (!open) {
		machine_tree_write(root, path, text);
	} else if (close == open + 1) {
		for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
			write_files(root, path, word, word);
	} else {
		snprintf(list, sizeof list, "%.*s", (int)(close - open - 1), open + 1);
		write_files(root, path, list, text);
	}
}

/* The lines up to ">>". */
static void plant_block(const char *root, const char *path, FILE *tree)
{
	char block[8192] = "", *line = NULL;
	size_t room = 0;
	while (getline(&line, &room, tree) > 0 && strcmp(line, ">>\n") != 0) {
		assert_true(strlen(block) + strlen(line) < sizeof block);
		strcat(block, line);
	}
	block[strlen(block) - 1] = '\0';
	free(line);
	machine_tree_write(root, path, block);
}

void machine_tree_plant(const char *name, char *root, size_t size)
{
	char path[1024], *line = NULL;
	size_t room = 0;
	/* Thousands of small files: in memory where there is a file system for that. */
	const char *temporary = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR");
	snprintf(root, size, "%s/parscale-XXXXXX", temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(root));
	FILE *tree = fopen(machine_tree_golden(name, ".tree", path, sizeof path), "r");
	if (!tree)
		fail_msg("cannot read %s (run from the root, or set PARSCALE_ROOT)", path);
	while (getline(&line, &room, tree) > 0) {
		line[strcspn(line, "\n")] = '\0';
		char *text = strstr(line, " = "), *block = strstr(line, " <<");
		if (line[0] == '#')
			continue;
		assert_true(text || block);
		if (text) {
			*text = '\0';
			plant_line(root, line, text + 3);
		} else {
			*block = '\0';
			plant_block(root, line, tree);
		}
	}
	free(line);
	fclose(tree);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

void machine_tree_remove(const char *root)
{
	nftw(root, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}
