#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# files.py OUT UNITS: where the instructions are that callgrind has counted, by source file: for each file instructions per
# unit (wake-up, step, event) and percent, most first. What the compiler has put inline counts for the file that it is
# written in. OUT is what `valgrind --tool=callgrind --callgrind-out-file=OUT PROGRAM …` writes; the program needs debug
# information: meson setup build-profile --buildtype=release -Ddebug=true.
import collections
import os
import sys

SHOWN_PERCENT = 0.5


def counts_of(lines):
    """{file: instructions}. A line is "fl=(ID) NAME" (of a function), "fi=" or "fe=" (code put inline), NAME only the
    first time; or "calls=", after which comes what was called, with its cost, which is not of this file; or POSITION COST."""
    names, counts, file, is_call = {}, collections.Counter(), '?', False
    for line in lines:
        key, _, value = line.rstrip('\n').partition('=')
        if key in ('fl', 'fi', 'fe'):
            number, _, name = value.partition(' ')
            if name:
                names[number] = name
            file = names[number]
        elif key in ('cfi', 'cfl'):
            number, _, name = value.partition(' ')
            if name:
                names[number] = name
        elif key == 'calls':
            is_call = True
        elif line[:1] in '+-*0123456789':
            if not is_call:
                counts[file] += int(line.split()[1])
            is_call = False
    return counts


def short(file):
    """from the source folder on; the name alone of what is not ours"""
    for part in ('/model/', '/sim/', '/tests/'):
        if part in file:
            return file[file.rindex(part) + 1:]
    return os.path.basename(file) if file != '???' else 'libraries without debug information'


def main():
    if len(sys.argv) != 3:
        sys.exit('usage: files.py OUT UNITS')
    with open(sys.argv[1], encoding='utf-8', errors='replace') as lines:
        counts = collections.Counter()
        for file, count in counts_of(lines).items():
            counts[short(file)] += count
    total, units = sum(counts.values()), int(sys.argv[2])
    rest = 0
    for file, count in counts.most_common():
        if 100 * count < SHOWN_PERCENT * total:
            rest += count
        else:
            print(f'{count / units:10.1f} {100 * count / total:5.1f} %  {file}')
    print(f'{rest / units:10.1f} {100 * rest / total:5.1f} %  all others')
    print(f'{total / units:10.1f} 100.0 %  all')


main()
