#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Scenarios with [explore] and [steps]: played, refused, recorded, drawn. Usage: play.sh CIDSIM

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# explored NAME: two CPUs under v5, with standard input added from line 6 on, in NAME.scn
explored() {
	{
		printf '[machine]\ncpus = 2\n[protocol]\nrevision = v5\n[explore]\n'
		cat
	} >"$1.scn"
}

explored b1 <<'X'
forks = 1
[steps]
1 = migrate T1 1
2 = fork T0 T2
# preempted
3 = out 0
4 = in 1 T0
[expect]
property = I3
violations = 1
[scenario]
found-with = v5
X

good "check" "$cidsim" check b1.scn
is "check: the report" "$(cat "$tmp/out")" \
	"b1.scn: ok: CPUs 2, tasks 2, at most 3, steps 4, expectations 2"
good "a counterexample plays" "$cidsim" run b1.scn -o out
says "report: revision, digest" '^cidsim [0-9.]+  b1\.scn  revision v5  seed 1  digest [0-9a-f]{16}$'
says "report: a live lock ends it" '^The 4 steps, ended: live lock$'
says "report: the last step" '^    4  CPU1 switches from idle to T0$'
says "report: the property" '^  >>>  I3 breaks here: a spin in get cannot end$'
says "report: who spins" '^    CPU1: word 0; runs T0 with word 0c; forks T2$'
says "report: who cannot be picked" '^    T1: word 1; in the queue of CPU1, whose rq lock is held$'
says "report: expectations" '^  PASS  b1\.scn:14 +property = I3 +found I3$'
says "report: verdict" '^PASS: 2 of 2 expectations hold; broken properties: 1, as expected$'
is "report: no line is too wide" "$(grep -cE '^.{81}' "$tmp/out")" 0

# Records: those of a run, in form.
"$cidsim" run -q livelock-v3 -o runs
is "files: those of a run, and steps.csv" "$(ls out/b1 | grep -v '^steps\.csv$')" "$(ls runs/livelock-v3)"
says "steps.csv: the start" '^0,0,,the start,,mode per task; ' out/b1/steps.csv
says "steps.csv: a step in words, what it changes, what is broken" \
	'^4,4000,.*,I3$' out/b1/steps.csv
cp out/b1/steps.csv runs/livelock-v3/
"$cidsim" run -q livelock-v3 -o runs
is "steps.csv of an earlier run is removed" "$(ls runs/livelock-v3 | grep steps)" ""
for file in series modes windows stays; do
	is "$file.csv: the columns of a run" "$(grep -v '^#' "out/b1/$file.csv" | head -n 1)" \
		"$(grep -v '^#' "runs/livelock-v3/$file.csv" | head -n 1)"
done
is "series.csv: the values from the start on" "$(grep '^[0-9]' out/b1/series.csv | tr '\n' ' ')" \
	"0,mm,2,2,2,0,0,2,2,2 2000,mm,3,2,2,1,1,2,2,2 "
is "modes.csv: the flip" "$(grep '^[0-9]' out/b1/modes.csv)" "2000,mm,to_percpu,fork,3,2,2,2,0,1,0,1000"
is "stays.csv: who was where" "$(grep '^[0-9]' out/b1/stays.csv | tr '\n' ' ')" \
	"0,1000,mm,0,0,3000 1,1000,mm,0,4000,5000 "
says "trace: the format" '^# tracer: nop$' out/b1/trace.txt
says "trace: a switch with its words" \
	'\[001\].*0\.000004000: mmcid:switch: .* next_pid=1000 next_word=0x40000000 cpu_word=0x0{8} spins=1$' out/b1/trace.txt
says "trace: each step" 'mmcid:fork: step=2 text="fork T0 T2" mode=1 users=3' out/b1/trace.txt
says "trace: the window opens" 'tracing_mark_write: B\|1000\|mm to per CPU$' out/b1/trace.txt
is "report.txt is what is printed" "$(cat out/b1/report.txt)" "$("$cidsim" run b1.scn)"
good "--log none" "$cidsim" run -q b1.scn -o short --log none
is "--log none: no trace" "$([ -e short/b1/trace.txt ] || [ ! -e short/b1/stays.csv ] || echo none)" none

good "JSON" "$cidsim" run --json b1.scn
cp "$tmp/out" played.json
says "JSON: the violation" \
	'"violations":\[\{"time_ns":4000,"property":"I3","mm":"mm","text":"mode per CPU; 3 users'
says "JSON: the rest" '"ended":"live lock","possible_cpus":2,"clock_counts_steps":true,"ok":true.*"livelocks":1'
"$cidsim" run --json livelock-v3 >run.json
# members FILE: the names of all of them
members() {
	grep -oE '"[a-z_0-9]+":' "$1" | grep -vE '"(app|mm)":' | sort -u
}
is "JSON: the members of a run" "$(members played.json)" "$(members run.json)"
"$cidsim" run --json b1.scn | cmp -s - played.json
is "the same again: the same bytes" "$?" 0

if command -v gnuplot >/dev/null; then
	for kind in hysteresis timeline cpus steps; do
		good "plot $kind" "$cidsim" plot "$kind" out/b1 -o "$kind.svg"
		says "plot $kind: a picture" '</svg>' "$kind.svg"
	done
	for kind in timeline cpus; do
		says "plot $kind: the axis counts steps" '>step</' "$kind.svg"
		good "plot $kind: from a step on, with marks" "$cidsim" plot "$kind" out/b1 --from 2 --to 4us \
			--mark '3=it moves' --mark 1=before -o part.svg
		says "plot $kind: a mark" '>it moves<' part.svg
		is "plot $kind: a mark that is not in the picture" "$(grep -c '>before<' part.svg)" 0
	done
	"$cidsim" run -q hysteresis -o out --log none
	bad "plot --with: a run with times beside steps" 2 'out/hysteresis: has not the same time as out/b1' \
		"$cidsim" plot timeline out/b1 --with out/hysteresis
	bad "plot: steps of a run with times" 2 'out/hysteresis: has times; write those of --from' \
		"$cidsim" plot timeline out/hysteresis --from 2
	says "plot steps: the property that breaks" 'I3 is broken: a spin in get cannot end' steps.svg
	good "plot steps of a scenario" "$cidsim" plot steps b1.scn
	good "plot steps of one that ships" "$cidsim" plot steps defects/b9 -o b9.svg
	says "plot steps of one that ships: a picture" 'I5 is broken' b9.svg
	is "plot steps: beside the scenario" "$(ls b1-steps.*)" "b1-steps.png
b1-steps.svg"
	"$cidsim" plot steps b1.scn -o again.svg >/dev/null
	is "plot steps: a run or its scenario" "$(cksum <again.svg)" "$(cksum <steps.svg)"
else
	skip "plots: no gnuplot"
fi
sed '/^\[steps\]/,$d' b1.scn >machine.scn
bad "plot steps: no [steps]" 2 'machine\.scn: has no \[steps\]' "$cidsim" plot steps machine.scn
bad "plot timeline of a scenario" 2 \
	'b1\.scn: is a scenario, not a run; first: cidsim run b1\.scn -o out' "$cidsim" plot timeline b1.scn
bad "plot timeline of a file of a run" 2 'out/b1/modes\.csv: is a file; name the folder of its run: out/b1' \
	"$cidsim" plot timeline out/b1/modes.csv
bad "plot --cpus: a list" 2 "plot: --cpus: '0-x' has a range without an end" \
	"$cidsim" plot cpus --cpus 0-x out/b1
for mark in 1ms 1ms= =x; do
	bad "plot --mark $mark" 2 "plot: --mark: " "$cidsim" plot timeline --mark "$mark" out/b1
done
bad "plot --mark: of time only" 2 "plot: --mark is for timeline and cpus, not for hysteresis" \
	"$cidsim" plot hysteresis --mark 1ms=x out/b1
bad "plot --with: of timeline only" 2 "plot: --with is for timeline, not for cpus" \
	"$cidsim" plot cpus --with out/b1 out/b1
bad "plot --width 0" 2 "plot: --width: '0' is out of range, it must be 240 to 8192" \
	"$cidsim" plot hysteresis --width 0 out/b1
bad "plot --cpus: of cpus only" 2 "plot: --cpus is for cpus, not for timeline" \
	"$cidsim" plot timeline --cpus 0 out/b1
bad "plot steps of one that ships: where" 2 'plot: defects/b9 ships with cidsim; say with -o' \
	"$cidsim" plot steps defects/b9
bad "plot steps: times" 2 "plot: --from is for pictures of a run, not for steps" \
	"$cidsim" plot steps --from 1us b1.scn

# Other revisions, other values.
call "$cidsim" run b1.scn --revision 7.1
is "another revision: status" "$status" 1
is "another revision: that is said" "$(cat "$tmp/err")" \
	"cidsim: b1.scn: this counterexample is of revision v5, run with 7.1"
says "another revision: what was found" '^  FAIL  b1\.scn:14 +property = I3 +found none$'
call "$cidsim" run -q b1.scn --revision 7.1
is "quiet: nothing is said" "$(cat "$tmp/out" "$tmp/err")" ""
good "an alias is the same revision" "$cidsim" run b1.scn --revision v6.19-rc1
good "one flag" "$cidsim" run b1.scn --set protocol.transit-to-percpu=on --set expect.property=none \
	--set expect.violations=0
call "$cidsim" run b1.scn --revision all
is "all revisions: status" "$status" 1
says "all revisions: a table" '^  b1 +ok +ok +ok +ok +ok +FAIL'

# Steps that cannot be taken.
explored again <<'X'
forks = 2
[steps]
1 = fork T0 T2
2 = in 1 T1
3 = fork T1 T3
X
bad "a step that is refused" 2 'again\.scn:10: step 3, "fork T1 T3": the mutex of the mm is held$' \
	"$cidsim" run again.scn -o refused
empty "a step that is refused: no files" refused
is "a step that is refused: no report" "$(cat "$tmp/out")" ""
bad "from standard input" 2 '<stdin>:10: step 3, "fork T1 T3": ' sh -c '"$1" run - <again.scn' - "$cidsim"
bad "more than may happen" 2 'again\.scn:8: step 1, "fork T0 T2": \[explore\] has forks = 0' \
	"$cidsim" run again.scn --set explore.forks=0 --set explore.clone-vms=2
bad "an option makes a step wrong" 2 '--set steps\.2: unknown step .inn., did you mean .in.' \
	"$cidsim" run again.scn --set "steps.2=inn 1 T1"
bad "a step of an option is refused" 2 'again\.scn: step 2, "show T0": ' \
	"$cidsim" run again.scn --set "steps.2=show T0" --revision 7.1
call "$cidsim" run -q again.scn b1.scn
is "a refused one among others: status" "$status" 2

# wrong WHAT LINE PATTERN, the added lines on standard input
wrong() {
	explored bad
	refused "$@"
}

wrong "unknown verb" 7 "step 1: unknown step 'walc', did you mean 'walk', written like" <<'X'
[steps]
1 = walc
X
wrong "wrong form" 7 "step 1: 'in 1' is not written like in CPU TASK \[sees MODE\]$" <<'X'
[steps]
1 = in 1
X
wrong "unknown task" 7 "step 1: there is no task T2, the last is T1$" <<'X'
[steps]
1 = in 1 T2
X
wrong "unknown CPU" 7 "step 1: CPU 2 is not one of the possible CPUs, the last is 1$" <<'X'
[steps]
1 = out 2
X
wrong "a gap" 8 "'3' is not the number of the next step, which is 2$" <<'X'
[steps]
1 = out 0
3 = out 1
X
wrong "a process" 6 "\[mm app\] means nothing beside \[explore\] in line 5$" <<'X'
[mm app]
X
wrong "too many tasks" 5 "tasks and forks make 17 tasks at once" <<'X'
forks = 15
X
wrong "affinity that is wide already" 6 "affinities: cannot matter" <<'X'
affinities = 1
X
wrong "found without steps" 7 "found-with: the file has no \[steps\]" <<'X'
[scenario]
found-with = v5
X
scn alone <<'X'
[steps]
1 = out 0
X
bad "steps of no machine" 2 "alone\.scn:6: \[steps\] needs \[explore\]" "$cidsim" run alone.scn
head -c 100000 /dev/urandom >noise
cat b1.scn noise >noise.scn
call "$cidsim" run noise.scn
is "random bytes: status" "$status" 2

# Not to be run, nor swept.
explored open <<'X'
forks = 1
X
good "check: without steps" "$cidsim" check open.scn
bad "run without steps" 2 'run: open\.scn:5: .*cidsim explore open\.scn$' "$cidsim" run open.scn -o none
empty "run without steps: no files" none
bad "run without steps: all revisions" 2 'run: open\.scn:5: .*cidsim explore open\.scn$' \
	"$cidsim" run -q open.scn --revision all
bad "run without steps: seeds" 2 'run: open\.scn:5: .*cidsim explore open\.scn$' \
	"$cidsim" run open.scn --seeds 3
bad "sweep" 2 'sweep: b1\.scn:5: a scenario with \[explore\] cannot be swept$' \
	"$cidsim" sweep b1.scn --seeds 3
scn plain </dev/null
call "$cidsim" run open.scn plain.scn b1.scn
is "among others: status" "$status" 2
is "among others: they run" "$(grep -cE '^(PASS|FAIL)  ' "$tmp/out")" 2

# check --explain: a scenario that plays the same.
good "explain" "$cidsim" check --explain b1.scn
cp "$tmp/out" full.scn
says "explain: the tasks" '^tasks-max = 3$'
says "explain: what is looked for" '^check = I1 I2 I3 I4 I5 I6 I8$'
says "explain: the steps" '^4 = in 1 T0$'
# digest FILE: of a run as JSON
digest() {
	sed 's/.*"digest":"\([^"]*\)".*/\1/' "$1"
}
"$cidsim" run --json full.scn >full.json
is "explain: plays the same" "$(digest full.json)" "$(digest played.json)"

# What ships.
good "a shipped counterexample, by its name" "$cidsim" run -q defects/b1
good "list" "$cidsim" list
says "list: counterexamples" '^defects/b1 +B1: live lock'

finish
