# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Flips per 1000 cycles of users (y) against how far the users swing (x), a line for each policy of
# the threshold, a panel for each machine. curves.dat: panel curve swing gap flips.

eval sheet
AROUND_TOP = 44
set yrange [-0.03*TOP:1.06*TOP]
set ytics 0,TOP_STEP format '%.0f'
set xlabel 'swing: most users minus fewest'

# Lines that lie on each other can be seen: the later, the thinner.
width(i) = i == 0 ? 5 : i == 1 ? 3 : 1.5
do for [p=0:PANELS-1] {
	eval place(p)
	right = item('RIGHT', p)
	set xrange [0:1.04*right]
	set xtics 0,item('X_STEP', p) format '%.0f'
	set title item('PANEL', p) offset 0,0.8 noenhanced
	if (int(p) % int(PANEL_COLUMNS) == 0) {
		set ylabel 'flips per 1000 cycles'
	} else {
		unset ylabel
	}
	unset arrow
	unset label
	needed = item('NEEDED', p)
	if (item('NEEDED_KNOWN', p) > 0) {
		set arrow 1 from needed,graph 0 to needed,graph 1.03 nohead lc rgb '#404040' \
			lw 1.5 dt (2,3) back
		if (needed < right/2) {
			set label 1 item('NEEDED_TEXT', p) at needed,graph 1.06 left offset -0.5,0 \
				font NOTE noenhanced
		} else {
			set label 1 item('NEEDED_TEXT', p) at needed,graph 1.06 right offset 0.5,0 \
				font NOTE noenhanced
		}
	}
	plot for [i=0:CURVES-1] 'curves.dat' using ($1 == p && $2 == i ? $3 : NaN):5 \
			with linespoints lc rgb hue(i) lw width(i) pt 7 ps POINT*0.7, \
		'' using ($1 == p && $4 > 0 ? $3 : NaN):(-0.015*TOP) \
			with points pt 2 ps POINT*0.8 lc rgb GREY
}
eval place_legend
plot NaN notitle, \
	for [i=0:CURVES-1] keyentry with linespoints lc rgb hue(i) lw width(i) pt 7 ps POINT*0.7 \
		title 'threshold '.item('CURVE', i), \
	keyentry with lines lc rgb '#404040' lw 1.5 dt (2,3) \
		title 'least swing that flips a recorded one', \
	keyentry with points pt 2 ps POINT*0.8 lc rgb GREY title (GAPS > 0 ? 'no result' : '')
unset multiplot
