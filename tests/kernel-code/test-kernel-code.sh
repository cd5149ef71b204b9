#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The code of real kernels, beside the model and alone: as released, with one operator swapped (mutate.py says where,
# by position), with public fixes undone (vary.py), with mistakes (mutants.py). The trees are the folders in $CIDSIM_KERNEL_SOURCE, or what scripts/kernel-source
# downloads. Usage: test-kernel-code.sh CIDSIM SOURCE_DIR BUILD_DIR

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
source=$(realpath "${2:-.}")
trees=${CIDSIM_KERNEL_SOURCE:-$(realpath "${3:-build}")/kernel-source}
begin "$@"

if [ -z "$(find -L "$trees" -path '*/kernel/sched/core.c' 2>/dev/null)" ]; then
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

# undone STEPS PATTERN STATUS NAME…: what is said of the tree with these fixes undone
undone() {
	steps=$1 pattern=$2 expected=$3
	shift 3
	copy "$tree"
	"$source/tests/kernel-code/vary.py" copy "$@"
	call "$cidsim" kernel check copy --steps "$steps"
	is "without $*" "$status" "$expected"
	says "without $*: it is said" "$pattern"
}

# The table of docs/kernel.md
undo_fixes() {
	undone 20000000 '^copy behaves as 7\.0, and breaks a property$' 1 B7
	flows "B7: which property" 'broken step [0-9]+: I2, '
	undone 2000000 '^copy behaves as 7\.0-vfork$' 0 B7 list
	undone 2000000 '^copy behaves as 7\.0-fork, and breaks a property$' 1 B7 B6
	undone 2000000 '^copy behaves as 6\.19\.1, and breaks a property$' 1 B7 budget
	undone 2000000 '^copy behaves as 6\.19, and breaks a property$' 1 B7 budget B4
	undone 2000000 '^copy behaves as 6\.19-dropcpu, and breaks a property$' 1 B7 budget B4 settle
	undone 2000000 '^copy differs from all revisions; 6\.19-ordering is the nearest one$' 1 B7 budget B4 settle B3
	for name in B6 B4 settle B3 B1 B12; do
		undone 2000000 '^copy differs from all revisions; ' 1 "$name"
	done
}

# Two trees that differ by a public fix
compare_fixes() {
	good "$tree is itself" "$cidsim" kernel compare "$tree" "$tree" --steps 1000000
	for name in B4 B7 B6; do
		copy "$tree"
		"$source/tests/kernel-code/vary.py" copy "$name"
		call "$cidsim" kernel compare "$tree" copy --steps 8000000
		is "$tree and without $name differ" "$status" 1
		says "without $name: how" '^       => '
		is "without $name: 72 columns" "$(awk 'length > 72' "$tmp/out")" ""
	done
	"$source/tests/kernel-code/vary.py" copy B7
	call "$cidsim" affected ./copy --steps 2000000 # B6, B7
	is "affected: without B6" "$status" 1
	says "affected: B6" '^  B6   yes '
	says "affected: B4" '^  B4   no '
}

# explored EXPECTED PATTERN ARGUMENT…: the copy, in all orders
explored() {
	expected=$1 pattern=$2
	shift 2
	call "$cidsim" kernel explore copy "$@"
	is "all orders, $*" "$status" "$expected"
	says "all orders, $*: what is found" "$pattern"
}

# count MACHINE…: all orders on it, and the numbers of docs/kernel.md: as many states with each compiler
count() {
	cp /dev/null counts
	for compiler in "gcc -O1" "gcc -O2" "gcc -O3" "clang -O1" "clang -O2" "clang -O3"; do
		command -v "${compiler% *}" >/dev/null || continue
		good "$tree: $*, $compiler" env CC="${compiler% *}" CFLAGS="${compiler#* }" \
			"$cidsim" kernel explore "$tree" "$@" --json
		sed -n 's/.*\("states":.*,"widest":[0-9]*\),.*/\1/p' "$tmp/out" >>counts
	done
	is "$tree: $*: as many states with each compiler" "$(sort -u counts | wc -l)" 1
	cat counts
}

# All orders on small machines, and what public fixes ended
explore_orders() {
	count explore/b1
	count explore/b1 --grain fine
	count explore/b4
	good "$tree: weak memory" "$cidsim" kernel explore "$tree" explore/b1 --grain fine --set explore.memory=weak
	copy "$tree"
	"$source/tests/kernel-code/vary.py" copy B1
	explored 1 '^copy breaks I3: ' explore/b1 --revision none
	explored 1 '^copy breaks I3: ' explore/b1 --grain fine
	copy "$tree"
	"$source/tests/kernel-code/vary.py" copy B4
	explored 1 '^copy breaks I2: ' explore/b4 --revision none
	explored 1 '^copy breaks I2: ' explore/b4 --grain fine
	copy "$tree"
	"$source/tests/kernel-code/vary.py" copy B7
	explored 1 '^copy differs from 7\.1$' explore/b7
	explored 1 '^copy breaks I2: ' explore/b7 --revision 7.0
	explored 1 '^copy breaks I2: ' explore/b7 --revision none
}

newest=
for tree in "$trees"/*; do
	[ -f "$tree/kernel/sched/core.c" ] || continue
	newest=$tree
	good "$tree is checked" "$cidsim" kernel check "$tree" --steps 3000000
	says "$tree: the revision" ' behaves as 7\.1$'
	says "$tree: coverage" '^ +kernel/sched/core\.c: (8[5-9]|9[0-9])\.[0-9] % '
	says "$tree: coverage" ' kernel/sched/sched\.h: 9[5-9]\.[0-9] % '
done
is "there are trees" "${newest:+yes}" yes
[ -n "$newest" ] || finish
tree=$newest
explore_orders
undo_fixes
compare_fixes
good "$tree: mistakes are noticed" "$source/tests/kernel-code/mutants.py" "$cidsim" "$tree" --check
copy "$tree"
cp /dev/null unnoticed
swap "$tree" kernel/sched/core.c sched_mm_cid_fork
swap "$tree" kernel/sched/sched.h mm_cid_switch_to
cat unnoticed
is "$tree: there are operators" "$([ "$(wc -l <swapped)" -ge 60 ] && echo yes)" yes
# Some stand where nothing comes, others need more steps.
is "$tree: nine in ten are noticed" \
	"$([ "$(wc -l <unnoticed)" -le "$(($(wc -l <swapped) / 10))" ] && echo yes)" yes
finish
