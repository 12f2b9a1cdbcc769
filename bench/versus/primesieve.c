/* SPDX-License-Identifier: MIT */
/* primesieve.c - opens primesieve's library at run time and finds its functions. */
#include "bench/versus/primesieve.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void *open_any(const char *path)
{
	static const char *const names[] = {
		"libprimesieve.so", "libprimesieve.so.12", "libprimesieve.so.11", "libprimesieve.dylib"};
	void *library = NULL;
	if (path)
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return library;
}

int primesieve_open(struct primesieve *p, const char *path, char *reason, size_t size)
{
	*p = (struct primesieve){.library = open_any(path)};
	if (!p->library) {
		snprintf(reason, size, "%s",
			path ? dlerror() : "libprimesieve is not installed (Debian: apt install primesieve)");
		return -1;
	}
	/* Functions are stored through pointers to objects, as POSIX has it. */
	const struct {
		const char *name;
		void *to;
	} symbols[] = {{"primesieve_version", &p->version},
		{"primesieve_set_num_threads", &p->set_num_threads},
		{"primesieve_count_primes", &p->count[1]}, {"primesieve_count_twins", &p->count[2]},
		{"primesieve_count_triplets", &p->count[3]}, {"primesieve_count_quadruplets", &p->count[4]},
		{"primesieve_count_quintuplets", &p->count[5]}, {"primesieve_count_sextuplets", &p->count[6]},
		{"primesieve_generate_primes", &p->generate_primes}, {"primesieve_nth_prime", &p->nth_prime},
		{"primesieve_free", &p->free}, {"primesieve_init", &p->batches_init},
		{"primesieve_jump_to", &p->batches_jump},
		{"primesieve_generate_next_primes", &p->batches_next},
		{"primesieve_free_iterator", &p->batches_free}};
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		void *found = dlsym(p->library, symbols[i].name);
		if (!found) {
			snprintf(reason, size, "this libprimesieve has no %s: version 11 or 12 is wanted",
				symbols[i].name);
			primesieve_close(p);
			return -1;
		}
		memcpy(symbols[i].to, &found, sizeof found);
	}
	return 0;
}

void primesieve_close(struct primesieve *p)
{
	if (p->library)
		dlclose(p->library);
	p->library = NULL;
}
