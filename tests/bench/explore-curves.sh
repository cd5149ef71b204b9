#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# States a second of `cidsim explore`, and bytes of a state, against the width of the machine, without and with
# reductions, with one thread and with two, as CSV; and with gnuplot a picture of them. A machine of width N has N CPUs
# and N tasks, two forks and two exits. Each search begins no further level at STATES states (5000000).
#
# Usage: explore-curves.sh CIDSIM [PICTURE.svg]
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
states=${STATES:-5000000}
program=${1:?usage: explore-curves.sh CIDSIM [PICTURE.svg]}
picture=${2:+$(realpath "$2")}
begin "$program"

# searched WIDTH JOBS on|off: states, seconds and bytes, of three rounds that with the least time
searched() {
	printf '[machine]\ncpus = %d\n[explore]\ntasks = %d\ntasks-max = %d\nforks = 2\nexits = 2\n' "$1" "$1" $(($1 + 2)) >m.scn
	for _ in 1 2 3; do
		"$cidsim" explore m.scn --jobs "$2" --symmetry "$3" --reduce "$3" --max-states "$states" --timing 2>&1 >/dev/null |
			sed -n 's/.*: \([0-9]*\) states in \([0-9.]*\) s: .* \([0-9.]*\) bytes per state.*/\1 \2 \3/p'
	done | sort -k 2n | head -n 1
}

echo 'reductions,cpus,states,seconds_1,seconds_2,rate_1,rate_2,times,bytes_per_state' | tee all.csv
for point in off:3 off:4 off:5 off:6 off:8 on:5 on:6 on:7 on:8 on:10 on:12; do
	reductions=${point%:*} width=${point#*:}
	echo "$(searched "$width" 1 "$reductions") $(searched "$width" 2 "$reductions")" |
		awk -v reductions="$reductions" -v width="$width" '{
			printf "%s,%d,%d,%s,%s,%d,%d,%.2f,%s\n", reductions, width, $1, $2, $5, $1 / $2, $1 / $5, $2 / $5, $3 }' |
		tee -a all.csv
done
[ -n "$picture" ] || exit 0
for reductions in on off; do
	grep "^$reductions," all.csv | tr , ' ' >"$reductions.txt"
done
gnuplot <<END
set terminal svg size 900,400 font 'sans-serif,12' background 'white'
set output '$picture'
set multiplot layout 1,2
set grid
set xlabel 'CPUs'
set ylabel 'million states a second'
set yrange [0:]
set key below
plot 'off.txt' using 2:(\$7 / 1e6) with linespoints title 'no reductions, 2 threads', \
	'off.txt' using 2:(\$6 / 1e6) with linespoints title 'no reductions, 1 thread', \
	'on.txt' using 2:(\$7 / 1e6) with linespoints title 'reductions, 2 threads', \
	'on.txt' using 2:(\$6 / 1e6) with linespoints title 'reductions, 1 thread'
set ylabel 'bytes of a state'
plot 'off.txt' using 2:9 with linespoints title 'no reductions', \
	'on.txt' using 2:9 with linespoints title 'reductions'
END
