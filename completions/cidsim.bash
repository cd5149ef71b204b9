# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# shellcheck shell=bash
#
# Completion for bash: commands, options and scenarios, which the program itself lists.

_cidsim_words() { # WORDS: those that begin with what was typed
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_cidsim_options() { # COMMAND
	"$program" "$1" --help 2>/dev/null | sed -nE 's/^  (-., )?(--[a-z-]+).*/\2/p'
}

_cidsim_files() { # PATTERN: files that match it, and folders
	local file
	while IFS= read -r file; do
		COMPREPLY+=("$file")
	done < <(compgen -f -X "!$1" -- "$cur"; compgen -d -- "$cur")
	compopt -o filenames 2>/dev/null
}

_cidsim_scenarios() {
	_cidsim_words "$("$program" list 2>/dev/null | cut -d ' ' -f 1)"
}

_cidsim_value() { # OPTION: complete its value; fails if it has none
	case $1 in
	--revision | --revisions | -r)
		_cidsim_words "$("$program" revisions 2>/dev/null | sed -n '2,/^$/s/ .*//p') all"
		;;
	--output | -o | --junit) _cidsim_files '*' ;;
	--log) _cidsim_words "ftrace none" ;;
	--symmetry | --reduce) _cidsim_words "on off" ;;
	--search) _cidsim_words "bfs dfs bitstate walk" ;;
	--check | -c) _cidsim_words "I1 I2 I3 I4 I5 I6 I8 return stall stuck transit window" ;;
	--set | --seed | -s | --seeds | --bytes-per-cid | --mm | --from | --to | --width | --height) ;;
	--comm | --pid | --possible | --orders) ;;
	--cpus | --allowed | --threads | --vary | --shard | --jobs | -j) ;;
	--memory | -m | --max-states | --max-depth | --steps) ;;
	*) return 1 ;;
	esac
}

_cidsim() {
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local commands="run sweep merge check explore list plot replay rerun revisions"
	COMPREPLY=()
	if [[ $COMP_CWORD -eq 1 ]]; then
		_cidsim_words "$commands help --help --version"
		return
	fi
	# bash takes '=' for a word of its own
	[[ $cur != = ]] || cur=
	[[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
	_cidsim_value "$previous" && return
	if [[ $cur == -* ]]; then
		_cidsim_words "$(_cidsim_options "$command")"
		return
	fi
	case $command in
	run | sweep | check | explore)
		_cidsim_scenarios
		_cidsim_files '*.scn'
		;;
	merge) _cidsim_files '*.csv' ;;
	replay | rerun) _cidsim_files '*' ;;
	list) _cidsim_scenarios ;;
	help) _cidsim_words "$commands" ;;
	plot)
		if [[ $COMP_CWORD -eq 2 ]]; then
			_cidsim_words "hysteresis timeline cpus family thresholds heatmap amplitude
				windows workload matrix steps"
		else
			_cidsim_files '*'
		fi
		;;
	esac
}

complete -F _cidsim cidsim
