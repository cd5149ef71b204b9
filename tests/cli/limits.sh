#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# --max-memory: each command has it. Within it a command says the same; beyond it a command ends with one
# line and status 3, or undecided. Usage: limits.sh CIDSIM ROOT

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$1"
root=$2
traces=$root/tests/traces

# machine TIME TASKS
machine() {
	printf '[scenario]\ntime = %s\n[machine]\ncpus = 4\n[mm app]\n[tasks t]\ncount = %s\n' "$1" "$2"
}
machine 20ms 8 >small.scn
machine 3s 4000000 >large.scn
printf '[machine]\ncpus = 2\n[explore]\ntasks = 2\nforks = 1\n' >order.scn
printf '[machine]\ncpus = 8\n[explore]\ntasks = 8\nforks = 2\nexits = 2\n' >wide.scn
"$cidsim" run -q small.scn -o drawn
"$cidsim" sweep small.scn --seeds 4 -o rows.csv >/dev/null

# within WHAT COMMAND…: the same output and status with a limit that is large enough
within() {
	what=$1
	shift
	"$@" >expected.out 2>expected.err </dev/null
	expected=$?
	"$@" --max-memory 2G >limited.out 2>limited.err </dev/null
	limited=$?
	is "$what: status" $limited $expected
	sed 's/,*"--max-memory","2G"//; s/ --max-memory 2G//' limited.out | cmp -s - expected.out
	is "$what: the same output" $? 0
}
within "run" "$cidsim" run small.scn
within "check" "$cidsim" check small.scn
within "sweep" "$cidsim" sweep small.scn --seeds 3 -o -
within "explore" "$cidsim" explore order.scn
within "replay" "$cidsim" replay "$traces/pool-8-7.3.4.txt.gz"
within "plot" "$cidsim" plot timeline drawn/small -o t.svg
within "html" "$cidsim" html drawn/small -o p.html
within "compare" "$cidsim" compare drawn/small drawn/small
within "list" "$cidsim" list
within "revisions" "$cidsim" revisions

# beyond WHAT LIMIT COMMAND…: one line and status 3, or a verdict that is open
beyond() {
	what=$1 limit=$2
	shift 2
	timeout 100 "$@" --max-memory "$limit" >limited.out 2>limited.err </dev/null
	limited=$?
	case $limited in
	3)
		is "$what: one line" "$(wc -l <limited.err)" 1
		says "$what: which limit" "no memory.*the limit is ${limit%M} MiB" limited.err
		;;
	4) pass "$what: undecided" ;;
	*) fail "$what: status $limited" limited.err ;;
	esac
}
beyond "run of 4 000 000 tasks" 64M "$cidsim" run large.scn
beyond "explore of a wide machine" 64M "$cidsim" explore wide.scn -m 4G -j 1
beyond "explore depth first" 64M "$cidsim" explore wide.scn -m 4G --search dfs
beyond "explore with three bits" 64M "$cidsim" explore wide.scn -m 4G --search bitstate

# All commands have the option.
for command in $("$cidsim" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	"$cidsim" "$command" --help | grep -q -- --max-memory
	is "$command has --max-memory" $? 0
done

bad "too small" 2 'run: --max-memory: 1M is too small; at least 16M' "$cidsim" run small.scn --max-memory 1M
bad "no size" 2 'run: --max-memory: .*many' "$cidsim" run small.scn --max-memory many
finish
