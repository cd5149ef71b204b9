# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# shellcheck shell=bash
#
# Completion for bash. The program itself says what fits: cidsim --complete WORD...

_cidsim_files() { # KIND OF COMPGEN...
	local file
	while IFS= read -r file; do
		COMPREPLY+=("$file")
	done < <(compgen "$@" -- "$cur")
	compopt -o filenames 2>/dev/null
}

_cidsim() {
	local line cur=${COMP_WORDS[COMP_CWORD]}
	# bash takes '=' for a word of its own
	[[ $cur != = ]] || cur=
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:folders) _cidsim_files -d ;;
		:files) _cidsim_files -f ;;
		:files*)
			_cidsim_files -f -X "!*${line#:files }"
			_cidsim_files -d
			;;
		*)
			line=${line%%$'\t'*}
			COMPREPLY+=("$line")
			[[ $line != *= ]] || compopt -o nospace 2>/dev/null
			;;
		esac
	done < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _cidsim cidsim
