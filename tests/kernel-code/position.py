# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""Edits of a kernel tree, by their position in a function and their effect. Text that is put in is written for
these tests, from docs/protocol.md."""
import re
import sys

from mutate import blank_comments

CORE, SCHED = 'kernel/sched/core.c', 'kernel/sched/sched.h'


def closing(text, at):
    """Behind the bracket that closes the one at @at."""
    pairs, depth = {'(': ')', '{': '}'}, 0
    for i in range(at, len(text)):
        depth += (text[i] == text[at]) - (text[i] == pairs[text[at]])
        if depth == 0:
            return i + 1
    sys.exit('a bracket is open')


def body(text, function):
    """Begin and end of the body of @function."""
    for match in re.finditer(rf'^\w[^;{{}}]*\b{function}\(', text, re.M):
        end = closing(text, match.end() - 1)
        brace = re.compile(r'\s*\{').match(text, end)
        if brace:
            return brace.end(), closing(text, brace.end() - 1)
    sys.exit(f'no function {function}')


def condition(text, function, number):
    """What the if with that number, from 1 on or from the end, asks for."""
    begin, end = body(text, function)
    found = [begin + m.end() for m in re.finditer(r'\bif \(', text[begin:end])]
    at = found[number - 1 if number > 0 else number]
    return at, closing(text, at - 1) - 1


def asks(function, number, value):
    """An if that is always, or never, taken."""
    return lambda text: (*condition(text, function, number), value)


def asks_less(function, number):
    """An if without the first of its two conditions."""
    def edit(text):
        begin, end = condition(text, function, number)
        return begin, begin + text[begin:end].index('&&') + 2, ''
    return edit


def calls(function, callee, other):
    """@other in place of the call of @callee."""
    def edit(text):
        begin, end = body(text, function)
        at = begin + re.search(rf'\b{callee}\(', text[begin:end]).start()
        return at, closing(text, text.index('(', at)), other
    return edit


def loops(function, other):
    """@other in place of the loop."""
    def edit(text):
        begin, end = body(text, function)
        match = re.search(r'\b(for|\w*for_each\w*)\s*\(', text[begin:end])
        brace = text.index('{', closing(text, begin + match.end() - 1))
        return begin + match.start(), closing(text, brace), other
    return edit


def assigns(function, member, other):
    """Another value for @member."""
    def edit(text):
        begin, end = body(text, function)
        match = re.search(rf'\.{member} = ([^;]*);', text[begin:end])
        return begin + match.start(1), begin + match.end(1), other
    return edit


def begins(function, other):
    """@other before all that the function does."""
    def edit(text):
        begin, _ = body(text, function)
        return begin, begin, other
    return edit


def loop_begins(function, other):
    """@other at the beginning of each round of the loop."""
    def edit(text):
        begin, end = body(text, function)
        match = re.search(r'\b\w*for_each\w*\s*\(', text[begin:end])
        brace = text.index('{', closing(text, begin + match.end() - 1)) + 1
        return brace, brace, other
    return edit


def asks_more(function, number, other):
    """An if whose condition ends with @other, too."""
    def edit(text):
        end = condition(text, function, number)[1]
        return end, end, other
    return edit


def asks_first(function, number):
    """An if with the first of its conditions only."""
    def edit(text):
        begin, end = condition(text, function, number)
        return begin + text[begin:end].index('&&'), end, ''
    return edit


def asks_but_last(function, number):
    """An if without the last of its conditions."""
    def edit(text):
        begin, end = condition(text, function, number)
        return begin + text[begin:end].rindex('&&'), end, ''
    return edit


def turns(function, pattern, number, other):
    """@other in place of what matches, a sign or a name, for the time @number."""
    def edit(text):
        begin, end = body(text, function)
        match = list(re.finditer(pattern, text[begin:end]))[number - 1]
        return begin + match.start(), begin + match.end(), other
    return edit


def stays(function, left):
    """Without the last store to @left."""
    def edit(text):
        begin, end = body(text, function)
        match = list(re.finditer(rf'[\w>.-]*\b{left} \|?= [^;]*', text[begin:end]))[-1]
        return begin + match.start(), begin + match.end(), ''
    return edit


def first_of(function, callee, number):
    """The first argument in place of the call."""
    def edit(text):
        begin, end = body(text, function)
        match = list(re.finditer(rf'\b{callee}\(', text[begin:end]))[number - 1]
        at, after = begin + match.end(), closing(text, begin + match.end() - 1)
        depth = 0
        for comma in range(at, after):
            depth += (text[comma] == '(') - (text[comma] == ')')
            if text[comma] == ',' and depth == 0:
                return begin + match.start(), after, '(' + text[at:comma] + ')'
        sys.exit(f'{callee} has one argument')
    return edit


def repeats(function, callee):
    """A call, twice."""
    def edit(text):
        begin, end = body(text, function)
        at = begin + re.search(rf'\b{callee}\(', text[begin:end]).start()
        after = closing(text, text.index('(', at))
        return at, after, f'({text[at:after]}, {text[at:after]})'
    return edit


def unguarded(function, other=''):
    """Without the guard that the function begins with, or @other in place of it."""
    def edit(text):
        begin, end = body(text, function)
        at = begin + re.search(r'\b(scoped_)?guard\(', text[begin:end]).start()
        after = closing(text, text.index('(', at))
        if text[after] == '(':
            after = closing(text, after)
        return at, after, other
    return edit


def apply(folder, file, edit):
    with open(f'{folder}/{file}', encoding='utf-8') as source:
        text = source.read()
    begin, end, other = edit(blank_comments(text))
    with open(f'{folder}/{file}', 'w', encoding='utf-8') as source:
        source.write(text[:begin] + other.replace('\n', ' ') + text[end:])
