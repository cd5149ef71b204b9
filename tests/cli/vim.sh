#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The syntax file for vim knows the groups and keys of scenarios. Usage: vim.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
vim --version 2>/dev/null | grep -q '+syntax' || {
	skip "no vim with syntax"
	finish
}

# painted FILE: the name of the syntax group at the beginning of each line, and the line
painted() {
	HOME=$tmp vim -es -u NONE -i NONE --cmd "set runtimepath^=$source/vim" \
		-c 'syntax on' -c 'filetype on' -c "edit $1" \
		-c 'let out = map(range(1, line("$")), {i, n -> synIDattr(synID(n, 1, 1), "name") . " " . getline(n)})' \
		-c "call writefile(out, '$tmp/painted')" -c 'qa!' </dev/null >"$tmp/out" 2>&1
	cat "$tmp/painted"
}

# All keys that the rules describe and all that the shipped scenarios have, with their defaults.
"$cidsim" --complete check --set "" | sed -n 's/.*\.\([a-z-]*\)=.*/\1 = 1/p' >keys.scn
for name in $("$cidsim" list | cut -d ' ' -f 1); do
	"$cidsim" check --explain "$name" | grep -v '^#' >>keys.scn
done
painted keys.scn >lines
is "there are lines" "$([ "$(wc -l <lines)" -gt 500 ] && echo yes)" yes
is "each line is a key or a group" "$(grep -vE '^(cidsimKey|cidsimGroup) |^ $' lines | sort -u)" ""
is "keys are keys" "$(grep -c '^cidsimKey \[' lines)" 0
printf '# cpus = 4\nnosuch-key = 4\n[nosuch]\n' >other.scn
painted other.scn >lines
says "a comment" '^cidsimComment # cpus' lines
says "an unknown key is none" '^cidsimLine nosuch-key' lines
finish
