/* SPDX-License-Identifier: MIT */
/*
 * worker_spec.c - passes a trial's cell, CPUs, caches and text to workers that are fresh programs.
 *
 * The cell is a list of command-line words. The text and the CPU list are written once to a memfd,
 * which every worker inherits and maps shared: one copy in memory however many workers there are.
 */
#include "bench/harness/worker_spec.h"

#include "base/io.h"
#include "base/system.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What stands in the descriptor, followed by a CPU for each worker and the text. */
struct worker_spec_head {
	uint64_t workers;
	uint64_t text_bytes;
	uint64_t l1_bytes, l2_bytes, l3_bytes;
	bool has_text;
};

static size_t cpus_bytes(uint64_t workers)
{
	return (size_t)workers * sizeof(int);
}

int worker_spec_make(struct worker_spec *o, const char *program, const struct cell *c,
	const struct problem *p, const int *cpus, const struct fault *fault, struct err *e)
{
	const struct worker_spec_head head = {
		c->workers, p->text_bytes, p->l1_bytes, p->l2_bytes, p->l3_bytes, p->text != NULL};
	size_t n = 0;
	o->fd = system_memory_file("parscale order", true);
	if (o->fd < 0 || io_write(o->fd, &head, sizeof head) < sizeof head ||
		io_write(o->fd, cpus, cpus_bytes(c->workers)) < cpus_bytes(c->workers) ||
		(p->text && io_write(o->fd, p->text, (size_t)p->text_bytes) < p->text_bytes)) {
		err_blame(e, err_cause_of(errno), "input for workers: %s", strerror(errno));
		worker_spec_close(o);
		return -1;
	}
	cell_to_argv(c, &o->cell);
	snprintf(o->descriptor, sizeof o->descriptor, "%d", o->fd);
	o->program[n++] = program;
	o->program[n++] = "worker";
	o->program[n++] = o->descriptor;
	for (size_t i = 0; i < o->cell.count; i++)
		o->program[n++] = o->cell.argv[i];
	if (fault->kind != FAULT_NONE) {
		char text[FAULT_TEXT];
		snprintf(o->fault, sizeof o->fault, "--fault=%s", fault_text(fault, text));
		o->program[n++] = o->fault;
	}
	o->program[n] = NULL;
	return 0;
}

void worker_spec_close(struct worker_spec *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

int worker_spec_parse(int fd, const struct cell *c, struct problem *p, const int **cpus, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || (size_t)st.st_size < sizeof(struct worker_spec_head))
		return err_set(e, ERR_FAILED, "descriptor %d is no order", fd);
	const char *start = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (start == MAP_FAILED)
		return err_blame(e, err_cause_of(errno), "input for a worker: %s", strerror(errno));
	const struct worker_spec_head *head = (const void *)start;
	const char *after = start + sizeof *head;
	if (head->workers != c->workers)
		return err_set(e, ERR_FAILED, "descriptor %d is not the order of this cell", fd);
	*cpus = (const void *)after;
	p->l1_bytes = head->l1_bytes;
	p->l2_bytes = head->l2_bytes;
	p->l3_bytes = head->l3_bytes;
	p->text = head->has_text ? (const unsigned char *)after + cpus_bytes(head->workers) : NULL;
	p->text_bytes = head->text_bytes;
	return 0;
}
