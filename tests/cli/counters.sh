# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# counters.sh - counters are asked for, and are empty or explained where they are not to be had.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

says '^  (counted|counters) ' 'run --counters counts, or says why not' parscale run noop --repetitions 1 --counters
run parscale run noop --repetitions 1
if grep -qE '^  (counted|counters|energy)' out; then unasked=$(seen); else unasked=''; fi
result 'nothing is counted unasked' "$unasked"
says '"cycles": null' 'without --counters the fields are empty' parscale run noop --repetitions 1 --format json
printf 'kernel = noop\ncounters = maybe\n' >bad.sweep
fails 2 'counters = maybe' parscale sweep bad.sweep --dry-run
printf 'kernel = noop\ncalls = 1000\ncounters = yes\nlaunches = 1\n' >good.sweep
ok 'a sweep with counters' parscale sweep good.sweep --out counted --no-charts
if grep -q '"counters": true' counted/manifest.json; then told=''; else told='  the manifest does not say so'; fi
result 'its manifest says so' "$told"
close_suite
