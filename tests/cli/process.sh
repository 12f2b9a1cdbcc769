# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# process.sh - sourced by the suites that watch processes: children, and waiting with a limit.

# children PID: of that process, now
children() { cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) (.*) [A-Z] $1 .*/\1/p"; }

# running PROGRAM WORDS: the processes of our programs of that name (a pattern), whose command line has the words. By /proc, for what a
# bare system lacks would find no process, and all would seem well.
running() {
	programs=$(cd "$PARSCALE_BUILD" && pwd -P)
	for process in /proc/[0-9]*; do
		# shellcheck disable=SC2254  # a pattern
		case $(readlink "$process/exe" 2>/dev/null) in
		"$programs"/$1) tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -qe "$2" && echo "${process#/proc/}" ;;
		esac
	done
	:
}

# wait_for COMMAND...: until it succeeds, 20 s at most
wait_for() {
	tries=200
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# launched: $driver has a launch, now $launch
# shellcheck disable=SC2154  # the suite sets driver
launched() { launch=$(children "$driver" | head -n 1) && [ -n "$launch" ]; }
# has_workers: $launch has two processes, the second now $worker
has_workers() { worker=$(children "$launch" | sed -n 2p) && [ -n "$worker" ]; }
# measuring: $driver has a launch which, with its workers, has used 0.3 s of CPU time: its input is read
measuring() {
	launched || return 1
	ticks=0
	for process in $launch $(children "$launch"); do
		# the 14th field of stat; the second, the name, may hold blanks
		used=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null | cut -d ' ' -f 12)
		ticks=$((ticks + ${used:-0}))
	done
	[ $((10 * ticks)) -ge $((3 * $(getconf CLK_TCK))) ]
}
gone() { ! kill -0 "$1" 2>/dev/null; }
