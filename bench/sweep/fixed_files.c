/* SPDX-License-Identifier: MIT */
/* fixed_files.c - lists the programs and inputs of a plan, and tells one from another by stat and by content; and the CPUs. */
#include "bench/sweep/fixed_files.h"

#include "base/paths.h"
#include "base/system.h"
#include "base/units.h"
#include "bench/machine/cpulist.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t fnv_basis = UINT64_C(14695981039346656037), fnv_prime = UINT64_C(1099511628211);

enum { HASH_TEXT = 17, PROGRAMS = 2 };

/* -1 with errno. */
static int read_content(const char *path, struct stat *was, uint64_t *bytes, uint64_t *hash)
{
	unsigned char block[65536];
	ssize_t n = 0;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	*hash = fnv_basis;
	*bytes = 0;
	int failed = fstat(fd, was);
	while (!failed && (n = read(fd, block, sizeof block)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		failed = n < 0;
		for (ssize_t i = 0; i < n; i++)
			*hash = (*hash ^ block[i]) * fnv_prime;
		*bytes += n > 0 ? (uint64_t)n : 0;
	}
	const int why = errno;
	close(fd);
	errno = why;
	return failed ? -1 : 0;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* --- the list --- */

static bool has(const struct fixed_files *f, const char *path)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->files[i].path, path) == 0)
			return true;
	return false;
}

static int add(struct fixed_files *f, const char *path, bool program, struct err *e)
{
	struct stat is;
	if (has(f, path) || strcmp(path, "-") == 0)
		return 0;
	if (stat(path, &is) != 0)
		return program ? 0 : err_set(e, ERR_USAGE, "input: %s: %s", path, strerror(errno));
	if (!S_ISREG(is.st_mode))
		return 0;
	struct fixed_file *more = realloc(f->files, (f->count + 1) * sizeof *more);
	if (!more)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	f->files = more;
	struct fixed_file *file = &more[f->count];
	*file = (struct fixed_file){.program = program};
	snprintf(file->path, sizeof file->path, "%s", path);
	if (read_content(path, &file->was, &file->bytes, &file->hash) != 0)
		return err_set(e, program ? ERR_FAILED : ERR_USAGE, "%s: %s", path, strerror(errno));
	f->count++;
	return 0;
}

/* How many CPUs this process, and with it each launch, may use; and which, as a hash. Fewer may have been left by whoever
 * has set them, or have gone away. */
static int usable_cpus(uint64_t *hash)
{
	int ids[CPULIST_LIMIT];
	const int n = system_affinity(ids, CPULIST_LIMIT);
	*hash = fnv_basis;
	for (int i = 0; i < n; i++)
		*hash = (*hash ^ (uint64_t)ids[i]) * fnv_prime;
	return n;
}

int fixed_files_open(struct fixed_files *f, const struct plan *p, const char *program, struct err *e)
{
	char path[4096];
	const char *const names[PROGRAMS] = {"parscale", p->meter->program};
	int status = 0;
	*f = (struct fixed_files){0};
	f->cpus = usable_cpus(&f->cpus_hash);
	for (size_t i = 0; i < PROGRAMS && status == 0; i++)
		status = add(f, paths_near(program, names[i], path, sizeof path), true, e);
	for (size_t i = 0; i < p->count && status == 0; i++) {
		const struct cell *c = &p->cells[i].cell;
		if (c->backend->host)
			status = add(f, paths_near(program, c->backend->host, path, sizeof path), true, e);
		if (status == 0 && c->input[0])
			status = add(f, c->input, false, e);
	}
	for (size_t i = 0; i < f->count; i++) {
		struct fixed_file *file = &f->files[i];
		const char *slash = file->program ? strrchr(file->path, '/') : NULL;
		file->name = slash ? slash + 1 : file->path;
	}
	return status;
}

void fixed_files_free(struct fixed_files *f)
{
	free(f->files);
	*f = (struct fixed_files){0};
}

/* --- whether they are the same --- */

static const char *kind_of(const struct fixed_file *file)
{
	return file->program ? "program" : "input";
}

static bool same(struct fixed_file *file)
{
	struct stat is;
	uint64_t bytes, hash;
	if (stat(file->path, &is) != 0)
		return false;
	const struct stat *was = &file->was;
	if (is.st_dev == was->st_dev && is.st_ino == was->st_ino && is.st_size == was->st_size &&
		same_time(is.st_mtim, was->st_mtim) && same_time(is.st_ctim, was->st_ctim))
		return true;
	if (read_content(file->path, &is, &bytes, &hash) != 0 || bytes != file->bytes || hash != file->hash)
		return false;
	file->was = is;
	return true;
}

static int check_cpus(const struct fixed_files *f, struct err *e)
{
	uint64_t hash;
	const int now = usable_cpus(&hash);
	return now == f->cpus && hash == f->cpus_hash
		       ? 0
		       : err_set(e, ERR_USAGE,
				 "machine changed: %d CPU%s may be used, and %s%d when the sweep began; "
				 "finished launches are kept",
				 now, units_plural((uint64_t)now), now == f->cpus ? "other " : "", f->cpus);
}

void fixed_files_watch_rows(struct fixed_files *f, const char *path, int fd)
{
	f->rows = path;
	f->rows_fd = fd;
	f->rows_bytes = 0;
}

static int check_rows(struct fixed_files *f, struct err *e)
{
	struct stat is, there;
	if (!f->rows || fstat(f->rows_fd, &is) != 0)
		return 0;
	if (stat(f->rows, &there) != 0 || there.st_dev != is.st_dev || there.st_ino != is.st_ino)
		return err_set(e, ERR_USAGE,
			"results changed: %s was moved, removed or replaced while the sweep ran", f->rows);
	if (is.st_size < f->rows_bytes)
		return err_set(e, ERR_USAGE,
			"results changed: %s had %lld bytes and has %lld: somebody cut it", f->rows,
			(long long)f->rows_bytes, (long long)is.st_size);
	f->rows_bytes = is.st_size;
	return 0;
}

int fixed_files_check(struct fixed_files *f, struct err *e)
{
	if (f && (check_cpus(f, e) != 0 || check_rows(f, e) != 0))
		return -1;
	for (size_t i = 0; f && i < f->count; i++) {
		struct fixed_file *file = &f->files[i];
		if (!same(file))
			return err_set(e, ERR_USAGE,
				"%s changed: %s is not what the sweep began with; finished launches are kept",
				kind_of(file), file->path);
	}
	return 0;
}

static char *hash_text(const struct fixed_file *file, char text[HASH_TEXT])
{
	snprintf(text, HASH_TEXT, "%016" PRIx64, file->hash);
	return text;
}

json_t *fixed_files_json(const struct fixed_files *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->count; i++) {
		const struct fixed_file *file = &f->files[i];
		char hash[HASH_TEXT];
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:I, s:s}", "kind", kind_of(file), "name", file->name,
				      "bytes", (json_int_t)file->bytes, "hash", hash_text(file, hash)));
	}
	return list;
}

static bool is(const json_t *entry, const char *key, const char *text)
{
	const char *value = json_string_value(json_object_get(entry, key));
	return value && strcmp(value, text) == 0;
}

const struct fixed_file *fixed_files_differ(const struct fixed_files *f, const json_t *list, bool programs)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct fixed_file *file = &f->files[i];
		char hash[HASH_TEXT];
		for (size_t k = 0; file->program == programs && k < json_array_size(list); k++) {
			const json_t *entry = json_array_get(list, k);
			if (is(entry, "kind", kind_of(file)) && is(entry, "name", file->name) &&
				!is(entry, "hash", hash_text(file, hash)))
				return file;
		}
	}
	return NULL;
}
