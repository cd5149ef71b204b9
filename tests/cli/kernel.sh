#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# `kernel check` on the miniature tree of tests/kernel-tree, on what is no tree, and on edits of the
# miniature that it must notice. Usage: kernel.sh CIDSIM SOURCE_DIR [--long]: all edits

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
miniature=$(realpath "${2:-$(dirname "$0")/../..}")/tests/kernel-tree
long=${3:-}
begin "$@"
if [ ! -f "$miniature/mutants" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi
mkdir "$tmp/room"
export TMPDIR="$tmp/room" # others run at the same time

# edited NAME FILE SED: a copy of the miniature, NAME, with FILE edited
edited() {
	rm -rf "$1"
	cp -r "$miniature" "$1"
	chmod -R u+w "$1"
	sed -i "$3" "$1/$2"
	! cmp -s "$miniature/$2" "$1/$2" || fail "$1: the edit changes nothing"
}

mutants() {
	grep -v '^#' "$miniature/mutants" | grep -E "$1" >list
	while IFS='|' read -r name steps file edit; do
		edited "$name" "$file" "$edit"
		call "$cidsim" kernel check "$name" --revision 7.1 --steps "$steps"
		is "$name is noticed" "$status" 1
		says "$name: it says where" '^  (difference|broken) +step [0-9]+: '
		rm -rf "$name"
	done <list
}

# The edits. A few of them are enough for each day.
if [ "$long" = --long ]; then
	mutants .
	edited sleeps kernel/sched/core.c 's/^	bool last = false;/&\n	extern int pause(void); pause();/'
	call "$cidsim" kernel check sleeps --steps 100000 --revision 7.1
	is "code that sleeps is a verdict" "$status" 1
	says "it sleeps" '^sleeps loops: '
	finish
fi
mutants '^(leaves-too-late|walk-skips-a-cpu)\|'

# The miniature itself: the report, twice the same; JSON
good "the miniature is checked" "$cidsim" kernel check "$miniature" --steps 50000
cp "$tmp/out" once
says "it behaves as the current revision" ' behaves as 7\.1$'
says "properties" '^  properties +I1 to I6 and I8 hold'
says "an older revision is not it" '^  +not 7\.0-vfork: step [0-9]+: kernel/sched/core\.c:[0-9]+: '
says "coverage" '^  +kernel/sched/core\.c: [0-9.]+ % of [0-9]+ lines; not line |not known'
good "again" "$cidsim" kernel check "$miniature" --steps 50000
is "the same bytes" "$(cat "$tmp/out")" "$(cat once)"
good "two jobs" "$cidsim" kernel check "$miniature" --steps 20000 --jobs 2 --seed 5 --revision 7.1 --json
says "JSON" '^\{"tree":".*","verdict":"agrees","revision":"7\.1","steps":[0-9]+,"seconds":[0-9.]+,"seed":5,"jobs":2,"differences":\[\],"violations":\[\],'
call "$cidsim" kernel check "$miniature" --time 1ms --json
is "too little time" "$status" 4
says "too little time" '"verdict":"undecided"'
temporary=$(mktemp -d "${TMPDIR:-/tmp}/cidsim-test-XXXXXX")
good "quiet" env TMPDIR="$temporary" "$cidsim" kernel check "$miniature" --steps 1000 --revision 7.1 --quiet
is "quiet" "$(cat "$tmp/out")" ""
is "nothing is left" "$(ls "$temporary" && rm -rf "$temporary")" ""
call "$cidsim" kernel check "$miniature" --steps 3000000 --revision 6.19 --json
is "another revision differs" "$status" 1
says "another revision differs" '"verdict":"differs","revision":"6\.19",.*"differences":\[\{"step":[0-9]+,"file":"kernel/sched/'
(cd "$miniature" && find . -type f -exec cksum {} +) | sort >after
(cd "$(dirname "$miniature")/kernel-tree" && find . -type f -exec cksum {} +) | sort | cmp -s - after &&
	pass "the tree is not written to"

# A revision of a clone
if command -v git >/dev/null; then
	cp -r "$miniature" clone
	git -C clone init -q
	git -C clone add . && git -C clone -c user.name=x -c user.email=x@y commit -qm x
	rm -rf clone/kernel
	good "a revision that git has" "$cidsim" kernel check clone@HEAD --steps 1000 --revision 7.1 -q
	bad "no such revision" 2 "kernel: clone@nosuch: git does not show kernel/sched/core\.c: " \
		"$cidsim" kernel check clone@nosuch
	bad "an option for git" 2 "kernel: clone@-p: behind @ stands a revision" "$cidsim" kernel check clone@-p
fi

# Stores in another order are the same protocol.
edited moved kernel/sched/core.c 's/^	c->users--;$//;s/^	return decide(c);$/	c->users--;\n	return decide(c);/'
sed -i '/^static inline void switch_in/,/^}/{/t->mm_cid.cid = word;/d;s/^	__this_cpu_write/	t->mm_cid.cid = word;\n&/}' \
	moved/kernel/sched/sched.h
good "moved stores line up" "$cidsim" kernel check moved --revision 7.1 --steps 100000

# What is found is short, told, and can be played again: in the code, and in the model.
edited late kernel/sched/core.c 's/per_cpu \&\& c->users < c->pcpu_thrs/per_cpu \&\& c->users + 1 < c->pcpu_thrs/'
call "$cidsim" kernel check late --revision 7.1 --steps 3000000 -o late.scn
is "a finding is written" "$status" 1
says "few events" '^  machine +[0-9]+ CPUs?, [0-9]{1,3} events$'
says "the story" '^ +1  (T0|CPU[0-9]+) '
says "the story has changes" '^ +mode task -> cpu; users '
says "the story has places" ' to the mutex at kernel/sched/core\.c:[0-9]+|to its end$'
ending=$(sed -n 's/^ *=> //p' "$tmp/out")
says "the story ends with the difference" '^ +=> (the mode is cpu, in the model task\+t|.*)$'
good "the scenario is one" "$cidsim" check late.scn
good "the model plays it" "$cidsim" run -q late.scn
call "$cidsim" kernel check late --replay late.scn
is "the code shows it again" "$status" 1
is "the code shows the same" "$(sed -n 's/^ *=> //p' "$tmp/out")" "$ending"
good "other code does not" "$cidsim" kernel check "$miniature" --replay late.scn -q
sed 's/^# event: .*/# event: 99/' late.scn >bad.scn
bad "a damaged event" 2 "kernel: --replay: bad\.scn:[0-9]+: this comment is not one" "$cidsim" kernel check late --replay bad.scn
for event in "0 200 0 0 0" "1 200 0 0 0" "2 0 255 0 0" "4 0 1 9 0" "9 0 200 0 0" "10 200 0 0 0" "11 200 0 0 0" \
	"12 9 0 0 0" "13 0 200 0 0" "14 0 0 0 0" "256 0 0 0 0" "1 256 0 0 0" "4294967296 0 0 0 0"; do
	sed "s/^# event: .*/# event: $event/" late.scn >bad.scn
	bad "an event of no machine: $event" 2 "kernel: --replay: bad\.scn:[0-9]+: this comment is not one" \
		"$cidsim" kernel check late --replay bad.scn
done
bad "no such file's" 2 "kernel: --replay: once has no line" "$cidsim" kernel check late --replay once
bad "replay and seeds" 2 "kernel: --replay goes without --revision" "$cidsim" kernel check late --replay late.scn --jobs 2

# The code alone: what is another protocol and breaks nothing is no finding.
good "alone" "$cidsim" kernel check late --revision none --steps 20000
says "alone" '^late holds$'
edited loses kernel/sched/core.c '/static bool uncount/,/^}/s/unset_task(t);/t->mm_cid.cid = MM_CID_UNSET;/'
call "$cidsim" kernel check loses --revision none --steps 20000 --json
is "a number is lost" "$status" 1
says "a number is lost" '"verdict":"violated","revision":"none",.*"differences":\[\],"violations":\["I4"\],.*"revisions":\[\]'
bad "alone, into a file" 2 "kernel: check --revision none takes -o only with --grain fine" \
	"$cidsim" kernel check loses --revision none -o loses.scn

# Two CPUs that take the same bit: between two accesses, where no step of the model is.
edited race kernel/sched/sched.h \
	's/!test_and_set_bit(number, pool))/!test_bit(number, pool) \&\& (__set_bit(number, pool), true))/'
good "steps do not show a race" "$cidsim" kernel check race --revision none --steps 20000 -q
call "$cidsim" kernel check race --grain fine --steps 500000 -o race.scn
is "the fine grain does" "$status" 1
says "the fine grain does" '^  broken +step [0-9]+: I[14], '
ending=$(sed -n 's/^ *=> //p' "$tmp/out")
call "$cidsim" kernel check race --replay race.scn
is "the code shows the same" "$(sed -n 's/^ *=> //p' "$tmp/out")" "$ending"
good "the miniature has no race" "$cidsim" kernel check "$miniature" --grain fine --steps 50000 -q

# What is no tree
mkdir empty
bad "an empty folder" 2 "kernel: empty has no kernel/sched/core\.c: it is no kernel tree" \
	"$cidsim" kernel check empty
bad "nothing" 3 "kernel: nosuch: no such folder; name a kernel tree, or FOLDER@COMMIT" \
	"$cidsim" kernel check nosuch
bad "a file" 2 "kernel: once is a file; name the folder" "$cidsim" kernel check once
edited half include/linux/rseq_types.h '/CONFIG_SCHED/d'
bad "no marker" 2 "kernel: half: include/linux/rseq_types\.h has no #ifdef CONFIG_SCHED_MM_CID" \
	"$cidsim" kernel check half
edited half include/linux/mm_types.h 's/mm_cidmask/mm_pool/'
bad "half a tree" 2 "kernel: half: no part of include/linux/mm_types\.h under CONFIG_SCHED_MM_CID defines mm_cidmask" \
	"$cidsim" kernel check half
edited old kernel/sched/core.c 's/decide(/task_mm_cid_work(/'
sed -i 's/task_mm_cid_work(struct/task_mm_cid_work (struct/' old/kernel/sched/core.c
bad "before 6.19" 2 "kernel: old: kernel/sched/core\.c defines task_mm_cid_work, so it is a kernel before 6\.19" \
	"$cidsim" kernel check old
edited wrong kernel/sched/core.c 's/static bool work_flips/static boool work_flips/'
bad "a name that nobody has" 2 "kernel: wrong: the shim lacks boool, which this tree uses.*: kernel/sched/core\.c:[0-9]+: " \
	"$cidsim" kernel check wrong
edited wrong kernel/sched/sched.h 's/return number;/return number/'
bad "no C" 2 "kernel: wrong: does not compile: kernel/sched/sched\.h:[0-9]+: expected" "$cidsim" kernel check wrong
bad "no compiler" 3 "kernel: no C compiler: .*; install gcc or clang, or set CC" \
	env CC=nosuch-cc "$cidsim" kernel check "$miniature"
bad "no room" 3 "kernel: no temporary folder: .*; set TMPDIR to a folder that can be written" \
	env TMPDIR=/nosuch "$cidsim" kernel check "$miniature"

# Code that crashes, and code that loops
edited crash kernel/sched/core.c 's/^	bool last = false;/&\n	if (mm->mm_cid.users == 3) *(int *)8 = 1;/'
call "$cidsim" kernel check crash --steps 100000 --revision 7.1
is "a crash is a verdict" "$status" 1
says "a crash" '^crash crashes: signal 11 '
edited loop kernel/sched/core.c 's/^	bool last = false;/&\n	while (mm->mm_cid.users == 3) barrier();/'
call "$cidsim" kernel check loop --steps 100000 --revision 7.1
is "a loop is a verdict" "$status" 1
says "a loop" '^loop loops: '

# Code that starts processes, or ends others; a compiler that waits. Nothing is left of them.
edited starts kernel/sched/core.c 's/^	bool last = false;/&\n	extern int fork(void); if (fork() == 0) *(int *)8 = 1;/'
good "code cannot start processes" "$cidsim" kernel check starts --steps 20000 --revision 7.1
edited kills kernel/sched/core.c 's/^	bool last = false;/&\n	extern int kill(int, int), getppid(void); kill(getppid(), 9); kill(0, 9);/'
good "code cannot end others" "$cidsim" kernel check kills --steps 20000 --revision 7.1
edited waits kernel/sched/core.c 's/^#ifdef CONFIG_SCHED_MM_CID/&\n#include "fifo"/'
mkfifo fifo
sed -i "s|fifo|$PWD/fifo|" waits/kernel/sched/core.c
"$cidsim" kernel check waits >"$tmp/out" 2>"$tmp/err" &
check=$!
until ls "$TMPDIR"/*/code.c >"$tmp/log" 2>&1; do sleep 0.05; done
sleep 0.3
kill "$check"
wait "$check"
is "a compiler that waits is stopped" "$?" 4
says "it is said" '^cidsim: kernel: the compiler was stopped$' "$tmp/err"
is "nothing is left of it" "$(ls "$TMPDIR")" ""

# Who starts the program may ignore the ends of its children.
if command -v python3 >/dev/null; then
	good "SIGCHLD is ignored" python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$cidsim" kernel check "$miniature" --steps 1000 --revision 7.1
fi

# Usage
bad "no command" 2 'kernel: begin with check, compare or explore: `cidsim kernel check TREE`' "$cidsim" kernel
bad "no tree" 2 "kernel: no TREE; name a folder" "$cidsim" kernel check
bad "steps" 2 "kernel: --steps: " "$cidsim" kernel check "$miniature" --steps 0
bad "time" 2 "kernel: --time: " "$cidsim" kernel check "$miniature" --time soon
bad "a grain" 2 "kernel: --grain fine has no model beside it" \
	"$cidsim" kernel check "$miniature" --grain fine --revision 7.1
bad "a grain, and replay" 2 "kernel: --replay goes without --revision, --grain" \
	"$cidsim" kernel check race --replay race.scn --grain fine
bad "revision" 2 "kernel: --revision: " "$cidsim" kernel check "$miniature" --revision 9
bad "jobs" 2 "kernel: --jobs: " "$cidsim" kernel check "$miniature" --jobs 1000
finish
