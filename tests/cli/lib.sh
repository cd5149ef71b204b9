# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# shellcheck shell=sh
#
# For the tests of the command line. Each sources this file and calls begin "$@", then checks,
# then finish. They run in a folder of their own, which is removed at the end.

# room: a folder for temporary files; in memory if there is enough of it, as a sweep waits for the disk
room() {
	free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
	if [ -z "${TMPDIR:-}" ] && [ "${free:-0}" -gt 1000000 ] && [ -w /dev/shm ]; then
		echo /dev/shm
	else
		echo "${TMPDIR:-/tmp}"
	fi
}

begin() {
	[ -x "${1:-}" ] || {
		echo "usage: $0 CIDSIM" >&2
		exit 2
	}
	# shellcheck disable=SC2034
	cidsim=$(realpath "$1")
	tmp=$(mktemp -d "$(room)/cidsim-test-XXXXXX") || exit 2
	trap 'chmod -R u+w "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
	trap 'exit 1' HUP INT TERM
	unset CIDSIM_SCENARIOS CIDSIM_PLOTS
	mkdir "$tmp/work"
	cd "$tmp/work" || exit 2
	passed=0
	failed=0
	skipped=0
}

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

pass() {
	passed=$((passed + 1))
	echo "ok    $1"
}

# fail WHAT [FILE…]: with the files' first lines
fail() {
	failed=$((failed + 1))
	echo "FAIL  $1"
	shift
	for shown; do # not a name that a test uses
		[ ! -s "$shown" ] || head -n 12 "$shown" | cut -c 1-200 | sed 's/^/      | /'
	done
}

skip() {
	skipped=$((skipped + 1))
	echo "skip  $1"
}

# flows WHAT PATTERN: as says, about the text whose lines are put together as one
flows() {
	tr -s ' \n' '  ' <"$tmp/out" | tr -s ' ' >"$tmp/joined"
	says "$1" "$2" "$tmp/joined"
}

# call COMMAND…: run it; leaves $status and the files $tmp/out and $tmp/err
call() {
	"$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

# good WHAT COMMAND…: ends with 0 and says nothing on standard error
good() {
	what=$1
	shift
	call "$@"
	if [ "$status" -ne 0 ]; then
		fail "$what: exit status $status" "$tmp/err"
	elif [ -s "$tmp/err" ]; then
		fail "$what: says something on standard error" "$tmp/err"
	else
		pass "$what"
	fi
}

# bad WHAT STATUS PATTERN COMMAND…: ends with STATUS and one line on standard error, "cidsim: "
# and what the extended regular expression PATTERN matches from there on
bad() {
	what=$1 wanted=$2 pattern=$3
	shift 3
	call "$@"
	if [ "$status" -ne "$wanted" ]; then
		fail "$what: exit status $status, not $wanted" "$tmp/err"
	elif [ "$(wc -l <"$tmp/err")" -ne 1 ]; then
		fail "$what: not one line on standard error" "$tmp/err"
	elif ! LC_ALL=C grep -aqE "^cidsim: $pattern" "$tmp/err"; then
		fail "$what: the message does not match '$pattern'" "$tmp/err"
	else
		pass "$what"
	fi
}

# refused WHAT LINE PATTERN: bad.scn has one fault; `check` and `run` report it, and write nothing
refused() {
	bad "$1" 2 "bad\.scn:$2: $3" "$cidsim" check bad.scn
	cp "$tmp/err" "$tmp/check"
	call "$cidsim" run bad.scn -o never
	if [ "$status" -ne 2 ] || ! cmp -s "$tmp/err" "$tmp/check" || [ -e never ]; then
		fail "$1: run differs from check" "$tmp/err"
	fi
}

# says WHAT PATTERN [FILE]: what was printed last has such a line
says() {
	if LC_ALL=C grep -aqE -- "$2" "${3:-$tmp/out}"; then
		pass "$1"
	else
		fail "$1: nothing matches '$2'" "${3:-$tmp/out}"
	fi
}

# is WHAT FOUND EXPECTED
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1: '$2', not '$3'"
	fi
}

# empty WHAT DIR: no file in it, not even a hidden one
empty() {
	left=$(find "$2" ! -type d 2>/dev/null)
	is "$1" "$left" ""
}

# revision_names: those that there are, a line each
revision_names() {
	"$cidsim" revisions | sed -n '2,/^$/s/ .*//p' | grep .
}

# scn NAME: a small good scenario with standard input added, in NAME.scn
scn() {
	{
		printf '[scenario]\ntime = 10ms\n[machine]\ncpus = 4\n[mm app]\n'
		cat
	} >"$1.scn"
}

# A locale with a decimal comma in $comma: the system's, or one made for this test. Fails if there
# is none.
find_locale() {
	comma=$(locale -a | grep -iE -m 1 '^(de|fr|it|pl|ru)_[A-Z]+\.utf-?8$')
	[ -z "$comma" ] || return 0
	mkdir "$tmp/locales"
	localedef -i de_DE -f UTF-8 "$tmp/locales/de_DE.UTF-8" >"$tmp/log" 2>&1
	[ -f "$tmp/locales/de_DE.UTF-8/LC_NUMERIC" ] || return 1
	comma=de_DE.UTF-8
	export LOCPATH="$tmp/locales"
}
