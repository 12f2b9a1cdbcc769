# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# info.sh - what `parscale info` shows, and what it refuses.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

says '^fit to measure$' 'info prints findings' parscale info
says '^  version +[0-9]' 'info prints the build' parscale info
says '^  (ok|note|warning) +noise +interruptions took' 'info measures the noise' parscale info
says '"environment": \{' 'info --format json' parscale info --format json
says '"lost_percent": [0-9]' 'info --format=json holds the noise' parscale info --format=json
says '"size_bytes": \[' 'info --format json tells sizes' parscale info --format json
says '"smt-last": \[' 'info --format json tells placement' parscale info --format json
says '^usage: parscale info' 'info --help' parscale info --help
# With hwloc any machine can be looked at.
if parscale info | grep -q '^  read from  *hwloc'; then
	says 'topology +2 packages, .* 8 cores, 16 hardware threads' 'info of a made-up machine' \
		env HWLOC_SYNTHETIC='pack:2 core:4 pu:2' "$PARSCALE_BUILD/parscale" info
fi
fails 2 'info of an unknown format' parscale info --format xml
fails 2 'info of a format without its name' parscale info --format
fails 2 'info with an argument' parscale info here
fails 2 'info with an unknown option' parscale info --bogus
close_suite
