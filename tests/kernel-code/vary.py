#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""vary.py FOLDER NAME...

Edits the kernel tree in FOLDER, a copy, such that it behaves as before a public fix: NAME says which one.
"vary.py list" says what there is. An edit is a position in a function and its effect. Text that is put in is
written for this test, from docs/protocol.md.
"""
import sys

from position import CORE, SCHED, apply, asks, asks_less, assigns, calls, loops

# The task walk of section 7: the initiator's thread group, from behind the initiator on and around; then the tasks
# of the system that share the mm. The lists have tasks that are not active, too.
WALK = '''{ struct task_struct *g; unsigned int left = mm->mm_cid.users > %d ? mm->mm_cid.users - %d : 0;
for_other_threads(current, t) {
	if (!t->mm_cid.active) continue;
	mm_cid_fixup_task_to_cpu(t, mm);
	left -= left > 0;
}
if (left) for_each_process_thread(g, t) {
	if (t == current || t->mm != mm || !t->mm_cid.active) continue;
	mm_cid_fixup_task_to_cpu(t, mm);
	%s
} }'''
STOP = 'if (--left == 0) break;'
# Towards per CPU, without TRANSIT: the number is the CPU's at once.
FLIP = 'WRITE_ONCE(mc->mode, percpu ? MM_CID_TRANSIT : MM_CID_ONCPU)'
# The task that exits gets what the CPU owns, in transit.
HAND = '''({ struct mm_cid_pcpu *mine = this_cpu_ptr(mm->mm_cid.pcpu);
if (mine->cid & MM_CID_ONCPU) current->mm_cid.cid = mine->cid = mine->cid ^ (MM_CID_ONCPU | MM_CID_TRANSIT); })'''

TASK_WALK, CPU_WALK = 'mm_cid_fixup_tasks_to_cpus', 'mm_cid_fixup_cpus_to_tasks'

# Name, of the defect or of what it undoes; the commit; the edits.
VARIANTS = {
    'B7': ('de3ab9bd3133', [(CORE, asks_less(CPU_WALK, -1))]),
    'list': ('192d852129b1', [(CORE, loops(TASK_WALK, WALK % (1, 1, '')))]),
    'B6': ('28b5a1395036', [(CORE, loops(TASK_WALK, WALK % (1, 1, STOP)))]),
    'budget': ('b2e48c429ec5', [(CORE, loops(TASK_WALK, WALK % (2, 2, STOP)))]),
    'B4': ('1e83ccd5921a', [(SCHED, asks('mm_drop_cid_on_cpu', 1, '1'))]),
    'settle': ('4463c7aa11a6', [(SCHED, asks('mm_cid_schedout', 2, '0'))]),
    'B3': ('007d84287c74', [(CORE, calls('sched_mm_cid_exit', 'mm_drop_cid_on_cpu', HAND))]),
    'B1': ('4327fb13fa47', [(CORE, calls('mm_update_max_cids', 'WRITE_ONCE', FLIP)),
                            (CORE, calls('mm_cid_transit_to_cpu', 'cid_to_transit_cid',
                                         'cid_to_cpu_cid(t->mm_cid.cid)'))]),
    'B12': ('', [(CORE, assigns('mm_init_cid', 'mode', 'mm->mm_cid.mode & MM_CID_TRANSIT'))]),
}


def main(folder, *names):
    if folder == 'list':
        for name, (commit, _) in VARIANTS.items():
            print(name, commit)
    for name in names:
        for file, edit in VARIANTS[name][1]:
            apply(folder, file, edit)


main(*sys.argv[1:])
