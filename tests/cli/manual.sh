#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The man page has every command, option, environment variable and exit status; its examples run;
# the completion knows what the program knows. Usage: manual.sh CIDSIM SOURCE_DIR

# shellcheck disable=SC2013,SC2016,SC2094
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
page=$source/docs/cidsim.1
completion=$source/completions/cidsim.bash
begin "$@"
if [ ! -f "$page" ] || [ ! -f "$completion" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi

# The options of a command, long and short, one a line.
options() {
	"$cidsim" "$1" --help | sed -n '/^Options/,/^$/{
		s/^ *-\([a-z]\), --\([a-z-]*\).*/\1\n-\2/p
		s/^ *--\([a-z-]*\).*/-\1/p
	}'
}

# The part of the page about a command.
part() {
	sed -n "/^\.Ss cidsim $1\$/,/^\.S[sh] /p" "$page"
}

for command in run sweep merge check explore list plot replay rerun revisions; do
	part "$command" >part
	for option in $(options "$command" | grep -vxE 'h|-help'); do
		says "$command: -$option is in the man page" "^\.It .*Fl $option( |\$)" part
	done
	# And the other way round.
	for option in $(sed -n 's/^\.It Fl .*Fl -\([a-z-]*\).*/\1/p;s/^\.It Fl -\([a-z-]*\).*/\1/p' part); do
		call "$cidsim" "$command" --help
		says "$command: --$option of the man page is an option" "--$option([ =]|\$)"
	done
	says "synopsis has $command" "^\.Cm $command" "$page"
done
"$cidsim" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | while read -r command; do
	grep -q "^\.Ss cidsim $command$" "$page" || echo "$command"
done >missing
is "every command has its part" "$(cat missing)" ""
for name in CIDSIM_SCENARIOS CIDSIM_PLOTS; do
	says "$name is in the man page" "^\.It Ev $name$" "$page"
done
for number in 0 1 2 3 4; do
	says "exit status $number is in the man page" "^\.It $number$" "$page"
done

if command -v groff >/dev/null; then
	groff -mdoc -Tutf8 -ww -z "$page" >"$tmp/out" 2>&1
	is "the man page has no errors" "$(cat "$tmp/out")" ""
	groff -mdoc -Tascii -P-c "$page" | col -bx >text 2>/dev/null
	says "the man page can be read" '^ +cidsim run \[option \.\.\.\] file \.\.\.' text
else
	skip "the man page has no errors: no groff"
fi

# The examples, but for drawing.
"$cidsim" list vfork >mine.scn
sed -n 's/^\.Dl \$ cidsim \(.*\)/\1/p;s/^\$ cidsim \(.*\)/\1/p' "$page" | grep -v '^plot' >examples
while read -r example; do
	call sh -c "'$cidsim' $(echo "$example" | sed 's/10000/10/')"
	# 1: an older revision, or a machine that the scenario does not expect
	case $status in
	0 | 1) pass "example: cidsim $example" ;;
	*) fail "example: cidsim $example" "$tmp/err" ;;
	esac
done <examples

# The sweeps in the documents are well formed.
cat "$source/docs/sweep.md" "$source/docs/hysteresis.md" "$source/docs/settle.md" \
	"$source/scenarios/README.md" |
	sed -nE 's|^ {4,}(build/sim/)?cidsim (sweep .*)|\2|p' | grep -v '…' >sweeps
while read -r example; do
	good "a document's example: $example" sh -c "'$cidsim' $example --dry-run"
done <sweeps
is "the documents have such examples" "$([ "$(wc -l <sweeps)" -ge 8 ] && echo yes)" yes

# docs/explore.md has every option, property, verdict, member of the JSON object and column; its
# machine is well formed, and its examples run. (What lies between its markers defects.sh compares.)
explored=$source/docs/explore.md
for option in $(options explore | sed -n 's/^-/--/p' | grep -vxE -e '--(help|quiet|output)'); do
	says "explore.md: $option" "$option" "$explored"
done
for property in I1 I2 I3 I4 I5 I6 I7 I8 return stall stuck transit window; do
	says "explore.md: $property" "\`$property\`" "$explored"
	call "$cidsim" explore explore/b8 --check "$property" --max-depth 1
	[ "$property" = I7 ] || is "explore.md: $property is known" "$status" 4
	[ "$property" != I7 ] || is "explore.md: I7 is refused" "$status" 2
done
"$cidsim" explore --json explore/b8 >object.json
"$cidsim" explore --json --matrix explore/b8 >cells.json
for member in $(grep -ohE '"[a-z_]+":' object.json cells.json | tr -d '":' | sort -u); do
	says "explore.md: member $member" "\`$member\`" "$explored"
done
for column in $("$cidsim" explore --csv --matrix explore/b8 | sed -n 2p | tr , ' '); do
	says "explore.md: column $column" "\`$column\`" "$explored"
done
sed -n '/^    \[machine\]/,/^$/p;/^    \[explore\]/,/^$/p' "$explored" | sed 's/^    //' >machine.scn
good "explore.md: its machine" "$cidsim" check machine.scn
call "$cidsim" explore machine.scn
is "explore.md: its machine can be explored" "$status" 0
cat "$explored" "$source/docs/defects.md" |
	sed -nE 's|^ {4}cidsim (explore .*)|\1|p;s|^ {4}\$ cidsim (explore explore/.*)|\1|p' >explorations
mkdir "$tmp/bin"
ln -s "$cidsim" "$tmp/bin/cidsim"
while read -r example; do
	call env PATH="$tmp/bin:$PATH" sh -c "cidsim $(echo "$example" | sed 's| && cidsim plot .*||')"
	case $status in
	0 | 1) pass "a document's example: $example" ;;
	*) fail "a document's example: $example" "$tmp/err" ;;
	esac
done <explorations
is "explore.md and defects.md have examples" "$([ "$(wc -l <explorations)" -ge 10 ] && echo yes)" yes

# completed WORD…: what bash offers for the last one
completed() {
	bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_cidsim
		printf "%s\n" "${COMPREPLY[@]}"
	' - "$completion" "$cidsim" "$@" | LC_ALL=C sort | tr '\n' ' '
}

if command -v bash >/dev/null; then
	rm -rf ./*
	is "completion: commands" "$(completed rev)" "revisions "
	is "completion: options" "$(completed run --se)" "--seed --seeds --set "
	is "completion: all options of run" "$(completed run --)" \
		"$(options run | sed -n 's/^-/--/p' | LC_ALL=C sort | tr '\n' ' ')"
	is "completion: all options of revisions" "$(completed revisions --)" "--flags --help --json "
	is "completion: scenarios" "$(completed run hyst)" "hysteresis hysteresis-64 "
	cp /dev/null hyst-mine.scn
	cp /dev/null hyst-mine.txt
	mkdir hyst-dir
	is "completion: files and folders" "$(completed check hyst)" \
		"hyst-dir hyst-mine.scn hysteresis hysteresis-64 "
	is "completion: revisions" "$(completed run -r 6.19.)" "6.19.1 "
	is "completion: all revisions" "$(completed run --revision = al)" "all "
	is "completion: proposed revisions" "$(completed run --revision = b)" "bounded-get "
	is "completion: pictures" "$(completed plot t)" "thresholds timeline "
	is "completion: the matrix" "$(completed plot m)" "matrix "
	is "completion: options of explore" "$(completed explore --ma)" "--markdown --matrix --max-depth --max-states "
	is "completion: machines to be explored" "$(completed explore explore/b2)" "explore/b2 "
	is "completion: properties" "$(completed explore --check st)" "stall stuck "
	is "completion: on and off" "$(completed explore --symmetry = '')" "off on "
	is "completion: searches" "$(completed explore --search '')" "bfs bitstate dfs walk "
	is "completion: event logs" "$(completed run --log '')" "ftrace none "
	is "completion: nothing for a number" "$(completed run --seed '')" " "
	"$cidsim" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | LC_ALL=C sort >known
	completed '' | tr ' ' '\n' | grep -vxE 'help|--.*|' >offered
	is "completion: every command" "$(cat offered)" "$(cat known)"
else
	skip "completion: no bash"
fi

finish
