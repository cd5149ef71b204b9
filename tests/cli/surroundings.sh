#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What docs/files.md promises where the system does not give much: a file system that cannot be written to, two
# programs that write to one target, a user who may start no more processes or threads.
# Usage: surroundings.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
begin "$@"

scn small <<'X'
[tasks t]
count = 8
run = 100us
sleep = 100us
X
printf '[machine]\ncpus = 2\n[explore]\ntasks = 2\nforks = 1\nmemory = strong\n[protocol]\nrevision = v3\n' >deep.scn
printf '{ "tasks": { "a": { "loop": 2, "run": 10, "sleep": 10 } } }\n' >load.json
"$cidsim" run -q small.scn -o drawn

# --- a file system that cannot be written to ---

# In a name space of its own, so that nothing stays mounted.
mkdir fixed
if unshare -m mount -t tmpfs -o ro tmpfs fixed 2>/dev/null; then
	for words in "run small.scn -o fixed" "run small.scn --junit fixed/j.xml" \
		"sweep small.scn --seeds 2 -o fixed/s.csv" "explore deep.scn -o fixed/c.scn" \
		"explore deep.scn --disk fixed" "html drawn/small -o fixed/p.html" "import load.json -o fixed/i.scn" \
		"run small.scn -o fixed/a/b/c"; do
		# shellcheck disable=SC2016,SC2086 # the inner shell expands; several words
		bad "read only: $words" 3 '.*fixed.*: Read-only file system' unshare -m sh -c '
			mount -t tmpfs -o ro tmpfs fixed
			program=$1
			shift
			exec "$program" "$@"' - "$cidsim" $words
	done
	if command -v gnuplot >/dev/null; then
		# shellcheck disable=SC2016
		bad "read only: plot" 3 '.*fixed.*: Read-only file system' unshare -m sh -c '
			mount -t tmpfs -o ro tmpfs fixed
			exec "$1" plot timeline drawn/small -o fixed/t.svg' - "$cidsim"
	else
		skip "read only: plot: no gnuplot"
	fi
else
	skip "read only: cannot be mounted here"
fi

# --- two programs that write to one target ---

for seed in 1 2; do
	"$cidsim" run -q small.scn --seed $seed -o one-$seed
	"$cidsim" html one-$seed/small -o page-$seed.html 2>/dev/null
done
mixed=0 hidden=0 pages=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	rm -rf both page.html
	"$cidsim" run -q small.scn --seed 1 -o both &
	"$cidsim" run -q small.scn --seed 2 -o both
	wait
	for file in both/small/*; do
		cmp -s "$file" "one-1/small/${file##*/}" || cmp -s "$file" "one-2/small/${file##*/}" || mixed=$((mixed + 1))
	done
	hidden=$((hidden + $(find both -name '.*' -type f | wc -l)))
	"$cidsim" html one-1/small -o page.html 2>/dev/null &
	"$cidsim" html one-2/small -o page.html 2>/dev/null
	wait
	cmp -s page.html page-1.html || cmp -s page.html page-2.html || pages=$((pages + 1))
done
is "two runs to one folder: files that are of neither" $mixed 0
is "two runs to one folder: hidden files" $hidden 0
is "two pages to one name: pages that are of neither" $pages 0

# --- a user who may start nothing ---

# A limit on processes is one of the user, and root has none.
chmod 755 "$tmp" "$tmp/work"
mkdir theirs
chmod 777 theirs
if setpriv --reuid=65534 --clear-groups prlimit --nproc=1 "$cidsim" --version >/dev/null 2>&1; then
	few() {
		setpriv --reuid=65534 --clear-groups prlimit --nproc=1 env HOME=/nonexistent TMPDIR="$PWD/theirs" "$cidsim" "$@"
	}
	bad "no threads: run" 0 'run: the system gave 3 threads fewer than --jobs asks for' few run small.scn --seeds 4 -j 4
	"$cidsim" sweep small.scn --seeds 3 -o usual.csv >/dev/null 2>&1
	call few sweep small.scn --seeds 3 -j 4 -o theirs/s.csv
	is "no threads: sweep" "$status $(grep -v '^#' theirs/s.csv | cksum)" "0 $(grep -v '^#' usual.csv | cksum)"
	call "$cidsim" explore deep.scn -r 7.1
	cp "$tmp/out" usual.out
	call few explore deep.scn -r 7.1 -j 4
	is "no threads: explore" "$status $(cmp "$tmp/out" usual.out)" "0 "
	if command -v gnuplot >/dev/null; then
		call few plot timeline drawn/small -o theirs/t.svg
		is "no process: plot" "$status $(wc -l <"$tmp/err") $(find theirs -name '*.svg' -o -name '.*' -type f)" "3 1 "
	else
		skip "no process: plot: no gnuplot"
	fi
else
	skip "no threads: there is no setpriv here, or it may not"
fi
finish
