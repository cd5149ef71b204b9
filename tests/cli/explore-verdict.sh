#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What explore finds, what a file expects, and the exit status. Usage: explore-verdict.sh CIDSIM

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# machine NAME: two CPUs and a fork, with standard input added, in NAME.scn
machine() {
	{
		printf '[machine]\ncpus = 2\n[explore]\nforks = 1\ncheck = I3 I5\n'
		cat
	} >"$1.scn"
}

machine plain </dev/null
good "it holds" "$cidsim" explore plain.scn
says "it holds: verdict" '^HOLDS within these bounds'
call "$cidsim" explore plain.scn --revision v3
is "it is broken: status" "$status" 1
says "it is broken: verdict" '^VIOLATED: I3, a spin in get cannot end, 3 steps'
is "it is broken: no message" "$(cat "$tmp/err")" ""
call "$cidsim" explore plain.scn --max-depth 2
is "a limit came first: status" "$status" 4
says "a limit came first: verdict" '^UNDECIDED: not all states were seen \(max-depth\)\.$'
call "$cidsim" explore plain.scn plain.scn --revision v3 --quiet
is "two of them, quiet: status" "$status" 1
is "two of them, quiet: nothing is said" "$(cat "$tmp/out" "$tmp/err")" ""

machine none <<'X'
[expect]
property = none
X
good "none is expected" "$cidsim" explore none.scn
bad "none is expected, one is found" 1 'none\.scn:7: property = none does not hold: found I3$' \
	"$cidsim" explore none.scn --revision v3
call "$cidsim" explore none.scn --max-depth 2
is "none is expected, a limit came first" "$status" 4

machine one <<'X'
[expect]
property = I3
X
bad "one is expected, none is found" 1 'one\.scn:7: property = I3 does not hold: found none$' \
	"$cidsim" explore one.scn
good "one is expected, and found" "$cidsim" explore one.scn --revision v3
says "one is expected, and found: verdict all the same" '^VIOLATED: I3'

machine other <<'X'
[expect]
property = != I3
X
good "another is expected" "$cidsim" explore other.scn
bad "another is expected, this is found" 1 'other\.scn:7: property != I3 does not hold: found I3$' \
	"$cidsim" explore other.scn --revision v3

machine violations <<'X'
[expect]
violations = 1
X
call "$cidsim" explore violations.scn --revision v3
is "that is not about explorations" "$status" 1

# What the file expects is about what it looks for.
good "looked for is another: holds" "$cidsim" explore one.scn --check I1
machine five <<'X'
[expect]
property = I5
X
call "$cidsim" explore five.scn --check I3 --revision v3
is "looked for is another: broken" "$status" 1
is "looked for is another: nothing is said of the file" "$(cat "$tmp/err")" ""
machine bad <<'X'
[expect]
property = I4
X
bad "a file contradicts itself" 2 "bad\.scn:7: property: 'I4' is not looked for, add it to 'check'" \
	"$cidsim" explore bad.scn

# I7 is not a question about states.
bad "I7" 2 'explore: plain\.scn: I7 depends on what came before a state' "$cidsim" explore plain.scn --check I7
bad "I7 among others" 2 'explore: plain\.scn: I7 ' "$cidsim" explore plain.scn --check "I1 I7"
bad "I7, matrix" 2 'explore: plain\.scn: I7 ' "$cidsim" explore --matrix plain.scn --check I7

finish
