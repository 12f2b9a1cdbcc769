# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# probe.sh - the command: its formats, its refusals, and that nothing outlives it.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

says '^spawn +[a-z]' 'probes are listed' parscale list probes
says '^usage: parscale probe' 'help' parscale probe --help
says '^  --children N: .*1 to 1024' 'help of one' parscale probe spawn --help
says '^ +pthread +thread +one CPU' 'a table' parscale probe spawn --seconds 0.01 --launches 1
says '^  "status": "ok"' 'JSON' parscale probe spawn --seconds 0.01 --launches 1 --format json
cp out json
for key in probe status rows; do
	says "^  \"$key\": " "JSON has $key" cat json
done
says '^probe,mechanism,worker,setting,metric,unit,status' 'CSV' parscale probe spawn --seconds 0.01 --launches 1 --format csv
cp out csv
says '^spawn,fork,process,one CPU,total,ns,ok,' 'CSV rows' cat csv
fails 2 'an unknown probe' parscale probe spwan
fails 2 'names and --all' parscale probe spawn --all
fails 2 'no children' parscale probe spawn --children 0
fails 2 'too many children' parscale probe spawn --children 1025
fails 2 'an option of another probe' parscale probe spawn --no-such 1
fails 2 'an unknown format' parscale probe spawn --format xml
fails 2 'no launches' parscale probe spawn --launches 0

# processes PATTERN: how many of our programs run whose command line has it
processes() { pgrep -f "$PARSCALE_BUILD/parscale.*$1" | wc -l; }
run parscale probe spawn --timeout 0.05s
if [ "$status" = 1 ] && grep -q 'killed: it took longer than 0.05 s' err; then late=''; else late=$(seen); fi
result 'a probe that takes too long fails' "$late"
result 'and leaves no process' "$([ "$(processes seed=1)" = 0 ] || echo '  a process is left')"
timeout -s KILL 0.3 "$PARSCALE_BUILD/parscale" probe spawn --seed 77 >/dev/null 2>&1
sleep 0.3
result 'a killed driver takes its launch along' "$([ "$(processes seed=77)" = 0 ] || echo '  a process is left')"
close_suite
