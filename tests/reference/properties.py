# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""Which properties a state breaks: docs/protocol.md, section 8. I3 and I7 need more than one state."""

from state import (DROPPED_CLEAR, DROPPED_OUTSIDE, FLAGS, FREE, IDLE, ONCPU, PER_CPU, TRANSIT, UNSET,
                   number_of)


def holds(machine, task):
    """The number that the task itself holds, or None."""
    if not task.word & FLAGS or task.word & TRANSIT and not task.word & UNSET and machine.is_running(task):
        return number_of(task.word)
    return None


def is_doubled(numbers):
    return len(set(numbers)) < len(numbers)


def broken(machine, mm):
    """The numbers of the properties that MM breaks."""
    found = set()
    if mm.users == 0:
        return found
    tasks = [task for task in machine.tasks.values() if task.mm is mm]
    # What is being switched in, and spins, has no number yet; nor has what comes back from an exec.
    running = [task for task in tasks if task.active and machine.is_running(task) and
               machine.cpus[task.cpu].phase == FREE and
               not (mm.phase != IDLE and mm.initiator is mm.child is task)]
    if is_doubled([number_of(task.word) for task in running if not task.word & UNSET]):
        found.add(1)

    owned = [number_of(word) for word in mm.words if word & ONCPU]
    held = [holds(machine, task) for task in tasks]
    held = [number for number in held if number is not None] + owned
    if mm.faults & DROPPED_OUTSIDE or any(number >= machine.possible for number in held):
        found.add(2)
    taken = [bit for bit in range(machine.possible) if mm.pool >> bit & 1]
    if mm.faults & DROPPED_CLEAR or sorted(held) != taken:
        found.add(4)

    if mm.phase == IDLE:
        if mm.mode & PER_CPU:
            if any(task.active and not task.word & FLAGS for task in tasks):
                found.add(5)
        elif owned:
            found.add(5)
    if any(not task.active and holds(machine, task) is not None for task in tasks):
        found.add(6)

    shown = [number_of(task.word) for task in running]
    if any(number >= machine.possible for number in shown) or is_doubled(shown):
        found.add(8)
    return found
