# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# run.sh - `parscale run` as its users see it: published answers, formats, listings.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# counts WANTED KERNEL OPTIONS...: the verified count
counts() {
	wanted=$1
	shift
	run parscale run "$@" --format json --repetitions 1 --sample-time 1ms
	if [ "$status" = 0 ] && [ "$(field count)" = "$wanted" ] && [ "$(field status)" = ok ]; then
		result "$*" ''
	else
		result "$*" "$(echo "  wanted count $wanted"; seen)"
	fi
}

counts 0 sieve --stop 0
counts 0 sieve --stop 1
counts 1 sieve --stop 2
counts 1 sieve --start 2 --stop 2
counts 4 sieve --stop 10
counts 78498 sieve --stop 1e6
counts 50847534 sieve --stop 1e9 --backend fork --workers 2
counts 455052511 sieve --stop 1e10 --backend fork --workers 2
counts 455052511 sieve --stop 10G --backend pthread --workers 3 --lifetime spawn --schedule dynamic
counts 36249 sieve --start 1e12 --stop 1000001000000
counts 13 sieve --start 18446744073709551000 --stop 2^64-1
for found in 2:440312 3:111156 4:4768 5:1383 6:82; do
	counts "${found#*:}" sieve --stop 1e8 --tuplet "${found%:*}" --backend fork --workers 2
done
# Spellings of earlier versions are accepted, on the command line and in a plan, and not shown.
counts 440312 sieve --stop 1e8 --count 2 --backend pthread --workers 2 --one-at-a-time
run parscale run --help
holds 'no former spelling is shown' sh -c '! grep -qE -- "--(count|one-at-a-time) " out'
printf 'kernel = sieve\nvariant = best\nbackend = pthread\nworkers = 2\nsize = 1e5\ncount = 2\none-at-a-time = yes\n' >former.sweep
says 'global-lock=yes.*tuplet=2' 'a plan with former keys' parscale sweep former.sweep --dry-run
# Sizes of bytes as people write them.
counts 664579 sieve --stop 1e7 --block-bytes 24KiB
counts 500500 substrings --bytes 1kB --string equal
counts 26 palindrome --words 26 --length 1 --seed 7
counts 0 palindrome --words 0
counts 0 palindrome --words 3 --length 65536
counts 500500 substrings --bytes 1000 --string equal
counts 250500 substrings --bytes 1000 --string pairs
counts 250000 substrings --bytes 1000 --string pairs --alphabet dna
counts 981 inverted --bytes 1000 --string pairs
counts 1000 noop --calls 1000
backends=serial
for name in openmp pthread fork; do
	if parscale run noop --backend $name >/dev/null 2>&1; then backends="$backends $name"; fi
done
for backend in $backends; do
	workers=3
	[ "$backend" != serial ] || workers=1
	counts 664579 sieve --stop 10M --backend "$backend" --workers $workers
	# Each worker solves the whole: one problem's answer, everybody's numbers.
	counts 5761455 sieve --size 1e8 --scaling throughput --backend "$backend" --workers $workers
	holds "$workers workers of $backend went through as many times 100 million numbers" test "$(field items)" = "${workers}00000000"
	counts 1000000 triad --size 1e6 --scaling throughput --backend "$backend" --workers $workers
done
holds 'there is a back end of threads and one of processes' test "$backends" != "${backends%fork*}" -a "$backends" != "${backends%pthread*}"

printf "Anna's kayak -- noon,level\nRaceCar x AA b\303\251b \377civic1madam_Refer\n\nab" >words
printf 'Anna\nkayak\nnoon\nlevel\nRaceCar\nAA\ncivic\nmadam\nRefer\n' >palindromes
# Every variant that can run here gives the same answer, chosen by name or by hiding what is better.
run parscale list variants
awk '!/missing/ { print $1, $2 }' out >variants
while read -r variant kernel; do
	case $kernel in
	sieve) counts 664579 sieve --stop 10M --variant "$variant" ;;
	palindrome) counts 1502 palindrome --words 1M --length 4 --seed 1 --variant "$variant" ;;
	text) counts 9 text --input words --variant "$variant" ;;
	substrings) counts 500500 substrings --bytes 1000 --string equal --variant "$variant" ;;
	inverted) counts 981 inverted --bytes 1000 --string pairs --variant "$variant" ;;
	esac
done <variants
for feature in avx512 avx2; do
	run env PARSCALE_CPU_DISABLE=$feature "$PARSCALE_BUILD/parscale" run sieve --stop 1e7 --format json
	if [ "$(field count)" = 664579 ] && [ "$(field variant)" != $feature ]; then
		result "without $feature" ''
	else
		result "without $feature" "$(seen)"
	fi
done

# --print: items alone on standard output, in order; the rest on standard error.
cat >primes <<'END'
18446744073709551113
18446744073709551163
18446744073709551191
18446744073709551253
18446744073709551263
18446744073709551293
18446744073709551337
18446744073709551359
18446744073709551427
18446744073709551437
18446744073709551521
18446744073709551533
18446744073709551557
END
run parscale run sieve --start 18446744073709551000 --stop 18446744073709551615 --print
same 'the last 13 primes below 2^64' primes out
holds 'the timing is on standard error' grep -q verified err

# The n-th prime alone on standard output: OEIS A006988, and from a first number on.
while read -r options answer; do
	echo "$answer" >wanted
	# shellcheck disable=SC2046  # options are words
	run parscale run sieve $(echo "$options" | tr , ' ')
	same "n-th prime: $options" wanted out
done <<'END'
--nth,1 2
--nth,2 3
--nth,10 29
--nth,100 541
--nth,1e3 7919
--nth,1e4 104729
--nth,1e5 1299709
--nth,1e6 15485863
--nth,1e7 179424673
--nth,1e8,--backend,fork,--workers,2 2038074743
--nth,1,--start,2 2
--nth,2,--start,100 103
--nth,1,--start,101 101
--nth,1000,--start,1e15 1000000000036547
--nth,13,--start,18446744073709551000 18446744073709551557
END

fourteenth() { parscale run sieve --nth 14 --start 18446744073709551000 2>&1 | grep -q -e '--nth: .*2^64'; }
holds 'there is no fourteenth prime in the last 616 numbers' fourteenth

# Every length of number, against another tool where it is installed.
printf '(7, 11, 13, 17, 19, 23)\n(97, 101, 103, 107, 109, 113)\n' >sextuplets
run parscale run sieve --stop 1e4 --tuplet 6 --print
same 'sextuplets, as a list of their primes' sextuplets out
if command -v primesieve >/dev/null; then
	for range in 1:0:99999 2:0:99999 5:0:999999 1:99000:101000 1:9999999000:10000001000 2:9999999000:10000001000 1:999999999999999000:1000000000000001000; do
		tuplet=${range%%:*} range=${range#*:}
		primesieve "${range%:*}" "${range#*:}" -p"$tuplet" --quiet >listed
		run parscale run sieve --start "${range%:*}" --stop "${range#*:}" --tuplet "$tuplet" --print
		same "as primesieve lists $range, $tuplet" listed out
	done
else
	skipped 'what primesieve lists' 'it is not installed'
fi

run parscale run text --input words --print
same 'palindromic words, in input order' palindromes out
counts 9 text --input words
counts 8 text --input words --min-length 4
from_stdin() { "$PARSCALE_BUILD/parscale" run text --input - --print <words; }
run from_stdin
same 'from standard input' palindromes out

# The longest palindrome in a text, in a sequence; and where several are.
printf 'Was it a car, or a cat I saw? abab' >sentence
run parscale run substrings --input sentence --alphabet letters --print
echo wasitacaroracatisaw >wanted
same 'the longest palindrome among letters' wanted out
holds 'its length stands with the timing' grep -q 'letters of the longest: 19; verified' err
printf '>one GAATTC\nggaa\nttcc\nNN\n' >genome
run parscale run substrings --input genome --alphabet dna --print --backend pthread --workers 2
printf 'record\tstart\tend\tlength\tarm\tgap\tsequence\none\t1\t8\t8\t4\t0\tggaattcc\n' >wanted
same 'the longest palindrome of DNA' wanted out
printf 'xyzaba' >several
counts 7 substrings --input several
printf xyx-aba >several
run parscale run substrings --input several --print
printf 'xyx\naba\n' >wanted
same 'all of the longest, in order' wanted out

# The same with another tool, on words of every length.
LC_ALL=C awk 'BEGIN {
	for (i = 0; i < 40000; i++) {
		n = 1 + (i * 7919) % 9
		word = ""
		x = i
		for (k = 0; k < n; k++) {
			x = (x * 1103 + 12345) % 65536
			word = word substr("abABcz", 1 + int(x / 256) % 6, 1)
		}
		printf "%s%s", word, i % 11 ? " " : "\n"
	}
}' >many
LC_ALL=C tr -cs 'a-zA-Z' '\n' <many | awk 'length >= 2 {
	word = tolower($0); back = ""
	for (i = length(word); i > 0; i--) back = back substr(word, i, 1)
	if (word == back) print
}' >wanted
run parscale run text --input many --print --backend pthread --workers 2
same 'thousands of words, as another tool finds them' wanted out

# Formats.
run parscale run sieve --stop 1e6 --format csv --repetitions 3
holds 'CSV: a header and a row for each sample' test "$(wc -l <out)" = 4
holds 'CSV: as many fields in each line' awk -F, '{ gsub(/"[^"]*"/, "x") } NR == 1 { n = NF } NF != n { exit 1 }' out
holds 'CSV: its columns' grep -q '^kernel,variant,backend,' out
run parscale run sieve --stop 1e6 --format json --repetitions 3 --workers 2 --backend fork
for name in kernel variant backend lifetime schedule workers count check status seconds samples items setup_seconds; do
	holds "JSON has $name" grep -q "^ *\"$name\": " out
done
holds 'JSON: items are the numbers asked for' test "$(field items)" = 1000001
says '78498 in 1000001 numbers; verified' 'text names the answer' parscale run sieve --stop 1e6

# What each worker did when: stamps in order, a row a worker, further runs below.
run parscale run sieve --stop 1e6 --backend fork --workers 2 --lifetime spawn --repetitions 1 --trace trace.csv
run parscale run sieve --stop 1e6 --backend pthread --workers 3 --repetitions 1 --trace trace.csv
holds '--trace: a row for each worker, appended' test "$(column worker trace.csv | tr '\n' ' ')" = '0 1 0 1 2 '
holds '... in the order of a run' sh -c "awk -F, '{ gsub(/\"[^\"]*\"/, \"x\") } NR > 1 { n = 0
	for (i = NF - 5; i < NF; i++) { if (\$i != \"\" && \$i < last) exit 1; last = \$i }; last = 0; n++ } END { exit !NR }' trace.csv"
holds '... nothing before a run in a pool' test "$(column entered_ns trace.csv | grep -c .)" = 2
echo other >other.csv
fails 2 '... into another kind of file' parscale run noop --trace other.csv
fails 2 '... without a name' parscale run noop --trace=
for meter in native gbench; do
	[ $meter = native ] || [ -x "$PARSCALE_BUILD/parscale-gbench" ] || continue
	run parscale run noop --meter $meter --format json
	holds "meter $meter says so" test "$(field meter)" = $meter
done
says '^parscale [0-9]' 'options may follow --' parscale --version
says 'verified' '-- ends options' parscale run --calls 5 -- noop
# --wait: a factor of the row.
says '"wait": "active"' 'active waiting' parscale run noop --backend fork --workers 2 --wait active --calls 1000 --format json
says '"wait": "passive"' 'passive waiting' parscale run noop --backend pthread --workers 3 --wait passive --calls 1000 --format json
says '"wait": "auto"' 'as workers and CPUs suggest' parscale run noop --backend pthread --workers 2 --calls 1000 --format json
close_suite
