/* SPDX-License-Identifier: MIT */
/*
 * allocation.h - the CPUs of this host that a batch system gave this job, by what it says in the environment.
 *
 * Many batch systems also bind the job, by an affinity mask or a control group, which says the same; some only count. Reads
 * variables, nothing else.
 */
#ifndef PARSCALE_BENCH_MACHINE_ALLOCATION_H
#define PARSCALE_BENCH_MACHINE_ALLOCATION_H

/* How many; NAN: this is no job, or its batch system does not tell. In a task of `srun` those of the task
 * (SLURM_CPUS_PER_TASK), else those of the job on this host (SLURM_CPUS_ON_NODE, SLURM_JOB_CPUS_PER_NODE; PBS: NCPUS). */
double allocation_cpus(void);

#endif
