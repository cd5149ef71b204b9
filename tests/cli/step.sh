#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim step: commands from a pipe, keys in a terminal, bad usage. Usage: step.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# piped ARGUMENTS: commands on standard input
piped() {
	"$cidsim" step "$@"
}

printf 'next violation\nback\nback flip\n' >commands
good "a counterexample" piped defects/b9 <commands
says "it begins at the start" '^step 0 of 12$'
says "to the broken property" '^step 12 of 12$'
says "what is broken" '^  >>>  I5 is broken: a CID is owned the other way round than the mode says$'
says "back" '^step 11 of 12$'
says "back to the flip" '^step 7 of 12$'
says "what has changed is marked" '^> T1 holds the mutex; walks over the CPUs, CPU0 is next$'
is "no line is too wide" "$(grep -cE '^.{81}' "$tmp/out")" 0

printf 'list\npick fork T0 T2\npick out 0\npick migrate T1 1\npick in 1 T0\nwrite mine.scn\n' >commands
good "a machine is played by hand" piped explore/b1 --revision v5 <commands
says "the steps that can be taken" '^   1  T0, on CPU0, forks the thread T2 +fork T0 T2$'
says "what was written" '^mine\.scn has 4 steps; cidsim run mine\.scn plays them$'
good "it plays" "$cidsim" run mine.scn
says "with what was found" '^  PASS  mine\.scn:[0-9]+ +property = I3 +found I3$'
echo quit >commands
good "it can be walked through" piped mine.scn <commands

printf 'next violation\nwrite broken.scn\n' >commands
good "a state that is broken is written" piped defects/b9 <commands
good "and expected" "$cidsim" run broken.scn
says "as what it is" '^  PASS  broken\.scn:[0-9]+ +property = I5 +found I5$'

printf 'next flip\nnext close\ngo 17ms\ngo end\n' >commands
good "a run" piped hysteresis <commands
says "the flip and why" '^  the mode of app flips to per CPU: 5 users > max_cids 4$'
says "the window is open" '^> app: mode per CPU in transit; 5 users;'
says "the window closes" '^  the window of app closes after 1\.300 us$'
says "a time" '^step [0-9]+ at 16\.[0-9]+ ms$'
says "the end" '^step 1353 of 1353 at 55\.'
"$cidsim" step hysteresis <commands >again
is "the same again: the same bytes" "$(cmp again "$tmp/out" && echo same)" same
good "another revision, another key" piped hysteresis -r 6.19 --set machine.cpus=8 </dev/null
says "it has these CPUs" '^  CPU7: idles$'

printf 'next\nfoo\nnext\n' >commands
bad "an unknown command" 2 'step: line 2: there is no command .foo.; there are next, back, go, show, list' \
	piped defects/b1 <commands
is "what came before it was done" "$(grep -c '^step' "$tmp/out")" 2
echo 'pick in 1 T1' >commands
bad "no steps to pick in a run" 2 'step: line 1: there is no command .pick.; there are next, back, go, show, help, quit' \
	piped hysteresis <commands
head -c 5000 /dev/zero | tr '\0' x >commands
bad "a line without end" 2 'step: line 1 is longer than a command can be$' piped defects/b1 <commands
echo 'write no/such/folder.scn' | sed '1i next' >commands
bad "a file that cannot be written" 3 'step: line 2: .*no/such' piped defects/b1 <commands
bad "from standard input" 2 'step: commands are read from standard input; give a FILE$' piped - </dev/null
bad "two" 2 'step: more than one scenario given' piped defects/b1 defects/b2 </dev/null
bad "none" 2 'step: no scenario given; a FILE or a name' piped </dev/null
bad "a folder" 2 'step: \. is a folder; give a FILE in it' piped . </dev/null
bad "no such file" 3 'nosuch' piped nosuch.scn </dev/null
printf '[explore]\n[steps]\n1 = out 0\n2 = out 0\n' >bad.scn
bad "a step that cannot be taken" 2 'bad\.scn:4: step 2, "out 0": that CPU idles$' piped bad.scn </dev/null
call sh -c 'echo next | "$1" step hysteresis >/dev/full' - "$cidsim"
is "a full disk" "$status" 3
mkfifo fifo
"$cidsim" step hysteresis <fifo >out 2>&1 &
waits=$!
exec 9>fifo
until grep -q '^step 0' out; do sleep 0.05; done
kill "$waits"
wait "$waits"
is "SIGTERM ends it while it waits for a command" "$?" 143
exec 9>&-

# In a terminal: script(1) has one. What it writes are escapes; the terminal is as before at the end.
if command -v script >/dev/null && script --version 2>/dev/null | grep -q util-linux; then
	mkfifo keys
	TERM=xterm script -qec "stty rows 24 cols 80; stty -g >before; '$cidsim' step defects/b9; echo \$? >status; stty -g >after" /dev/null <keys >screen 2>&1 &
	waits=$!
	exec 9>keys
	printf f >&9 # ahead of the screen
	for i in $(seq 600); do
		grep -q 'step 7 of 12' screen && break
		sleep 0.1
	done
	printf q >&9
	wait "$waits"
	exec 9>&-
	is "terminal: status" "$(cat status)" 0
	is "terminal: as it was before" "$(cat after)" "$(cat before)"
	says "terminal: the keys are shown" ' n next  b back  f flip' screen
	says "terminal: the flip" 'step 7 of 12' screen
	says "terminal: the other screen is left" "$(printf '\033')\\[\\?1049l" screen
else
	skip "terminal: no script"
fi

finish
