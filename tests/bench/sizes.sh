#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# CPU seconds of commands against the size of their input, a table: groups of a scenario, comments, lines of a log, rows
# of a sweep. Ten times as much takes about ten times as long, and nothing takes the square of that.
#
# Usage: sizes.sh CIDSIM. Exit status: 1 if a command fails, never because of a time.
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
begin "${1:?usage: sizes.sh CIDSIM}"

# measured WHAT SIZE COMMAND…
measured() {
	what=$1 size=$2
	shift 2
	children >before.txt
	"$@" >out.txt 2>err.txt || { echo "$what, $size: $*" >&2; head -n 3 err.txt >&2; exit 1; }
	children >after.txt
	paste before.txt after.txt | awk -v what="$what" -v size="$size" '
		{ printf "%-34s %9d %8.2f s %8.2f us each\n", what, size, $2 - $1, ($2 - $1) * 1e6 / size }'
}

# scenario LINES…: lines that awk prints
scenario() {
	{
		printf '[scenario]\ntime = 1ms\n[machine]\ncpus = 4\n[mm app]\n'
		awk "BEGIN { $1 }"
	} >size.scn
}

for size in 1000 10000 100000; do
	scenario "for (i = 0; i < $size; i++) printf \"[tasks t%d]\\nmm = app\\n\", i"
	measured "check, groups" "$size" "$cidsim" check size.scn
	measured "check --format, groups" "$size" "$cidsim" check --format size.scn
	measured "check --explain, groups" "$size" "$cidsim" check --explain size.scn
	measured "run, groups" "$size" "$cidsim" run size.scn -o drawn
	measured "html, groups" "$size" "$cidsim" html drawn/size -o page.html
done
for size in 10000 100000 900000; do
	scenario "for (i = 0; i < $size; i++) print \"# a comment\"; print \"[tasks t]\\nmm = app\""
	measured "check, comments" "$size" "$cidsim" check size.scn
	measured "check --format, comments" "$size" "$cidsim" check --format size.scn
done
for size in 10000 100000 1000000; do
	printf '[scenario]\ntime = %dus\n[machine]\ncpus = 8\n[mm app]\n[tasks t]\ncount = 24\nrun = exp(200us)\nsleep = exp(200us)\n' \
		$((size * 10)) >log.scn
	"$cidsim" run -q log.scn -o drawn
	lines=$(wc -l <drawn/log/trace.txt)
	measured "replay, lines of a log" "$lines" "$cidsim" replay -q drawn/log/trace.txt
done
printf '[scenario]\ntime = 1ms\n[machine]\ncpus = 2\n[mm app]\n[tasks t]\ncount = 2\n' >row.scn
for size in 1000 10000 100000 1000000; do
	rm -f shard-1.csv shard-2.csv rows.csv
	for shard in 1 2; do
		"$cidsim" sweep row.scn --seeds "$size" --shard $shard/2 -o shard-$shard.csv >/dev/null 2>&1
	done
	measured "merge, rows" "$size" "$cidsim" merge shard-1.csv shard-2.csv -o rows.csv
	measured "plot sweep, rows" "$size" "$cidsim" plot sweep rows.csv -o rows.svg
done
