# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Revisions (rows) and defects (columns), a cell for each pair. cells.dat: x y verdict text; x and y
# are positions, verdict is 0 holds, 1 found, 2 undecided.

# Dark and light, so that they differ without colours, too; what is undecided is hatched.
FOUND = '#B34000'
HOLDS = '#DCE8F0'
INK = '#26323C'
QUIET = '#6B7680'
HATCH = '#B4BDC5'
BOLD = FORMAT eq 'svg' ? 'sans-serif Bold' : 'sans:Bold'
# of what stands in cells, and beside and below them
TEXT = FORMAT eq 'svg' ? ',11' : FORMAT eq 'png' ? ',8.5' : ',6.5'
SIZE = FORMAT eq 'svg' ? ',13' : FORMAT eq 'png' ? ',10.5' : ',8.5'
SMALL = FORMAT eq 'svg' ? ',10' : FORMAT eq 'png' ? ',8' : ',6'

# Proposals stand a little apart.
HIGH = HEIGHT - ABOVE - BELOW - GAP
row_pixels = HIGH/ROWS > 1 ? HIGH/ROWS : 1
apart = GAP/row_pixels
at(y) = y + (y >= PROPOSED ? apart : 0)
pixel(p) = p/row_pixels
px(x) = x/WIDTH
py(y) = 1 - y/HEIGHT

eval frame(LEFT, WIDTH - SIDE, ABOVE, HEIGHT - BELOW)
unset title
unset key
unset border
unset tics
set xrange [-0.5:COLUMNS - 0.5]
set yrange [at(ROWS - 1) + 0.5:-0.5]

set label TITLE at screen 0.5,py(22) center font BOLD.SIZE tc rgb INK
set label SUBTITLE at screen 0.5,py(41) center font TEXT tc rgb QUIET
do for [x=0:COLUMNS-1] {
	if (TURNED > 0) {
		set label item('COLUMN', x) at first x, screen py(ABOVE - 6) left rotate by 90 \
			font BOLD.TEXT tc rgb INK
	} else {
		set label item('COLUMN', x) at first x, screen py(ABOVE - 26) center font BOLD.SIZE tc rgb INK
		set label item('CALLED', x) at first x, screen py(ABOVE - 10) center font SMALL tc rgb QUIET
	}
}
if (NAMES > 0) {
	do for [y=0:ROWS-1] {
		set label item('SINCE', y) at screen px(SIDE), first at(y) left font SMALL tc rgb QUIET
		set label item('ROW', y) at screen px(LEFT - SIDE), first at(y) right \
			font (y == CURRENT ? BOLD : '').TEXT tc rgb INK
	}
}

# The legend: cells and what they mean, and beside or below them the properties.
LEGEND = HEIGHT - BELOW + 16
SECOND = LEGEND_WIDE > 0 ? WIDTH/2 : SIDE
second_row(i) = LEGEND_WIDE > 0 ? i : KEYS + i
legend_y(i) = LEGEND + LEGEND_ROW*(i + 0.5)
do for [i=0:KEYS-1] {
	kind = item('KEY_KIND', i)
	set object i+1 rectangle from screen px(SIDE),py(legend_y(i) - 8) \
		to screen px(SIDE + KEY_WIDTH),py(legend_y(i) + 8) noclip
	if (kind == 0) { set object i+1 fc rgb HOLDS fs solid noborder }
	if (kind == 1) { set object i+1 fc rgb FOUND fs solid noborder }
	if (kind == 2) { set object i+1 fc rgb HATCH fs pattern 4 border rgb HATCH }
	set label item('KEY', i) at screen px(SIDE + KEY_WIDTH/2),py(legend_y(i)) center \
		font TEXT tc rgb (kind == 1 ? '#FFFFFF' : INK) front
	set label item('KEY_MEANS', i) at screen px(2*SIDE + KEY_WIDTH),py(legend_y(i)) left \
		font SMALL tc rgb INK
}
do for [i=0:PROPERTIES-1] {
	set label item('PROPERTY', i) at screen px(SECOND),py(legend_y(second_row(i))) left \
		font SMALL tc rgb INK
}

# White between the cells.
WIDE = 0.5 - COLUMNS*1.0/(WIDTH - SIDE - LEFT)
TALL = 0.5 - pixel(1)
plot 'cells.dat' \
		using ($3 == 0 ? $1 : NaN):(at($2)):($1 - WIDE):($1 + WIDE):(at($2) - TALL):(at($2) + TALL) \
		with boxxyerror fc rgb HOLDS fs solid noborder, \
	'cells.dat' \
		using ($3 == 1 ? $1 : NaN):(at($2)):($1 - WIDE):($1 + WIDE):(at($2) - TALL):(at($2) + TALL) \
		with boxxyerror fc rgb FOUND fs solid noborder, \
	'cells.dat' \
		using ($3 == 2 ? $1 : NaN):(at($2)):($1 - WIDE):($1 + WIDE):(at($2) - TALL):(at($2) + TALL) \
		with boxxyerror fc rgb HATCH fs pattern 4 border rgb HATCH, \
	'cells.dat' using 1:(at($2)):(TEXTS > 0 && $3 != 1 ? strcol(4) : '') \
		with labels font TEXT tc rgb INK, \
	'cells.dat' using 1:(at($2)):(TEXTS > 0 && $3 == 1 ? strcol(4) : '') \
		with labels font TEXT tc rgb 'white'
