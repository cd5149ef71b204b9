#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""vary.py FOLDER NAME...

Edits the kernel tree in FOLDER, a copy, such that it behaves as before a public fix: NAME says which one.
"vary.py list" says what there is. An edit is a position in a function and its effect. Text that is put in is
written for this test, from docs/protocol.md.
"""
import re
import sys

from mutate import blank_comments

CORE, SCHED = 'kernel/sched/core.c', 'kernel/sched/sched.h'


def closing(text, at):
    """Behind the bracket that closes the one at @at."""
    pairs, depth = {'(': ')', '{': '}'}, 0
    for i in range(at, len(text)):
        depth += (text[i] == text[at]) - (text[i] == pairs[text[at]])
        if depth == 0:
            return i + 1
    sys.exit('a bracket is open')


def body(text, function):
    """Begin and end of the body of @function."""
    for match in re.finditer(rf'^\w[^;{{}}]*\b{function}\(', text, re.M):
        end = closing(text, match.end() - 1)
        brace = re.compile(r'\s*\{').match(text, end)
        if brace:
            return brace.end(), closing(text, brace.end() - 1)
    sys.exit(f'no function {function}')


def condition(text, function, number):
    """What the if with that number, from 1 on or from the end, asks for."""
    begin, end = body(text, function)
    found = [begin + m.end() for m in re.finditer(r'\bif \(', text[begin:end])]
    at = found[number - 1 if number > 0 else number]
    return at, closing(text, at - 1) - 1


def asks(function, number, value):
    """An if that is always, or never, taken."""
    return lambda text: (*condition(text, function, number), value)


def asks_less(function, number):
    """An if without the first of its two conditions."""
    def edit(text):
        begin, end = condition(text, function, number)
        return begin, begin + text[begin:end].index('&&') + 2, ''
    return edit


def calls(function, callee, other):
    """@other in place of the call of @callee."""
    def edit(text):
        begin, end = body(text, function)
        at = begin + re.search(rf'\b{callee}\(', text[begin:end]).start()
        return at, closing(text, text.index('(', at)), other
    return edit


def loops(function, other):
    """@other in place of the loop."""
    def edit(text):
        begin, end = body(text, function)
        match = re.search(r'\b(for|\w*for_each\w*)\s*\(', text[begin:end])
        brace = text.index('{', closing(text, begin + match.end() - 1))
        return begin + match.start(), closing(text, brace), other
    return edit


def assigns(function, member, other):
    """Another value for @member."""
    def edit(text):
        begin, end = body(text, function)
        match = re.search(rf'\.{member} = ([^;]*);', text[begin:end])
        return begin + match.start(1), begin + match.end(1), other
    return edit


# The task walk of section 7: the initiator's group, then all that share the mm; in the order in which they were
# counted, as in the model. (A kernel's lists have the order in which tasks were made.) cs_visible is the shim's.
WALK = '''{ struct task_struct *of[96]; unsigned int n = 0, own = 0, i, left;
left = mm->mm_cid.users > %d ? mm->mm_cid.users - %d : 0;
hlist_for_each_entry(t, &mm->mm_cid.user_list, mm_cid.node) of[n++] = t;
while (of[own] != current) own++;
for (i = 1; i < n; i++) {
	t = of[(own + n - i) %% n];
	if (!same_thread_group(t, current) || !t->cs_visible) continue;
	mm_cid_fixup_task_to_cpu(t, mm);
	left -= left > 0;
}
for (i = left ? n : 0; i-- > 0;) {
	if (of[i] == current || !of[i]->cs_visible) continue;
	mm_cid_fixup_task_to_cpu(of[i], mm);
	%s
} }'''
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
    'B6': ('28b5a1395036', [(CORE, loops(TASK_WALK, WALK % (1, 1, 'if (--left == 0) break;')))]),
    'budget': ('b2e48c429ec5', [(CORE, loops(TASK_WALK, WALK % (2, 2, 'if (--left == 0) break;')))]),
    'B4': ('1e83ccd5921a', [(SCHED, asks('mm_drop_cid_on_cpu', 1, '1'))]),
    'settle': ('4463c7aa11a6', [(SCHED, asks('mm_cid_schedout', 2, '0'))]),
    'B3': ('007d84287c74', [(CORE, calls('sched_mm_cid_exit', 'mm_drop_cid_on_cpu', HAND))]),
    'B1': ('4327fb13fa47', [(CORE, calls('mm_update_max_cids', 'WRITE_ONCE', FLIP)),
                            (CORE, calls('mm_cid_transit_to_cpu', 'cid_to_transit_cid',
                                         'cid_to_cpu_cid(t->mm_cid.cid)'))]),
    'B12': ('', [(CORE, assigns('mm_init_cid', 'mode', 'mm->mm_cid.mode & MM_CID_TRANSIT'))]),
}


def apply(folder, file, edit):
    with open(f'{folder}/{file}', encoding='utf-8') as source:
        text = source.read()
    begin, end, other = edit(blank_comments(text))
    with open(f'{folder}/{file}', 'w', encoding='utf-8') as source:
        source.write(text[:begin] + other.replace('\n', ' ') + text[end:])


def main(folder, *names):
    if folder == 'list':
        for name, (commit, _) in VARIANTS.items():
            print(name, commit)
    for name in names:
        for file, edit in VARIANTS[name][1]:
            apply(folder, file, edit)


main(*sys.argv[1:])
