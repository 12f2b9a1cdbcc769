/* SPDX-License-Identifier: MIT */
/*
 * old_linux.c - runs a program as Linux 3.10 would: every call that a later Linux added fails with ENOSYS, in it and in all
 * that it starts. For tests of what parscale does without them.
 *
 * usage: old_linux PROGRAM [ARGUMENT...]. Exit status: the program's; 77 where the system has no filters for calls.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The first number of a call after Linux 3.10: sched_setattr, on both. */
#if defined __x86_64__
enum { FIRST_NEW = 314 };
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
enum { FIRST_NEW = 274 };
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "old_linux: name a program\n");
		return 2;
	}
#ifdef ARCHITECTURE
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_NEW, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	const struct sock_fprog filter = {sizeof code / sizeof *code, code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
		fprintf(stderr, "old_linux: no filter for calls: %s\n", strerror(errno));
		return 77;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "old_linux: %s: %s\n", argv[1], strerror(errno));
	return 1;
#else
	fprintf(stderr, "old_linux: not for this architecture\n");
	return 77;
#endif
}
