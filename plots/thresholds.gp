# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Users at enter and leave (y) against CPUs allowed (x), both logarithmic; a panel for each number of
# possible CPUs. curves.dat: curve allowed gap enter leave enter-min enter-max leave-min leave-max,
# the formula's and those seen. CURVE_PANEL_0 ..., CURVE_CAP_0 ...: where a curve belongs.

eval sheet
AROUND_TOP = 40
set logscale xy 2
# a tick about every 36 pixels
octaves(a, b, pixels) = 2**ceil(36*log(b/a)/log(2)/(pixels > 36 ? pixels : 36))
set xlabel 'CPUs allowed'
set grid back lc rgb '#EEEEEE' lt 1 lw 0.5

set style line 1 lc rgb BLUE lw 2
# by cap: half of the possible CPUs, half of nr_cpu_ids, none
set style line 11 lc rgb VERMILLION lw 2
set style line 12 lc rgb PURPLE lw 2 dt (8,5)
set style line 13 lc rgb GREEN lw 2 dt (2,4)
set style line 5 pt 6 ps POINT*1.3 lc rgb BLUE
set style line 21 pt 4 ps POINT*1.2 lc rgb VERMILLION
set style line 22 pt 12 ps POINT*1.5 lc rgb PURPLE
set style line 23 pt 8 ps POINT*1.5 lc rgb GREEN

# The column if the row is of curve i, and that in panel p.
of(p, i, x) = item('CURVE_PANEL', i) == p && $1 == i ? x : NaN
do for [p=0:PANELS-1] {
	eval place(p)
	x_high = item('RIGHT', p)*1.2
	y_high = item('TOP', p)*1.3
	set xrange [0.85:x_high]
	set yrange [0.7:y_high]
	set xtics 1,octaves(0.85, x_high, panel_width(PANELS) - 90) format '%.0f'
	set ytics 1,octaves(0.7, y_high, panel_height(PANELS) - 100) format '%.0f'
	set title item('PANEL', p)."\n".item('PANEL_IDS', p) offset 0,-0.6 noenhanced
	if (int(p) % int(PANEL_COLUMNS) == 0) { set ylabel 'users' } else { unset ylabel }
	plot for [i=0:CURVES-1] 'curves.dat' using (of(p, i, $2)):4 with lines ls 1, \
		for [i=0:CURVES-1] '' using (of(p, i, $2)):5 \
			with lines ls 11 + int(item('CURVE_CAP', i)), \
		for [i=0:CURVES-1] for [c=6:7] '' using (of(p, i, $2)):c with points ls 5, \
		for [i=0:CURVES-1] for [c=8:9] '' using (of(p, i, $2)):c \
			with points ls 21 + int(item('CURVE_CAP', i)), \
		for [i=0:CURVES-1] '' using ($3 > 0 ? of(p, i, $2) : NaN):(0.8) \
			with points pt 2 ps POINT lc rgb GREY
}
eval place_legend
cap(i) = CAP_1 + CAP_2 == 0 ? '' : i == 0 ? ', cap possible/2' : i == 1 ? ', cap nr_cpu_ids/2' : ', no cap'
entry(verb, i) = item('CAP', i) > 0 ? verb.cap(i) : ''
plot NaN notitle, \
	keyentry with lines ls 1 title 'enter: formula', \
	for [i=0:2] keyentry with lines ls 11 + i title entry('leave: formula', i), \
	keyentry with points ls 5 title 'enter: seen', \
	for [i=0:2] keyentry with points ls 21 + i title entry('leave: seen', i), \
	keyentry with points pt 2 ps POINT lc rgb GREY title (GAPS > 0 ? 'no result' : '')
unset multiplot
