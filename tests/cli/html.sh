#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# HTML pages: of runs, scenarios, sweeps and matrices; what is refused. What they do in a browser is
# tested by tests/browser. Usage: html.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# plain PAGE: its text as a reader without script has it, without the elements of scripts and style
plain() {
	sed -e '/^<style>/,/^<\/style>/d' -e '/^<script>/,/^<\/script>/d' -e '/^<script type/d' "$1"
}

# A build without D3 says at each page that there are no charts.
good() {
	what=$1
	shift
	call "$@"
	if [ "$status" -ne 0 ] || grep -v 'has no charts' "$tmp/err" >"$tmp/more"; then
		fail "$what: exit status $status" "$tmp/err"
	else
		pass "$what"
	fi
}

"$cidsim" run -q hysteresis -o out
page=out/hysteresis/report.html
good "a run" "$cidsim" html out/hysteresis -o h.html
is "a run: nothing is printed" "$(cat "$tmp/out")" ""
is "a run: the same bytes as its report.html" "$(cmp h.html $page 2>&1)" ""
good "its parent" "$cidsim" html out -o parent.html
is "its parent: the same bytes" "$(cmp parent.html $page 2>&1)" ""
"$cidsim" rerun out/hysteresis -o again >/dev/null 2>&1
is "rerun: the same bytes" "$(cmp again/hysteresis/report.html $page 2>&1)" ""
plain $page >text
says "without script: the title" '^<h1>hysteresis on 4 CPUs</h1>$' text
says "without script: the verdict" '<p id="verdict" class="good">PASS: 12 of 12 expectations hold' text
says "without script: a mode switch" '^<tr><td class="n">3\.084 ms<td>app<td>to_percpu<td>fork' text
says "without script: a window" '^<tr><td>app<td>to_percpu<td class="n">3\.084 ms.*1\.300 us' text
says "without script: the report" '^To repeat: cidsim run .*hysteresis\.scn --seed 1' text
is "all is closed" "$(tail -n 1 $page)" "</html>"

good "a part" "$cidsim" html out/hysteresis -o part.html --from 10ms --to 20ms
says "a part: where it begins" '"from":10000000,"to":20000000' part.html
good "a shipped scenario" "$cidsim" html hysteresis -o run.html
is "a shipped scenario: as its run" "$(cmp run.html $page 2>&1)" ""
good "a counterexample" "$cidsim" html defects/b9 -o b9.html
plain b9.html >text
says "a counterexample: its steps" '^<tr><td class="n">12<td>complete<td>complete: the window is over<td>' text
says "a counterexample: what is broken" '<td>I5$' text
cat >bad.scn <<'X'
[scenario]
title = </script><b>bold</b>
[machine]
cpus = 2
[mm app]
[expect]
livelocks = 1
X
good "a run that fails has a page, too" "$cidsim" html bad.scn -o bad.html
says "its verdict" '<p id="verdict" class="bad">FAIL: ' bad.html
is "a title is no markup" "$(grep -c '<b>bold' bad.html)" 0
says "a title is text" '^<h1>&lt;/script&gt;&lt;b&gt;bold' bad.html

"$cidsim" sweep study/ramp --cpus 2,4 --threads 6 -o rows.csv 2>/dev/null
good "a sweep" "$cidsim" html rows.csv -o rows.html
says "a sweep: the verdict" 'class="good">2 of 2 runs are ok' rows.html
says "a sweep: the command" '<dt>command<dd>cidsim sweep ' rows.html
"$cidsim" explore --matrix --csv explore/b1 --revision 7.1 >matrix.csv 2>/dev/null ||
	"$cidsim" explore --matrix --csv explore/b1 >matrix.csv
good "a matrix" "$cidsim" html matrix.csv -o matrix.html
says "a matrix: a cell" 'data-revision="7\.1" data-defect="B1">' matrix.html

# Refused.
bad "nothing" 2 'html: no DIR, FILE\.csv or SCENARIO' "$cidsim" html
bad "two" 2 'html: a page is of one' "$cidsim" html out rows.csv -o x.html
bad "no -o" 2 'html: needs -o FILE' "$cidsim" html out
bad "-o is a folder" 2 'html: -o: .*' "$cidsim" html hysteresis -o out
bad "-o is the input" 2 'html: -o: \./rows\.csv is an input' "$cidsim" html rows.csv -o ./rows.csv
bad "no such time" 2 "html: --from: .*" "$cidsim" html out -o x.html --from 10
bad "times in the wrong order" 2 'html: --to 1ms is not after --from 2ms' \
	"$cidsim" html out -o x.html --from 2ms --to 1ms
bad "no room" 3 "no temporary folder: .*; set TMPDIR to a folder that can be written" env TMPDIR=/nosuch "$cidsim" html hysteresis -o x.html
bad "behind the end" 2 '--from: nothing to show from 1s on, the run ends at ' \
	"$cidsim" html out -o x.html --from 1s
bad "times of a sweep" 2 'html: --from and --to are for pages of a run, not of rows\.csv' \
	"$cidsim" html rows.csv -o x.html --to 1ms
bad "to be explored first" 2 'run: .*cidsim explore ' "$cidsim" html explore/b1 -o x.html
bad "no such thing" 3 'nowhere: ' "$cidsim" html nowhere -o x.html
bad "a folder without a run" 2 'again: .*|empty: .*' sh -c 'mkdir empty; "$1" html empty -o x.html' - "$cidsim"
cp -r out broken
printf 'x\n' >>broken/hysteresis/stays.csv
bad "a damaged run" 2 'broken/hysteresis/stays\.csv:[0-9]*: ' "$cidsim" html broken -o x.html
bad "a CSV file of a run" 2 'out/hysteresis/modes\.csv' "$cidsim" html out/hysteresis/modes.csv -o x.html
bad "a full disk" 3 '/dev/full: No space' "$cidsim" html out -o /dev/full
is "what is refused leaves nothing" "$(ls -A . | grep -E '^x\.html|^\.cidsim')" ""

# What cannot be read again: no page, and none of an earlier run.
rm out/hysteresis/stays.csv
ln -s /dev/null out/hysteresis/stays.csv
call "$cidsim" run -q hysteresis -o out
is "records into a device: the run is good" "$status" 0
says "records into a device: says that there is no page" '^cidsim: no report\.html: ' "$tmp/err"
is "records into a device: no page of an earlier run" "$(ls out/hysteresis | grep html)" ""

finish
