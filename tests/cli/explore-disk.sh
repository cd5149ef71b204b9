#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# explore --disk: a search that was killed, or to which a call of the system failed, goes on and says the
# same as one in memory. Usage: explore-disk.sh CIDSIM [SHIM]; SHIM: the library of tests/faults.

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$1"
shim=${2:-}

cat >middle.scn <<'X'
[machine]
cpus = 3
[explore]
tasks = 3
tasks-max = 4
forks = 1
exits = 1
check = I1 I2 I3 I4 I5
X
command='explore middle.scn --symmetry off --json -m 16M'

# shellcheck disable=SC2086
{
	"$cidsim" $command >expected.json
	good "in files" "$cidsim" $command --disk states
	cmp -s "$tmp/out" expected.json
	is "in files: the same bytes as in memory" $? 0
	is "in files: nothing is left" "$(ls states)" ""

	# Killed again and again, a little later each time.
	killed=0 at=1
	while [ $at -lt 400 ]; do
		timeout -s KILL "$(printf '0.%03d' $at)" "$cidsim" $command --disk states -j $((1 + at % 2)) \
			>now.json 2>/dev/null
		[ $? -eq 137 ] || break
		killed=$((killed + 1)) at=$((at + 10))
	done
	"$cidsim" $command --disk states >now.json
	is "killed: status of the last one" $? 0
	[ $killed -ge 2 ] || fail "killed $killed times only"
	cmp -s now.json expected.json
	is "killed: the same bytes" $? 0
	is "killed: nothing is left" "$(ls states)" ""

	# A limit, then further.
	call "$cidsim" $command --disk states --max-depth 9
	is "at a limit: status" "$status" 4
	is "at a limit: it stays" "$(ls states | wc -l)" 1
	call "$cidsim" $command --disk states --max-depth 12 -j 2
	is "at the next limit: status" "$status" 4
	"$cidsim" $command --max-depth 12 >twelve.json || :
	cmp -s "$tmp/out" twelve.json
	is "at the next limit: the same bytes as at once" $? 0
	"$cidsim" $command --disk states >now.json
	sed 's/,"--max-depth","[0-9]*"//' now.json | cmp -s - expected.json
	is "further: the same bytes" $? 0

	# The n-th call fails: a message and status 3, and the same command goes on.
	if [ -n "$shim" ]; then
		for kind in write short read rename close open nameless; do
			wrong='' failed=0
			for n in 1 2 3 5 8 13 21 34 55; do
				LD_PRELOAD=$shim CIDSIM_FAULT=$kind:$n "$cidsim" $command --disk states \
					>now.json 2>now.err
				code=$?
				[ $code = 0 ] || [ $code = 3 ] || wrong="$wrong $kind:$n: status $code"
				if [ $code = 3 ]; then
					failed=$((failed + 1))
					[ "$(wc -l <now.err)" = 1 ] || wrong="$wrong $kind:$n: $(cat now.err)"
					"$cidsim" $command --disk states >now.json || wrong="$wrong $kind:$n: stays wrong"
				fi
				cmp -s now.json expected.json || wrong="$wrong $kind:$n: other bytes"
				rm -rf states
			done
			is "$kind fails, $failed times with a message" "$wrong" ""
		done
	fi
}

bad "a walk has no disk" 2 'explore: --disk is not for --search walk' "$cidsim" explore middle.scn --search walk --disk states
bad "depth first has no disk" 2 'explore: --disk is for --search bfs' "$cidsim" explore middle.scn --search dfs --disk states
bad "no folder" 2 "explore: --disk: '' is no folder" "$cidsim" explore middle.scn --disk ''
bad "a matrix has no disk" 2 'explore: --disk is not for --matrix' "$cidsim" explore --matrix --disk states
call "$cidsim" explore middle.scn --disk middle.scn
is "a file is no folder: status" "$status" 3
is "a file is no folder: one line" "$(wc -l <"$tmp/err")" 1
finish
