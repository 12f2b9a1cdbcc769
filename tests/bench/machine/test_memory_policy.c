/* SPDX-License-Identifier: MIT */
/* test_memory_policy.c - policies from their texts, nodes of made-up machines, and what becomes of pages here. */
#include "bench/machine/memory_policy.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void texts(void **state)
{
	struct memory_policy m;
	struct err e = {0};
	(void)state;
	assert_int_equal(memory_policy_parse("default", &m, &e), 0);
	assert_int_equal(m.how, MEMORY_DEFAULT);
	assert_int_equal(memory_policy_parse("local", &m, &e), 0);
	assert_int_equal(m.how, MEMORY_LOCAL);
	assert_int_equal(memory_policy_parse("interleave", &m, &e), 0);
	assert_int_equal(m.how, MEMORY_INTERLEAVE);
	assert_int_equal(memory_policy_parse("membind:12", &m, &e), 0);
	assert_int_equal(m.how, MEMORY_MEMBIND);
	assert_int_equal(m.node, 12);
	const char *const bad[] = {"", "membind", "membind:", "membind:x", "membind:-1", "membind:1024",
		"membind:0,1", "Local", "interleave:0"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		e = (struct err){0};
		assert_int_equal(memory_policy_parse(bad[i], &m, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		assert_non_null(strstr(e.text, "--memory-policy"));
	}
}

/* --- machines --- */

static char root[] = "/tmp/parscale-nodes-XXXXXX";

static void write_file(const char *path, const char *text)
{
	char whole[300];
	snprintf(whole, sizeof whole, "%s%s", root, path);
	for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(whole, 0755);
		*at = '/';
	}
	FILE *f = fopen(whole, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void remove_file(const char *path)
{
	char whole[300];
	snprintf(whole, sizeof whole, "%s%s", root, path);
	unlink(whole);
}

static void assert_nodes(const int *expected, int count)
{
	int nodes[MEMORY_NODES];
	assert_int_equal(memory_policy_nodes(root, nodes), count);
	for (int i = 0; i < count; i++)
		assert_int_equal(nodes[i], expected[i]);
}

static const char has_memory[] = "/sys/devices/system/node/has_memory",
		  online[] = "/sys/devices/system/node/online", process[] = "/proc/self/status";

static int open_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int close_root(void **state)
{
	char command[100];
	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", root);
	return system(command);
}

static void nodes_of_machines(void **state)
{
	struct err e = {0};
	(void)state;
	assert_nodes((const int[]){0}, 1); /* a kernel without NUMA */
	/* two packages, each with HBM in a node of its own, and an expander; node 1 has CPUs but no memory */
	write_file(online, "0-5\n");
	assert_nodes((const int[]){0, 1, 2, 3, 4, 5}, 6);
	write_file(has_memory, "0,2-5\n");
	assert_nodes((const int[]){0, 2, 3, 4, 5}, 5);
	struct memory_policy m = {.how = MEMORY_MEMBIND, .node = 5};
	assert_int_equal(memory_policy_check(&m, root, &e), 0);
	m.node = 1;
	assert_int_equal(memory_policy_check(&m, root, &e), -1);
	assert_int_equal(e.status, ERR_ABSENT);
	assert_string_equal(e.text, "--memory-policy: node 1 has no memory here; nodes that have: 0,2-5");
	/* a cpuset leaves some */
	write_file(process, "Name:\tx\nMems_allowed:\t0000000c\nMems_allowed_list:\t2-3\n");
	assert_nodes((const int[]){2, 3}, 2);
	m.node = 5;
	e = (struct err){0};
	assert_int_equal(memory_policy_check(&m, root, &e), -1);
	assert_non_null(strstr(e.text, "2-3"));
	write_file(process, "Mems_allowed_list:\t9\n");
	e = (struct err){0};
	assert_int_equal(memory_policy_check(&m, root, &e), -1);
	assert_non_null(strstr(e.text, "none"));
	/* the others ask for no node */
	for (int how = MEMORY_DEFAULT; how < MEMORY_MEMBIND; how++)
		assert_int_equal(
			memory_policy_check(&(struct memory_policy){.how = (enum memory_how)how}, root, &e),
			0);
	/* files that hold no list */
	write_file(process, "Mems_allowed_list:\tnonsense\n");
	write_file(has_memory, "nonsense\n");
	assert_nodes((const int[]){0, 1, 2, 3, 4, 5}, 6);
	write_file(has_memory, "0-99999\n");
	int nodes[MEMORY_NODES];
	const int count = memory_policy_nodes(root, nodes);
	assert_true(count >= 1 && count <= MEMORY_NODES);
	remove_file(process);
	remove_file(has_memory);
	remove_file(online);
}

/* --- here --- */

static int mode_now(void)
{
	int mode = -1;
	return syscall(SYS_get_mempolicy, &mode, NULL, 0UL, NULL, 0UL) == 0 ? mode : -1;
}

static void *mode_of_thread(void *ctx)
{
	*(int *)ctx = mode_now();
	return NULL;
}

/* The node of a page that is touched now; -1: the system does not say. */
static int node_of_new_page(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *pages[] = {at};
	int node = -1;
	assert_true(at != MAP_FAILED);
	*at = 1;
	if (syscall(SYS_move_pages, 0, 1UL, pages, NULL, &node, 0) != 0)
		node = -1;
	munmap(at, page);
	return node;
}

/* In a process of its own, which inherits and then leaves nothing behind. 77: not allowed here. */
static int apply_and_look(const struct memory_policy *m, int mode)
{
	struct err e = {0};
	pthread_t thread;
	int of_thread = -1, node;
	if (memory_policy_apply(m, &e) != 0)
		return e.status == ERR_ABSENT || strstr(e.text, "not permitted") ? 77 : 1;
	if (memory_policy_is_usual() || mode_now() != mode)
		return 2;
	if (pthread_create(&thread, NULL, mode_of_thread, &of_thread) != 0)
		return 3;
	pthread_join(thread, NULL);
	if (of_thread != mode)
		return 4;
	node = node_of_new_page();
	return m->how == MEMORY_MEMBIND && node >= 0 && node != m->node ? 5 : 0;
}

static void policies_here(void **state)
{
	int nodes[MEMORY_NODES];
	(void)state;
	if (mode_now() < 0) {
		print_message("no memory policies here: %s\n", strerror(errno));
		skip();
	}
	const int count = memory_policy_nodes("", nodes);
	assert_true(count > 0);
	const struct {
		struct memory_policy policy;
		int mode;
	} all[] = {{{.how = MEMORY_LOCAL}, MPOL_LOCAL}, {{.how = MEMORY_INTERLEAVE}, MPOL_INTERLEAVE},
		{{MEMORY_MEMBIND, nodes[0]}, MPOL_BIND}, {{MEMORY_MEMBIND, nodes[count - 1]}, MPOL_BIND}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const pid_t child = fork();
		int status;
		assert_true(child >= 0);
		if (child == 0)
			_exit(apply_and_look(&all[i].policy, all[i].mode));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == 77)
			skip();
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	struct err e = {0};
	const int before = mode_now();
	assert_int_equal(memory_policy_apply(&(struct memory_policy){.how = MEMORY_DEFAULT}, &e), 0);
	assert_int_equal(mode_now(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(nodes_of_machines),
		cmocka_unit_test(policies_here)};
	return cmocka_run_group_tests(tests, open_root, close_root);
}
