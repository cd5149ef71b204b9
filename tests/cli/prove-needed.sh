#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Each conjunct of the invariant is needed: without it a solver knows a step or a state that breaks something in one
# of the protocols below, in all of which the invariant is proven. That a solver does not know in time is no sign that a
# conjunct is needed. Takes minutes. Usage: prove-needed.sh CIDSIM SOURCE_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
rules=$(realpath "${2:-$(dirname "$0")/../..}")/proof
begin "$@"
if ! command -v z3 >/dev/null; then
	skip "z3 is needed"
	finish
fi

# ask PROTOCOL: about the rules in ./rules; the answers are in $tmp/out
ask() {
	# shellcheck disable=SC2086 # words
	call "$cidsim" prove --rules rules --solver z3 --model-steps 0 --json $1
	[ ! -s "$tmp/err" ] || fail "$1: a message" "$tmp/err"
}

# The lemmas that fail, one in each line
lemmas() {
	sed -n 's/.*"lemmas_that_fail":\[\([^]]*\)\].*/\1/p' "$tmp/out" | grep -o '"conjunct":"[^"]*"' | cut -d '"' -f 4
}

# broken KNOWN: the first that is broken: "ACTION breaks CONJUNCT", or "the lemma NAME" of one that is not in the
# file KNOWN; nothing if there is none.
broken() {
	if ! grep -q '"failures":\[\]' "$tmp/out"; then
		sed -n 's/.*"failures":\[{"action":"\([^"]*\)","conjunct":"\([^"]*\)".*/\1 breaks \2/p' "$tmp/out"
	else
		lemmas | grep -vxFf "$1" | sed 's/^/the lemma /; q'
	fi
}

# The protocols, each with the file of the lemmas that fail with all conjuncts.
cat >protocols <<END
no-lemma --without failed-execs
no-lemma --set exec-return=late --set last-exit=clean
no-lemma --without failed-execs --set split-get=on
no-lemma --without failed-execs --with split-drops,early-reads
fits --set exec-return=late --set last-exit=clean --set affinity-return=fits
END
: >no-lemma
printf '%s\n' order no-ping-pong no-fork-back no-deferred >fits

# With all conjuncts everything is proven: otherwise what follows would show nothing.
cp -r "$rules" rules
while read -r known protocol; do
	ask "$protocol"
	says "with all conjuncts: $protocol" '"verdict":"proven".*"failures":\[\],"unknown":\[\],.*"unknown":0\}'
	is "the lemmas that fail: $protocol" "$(lemmas)" "$(cat "$known")"
done <protocols

sed -n 's/^conjunct \([a-z0-9-]*\) .*/\1/p' "$rules/invariant.rules" >conjuncts
says "there are conjuncts" '^user-has$' conjuncts
while read -r conjunct; do
	# The item ends before the next line that begins in the first column.
	awk -v name="$conjunct" '/^[^ \t]/ { out = $1 == "conjunct" && $2 == name } !out' \
		"$rules/invariant.rules" >rules/invariant.rules
	is "$conjunct is taken out" "$(grep -c '^conjunct ' rules/invariant.rules)" "$(($(wc -l <conjuncts) - 1))"
	found=
	while read -r known protocol; do
		ask "$protocol"
		found=$(broken "$known")
		[ -z "$found" ] || break
	done <protocols
	is "$conjunct is needed: $found, $protocol" "$([ -n "$found" ] && echo yes)" yes
done <conjuncts
finish
