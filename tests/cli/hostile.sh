#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Surroundings and inputs that mean no good: no threads, names in a trace that a terminal obeys, files
# that grow, input that never comes. Usage: hostile.sh CIDSIM SOURCE

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
traces=$(realpath "${2:-$(dirname "$0")/../..}")/tests/traces
begin "$@"

# --- no thread can be created, as in a container with a limit on processes ---

# The limit is the user's: root, whom it does not stop, becomes somebody with no other process.
alone() {
	limit='ulimit -p 1 2>/dev/null || ulimit -u 1; exec "$@"'
	if [ "$(id -u)" -eq 0 ]; then
		timeout -s KILL 60 setpriv --reuid 54321 --regid 54321 --clear-groups sh -c "$limit" - "$@"
	else
		timeout -s KILL 60 sh -c "$limit" - "$@"
	fi
}
# shellcheck disable=SC2154
chmod a+rx "$tmp" "$tmp/work"
scn small <<'X'
[tasks t]
count = 2
run = 100us
X
printf '[machine]\ncpus = 2\n[explore]\ntasks = 1\nforks = 1\n' >steps.scn
# shellcheck disable=SC2154
cp "$cidsim" program
mkdir -m 777 swept
call alone "$PWD/program" --version
if [ "$status" -eq 0 ]; then
	for command in "run small.scn -q --seeds 4 -j 4" "run small.scn -q -r all -j 4" "explore -q steps.scn -j 4" \
		"sweep small.scn --seeds 4 -j 4 -o swept/s.csv" "sweep small.scn --seeds 4 -j 1 -o swept/t.csv"; do
		# shellcheck disable=SC2086
		call alone "$PWD/program" $command
		is "no threads: $command" "$status" 0
	done
	is "no threads: the sweep is the same" "$(cmp swept/s.csv swept/t.csv 2>&1)" ""
else
	skip "no threads: cannot be somebody else here"
fi

# --- names in a trace ---

zcat "$traces/exec-fin-4-6.19.14.txt.gz" >plain.txt
good "the trace as it is" "$cidsim" replay plain.txt
cp "$tmp/out" plain.report
escape=$(printf '\033[31mX')
broken=$(printf '\377\376')
sed "s/^# workload .*/# workload ${escape}2J/; s/^ *[a-z]*-\([0-9]* \)/          ${escape}-\1/; s/^# kernel /&$escape/" \
	plain.txt >escape.txt
LC_ALL=C sed "s/^# workload .*/# workload $broken/; s/^ *[a-z]*-\([0-9]* \)/          $broken-\1/" \
	plain.txt >broken.txt
sed 's/^ *[a-z]*-\([0-9]* \)/             x\ny-\1/' plain.txt >lines.txt
for name in escape broken lines; do
	call "$cidsim" replay "$name.txt" -o out
	is "names, $name: as without" "$status $(grep -c '^AGREES: 235 switches and 688 ' "$tmp/out")" "0 1"
	is "names, $name: nothing raw is printed" "$(LC_ALL=C grep -c '[^ -~]' "$tmp/out")" 0
	is "names, $name: nor in a file" "$(LC_ALL=C grep -l '[^ -~]' out/"$name"/*.csv out/"$name"/*.txt)" ""
	is "names, $name: no message" "$(cat "$tmp/err")" ""
	good "names, $name: the page" "$cidsim" html "out/$name" -o page.html
done
gzip -kf escape.txt
call "$cidsim" replay escape.txt.gz
is "names: compressed likewise" "$status $(LC_ALL=C grep -c '[^ -~]' "$tmp/out")" "0 0"

# --- a small file that becomes a large one ---

# The magic of a trace.dat, then zeros: each MiB of them is a kilobyte.
{ printf '\027\010\104tracing6\0' && head -c 1100000000 /dev/zero; } | gzip -1 >large.dat.gz
mkdir temporary
bad "a trace.dat that inflates to more than 1 GiB" 2 \
	'replay: large\.dat\.gz: line 1: needs more than|replay: large\.dat\.gz: needs more than 1024 MiB in the temporary folder' \
	env TMPDIR="$PWD/temporary" timeout -s KILL 100 "$cidsim" replay large.dat.gz
empty "a trace.dat that inflates to more than 1 GiB: nothing left" temporary
{ printf '\027\010\104tracing6\0' && head -c 6000000 /dev/zero; } | gzip -1 >some.dat.gz
if unshare -m mount -t tmpfs -o size=8m tmpfs temporary 2>/dev/null; then
	bad "a trace.dat that inflates to more than half of what is free" 3 \
		'replay: some\.dat\.gz: needs more than [34] MiB in the temporary folder, half of what is free there: set TMPDIR' \
		unshare -m sh -c 'mount -t tmpfs -o size=8m tmpfs temporary
			TMPDIR="$PWD/temporary" "$1" replay some.dat.gz' - "$cidsim"
else
	skip "a trace.dat that inflates to more than half of what is free: cannot be mounted here"
fi

# --- files of two runs ---

"$cidsim" run -q hysteresis --seed 1 -o one
"$cidsim" run -q hysteresis --seed 2 -o two
cp two/hysteresis/stays.csv two/hysteresis/series.csv one/hysteresis
for command in "html one -o page.html" "compare one two" "plot timeline one"; do
	if [ "$command" = "plot timeline one" ] && ! command -v gnuplot >/dev/null; then
		skip "files of two runs: no gnuplot"
		continue
	fi
	# shellcheck disable=SC2086
	bad "files of two runs: $command" 2 '.*one/hysteresis/[a-z]*\.csv: is not of the run that report\.json is of: .*; run it again$' \
		"$cidsim" $command
done
rm one/hysteresis/report.json
bad "files without a report" 3 'one/hysteresis/report\.json: is not there: the run was ended before .*; run it again$' \
	"$cidsim" html one -o page.html

# --- many of each ---

# A few seconds of processor time are many times what each of these takes; before it was a minute or
# more. many WHAT COMMAND…
many() {
	what=$1
	shift
	good "$what" sh -c 'ulimit -t 15; exec "$@"' - "$@"
}
# each NUMBER FORMAT: FORMAT for each number below it, with the number for each &
each() {
	seq 0 $(($1 - 1)) | sed "s|.*|$2|"
}
head='[scenario]\ntime = 1ms\n[machine]\ncpus = 2\n'
{ printf "$head[mm a]\n" && each 60000 '[expect a at &ns]\nusers = >= 0' | sed 's/at 0ns/at 1ms/'; } >many.scn
many "60000 instants" "$cidsim" run -q many.scn
{ printf "$head" && each 60000 '[mm a&]\n[expect a& at 1us]\nusers = >= 0'; } >many.scn
many "60000 processes" "$cidsim" run -q many.scn
{ printf "$head[mm a]\ncount = 60000\n" && each 60000 '[expect a/&]\nusers = >= 0'; } >many.scn
many "60000 expectations of one mm" "$cidsim" run -q many.scn
{ printf "$head" && each 60000 '[mm a&]\n[ramp r&]\nmm = a&\nto = 2'; } >many.scn
many "60000 ramps" "$cidsim" run -q many.scn
{ printf "$head[mm a]\n" && each 300000 '# &'; } >many.scn
many "300000 comments" "$cidsim" check --format many.scn
{
	printf '# possible 0-1\n# kernel 7.1.0\n'
	awk 'BEGIN {
		for (i = 1; i <= 40000; i++)
			printf "%16s-%-7d [000] d..2. %d: sw: pp=%d pt=%d pg=0x%x pw=0 pa=1 ps=1 mo=0 us=1 mx=1 th=0 na=2 np=%d nt=%d ng=0x%x nw=0 nac=1 nmo=0 nus=1 nmx=1 nth=0 nna=2\n",
				"p" i, i, i, i, i, i + 4096, i + 1, i + 1, i + 4097
	}'
} >many.txt
many "a trace of 40000 processes" "$cidsim" replay -q many.txt
rm many.scn many.txt

# --- a program that is killed ---

scn long <<'X'
[tasks t]
count = 9
run = 100us
sleep = 100us
X
"$cidsim" run -q small.scn -o older && mv older/small older/long && cp -r older killed
for delay in 0.1 0.2 0.4; do
	call timeout -s KILL $delay "$cidsim" run long.scn --set scenario.time=4000s -o killed
	is "killed after $delay s: status" "$status" 137
	# A file system may have no files without a name.
	if ls -A killed/long | grep -q '^\.cidsim-'; then
		skip "killed after $delay s: hidden files, as this file system has no others"
		rm killed/long/.cidsim-*
	fi
	is "killed after $delay s: what was there is as it was" "$(diff -r older killed)" ""
done

# --- what is not there, and what says nothing ---

for command in "run nofile" "check nofile" "check --format nofile" "step nofile" "sweep nofile -o x.csv" "explore nofile" \
	"replay nofile" "replay --list nofile" "replay nofile -r all" "merge nofile -o x.csv" "plot timeline nofile" \
	"plot sweep nofile.csv" "plot matrix nofile.csv" "plot steps nofile" "html nofile -o p.html" "compare nofile nofile" \
	"compare a.csv a.csv" "import nofile" "explain nofile" "rerun nofile" "kernel check nofile" "kernel compare nofile nofile" \
	"affected ./nofile" "prove --rules nofile"; do
	# shellcheck disable=SC2086
	bad "not there: $command" 3 '.*(nofile|a\.csv).*([Nn]o such|there is no)' "$cidsim" $command
done
printf '# possible 0-3\n\n\n' >blank.txt
call "$cidsim" replay blank.txt
is "a trace of blank lines is no agreement" "$status" 4
call "$cidsim" replay blank.txt --revision all
is "a trace of blank lines agrees with no revision" "$(grep -c agrees "$tmp/out")" 0
printf '\n\n\n' >blank.txt
bad "nothing but blank lines" 2 'replay: blank\.txt: ' "$cidsim" replay blank.txt

# --- what an earlier command found ---

call "$cidsim" explore explore/b1 -r v3 -o found.scn
is "a counterexample is written" "$(head -c 4 found.scn)" "# I3"
call "$cidsim" explore -q steps.scn -o found.scn
is "nothing found: status" "$status" 0
says "nothing found: the older one is removed, with a message" \
	'^cidsim: explore: -o: found\.scn was of an earlier command, and is removed' "$tmp/err"
is "nothing found: it is gone" "$(ls found.scn 2>/dev/null)" ""
echo mine >target && ln -s target found.scn
call "$cidsim" explore -q steps.scn -o found.scn --max-states 1
is "undecided: what a link leads to is gone, the link stays" "$status $(readlink found.scn) $(ls target 2>/dev/null)" "4 target "
good "nothing found: and nothing there" "$cidsim" explore -q steps.scn -o found.scn
echo '# older' >smaller.scn
call "$cidsim" run small.scn --seeds 2 --shrink smaller.scn
is "no seed fails: the older scenario is gone" "$status $(ls smaller.scn 2>/dev/null)" "0 "

# --- a clock of another place ---

if command -v gnuplot >/dev/null; then
	"$cidsim" run -q hysteresis -o drawn
	for zone in UTC0 Asia/Kolkata CIDSIM-9; do
		good "a picture where the clock is $zone" \
			env TZ=$zone "$cidsim" plot timeline drawn/hysteresis -o "${zone#*/}.pdf"
		# From 1.18 on, cairo compresses the object with the date: plots/README.md says so.
		grep -qa /ObjStm UTC0.pdf ||
			is "a picture where the clock is $zone: the same bytes" "$(cmp UTC0.pdf "${zone#*/}.pdf" 2>&1)" ""
	done
else
	skip "a picture where the clock is another: no gnuplot"
fi

# --- input that never comes ---

mkfifo never
# waits STATUS SIGNAL COMMAND…
waits() {
	wanted=$1 signal=$2
	shift 2
	(
		exec 3<>never
		call env --default-signal=INT,TERM,HUP timeout --preserve-status -k 5 -s "$signal" 0.3 \
			"$cidsim" "$@" <&3
		exit "$status"
	)
	is "SIG$signal ends $*, which waits for input" "$?" "$wanted"
}
waits 130 INT replay -
waits 129 HUP replay -
for command in replay run check explore explain import; do
	waits 143 TERM $command -
done
# Once it has begun, one signal ends the replay, and what there was so far is told.
sed '/^# overrun/d' plain.txt >never &
(
	exec 3<>never
	# Without --foreground, timeout sends the signal twice: the second one could come when cidsim has printed its results.
	call env --default-signal=TERM timeout --foreground --preserve-status -k 20 -s TERM 6 "$cidsim" replay - <&3
	exit "$status"
)
is "SIGTERM ends a replay that waits for more" "$?" 4
flows "SIGTERM ends a replay that waits for more: with its results" 'UNDECIDED: cut short \(interrupted\); [0-9]+ switches'

# --- a list of more steps than are counted ---

cat >vfork.scn <<'X'
[machine]
cpus = 3
[protocol]
revision = v1
[explore]
tasks = 1
forks = 1
clone-vms = 1
vforks = 1
X
call "$cidsim" explore vfork.scn
is "a counterexample" "$status" 1
told=$(sed -n 's/.*spin in get cannot end, \([0-9]*\) steps from the start.*/\1/p' "$tmp/out")
listed=$(sed -n 's/^  The list has \([0-9]*\) steps\. These are not counted: .*/\1/p' "$tmp/out")
is "the report says how many are counted, and how many listed" "$([ "${told:-9}" -lt "${listed:-0}" ] && echo yes)" yes
is "and lists as many" "$(grep -cE '^ +[0-9]+  (T|CPU)[0-9]' "$tmp/out")" "$listed"

finish
