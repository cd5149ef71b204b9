#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The workloads that are recorded on real kernels do not run failed execs on a small machine, nor
# where its size cannot be known. Usage: test-workload.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"

# Only what must be refused is called: nothing here runs an exec that fails.
good "it compiles" "${CC:-cc}" -std=c17 -Wall -Wextra -pthread -DPOSSIBLE_CPUS='"possible"' -o workload \
	"$source/tests/kernel/workload.c" "$source/tests/kernel/workload-exec.c"
for possible in 0 0-2 0,2 '0-1,7' '' many 0-many 5-3 '0-1;0-7'; do
	echo "$possible" >possible
	for command in 'exec 3 2' 'mix 7 20 5 0' 'mix 7 20 5 1'; do
		# shellcheck disable=SC2086 # words
		call ./workload $command
		is "possible '$possible': $command: status" "$status" 2
		says "possible '$possible': $command: why" \
			'^workload: execs that fail need 4 possible CPUs; possible has [0-3]$' "$tmp/err"
	done
done
rm possible
call ./workload exec 3 2
is "possible CPUs cannot be known: status" "$status" 2
call ./workload pool 1 2 1
is "pool runs anywhere: status" "$status" 0
call ./workload exec 3
is "a wrong call: status" "$status" 2
says "a wrong call: usage" '^usage: workload pool POOLS' "$tmp/err"
finish
