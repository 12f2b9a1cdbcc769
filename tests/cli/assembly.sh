#!/bin/sh
# SPDX-License-Identifier: MIT
# assembly.sh - loops as the compiler made them: the crossing loops of the sieve have no jump but
# their own; those of the peaks have every instruction they are to count, one for one; copying is no
# call, and streaming stores stream.
# shellcheck source=tests/cli/suite.sh
. "$PARSCALE_ROOT/tests/cli/suite.sh"

# loops OBJECT FUNCTION HIT: reads a disassembly and prints "LOOPS HITS JUMPS" of the innermost loops in functions whose name begins with
# FUNCTION: how many have an instruction that matches HIT, how many of these instructions, and how many jumps beside the one that closes
# the loop.
loops() {
	objdump -d --no-show-raw-insn "$1" | awk -v function_name="$2" -v hit="$3" '
		function number(text,   i, n)
		{
			n = 0
			for (i = 1; i <= length(text); i++)
				n = 16 * n + index("0123456789abcdef", substr(text, i, 1)) - 1
			return n
		}
		function close_function(   i, j, hits, jumps, inner)
		{
			for (i = 1; i <= count; i++) {
				if (!(i in to) || to[i] > at[i] || !(to[i] in line) || line[to[i]] > i)
					continue
				hits = jumps = 0
				inner = 1
				for (j = line[to[i]]; j < i; j++) {
					hits += text[j] ~ hit
					if (text[j] ~ /^j/) {
						jumps++
						if ((j in to) && to[j] >= to[i] && to[j] <= at[j])
							inner = 0
					}
				}
				if (hits && inner) {
					loops++
					all_hits += hits
					all_jumps += jumps
				}
			}
			split("", at); split("", to); split("", line); split("", text)
			count = 0
		}
		/^[0-9a-f]+ <.*>:$/ {
			close_function()
			wanted = index($2, "<" function_name) == 1
			next
		}
		wanted && /^ *[0-9a-f]+:/ {
			count++
			at[count] = number(substr($1, 1, length($1) - 1))
			line[at[count]] = count
			text[count] = $0
			sub(/^[^\t]*\t/, "", text[count])
			if ($2 ~ /^j/ && $3 ~ /^[0-9a-f]+$/)
				to[count] = number($3)
		}
		END {
			close_function()
			print loops + 0, all_hits + 0, all_jumps + 0
		}'
}

# free OBJECT FUNCTION HIT LEAST: at least LEAST loops, and no jump in them
free() {
	loops "$1" "$2" "$3" >found
	read -r many hits jumps <found
	if [ "$many" -ge "$4" ] && [ "$jumps" = 0 ]; then
		result "$(basename "$1"): $many loops with $hits hits in $2 have no jump but their own" ''
	else
		result "$(basename "$1"): loops in $2 have no jump but their own" \
			"  $many loops (at least $4 expected), $hits hits, $jumps other jumps"
	fi
}

# does OBJECT FUNCTION HIT N: its innermost loops have N such instructions each or, unrolled, a multiple, and no jump but their own
does() {
	loops "$1" "$2" "$3" >found
	read -r many hits jumps <found
	if [ "$many" -ge 1 ] && [ "$hits" -ge $((many * $4)) ] && [ $((hits % $4)) = 0 ] && [ "$jumps" = 0 ]; then
		result "$(basename "$1"): $2 does $4 operations a round, each an instruction" ''
	else
		result "$(basename "$1"): $2 does $4 operations a round, each an instruction" \
			"  $many loops, $hits instructions, $jumps other jumps"
	fi
}

# What the check is made of: a loop with a jump in it is seen.
cat >planted.c <<'END'
void cross_plain(unsigned long *at, unsigned long n);
void cross_jumpy(unsigned long *at, unsigned long n, unsigned long end);
void cross_plain(unsigned long *at, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		__asm__ volatile("btsq %0, (%1)" : : "r"(i), "r"(at) : "memory");
}
void cross_jumpy(unsigned long *at, unsigned long n, unsigned long end)
{
	for (unsigned long i = 0; i < n; i++) {
		__asm__ volatile("btsq %0, (%1)" : : "r"(i), "r"(at) : "memory");
		if (at[i] < end)
			__asm__ volatile("btsq %0, (%1)" : : "r"(n), "r"(at) : "memory");
	}
}
END

kernels=$PARSCALE_BUILD/kernels
if ! command -v objdump >/dev/null || [ "$(uname -m)" != x86_64 ] || ! ${CC:-cc} -O2 -c planted.c -o planted.o 2>/dev/null; then
	skipped 'the machine code' 'it needs objdump, a compiler and x86-64'
elif nm "$kernels/sieve/sieve_avx512.o" | grep -qE '__(asan|ubsan|tsan)_'; then
	skipped 'the machine code' 'the sanitizers have jumps of their own'
else
	free planted.o cross_plain '^bts' 1
	loops planted.o cross_jumpy '^bts' >found
	read -r many hits jumps <found
	case "$many $jumps" in
	'1 1') result 'a planted jump is found' '' ;;
	*) result 'a planted jump is found' "$(cat found)" ;;
	esac
	for variant in scalar avx2 avx512; do
		# Numbers of hits from 1 to 31 have loops of their own, those beyond have one.
		free "$kernels/sieve/sieve_$variant.o" cross_run_bts '^bts' 32
		free "$kernels/sieve/sieve_$variant.o" cross_run_or '^or +%[a-z0-9]+,.*[(]' 32
		free "$kernels/sieve/sieve_$variant.o" cross_small '^orb' 4
		free "$kernels/sieve/sieve_$variant.o" cross_hits_bts '^bts' 1
		free "$kernels/sieve/sieve_$variant.o" cross_hits_or '^or +%[a-z0-9]+,.*[(]' 1
		free "$kernels/sieve/sieve_$variant.o" cross_bucket_bts '^bts' 1
		free "$kernels/sieve/sieve_$variant.o" cross_bucket_or '^or +%[a-z0-9]+,.*[(]' 1
	done
	# twelve registers, each through four steps of whole numbers, four of multiply and add, one division
	does "$kernels/ceilings/peak_scalar.o" peak_chunk '^(add|xor|and)q? +.0x(1e3779b9|5bd1e995|f+effff),' 48
	does "$kernels/ceilings/peak_scalar.o" flops_chunk '^(mul|add)sd ' 96
	does "$kernels/ceilings/peak_scalar.o" divide_chunk '^divsd ' 12
	for variant in avx2:ymm avx512:zmm; do
		does "$kernels/ceilings/peak_${variant%:*}.o" peak_chunk "^v(p(add|xor|and)q?|(xor|and)p[sd]) .*${variant#*:}" 48
		does "$kernels/ceilings/peak_${variant%:*}.o" flops_chunk "^vfmadd[0-9]*pd .*${variant#*:}" 48
		does "$kernels/ceilings/peak_${variant%:*}.o" divide_chunk "^vdivpd .*${variant#*:}" 12
	done
	for variant in avx2:ymm avx512:zmm; do
		for kernel in copy triad; do
			free "$kernels/ceilings/stream_${variant%:*}.o" "${kernel}_plain" "^vmovu?[a-z0-9]* +%${variant#*:}" 1
			free "$kernels/ceilings/stream_${variant%:*}.o" "${kernel}_past" '^vmovnt' 1
		done
		result "stream_${variant%:*}.o calls no memcpy" "$(nm -u "$kernels/ceilings/stream_${variant%:*}.o" | grep -E ' mem(cpy|move)')"
	done
fi
close_suite
