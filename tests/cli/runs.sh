#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Exit statuses, several files in a call, what options do. Usage: runs.sh CIDSIM

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
root=$(realpath "$(dirname "$0")/../..")
begin "$@"
scn good <<'X'
[tasks t]
count = 3
run = exp(1ms)
[expect app]
users-max = 4
X
scn failing <<'X'
[tasks t]
count = 3
[expect app]
users-max = 5
X
scn bad <<'X'
[tasks t]
run = 5
X
scn endless <<'X'
[tasks t]
run = 1us
sleep = 0ns
X
sed -i '2i max-events = 100' endless.scn

digest() {
	sed -n '/digest/{s/.*digest \([0-9a-f]\{16\}\).*/\1/p;s/.*"digest":"\([0-9a-f]\{16\}\)".*/\1/p;q}' "$tmp/out"
}

# Each status.
good "status 0" "$cidsim" run good.scn
says "status 0: verdict" '^PASS: 1 of 1'
says "first line: version, file, revision, seed, digest" \
	'^cidsim [0-9.]+  good\.scn  revision 7\.1  seed 1  digest [0-9a-f]{16}$'
call "$cidsim" run failing.scn
is "status 1" "$status" 1
says "status 1: expected and found" '^  FAIL  failing\.scn:9 +users-max = 5 +found 4 \(app\)$'
says "status 1: verdict" '^FAIL: 0 of 1 expectations hold'
repeat=$(sed -n 's/^To repeat: cidsim //p' "$tmp/out")
before=$(digest)
# shellcheck disable=SC2086
call "$cidsim" $repeat
is "status 1: the command that repeats it does" "$(digest)" "$before"
bad "status 2" 2 "bad\.scn:7: " "$cidsim" run bad.scn
bad "status 3" 3 "none\.scn: " "$cidsim" run none.scn
bad "status 4" 4 "endless\.scn: stopped by max-events = 100 after .*: undecided" \
	"$cidsim" run endless.scn
is "status 4: prints the results so far" "$(grep -c 'ended: event limit' "$tmp/out")" 1
bad "status 4 though an expectation at the end does not hold" 4 "failing\.scn: stopped by max-events" \
	"$cidsim" run failing.scn --set scenario.max-events=1
# A property that 6.19-livelock is known to break.
call "$cidsim" run failed-exec --revision v1
is "status 1 for a broken property" "$status" 1
says "a broken property is reported" 'I[1-8]'

# Several files: all run, the gravest status.
for order in "good.scn failing.scn" "failing.scn good.scn"; do
	# shellcheck disable=SC2086
	call "$cidsim" run $order
	is "$order: status" "$status" 1
	is "$order: both run" "$(grep -cE '^(PASS|FAIL) ' "$tmp/out")" 2
	# shellcheck disable=SC2086
	call "$cidsim" run $order --verbose
	is "$order: both reports" "$(grep -c '^cidsim .* digest ' "$tmp/out")" 2
done
call "$cidsim" run good.scn bad.scn failing.scn endless.scn
is "a bad one among them: status" "$status" 2
is "a bad one among them: the others run" "$(grep -cE '^(PASS|FAIL|UNDECIDED) ' "$tmp/out")" 3
call "$cidsim" run none.scn bad.scn good.scn
is "a missing one among them: status" "$status" 3
is "a missing one among them: the others run" "$(grep -c '^PASS ' "$tmp/out")" 1
call "$cidsim" run endless.scn failing.scn
is "undecided and failed: status" "$status" 1
mkdir none
call "$cidsim" run none good.scn
is "an empty folder among them: status" "$status" 2
is "an empty folder among them: the others run" "$(grep -c '^cidsim .* digest ' "$tmp/out")" 1
call "$cidsim" check good.scn bad.scn failing.scn
is "check: a bad one among them: status" "$status" 2
is "check: each good one once" "$(sed -n 's/: ok: .*//p' "$tmp/out" | tr '\n' ' ')" "good.scn failing.scn "
is "check: the bad one once" "$(wc -l <"$tmp/err")" 1
mkdir folder
cp good.scn folder/b.scn
cp good.scn folder/a.scn
cp bad.scn folder/no-scenario.txt
good "folder" "$cidsim" check folder
is "folder: by name" "$(sed -n 's/: ok: .*//p' "$tmp/out" | tr '\n' ' ')" "folder/a.scn folder/b.scn "
good "--quiet" "$cidsim" run good.scn -q
is "--quiet: prints nothing" "$(wc -c <"$tmp/out")" 0
call "$cidsim" run failing.scn --quiet
is "--quiet: status" "$status" 1
good "--json of several" "$cidsim" run good.scn good.scn folder --json
is "--json of several: a line each" "$(grep -c '^{"scenario":.*}$' "$tmp/out")" 4
is "--json of several: nothing else" "$(wc -l <"$tmp/out")" 4

# Standard input, from another folder, and shipped ones.
"$cidsim" run good.scn --json >one
good "standard input" sh -c '"$1" run - --json <good.scn' - "$cidsim"
is "standard input: same digest" "$(digest)" "$(sed 's/.*"digest":"\([^"]*\)".*/\1/' one)"
good "shipped scenario by name" "$cidsim" run hysteresis -q
good "shipped scenario by file name" "$cidsim" run hysteresis.scn -q
cp good.scn hysteresis
good "a file here goes before a shipped one" "$cidsim" run hysteresis
says "a file here goes before a shipped one: it is the one" '  hysteresis  revision'

# Options that change the run.
call "$cidsim" run good.scn
first=$(digest)
call "$cidsim" run good.scn --seed 1
is "--seed: the scenario's changes nothing" "$(digest)" "$first"
good "--seed" "$cidsim" run good.scn --seed 2
says "--seed: in the first line" '  seed 2  '
if [ "$(digest)" != "$first" ]; then pass "--seed: another run"; else fail "--seed: same run"; fi
good "--revision" "$cidsim" run good.scn --revision 6.19
says "--revision: in the first line" '  revision 6\.19  '
good "--revision: other name of one" "$cidsim" run good.scn --revision 7.3
says "--revision: other name of one: the first line" '  revision 7\.1  '
good "--set" "$cidsim" run good.scn --set "mm app.cpus=0-1" --set machine.cpus=2
says "--set: it is so" '^  2 possible CPUs'
good "--set of a flag" "$cidsim" run good.scn --set protocol.thrs-policy=none
says "--set of a flag: in the first line" 'revision 7\.1 with thrs-policy=none'
good "--set in any order" "$cidsim" run good.scn --set machine.cpus=2 --set "mm app.cpus=0-1"

good "--bytes-per-cid" "$cidsim" run good.scn --bytes-per-cid 4096
says "--bytes-per-cid: a table" '^Memory of per-CID data, 4096 bytes per CID: '
says "--bytes-per-cid: in the command" '^To repeat: cidsim run good\.scn --seed 1 --bytes-per-cid 4096$'
for bytes in 0 -1 x 4294967296 ''; do
	bad "--bytes-per-cid '$bytes'" 2 'run: --bytes-per-cid: ' "$cidsim" run good.scn "--bytes-per-cid=$bytes"
done

# check --explain: a scenario that runs the same.
# (Those that can only be explored are an error that names them.)
without_source() { sed '/"error":/d;s/"scenario":"[^"]*"//;s/"command":\[[^]]*\]//;s/"line":[0-9]*//g;s/"expected":"[^"]*"//g'; }
for name in $("$cidsim" list | cut -d ' ' -f 1); do
	"$cidsim" check --explain "$name" >full.scn
	"$cidsim" check --explain full.scn | sed 1d >again
	sed 1d full.scn >once
	what="explain $name"
	if ! cmp -s once again; then
		fail "$what: explained again it differs"
	elif [ "$("$cidsim" run "$name" --json | without_source)" != \
		"$("$cidsim" run full.scn --json | without_source)" ]; then
		fail "$what: runs differently"
	else
		pass "$what: runs the same"
	fi
done
# check --format: the usual form, which the shipped files have.
for file in "$root"/scenarios/*.scn "$root"/scenarios/*/*.scn; do
	"$cidsim" check --format "$file" >once && cmp -s "$file" once || fail "format ${file#"$root"/}: not the usual form"
done
printf '\357\273\277# top\r\n[mm  a]\r\nrun=1ms  \r\n\r\n\r\n# of tasks\n[tasks t ]\n\n count= 2\n' >untidy.scn
good "check --format" "$cidsim" check --format untidy.scn
is "check --format: the usual form" "$(cat "$tmp/out")" "$(printf '# top\n[mm a]\nrun = 1ms\n\n# of tasks\n[tasks t]\ncount = 2')"
good "check --format of standard input" sh -c '"$1" check --format - <untidy.scn' - "$cidsim"
is "check --format of standard input: the same" "$(cat "$tmp/out")" "$("$cidsim" check --format untidy.scn)"
cat >rich.scn <<'X'
[machine]
cpus = 5-5,9-11,700
online = 5,9-11
[sched]
wakeup-preemption = off
[mm web]
count = 3
cpus = 5,9
run = uniform(1ms,2ms)
[mm late]
count = 0
[tasks t]
mm = web
kind = vfork
cpus = 9-10
run = bimodal(1ms,10ms,12.345678%)
sleep = exp(1.5us)
loops = 7
[tasks u]
mm = web
count = 0
[at 3ms]
sleep = web/1 5ms; web/2
fork = u*3 by web/0; u by web/1
affinity = web/2 : 9,11
fork-process = late*2 by web/0
cpu-on = 700
[at 4ms]
cpu-off = 11,700
wake = web/2
[expect]
violations = 0
[expect web]
users-max = >= 1; <= 700
fast-path = > 1%
window-max = < 1.5s
[expect web/1 at 2ms]
mode = != per-cpu
[sweep]
sched.slice = 1ms;3ms
seeds = 1,2
X
good "explain a rich one" "$cidsim" check --explain rich.scn --seed 7 --set "tasks t.loops=8"
cp "$tmp/out" rich2.scn
says "explain: options are in it" '^loops = 8$' rich2.scn
says "explain: and the seed" '^seed = 7$' rich2.scn
says "explain: sparse CPUs" '^cpus = 5,9-11,700$' rich2.scn
says "explain: shares" '^run = bimodal\(1ms,10ms,12\.345678%\)$' rich2.scn
good "explain: can be explained" "$cidsim" check --explain rich2.scn
is "explain: and stays" "$(sed 1d "$tmp/out")" "$(sed 1d rich2.scn)"
"$cidsim" run rich.scn --seed 7 --set "tasks t.loops=8" --json >rich.json
call "$cidsim" run rich2.scn --json
is "explain: runs the same" "$(digest)" "$(sed 's/.*"digest":"\([^"]*\)".*/\1/' rich.json)"

# --revision all: a table. The proposals come after the current one.
revisions=$(revision_names | wc -l)
is "all revisions: there are some" "$([ "$revisions" -ge 14 ] && echo yes)" yes
call "$cidsim" run good.scn vfork --revision all
is "all revisions: status" "$status" 1
says "all revisions: a column each" '^  scenario +v1 '
says "all revisions: and of the newest" '^  scenario .* 7\.1'
says "all revisions: a row each" '^  good +ok +ok'
says "all revisions: what is broken" '^  vfork +I5.* ok$'
call "$cidsim" run failing.scn bad.scn endless.scn --revision all
is "all revisions: gravest status" "$status" 2
# cells SCENARIO: of its rows, which can be several
cells() {
	sed -n "s/^  $1 //p" "$tmp/out" | tr -s ' \n' '\n\n' | sed '/^$/d' | sort | uniq -c | tr -s ' '
}
is "all revisions: FAIL" "$(cells failing)" " $revisions FAIL"
is "all revisions: undecided" "$(cells endless)" " $revisions undecided"
is "all revisions: what cannot be read" "$(cells bad)" " $revisions -"
is "all revisions: a bad file is reported once" "$(grep -c 'bad\.scn:7' "$tmp/err")" 1
good "all revisions that are fine" "$cidsim" run good.scn --revision all
good "all revisions, --json" "$cidsim" run good.scn --revision all --json
is "all revisions, --json: an object each" "$(grep -c '^{"scenario":"good.scn",.*}$' "$tmp/out")" "$revisions"
good "all revisions, -o" "$cidsim" run good.scn --revision all -o out
is "all revisions, -o: a folder each" "$(find out -name report.txt | wc -l)" "$revisions"
good "all revisions, -q" "$cidsim" run good.scn --revision all -q
is "all revisions, -q: prints nothing" "$(wc -c <"$tmp/out")" 0

# --seeds: the first that fails.
good "seeds" "$cidsim" run good.scn failing.scn --seeds 5 --set "expect app.users-max=4"
says "seeds: how many" '^ok: good: 5 runs, seeds 1 to 5$'
says "seeds: of each scenario" '^ok: failing: 5 runs, seeds 1 to 5$'
# Four of the seeds 1 to 1000 make so few.
scn rare <<'X'
[tasks t]
count = 7
run = exp(1ms)
sleep = exp(1ms)
[expect app]
cid-changes = > 18
X
call "$cidsim" run rare.scn --seeds 1000
is "seeds: one fails" "$status" 1
says "seeds: which" '^FAIL: rare: seed [0-9]+, after [0-9]+ that did not fail$'
seed=$(sed -n 's/^FAIL: rare: seed \([0-9]*\),.*/\1/p' "$tmp/out")
repeat=$(sed -n 's/^To repeat: cidsim //p' "$tmp/out")
is "seeds: the command to repeat it" "$repeat" "run rare.scn --seed $seed"
call "$cidsim" run rare.scn --seed "$seed"
is "seeds: it fails alone too" "$status" 1
call "$cidsim" run rare.scn --seed $((seed + 1)) --seeds 3
is "seeds: from --seed on" "$(sed -n 's/^[a-zA-Z]*: rare: .*seeds \([0-9]*\) to.*/\1/p;s/.*rare: seed .*/'$((seed + 1))'/p' "$tmp/out" |
	head -n 1)" $((seed + 1))
good "seeds, --json" "$cidsim" run good.scn --seeds 3 --json
is "seeds, --json: an object each" "$(grep -c '^{.*"seed":[123],.*}$' "$tmp/out")" 3
call "$cidsim" run endless.scn --seeds 2
is "seeds: undecided" "$status" 4
says "seeds: undecided is reported" '^undecided: endless: 2 runs, seeds 1 to 2, some'

# Overrides, and what was expected without them.
scn wants <<'X'
[tasks t]
count = 3
[expect app]
users-max = 4
X
call "$cidsim" run wants.scn --set "tasks t.count=5"
is "--set, an expectation fails: status" "$status" 1
says "--set, an expectation fails: what to do" '^What is expected holds for the scenario without --set; --no-expect leaves it out$'
good "--no-expect" "$cidsim" run wants.scn --set "tasks t.count=5" --no-expect -o left
says "--no-expect: nothing is expected" '^PASS: nothing was expected; no property broken$'
says "--no-expect: in the command" '^To repeat: cidsim run wants.scn --seed 1 --set .tasks t.count=5. --no-expect$'
good "--no-expect: rerun" "$cidsim" rerun left/wants -o repeated
is "--no-expect: the same again" "$(diff -r left repeated)" ""
call "$cidsim" run wants.scn --set "mm app.run=2ms" -q
is "without --no-expect: status" "$status" 0

finish
