/* SPDX-License-Identifier: MIT */
/*
 * grade.c - judges whether the machine is fit to measure on: one function and one table line per
 * topic. Each finding states the fact first and then the command that changes it, if there is one.
 */
#include "bench/machine/grade.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A judge looks at one topic and says what is so. */
typedef enum grade judge_fn(const struct grade_input *s, char *says, size_t size);

/* Whether a measured quantity is known and above a limit; limits are the author's judgement and stand at
 * their use. */
static bool above(double x, double limit)
{
	return !isnan(x) && x > limit;
}

static enum grade judge_virtual(const struct grade_input *s, char *says, size_t size)
{
	if (!s->machine->hypervisor[0]) {
		snprintf(says, size, "no hypervisor detected");
		return GRADE_OK;
	}
	snprintf(says, size,
		"a guest of %s: neighbours and clock frequency are not visible; trust medians over several "
		"launches",
		strcmp(s->machine->hypervisor, "unnamed") == 0 ? "a hypervisor" : s->machine->hypervisor);
	return GRADE_NOTE;
}

static enum grade judge_governor(const struct grade_input *s, char *says, size_t size)
{
	const char *governor = s->environment->governor;
	snprintf(says, size, "%s", governor);
	if (!governor[0]) {
		snprintf(says, size, "not available: this system does not control the clock frequency");
		return GRADE_UNKNOWN;
	}
	if (strcmp(governor, "performance") == 0)
		return GRADE_OK;
	snprintf(says, size, "%s: the clock follows the load; fix it: cpupower frequency-set -g performance",
		governor);
	return GRADE_WARNING;
}

static enum grade judge_frequency(const struct grade_input *s, char *says, size_t size)
{
	const double limit = s->environment->frequency_limit_khz * 1e-6,
		     highest = s->environment->frequency_max_khz * 1e-6;
	if (isnan(limit) || isnan(highest)) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	if (limit >= highest) {
		snprintf(says, size, "up to %.2f GHz", highest);
		return GRADE_OK;
	}
	snprintf(says, size,
		"limited to %.2f of %.2f GHz; to lift the limit: cpupower frequency-set -u %.2fGHz", limit,
		highest, highest);
	return GRADE_NOTE;
}

static enum grade judge_turbo(const struct grade_input *s, char *says, size_t size)
{
	const char *turbo = s->environment->turbo;
	if (!turbo[0]) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	snprintf(says, size, "off");
	if (strcmp(turbo, "off") == 0)
		return GRADE_OK;
	snprintf(says, size,
		"on: clocks and speed-ups fall as more cores work; for equal clocks switch it off "
		"(%s)",
		strcmp(s->environment->frequency_driver, "intel_pstate") == 0
			? "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"
			: "echo 0 > /sys/devices/system/cpu/cpufreq/boost");
	return GRADE_NOTE;
}

static enum grade judge_smt(const struct grade_input *s, char *says, size_t size)
{
	const int threads = topology_usable(&s->machine->topology),
		  cores = topology_usable_cores(&s->machine->topology);
	if (threads == cores) {
		snprintf(says, size, "one usable thread per core");
		return GRADE_OK;
	}
	snprintf(says, size,
		"%d on %d cores: with more than %d workers some share a core; compact fills all threads of a core "
		"first, smt-last fills them last",
		threads, cores, cores);
	return GRADE_NOTE;
}

static enum grade judge_cores(const struct grade_input *s, char *says, size_t size)
{
	if (s->machine->kinds == 1) {
		snprintf(says, size, "all alike");
		return GRADE_OK;
	}
	snprintf(says, size,
		"%d kinds: equal shares take unequal time; measure one kind (--placement p-cores or e-cores), "
		"or use --schedule dynamic",
		s->machine->kinds);
	return GRADE_NOTE;
}

static enum grade judge_quota(const struct grade_input *s, char *says, size_t size)
{
	const int usable = topology_usable(&s->machine->topology);
	const double quota = s->environment->cpu_quota, least = s->machine->topology.quota;
	if (least < usable && !(quota <= least)) {
		snprintf(says, size,
			"the batch job has %g of %d CPUs and is not bound to them: other jobs may use the same; have it bound "
			"(srun --cpu-bind=cores, task/affinity), or take whole nodes (--exclusive)",
			least, usable);
		return GRADE_WARNING;
	}
	if (isnan(quota) || quota >= usable) {
		snprintf(says, size, "no CPU quota");
		return GRADE_OK;
	}
	snprintf(says, size,
		"%g of %d CPUs: more workers than that are throttled in turn; raise the quota, or read larger "
		"counts as oversubscription",
		quota, usable);
	return GRADE_WARNING;
}

static enum grade judge_mask(const struct grade_input *s, char *says, size_t size)
{
	const int usable = topology_usable(&s->machine->topology);
	if (usable == s->machine->threads) {
		snprintf(says, size, "all CPUs may be used");
		return GRADE_OK;
	}
	snprintf(says, size,
		"%d of %d CPUs may be used (%.60s); programs on the others share caches and "
		"memory",
		usable, s->machine->threads, s->environment->affinity);
	return GRADE_NOTE;
}

static enum grade judge_load(const struct grade_input *s, char *says, size_t size)
{
	const double load = s->environment->load1;
	if (isnan(load)) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	/* A tenth of the machine at work is a neighbour to every cell; half a task is the shell and what just
	 * ended. */
	const bool heavy = load > 1 && load > 0.1 * s->machine->threads;
	snprintf(says, size, "load average %.2f in the last minute%s", load,
		heavy        ? ": other programs are running; stop them, or wait"
		: load > 0.5 ? ": another program was running"
			     : "");
	return heavy ? GRADE_WARNING : load > 0.5 ? GRADE_NOTE : GRADE_OK;
}

static enum grade judge_pressure(const struct grade_input *s, char *says, size_t size)
{
	const struct environment *env = s->environment;
	if (isnan(env->pressure_cpu)) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	/* Above a twentieth of the time, samples are hit too often for their median to be clear of it. */
	const bool high = above(env->pressure_cpu, 5) || above(env->pressure_memory, 5);
	snprintf(says, size,
		"in the last 10 s tasks waited for a CPU %.2f %% of the time, for memory %.2f %%%s",
		env->pressure_cpu, isnan(env->pressure_memory) ? 0 : env->pressure_memory,
		high ? ": stop other programs, or wait" : "");
	return high ? GRADE_WARNING : GRADE_OK;
}

static enum grade judge_steal(const struct grade_input *s, char *says, size_t size)
{
	const double steal = s->environment->steal;
	if (isnan(steal)) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	snprintf(says, size, "%.2f %% of CPU time since boot was stolen by the hypervisor%s", steal,
		steal > 1 ? ": the host is shared; a dedicated host is steadier" : "");
	return steal > 1 ? GRADE_WARNING : steal > 0.1 ? GRADE_NOTE : GRADE_OK;
}

static enum grade judge_huge_pages(const struct grade_input *s, char *says, size_t size)
{
	const char *pages = s->environment->huge_pages;
	if (!pages[0]) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	snprintf(says, size, "%s", pages);
	if (strcmp(pages, "always") != 0)
		return GRADE_OK;
	snprintf(says, size,
		"always: whether memory gets huge pages depends on its history; madvise makes launches alike "
		"(/sys/kernel/mm/transparent_hugepage/enabled)");
	return GRADE_NOTE;
}

static enum grade judge_balancing(const struct grade_input *s, char *says, size_t size)
{
	if (s->machine->nodes == 1) {
		snprintf(says, size, "one NUMA node");
		return GRADE_OK;
	}
	const bool moves = above(s->environment->numa_balancing, 0);
	snprintf(says, size, "%d NUMA nodes%s", s->machine->nodes,
		moves ? "; pages may migrate during measurements; to prevent it: sysctl kernel.numa_balancing=0"
		      : "; pages do not migrate");
	return moves ? GRADE_NOTE : GRADE_OK;
}

static enum grade judge_clock_source(const struct grade_input *s, char *says, size_t size)
{
	static const char *const quick[] = {
		"tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page"};
	const char *source = s->environment->clock_source;
	snprintf(says, size, "%s", source[0] ? source : "not available");
	for (size_t i = 0; i < sizeof quick / sizeof *quick; i++)
		if (strcmp(source, quick[i]) == 0)
			return GRADE_OK;
	if (!source[0])
		return GRADE_UNKNOWN;
	snprintf(says, size, "%s: each clock reading is a system call; short samples are batched", source);
	return GRADE_WARNING;
}

static enum grade judge_clock(const struct grade_input *s, char *says, size_t size)
{
	const bool coarse = s->noise->resolution_ns > 200;
	snprintf(says, size, "resolution %.0f ns%s", s->noise->resolution_ns,
		coarse ? ": short samples are batched" : "");
	return coarse ? GRADE_NOTE : GRADE_OK;
}

static enum grade judge_noise(const struct grade_input *s, char *says, size_t size)
{
	const struct noise *n = s->noise;
	if (n->quanta == 0) {
		snprintf(says, size, "not measured");
		return GRADE_UNKNOWN;
	}
	/* Half a per cent is what a quiet Linux with a timer tick has; 2 % is the interval that a sweep aims
	 * at. */
	snprintf(says, size,
		"interruptions took %.2f %% of the time, the longest %.0f us (quanta of %.0f us take "
		"typically %.1f %% longer)%s",
		n->lost_percent, n->longest_us, n->quantum_us, n->median_percent,
		n->lost_percent > 2 ? ": find out what else is running" : "");
	return n->lost_percent > 2 ? GRADE_WARNING : n->lost_percent > 0.5 ? GRADE_NOTE : GRADE_OK;
}

static enum grade judge_layout(const struct grade_input *s, char *says, size_t size)
{
	const double aslr = s->environment->address_randomization;
	if (isnan(aslr)) {
		snprintf(says, size, "not available");
		return GRADE_UNKNOWN;
	}
	snprintf(says, size, "addresses are %s",
		aslr > 0 ? "random: each launch draws another layout, so no single layout biases the result"
			 : "fixed: all launches have the same layout, which may bias the result");
	return aslr > 0 ? GRADE_OK : GRADE_NOTE;
}

static enum grade judge_counters(const struct grade_input *s, char *says, size_t size)
{
	snprintf(says, size, "%s", s->counters[0] ? s->counters : "available (--counters)");
	return s->counters[0] ? GRADE_UNKNOWN : GRADE_OK;
}

static enum grade judge_energy(const struct grade_input *s, char *says, size_t size)
{
	snprintf(says, size, "%s", s->energy[0] ? s->energy : "available (--counters)");
	return s->energy[0] ? GRADE_UNKNOWN : GRADE_OK;
}

static enum grade judge_priority(const struct grade_input *s, char *says, size_t size)
{
	const double nice = s->environment->nice;
	const char *scheduler = s->environment->scheduler;
	const bool usual = nice == 0 && (!scheduler[0] || strcmp(scheduler, "other") == 0);
	if (usual)
		snprintf(says, size, "as usual: nice 0");
	else
		snprintf(says, size, "nice %.0f, scheduled as %s: compare with results of the same only",
			nice, scheduler[0] ? scheduler : "other");
	return usual ? GRADE_OK : GRADE_NOTE;
}

static bool has_priority(const struct grade_input *s)
{
	return !isnan(s->environment->nice);
}

static enum grade judge_settings(const struct grade_input *s, char *says, size_t size)
{
	const char *set = s->environment->settings;
	snprintf(says, size, "none set that matter");
	if (!set[0])
		return GRADE_OK;
	snprintf(says, size, "set and in effect: %.150s", set);
	return GRADE_NOTE;
}

static bool has_noise(const struct grade_input *s)
{
	return s->noise;
}

static bool has_counters(const struct grade_input *s)
{
	return s->counters;
}

static bool has_energy(const struct grade_input *s)
{
	return s->energy;
}

static const struct topic {
	const char *name;
	judge_fn *judge;
	bool (*known)(const struct grade_input *s); /* NULL: always */
} topics[] = {
	{"virtual machine", judge_virtual, NULL},
	{"affinity mask", judge_mask, NULL},
	{"CPU quota", judge_quota, NULL},
	{"hardware threads", judge_smt, NULL},
	{"kinds of cores", judge_cores, NULL},
	{"governor", judge_governor, NULL},
	{"frequency", judge_frequency, NULL},
	{"turbo", judge_turbo, NULL},
	{"NUMA balancing", judge_balancing, NULL},
	{"huge pages", judge_huge_pages, NULL},
	{"address layout", judge_layout, NULL},
	{"clock source", judge_clock_source, NULL},
	{"clock", judge_clock, has_noise},
	{"noise", judge_noise, has_noise},
	{"load", judge_load, NULL},
	{"pressure", judge_pressure, NULL},
	{"steal", judge_steal, NULL},
	{"counters", judge_counters, has_counters},
	{"energy", judge_energy, has_energy},
	{"priority", judge_priority, has_priority},
	{"settings", judge_settings, NULL},
};
_Static_assert(sizeof topics / sizeof *topics <= GRADE_TOPICS, "room for all");

int grade_all(const struct grade_input *s, struct finding *findings, int room)
{
	int n = 0;
	for (size_t i = 0; i < sizeof topics / sizeof *topics && n < room; i++) {
		if (topics[i].known && !topics[i].known(s))
			continue;
		struct finding *f = &findings[n++];
		f->topic = topics[i].name;
		f->grade = topics[i].judge(s, f->says, sizeof f->says);
	}
	return n;
}

const char *grade_name(enum grade g)
{
	static const char *const names[] = {"ok", "note", "warning", "unknown"};
	return names[g];
}
