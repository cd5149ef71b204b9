#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Sweeps: the same bytes whatever the number of jobs, however often killed, and merged from
# shards; what is wrong is reported before any work. Usage: sweep.sh CIDSIM

# shellcheck disable=SC2016,SC2086,SC2012,SC2010
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

cat >small.scn <<'X'
[scenario]
time = 20ms
[machine]
cpus = 4
[mm app]
[ramp threads]
to = 6
cycles = 2
dwell = 500us
run = exp(100us)
sleep = exp(200us)
X
sweep="sweep small.scn --cpus 1-5 --threads 3-9*2,20,40 --vary sched.slice=1ms;3ms --seeds 5"
points=200

digest() {
	sha256sum "$1" | cut -c 1-64
}

# --- one file, however it is made ---

good "a sweep" "$cidsim" $sweep -o one.csv --jobs 1
is "a sweep: a row for each point" "$(grep -vc '^#' one.csv)" $((points + 1))
is "a sweep: nothing else is left" "$(ls -A)" "one.csv
small.scn"
says "a sweep: its command" \
	"^# command cidsim sweep small.scn --cpus 1-5 --threads '3-9\*2,20,40' --vary 'sched.slice=1ms;3ms' --seeds 5\$" one.csv
says "a sweep: its axes" '^# axis threads = 3-9\*2;20;40$' one.csv
says "a sweep: how many points" "^# points $points\$" one.csv
says "a sweep: its end" "^# end $points rows, digest [0-9a-f]{16}\$" one.csv
for jobs in 2 7; do
	good "$jobs jobs" "$cidsim" $sweep -o jobs.csv --jobs $jobs
	is "$jobs jobs: the same bytes" "$(digest jobs.csv)" "$(digest one.csv)"
	rm jobs.csv
done
"$cidsim" $sweep >stdout.csv
is "standard output: the same bytes" "$(digest stdout.csv)" "$(digest one.csv)"
call "$cidsim" $sweep -o one.csv
is "once more: nothing to do" "$status" 0
says "once more: says so" "one.csv is complete already, with all $points points" "$tmp/err"
if find_locale; then
	LC_ALL=$comma "$cidsim" $sweep --summary -o locale.csv
	is "$comma: the same bytes" "$(digest locale.csv)" "$(digest one.csv)"
	LC_ALL=C "$cidsim" $sweep --summary -o plain.csv
	is "$comma: the same summary" "$(digest locale-summary.csv)" "$(digest plain-summary.csv)"
else
	skip "a locale with a decimal comma: none here, and localedef has no source (package locales)"
fi
# --- rows say what a run says ---

"$cidsim" run small.scn --set machine.cpus=5 --set 'ramp threads.to=20' --set sched.slice=3ms \
	--seed 3 >report.txt
found=$(grep ',5,20,3ms,7.1,3,' one.csv | cut -d , -f 8)
says "a row has the digest of its run" "digest $found" report.txt

# --- axes ---

good "dry run" "$cidsim" $sweep --dry-run
is "dry run: points" "$(head -n 1 "$tmp/out")" "$points points"
good "dry run of 10^9 points" "$cidsim" sweep small.scn --seeds 1000000000 --dry-run
cat small.scn - >axes.scn <<'X'
[sweep]
threads = 3,5
cpus = 2
X
good "axes of the file" "$cidsim" sweep axes.scn --cpus 1,2,3
is "axes of the file: the command line replaces one in its place" \
	"$(grep '^# axis' "$tmp/out" | tr '\n' ';')" "# axis threads = 3;5;# axis cpus = 1;2;3;"
good "no axes" "$cidsim" sweep small.scn
is "no axes: one point" "$(grep -vc '^#' "$tmp/out")" 2
revision_names >revisions
call "$cidsim" sweep small.scn --revisions all
is "all revisions: a row each" "$(grep -v '^#' "$tmp/out" | sed 1d | cut -d , -f 2)" \
	"$(cat revisions)"
good "standard input" sh -c '"$1" sweep - --threads 2-5 <small.scn >stdin.csv' - "$cidsim"
is "standard input: rows" "$(grep -vc '^#' stdin.csv)" 5

# --- outcomes ---

call "$cidsim" sweep small.scn --cpus 2,4 --allowed 2,4 -o corner.csv
is "an impossible corner: the others are run" "$status" 0
says "an impossible corner: reported" "1 impossible point, the first is 1: .*allowed|1 impossible point, the first is 1: .*CPU" "$tmp/err"
is "an impossible corner: outcomes" "$(grep -v '^#' corner.csv | cut -d , -f 6 | tr '\n' ' ')" \
	"outcome ok impossible ok ok "
call "$cidsim" sweep livelock-v3 --seeds 2 -o broken.csv
is "a broken property: exit status" "$status" 1
says "a broken property: reported" "a property is broken in 2 of 2 points" "$tmp/err"
call "$cidsim" sweep livelock-v3 --set protocol.bounded-get=on
is "gets that gave up: counted" "$(grep -v '^#' "$tmp/out" | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "gave_up") column = i; next }
	{ print $column }')" 1
is "a broken property: outcomes" "$(grep -v '^#' broken.csv | cut -d , -f 4 | tr '\n' ' ')" \
	"outcome failed failed "
call "$cidsim" sweep livelock-v3 --seeds 2 -o broken.csv
is "a broken property: so again" "$status" 1
call "$cidsim" sweep small.scn --set scenario.max-events=50
is "max-events: exit status" "$status" 4
says "max-events: outcome" ",undecided," "$tmp/out"

# --- shards ---

for shard in 3 1 5 2 4; do
	good "shard $shard/5" "$cidsim" $sweep --shard $shard/5 -o "shard-$shard.csv"
done
says "a shard says so" "^# shard 3/5\$" shard-3.csv
good "merge" "$cidsim" merge shard-4.csv shard-1.csv shard-5.csv shard-3.csv shard-2.csv -o merged.csv
is "merge: the bytes of the sweep in one go" "$(digest merged.csv)" "$(digest one.csv)"
"$cidsim" merge shard-?.csv >merged.csv
is "merge to standard output: the same" "$(digest merged.csv)" "$(digest one.csv)"
bad "merge: some are missing" 2 ".*2, 4.*of 5" "$cidsim" merge shard-5.csv shard-1.csv shard-3.csv
bad "merge: the same twice" 2 ".*shard-1.csv" "$cidsim" merge shard-1.csv shard-[1-5].csv
bad "merge: what is no shard" 2 ".*one.csv" "$cidsim" merge one.csv
bad "merge: another sweep's" 2 ".*other.csv.*" sh -c '
	"$1" sweep small.scn --cpus 2 --shard 2/5 -o other.csv && exec "$1" merge shard-1.csv other.csv' - "$cidsim"
bad "merge: a cut one" 2 ".*cut.csv" sh -c '
	head -c 5000 shard-2.csv >cut.csv; exec "$1" merge shard-1.csv cut.csv' - "$cidsim"
sed 's/,ok,/,OK,/;' shard-2.csv >changed.csv
bad "merge: a changed one" 2 ".*changed.csv" \
	"$cidsim" merge shard-1.csv changed.csv shard-3.csv shard-4.csv shard-5.csv -o never.csv
bad "merge -o of a shard" 2 "merge: -o: \./shard-3.csv is an input and would be overwritten" "$cidsim" merge shard-?.csv -o ./shard-3.csv
cp shard-3.csv three-summary.csv
bad "merge --summary over a shard" 2 "merge: -o: three-summary.csv is an input and would be overwritten" \
	"$cidsim" merge shard-[1245].csv three-summary.csv -o three.csv --summary
cp small.scn small-kept.scn
bad "sweep -o of the scenario" 2 "sweep: -o: small.scn is an input" \
	"$cidsim" sweep small.scn --cpus 2 -o small.scn --force
is "sweep -o of the scenario: not overwritten" "$(cmp small.scn small-kept.scn 2>&1)" ""
bad "merge: none" 2 "merge: no shards given" "$cidsim" merge
is "merge: no half a file" "$(ls -A | grep never)" ""
good "more shards than points" "$cidsim" sweep small.scn --seeds 2 --shard 3/3 -o none.csv
is "more shards than points: no row" "$(grep -vc '^#' none.csv)" 1

# --- the summary ---

good "summary" "$cidsim" $sweep -o sum.csv --summary
is "summary: a row for each point without seeds" "$(grep -vc '^#' sum-summary.csv)" \
	$((points / 5 + 1))
call "$cidsim" sweep small.scn --seeds 2 --set scenario.max-events=50 -o undecided.csv --summary
is "summary of undecided points: exit status" "$status" 4
says "summary of undecided points: is there, and leaves them out" ',0,2,' undecided-summary.csv
good "summary of merged shards" "$cidsim" merge shard-?.csv -o again.csv --summary
is "summary of merged shards: the same" "$(digest again-summary.csv)" "$(digest sum-summary.csv)"

# --- killed and continued ---

# Slow enough to be killed.
slow() { # in a process of its own, so that it is the program that is killed
	exec "$cidsim" $sweep --set scenario.time=500ms --set 'ramp threads.cycles=40' "$@"
}
(slow -o slow.csv)
kills=0
for delay in 0.02 0.05 0.03 0.08 0.01 0.06 0.04 0.07 0.05 0.02; do
	slow -o killed.csv 2>/dev/null &
	pid=$!
	sleep $delay
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? -ne 137 ] || kills=$((kills + 1))
done
echo "      killed $kills times"
is "killed: often enough" "$([ $kills -ge 3 ] && echo yes)" yes
(slow -o killed.csv) 2>err
status=$?
is "killed: ends well" "$status" 0
is "killed: the same bytes" "$(digest killed.csv)" "$(digest slow.csv)"
is "killed: no work file is left" "$(ls -A | grep -c killed)" 1
slow -o stopped.csv 2>err &
pid=$!
sleep 0.1
kill -TERM $pid 2>/dev/null
wait $pid
if [ $? -eq 4 ]; then
	says "interrupted: says what is there" "interrupted, [0-9]+ of $points points were done; they are kept" err
	says "interrupted: says how to draw that" "'cidsim plot sweep stopped.csv.part' draws them" err
	bad "not finished: cannot be merged" 2 "stopped.csv.part: the work file of a sweep that is not finished" \
		"$cidsim" merge stopped.csv.part -o merged.csv
	rows=$(sed -n 's/.*interrupted, \([0-9]*\) of .*/\1/p' err)
	if [ "$rows" -gt 0 ] && command -v gnuplot >/dev/null; then
		good "not finished: drawn" "$cidsim" plot sweep stopped.csv.part -o stopped.svg
		says "not finished: says so" "; $rows of $points points" stopped.svg
		rm stopped.svg
	fi
	bad "of another sweep" 2 "stopped.csv.part: rows of another sweep" \
		"$cidsim" sweep small.scn --cpus 2 -o stopped.csv
	LC_ALL=C sed 's/,ok,/,Ok,/' stopped.csv.part >hurt.csv.part
	if ! cmp -s stopped.csv.part hurt.csv.part; then
		call "$cidsim" $sweep --set scenario.time=500ms --set 'ramp threads.cycles=40' -o hurt.csv
		is "a damaged work file: refused" "$status" 2
		says "a damaged work file: says what is good" "hurt.csv.part: damaged after [0-9]+ rows" "$tmp/err"
	fi
	rows=$(sed -n 's/.*interrupted, \([0-9]*\) of .*/\1/p' err)
	(slow -o stopped.csv --jobs 1) 2>err
	if [ "$rows" -gt 0 ]; then
		says "continued: says so" "^cidsim: sweep: continues after $rows of $points points" err
	else
		is "continued: says nothing, as there was no row" "$(cat err)" ""
	fi
	is "continued: the same bytes" "$(digest stopped.csv)" "$(digest slow.csv)"
else
	skip "interrupted: was too fast"
fi

if command -v script >/dev/null; then
	cat >terminal.sh <<X
exec '$cidsim' sweep small.scn --seeds 2000 --set scenario.time=500ms --set 'ramp threads.cycles=40' \
	-o terminal.csv
X
	script -qec "sh terminal.sh" typescript >/dev/null
	says "progress on a terminal" \
		"[0-9]+ of 2000 points, [0-9]+ per second, [0-9]+:[0-9]{2}:[0-9]{2} left" typescript
	is "progress on a terminal: the file" "$(tail -n 1 terminal.csv | cut -c 1-14)" "# end 2000 row"
else
	skip "progress on a terminal: no script"
fi

# What there is is not lost.
head -c 3000 slow.csv >damaged.csv
bad "another's file of this name" 2 "damaged.csv.*--force" "$cidsim" $sweep -o damaged.csv
good "--force" "$cidsim" $sweep -o damaged.csv --force
is "--force: the bytes" "$(digest damaged.csv)" "$(digest one.csv)"
bad "another sweep's file of this name" 2 "one.csv.*--force" \
	"$cidsim" sweep small.scn --cpus 3 -o one.csv

# --- the environment ---

bad "a folder that is not there" 3 "sweep: -o: nowhere/x.csv: No such file" "$cidsim" $sweep -o nowhere/x.csv
mkdir dir.csv
bad "a folder of that name" 2 "sweep: -o: dir.csv is a folder; name a file in it" "$cidsim" $sweep -o dir.csv
is "a folder of that name: is still empty" "$(ls -A dir.csv)" ""
bad "full standard output" 3 ".*standard output: No space left on device" \
	sh -c '"$1" sweep small.scn --seeds 200 >/dev/full' - "$cidsim"
# 40 blocks of 512 bytes: the rows do not fit
call sh -c 'ulimit -f 40; trap "" XFSZ; exec "$1" sweep small.scn --seeds 200 -o full.csv' - "$cidsim"
is "a full disk: exit status" "$status" 3
says "a full disk: says what is kept" "full.csv.part: File too large; complete rows are kept" "$tmp/err"
is "a full disk: nothing under the name" "$(ls full.csv 2>/dev/null)" ""
call "$cidsim" sweep small.scn --seeds 200 -o full.csv
is "a full disk: continued" "$status" 0
"$cidsim" sweep small.scn --seeds 200 >room.csv
is "a full disk: the same bytes" "$(digest full.csv)" "$(digest room.csv)"

# --- bad input: reported before any work ---

# Each would write x.csv.
bad "an empty list" 2 "sweep: --cpus: " "$cidsim" sweep small.scn -o x.csv --cpus ''
bad "an empty item" 2 "sweep: --cpus: " "$cidsim" sweep small.scn -o x.csv --cpus 1,,2
bad "a reversed range" 2 "sweep: --threads: .*9-3" "$cidsim" sweep small.scn -o x.csv --threads 9-3
bad "a step of nothing" 2 "sweep: --threads: " "$cidsim" sweep small.scn -o x.csv --threads 3-9+0
bad "a factor of one" 2 "sweep: --threads: " "$cidsim" sweep small.scn -o x.csv --threads '3-9*1'
bad "a value that cannot be" 2 "sweep: --cpus: .*9000" "$cidsim" sweep small.scn -o x.csv --cpus 4,9000
bad "no such revision" 2 ".*6.91.*" "$cidsim" sweep small.scn -o x.csv --revisions 6.91
bad "no such key" 2 "sweep: --vary sched.slize: .*did you mean .slice" "$cidsim" sweep small.scn -o x.csv --vary sched.slize=1ms
bad "no list at all" 2 "sweep: --vary: .*group.key=LIST" "$cidsim" sweep small.scn -o x.csv --vary sched.slice
bad "an axis twice" 2 "sweep: --vary sched.slice: .*twice" "$cidsim" sweep small.scn -o x.csv --vary sched.slice=1ms --vary sched.slice=2ms
bad "an axis that is set" 2 ".*sched.slice" \
	"$cidsim" sweep small.scn -o x.csv --vary sched.slice=1ms --set sched.slice=2ms
bad "too many points" 2 "sweep: .*1000000000" "$cidsim" sweep small.scn -o x.csv --seeds 1000000000 --cpus 1,2
bad "no seeds" 2 "sweep: --seeds: " "$cidsim" sweep small.scn -o x.csv --seeds 0
bad "no jobs" 2 "sweep: --jobs: '0' is out of range, it must be 1 to" "$cidsim" sweep small.scn -o x.csv --jobs 0
bad "no number of jobs" 2 "sweep: --jobs: " "$cidsim" sweep small.scn -o x.csv --jobs many
bad "a shard out of range" 2 "sweep: --shard: '6' is out of range, it must be 1 to 5" "$cidsim" sweep small.scn -o x.csv --shard 6/5
bad "a shard 0" 2 "sweep: --shard: '0' is out of range, it must be 1 to 5" "$cidsim" sweep small.scn -o x.csv --shard 0/5
bad "a shard of nothing" 2 "sweep: --shard: " "$cidsim" sweep small.scn -o x.csv --shard 5
bad "two scenarios" 2 "sweep: more than one scenario given; a FILE, - or a name of `cidsim list`" "$cidsim" sweep small.scn axes.scn -o x.csv
bad "no scenario" 2 "sweep: no scenario given" "$cidsim" sweep -o x.csv
bad "no such scenario" 3 "smal.scn: " "$cidsim" sweep smal.scn -o x.csv
bad "no such mm" 2 "sweep: --mm: .*'ap'; did you mean app" "$cidsim" sweep small.scn -o x.csv --mm ap
bad "a summary of a shard" 2 "sweep: --summary" "$cidsim" sweep small.scn --summary --shard 1/2 -o x.csv
bad "a summary without a file" 2 "sweep: --summary needs -o" "$cidsim" sweep small.scn --summary
is "nothing was begun" "$(ls -A | grep -c '^x')" 0

good "-o /dev/stdout of a file" sh -c '"$1" sweep small.scn --seeds 2 -o /dev/stdout >there.csv' - "$cidsim"
is "-o /dev/stdout of a file: all rows" "$(tail -n 1 there.csv | cut -c 1-10)" "# end 2 ro"

# The result is a pipe that has no reader yet: the signal comes before the first row.
mkfifo pipe
(
	sleep 1
	cat pipe >piped
) &
call env --default-signal=INT timeout --preserve-status -k 20 -s INT 0.3 "$cidsim" merge shard-[1-5].csv -o pipe
is "merge, interrupted: status" "$status" 4
says "merge, interrupted: says so" '^cidsim: pipe: interrupted, not all rows are there$' "$tmp/err"
wait

finish
