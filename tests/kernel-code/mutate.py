#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""mutate.py FILE NAME list | mutate.py FILE NAME N

Edits of C, described by position: in the part of FILE under CONFIG_SCHED_MM_CID that has NAME, comments
left out, the Nth operator or constant that can be swapped. "list" says what they are: N, line, edit.
Otherwise FILE with that one edit is printed.
"""
import re
import sys

SWAPS = [
    (r' == ', ' != '), (r' != ', ' == '), (r' && ', ' || '), (r' \|\| ', ' && '),
    (r' < ', ' <= '), (r' > ', ' >= '), (r' >= ', ' > '), (r' <= ', ' < '),
    (r' \+ ', ' - '), (r' - ', ' + '), (r'\+\+', '--'), (r'(?<=\w)--', '++'),
    (r' \| ', ' & '), (r' & ', ' | '), (r' \^ ', ' | '), (r'if \(!', 'if ('), (r'\breturn true', 'return false'),
    (r'\breturn false', 'return true'), (r' = 1;', ' = 0;'), (r' = 0;', ' = 1;'), (r'\bcontinue;', ';'),
    (r'\bmin\(', 'max('), (r'\bmax\(', 'min('), (r' / 4', ' / 3'), (r' / 2', ' / 3'),
]


def blank_comments(text):
    return re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m[0]), text, flags=re.S)


def region(text, name):
    """Begin and end of the region, in characters."""
    for start in re.finditer(r'^#\s*if(?:def)?\b[^\n!]*\bCONFIG_SCHED_MM_CID\b[^\n]*\n', text, re.M):
        depth, at = 0, start.end()
        for line in text[start.end():].splitlines(True):
            word = re.match(r'\s*#\s*(if|el|endif)', line)
            if word and depth == 0 and word[1] != 'if':
                break
            if word:
                depth += {'if': 1, 'el': 0, 'endif': -1}[word[1]]
            at += len(line)
        if re.search(rf'\b{name}\b', text[start.end():at]):
            return start.end(), at
    sys.exit('no such region')


def edits(text, name):
    begin, end = region(text, name)
    plain = blank_comments(text)
    found = []
    for pattern, other in SWAPS:
        for match in re.finditer(pattern, plain[begin:end]):
            found.append((begin + match.start(), begin + match.end(), other))
    return sorted(found)


def main(path, name, what):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    found = edits(text, name)
    if what == 'list':
        for i, (begin, end, other) in enumerate(found):
            print(i, text.count('\n', 0, begin) + 1, repr(text[begin:end]), '->', repr(other))
        return
    begin, end, other = found[int(what)]
    sys.stdout.write(text[:begin] + other + text[end:])


if __name__ == '__main__':
    main(*sys.argv[1:4])
