# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# calls.sh - every call of the system may fail: the k-th of a kind, in whatever process, for k = 1, 2, ... until none fails.
# Each time the program ends in good time, without a signal: its result is whole, or the exit status is not 0 and one line
# says why; what was finished is kept, and nothing is left.
#
# The short form takes some k of each kind; PARSCALE_LONG=1 takes all.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"

shim=$PARSCALE_BUILD/tests/fail.so
if [ ! -e "$shim" ] || ! LD_PRELOAD=$shim "$PARSCALE_BUILD/parscale" --version >out 2>&1 || ! grep -q '^parscale ' out; then
	skipped 'calls that fail' 'the library cannot be preloaded here'
	close_suite
fi
# what a walk has not reached after so many calls is the same again
most=${PARSCALE_LONG:+1000000}
most=${most:-2}

plan 1 'kernel = palindrome' 'backend = fork-pipe, exec' 'workers = 2' 'size = 5000' 'timeout = 10s' >calls.sweep

# --- what is run, and whether what it made is whole ---
do_run() { timeout -k 1 60 "$PARSCALE_BUILD/parscale" run palindrome --backend "$1" --workers 2 --size 5000 --repetitions 1 --sample-time 1ms --meter native --timeout 10s --format csv; }
whole_run() { [ "$(grep -c ',ok,' out)" = 1 ]; }
do_sweep() {
	rm -rf swept
	timeout -k 1 60 "$PARSCALE_BUILD/parscale" sweep calls.sweep --out swept --no-charts
}
whole_sweep() { [ "$(grep -c ',ok,' swept/samples.csv)" = 2 ] && [ -s swept/summary.csv ] && [ -s swept/models.csv ] && grep -q '"end": "complete"' swept/manifest.json; }
do_stat() { timeout -k 1 60 "$PARSCALE_BUILD/parscale" stat fresh; }
whole_stat() { cmp -s fresh/summary.csv stat.csv; }
do_report() { timeout -k 1 60 env PATH=/nonesuch "$PARSCALE_BUILD/parscale" report fresh; }
whole_report() { [ "$(grep -c '<h2' fresh/report.html)" = "$heads" ] && [ -s fresh/report.md ]; }
do_info() { timeout -k 1 60 "$PARSCALE_BUILD/parscale" info; }
# the names of its facts, but for the settings and the sentences about what is measured
facts() { awk '/^[^ ]/ { in_use = $1 != "settings" && $1 != "fit" } in_use { print $1 }' "$1"; }
whole_info() { facts out | cmp -s - facts.names; }

# walk WHAT KIND ERRNO [ARGUMENT]: runs do_WHAT, with one failure each time
walk() {
	what=$1 kind=$2 number=$3 k=1 walked=0 bad=
	argument=${4-}
	while :; do
		printf '\0\0\0\0\0\0\0\0' >counter
		walk_status=0
		LD_PRELOAD=$shim FAIL_KIND=$kind FAIL_ERRNO=$number FAIL_AT=$k FAIL_COUNT=$PWD/counter do_"$what" ${argument:+"$argument"} >out 2>err </dev/null || walk_status=$?
		calls=$(od -An -tu8 counter | tr -d ' ')
		status=$walk_status
		case $status in
		0) whole_"$what" || bad="$bad $k:not-whole" ;;
		1 | 2 | 77) tail -n 1 err | grep -qE '^(parscale|libgomp|OMP|terminate).*: ' || bad="$bad $k:silent($status)" ;;
		*) bad="$bad $k:status-$status" ;;
		esac
		walked=$((walked + 1))
		[ "$calls" -ge "$k" ] || break
		# the first few, and then ever fewer
		if [ "$most" -gt 1000 ]; then k=$((k + 1)); else k=$((k + 1 + k * walked / most)); fi
		[ "$walked" -lt 4000 ] || break
	done
	idle() { [ -z "$(running 'parscale' 'launch\|worker')" ]; }
	wait_for idle || bad="$bad processes-left"
	for file in swept/* fresh/*; do
		case $file in
		*/manifest.json | */samples.csv | */plan.sweep | */summary.csv | */models.csv | */workers.csv | */report.html | */report.md | */plots | *'*') ;;
		*) bad="$bad $file-left" && rm -rf "$file" ;;
		esac
	done
	if [ -z "$bad" ]; then result "$what${4:+ $4}: $kind, errno $number: $walked of $calls calls" ''; else result "$what${4:+ $4}: $kind, errno $number" "$(echo " $bad" | fold -w 100 | head -n 12)"; fi
}

EINTR=4 EIO=5 EAGAIN=11 ENOMEM=12 EMFILE=24 ENOSPC=28
do_sweep >/dev/null 2>&1
whole_sweep || result 'a sweep without failures' 'is not whole'
rm -rf fresh && cp -r swept fresh
do_stat >/dev/null 2>&1 && cp fresh/summary.csv stat.csv
do_report >/dev/null 2>&1
heads=$(grep -c '<h2' fresh/report.html)
do_info >out 2>err
facts out >facts.names

for backend in fork-pipe exec; do walk run fork $EAGAIN $backend; done
walk run thread $EAGAIN pthread
for call in mmap:$ENOMEM pipe:$EMFILE open:$EMFILE write:$ENOSPC write:$EINTR write:0 read:$EIO read:$EINTR read:0 truncate:$ENOSPC poll:$EINTR wait:$EINTR malloc:$ENOMEM; do
	walk run "${call%:*}" "${call#*:}" fork-pipe
done
for call in fork:$EAGAIN open:$EMFILE write:$ENOSPC write:0 sync:$EIO rename:$ENOSPC truncate:$EIO close:$ENOSPC malloc:$ENOMEM; do
	walk sweep "${call%:*}" "${call#*:}"
done
for call in sync:$EIO rename:$EIO close:$ENOSPC malloc:$ENOMEM; do walk stat "${call%:*}" "${call#*:}"; done
for call in open:$EMFILE read:$EIO close:$ENOSPC malloc:$ENOMEM; do walk report "${call%:*}" "${call#*:}"; done
for call in open:$EMFILE malloc:$ENOMEM; do walk info "${call%:*}" "${call#*:}"; done
close_suite
