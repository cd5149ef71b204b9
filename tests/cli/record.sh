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

# How it writes, without a kernel that could be recorded: these two functions alone.
sed -n '/^begin_trace() {/,/^}/p; /^end_trace() {/,/^}/p' "$record" >"$tmp/functions"
# writes NAME COMMAND: begin, then COMMAND with $part, then end
writes() {
	call sh -c 'umask 027; out=$2; . "$1"; begin_trace || exit 9; echo new >"${part:-$target}"; '"$2"'
		end_trace' - "$tmp/functions" "$1"
}
mkdir new && cd new || exit 2
writes a.txt 'ls -A >../during'
is 'the trace has its name when it is whole' "$(sed 's/\.cidsim-.*/hidden/' ../during) $(cat a.txt) $(ls -A)" 'hidden new a.txt'
is 'the trace has the mode of the umask' "$(stat -c %a a.txt)" 640
echo old >a.txt
writes a.txt 'exit 5'
is 'a trace that is not ended' "$status $(cat a.txt)" '5 old'
rm -f .cidsim-*
ln -s a.txt link
writes link ''
is 'a link stays one' "$(readlink link) $(cat a.txt) $(ls -A | wc -l)" 'a.txt new 2'
writes /dev/null ''
is 'a device stays one' "$status $(test -c /dev/null && echo yes)" '0 yes'
mkdir dir
writes dir ''
is 'a folder is refused' "$status $(ls -A dir)" '9 '
writes none/a.txt ''
is 'no folder' "$status" 9
cd .. || exit 2

good 'record --help' "$record" --help
says 'record --help shows the usage' '^usage: record'
finish
