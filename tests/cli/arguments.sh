# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# arguments.sh - random command lines, made of the options that each command's --help lists and of values that are legal,
# nearly so, or not at all: no signal, an exit status that is documented, one line where it is 2, nothing for a sanitizer.
#
# The short form runs some; PARSCALE_LONG=1 thousands. PARSCALE_TEST_SEED repeats a run; the seed is in the first test's name.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"

lines=${PARSCALE_LONG:+2000}
lines=${lines:-24}
seed=${PARSCALE_TEST_SEED:-$(date +%s)}

# --- what they work on ---
plan 2 'kernel = noop, palindrome' 'backend = serial, fork' 'workers = 1, 2' 'size = 1000' 'probe = switch' 'probe-time = 1ms' >plan.sweep
ok 'results to work on' parscale sweep plan.sweep --out made --no-charts
printf 'abba\0\377 level\nx' >text
: >empty
mkdir folder

# --- the tables: lines of COMMAND OPTION VALUE ---
for command in $(parscale --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	parscale "$command" --help | sed -nE "s/^  --([a-z-]+)( ([^ ]+))?( .*|$)/$command \1 \3/p"
done >tables
holds 'each command has options' test "$(cut -d ' ' -f 1 tables | sort -u | wc -l)" = "$(parscale --help | grep -c '^  [a-z]')"
parscale list kernels | sed -n 's/^\([a-z]*\) .*/\1/p' >kernel.names

# A command line per file words.N, a word per line. What would run for long or take all memory is not drawn: sizes are small
# or above what is legal.
awk -v seed="$seed" -v lines="$lines" '
	function below(n) { return int(rand() * n) }
	function pick(list, parts, n) { n = split(list, parts, " "); return parts[1 + below(n)] }
	function value(command, option, kind) {
		if (below(12) == 0) return pick("nonsense -1 1e 0x10 \303\251 %s%n 2^64 " "\033[31m")
		if (below(30) == 0) return ""
		if (kind ~ /\|/) { gsub(/\|/, " ", kind); return pick(kind) }
		if (option ~ /^(workers|ranks|threads-per-rank|nodes|length|children|launches|repetitions|warmup)$/) return pick("0 1 2 3 7")
		if (option == "variant") return pick("best reference scalar avx2 avx512 libm")
		if (option == "backend") return pick("serial openmp pthread fork fork-pipe fork-pickle exec")
		if (option == "meter") return pick("auto native gbench")
		if (option == "placement") return pick("none compact scatter 0 0,1 1-0 0-4096 smt-last numa e-cores")
		if (option == "memory-policy") return pick("local interleave membind:0 membind:99")
		if (option == "word-chars") return pick("letters alnum nonspace a-z0-9 z-a \\")
		if (option == "memory") return pick("16Mi 1 2^63 2^64")
		if (option == "launcher") return pick("nonesuch true")
		if (kind == "T") return pick("1ms 20ms 0.05 0 nan inf 1e400 5x 2s")
		if (kind ~ /PERCENT/) return pick("0 3% 1e-9% 100 101 nan")
		if (kind ~ /DIR|FILE|PATH|BASE/) return pick("made text empty folder plan.sweep nonesuch /dev/null new/folder")
		return pick("0 1 2 7 100 1e3 20000 2^61 2^64-1 18446744073709551616 1.5 4KiB 64Ki")
	}
	FILENAME == "kernel.names" { kernels = kernels " " $1; next }
	{ names[$1] = names[$1] " " $2; kind[$1, $2] = $3; if (!($1 in known)) { known[$1] = 1; commands = commands " " $1 } }
	END {
		srand(seed)
		for (i = 0; i < lines; i++) {
			file = "words." i
			# half of them run something
			command = below(2) ? "run" : pick(commands)
			print command >file
			if (command == "run") print pick(kernels) >file
			if (command == "list") print pick("kernels variants backends probes columns meters nonsense") >file
			if (command == "probe") print pick("switch queue counter spawn cow fanout") >file
			if (command == "sweep") print pick("plan.sweep plan.sweep text empty folder nonesuch") >file
			if (command ~ /^(resume|stat|compare|merge|plot|report|gallery|export|history)$/)
				for (n = 1 + below(3); n > 0; n--) print pick("made made made made/ text folder nonesuch") >file
			for (n = below(5); n > 0; n--) {
				option = pick(names[command])
				if (option ~ /^(all|thorough)$/ || (option == "help" && below(8))) continue
				of = kind[command, option]
				if (below(25) == 0) option = substr(option, 1, 1 + below(length(option)))
				if (of == "") print "--" option (below(20) ? "" : "=1") >file
				else if (below(20) == 0) print "--" option >file
				else if (below(2)) print "--" option "=" value(command, option, of) >file
				else { print "--" option >file; print value(command, option, of) >file }
			}
			if (below(30) == 0) print pick("-- - --- -x --= extra") >file
			if (command == "run") { print "--timeout=500ms" >file; print "--cap=100ms" >file }
			if (command == "probe") { print "--seconds=0.01" >file; print "--launches=1" >file }
			if (command == "sweep") { print "--budget=200ms" >file; print "--no-charts" >file; print "--out=out." i >file }
			if (command == "resume") { print "--budget=200ms" >file; print "--no-charts" >file }
			close(file)
		}
	}' kernel.names tables

i=0 ran=0 bad=
while [ "$i" -lt "$lines" ]; do
	set --
	while IFS= read -r word; do set -- "$@" "$word"; done <"words.$i"
	run timeout -k 1 60 "$PARSCALE_BUILD/parscale" "$@"
	why=
	case $status in
	0 | 1 | 77) ;;
	2) [ "$(wc -l <err)" = 1 ] || why='not one line' ;;
	*) why="exit status $status" ;;
	esac
	[ "$status" = 0 ] || [ -s err ] || [ -s out ] || why="exit status $status, and no word"
	! grep -qaE 'Sanitizer|runtime error' err || why='the sanitizer'
	[ -z "$why" ] || bad="$bad
  $why: $(tr '\n' ' ' <"words.$i")$(head -n 3 err | sed 's/^/\n    /')"
	ran=$((ran + 1))
	i=$((i + 1))
done
result "$ran random command lines of seed $seed" "$bad"
# ours: other suites run meanwhile
idle() {
	for process in $(running 'parscale*' 'launch\|worker'); do
		[ "$(readlink "/proc/$process/cwd")" != "$(pwd -P)" ] || return 1
	done
}
holds 'nothing runs any more' wait_for idle
close_suite
