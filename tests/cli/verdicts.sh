# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# verdicts.sh - what `compare` says of real measurements: of the same program twice, and of one whose work was made to take 3 % longer.
#
# In `make check` only that the delay is what it should be. With PARSCALE_LONG=1 the trials: PARSCALE_PAIRS pairs of sweeps of the same program (40), of
# whose cells at most 5 % may be called faster or slower; and PARSCALE_TRIALS trials (20) of the planted delay, each side with as many launches as the
# tool asks for after a first look, of which 90 % must be called slower. The pairs bear a busy machine; the trials want a quiet one.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

planted() { PARSCALE_PLANTED=$1 && shift && PARSCALE_PLANTED="$PARSCALE_PLANTED" "$PARSCALE_BUILD/tests/planted/parscale" "$@"; }

# --- the delay, by CPU time, which other processes hardly change ---
cpu_ns() { awk '/^  "(user|sys)_ns":/ { sum += $2 } END { printf "%.0f\n", sum }'; }
cell='sieve --variant scalar --stop 2e9 --repetitions 1 --warmup 0 --meter native --format json'
i=0
while [ $i -lt 5 ]; do
	# shellcheck disable=SC2086  # words
	{ parscale run $cell | cpu_ns >>plain && planted 30 run $cell | cpu_ns >>slow; } || break
	i=$((i + 1))
done
middle() { sort -n "$1" | sed -n 3p; }
holds 'a planted delay of 30 % is one' awk -v plain="$(middle plain)" -v slow="$(middle slow)" \
	'BEGIN { r = slow / plain; print r; exit !(r > 1.15 && r < 1.45) }'

[ "${PARSCALE_LONG:-0}" = 1 ] || close_suite

# plan LAUNCHES KERNELS >FILE
plan() {
	printf 'launches = %s\nmost-launches = %s\nprecision = off\nrepetitions = 3\nsample-time = 5ms\nmeter = native\n' "$1" "$1"
	printf 'kernel = %s\nvariant = scalar, best\nbackend = serial\nsize = 2e6\n' "$2"
}

# pair COMMAND PLAN: the plan measured by parscale and by COMMAND, compared, as CSV
pair() {
	rm -rf a b
	parscale sweep "$2" --no-charts --out a 2>/dev/null || return 1
	# shellcheck disable=SC2086  # a command with its words
	$1 sweep "$2" --no-charts --out b 2>/dev/null || return 1
	parscale compare a b --effect 3 --format csv
}

# --- the same twice ---
plan 8 'sieve, palindrome' >pairs.sweep
pairs=${PARSCALE_PAIRS:-40} i=0
: >verdicts
while [ $i -lt "$pairs" ]; do
	pair parscale pairs.sweep >rows || break
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "verdict") at = i; next } { print $at }' rows >>verdicts
	i=$((i + 1))
done
[ "$pairs" = 0 ] || holds "of $pairs pairs of sweeps of the same program, at most 5 % of the cells are called changed" awk -v wanted="$((4 * pairs))" '
	{ n++; changed += $1 == "slower" || $1 == "faster"; v[$1]++ }
	END { for (x in v) printf "%s %d  ", x, v[x]; print "of", n; exit !(n == wanted && changed <= 0.05 * n) }' verdicts
sort verdicts | uniq -c

# --- 3 % slower ---
trials=${PARSCALE_TRIALS:-20}
if [ "$trials" != 0 ]; then
	plan 24 palindrome >first.sweep
	needed=$(pair parscale first.sweep | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "launches_needed") at = i; next }
		{ n = $at > n ? $at : n } END { print n < 6 ? 6 : n }')
	echo "to find 3 %, the tool asks for $needed launches on each side"
	holds 'that is a number of launches that can be made' test "${needed:-1000}" -le "${PARSCALE_MOST_LAUNCHES:-120}"
	plan "$needed" palindrome >trial.sweep
	: >found
	i=0
	while [ "${needed:-1000}" -le "${PARSCALE_MOST_LAUNCHES:-120}" ] && [ $i -lt "$trials" ]; do
		pair 'planted 3' trial.sweep >rows || break
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "verdict") at = i; if ($i == "ratio") r = i } next } { print $at, $r }' rows >>found
		i=$((i + 1))
	done
	cat found
	holds "3 % are found in 9 of 10 of $trials trials" awk -v wanted="$((2 * trials))" '
		{ n++; slower += $1 == "slower" } END { print slower, "of", n; exit !(n == wanted && slower >= 0.9 * n) }' found
fi
close_suite
