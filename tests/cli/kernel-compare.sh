#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# `kernel compare`, and `affected TREE`, on the miniature tree and edits of it. Usage: kernel-compare.sh CIDSIM
# SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
miniature=$(realpath "${2:-$(dirname "$0")/../..}")/tests/kernel-tree
begin "$@"
mkdir "$tmp/room"
export TMPDIR="$tmp/room" # others run at the same time
export CFLAGS=-O0         # most of the time is the compiler's
cp -r "$miniature" mini
chmod -R u+w mini

# edited NAME FILE SED: a copy of the miniature, NAME, with FILE edited
edited() {
	cp -r mini "$1"
	sed -i "$3" "$1/$2"
	! cmp -s "mini/$2" "$1/$2" || fail "$1: the edit changes nothing"
}

# The same code; stores in another order
good "a tree and itself" "$cidsim" kernel compare mini mini --steps 20000
says "it is the same" '^A and B behave the same in [0-9]+ steps on [0-9]+ machines; seed 1\.$'
says "as which revision" '^  behaves as +7\.1 +7\.1$'
flows "no effect" 'Effect on 16 loads: none\.'
edited moved kernel/sched/core.c 's/^	c->users--;$//;s/^	return decide(c);$/	c->users--;\n	return decide(c);/'
sed -i '/^static inline void switch_in/,/^}/{/t->mm_cid.cid = word;/d;s/^	__this_cpu_write/	t->mm_cid.cid = word;\n&/}' \
	moved/kernel/sched/sched.h
good "moved stores line up" "$cidsim" kernel compare mini moved --steps 20000 --json
for load in exec failed-exec vfork affinity-widen-8; do # these exits, execs and widenings lead back
	says "flips of $load" "\"name\":\"$load\",\"trees\":\[\{\"events\":[0-9]+,\"switches\":[0-9]+,\"fast\":[0-9]+,\"flips\":2,"
done
says "a load of many mms" '"name":"many-mms","trees":\[\{"events":4[0-9]{4},"switches":[0-9]+,"fast":[0-9]+,"flips":1000,'
good "moved stores line up" "$cidsim" kernel compare mini moved --steps 50000 --quiet
is "quiet" "$(cat "$tmp/out")" ""
edited barrier kernel/sched/core.c 's/^	smp_mb();$/	smp_mb();\n	smp_mb();/'
good "a barrier more lines up" "$cidsim" kernel compare barrier mini --steps 50000 --quiet

# A cap of two thirds
edited wide kernel/sched/core.c 's,num_possible_cpus() / 2,num_possible_cpus() * 2 / 3,'
call "$cidsim" kernel compare mini wide --steps 150000
is "two thirds differ" "$status" 1
says "they differ" '^A and B behave differently: [0-9]+ events on [0-9]+ CPUs? show it\.$'
says "no revision" '^  behaves as +7\.1 +no revision$'
says "breaks nothing" '^  breaks +nothing +nothing$'
flows "the difference" 'The difference, first found in step [0-9]+ of seed 1: kernel/sched/core\.c:[0-9]+: pcpu_thrs is [0-9]+, in B [0-9]+'
says "the story" '^ +1  (T0|CPU[0-9]+) '
says "its end" '^ +=> pcpu_thrs is [0-9]+, in B [0-9]+$'
says "how many loads" '^Effect on 5 of 16 loads '
flows "which not" 'The same in A and B: hysteresis, .*exec, .*vfork, .*many-mms'
says "flips and bit operations" '^  study/fluctuate +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+\.[0-9][0-9]$'
says "fast path and span" '^  study/fluctuate  +[0-9.]+ %  +[0-9.]+ %  +[0-9.]+  +[0-9.]+  +[0-9]+  +[0-9]+$'
is "it fits in 72 columns" "$(awk 'length > 72' "$tmp/out")" ""
cp "$tmp/out" once
call "$cidsim" kernel compare mini wide --steps 150000 -o wide.scn
is "the same bytes" "$(cat "$tmp/out")" "$(cat once)"
ending=$(sed -n 's/^ *=> //p' once)
call "$cidsim" kernel compare mini wide --replay wide.scn
is "the order is written, and played in both" "$status" 1
says "it differs again" '^A and B behave differently: [0-9]+ events on [0-9]+ CPUs? show it\.$'
is "in the same" "$(sed -n 's/^ *=> //p' "$tmp/out")" "$ending"
good "not in the same tree" "$cidsim" kernel compare mini mini --replay wide.scn
says "it says so" '^A and B behave the same in [0-9]+ steps on 1 machine; seed 1\.$'
call "$cidsim" kernel compare mini wide --replay wide.scn --json
says "replay: JSON" '^\{"verdict":"different","steps":[0-9]+,"seconds":[0-9.]+,"seed":1,"trees":\[\{"tree":"mini"\},\{"tree":"wide"\}\],"differences":\[\{'
call "$cidsim" kernel check wide --replay wide.scn -o beside.scn
is "the model plays it, too" "$status" 1
good "then it is a scenario" "$cidsim" run -q beside.scn
sed 's/^\(# code: .*\)/\1 alone/' wide.scn >alone.scn
bad "of code alone" 2 "kernel: --replay: alone\.scn is of code that ran alone: " \
	"$cidsim" kernel compare mini wide --replay alone.scn
bad "replay and steps" 2 "kernel: --replay goes without --revision" \
	"$cidsim" kernel compare mini wide --replay wide.scn --steps 10
call "$cidsim" kernel compare wide mini --steps 150000 --json --jobs 2 --seed 3
is "the other way round" "$status" 1
says "JSON" '^\{"verdict":"different","steps":[0-9]+,"seconds":[0-9.]+,"seed":[34],"trees":\[\{"tree":"wide","verdict":"differs","revision":"7\.1","violations":\[\],'
says "JSON: the difference" '"differences":\[\{"step":[0-9]+,"file":"kernel/sched/core\.c","line":[0-9]+,"what":"pcpu_thrs is '
says "JSON: loads" '"loads":\[\{"name":"hysteresis","trees":\[\{"events":[0-9]+,"switches":[0-9]+,"fast":[0-9]+,"flips":6,'
call "$cidsim" kernel compare mini wide --time 3ms
is "too little time" "$status" 4
says "loads without time" '^  Stopped before these: '
says "undecided" '^Undecided: no difference in [0-9]+ steps; '

# Thresholds that an affinity change leaves as they are
edited still kernel/sched/core.c '/^	if (!is_cpus(c->mode))$/,/^}/{/c->pcpu_thrs = threshold(c);/d}'
call "$cidsim" kernel compare mini still --steps 20000
is "a threshold that stays" "$status" 1
says "what shows it" '^A and B behave differently: loads show it, but no order in [0-9]+ steps\.$'
says "more flips of that load" '^  affinity-widen-8 +[0-9]+ +2 +1 '

# Code that crashes, where the other does not
edited crash kernel/sched/core.c 's/^	bool last = false;/&\n	if (mm->mm_cid.users == 3) *(int *)8 = 1;/'
call "$cidsim" kernel compare mini crash --steps 20000
is "a crash is a difference" "$status" 1
says "it crashes" '^  behaves as +7\.1 +it crashes$'
call "$cidsim" kernel compare crash crash --steps 20000
is "two crashes are undecided" "$status" 4

# What a revision breaks: the walk of 7.0-fork, with its budget (B6), over the kernel's lists of tasks
cat >body <<'END'
	struct task_struct *group;
	unsigned int left = mm->mm_cid.users - 1;

	for_other_threads(current, t) {
		if (!t->mm_cid.active)
			continue;
		visit_task(t);
		left -= left > 0;
	}
	if (left) for_each_process_thread(group, t) {
		if (t == current || t->mm != mm || !t->mm_cid.active)
			continue;
		visit_task(t);
		if (--left == 0)
			break;
	}
END
edited b6 kernel/sched/core.c '/^	hlist_for_each_entry(t, &mm->mm_cid.all_users/,/^	}/{/^	}/r body
d}'
call "$cidsim" kernel check b6 --revision 7.0-fork --steps 400000
is "a revision that breaks a property" "$status" 1
says "it agrees with it" '^b6 behaves as 7\.0-fork, and breaks a property$'
flows "which one" 'broken step [0-9]+: I5, a CID is owned the other way round than the mode says'
says "the properties" '^  properties +broken: I5$'
says "the story" '^ +=> a CID is owned the other way round than the mode says$'

# Which defects a tree has
call "$cidsim" affected ./b6 --steps 400000
is "affected: a tree" "$status" 1
says "affected: as which revision" '^\./b6 behaves as revision 7\.0-fork in [0-9]+ steps\.$'
says "affected: yes" '^  B6   yes      users in another thread group \(CVE-2026-43417\)$'
says "affected: the way" '^ +cidsim explore explore/b6 --revision 7\.0-fork$'
says "affected: no" '^  B4   no '
call "$cidsim" affected wide --steps 400000
is "affected: no revision" "$status" 4
flows "affected: the nearest" '^wide behaves as no revision of the protocol; 7\.1 is the nearest\. kernel/sched/core\.c:[0-9]+: pcpu_thrs is '
is "affected: all unknown" "$(sed -nE 's/^  B[0-9]+ +(no|yes|unknown) .*/\1/p' "$tmp/out" | sort | uniq -c | tr -s ' ')" " 12 unknown"
says "affected: what the nearest has" '^ +7\.1 has it: no; fixed by 1e83ccd5921a, revision 6\.19\.1$'
call "$cidsim" affected "$PWD/mini" --steps 400000 --json
is "affected --json" "$status" 1
says "affected --json" '^\{"tree":"/.*/mini","behaves_as_a_revision":true,"steps":[0-9]+,"oldest":"7\.0","newest":"7\.1",'

# Usage
bad "one tree" 2 "kernel: compare takes two TREEs" "$cidsim" kernel compare mini
bad "three" 2 "kernel: compare takes two TREEs" "$cidsim" kernel compare mini mini mini
bad "a revision" 2 "kernel: compare goes without --revision and --grain" \
	"$cidsim" kernel compare mini mini --revision 7.1
bad "no such tree" 3 "kernel: nosuch: no such folder" "$cidsim" kernel compare mini nosuch
bad "no compiler" 3 "kernel: no C compiler: " env CC=nosuch-cc "$cidsim" kernel compare mini mini
mkdir none
bad "no scenarios" 3 "kernel: the scenario hysteresis did not ship" \
	env CIDSIM_SCENARIOS="$PWD/none" "$cidsim" kernel compare mini mini --steps 1000
bad "affected: no such tree" 3 "affected: \./nosuch: no such folder" "$cidsim" affected ./nosuch
bad "affected: --with" 2 "affected: --with goes with a VERSION" "$cidsim" affected ./mini --with abc
bad "affected: --steps" 2 "affected: --steps goes with a TREE" "$cidsim" affected 7.1 --steps 400000
bad "affected: few steps" 2 "affected: --steps: " "$cidsim" affected ./mini --steps 10
is "nothing is left" "$(ls "$TMPDIR")" ""
finish
