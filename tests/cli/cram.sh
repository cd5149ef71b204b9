#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The commands of FILE, and that they print what stands there (see cram(1)). They call the program as
# "$CIDSIM". Usage: cram.sh CIDSIM FILE [--update]; with --update what they print replaces what stands
# there.
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
cp "$2" "$copy"
# What is printed becomes a file beside the copy, if it is not what stands there.
cram3 --indent="${CRAM_INDENT:-2}" "$copy" || status=$?
[ "${3:-}" = --update ] || exit "${status:-0}"
[ ! -f "$copy.err" ] || cp "$copy.err" "$2"
