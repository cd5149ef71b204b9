#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What is installed has the same bytes, wherever and whenever it is built: two copies of the tree, in folders of
# different names and depths, with another time zone, umask, locale and number of jobs, and each with its build folder
# at another place. Usage: reproducible.sh SOURCE COMPILER BUILDTYPE

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# = 3 ] && [ -f "$1/meson.build" ] || {
	echo "usage: $0 SOURCE COMPILER BUILDTYPE" >&2
	exit 2
}
source=$(realpath "$1") compiler=$2 type=$3
passed=0 failed=0 skipped=0
command -v "${compiler##* }" >/dev/null || {
	echo "there is no $compiler" >&2
	exit 77
}
tmp=$(mktemp -d "$(room)/cidsim-test-XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
# A cache would give the second build the objects of the first one.
export CCACHE_DISABLE=1
unset SOURCE_DATE_EPOCH LANG LANGUAGE LC_ALL LOCPATH TZ

find_locale || skip "another locale: localedef makes none (package locales)"

(cd "$source" && { git ls-files -z 2>/dev/null || find . -path './build*' -prune -o -type f -print0; } |
	tar -c --null -T -) >"$tmp/tar" || exit 2

# build NAME COPY BUILD JOBS UMASK ENVIRONMENT…: what is installed, with digests, is then listed in $tmp/NAME.list
build() {
	name=$1 copy=$2 build=$3 jobs=$4 mask=$5
	shift 5
	mkdir -p "$copy"
	if ! (
		umask "$mask"
		# shellcheck disable=SC2163 # each is NAME=VALUE
		export "$@"
		tar -x --no-same-permissions -f "$tmp/tar" -C "$copy" &&
			CC=$compiler meson setup "$build" "$copy" --buildtype="$type" --prefix=/usr -Dtests=false &&
			ninja -C "$build" -j "$jobs" && meson install -C "$build" --quiet --destdir "$tmp/$name"
	) >"$tmp/out" 2>&1; then
		tail "$tmp/out" >"$tmp/err"
		fail "$name is built" "$tmp/err"
		finish
	fi
	pass "$name is built with $compiler, $type, -j $jobs, at $(date '+%H:%M:%S')"
	(cd "$tmp/$name" && find . -type f -exec sha256sum {} + && find . -printf '%m %l %p\n') |
		LC_ALL=C sort -k 2 >"$tmp/$name.list"
	rm -rf "$copy" "$build"
}

build one "$tmp/a" "$tmp/a/build" 2 022 TZ=UTC LC_ALL=C
build two "$tmp/b/another folder/of-a-longer-name" "$tmp/b/elsewhere/out" 1 077 TZ=Asia/Kathmandu LC_ALL="${comma:-C.UTF-8}"
sed -n 's/ \.\/usr\/bin\/cidsim$/ cidsim/p' "$tmp/one.list"
is "more than 100 files are installed" "$([ "$(wc -l <"$tmp/one.list")" -gt 200 ] && echo yes)" yes
is "both have the same bytes, modes and links" "$(diff "$tmp/one.list" "$tmp/two.list")" ""
finish
