#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# How fast `cidsim replay` is and how much memory it takes: the log of a run of about ten million lines
# (LINES, a tenth of it with LINES=1000000), which `cidsim run` has just written; and the traces of
# real kernels in tests/traces, many times over. Rates are per second of CPU time.
#
# Usage: replay.sh CIDSIM SOURCE_DIR. Exit status: 1 if a replay differs, never because of a time.
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
traces=$(realpath "${2:?usage: replay.sh CIDSIM SOURCE_DIR}")/tests/traces
lines=${LINES:-10000000}
begin "$1"

cat >long.scn <<END
[scenario]
title = four pools of six threads on eight CPUs
time = $((lines * 14 / 10))us

[machine]
cpus = 8

[mm app]

[pool workers]
mm = app
pools = 4
threads = 6
cycles = 10000000
run = exp(200us)
END

# measured UNIT COUNT COMMAND…: how many a second, and the peak of memory.
measured() {
	unit=$1
	count=$2
	shift 2
	children >before
	"$@" >out 2>&1 &
	child=$!
	peak=0
	while kill -0 $child 2>/dev/null; do
		peak=$(awk '/^VmHWM/ { print $2 }' /proc/$child/status 2>/dev/null || true)
		[ -z "$peak" ] || echo "$peak" >peak
		sleep 0.05
	done
	wait $child || { cat out >&2; exit 1; }
	children >after
	paste before after | awk -v unit="$unit" -v count="$count" -v peak="$(cat peak 2>/dev/null)" \
		'{ printf "%12d %s in %6.2f s: %7.0f thousand a second, peak %.1f MB\n",
			count, unit, $2 - $1, count / ($2 - $1) / 1000, peak / 1024 }'
}

"$cidsim" run -q -o out.d long.scn
count=$(wc -l <out.d/long/trace.txt)
echo "log of cidsim run, $(du -m out.d/long/trace.txt | cut -f 1) MB:"
measured lines "$count" "$cidsim" replay -q out.d/long/trace.txt
gzip -1 out.d/long/trace.txt
measured "lines, gzip," "$count" "$cidsim" replay -q out.d/long/trace.txt.gz

echo "traces of kernels, 50 times each:"
for trace in pools-4.trace.gz mixpin-4.trace.gz recipe-pool-4.txt.gz pool-8-7.3.4.txt.gz \
	mixpin-fin-8-7.3.4.txt.gz; do
	args=
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		for _ in 1 2 3 4 5; do args="$args $traces/$trace"; done
	done
	count=$("$cidsim" replay --json "$traces/$trace" | sed 's/.*"events":\([0-9]*\).*/\1/')
	echo "  $trace"
	# shellcheck disable=SC2086 # a list of files
	measured events $((count * 50)) "$cidsim" replay -q $args
done
