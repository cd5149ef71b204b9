#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What docs/files.md promises: each command is killed at moments spread over its whole run, and after
# each kill a file is the older one, or the new one, or not there; no hidden file stays; and the same
# command then writes what it always writes. Usage: kills.sh CIDSIM SOURCE [KILLS]

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
traces=$(realpath "${2:-$(dirname "$0")/../..}")/tests/traces
kills=${3:-50}
begin "$@"

scn small <<'X'
[tasks t]
count = 8
run = 100us
sleep = 100us
[expect app]
users = 1
X
printf '[scenario]\ntime = 10ms\n[machine]\ncpus = 2\n[explore]\ntasks = 2\nforks = 1\nmemory = strong\n[protocol]\nrevision = v3\n' >deep.scn
printf '{ "tasks": { "a": { "loop": 2, "run": 10, "sleep": 10 } } }\n' >load.json
# shellcheck disable=SC2154
"$cidsim" run -q hysteresis -o drawn

# look: what is in the folder now, names and sums; hidden files as they are
look() {
	(cd "$1" && find . -type f ! -name '*.part*' | LC_ALL=C sort | xargs -r cksum)
}

# files WHAT: each file in now/ is as in old/ or as in new/; those of new/ may be missing
files() {
	(cd now && find . -type f ! -name '*.part*') | while read -r file; do
		cmp -s "now/$file" "old/$file" || cmp -s "now/$file" "new/$file" || echo "$file"
	done
}

# mixed: a report of the new run with a file of the older one, or the other way
mixed() {
	for report in $(cd now && find . -name report.json); do
		folder=$(dirname "$report")
		for side in old new; do
			cmp -s "now/$report" "$side/$report" || continue
			# Of files that the other run does not have nothing is promised until the end.
			for file in series.csv modes.csv windows.csv stays.csv; do
				cmp -s "now/$folder/$file" "$side/$folder/$file" || echo "$side $file"
			done
		done
	done
}

# killed NAME OLD-COMMAND NEW-COMMAND: both write to the folder now/, which they name "now"
killed() {
	name=$1 before=$2 after=$3
	rm -rf now old new && mkdir now
	sh -c "$before" - "$cidsim" >/dev/null 2>&1
	cp -r now old
	began=$(date +%s%N)
	sh -c "$after" - "$cidsim" >/dev/null 2>&1
	took=$(((($(date +%s%N) - began) / 1000 + 1000) * 11 / 10))
	cp -r now new
	[ "$(look new)" != "$(look old)" ] || fail "$name: writes nothing, so there is nothing to look at"
	wrong='' hidden=0 mixture='' struck=0 i=0
	while [ $i -lt "$kills" ]; do
		i=$((i + 1))
		rm -rf now && cp -r old now
		at=$((took * i / kills))
		timeout -s KILL "$(printf '%d.%06d' $((at / 1000000)) $((at % 1000000)))" \
			sh -c "exec $after" - "$cidsim" >/dev/null 2>&1
		if [ $? -eq 137 ]; then
			struck=$((struck + 1))
		else
			took=$((took * 9 / 10)) # the machine is faster than it was
		fi
		hidden=$((hidden + $(find now -name '.cidsim-*' | wc -l)))
		find now -name '.cidsim-*' -exec rm {} +
		wrong=$wrong$(files)
		mixture=$mixture$(mixed)
	done
	all_struck=$((all_struck + struck))
	is "$name, killed $struck of $kills times: files that are neither old nor new" "$wrong" ""
	is "$name: reports that stand for files of two runs" "$mixture" ""
	if [ "$nameless" = yes ]; then
		# Only a signal at the instant at which a file replaces an older one leaves one.
		[ "$hidden" -le $((1 + kills / 50)) ] || fail "$name: $hidden hidden files"
	fi
	sh -c "$after" - "$cidsim" >/dev/null 2>&1
	is "$name: once more, the same bytes" "$(look now)" "$(look new)"
}

all_struck=0
# Whether a file can be without a name here.
nameless=no
! python3 -c 'import os; os.close(os.open(".", os.O_TMPFILE | os.O_WRONLY))' 2>/dev/null || nameless=yes

# shellcheck disable=SC2016
{
	killed "run -o" '"$1" run -q small.scn --seed 1 -o now' '"$1" run small.scn --seed 2 --set scenario.time=100ms -o now'
	killed "run -o of several" '"$1" run -q small.scn deep.scn -o now' '"$1" run small.scn -r 6.19 --set scenario.time=50ms -j 2 -o now'
	killed "replay -o" 'true' '"$1" replay '"$traces"'/pool-8-7.3.4.txt.gz -o now'
	killed "sweep" 'echo older >now/s.csv' '"$1" sweep small.scn --seeds 200 --force -o now/s.csv'
	killed "explore -o" 'echo older >now/ce.scn' '"$1" explore explore/b1 -r v3 -o now/ce.scn'
	killed "html" 'echo older >now/p.html' '"$1" html drawn/hysteresis -o now/p.html'
	killed "import" 'echo older >now/i.scn' '"$1" import load.json -o now/i.scn'
	killed "run --shrink" 'echo older >now/s.scn' '"$1" run small.scn --shrink now/s.scn'
	killed "run --junit" 'echo older >now/j.xml' '"$1" run small.scn small.scn --junit now/j.xml'
	if command -v gnuplot >/dev/null; then
		killed "plot" 'echo older >now/t.svg' '"$1" plot timeline drawn/hysteresis -o now/t.svg'
	else
		skip "plot: no gnuplot"
	fi
}
[ $all_struck -gt 9 ] || fail "killed $all_struck times only"
finish
