#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What is kept of the known defects is what explore finds now: scenarios/defects, docs/defects.md and
# its pictures, examples in docs/explore.md. Where it is not, scripts/defects writes it anew. Usage: defects.sh CIDSIM SOURCE_DIR

# shellcheck disable=SC2013
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "${2:-$(dirname "$0")/../..}")
begin "$@"
if [ ! -f "$source/scripts/defects" ]; then
	echo "usage: $0 CIDSIM SOURCE_DIR" >&2
	exit 2
fi
page=$source/docs/defects.md

good "scripts/defects" env CIDSIM="$cidsim" "$source/scripts/defects" now
# same WHAT FILE: what is kept is what was written now
same() {
	if diff -u "$source/$2" "now/$2" >"$tmp/diff"; then
		pass "$1"
	else
		fail "$1: not what is found now; scripts/defects writes it anew" "$tmp/diff"
	fi
}
for name in b1 b2 b3 b4 b5 b6 b7 b8 b9 b10 b11 b12; do
	same "$name: the counterexample" "scenarios/defects/$name.scn"
	says "$name: its head says what it is" "^# $(echo $name | tr b B)[, :]" "$source/scenarios/defects/$name.scn"
	says "$name: has a part in docs/defects.md" "^## $(echo $name | tr b B)( |:)" "$page"
	says "$name: its story is there" "^    \\\$ cidsim explore explore/$name --revision " "$page"
done
same "docs/defects.md" docs/defects.md
same "docs/explore.md" docs/explore.md
for picture in $(sed -n 's/^!\[.*](\(.*\))$/\1/p' "$page"); do
	is "$picture is there" "$([ -s "$source/docs/$picture" ] && echo yes)" yes
	# Another gnuplot draws the same in other bytes.
	if [ "$(grep -o 'GNUPLOT [0-9.a-z ]*' "$source/docs/$picture")" = \
		"$(grep -so 'GNUPLOT [0-9.a-z ]*' "now/docs/$picture")" ]; then
		same "$picture" "docs/$picture"
	else
		skip "$picture is what is drawn now: no gnuplot, or another one"
	fi
done

# The revision of each counterexample is the newest that has the defect.
"$cidsim" explore --matrix --csv >matrix.csv
revision_names >names
current=$("$cidsim" revisions | sed -n 's/.*names no revision runs \(.*\)\.$/\1/p')
# found NAME REVISION: 1 or 0
found() {
	awk -F , -v defect="$(echo "$1" | tr b B)" -v name="$2" \
		'$1 == name && $2 == defect { print $5 }' matrix.csv
}
for name in b1 b2 b3 b4 b5 b6 b7 b8 b9 b10 b11 b12; do
	revision=$(sed -n 's/^revision = //p' "$source/scenarios/defects/$name.scn")
	next=$(sed -n "/^$revision\$/{n;p}" names)
	is "$name is in $revision" "$(found $name "$revision")" 1
	[ "$revision" = "$current" ] || is "$name is not in $next" "$(found $name "$next")" 0
done

# What docs/defects.md says beside the stories.
# claim WHAT PATTERN ARGUMENT…: the report of explore has such a line
claim() {
	what=$1 pattern=$2
	shift 2
	call "$cidsim" explore "$@"
	says "$what" "$pattern"
}
for revision in v1 v2 v3; do
	claim "b2 in $revision needs no weak memory" '^VIOLATED: I3' explore/b2 -r $revision \
		--set explore.memory=strong
done
for revision in 6.19-dropcpu 6.19; do
	claim "b7 in $revision without b4" '^VIOLATED: I2.* 8 steps' explore/b7 -r $revision \
		--set protocol.drop-tests-owned=on
done
claim "b3 read otherwise" '^HOLDS' explore/b3 -r 6.19-ordering \
	--set protocol.exit-change=hand-over-if-own
claim "b2 on two CPUs" '^HOLDS' explore/b2 -r 6.19-livelock --set machine.cpus=2 \
	--set explore.tasks=2

# None of it depends on the number of threads, which is that of the CPUs by default.
for jobs in 1 5; do
	"$cidsim" explore --matrix --csv --jobs $jobs >"matrix-$jobs.csv"
	is "$jobs jobs: the same matrix" "$(cksum <"matrix-$jobs.csv")" "$(cksum <matrix.csv)"
done
for jobs in 1 2 5; do
	"$cidsim" explore explore/b2 -r 6.19-livelock --json --jobs $jobs >"one-$jobs.json"
	is "$jobs jobs: the same exploration" "$(cksum <"one-$jobs.json")" "$(cksum <one-1.json)"
done
# ... nor where memory ends.
for jobs in 1 1 2 5; do
	"$cidsim" explore explore/large-8 -m 16M --json --jobs $jobs >"large-$jobs.json"
	is "$jobs jobs: memory ends" "$(grep -c '"ended":"memory"' "large-$jobs.json")" 1
	is "$jobs jobs: the same without memory" "$(cksum <"large-$jobs.json")" "$(cksum <large-1.json)"
done

finish
