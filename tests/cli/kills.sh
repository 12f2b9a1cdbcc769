# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# kills.sh - sourced by the suites that kill sweeps: a plan of short launches, and kills at moments
# nobody chose.

# short_plan: leaves plan.sweep, whose launches take milliseconds, with more lines from standard input; and how many $cells it has
short_plan() {
	{ printf '%s\n' 'launches = 4' 'precision = off' 'repetitions = 2' 'sample-time = 1ms' 'meter = native' 'probe = switch' \
		'probe-time = 1ms' && cat; } >plan.sweep
	# shellcheck disable=SC2034  # the suites count by it
	cells=$(parscale sweep plan.sweep --dry-run | grep -vc '^#')
}

# kill_often TIMES LEAST SPREAD CHECK ARGUMENTS...: plan.sweep, with these arguments, into `killed`; killed so many times, between LEAST and
# LEAST + SPREAD seconds after it began or went on, by a fixed sequence. At its end CHECK must hold of the folder, and it is begun anew:
# another round of the same. Leaves a folder to go on with.
kill_often() {
	times=$1 least=$2 spread=$3 check=$4 seed=1
	shift 4
	while [ "$times" -gt 0 ]; do
		if [ -e killed/summary.csv ]; then
			"$check" killed >early 2>&1 || return
			rm -rf killed
		fi
		if [ -e killed/manifest.json ]; then
			"$PARSCALE_BUILD/parscale" resume killed --no-charts >/dev/null 2>&1 &
		else
			rm -rf killed
			"$PARSCALE_BUILD/parscale" sweep plan.sweep "$@" --out killed --no-charts >/dev/null 2>&1 &
		fi
		seed=$(((seed * 1103515245 + 12345) % 2147483648))
		sleep "$(awk -v s="$seed" -v least="$least" -v spread="$spread" 'BEGIN { print least + spread * (s / 2147483648) ^ 3 }')"
		kill -9 "$!" 2>/dev/null || :
		wait "$!" 2>/dev/null || :
		times=$((times - 1))
	done
	[ -e killed/manifest.json ] || parscale sweep plan.sweep "$@" --out killed --no-charts >/dev/null 2>&1
}
