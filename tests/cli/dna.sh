# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# dna.sh - DNA as users have it: FASTA with many records, comments, soft masking, runs of N, any end of
# line, compressed; and lists with places, which other programs read.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

dna() { parscale run substrings --alphabet dna --repetitions 1 --sample-time 1ms "$@"; }
inverted() { parscale run inverted --repetitions 1 --sample-time 1ms "$@"; }

# finds COUNT LETTERS LONGEST TEXT: palindromes of a FASTA file, given as for printf
finds() {
	# shellcheck disable=SC2059  # it is a format
	printf "$4" >sequence
	run dna --input sequence --format json
	holds "DNA: $4" test "$status $(field count) $(field items) $(field longest)" = "0 $1 $2 $3"
}
finds 3 6 6 'GAATTC'
finds 3 6 6 '>x\nGAATTC\n'
finds 0 6 0 '>a\nGAA\n>b\nTTC\n'
finds 0 4 0 '>a\nGA\n>b\nTC\n'
finds 0 3 0 ';GAATTC\nAAA\n'
finds 3 9 6 '>x\nGAA\n;comment\nTTC\nNNN\n'
finds 3 6 6 '>x\rGAATTC\r'
finds 3 6 6 '>x\r\nGAA\r\nTTC\r\n'
finds 3 6 6 '\357\273\277>x\nGAATTC'
finds 3 6 6 '>x\ngaaTTC\n'
finds 3 6 6 '>x\nGAAUUC\n'
finds 1 7 2 '>x\nGANATTC\n'
finds 0 6 0 '>x\nNNNNNN\n'
finds 0 8 0 '>x\nRYSWKMNN\n'
finds 0 5 0 '>x\nGA-TC\n'
finds 3 6 6 '>x\n  1 GAA TTC\n'
finds 3 9 6 'GAATTC\n>b\nAAA\n'

# refuses REASON TEXT: what is no sequence
refuses() {
	# shellcheck disable=SC2059  # it is a format
	printf "$2" >sequence
	fails 2 "no DNA: $2" parscale run substrings --alphabet dna --print --input sequence
	holds '... says why' grep -q -- "$1" err
	fails 2 "no DNA for inverted: $2" parscale run inverted --print --format bed --input sequence
}
refuses "record 2 ('b') has no letters" '>a\nAC\n>b the empty\n\n>c\nAC\n'
refuses "record 1 ('') has no letters" '>\n'
refuses 'has no letters of a sequence' '; nothing\n'
refuses 'FASTQ' '@read\nGAATTC\n+\nIIIIII\n'

# --- lists ---
printf '>chr1 first\nCCCgaa\nTTCaa\n>chr2\nNNGAATTCN\n>\nGAATTC\n' >genome
printf 'record\tstart\tend\tlength\tarm\tgap\tsequence\nchr1\t4\t9\t6\t3\t0\tgaaTTC\nchr2\t3\t8\t6\t3\t0\tGAATTC\nrecord3\t1\t6\t6\t3\t0\tGAATTC\n' >wanted.tsv
printf 'chr1\t3\t9\tgaaTTC\t3\t.\nchr2\t2\t8\tGAATTC\t3\t.\nrecord3\t0\t6\tGAATTC\t3\t.\n' >wanted.bed
run dna --input genome --print
same 'the longest palindromes of DNA, with their places' wanted.tsv out
run dna --input genome --print --format bed --backend pthread --workers 2
same '... as BED' wanted.bed out
holds '... and the timing on standard error' grep -q verified err
for variant in $(parscale list variants | awk '$2 == "inverted" && !/missing/ { print $1 }'); do
	run inverted --input genome --arm 3 --print --format tsv --variant "$variant"
	same "inverted repeats, $variant" wanted.tsv out
done
run inverted --input genome --arm 3 --print --format bed
same '... as BED' wanted.bed out
printf 'record\tstart\tend\tlength\tarm\tgap\tsequence\nsequence\t2\t11\t10\t4\t2\tGGATcaATCC\n' >wanted
printf 'TGGATcaATCCC' >sequence
for backend in serial pthread fork exec fork-pipe fork-pickle; do
	run inverted --input sequence --arm 4 --gap 3 --print --backend $backend
	same "a gap, on $backend" wanted out
done
# A list begins where repeats begin, not where their middles are.
printf 'AAAAAAGAATTCTTTTTTGC' >sequence
run inverted --input sequence --arm 1 --print --format bed
holds 'lists are sorted by start' sh -c 'sort -k1,1 -k2,2n -k3,3n out | cmp - out'
if command -v bedtools >/dev/null; then
	head -n 5 genome >named # bedtools wants records with names
	head -n 2 wanted.bed >named.bed
	bedtools getfasta -fi named -bed named.bed -tab 2>/dev/null | awk '{ print $2 }' >pieces
	cut -f 4 named.bed >wanted
	same 'bedtools cuts the same out of the file' wanted pieces
else
	skipped 'what bedtools cuts out' 'it is not installed'
fi

# --- compressed ---
if parscale info --format json | grep -q '"zlib": "found"' && command -v gzip >/dev/null; then
	gzip -c genome >genome.gz
	for kind in substrings inverted; do
		more='--arm 3'
		[ $kind = inverted ] || more='--alphabet dna'
		# shellcheck disable=SC2086  # words
		run parscale run $kind --input genome.gz $more --print --format bed
		same "$kind: a compressed genome" wanted.bed out
	done
	compressed() { inverted --input - --arm 3 --print --format bed <genome.gz; }
	run compressed
	same 'a compressed genome from standard input' wanted.bed out
	{ head -c 20 genome | gzip -c && printf '' | gzip -c && tail -c +21 genome | gzip -c; } >members.gz
	run inverted --input members.gz --arm 3 --print --format bed
	same 'members one behind the other' wanted.bed out
	{ cat genome.gz && head -c 600 /dev/zero; } >padded.gz
	run inverted --input padded.gz --arm 3 --print --format bed
	same 'zeros behind the last' wanted.bed out
	printf 'noon\nabba\nabcd\n' | gzip -c >words.gz
	run parscale run palindrome --length 4 --input words.gz --format json
	holds 'a compressed list' test "$status $(field count)" = '0 2'
	run parscale run text --input words.gz --format json --backend exec --workers 2
	holds 'a compressed text, for fresh programs' test "$status $(field count)" = '0 2'
	size=$(wc -c <genome.gz)
	for cut in 2 9 12 $((size / 2)) $((size - 8)) $((size - 1)); do
		head -c "$cut" genome.gz >short.gz
		fails 2 "cut short after $cut of $size bytes" parscale run inverted --input short.gz --print --format bed
		holds '... says so' grep -q 'short.gz: is cut short' err
	done
	{ cat genome.gz && echo more; } >more.gz
	fails 2 'something else behind' parscale run inverted --input more.gz
	holds '... says so' grep -q 'something else behind' err
	{ head -c $((size - 8)) genome.gz && printf 'AAAA' && tail -c 4 genome.gz; } >sum.gz
	fails 2 'a wrong checksum' parscale run inverted --input sum.gz
	printf '' | gzip -c >empty.gz
	fails 2 'nothing, compressed' parscale run text --input empty.gz
	holds '... says so' grep -q 'empty.gz is empty' err
	printf 'kernel = inverted\nbackend = serial, pthread\nworkers = 1\ninput = genome.gz\narm = 3\ngap = 0, 4\nlaunches = 2\nrepetitions = 1\n' >one.sweep
	ok 'a sweep over a compressed genome' parscale sweep one.sweep --out swept --no-charts
	holds '... finds the same in every launch' test "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["gap"], $at["count"], $at["status"] }' swept/samples.csv | sort -u | wc -l)" = 2
else
	skipped 'compressed inputs' 'zlib or gzip is not installed'
fi
close_suite
