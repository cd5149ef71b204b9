# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# shellcheck shell=sh
#
# For the benchmarks. Each sources this file and calls begin with the path of cidsim: it then is in a
# folder of its own, which is removed at the end.

begin() {
	LC_ALL=C
	export LC_ALL
	# shellcheck disable=SC2034
	cidsim=$(realpath "$1")
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/cidsim-bench-XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 1' HUP INT TERM
	cd "$tmp" || exit
}

# CPU time of all children so far, in seconds. The shell's own `times`, as there may be no other.
children() {
	times >times.txt
	awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); s += t[1] * 60 + t[2] }
		printf "%.3f\n", s }' times.txt
}
