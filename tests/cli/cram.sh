#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The commands of FILE, and that they print what stands there (see cram(1)). They call the program as
# "$CIDSIM". Usage: cram.sh CIDSIM FILE [--update]; with --update what they print replaces what stands
# there. Indented lines that follow no command are text like any other.
set -eu
if [ "$#" -lt 2 ] || [ ! -x "$1" ]; then
	echo "usage: $0 CIDSIM FILE [--update]" >&2
	exit 2
fi
command -v cram3 >/dev/null || {
	echo 'skip  cram is not installed: scripts/install --tests'
	exit 77
}
CIDSIM=$(realpath "$1")
export CIDSIM
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
copy=$tmp/$(basename "$2")
# For cram all indented lines are output: those that are not begin with a mark meanwhile.
awk -v width="${CRAM_INDENT:-2}" '
	substr($0, 1, width) ~ /[^ ]/ || length($0) < width { command = 0; print; next }
	substr($0, width + 1, 2) == "$ " { command = 1 }
	{ print (command ? "" : "\001") $0 }' "$2" >"$copy"
# What is printed becomes a file beside the copy, if it is not what stands there.
cram3 --indent="${CRAM_INDENT:-2}" "$copy" || status=$?
[ "${3:-}" = --update ] || exit "${status:-0}"
[ ! -f "$copy.err" ] || tr -d '\001' <"$copy.err" >"$2"
