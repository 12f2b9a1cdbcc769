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

# grown FILE BYTES: waits until it is longer, or what was started last has ended; a minute at most
grown() {
	tries=3000
	while [ "$tries" -gt 0 ] && kill -0 "$!" 2>/dev/null && [ "$(wc -c 2>/dev/null <"$1" || echo 0)" -le "$2" ]; do
		tries=$((tries - 1))
		sleep 0.02
	done
}

# kill_often TIMES FILE SPREAD CHECK ARGUMENTS...: plan.sweep, with these arguments, into `killed`; killed so many times, up to SPREAD seconds,
# by a fixed sequence, after killed/FILE has grown (after it began or went on, where FILE is -). At its end CHECK must hold of the
# folder, and it is begun anew: another round of the same. Leaves a folder to go on with.
kill_often() {
	times=$1 file=$2 spread=$3 check=$4 seed=1
	shift 4
	while [ "$times" -gt 0 ]; do
		if [ -e killed/summary.csv ]; then
			"$check" killed >early 2>&1 || return
			rm -rf killed
		fi
		length=$(wc -c 2>/dev/null <"killed/$file" || echo 0)
		if [ -e killed/manifest.json ]; then
			"$PARSCALE_BUILD/parscale" resume killed --no-charts >/dev/null 2>&1 &
		else
			rm -rf killed
			"$PARSCALE_BUILD/parscale" sweep plan.sweep "$@" --out killed --no-charts >/dev/null 2>&1 &
		fi
		seed=$(((seed * 1103515245 + 12345) % 2147483648))
		[ "$file" = - ] || grown "killed/$file" "$length"
		sleep "$(awk -v s="$seed" -v spread="$spread" 'BEGIN { print spread * (s / 2147483648) ^ 3 }')"
		kill -9 "$!" 2>/dev/null || :
		wait "$!" 2>/dev/null || :
		times=$((times - 1))
	done
	[ -e killed/manifest.json ] || parscale sweep plan.sweep "$@" --out killed --no-charts >/dev/null 2>&1
}
