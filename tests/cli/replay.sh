#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim replay: recorded kernels agree with the model, defect B6 is seen where it happened, and what
# the command does with its options and with files that are no traces. Usage: replay.sh CIDSIM
# SOURCE_DIR

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
traces=$source/tests/traces
if [ ! -f "$traces/agreement.txt" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi

# Each trace agrees, with just as many observations as it always had: a change of these numbers is
# one of what is compared, and wants to be meant.
good "scripts/agreement" "$source/scripts/agreement" --counts --program "$cidsim"
if diff -u "$traces/agreement.txt" "$tmp/out" >"$tmp/diff"; then
	pass "each trace agrees as before"
else
	fail "traces agree otherwise than before; scripts/agreement writes what is now" "$tmp/diff"
fi
for file in "$traces"/*.trace.gz "$traces"/*.txt.gz "$traces"/*.dat.gz; do
	name=$(basename "$file")
	is "$name is in the table" "$(grep -c "^$name " "$traces/agreement.txt")" 1
	says "$name is in README.md" "$(echo "$name" | sed 's/\./\\./g')" "$traces/README.md"
done

# B6 on a real 6.19.6: the revision that has it explains all, the next ones do not: there the walk
# does not leave a task out.
b6=$traces/procs-4-6.19.6.trace.gz
good "B6 as 6.19.1" "$cidsim" replay "$b6"
says "B6 as 6.19.1: is what the kernel names" 'as revision 6\.19\.1$'
# differs WHAT REVISION LINE DIFFERENCE
differs() {
	call "$cidsim" replay "$b6" --revision "$2"
	is "$1: status" "$status" 1
	says "$1: where" "^First difference: line $3,"
	says "$1: what" "^  $4$"
	says "$1: verdict" '^DIFFERS: '
	says "$1: how much of it" '^  .* [1-9][0-9]* unexplained'
	is "$1: no message" "$(cat "$tmp/err")" ""
}
differs "B6 as 7.0-vfork, whose walk has no budget" 7.0-vfork 1635 'switch from another to 1087'
differs "B6 as 7.0, newest first" 7.0 37 'step of the walk of 1001'
says "B6 as 7.0: what the kernel had" '^ +it is over by this event$'
says "B6 as 7.0: the events before" '^ +line 36 CPU 1 pid 999: task walk step 1000'

# Formats and ways in; all of them are one trace.
zcat "$traces/pool-4-7.0.4.txt.gz" >pool.txt
good "plain text" "$cidsim" replay pool.txt
says "plain text: verdict" '^AGREES: 539 switches and 968 other observations'
grep -A 1 '^AGREES' "$tmp/out" >verdict
same() { # WHAT
	is "$1: the same verdict" "$(grep -A 1 '^AGREES' "$tmp/out")" "$(cat verdict)"
}
good "gzip" "$cidsim" replay "$traces/pool-4-7.0.4.txt.gz"
same gzip
zstd -q pool.txt -o pool.txt.zst
good "zstd" "$cidsim" replay pool.txt.zst
same zstd
good "standard input" sh -c '"$1" replay - <pool.txt' - "$cidsim"
same "standard input"
good "standard input, zstd" sh -c 'zstd -qc pool.txt | "$1" replay -' - "$cidsim"
same "standard input, zstd"
# The log of cidsim run: it agrees, and the records are those of the run.
own() { # SCENARIO [OPTION...]
	name=$1
	shift
	what="log of $name${*:+ }$*"
	rm -rf run own
	call "$cidsim" run --quiet "$source/scenarios/$name.scn" -o run "$@"
	good "$what" "$cidsim" replay "run/$name/trace.txt" -o own
	says "$what: verdict" '^  .* 0 explained by a hidden order, 0 unexplained$'
	for file in modes windows series stays; do
		is "$what: $file.csv" "$(grep -v '^#' "own/trace/$file.csv" | cksum)" \
			"$(grep -v '^#' "run/$name/$file.csv" | cksum)"
	done
}
for name in exec failed-exec hotplug vfork affinity-widen-8 sparse-cpus; do
	own "$name"
done
own livelock-v3
own livelock-v3 --revision bounded-get
for revision in v2 v3 6.19 6.19-livelock 7.0 7.1; do
	own preempted-initiator --revision "$revision" --seed 3
done
own hysteresis
log=run/hysteresis/trace.txt
gzip -k "$log"
good "log, gzip" "$cidsim" replay "$log.gz"
says "log, gzip: verdict" '^AGREES: '
good "log, --comm" "$cidsim" replay "$log" --comm nobody
flows "log, --comm: all is compared" 'all processes in the log of a run are compared: --comm and --pid are for traces of kernels'
call "$cidsim" run --quiet "$source/scenarios/defects/b1.scn" -o run
bad "log of [steps]" 2 'replay: run/b1/trace\.txt: line [0-9]+: the log is of a scenario with \[steps\].*: play the scenario instead$' \
	"$cidsim" replay run/b1/trace.txt

# A run that was cut short.
grep -v 'mmcid:end' "$log" >cut-log.txt
call "$cidsim" replay cut-log.txt
is "log without its end: status" "$status" 4
says "log without its end: verdict" '^UNDECIDED: cut short \(the trace breaks off\); '
says "log without its end: is said" 'the log has no line mmcid:end'

for lines in 13 50 99 500; do
	head -n $lines "$log" >cut-log.txt
	call "$cidsim" replay -q cut-log.txt
	is "log cut off after $lines lines: undecided" "$status" 4
done

# The header of a kernel's trace counts its entries; what follows them says that some were left out.
zcat "$traces/exec-fin-4-6.19.14.txt.gz" >whole.txt
grep -v '^# overrun\|^# dropped' whole.txt >unended.txt
for lines in 20 300 1000 1200; do
	head -n $lines whole.txt >cut.txt
	call "$cidsim" replay cut.txt
	is "trace cut off after $lines lines: undecided" "$status" 4
	flows "trace cut off after $lines lines: says so" \
		'cut off: by its header it has 1300 entries, but only [0-9]+ are there'
done
call "$cidsim" replay -q unended.txt
is "trace without what follows its entries: undecided" "$status" 4
call "$cidsim" replay -q cut.txt --to 4500
is "trace cut off after what is looked at" "$status" 0
call "$cidsim" replay --json cut.txt
says "trace cut off: JSON" '"ended":"the trace breaks off","ok":null'
zcat "$traces/pool-4-7.0.4.txt.gz" | grep -v '^# overrun\|^# dropped' >all.txt
good "trace with all its entries, and nothing after them" "$cidsim" replay all.txt

# Logs with something wrong: it is found where it is.
edited() { # WHAT AWK-PROGRAM
	awk "$2" "$log" >edited.txt
	is "edited log, $1: is another" "$(cmp -s "$log" edited.txt || echo yes)" yes
}
unlike() { # WHAT AWK-PROGRAM
	edited "$@"
	call "$cidsim" replay edited.txt
	is "edited log, $1: status" "$status" 1
	says "edited log, $1: where" '^First difference: line [0-9]+'
}
unlike "a word of a switch" '/mmcid:switch/ && /next_mm=app/ && ++n == 50 { sub(/next_word=0x[04]/, "next_word=0x2") } { print }'
unlike "a CPU word" '/mmcid:switch/ && /next_mm=app/ && ++n == 50 { sub(/cpu_word=0x[04]/, "cpu_word=0x2") } { print }'
unlike "the word of a child" '/mmcid:fork/ && ++n == 2 { sub(/child_word=0x/, "child_word=0x4") } { print }'
unlike "users" '/mmcid:fork/ && ++n == 3 { sub(/users=/, "users=1") } { print }'
unlike "max_cids" '/mmcid:fork/ && ++n == 3 { sub(/max_cids=/, "max_cids=1") } { print }'
unlike "mode" '/mmcid:complete/ { sub(/mode=0x[0-9a-f]*/, "mode=0x20000000") } { print }'
unlike "numbers taken" '/mmcid:walk/ && ++n == 2 { sub(/taken=/, "taken=1") } { print }'
unlike "outcome" '/mmcid:fork/ { sub(/outcome=window/, "outcome=done") } { print }'
unlike "a fork is missing" '/mmcid:fork/ && ++n == 3 { next } { print }'
unlike "an exit twice" '{ print } /mmcid:exit:/ && ++n == 2 { print }'
unlike "a switch twice" '{ print } /sched_switch/ { last = $0 } /mmcid:switch/ && ++n == 40 { print last; print }'
unlike "a step of a walk is missing" '/mmcid:walk/ && ++n == 2 { next } { print }'
unlike "a walk visits another" '/mmcid:walk/ && / pid=/ && ++n == 2 { sub(/ pid=[0-9]+/, " pid=100") } { print }'
unlike "a window is missing" '/mmcid:window/ && ++n == 1 { next } { print }'
unlike "a mode switch too many" '{ print } /mmcid:mode_switch/ && ++n == 1 { print }'
unlike "two lines change places" '/mmcid:task_new/ && ++n == 3 { kept = $0; next } { print } kept { print kept; kept = "" }'
unlike "a sum at the end" '/mmcid:end/ { sub(/switches=/, "switches=1") } { print }'
broken() { # WHAT AWK-PROGRAM MESSAGE
	edited "$1" "$2"
	bad "edited log, $1" 2 "replay: edited\\.txt: line [0-9]+: $3" "$cidsim" replay edited.txt
}
broken "a field is missing" '/mmcid:fork/ && ++n == 2 { sub(/ users=[0-9]+/, "") } { print }' \
	'event mmcid:fork without users$'
broken "words of a switch are missing" '/mmcid:switch/ && ++n == 9 { next } { print }' \
	'the mmcid:switch of the sched_switch before it is missing$'
broken "no sched_switch" '/sched_switch/ && ++n == 9 { next } { print }' 'there is no sched_switch before it$'
broken "of a newer cidsim" '/mmcid:fork/ { sub(/mmcid:fork/, "mmcid:bifurcation") } { print }' \
	'there is no event mmcid:bifurcation, did a newer cidsim write the log'
broken "of an older cidsim" '/mmcid:mm_new/ { next } { print }' \
	'the log does not begin with its first mm: an older cidsim wrote it, run the scenario again$'
broken "no possible CPU" '/mmcid:task_new/ { sub(/\[000\]/, "[009]") } { print }' \
	'CPU 9 is not among the possible ones$'

# The machine
grep -v '^# possible' pool.txt >silent.txt
bad "possible CPUs are not known" 2 'replay: silent\.txt: .*give --possible LIST$' "$cidsim" replay silent.txt
for list in 4 0-3 0,1,2-3; do
	good "--possible $list" "$cidsim" replay silent.txt --possible "$list"
	same "--possible $list"
done
bad "--possible: no list" 2 "replay: silent\.txt: .*'many' is not" "$cidsim" replay silent.txt --possible many
bad "--possible: too few" 2 'replay: silent\.txt: line [0-9]+: CPU 2 is not among the possible ones$' \
	"$cidsim" replay silent.txt --possible 2
printf '# possible 0\n# kernel 7.1.0\n     a-7  [000] d..2. 1: sched_switch: prev_comm=a prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120\n' >one.txt
call "$cidsim" replay one.txt
is "a machine with one CPU: nothing to compare" "$status" 4
says "a machine with one CPU: is that" ' 1 possible CPU'

# Revisions
good "--revision all" "$cidsim" replay "$b6" --revision all
says "--revision all: head" '^ +trace +revision +verdict +compared +unexplained$'
is "--revision all: rows" "$(wc -l <"$tmp/out")" $(($(revision_names | wc -l) + 1))
says "--revision all: agrees" ' 6\.19\.1 +agrees +[0-9]+ +0$'
says "--revision all: differs" ' 7\.0-vfork +differs at 1635 +[0-9]+ +[1-9]'
bad "--set: of the machine" 2 "replay: --set: 'machine\.cpus=8' is not protocol\.FLAG=VALUE; a trace has its own machine" \
	"$cidsim" replay pool.txt --set machine.cpus=8
printf '\357\273\277' | cat - pool.txt >marked.txt
good "text with a byte order mark" "$cidsim" replay marked.txt
same "text with a byte order mark"
call "$cidsim" replay pool.txt --set protocol.out-settles=off
is "--set: status" "$status" 1
bad "--revision: none of that name" 2 "replay: --revision: unknown revision 'zz'" \
	"$cidsim" replay pool.txt --revision zz
bad "--set: no flag of that name" 2 "replay: pool\.txt: .*unknown key 'zz'" \
	"$cidsim" replay pool.txt --set protocol.zz=1
sed 's/^# kernel .*/# kernel 5.10.0/' pool.txt >old.txt
call "$cidsim" replay old.txt
says "a kernel without the protocol: as the current revision" 'as revision 7\.1'
says "a kernel without the protocol: is said" 'does not name a kernel that has the protocol'

# Selections: one of two programs
good "--comm" "$cidsim" replay "$traces/pool-all-4-7.3.4.txt.gz" --comm workload
processes() { # those of the report, by their first column
	sed -n '/^  process /,/^$/p' "$tmp/out" | sed '/^$/d' | sed 's/^ *//;s/ .*//' |
		grep -v '^process$' | sort -u
}
is "--comm: one program" "$(processes)" workload
bad "--comm: none" 2 "replay: pool\.txt: no process is selected by --comm or --pid; the trace has 'workload'" \
	"$cidsim" replay pool.txt --comm nobody
is "--comm: none: no report" "$(cat "$tmp/out")" ""
tgid=$("$cidsim" replay --json pool.txt | grep -oE '"tgid":[0-9]+' | head -n 1 | cut -d : -f 2)
good "--pid" "$cidsim" replay pool.txt --pid "$tgid"
is "--pid: that process" "$(processes)" workload
bad "--pid: no number" 2 "replay: --pid: 'x' is not a whole number" "$cidsim" replay pool.txt --pid x

# Too few states at once: nothing contradicts, nothing is proved.
call "$cidsim" replay pool.txt --orders 1
is "--orders 1: status" "$status" 4
flows "--orders 1: verdict" 'UNDECIDED: .* 0 unexplained, [1-9][0-9]* undecided'
bad "--orders: no number" 2 "replay: --orders: '0' is out of range, it must be 1 to" "$cidsim" replay pool.txt --orders 0

# Lost events
awk 'NR == 900 { print "CPU:2 [LOST 12 EVENTS]" } { print }' pool.txt >lost.txt
call "$cidsim" replay lost.txt
is "lost events: status" "$([ "$status" = 0 ] || [ "$status" = 4 ] || echo "$status")" ""
says "lost events: are reported" '12 events were lost on CPU 2 before line 90[0-9]: processes begin anew there'
says "lost events: are no contradiction" ' 0 unexplained'

# Records
good "-o" "$cidsim" replay "$b6" pool.txt -o out
for name in procs-4-6.19.6 pool; do
	for file in report.txt report.json modes.csv windows.csv series.csv stays.csv; do
		is "-o: $name/$file" "$([ -s "out/$name/$file" ] && echo yes)" yes
	done
done
is "-o: report.txt is what is printed" "$(sed '/^cidsim .*pool\.txt/,$!d' "$tmp/out" | cksum)" \
	"$(cksum <out/pool/report.txt)"
if command -v gnuplot >/dev/null; then
	for picture in timeline cpus hysteresis; do
		good "plot $picture" "$cidsim" plot $picture out/pool -o $picture.svg
		says "plot $picture: is there" '^</svg>' $picture.svg
	done
else
	skip "pictures of a replay: no gnuplot"
fi
bad "-o: two of one name" 2 'replay: -o: .* and .* would both be written to .*/pool$' \
	"$cidsim" replay pool.txt pool.txt.zst -o twice
is "-o: nothing was written" "$([ -e twice ] && echo yes)" ""
bad "-o: empty" 2 'replay: -o needs the name' "$cidsim" replay pool.txt -o ''
bad "-o and --revision all" 2 'replay: --revision all goes with neither' \
	"$cidsim" replay pool.txt -o out --revision all
call "$cidsim" replay --quiet pool.txt -o /proc/nowhere
is "-o: cannot be written: status" "$status" 3

# No traces
bad "no file" 3 'replay: nowhere\.txt: No such file' "$cidsim" replay nowhere.txt
bad "a folder" 2 'replay: \. is a folder; name a trace, like \./trace\.txt' "$cidsim" replay .
bad "no trace" 2 'replay: no TRACE; --help explains' "$cidsim" replay
: >empty.txt
bad "an empty file" 2 'replay: empty\.txt: line 1: is empty, expected a trace' "$cidsim" replay empty.txt
head -c 5000 "$cidsim" >garbage
bad "garbage" 2 'replay: garbage: line [0-9]+: ' "$cidsim" replay garbage
echo "no trace at all" >prose.txt
bad "prose" 2 'replay: prose\.txt: line 1: ' "$cidsim" replay prose.txt
head -c 5000 "$traces/pool-4.trace.gz" >cut.trace.gz
bad "gzip that breaks off" 2 'replay: cut\.trace\.gz: line [0-9]+: .*is cut off' "$cidsim" replay cut.trace.gz
says "gzip that breaks off: what came before is replayed, and is not all" '^UNDECIDED: cut short \(the trace breaks off\); [1-9]'
head -c 20000 pool.txt >cut.txt
bad "text that breaks off" 2 'replay: cut\.txt: line 117: is cut off in the middle' "$cidsim" replay cut.txt
head -c 3000 pool.txt.zst >cut.txt.zst
bad "zstd that breaks off" 2 'replay: cut\.txt\.zst: line [0-9]+: .*is cut off' "$cidsim" replay cut.txt.zst
call "$cidsim" replay nowhere.txt pool.txt
is "one of two is missing: status" "$status" 3
same "one of two is missing: the other"

# For programs
call "$cidsim" replay --quiet pool.txt
is "--quiet" "$status$(cat "$tmp/out" "$tmp/err")" 0
call "$cidsim" replay --quiet "$b6" --revision 7.0
is "--quiet: status" "$status$(cat "$tmp/out" "$tmp/err")" 1
call "$cidsim" replay --json "$b6" pool.txt --revision 7.0
is "--json: status" "$status" 1
is "--json: an object per line" "$(grep -c '^{.*}$' "$tmp/out")" 2
says "--json: one differs" '^{"scenario":"[^"]*procs-4.*"ok":false'
says "--json: one agrees" '^{"scenario":"pool.txt".*"ok":true'
bad "full disk" 3 'standard output: No space' sh -c '"$1" replay pool.txt >/dev/full' - "$cidsim"

# A trace that shows no more than who runs, forks and exits: what the model predicts of it is what the
# run did that it was taken from.
flips() {
	grep -oE '"mode_switches":\{[^}]*\},"enter_users":[0-9a-z]+,"leave_users":[0-9a-z]+' "$1"
}
for scenario in hysteresis hysteresis-64 single-fork-exit oversubscribed; do
	good "$scenario" "$cidsim" run -q -o run "$source/scenarios/$scenario.scn"
	grep -vE 'mmcid:|tracing_mark|^# (cidsim|scenario|revision|seed)' \
		"run/$scenario/trace.txt" >plain.txt
	good "$scenario predicted" "$cidsim" replay -o predicted plain.txt
	says "$scenario: a prediction is no agreement" '^PREDICTED: '
	is "$scenario: flips" "$(flips predicted/plain/report.json)" "$(flips "run/$scenario/report.json")"
done

# ... and of a part of it, where all threads were there before: those of a process that is asked for. The
# first task sleeps all the time, so it is not seen.
users_max() {
	grep -oE '"users_max":[0-9]+' "$1" | head -n 1
}
grep -E '^#|\.\.\.\. +0\.[12]' plain.txt >half.txt
call "$cidsim" replay half.txt
is "no fork: nothing to compare is no agreement" "$status" 4
flows "no fork: why nothing is predicted" 'PREDICTED: nothing\. The trace shows neither CIDs nor the fork of a thread\. --comm'
good "no fork, --comm" "$cidsim" replay -o half half.txt --comm worker
is "no fork, --comm: users" "$(users_max half/half/report.json)" '"users_max":63'
flows "no fork, --comm: how far it can be trusted" 'counted from the first event that shows them; that was [0-9]+, the last one in line'
bad "no fork, --comm: none" 2 "replay: half\.txt: no process is selected by --comm or --pid; the trace has '" \
	"$cidsim" replay half.txt --comm nobody

# The processes of a trace
good "--list" "$cidsim" replay --list half.txt pool.txt
says "--list: a row for each process" '^  worker +100 +63 +0 +0 +[0-9]+ +0$'
says "--list: events with CIDs" '^  workload +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[1-9][0-9]*$'
good "--list --json" "$cidsim" replay --list --json half.txt pool.txt
is "--list --json: an object per line" "$(grep -cE '^\{"trace":.*"processes":\[\{.*\}$' "$tmp/out")" 2
bad "--list and others" 2 'replay: --list replays nothing; it goes only with --json' \
	"$cidsim" replay --list pool.txt --comm worker
bad "--list: a trace that breaks off" 2 'replay: cut\.txt: line 117: is cut off' "$cidsim" replay --list cut.txt
says "--list: what came before" '^cut\.txt: [1-9][0-9]* events'

# A part of a trace
compared() {
	sed -n 's/^AGREES: \([0-9]*\) switches and \([0-9]*\) other.*/\1 \2/p' "$tmp/out"
}
first=$(awk '/: (sw|sched_switch):/ { n++ } n == 300 { sub(":", "", $4); print $4; exit }' pool.txt)
good "--to" "$cidsim" replay pool.txt --to "$first"
says "--to: ends there" '; ended: --to$'
one=$(compared)
good "--from" "$cidsim" replay pool.txt --from $((first + 1)) -o part
says "--from: where times begin" "^  all times count from event [0-9]+ of the trace on$"
is "--to and --from: all observations" "$(echo "$one $(compared)" | awk '{ print $1 + $3, $2 + $4 }')" "539 968"
is "--from: rerun" "$("$cidsim" rerun part/pool -o again >/dev/null 2>&1 && cmp part/pool/series.csv again/pool/series.csv)" ""
bad "--from: after the end" 2 'replay: pool\.txt: no event is between --from and --to: the trace was read from [0-9]+ to [0-9]+; its clock counts events: give their numbers$' \
	"$cidsim" replay pool.txt --from 1000000000 -o late
is "--from: after the end: nothing is written" "$(cat "$tmp/out")$([ -e late ] && echo yes)" ""
bad "--from: of a log" 2 'replay: run/hysteresis/trace\.txt: --from: a log of cidsim is compared step by step' \
	"$cidsim" replay run/hysteresis/trace.txt --from 1ms
good "--to: of a log" "$cidsim" replay run/hysteresis/trace.txt --to 10ms
says "--to: of a log: all agrees" '^  .* 0 unexplained$'
bad "--to before --from" 2 'replay: --to is before --from$' "$cidsim" replay pool.txt --from 2ms --to 1ms
bad "--to: no time" 2 "replay: --to: 'soon' is " "$cidsim" replay pool.txt --to soon

finish
