# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# probe.sh - the command: its formats, its refusals, and that nothing outlives it.
# alone: what others put into /dev/shm would be taken for what a probe left
. "$PARSCALE_ROOT/tests/cli/suite.sh"
. "$PARSCALE_ROOT/tests/cli/process.sh"

says '^spawn +[a-z]' 'probes are listed' parscale list probes
says '^usage: parscale probe' 'help' parscale probe --help
says '^  --children N +.*1 to 1024' 'help of one' parscale probe spawn --help
says '^ +swapcontext +thread' 'a table' parscale probe switch --seconds 0.01 --launches 1
says '^\| swapcontext \| thread ' 'Markdown' parscale probe switch --seconds 0.01 --launches 1 --format md
says '^  "status": "ok"' 'JSON' parscale probe switch --seconds 0.01 --launches 1 --format json
cp out json
for key in probe status rows; do
	says "^  \"$key\": " "JSON has $key" cat json
done
says '^probe,mechanism,worker,setting,metric,unit,status' 'CSV' parscale probe switch queue --seconds 0.01 --launches 1 --format csv
cp out csv
says '^switch,sched_yield,process,,switch,ns,ok,' 'CSV rows' cat csv
says '^queue,ring,thread,,rate,1/s,ok,' 'of all probes named' cat csv
# A quick look at spawn as a launch makes it: its rows come through descriptor 3.
run parscale probe-launch spawn --quick --seconds 0.01 3>rows
says '^spawn,posix_spawn,process,one CPU,start,ns,0,ok,' 'programs are started, and say so' cat rows
fails 2 'an unknown probe' parscale probe spwan
fails 2 'names and --all' parscale probe spawn --all
fails 2 'no children' parscale probe spawn --children 0
fails 2 'too many children' parscale probe spawn --children 1025
fails 2 'port 0' parscale probe fanout --port 0
fails 2 'port 65536' parscale probe fanout --port 65536
fails 2 'too many targets' parscale probe fanout --targets 5001
fails 2 'answers later than they are waited for' parscale probe fanout --delay-ms 50 --wait-ms 50
fails 2 'more memory than there is' parscale probe cow --mib 1048576
fails 2 'a sieve to 99' parscale probe pipesieve --stop 99
fails 2 'an option of another probe' parscale probe spawn --no-such 1
fails 2 'an unknown format' parscale probe spawn --format xml
fails 2 'no launches' parscale probe spawn --launches 0

# processes PATTERN: how many of our programs run whose command line has it
processes() { running 'parscale*' "$1" | wc -l; }
run parscale probe spawn --timeout 0.05s
if [ "$status" = 1 ] && grep -q 'spawn: timeout: killed: it took longer than 0.05 s' err; then late=''; else late=$(seen); fi
result 'a probe that takes too long fails' "$late"
result 'and leaves no process' "$([ "$(processes seed=1)" = 0 ] || echo '  a process is left')"
timeout -s KILL 0.3 "$PARSCALE_BUILD/parscale" probe spawn --seed 77 >/dev/null 2>&1
sleep 0.3
result 'a killed driver takes its launch along' "$([ "$(processes seed=77)" = 0 ] || echo '  a process is left')"
# Killed in the middle, driver or launch: no process, no port, no shared object, no file.
left() {
	echo "processes $(processes 'probe')"
	# not those of ranks that somebody else runs now
	find /dev/shm /tmp -maxdepth 1 -name '*parscale*' ! -name 'parscale-mpi-*' -newer started 2>/dev/null || :
	find /dev/shm -maxdepth 1 -name '__KMP*' -newer started 2>/dev/null || :
	# addresses of 127.1.0.0/16, as the kernel writes them
	grep -oE ' [0-9A-F]{4}017F:[0-9A-F]{4} ' /proc/net/udp || :
}
ends_clean() { # NAME: waits up to 5 s until nothing is left
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(left)" = 'processes 0' ] && break
		sleep 0.5
	done
	result "$1" "$([ "$(left)" = 'processes 0' ] || left | sed 's/^/  left: /')"
}
touch started
for probe in fanout spawn counter return; do
	"$PARSCALE_BUILD/parscale" probe $probe >/dev/null 2>&1 &
	driver=$!
	sleep 0.4
	kill -9 "$driver"
	wait "$driver" 2>/dev/null || :
	ends_clean "probe $probe, killed, leaves nothing"
done
"$PARSCALE_BUILD/parscale" probe fanout >out 2>err &
driver=$!
sleep 0.4
wait_for launched
# shellcheck disable=SC2154  # by launched
kill -9 "$launch"
status=0
wait "$driver" || status=$?
holds 'a killed launch is told' grep -q 'fanout: killed: .*signal 9' err
holds '... by exit status 1' test "$status" = 1
ends_clean 'and leaves nothing'

# --- rows that name the cause, as those of launches do ---
plan 2 'kernel = noop' 'size = 1000' 'probe = spawn' 'probe-time = 60s' 'timeout = 2s' >spawn.sweep
"$PARSCALE_BUILD/parscale" sweep spawn.sweep --out spawned --no-charts >out 2>err &
driver=$!
probing() { launch=$(running parscale "probe-launch spawn .*--launch=$1 ") && [ -n "$launch" ]; }
wait_for probing 0
kill -9 "$launch"
wait_for probing 1
kill -STOP "$launch" # on a fast machine all of it takes less than 2 s
status=0
wait "$driver" || status=$?
whole() { column mechanism "$1" | paste -d, - "$1.status" | sed -n 's/^,//p' | sort | paste -sd' ' -; }
column status spawned/probe_launches.csv >spawned/probe_launches.csv.status
holds 'a sweep whose probe is killed, and then is stopped for too long' test "$status $(whole spawned/probe_launches.csv)" = '1 killed timeout'
holds '... has its other rows' test "$(column status spawned/samples.csv | sort -u)" = ok
run sh -c "ulimit -n 24; exec '$PARSCALE_BUILD/parscale' probe pipesieve --seconds 0.01 --launches 1 --format csv"
holds 'no descriptors' test "$status $(column status out | grep -v ok | sort -u)" = '1 no-resources'
if grep -qa __asan_init "$PARSCALE_BUILD/parscale"; then
	skipped 'no memory' 'the sanitizer wants all of it'
else
	run sh -c "ulimit -v 300000; exec '$PARSCALE_BUILD/parscale' probe cow --mib 512 --seconds 0.01 --launches 1 --format csv"
	holds 'no memory' test "$status $(column status out | grep -vx 'ok\|absent' | sort -u)" = '1 oom'
fi
if [ -n "${PARSCALE_LONG-}" ]; then
	ok 'every case of every probe' parscale probe --all --format csv
	holds 'each is ok, or absent here' sh -c "! sed 1d out | grep -vE ',(ok|absent),'"
	ends_clean 'and nothing is left'
fi
close_suite
