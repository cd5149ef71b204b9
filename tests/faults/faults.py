#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""Lets the n-th call of each kind fail, for each command and each n (see shim.c).

After each run: the exit status is one of the table below; it says why, if it is not the usual one; each
file is the older one, or the new one, or not there; no hidden file and nothing in TMPDIR is left; it has ended in time.

Usage: faults.py CIDSIM SHIM SOURCE [--most N] [--only COMMAND] [--kind KIND]
--most: of more calls of a kind than N, N are tried, spread over all (0: all of them)."""

import argparse
import filecmp
import os
import shutil
import signal
import subprocess
import sys
import tempfile

LIMIT_S = 60
ENVIRONMENT = 3
# How a run may end besides as ever. What has no files without a name has hidden ones; a write of fewer
# bytes goes on; without threads one does all; the time of day only names things.
STATUS = {
    'malloc': {ENVIRONMENT},
    'write': {ENVIRONMENT},
    'eio': {ENVIRONMENT},
    'short': set(),
    'read': {ENVIRONMENT},
    'rename': {ENVIRONMENT},
    'fsync': {ENVIRONMENT},
    'close': {ENVIRONMENT},
    'ftruncate': {ENVIRONMENT},
    'open': {ENVIRONMENT},
    'nameless': set(),
    'thread': set(),
    'fork': {ENVIRONMENT},
    'exec': {ENVIRONMENT},
    'clock': set(),
}

# How else some of them may end, and why.
ALSO = {
    ('plot', 'clock'): {ENVIRONMENT}, # gnuplot has taken too long, so it seems
    ('prove', 'clock'): {4}, # and so has the solver: undecided
    ('prove', 'thread'): {ENVIRONMENT}, # as for plot
    ('plot', 'thread'): {ENVIRONMENT}, # GLib needs one to start a program
    ('plot-sweep', 'clock'): {ENVIRONMENT},
    ('plot-sweep', 'thread'): {ENVIRONMENT},
    ('kernel', 'clock'): {ENVIRONMENT}, # so the compiler seems to take too long
    ('replay-dat', 'malloc'): {2}, # trace-cmd's library crashes, as it does on damaged files
    ('replay-dat-gz', 'malloc'): {2},
    ('replay-dat', 'read'): {2}, # newer versions of the library take what they cannot read for damaged
    ('replay-dat-gz', 'read'): {2},
    ('sweep', 'open'): {2}, # SQLite opens for reading what it cannot open for writing
    ('sweep', 'read'): {2}, # SQLite takes what it cannot read for damaged
}

# What cannot happen: a pipe on which a program says whether it began has no read that fails.
NEVER = {('prove', 'read')}

SMALL = '[scenario]\ntime = 2ms\n[machine]\ncpus = 2\n[mm app]\n[tasks t]\ncount = 3\nrun = 100us\nsleep = 100us\n'
FAILS = SMALL + '[expect app]\nusers = 1\n'
STEPS = '[machine]\ncpus = 2\n[explore]\ntasks = 1\nforks = 1\n'

# Rules of a proof with one question.
RULES = '''state percpu "the mode is per CPU"
start new "the mode is per task" = not percpu
action stay() "nothing happens" step leave
	when not percpu
	then nothing
conjunct c "the mode is per task" = not percpu
property I0 "the mode is per task" = not percpu
'''


def commands(options):
    """Name: how the folder now/ is filled at first, and the command that is tried; the folder is kept."""
    traces = os.path.join(options.source, 'tests', 'traces')
    yield 'list', None, ['list']
    yield 'revisions', None, ['revisions']
    yield 'step', None, ['step', 'steps.scn']
    yield 'check', None, ['check', 'small.scn']
    yield 'check-format', None, ['check', '--format', 'small.scn']
    yield 'run', None, ['run', 'small.scn']
    yield 'run-o', ['run', '-q', 'small.scn', '--seed', '1', '-o', 'now'], \
        ['run', 'small.scn', '--seed', '2', '-o', 'now']
    yield 'run-seeds', None, ['run', 'small.scn', '--seeds', '3', '-j', '2']
    yield 'run-junit', ['run', 'small.scn', '--junit', 'now/j.xml'], \
        ['run', 'small.scn', 'fails.scn', '--junit', 'now/j.xml']
    yield 'run-shrink', None, ['run', 'fails.scn', '--shrink', 'now/s.scn']
    yield 'replay-o', None, ['replay', 'trace.txt', '-o', 'now']
    yield 'replay-gz', None, ['replay', os.path.join(traces, 'pool-fin-1-7.3.4.txt.gz')]
    yield 'replay-dat', None, ['replay', 'trace.dat']
    yield 'replay-dat-gz', None, ['replay', os.path.join(traces, 'pool-fin-4-7.3.4.dat.gz')]
    yield 'sweep', ['run', 'small.scn', '-q'], ['sweep', 'small.scn', '--seeds', '3', '-o', 'now/s.csv']
    yield 'explore', ['explore', 'explore/b1', '-r', 'v4', '-o', 'now/c.scn'], \
        ['explore', 'explore/b1', '-r', 'v3', '-j', '2', '-o', 'now/c.scn']
    yield 'html', None, ['html', 'drawn/small', '-o', 'now/p.html']
    yield 'import', None, ['import', 'load.json', '-o', 'now/i.scn']
    yield 'compare', None, ['compare', 'drawn/small', 'drawn/small']
    yield 'merge', None, ['merge', 'shard1.csv', 'shard2.csv', '-o', 'now/m.csv']
    yield 'explain', None, ['explain', 'dump.txt']
    yield 'rerun', None, ['rerun', 'drawn/small', '-o', 'now']
    if shutil.which('gnuplot'):
        yield 'plot', None, ['plot', 'timeline', 'drawn/small', '-o', 'now/t.svg']
        yield 'plot-sweep', None, ['plot', 'sweep', 'shard1.csv', '-o', 'now/s.svg']
    if not 0 < options.most < 10: # each run takes a second and more
        yield 'affected', None, ['affected', '7.1', '--json']
        yield 'kernel', None, ['kernel', 'check', os.path.join(options.source, 'tests', 'kernel-tree'), '--steps', '1000',
                               '--revision', '7.1', '--quiet', '--jobs', '1']
    if shutil.which('z3'):
        yield 'prove', None, ['prove', '--rules', 'few', '--model-steps', '0', '--solver', 'z3', '--jobs', '1']
        yield 'prove-write', None, ['prove', '--rules', 'few', '--model-steps', '0', '--write', 'now']


def whole(path, end):
    with open(path, 'rb') as file:
        return file.read().endswith(end)


class Command:
    def __init__(self, options, name, before, words):
        self.options, self.name, self.words = options, name, words
        for folder in ('now', 'old', 'new'):
            shutil.rmtree(folder, ignore_errors=True)
        os.mkdir('now')
        if before:
            self.run(before)
        shutil.copytree('now', 'old')
        self.usual = self.run(words).returncode
        if self.usual in (2, ENVIRONMENT):
            sys.exit(f'{name}: status {self.usual} without any fault: there is nothing to try')
        shutil.copytree('now', 'new')
        self.faults = []

    def run(self, words, fault=None):
        environment = dict(os.environ, CIDSIM_FAULT_COUNT=os.path.abspath('count'), TMPDIR=os.path.abspath('tmp'))
        if fault:
            environment.update(LD_PRELOAD=self.options.shim, CIDSIM_FAULT=fault)
        return subprocess.run([self.options.cidsim, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment, timeout=LIMIT_S, check=False)

    def calls(self, kind):
        if os.path.exists('count'):
            os.remove('count')
        self.restore()
        self.run(self.words, kind + ':0')
        with open('count', encoding='ascii') as file:
            return int(file.read())

    @staticmethod
    def restore():
        shutil.rmtree('now')
        shutil.copytree('old', 'now')
        shutil.rmtree('tmp', ignore_errors=True)
        os.mkdir('tmp')

    def judge(self, kind, ended):
        """What is wrong; None if nothing is."""
        if kind == 'malloc' and ended.returncode == -signal.SIGABRT and b'llocate memory' in ended.stderr:
            return self.judge_files(kind, ended) # GLib ends it itself where it is deepest
        if kind == 'thread' and ended.returncode == -signal.SIGABRT and b'g_task_thread_pool_init' in ended.stderr:
            return self.judge_files(kind, ended) # from 2.84 on GLib ends it where it gets no thread of its own
        if ended.returncode not in {self.usual} | STATUS[kind] | ALSO.get((self.name, kind), set()):
            return f'status {ended.returncode}: {ended.stderr[-200:]!r}'
        if ended.returncode not in (self.usual, 4) and not ended.stderr.startswith(b'cidsim: '):
            return f'status {ended.returncode} and no message: {ended.stderr[-200:]!r}'
        return self.judge_files(kind, ended)

    def judge_files(self, kind, ended):
        if ended.returncode >= 0 and os.listdir('tmp'):
            return f'in TMPDIR is left: {os.listdir("tmp")}'
        for folder, _, names in os.walk('now'):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), 'now')
                if name.startswith('.'):
                    return f'a hidden file is left: {path}'
                if '.csv.part' in name:
                    continue # of a sweep: by design
                if self.name == 'replay-o' and kind == 'read' and ended.returncode == ENVIRONMENT:
                    continue # of the events before the one that could not be read
                if name.endswith('.xml') and whole(os.path.join('now', path), b'</testsuites>\n'):
                    continue # it says what failed
                if not any(os.path.exists(os.path.join(side, path)) and
                           filecmp.cmp(os.path.join('now', path), os.path.join(side, path), shallow=False)
                           for side in ('old', 'new')):
                    return f'neither the older file nor the new one: {path}'
        if ended.returncode == self.usual and kind in ('short', 'nameless', 'thread'):
            for folder, _, names in os.walk('new'):
                for name in names:
                    path = os.path.relpath(os.path.join(folder, name), 'new')
                    if not os.path.exists(os.path.join('now', path)):
                        return f'it is not there: {path}'
        return None

    def try_one(self, kind, fault):
        self.restore()
        try:
            wrong = self.judge(kind, self.run(self.words, fault))
        except subprocess.TimeoutExpired:
            wrong = f'has not ended after {LIMIT_S} s'
        if wrong:
            self.faults.append(f'{self.name}: {fault}: {wrong}')

    def try_all(self, kind):
        calls = self.calls(kind)
        if calls == 0:
            return 0, 0
        points = range(1, calls + 1)
        if 0 < self.options.most < calls:
            points = sorted({1 + i * (calls - 1) // max(self.options.most - 1, 1) for i in range(self.options.most)})
        for n in points:
            self.try_one(kind, f'{kind}:{n}')
        if kind == 'malloc': # without any, no library begins
            return calls, len(points)
        self.try_one(kind, f'{kind}:1:0')
        return calls, len(points) + 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('cidsim', type=os.path.abspath)
    parser.add_argument('shim', type=os.path.abspath)
    parser.add_argument('source', type=os.path.abspath)
    parser.add_argument('--most', type=int, default=0)
    parser.add_argument('--only')
    parser.add_argument('--kind', choices=STATUS)
    options = parser.parse_args()
    traces = os.path.join(options.source, 'tests', 'traces')
    wrong = points = 0
    names, kinds = set(), set()
    with tempfile.TemporaryDirectory(prefix='cidsim-faults-') as folder:
        os.chdir(folder)
        os.mkdir('tmp')
        for name, text in (('small', SMALL), ('fails', FAILS), ('steps', STEPS)):
            with open(name + '.scn', 'w', encoding='ascii') as file:
                file.write(text)
        with open('load.json', 'w', encoding='ascii') as file:
            file.write('{ "tasks": { "a": { "loop": 2, "run": 10, "sleep": 10 } } }\n')
        for name, packed in (('trace.dat', 'pool-fin-4-7.3.4.dat.gz'), ('trace.txt', 'pool-fin-1-7.3.4.txt.gz')):
            with open(name, 'wb') as file:
                subprocess.run(['zcat', os.path.join(traces, packed)], stdout=file, check=True)
        os.mkdir('few')
        for rules in ('state', 'decision', 'switch', 'users', 'walk', 'affinity', 'invariant', 'properties'):
            with open(f'few/{rules}.rules', 'w', encoding='ascii') as file:
                file.write(RULES if rules == 'state' else '')
        shutil.copy(os.path.join(options.source, 'proof', 'counting.smt2'), 'few')
        subprocess.run([options.cidsim, 'run', '-q', 'small.scn', '-o', 'drawn'], check=True)
        for shard in '12':
            subprocess.run([options.cidsim, 'sweep', 'small.scn', '--seeds', '4', '--shard', shard + '/2',
                            '-o', f'shard{shard}.csv'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        with open('dump.txt', 'w', encoding='ascii') as file:
            file.write('mode = 0\nusers = 2\n')
        for name, before, words in commands(options):
            if options.only not in (None, name):
                continue
            command = Command(options, name, before, words)
            for kind in STATUS:
                if options.kind not in (None, kind) or (name, kind) in NEVER:
                    continue
                calls, tried = command.try_all(kind)
                print(f'{name:14} {kind:10} {calls:6} calls, {tried:5} tried, {len(command.faults)} wrong', flush=True)
                for fault in command.faults:
                    print('  ' + fault)
                wrong += len(command.faults)
                points += tried
                names.add(name)
                kinds.add(kind)
                command.faults = []
        os.chdir('/')
    print(f'{len(names)} commands, {len(kinds)} kinds, {points} faults, {wrong} wrong')
    return 1 if wrong else 0


sys.exit(main())
