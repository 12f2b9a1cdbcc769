/* SPDX-License-Identifier: MIT */
/*
 * machine_model.c - reads the model of the CPU and the hypervisor.
 *
 * Each architecture tells its model in other words of /proc/cpuinfo: x86 and LoongArch by name, POWER and SPARC as "cpu",
 * s390 as a machine number, RISC-V as a microarchitecture or as numbers, Arm as numbers of each core, of which a phone or
 * a desktop has several kinds. Only x86 has a flag for guests; elsewhere the product's name, the device tree or the
 * mainframe's own page must tell.
 */
#include "bench/machine/machine_model.h"

#include "bench/machine/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct arm_core {
	unsigned implementer, part;
	const char *vendor, *model;
} arm_cores[] = {
#define ARM_CORE(implementer, part, vendor, model) {implementer, part, vendor, model},
#include "bench/machine/arm_cores.def"
};

/* Kinds of Arm cores, in the order in which CPUs name them. */
struct arm_kinds {
	struct arm_kind {
		unsigned implementer, part;
		int count;
	} list[8];
	size_t n;
};

static void add_core(struct arm_kinds *k, unsigned implementer, unsigned part)
{
	size_t i = 0;
	while (i < k->n && (k->list[i].implementer != implementer || k->list[i].part != part))
		i++;
	if (i == sizeof k->list / sizeof *k->list)
		return;
	if (i == k->n)
		k->list[k->n++] = (struct arm_kind){.implementer = implementer, .part = part};
	k->list[i].count++;
}

/* Of a text whose lines are "key : value", the next line of this key from *at on; *at moves behind it. */
static bool next_field(const char **at, const char *key, char *value, size_t size)
{
	if (!tree_field(*at, key, value, size))
		return false;
	for (const char *line = *at; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		const size_t length = strlen(key);
		const char *colon =
			strncmp(line, key, length) == 0 ? line + length + strspn(line + length, " \t") : "";
		if (*colon == ':') {
			*at = colon + strcspn(colon, "\n");
			return true;
		}
	}
	return false;
}

/* Each CPU's block of cpuinfo has both numbers. */
static void cores_of_cpuinfo(struct arm_kinds *k, const char *cpuinfo)
{
	char implementer[16], part[16];
	const char *at = cpuinfo;
	while (next_field(&at, "CPU implementer", implementer, sizeof implementer) &&
		next_field(&at, "CPU part", part, sizeof part))
		add_core(k, (unsigned)strtoul(implementer, NULL, 16), (unsigned)strtoul(part, NULL, 16));
}

/* The same numbers in MIDR_EL1, where there is no cpuinfo. */
static void cores_of_registers(struct arm_kinds *k, const struct topology *t, const char *root)
{
	char text[32];
	for (int i = 0; i < t->count; i++)
		if (tree_text(root, text, sizeof text,
			    "sys/devices/system/cpu/cpu%d/regs/identification/midr_el1", t->cpus[i].id)) {
			const unsigned long midr = strtoul(text, NULL, 16);
			add_core(k, midr >> 24 & 0xff, midr >> 4 & 0xfff);
		}
}

static void append(char *to, size_t size, const char *text)
{
	const size_t used = strlen(to);
	snprintf(to + used, size - used, "%s", text);
}

/* "Cortex-A55 + Cortex-A76 (4 + 4)"; cores without a name by their number. */
static void name_cores(struct machine *m, const struct arm_kinds *k)
{
	char counts[64] = "", text[64];
	for (size_t i = 0; i < k->n; i++) {
		const struct arm_kind *kind = &k->list[i];
		const struct arm_core *core = NULL;
		for (size_t j = 0; j < sizeof arm_cores / sizeof *arm_cores; j++)
			if (arm_cores[j].implementer == kind->implementer && arm_cores[j].part == kind->part)
				core = &arm_cores[j];
		snprintf(text, sizeof text, "part 0x%03x", kind->part);
		append(m->model, sizeof m->model, i ? " + " : "");
		append(m->model, sizeof m->model, core ? core->model : text);
		snprintf(text, sizeof text, "%s%d", i ? " + " : "", kind->count);
		append(counts, sizeof counts, text);
		if (i > 0)
			continue;
		snprintf(text, sizeof text, "implementer 0x%02x", kind->implementer);
		snprintf(m->vendor, sizeof m->vendor, "%.40s", core ? core->vendor : text);
	}
	if (k->n > 1) {
		append(m->model, sizeof m->model, " (");
		append(m->model, sizeof m->model, counts);
		append(m->model, sizeof m->model, ")");
	}
}

/* "processor 0: version = 00,  identification = 111111,  machine = 3931" */
static bool read_s390(struct machine *m, const char *cpuinfo)
{
	static const struct {
		int machine;
		const char *name;
	} names[] = {{2064, "z900"}, {2066, "z800"}, {2084, "z990"}, {2086, "z890"}, {2094, "z9"},
		{2096, "z9"}, {2097, "z10"}, {2098, "z10"}, {2817, "z196"}, {2818, "z114"}, {2827, "zEC12"},
		{2828, "zBC12"}, {2964, "z13"}, {2965, "z13s"}, {3906, "z14"}, {3907, "z14 ZR1"},
		{8561, "z15"}, {8562, "z15 T02"}, {3931, "z16"}, {3932, "z16 A02"}, {9175, "z17"}};
	const char *at = strstr(m->vendor, "S390") ? strstr(cpuinfo, "machine = ") : NULL;
	if (!at)
		return false;
	const int machine = atoi(at + strlen("machine = "));
	snprintf(m->model, sizeof m->model, "%d", machine);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].machine == machine)
			snprintf(m->model, sizeof m->model, "%s (%d)", names[i].name, machine);
	return true;
}

static bool read_riscv(struct machine *m, const char *cpuinfo)
{
	char maker[24], arch[24];
	if (tree_field(cpuinfo, "uarch", m->model, sizeof m->model)) {
		snprintf(m->vendor, sizeof m->vendor, "%.*s", (int)strcspn(m->model, ","), m->model);
		return true;
	}
	if (tree_field(cpuinfo, "mvendorid", maker, sizeof maker) &&
		tree_field(cpuinfo, "marchid", arch, sizeof arch)) {
		snprintf(m->vendor, sizeof m->vendor, "mvendorid %s", maker);
		snprintf(m->model, sizeof m->model, "marchid %s", arch);
		return true;
	}
	return tree_field(cpuinfo, "isa", m->model, sizeof m->model) && strncmp(m->model, "rv", 2) == 0;
}

static void trim(char *text)
{
	size_t n = strlen(text);
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		text[--n] = '\0';
}

static void read_model(struct machine *m, const char *root, const char *cpuinfo)
{
	struct arm_kinds kinds = {.n = 0};
	tree_field(cpuinfo, "vendor_id", m->vendor, sizeof m->vendor);
	cores_of_cpuinfo(&kinds, cpuinfo);
	if (kinds.n == 0 && !*cpuinfo)
		cores_of_registers(&kinds, &m->topology, root);
	if (kinds.n > 0)
		name_cores(m, &kinds);
	else if (!tree_field(cpuinfo, "model name", m->model, sizeof m->model) &&
		 !tree_field(cpuinfo, "Model Name", m->model, sizeof m->model) && !read_s390(m, cpuinfo) &&
		 !read_riscv(m, cpuinfo) && tree_field(cpuinfo, "cpu", m->model, sizeof m->model)) {
		m->model[strcspn(m->model, ",")] = '\0'; /* "POWER9, altivec supported" */
		if (strncmp(m->model, "POWER", 5) == 0)
			snprintf(m->vendor, sizeof m->vendor, "IBM");
	}
	trim(m->model);
	trim(m->vendor);
}

/* --- guests --- */

/* What the firmware of virtual machines calls itself. A maker of clouds sells bare metal too, which says so. */
static bool is_virtual_product(const char *vendor, const char *product)
{
	static const char *const vendors[] = {"QEMU", "Amazon EC2", "Google", "VMware", "innotek", "Xen",
		"Parallels", "OpenStack", "Alibaba Cloud", "Tencent Cloud", "DigitalOcean", "Hetzner",
		"Nutanix", "oVirt", "Bochs", "Red Hat"};
	static const char *const products[] = {"KVM", "Virtual Machine", "VirtualBox", "VMware", "HVM domU",
		"Virtualization", "vServer", "Compute Engine"};
	const size_t n = strlen(product);
	if (n >= 6 && strcmp(product + n - 6, ".metal") == 0)
		return false;
	for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
		if (strncasecmp(vendor, vendors[i], strlen(vendors[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		if (strstr(product, products[i]))
			return true;
	return false;
}

/* z/VM, KVM or the like as /proc/sysinfo names the innermost; without one, the mainframe's own partition. */
static bool read_sysinfo(struct machine *m, const char *root)
{
	char sysinfo[8192], partition[64];
	tree_text(root, sysinfo, sizeof sysinfo, "proc/sysinfo");
	if (tree_field(sysinfo, "VM00 Control Program", m->hypervisor, sizeof m->hypervisor))
		return true;
	if (!tree_field(sysinfo, "LPAR Number", partition, sizeof partition))
		return false;
	snprintf(m->hypervisor, sizeof m->hypervisor, "LPAR");
	return true;
}

/* A pSeries is a partition, of KVM where the device tree says so and else of PowerVM; a PowerNV is bare metal. */
static bool read_device_tree(struct machine *m, const char *root, const char *cpuinfo)
{
	char compatible[64], platform[64];
	tree_text(root, compatible, sizeof compatible, "proc/device-tree/hypervisor/compatible");
	tree_field(cpuinfo, "platform", platform, sizeof platform);
	const bool partition = strstr(platform, "pSeries") != NULL;
	if (!*compatible && !partition)
		return false;
	snprintf(m->hypervisor, sizeof m->hypervisor, "%s",
		strstr(compatible, "kvm")   ? "KVM"
		: strstr(compatible, "xen") ? "Xen"
		: *compatible               ? compatible
					    : "PowerVM");
	trim(m->hypervisor);
	return true;
}

static void read_hypervisor(struct machine *m, const char *root, const char *cpuinfo)
{
	char flags[8192], vendor[40], product[40];
	tree_text(root, vendor, sizeof vendor, "sys/class/dmi/id/sys_vendor");
	tree_text(root, product, sizeof product, "sys/class/dmi/id/product_name");
	const bool x86 = tree_field(cpuinfo, "flags", flags, sizeof flags);
	const bool emulated = strcmp(vendor, "QEMU") == 0 || strstr(product, "KVM");
	if (x86 ? !strstr(flags, " hypervisor") && !emulated : !is_virtual_product(vendor, product)) {
		if (!x86 && !read_sysinfo(m, root))
			read_device_tree(m, root, cpuinfo);
		return;
	}
	snprintf(m->hypervisor, sizeof m->hypervisor, "%s%s%s", vendor, vendor[0] && product[0] ? " " : "",
		vendor[0] || product[0] ? product : "unnamed");
	trim(m->hypervisor);
}

void machine_identify(struct machine *m, const char *root)
{
	char *cpuinfo = tree_whole(root, "proc/cpuinfo");
	read_model(m, root, cpuinfo ? cpuinfo : "");
	read_hypervisor(m, root, cpuinfo ? cpuinfo : "");
	free(cpuinfo);
}
