#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Many runs in a call: lines, totals, TAP, JUnit, JSON, threads, seeds. Usage: batch.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"
mkdir many
for number in 1 2 3 4 5 6 7 8 9; do
	scn "many/good-$number" <<X
[tasks t]
count = $((number % 5 + 1))
run = exp(1ms)
sleep = exp(1ms)
[expect app]
users-max = $((number % 5 + 2))
X
done
scn many/failing <<'X'
[tasks t]
count = 3
[expect app]
users-max = 5
X
scn many/unreadable <<'X'
[tasks t]
run = 5
X
scn many/endless <<'X'
[tasks t]
run = 1us
sleep = 0ns
X
sed -i '2i max-events = 100' many/endless.scn

# Lines.
call "$cidsim" run many
is "many: status" "$status" 2
cp "$tmp/out" lines
cp "$tmp/err" messages
is "many: a line each" "$(grep -cE '^(PASS|FAIL|UNDECIDED|UNREADABLE) ' lines)" 12
says "many: one that passes" '^PASS        good-1 +10\.000 ms  1 of 1 hold$' lines
says "many: one that fails" '^FAIL        failing +10\.000 ms  0 of 1 hold$' lines
says "many: what does not hold" '^    many/failing\.scn:9: users-max = 5, found 4 \(app\); known only at the end$' lines
says "many: the command to repeat it" '^    To repeat: cidsim run many/failing\.scn --seed 1$' lines
says "many: totals" '^12 scenarios: 9 pass, 1 fail, 1 undecided, 1 unreadable$' lines
says "many: who does not pass" '^Did not pass: endless, failing, unreadable$' lines
says "many: what cannot be read" '^cidsim: many/unreadable\.scn:7: ' messages
for jobs in 1 2 7 1024; do
	call "$cidsim" run many -j "$jobs"
	if cmp -s "$tmp/out" lines && cmp -s "$tmp/err" messages; then
		pass "-j $jobs: the same bytes"
	else
		fail "-j $jobs: other bytes" "$tmp/out" "$tmp/err"
	fi
done
call "$cidsim" run many -j 1 -o one
call "$cidsim" run many -j 8 -o eight
is "-j with -o: the same files" "$(diff -r one eight 2>&1)" ""
is "-j with -o: all of them" "$(find eight -name report.txt | wc -l)" 11
mkdir again
cp many/good-1.scn again
good "two of a name" "$cidsim" run many/good-1.scn again/good-1.scn
says "two of a name: their paths" '^PASS        again/good-1\.scn '

# TAP.
call "$cidsim" run many --tap
is "TAP: status" "$status" 2
says "TAP: the plan" '^1\.\.12$'
is "TAP: all points" "$(grep -cE '^(not )?ok [0-9]+ - ' "$tmp/out")" 12
is "TAP: blocks of YAML" "$(grep -c '^  \.\.\.$' "$tmp/out")" 3
if command -v prove >/dev/null; then
	prove -e cat "$tmp/out" >prove.txt 2>&1
	says "TAP: prove counts the failures" 'Failed 3/12 subtests' prove.txt
	is "TAP: prove finds no error in it" "$(grep -c 'Parse errors' prove.txt)" 0
else
	skip "TAP: prove is not installed"
fi

# JUnit.
call "$cidsim" run many --junit results.xml -q
is "JUnit: status" "$status" 2
is "JUnit: quiet" "$(wc -c <"$tmp/out")" 0
says "JUnit: totals" '<testsuites .* tests="12" failures="1" errors="2" skipped="0">' results.xml
says "JUnit: what fails" '<failure message="many/failing\.scn:9: users-max = 5, found 4 \(app\); known only at the end" type="FAIL">' results.xml
if command -v xmllint >/dev/null; then
	good "JUnit: well-formed" xmllint --noout results.xml
else
	skip "JUnit: xmllint is not installed"
fi
cp many/good-1.scn input.scn
bad "JUnit: an input stays" 2 'run: --junit: input\.scn is an input' "$cidsim" run input.scn --junit input.scn
bad "JUnit: a folder that is not there" 3 'run: --junit: none/x\.xml: ' "$cidsim" run input.scn --junit none/x.xml
is "JUnit: nothing was run for it" "$(wc -c <"$tmp/out")" 0
bad "JUnit: a full disk" 3 '/dev/full: No space' "$cidsim" run input.scn -q --junit /dev/full

# JSON has those that cannot be read, too.
call "$cidsim" run many/unreadable.scn none.scn many/good-1.scn --json
is "JSON: an object each" "$(grep -c '^{"scenario":.*}$' "$tmp/out")" 3
says "JSON: one that cannot be read" '^\{"scenario":"many/unreadable\.scn","ok":false,"error":\["many/unreadable\.scn:7: '
says "JSON: one that is not there" '^\{"scenario":"none\.scn","ok":false,"error":\["none\.scn: cannot be read: '

# When an expectation was lost, in each form.
scn lost <<'X'
[tasks t]
count = 7
[expect app]
users-max = < 5
X
lost='failed at [0-9.]+ us: fork by pid 100 on CPU [0-3]'
call "$cidsim" run lost.scn
says "lost: report" "^  line 9, users-max < 5: $lost"
call "$cidsim" run lost.scn --json
says "lost: JSON" '"found":"8 \(app\)","failed_ns":[0-9]+,"failed_by":"fork by pid 100 on CPU [0-3]'
call "$cidsim" run lost.scn input.scn
says "lost: line" "found 8 \(app\); $lost"
call "$cidsim" run lost.scn --tap
says "lost: TAP" "^    - lost\.scn:9: .*; $lost"
call "$cidsim" run lost.scn -q --junit lost.xml
says "lost: JUnit" "<failure message=\"lost\.scn:9: .*; $lost" lost.xml

# What cannot go together.
for pair in "--tap --json" "--tap -q" "--tap --verbose" "--verbose --json" "--tap --seeds 2" \
	"--junit x --seeds 2" "--tap --revision all"; do
	# shellcheck disable=SC2086
	bad "$pair" 2 "run: .*" "$cidsim" run input.scn $pair
done

# Seeds: the first that fails, whatever the number of threads.
scn rare <<'X'
[tasks t]
count = 7
run = exp(1ms)
sleep = exp(1ms)
[expect app]
cid-changes = > 18
X
"$cidsim" run rare.scn --seeds 1000 -j 1 >one.txt
for jobs in 2 9; do
	call "$cidsim" run rare.scn --seeds 1000 -j "$jobs"
	is "seeds, -j $jobs: status" "$status" 1
	is "seeds, -j $jobs: the same bytes" "$(cmp "$tmp/out" one.txt)" ""
done
"$cidsim" run many/good-1.scn many/failing.scn --revision all -j 1 >one.txt
call "$cidsim" run many/good-1.scn many/failing.scn --revision all -j 5
is "all revisions, -j 5: the same bytes" "$(cmp "$tmp/out" one.txt)" ""

finish
