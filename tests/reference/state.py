# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""What there is: docs/protocol.md, section 2.

Words are those of the kernel: a number, and flags in the bits 31 to 29."""

UNSET = 1 << 31
ONCPU = 1 << 30
TRANSIT = 1 << 29
FLAGS = UNSET | ONCPU | TRANSIT

PER_CPU = 1 # of a mode
IN_TRANSIT = 2

FREE, BETWEEN, SPINS = range(3) # what a CPU does with its rq lock
IDLE, GET_LOCKED, WALK_TASKS, WALK_CPUS, COMPLETE, GET_MUTEX = range(6) # of who holds the mutex

DROPPED_CLEAR = 1 # what must not happen
DROPPED_OUTSIDE = 2

NONE = -1


class Task:
    __slots__ = ('id', 'mm', 'active', 'visible', 'group', 'cpu', 'word', 'pc', 'partner', 'holds')

    def __init__(self, number, mm, group, cpu):
        self.id, self.mm, self.group, self.cpu = number, mm, group, cpu
        self.active = self.visible = 0
        self.word = UNSET
        self.pc = self.partner = None # of steps.py
        self.holds = None # the mm whose mutex it has


class Cpu:
    __slots__ = ('curr', 'phase', 'mode', 'found')

    def __init__(self):
        self.curr = None
        self.phase = FREE
        self.mode = 0  # that a get that spins has read
        self.found = 0 # a number plus one, that it has yet to set


class Mm:
    __slots__ = ('id', 'users', 'allowed', 'nr_cpus_allowed', 'max_cids', 'pcpu_thrs', 'mode',
                 'update_deferred', 'pool', 'words', 'list', 'groups', 'phase', 'initiator',
                 'initiator_cpu', 'child', 'cursor', 'passes', 'budget', 'found', 'again', 'faults', 'work',
                 'waits', 'part')

    def __init__(self, number, cpus, allowed, word):
        self.id = number
        self.allowed, self.nr_cpus_allowed = allowed, bin(allowed).count('1')
        self.users = self.max_cids = self.pcpu_thrs = self.mode = self.update_deferred = 0
        self.pool = 0
        self.words = [word] * cpus
        self.list = []   # the users, the newest last
        self.groups = [] # of the kernel's lists: [thread group, [its visible threads]]
        self.faults = self.work = 0
        self.cursor = self.passes = self.budget = 0
        self.release()

    def release(self):
        self.phase = IDLE
        self.initiator = self.child = None
        self.initiator_cpu = NONE
        self.found = self.again = self.waits = 0
        self.part = None


def number_of(word):
    return word & ~(ONCPU | TRANSIT)


def lowest_clear(pool, limit):
    clear = ~pool & ((1 << limit) - 1)
    return (clear & -clear).bit_length() - 1 # NONE if there is none
