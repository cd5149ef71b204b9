#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim import: loads of rt-app become scenarios that run. Usage: import.sh CIDSIM SOURCE_DIR

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
load=$source/scenarios/rt-app/server.json

good "a load" "$cidsim" import "$load" -o server.scn
good "a load: it runs" "$cidsim" run server.scn
says "a load: its threads and those that are forked" '^  at most 12 tasks; 15 forks, 6 exits,'
good "standard input and output" sh -c '"$1" import - <"$2" | "$1" run -q -' - "$cidsim" "$load"
good "--cpus" sh -c '"$1" import "$2" --cpus 16 | "$1" run -' - "$cidsim" "$load"
says "--cpus: are possible" '^  16 possible CPUs'
sed 's/0, 1/0, 9/' "$load" >nine.json
good "as many CPUs as the affinities need" sh -c '"$1" import nine.json | "$1" run -' - "$cidsim"
says "as many CPUs as the affinities need: possible" '^  10 possible CPUs'
bad "--cpus: too few" 2 'nine\.json:19: a CPU is not a whole number from 0 to 7' "$cidsim" import nine.json --cpus 8

# What is left out
sed 's/"sleep" : 9500/"lock" : "m", "sleep" : 9500/' "$load" >lock.json
call "$cidsim" import lock.json -o lock.scn
is "left out: status" "$status" 0
says "left out: by line" "^cidsim: lock\\.json:15: worker: 'lock' is left out: tasks of a scenario do not wait" "$tmp/err"
says "left out: in the scenario" "^# line 15: worker: 'lock' is left out" lock.scn
good "left out: --quiet" "$cidsim" import -q lock.json -o lock.scn

# No loads
printf '{ "tasks" : { "a" : { "run" : 10 "sleep" : 5 } } }' >no.json
bad "no JSON" 2 'no\.json:1: this is no JSON: ' "$cidsim" import no.json -o no.scn
printf '{ "tasks" : { "a" : { "instance" : 1000000, "run" : 1 }, "b" : { "instance" : 1000000, "run" : 1 },
"c" : { "instance" : 1000000, "run" : 1 }, "d" : { "instance" : 1000000, "run" : 1 }, "e" : { "instance" : 1000000 } } }' >many.json
cp "$load" load.json
bad "the input is not overwritten" 2 'import: -o: \./load\.json is an input' "$cidsim" import load.json -o ./load.json
is "the input is not overwritten" "$(cat load.json)" "$(cat "$load")"
bad "too many tasks" 2 'import: many\.json: the scenario:[0-9]+: more than 4194304 tasks' "$cidsim" import many.json -o no.scn
bad "a scenario" 2 'server\.scn:1: this is no JSON: ' "$cidsim" import server.scn -o no.scn
is "no loads: nothing is written" "$([ -e no.scn ] && echo yes)" ""
bad "no file" 3 'nowhere\.json: cannot be read: No such file' "$cidsim" import nowhere.json
bad "no argument" 2 'import: no FILE; --help explains$' "$cidsim" import
bad "two arguments" 2 'import: more than one FILE' "$cidsim" import a b
bad "--cpus: no number" 2 "import: --cpus: 'x' is not a whole number" "$cidsim" import "$load" --cpus x
bad "-o: empty" 2 'import: -o needs the name of a file' "$cidsim" import "$load" -o ''
bad "-o: a folder" 2 'import: -o: \. is a folder; name a file in it' "$cidsim" import "$load" -o .
bad "full disk" 3 'standard output: No space' sh -c '"$1" import "$2" >/dev/full' - "$cidsim" "$load"

finish
