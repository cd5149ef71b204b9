#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Bad scenario files and bad values: one line FILE:LINE each. Usage: input.sh CIDSIM

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# The small scenario of scn() has five lines, so what is added begins at line 6.

# wrong WHAT LINE PATTERN, the added lines on standard input
wrong() {
	scn bad
	refused "$@"
}

wrong "unknown group" 6 ".*'taks', did you mean 'tasks'\?" <<'X'
[taks t]
X
wrong "unknown key" 7 "unknown key 'slep'.*did you mean 'sleep'\?" <<'X'
[tasks t]
slep = 1ms
X
wrong "unknown flag" 7 "unknown key 'transit-to-pcpu'.*did you mean 'transit-to-percpu'\?" <<'X'
[protocol]
transit-to-pcpu = on
X
wrong "unknown revision" 7 ".*unknown revision '6.18', did you mean '6.19'\?" <<'X'
[protocol]
revision = 6.18
X
wrong "unknown word" 7 ".*'idel'" <<'X'
[sched]
placement = idel
X
wrong "missing unit" 7 "run: .*'5'.*(ns|ms)" <<'X'
[tasks t]
run = 5
X
wrong "wrong unit" 7 "run: .*'5sec'" <<'X'
[tasks t]
run = 5sec
X
wrong "number out of range" 7 "count: .*4194305.*4194304" <<'X'
[tasks t]
count = 4194305
X
wrong "number that overflows 64 bits" 7 "count: .*18446744073709551616" <<'X'
[tasks t]
count = 18446744073709551616
X
wrong "number of a thousand digits" 7 "count: .*" <<X
[tasks t]
count = $(head -c 1000 /dev/zero | tr '\0' 9)
X
wrong "negative number" 7 "count: '-1'" <<'X'
[tasks t]
count = -1
X
wrong "duration that overflows" 7 "run: .*" <<'X'
[tasks t]
run = 99999999999999999999s
X
wrong "duration too long" 7 "run: .*4398046511104" <<'X'
[tasks t]
run = 4398046511104ns
X
wrong "fraction of a nanosecond" 7 "run: .*'1.5ns'" <<'X'
[tasks t]
run = 1.5ns
X
wrong "double key, with both lines" 8 ".*'run'.*line 7" <<'X'
[tasks t]
run = 1ms
run = 2ms
X
wrong "double group, with both lines" 7 ".*line 6" <<'X'
[tasks t]
[tasks t]
X
wrong "two names alike" 6 ".*'app'.*line 5" <<'X'
[tasks app]
X
wrong "two groups of one instant" 8 ".*line 6" <<'X'
[at 1ms]
wake = app
[at 1000us]
X
wrong "empty set of CPUs" 7 "cpus: ',' is not a list of CPUs" <<'X'
[tasks t]
cpus = ,
X
wrong "no value" 7 ".*cpus.*no value" <<'X'
[tasks t]
cpus =
X
wrong "set of CPUs with its ends swapped" 7 "cpus: .*'?3-1'?" <<'X'
[tasks t]
cpus = 3-1
X
wrong "affinity outside the possible CPUs" 7 "cpus: .*4.*possible" <<'X'
[tasks t]
cpus = 2-4
X
wrong "affinity action outside the possible CPUs" 7 "affinity: .*possible" <<'X'
[at 1ms]
affinity = app : 9
X
wrong "tasks of an unknown mm" 7 "mm: unknown mm 'ap', did you mean 'app'\?" <<'X'
[tasks t]
mm = ap
X
wrong "tasks of tasks" 8 "mm: 't' is a \[tasks\]" <<'X'
[tasks t]
[tasks u]
mm = t
X
wrong "expectation of an unknown mm" 6 "unknown mm 'apo', did you mean 'app'\?" <<'X'
[expect apo]
X
wrong "unknown metric" 7 "unknown key 'user'.*did you mean 'users'\?" <<'X'
[expect app]
user = 1
X
wrong "action on an unknown task" 7 "exit: .*'ap'" <<'X'
[at 1ms]
exit = ap
X
wrong "action on a task before it exists" 9 "wake: .*'t'" <<'X'
[tasks t]
start = 5ms
[at 1ms]
wake = t
X
wrong "action on a number that nobody has" 8 "wake: .*'t/3'" <<'X'
[tasks t]
[at 1ms]
wake = t/3
X
wrong "action on a task that has exited" 10 "wake: .*'t/0'.*" <<'X'
[tasks t]
[at 1ms]
exit = t/0
[at 2ms]
wake = t/0
X
wrong "action after the end" 6 ".*20ms.*10ms" <<'X'
[at 20ms]
wake = app
X
wrong "unknown action" 7 "unknown key 'exti'.*did you mean 'exit'\?" <<'X'
[at 1ms]
exti = app
X
wrong "no CPU online" 7 "cpu-off: .*" <<'X'
[at 1ms]
cpu-off = 0-3
X
wrong "not a key" 6 "'hello' is neither" <<'X'
hello
X
wrong "header not closed" 6 ".*" <<'X'
[tasks t
X
wrong "control character" 7 "has the control character U\+001B" <<X
[tasks t]
run = $(printf '\033')[2J
X
printf '[tasks t]\nrun = 1\0ms\n' | wrong "NUL byte" 7 "has a NUL byte"
printf '[tasks t]\n# \377\376\n' | wrong "not UTF-8" 7 ".*UTF-8"
printf '[tasks t]\n# \303\n' | wrong "UTF-8 cut off" 7 ".*UTF-8"

# What only the run can know.
scn gone <<'X'
[tasks t]
run = 100us
sleep = 0ns
loops = 1
[at 5ms]
exit = t/0
X
good "action on a task that ended by itself: check cannot know" "$cidsim" check gone.scn
bad "action on a task that ended by itself" 2 "gone\.scn:11: .*does not exist at that time" "$cidsim" run gone.scn -o out
empty "action on a task that ended by itself: no files" out
bad "the same from standard input" 2 "<stdin>:11: .*does not exist" sh -c '"$1" run - <gone.scn' - "$cidsim"

# Several faults at once are all reported.
scn many <<'X'
[tasks t]
run = 5
slep = 1ms
cpus = 9
X
call "$cidsim" check many.scn
is "several faults: status" "$status" 2
is "several faults: all are reported, by line" "$(sed 's/^cidsim: many.scn:\([0-9]*\):.*/\1/' "$tmp/err" |
	tr '\n' ' ')" "7 8 9 "
yes 'nonsense' | head -n 1000 | scn flood
call "$cidsim" check flood.scn
is "a thousand faults: 20 and a word" "$(wc -l <"$tmp/err")" 21
says "a thousand faults: the word" 'too many' "$tmp/err"

# Files that are none.
: >empty.scn
bad "empty file" 2 "empty\.scn:1: the file is empty" "$cidsim" check empty.scn
printf '# only this\n' >comment.scn
bad "nothing but a comment" 2 "comment\.scn:1: .*no \[mm NAME\]" "$cidsim" check comment.scn
scn crlf <<'X'
[tasks t]
count = 2
X
sed 's/$/\r/' crlf.scn >dos.scn
good "CRLF" "$cidsim" check dos.scn
sed 's/count = 2/count = x/' dos.scn >dosbad.scn
bad "CRLF: the message is complete" 2 "dosbad\.scn:7: count: 'x'.*[a-z0-9]$" "$cidsim" check dosbad.scn
printf '\357\273\277' | cat - crlf.scn >bom.scn
good "byte order mark" "$cidsim" check bom.scn
printf '[mm app]' >nolf.scn
good "no line end at the end" "$cidsim" check nolf.scn

head -c 100000000 /dev/zero | tr '\0' a >long.scn
bad "100 MB in one line" 2 "long\.scn:.*" "$cidsim" check long.scn
bad "100 MB in one line, from a pipe" 2 "<stdin>:.*" \
	sh -c 'cat long.scn | "$1" check -' - "$cidsim"
rm long.scn
head -c 100000000 /dev/zero >zeros.scn
bad "100 MB of NUL" 2 "zeros\.scn:.*" "$cidsim" check zeros.scn
rm zeros.scn
bad "endless" 2 "<stdin>:.*" sh -c '"$1" check - </dev/zero' - "$cidsim"
head -c 1000000 /dev/urandom >random.scn
call "$cidsim" check random.scn
is "random bytes: status" "$status" 2
call timeout 20 sh -c 'yes "[mm a]" | "$1" check -' - "$cidsim"
is "endless lines: status" "$status" 2

mkdir dir folder.scn
bad "folder without scenarios" 2 "dir: there is no \.scn" "$cidsim" check dir
bad "folder without scenarios named .scn" 2 "folder\.scn: there is no \.scn" \
	"$cidsim" check folder.scn
mkdir dir/inner.scn
bad "folder as file" 2 "dir/inner\.scn: there is no \.scn" "$cidsim" check dir/inner.scn
bad "standard input is a folder" 2 "<stdin>: is a folder" sh -c '"$1" check - <dir' - "$cidsim"
bad "standard input is closed" 3 "<stdin>: .*" sh -c '"$1" check - <&-' - "$cidsim"
bad "standard input is empty" 2 "<stdin>:1: the file is empty" sh -c '"$1" check - </dev/null' - "$cidsim"
bad "no such file" 3 "no\.scn: cannot be read: No such file" "$cidsim" check no.scn
# Works as root too, which no permission stops.
bad "file as folder" 3 "crlf\.scn/x\.scn: .*Not a directory" "$cidsim" check crlf.scn/x.scn
ln -s loop.scn loop.scn
bad "link to itself" 3 "loop\.scn: .*" "$cidsim" check loop.scn
bad "name too long" 3 "a{40}.*: .*too long" "$cidsim" check "$(head -c 300 /dev/zero | tr '\0' a)"
if [ "$(id -u)" -ne 0 ]; then
	cp crlf.scn secret.scn
	chmod 0 secret.scn
	bad "file that must not be read" 3 "secret\.scn: .*Permission" "$cidsim" check secret.scn
else
	skip "file that must not be read: root may read all"
fi
bad "character device" 2 "/dev/null: .*" "$cidsim" check /dev/null
mkfifo pipe
cat crlf.scn >pipe &
good "FIFO" timeout 20 "$cidsim" check pipe
wait
good "standard input" sh -c '"$1" check - <crlf.scn' - "$cidsim"
good "standard input that is a pipe" sh -c 'cat crlf.scn | "$1" run -' - "$cidsim"
says "standard input: has a name in the report" '^cidsim [^ ]+  -  revision [^ ]+  seed 1 '

# Values from options.
for command in check run; do
	bad "$command --set: no value" 2 "--set: 'foo' is not written like" \
		"$cidsim" "$command" crlf.scn --set foo
	bad "$command --set: unknown group" 2 "--set machin\.cpus: .*'machin', did you mean 'machine'\?" \
		"$cidsim" "$command" crlf.scn --set machin.cpus=2
	bad "$command --set: unknown key" 2 "--set machine\.cpu: unknown key 'cpu'.*did you mean 'cpus'\?" \
		"$cidsim" "$command" crlf.scn --set machine.cpu=8
	bad "$command --set: unknown name" 2 "--set mm ap\.cpus: .*no group \[mm ap\]" \
		"$cidsim" "$command" crlf.scn --set "mm ap.cpus=1"
	bad "$command --set: bad value" 2 "--set machine\.cpus: .*8193|--set machine\.cpus: .*8192" \
		"$cidsim" "$command" crlf.scn --set machine.cpus=8193
	bad "$command --set: twice" 2 "--set machine\.cpus: .*twice" \
		"$cidsim" "$command" crlf.scn --set machine.cpus=2 --set machine.cpus=3
	bad "$command --set: not UTF-8" 2 "--set: .*UTF-8" \
		"$cidsim" "$command" crlf.scn --set "scenario.title=$(printf '\377')"
	bad "$command --seed: no number" 2 "--seed: 'abc' is not" \
		"$cidsim" "$command" crlf.scn --seed abc
	bad "$command --seed: overflow" 2 "--seed: .*18446744073709551616" \
		"$cidsim" "$command" crlf.scn --seed 18446744073709551616
	bad "$command --seed: negative" 2 "--seed: '-1'" "$cidsim" "$command" crlf.scn --seed=-1
	bad "$command --revision: nearest" 2 "--revision: unknown revision '6.18', did you mean '6.19'\?" \
		"$cidsim" "$command" crlf.scn --revision 6.18
	bad "$command --revision: nothing near" 2 "--revision: unknown revision 'linux'.*cidsim revisions" \
		"$cidsim" "$command" crlf.scn --revision linux
	bad "$command: a bad option is reported once for all files" 2 "--seed: 'x'" \
		"$cidsim" "$command" crlf.scn bom.scn --seed x
	good "$command: the greatest seed" "$cidsim" "$command" crlf.scn --seed 18446744073709551615
	good "$command --set: UTF-8" "$cidsim" "$command" crlf.scn --set "scenario.title=größer"
done
for seeds in x 0 -1 18446744073709551616; do
	bad "--seeds $seeds" 2 "run: --seeds: " "$cidsim" run crlf.scn "--seeds=$seeds"
done
bad "--seeds beyond the last" 2 "run: --seeds: .*2\^64" \
	"$cidsim" run crlf.scn --seed 18446744073709551615 --seeds 2

# A file that includes another: each command takes the whole.
mkdir parts
printf '[scenario]\ntime = 10ms\n[machine]\ncpus = 8\n[mm app]\n[tasks t]\ncount = 2\nrun = 1ms\n[expect app]\nusers = 9\n' \
	>parts/base.scn
printf '[scenario]\ninclude = parts/base.scn\n\n[machine]\ncpus = 2\n' >whole.scn
bad "check: a value of the included file" 2 "--set tasks t\.count: 'x'" \
	"$cidsim" check whole.scn --set "tasks t.count=x"
call "$cidsim" run whole.scn
is "run: an expectation of the included file fails" "$status" 1
says "run: its line is named" ' parts/base\.scn:10 '
"$cidsim" run whole.scn --json | tr -d ' \n' >"$tmp/out"
says "run --json: likewise" '"file":"parts/base.scn","line":10'
good "check --explain: the whole" "$cidsim" check --explain whole.scn
cp "$tmp/out" explained.scn
says "check --explain: with both parts" '^cpus = 2$' explained.scn
is "check --explain: without the other file" "$(grep -c include explained.scn)" 0
call "$cidsim" run whole.scn --shrink small.scn
says "run --shrink: a scenario that stands alone" '^users = 9$' small.scn
is "run --shrink: and names no other" "$(grep -c include small.scn)" 0
good "sweep: a shard" "$cidsim" sweep whole.scn --seeds 1-2 --shard 1/2 -o 1.csv
printf '# more\n' >>parts/base.scn
good "sweep: another, after a change of the included file" \
	"$cidsim" sweep whole.scn --seeds 1-2 --shard 2/2 -o 2.csv
bad "merge: these are of two scenarios" 2 "2\.csv:3: .*scenario-digest" \
	"$cidsim" merge 1.csv 2.csv -o all.csv
call "$cidsim" check - <whole.scn
is "standard input: relative to the working directory" "$status" 0
printf '[scenario]\ninclude = -\n' >minus.scn
bad "no include of standard input" 3 "minus\.scn:2: include: \./-: cannot be read: " "$cidsim" check minus.scn

finish
