#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# No line of a report or a help text has more than 80 columns, but for paths and commands to be repeated: of what
# ships, and of the recorded traces. Usage: width.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
# Short paths, so that they do not matter.
cp -r "$source/scenarios" s
cp -r "$source/tests/traces" t

# narrow WHAT COMMAND…: all that it prints; a command that is to be repeated stays one line
narrow() {
	what=$1
	shift
	call "$@"
	grep -v '^ *To repeat: ' "$tmp/out" | LC_ALL=C.UTF-8 grep -nE '^.{81}' >wide
	is "$what: no wide line" "$(cat wide)" ""
	is "$what: there are lines" "$([ "$(wc -l <"$tmp/out")" -ge 1 ] && echo yes)" yes
}

for file in s/*.scn s/defects/*.scn; do
	narrow "run $file" "$cidsim" run "$file"
done
narrow "run, several" "$cidsim" run s/vfork.scn s/exec.scn s/failed-exec.scn
narrow "run, all revisions" "$cidsim" run s/vfork.scn s/exec.scn --revision all
narrow "run, a timeline" "$cidsim" run s/affinity-widen-8.scn --timeline
narrow "run, bytes" "$cidsim" run s/hysteresis.scn --bytes-per-cid 4096
# The large ones take long; they are reported in the same form.
for file in s/explore/b[1-8].scn s/explore/b9.scn s/explore/exec-narrow.scn; do
	narrow "explore $file" "$cidsim" explore "$file" --max-states 20000
done
narrow "explore, walks" "$cidsim" explore s/explore/b1.scn --search walk --steps 10000
narrow "explore, bits" "$cidsim" explore s/explore/b1.scn --search bitstate --memory 16M
narrow "explore, a matrix" "$cidsim" explore --matrix s/explore/b1.scn s/explore/b3.scn
for file in t/exec*.gz t/affinity*.gz t/procs*.gz; do
	narrow "replay $file" "$cidsim" replay "$file"
done
narrow "replay, a list" "$cidsim" replay --list t/exec-4-7.0.4.txt.gz
narrow "replay, all revisions" "$cidsim" replay t/exec-4-7.0.4.txt.gz --revision all
narrow "sweep, what it would do" "$cidsim" sweep s/study/ramp.scn --cpus 4 --dry-run
narrow "check" "$cidsim" check s s/explore s/defects s/study
narrow "revisions" "$cidsim" revisions
narrow "revisions, all flags" "$cidsim" revisions --flags
narrow "help" "$cidsim" --help
for command in $("$cidsim" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	narrow "$command --help" "$cidsim" "$command" --help
done
printf 'next 30\nback flip\nhelp\n' >commands
for name in hysteresis many-mms; do
	narrow "step $name" sh -c '"$1" step "s/$2.scn" <commands' - "$cidsim" "$name"
done

finish
