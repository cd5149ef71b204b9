#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Pictures of sweeps: each kind is drawn from the samples; what is wrong is reported. Usage:
# plot-sweep.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
samples=$(realpath "$(dirname "$0")/../../plots/sample-sweep")
begin "$@"
cp "$samples"/*.csv .

call "$cidsim" plot --help
for kind in sweep family thresholds heatmap amplitude windows workload; do
	says "--help has $kind" "^  $kind  "
done

bad "no file" 2 "plot: needs a picture and a directory or files" "$cidsim" plot family
bad "no such file" 3 "no\.csv: " "$cidsim" plot family no.csv
bad "a directory" 2 "\.: " "$cidsim" plot family .
bad "--mm" 2 "plot: --mm is for pictures of a run, not for family" \
	"$cidsim" plot family --mm app loops.csv
bad "--from" 2 "plot: --from is for pictures of a run, not for heatmap" \
	"$cidsim" plot heatmap --from 1ms grid.csv
bad "ending" 2 "x\.gif: the name must end in \.svg, \.png or \.pdf" \
	"$cidsim" plot family loops.csv -o x.gif
bad "size" 2 "plot: --width: '7' is out of range, it must be 240 to 8192" "$cidsim" plot family loops.csv --width 7
bad "two files for one" 2 "grid\.csv: one file too many, family draws at most 1" \
	"$cidsim" plot family loops.csv grid.csv
bad "missing axis" 2 "loops\.csv: no column 'allowed'.*; thresholds draws sweeps like: cidsim sweep " \
	"$cidsim" plot thresholds loops.csv
bad "an axis too many" 2 "grid\.csv: 'threads' has 3 values and no place .* family draws sweeps like: cidsim" \
	"$cidsim" plot family grid.csv
bad "an unknown column" 2 "loops\.csv: no column 'wast', did you mean waste; the columns are point, cpus, " \
	"$cidsim" plot sweep loops.csv --x cpus --y wast
bad "a value that is not there" 2 "--where: no row of loops\.csv has cpus '5'; the axis has 2;4;16;64" \
	"$cidsim" plot sweep loops.csv --where cpus=4,5
bad "no condition" 2 "--where: 'cpus' is not written like 'cpus=4,8-64'" \
	"$cidsim" plot sweep loops.csv --where cpus
bad "--log-axes" 2 "plot: --log-axes: 'z' is not of x, y, colour, or none" \
	"$cidsim" plot sweep loops.csv --log-axes z
bad "--x" 2 "plot: --x is for pictures of sweeps, not for timeline" "$cidsim" plot timeline --x cpus .
mkdir -p rundir && touch rundir/report.json
bad "the folder of a run" 2 "rundir: is a folder of a run; for a sweep give its CSV file" \
	"$cidsim" plot heatmap rundir
rm -r rundir
head -n 12 loops.csv >cut.csv
bad "a file that was cut" 2 "cut\.csv: is not complete" "$cidsim" plot family cut.csv
sed 's/,ok,/,ko,/' loops.csv >changed.csv
bad "a file that was changed" 2 "changed\.csv:[0-9]+: 'outcome' is 'ko'" \
	"$cidsim" plot family changed.csv
printf 'a,b\n1,2\n' >other.csv
bad "another file" 2 "other\.csv:1: not a result file of a sweep" "$cidsim" plot family other.csv

if command -v gnuplot >/dev/null; then
	good "family" "$cidsim" plot family loops.csv
	is "family: names" "$(cat "$tmp/out")" "loops-family.svg
loops-family.png"
	good "thresholds, of two files" "$cidsim" plot thresholds allowed.csv sparse.csv
	good "heatmap" "$cidsim" plot heatmap grid.csv
	good "amplitude" "$cidsim" plot amplitude amplitude.csv
	good "windows" "$cidsim" plot windows windows.csv
	good "windows, of two files" "$cidsim" plot windows windows.csv amplitude.csv -o two.svg
	says "windows, of two files: curves of the second" 'swing\.from|threads\.from|\.from [0-9]' two.svg
	rm -f two.svg
	bad "windows of the same points twice" 2 "windows.csv: has a point that another file has, too: --panel file" \
		"$cidsim" plot windows windows.csv windows.csv -o twice.svg
	good "workload, of two files" "$cidsim" plot workload pools-8x8.csv pools-32x32.csv
	for name in loops-family allowed-thresholds grid-heatmap amplitude-amplitude \
		windows-windows pools-8x8-workload; do
		says "$name.svg is there" '^</svg>' "$name.svg"
		says "$name.png is there" 'IEND' "$name.png"
	done
	good "three dimensions" "$cidsim" plot sweep amplitude.csv --x "ramp swing.from" --y waste,fast_path \
		--colour protocol.thrs-policy --panel cpus -o 3d.svg
	for text in '8 CPUs, span of CIDs' '16 CPUs, switches on the fast path' 'threshold none' 'swings.scn, revision 7.1'; do
		says "three dimensions: $text" "$text" 3d.svg
	done
	good "a shard" "$cidsim" sweep study/ramp --cpus 2-16*2 --threads 20 --shard 1/3 -o shard.csv
	good "a shard: drawn" "$cidsim" plot family shard.csv -o shard.svg
	says "a shard: says so" '; 2 of 4 points' shard.svg
	good "its neighbour" "$cidsim" sweep study/ramp --cpus 2-16*2 --threads 20 --shard 2/3 -o next.csv
	good "two shards of one sweep" "$cidsim" plot sweep shard.csv next.csv -o shard.svg
	says "two shards of one sweep: have its points" '; 3 of 4 points' shard.svg
	good "shards of two sweeps" "$cidsim" plot sweep shard.csv next.csv loops.csv --panel file -o shard.svg
	says "shards of two sweeps: have the points of both" '; 7 of 8 points' shard.svg
	rm -f shard.svg shard.csv next.csv
	good "part of a sweep" "$cidsim" plot heatmap grid.csv --where cpus=8-16 --colour waste -o part.svg
	says "part of a sweep: says so" 'only cpus=8-16' part.svg
	rm -f 3d.svg part.svg
	good "one file, with a size" "$cidsim" plot heatmap grid.csv -o x.pdf --width 700 --height 500
	is "one file: its name" "$(cat "$tmp/out")" x.pdf
	says "one file: is there" '^%%EOF' x.pdf
	good "two files, one picture" "$cidsim" plot workload pools-8x8.csv pools-32x32.csv -o y.svg
	is "no other files" "$(find . -name '*.svg' -o -name '*.png' -o -name '*.pdf' -o -name '.c*' | wc -l)" 14
	chmod a-w .
	if [ "$(id -u)" -eq 0 ]; then
		skip "a folder that is not writable: root writes everywhere"
	else
		bad "a folder that is not writable" 3 "loops-family\.svg: cannot be written" \
			"$cidsim" plot family loops.csv
	fi
	chmod u+w .
	# docs/files.md says what gnuplot may do.
	if [ "$(uname -m)" = x86_64 ] || [ "$(uname -m)" = aarch64 ]; then
		mkdir "$tmp/fake"
		printf '#!/bin/sh\nrm -f %s/victim\nmkdir %s/made\nexit 1\n' "$tmp" "$tmp" >"$tmp/fake/gnuplot"
		chmod +x "$tmp/fake/gnuplot"
		echo kept >"$tmp/victim"
		bad "a gnuplot that tries more than it may" 3 'gnuplot failed: mkdir: ' \
			env PATH="$tmp/fake:$PATH" "$cidsim" plot family loops.csv
		is "it removes nothing, and makes no folder" "$(ls -d "$tmp/victim" "$tmp/made" 2>/dev/null)" "$tmp/victim"
	fi
else
	skip "pictures of sweeps: no gnuplot"
fi

finish
