#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The program is hardened: its addresses are not known before, what the dynamic linker writes is read-only afterwards,
# no stack is executable, and functions look at the canary on theirs. Usage: hardened.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$1"
command -v readelf >/dev/null || {
	skip "there is no readelf"
	finish
}

# lacks PROGRAM: what it does not have, a line each
lacks() {
	readelf --wide --file-header --program-headers --dynamic --dyn-syms "$1" >elf || echo "a form that readelf reads"
	grep -qE '^ *Type: +DYN ' elf && grep -qE 'FLAGS_1.*\bPIE\b' elf || echo "position independence"
	grep -qE '^ *GNU_RELRO ' elf || echo "read-only relocations"
	grep -qE '\(FLAGS\).*\bBIND_NOW\b|\(FLAGS_1\).*\bNOW\b|\(BIND_NOW\)' elf || echo "binding at the start"
	grep -qE '^ *GNU_STACK .* RW +0x' elf || echo "a stack that is not executable"
	grep -qE '\bUND __stack_chk_fail(@|$)' elf || echo "canaries"
}

lacks "$cidsim" >found
is "the program has all" "$(cat found)" ""
if command -v cc >/dev/null; then
	echo 'int main(void) { return 0; }' >plain.c
	good "a plain program is built" cc -no-pie -fno-stack-protector -Wl,-z,norelro,-z,lazy,-z,execstack plain.c -o plain
	lacks ./plain >found
	is "and has none" "$(cat found)" "position independence
read-only relocations
binding at the start
a stack that is not executable
canaries"
else
	skip "a plain program has none: no cc"
fi
finish
