# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# settings.sh - environment variables that steer threads, ranks, topology and waiting: each of settings.def is set, and
# becomes what its treatment says.
. "$PARSCALE_ROOT/tests/cli/suite.sh"

table=$PARSCALE_ROOT/bench/machine/settings.def
page=$PARSCALE_ROOT/docs/environment.md
sed -n 's/^SETTING(\([A-Za-z0-9_]*\), \([A-Z]*\), "\([^"]*\)".*/\1 \2 \3/p' "$table" >settings
holds 'the table is read' test "$(wc -l <settings)" = "$(grep -c '^SETTING(' "$table")"
cut -d ' ' -f 1 settings | sort >names
holds 'each variable once' test -z "$(uniq -d names)"
sed -n 's/^| `\([A-Za-z0-9_]*\)` .*/\1/p' "$page" | sort >described
same 'docs/environment.md has each variable of the table, and no other' names described

# A clean environment, as a cluster's profile would find it.
for name in $(env | sed -n 's/^\(\(OMP\|GOMP\|KMP\|HWLOC\|OMPI_MCA\|SLURM\)_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done

treatment() { tr -d '\n' <"$1" | grep -o '"variable": "'"$2"'=[^}]*' | sed 's/.*"treatment": "\([a-z]*\)".*/\1/'; }
fact() { sed -n "s/^ *\"$2\": \"\{0,1\}\([^\"]*\)\"\{0,1\},\{0,1\}$/\1/p" "$1" | head -n 1; }

parscale info --format json >plain
ok 'no setting, no effect' parscale run noop --backend pthread --workers 2 --trace plain.csv --repetitions 1 --sample-time 1ms
cpus() { column cpu "$1" | sort | tr '\n' ' '; }
wanted_cpus=$(cpus plain.csv)
backends='pthread fork'
if parscale list backends | grep -q '^openmp .*missing'; then :; else backends="openmp $backends"; fi

# What parscale decides itself has no effect on any back end, and is told.
while read -r name kind value; do
	[ -n "$value" ] || continue
	case $kind in TOPOLOGY) continue ;; esac
	env "$name=$value" "$PARSCALE_BUILD/parscale" info --format json >seen 2>err </dev/null
	holds "$name: info tells" test "$(treatment seen "$name")" = "$(echo "$kind" | tr '[:upper:]' '[:lower:]')"
	holds "$name: the CPUs that may be used" test "$(fact seen affinity)" = "$(fact plain affinity)"
	[ "$kind" = ASIDE ] || continue
	holds "$name: nothing on standard error" test ! -s err
	for backend in $backends; do
		rm -f trace.csv
		run env "$name=$value" "$PARSCALE_BUILD/parscale" run noop --backend "$backend" --workers 2 --trace trace.csv \
			--repetitions 1 --sample-time 1ms
		holds "$name: $backend, two workers on their CPUs" test "$status $(cpus trace.csv)" = "0 $wanted_cpus"
		holds "$name: $backend says nothing" test ! -s err
	done
done <settings

# All of them at once, as they never are.
aside=$(sed -n 's/ ASIDE / /p' settings | awk '{ print $1 "=" $2 }')
for backend in $backends; do
	rm -f trace.csv
	# shellcheck disable=SC2086  # words
	ok "$backend: all at once" env $aside "$PARSCALE_BUILD/parscale" run noop --backend "$backend" --workers 2 --trace trace.csv
	holds "$backend: all at once, each worker on its CPU" test "$(cpus trace.csv)" = "$wanted_cpus"
done
# OpenMP 5.2 has each for all devices, too.
run env OMP_PLACES_ALL=x OMP_PROC_BIND_ALL=true "$PARSCALE_BUILD/parscale" info --format json
holds 'OMP_PLACES_ALL' test "$(treatment out OMP_PLACES_ALL) $(treatment out OMP_PROC_BIND_ALL)" = 'aside aside'

# What is in effect is told with the numbers.
says '^  in effect OMP_STACKSIZE=512k$' 'run tells what is in effect' env OMP_STACKSIZE=512k "$PARSCALE_BUILD/parscale" run noop
says '^ *"OMP_STACKSIZE=512k"$' 'in JSON too' env OMP_STACKSIZE=512k "$PARSCALE_BUILD/parscale" run noop --format json
says '"OMP_BOGUS=1"' 'and what parscale does not know' env OMP_BOGUS=1 "$PARSCALE_BUILD/parscale" run noop --format json
run env OMP_PLACES=cores OMP_SCHEDULE=static "$PARSCALE_BUILD/parscale" run noop
holds 'nothing is told of what is not' sh -c 'test $# = 0 && ! grep -q "in effect" out'

# The most threads: refused, and by whom.
case $backends in openmp*)
	fails 1 'too few threads' env OMP_THREAD_LIMIT=1 "$PARSCALE_BUILD/parscale" run noop --backend openmp --workers 2
	holds 'the line names the variable' grep -q 'OMP_THREAD_LIMIT=1' err
	;;
esac

# The manifest has them all, the launches none that is set aside.
printf 'kernel = noop\nbackend = pthread, fork\nworkers = 2\nsize = 1000\nlaunches = 1\nrepetitions = 1\n' >one.sweep
ok 'a sweep under a profile' env OMP_PLACES=cores OMP_PROC_BIND=true GOMP_SPINCOUNT=7 "$PARSCALE_BUILD/parscale" sweep one.sweep --out swept --no-charts
holds 'its manifest' test "$(treatment swept/manifest.json OMP_PLACES) $(treatment swept/manifest.json GOMP_SPINCOUNT)" = 'aside wait'
holds 'no worker is misplaced' awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "misplaced") c = i; next } $c != 0 { bad = 1 } END { exit bad || NR < 2 }' swept/samples.csv

# Scripts ask for the CPUs that may be used, as parscale does: neither those online nor what OpenMP's variables say.
cpus=$PARSCALE_ROOT/scripts/cpus
holds 'scripts and program agree on the CPUs' test "$("$cpus")" -le "$(nproc --all)"
holds 'OpenMP has no say in it' test "$(OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 "$cpus")" = "$("$cpus")"
if command -v taskset >/dev/null; then
	first=$(fact plain affinity | sed 's/[-,].*//')
	holds 'the affinity mask has' test "$(taskset -c "$first" "$cpus")" = 1
fi
if grep -rnE 'NPROCESSORS_ONLN|\$\(nproc\)' "$PARSCALE_ROOT/scripts" --exclude=cpus >asked; then result 'no script asks anything else' "$(cat asked)"; else result 'no script asks anything else' ''; fi

# Another machine's topology: shown, planned for, not measured.
if parscale info | grep -q '^  read from  *hwloc'; then
	other() { env HWLOC_SYNTHETIC='pack:2 core:4 pu:2' "$@"; }
	says 'simulated by HWLOC_SYNTHETIC' 'another machine is told as such' other "$PARSCALE_BUILD/parscale" info
	fails 2 'it is not measured' other "$PARSCALE_BUILD/parscale" run noop --backend pthread --workers 4
	holds 'and the line names the variable' grep -q 'HWLOC_SYNTHETIC' err
	fails 2 'also where it claims to be this one' other env HWLOC_THISSYSTEM=1 "$PARSCALE_BUILD/parscale" run noop
	ok 'a sweep of it is planned' other "$PARSCALE_BUILD/parscale" sweep one.sweep --dry-run
	fails 2 'but not run' other "$PARSCALE_BUILD/parscale" sweep one.sweep --out elsewhere
	holds 'and leaves nothing' test ! -e elsewhere
	fails 2 'probes are not either' other "$PARSCALE_BUILD/parscale" probe spawn
	if [ -x "$PARSCALE_BUILD/parscale-gbench" ]; then
		fails 2 'nor Google Benchmark' other "$PARSCALE_BUILD/parscale-gbench" --benchmark_filter=noop
	fi
fi
close_suite
