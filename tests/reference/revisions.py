# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
"""Which flags a revision has: docs/protocol.md, section 7, from the newest back to the first series."""

# What sections 3 to 6 say: the current revision.
CURRENT = {
    'transit-to-task': 1,   # TRANSIT in windows towards per task
    'transit-to-percpu': 1, # ... and towards per CPU
    'out-settles': 1,
    'drop-tests-owned': 1,
    'early-count': 0,       # a child is counted before walks can see it
    'walk-users': 'list',   # or 'system'
    'walk-budget': 0,       # second pass: users minus this
    'walk-full': 0,         # the second pass has no budget
    'walk-skips-done': 0,   # the second pass skips the thread group
    'walk-keeps-unset': 1,
    'init-unset': 0,        # the CPU words of a new mm
    'init-keeps-transit': 0,
    'split-mode': 0,        # two words
    'bounded-get': 0,
    'split-get': 0,         # finding a bit and setting it are two steps
    'exit-change': 'drop',  # or 'hand-over', 'hand-over-if-own'
    'thrs-floor': 1,
    'thrs-cap': 'possible', # or 'nr-cpu-ids', 'none', 'allowed'
    'thrs-policy': 'recorded', # or 'recomputed', 'none'
    'thrs-gap': 250,
    'allowance': 250,
    'affinity-return': 'threshold', # or 'fits', 'below'
    'walk-unset': 'nothing', # or 'drop', 'hand-over'
    'exec-return': 'unset', # or 'get', 'late'
    'last-exit': 'ignore',  # or 'clean'
}

# Each revision has what the one above it has, but for these.
OLDER = [
    ('7.1', {}),
    ('7.0', {'walk-keeps-unset': 0}),
    ('7.0-vfork', {'walk-users': 'system', 'walk-budget': 1, 'walk-full': 1}),
    ('7.0-fork', {'walk-full': 0}),
    ('6.19.1', {'early-count': 1, 'walk-budget': 2}),
    ('6.19', {'drop-tests-owned': 0}),
    ('6.19-dropcpu', {'out-settles': 0}),
    ('6.19-ordering', {'exit-change': 'hand-over'}),
    ('6.19-livelock', {'split-mode': 1}),
    ('v5', {'transit-to-percpu': 0}),
    ('v4', {'init-keeps-transit': 1}),
    ('v3', {}),
    ('v2', {'thrs-floor': 0, 'thrs-cap': 'nr-cpu-ids', 'init-unset': 1}),
    ('v1', {'transit-to-task': 0, 'init-keeps-transit': 0}),
]

PROPOSED = {'affinity-return': {'affinity-return': 'fits'}, 'bounded-get': {'bounded-get': 1}}


def flags_of(revision):
    flags = dict(CURRENT)
    if revision in PROPOSED:
        flags.update(PROPOSED[revision])
        return flags
    for name, changes in OLDER:
        flags.update(changes)
        if name == revision:
            return flags
    raise SystemExit('no revision ' + revision)


def flags_set(flags, name, value):
    """The flag, written as in `--set protocol.FLAG=VALUE`."""
    if name not in flags:
        raise SystemExit('no flag ' + name)
    words = {'off': 0, 'on': 1}
    flags[name] = words[value] if value in words else int(value) if value.isdigit() else value
