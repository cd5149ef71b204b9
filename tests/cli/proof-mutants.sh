#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The rules of the proof are those of the model: each edit of the model (tests/mutants) is a step that is no
# action, or several, in one of a few protocols. Which are not, and why, is below. Usage: proof-mutants.sh
# CIDSIM SOURCE_DIR BUILD

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
build=$(realpath "${3:-.}")
begin "$@"

# In this order: the first one that sees it. The steps of the model, and the protocol.
protocols() {
	cat <<END
30000 --revision 7.1
30000 --revision affinity-return
30000 --revision 7.1 --set split-get=on
30000 --revision bounded-get
30000 --revision 7.1 --set exec-return=late --set last-exit=clean
30000 --revision 7.0-vfork
30000 --revision 6.19
30000 --revision v3
300000 --revision affinity-return
END
}

# survives: a line for each edit that no step shows, and why
survives() {
	cat <<END
mm-allows-all: a machine begins with any CPUs allowed
mm-allows-only: a change of affinity in a machine allows all CPUs
pool-converge-never: the rules leave open which numbers are below max_cids
pool-get-highest: the rules leave open which free number a get takes
switch-converges-cpus-only: the rules leave open which numbers are below max_cids
switch-converges-tasks-only: the rules leave open which numbers are below max_cids
switch-settles-high: the rules leave open which numbers are below max_cids
walk-cpus-copies-transit: the CPU has that word already
walk-cpus-forgets-word: walk-4 is never taken, no task owns a number in the CPU walk
walk-cpus-leaves-tasks: walk-4 is never taken, no task owns a number in the CPU walk
END
}

meson compile -C "$build" replay-mutants >"$tmp/log" 2>&1 || {
	fail "meson compile replay-mutants" "$tmp/log"
	finish
}

# caught NAME: by a step in one of the protocols, or by an assertion of the model (134); $by says where
caught() {
	protocols >all
	while read -r by; do
		# shellcheck disable=SC2086 # words
		call "$build/tests/cidsim-$1" prove --rules "$source/proof" --solver none --model-steps $by
		case $status in
		1 | 134) return 0 ;;
		0) ;;
		*) fail "$1: status $status" "$tmp/err" ;;
		esac
	done <all
	by=nothing
	return 1
}

protocols >all
while read -r by; do
	# shellcheck disable=SC2086 # words
	good "the model itself: $by" "$cidsim" prove --rules "$source/proof" --solver none --model-steps $by
done <all
survives >survivors
number=0
for name in $(cd "$source/tests/mutants" && ls -- *.sed replay/*.sed); do
	name=$(basename "$name" .sed)
	number=$((number + 1))
	wanted=caught
	! grep -q "^$name: " survivors || wanted=survives
	found=survives
	! caught "$name" || found=caught
	is "$name: by $by, status $status" "$found" "$wanted"
done
is "there are edits" "$([ "$number" -gt 50 ] && echo yes)" yes
finish
