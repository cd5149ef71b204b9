#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The engine with everything on but the log, beside the same load with the event API of Cimba
# (https://github.com/ambonvik/cimba, Apache-2.0), which has no model and no records: ns per wake-up of
# both, in turns, the least and the median, and how many times as fast the engine is.
#
# Usage: cimba.sh BUILD PREFIX, where Cimba is installed in PREFIX. ROUNDS=n in the environment: how
# often each is measured, 5 if it is not set.
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(dirname "$(realpath "$0")")/cimba.c
build=$(realpath "${1:?usage: cimba.sh BUILD PREFIX}")
prefix=$(realpath "${2:?usage: cimba.sh BUILD PREFIX}")
rounds=${ROUNDS:-5}
begin "$build/sim/cidsim"
libraries=$(dirname "$(find "$prefix" -name 'libcimba.so' | head -n 1)")
# Compilers without C23 lack the words bool and static_assert.
cc -O3 -std=gnu2x -DNDEBUG -DNLOGINFO -include stdbool.h -include assert.h -I"$prefix/include" -o cimba "$source" \
	-L"$libraries" -Wl,-rpath,"$libraries" -lcimba -lm

# sorted FILE N: line N of it
sorted() {
	sort -n "$1" | sed -n "$2p"
}

echo ' CPUs    tasks     Cimba, ns/wake-up    engine, ns/wake-up   times as fast'
for size in 4x16 64x256 256x4096 1024x65536 8192x1000000; do
	cpus=${size%x*} tasks=${size#*x}
	: >cimba.txt
	: >engine.txt
	round=0
	while [ "$round" -lt "$rounds" ]; do
		./cimba "$cpus" "$tasks" 1 300000 >>cimba.txt
		"$build/tests/bench-engine" --rounds 1 --wakeups 300000 "$size" |
			awk 'END { print $3 }' >>engine.txt
		round=$((round + 1))
	done
	middle=$(((rounds + 1) / 2))
	printf '%5d %8d %10s %10s %11s %10s %8s\n' "$cpus" "$tasks" "$(sorted cimba.txt 1)" \
		"$(sorted cimba.txt "$middle")" "$(sorted engine.txt 1)" "$(sorted engine.txt "$middle")" \
		"$(awk "BEGIN { printf \"%.2f\", $(sorted cimba.txt "$middle") / $(sorted engine.txt "$middle") }")"
done
