# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# signals.sh - a sweep that is asked to end ends in order; what was ignored when it began does not end
# it.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/kills.sh
. "$PARSCALE_ROOT/tests/cli/kills.sh"

plan 20000 'kernel = noop' 'size = 1e3, 1e4' >long.sweep
plan 40 'kernel = noop' 'size = 1e3, 1e4' >short.sweep

# A shell without job control has its background jobs ignore INT, so that it has to be undone.
if env --default-signal=INT true 2>/dev/null; then
	for signal in TERM INT HUP USR1 USR2 XCPU; do
		env --default-signal=INT,HUP,USR1 "$PARSCALE_BUILD/parscale" sweep long.sweep --out $signal >out 2>err &
		grown $signal/samples.csv 4000
		kill -$signal $!
		status=0
		wait $! || status=$?
		holds "$signal: 130, and how to go on" sh -c "[ $status = 130 ] && tail -n 1 err | grep -q 'parscale resume $signal'"
		holds '... with a summary, and all rows whole' sh -c "[ -s $signal/summary.csv ] && [ \"\$(grep -c ',ok,' $signal/samples.csv)\" = \$((\$(wc -l <$signal/samples.csv) - 1)) ]"
		holds '... and the manifest says so' grep -q '"end": "interrupted"' $signal/manifest.json
	done
else
	skipped 'signals that end a sweep' 'env has no --default-signal'
fi

# As nohup and `&` have it.
(
	trap '' HUP USR2
	exec "$PARSCALE_BUILD/parscale" sweep short.sweep --out ignored --no-charts >out 2>err
) &
grown ignored/samples.csv 0
for signal in HUP INT USR2; do kill -$signal $! 2>/dev/null; done
status=0
wait $! || status=$?
holds 'what was ignored stays ignored' test $status = 0
holds '... and the sweep is complete' sh -c "grep -q '\"end\": \"complete\"' ignored/manifest.json && [ \"\$(grep -c ',ok,' ignored/samples.csv)\" -ge 80 ]"

# --- who reads the progress ---
"$PARSCALE_BUILD/parscale" sweep short.sweep --out unread --no-charts 2>&1 >/dev/null | :
holds 'a sweep whose progress nobody reads any more goes on' grep -q '"end": "complete"' unread/manifest.json
close_suite
