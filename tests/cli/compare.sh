#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim compare: runs, replays, sweeps, revisions. Usage: compare.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"

# at_most WHAT COLUMNS: no line of what was printed last is wider
at_most() {
	wide=$(LC_ALL=C.UTF-8 awk -v max="$2" 'length($0) > max' "$tmp/out")
	is "$1: at most $2 columns" "$wide" ""
}

# Runs.
for seed in 1 2; do
	"$cidsim" run oversubscribed -q --seed $seed --set scenario.time=20ms --log none -o seed-$seed
done
cp -r seed-1 copy
good "the same run" "$cidsim" compare seed-1/oversubscribed copy/oversubscribed
says "the same run: verdict" '^A and B are the same\.$'
call "$cidsim" compare seed-1 seed-2
is "two seeds: status" "$status" 1
says "two seeds: the first event" '^First event that differs: at [0-9.]+ [mu]s, '
says "two seeds: what differs in it" '^  [a-z_]+ .* differs$'
says "two seeds: numbers" '^  events +[0-9]+ +[0-9]+ +[01]\.[0-9]{3}$'
says "two seeds: who is who" '^   revision 7\.1, seed 2$'
at_most "two seeds" 72
first=$(sed -n 's/^First event that differs: at //p' "$tmp/out")

# The first event is the earliest of all files: before it all rows are the same.
call "$cidsim" compare seed-1 seed-2 --json
says "JSON: one object" '^\{"kind":"runs","same":false,"a":\{.*\}$'
ns=$(sed 's/.*"time_ns":\([0-9]*\),.*/\1/' "$tmp/out")
cut_at() { awk -F, -v column="$2" -v ns="$3" '/^#/ { next } !head { head = 1; next } $column < ns' "$1"; }
for file in modes:1 windows:4 series:1 stays:6; do
	column=${file#*:} name=${file%:*}
	cut_at seed-1/oversubscribed/$name.csv "$column" "$ns" >a.txt
	cut_at seed-2/oversubscribed/$name.csv "$column" "$ns" >b.txt
	is "the first event ($first): nothing differs before in $name.csv" "$(cmp a.txt b.txt)" ""
done

# Revisions.
call "$cidsim" compare hysteresis --revision 6.19,7.1
is "revisions: status" "$status" 1
says "revisions: who is who" '^A  hysteresis -r 6\.19$'
at_most "revisions" 72
cp "$tmp/out" compared
call "$cidsim" run hysteresis -r 6.19,7.1
is "run -r A,B: the same" "$(cmp "$tmp/out" compared)" ""
mkdir temporary
good "other names of a revision" env TMPDIR="$PWD/temporary" "$cidsim" compare hysteresis -r 7.1,7.3
is "no folder is left" "$(ls temporary)" ""
call "$cidsim" compare hysteresis -r 6.19,7.1 -o kept
is "-o: kept" "$(find kept -name report.json | sort | tr '\n' ' ')" \
	"kept/6.19/hysteresis/report.json kept/7.1/hysteresis/report.json "
call "$cidsim" compare kept/6.19 kept/7.1 --json
is "kept: status" "$status" 1

# Replays.
trace=$source/tests/traces/ramp-4.trace.gz
"$cidsim" replay "$trace" -o first >log 2>&1
"$cidsim" replay "$trace" -o second >log 2>&1
good "the same replay" "$cidsim" compare first second
call "$cidsim" compare first seed-1
is "a replay and a run: status" "$status" 1

# Sweeps.
"$cidsim" sweep hysteresis --cpus 2-4 --seeds 2 -o a.csv
"$cidsim" sweep hysteresis --cpus 3-5 --seeds 2 --revisions 6.19 -o b.csv
good "the same sweep" "$cidsim" compare a.csv a.csv
call "$cidsim" compare a.csv b.csv
is "sweeps: status" "$status" 1
says "sweeps: points" '^4 points are in both\.$'
says "sweeps: points of one" '^2 only in B, the first: cpus=5 seed=1$'
at_most "sweeps" 80

# Bad usage and input.
bad "one argument" 2 'compare: two folders' "$cidsim" compare a.csv
bad "none" 2 'compare: two folders' "$cidsim" compare
bad "a sweep and a run" 2 'compare: a\.csv is a sweep, seed-1 is none' "$cidsim" compare a.csv seed-1
bad "no run" 2 'compare: .*no series\.csv' "$cidsim" compare "$tmp/work" "$tmp/work"
bad "nothing there" 3 'compare: none: ' "$cidsim" compare none seed-1
bad "one revision" 2 "compare: --revision: '7\.1' does not name two" "$cidsim" compare hysteresis -r 7.1
bad "an unknown one" 2 "compare: --revision: '9\.9' is unknown" "$cidsim" compare hysteresis -r 7.1,9.9
bad "twice the same" 2 "compare: --revision: .* twice" "$cidsim" compare hysteresis -r 7.1,7.1
bad "--seed without revisions" 2 'compare: --seed' "$cidsim" compare seed-1 seed-2 --seed 2
bad "run: seeds and two revisions" 2 'run: --seeds and --revision A,B' "$cidsim" run hysteresis --seeds 2 -r 6.19,7.1
cp -r seed-1 broken
printf '{"mms":[[[' >broken/oversubscribed/report.json
bad "a broken report" 2 'compare: .*report\.json' "$cidsim" compare broken seed-1
cp -r seed-1 cut
printf 'x,y\n' >cut/oversubscribed/modes.csv
bad "a broken file" 2 'compare: .*modes\.csv' "$cidsim" compare cut seed-1
finish
