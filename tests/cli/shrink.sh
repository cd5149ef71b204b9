#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim run --shrink: what is written fails in the same way. Usage: shrink.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"
scn large <<'X'
[tasks worker]
count = 7
run = exp(1ms)
sleep = exp(1ms)
[tasks other]
count = 2
start = 5ms
[at 8ms]
wake = other/0; other/1
[expect]
violations = 0
[expect app]
users-max = < 6; > 1
spins = 0
X

call "$cidsim" run large.scn --shrink small.scn
is "shrink: status" "$status" 1
says "shrink: how small" '^small\.scn: 19 lines became [56] in [0-9]+ runs$'
says "shrink: in the same way" '^It fails in the same way: users-max < 6 of app does not hold$'
says "shrink: what it becomes" '^\[expect app\]$' small.scn
is "shrink: what goes" "$(grep -v '^#' small.scn | grep -cE 'wake|run|sleep|spins|violations')" 0
says "shrink: where it comes from" '^# cidsim run large\.scn --seed 1$' small.scn
says "shrink: why it fails" '^# fails in the same way: users-max < 6 of app does not hold\.$' small.scn
call "$cidsim" run small.scn
is "the smaller one: status" "$status" 1
says "the smaller one: fails so" '^  FAIL  small\.scn:[0-9]+ +users-max < 6 +found 6 \(app\)$'
cp small.scn first.scn
call "$cidsim" run large.scn --shrink small.scn
is "shrink: the same bytes" "$(cmp small.scn first.scn)" ""

# Options are written into it.
call "$cidsim" run failed-exec --revision v1 --shrink old.scn
is "with a revision: status" "$status" 1
says "with a revision: it is in the file" '^revision = v1$' old.scn
call "$cidsim" run large.scn --set "tasks worker.count=9" --seed 5 --shrink set.scn -q
is "quiet: prints nothing" "$(wc -c <"$tmp/out")" 0
call "$cidsim" run set.scn -q
is "with --set: fails" "$status" 1

# The first seed that fails.
scn rare <<'X'
[tasks t]
count = 7
run = exp(1ms)
sleep = exp(1ms)
[expect app]
cid-changes = > 18
X
call "$cidsim" run rare.scn --seeds 1000 --shrink seed.scn
is "seeds: status" "$status" 1
says "seeds: it is said" '^# cidsim run rare\.scn --seed [0-9]+$' seed.scn
call "$cidsim" run seed.scn
says "seeds: as little as it was" 'cid-changes > 18 +found 17 \(app\)$'

# The limit.
call "$cidsim" run large.scn --shrink few.scn --shrink-runs 3
says "limit: is said" 'in 3 runs, the limit of --shrink-runs$'
says "limit: in the file, too" '^# It may not be as small as it could be: stopped after 3 runs\.$' few.scn
call "$cidsim" run few.scn -q
is "limit: what there is fails" "$status" 1

# Nothing to shrink, bad usage.
scn good </dev/null
bad "one that passes" 4 'run: --shrink: good\.scn: it passes' "$cidsim" run good.scn --shrink never.scn
bad "an input stays" 2 'run: --shrink: large\.scn is an input' "$cidsim" run large.scn --shrink large.scn
bad "standard input" 2 'run: --shrink ' sh -c '"$1" run - --shrink never.scn <large.scn' - "$cidsim"
bad "two scenarios" 2 'run: --shrink is for one' "$cidsim" run large.scn good.scn --shrink never.scn
bad "no folder" 3 'run: --shrink: none/x: ' "$cidsim" run large.scn --shrink none/x
bad "no folder, before the seeds run" 3 'run: --shrink: none/x: ' "$cidsim" run rare.scn --seeds 1000000000 --shrink none/x
call sh -c '"$1" run large.scn --shrink /dev/stdout | cat' - "$cidsim"
says "into a pipe: the scenario" '^# Made by cidsim '
bad "no runs" 2 'run: --shrink-runs: ' "$cidsim" run large.scn --shrink never.scn --shrink-runs 0
bad "runs of nothing" 2 'run: --shrink-runs has no effect' "$cidsim" run large.scn --shrink-runs 5
bad "with all revisions" 2 'run: --shrink and --revision all cannot' "$cidsim" run large.scn --shrink never.scn -r all
bad "with two revisions" 2 'run: --shrink and --revision A,B cannot' "$cidsim" run large.scn --shrink never.scn -r 6.19,7.1
bad "with -o" 2 'run: --shrink and -o cannot' "$cidsim" run large.scn --shrink never.scn -o x
is "nothing was written" "$([ ! -e never.scn ] && echo yes)" yes
empty "no hidden file" "$(find . -name '.cidsim-*' -printf '%h\n' | head -n 1)"
finish
