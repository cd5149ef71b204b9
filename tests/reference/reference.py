#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""Compares the model with a second implementation of docs/protocol.md, step by step.

Usage: reference.py DRIVER REVISION|all SEED STEPS [CPUS [FLAG=VALUE]...]

The driver takes random steps in the model. The same steps are taken here, and after each one all words,
bits, modes and thresholds must be the same; in some states, so must be what is possible next. The first
difference is printed, with what came before it; then the exit status is 1."""

import collections
import subprocess
import sys
import traceback

sys.dont_write_bytecode = True # nothing of a test stays in the sources
import properties
from revisions import CURRENT, OLDER, PROPOSED, flags_of, flags_set
from steps import Machine

SHOWN = 10 # steps before a difference


class Differs(Exception):
    pass


class Run:
    def __init__(self, revision, seed):
        self.revision, self.seed = revision, seed
        self.machine = None
        self.header = ''
        self.steps = self.lists = self.number = self.machines = 0
        self.last = collections.deque(maxlen=SHOWN)
        self.flips = 0
        self.broken = collections.Counter()

    def begin(self, line):
        words = line.split()
        flags = flags_of(self.revision)
        for setting in words[5:]:
            flags_set(flags, *setting.split('=', 1))
        self.machine = Machine(flags, int(words[2]), int(words[3]), int(words[4]))
        self.header = line
        self.number = 0
        self.machines += 1
        self.last.clear()

    def step(self, line):
        step, answer, state = line.split(';')
        self.number += 1
        self.steps += 1
        self.last.append(f'{step};{answer}')
        words = step.split()
        mine = self.machine.take(words)
        self.flips += answer == 'window' and words[0] != 'walk'
        if mine != answer:
            self.differs(f'the answer: the model has {answer}, the reference {mine}', state)
        if ' '.join(map(str, self.machine.values())) != state:
            self.differs('the state', state)

    def list(self, line):
        self.lists += 1
        *broken, steps = line.split(';')
        machine = self.machine
        mine = [' '.join([f'mm {mm.id}'] + [f'I{i}' for i in sorted(properties.broken(machine, mm))])
                for mm in sorted(machine.mms.values(), key=lambda mm: mm.id)]
        if broken != mine:
            self.differs(f'what is broken: the model has {broken}, the reference {mine}', None)
        for mm in broken:
            self.broken.update(mm.split()[2:])
        model, mine = set(steps.split(',')), set(machine.possible_steps())
        if model != mine:
            self.differs('possible steps: only in the model ' + str(sorted(model - mine)) +
                         ', only in the reference ' + str(sorted(mine - model)), None)

    def differs(self, what, state):
        print(f'revision {self.revision}, seed {self.seed}, {self.header}, step {self.number}: {what}')
        print('last steps:')
        for step in self.last:
            print('  ' + step)
        mine = list(map(str, self.machine.values()))
        print('reference: ' + ' '.join(mine))
        if state is not None:
            theirs = state.split()
            print('model:     ' + state)
            names = list(self.machine.names())
            if len(names) != len(theirs):
                print(f'the model has {len(theirs)} values, the reference {len(names)}')
                raise Differs
            for name, model, reference in zip(names, theirs, mine):
                if model != reference:
                    print(f'  {name}: the model has {model}, the reference {reference}')
        raise Differs


def compare(driver, revision, seed, arguments):
    run = Run(revision, seed)
    command = [driver, revision, seed] + arguments
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                line = line[:-1]
                if line.startswith('machine'):
                    run.begin(line)
                elif line.startswith('?'):
                    run.list(line[1:])
                else:
                    run.step(line)
        except Differs:
            process.kill()
            return False
        except Exception: # a step that the reference knows nothing of, or the end of a driver that died
            process.kill()
            print(f'revision {revision}, seed {seed}, {run.header}, step {run.number}: cannot go on')
            traceback.print_exc(file=sys.stdout)
            return False
        finally:
            process.stdout.close()
    if process.returncode != 0 or run.steps != int(arguments[0]):
        print(f'revision {revision}, seed {seed}: the driver ended with {process.returncode} '
              f'after {run.steps} steps')
        return False
    print(f'{revision:16} machines {run.machines:6}  steps {run.steps:8}  states with lists {run.lists:6}  '
          f'flips {run.flips:6}  no difference', flush=True)
    print(' ' * 16 + ' broken in them: ' +
          ', '.join(f'{name} {count}' for name, count in sorted(run.broken.items())), flush=True)
    return True


def main():
    if len(sys.argv) < 5:
        raise SystemExit(__doc__)
    driver, revision, seed = sys.argv[1:4]
    revisions = [revision]
    if revision == 'all':
        revisions = [name for name, _ in reversed(OLDER)] + list(PROPOSED)
    equal = [compare(driver, name, seed, sys.argv[4:]) for name in revisions]
    sys.exit(0 if all(equal) else 1)


main()
