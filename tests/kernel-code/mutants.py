#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""mutants.py CIDSIM TREE [--check] [NAME...]

Edits of the code of TREE as a patch author could make them by mistake, and after how many steps each is noticed: by
`kernel check` beside the model, by `kernel check` of the code alone, and by `kernel explore`, beside the model and
alone. Prints the table of docs/kernel.md. With --check only that beside the model, and the exit status says whether
each is noticed that must be. TREE is only read. "mutants.py list" says what there is.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from position import (CORE, SCHED, apply, asks, asks_first, asks_less, asks_more, assigns, calls, first_of, loop_begins,
                      repeats, stays, turns, unguarded)

FILES = [CORE, SCHED, 'include/linux/rseq_types.h', 'include/linux/mm_types.h', 'include/linux/sched.h']
STEPS, STATES = 2_000_000, 800_000
# Machines of all orders, from the smallest on: what is looked for beside the model, and where the code is alone.
# After a failed exec (b11, b7) the code breaks other properties as it is.
ALL = 'I1 I2 I3 I4 I5 I6 I8'
MACHINES = [('b11', 'I2'), ('b1', ALL), ('b4', ALL)]
EXEC = [('b7', 'I2')]
FINE = MACHINES[1:2]

TASK_WALK, CPU_WALK = 'mm_cid_fixup_tasks_to_cpus', 'mm_cid_fixup_cpus_to_tasks'
UPDATE, THRESHOLD, RANGE = 'mm_update_max_cids', 'mm_cid_calc_pcpu_thrs', '__mm_update_max_cids'
FORK, EXIT, LEAVE = 'sched_mm_cid_fork', 'sched_mm_cid_exit', 'sched_mm_cid_remove_user'
DONE, NOTHING = 'mm_cid_complete_transit', '(void)0'

# Not noticed beside the model: they do the same; the line never runs; only what comes in within a step shows them.
UNNOTICED = ['walk-marks-twice', 'in-forgets-drop', 'get-not-atomic', 'converge-retakes']
# Name: effect, file, edits, larger machines.
MUTANTS = {
    # The flip, and when it comes
    'flip-sets-transit': ('the flip sets TRANSIT and does not toggle it', CORE, [
        calls(UPDATE, 'WRITE_ONCE', 'WRITE_ONCE(mc->mode, MM_CID_TRANSIT | (percpu ? 0 : MM_CID_ONCPU))')]),
    'flip-without-transit': ('the flip has no TRANSIT', CORE, [
        calls(UPDATE, 'WRITE_ONCE', 'WRITE_ONCE(mc->mode, percpu ? 0 : MM_CID_ONCPU)')]),
    'enters-early': ('per-CPU mode comes one user early', CORE, [turns(UPDATE, ' > ', 1, ' >= ')]),
    'enters-late': ('per-CPU mode comes one user late', CORE, [asks_more(UPDATE, 2, ' + 1')]),
    'leaves-early': ('per-CPU mode ends one user early', CORE, [turns(UPDATE, ' < ', 1, ' <= ')]),
    'leaves-late': ('per-CPU mode ends one user late', CORE, [asks_more(UPDATE, 3, ' - 1')]),
    'threshold-two-thirds': ('the threshold is two thirds, not three quarters', CORE, [
        turns(THRESHOLD, '/ 4', 1, '/ 3')]),
    'threshold-zero': ('the threshold may be 0', CORE, [first_of(THRESHOLD, 'max', 1)]),
    'range-a-half': ('a half more numbers than needed, not a quarter', CORE, [turns(RANGE, '/ 4', 1, '/ 2')]),
    'range-over-all': ('max_cids may be more than there are CPUs', CORE, [first_of(RANGE, 'min', 2)]),
    'affinity-keeps-threshold': ('a wider affinity leaves the threshold as it is', CORE, [
        stays('mm_update_cpus_allowed', 'pcpu_thrs')]),
    'new-mm-keeps-transit': ('a new mm keeps TRANSIT of its mode (B12)', CORE, [
        assigns('mm_init_cid', 'mode', 'mm->mm_cid.mode & MM_CID_TRANSIT')], [('b12', 'I2')]),
    # The walks
    'walk-skips-a-cpu': ('the walk of CPUs skips CPU 0', CORE, [loop_begins(CPU_WALK, ' if (cpu == 0) continue;')]),
    'walk-forgets-idle': ('the walk of CPUs does not drop what an idle CPU owns', CORE, [
        calls(CPU_WALK, 'mm_drop_cid_on_cpu', NOTHING)]),
    'walk-marks-unset': ('the walk of CPUs marks an UNSET word (B7)', CORE, [asks_less(CPU_WALK, -1)], EXEC),
    'walk-marks-twice': ('the walk of CPUs marks what is in transit', CORE, [asks_first(CPU_WALK, -1)]),
    'walk-takes-inactive': ('the walk of CPUs marks the word of a task that is in exec', CORE, [
        asks_first(CPU_WALK, 2)], EXEC),
    'walk-without-rq-lock': ('the walk of CPUs takes no rq lock', CORE, [unguarded(CPU_WALK, NOTHING)]),
    'walk-skips-newest': ('the walk of tasks skips the newest user', CORE, [
        loop_begins(TASK_WALK, ' if (mm->mm_cid.user_list.first == &t->mm_cid.node) continue;')]),
    'walk-skips-second': ('the walk of tasks skips the user before the newest', CORE, [
        loop_begins(TASK_WALK, ' if (mm->mm_cid.user_list.first->next == &t->mm_cid.node) continue;')]),
    'walk-skips-oldest': ('the walk of tasks skips the oldest user', CORE, [
        loop_begins(TASK_WALK, ' if (!t->mm_cid.node.next) continue;')]),
    'walk-visits-initiator': ('the walk of tasks visits its own task, too', CORE, [asks(TASK_WALK, 1, '1')]),
    'walk-unsets-running': ('the walk of tasks drops what a running task owns', CORE, [
        asks('mm_cid_fixup_task_to_cpu', 2, '0')]),
    'walk-keeps-sleeping': ('the walk of tasks leaves a sleeping task its number', CORE, [
        calls('mm_cid_fixup_task_to_cpu', 'mm_unset_cid_on_task', NOTHING)]),
    'walk-forgets-cpu-word': ('in transit to its CPU, but the CPU does not know', CORE, [
        stays('mm_cid_transit_to_cpu', 'cid')]),
    'walk-forgets-cpu-word-back': ('in transit to its task, but the CPU does not know', CORE, [
        stays('mm_cid_transit_to_task', 'cid')]),
    'window-open': ('the window to per-task mode is not completed', CORE, [calls(CPU_WALK, DONE, NOTHING)]),
    'window-open-back': ('the window to per-CPU mode is not completed', CORE, [calls(TASK_WALK, DONE, NOTHING)]),
    'window-early': ('the window is completed before the walk of CPUs, too', CORE, [
        turns(CPU_WALK, r'\bfor_each_possible_cpu', 1, f'{DONE}(mm, 0); for_each_possible_cpu')]),
    'window-other-mode': ('the window to per-CPU mode ends in per-task mode', CORE, [
        calls(TASK_WALK, DONE, f'{DONE}(mm, 0)')]),
    # Forks, exits
    'fork-not-listed': ('a new user is not in the list', CORE, [
        calls('sched_mm_cid_add_user', 'hlist_add_head', NOTHING)]),
    'fork-forgets-cpu-word': ('the first user is not told to its CPU', CORE, [stays(FORK, 'pcp->cid')], EXEC),
    'fork-leaves-child': ('a child gets no number in per-task mode', CORE, [asks(FORK, 4, '0')]),
    'fork-serves-child': ('a child gets a number in per-CPU mode', CORE, [asks(FORK, 4, '1')]),
    'fork-keeps-parent': ('the parent that flips keeps its number', CORE, [calls(FORK, 'mm_cid_transit_to_cpu', NOTHING)]),
    'fork-without-mutex': ('forks take no mutex', CORE, [unguarded(FORK, NOTHING)]),
    'exit-without-mutex': ('exits take no mutex', CORE, [unguarded(EXIT)]),
    'exit-forgets-number': ('who leaves does not drop its number', CORE, [
        calls(LEAVE, 'mm_unset_cid_on_task', 't->mm_cid.cid = MM_CID_UNSET')]),
    'exit-forgets-transit': ('who leaves in transit does not drop its number', CORE, [stays(LEAVE, 'cid')]),
    'exit-keeps-cpu': ('the exit that flips does not drop what its CPU owns', CORE, [
        calls(EXIT, 'mm_drop_cid_on_cpu', NOTHING)]),
    'exit-without-walk': ('the exit that flips does not walk', CORE, [calls(EXIT, CPU_WALK, NOTHING)]),
    'last-too-early': ('an exit with two users is as that of the last one', CORE, [turns(EXIT, ' > 1', 1, ' > 2')]),
    'last-keeps-cpu': ('the last user leaves its number with its CPU', CORE, [
        calls(EXIT, 'mm_cid_transit_to_task', NOTHING)], EXEC),
    # Numbers
    'drop-without-oncpu': ('what the CPU has is dropped without the test of ONCPU (B4)', SCHED, [
        asks('mm_drop_cid_on_cpu', 1, '1')], EXEC),
    'drop-missing': ('a CPU gives up its number and does not drop it', SCHED, [
        calls('mm_drop_cid_on_cpu', 'mm_drop_cid', NOTHING)]),
    'drop-twice': ('a task drops its number twice', SCHED, [repeats('mm_unset_cid_on_task', 'mm_drop_cid')]),
    'get-not-atomic': ('a free number is taken by two accesses', SCHED, [
        asks('__mm_get_cid', 2, '(set_bit(cid, mm_cidmask(mm)), 0)')]),
    'get-spins-in-range': ('a get that spins looks below max_cids only', SCHED, [
        turns('mm_get_cid', r'num_possible_cpus\(\)', 1, 'READ_ONCE(mm->mm_cid.max_cids)')]),
    'converge-drops-first': ('converge drops its number before it has a better one', SCHED, [
        calls('mm_cid_converge', 'mm_drop_cid', NOTHING),
        turns('mm_cid_converge', r'\bnew_cid = ', 1, 'mm_drop_cid(mm, cid); new_cid = ')]),
    'converge-retakes': ('that, and takes it again if there is no better one', SCHED, [
        calls('mm_cid_converge', 'mm_drop_cid', NOTHING),
        turns('mm_cid_converge', r'\bnew_cid = ', 1, 'mm_drop_cid(mm, cid); new_cid = '),
        turns('mm_cid_converge', r'\breturn orig_cid', 2, 'set_bit(cid, mm_cidmask(mm)); return orig_cid')]),
    'converge-keeps': ('converge does not drop the number that it gives up', SCHED, [
        calls('mm_cid_converge', 'mm_drop_cid', NOTHING)]),
    'converge-loses-oncpu': ('converge loses ONCPU', SCHED, [turns('mm_cid_converge', 'MM_CID_ONCPU', 1, '0')]),
    # Switches
    'out-settles-in-transit': ('a task settles without the test of TRANSIT', SCHED, [asks_less('mm_cid_schedout', 2)]),
    'out-settles-high': ('a task settles without the test of max_cids', SCHED, [asks_first('mm_cid_schedout', 2)]),
    'out-never-settles': ('no task settles', SCHED, [asks('mm_cid_schedout', 2, '0')]),
    'out-settles-as-task': ('in per-CPU mode a task settles as the owner of its number', SCHED, [
        asks('mm_cid_schedout', 3, '0')]),
    'out-forgets-drop': ('a task in transit switches out and does not drop', SCHED, [
        calls('mm_cid_schedout', 'mm_drop_cid', NOTHING)]),
    'out-keeps-word': ('a task in transit drops its number and keeps it', SCHED, [
        stays('mm_cid_schedout', 'prev->mm_cid.cid')]),
    'in-forgets-drop': ('a task whose CPU has a number does not drop its own', SCHED, [
        calls('mm_cid_from_cpu', 'mm_unset_cid_on_task', 't->mm_cid.cid = MM_CID_UNSET')]),
    'in-keeps-cpu': ('a CPU whose task has a number does not drop its own', SCHED, [
        calls('mm_cid_from_task', 'mm_drop_cid_on_cpu', NOTHING)], EXEC),
    'in-forgets-transit': ('a switch in the window to per-CPU mode sets no TRANSIT', SCHED, [
        asks('mm_cid_from_cpu', 6, '0')]),
    'in-forgets-transit-back': ('a switch in the window to per-task mode sets no TRANSIT', SCHED, [
        stays('mm_cid_from_task', 'tcid')]),
    'in-never-converges': ('a CPU whose number is too high keeps it', SCHED, [asks('mm_cid_from_cpu', 2, '1')]),
    'in-takes-inactive': ('a task in exec gets a number', SCHED, [asks('mm_cid_schedin', 1, '0')], EXEC),
}


def copy(tree, folder, edits=(), file=None):
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(tree) / name, folder / name)
    for edit in edits:
        apply(folder, file, edit)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 4):
        sys.exit(f'{" ".join(map(str, command))}: {done.stderr or done.stdout}')
    return done.stdout


def spaced(number):
    return f'{int(number):,}'.replace(',', ' ')


def checked(cidsim, folder, revision, grain='step'):
    """The step in which random orders notice it, or None."""
    out = run(cidsim, 'kernel', 'check', folder, '--revision', revision, '--grain', grain, '--steps', str(STEPS))
    found = re.search(r'^  (difference|broken) +step (\d+): (I\d)?', out, re.M)
    if found:
        what = found[3] or ('warns' if revision == 'none' else '')
        return f'{spaced(found[2])}{" fine" * (grain == "fine")}{", " * bool(what)}{what}'
    died = re.search(r' (loops|crashes): ', out.split('\n')[0])
    return died and f'{spaced(re.search(r"steps +([0-9]+)", out)[1])}, {died[1]}'


def explored(cidsim, folder, machines, alone, grain='step'):
    """On which machine all orders notice it, after how many events and states; or None."""
    for machine, check in machines:
        how = ['--check', check, '--grain', grain, '--max-states', str(STATES)] + ['--revision', 'none'] * alone
        report = json.loads(run(cidsim, 'kernel', 'explore', folder, f'explore/{machine}', '--json', *how))
        if report['verdict'] not in ('holds', 'undecided'):
            what = report['property'] or (report['verdict'] if report['verdict'] in ('loops', 'crashes') else
                                          'warns' if alone else '')
            return (f'{machine}{" fine" * (grain == "fine")}: {report["depth"]} events, '
                    f'{spaced(report["states"])} states{", " * bool(what)}{what}')
    return None


def check(cidsim, tree, folder, names):
    wrong = 0
    for name in names:
        _, file, edits, *_ = MUTANTS[name]
        copy(tree, folder, edits, file)
        found = checked(cidsim, folder, '7.1')
        print(f'{name}: {found}', flush=True)
        wrong += (found is None) != (name in UNNOTICED)
    sys.exit(wrong > 0)


def main(cidsim, tree=None, *names):
    if cidsim == 'list':
        for name, (effect, *_) in MUTANTS.items():
            print(f'{name}: {effect}')
        return
    if '--check' in names:
        with tempfile.TemporaryDirectory() as room:
            check(cidsim, tree, Path(room) / 'tree', [name for name in names if name != '--check'] or MUTANTS)
    print('| mutant | effect | check | check, alone | explore | explore, alone |\n|-|-|-|-|-|-|')
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / 'tree'
        for name in names or MUTANTS:
            effect, file, edits, *more = MUTANTS[name]
            machines = MACHINES + (more[0] if more else [])
            copy(tree, folder, edits, file)
            cells = [checked(cidsim, folder, '7.1'),
                     checked(cidsim, folder, 'none') or checked(cidsim, folder, 'none', 'fine'),
                     explored(cidsim, folder, machines, False),
                     explored(cidsim, folder, machines, True) or explored(cidsim, folder, FINE, True, 'fine')]
            print(f'| {name} | {effect} | {" | ".join(cell or "-" for cell in cells)} |', flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
