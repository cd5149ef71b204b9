#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The picture of the matrix, of what explore prints and of the sample; what is wrong is reported. Usage:
# plot-matrix.sh CIDSIM

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
sample=$(realpath "$(dirname "$0")/../../plots/sample-matrix/matrix.csv")
begin "$@"
cp "$sample" sample.csv

call "$cidsim" plot --help
says "--help has matrix" "^  matrix  "

good "the matrix of two scenarios as CSV" "$cidsim" explore --matrix --csv explore/b1 explore/b8
cp "$tmp/out" two.csv
says "CSV: what made it" '^# cidsim [0-9.]+( \([0-9a-f]+(-dirty)?\))? explore --matrix$' two.csv
is "CSV: a row for each cell" "$(grep -vc '^[#r]' two.csv)" $(($(revision_names | wc -l) * 2))
is "the sample has its columns" "$(sed -n 2p sample.csv)" "$(sed -n 2p two.csv)"

good "the matrix of all defects as CSV" "$cidsim" explore --matrix --csv
cp "$tmp/out" complete.csv

bad "no file" 2 "plot: needs a picture and a directory or files" "$cidsim" plot matrix
bad "no such file" 3 "no\.csv: " "$cidsim" plot matrix no.csv
bad "a directory" 2 "\.: " "$cidsim" plot matrix .
bad "two files" 2 "sample\.csv: one file too many, matrix draws one" \
	"$cidsim" plot matrix two.csv sample.csv
bad "--mm" 2 "plot: --mm is for pictures of a run, not for matrix" \
	"$cidsim" plot matrix --mm app two.csv
bad "ending" 2 "x\.gif: the name must end in" "$cidsim" plot matrix two.csv -o x.gif
sed '$d' two.csv >cut.csv
bad "a file that was cut" 2 "cut\.csv: is not complete: no row of revision '.*' and defect 'B8'" \
	"$cidsim" plot matrix cut.csv
sed '5s/,0$/,2/' two.csv >changed.csv
bad "a file that was changed" 2 "changed\.csv:5: 'exhausted' is '2', expected a number from 0 to 1" \
	"$cidsim" plot matrix changed.csv
"$cidsim" explore --matrix explore/b1 >table.csv
bad "the table for people" 2 "table\.csv:1: column names are " "$cidsim" plot matrix table.csv

if command -v gnuplot >/dev/null; then
	good "matrix" "$cidsim" plot matrix two.csv
	is "matrix: names" "$(cat "$tmp/out")" "two-matrix.svg
two-matrix.png"
	says "two-matrix.svg is there" '^</svg>' two-matrix.svg
	says "two-matrix.png is there" 'IEND' two-matrix.png
	for column in B1 B8; do
		says "two-matrix.svg has $column" ">$column<" two-matrix.svg
	done
	for revision in $(revision_names); do
		says "two-matrix.svg has $revision" ">$revision<" two-matrix.svg
	done
	# Twelve columns and more: the picture is as wide as what stands in its cells needs.
	good "the complete matrix" "$cidsim" plot matrix complete.csv -o complete.svg
	for text in 'I3 in 3' 'window in 8' 'transit in 1' 'born transit'; do
		says "complete.svg has $text" ">$text<" complete.svg
	done
	good "one file, with a size" "$cidsim" plot matrix sample.csv -o x.pdf --width 600 --height 400
	says "one file: is there" '^%%EOF' x.pdf
	is "no other pictures" "$(find . -name '*.svg' -o -name '*.png' -o -name '*.pdf' -o -name '.c*' | wc -l)" 4
else
	skip "the picture of the matrix: no gnuplot"
fi

finish
