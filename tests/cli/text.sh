# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# text.sh - `run text` as its users see it: rules of words, lists and counts of words, inputs of all
# kinds.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
# shellcheck source=tests/cli/process.sh
. "$PARSCALE_ROOT/tests/cli/process.sh"

text() { "$PARSCALE_BUILD/parscale" run text --repetitions 1 --sample-time 1ms "$@"; }

# lists WORDS OPTIONS...: what --print writes of ./words, with blanks for line breaks
lists() {
	wanted=$1
	shift
	run text --input words --print "$@"
	holds "words with ${*:-no options}" test "$(tr '\n' ' ' <out)" = "$wanted"
}

printf "Anna, x2x 1001 -- 'did' ab,ba \303\211t\303\251 t\303\266\303\226T e\314\201te\314\201 a\342\200\234a\342\200\235\377 A\000a I\n" >words
lists 'Anna did '
lists 'did ' --fold-case no
lists 'Anna x2x 1001 did ' --word-chars alnum
lists "x2x 1001 -- 'did' ab,ba " --word-chars nonspace
lists "Anna x2x 1001 'did' " --word-chars "a-z0-9'"
lists 'did ' --word-chars a-z --fold-case no
lists "Anna -- 'did' " --word-chars hyphens
lists "Anna 'did' " --word-chars apostrophes
lists "$(printf 'Anna did \303\211t\303\251 t\303\266\303\226T e\314\201te\314\201 ')" --encoding utf-8
lists "$(printf 'did e\314\201te\314\201 ')" --encoding utf-8 --fold-case no
lists "$(printf 'Anna did \303\211t\303\251 e\314\201te\314\201 ')" --encoding utf-8 --word-chars "$(printf 'a-t\303\251')" --min-length 3
says '; 11 one-letter words' 'one-letter words are counted apart' text --input words
says '; 7 one-letter words' 'letters with marks are one letter' text --input words --encoding utf-8
run text --input words --format json
holds 'JSON: as a field' test "$(field excluded)" = 11

# Different words: the most frequent first, of as frequent ones the one that was found first.
printf 'noon Anna did Did anna NOON x ANNA level' >words
printf '3\tanna\n2\tnoon\n2\tdid\n1\tlevel\n' >wanted
run text --input words --print-unique
same '--print-unique' wanted out
printf '2\tnoon\n1\tdid\n' >wanted
printf 'noon did noon Did' >words
run text --input words --print-unique --fold-case no
same '--print-unique, cases apart' wanted out
run text --input words --print-unique --backend pthread --workers 2
holds '--print-unique: the timing is on standard error' grep -q verified err

# Inputs of all kinds.
printf 'noon' >words
# shellcheck disable=SC2317  # run by name
through() { sh -c "$1" | "$PARSCALE_BUILD/parscale" run text --input - --print --repetitions 1; }
run through 'cat words; sleep 0.1; echo " did"'
holds 'a pipe that takes its time' test "$(tr '\n' ' ' <out)" = 'noon did '
from_file() { "$PARSCALE_BUILD/parscale" run text --input - --print --repetitions 1 <words; }
run from_file
holds 'standard input that is a file' test "$(cat out)" = noon
mkfifo fifo
printf 'noon did' >fifo &
run text --input fifo --print
holds 'a FIFO' test "$(tr '\n' ' ' <out)" = 'noon did '
printf 'noonabbadeedxyzx' >fifo &
run parscale run palindrome --length 4 --input fifo --print
holds 'a packed list from a FIFO' test "$(tr '\n' ' ' <out)" = 'noon abba deed '
for kernel in text palindrome substrings; do
	run parscale run $kernel --input .
	holds "$kernel: a directory" test "$status/$(cat err)" = '2/parscale: --input: .: Is a directory'
done
LC_ALL=C awk 'BEGIN { for (i = 0; i < 65536; i++) printf "%c%c a\n", int(i / 256), i % 256 }' >bytes
run text --input bytes --min-length 1
holds 'any bytes' test "$status" = 0

# Rules and giants reach workers of every kind.
printf "Anna's -- d'd \303\211t\303\251 'x' otto" >words
head -c 300000 /dev/zero | tr '\0' a >giant
{ head -c 100000 giant; printf b; head -c 300000 giant; } >spoilt
for backend in pthread fork exec fork-pipe openmp; do
	run parscale list backends
	grep -q "^$backend .*missing\|^$backend .*not available" out && continue
	run text --input words --backend $backend --workers 2 --word-chars "$(printf "a-z\303\251'")" --encoding utf-8 --format json
	holds "$backend: rules" test "$(field count)/$(field status)" = 4/ok
	run text --input giant --backend $backend --workers 2 --format json
	holds "$backend: a giant" test "$(field count)/$(field status)" = 1/ok
	run text --input spoilt --backend $backend --workers 2 --format json
	holds "$backend: a giant, spoilt" test "$(field count)/$(field status)" = 0/ok
done

# A file that shrinks under a search: one exit status, and words that say so, whoever met the hole.
for backend in serial pthread fork; do
	on=2
	[ $backend != serial ] || on=1
	head -c 30000000 /dev/zero | tr '\0' 'a' >big
	"$PARSCALE_BUILD/parscale" run text --input big --backend $backend --workers $on --repetitions 100000 --meter native >out 2>err &
	driver=$!
	wait_for measuring
	: >big
	status=0
	wait $driver || status=$?
	holds "a file that shrinks, $backend: an error" test "$status" = 1
	holds "a file that shrinks, $backend: says so" grep -q 'big \(shrank\|changed\) while it was searched' err
done

# A packed list is copied, so that the search goes on; but what it finds is no result.
for format in json text; do
	head -c 30000000 /dev/zero | tr '\0' 'a' >big
	"$PARSCALE_BUILD/parscale" run palindrome --length 4 --input big --repetitions 80 --sample-time 20ms --meter native --format $format >out 2>err &
	driver=$!
	wait_for measuring
	head -c 1000 /dev/zero >big
	status=0
	wait $driver || status=$?
	holds "a packed list that shrinks, $format: an error" test "$status" = 1
	holds "a packed list that shrinks, $format: says so" grep -q 'big changed while it was searched: 30000000 bytes, now 1000' err
	holds "a packed list that shrinks, $format: no result" grep -qi '"status": "failed"\|; FAILED (' out
done

# Both kernels together: palindromic primes, the partial sums of OEIS A016115.
primes() { "$PARSCALE_BUILD/parscale" run sieve --stop "$1" --print --repetitions 1 2>/dev/null |
	"$PARSCALE_BUILD/parscale" run text --input - --word-chars alnum --min-length 1 --repetitions 1 --format json; }
sums='1e3 20 1e4 20 1e5 113 1e6 113 1e7 781'
[ -z "${PARSCALE_LONG-}" ] || sums="$sums 1e8 781 1e9 5953"
# shellcheck disable=SC2086  # pairs
set -- $sums
while [ $# -gt 0 ]; do
	run primes "$1"
	holds "palindromic primes below $1" test "$(field count)" = "$2"
	shift 2
done

# The same as another program finds, character by character.
cat >peer.py <<'END'
import random, sys, unicodedata
draw = random.Random(7)
pool = "aabbeeAEkK07'- \n\u00e9\u00c9\u00f6\u00d6\u00df\u1e9e\u0301\u0308\u0430\u0410\u03c3\u03c2\u212a\u017f\u201c\u00a0\u0663"
pool = [c.encode() for c in pool] + [b"\x80", b"\xc3", b"\xff", b"\xe2\x80", b"\xed\xa0\x80", b"\0"]
data = bytearray()
for _ in range(60000):
    word = [draw.choice(pool) for _ in range(draw.randrange(1, 5))]
    if draw.randrange(8) == 0:
        word = [chr(c).encode() for c in draw.choices(range(0xC0, 0x700), k=2)]
    data += b"".join(word + word[::-1][draw.randrange(2):]) + draw.choice([b" ", b", ", b"\n", b"."])
with open("peer.txt", "wb") as file:
    file.write(data)
fold = {}
for name, has in (("letters", lambda c: unicodedata.category(c)[0] in "LM"),
                  ("alnum", lambda c: unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd"),
                  ("nonspace", lambda c: not c.isspace() and not "\ud800" <= c <= "\udfff")):
    for folds in "yes", "no":
        text, word = bytes(data).decode("utf-8", "surrogateescape"), []
        with open(f"peer.{name}.{folds}", "wb") as out:
            for c in text + " ":
                if has(c):
                    if not word or unicodedata.category(c)[0] != "M":
                        word.append("")
                    word[-1] += c
                    continue
                def key(letter):
                    return [next((f for f in (c.casefold(), c.lower()) if len(f) == 1), c) if folds == "yes" else c for c in letter]
                keys = [key(letter) for letter in word]
                if len(word) >= 2 and keys == keys[::-1]:
                    out.write("".join(word).encode() + b"\n")
                word = []
END
if command -v python3 >/dev/null; then
	ok 'python3 finds palindromes' python3 peer.py
	for set in letters alnum nonspace; do
		for folds in yes no; do
			run text --input peer.txt --print --encoding utf-8 --word-chars $set --fold-case $folds
			same "UTF-8, $set, fold-case $folds: as python3 lists them" peer.$set.$folds out
			holds 'which are many' test "$(wc -l <out)" -gt 2000
		done
	done
else
	skipped 'what python3 lists' 'it is not installed'
fi
close_suite
