#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# lib/suite.c: which tests of a test program run. Usage: suite.sh PROGRAM: that of unit/explore/state/test-list.c, in
# which numbers_are_reversed has 31 values of _i.
set -eu
program=$1
failed=0
export CK_DEFAULT_TIMEOUT=60
unset SUITE_MOST

# runs CHECKS WORD…: the program, named these words, runs as many checks
runs() {
	wanted=$1
	shift
	got=$("$program" "$@" | sed -n 's/.*Checks: \([0-9]*\), Failures: 0, Errors: 0$/\1/p')
	[ "$got" = "$wanted" ] || {
		echo "$*${SUITE_MOST:+, SUITE_MOST=$SUITE_MOST}: $got checks, $wanted wanted" >&2
		failed=1
	}
}

runs 31 numbers_are_reversed
runs 1 numbers_are_reversed/30
export SUITE_MOST=31
runs 31 numbers_are_reversed
export SUITE_MOST=30
runs 16 numbers_are_reversed
runs 1 numbers_are_reversed/30
export SUITE_MOST=1
runs 1 numbers_are_reversed
"$program" --list | grep -qx numbers_are_reversed
if "$program" no_such_test >/dev/null 2>&1; then
	echo "a test that does not exist has passed" >&2
	failed=1
fi
exit "$failed"
