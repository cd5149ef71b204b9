#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# `kernel explore` on the miniature tree of tests/kernel-tree and on edits of it: as many states with
# each compiler, what is found, and bad input. Usage: kernel-explore.sh CIDSIM SOURCE_DIR [--long]: B2 and B7

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
miniature=$(realpath "${2:-$(dirname "$0")/../..}")/tests/kernel-tree
long=${3:-}
# The code of a kernel runs on stacks of its own: the address sanitizer, which from clang 15 on looks for what uses a
# stack after it has returned, would take that for such a use.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_stack_use_after_return=0"
begin "$@"
mkdir "$tmp/room"
export TMPDIR="$tmp/room"
export CFLAGS=-O0 # where the machine is small the compiler takes longest

# edited NAME FILE SED: a copy of the miniature, NAME, with FILE edited
edited() {
	rm -rf "$1"
	cp -r "$miniature" "$1"
	chmod -R u+w "$1"
	sed -i "$3" "$1/$2"
	! cmp -s "$miniature/$2" "$1/$2" || fail "$1: the edit changes nothing"
}

# counts: states and events of the report
counts() {
	sed -n 's/^  \(states\|events\) *//p' "$tmp/out"
}

printf '[machine]\ncpus = 2\n\n[explore]\ntasks = 1\nforks = 1\nexits = 1\n' >small.scn

# A get that gives up after some rounds is no live lock.
gives_up() {
	edited gives-up kernel/sched/core.c 's/c->mode ^ (MM_CID_ONCPU . MM_CID_TRANSIT)/c->mode ^ MM_CID_ONCPU/'
	sed -i '/^static inline unsigned int pool_get/,/^}/{s/^	while (number == CID_ANY_FLAG) {/	for (int i = 0; i < 9 \&\& number == CID_ANY_FLAG; i++) {/}' \
		gives-up/kernel/sched/sched.h
	good "a get that gives up, $*" "$cidsim" kernel explore gives-up explore/b1 -q "$@"
}

# weak TASKS HOW…: the mode is one word, so weak memory does not matter.
weak() {
	tasks=$1
	shift
	good "weak memory, $*" "$cidsim" kernel explore "$miniature" small.scn --set explore.memory=weak \
		--set "explore.tasks=$tasks" --set explore.exits=0 "$@"
	says "weak memory, $*" 'the code alone; memory$|memory weak$'
}

# What takes long: B7, a walk that sets TRANSIT in words that are UNSET; B2, a mode that is two words, of
# which another CPU sees the second one first; code that loops; the fine grain of what is found with the other.
if [ "$long" = --long ]; then
	unset CFLAGS
	gives_up --grain fine
	weak 2 --grain fine
	edited loop kernel/sched/core.c 's/^	bool last = false;/&\n	while (mm->mm_cid.users == 2) barrier();/'
	call "$cidsim" kernel explore loop small.scn --json
	is "a loop is a verdict" "$status" 1
	says "a loop" '"verdict":"loops"'
	edited b7 kernel/sched/core.c 's/: is_tasks(t->mm_cid.cid))$/: !(t->mm_cid.cid \& MM_CID_TRANSIT))/'
	call "$cidsim" kernel explore b7 explore/b7
	is "B7 differs from the current revision" "$status" 1
	says "B7 differs" '^  difference +kernel/sched/core\.c:[0-9]+: T[0-9] has -t, in the model -$'
	for how in "--revision 7.0" "--revision none" "--grain fine"; do
		# shellcheck disable=SC2086 # words
		call "$cidsim" kernel explore b7 explore/b7 $how
		is "B7 is found, $how" "$status" 1
		says "B7 is found, $how" '^b7 breaks I2: '
	done
	edited b2 include/linux/rseq_types.h 's/pcpu_thrs, mode;/pcpu_thrs, mode, percpu, transit;/'
	sed -i 's/READ_ONCE(mm->mm_cid.mode);/READ_ONCE(mm->mm_cid.percpu); mode |= READ_ONCE(mm->mm_cid.transit);/' \
		b2/kernel/sched/sched.h
	sed -i 's/^	WRITE_ONCE(c->mode, .*/	c->mode ^= MM_CID_ONCPU | MM_CID_TRANSIT;\n	WRITE_ONCE(c->transit, MM_CID_TRANSIT);\n	WRITE_ONCE(c->percpu, c->mode \& MM_CID_ONCPU);/
		s/^	WRITE_ONCE(mm->mm_cid.mode, .*/	mm->mm_cid.mode \&= ~MM_CID_TRANSIT;\n	WRITE_ONCE(mm->mm_cid.transit, 0);/
		s/c->mode = c->users/c->mode = c->percpu = c->transit = c->users/' b2/kernel/sched/core.c
	call "$cidsim" kernel explore b2 explore/b2 --revision none -o b2.scn
	is "B2 is found" "$status" 1
	says "B2 is found" '^b2 breaks I3: '
	says "the story has the store" ' the store at kernel/sched/core\.c:[0-9]+ reaches the other CPUs$'
	call "$cidsim" kernel check b2 --replay b2.scn
	says "the code plays it" ' to a spin: it finds no free bit at$| to a spin: it finds no free bit at kernel/'
	says "a replay cannot say that it never ends" '^b2 holds$'
	call "$cidsim" kernel explore b2 explore/b2 --revision none --max-states 600000 --set explore.memory=strong
	is "strong memory does not have it so near" "$status" 4
	sed -i 's/^	WRITE_ONCE(c->percpu, /	smp_wmb();\n&/' b2/kernel/sched/core.c
	call "$cidsim" kernel explore b2 explore/b2 --revision none --max-states 600000
	is "nor is it there with a barrier" "$status" 4
	finish
fi

# The report, twice the same; JSON
good "the miniature is explored" "$cidsim" kernel explore "$miniature" explore/b1
cp "$tmp/out" once
says "it behaves as the current revision" ' holds, and behaves as 7\.1$'
says "the machine" '^  machine +2 possible CPUs, 2 of them allowed at the start; 2 tasks, at most$'
says "the stops" '^  stops +those of steps; beside 7\.1; memory strong$'
says "states" '^  states +[0-9]{5}; depth [0-9]+, widest level [0-9]+$'
good "again" "$cidsim" kernel explore "$miniature" explore/b1
is "the same bytes" "$(cat "$tmp/out")" "$(cat once)"
good "JSON" "$cidsim" kernel explore "$miniature" small.scn small.scn --json --check I3
is "an object for each scenario" "$(wc -l <"$tmp/out")" 2
says "JSON" '^\{"tree":".*kernel-tree","scenario":"small\.scn","verdict":"holds","revision":"7\.1","grain":"step","bounds":\{"cpus":2,.*"forks":1,.*\},"check":\["I3"\],"property":null,"states":[0-9]+,"events":[0-9]+,.*"ended":"exhausted",'
good "quiet" "$cidsim" kernel explore "$miniature" small.scn -q
is "quiet" "$(cat "$tmp/out")" ""
is "nothing is left" "$(ls "$TMPDIR")" ""

# As many processes as one likes: whatever ends the search, the same bytes, and the same file
edited late kernel/sched/core.c '/^static void complete/,/^}/s/^	smp_mb();/&\n	if (smp_processor_id() == 1 \&\& cpu_curr(0)->pid == 1 \&\& current->pid == 2 \&\& *mm_cidmask(mm) == 3) *(int *)8 = 1;/'
for what in "$miniature explore/b1" "$miniature explore/b10" "late explore/b1" "$miniature explore/b1 --max-states 9000"; do
	for jobs in 1 2; do
		# shellcheck disable=SC2086 # words
		call "$cidsim" kernel explore $what --jobs $jobs -o jobs.scn
		[ -e jobs.scn ] || echo none >jobs.scn
		cat "$tmp/out" jobs.scn >"jobs-$jobs"
		echo "$status" >>"jobs-$jobs"
		rm jobs.scn
	done
	is "$what, two processes" "$(cat jobs-2)" "$(cat jobs-1)"
done
good "more processes" "$cidsim" kernel explore "$miniature" explore/b1 --jobs 5
is "more processes" "$(cat "$tmp/out")" "$(cat once)"
bad "stacks and processes" 2 "kernel: --stacks goes without --jobs: " \
	"$cidsim" kernel explore "$miniature" small.scn --stacks --jobs 2
bad "no process" 2 "kernel: --jobs: " "$cidsim" kernel explore "$miniature" small.scn --jobs 0

# As many states with each compiler and what it does to stacks
levels="-O1 -O3"
for grain in step fine; do
	good "the first count" "$cidsim" kernel explore "$miniature" small.scn --grain "$grain"
	counts >first
	for compiler in gcc clang; do
		command -v "$compiler" >/dev/null || continue
		for level in $levels; do
			good "$compiler $level, $grain" env CC="$compiler" CFLAGS="$level" \
				"$cidsim" kernel explore "$miniature" small.scn --grain "$grain"
			is "$compiler $level, $grain: as many states" "$(counts)" "$(cat first)"
		done
	done
	good "$grain: bytes of stacks" "$cidsim" kernel explore "$miniature" small.scn --grain "$grain" --stacks
	is "$grain: more states" \
		"$([ "$(counts | sed -n '1s/;.*//p')" -ge "$(sed -n '1s/;.*//p' first)" ] && echo yes)" yes
	levels="-O1 -O2 -O3"
done

weak 2 --revision none
weak 1 --grain fine

# Another revision is not it; alone it does not matter.
call "$cidsim" kernel explore "$miniature" explore/b1 --revision v3
is "an older revision" "$status" 1
says "an older revision" ' differs from v3$'
says "where" '^  difference +kernel/sched/core\.c:[0-9]+: T0 has 0t, in the model 0c$'
good "alone" "$cidsim" kernel explore "$miniature" explore/b1 --revision none
says "alone" ' holds$'

# A live lock (B1): without TRANSIT on the way to per CPU. Beside the model it differs before.
edited livelock kernel/sched/core.c 's/c->mode ^ (MM_CID_ONCPU . MM_CID_TRANSIT)/c->mode ^ MM_CID_ONCPU/'
call "$cidsim" kernel explore livelock explore/b1 --revision none
is "a live lock" "$status" 1
says "a live lock" '^livelock breaks I3: a spin in get cannot end$'
says "it is short" '^  found +[0-9]{1,2} events from the start, and no fewer$'
says "the story" ' to a spin: it finds no free bit at$|kernel/sched/sched\.h:[0-9]+$'
call "$cidsim" kernel explore livelock explore/b1 --grain fine
is "a live lock, fine grain" "$status" 1
says "a live lock, fine grain" '^livelock breaks I3: '
call "$cidsim" kernel explore livelock explore/b1 -o differs.scn
says "beside the model" '^livelock differs from 7\.1$'
good "the scenario is one" "$cidsim" check differs.scn
good "the model plays it" "$cidsim" run -q differs.scn
call "$cidsim" kernel check livelock --replay differs.scn
is "the code plays it" "$status" 1
says "the code does the same" '^  difference .* the mode is cpu, '

# A vfork: its parent waits, so there are fewer orders. The scenario has that step.
printf '[machine]\ncpus = 2\n\n[explore]\ntasks = 2\ntasks-max = 3\nexits = 1\n' >forks.scn
for kind in clone-vms vforks; do
	good "$kind" "$cidsim" kernel explore "$miniature" forks.scn --set explore.$kind=1
	says "$kind: the model is beside" ' holds, and behaves as 7\.1$'
	counts | sed -n '1s/;.*//p' >$kind
done
is "a parent that waits has fewer orders" "$([ "$(cat vforks)" -lt "$(cat clone-vms)" ] && echo yes)" yes
# With room for one child the second vfork comes when the first child has ended.
for count in 1 2; do
	good "$count vforks" "$cidsim" kernel explore "$miniature" forks.scn --set explore.vforks=$count \
		--set explore.tasks=1 --set explore.tasks-max=2
	counts | sed -n '1s/;.*//p' >vforks-$count
done
is "the parent goes on when its child is gone" \
	"$([ "$(cat vforks-2)" -gt "$(cat vforks-1)" ] && echo yes)" yes
call "$cidsim" kernel explore livelock forks.scn --set explore.vforks=1 -o vfork.scn
says "the story has the vfork" ' T0 forks T2, which shares the mm, and waits for it, to its end$'
says "the scenario has it" '^[0-9]+ = vfork T0 T2$' vfork.scn
good "the model plays the vfork" "$cidsim" run -q vfork.scn
call "$cidsim" kernel check livelock --replay vfork.scn
is "the code plays the vfork" "$status" 1
says "the code plays the vfork" '^  difference .* the mode is cpu, '

# An mm that is made in a window begins outside of it, but in B12.
good "made in a window" "$cidsim" kernel explore "$miniature" small.scn --set explore.made-in-window=on
says "made in a window" '^ +.*; made in a window$'
edited b12 kernel/sched/core.c 's/^	c->mode = c->users = /	c->mode \&= MM_CID_TRANSIT;\n	c->users = /'
good "B12 needs that" "$cidsim" kernel explore b12 small.scn -q
call "$cidsim" kernel explore b12 small.scn --set explore.made-in-window=on -o b12.scn
is "B12" "$status" 1
says "B12" '^  difference +the mode is task\+t, in the model task$'
call "$cidsim" kernel check b12 --replay b12.scn
says "B12 again" 'the mode is task\+t, in the model task'
good "B12 alone, as JSON" "$cidsim" kernel explore b12 small.scn --set explore.made-in-window=on \
	--revision none --json --check I3
says "B12, as JSON" ',"made_in_window":true,'

# Two CPUs that take the same bit: no step of the model shows it, the accesses do.
edited race kernel/sched/sched.h \
	's/!test_and_set_bit(number, pool))/!test_bit(number, pool) \&\& (__set_bit(number, pool), true))/'
good "steps do not show a race" "$cidsim" kernel explore race explore/b1 -q
call "$cidsim" kernel explore race explore/b1 --grain fine --check "I1 I4" -o race.scn
is "the fine grain does" "$status" 1
says "the fine grain does" '^race breaks I[14]: '
says "it says where" ' to an atomic operation at$| to an atomic operation at kernel/sched/sched\.h:[0-9]+$'
call "$cidsim" kernel check race --replay race.scn --json
is "the code plays it" "$status" 1
says "the code plays it" '"violations":\["I[14]"'
says "the file says why it is no scenario" '^# The model cannot play this: it was not beside the code\.$' race.scn

gives_up --revision none

# Code that crashes
edited crash kernel/sched/core.c 's/^	bool last = false;/&\n	if (mm->mm_cid.users == 2) *(int *)8 = 1;/'
call "$cidsim" kernel explore crash small.scn -o crash.scn
is "a crash is a verdict" "$status" 1
says "a crash" '^crash crashes: signal 11 '
call "$cidsim" kernel check crash --replay crash.scn
says "it crashes again" '^crash crashes: signal 11 '

# Limits
call "$cidsim" kernel explore "$miniature" explore/b1 --max-states 1000
is "too few states" "$status" 4
says "too few states" ' is undecided: stopped at --max-states$'
call "$cidsim" kernel explore "$miniature" explore/b4 --memory 16M --json
is "too little memory" "$status" 4
says "too little memory" '"verdict":"undecided",.*"ended":"memory"'

# Bad input
bad "no scenario" 2 "kernel: explore takes a TREE and a SCENARIO with \[explore\], such as explore/b1" \
	"$cidsim" kernel explore "$miniature"
call "$cidsim" kernel explore "$miniature" hysteresis
is "no explore" "$status" 2
says "no explore" '^cidsim: kernel: .*hysteresis\.scn has no \[explore\]' "$tmp/err"
bad "no such scenario" 3 "nosuch\.scn: cannot be read" "$cidsim" kernel explore "$miniature" nosuch.scn
bad "no tree" 3 "kernel: nosuch: no such folder; name a kernel tree" "$cidsim" kernel explore nosuch small.scn
bad "weak memory beside a model" 2 "kernel: small\.scn:4: memory = weak is for code without a model beside it" \
	"$cidsim" kernel explore "$miniature" small.scn --set explore.memory=weak
bad "I7" 2 "kernel: small\.scn: I7 depends on what came before a state, so no search can check it; " \
	"$cidsim" kernel explore "$miniature" small.scn --check I7
bad "no property" 2 "kernel: --check: 'I99' is not a property, " \
	"$cidsim" kernel explore "$miniature" small.scn --check I99
bad "steps" 2 "kernel: .*/defects/b1\.scn:[0-9]+: \[steps\] are one order of steps: cidsim run plays them" \
	"$cidsim" kernel explore "$miniature" defects/b1
bad "a property" 2 "kernel: small\.scn:4: kernel explore looks for I1 to I6 and I8 only; choose by --check" \
	"$cidsim" kernel explore "$miniature" small.scn --check "I2 stall"
bad "a grain" 2 "kernel: --grain: 'coarse' is neither step nor fine" \
	"$cidsim" kernel explore "$miniature" small.scn --grain coarse
bad "a grain and a revision" 2 "kernel: --grain fine has no model beside it: leave out --revision" \
	"$cidsim" kernel explore "$miniature" small.scn --grain fine --revision 7.0
bad "memory" 2 "kernel: --memory: a size from 16M to 64G is expected" \
	"$cidsim" kernel explore "$miniature" small.scn --memory 1K
bad "states" 2 "kernel: --max-states: " "$cidsim" kernel explore "$miniature" small.scn --max-states none
bad "an option of check" 2 "kernel: explore goes without --time, --steps, --seed and --replay" \
	"$cidsim" kernel explore "$miniature" small.scn --steps 10
bad "an option of explore" 2 'kernel: --memory is an option of `kernel explore`' \
	"$cidsim" kernel check "$miniature" --memory 1G
bad "one output" 2 "kernel: -o takes one SCENARIO" \
	"$cidsim" kernel explore "$miniature" small.scn explore/b1 -o x.scn
bad "no compiler" 3 "kernel: no C compiler: " env CC=nosuch-cc "$cidsim" kernel explore "$miniature" small.scn
finish
