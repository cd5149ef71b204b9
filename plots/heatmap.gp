# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# CPUs (x) and threads (y), a cell for each pair, in four panels. cells-0.dat ...: x y value text;
# x and y are positions, text is the value in few letters, value -1 where there is none.

eval sheet
AROUND_RIGHT = 86
AROUND_BOTTOM = AROUND_BOTTOM + X_EXTRA

set xrange [-0.5:COLUMNS - 0.5]
set yrange [-0.5:ROWS - 0.5]
set border 15 lc rgb '#404040' lw 0.5
set xtics scale 0
set ytics scale 0
set xtics ('' 0)
set ytics ('' 0)
if (X_TURNED > 0) { set xtics rotate by 90 right }
do for [i=0:COLUMNS-1:X_STEP] { set xtics add (item('X_NAME', i) i) }
do for [i=0:ROWS-1:Y_STEP] { set ytics add (item('Y_NAME', i) i) }
set xlabel 'CPUs'

# Viridis from its light end on: equal steps look equal, also without colours, and no step of it is
# white (zero) or grey (missing).
set palette defined (0 '#FDE725', 1 '#B5DE2B', 2 '#6ECE58', 3 '#35B779', 4 '#1F9E89', \
	5 '#26828E', 6 '#31688E', 7 '#3E4989', 8 '#482878', 9 '#440154')
MISSING = '#DDDDDD'
# letters in a cell
share(p, z) = item('LOG', p) > 0 \
	? log(z/item('LOW', p))/log(item('HIGH', p)/item('LOW', p)) \
	: (z - item('LOW', p))/(item('HIGH', p) - item('LOW', p))
ink(p, z) = share(p, z) > 0.5 ? 0xFFFFFF : 0x000000
# Marks for eyes that cannot distinguish white from grey, where there is room for them.
MARKED = COLUMNS*ROWS <= 400
set style fill solid 1 noborder
unset colorbox

do for [p=0:PANELS-1] {
	eval place(p)
	set title item('PANEL', p) offset 0,-0.6 noenhanced
	if (int(p) % int(PANEL_COLUMNS) == 0) { set ylabel 'threads' } else { unset ylabel }
	if (item('LOG', p) > 0) { set logscale cb } else { unset logscale cb }
	set cbrange [item('LOW', p):item('HIGH', p)]
	set cbtics scale 0.5 format '%g' font NOTE
	set colorbox user origin screen (panel_x(p) + panel_width(PANELS) - AROUND_RIGHT + 12)/WIDTH, \
		screen 1 - (panel_y(p) + panel_height(PANELS) - AROUND_BOTTOM)/HEIGHT \
		size screen 14/WIDTH, \
		screen (panel_height(PANELS) - AROUND_BOTTOM - AROUND_TOP)/HEIGHT
	set object 1 rectangle from graph 0,0 to graph 1,1 fc rgb MISSING fs solid noborder behind
	cells = sprintf('cells-%d.dat', p)
	plot cells using ($3 == 0 ? $1 : NaN):2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5) \
			with boxxyerror fc rgb 'white', \
		cells using ($3 > 0 ? $1 : NaN):2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5):3 \
			with boxxyerror fc palette, \
		cells using (MARKED && $3 < 0 ? $1 : NaN):2 with points pt 2 ps POINT*0.8 lc rgb '#888888', \
		cells using (MARKED && $3 == 0 ? $1 : NaN):2 with points pt 7 ps POINT*0.4 lc rgb '#888888', \
		cells using (NUMBERS > 0 && $3 > 0 ? $1 : NaN):2:4:(ink(p, $3)) \
			with labels font NOTE tc rgb variable
}
if (ZEROS + GAPS > 0) {
	unset colorbox
	eval place_legend
	plot NaN notitle, \
		keyentry with points pt 7 ps POINT*(MARKED ? 0.6 : 0) lc rgb '#888888' \
			title (ZEROS > 0 ? (MARKED ? 'white, dot: zero' : 'white: zero') : ''), \
		keyentry with points pt 2 ps POINT*(MARKED ? 1 : 0) lc rgb '#888888' \
			title (GAPS > 0 ? (MARKED ? 'grey, cross: no result' : 'grey: no result') : '')
}
unset multiplot
