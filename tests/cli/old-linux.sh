# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# old-linux.sh - on Linux 3.10, as tests/old_linux.c has it: the fall-backs of base/system.h on every
# back end, and of the probes.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

old=$PARSCALE_BUILD/tests/old_linux
run "$old" true
if [ "$status" = 77 ]; then
	skipped 'Linux 3.10' "$(cat err)"
	close_suite
fi
ok 'a program' "$old" true
backends='serial pthread fork fork-pipe fork-pickle exec'
if parscale list backends | grep -q '^openmp .*missing'; then :; else backends="openmp $backends"; fi
for backend in $backends; do
	workers=$([ "$backend" = serial ] && echo 1 || echo 2)
	says ' found +664579 in ' "$backend" "$old" "$PARSCALE_BUILD/parscale" run sieve --stop 1e7 --backend "$backend" \
		--workers "$workers" --lifetime pool --repetitions 1 --warmup 0
	[ "$backend" = serial ] ||
		says ' found +664579 in ' "$backend, spawned" "$old" "$PARSCALE_BUILD/parscale" run sieve --stop 1e7 --backend "$backend" \
			--workers "$workers" --lifetime spawn --repetitions 1 --warmup 0
done
ok 'info' "$old" "$PARSCALE_BUILD/parscale" info
printf 'kernel = noop\nbackend = serial, fork\nsize = 1000\nlaunches = 2\nmost-launches = 2\nrepetitions = 1\nsample-time = 1ms\nprobe = spawn, join\nprobe-time = 20ms\n' >one.sweep
ok 'a sweep' "$old" "$PARSCALE_BUILD/parscale" sweep one.sweep --out one --no-charts
holds '... all its rows are ok' sh -c "test \$(grep -c ',ok,' one/samples.csv) = \$((\$(wc -l <one/samples.csv) - 1))"
holds '... the one mechanism that needs more is absent, not wrong' sh -c "grep -v ',ok,' one/probe_launches.csv | grep -v '^probe' | grep -vc pidfd | grep -qx 0"
close_suite
