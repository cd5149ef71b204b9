#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# embed.sh NAME FILE… [-- NAME FILE…]…: prints C with an array of each name, which has the bytes of
# its files one after another, and a NUL.
set -eu

echo '#include "sim/html/assets.h"'
while [ $# -gt 0 ]; do
	echo "const char $1[] = {"
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		od -An -v -tx1 "$1" | sed 's/ \([0-9a-f][0-9a-f]\)/(char)0x\1,/g'
		shift
	done
	echo '0 };'
	[ $# -eq 0 ] || shift
done
