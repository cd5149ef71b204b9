#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Is each conjunct of the invariant needed? Without it some question of the proof is to be answered otherwise, with
# one of the protocols below, in all of which the lemmas hold. Those that are not are listed. Takes minutes. Usage: prove-needed.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
rules=$(realpath "${2:-$(dirname "$0")/../..}")/proof
begin "$@"

# is_open OPTION…: is something not proven with the rules in ./rules?
is_open() {
	"$cidsim" prove --rules rules --solver z3 --model-steps 0 --json "$@" >out.json 2>err ||
		{ [ "$(cat err)" = "" ] && return 0 || fail "$(cat err)"; }
	! grep -q '"failures":\[\],"unknown":\[\],"lemmas_that_fail":\[\]' out.json
}

# Each of these follows from the others; not all of them at once.
follow=' one-cid word-of-cpu transit-cpu cpu-of-user exec-no-user idle-free fork-runs fork-cpu-none '

# With all of them nothing is open: otherwise what follows would show nothing.
cp -r "$rules" rules
for protocol in '--without failed-execs' '--set exec-return=late --set last-exit=clean'; do
	# shellcheck disable=SC2086 # words
	is_open $protocol && fail "with all conjuncts: $protocol"
done

for conjunct in $(sed -n 's/^conjunct \([a-z0-9-]*\) .*/\1/p' "$rules/invariant.rules"); do
	rm -rf rules
	cp -r "$rules" rules
	# The item ends before the next line that begins in the first column.
	awk -v name="$conjunct" '/^[^ \t#]/ { out = $1 == "conjunct" && $2 == name } !out' \
		"$rules/invariant.rules" >rules/invariant.rules
	cmp -s "$rules/invariant.rules" rules/invariant.rules && fail "$conjunct: not taken out"
	needed=no
	for protocol in '--without failed-execs' \
		'--set exec-return=late --set last-exit=clean' \
		'--without failed-execs --set split-get=on' \
		'--without failed-execs --with split-drops,early-reads'; do
		# shellcheck disable=SC2086 # words
		is_open $protocol && needed=yes && break
	done
	case $follow in
	*" $conjunct "*) is "$conjunct follows from the others" "$needed" no ;;
	*) is "$conjunct is needed" "$needed" yes ;;
	esac
done
finish
