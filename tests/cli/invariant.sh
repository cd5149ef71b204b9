#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The conjuncts of the proof as a property of states: of explorations, steps, runs and replays. What `prove` says
# holds must hold there, and a protocol that it refuses must break a conjunct. Usage: invariant.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
traces=$(realpath "${2:-$(dirname "$0")/../..}")/tests/traces
begin "$@"

# All orders: what is proven, and what is not
good "7.1 without failed execs" "$cidsim" explore explore/b1 --check invariant
good "walks in any order" "$cidsim" explore explore/b4 --check invariant
good "the candidate" "$cidsim" explore explore/exec-2 --check invariant --set protocol.exec-return=late \
	--set protocol.last-exit=clean
call "$cidsim" explore explore/b9 --check invariant
is "failed execs break it" "$status" 1
says "which conjunct" '^  The conjunct user-has: a user that runs, and neither spins nor waits for its'
call "$cidsim" explore explore/b6 --check invariant --revision 7.0-fork
is "so does 7.0-fork" "$status" 1
says "which conjunct" '^  The conjunct own-phase: '

# Steps and runs
good "a run" "$cidsim" run hysteresis --set scenario.check=invariant
good "with several processes" "$cidsim" run many-mms --set scenario.check=invariant
call "$cidsim" run failed-exec --set scenario.check=invariant --no-expect
is "a run with failed execs" "$status" 1
flows "it says which conjunct" 'invariant in app: a conjunct of the invariant in proof/ does not hold'
says "and what it says" '^    cpu-of-user: a user that runs on a CPU that owns a number has that number$'
call "$cidsim" explore explore/b9 --check invariant -o found.scn
call "$cidsim" run found.scn
says "its steps break it, too" '>>> invariant breaks here: '

# Who comes back late holds the mutex, and is in no exec any more.
printf '[machine]\ncpus = 4\n\n[mm app]\n\n[tasks worker]\nmm = app\ncount = 3\n\n[at 10ms]\nfailed-exec = worker/0\n\n[at 10100us]\nfork = worker by app\n' >late.scn
good "a late return" "$cidsim" run late.scn --set scenario.check=invariant --set protocol.exec-return=late \
	--set protocol.last-exit=clean

# Replays
good "a trace of 7.2" "$cidsim" replay "$traces/ramp-4.trace.gz" --invariant
flows "it holds in each state" 'looked at in [0-9]{4} states; in 0 of them a conjunct does not hold'
good "a trace with failed execs" "$cidsim" replay "$traces/exec-fin-8-7.3.4.txt.gz" --invariant
flows "it does not" 'the conjunct user-has of the proof does not hold \(line [0-9]+\)'

finish
