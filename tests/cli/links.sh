# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# links.sh - scripts/links passes on the documentation as it is, and fails on what is planted in a
# copy.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# planted LINE WHY: with that line in its README, a small tree fails and says so; WHY is '' where it passes
planted() {
	printf '# Small\n\n## How it is\n\n%s\n' "$1" >small/README.md
	status=0
	"$PARSCALE_ROOT/scripts/links" small >out 2>err || status=$?
	if [ -n "$2" ]; then
		holds "$1: $2" sh -c "[ $status = 1 ] && grep -q '$2' out"
	else
		holds "$1: nothing" sh -c "[ $status = 0 ] && [ ! -s out ]"
	fi
}

ok 'all links lead somewhere' "$PARSCALE_ROOT/scripts/links" "$PARSCALE_ROOT"
mkdir -p small/docs small/scripts
: >small/docs/page.md
: >small/scripts/there
planted '[a](docs/page.md), [b](#how-it-is), <https://example.org>, `scripts/there`, `scripts/NAME.sh`' ''
planted '[a](docs/gone.md)' 'docs/gone.md is not there'
planted '[a](#how-it-was)' 'no such heading'
planted '[a](docs/page.md#top)' 'no such heading'
planted 'see `scripts/gone`' 'scripts/gone. is not there'
close_suite
