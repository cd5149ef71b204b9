#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Help, options and arguments. Usage: usage.sh CIDSIM

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"
scn one </dev/null

good "--version" "$cidsim" --version
says "--version names the version" '^cidsim [0-9]+\.[0-9]+\.[0-9]+( \([0-9a-f]+(-dirty)?\))?$'
good "--help" "$cidsim" --help
cp "$tmp/out" "$tmp/help"
for command in run check list plot revisions; do
	says "--help names $command" "^  $command +[a-z]" "$tmp/help"
	good "$command --help" "$cidsim" "$command" --help
	says "$command --help has a usage" "^  cidsim $command (check )?\[OPTION"
	good "help $command" "$cidsim" help "$command"
	bad "$command: unknown option" 2 "$command: unknown option --zzzzzz; --help lists" \
		"$cidsim" "$command" --zzzzzz
	bad "$command: unknown short option" 2 "$command: unknown option -Z" \
		"$cidsim" "$command" -Z
	bad "$command --help on a full disk" 3 "standard output: No space" \
		sh -c '"$1" "$2" --help >/dev/full' - "$cidsim" "$command"
done
good "-h" "$cidsim" -h
good "help" "$cidsim" help
good "help --help" "$cidsim" help --help
is "help --help: the same" "$(cat "$tmp/out")" "$(cat "$tmp/help")"
bad "--help on a full disk" 3 "standard output: No space" sh -c '"$1" --help >/dev/full' - "$cidsim"
bad "--version on a full disk" 3 "standard output: No space" \
	sh -c '"$1" --version >/dev/full' - "$cidsim"

call "$cidsim"
is "without arguments: status" "$status" 2
is "without arguments: nothing on standard output" "$(wc -c <"$tmp/out")" 0
says "without arguments: usage on standard error" '^  cidsim COMMAND' "$tmp/err"

bad "command: nearest" 2 "unknown command 'rnu'; did you mean run\?" "$cidsim" rnu
bad "command: nearest of a long one" 2 "unknown command 'revision'; did you mean revisions\?" \
	"$cidsim" revision
bad "command: nothing near" 2 "unknown command 'xylophone'; --help lists" "$cidsim" xylophone
bad "command: empty" 2 "unknown command ''" "$cidsim" ''
bad "command: control characters are not printed" 2 "unknown command 'a[^[:cntrl:]]*'" \
	"$cidsim" "$(printf 'a\033[2Jb')"
bad "command: very long" 2 "unknown command 'a{1,60}[^a]" \
	"$cidsim" "$(head -c 10000 /dev/zero | tr '\0' a)"
bad "help of an unknown command" 2 "unknown command 'chek'; did you mean check\?" \
	"$cidsim" help chek

bad "option: nearest" 2 "run: unknown option --jsn; did you mean --json\?" \
	"$cidsim" run --jsn one.scn
bad "option: nearest of one with a value" 2 "run: unknown option --revison.*; did you mean --revision\?" \
	"$cidsim" run --revison=6.19 one.scn
bad "option: value is missing" 2 "run: missing argument for --seed" "$cidsim" run one.scn --seed
bad "option: --set without value" 2 "run: missing argument for --set" "$cidsim" run one.scn --set
good "option: value right after its letter" "$cidsim" run -qs7 -r7.0 one.scn
bad "option: bad value right after its letter" 2 "--seed: 'x' is not a whole number" \
	"$cidsim" run -sx one.scn
bad "plot: number" 2 "plot: .*abc" "$cidsim" plot timeline . --width abc
bad "plot: no arguments" 2 "plot: needs a picture" "$cidsim" plot
bad "plot: nearest picture" 2 "plot: no picture 'timelin'; did you mean timeline\?" \
	"$cidsim" plot timelin .
bad "plot: not a run" 2 "\.: no series\.csv here, " "$cidsim" plot timeline .
bad "run: no scenario" 2 "run: no scenario given" "$cidsim" run
bad "check: no scenario" 2 "check: no scenario given" "$cidsim" check
bad "revisions: no argument wanted" 2 "revisions: takes no argument, found 'x'" \
	"$cidsim" revisions x
bad "list: one argument at most" 2 "list: takes one NAME, found 'vfork'" \
	"$cidsim" list exec vfork
bad "--log: unknown" 2 "run: --log: 'xml' is unknown" "$cidsim" run one.scn -o out --log xml
bad "--log without -o" 2 "run: --log has no effect" "$cidsim" run one.scn --log none
bad "-o: empty" 2 "run: -o needs" "$cidsim" run one.scn -o ''
bad "--seeds with -o" 2 "run: --seeds writes no files" "$cidsim" run one.scn --seeds 2 -o out
bad "--seeds with all revisions" 2 "run: --seeds and --revision all" \
	"$cidsim" run one.scn --seeds 2 --revision all
bad "all revisions of standard input" 2 "run: --revision all reads" \
	"$cidsim" run - --revision all
bad "--explain of several" 2 "check: --explain shows one scenario" \
	"$cidsim" check --explain one.scn one.scn

cp one.scn ./-x.scn
good "-- before a name with a dash" "$cidsim" check -- -x.scn
good "-- before other names" "$cidsim" check -- one.scn
bad "-- is only one" 3 "--: cannot be read" "$cidsim" check -- -- one.scn
rm ./-x.scn

good "list" "$cidsim" list
is "list: a name comes before those that it begins" \
	"$(cut -d ' ' -f 1 "$tmp/out" | grep ^affinity)" "$(printf 'affinity-widen\naffinity-widen-8')"
says "list has names and titles" '^hysteresis +[a-z]'
says "list has those in folders" '^study/ramp +[a-z]'
good "list NAME" "$cidsim" list vfork
says "list NAME prints the scenario" '^\[mm '
good "list NAME.scn" "$cidsim" list vfork.scn
good "list FOLDER/NAME" "$cidsim" list study/ramp
says "list FOLDER/NAME prints the scenario" '^\[ramp '
good "run FOLDER/NAME" "$cidsim" run -q study/ramp
bad "list: nearest in a folder" 2 "list: there is no scenario 'study/rmap'; did you mean study/ramp\?" \
	"$cidsim" list study/rmap
bad "list: no way up" 2 "list: there is no scenario '\.\./vfork'" "$cidsim" list ../vfork
bad "list: nor inside" 2 "list: there is no scenario 'study/\.\./vfork'" "$cidsim" list study/../vfork
bad "list: nearest" 2 "list: there is no scenario 'vfrok'; did you mean vfork\?" "$cidsim" list vfrok
bad "list: no path" 2 "list: there is no scenario '\./one.scn'" "$cidsim" list ./one.scn
bad "run: nearest shipped scenario" 3 "hysteresi: .*; did you mean hysteresis\?" \
	"$cidsim" run hysteresi
mkdir mine
cp one.scn mine/own.scn
good "CIDSIM_SCENARIOS" env CIDSIM_SCENARIOS="$PWD/mine" "$cidsim" list
says "CIDSIM_SCENARIOS: what is there" '^own '
good "CIDSIM_SCENARIOS: run" env CIDSIM_SCENARIOS="$PWD/mine" "$cidsim" run own
echo '[mm a]x' >mine/broken.scn
call env CIDSIM_SCENARIOS="$PWD/mine" "$cidsim" list
is "CIDSIM_SCENARIOS: a broken one: status" "$status" 2
says "CIDSIM_SCENARIOS: a broken one is reported" '^cidsim: .*mine/broken.scn:1: ' "$tmp/err"
says "CIDSIM_SCENARIOS: and does not hide the others" '^own '
mkdir none
bad "CIDSIM_SCENARIOS: empty folder" 2 ".*none: there is no .scn" \
	env CIDSIM_SCENARIOS="$PWD/none" "$cidsim" list

good "revisions" "$cidsim" revisions
says "revisions has the oldest" '^v1 '
says "revisions has the current one" '^7\.1 +2026-06 +de3ab9bd3133  B8 B9 B10 B11$'
says "revisions says what a scenario runs by itself" 'names no revision runs 7\.1\.$'
cp "$tmp/out" revisions
block() { # NAME: what is printed about a revision, without its first line
	awk -v name="$1" '/^[^ ]/ { on = $1 == name; next } on' revisions
}
is "revisions: what the first one is" "$(block v1)" \
	"    first series: no TRANSIT in either direction"
is "revisions: what one changed, and its flags" "$(block 7.0-fork)" \
	"    a child is counted after it is visible
    early-count: on -> off
    walk-budget: 2 -> 1"
is "revisions: other names" "$(block 7.1 | grep called)" "    also called 7.2, 7.3"
is "revisions: a proposal is compared with the current one" "$(block bounded-get | grep -- '->')" \
	"    bounded-get: off -> on"
is "revisions: no flags but those" "$(grep -c '=' revisions)" 0
good "revisions --flags" "$cidsim" revisions --flags
says "revisions --flags explains them" '^  transit-to-percpu +off\|on$'
says "revisions --flags shows their values" ' transit-to-task=off'
good "revisions -f" "$cidsim" revisions -f
good "revisions --json" "$cidsim" revisions --json
says "revisions --json: one line" '^\[\{"name":"v1",.*\}\]$'

# The most serious one of several faults.
mkdir shipped
ln -s nowhere shipped/a.scn
echo "[machin]" >shipped/b.scn
call env CIDSIM_SCENARIOS="$PWD/shipped" "$cidsim" list
is "list: the most serious status" "$status" 3

# Nothing that a user typed moves the cursor or breaks a line.
esc=$(printf 'x\033[31m\nred\377')
mkdir dirty
"$cidsim" list explore/b1 >"dirty/$esc.scn"
clean() {
	what=$1
	shift
	call "$@"
	if [ "$(LC_ALL=C tr -d '\n -~' <"$tmp/err" | wc -c)" -eq 0 ] &&
		[ "$(wc -l <"$tmp/err")" -eq 1 ] && [ "$status" -ne 0 ]; then
		pass "clean: $what"
	else
		fail "clean: $what" "$tmp/err"
	fi
}
clean "run --log" "$cidsim" run --log "$esc" vfork -o out
clean "run -o" "$cidsim" run vfork -o "dirty/$esc.scn"
clean "list" "$cidsim" list "$esc"
clean "revisions" "$cidsim" revisions "$esc"
clean "plot" "$cidsim" plot "$esc"
clean "merge" "$cidsim" merge "$esc"
clean "sweep -o" "$cidsim" sweep study/ramp --cpus 1 --threads 1 -o "dirty/$esc.scn/x.csv"
clean "explore -o" "$cidsim" explore "dirty/$esc.scn" -o "dirty/$esc.scn"
sed -i /^title/d "dirty/$esc.scn"
call "$cidsim" explore "dirty/$esc.scn" -r v3 -o found.scn
is "a name of any bytes: explore" "$status" 1
is "a name of any bytes: the report" "$(LC_ALL=C tr -d '\n -~' <"$tmp/out" | wc -c)" 0
is "a name of any bytes: is no key of what explore wrote" "$(LC_ALL=C grep -ac '^red' found.scn)" 0
good "a name of any bytes: its counterexample is a scenario" "$cidsim" run found.scn
good "a name of any bytes: check --explain" sh -c '"$1" check --explain dirty >again.scn &&
	"$1" check again.scn' - "$cidsim"
is "a name of any bytes: check --explain" "$(LC_ALL=C tr -d '\n -~' <again.scn | wc -c)" 0

# Which of two values was meant is not known.
bad "an option twice" 2 'run: --seed is given twice$' "$cidsim" run hysteresis --seed 1 -s 2
bad "an option twice, glued" 2 'run: --revision is given twice$' "$cidsim" run hysteresis -r7.0 --revision=7.1
bad "an option twice, of a sweep" 2 'sweep: --cpus is given twice$' "$cidsim" sweep hysteresis --cpus 4 --cpus 8
bad "an option twice, with a long name of one letter" 2 'plot: --x is given twice$' "$cidsim" plot sweep a.csv --x cpus --x seed
good "an option with many values" "$cidsim" run hysteresis -q --set cost.fork=1us --set cost.exit=1us
good "flags may be repeated" "$cidsim" run hysteresis -qq
finish
