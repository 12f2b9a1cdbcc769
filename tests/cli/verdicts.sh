# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# verdicts.sh - what `compare` says of real measurements: of the same program twice, and of one
# whose work was made to take longer, launches in turn.
#
# For a quiet machine, and so with PARSCALE_LONG=1 alone: verdicts on times are of the machine, too.
# First that the delay is what it should be, and that a long one is found; then the trials: PARSCALE_PAIRS sweeps of the same program against itself (40), of
# whose cells at most 5 % may be called faster or slower; and PARSCALE_TRIALS trials (20) of a
# planted 3 %, with as many pairs as the tool asks for after a first look, and by what the trial
# itself shows of scatter, of which 90 % must be called slower. On a busy machine the tool asks for more.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

if [ "${PARSCALE_LONG:-0}" != 1 ]; then
	skipped 'what compare says of a planted delay' 'it is timed, which PARSCALE_LONG=1 asks for'
	close_suite
fi
delayed=$PARSCALE_BUILD/tests/planted

# --- the delay, by CPU time, which other processes hardly change ---
cpu_ns() { awk '/^  "(user|sys)_ns":/ { sum += $2 } END { printf "%.0f\n", sum }'; }
cell='sieve --variant scalar --stop 2e9 --repetitions 1 --warmup 0 --meter native --format json'
i=0
while [ $i -lt 3 ]; do
	# shellcheck disable=SC2086  # words
	{ parscale run $cell | cpu_ns >>plain && PARSCALE_PLANTED=30 "$delayed/parscale" run $cell | cpu_ns >>slow; } || break
	i=$((i + 1))
done
middle() { sort -n "$1" | sed -n 2p; }
holds 'a planted delay of 30 % is one' awk -v plain="$(middle plain)" -v slow="$(middle slow)" \
	'BEGIN { r = slow / plain; print r; exit !(r > 1.15 && r < 1.45) }'

# pair_plan LAUNCHES KERNELS >FILE
pair_plan() {
	printf 'launches = %s\nmost-launches = %s\nprecision = off\nrepetitions = 9\nsample-time = 3ms\nmeter = native\n' "$1" "$1"
	printf 'kernel = %s\nvariant = scalar, best\nbackend = serial\nsize = 2e6\n' "$2"
}

# pair PERCENT PLAN: the plan measured by parscale and, in turn, by one that is so much slower; compared, as CSV
pair() {
	rm -rf a
	PARSCALE_PLANTED=$1 "$PARSCALE_BUILD/parscale" sweep "$2" --against "$delayed" --no-charts --out a 2>/dev/null || return 1
	parscale compare a a/against --effect 3 --format csv
}

# field NAME...: these columns of what compare says
field() {
	awk -F, -v names="$*" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(names, name, " "); next }
		{ for (i = 1; i <= n; i++) printf "%s ", $at[name[i]]; print "" }'
}

# asked: the most pairs that compare asks for in any cell
asked() { field launches_needed | awk '{ n = $1 > n ? $1 : n } END { print n < 6 ? 6 : n }'; }

# --- twice the time ---
pair_plan 12 palindrome >double.sweep
pair 100 double.sweep >rows
field verdict ratio <rows >doubled
holds 'a program that takes twice the time is slower, in both cells' awk '{ print; n += $1 == "slower" } END { exit n != 2 }' doubled

# --- the same twice ---
pair_plan 12 'sieve, palindrome' >pairs.sweep
pairs=${PARSCALE_PAIRS:-40} i=0
: >verdicts
while [ $i -lt "$pairs" ]; do
	pair 0 pairs.sweep >rows || break
	field verdict <rows >>verdicts
	i=$((i + 1))
done
[ "$pairs" = 0 ] || holds "of $pairs sweeps of the same program against itself, at most 5 % of the cells are called changed" awk -v wanted="$((4 * pairs))" '
	{ n++; changed += $1 == "slower" || $1 == "faster" } END { print changed, "of", n; exit !(n == wanted && changed <= 0.05 * n) }' verdicts
sort verdicts | uniq -c

# --- 3 % slower ---
trials=${PARSCALE_TRIALS:-20} most=${PARSCALE_MOST_LAUNCHES:-200}
if [ "$trials" != 0 ]; then
	pair_plan 40 palindrome >first.sweep
	needed=$(pair 0 first.sweep | asked)
	echo "to find 3 %, the tool asks for $needed pairs"
	holds 'that is a number that can be made' test "${needed:-100000}" -le "$most"
	: >found
	i=0
	while [ "${needed:-100000}" -le "$most" ] && [ $i -lt "$trials" ]; do
		# Noise that came later: by the scatter of this very trial the tool asks for more, whatever the verdict. So it is made again, with as many.
		n=$needed
		while pair_plan "$n" palindrome >trial.sweep && pair 3 trial.sweep >rows; do
			more=$(asked <rows)
			if [ "$more" -le $((n * 3 / 2)) ] || [ "$n" -ge "$most" ]; then break; fi
			n=$((more < most ? more : most))
		done
		field verdict ratio pairs launches_needed <rows >>found
		i=$((i + 1))
	done
	cat found
	holds "3 % are found in 9 of 10 of $trials trials" awk -v wanted="$((2 * trials))" '
		{ n++; slower += $1 == "slower" } END { print slower, "of", n; exit !(n == wanted && slower >= 0.9 * n) }' found
fi
close_suite
