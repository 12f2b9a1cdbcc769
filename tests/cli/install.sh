# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# install.sh - `make install` and `uninstall` below a folder, the programs installed there, and the
# manual page and completions: all options of --help and no other.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# The build as it is: with other settings than it was configured with, make would build it anew.
settings=$(sed -n 's/^configured := //p' "$PARSCALE_BUILD/config.mk")
make_here() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$PARSCALE_ROOT" BUILD="$PARSCALE_BUILD" settings="$settings" \
		DESTDIR="$PWD/a b" PREFIX=/opt/p "$@"
}
prefix="$PWD/a b/opt/p"
installed() { "$prefix/bin/parscale" "$@"; }
files() { (cd "$prefix" && find . ! -type d | cut -c 3- | LC_ALL=C sort); }

ok 'make install' make_here install
for file in bin/parscale libexec/parscale/parscale-echo share/man/man1/parscale.1 share/parscale/plots/common.gp \
	share/parscale/scripts/sweeps/default.sweep share/bash-completion/completions/parscale \
	share/zsh/site-functions/_parscale share/fish/vendor_completions.d/parscale.fish; do
	holds "... $file" test -s "$prefix/$file"
done
holds '... no helper is in bin' test "$(files | grep -c '^bin/parscale-[^g]')" = 0

# From another folder, and with the checkout's build out of sight.
says '^# [0-9]+ cells' 'an installed sweep finds the default plan' installed sweep --dry-run
says 'posix_spawn|vfork' 'an installed probe finds its programs' installed probe spawn --seconds 0.05
holds '... and starts them' sh -c "! grep -q parscale-echo out err"
if [ -x "$PARSCALE_BUILD/parscale-gbench" ]; then
	ok 'an installed run finds the other meter' installed run noop --calls 10 --meter gbench --repetitions 1
fi
if [ -x "$prefix/libexec/parscale/parscale-mpi" ]; then
	run installed list backends
	holds 'an installed list finds parscale-mpi' sh -c "grep '^mpi ' out | grep -vq 'parscale-mpi'"
fi
printf 'kernel = noop\nsize = 100\nlaunches = 2\nrepetitions = 1\nsample-time = 1ms\nbudget = 10s\n' >one.sweep
ok 'an installed sweep' installed sweep one.sweep --out one
if command -v gnuplot >/dev/null; then
	ok 'an installed plot finds its scripts' installed plot one
else
	skipped 'an installed plot finds its scripts' 'no gnuplot'
fi

# What --help has, read independently of scripts/guides.
parscale --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >commands
page="$prefix/share/man/man1/parscale.1" bash="$prefix/share/bash-completion/completions/parscale"
while read -r command; do
	parscale "$command" --help | grep -oE '^  --[a-z-]+' | cut -c 3- | sort -u >wanted
	sed -n "/^\.SS $command\$/,/^\.S[SH]/p" "$page" | sed -n 's/^\\fB\(\\-\\-[a-z\\-]*\)\\fR.*/\1/p' | sed 's/[\\]//g' | sort -u >found
	same "the manual page has the options of $command" wanted found
	sed -n "s/^complete -c parscale -n '__fish_seen_subcommand_from $command' -l \([a-z-]*\) .*/--\1/p" \
		"$prefix/share/fish/vendor_completions.d/parscale.fish" | sort -u >found
	same "... fish's completions" wanted found
	sed -n "/^	$command)\$/,/;;\$/p" "$prefix/share/zsh/site-functions/_parscale" | grep -oE "^			'[*]?--[a-z-]+" | tr -d "	'*" |
		sort -u >found
	same "... zsh's completions" wanted found
done <commands

# offered WORD...: what bash offers for the last
offered() {
	bash -c 'complete() { :; }; compopt() { :; }; . "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _parscale; printf "%s\n" "${COMPREPLY[@]}"' \
		"$bash" "$PARSCALE_BUILD/parscale" "$@" | sort -u
}
if command -v bash >/dev/null; then
	while read -r command; do
		parscale "$command" --help | grep -oE '^  --[a-z-]+' | cut -c 3- | sort -u >wanted
		offered "$command" -- >found
		same "bash offers the options of $command" wanted found
	done <commands
	offered '' | grep -vE '^(--|help)' >found
	sort -u commands >wanted
	same 'bash offers the commands' wanted found
	parscale list kernels | sed 's/ .*//' | sort -u >wanted
	offered run '' >found
	same 'bash offers the kernels' wanted found
	printf 'dynamic\n' >wanted
	offered run sieve --schedule d >found
	same 'bash offers the words of a choice' wanted found
	offered run sieve --schedule = d >found
	same '... behind =, a word of its own' wanted found
	echo "$PWD/one" >wanted
	offered report "$PWD/on" >found
	echo "$PWD/one" >wanted
	same 'bash offers folders' wanted found
else
	skipped 'completions of bash' 'no bash'
fi
if command -v zsh >/dev/null; then
	ok 'zsh reads its completions' zsh -n "$prefix/share/zsh/site-functions/_parscale"
else
	skipped 'completions of zsh' 'no zsh'
fi
if command -v fish >/dev/null; then
	parscale run --help | grep -oE '^  --[a-z-]+' | cut -c 3- | sort -u >wanted
	PATH=$PARSCALE_BUILD:$PATH fish --no-config -c "source '$prefix/share/fish/vendor_completions.d/parscale.fish'; complete -C 'parscale run --'" |
		sed 's/	.*//' | sort -u >found
	same 'fish offers the options of run' wanted found
else
	skipped 'completions of fish' 'no fish'
fi
if command -v groff >/dev/null; then
	run groff -man -Tutf8 -ww "$page"
	holds 'groff has no complaint about the manual page' test ! -s err
else
	skipped 'the manual page as groff sees it' 'no groff'
fi

ok 'make uninstall' make_here uninstall
holds '... leaves no file' test -z "$(files)"
fails 2 'a bundle for what is not known' sh "$PARSCALE_ROOT/scripts/bundle" klingon
fails 2 'a package of what is not known' sh "$PARSCALE_ROOT/scripts/package" tar
fails 2 'a release without a name' sh "$PARSCALE_ROOT/scripts/check-elsewhere"
fails 2 'a release that is no word' sh "$PARSCALE_ROOT/scripts/check-elsewhere" ../trixie
fails 2 'a part that is not known' sh "$PARSCALE_ROOT/scripts/check-without" KLINGON
# a make that says what it was given
mkdir shown
printf '#!/bin/sh\nprintf "given: %%s\\n" "$@"\n' >shown/make
chmod +x shown/make
says '^given: SUITES=tests/cli/run\.sh tests/cli/sweep\.sh tests/cli/usage\.sh ?$' 'less of a system: all suites' \
	env PATH="$PWD/shown:$PATH" sh "$PARSCALE_ROOT/scripts/check-without" AVX
fails 2 'guides of what is not known' sh "$PARSCALE_ROOT/scripts/guides" klingon "$PARSCALE_BUILD/parscale"
close_suite
