/* SPDX-License-Identifier: MIT */
/* Every back end hands out every chunk once, to the workers and in the shares it promises, and leaves nothing
 * behind. */
/* sanitizers: thread */
#include "tests/bench/backend/backend_job.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const enum lifetime lifetimes[] = {LIFETIME_POOL, LIFETIME_SPAWN};
static const enum schedule schedules[] = {SCHEDULE_STATIC, SCHEDULE_DYNAMIC};

/* One call of `check` for each lifetime x schedule x workers of the back end in `state`. */
static void for_each_team(void **state, void (*check)(const struct backend *b, struct team_plan plan))
{
	const struct backend *b = *state;
	const unsigned workers[] = {1, 2, 3, 4, 17, 3 * cpus()};
	for (size_t l = 0; l < 2; l++)
		for (size_t s = 0; s < 2; s++)
			for (size_t w = 0; w < sizeof workers / sizeof workers[0]; w++)
				if (workers[w] <= b->max_workers)
					check(b, plan_of(workers[w], lifetimes[l], schedules[s]));
}

static struct team *open_team(const struct backend *b, const struct job *job, const struct team_plan *plan)
{
	struct err e = {0};
	struct team *t = b->open(job, plan, &e);
	if (!t)
		fail_msg("%s", e.text);
	return t;
}

static void run_team(const struct backend *b, struct team *t)
{
	struct err e = {0};
	if (b->run(t, &e) != 0)
		fail_msg("%s", e.text);
}

static void check_chunks(
	const struct record *r, const struct job *job, const struct team_plan *plan, unsigned runs)
{
	for (uint64_t i = 0; i < job->chunks; i++) {
		assert_int_equal(r->taken[i], runs);
		if (plan->schedule == SCHEDULE_STATIC)
			assert_int_equal(r->owner[i], i * plan->workers / job->chunks);
		else
			assert_true(r->owner[i] < plan->workers);
	}
	for (uint64_t i = job->chunks; i < MAX_CHUNKS; i++)
		assert_int_equal(r->taken[i], 0);
	assert_int_equal(r->garbled, 0);
	assert_int_equal(r->early, 0);
	assert_int_equal(r->ended, runs * plan->workers);
	assert_int_equal(r->done, runs);
	assert_int_equal(r->done_early, 0);
}

static void check_slots(const struct backend *b, struct team *t, const struct job *job,
	const struct team_plan *plan, unsigned runs)
{
	uint64_t chunks = 0;
	for (unsigned w = 0; w < plan->workers; w++) {
		struct slot *s = b->slot(t, w);
		assert_int_equal((uintptr_t)s % SLOT_ALIGN, 0);
		assert_int_equal(s->worker, w);
		assert_int_equal(s->begun, runs);
		assert_int_equal(s->ended, runs);
		assert_int_equal(s->entered, plan->lifetime == LIFETIME_SPAWN ? runs : 1);
		assert_int_equal(s->left, plan->lifetime == LIFETIME_SPAWN ? runs : 0);
		chunks += s->chunks;
	}
	assert_int_equal(chunks, runs * job->chunks);
}

static void check_team(
	const struct backend *b, struct team_plan plan, uint64_t chunks, unsigned runs, bool heavy)
{
	struct traces before = look_around();
	struct record *r = record_new(plan.workers);
	struct job job = job_of(r, chunks);
	r->heavy = heavy;
	r->victim = plan.workers;
	struct team *t = open_team(b, &job, &plan);
	for (unsigned i = 0; i < runs; i++)
		run_team(b, t);
	check_chunks(r, &job, &plan, runs);
	for (uint64_t i = 0; b->message_passing && i < chunks; i++)
		assert_int_equal(r->returned[i], runs * traffic_of(r, i));
	check_slots(b, t, &job, &plan, runs);
	b->close(t);
	assert_int_equal(r->left, r->entered);
	if (r->created > 0)
		assert_int_equal(r->created, r->made);
	else
		assert_int_equal(r->made, plan.lifetime == LIFETIME_SPAWN ? runs + 1 : 1);
	record_free(r);
	assert_nothing_left(before);
}

static void check_shares(const struct backend *b, struct team_plan plan)
{
	const uint64_t chunks[] = {0, 1, 2, 7, 1000};
	for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
		check_team(b, plan, chunks[i], 2, false);
}

static void every_chunk_once(void **state)
{
	for_each_team(state, check_shares);
}

static void check_many_runs(const struct backend *b, struct team_plan plan)
{
	check_team(b, plan, 7, 20, false);
}

/* More than any pipe holds, in both directions at once: nobody may wait for the other. */
static void check_heavy(const struct backend *b, struct team_plan plan)
{
	if (b->message_passing)
		check_team(b, plan, 40, 2, true);
}

static void large_chunks_and_results_pass(void **state)
{
	for_each_team(state, check_heavy);
}

static void runs_repeat(void **state)
{
	for_each_team(state, check_many_runs);
}

/* Who worked: distinct workers; of another process or of this one; in a pool the same ones in every run, else
 * new ones. */
static void check_identity(const struct backend *b, struct team_plan plan)
{
	pid_t first[64] = {0};
	struct traces before = look_around();
	struct record *r = record_new(plan.workers);
	struct job job = job_of(r, 50);
	r->victim = plan.workers;
	global = 0;
	struct team *t = open_team(b, &job, &plan);
	for (unsigned run = 0; run < 3; run++) {
		run_team(b, t);
		for (unsigned w = 0; w < plan.workers && w < 64; w++) {
			const struct slot *s = b->slot(t, w);
			bool created =
				strcmp(b->worker, "caller") != 0 && (w > 0 || strcmp(b->name, "openmp") != 0);
			assert_int_equal(s->pid == getpid(), !is_process(b));
			assert_int_equal(s->tid == gettid(), !created);
			for (unsigned v = 0; v < w; v++)
				assert_int_not_equal(s->tid, ((const struct slot *)b->slot(t, v))->tid);
			if (run > 0)
				assert_int_equal(
					s->tid == first[w], plan.lifetime == LIFETIME_POOL || !created);
			first[w] = s->tid;
		}
	}
	b->close(t);
	assert_int_equal(global, is_process(b) ? 0 : 3);
	record_free(r);
	assert_nothing_left(before);
}

static void workers_are_who_they_should_be(void **state)
{
	for_each_team(state, check_identity);
}

/* Waits for the others to come into their chunks, too: for as long as it takes where they can, and for a moment
 * where they must not. */
static void meet(struct record *r)
{
	atomic_fetch_add(&r->inside, 1);
	for (double end = seconds_now() + r->patience; seconds_now() < end && !atomic_load(&r->met);
		usleep(100))
		if (atomic_load(&r->inside) == r->workers)
			atomic_store(&r->met, 1);
	atomic_fetch_sub(&r->inside, 1);
}

static void threads_take_turns_and_processes_do_not(void **state)
{
	const struct backend *b = *state;
	for (size_t l = 0; l < 2; l++)
		for (unsigned turns = 0; turns < 2; turns++) {
			struct record *r = record_new(b->max_workers < 2 ? 1 : 2);
			struct job job = job_of(r, r->workers);
			struct team_plan plan = plan_of(r->workers, lifetimes[l], SCHEDULE_STATIC);
			plan.global_lock = turns;
			const bool meets = !turns || r->workers == 1 || is_process(b);
			r->victim = EVERYONE;
			r->chunk = meet;
			r->patience = meets ? 60 : 0.2;
			struct team *t = open_team(b, &job, &plan);
			run_team(b, t);
			b->close(t);
			assert_int_equal(r->met, meets);
			record_free(r);
		}
}

/* Slots of any size stay apart and start as zeroes. */
static void check_slot_sizes(const struct backend *b, struct team_plan plan)
{
	const size_t sizes[] = {0, 1, 127, 128, 129, 10000};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct record *r = record_new(plan.workers);
		r->bare = true;
		r->slot_bytes = sizes[i];
		struct job job = job_of(r, 0);
		struct team *t = open_team(b, &job, &plan);
		run_team(b, t);
		for (unsigned w = 0; w < plan.workers; w++) {
			const unsigned char *bytes = b->slot(t, w);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(bytes[k], w + 1);
		}
		b->close(t);
		record_free(r);
	}
}

static void slots_of_any_size(void **state)
{
	for_each_team(state, check_slot_sizes);
}

static void bad_plans_are_refused(void **state)
{
	const struct backend *b = *state;
	const unsigned workers[] = {0, b->max_workers + 1};
	for (size_t i = 0; i < 2; i++) {
		struct err e = {0};
		struct record *r = record_new(1);
		struct job job = job_of(r, 1);
		struct team_plan plan = plan_of(workers[i], LIFETIME_POOL, SCHEDULE_STATIC);
		char expected[80];
		snprintf(expected, sizeof expected, "%s: %u workers (legal: 1 to %u)", b->name, workers[i],
			b->max_workers);
		assert_null(b->open(&job, &plan, &e));
		assert_int_equal(e.status, ERR_USAGE);
		assert_string_equal(e.text, expected);
		record_free(r);
	}
}

static void closing_nothing_is_legal(void **state)
{
	const struct backend *b = *state;
	b->close(NULL);
}

static void it_is_found_by_name(void **state)
{
	const struct backend *b = *state;
	struct err e = {0};
	assert_ptr_equal(backend_find(b->name, &e), b);
	assert_int_equal(e.status, ERR_NONE);
}

static void what_is_missing_says_why(void **state)
{
	(void)state;
	for (const struct backend *const *b = backends; *b; b++) {
		struct err e = {0};
		if ((*b)->missing) {
			assert_null(backend_find((*b)->name, &e));
			assert_int_equal(e.status, ERR_ABSENT);
			assert_non_null(strstr(e.text, (*b)->missing));
		}
	}
}

/* Page faults of all workers of a pool that is opened and closed, for each of them. */
static double faults_each(const struct backend *b, unsigned workers)
{
	struct rusage before, after;
	struct record *r = record_new(workers);
	struct job job = job_of(r, 1);
	const struct team_plan plan = plan_of(workers, LIFETIME_POOL, SCHEDULE_STATIC);
	r->victim = workers;
	getrusage(RUSAGE_CHILDREN, &before);
	struct team *t = open_team(b, &job, &plan);
	run_team(b, t);
	b->close(t);
	getrusage(RUSAGE_CHILDREN, &after);
	record_free(r);
	return (double)(after.ru_minflt - before.ru_minflt) / workers;
}

/* What a worker costs does not grow with how many there are: none gets a page for each of the others. */
static void many_workers_cost_as_much_each(void **state)
{
	const struct backend *b = *state;
	enum { FEW = 16, MANY = 176 };
	if (!is_process(b) || b->max_workers < MANY)
		return;
	const double few = faults_each(b, FEW), many = faults_each(b, MANY);
	print_message("%s: faults of a worker: %.1f of %d, %.1f of %d\n", b->name, few, FEW, many, MANY);
	assert_true(many < few + (MANY - FEW) / 4.0);
}

static void unknown_names_list_the_known(void **state)
{
	(void)state;
	struct err e = {0};
	assert_null(backend_find("smoke", &e));
	assert_int_equal(e.status, ERR_USAGE);
	assert_non_null(strstr(e.text, "'smoke'"));
	for (const struct backend *const *b = backends; *b; b++)
		assert_non_null(strstr(e.text, (*b)->name));
}

int main(int argc, char **argv)
{
	worker_if_asked(argc, argv);
	const struct CMUnitTest of_each[] = {
		cmocka_unit_test(every_chunk_once),
		cmocka_unit_test(large_chunks_and_results_pass),
		cmocka_unit_test(runs_repeat),
		cmocka_unit_test(workers_are_who_they_should_be),
		cmocka_unit_test(threads_take_turns_and_processes_do_not),
		cmocka_unit_test(slots_of_any_size),
		cmocka_unit_test(bad_plans_are_refused),
		cmocka_unit_test(many_workers_cost_as_much_each),
		cmocka_unit_test(closing_nothing_is_legal),
		cmocka_unit_test(it_is_found_by_name),
	};
	const struct CMUnitTest of_all[] = {
		cmocka_unit_test(what_is_missing_says_why),
		cmocka_unit_test(unknown_names_list_the_known),
	};
	struct tests tests = {0};
	add_for_each_backend(&tests, of_each, sizeof of_each / sizeof of_each[0]);
	add_tests(&tests, of_all, sizeof of_all / sizeof of_all[0], NULL);
	return run_list(&tests, "backend");
}
