#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# One digest for each result, with any compiler, machine and environment: the lines of results.sh are those of
# golden.txt. Only a stated change of the protocol, the engine or a format changes that file.
#
#   matrix.sh SOURCE CIDSIM            a program, in several environments: time zone, home, folder, umask, locale, threads
#   matrix.sh SOURCE --update CIDSIM   writes golden.txt
#   matrix.sh SOURCE --whole [FOLDER [NAME…]]
#                                      builds all programs in FOLDER (build-matrix), also for other machines; compares
#                                      each, and one in all environments (scripts/install --tests --matrix, as root).
#                                      With names only these: those that whole() below has, for example
#                                      clang-O2 arm64 musl large-explorations environments

set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
[ $# -ge 2 ] || {
	echo "usage: $0 SOURCE CIDSIM | SOURCE --whole [FOLDER [NAME…]] | SOURCE --update CIDSIM" >&2
	exit 2
}
source=$(realpath "$1")
here=$source/tests/matrix
shift
tmp=$(mktemp -d "$(room)/cidsim-test-XXXXXX") || exit 2
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
# Leaks are for another test: here they would only cost time.
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1
unset CIDSIM_SCENARIOS LANG LANGUAGE LC_ALL LOCPATH TZ
passed=0 failed=0 skipped=0 names=

if [ "$1" = --update ]; then
	{
		sed -n '/^# runs$/q;p' "$here/golden.txt"
		"$here/results.sh" "$source" "$2" || exit 1
	} >"$tmp/golden" && cp "$tmp/golden" "$here/golden.txt"
	exit
fi

# golden PART…: these parts of the file
golden() {
	for part; do
		sed -n "/^# $part\$/,/^#/p" "$here/golden.txt" | sed '1!{/^#/d;}'
	done
}

# same WHAT PROGRAM JOBS PART…
same() {
	what=$1 program=$2 jobs=$3
	shift 3
	start=$(date +%s)
	golden "$@" >"$tmp/golden"
	for part; do
		[ "$(golden "$part" | wc -l)" -gt 1 ] || {
			fail "$what: golden.txt has no results for $part"
			return
		}
	done
	if ! "$here/results.sh" "$source" "$program" --jobs "$jobs" "$@" >"$tmp/results" 2>"$tmp/err"; then
		fail "$what: does not run" "$tmp/err"
	elif ! diff "$tmp/golden" "$tmp/results" >"$tmp/log"; then
		fail "$what: differs from golden.txt" "$tmp/log"
	else
		pass "$what: $(grep -vc '^#' "$tmp/results") results ($*), $(($(date +%s) - start)) s"
	fi
}

# environment NAME LINES: a program in $tmp/NAME that is $cidsim after these lines
environment() {
	printf '#!/bin/sh\n%s\nexec "%s" "$@"\n' "$2" "$cidsim" >"$tmp/$1"
	chmod +x "$tmp/$1"
}

# locale_of NAME CHARACTERS: the lines for this locale, which is made here; nothing if it cannot be
locale_of() {
	localedef -i "$1" -f "$2" "$tmp/locales/$1.$2" >/dev/null 2>&1
	[ ! -f "$tmp/locales/$1.$2/LC_NUMERIC" ] ||
		echo "export LOCPATH='$tmp/locales' LC_ALL=$1.$2 LANG=$1.$2"
}

# in_environment NAME LINES JOBS PART…
in_environment() {
	name=$1 lines=$2
	shift 2
	if [ -z "$lines" ]; then
		skip "$name: localedef does not make it (package locales)"
	else
		environment program "$lines"
		same "$name" "$tmp/program" "$@"
	fi
}

mkdir "$tmp/locales" "$tmp/empty"
german=$(locale_of de_DE UTF-8)
turkish=$(locale_of tr_TR ISO-8859-9)
arabic=$(locale_of ar_EG UTF-8)
west='export TZ=America/St_Johns HOME=/nonexistent; cd /; umask 077'
east="export TZ=Asia/Kathmandu; unset HOME; cd '$tmp/empty'; umask 000"

short() {
	same "as it is" "$cidsim" 2 runs explore sweeps replay
	in_environment "German, 1 thread, TZ, HOME, / and umask 077" "${german:+$german; $west}" 1 runs sweeps replay
	in_environment "Turkish, 3 threads, TZ, no HOME, empty folder, umask 000" "${turkish:+$turkish; $east}" 3 runs sweeps replay
	in_environment "Arabic, 8 threads" "$arabic" 8 explore sweeps
}

environments() {
	set -- runs explore sweeps replay
	for jobs in 1 2 3 8; do
		same "$jobs threads" "$cidsim" $jobs "$@"
	done
	in_environment "TZ=Asia/Kathmandu" 'export TZ=Asia/Kathmandu' 2 "$@"
	in_environment "TZ=:no-such-zone" 'export TZ=:no-such-zone' 2 "$@"
	in_environment "no HOME" 'unset HOME' 2 "$@"
	in_environment "HOME=/nonexistent" 'export HOME=/nonexistent' 2 "$@"
	in_environment "in /" 'cd /' 2 "$@"
	in_environment "in an empty folder" "cd '$tmp/empty'" 2 "$@"
	in_environment "umask 077" 'umask 077' 2 "$@"
	in_environment "memory that malloc fills" 'export MALLOC_PERTURB_=165' 2 "$@"
	in_environment "de_DE" "$german" 2 "$@"
	in_environment "tr_TR" "$turkish" 2 "$@"
	in_environment "tr_TR.UTF-8" "$(locale_of tr_TR UTF-8)" 2 "$@"
	in_environment "ar_EG" "$arabic" 2 "$@"
	in_environment "fa_IR" "$(locale_of fa_IR UTF-8)" 2 "$@"
}

# wanted NAME: whether the command line has this name, or none at all; it is taken from $unknown
wanted() {
	unknown=$(echo "$unknown" | grep -vxF -e "$1")
	[ -z "$names" ] || echo "$names" | grep -qxF -e "$1"
}

# built NAME COMPILER MESON_OPTION…: sets $cidsim; fails if it does not build
built() {
	name=$1 compiler=$2
	shift 2
	cidsim=$folder/$name/sim/cidsim
	if { [ -f "$folder/$name/build.ninja" ] ||
		CC=$compiler meson setup "$folder/$name" "$source" -Dtests=false -Dhtml=disabled -Dwerror=true \
			"$@" >"$tmp/log" 2>&1; } && ninja -C "$folder/$name" -j 2 sim/cidsim >"$tmp/log" 2>&1; then
		return 0
	fi
	tail -n 20 "$tmp/log" >"$tmp/err"
	fail "$name does not build" "$tmp/err"
	return 1
}

native() { # NAME COMPILER MESON_OPTION…
	wanted "$1" || return 0
	name=$1
	if ! command -v "${2##* }" >/dev/null; then
		skip "$name: there is no $2"
	elif built "$@"; then
		same "$name" "$cidsim" 2 runs studies explore sweeps replay
	fi
}

foreign() { # ARCHITECTURE
	wanted "$1" || return 0
	"$here/root.sh" "$1" "$folder/roots/$1" 2>"$tmp/err"
	case $? in
	0) ;;
	77)
		skip "$1: $(cat "$tmp/err")"
		return
		;;
	*)
		fail "$1: no root" "$tmp/err"
		return
		;;
	esac
	built "$1" "$1" --cross-file "$folder/roots/$1.ini" -Doptimization=2 -Ddebug=false || return
	{
		echo '#!/bin/sh'
		echo "$(cat "$folder/roots/$1.run") '$cidsim' \"\$@\""
	} >"$tmp/emulated"
	chmod +x "$tmp/emulated"
	same "$1, emulated" "$tmp/emulated" 2 runs studies explore sweeps replay
}

# The model alone, which needs only C's headers, with musl: what docs/examples/flip.c prints.
musl() {
	mkdir -p "$tmp/include"
	ln -sfn "$source/model" "$tmp/include/model"
	for compiler in gcc musl-gcc; do
		if ! command -v $compiler >/dev/null; then
			skip "musl: there is no $compiler"
			return
		fi
		if ! $compiler -std=c17 -O2 -I"$source" "$source"/model/*.c "$source/docs/examples/flip.c" -o "$tmp/flip" ||
			! "$tmp/flip" >"$tmp/flip-$compiler"; then
			fail "the model with $compiler"
			return
		fi
	done
	is "the model with musl" "$(cat "$tmp/flip-musl-gcc")" "$(cat "$tmp/flip-gcc")"
	skip "musl: no package of GLib, so the model only"
}

whole() {
	native gcc-O0 gcc -Doptimization=0
	native gcc-O2 gcc -Doptimization=2
	native gcc-O3-lto gcc -Dbuildtype=release
	native gcc-v3 gcc -Doptimization=3 -Dc_args=-march=x86-64-v3
	native gcc-unsigned-char gcc -Doptimization=2 -Dc_args=-funsigned-char
	native gcc-sanitized gcc -Doptimization=1 -Db_sanitize=address,undefined
	native clang-O0 clang -Doptimization=0
	native clang-O2 clang -Doptimization=2
	native clang-O3-lto clang -Dbuildtype=release -Db_lto=true -Dc_link_args=-fuse-ld=lld
	native clang-v3 clang -Doptimization=3 -Dc_args=-march=x86-64-v3
	native clang-sanitized clang -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false
	foreign arm64
	foreign s390x
	foreign i386
	! wanted musl || musl
	! wanted large-explorations || ! built gcc-O2 gcc -Doptimization=2 ||
		same "large explorations" "$cidsim" 2 explore-long
	! wanted environments || ! built gcc-O2 gcc -Doptimization=2 || environments
	for name in $unknown; do
		fail "$name: whole() has no such name"
	done
}

if [ "$1" = --whole ]; then
	folder=${2:-$source/build-matrix}
	mkdir -p "$folder/roots"
	folder=$(realpath "$folder")
	[ $# -le 2 ] || shift 2
	[ "$1" = --whole ] || names=$(printf '%s\n' "$@")
	unknown=$names
	whole
else
	cidsim=$(realpath "$1")
	short
fi
[ "$failed" -eq 0 ] || echo "If the change is meant: $0 SOURCE --update CIDSIM, and the commit says why."
finish
