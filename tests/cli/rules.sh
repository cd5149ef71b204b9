#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The table of rules in docs/agreement.md is what the replay finds now: with a rule taken out, the
# trace that it names is contradicted at the line that it names; where it names none, a few traces of
# different kind still agree. Usage: rules.sh CIDSIM SOURCE_DIR flags: those that are flags; rules.sh
# CIDSIM SOURCE_DIR edits BUILD: those that are edits of the model, which are built there first.

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
kind=${3:-flags}
build=$(realpath "${4:-.}")
begin "$@"
traces=$source/tests/traces
page=$source/docs/agreement.md
few='pool-4.trace.gz mixpin-4.trace.gz procs-4-6.19.6.trace.gz exec-fin-8-7.3.4.txt.gz'
if [ ! -f "$page" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR flags | edits BUILD" >&2
	exit 2
fi

# taken_out LABEL: the program and its options with that rule taken out, in $program and $options
taken_out() {
	case $1 in
	edit*)
		program=$build/tests/cidsim-$(echo "$1" | tr -d '`' | cut -d ' ' -f 2)
		options=
		;;
	*)
		program=$cidsim
		options=$(echo "$1" | tr -d '`' | sed 's/[^ ][^ ]*/--set protocol.&/g')
		;;
	esac
}

# replay TRACE: with the rule taken out; leaves $status, $line: the first that differs
replay() {
	of_trace=$(sed -n "s/^$1 \([^ ]*\) .*/\1/p" "$traces/agreement.txt")
	[ "$of_trace" != - ] || of_trace=
	# shellcheck disable=SC2086 # words
	call "$program" replay $of_trace $options "$traces/$1"
	line=$(sed -n 's/^First difference: line \([0-9]*\),.*/\1/p' "$tmp/out")
}

case $kind in
edits)
	meson compile -C "$build" replay-mutants >"$tmp/log" 2>&1 || {
		fail "meson compile replay-mutants" "$tmp/log"
		finish
	}
	pattern='^| edit '
	;;
*) pattern='^| `[a-z-]*=' ;;
esac
sed -n '/^<!-- rules -->$/,/^<!-- end -->$/p' "$page" | grep "$pattern" | sed 's/^| //;s/ |$//;s/ | /|/g' >rows

while IFS='|' read -r label _ caught where; do
	taken_out "$label"
	case $caught in
	'**none**'*)
		for trace in $few; do
			replay "$trace"
			is "$label: $trace agrees" "$status $line" "0 "
		done
		;;
	*)
		trace=$(echo "$where" | cut -d '`' -f 2)
		replay "$trace"
		is "$label: $trace contradicts" "$status $line" "1 ${where##* }"
		;;
	esac
done <rows
is "there are rules" "$([ "$(wc -l <rows)" -gt 20 ] && echo yes)" yes

# Each has a row.
case $kind in
edits) (cd "$source/tests/mutants" && ls -- *.sed replay/*.sed) | sed 's/.*\///;s/\.sed$//' | sort >there ;;
*) "$cidsim" revisions --json | grep -oE '"[a-z-]+":"[^"]*"' | cut -d '"' -f 2 | sort -u |
	grep -vxE 'name|date|commit|change|split-get' >there ;;
esac
sed 's/^edit //;s/|.*//;s/`//g;s/ /\n/g;' rows | sed 's/=.*//' | sort -u >rows-of
is "each has a row" "$(comm -23 there rows-of)" ""

finish
