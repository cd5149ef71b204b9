# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Completion for fish. The program itself says what fits: cidsim --complete WORD...

function __cidsim_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] --complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':folders'
                __fish_complete_directories "$current"
            case ':files'
                __fish_complete_path "$current"
            case ':files *'
                set -l ending (string escape --style=regex -- (string replace ':files ' '' -- $line))
                __fish_complete_path "$current" | string match -r "^[^\t]*(?:/|$ending)(?:\t.*)?\$"
            case '*'
                echo $line
        end
    end
end

complete -c cidsim -f -a '(__cidsim_complete)'
