#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim prove: verdicts, reports, bad input, solvers that fail. Usage: prove.sh CIDSIM SOURCE_DIR [--long]
# --long: every revision, with and without failed execs, by both solvers.

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
long=${3:-}
begin "$@"
if ! command -v z3 >/dev/null || ! command -v cvc5 >/dev/null; then
	skip "z3 and cvc5 are needed"
	finish
fi

# proves WHAT VERDICT STATUS OPTION…: leaves the object in $tmp/out, a line for each member and element
proves() {
	what=$1 verdict=$2 wanted=$3
	shift 3
	call "$cidsim" prove --json "$@"
	is "$what: status" "$status" "$wanted"
	[ ! -s "$tmp/err" ] || fail "$what: a message" "$tmp/err"
	is "$what: verdict" "$(member verdict)" "$verdict"
}

# member NAME: its text
member() {
	sed -n "s/^{.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" "$tmp/out"
}

# breaks WHAT ACTION CONJUNCT
breaks() {
	says "$1: $2 breaks $3" "\"action\":\"$2\",\"conjunct\":\"$3\""
}

# z3_says, both_say: proves, by one solver or both, without the model
z3_says() {
	proves "$@" --solver z3 --model-steps 0
}
both_say() {
	proves "$@" --model-steps 0
}

if [ "$long" = --long ]; then
	# protocol | without failed execs | with them
	while read -r revision without with; do
		both_say "$revision without failed execs" "$(echo "$without" | tr _ ' ')" \
			"$([ "$without" = proven ] && echo 0 || echo 1)" --revision "$revision" --without failed-execs
		both_say "$revision" "$(echo "$with" | tr _ ' ')" \
			"$([ "$with" = proven ] && echo 0 || echo 1)" --revision "$revision"
	done <<END
v1 not_inductive not_inductive
v2 not_inductive not_inductive
v3 not_inductive not_inductive
v4 not_inductive not_inductive
v5 not_inductive not_inductive
6.19-livelock not_inductive not_inductive
6.19-ordering not_inductive not_inductive
6.19-dropcpu not_inductive not_inductive
6.19 not_inductive not_inductive
6.19.1 not_inductive not_inductive
7.0-fork not_inductive not_inductive
7.0-vfork proven not_inductive
7.0 proven not_inductive
7.1 proven not_inductive
affinity-return proven not_inductive
bounded-get not_inductive not_inductive
END
	for more in affinity-return=fits affinity-return=below split-get=on thrs-gap=333; do
		both_say "candidate, $more" proven 0 --set exec-return=late --set last-exit=clean --set $more
	done
	both_say "exec-return=get" "not inductive" 1 --set exec-return=get --set last-exit=clean
	breaks "exec-return=get" return-flips returner
	for with in split-drops early-reads split-drops,early-reads; do
		both_say "with $with" proven 0 --without failed-execs --with $with
		both_say "candidate, with $with" proven 0 --set exec-return=late --set last-exit=clean --with $with
	done
	finish
fi

# A few rules, for solvers that fail

mkdir few
for file in decision switch users walk affinity invariant properties; do
	: >few/$file.rules
done
cp "$source/proof/counting.smt2" few
cat >few/state.rules <<'END'
state percpu "the mode is per CPU"
start new "the mode is per task" = not percpu
action stay() "nothing happens" step leave
	when not percpu
	then nothing
conjunct c "the mode is per task" = not percpu
property I0 "the mode is per task" = not percpu
END
few="$cidsim prove --rules few --model-steps 0 --jobs 4"

# With a solver that is a script: $1 is its name, standard input is what it answers to a question
fake() {
	mkdir -p "fake-$1"
	{
		echo '#!/bin/sh'
		# shellcheck disable=SC2016
		echo 'case "$*" in'
		echo "*--version*) echo '${2:-This is cvc5 version 1.0.3 Z3 version 4.8.12}'; exit ;;"
		echo 'esac'
		cat
	} >"fake-$1/$1"
	chmod +x "fake-$1/$1"
}
# It is waited for ten seconds and more: while other things are tested.
fake z3 <<'END'
exec sleep 100
END
mv fake-z3 slow-z3
PATH="$PWD/slow-z3:$PATH" $few --solver z3 --time 1 >slow 2>&1 &
sleeper=$!
sleep 1

# Verdicts

proves "7.1 without failed execs" proven 0 --without failed-execs --model-steps 20000
is "its revision" "$(member revision)" 7.1
is "its flags" "$(member flags)" "without failed-execs"
says "its properties" '"properties":\["I1","I2","I4","I5","I6","I8","I3"\],"thresholds":true,'
says "nothing fails" '"failures":\[\],"unknown":\[\]'
says "dead actions" '"never_taken":\["leave-clears-far",.*"walk-4",'
says "z3" '"z3":\{"version":"[0-9.]+","seconds":[0-9.]+,"unknown":0\}'
says "cvc5" '"cvc5":\{"version":"[0-9.]+","seconds":[0-9.]+,"unknown":0\}'
says "the model" '"model":\{"steps":20000,"no_action":0,"several_actions":0,"without_a_conjunct":0\}'
says "questions" '"queries":[1-9][0-9]{3},'
actions=$(sed -n 's/.*"actions":\([0-9]*\),.*/\1/p' "$tmp/out")

call "$cidsim" prove --solver z3 --model-steps 1000 --table
is "7.1: status" "$status" 1
says "7.1: verdict" '^7\.1: not inductive$'
says "a step" '^  exit-last-flips \(proof/users\.rules:[0-9]+\)$'
flows "its sentence" 'the last user leaves: the mode flips, and nobody completes that breaks window-trans: the mode has TRANSIT'
says "return-percpu" '^  return-percpu \(proof/users\.rules:[0-9]+\)$'
says "breaks user-has" '^    breaks user-has: '
says "return-flips" '^  return-flips \(proof/users\.rules:[0-9]+\)$'
is "no other step" "$(grep -c '\.rules:' "$tmp/out")" 3
flows "a step is no run" 'breaks a conjunct is no run\. These known defects are runs'
says "B9 is a run" '^  B9 +I5 in [0-9]+ steps$'
says "its command" '^ +cidsim explore explore/b9 --revision 7\.1$'
says "the model" '^  model +1000 random steps, [0-9]+ of [0-9]+ actions seen$'
says "the table: an action that breaks" '^return-flips +\.*X\.*$'
says "the table: one that is dead" '^walk-4 +-+$'
says "the table: a conjunct" '^  1 one-own: a task owns at most one number$'

z3_says "both changes" proven 0 --set exec-return=late --set last-exit=clean
is "their flags" "$(member flags)" "exec-return=late, last-exit=clean"
z3_says "one change" "not inductive" 1 --set exec-return=late
breaks "exec-return=late" exit-last-flips window-trans
z3_says "the other one" "not inductive" 1 --set protocol.last-exit=clean
breaks "last-exit=clean" return-flips returner
breaks "last-exit=clean" return-percpu user-has
z3_says "7.0" "not inductive" 1 --revision 7.0
breaks "7.0" return-percpu user-has
z3_says "7.0-fork" "not inductive" 1 --revision 7.0-fork --without failed-execs
breaks "7.0-fork (B6)" walk-leaves own-phase
is "7.0-fork: only walks" "$(grep -oE '"action":"[a-z0-9-]+"' "$tmp/out" | sort -u | tr '\n' ' ')" \
	'"action":"walk-again" "action":"walk-drops" "action":"walk-leaves" "action":"walk-moves" '
z3_says "6.19.1" "not inductive" 1 --revision 6.19.1 --without failed-execs
breaks "6.19.1 (B5)" fork user-visible
z3_says "6.19" "not inductive" 1 --revision 6.19 --without failed-execs
breaks "6.19 (B4)" exit-clears-far no-fault
z3_says "6.19-ordering" "not inductive" 1 --revision 6.19-ordering --without failed-execs
breaks "6.19-ordering (B3)" exit-hands-over inactive-empty

# Without a solver

good "only the model" "$cidsim" prove --solver none --model-steps 5000
says "it says so" '^7\.1: no solver is asked$'
says "only the model: seen" '^  model +5000 random steps, '
call "$cidsim" prove --solver none --model-steps 5000 --json
is "only the model: JSON" "$(cat "$tmp/out")" '{"verdict":"not asked","revision":"7.1","flags":"","model":{"steps":5000,"no_action":0,"several_actions":0,"without_a_conjunct":0}}'

# Bad input

prove="$cidsim prove --model-steps 0"
bad "an argument" 2 'prove: takes no arguments' $prove 7.1
bad "no such revision" 2 "prove: --revision: there is no revision '6\.18'" $prove --revision 6.18
bad "no such flag" 2 "prove: --set: 'no-flag=1': there is no such flag" $prove --set no-flag=1
bad "no value" 2 "prove: --set: 'last-exit': write FLAG=VALUE" $prove --set last-exit
bad "no such value" 2 "prove: --set: 'last-exit=maybe': the flag does not have that value" $prove --set last-exit=maybe
bad "no such solver" 2 "prove: --solver: 'z4' is neither z3 nor cvc5, nor none" $prove --solver z4
bad "none beside a solver" 2 "prove: --solver: 'none' is neither" $prove --solver z3,none
bad "no solver" 2 "prove: --solver: '' is neither|prove: --solver: z3, cvc5" $prove --solver ''
bad "--time 0" 2 'prove: --time: seconds from 1 to 3600' $prove --time 0
bad "--time x" 2 'prove: --time: seconds from 1 to 3600' $prove --time x
bad "--jobs 0" 2 'prove: --jobs: ' $prove --jobs 0
bad "--model-steps" 2 'prove: --model-steps: a number from 0 to' "$cidsim" prove --model-steps -1
bad "--with" 2 'prove: --with: ' $prove --with all
bad "--without" 2 'prove: --without: only failed-execs' $prove --without execs
bad "--write into a file" 3 'prove: file: ' sh -c 'touch file; "$@"' - $prove --write file

# Rules

bad "no rules" 3 "prove: .*none/state\\.rules" $prove --rules none
cp -r "$source/proof" rules
rm rules/walk.rules
bad "a file is missing" 3 "prove: .*rules/walk\\.rules" $prove --rules rules
cp "$source/proof/walk.rules" rules
echo 'conjunct x "y" = nobody' >>rules/walk.rules
bad "a fault in the rules" 2 "prove: walk\\.rules:$(wc -l <rules/walk.rules): nobody is not known here$" $prove --rules rules
cp "$source/proof/walk.rules" rules
echo 'state nobody "what the model does not have"' >>rules/state.rules
bad "what the model does not have" 2 'prove: proof/state\.rules: nobody is no part of' \
	"$cidsim" prove --solver none --model-steps 1 --rules rules
rm rules/counting.smt2
bad "no counting" 3 'prove: .*counting\.smt2' $prove --rules rules
bad "a folder as a file" 3 'prove: ' sh -c 'rm rules/state.rules; mkdir rules/state.rules; "$@"' - $prove --rules rules

# The rules without a line: the steps are no action.
rm -r rules
cp -r "$source/proof" rules
sed 's/^action leave-idle(c).*/&/; /^action leave-idle/,/^$/s/between(c) := yes/between(c) := no/' \
	"$source/proof/switch.rules" >rules/switch.rules
call "$cidsim" prove --rules rules --solver none --model-steps 2000
is "rules that are not the model's: status" "$status" 1
flows "they are told" 'The rules are not those of the model: [0-9]+ steps are no action'
says "the step is told" 'no action is this step: CPU'

# Solvers that fail

good "few rules" $few
says "they are proven" '^7\.1: proven'

with_fake() {
	name=$1
	shift
	call env PATH="$PWD/fake-$name:$PATH" "$@"
}
# bad_fake WHAT STATUS PATTERN: with the fake z3
bad_fake() {
	bad "$1" "$2" "$3" env PATH="$PWD/fake-z3:$PATH" $few --solver z3
}

mkdir none
bad "z3 is missing" 3 'prove: z3 cannot be started: .*; install the package z3' env PATH="$PWD/none" $few
ln -s "$(command -v z3)" none/z3
bad "cvc5 is missing" 3 'prove: cvc5 cannot be started: .*; install the package cvc5' env PATH="$PWD/none" $few
fake z3 'Z3 version 4.1' </dev/null
bad_fake "a solver that is too old" 3 'prove: z3 4\.1 is older than 4\.8'
fake z3 'Z3 version four' </dev/null
bad_fake "a version that is none" 3 'prove: z3 '
fake z3 'hello' </dev/null
bad_fake "something else" 3 'prove: z3 --version does not say which z3 it is'
fake z3 <<'END'
cat >/dev/null
echo 'maybe'
END
bad_fake "an answer that is none" 3 'prove: z3 answers what is no answer: maybe'
fake z3 <<'END'
yes unsat
END
bad_fake "answers without an end" 3 'prove: z3: it prints more than 16 MiB'
fake z3 <<'END'
cat >/dev/null
echo '(error "line 3 column 4: unknown")'
END
bad_fake "a solver that does not understand" 3 'prove: z3 answers what is no answer: \(error'
fake z3 <<'END'
cat >/dev/null
printf '\0\377\n'
END
bad_fake "bytes" 3 'prove: z3 answers what is no answer: '

# open_fake WHAT: with the fake z3 it is unknown
open_fake() {
	with_fake z3 $few --solver z3
	is "$1: status" "$status" 4
	says "$1: verdict" '^7\.1: unknown$'
	says "$1: what is not answered" '^  not answered: '
	[ ! -s "$tmp/err" ] || fail "$1: a message" "$tmp/err"
}
fake z3 <<'END'
[ "$(grep -c check-sat)" = 0 ] || printf 'unsat\nun'
kill -9 $$
END
open_fake "killed half way"
fake z3 <<'END'
exit 1
END
open_fake "ends without an answer"
fake z3 <<'END'
grep check-sat | sed 's/.*/unknown/'
END
open_fake "does not know"
# docs/files.md says what a solver may do. (Without a filter of system calls it may do more.)
echo kept >victim
fake z3 <<'END'
exec 2>/dev/null
cat >/dev/null
mkdir made
rm -f victim
mv victim moved
echo x >written
END
open_fake "tries more than it may"
if [ "$(uname -m)" = x86_64 ] || [ "$(uname -m)" = aarch64 ]; then
	is "a solver makes no folder" "$([ -d made ] && echo made)" ""
	is "a solver removes and renames nothing" "$(cat victim)" kept
fi
is "a solver writes to no file" "$([ -s written ] && echo written)" ""
wait "$sleeper"
is "takes too long: status" $? 4
says "takes too long: z3" '^  z3 4\.8\.12 +never: 0, can be: 0, unknown: [1-9]' slow

# Both
fake cvc5 <<'END'
grep check-sat | sed 's/.*/unsat/'
END
sed -i 's/= not percpu$/= percpu/;/^property/s/.*/property I0 "" = not percpu/' few/state.rules
with_fake cvc5 $few --json
is "they disagree: status" "$status" 4
says "they disagree: verdict" '"verdict":"the solvers disagree"'
with_fake cvc5 $few --solver cvc5
is "one that says never to all: status" "$status" 4
says "one that says never to all: nothing is shown" '^  start +no mm can be as `start` says'

# Ended by a signal
fake z3 <<'END'
exec sleep 100
END
call env --default-signal=INT PATH="$PWD/fake-z3:$PATH" timeout --preserve-status -k 20 -s INT 0.5 $few --solver z3
is "ended: status" "$status" 4
says "ended: it says so" 'stopped before all was answered'

# The questions as files

good "--write" "$cidsim" prove --without failed-execs --write queries
is "a file for each action, and three" "$(find queries -type f | wc -l)" "$((actions + 3))"
for file in start lemmas properties exit-last; do
	questions=$(grep -c '^(check-sat)' queries/$file.smt2)
	for solver in 'z3 -smt2' 'cvc5 --incremental --finite-model-find'; do
		$solver queries/$file.smt2 >answers 2>&1
		is "$file: $solver answers" "$(grep -cvE '^(un)?sat$' answers) $(wc -l <answers)" "0 $questions"
	done
done
is "exit-last can be, and breaks nothing" "$(z3 queries/exit-last.smt2 | sort | uniq -c | awk '{ print $2 }' | tr '\n' ' ')" "sat unsat "
finish
