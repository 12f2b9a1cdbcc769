/* SPDX-License-Identifier: MIT */
/*
 * chunks.c - a discrete-event simulation of how chunks are handed out to many MPI ranks.
 *
 * Two programs in one. `--model` simulates a cluster: nodes of so many ranks, a counter that serves
 * one request at a time, messages that take their time each way, chunks of unequal cost. `--oversubscribed`
 * simulates one host whose ranks outnumber its CPUs: what can be measured here, so that the
 * simulation can be checked (scripts/simulate-chunks, docs/clusters.md).
 *
 * Models:
 *   flat     every chunk is asked of one counter of all (what parscale did before)
 *   node     a counter per node, which has an equal share of the chunks from the start
 *   guided   a pool per node, refilled from a counter of all with a share of what is left
 *            (bench/backend/chunk_share.h)
 *   stealing each rank has an equal share; who has none left takes half of what a random other has
 *
 * A server (the counter, a node's pool, a rank that is robbed) is busy until a time; whoever arrives
 * earlier waits in order of arrival. Events are kept in a binary heap, ordered by time, then by
 * number, so a seed gives one result on every machine. A chunk's cost is a function of its index and
 * the seed, the same for all models.
 */
#include "base/err.h"
#include "base/options.h"
#include "base/rng.h"
#include "bench/backend/chunk_share.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum model { FLAT, NODE, GUIDED, STEALING };
enum { NOBODY = -1 };

struct args {
	unsigned model, ranks, ranks_per_node, chunks_per_rank, part, percent, slope, cpus;
	double chunk, latency, counter, local, cv, slice, outside;
	uint64_t seed;
	bool oversubscribed, atomic;
};

struct event {
	double at;
	uint64_t number;
	int rank;
	unsigned what;
};

struct heap {
	struct event *events;
	size_t count, room;
	uint64_t numbers;
};

static _Noreturn void stop(const char *text)
{
	fprintf(stderr, "chunks: %s\n", text);
	exit(ERR_FAILED);
}

static void *allocate(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p)
		stop("out of memory");
	return p;
}

static bool earlier(const struct event *a, const struct event *b)
{
	return a->at < b->at || (!(b->at < a->at) && a->number < b->number);
}

static void push(struct heap *h, double at, int rank, unsigned what)
{
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 1024;
		h->events = realloc(h->events, h->room * sizeof *h->events);
		if (!h->events)
			stop("out of memory");
	}
	const struct event e = {at, h->numbers++, rank, what};
	size_t i = h->count++;
	for (; i > 0 && earlier(&e, &h->events[(i - 1) / 2]); i = (i - 1) / 2)
		h->events[i] = h->events[(i - 1) / 2];
	h->events[i] = e;
}

static struct event pop(struct heap *h)
{
	const struct event first = h->events[0], last = h->events[--h->count];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < h->count && earlier(&h->events[child + 1], &h->events[child]))
			child++;
		if (child >= h->count || !earlier(&h->events[child], &last))
			break;
		h->events[i] = h->events[child];
		i = child;
	}
	h->events[i] = last;
	return first;
}

/* --- a cluster --- */

enum { READY, ASKED, ANSWERED, ROBBED };

struct node {
	double busy;
	uint64_t next, end;
	bool asking, dry;
	int waiting; /* the first of a list of ranks, by `behind` */
};

struct rank {
	uint64_t next, end; /* stealing */
	int behind;
};

struct cluster {
	const struct args *a;
	struct heap heap;
	struct node *nodes;
	struct rank *ranks;
	unsigned node_count;
	uint64_t chunks, taken, counter, requests, random;
	double busy; /* of the counter */
	double work, end;
};

/* 0 < u <= 1 */
static double uniform(uint64_t *state)
{
	return ((double)(rng_next(state) >> 11) + 1) * 0x1p-53;
}

/* Seconds of a chunk: lognormal with the wanted mean and coefficient of variation; the mean grows with the index, by
 * `slope` of itself from the middle to either end. */
static double cost(const struct args *a, uint64_t index)
{
	const double chunks = (double)a->ranks * a->chunks_per_rank,
		     mean = a->chunk * (1 + a->slope / 100.0 * (2 * (double)index / chunks - 1));
	const double pi = 3.14159265358979323846, s2 = log(1 + a->cv * a->cv);
	uint64_t state = a->seed * UINT64_C(0x9e3779b97f4a7c15) + index;
	const double u = uniform(&state), v = uniform(&state);
	return mean * exp(sqrt(s2) * sqrt(-2 * log(u)) * cos(2 * pi * v) - s2 / 2);
}

/* A server's turn of `service` for who arrives at `at`; when it is over. */
static double serve(double *busy, double at, double service)
{
	*busy = fmax(*busy, at) + service;
	return *busy;
}

static struct node *node_of(struct cluster *c, int rank)
{
	return &c->nodes[(unsigned)rank / c->a->ranks_per_node];
}

static unsigned ranks_here(const struct cluster *c, const struct node *n)
{
	const unsigned first = (unsigned)(n - c->nodes) * c->a->ranks_per_node;
	return c->a->ranks - first < c->a->ranks_per_node ? c->a->ranks - first : c->a->ranks_per_node;
}

static void compute(struct cluster *c, int rank, uint64_t index, double from)
{
	const double took = cost(c->a, index);
	c->taken++;
	c->work += took;
	c->end = fmax(c->end, from + took);
	push(&c->heap, from + took, rank, READY);
}

/* A rank that wants a chunk of its node's pool. */
static void ask_node(struct cluster *c, int rank, double at)
{
	struct node *n = node_of(c, rank);
	const double served = serve(&n->busy, at, c->a->local);
	if (n->next < n->end) {
		compute(c, rank, n->next++, served);
	} else if (!n->dry && c->a->model == GUIDED) {
		c->ranks[rank].behind = n->waiting;
		n->waiting = rank;
		if (!n->asking)
			push(&c->heap, served + c->a->latency, rank, ASKED);
		n->asking = true;
	}
}

/* A request arrives at the counter of all. */
static void ask_counter(struct cluster *c, int rank, double at)
{
	const double served = serve(&c->busy, at, c->a->counter);
	struct node *n = node_of(c, rank);
	c->requests++;
	if (c->a->model == FLAT) {
		if (c->counter < c->chunks)
			compute(c, rank, c->counter++, served + c->a->latency);
		return;
	}
	chunk_share(c->counter++, c->chunks, c->node_count,
		(c->a->ranks_per_node + c->a->part - 1) / c->a->part, &n->next, &n->end);
	n->dry = n->next == n->end;
	push(&c->heap, served + c->a->latency, rank, ANSWERED);
}

static void answer(struct cluster *c, int rank, double at)
{
	struct node *n = node_of(c, rank);
	n->asking = false;
	for (int r = n->waiting, next; r != NOBODY; r = next) {
		next = c->ranks[r].behind;
		push(&c->heap, at, r, READY);
	}
	n->waiting = NOBODY;
}

/* A rank of its own share, or a thief, whose request takes its way to a victim and back. */
static void ask_self(struct cluster *c, int rank, double at)
{
	struct rank *r = &c->ranks[rank];
	if (r->next < r->end)
		compute(c, rank, r->next++, at);
	else if (c->taken < c->chunks && c->a->ranks > 1)
		push(&c->heap, at + 2 * c->a->latency + c->a->counter, rank, ROBBED);
}

static void rob(struct cluster *c, int rank, double at)
{
	const unsigned other = (unsigned)(rng_next(&c->random) % (c->a->ranks - 1));
	struct rank *r = &c->ranks[rank], *victim = &c->ranks[other < (unsigned)rank ? other : other + 1];
	const uint64_t half = (victim->end - victim->next + 1) / 2;
	c->requests++;
	victim->end -= half;
	r->next = victim->end;
	r->end = victim->end + half;
	push(&c->heap, at, rank, READY);
}

static void share_out(struct cluster *c)
{
	const struct args *a = c->a;
	for (unsigned i = 0; i < a->ranks; i++)
		c->ranks[i] = (struct rank){c->chunks / a->ranks * i, c->chunks / a->ranks * (i + 1), NOBODY};
	for (unsigned i = 0; i < c->node_count; i++) {
		struct node *n = &c->nodes[i];
		*n = (struct node){.waiting = NOBODY};
		if (a->model == NODE) {
			n->next = c->ranks[i * a->ranks_per_node].next;
			n->end = n->next + c->chunks / a->ranks * ranks_here(c, n);
		}
	}
}

static void simulate_cluster(const struct args *a)
{
	static const char *const names[] = {"flat", "node", "guided", "stealing"};
	struct cluster c = {.a = a, .random = a->seed, .chunks = (uint64_t)a->ranks * a->chunks_per_rank};
	c.node_count = (a->ranks + a->ranks_per_node - 1) / a->ranks_per_node;
	c.nodes = allocate(c.node_count, sizeof *c.nodes);
	c.ranks = allocate(a->ranks, sizeof *c.ranks);
	share_out(&c);
	for (unsigned i = 0; i < a->ranks; i++)
		push(&c.heap, 0, (int)i, READY);
	while (c.heap.count > 0) {
		const struct event e = pop(&c.heap);
		if (e.what == ASKED)
			ask_counter(&c, e.rank, e.at);
		else if (e.what == ANSWERED)
			answer(&c, e.rank, e.at);
		else if (e.what == ROBBED)
			rob(&c, e.rank, e.at);
		else if (a->model == FLAT)
			push(&c.heap, e.at + a->latency, e.rank, ASKED);
		else if (a->model == STEALING)
			ask_self(&c, e.rank, e.at);
		else
			ask_node(&c, e.rank, e.at);
	}
	if (c.taken != c.chunks)
		stop("not every chunk was taken once");
	printf("%s,%u,%u,%u,%.9g,%.6f,%.9g,%" PRIu64 "\n", names[a->model], a->ranks, c.node_count,
		a->chunks_per_rank, a->chunk, c.work / (a->ranks * c.end), c.end, c.requests);
	free(c.nodes);
	free(c.ranks);
	free(c.heap.events);
}

/* --- one host, more ranks than CPUs --- */

/*
 * Each CPU runs its ranks in turn, a slice of time each. A rank works outside for `outside`, then
 * needs the counter for `counter`, which one at a time has. Under a lock, who is preempted keeps it until
 * its next turn, and whoever runs meanwhile spins. An atomic addition is over before its rank can be
 * preempted.
 */
struct agent {
	double left; /* of the present part */
	bool inside, wants;
};

struct cpu {
	unsigned running; /* among its ranks: cpu, cpu + cpus, ... */
	double slice_end;
};

struct host {
	const struct args *a;
	struct agent *agents;
	struct cpu *cpus;
	int holder;
	uint64_t taken;
	double now;
};

static struct agent *running(const struct host *h, unsigned cpu)
{
	return &h->agents[cpu + h->cpus[cpu].running * h->a->cpus];
}

static unsigned ranks_of(const struct host *h, unsigned cpu)
{
	return (h->a->ranks - cpu + h->a->cpus - 1) / h->a->cpus;
}

/* Goes on to the next moment at which something changes on any CPU. */
static void step(struct host *h, uint64_t *random)
{
	double next = INFINITY;
	for (unsigned c = 0; c < h->a->cpus; c++) {
		const struct agent *g = running(h, c);
		next = fmin(next, fmin(h->cpus[c].slice_end, g->wants ? INFINITY : h->now + g->left));
	}
	for (unsigned c = 0; c < h->a->cpus; c++)
		if (!running(h, c)->wants)
			running(h, c)->left -= next - h->now;
	h->now = next;
	/* CPUs in a random order: none has the lock by its number */
	const unsigned first = (unsigned)(rng_next(random) % h->a->cpus);
	for (unsigned i = 0; i < h->a->cpus; i++) {
		const unsigned c = (first + i) % h->a->cpus;
		struct agent *g = running(h, c);
		if (!g->wants && g->left <= 1e-15) {
			if (g->inside) {
				h->holder = NOBODY;
				h->taken++;
			}
			g->wants = !g->inside;
			g->inside = false;
			g->left = h->a->outside;
		}
		if (h->cpus[c].slice_end <= h->now && g->inside && h->a->atomic)
			h->cpus[c].slice_end = h->now + g->left;
		if (h->cpus[c].slice_end <= h->now) {
			h->cpus[c].running = (h->cpus[c].running + 1) % ranks_of(h, c);
			h->cpus[c].slice_end = h->now + h->a->slice * (0.5 + uniform(random));
		}
	}
	for (unsigned i = 0; i < h->a->cpus && h->holder == NOBODY; i++) {
		struct agent *g = running(h, (first + i) % h->a->cpus);
		if (!g->wants)
			continue;
		g->wants = false;
		g->inside = true;
		g->left = h->a->counter;
		h->holder = (int)(g - h->agents);
	}
}

static void simulate_host(const struct args *a)
{
	enum { CHUNKS = 2000000 };
	uint64_t random = a->seed;
	struct host h = {.a = a, .holder = NOBODY};
	h.agents = allocate(a->ranks, sizeof *h.agents);
	h.cpus = allocate(a->cpus, sizeof *h.cpus);
	for (unsigned i = 0; i < a->ranks; i++)
		h.agents[i].left = a->outside * uniform(&random);
	for (unsigned c = 0; c < a->cpus; c++)
		h.cpus[c].slice_end = a->slice * uniform(&random);
	while (h.taken < CHUNKS)
		step(&h, &random);
	printf("host,%u,%u,%.9g\n", a->ranks, a->cpus, h.now / CHUNKS);
	free(h.agents);
	free(h.cpus);
}

static const struct option_spec specs[] = {
	OPTION_CHOICE("model", struct args, model, "flat|node|guided|stealing", "how chunks are handed out"),
	OPTION_COUNT("ranks", struct args, ranks, 1, 1000000, "ranks of all nodes"),
	OPTION_COUNT(
		"ranks-per-node", struct args, ranks_per_node, 1, 1000000, "ranks of a node (default: 100)"),
	OPTION_COUNT("chunks-per-rank", struct args, chunks_per_rank, 1, 1000000, "default: 64"),
	OPTION_COUNT("part", struct args, part, 1, 1000000, "smallest refill: ranks of a node over N"),
	OPTION_SECONDS("chunk", struct args, chunk, "mean time of a chunk (default: 1ms)"),
	OPTION_SECONDS("latency", struct args, latency, "a message, one way (default: 1us)"),
	OPTION_SECONDS("counter", struct args, counter, "the counter serves one request in (default: 400ns)"),
	OPTION_SECONDS("local", struct args, local, "the same of a node's own (default: 100ns)"),
	OPTION_COUNT("unevenness", struct args, percent, 0, 1000,
		"coefficient of variation of a chunk's time, in per cent (default: 25)"),
	OPTION_COUNT("slope-percent", struct args, slope, 0, 99,
		"the last chunks take so many per cent more than the mean, the first so many less (default: 0)"),
	OPTION_FLAG("oversubscribed", struct args, oversubscribed,
		"one host: its counter is under a lock, and its ranks take turns on its CPUs"),
	OPTION_FLAG("atomic", struct args, atomic, "the same: an atomic addition instead of the lock"),
	OPTION_COUNT("cpus", struct args, cpus, 1, 10000, "the same: CPUs (default: 2)"),
	OPTION_SECONDS("slice", struct args, slice, "the same: turn of a rank (default: 3ms)"),
	OPTION_SECONDS("outside", struct args, outside,
		"the same: a rank without the lock, per chunk (default: 100ns)"),
	OPTION_NUMBER("seed", struct args, seed, 0, UINT64_MAX, "of costs and victims (default: 1)"), {0}};

static const struct options options = {
	.usage = "chunks --model MODEL --ranks N [options], or chunks --oversubscribed --ranks N [options]",
	.about =
		"Simulates how chunks are handed out to MPI ranks. Prints model, ranks, nodes, chunks per rank, seconds per chunk, "
		"efficiency, seconds in all, messages; or, oversubscribed: host, ranks, CPUs, seconds per chunk.",
	.table = specs};

int main(int argc, char **argv)
{
	struct err e = {0};
	struct args a = {.ranks = 1000,
		.ranks_per_node = 100,
		.chunks_per_rank = 64,
		.part = 4,
		.cpus = 2,
		.chunk = 1e-3,
		.latency = 1e-6,
		.counter = 4e-7,
		.local = 1e-7,
		.percent = 25,
		.slice = 3e-3,
		.outside = 1e-7,
		.seed = 1};
	const int first = options_parse(&options, argc, argv, &a, &e);
	if (first == 0)
		return 0;
	if (first < argc || first < 0) {
		fprintf(stderr, "chunks: %s\n", first < 0 ? e.text : "takes no operand");
		return ERR_USAGE;
	}
	a.cv = a.percent / 100.0;
	if (a.ranks_per_node > a.ranks)
		a.ranks_per_node = a.ranks;
	if (a.oversubscribed && a.ranks < a.cpus)
		a.cpus = a.ranks;
	if (a.oversubscribed)
		simulate_host(&a);
	else
		simulate_cluster(&a);
	return 0;
}
