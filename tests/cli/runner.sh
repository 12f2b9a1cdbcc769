# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# runner.sh - the test runner takes nothing for a pass that is none.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
. "$PARSCALE_ROOT/tests/cli/process.sh"

# program NAME BODY: a test program that does BODY
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
}
runner() { TEST_TIMEOUT=1 V=0 sh "$PARSCALE_ROOT/scripts/run-tests" . "$@"; }

# refused REASON NAME: the runner fails with NAME, says REASON, and still runs what comes after
refused() {
	run runner "./$2" ./good
	if [ "$status" = 1 ] && grep -q "^$2: FAILED: $1" out && grep -q '^good (' out && grep -q "^tests: FAILED: $2 (2 programs" out; then
		result "$2" ''
	else
		result "$2" "$(seen)"
	fi
}

program good 'echo "[==========] x: 3 test(s) run."; echo "[  PASSED  ] 3 test(s)." >&2'
program silent 'exit 0'
program empty 'echo "[  PASSED  ] 0 test(s)."'
program broken 'printf "[  PASSED  ] 0 test(s).\n[  SKIPPED ] 2 test(s), listed below:\n"; exit 1'
program failing 'echo "[  PASSED  ] 2 test(s)."; exit 1'
program some 'printf "[  PASSED  ] 2 test(s).\n[  FAILED  ] x: 2 test(s), listed below:\n[  FAILED  ] a 3\n"; exit 2'
program crashing 'kill -SEGV $$'
program hanging 'echo "[  PASSED  ] 2 test(s)."; sleep 30'

says '^tests: all passed \(2 programs, 6 tests\)' 'good programs pass' runner ./good ./good
program 'two words' "echo '[  PASSED  ] 1 test(s).'; printf '[  SKIPPED ] 2 test(s), listed below:\n'"
says '^tests: all passed \(2 programs, 4 tests\); skipped in: two words\(2\)$' 'a name of two words' runner './two words' ./good
# meet OTHER NAME: passes once OTHER runs too
meet() { program "$2" "touch '$PWD/$2.met'; until [ -e '$PWD/$1.met' ]; do sleep 0.1; done; echo '[  PASSED  ] 1 test(s).'"; }
meet left right && meet right left
says '^tests: all passed \(2 programs, 2 tests\)' 'two at once' env TEST_JOBS=2 TEST_TIMEOUT=60 sh "$PARSCALE_ROOT/scripts/run-tests" . ./left ./right
for name in first second; do
	printf "# alone: it counts\nmkdir '%s/taken' && sleep 0.3 && rmdir '%s/taken' && echo '[  PASSED  ] 1 test(s).'\n" "$PWD" "$PWD" >$name.sh
done
says '^tests: all passed \(2 programs, 2 tests\)' 'one that must be alone is' env TEST_JOBS=2 sh "$PARSCALE_ROOT/scripts/run-tests" . ./first.sh ./second.sh
program skipping 'echo "x is NOT compared: no y here"; printf "[  PASSED  ] 0 test(s).\n[  SKIPPED ] 2 test(s), listed below:\n"'
says '^tests: all passed \(2 programs, 3 tests\); skipped in: skipping\(2\)$' 'one that skips all it has is named' runner ./skipping ./good
same_end() { runner "$@" | tail -n 1; }
says '^3 passed, 0 failed, 2 skipped$' '... and counted' same_end ./skipping ./good
says '^5 passed, 3 failed, 2 skipped$' 'the last line counts tests' same_end ./some ./crashing ./good ./skipping
says '^x is NOT compared' '... and shows why' runner ./skipping ./good
says '^\[  PASSED  \] 3 test' 'closing lines are shown' runner ./good
refused 'ran no test' silent
refused 'ran no test' empty
refused 'exit status 1' failing
refused 'exit status 1' broken
refused 'ended by signal 11' crashing
refused 'hung' hanging
refused 'exit status 127' missing
program killed "kill -KILL \$\$"
run env TEST_TIMEOUT=600 sh "$PARSCALE_ROOT/scripts/run-tests" . ./killed
holds 'one that is killed did not hang' grep -q '^killed: FAILED: ended by signal 9' out
program later 'sleep 0.5; echo "[  PASSED  ] 2 test(s)."'
# shellcheck disable=SC2016  # for the shell inside
run timeout -k 1 60 sh -c 'TEST_JOBS=1 sh "$1" . ./later ./later ./later | :' sh "$PARSCALE_ROOT/scripts/run-tests"
holds 'it ends where nobody reads' test "$status" = 0

# A signal to all, such as a Ctrl-C, ends the tests, which are groups of processes of their own.
program sleeping "echo \$\$ >'$PWD/sleeper'; exec sleep 300"
if command -v setsid >/dev/null; then
	setsid sh "$PARSCALE_ROOT/scripts/run-tests" . ./sleeping ./good >out 2>err &
	wait_for test -s sleeper
	kill -s TERM -- "-$!"
	status=0
	wait "$!" || status=$?
	holds 'a signal ends it' test "$status" = 130
	holds '... and the test that ran' wait_for gone "$(cat sleeper)"
fi
close_suite
