# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# suite.sh - sourced by the shell suites: runs commands, checks what a user sees, and closes as
# cmocka does.
#
# A suite runs in an empty folder of its own. `parscale` is the built program; each check below is
# one test.
# Its last command is `close_suite`.
set -u
LC_ALL=C
export LC_ALL
suite=$(basename -- "$0" .sh)
count=0 failures='' skips='' status=0

parscale() { "$PARSCALE_BUILD/parscale" "$@"; }

# complaint ARGUMENTS...: what parscale says of them, on standard output; for `says`
complaint() { parscale "$@" 2>&1 || :; }

# result NAME PROBLEM: notes one test; PROBLEM is "" where it passed
result() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		printf '[       OK ] %s\n' "$1"
	else
		printf '[  FAILED  ] %s\n%s\n' "$1" "$2"
		failures="$failures
[  FAILED  ] $1"
	fi
}

# skipped NAME REASON: notes one test that could not be made here
skipped() {
	count=$((count + 1))
	printf '[  SKIPPED ] %s\n%s is NOT compared: %s\n' "$1" "$1" "$2"
	skips="$skips
[  SKIPPED ] $1"
}

# run COMMAND...: leaves its output in ./out and ./err and its exit status in $status
run() {
	status=0
	"$@" >out 2>err </dev/null || status=$?
}

seen() {
	printf '  exit status %s\n' "$status"
	for stream in out err; do
		if [ -e "$stream" ]; then sed -n "s/^/  $stream: /; 1,5p" "$stream"; fi
	done
}

# ok NAME COMMAND...: exits 0
ok() {
	title=$1
	shift
	run "$@"
	if [ "$status" = 0 ]; then result "$title" ''; else result "$title" "$(echo "  wanted exit status 0 of: $*"; seen)"; fi
}

# holds NAME COMMAND...: exits 0; leaves what the last run said as it is
holds() {
	title=$1
	shift
	if said=$("$@" 2>&1); then result "$title" ''; else result "$title" "$(printf '  does not hold: %s\n%s\n' "$*" "$said"; seen)"; fi
}

# fails STATUS NAME COMMAND...: exits so, with one line on standard error and nothing on standard output
fails() {
	wanted=$1 title=$2
	shift 2
	run "$@"
	if [ "$status" = "$wanted" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ]; then
		result "$title" ''
	else
		result "$title" "$(echo "  wanted exit status $wanted and one line on standard error of: $*"; seen)"
	fi
}

# says PATTERN NAME COMMAND...: exits 0 and prints a line that matches the extended regular expression
says() {
	pattern=$1 title=$2
	shift 2
	run "$@"
	if [ "$status" = 0 ] && grep -qE -e "$pattern" out; then
		result "$title" ''
	else
		result "$title" "$(echo "  wanted a line like '$pattern' from: $*"; seen)"
	fi
}

# field NAME: its value in the JSON object in ./out
field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" out; }

# column NAME FILE: the values of that column of CSV; what is quoted is x
column() {
	awk -F, -v name="$1" '{ gsub(/"[^"]*"/, "x") } NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$2"
}

# plan LAUNCHES LINE...: the text of a plan of short launches, so many of each cell
plan() {
	printf '%s\n' "launches = $1" "most-launches = $1" 'precision = off' 'repetitions = 1' 'sample-time = 1ms' 'meter = native' 'caches = told'
	shift
	printf '%s\n' "$@"
}

# same NAME FILE FILE: equal, byte for byte
same() {
	if difference=$(diff "$2" "$3" 2>&1); then result "$1" ''; else result "$1" "$(printf '%s\n' "$difference" | head -n 10)"; fi
}

close_suite() {
	failed=$(printf '%s' "$failures" | grep -c .)
	left_out=$(printf '%s' "$skips" | grep -c .)
	printf '[==========] %s: %s test(s) run.\n[  PASSED  ] %s test(s).\n' "$suite" "$count" "$((count - failed - left_out))"
	[ "$left_out" = 0 ] || printf '[  SKIPPED ] %s: %s test(s), listed below:%s\n' "$suite" "$left_out" "$skips"
	[ "$failed" = 0 ] || printf '[  FAILED  ] %s: %s test(s), listed below:%s\n' "$suite" "$failed" "$failures"
	[ "$failed" = 0 ]
	exit
}
