# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# jobs.sh - a batch job's CPUs: a plan uses no more, whatever the affinity mask says. The variables
# are pretended; PARSCALE_LONG=1 has scripts/check-slurm run a real Slurm too.
#
# alone: jobs of a Slurm are told to stop after some seconds, in which they are to measure something
. "$PARSCALE_ROOT/tests/cli/suite.sh"

printf 'kernel = noop\nbackend = pthread\nworkers = auto\n' >auto.sweep
printf 'kernel = noop\nbackend = pthread\nworkers = max\n' >max.sweep
# workers PLAN VARIABLE=VALUE...: the counts of a plan, in a job's environment
workers() {
	plan=$1
	shift
	env -u SLURM_JOB_ID -u PBS_JOBID "$@" "$PARSCALE_BUILD/parscale" sweep "$plan.sweep" --dry-run 2>&1 | grep -v '^#' | grep -o '/[0-9]*w/' | tr -d '/w' | tr '\n' ' '
}
# of NAME WANTED VARIABLE=VALUE...: both plans
of() {
	name=$1 wanted=$2
	shift 2
	holds "$name" test "$(workers auto "$@")and $(workers max "$@")" = "$wanted"
}
usual="$(workers auto A=1)and $(workers max A=1)"
if [ "$("$PARSCALE_ROOT/scripts/cpus")" -lt 2 ]; then
	skipped 'a job with fewer CPUs than may be used' 'one CPU'
	close_suite
fi
of 'CPUs on this node' '1 and 1 ' SLURM_JOB_ID=7 SLURM_CPUS_ON_NODE=1
of 'CPUs of each node' '1 and 1 ' SLURM_JOB_ID=7 'SLURM_JOB_CPUS_PER_NODE=1(x2),64'
of 'CPUs of the second node' '1 and 1 ' SLURM_JOB_ID=7 'SLURM_JOB_CPUS_PER_NODE=64,1' SLURM_NODEID=1
of 'CPUs of a task of srun' '1 and 1 ' SLURM_JOB_ID=7 SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_CPUS_PER_TASK=1 SLURM_CPUS_ON_NODE=64
of 'the batch script has those of the job' "$usual" SLURM_JOB_ID=7 SLURM_CPUS_PER_TASK=1 SLURM_CPUS_ON_NODE=4096
of 'CPUs of a PBS job' '1 and 1 ' PBS_JOBID=7.server NCPUS=1
of 'no job' "$usual" SLURM_CPUS_ON_NODE=1 NCPUS=1
for nonsense in '' 0 -1 x 1x 1e9999 '(x2)' ',' '99999999999999999999(x'; do
	of "a job with '$nonsense' CPUs" "$usual" SLURM_JOB_ID=7 "SLURM_CPUS_ON_NODE=$nonsense" "SLURM_JOB_CPUS_PER_NODE=$nonsense"
done
run env -u PBS_JOBID SLURM_JOB_ID=7 SLURM_CPUS_ON_NODE=1 "$PARSCALE_BUILD/parscale" info
holds 'info names the job' grep -q '^  1: the CPUs of the job$' out
holds '... and says that nothing binds it' grep -q 'warning  CPU quota  *the batch job has 1 of ' out

# --- the real thing: two minutes and more ---
if [ -n "${PARSCALE_LONG-}" ]; then
	run sh "$PARSCALE_ROOT/scripts/check-slurm" "$PARSCALE_BUILD"
	if [ "$status" = 77 ]; then
		skipped 'job scripts under Slurm' "$(tail -n 1 err)"
	else
		holds 'job scripts under Slurm' sh -c "[ $status = 0 ] || { cat err; grep -B 2 -A 4 ': NO$\|exit status' out; exit 1; }"
	fi
fi
close_suite
