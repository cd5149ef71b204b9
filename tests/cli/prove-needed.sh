#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Each conjunct of the invariant is needed: without it some question of the proof is answered otherwise, with
# one of the protocols below. Takes minutes. Usage: prove-needed.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
rules=$(realpath "${2:-$(dirname "$0")/../..}")/proof
begin "$@"

# is_open OPTION…: is something not proven with the rules in ./rules?
is_open() {
	"$cidsim" prove --rules rules --solver z3 --model-steps 0 --json "$@" >out.json 2>err ||
		{ [ "$(cat err)" = "" ] && return 0 || fail "$(cat err)"; }
	! grep -q '"failures":\[\],"unknown":\[\]' out.json
}

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
		'--set exec-return=late --set last-exit=clean --set affinity-return=fits' \
		'--without failed-execs --set split-get=on' \
		'--without failed-execs --with split-drops,early-reads'; do
		# shellcheck disable=SC2086 # words
		is_open $protocol && needed=yes && break
	done
	is "$conjunct is needed" "$needed" yes
done
finish
