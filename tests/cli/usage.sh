# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# usage.sh - what makes no sense is refused: exit status 2, one line on standard error, nothing on
# standard output.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# Each line below is a command; the message names one of its options, where it has any.
refuse_all() {
	while read -r arguments; do
		# shellcheck disable=SC2086  # words
		fails 2 "parscale $arguments" parscale $arguments
		case $arguments in
		*' --'*)
			options=$(printf '%s\n' "$arguments" | grep -oE -e '--[a-z-]+' | cut -c 3- | paste -sd'|' -)
			holds "... and names $options" sh -c "tr -d ' ' <err | grep -qE -e '$options'"
			;;
		esac
	done
}

: >empty
mkdir folder
printf 'kernel = noop\nworkers = 0\n' >bad.sweep

refuse_all <<'END'

nonsense
--nonsense
help nonsense
help run run
--version x
--help x
-h x
run
run nonsense
run noop noop
run noop --nonsense 1
run noop -q
run noop --calls
run noop --help=yes
run noop --print
run noop --print=yes
run noop --input empty
run noop --start 5
run noop --variant nonsense
run noop --backend fork --wait idly
run noop --wait active
run noop --variant AVX2
run noop --backend nonsense
run noop --backend pthreads
run noop --lifetime nonsense
run noop --lifetime spawn
run noop --schedule guided
run noop --workers 0
run noop --workers -1
run noop --workers 1.5
run noop --workers 4097
run noop --workers two
run noop --workers 2
run noop --placement nonsense
run noop --placement 0,
run noop --placement 3-1
run noop --placement 0-99999
run noop --memory-policy nonsense
run noop --memory-policy membind
run noop --memory-policy membind:x
run noop --memory-policy membind:0,1
run noop --scaling nonsense
run noop --scaling weak
run noop --scaling throughput
run noop --scaling throughput --size 5 --backend pthread --workers 2 --schedule dynamic
run noop --scaling throughput --size 2^63 --backend pthread --workers 2
run palindrome --scaling throughput --size 5 --backend fork-pipe --workers 2
run noop --size 0
run noop --size -5
run noop --size 5 --calls 6
run noop --grain 0
run noop --block-bytes 1
run noop --repetitions 0
run noop --repetitions x
run noop --warmup -1
run noop --meter nonsense
run noop --sample-time 0
run noop --sample-time 5x
run noop --cap 0
run noop --timeout 0
run noop --timeout -1s
run noop --format xml
run noop --result-fd 3
run noop --known-batch 3
run noop --share 70
run noop --started 1
run noop --shelf
run noop --expect 1:1:0:x
run noop --calls -5
run noop --calls 1e
run noop --calls 1e-1
run noop --calls 0x10
run noop --calls 2^65
run noop --calls 2^64
run noop --calls 18446744073709551616
run noop --calls 10Q
run noop --calls 1.5
run noop --calls ,
run noop --calls NaN
run sieve --start 10 --stop 9
run sieve --tuplet 0
run sieve --tuplet 7
run sieve --nth 0
run sieve --nth 5e17
run sieve --nth 5 --stop 10
run sieve --nth 5 --tuplet 2
run sieve --nth 5 --print
run noop --nth 5
run noop --tuplet 2
probe switch --seconds 0
probe switch --seconds nan
run sieve --start -5
run sieve --stop 1e
run sieve --stop 2^65
run sieve --stop 1e20
run sieve --words 5
run sieve --size 5 --stop 9
run palindrome --length 0
run palindrome --length 65537
run palindrome --input folder
run palindrome --input missing
run palindrome --words -1
run palindrome --words 2^60
run palindrome --seed x
run palindrome --prefetch maybe
run sieve --prefetch on
run read --prefetch on
run heron --prefetch off
run palindrome --input empty
run substrings --string nonsense
run substrings --string
run substrings --letters 0
run substrings --letters 27
run substrings --alphabet rna
run substrings --string english --alphabet dna
run substrings --bytes -1
run substrings --words 5
run substrings --input missing
run substrings --input folder
run substrings --input empty
run text --min-length 0
run text --word-chars lettres
run text --word-chars abca
run text --word-chars z-a
run text --word-chars é
run text --fold-case maybe
run text --encoding latin-1
run sieve --word-chars alnum
run sieve --print-unique
run substrings --print-unique
run inverted --print-unique
run inverted --gap 65536
run inverted --arm 0
run inverted --format tsv
run text --print --format bed
run text --print-unique --print
run text --bytes 2^60
run text --input
run text --input empty
run text --input missing
run text --input folder
run text --input empty --bytes 5
list nonsense
list kernels variants
list --nonsense
info --nonsense
info nonsense
sweep missing.sweep
sweep folder
sweep bad.sweep
sweep --nonsense
sweep --budget 0
sweep --budget x
sweep --against
sweep --against missing
sweep --against folder
sweep --against bad.sweep
resume
resume missing
resume folder folder
compare
compare folder
compare folder missing
merge folder
merge missing folder
stat
stat folder folder
stat missing
stat folder
plot
plot missing
plot folder
report
report missing
report folder
END

# What this machine or this build does not have is known, but absent.
run parscale list variants
awk '/ \[missing: / { print $1, $2 }' out >absent
for kernel in sieve text read copy peak; do
	holds "some variants of $kernel are for other machines" grep -q " $kernel\$" absent
done
while read -r variant kernel; do
	fails 77 "$variant of $kernel" parscale run "$kernel" --variant "$variant"
	holds '... and names it' grep -q "variant $variant is not available: " err
done <absent
fails 2 'an unknown CPU feature' env PARSCALE_CPU_DISABLE=nonsense "$PARSCALE_BUILD/parscale" run noop
# What no pointer reaches is refused before memory runs out.
fails 2 'words beyond all addresses' parscale run palindrome --words 2^48 --length 65536
holds '... and says why' grep -q 'more than addresses of .* bits reach' err
if [ "$(od -An -tu1 -j4 -N1 "$PARSCALE_BUILD/parscale" | tr -d ' ')" = 1 ]; then # an ELF file of 32 bits
	for kernel in read copy triad text substrings; do
		fails 2 "bytes beyond 32 bits, $kernel" parscale run $kernel --bytes 12G
		holds '... and says why' grep -q 'more than addresses of 32 bits reach' err
	done
	truncate -s 5G huge
	fails 2 'an --input beyond 32 bits' parscale run text --input huge
	holds '... and says why' grep -q '5368709120 bytes, more than addresses of 32 bits reach' err
	rm huge
fi
fails 2 'an empty --input' parscale run text --input ''
fails 2 'an empty number' parscale run noop --calls ''
fails 2 'a number with a blank' parscale run noop --calls '1 0'
if [ "$(id -u)" != 0 ]; then
	: >secret
	chmod 0 secret
	fails 2 'an unreadable --input' parscale run text --input secret
fi
fails 2 'a value with a line break and an escape' parscale run noop --placement "$(printf '0\n\0331')"
holds '... is shown without' grep -qF "'0??1'" err
close_suite
