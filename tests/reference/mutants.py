#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""The reference finds each edit of the model (tests/mutants), in one of a few revisions, but for those below.

Usage: mutants.py BUILD SOURCE [NAME...]"""

import os
import subprocess
import sys

# The first one that finds it counts.
RUNS = [('7.1', '60000'), ('6.19.1', '30000'), ('v5', '60000'), ('7.0-vfork', '30000'),
        ('affinity-return', '30000'), ('7.1', '200000')]

EQUAL = {
    'walk-cpus-copies-transit': 'the CPU has that word already',
}


def finding(driver, reference):
    """Which revision finds the edit, and how; None: none does."""
    for seed, (revision, steps) in enumerate(RUNS, 1):
        found = subprocess.run([reference, driver, revision, str(seed), steps], capture_output=True, text=True,
                               check=False)
        if found.returncode == 1 and found.stdout:
            return found.stdout.splitlines()[0]
        if found.returncode != 0:
            return None
    return None


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    build, source, *names = sys.argv[1:]
    subprocess.run(['meson', 'compile', '-C', build, 'reference-mutants'], check=True,
                   stdout=subprocess.DEVNULL)
    mutants = os.path.join(source, 'tests', 'mutants')
    if not names:
        names = sorted(name[:-4] for folder in (mutants, os.path.join(mutants, 'replay'))
                       for name in os.listdir(folder) if name.endswith('.sed'))
    wrong = 0
    for name in names:
        found = finding(os.path.join(build, 'tests', 'reference-' + name),
                        os.path.join(source, 'tests', 'reference', 'reference.py'))
        expected = (found is None) == (name in EQUAL)
        wrong += not expected
        print(f'{"ok" if expected else "WRONG"}: {name}: {found or "not found"}', flush=True)
    sys.exit(1 if wrong or not names else 0)


main()
