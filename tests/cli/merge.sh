#!/bin/sh
# SPDX-License-Identifier: MIT
# merge.sh - folders of like machines pooled, unlike ones side by side or refused.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# results DIR MACHINE BUILD: two launches of 2 samples of fork with 1 and 2 workers, and a manifest
results() {
	mkdir "$1"
	for launch in 0 1; do
		for workers in 1 2; do
			parscale run noop --backend fork --workers $workers --repetitions 2 --format csv |
				awk -F , -v OFS=, -v first=$((launch + workers)) -v id=$((2 * launch + workers - 1)) -v block=$launch '
					NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; if (first == 1) print; next }
					{ $column["launch_id"] = id; $column["block"] = block; print }'
		done
	done >"$1/samples.csv"
	printf '{"schema": 1, "started": "%s", "machine": {"key": "%s", "model": "CPU %s"}, "build": {"commit": "%s"}}\n' \
		"$1" "$2" "$2" "$3" >"$1/manifest.json"
}
# own_bases FILE: every self_seconds is the median of one worker on the same machine
# shellcheck disable=SC2317  # called by `ok`
own_bases() {
	awk -F , '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["workers"] == 1 { base[$column["machine"]] = $column["median_seconds"] }
		$column["self_seconds"] != base[$column["machine"]] { bad = 1 }
		END { exit bad || NR != 5 }' "$1"
}

results a x 1
results b x 1
results c y 2
results d x 2

# distinct NAME FILE: the distinct values of a column, in one line
distinct() { column "$1" "$2" | sort -u | paste -sd ' '; }

says '^pooled: 16 samples of 2 folders$' 'like machines are pooled' parscale merge a b --out pooled
says '^0 1 2 3 4 5 6 7$' 'launches are counted on' distinct launch_id pooled/samples.csv
says '^0 1 2 3$' 'blocks too' distinct block pooled/samples.csv
says '^4$' 'four launches a cell' distinct launches pooled/summary.csv
says '^8$' 'of eight samples' distinct samples pooled/summary.csv
says '^ *"key": "x",?$' 'the manifest tells the machine' sed -n '1,/merged/p' pooled/manifest.json
cp pooled/summary.csv first.csv
ok 'a merged folder is a folder of results' parscale stat pooled
same 'whose summary stays' first.csv pooled/summary.csv
ok 'that can be compared' parscale compare a pooled

# probes DIR: two launches of one case
probes() {
	printf '%s\n' \
		probe,mechanism,worker,setting,metric,unit,launch_id,status,reason,samples,batch,median,min,max,base,expected_low,expected_high \
		spawn,fork,process,,time,ns,0,ok,,3,1,100,90,120,,, spawn,fork,process,,time,ns,1,ok,,3,1,110,90,120,,, \
		>"$1/probe_launches.csv"
}
cp -r a with && cp -r b too && probes with && probes too && : >too/workers.csv
says '^probed: 4 rows of probes$' 'probes are pooled too' parscale merge with too --out probed
says '^0 1 2 3$' 'and their launches counted on' distinct launch_id probed/probe_launches.csv
says '^4$' 'four launches a case' distinct launches probed/probes.csv
says '^single: without workers.csv' 'what is left out is told' parscale merge a too --out single
cp -r c other && probes other
says '^apart: without probes' 'as are probes of unlike machines' parscale merge with other --out apart --cross-machine
printf 'spawn,fork\n' >>other/probe_launches.csv
sed 's/"key": "y"/"key": "x"/; s/"commit": "2"/"commit": "1"/' c/manifest.json >other/manifest.json
fails 2 'corrupt probes' parscale merge with other --out mixed

fails 2 'unlike machines' parscale merge a c --out mixed
fails 2 'unlike builds' parscale merge a d --out mixed
fails 2 'the same sweep twice' parscale merge a b a --out mixed
fails 2 'a folder that holds results' parscale merge a b --out pooled
fails 2 'one folder' parscale merge a --out mixed
fails 2 'no --out' parscale merge a b
fails 2 'a folder that is not there' parscale merge a missing --out mixed
fails 2 'an output that cannot be made' parscale merge a b --out /dev/null/x
printf 'torn' >>b/samples.csv
echo 'x' >>b/samples.csv
fails 2 'corrupt samples' parscale merge a b --out mixed
if [ -e mixed ]; then left='  the output was made'; else left=''; fi
result 'nothing is left of what was refused' "$left"

says '^side: 16 samples of 2 folders$' 'unlike machines side by side' parscale merge a c --out side --cross-machine
says '^CPU x x CPU y y$' 'each cell bears its machine' distinct machine side/samples.csv
says '^2$' 'launches are not pooled' distinct launches side/summary.csv
ok 'whose speed-ups have bases of their own machine' own_bases side/summary.csv
says '^usage: ' 'help' parscale merge --help
close_suite
