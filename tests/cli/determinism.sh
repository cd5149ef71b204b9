#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The same bytes from differently built programs, and in two locales: digests, JSON and reports of
# all shipped scenarios, and the files of `run -o`. Usage: determinism.sh SOURCE_DIR CIDSIM compares
# CIDSIM with what gcc -O0 builds; determinism.sh SOURCE_DIR --long builds three more, and has a locale.

set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${1:-.}")
program=${2:---long}
if [ ! -f "$source/meson.build" ] || { [ "$program" != --long ] && [ ! -x "$program" ]; }; then
	echo "usage: $0 SOURCE_DIR CIDSIM | --long" >&2
	exit 2
fi
tmp=$(mktemp -d "$(room)/cidsim-test-XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
# Leaks are for another test: here they would only cost time.
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1
unset CIDSIM_SCENARIOS LANG LANGUAGE LC_ALL LOCPATH

# build NAME COMPILER MESON_OPTION…
build() {
	name=$1 compiler=$2
	shift 2
	if ! CC=$compiler meson setup "$tmp/$name" "$source" -Dtests=false "$@" >"$tmp/log" 2>&1 ||
		! ninja -C "$tmp/$name" -j 2 sim/cidsim >>"$tmp/log" 2>&1; then
		echo "FAIL  $name does not build"
		tail -n 20 "$tmp/log"
		exit 1
	fi
	echo "built $name"
}

# results PROGRAM FOLDER: run all scenarios, with all files
results() {
	mkdir "$2"
	(
		cd "$source" || exit 2
		"$1" run scenarios scenarios/study --json >"$2/stdout.json" && "$1" run scenarios -o "$2/files" >"$2/stdout"
	) 2>"$2/stderr"
	status=$?
	[ "$status" -eq 0 ] && [ ! -s "$2/stderr" ] && return
	echo "FAIL  $1: exit status $status"
	head -n 20 "$2/stderr"
	exit 1
}

# same WHAT FOLDER: as the first one
failed=0
same() {
	if diff -rq "$tmp/first" "$2" >"$tmp/log" 2>&1; then
		echo "ok    $1"
		rm -rf "$2"
	else
		echo "FAIL  $1 differs from gcc -O0"
		head -n 20 "$tmp/log"
		failed=$((failed + 1))
	fi
}

build gcc-O0 gcc -Doptimization=0 -Ddebug=false
results "$tmp/gcc-O0/sim/cidsim" "$tmp/first"
scenarios=$(wc -l <"$tmp/first/stdout.json")
echo "      $scenarios scenarios, $(find "$tmp/first/files" -type f | wc -l) files," \
	"$(du -sh "$tmp/first" | cut -f 1)"
[ "$scenarios" -gt 10 ] || {
	echo "FAIL  the scenarios were not all run"
	exit 1
}

results "$tmp/gcc-O0/sim/cidsim" "$tmp/again"
same "the same program again" "$tmp/again"
if [ "$program" != --long ]; then
	results "$(realpath "$program")" "$tmp/given"
	same "$program" "$tmp/given"
elif find_locale; then
	# Is it what it should be? A shell's printf obeys it.
	decimal=$(LC_ALL=$comma locale decimal_point)
	if [ "$decimal" = , ]; then
		LC_ALL=$comma
		export LC_ALL
		results "$tmp/gcc-O0/sim/cidsim" "$tmp/comma"
		unset LC_ALL
		same "locale $comma" "$tmp/comma"
	else
		echo "FAIL  $comma has the decimal point '$decimal'"
		failed=$((failed + 1))
	fi
else
	echo "skip  locale: none with a decimal comma here, and localedef has no source (package locales)"
fi
if [ "$program" = --long ]; then
	build gcc-O3 gcc -Doptimization=3 -Ddebug=false
	results "$tmp/gcc-O3/sim/cidsim" "$tmp/gcc-O3-results"
	same "gcc -O3" "$tmp/gcc-O3-results"
	build clang-O3 clang -Doptimization=3 -Ddebug=false
	results "$tmp/clang-O3/sim/cidsim" "$tmp/clang-O3-results"
	same "clang -O3" "$tmp/clang-O3-results"
	build sanitized gcc -Doptimization=1 -Ddebug=true -Db_sanitize=address,undefined
	results "$tmp/sanitized/sim/cidsim" "$tmp/sanitized-results"
	same "gcc -O1, sanitized" "$tmp/sanitized-results"
fi

[ "$failed" -eq 0 ] && echo "all the same: digests, JSON, reports and files"
[ "$failed" -eq 0 ]
