# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What workloads cost, over the number of CPUs (x), a panel for each measure, a line for each file
# and revision. curves.dat: curve cpus gap, then for each panel two values: of the line, and of the
# dashed one beside it.

eval sheet
AROUND_LEFT = 60
set logscale x 2
# Ticks where there are values, as far as there is room.
octaves = log(1.2*CPUS_MAX/CPUS_MIN)/log(2)
room = 26*octaves/(panel_width(PANELS) > 160 ? panel_width(PANELS) - 76 : 84)
set xrange [CPUS_MIN/1.1:CPUS_MAX*1.1]
set xtics ('' CPUS_MIN)
array taken[1024]
n = 0
do for [i=0:TICKS-1] {
	x = real(item('TICK', i))
	free = x > 0
	do for [j=1:n] { if (abs(log(x/taken[j])) < room*log(2)) { free = 0 } }
	if (free) {
		n = n + 1
		taken[n] = x
		set xtics add (item('TICK', i) x)
	}
}
set xlabel 'CPUs'
set grid back lc rgb '#EEEEEE' lt 1 lw 0.5

# Lines that lie on each other can be seen: the later, the thinner.
width(i) = i < 3 ? 3 - 0.6*i : 1.5

do for [p=0:PANELS-1] {
	eval place(p)
	low = item('LOW', p)
	high = item('HIGH', p)
	foot = low - 0.03*(high - low)
	set yrange [low - 0.05*(high - low):high + 0.03*(high - low)]
	set ytics low,item('STEP', p) format '%g'
	set title item('PANEL', p) offset 0,-0.6 noenhanced
	c = 4 + 2*p
	plot for [i=0:CURVES-1] 'curves.dat' using ($1 == i ? $2 : NaN):c \
			with linespoints lc rgb hue(i) dt dash(i) lw width(i) pt 7 ps POINT*0.8, \
		for [i=0:CURVES-1] '' using (item('DASHED', p) > 0 && $1 == i ? $2 : NaN):c + 1 \
			with lines lc rgb hue(i) dt (4,4) lw width(i), \
		'' using ($3 > 0 ? $2 : NaN):(foot) with points pt 2 ps POINT*0.8 lc rgb GREY
}
eval place_legend
plot NaN notitle, \
	for [i=0:CURVES-1] keyentry with linespoints lc rgb hue(i) dt dash(i) lw width(i) pt 7 \
		ps POINT*0.8 title item('CURVE', i), \
	keyentry with points pt 2 ps POINT*0.8 lc rgb GREY title (GAPS > 0 ? 'no result' : '')
unset multiplot
