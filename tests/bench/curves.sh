#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Time per wake-up and bytes per task against tasks (16 to 4 M, 16 CPUs and 1024) and against CPUs (4 to 8192, 16 tasks
# for each), as CSV; and with gnuplot a picture of them.
#
# Usage: curves.sh BUILD [PICTURE.svg]
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
build=$(realpath "${1:?usage: curves.sh BUILD [PICTURE.svg]}")
picture=${2:+$(realpath "$2")}
begin "$build/sim/cidsim"

# curve NAME SIZE…: rows of the CSV
curve() {
	name=$1
	shift
	for size in "$@"; do
		"$build/tests/bench-engine" --rounds 5 --wakeups 200000 "$size" | awk -v name="$name" '
			END { printf "%s,%d,%d,%s,%s,%s,%s,%s\n", name, $1, $2, $3, $4, $5, $6, $9 }'
	done
}

{
	echo 'curve,cpus,tasks,engine_least_ns,engine_median_ns,bare_least_ns,bare_median_ns,bytes_per_task'
	curve tasks-16 16x16 16x64 16x256 16x1024 16x4096 16x16384 16x65536 16x262144 16x1048576 16x4000000
	curve tasks-1024 1024x4096 1024x16384 1024x65536 1024x262144 1024x1048576 1024x4000000
	curve cpus 4x64 8x128 16x256 32x512 64x1024 128x2048 256x4096 512x8192 1024x16384 2048x32768 \
		4096x65536 8192x131072
} >all.csv
cat all.csv
[ -n "$picture" ] || exit 0
for name in tasks-16 tasks-1024 cpus; do
	grep "^$name," all.csv | tr , ' ' >"$name.txt"
done
gnuplot <<END
set terminal svg size 900,620 font 'sans-serif,12' background 'white'
set output '$picture'
set multiplot layout 2,2
set logscale x 4
set format x '%.0s%c'
set grid
set yrange [0:]
set ylabel 'ns per wake-up'
set key top left
set xlabel 'tasks'
plot 'tasks-16.txt' using 3:4 with linespoints title '16 CPUs', \
	'tasks-1024.txt' using 3:4 with linespoints title '1024 CPUs', \
	'tasks-16.txt' using 3:6 with linespoints title 'bare, 16 CPUs', \
	'tasks-1024.txt' using 3:6 with linespoints title 'bare, 1024 CPUs'
set xlabel 'CPUs, 16 tasks for each'
plot 'cpus.txt' using 2:4 with linespoints title 'engine', \
	'cpus.txt' using 2:6 with linespoints title 'bare'
set ylabel 'bytes per task'
set yrange [0:400]
set key top right
set xlabel 'tasks'
plot 'tasks-16.txt' using 3:8 with linespoints title '16 CPUs', \
	'tasks-1024.txt' using 3:8 with linespoints title '1024 CPUs'
set xlabel 'CPUs, 16 tasks for each'
plot 'cpus.txt' using 2:8 with linespoints title 'engine'
END
