#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# mutate.sh EDIT IN OUT: a source file with one edit, which must change it.
set -eu
sed -E -f "$1" "$2" >"$3"
if cmp -s "$2" "$3"; then
	rm -f "$3"
	echo "$1: nothing of $2 to edit" >&2
	exit 1
fi
