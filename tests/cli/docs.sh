# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# docs.sh - each command that the documentation shows works.
#
# Shown are indented or fenced lines; these are run, with these substitutions, which make them quick:
#   run        numbers 1eN become 1e5; one sample, of 1 ms
#   probe      one launch of 0.01 s; --all becomes the probe switch
#   sweep      --dry-run instead of --out and --budget; `--against FOLDER` becomes this build
#   others     folders of results (results/..., DIR, BASE, OTHER) become one that a small sweep has written; compare finds its copy
#   gbench     --benchmark_list_tests
#   my.sweep   the plan that the same page shows; book.txt: a short text; genome.fa.gz: a short sequence, not packed
#   make       its targets are in `make help`, or are tests that have a source
#   scripts    exist, as do the tests that they are given
# Commands in `quotes` have placeholders; of these the command and each option must be known.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

pages=$(cd "$PARSCALE_ROOT" && ls README.md CONTRIBUTING.md docs/*.md results/README.md)
make -s -C "$PARSCALE_ROOT" help >targets 2>/dev/null
printf 'Anna saw level decks at noon.\n' >book.txt
printf '>one\nGGAATTCCGGAATTCC\n' >genome.fa.gz
printf 'kernel = noop\nbackend = serial\n' >small.sweep
ok 'a small sweep' parscale sweep small.sweep --out finished --no-charts --budget 5s

# shown PAGE: the lines that are commands, without indentation, prompt and comment
shown() {
	awk '/^```/ { fenced = !fenced; next } fenced || /^    / { sub(/^ */, ""); print }' "$PARSCALE_ROOT/$1" |
		sed -n -E 's/  +#.*//; s/^([A-Z_]+=[^ ]* )*//; /^(\.\/scripts\/|(sh )?scripts\/|make( |$)|(build\/)?parscale(-[a-z]+)? )/p' |
		sed 's/ && /\n/g' | sed -E 's/^([A-Z_]+=[^ ]* )*//'
}

# quoted PAGE: the commands in quotes
quoted() { grep -oE '`(build/)?parscale [a-z]+[^`]*`' "$PARSCALE_ROOT/$1" | tr -d '`' | sed 's/^build.//'; }

# The plan that a page shows: an indented block that begins with a kernel.
plan_of() { awk '/^    kernel = / { plan = 1 } plan && !/^    [a-z-]+ = / { exit } plan { sub(/^ */, ""); print }' "$PARSCALE_ROOT/$1"; }

# target NAME: make knows it
target() {
	case $1 in
	build/tests/test_*) [ -n "$(find "$PARSCALE_ROOT/tests" -name "${1##*/}.c")" ] ;;
	build/tests/planted/parscale) grep -q 'tests/planted/parscale' "$PARSCALE_ROOT/Makefile" ;;
	*) grep -qE "^ *(make )?$1 " targets ;;
	esac
}

# shown_make PAGE WORD...: each word but settings is a target
shown_make() {
	page=$1
	shift 2
	for word; do
		case $word in
		*=* | -*) ;;
		*) holds "$page: make $word" target "$word" ;;
		esac
	done
}

# shown_script PAGE WORD...: the script, and tests among its arguments, exist
shown_script() {
	page=$1
	shift
	for word; do
		case $word in
		sh | build/* | build | results/*) ;; # what a build or sweep makes
		*/*) holds "$page: $word" test -e "$PARSCALE_ROOT/$word" ;;
		esac
	done
}

# shown_parscale PAGE PROGRAM COMMAND WORD...: runs it, as the head of this file says
shown_parscale() {
	page=$1 program=$2 command=$3
	shift 3
	line="$program $command $*"
	if [ "$program" = parscale-gbench ]; then
		if [ -x "$PARSCALE_BUILD/parscale-gbench" ]; then
			ok "$page: $line" "$PARSCALE_BUILD/parscale-gbench" "$command" --benchmark_list_tests
		else
			skipped "$page: $line" 'no parscale-gbench in this build'
		fi
		return
	fi
	case $command in
	run) words=$(echo "$*" | sed -E 's/\b[0-9]e[0-9]+/1e5/g; s/>.*//')' --repetitions 1 --warmup 0 --sample-time 1ms' ;;
	probe) words="$(echo "$*" | sed 's/--all/switch/; s/>.*//') --launches 1 --seconds 0.01" ;;
	sweep) words=$(echo "$*" | sed -E "s/--(out|budget) [^ ]*//g; s|--against [^ ]*|--against $PARSCALE_BUILD|g; s/--dry-run//")' --dry-run' ;;
	*)
		rm -rf folder
		cp -r finished folder
		if [ "$command" = compare ]; then
			cp -r finished folder/against
			sed '1s/.*/{ "pair": { "id": "x", "role": "this", "programs": [{ "folder": "against", "program": "x" }] },/' \
				finished/manifest.json >folder/manifest.json
		fi
		words=$(echo "$*" | sed -E 's/(results\/[a-z\/]*|DIR|BASE|OTHER)( |$)/folder\2/g; s/>.*//')
		;;
	esac
	# shellcheck disable=SC2086  # words
	ok "$page: $line" parscale "$command" $words
}

# known PAGE PROGRAM COMMAND WORD...: the command is there, and its help has each option
known() {
	page=$1 command=$3
	shift 3
	case $command in help) return ;; esac
	parscale "$command" --help >help 2>&1
	for word in "$command" "$@"; do
		word=$(echo "$word" | sed 's/[^a-z0-9-].*//')
		case $word in
		--*) holds "$page: \`parscale $command $word\`" grep -qE -e "^ *$word( |$)" help ;;
		"$command") holds "$page: \`parscale $command\`" grep -q "^usage: parscale $command" help ;;
		esac
	done
}

for page in $pages; do
	plan_of "$page" >my.sweep
	shown "$page" >lines
	while read -r line; do
		# shellcheck disable=SC2086  # words
		case $line in
		make*) shown_make "$page" $line ;;
		*scripts/*) shown_script "$page" $line ;;
		build/tests/*) ;; # made by the line before
		*) shown_parscale "$page" ${line#build/} ;;
		esac
	done <lines
	quoted "$page" | sort -u >lines
	while read -r line; do
		# shellcheck disable=SC2086  # words
		known "$page" $line
	done <lines
done
holds 'commands were found' test "$count" -gt 60
close_suite
