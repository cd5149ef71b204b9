#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Instructions per wake-up, per point of a sweep, per state ..., counted by callgrind: what else the machine does is
# not in them. Compares them with instructions.txt, which is of a release build by gcc. Who makes one of
# them change by more than 3 % says why in the commit, and writes the new ones with --update.
#
# Usage: instructions.sh BUILD [--update | NAME…]. With names only rows that begin so. Exit status: 1 if a
# count has changed by more than 3 %.
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
table=$(dirname "$(realpath "$0")")/instructions.txt
source=$(realpath "$(dirname "$0")/../..")
build=$(realpath "${1:?usage: instructions.sh BUILD [--update | NAME…]}")
shift
update=''
if [ "${1:-}" = --update ]; then
	update=yes
	shift
fi
command -v valgrind >/dev/null || { echo 'valgrind is not installed' >&2; exit 77; }
grep -q '"name": "buildtype", "value": "release"' "$build/meson-info/intro-buildoptions.json" || {
	echo 'no release build: what it counts cannot be compared' >&2
	exit 77
}
compiler="gcc $(gcc -dumpfullversion 2>/dev/null || echo '-')"
if [ -z "$update" ] && ! grep -q "^# $compiler\$" "$table"; then
	echo "the table is of another compiler than $compiler: what it counts cannot be compared" >&2
	exit 77
fi
begin "$build/sim/cidsim"
bench=$build/tests/bench-engine
wanted=$*
: >now.txt

# counted COMMAND…: instructions; with toggle=FUNCTION those of that function and what it calls.
counted() {
	valgrind --tool=callgrind --callgrind-out-file=out ${toggle:+--toggle-collect="$toggle*"} \
		"$@" 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# row NAME UNITS COMMAND…: a line of the table, instructions per unit
row() {
	name=$1 units=$2
	shift 2
	if [ -n "$wanted" ]; then
		found=''
		for begins in $wanted; do
			case $name in "$begins"*) found=yes ;; esac
		done
		[ -n "$found" ] || return 0
	fi
	count=$(counted "$@")
	now=$(((count + units / 2) / units))
	echo "$name $now" >>now.txt
	awk -v name="$name" -v now="$now" '$1 == name { kept = $2 }
		END { printf "%-24s %12d", name, now
			if (kept) {
				percent = (now - kept) * 100 / kept
				mark = (percent > 3 || percent < -3) ? "  CHANGED" : ""
				printf " %12d %+7.1f %%%s", kept, percent, mark
			}
			print "" }' "$table" | tee -a lines.txt
}

printf '%-24s %12s %12s\n' '' now kept
for size in 4x16 64x256 256x4096 1024x16384 8192x65536; do
	toggle=engine_round
	row "engine-$size" 50000 "$bench" --rounds 1 --wakeups 50000 "$size"
	toggle=bare_round
	row "bare-$size" 50000 "$bench" --rounds 1 --wakeups 50000 "$size"
	toggle=''
done
row sweep-point 60 "$cidsim" sweep hysteresis --cpus 1-10 --threads 2,27,51 --seeds 2 --jobs 1
row sweep-point-unchecked 60 "$cidsim" sweep hysteresis --cpus 1-10 --threads 2,27,51 --seeds 2 --jobs 1 \
	--set scenario.check=off
cat >log.scn <<'END'
[scenario]
title = a load for the log
time = 200ms
[machine]
cpus = 16
[mm app]
[tasks worker]
count = 40
run = exp(1ms)
sleep = exp(2ms)
END
row run-alone 1 "$cidsim" run --quiet log.scn
row run-files 1 "$cidsim" run --quiet log.scn -o files --log none
row run-files-log 1 "$cidsim" run --quiet log.scn -o files --log ftrace
# explored NAME ON|OFF DEPTH CPUS TASKS TASKS-MAX FORKS EXITS: per step
explored() {
	printf '[machine]\ncpus = %s\n[explore]\ntasks = %s\ntasks-max = %s\nforks = %s\nexits = %s\n' \
		"$4" "$5" "$6" "$7" "$8" >"$1.scn"
	set -- "$1" "$cidsim" explore "$1.scn" --jobs 1 --symmetry "$2" --reduce "$2" --max-depth "$3"
	name=$1
	shift
	row "$name" "$("$@" --json | sed 's/.*"transitions":\([0-9]*\).*/\1/')" "$@"
}
explored explore-reduced on 500 5 5 7 2 2
explored explore-large on 7 8 8 10 2 2
explored explore-unreduced off 11 3 4 6 2 2

# replayed NAME FILE: per event
replayed() {
	row "$1" "$("$cidsim" replay --json "$2" | sed 's/.*"events":\([0-9]*\).*/\1/')" "$cidsim" replay -q "$2"
}
traces=$source/tests/traces
replayed replay-log files/log/trace.txt
replayed replay-kernel "$traces/pools-4.trace.gz"
replayed replay-kernel-orders "$traces/pool-8-7.3.4.txt.gz"

if [ -n "$update" ]; then
	{
		echo '# Instructions: per wake-up (engine, bare), per point of a sweep, of a run alone, and of one that writes its'
		echo '# files, without and with the event log; per step of a search (explore), per event of a trace (replay).'
		echo '# Written by instructions.sh BUILD --update, which compares them.'
		echo "# $compiler"
		cat now.txt
	} >"$table"
elif grep -q CHANGED lines.txt; then
	exit 1
fi
