#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# HTML pages in a headless Chromium: no complaint, no request, and zoom, hover, filters, sorting, slider
# work; light, dark, printed, without script. Skips without Chromium, node or D3.
# Usage: test-browser.sh CIDSIM SOURCE_DIR

cidsim=$(realpath "$1") source=$(realpath "$2")
for program in chromium node; do
	command -v $program >/dev/null || {
		echo "skip: no $program; scripts/install --browser installs it"
		exit 77
	}
done
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cd "$tmp" || exit 2

"$cidsim" html hysteresis -o run.html 2>message || exit 1
if [ -s message ]; then
	echo "skip: $(cat message)"
	exit 77
fi
for script in "$source"/sim/html/*.js "$source"/tests/browser/*.js; do
	node --check "$script" || exit 1
done
cat >long.scn <<'X'
[scenario]
time = 20s
title = a long run
[machine]
cpus = 16
[mm app]
[tasks t]
count = 40
run = exp(1ms)
sleep = exp(1ms)
X
cat >hostile.scn <<'X'
[scenario]
time = 1ms
title = </script><b>bold</b> &amp; "quoted"
[machine]
cpus = 2
[mm app]
X
# A scenario that fails, names that a shell would take for commands.
"$cidsim" run hysteresis --set machine.cpus=8 -o fails >/dev/null
cp fails/hysteresis/report.html fails.html || exit 1
{
	echo "# cidsim 0.1.0 explore --matrix"
	echo "revision,defect,property,verdict,found,length,states,exhausted"
	echo '$(reboot),B1;reboot,I3,violated,1,3,57,0'
} >words.csv
"$cidsim" html words.csv -o words.html || exit 1
# A report that lacks some of what there is today.
cp -r "$source/plots/sample" old
"$cidsim" html old -o old.html || exit 1
"$cidsim" html defects/b9 -o steps.html && "$cidsim" html long.scn -o long.html &&
	"$cidsim" html hostile.scn -o hostile.html &&
	"$cidsim" html "$source/plots/sample-sweep/grid.csv" -o sweep.html &&
	"$cidsim" html "$source/plots/sample-matrix/matrix.csv" -o matrix.html || exit 1
node "$source/tests/browser/pages.js" chromium "$tmp"
