#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Points per second of a sweep of 10 000 points, with one job and with two, and their ratio; and
# the memory of a sweep of 100 points against that of 10 000. Usage: sweep.sh CIDSIM
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
begin "${1:?usage: sweep.sh CIDSIM}"

ns() {
	date +%s%N
}

# measure NAME OPTION…: time of the sweep in ns
measure() {
	name=$1
	shift
	begin=$(ns)
	"$cidsim" sweep hysteresis "$@" -o "$name.csv"
	end=$(ns)
	echo $((end - begin))
}

rate() { # POINTS NS
	echo $(($1 * 1000000000 / $2))
}

points="--cpus 1-10 --threads 2-51 --seeds 20"
best1=''
best2=''
for round in 1 2 3; do
	# shellcheck disable=SC2086
	one=$(measure "one-$round" $points --jobs 1)
	# shellcheck disable=SC2086
	two=$(measure "two-$round" $points --jobs 2)
	cmp "one-$round.csv" "two-$round.csv"
	[ -n "$best1" ] && [ "$best1" -le "$one" ] || best1=$one
	[ -n "$best2" ] && [ "$best2" -le "$two" ] || best2=$two
done
echo "10000 points of hysteresis, best of 3:"
echo "  1 job   $(rate 10000 "$best1") points/s"
echo "  2 jobs  $(rate 10000 "$best2") points/s"
echo "  scaling $((best1 * 100 / best2)) %"
# shellcheck disable=SC2086
if command -v /usr/bin/time >/dev/null; then
	few=$(/usr/bin/time -f %M "$cidsim" sweep hysteresis --seeds 100 --jobs 2 2>&1 >/dev/null | tail -n 1)
	many=$(/usr/bin/time -f %M "$cidsim" sweep hysteresis $points --jobs 2 2>&1 >/dev/null | tail -n 1)
	echo "  peak memory of 100 points $few KiB, of 10000 points $many KiB"
fi
