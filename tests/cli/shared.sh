# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# shared.sh - results on file systems that nodes share: without locks, and on one that goes away in
# the middle of a sweep (by FUSE, where bindfs is installed).
. "$PARSCALE_ROOT/tests/cli/suite.sh"
. "$PARSCALE_ROOT/tests/cli/process.sh"

printf 'kernel = sieve\nbackend = serial, fork\nworkers = 1, 2\nsize = 1e6\nlaunches = 6\nprecision = off\nrepetitions = 1\nsample-time = 20ms\nmeter = native\n' >short.sweep
all=18 # cells times launches
# once FOLDER: every launch is there, and is there once
once() {
	column=$(head -n 1 "$1/samples.csv" | tr , '\n' | grep -nx launch_id | cut -d : -f 1)
	[ "$(tail -n +2 "$1/samples.csv" | cut -d , -f "$column" | sort -n | tr '\n' ' ')" = "$(seq 0 $((all - 1)) | tr '\n' ' ')" ]
}

# A library that says what such file systems say to flock.
cat >flock.c <<'END'
#include <errno.h>
#include <stdlib.h>
int flock(int fd, int how)
{
	(void)fd;
	(void)how;
	errno = atoi(getenv("FLOCK_SAYS"));
	return -1;
}
END
if cc -shared -fPIC -o flock.so flock.c 2>/dev/null && [ -z "${ASAN_OPTIONS-}" ] && ! grep -q __asan_init "$PARSCALE_BUILD/parscale"; then
	# errors by their numbers on Linux
	for error in 38:ENOSYS 95:ENOTSUP 37:ENOLCK; do
		FLOCK_SAYS=${error%:*}
		ok "no locks: ${error#*:}" env FLOCK_SAYS="$FLOCK_SAYS" LD_PRELOAD="$PWD/flock.so" "$PARSCALE_BUILD/parscale" sweep short.sweep --out "without-$FLOCK_SAYS" --no-charts
	done
	run env FLOCK_SAYS=11 LD_PRELOAD="$PWD/flock.so" "$PARSCALE_BUILD/parscale" sweep short.sweep --out taken --no-charts
	holds 'another writer' test "$status $(grep -c 'another sweep is writing there' err)" = '2 1'
	run env FLOCK_SAYS=5 LD_PRELOAD="$PWD/flock.so" "$PARSCALE_BUILD/parscale" sweep short.sweep --out broken --no-charts
	holds 'a disk that fails' test "$(grep -c 'cannot lock .*Input/output error' err)" = 1
else
	skipped 'file systems without locks' 'no compiler for a library that pretends them, or a sanitizer'
fi

mounted() { grep -q " $PWD/shared fuse" /proc/mounts; }
mount_it() {
	bindfs -f --no-allow-other disk shared 2>mount.err &
	server=$!
	wait_for mounted
}
# unmount: and its server ends
unmount() {
	umount -l shared
	wait "$server" 2>/dev/null || :
}
mkdir disk shared
if command -v bindfs >/dev/null && mount_it; then
	begin() {
		"$PARSCALE_BUILD/parscale" sweep short.sweep --out "shared/$1" --no-charts >sweep.out 2>sweep.err &
		driver=$!
		has_rows() { [ "$(wc -l 2>/dev/null <"shared/$1/samples.csv")" -ge 4 ]; }
		wait_for has_rows "$1"
	}
	begin node
	kill -9 $driver
	wait $driver 2>/dev/null || :
	ok 'the node died: another goes on' parscale resume shared/node --no-charts
	holds '... and each launch is there once' once shared/node

	begin server
	# the server goes away for good: what is open fails
	kill -9 "$server"
	status=0
	wait $driver || status=$?
	holds 'the server died: the sweep ends' test $status = 1
	holds '... in one line that names what' test "$(grep -c '^parscale: .*samples.csv\|^parscale: cannot' sweep.err)" = 1
	unmount
	mount_it
	ok '... and goes on when it is back' parscale resume shared/server --no-charts
	holds '... with each launch once' once shared/server
	begin writer
	fails 2 'a second writer' parscale resume shared/writer
	kill -9 $driver
	wait $driver 2>/dev/null || :
	unmount
else
	skipped 'a file system by FUSE' 'no bindfs, or no FUSE here'
fi
close_suite
