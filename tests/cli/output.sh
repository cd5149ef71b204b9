#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What is written where: full disks, folders that cannot be, signals. Never a half-written file
# under a final name, never a hidden one left. Usage: output.sh CIDSIM

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"
scn small <<'X'
[tasks t]
X
# Minutes long, if nothing ends it.
cat >long.scn <<'X'
[scenario]
time = 4000s
max-events = 1000000000000
[machine]
cpus = 8
[mm app]
[tasks t]
count = 64
run = exp(1ms)
sleep = exp(1ms)
X
all="modes.csv report.html report.json report.txt series.csv stays.csv trace.txt windows.csv "
csv="modes.csv report.html report.json report.txt series.csv stays.csv windows.csv "

names() {
	(cd "$1" 2>/dev/null && find . -mindepth 1 | sed 's,^\./,,' | LC_ALL=C sort | tr '\n' ' ')
}

good "run -o" "$cidsim" run small.scn -o out
is "run -o: the files" "$(names out/small)" "$all"
is "run -o: report.txt is what was printed" "$(cat out/small/report.txt)" "$(cat "$tmp/out")"
good "run -o makes folders" "$cidsim" run small.scn -o deep/er/folder --log none
is "run --log none: no trace" "$(names deep/er/folder/small)" "$csv"
"$cidsim" run small.scn -q -o twice && "$cidsim" run small.scn -q -o twice --log none
is "run --log none: nor that of an earlier run" "$(names twice/small)" "$csv"

# Other forms of the event log, and parts of it
scn busy <<'X'
[tasks t]
count = 20
run = exp(50us)
sleep = exp(100us)
X
good "run --log chrome" "$cidsim" run busy.scn -q -o forms --log chrome
is "run --log chrome: the files" "$(names forms/busy)" \
	"modes.csv report.html report.json report.txt series.csv stays.csv trace.json windows.csv "
says "run --log chrome: a slice names task and CID" \
	'^\{"ph":"B","pid":1,"tid":[0-3],"ts":[0-9]+\.[0-9]{3},"cat":"app","name":"t-[0-9]+:[0-9]+"\},$' forms/busy/trace.json
good "run --log-from, --log-to" "$cidsim" run busy.scn -q -o forms --log-from 2ms --log-to 3.5ms
is "run --log-from: the log of another form is gone" "$(names forms/busy)" "$all"
is "run --log-from, --log-to: times" "$(sed -n 's/.* \.\.\.\.  *0\.\([0-9]*\): .*/\1/p' forms/busy/trace.txt | sed -n '1p;$p' | cut -c 1-4 | tr '\n' ' ')" "0020 0034 "
bad "replay of a part" 2 'replay: forms/busy/trace\.txt: line [0-9]+: the log is of a part of a run' \
	"$cidsim" replay forms/busy/trace.txt
good "run --log-limit" "$cidsim" run busy.scn -q -o forms --log-limit 100K
is "run --log-limit: size" "$(($(wc -c <forms/busy/trace.txt) / 1024))" 100
call "$cidsim" run busy.scn -o forms --log-limit 100K
is "run --log-limit: status" "$status" 0
says "run --log-limit: says how large all of it is" '^cidsim: busy\.scn: trace\.txt ends after [0-9.]+ [mu]s, at its limit of 100\.0 KiB; all of it is about [0-9.]+ [KM]iB: give --log-limit' "$tmp/err"
call "$cidsim" run busy.scn --set scenario.time=1s -o forms --log-limit 60M
says "run: a large log is announced" '^cidsim: busy\.scn: trace\.txt can have about [0-9.]+ MiB, and ends at its limit of 60\.0 MiB: --log-from and --log-to write a part, --log none writes none$' "$tmp/err"
call "$cidsim" run busy.scn --set scenario.time=1s -q -o forms --log-limit 60M
is "run --quiet: a large log is not" "$(cat "$tmp/err")" ""
rm -r forms
for limit in 5K 77K 150K 163111; do
	good "replay of a log with a limit, $limit" sh -c '"$1" run busy.scn -q -o forms --log-limit "$2" && "$1" replay forms/busy/trace.txt' - "$cidsim" "$limit"
	flows "replay of a log with a limit, $limit: all agrees" 'AGREES: .* 0 unexplained'
	says "replay of a log with a limit, $limit: it says so" '^  the log ends before its run does'
done
"$cidsim" run busy.scn -q -o forms --log chrome --log-from 1ms --log-to 2ms
good "rerun of a part of a log" "$cidsim" rerun forms/busy -o again
is "rerun of a part of a log: the same" "$(cmp forms/busy/trace.json again/busy/trace.json 2>&1)" ""
(cd twice && "$cidsim" run ../small.scn -q -o . && mv small/trace.txt small.txt &&
	mkdir trace && cp small.txt trace/trace.txt && cp small.txt small/trace.txt)
good "replay -o of a trace into its own folder" sh -c 'cd twice && "$1" replay trace/trace.txt -o .' - "$cidsim"
is "replay -o: the trace that it reads stays" "$(cmp twice/trace/trace.txt twice/small.txt 2>&1)" ""
good "replay -o into the folder of a run" "$cidsim" replay twice/small.txt -o twice
is "replay -o: the trace of the run stays" "$(names twice/small)" "$all"
mkdir -p own/report own/trace.txt
cp small.scn own/trace.txt/trace.txt
bad "run -o over its scenario" 2 "run: -o: own/trace\\.txt/trace\\.txt is an input" \
	"$cidsim" run own/trace.txt/trace.txt -o own
bad "run -o --log none removes no scenario" 2 "run: -o: own/trace\\.txt/trace\\.txt is an input" \
	"$cidsim" run own/trace.txt/trace.txt -o own --log none
is "run -o over its scenario: still there" "$(cmp small.scn own/trace.txt/trace.txt 2>&1)" ""
cp twice/small.txt own/report/report.txt
bad "replay -o over its trace" 2 "replay: -o: own/report/report\\.txt is an input" \
	"$cidsim" replay own/report/report.txt -o own
bad "replay -o over its trace on standard input" 2 "replay: -o: own/stdin/report\\.txt is an input" \
	sh -c 'mv own/report own/stdin && "$1" replay - -o own <own/stdin/report.txt' - "$cidsim"
cp -r out before
good "run -o over an older run" "$cidsim" run small.scn -o out
is "run -o over an older run: the same" "$(diff -r before out)" ""
good "run -o of standard input" sh -c '"$1" run - -o out <small.scn' - "$cidsim"
is "run -o of standard input: its folder" "$(names out/stdin)" "$all"
cp small.scn ./.scn
good "run -o of a file named .scn" "$cidsim" run ./.scn -o out
is "run -o of a file named .scn: its folder" "$(names out/.scn)" "$all"
mkdir a b
cp small.scn a
cp small.scn b
bad "run -o of two of one name" 2 "run: -o: a/small.scn and b/small.scn would both be written to" \
	"$cidsim" run a/small.scn b -o two
is "run -o of two of one name: nothing begun" "$(names two)" ""

# Not there, not a folder, full.
bad "-o in a file" 2 "run: -o: small.scn is a file; name a folder" "$cidsim" run small.scn -o small.scn
bad "-o in a device" 2 "run: -o: /dev/full is a file; name a folder" "$cidsim" run small.scn -o /dev/full
bad "-o where nobody can" 3 "/proc/cidsim/.*: " "$cidsim" run small.scn -o /proc/cidsim
mkdir -p hard/small/series.csv
bad "a folder in the place of a file" 3 "hard/small/series.csv: Is a directory" \
	"$cidsim" run small.scn -o hard
empty "a folder in the place of a file: nothing written" hard
mkdir -p late/small/report.html
bad "a folder in the place of the last file" 3 "late/small/report.html: Is a directory" \
	"$cidsim" run small.scn -o late
empty "a folder in the place of the last file: nothing written" late
if [ "$(id -u)" -ne 0 ]; then
	mkdir -p mine/small
	chmod a-w mine/small
	bad "a folder that must not be written" 3 "mine/small/.*: Permission" \
		"$cidsim" run small.scn -o mine
else
	skip "a folder that must not be written: root may"
fi

for file in series.csv trace.txt stays.csv report.txt report.json report.html; do
	mkdir -p full/small
	ln -s /dev/full "full/small/$file"
	bad "$file on a full disk" 3 "full/small/$file: No space" "$cidsim" run small.scn -o full
	is "$file on a full disk: nothing else left" "$(names full/small)" "$file "
	rm -r full
done
mkdir -p full/long
ln -s /dev/full full/long/stays.csv
bad "a full disk ends a long run at once" 3 "full/long/stays.csv: No space" \
	timeout 20 "$cidsim" run long.scn -o full
is "a full disk ends a long run at once: nothing left" "$(names full/long)" "stays.csv "
bad "a limit on files" 3 "limit/long/[a-z]*\.[a-z]*: File too large" \
	timeout 20 sh -c 'ulimit -f 200; "$1" run long.scn -o limit' - "$cidsim"
empty "a limit on files: nothing left" limit
# In a name space of its own, so that nothing stays mounted.
mkdir tiny
if unshare -m mount -t tmpfs -o size=1m tmpfs tiny 2>/dev/null; then
	bad "a small file system" 3 "tiny/long/[a-z]*\.[a-z]*: No space" \
		timeout 20 unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs tiny
			"$1" run long.scn -o tiny
			status=$?
			find tiny -type f >left
			exit $status' - "$cidsim"
	is "a small file system: nothing left" "$(cat left)" ""
else
	skip "a small file system: cannot be mounted here"
fi
# A program built with a sanitizer needs terabytes of addresses.
if sh -c 'ulimit -v 100000; "$1" --version' - "$cidsim" >/dev/null 2>&1; then
	bad "no memory" 3 "no memory" sh -c 'ulimit -v 100000
		"$1" run small.scn --set "tasks t.count=4000000" -o poor' - "$cidsim"
	empty "no memory: nothing left" poor
	call sh -c 'ulimit -v 200000
		"$1" explore explore/b1 --search bitstate --timing' - "$cidsim"
	is "no memory for a search: undecided" "$status" 4
	says "no memory for a search: the time all the same" 'explore/b1\.scn: 0 states in ' "$tmp/err"
else
	skip "no memory: this program needs much anyway"
fi

# Standard output.
for command in "run small.scn" "run small.scn --json" "run small.scn --revision all" \
	"run small.scn --seeds 2" "check small.scn" "check --explain small.scn" list "list vfork" \
	revisions; do
	bad "$command on a full disk" 3 "standard output: No space" \
		sh -c '"$1" '"$command"' >/dev/full' - "$cidsim"
	bad "$command into a closed standard output" 3 "standard output: Bad file" \
		sh -c '"$1" '"$command"' >&-' - "$cidsim"
done
call sh -c '"$1" run long.scn --set scenario.time=1s -o shut >&- 2>&-' - "$cidsim"
is "everything closed: status" "$status" 3
is "everything closed: the files are complete" "$(names shut/long)" "$all"
is "everything closed: no message in a file" "$(grep -l '^cidsim: ' shut/long/*)" ""
bad "a reader that is gone" 3 "standard output: Broken pipe" sh -c '{
	sleep 0.2
	"$1" list
	echo $? >status
} | true
exit "$(cat status)"' - "$cidsim"

# Signals. The shell may have been started with them ignored.
stop() {
	signal=$1
	shift
	call env --default-signal=INT,TERM,HUP timeout --preserve-status -k 20 -s "$signal" 0.5 "$@"
}
for signal in INT TERM HUP; do
	stop $signal "$cidsim" run long.scn -o "out-$signal"
	is "SIG$signal: undecided" "$status" 4
	says "SIG$signal: says so" \
		'^cidsim: long.scn: interrupted after [0-9.]+ .?s of simulated time: undecided$' \
		"$tmp/err"
	is "SIG$signal: keeps the results so far" "$(names "out-$signal/long")" "$all"
	says "SIG$signal: in the report too" 'ended: interrupted' "out-$signal/long/report.txt"
	is "SIG$signal: the trace ends with a line" "$(tail -c 1 "out-$signal/long/trace.txt" | od -An -c |
		tr -d ' ')" '\n'
	rm -rf "out-$signal"
done
stop INT "$cidsim" run long.scn --json
is "SIGINT with --json: undecided" "$status" 4
says "SIGINT with --json: an object" '^\{"scenario":"long.scn",.*"ended":"interrupted".*\}$'
stop INT "$cidsim" run small.scn long.scn small.scn small.scn -j 1
is "SIGINT among many: undecided" "$status" 4
says "SIGINT among many: the others are named" '^cidsim: run: interrupted, 2 of 4 scenarios' "$tmp/err"
says "SIGINT among many: what was before is there" '^PASS        small\.scn '
is "SIGINT among many: the rest is not run" "$(grep -c '^NOT RUN     small\.scn$' "$tmp/out")" 2
stop INT "$cidsim" run long.scn --revision all
is "SIGINT with all revisions: undecided" "$status" 4
says "SIGINT with all revisions: the table" '^  long +undecided +undecided'
stop INT "$cidsim" run small.scn --seeds 1000000000
is "SIGINT with many seeds: undecided" "$status" 4
says "SIGINT with many seeds: how far" '^undecided: small: [0-9]+ runs, seeds 1 to [0-9]+'
if command -v gnuplot >/dev/null; then
	good "a run to draw" "$cidsim" run hysteresis -q -o drawn
	mkdir temporary
	TMPDIR="$PWD/temporary" "$cidsim" plot timeline drawn/hysteresis drawn/hysteresis \
		drawn/hysteresis drawn/hysteresis drawn/hysteresis >"$tmp/out" 2>"$tmp/err" &
	waited=0
	while [ -z "$(ls -A temporary)" ] && [ $waited -lt 100 ]; do
		sleep 0.1
		waited=$((waited + 1))
	done
	kill -TERM $!
	wait $!
	status=$?
	is "SIGTERM while drawing: status" "$status" 4
	says "SIGTERM while drawing: says so" '^cidsim: plot: interrupted, . of 5 ' "$tmp/err"
	empty "SIGTERM while drawing: no temporary file" temporary
	is "SIGTERM while drawing: no hidden file" "$(names drawn/hysteresis | tr ' ' '\n' | grep '^\.')" ""
else
	skip "SIGTERM while drawing: no gnuplot"
fi
# Whether its spin can end takes minutes to find out.
cat >spin.scn <<'X'
[scenario]
title = spin: I3
found-with = v3
[machine]
cpus = 8
[protocol]
revision = v3
[explore]
tasks = 8
tasks-max = 11
allowed = 0-7
forks = 3
clone-vms = 0
vforks = 0
exits = 3
execs = 0
failed-execs = 0
affinities = 0
memory = strong
check = I3
[steps]
1 = in 4 T6
2 = out 0
3 = in 2 T7
4 = fork T7 T8
5 = in 6 T1
6 = in 5 T2
7 = in 7 T3
8 = in 0 T0
9 = out 2
10 = in 2 T4
11 = out 5
12 = out 4
13 = in 4 T7
14 = migrate T6 3
15 = in 3 T2
16 = in 1 T5
[expect]
property = I3
X
stop INT "$cidsim" run spin.scn -o spun
is "SIGINT while a spin is looked into: undecided" "$status" 4
says "SIGINT while a spin is looked into: says so" '^cidsim: spin.scn: interrupted after ' "$tmp/err"
is "SIGINT while a spin is looked into: keeps what there is" "$(names spun/spin)" "${all%trace.txt *}steps.csv trace.txt windows.csv "
mkfifo pipe
(exec 3<>pipe; stop INT "$cidsim" check pipe; exit "$status")
is "SIGINT while it waits for input" "$?" 130
(
	trap '' INT
	"$cidsim" run long.scn -q &
	sleep 0.2
	kill -INT $!
	sleep 0.2
	kill -KILL $!
	wait $!
) 2>/dev/null
is "SIGINT that is ignored stays ignored" "$?" 137

# What a run or replay wrote is made again by its folder alone.
mkdir made && (cd made && "$cidsim" run -q hysteresis exec --set cost.fork=1us -s 7 -r 7.0 -o out)
good "rerun" sh -c 'cd made && "$1" rerun out/hysteresis out/exec -o again' - "$cidsim"
is "rerun: the same bytes" "$(diff -r made/out made/again 2>&1)" ""
(cd made && "$cidsim" replay -q out/exec/trace.txt --revision 7.0 -o replayed)
good "rerun of a replay" sh -c 'cd made && "$1" rerun replayed/trace -o again' - "$cidsim"
is "rerun of a replay: the same bytes" "$(diff -r made/replayed/trace made/again/trace 2>&1)" ""
sed -i 's/^# cidsim .*/# cidsim 0.0.1/' made/out/exec/modes.csv
call sh -c 'cd made && "$1" rerun -o other out/exec' - "$cidsim"
is "rerun of another version: status" "$status" 0
says "rerun of another version: is said" 'out/exec: cidsim 0\.0\.1 wrote it, this is .*: the bytes may differ$' "$tmp/err"
for command in 'cidsim run hysteresis -o elsewhere' 'cidsim run --output=elsewhere hysteresis' 'cidsim list' \
	'rm -r made' "cidsim run 'x" cidsim; do
	sed "s|^# command .*|# command $command|" made/out/hysteresis/modes.csv >made/out/exec/modes.csv
	bad "rerun of '$command'" 2 'rerun: made/out/exec: .* is no command of run or replay that rerun could do$' \
		"$cidsim" rerun made/out/exec
done
is "rerun: nothing is written elsewhere" "$([ -e elsewhere ] && echo yes)" ""
sed -i '/^# command /d' made/out/exec/modes.csv
bad "rerun of what an older one wrote" 2 'rerun: made/out/exec/modes\.csv: has no comment "# command": an older cidsim wrote it$' \
	"$cidsim" rerun made/out/exec
bad "rerun of no folder" 3 'rerun: nowhere/modes\.csv: No such file' "$cidsim" rerun nowhere
bad "rerun of nothing" 2 'rerun: no DIR; --help explains$' "$cidsim" rerun
finish
