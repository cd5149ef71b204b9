# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""Who may take which step, and what it does: docs/protocol.md, section 2 (locks) and section 11.

A step is a line of words. M, T and C are numbers of mms, tasks and CPUs; CHILD is a new task, MASK a CPU
mask in hexadecimal; SEES, which may be absent, is the mode that a CPU reads if that can be an old one.

    leave C [SEES]            the first half of a switch
    enter C T [SEES]          the second half; -1: the CPU idles
    retry C, giveup C         of a get that spins in a switch
    migrate T C               to the queue of another CPU
    fork T CHILD, clone T CHILD    a thread; a task of a thread group of its own
    process T CHILD M MASK    a fork of a process
    show T                    walks see the child of T from now on
    failfork T                the fork of that child fails: it leaves as in an exit
    exit T, exec T            T leaves its mm
    execret T, execnew T M MASK    ends an exec: back to its mm; to a new one
    walk M, complete M        go on with a window
    get M, giveupfork M       go on with the get of a fork
    forkpart T CHILD, clonepart T CHILD    a fork up to its get, which is a step of its own
    exitpart T, decide M, change M    an exit in parts
    affinity T MASK, work M C

The answer is a word: done; window; spins; found; get (a get is due); or what the step waits for, and
then nothing has happened: rq, mutex, lock."""

from protocol import Protocol
from state import (BETWEEN, COMPLETE, FREE, GET_LOCKED, GET_MUTEX, IDLE, IN_TRANSIT, SPINS, UNSET, WALK_CPUS,
                   WALK_TASKS, Task)

# Where a task is.
KERNEL = 'kernel'     # a kernel thread
BORN = 'born'         # its fork is not over
USER = 'user'         # in user space, or in an operation that holds the mutex
SHOWS = 'shows'       # its child is counted, and no walk can see it
IN_EXEC = 'exec'      # it has left its mm
DEAD = 'dead'         # in its exit; ends when it is switched out after that
RUNNABLE = (KERNEL, USER, SHOWS, IN_EXEC)
PRESENT = (USER, SHOWS, IN_EXEC)


class Machine(Protocol):
    def __init__(self, flags, cpus, nr_cpu_ids, kernel_threads):
        super().__init__(flags, cpus, nr_cpu_ids)
        for number in range(kernel_threads):
            self.tasks[number] = Task(number, None, number, 0)
            self.tasks[number].pc = KERNEL

    # Who may do what

    def is_free(self, cpu):
        return self.cpus[cpu].phase == FREE

    def is_executing(self, task):
        return self.is_running(task) and self.is_free(task.cpu)

    def is_pinned(self, task):
        """It spins under `lock`, or waits for a rq lock, with interrupts off."""
        mm = task.holds
        return mm is not None and (mm.phase == GET_LOCKED or mm.part is not None or mm.waits)

    def goes_on(self, mm):
        return all(self.is_executing(task) for task in self.tasks.values() if task.holds is mm)

    def mutex_is_free(self, mm):
        return mm.phase == IDLE and mm.part is None

    def lock_is_free(self, mm):
        return mm.phase != GET_LOCKED and mm.part is None

    def waits_in_queue(self, task):
        return not self.is_running(task) and (
            task.pc in RUNNABLE or task.pc == DEAD and task.holds is not None)

    def can_enter(self, task, cpu):
        return self.waits_in_queue(task) and (task.cpu == cpu or self.is_free(task.cpu))

    def steps_of_cpu(self, cpu):
        place = self.cpus[cpu]
        if place.phase == FREE:
            if place.curr is None or not self.is_pinned(place.curr):
                yield f'leave {cpu}'
        elif place.phase == BETWEEN:
            yield f'enter {cpu} -1'
            for task in self.tasks.values():
                if self.can_enter(task, cpu):
                    yield f'enter {cpu} {task.id}'
        else:
            yield f'retry {cpu}'
            if self.flags['bounded-get'] and not place.found:
                yield f'giveup {cpu}'

    def steps_of_task(self, task):
        if self.waits_in_queue(task) and self.is_free(task.cpu):
            for cpu in range(self.possible):
                if cpu != task.cpu and self.is_free(cpu):
                    yield f'migrate {task.id} {cpu}'
        if task.pc in PRESENT and task.mm and self.is_free(task.cpu) and self.lock_is_free(task.mm):
            yield f'affinity {task.id}'
        if not self.is_executing(task) or task.holds is not None:
            return
        if task.pc in (USER, KERNEL):
            yield f'process {task.id}'
        if task.pc == SHOWS:
            yield f'show {task.id}'
            if self.mutex_is_free(task.partner.mm):
                yield f'failfork {task.id}'
        if task.pc == IN_EXEC:
            yield f'execnew {task.id}'
        if task.mm is not None and self.mutex_is_free(task.mm):
            if task.pc == USER:
                for verb in ('fork', 'clone', 'exit', 'exec'):
                    yield f'{verb} {task.id}'
            elif task.pc == IN_EXEC:
                yield f'execret {task.id}'

    def steps_of_mm(self, mm):
        if mm.part is not None:
            yield f'{mm.part} {mm.id}'
        elif mm.phase == IDLE:
            if mm.work:
                yield f'work {mm.id}'
        elif self.goes_on(mm):
            if mm.phase in (WALK_TASKS, WALK_CPUS):
                if self.is_free(self.walk_needs(mm)):
                    yield f'walk {mm.id}'
            elif mm.phase == COMPLETE:
                yield f'complete {mm.id}'
            else:
                yield f'get {mm.id}'
                if self.flags['bounded-get'] and mm.again and not mm.found:
                    yield f'giveupfork {mm.id}'

    def possible_steps(self):
        steps = []
        for cpu in range(self.possible):
            steps.extend(self.steps_of_cpu(cpu))
        for task in self.tasks.values():
            steps.extend(self.steps_of_task(task))
        for mm in self.mms.values():
            steps.extend(self.steps_of_mm(mm))
        return sorted(steps)

    # What they do

    def take(self, words):
        """Takes the step, and returns the answer."""
        answer = getattr(self, 'do_' + words[0])(*words[1:])
        for mm in list(self.mms.values()):
            if mm.users == 0 and self.mutex_is_free(mm) and not any(
                    task.mm is mm for task in self.tasks.values()):
                del self.mms[mm.id] # nobody has it any more
        return answer

    def do_leave(self, cpu, sees=None):
        task = self.cpus[int(cpu)].curr
        self.switch_out(int(cpu), None if sees is None else int(sees))
        if task is not None and task.pc == DEAD and task.holds is None:
            self.end(task)
        return 'done'

    def end(self, task):
        self.forget(task)
        del self.tasks[task.id]

    def do_enter(self, cpu, task, sees=None):
        after = None if task == '-1' else self.tasks[int(task)]
        self.switch_in(int(cpu), after, None if sees is None else int(sees))
        return self.answer_of_switch(int(cpu))

    def answer_of_switch(self, cpu):
        place = self.cpus[cpu]
        return 'done' if place.phase == FREE else 'found' if place.found else 'spins'

    def do_retry(self, cpu):
        self.in_gets(int(cpu))
        return self.answer_of_switch(int(cpu))

    def do_giveup(self, cpu):
        self.in_gives_up(int(cpu))
        return 'done'

    def do_migrate(self, task, cpu):
        self.tasks[int(task)].cpu = int(cpu)
        return 'done'

    # Operations that need the mutex

    def answer_of(self, mm):
        """How far an operation has come, and who is free again when it is over."""
        if mm.phase in (WALK_TASKS, WALK_CPUS, COMPLETE):
            return 'window'
        if mm.phase in (GET_LOCKED, GET_MUTEX):
            return 'found' if mm.found else 'spins' if mm.again else 'get'
        for task in list(self.tasks.values()):
            if task.holds is mm:
                task.holds = None
                child = task.partner
                if child is not None and child.pc == DEAD:
                    self.end(child)
                    task.partner = None
                elif child is not None and task.pc != SHOWS:
                    child.pc, task.partner = USER, None
        return 'done'

    def begin_fork(self, task, child, in_parts):
        """CHILD is new, or it is TASK, which comes back from an exec."""
        mm = child.mm
        task.holds = mm
        if child is not task:
            child.pc = BORN
            task.partner = child
            if self.flags['early-count']:
                task.pc = SHOWS
            else:
                self.show(child)
        self.fork_decide(task.cpu, task, child)
        if mm.phase == GET_LOCKED and not in_parts:
            self.fork_get(mm)
        return self.answer_of(mm)

    def fork_in(self, task, child, own_group, in_parts):
        parent, child = self.tasks[int(task)], int(child)
        if not self.mutex_is_free(parent.mm):
            return 'mutex'
        self.tasks[child] = Task(child, parent.mm, child if own_group else parent.group, parent.cpu)
        return self.begin_fork(parent, self.tasks[child], in_parts)

    def do_fork(self, task, child):
        return self.fork_in(task, child, False, False)

    def do_forkpart(self, task, child):
        return self.fork_in(task, child, False, True)

    def do_clone(self, task, child):
        return self.fork_in(task, child, True, False)

    def do_clonepart(self, task, child):
        return self.fork_in(task, child, True, True)

    def do_process(self, task, child, number, mask):
        parent, child = self.tasks[int(task)], int(child)
        mm = self.mm_create(int(number), int(mask, 16))
        if parent.mm is not None and self.flags['init-keeps-transit']:
            mm.mode |= parent.mm.mode & IN_TRANSIT
        self.tasks[child] = Task(child, mm, child, parent.cpu)
        return self.begin_fork(parent, self.tasks[child], False)

    def do_show(self, task):
        task = self.tasks[int(task)]
        self.show(task.partner)
        task.partner.pc, task.partner = USER, None
        task.pc = KERNEL if task.mm is None else USER
        return 'done'

    def do_failfork(self, task):
        parent = self.tasks[int(task)]
        child = parent.partner
        if not self.mutex_is_free(child.mm):
            return 'mutex'
        parent.pc = KERNEL if parent.mm is None else USER
        return self.begin_exit(child, DEAD, parent, False)

    def do_get(self, number):
        mm = self.mms[int(number)]
        self.fork_get(mm)
        return self.answer_of(mm)

    def do_giveupfork(self, number):
        mm = self.mms[int(number)]
        self.fork_has(mm, UNSET)
        return self.answer_of(mm)

    def begin_exit(self, task, pc, by, in_parts):
        mm = task.mm
        if not self.mutex_is_free(mm):
            return 'mutex'
        task.pc, by.holds = pc, mm
        self.exit_leave(by.cpu, task)
        mm.initiator, mm.initiator_cpu = task, by.cpu
        if in_parts:
            mm.part = 'decide'
            return 'done'
        if self.exit_decide(mm):
            self.exit_change(mm, by.cpu)
        else:
            mm.release()
        return self.answer_of(mm)

    def do_exit(self, task):
        task = self.tasks[int(task)]
        return self.begin_exit(task, DEAD, task, False)

    def do_exitpart(self, task):
        task = self.tasks[int(task)]
        return self.begin_exit(task, DEAD, task, True)

    def do_decide(self, number):
        mm = self.mms[int(number)]
        mm.part = None
        if self.exit_decide(mm):
            mm.part = 'change'
            return 'window'
        mm.release()
        return self.answer_of(mm)

    def do_change(self, number):
        mm = self.mms[int(number)]
        mm.part = None
        self.exit_change(mm, mm.initiator_cpu)
        return 'done'

    def do_exec(self, task):
        task = self.tasks[int(task)]
        return self.begin_exit(task, IN_EXEC, task, False)

    def do_execret(self, task):
        task = self.tasks[int(task)]
        if not self.mutex_is_free(task.mm):
            return 'mutex'
        task.pc = USER
        return self.begin_fork(task, task, False)

    def do_execnew(self, task, number, mask):
        task = self.tasks[int(task)]
        self.forget(task)
        task.mm, task.group, task.pc = self.mm_create(int(number), int(mask, 16)), task.id, USER
        self.show(task)
        return self.begin_fork(task, task, False)

    # Windows

    def do_walk(self, number):
        mm = self.mms[int(number)]
        mm.waits = 0
        cpu = self.walk_needs(mm)
        if not self.is_free(cpu):
            mm.waits = 1
            return 'rq'
        self.walk(mm)
        return 'done' if mm.phase == COMPLETE else 'window'

    def do_complete(self, number):
        mm = self.mms[int(number)]
        self.complete(mm)
        return self.answer_of(mm)

    # Affinity

    def do_affinity(self, task, mask):
        task = self.tasks[int(task)]
        if not self.is_free(task.cpu):
            return 'rq'
        if not self.lock_is_free(task.mm):
            return 'lock'
        self.affinity_change(task, int(mask, 16))
        return 'done'

    def do_work(self, number, cpu):
        mm = self.mms[int(number)]
        if not self.mutex_is_free(mm):
            return 'mutex'
        self.deferred_work(mm, int(cpu))
        return self.answer_of(mm)

    # The state as a line of numbers

    def values(self):
        line = []
        add = line.extend
        for cpu in self.cpus:
            add((-1 if cpu.curr is None else cpu.curr.id, cpu.phase, cpu.mode if cpu.phase == SPINS else 0,
                 cpu.found))
        for mm in sorted(self.mms.values(), key=lambda mm: mm.id):
            held = mm.phase != IDLE
            cursor = -1
            if mm.phase == WALK_TASKS:
                cursor = mm.cursor.id
            elif mm.phase == WALK_CPUS:
                cursor = mm.cursor
            add((mm.id, mm.users, mm.nr_cpus_allowed, mm.max_cids, mm.pcpu_thrs, mm.mode,
                 mm.update_deferred, mm.phase, mm.initiator.id if held and mm.initiator else -1,
                 mm.initiator_cpu if held else -1, mm.child.id if held and mm.child else -1, cursor, mm.found,
                 mm.work, mm.waits, mm.faults, '%x' % mm.allowed, '%x' % mm.pool))
            add(mm.words)
        for task in sorted(self.tasks.values(), key=lambda task: task.id):
            add((task.id, task.mm.id if task.mm else -1, task.active, task.visible, task.group, task.cpu,
                 task.word))
        return line

    def names(self):
        """What each of the values is."""
        for cpu in range(self.possible):
            yield from (f'CPU {cpu} {name}' for name in ('runs', 'phase', 'reads mode', 'found'))
        for number in sorted(self.mms):
            yield from (f'mm {number} {name}' for name in (
                'number', 'users', 'nr_cpus_allowed', 'max_cids', 'pcpu_thrs', 'mode', 'update_deferred',
                'phase', 'initiator', "initiator's CPU", 'child', 'walk is at', 'found', 'work', 'waits',
                'faults', 'allowed', 'pool'))
            yield from (f'mm {number} word of CPU {cpu}' for cpu in range(self.possible))
        for number in sorted(self.tasks):
            yield from (f'task {number} {name}' for name in (
                'number', 'mm', 'active', 'visible', 'group', 'CPU', 'word'))
