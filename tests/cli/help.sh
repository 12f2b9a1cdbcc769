# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# help.sh - every command explains itself, and the lists name what there is.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

says '^usage: parscale COMMAND' '--help' parscale --help
says '^parscale [0-9]+\.[0-9]+' '--version' parscale --version
parscale --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >commands
for command in list info run sweep stat plot report; do
	holds "--help names $command" grep -qx "$command" commands
done
while read -r command; do
	says "^usage: parscale $command" "$command --help" parscale "$command" --help
	mv out out.own
	ok "help $command" parscale help "$command"
	same '... is the same' out.own out
	holds '... fits 100 columns, and ends in no blank' test "$(grep -cE '^.{101}| $' out)" = 0
done <commands
says '^usage: parscale COMMAND' 'help' parscale help
holds '... fits 100 columns' test "$(grep -cE '^.{101}' out)" = 0

for kernel in sieve palindrome text noop; do
	says "^$kernel " "list kernels: $kernel" parscale list kernels
done
for backend in serial openmp pthread fork; do
	says "^$backend " "list backends: $backend" parscale list backends
done
for meter in native gbench; do
	says "^$meter " "list meters: $meter" parscale list meters
done
for column in kernel workers seconds compute_ns count status; do
	says "^$column " "list columns: $column" parscale list columns
done
says '^reference .*sieve' 'list variants' parscale list variants
says '^avx2 .*sieve.*lacks' 'list variants says why' env PARSCALE_CPU_DISABLE=avx2 "$PARSCALE_BUILD/parscale" list variants
run parscale list
holds 'list alone lists all' grep -q '^pthread ' out
holds 'a file that is not there is created nowhere' test "$(find . -type f | grep -cvE '^\./(out|out.own|err|commands)$')" = 0
close_suite
