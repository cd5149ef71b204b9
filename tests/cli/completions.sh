#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What bash, zsh and fish offer. Usage: completions.sh CIDSIM SOURCE_DIR

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
completions=$(realpath "${2:-$(dirname "$0")/../..}")/completions
begin "$@"
if [ ! -f "$completions/cidsim.bash" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi
mkdir "$tmp/bin"
ln -s "$cidsim" "$tmp/bin/cidsim"
PATH=$tmp/bin:$PATH
cp /dev/null hyst-mine.scn
cp /dev/null hyst-mine.csv
mkdir hyst-dir

# in_SHELL WORD…: what the shell offers for the last word, after "cidsim"; sorted, in a line

in_bash() {
	bash -c '
		. "$1"
		shift
		COMP_WORDS=(cidsim "$@") COMP_CWORD=$#
		_cidsim
		printf "%s\n" "${COMPREPLY[@]}"
	' - "$completions/cidsim.bash" "$@"
}

# Functions in place of those of zsh say what they are asked for.
in_zsh() {
	zsh -f -c '
		_describe() { print -l -- ${${(P)3}%%:*} }
		_files() {
			case $1 in
			-/) print -l *(N/) ;;
			-g) print -l ${2:+${~2}(N)} *(N/) ;;
			*) print -l *(N) ;;
			esac | grep -e "^$words[-1]"
		}
		file=$1
		shift
		words=(cidsim "$@") CURRENT=$(( $# + 1 ))
		source $file
	' - "$completions/_cidsim" "$@"
}

in_fish() {
	HOME=$tmp fish --no-config -c 'source $argv[1]; complete -C "cidsim $argv[2..-1]"' \
		"$completions/cidsim.fish" "$@" | cut -f 1 | sed 's,/$,,'
}

# offers SHELL EXPECTED WORD…
offers() {
	shell=$1 expected=$2
	shift 2
	is "$shell: cidsim $*" "$("in_$shell" "$@" 2>&1 | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" "$expected"
}

"$cidsim" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$tmp/commands"
for shell in bash zsh fish; do
	if ! command -v $shell >/dev/null; then
		skip "$shell: not installed"
		continue
	fi
	offers $shell "revisions" rev
	mkdir evil && "$cidsim" list vfork >'evil/$(touch${IFS}ran)`touch${IFS}ran`.scn' && cp evil/* .
	(CIDSIM_SCENARIOS=$PWD/evil && export CIDSIM_SCENARIOS && "in_$shell" run '' && "in_$shell" run '$') >/dev/null 2>&1
	is "$shell: a name is no command" "$(ls ran evil/ran 2>/dev/null)" ""
	rm -r evil ./*touch*
	offers $shell "$( (cat "$tmp/commands" && printf '%s\n' help --help --version) |
		LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" ""
	offers $shell "--seed --seeds --set" run --se
	offers $shell "hyst-dir hyst-mine.scn hysteresis hysteresis-64" check hyst
	offers $shell "hyst-dir hyst-mine.csv" merge hyst
	offers $shell "hyst-dir" run -o hyst
	offers $shell "hyst-dir hyst-mine.csv hyst-mine.scn" replay hyst
	offers $shell "6.19.1" run -r 6.19.
	offers $shell "thresholds timeline" plot t
	offers $shell "stall stuck" explore --check st
	offers $shell "bfs bitstate dfs walk" explore --search ""
	offers $shell "off on" explore --symmetry ""
	offers $shell "machine.cpus= machine.online=" run --set machine.
	offers $shell "" run --seed ""
	offers $shell "explore/b2" explore explore/b2
done
if command -v bash >/dev/null; then
	# bash takes '=' for a word of its own
	offers bash "all" run --revision = al
	offers bash "off on" explore --symmetry =
fi
! command -v zsh >/dev/null || offers zsh "--symmetry=off --symmetry=on" explore --symmetry=o
! command -v fish >/dev/null || offers fish "--symmetry=off --symmetry=on" explore --symmetry=o
"$cidsim" run --help | sed -n '/^Options/,/^$/s/^ *\(-., \)\?\(--[a-z-]*\).*/\2/p' |
	LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//' >"$tmp/options"
! command -v bash >/dev/null || offers bash "$(cat "$tmp/options")" run --

finish
