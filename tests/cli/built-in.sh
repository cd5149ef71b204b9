#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# built-in.sh SOURCE [D3 LICENCE]: what the build puts into the program is what sim/html/built-in.txt names, byte by byte,
# and there is nothing else: no other library, font or address in the pages' own files.

set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${1:?usage: built-in.sh SOURCE [D3 LICENCE]}")
list=$source/sim/html/built-in.txt
tmp=$(mktemp -d "$(room)/cidsim-test-XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0 skipped=0

# known FILE LICENCE: a line of the list has both digests
known() {
	grep -q " $(sha256sum <"$1" | cut -d ' ' -f 1) $(sha256sum <"$2" | cut -d ' ' -f 1)\$" "$list"
}

if [ $# = 3 ]; then
	if known "$2" "$3"; then pass "D3 is a known one"; else fail "$2 or $3 is not in built-in.txt"; fi
	{ cat "$2" && echo; } >"$tmp/changed"
	if known "$tmp/changed" "$3"; then fail "a changed D3 is known"; else pass "a changed D3 is refused"; fi
else
	skip "D3 is not in this build"
fi
grep -v '^#' "$list" | while read -r name version licence release package digest text rest; do
	case $licence in BSD-3-Clause | MIT | ISC) ;; *) echo "licence of $name: $licence" ;; esac
	[ -n "$version$release$package" ] && [ ${#digest} = 64 ] && [ ${#text} = 64 ] && [ -z "$rest" ] || echo "line of $name"
done >"$tmp/out"
is "each line has a version, a licence and digests" "$(cat "$tmp/out")" ""
found=$(cd "$source" && grep -nE '@font-face|@import|url\(|https?://' sim/html/*.css sim/html/*.js | grep -v 'www\.w3\.org/2000/svg')
is "pages load no fonts and no other files" "$found" ""
found=$(cd "$source" && git ls-files 2>/dev/null | grep -iE '\.(ttf|otf|woff2?|min\.js)$')
is "no fonts or libraries in the repository" "$found" ""
finish
