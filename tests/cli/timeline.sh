#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# run --timeline and replay --timeline. Usage: timeline.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
traces=$(realpath "${2:-$(dirname "$0")/../..}")/tests/traces
begin "$@"

# only FILE: the timeline, without the report behind it
only() {
	sed '/^cidsim/,$d' "$1"
}

good "run" "$cidsim" run hysteresis --timeline --from 3ms --to 3.1ms
only "$tmp/out" >part
says "run: a column for each CPU" '^ +CPU0 +CPU1 +CPU2 +CPU3$' part
says "run: who is what" '^   3\.063600 -- A1 is app 100 of app$' part
says "run: the flip and why" '^   3\.084800 -- app flips to per CPU: 5 users > max_cids 4; a window opens$' part
says "run: the CPU that has changed, in transit" '^   3\.084800 \*A1:0t +A0:2 +\. +\.$' part
says "run: a walk puts a task in transit" '^   3\.085700  A1:0t +\*A0:2t +\. +\.$' part
says "run: the window" '^   3\.086100 -- the window of app closes after 1\.300 us$' part
says "run: an idle CPU keeps its CID" '^   3\.086100 \*\./0c ' part
is "run: nothing from outside" "$(grep -cE '^ +([0-24-9]|3\.[1-9])' part)" 0
says "run: the report follows" '^PASS: 12 of 12 expectations hold; no property broken$'

good "too much is counted" "$cidsim" run hysteresis --timeline
only "$tmp/out" >all
is "too much: how much is shown" "$(grep -cE '^ +[0-9]+\.[0-9]{6}' all)" 1000
says "too much: how to see the rest" '^  … [0-9]+ more lines; --from [0-9]+ns shows them$' all
from=$(sed -n 's/.*--from \([0-9]*ns\) shows.*/\1/p' all)
good "the rest" "$cidsim" run hysteresis --timeline --from "$from"
says "the rest: it goes to the end" '^  55\.[0-9]+ ' "$tmp/out"
good "compact" "$cidsim" run hysteresis --timeline --compact
only "$tmp/out" >compact
is "compact: fewer lines" "$([ "$(wc -l <compact)" -lt 500 ] && echo fewer)" fewer
"$cidsim" run hysteresis --timeline >again
cmp -s again all || only again >again.part
is "the same again: the same bytes" "$(cmp again.part all && echo same)" same

good "steps" "$cidsim" run defects/b9 --timeline
only "$tmp/out" >steps
says "steps: the names of the file" '^     step 2  T0:0t +\*T2:-/1c +\. +\.$' steps
says "steps: the flip" '^     step 7 -- mm flips to per task: 1 user < threshold 2; a window opens$' steps
says "steps: what breaks" '^    step 12 -- I5 breaks in mm: a CID is owned the other way round than the mode$' steps
good "steps: some" "$cidsim" run defects/b9 --timeline --from 5 --to 6
is "steps: some" "$(only "$tmp/out" | grep -c '^ *step ')" 2
good "eight CPUs" "$cidsim" run affinity-widen-8 --timeline --to 20ms
for file in part all compact steps "$tmp/out"; do
	is "$(basename "$file"): no line is too wide" "$(only "$file" | grep -cE '^.{81}')" 0
done
good "several" "$cidsim" run defects/b1 defects/b2 --timeline
is "several: each" "$(grep -c '^Timeline' "$tmp/out")" 2

# A replay: the log of a run shows the same CIDs.
"$cidsim" run -q hysteresis -o out
good "replay" "$cidsim" replay out/hysteresis/trace.txt --timeline --to 3.1ms
only "$tmp/out" >replayed
for time in 3.085700 3.063600; do
	grep "^   $time [ *]" part | sed 's/A[01]/X/g' >want
	grep "^   $time [ *]" replayed | sed 's/A[0-9]/X/g' | tail -n 1 >found
	is "replay: at $time as in the run" "$(cat found)" "$(cat want)"
done
says "replay: the flip" ' -- app flips to per CPU: 5 users > max_cids 4; a window opens$' replayed
good "a kernel's trace" "$cidsim" replay "$traces/affinity-4-6.19.6.txt.gz" --timeline -o kept
says "a kernel's trace: events are no times" '^    event 9 \*A0:0 +\. +\. +\.$'
says "a kernel's trace: the flip" '^   event 12 -- workload-1054 flips to per CPU: 2 users > max_cids 1; a window$'
is "a kernel's trace: the files are there too" "$(ls kept/affinity-4-6.19.6 | wc -l)" 7
says "a kernel's trace: flips in the file" ',to_percpu,' kept/affinity-4-6.19.6/modes.csv

bad "not with --json" 2 'run: --timeline and --json cannot go together$' "$cidsim" run hysteresis --timeline --json
bad "not with --seeds" 2 'run: --timeline and --seeds cannot go together$' "$cidsim" run hysteresis --timeline --seeds 3
bad "--compact alone" 2 'run: --compact is for --timeline$' "$cidsim" run hysteresis --compact
bad "--from alone" 2 'run: --from is for --timeline$' "$cidsim" run hysteresis --from 1ms
bad "a time without unit" 2 "run: --from: '5' has no unit" "$cidsim" run hysteresis --timeline --from 5
bad "a step is a number" 2 "run: --to: '3ms' is not a whole number" "$cidsim" run defects/b9 --timeline --to 3ms
bad "to before from" 2 'run: --to is before --from$' "$cidsim" run hysteresis --timeline --from 2ms --to 1ms
bad "replay: not with --json" 2 'replay: --timeline and --json cannot go together$' \
	"$cidsim" replay out/hysteresis/trace.txt --timeline --json
bad "replay: --compact alone" 2 'replay: --compact is for --timeline$' \
	"$cidsim" replay out/hysteresis/trace.txt --compact

finish
