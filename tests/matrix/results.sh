#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# results.sh SOURCE CIDSIM [--jobs N] [PART…]: prints a line for each run, exploration, sweep and replay of what
# ships: its name, and digests of what it wrote. The version, the commit, the command and names of folders are left
# out. PART is one or several of runs, studies, explore, explore-long, sweeps, replay (default: all). golden.txt
# has these lines. CIDSIM is one file, which may be a script that sets an environment.

set -eu
usage() {
	echo "usage: $0 SOURCE CIDSIM [--jobs N] [PART…]" >&2
	exit 2
}
[ $# -ge 2 ] || usage
source=$(realpath "$1")
cidsim=$(realpath "$2")
shift 2
jobs=2
if [ "${1:-}" = --jobs ]; then
	jobs=$2
	shift 2
fi
[ $# -gt 0 ] || set -- runs studies explore explore-long sweeps replay
# shellcheck source=tests/cli/lib.sh
. "$source/tests/cli/lib.sh"
tmp=$(mktemp -d "$(room)/cidsim-test-XXXXXX")
chmod 755 "$tmp" # another umask is for cidsim only
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C

# digest: of standard input, without what differs from commit to commit and from folder to folder
digest() {
	sed -e "s|$source/||g" -e '/^# \(cidsim\|scenario\|command\|trace\) /d' -e '/^# end .* digest /d' \
		-e '1{/^cidsim [0-9]/d;}' -e '/^To repeat: /d' -e '/^Built from commit /d' \
		-e 's/^{"\(scenario\|trace\)":"[^"]*",/{/' -e 's/"version":"[^"]*","commit":"[^"]*",//' \
		-e 's/"command":\[\("[^"]*",\{0,1\}\)*\],//' | sha256sum | cut -c 1-16
}

# call OPTION…: what cidsim prints, and whether all holds, is in $tmp/out. It must have a result.
call() {
	status=0
	"$cidsim" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	echo "status $status" >>"$tmp/out"
	case $status in
	0 | 1 | 4) ;;
	*)
		echo "FAIL  cidsim $*: exit status $status" >&2
		head -n 20 "$tmp/err" >&2
		exit 1
		;;
	esac
}

runs() { # FOLDER…
	call run --jobs "$jobs" --quiet -o "$tmp/runs" "$@"
	for folder in "$tmp"/runs/*; do
		echo "run $(basename "$folder")" \
			"log $(digest <"$folder/trace.txt")" \
			"report $(digest <"$folder/report.json")" \
			"text $(tr -s ' ' <"$folder/report.txt" | digest)" \
			"tables $(cat "$folder"/*.csv | digest)"
	done
	rm -rf "$tmp/runs"
}

explore() { # WHAT SCENARIO OPTION…
	what=$1 scenario=$2
	shift 2
	call explore --json "$@" "$source/scenarios/explore/$scenario.scn"
	echo "explore $scenario $what $(digest <"$tmp/out")"
}

explorations() {
	for file in "$source"/scenarios/explore/*.scn; do
		name=$(basename "$file" .scn)
		case $name in
		large-* | b9-4 | vfork-4) ;; # they take long
		*) explore bfs "$name" --jobs "$jobs" ;;
		esac
	done
	explore dfs busy-4 --search dfs
	explore bitstate exec-narrow --search bitstate --memory 16M
	explore walk b9 --search walk --steps 20000 --jobs "$jobs"
	explore no-reduction exec-4 --reduce off --symmetry off --jobs "$jobs"
	call explore --matrix --csv --jobs "$jobs"
	echo "explore matrix $(digest <"$tmp/out")"
}

sweep() { # SCENARIO OPTION…
	scenario=$1
	shift
	call sweep --jobs "$jobs" -o "$tmp/rows.csv" --summary "$source/scenarios/$scenario.scn" "$@"
	echo "sweep $scenario rows $(digest <"$tmp/rows.csv") summary $(digest <"$tmp/rows-summary.csv")"
	rm "$tmp"/rows*
}

seeds() {
	call run --jobs "$jobs" --json --seeds 40 "$source/scenarios/oversubscribed.scn"
	echo "seeds oversubscribed $(digest <"$tmp/out")"
}

replays() {
	grep -v '^#' "$source/tests/traces/agreement.txt" | while read -r name options _; do
		[ "$options" != - ] || options=
		# shellcheck disable=SC2086 # words
		call replay --json $options "$source/tests/traces/$name"
		echo "replay $name $(digest <"$tmp/out")"
	done
}

for part; do
	echo "# $part"
	case $part in
	runs) runs "$source/scenarios" "$source/scenarios/defects" ;;
	studies) runs "$source/scenarios/study" ;;
	explore) explorations ;;
	explore-long)
		explore bfs vfork-4 --jobs "$jobs"
		explore bfs b9-4 --jobs "$jobs"
		;;
	sweeps)
		sweep hysteresis --cpus 1-10 --threads 2,27,51 --seeds 2
		sweep pools-8x8 --cpus 2-32*2 --seeds 3
		sweep single-fork-exit --revisions all --cpus 1,4 --seeds 2
		sweep many-mms --cpus 3 --seeds 3
		seeds
		;;
	replay) replays ;;
	*) usage ;;
	esac
done
