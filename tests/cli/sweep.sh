# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# sweep.sh - a campaign from its plan to its report, and what is left of it when something is
# killed.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"

check_results() { "$PARSCALE_ROOT/scripts/check-results" "$@"; }
rows() { column status "$1/samples.csv" | grep -c "^$2\$"; }

# --- a plan ---
cp "$PARSCALE_ROOT/tests/sweeps/tiny.sweep" .
says '^# .*[0-9]+ cells, [0-9]+ skipped' '--dry-run counts the cells' parscale sweep tiny.sweep --dry-run --out dry
holds '... names each' grep -q '^sieve/scalar/fork/spawn/dynamic/2w' out
holds '... and what was skipped, and why' grep -q '^# skipped: sieve/scalar/serial.*: --workers' out
holds '... and makes nothing' test ! -e dry
says '^# ' 'the default sweep is found from anywhere' parscale sweep --dry-run
holds '... and has both kernels and all back ends' sh -c \
	'for name in sieve palindrome /openmp /pthread /fork /spawn; do grep -q "$name" out || exit 1; done'

# --- from plan to report ---
says 'tiny/report\.html$' 'a sweep names its report' parscale sweep tiny.sweep --out tiny
ok '... and its results are sound' check_results tiny
holds '... and has its probes, each launched in each block' sh -c \
	"awk -F, '\$1 == \"spawn\" && \$2 == \"vfork\" && \$5 == \"total\" { n++ } END { exit n != 4 }' tiny/probe_launches.csv && grep -q '^switch,' tiny/probes.csv"
holds '... with a row in workers.csv for each worker of each cell' test "$(tail -n +2 tiny/workers.csv | wc -l)" = \
	"$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "workers") at = i } NR > 1 { n += $at } END { print n }' tiny/summary.csv)"
fails 2 'a folder that holds results is left alone' parscale sweep tiny.sweep --out tiny
ok '... as it was' check_results tiny

# Samples a launch: the first has the least; later ones, which are told what it found, make up for their start.
printf '%s\n' 'kernel = sieve' 'size = 1e5' 'launches = 3' 'most-launches = 3' 'precision = off' 'sample-time = 1ms' 'meter = native' >auto.sweep
ok 'repetitions = auto' parscale sweep auto.sweep --out auto --no-charts
samples_of() { awk -F, -v launch="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "launch_id") at = i }
	NR > 1 && $at == launch { n++ } END { print n + 0 }' auto/samples.csv; }
holds '... the first launch has two samples' test "$(samples_of 0)" = 2
holds '... the third more, within bounds' test "$(samples_of 2)" -gt 2 -a "$(samples_of 2)" -le 10
holds '... as the manifest says' grep -q '"sample_share": 0\.[67]' auto/manifest.json
{ echo 'repetitions = 2' && cat auto.sweep; } >fixed.sweep
ok 'repetitions = 2' parscale sweep fixed.sweep --out fixed --no-charts
holds '... is exact' test "$(rows fixed ok)" = 6

# What check-results is worth: each fault alone is found.
damaged() {
	rm -rf damaged
	cp -R tiny damaged
	(cd damaged && sh -c "$2")
	if check_results damaged >faults 2>&1; then result "found: $1" '  it passed'; else result "found: $1" ''; fi
}
damaged 'a torn row' 'printf torn >>samples.csv'
damaged 'a wrong answer' "sed -i '2s/,ok,/,wrong,/' samples.csv"
damaged 'a missing field' "sed -i '3s/^[^,]*,//' samples.csv"
damaged 'a summary of something else' "sed -i '\$d' summary.csv"
damaged 'probes of something else' "sed -i '\$d' probes.csv"
damaged 'a wrong probe' "sed -i '2s/,ok,/,wrong,/' probe_launches.csv"
damaged 'no report' 'rm report.html'
damaged 'a report that needs the network' "printf '<img src=\"http://example.org/x.png\">' >>report.html"
if command -v gnuplot >/dev/null; then
	damaged 'a missing picture' 'rm plots/speedup-sieve.png'
	damaged 'a torn picture' 'for p in plots/*.svg; do head -c 5000 "$p" >x; mv x "$p"; done'
else
	skipped 'a damaged picture' 'no gnuplot draws any'
fi

# Without gnuplot there are results, and a word about the charts.
mkdir none
run env PATH="$PWD/none" "$PARSCALE_BUILD/parscale" sweep tiny.sweep --budget 2s --out plain
holds 'without gnuplot: results' test "$status" = 0 -a -s plain/summary.csv -a -s plain/report.md
holds '... and why there are no charts' grep -q gnuplot err

# --- what goes wrong ---
fails 2 'a file where a folder should be' parscale sweep tiny.sweep --out tiny.sweep/x
fails 2 'a folder that cannot be made' parscale sweep tiny.sweep --out /proc/none/x
printf 'kernel = sieve\nworkers = 2\nbackend = fork\nnonsense = 5\nsize = 1e6\n' >wrong.sweep
fails 2 'an unknown key' parscale sweep wrong.sweep --out none/x
holds '... by file and line' grep -q 'wrong.sweep:4' err
holds '... and nothing half-written' test ! -e none/x
printf 'probe = spawn, spoon\nkernel = noop\n' >wrong.sweep
fails 2 'an unknown probe' parscale sweep wrong.sweep --out none/x
holds '... by file and line, with the known ones' grep -q 'wrong.sweep:1.*pipesieve' err

# TERM and kills; one cell whose runs last.
cat >long.sweep <<'END'
kernel = sieve
backend = fork
workers = 2
size = 3e9
launches = 3
most-launches = 3
precision = off
repetitions = 2
budget = 10m
END
begin() {
	"$PARSCALE_BUILD/parscale" sweep long.sweep --out "$1" --no-charts >out 2>err &
	driver=$!
	wait_for launched
}
has_row() { [ "$(rows "$1" ok)" -ge 1 ]; }
finish() {
	status=0
	wait "$driver" || status=$?
}

begin stopped
wait_for has_row stopped
kill -TERM "$driver" # a background job may ignore INT, and then so does the sweep
finish
holds 'asked to end: exit status 130' test "$status" = 130
holds '... finished rows kept' test "$(rows stopped ok)" -ge 1
holds '... and nothing else' test "$(rows stopped failed)" = 0
holds '... and summarised' test "$(wc -l <stopped/summary.csv)" = 2
before=$(rows stopped ok)
ok '... and resumed' parscale resume stopped
holds '... to the end' test "$(rows stopped ok)" -gt "$before"

begin launch
kill -9 "$launch"
finish
holds 'kill -9 of a launch: one row' test "$(rows launch killed)" = 1
holds '... the others measured' test "$(rows launch ok)" -ge 2
holds '... exit status 1' test "$status" = 1
holds '... and says so' grep -q 'killed by signal 9' launch/samples.csv err

begin worker
wait_for has_workers
kill -9 "$worker"
finish
holds 'kill -9 of a worker: one row' test "$(rows worker killed)" = 1
holds '... the others measured' test "$(rows worker ok)" -ge 2
holds '... and says which' grep -q 'worker [01] .*signal 9' worker/samples.csv
close_suite
