# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# gallery.sh - several machines on one page: what is written, and that what makes no sense leaves nothing behind.
. "$PARSCALE_ROOT/tests/cli/suite.sh"
export PARSCALE_DATADIR="$PARSCALE_ROOT"

"$PARSCALE_BUILD/plots/simulate" machine-1 a
"$PARSCALE_BUILD/plots/simulate" machine-4 b
mkdir -p other/a no-result

# refused NAME ARGUMENTS...: one line, status 2, and no folder was made
refused() {
	name=$1
	shift
	fails 2 "$name" parscale gallery "$@" --out page
	holds '... and nothing is written' test ! -e page
}
refused 'one folder' a
refused 'a folder that is not there' a missing
refused 'a folder that is no result' a no-result
refused 'a file' a a/summary.csv
cp -r a other/
refused 'two of the same name' a other/a
holds '... with the way out' grep -q "named 'a': a and other/a; name one as NAME=DIR" err
refused 'the same twice' a a
refused 'a base that is not there' a b --base c
refused 'a price of a machine that is not there' a b --price c=100
holds '... names it' grep -q -e "--price: no machine is named 'c'" err
refused 'watts of a machine that is not there' a b --watts c=100
for price in a a= =100 a=x a=-1 a=0 a=1x a=inf a=nan; do refused "--price $price" a b --price "$price"; done
refused 'a price given twice' a b --price a=1 --price a=2
printf 'kernel,nonsense\n1,2\n' >no-result/summary.csv
refused 'a summary that is none' a no-result
cp b/summary.csv no-result/
printf '{"schema": 99}\n' >no-result/manifest.json
refused 'a folder of a newer schema' a no-result
printf '{\n' >no-result/manifest.json
refused 'a manifest that is no JSON' a no-result
fails 2 'no folder for the page' parscale gallery a b
fails 2 'a page in the folder of a sweep' parscale gallery a b --out a
holds '... and nothing is written' test ! -e a/gallery.html

ok 'two machines of the same name, told apart' parscale gallery a second=other/a --out page
holds '... prints what it wrote' test "$(cat out)" = 'page/gallery.html
page/gallery.md'
holds '... says that they are one machine' grep -q 'a and second are one machine, or two alike' page/gallery.md
holds '... no file is left half-written' test -z "$(find page -name '*.part' -o -name '.drawing*')"
ok 'a machine with a base and prices' parscale gallery a b --out page --base b --price a=900 --price b=100 --watts b=15
holds '... has them' grep -q '^| b | 100 |' page/gallery.md
ok 'the committed example beside a simulated machine' parscale gallery "$PARSCALE_ROOT/results/example-xeon-2cpu" b --out example
holds '... says what is simulated' grep -q 'Simulated machines are among these' example/gallery.md
holds '... and that it has no samples' grep -q '1 folder without samples.csv' example/gallery.md

if command -v gnuplot >/dev/null; then
	: >page/plots/machines_rate-mine.svg
	holds 'both kernels have charts' test -e page/plots/machines_rate-sieve.svg -a -e page/plots/machines_rate-palindrome.png
	for machine in a b; do
		mkdir "less-$machine"
		cp "$machine/manifest.json" "less-$machine/"
		grep -v '^sieve,' "$machine/summary.csv" >"less-$machine/summary.csv"
	done
	ok 'a page again, of one kernel less' parscale gallery less-a less-b --out page
	holds '... has no charts of it' test -z "$(find page/plots -name '*-sieve.*')"
	holds '... those of the other' test -e page/plots/machines_rate-palindrome.svg -a -e page/plots/machines_rate-palindrome.png
	holds '... and no file that is not its own is touched' test -e page/plots/machines_rate-mine.svg
fi
mkdir empty && ln -s "$(command -v env)" empty/
ok 'without gnuplot there are tables' env PATH="$PWD/empty" "$PARSCALE_BUILD/parscale" gallery a b --out plain
holds '... and the reason' grep -q 'charts need gnuplot' plain/gallery.md
if [ "$(id -u)" != 0 ]; then
	mkdir locked && chmod 555 locked
	fails 2 'a folder that cannot be made' parscale gallery a b --out locked/page
fi
close_suite
