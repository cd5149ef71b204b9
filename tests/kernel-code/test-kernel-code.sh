#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The code of real kernels, beside the model: as released, and with one operator swapped (mutate.py says
# where, by position). The trees are the folders in $CIDSIM_KERNEL_SOURCE, or what scripts/kernel-source
# downloads. Usage: test-kernel-code.sh CIDSIM SOURCE_DIR BUILD_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
source=$(realpath "${2:-.}")
trees=${CIDSIM_KERNEL_SOURCE:-$(realpath "${3:-build}")/kernel-source}
begin "$@"

if [ ! -d "$trees" ]; then
	echo "======================================================================"
	echo "NOT TESTED: there are no kernel sources in $trees."
	echo "scripts/kernel-source downloads them, or set CIDSIM_KERNEL_SOURCE."
	echo "======================================================================"
	exit 77
fi

# copy TREE: the files that are read
copy() {
	rm -rf copy
	for file in kernel/sched/core.c kernel/sched/sched.h include/linux/rseq_types.h \
		include/linux/mm_types.h include/linux/sched.h; do
		mkdir -p "copy/$(dirname "$file")"
		cp "$1/$file" "copy/$file"
	done
}

# swap TREE FILE NAME: each operator of the region, one at a time
swap() {
	"$source/tests/kernel-code/mutate.py" "$1/$2" "$3" list >list
	while read -r number line what; do
		"$source/tests/kernel-code/mutate.py" "$1/$2" "$3" "$number" >"copy/$2"
		call "$cidsim" kernel check copy --revision 7.1 --steps 2000000 --quiet
		[ "$status" = 1 ] || echo "$2:$line $what: status $status" >>unnoticed
		echo "$2:$line" >>swapped
	done <list
	cp "$1/$2" "copy/$2"
}

found=0
for tree in "$trees"/*; do
	[ -f "$tree/kernel/sched/core.c" ] || continue
	found=$((found + 1))
	good "$tree is checked" "$cidsim" kernel check "$tree" --steps 3000000
	says "$tree: the revision" ' behaves as 7\.1$'
	says "$tree: coverage" '^ +kernel/sched/core\.c: (8[5-9]|9[0-9])\.[0-9] % '
	says "$tree: coverage" ' kernel/sched/sched\.h: 9[5-9]\.[0-9] % '
	[ "$found" = 1 ] || continue
	copy "$tree"
	cp /dev/null unnoticed
	swap "$tree" kernel/sched/core.c sched_mm_cid_fork
	swap "$tree" kernel/sched/sched.h mm_cid_switch_to
	cat unnoticed
	is "$tree: there are operators" "$([ "$(wc -l <swapped)" -ge 60 ] && echo yes)" yes
	# Some stand where nothing comes, others need more steps.
	is "$tree: nine in ten are noticed" \
		"$([ "$(wc -l <unnoticed)" -le "$(($(wc -l <swapped) / 10))" ] && echo yes)" yes
done
is "there are trees" "$([ "$found" -ge 1 ] && echo yes)" yes
finish
