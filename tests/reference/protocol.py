# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""docs/protocol.md, sections 3 to 6, a second time: slow and plain. Nothing here was taken from model/."""

from state import (BETWEEN, COMPLETE, DROPPED_CLEAR, DROPPED_OUTSIDE, FLAGS, FREE, GET_LOCKED, GET_MUTEX,
                   IN_TRANSIT, NONE, ONCPU, PER_CPU, SPINS, TRANSIT, UNSET, WALK_CPUS, WALK_TASKS, Cpu, Mm,
                   lowest_clear, number_of)


class Protocol:
    """The rules, for a machine of CPUS possible CPUs."""

    def __init__(self, flags, cpus, nr_cpu_ids):
        self.flags = flags
        self.possible, self.nr_cpu_ids = cpus, nr_cpu_ids
        self.cpus = [Cpu() for _ in range(cpus)]
        self.tasks = {}
        self.mms = {}
        self.to_task = flags['transit-to-task']
        self.to_percpu = flags['transit-to-percpu']
        self.by_list = flags['walk-users'] == 'list'
        self.split_get = flags['split-get']

    # 2. State

    def mm_create(self, number, allowed):
        mm = Mm(number, self.possible, allowed, UNSET if self.flags['init-unset'] else 0)
        self.mms[number] = mm
        return mm

    def is_running(self, task):
        return self.cpus[task.cpu].curr is task

    # 3. Constraints and mode decision

    def threshold(self, opt):
        flags = self.flags
        gap = opt - opt * flags['thrs-gap'] // 1000
        cap = flags['thrs-cap']
        if cap == 'possible':
            gap = min(gap, self.possible // 2)
        elif cap == 'nr-cpu-ids':
            gap = min(gap, self.nr_cpu_ids // 2)
        return gap

    def thrs(self, mm, users):
        opt = min(mm.nr_cpus_allowed, users)
        value = self.threshold(opt)
        if self.flags['thrs-cap'] == 'allowed':
            value = min(value, mm.nr_cpus_allowed // 2)
        return max(value, self.flags['thrs-floor'])

    def max_cids_of(self, mm, users):
        opt = min(mm.nr_cpus_allowed, users)
        return min(opt + opt * self.flags['allowance'] // 1000, self.possible)

    def decide(self, mm, is_fork):
        """The decision: is the mode flipped?"""
        mm.update_deferred = 0
        mm.max_cids = self.max_cids_of(mm, mm.users)
        policy = self.flags['thrs-policy']
        if not mm.mode & PER_CPU:
            if is_fork and mm.users > mm.max_cids:
                mm.pcpu_thrs = self.thrs(mm, mm.users)
        else:
            if policy == 'recomputed':
                mm.pcpu_thrs = self.thrs(mm, mm.users)
            elif policy == 'none':
                mm.pcpu_thrs = mm.max_cids + 1
            if mm.users < mm.pcpu_thrs:
                mm.pcpu_thrs = 0
        if bool(mm.pcpu_thrs) == bool(mm.mode & PER_CPU):
            return False
        self.flip(mm)
        return True

    def flip(self, mm):
        towards_cpu = not mm.mode & PER_CPU
        mm.mode ^= PER_CPU
        if not (self.to_percpu if towards_cpu else self.to_task):
            return
        if self.flags['split-mode']:
            mm.mode |= IN_TRANSIT # set by itself
        else:
            mm.mode ^= IN_TRANSIT

    def affinity_change(self, task, mask):
        """Has it queued the deferred work?"""
        mm = task.mm
        if mm.users == 0:
            return
        before = mm.nr_cpus_allowed
        mm.allowed |= mask
        mm.nr_cpus_allowed = bin(mm.allowed).count('1')
        if mm.nr_cpus_allowed == before:
            return
        mm.max_cids = self.max_cids_of(mm, mm.users)
        if not mm.mode & PER_CPU:
            return
        mm.pcpu_thrs = self.thrs(mm, mm.users)
        back = self.flags['affinity-return']
        widest = self.max_cids_of(mm, mm.nr_cpus_allowed)
        if back == 'fits' and mm.users <= widest:
            mm.pcpu_thrs = widest + 1
        elif back == 'below':
            mm.pcpu_thrs = self.thrs(mm, mm.nr_cpus_allowed)
        if mm.users < mm.pcpu_thrs and not mm.update_deferred:
            mm.update_deferred = 1
            mm.work = 1

    def deferred_work(self, mm, cpu):
        mm.work = 0
        if mm.users == 0 or not mm.update_deferred:
            return
        if self.decide(mm, False):
            mm.initiator, mm.initiator_cpu = None, cpu
            self.walk_cpus(mm)

    # 4. Pool

    def get(self, mm, holder):
        """A number; or NONE: it spins, or has found one (holder.found) and has yet to set it."""
        if holder.found:
            number = holder.found - 1
            holder.found = 0
            if not mm.pool >> number & 1:
                mm.pool |= 1 << number
                return number
            return NONE # another one was faster; the next try looks again
        number = lowest_clear(mm.pool, mm.max_cids)
        if number == NONE:
            number = lowest_clear(mm.pool, self.possible)
        if number == NONE:
            return NONE
        if self.split_get:
            holder.found = number + 1
            return NONE
        mm.pool |= 1 << number
        return number

    def drop(self, mm, bit):
        if bit >= self.possible:
            mm.faults |= DROPPED_OUTSIDE
        elif not mm.pool >> bit & 1:
            mm.faults |= DROPPED_CLEAR
        else:
            mm.pool &= ~(1 << bit)

    def unset_task(self, task):
        word, task.word = task.word, UNSET
        if not word & FLAGS:
            self.drop(task.mm, word)

    def drop_cpu(self, mm, cpu):
        word = mm.words[cpu]
        if word & ONCPU or not self.flags['drop-tests-owned']:
            mm.words[cpu] = word & ~ONCPU
            self.drop(mm, word & ~ONCPU)

    def converge(self, mm, word):
        if number_of(word) < mm.max_cids:
            return word
        number = lowest_clear(mm.pool, mm.max_cids)
        if number == NONE:
            return word
        mm.pool |= 1 << number
        self.drop(mm, number_of(word))
        return number | word & ONCPU

    # 5. Context switch

    def switch_out(self, cpu, mode):
        place = self.cpus[cpu]
        place.phase = BETWEEN
        task, place.curr = place.curr, None
        if task is None or task.mm is None or not task.word & TRANSIT:
            return
        mm, number = task.mm, number_of(task.word)
        if mode is None:
            mode = mm.mode
        if self.flags['out-settles'] and not mode & IN_TRANSIT and number < mm.max_cids:
            task.word = mm.words[cpu] = number | (ONCPU if mode & PER_CPU else 0)
        else:
            self.drop(mm, number)
            task.word = UNSET

    def switch_in(self, cpu, task, mode):
        place = self.cpus[cpu]
        place.curr = task
        place.phase = FREE
        if task is None:
            return
        task.cpu = cpu
        if task.mm is None or not task.active:
            return
        place.mode = task.mm.mode if mode is None else mode
        if place.mode & PER_CPU:
            self.in_per_cpu(cpu, task)
        else:
            self.in_per_task(cpu, task)

    def in_per_task(self, cpu, task):
        mm = task.mm
        c, t = mm.words[cpu], task.word
        if not (c | t) & FLAGS:
            mm.words[cpu] = task.word = self.converge(mm, t)
            return
        if c & ONCPU:
            if not t & FLAGS:
                self.drop_cpu(mm, cpu)
            else:
                t = number_of(c)
        if t & FLAGS:
            self.in_gets(cpu)
        else:
            self.in_has(cpu, t)

    def in_per_cpu(self, cpu, task):
        mm = task.mm
        c, t = mm.words[cpu], task.word
        if c & t & ONCPU:
            mm.words[cpu] = task.word = self.converge(mm, c)
            return
        if not t & FLAGS:
            if c & ONCPU:
                self.unset_task(task)
            else:
                c = t | ONCPU
        if not c & ONCPU:
            self.in_gets(cpu)
        else:
            self.in_has(cpu, number_of(c))

    def in_gets(self, cpu):
        """Step 3, and each retry of it."""
        place = self.cpus[cpu]
        number = self.get(place.curr.mm, place)
        if number == NONE:
            place.phase = SPINS
        else:
            place.phase = FREE
            self.in_has(cpu, number)

    def in_has(self, cpu, number):
        """Steps 4 and 5."""
        place = self.cpus[cpu]
        task, mode = place.curr, place.mode
        if mode & IN_TRANSIT:
            word = number | TRANSIT
        else:
            word = number | (ONCPU if mode & PER_CPU else 0)
        task.word = task.mm.words[cpu] = word

    def in_gives_up(self, cpu):
        place = self.cpus[cpu]
        place.phase = FREE
        place.curr.word = place.curr.mm.words[cpu] = UNSET

    # 6. Fork

    def show(self, task):
        """Walks over the tasks of the system see it from now on."""
        task.visible = 1
        for group, threads in task.mm.groups:
            if group == task.group:
                threads.append(task)
                return
        task.mm.groups.append((task.group, [task]))

    def fork_decide(self, cpu, parent, child):
        """Also an exec that comes back: then parent and child are the same."""
        mm = child.mm
        child.active = 1
        mm.list.append(child)
        mm.users += 1
        flipped = self.decide(mm, True)
        mm.initiator, mm.initiator_cpu, mm.child = parent, cpu, child
        if not flipped:
            if not mm.mode & PER_CPU:
                mm.phase = GET_LOCKED
            else:
                mm.release()
            return
        if mm.mode & PER_CPU:
            if not parent.word & FLAGS:
                parent.word |= TRANSIT if self.to_percpu else ONCPU
                mm.words[cpu] = parent.word
            self.walk_tasks(mm)
        else:
            if parent.word & ONCPU:
                parent.word = number_of(parent.word) | (TRANSIT if self.to_task else 0)
                mm.words[cpu] = parent.word
            self.walk_cpus(mm)

    def fork_get(self, mm):
        """The get of a fork; each try."""
        number = self.get(mm, mm)
        if number == NONE:
            mm.again = 1
            return
        self.fork_has(mm, number)

    def fork_has(self, mm, word):
        mm.child.word = word
        if mm.users == 1: # the first user
            mm.words[mm.initiator_cpu] = word
        mm.release()

    # 6. Exit

    def exit_leave(self, cpu, task):
        mm = task.mm
        if mm.users == 1 and self.is_running(task) and task.word & ONCPU:
            task.word = mm.words[cpu] = number_of(task.word) | TRANSIT
        task.active = 0
        task.word &= ~TRANSIT
        self.unset_task(task)
        mm.list.remove(task)
        mm.users -= 1

    def exit_decide(self, mm):
        """Has it flipped the mode, and other users remain?"""
        flipped = self.decide(mm, False)
        if mm.users == 0:
            mm.work = 0 # cancelled
            return False
        if flipped:
            self.walk_cpus(mm)
        return flipped

    def exit_change(self, mm, cpu):
        change = self.flags['exit-change']
        task = self.cpus[cpu].curr # who runs the exit
        if change == 'drop':
            self.drop_cpu(mm, cpu)
        elif mm.words[cpu] & ONCPU and (change == 'hand-over' or task.word & ONCPU):
            mm.words[cpu] = task.word = number_of(mm.words[cpu]) | TRANSIT

    # 6. Task walk

    def order(self, mm):
        """All that share the mm, in the order of the kernel's lists."""
        return [task for _, threads in mm.groups for task in threads]

    def walk_tasks(self, mm):
        mm.phase = WALK_TASKS
        if self.by_list:
            mm.cursor = self.before(mm, len(mm.list))
        else:
            mm.budget = mm.users - self.flags['walk-budget']
            mm.passes = 0
            mm.cursor = mm.initiator
            self.first_pass(mm)
        self.walk_is_over(mm)

    def before(self, mm, index):
        """The user before that of INDEX, but not the initiator."""
        while index > 0:
            index -= 1
            if mm.list[index] is not mm.initiator:
                return mm.list[index]
        return None

    def first_pass(self, mm):
        """The next thread of the group behind the cursor; behind the last one is the first."""
        threads = next(threads for group, threads in mm.groups if group == mm.initiator.group)
        at = threads.index(mm.cursor)
        while True:
            at = (at + 1) % len(threads)
            mm.cursor = threads[at]
            if mm.cursor is mm.initiator or mm.cursor.active:
                break
        if mm.cursor is mm.initiator:
            mm.passes = 1
            if mm.budget > 0:
                self.second_pass(mm, 0)
            else:
                mm.cursor = None

    def second_pass(self, mm, index):
        order = self.order(mm)
        while index < len(order):
            task = order[index]
            if task is not mm.initiator and task.active and not (
                    self.flags['walk-skips-done'] and task.group == mm.initiator.group):
                mm.cursor = task
                return
            index += 1
        mm.cursor = None

    def walk_next(self, mm):
        """The cursor goes on to whom the walk visits next."""
        if self.by_list:
            mm.cursor = self.before(mm, mm.list.index(mm.cursor))
        elif mm.passes == 0:
            self.first_pass(mm)
        elif mm.budget <= 0 and not self.flags['walk-full']:
            mm.cursor = None
        else:
            self.second_pass(mm, self.order(mm).index(mm.cursor) + 1)

    def walk_is_over(self, mm):
        if mm.cursor is None:
            mm.phase = COMPLETE

    def visit_task(self, mm, task):
        """One step, under the rq lock of the CPU in whose queue the task is."""
        if not task.active:
            return
        mm.budget -= 1
        if task.word & FLAGS:
            return
        if self.is_running(task):
            task.word |= TRANSIT if self.to_percpu else ONCPU
            mm.words[task.cpu] = task.word
        else:
            self.unset_task(task)

    # 6. CPU walk

    def walk_cpus(self, mm):
        mm.phase = WALK_CPUS
        mm.cursor = 0

    def visit_cpu(self, mm, cpu):
        c, task = mm.words[cpu], self.cpus[cpu].curr
        if task is not None and (task.mm is not mm or not task.active):
            task = None
        if c & ONCPU:
            if task is None:
                self.drop_cpu(mm, cpu)
            elif task.word & ONCPU:
                task.word = mm.words[cpu] = number_of(c) | (TRANSIT if self.to_task else 0)
        elif task is not None and self.to_task:
            if not task.word & FLAGS:
                task.word = mm.words[cpu] = task.word | TRANSIT
            elif task.word & UNSET and not task.word & TRANSIT and not self.flags['walk-keeps-unset']:
                task.word = mm.words[cpu] = task.word | TRANSIT

    def walk_needs(self, mm):
        """The CPU whose rq lock the next step takes."""
        return mm.cursor.cpu if mm.phase == WALK_TASKS else mm.cursor

    def walk(self, mm):
        if mm.phase == WALK_TASKS:
            self.visit_task(mm, mm.cursor)
            self.walk_next(mm)
        else:
            self.visit_cpu(mm, mm.cursor)
            mm.cursor = mm.cursor + 1 if mm.cursor + 1 < self.possible else None
        self.walk_is_over(mm)

    def forget(self, task):
        """A task that has ended, or has another mm, is on no list."""
        mm = task.mm
        if not task.visible:
            return
        if mm.phase == WALK_TASKS and mm.cursor is task:
            self.walk_next(mm)
            self.walk_is_over(mm)
        task.visible = 0
        for index, (_, threads) in enumerate(mm.groups):
            if task in threads:
                threads.remove(task)
                if not threads:
                    del mm.groups[index]
                return

    # 6. Complete

    def complete(self, mm):
        if self.to_percpu if mm.mode & PER_CPU else self.to_task:
            mm.mode &= ~IN_TRANSIT
        if mm.child is not None and not mm.mode & PER_CPU:
            mm.phase = GET_MUTEX # fork 4
        else:
            mm.release()
