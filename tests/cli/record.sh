#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# scripts/record where it cannot record: it says what is wrong in one line that begins with its name,
# and nothing is written. The suite kernel tests the recording. Usage: record.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
record=$(realpath "${2:-$(dirname "$0")/../..}")/scripts/record
begin "$@"

# refuses STATUS PATTERN ARGUMENT…
refuses() {
	wanted=$1 pattern=$2
	shift 2
	call "$record" "$@"
	is "record $*: status" "$status" "$wanted"
	says "record $*: says why" "^record: $pattern" "$tmp/err"
}

refuses 2 'there is no command'
refuses 2 'there is no command' --
refuses 2 '-o needs a value' -o
refuses 2 '--kb 0:' --kb 0 true
refuses 2 '--kb 5k:' --kb 5k true
refuses 2 '-f dat: there are' -f dat true
refuses 2 'there is no option --wrong' --wrong true
refuses 2 '--undo takes no command' --undo true

# Without root or on an older kernel this ends earlier, with the same status.
export TRACEFS="$tmp/none"
echo old >trace.txt
refuses 3 '' true
is 'a trace that is there already stays' "$(cat trace.txt)" old
refuses 3 '' -o other.txt -- true
empty 'nothing else is written' "$(mkdir none && rm trace.txt && pwd)"

good 'record --help' "$record" --help
says 'record --help shows the usage' '^usage: record'
finish
