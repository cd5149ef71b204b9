#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# A recording may begin at any moment of a process's life. What is not known then is taken over as it
# is seen; whatever is guessed meanwhile must never be held against the kernel, and in the end all but
# a little is compared again. Usage: replay-late.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
traces=$source/tests/traces
if [ ! -f "$traces/agreement.txt" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi

# The header, then what comes after the first PERCENT of the events.
late() { # TRACE PERCENT
	gzip -dc "$1" >all
	grep '^#' all | head -n 8 | grep -v entries-in-buffer >late.txt # they are fewer
	grep -v '^#' all >events
	tail -n +$(($(wc -l <events) * $2 / 100 + 1)) events >>late.txt
}

for trace in "$traces"/*.trace.gz "$traces"/*-fin-*.txt.gz "$traces"/recipe-pool-4.txt.gz; do
	name=$(basename "$trace")
	cpus=$(echo "$name" | sed 's/^[a-z-]*-\([0-9]*\)[-.].*/\1/')
	for percent in 7 31 50 83; do
		late "$trace" $percent
		"$cidsim" replay --possible "$cpus" late.txt >"$tmp/out" 2>"$tmp/err"
		is "$name from $percent % on: status" $? 0
	done
done

# A process that was there is compared once it is known: most of what is left of it.
late "$traces/pools-4.trace.gz" 50
good "most is compared" "$cidsim" replay --json late.txt
compared=$(grep -o '"switches":{"compared":[0-9]*' "$tmp/out" | tail -n 1 | grep -o '[0-9]*$')
if [ "${compared:-0}" -gt 2000 ]; then
	pass "pools-4 from the middle on: $compared switches are compared"
else
	fail "pools-4 from the middle on: only ${compared:-0} switches are compared" "$tmp/out"
fi

# ... and then a wrong word is noticed as ever.
sed 's/ sw \([0-9]*\):3c:1 \. / sw \1:2c:1 . /' late.txt >wrong
"$cidsim" replay wrong >"$tmp/out" 2>&1
is "a wrong word in the second half: status" $? 1
finish
