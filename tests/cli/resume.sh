# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# resume.sh - a sweep that is killed again and again, at moments nobody chose, ends as one that was
# left alone: every launch of the plan once, in order.
# PARSCALE_KILLS says how often (12; `make check-long` 200).
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/kills.sh
. "$PARSCALE_ROOT/tests/cli/kills.sh"

short_plan <<'END'
kernel = noop, palindrome
backend = serial, pthread, fork
lifetime = pool, spawn
workers = 1, 2
size = 1e3, 1e4
END

# once DIR: every launch has its number, in order, and its two samples; every cell has its four launches, and so has every case of the probe
once() {
	awk -F, '
		{ gsub(/"[^"]*"/, "x") }
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["status"] != "ok" { print "line " NR ": status " $at["status"]; bad = 1 }
		{ seen[$at["mechanism"] "," $at["worker"] "," $at["launch_id"]]++; n++ }
		END {
			for (s in seen) if (seen[s] != 1) { print s ": " seen[s] " times"; bad = 1 }
			if (n != 24) { print n " rows of a probe, not 24"; bad = 1 }
			exit bad
		}' "$1/probe_launches.csv" || return 1
	awk -F, -v cells="$cells" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["status"] != "ok" { print "line " NR ": status " $at["status"]; bad = 1 }
		$at["sample"] == 0 && $at["launch_id"] != launches++ { print "line " NR ": launch " $at["launch_id"]; bad = 1 }
		$at["launch_id"] != launches - 1 { print "line " NR ": a row of another launch"; bad = 1 }
		{ samples[$at["launch_id"]]++; if ($at["sample"] == 0) seen[$at["cell_id"]]++ }
		END {
			if (launches != 4 * cells) { print launches " launches of " cells " cells"; bad = 1 }
			for (l in samples) if (samples[l] != 2) { print "launch " l ": " samples[l] " samples"; bad = 1 }
			for (c in seen) if (seen[c] != 4) { print "cell " c ": " seen[c] " launches"; bad = 1 }
			exit bad
		}' "$1/samples.csv"
}

ok 'a sweep that is left alone' parscale sweep plan.sweep --out alone --no-charts
holds 'every launch is there once' once alone

kill_often "${PARSCALE_KILLS:-12}" - 0.9 once
ok 'killed often, it goes on to its end' parscale resume killed --no-charts
holds 'every launch is there once' once killed

"$PARSCALE_BUILD/parscale" sweep plan.sweep --out busy --no-charts >/dev/null 2>&1 &
grown busy/samples.csv 0
fails 2 'a folder that another sweep writes to is refused' parscale resume busy --no-charts
kill "$!"
wait "$!" 2>/dev/null || :

printf 'torn' >>killed/samples.csv
ok 'a torn last line is cut off' parscale resume killed --no-charts
holds 'every launch is there once' once killed

sed 's/"key": "/"key": "another /' killed/manifest.json >other && mv other killed/manifest.json
fails 2 'another machine is refused' parscale resume killed
ok '... unless told' parscale resume killed --force --no-charts
sed 's/"key": "another /"key": "/; s/"compiler": "/"compiler": "another /' killed/manifest.json >other && ! cmp -s other killed/manifest.json && mv other killed/manifest.json
fails 2 'another build is refused' parscale resume killed
holds '... by that name' grep -q 'another build' err
sed 's/size = 1e3/size = 2e3/' killed/plan.sweep >other && mv other killed/plan.sweep
fails 2 'another plan is refused' parscale resume killed --force
sed 's/size = 2e3/size = 1e3/; s/probe = switch/probe = queue/' killed/plan.sweep >other && mv other killed/plan.sweep
fails 2 'other probes are refused' parscale resume killed --force
fails 2 'a folder without a sweep is refused' parscale resume .
fails 2 'no folder is refused' parscale resume
fails 2 'an empty name is refused' parscale resume ''

close_suite
