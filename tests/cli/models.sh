# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# models.sh - the model of what workers share (tests/models/control.pml): spin finds no fault in any order of its
# steps, and finds each of those that were planted.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# errors DEFINITION...: how many errors the whole search has found; nothing where it was not whole
errors() {
	rm -f pan*
	spin -a "$@" model.pml >spin.log 2>&1 && cc -O2 -w -DSAFETY -DCOLLAPSE -o pan pan.c && ./pan -m2000000 -n >pan.log &&
		! grep -qE 'max search depth too small|out of memory' pan.log && sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.log
}

# searched NAME WANTED DEFINITION...: the search finds WANTED errors: 0, or [1-9]
searched() {
	title=$1
	wanted=$2
	shift 2
	found=$(errors "$@") || found=none
	# shellcheck disable=SC2254  # a pattern
	case $found in
	$wanted) result "$title" '' ;;
	*) result "$title" "  wanted $wanted errors, found $found: $(tail -n 3 spin.log pan.log 2>/dev/null)" ;;
	esac
}

if command -v spin >/dev/null && command -v cc >/dev/null; then
	cp "$PARSCALE_ROOT/tests/models/control.pml" model.pml
	searched 'two workers of a pool, two runs' 0 -DWORKERS=2
	searched 'two workers of one run' 0 -DWORKERS=2 -DPOOL=0
	searched 'three workers of a pool' 0 -DWORKERS=3 -DRUNS=1
	for fault in WAKE_FIRST NO_RESET OPEN_EARLY; do
		searched "planted: $fault" '[1-9]' -DWORKERS=2 -D$fault
	done
else
	skipped 'model of the shared control block' 'no spin or no cc here'
fi

close_suite
