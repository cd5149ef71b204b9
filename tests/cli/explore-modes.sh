#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The searches of explore: what each says, which options it has. Usage: explore-modes.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# machine NAME CPUS: a machine of CPUS CPUs, with standard input added to [explore], in NAME.scn
machine() {
	{
		printf '[scenario]\nseed = 5\n[machine]\ncpus = %s\n[explore]\n' "$2"
		cat
	} >"$1.scn"
}

# member NAME: what the JSON that was printed last has there
member() {
	sed -nE "s/.*\"$1\":(\"[^\"]*\"|[^,}]*).*/\1/p" "$tmp/out" | tr -d '"'
}

machine small 2 <<'X'
forks = 1
check = I3
X
machine middle 3 <<'X'
tasks = 3
tasks-max = 4
forks = 2
exits = 2
X
machine large 8 <<'X'
tasks = 10
forks = 3
exits = 3
check = I1 I2 I3 I4 I5 I6
X

# What is found.
for search in bfs dfs bitstate walk; do
	call "$cidsim" explore small.scn -r v3 --search "$search" -o "$search.scn"
	is "$search: something is found: status" "$status" 1
	says "$search: verdict" '^VIOLATED: I3, a spin in get cannot end, [3-5] steps from the start'
	is "$search: no message" "$(cat "$tmp/err")" ""
	good "$search: what is found plays" "$cidsim" run -q "$search.scn"
	call "$cidsim" explore small.scn -r v3 --search "$search" --json
	is "$search: JSON: search" "$(member search)" "$search"
	is "$search: JSON: verdict" "$(member verdict)" violated
	is "$search: JSON: ended" "$(member ended)" violation
	is "$search: JSON: shortest" "$(member shortest)" \
		"$([ "$search" = bfs ] && echo true || echo false)"
	cp "$tmp/out" first.json
	"$cidsim" explore small.scn -r v3 --search "$search" --json | cmp -s - first.json
	is "$search: the same again: the same bytes" "$?" 0
done
call "$cidsim" explore small.scn -r v3
says "a shortest counterexample is named as one" '^VIOLATED: I3, .*, 3 steps from the start and no fewer\.$'
call "$cidsim" explore small.scn -r v3 --search walk --reduce off
says "another way is not" '^VIOLATED: I3, .* steps from the start\.$'
says "... it was longer" '^  It was found after [0-9]+ steps, and then shortened\.$'
says "... and may not be a shortest one" '^  There may be a shorter counterexample\.$'

# What is not found.
good "bfs is the default" "$cidsim" explore middle.scn
cp "$tmp/out" bfs.txt
good "bfs by name" "$cidsim" explore middle.scn --search bfs
is "bfs by name: the same" "$(cmp "$tmp/out" bfs.txt)" ""
good "dfs: it holds" "$cidsim" explore middle.scn --search dfs
says "dfs: verdict" '^HOLDS within these bounds'
says "dfs: what was seen" \
	'^  [0-9]+ states of [0-9]+ bytes, [0-9]+ steps, depth first, depth [0-9]+$'
says "dfs: all of them" '^  states that spin: [0-9]+; exhausted$'
states=$(sed -n 's/^  \([0-9]* states of .* steps,\) .*/\1/p' bfs.txt)
says "dfs: as many states as bfs" "^  $states depth first"
call "$cidsim" explore middle.scn --search bitstate
is "bitstate: nothing is found: status" "$status" 4
says "bitstate: verdict" \
	'^UNDECIDED: nothing was found, but bit states are not exhaustive \(bitstate\)\.$'
says "bitstate: how full" '^  Bit state: [0-9]+ of 3758096384 bits set, 0\.[0-9]{4} %\.$'
says "bitstate: what may be missed" '^  Missed: probably none\.$'
call "$cidsim" explore middle.scn --search bitstate --symmetry off --json -m 16M
is "bitstate: JSON: ended" "$(member ended)" bitstate
is "bitstate: JSON: bits" "$(member bits)" 117440512
is "bitstate: JSON: states" "$(member states)" 80889
is "bitstate: JSON: exhausted" "$(member exhausted)" false
call "$cidsim" explore middle.scn --search walk --steps 100000
is "walk: nothing is found: status" "$status" 4
says "walk: verdict" \
	'^UNDECIDED: nothing was found, but random walks are not exhaustive \(walk\)\.$'
says "walk: what was done" \
	'^  Random walks: 500 of at most 200 steps, seed 5; 100000 steps$'
call "$cidsim" explore middle.scn --search walk --steps 1234 --max-depth 100 --json
is "walk: JSON: ended" "$(member ended)" walk
is "walk: JSON: steps" "$(member transitions)" 1234
is "walk: JSON: walks" "$(member walks)" 13
is "walk: JSON: seed" "$(member seed)" 5
is "walk: JSON: states are not known" "$(member states)" null
call "$cidsim" explore middle.scn --search walk --steps 1 --seed 18446744073709551615 --json
says "walk: JSON: a great seed is exact" '"seed":"18446744073709551615"'

# Limits.
for search in dfs bitstate; do
	call "$cidsim" explore middle.scn --search "$search" --max-states 100
	is "$search: --max-states: status" "$status" 4
	says "$search: --max-states" '^UNDECIDED: not all states were seen \(max-states\)\.$'
	call "$cidsim" explore middle.scn --search "$search" --max-depth 4
	is "$search: --max-depth: status" "$status" 4
	says "$search: --max-depth" '^UNDECIDED: not all states were seen \(max-depth\)\.$'
done
call "$cidsim" explore large.scn --search dfs -m 16M --symmetry off
is "dfs: --memory: status" "$status" 4
says "dfs: --memory" '^UNDECIDED: not all states were seen \(memory\)\.$'
good "dfs: --max-depth of a long way" \
	"$cidsim" explore middle.scn --search dfs --max-depth 1000000000

# Threads and seeds.
"$cidsim" explore middle.scn --search walk --steps 300000 -j 1 >one.txt
for jobs in 2 3; do
	"$cidsim" explore middle.scn --search walk --steps 300000 -j "$jobs" >more.txt
	is "walk: $jobs threads: the same" "$(cmp more.txt one.txt)" ""
done
found() { sed 's/"command":\[[^]]*\],//'; } # but for the command that found it
"$cidsim" explore small.scn -r v3 --search walk --json --seed 5 | found >one.json
"$cidsim" explore small.scn -r v3 --search walk --json --jobs 3 | found >more.json
is "walk: the scenario's seed is the default" "$(cmp more.json one.json)" ""
"$cidsim" explore small.scn -r v3 --search walk --json -s 6 | found >more.json
is "walk: another seed is another walk" "$(cmp -s more.json one.json || echo differs)" differs
good "dfs: one thread" "$cidsim" explore -q middle.scn --search dfs --jobs 1
call "$cidsim" explore small.scn --search walk --symmetry off --steps 1
is "walk: without symmetry" "$status" 4

# Options that do not go together.
bad "--steps without walks" 2 'explore: --steps is for --search walk$' \
	"$cidsim" explore small.scn --steps 10
bad "--seed without walks" 2 'explore: --seed is for --search walk$' \
	"$cidsim" explore small.scn --search dfs --seed 10
bad "--memory of walks" 2 'explore: --memory is not for --search walk, which keeps no states$' \
	"$cidsim" explore small.scn --search walk --memory 1G
bad "--max-states of walks" 2 'explore: --max-states is not for --search walk, .*; --steps' \
	"$cidsim" explore small.scn --search walk --max-states 10
bad "--symmetry of walks" 2 'explore: --symmetry is not for --search walk' \
	"$cidsim" explore small.scn --search walk --symmetry on
for search in dfs bitstate; do
	bad "--jobs of $search" 2 "explore: --jobs is not for --search $search, which has one thread$" \
		"$cidsim" explore small.scn --search "$search" --jobs 2
done
bad "--matrix" 2 'explore: --matrix needs shortest counterexamples: it is for --search bfs$' \
	"$cidsim" explore --matrix --search dfs
call "$cidsim" explore small.scn middle.scn --steps 10
is "two files: one message" "$(wc -l <"$tmp/err")" 1

# Bad values.
bad "an unknown search" 2 "explore: --search: 'fast' is not bfs, dfs, bitstate or walk$" \
	"$cidsim" explore small.scn --search fast
bad "no search" 2 "explore: --search: '' is not bfs" "$cidsim" explore small.scn --search ''
bad "no steps" 2 "explore: --steps: '0' is out of range, it must be 1 to 9223372036854775807\$" \
	"$cidsim" explore small.scn --search walk --steps 0
bad "steps that are none" 2 "explore: --steps: .*many" \
	"$cidsim" explore small.scn --search walk --steps many
bad "a seed that is none" 2 "explore: --seed: .*-1" \
	"$cidsim" explore small.scn --search walk --seed=-1
bad "walks of no steps" 2 "explore: --max-depth: '0' is out of range, it must be 1 to 1000000\$" \
	"$cidsim" explore small.scn --search walk --max-depth 0
bad "walks that are too long" 2 "explore: --max-depth: '1000001' is out of range, it must be 1 to 1000000\$" \
	"$cidsim" explore small.scn --search walk --max-depth 1000001
bad "breadth first that is too deep" 2 "explore: --max-depth: '1000' is out of range, it must be 1 to 510\$" \
	"$cidsim" explore small.scn --max-depth 1000

call "$cidsim" explore explore/b1 explore/b3 --jobs 0
is "a bad value of two scenarios: status" "$status" 2
is "a bad value of two scenarios: is said once" "$(grep -c 'explore: --jobs: ' "$tmp/err")" 1
call "$cidsim" explore explore/b1 explore/b3 --check I99
is "no property, of two scenarios: is said once" "$(grep -c 'explore: --check: ' "$tmp/err")" 1

# Where there is no [explore], a machine is offered that can be explored.
call "$cidsim" explore failed-exec
is "no [explore]: status" "$status" 2
sed -n '/^\[/,$p' "$tmp/err" >offered.scn
call "$cidsim" explore offered.scn
says "no [explore]: what is offered is explored" 'forks 1; exits 1; failed-execs 1'
says "no [explore]: to what it can break" '^VIOLATED: I3, a spin in get cannot end, 7 steps'

bad "no folder for what is found" 3 'explore: -o: nowhere/found.scn: No such file or directory$' \
	"$cidsim" explore small.scn -r v3 -o nowhere/found.scn

# A size that no memory holds: none of I1 to I6 is broken in two million steps.
call "$cidsim" explore large.scn -r 7.1 --search walk --steps 2000000 --json
is "a large one: status" "$status" 4
is "a large one: nothing is broken" "$(member verdict) $(member ended)" "undecided walk"
is "a large one: all steps were taken" "$(member transitions)" 2000000
call "$cidsim" explore large.scn -r 6.19 --set explore.tasks=7 --search walk --steps 2000000 \
	-o old.scn
is "a large one of an older revision: status" "$status" 1
good "a large one of an older revision: it plays" "$cidsim" run -q old.scn

# Interrupted: the report has the results so far. The shell may have been started with the signal ignored.
for search in dfs bitstate walk; do
	steps="--symmetry off" # so that it takes long
	[ "$search" != walk ] || steps="--steps 9000000000000"
	# shellcheck disable=SC2086 # two words
	call env --default-signal=INT timeout --preserve-status -k 20 -s INT 0.5 \
		"$cidsim" explore large.scn --search "$search" $steps
	is "$search: interrupted: status" "$status" 4
	says "$search: interrupted: the verdict" '^UNDECIDED: .* \(interrupted\)\.$'
done

ln -s small.scn link.scn
cp small.scn kept.scn
for file in small.scn link.scn ./small.scn; do
	bad "-o $file is the scenario" 2 "explore: -o: $file is an input" \
		"$cidsim" explore small.scn -r v3 -o "$file"
done
bad "-o is the scenario on standard input" 2 "explore: -o: small.scn is an input" \
	sh -c '"$1" explore - -r v3 -o small.scn <small.scn' - "$cidsim"
is "-o is the scenario: not overwritten" "$(cmp small.scn kept.scn 2>&1)" ""

# Several files.
mkdir nothing
call "$cidsim" explore nothing small.scn -r v3
is "an empty folder beside a file: status" "$status" 2
says "an empty folder beside a file: the file" '^VIOLATED: I3'
bad "--matrix of standard input" 2 'explore: --matrix reads each scenario more than once, - only once$' \
	sh -c '"$1" explore --matrix - <small.scn' - "$cidsim"
cp small.scn 'a,b|c.scn'
good "--matrix --csv of a name with a comma" "$cidsim" explore --matrix --csv 'a,b|c.scn'
says "--matrix --csv of a name with a comma" '^v3,"A,B\|C",I3,violated,1,'
good "--matrix --markdown of a name with a bar" "$cidsim" explore --matrix --markdown 'a,b|c.scn'
says "--matrix --markdown of a name with a bar" '^\| revision \| A,B\\\|C \|$'
call env --default-signal=INT timeout --preserve-status -k 20 -s INT 0.5 \
	"$cidsim" explore explore/large-8 small.scn small.scn
is "^C with several files: status" "$status" 4
says "^C with several files: says which" '^cidsim: explore: interrupted, 2 of 3 scenarios were not explored$' "$tmp/err"

finish
