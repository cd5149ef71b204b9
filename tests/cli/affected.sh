#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Which known defects a kernel has, against the affected ranges of the CVE records. Usage: affected.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

# answers VERSION STATUS WANTED…: what is said of B1, B2 … B12: n(o), y(es) or u(nknown)
answers() {
	call "$cidsim" affected "$1"
	is "$1: status" "$status" "$2"
	is "$1" "$(sed -nE 's/^  B[0-9]+ +(no|yes|unknown) .*/\1/p' "$tmp/out" | cut -c 1 | tr -d '\n')" "$3"
}

#                   B1-4 5-8 9-12
answers 6.19-rc1 1 yyynyyyyyynn
answers 6.19.0 1 nnnyyyyyyyyn   # CVE-2026-23225 (B4): from 6.19.0, before 6.19.1
answers 6.19.1 1 nnnnyyyyyyyn   # CVE-2026-43417 and -43418 (B6, B5): from 6.19.0
answers 6.19.6 1 nnnnyyyyyyyn
answers 6.19.8 1 nnnnuuyyyyyn   # between two kernels that were recorded
answers 6.19.10 1 nnnnnnyyyyyn
answers 7.0 1 nnnnnnyyyyyn
answers 7.1.2 1 nnnnnnyyyyyn    # CVE-2026-63799 (B7): from 6.19.0, before 7.1.3
answers 7.1.3 1 nnnnnnnyyyyn
answers 7.2-rc1 1 nnnnnnuyyyyn
answers 7.3.4-1-amd64 1 nnnnnnnyyyyn
answers 8.0 1 nnnnnnnyyyyn
says "8.0: newer than what was compared" '^It is newer than 7\.3\.4'

call "$cidsim" affected 6.19.6
says "yes: the CVE" '^  B5   yes      concurrent forks \(CVE-2026-43418\)$'
says "yes: the shortest way" '^ +I5 is broken after 6 steps:$'
says "no: the commit" '^ +fixed by 1e83ccd5921a, revision 6\.19\.1$'
# The command that is printed finds the same.
command=$(sed -n 's/^ *cidsim \(explore explore\/b5 .*\)/\1/p' "$tmp/out")
# shellcheck disable=SC2086 # a list of words
call "$cidsim" $command
says "yes: its command" '^VIOLATED: I5, .* 6 steps$'

call "$cidsim" affected 6.19.6 --with b2e48c429ec5,28b5a1395036
says "--with: ends B5" '^  B5   no'
says "--with: ends B6" '^  B6   no'
says "--with: the command has its flags" '^ +cidsim explore explore/b7 .* --set protocol\.early-count=off'
call "$cidsim" affected 7.1 --json
says "--json" '^\{"version":"7.1","oldest":"7.0","newest":"7.0","backports":\[\],"defects":\[\{"defect":"B1",'

bad "older" 2 "affected: '6.12' is older than 6.19-rc1: it manages CIDs by another protocol" \
	"$cidsim" affected 6.12
bad "no version" 2 "affected: 'linux' is not a kernel's version, write one like 6.19.6" \
	"$cidsim" affected linux
bad "no argument" 2 "affected: takes one VERSION, like 6.19.6" "$cidsim" affected
bad "two arguments" 2 "affected: takes one VERSION" "$cidsim" affected 7.1 7.2
bad "unknown commit" 2 "affected: --with: 'abc' is no commit that changed the protocol; those are 4327fb13fa47, " \
	"$cidsim" affected 7.1 --with abc
mkdir none
scn none/one </dev/null
call env CIDSIM_SCENARIOS="$PWD/none" "$cidsim" affected 7.1
is "scenarios that did not ship: status" "$status" 3
finish
