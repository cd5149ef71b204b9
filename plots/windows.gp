# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# How long transit windows are: the share (y) of those that are at most so long (x). curves.dat:
# panel curve ns share.

eval sheet
set logscale x 10
set xrange [LOW/1.03:HIGH*1.03]
set yrange [0:1.02]
set xlabel 'length of the window, at most'
set ytics 0,0.2 format '%.1f'
set grid back lc rgb '#EEEEEE' lt 1 lw 0.5
decade(e) = sprintf('%d %s', int(10**(e % 3)), word('ns us ms s ks Ms Gs', e/3 + 1))
set mxtics 10
set xtics (decade(0) 1)
do for [e=1:19] { set xtics add (decade(e) 10.0**e) }

do for [p=0:PANELS-1] {
	eval place(p)
	set title item('PANEL', p) offset 0,-0.6 noenhanced
	if (int(p) % int(PANEL_COLUMNS) == 0) { set ylabel 'share of windows' } else { unset ylabel }
	plot for [i=0:CURVES-1] 'curves.dat' using ($1 == p && $2 == i ? $3 : NaN):4 \
		with steps lc rgb hue(i) dt dash(i) lw 2
}
eval place_legend
plot NaN notitle, \
	for [i=0:CURVES-1] keyentry with lines lc rgb hue(i) dt dash(i) lw 2 title item('CURVE', i)
unset multiplot
