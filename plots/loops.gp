# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# A hysteresis loop for each value of x, in lanes: users (x), in each lane per task below and per CPU
# above. curves.dat: panel curve gap lane, then enter and leave by the formula, the most users, the
# least and most users seen at enter, and at leave; -1 is none. TICK_0 …: the values of x.

# Levels of a lane, whose height is 1.
task(lane) = lane - 0.26
percpu(lane) = lane + 0.26

FILE = 'curves.dat'
d = -1
c = 5; eval range_of
# logarithmic if users at enter differ much
IS_LOG = LOG eq '' ? A_max > 0 && A_max/8 >= A_min : strstrt(LOG, 'x') > 0
RIGHT = 1
do for [c=5:11] { eval range_of; if (A_max*(c == 5 ? 1.25 : 1) > RIGHT) { RIGHT = A_max*(c == 5 ? 1.25 : 1) } }
X_LOW = IS_LOG ? 0.9 : 0
X_HIGH = IS_LOG ? RIGHT*1.15 : RIGHT*1.04
# One that never leaves stays per CPU to the left end, one that never enters per task to the right.
left(leave) = leave < X_LOW ? X_LOW : leave
right(enter, end) = enter < 0 ? end : enter
has(x, y) = x < 0 ? NaN : y
# where the upper branch ends
end(enter, most) = most > enter*1.25 ? most : enter*1.25
drawn(gap, y) = gap > 0 ? NaN : y

set xrange [X_LOW:X_HIGH]
set yrange [-0.6:TICKS - 0.4]
if (IS_LOG) {
	set logscale x 2
	set xtics 1,2 format '%.0f'
} else {
	set xtics format '%.0f'
}
set xlabel 'users (tasks of the mm)'
name(i) = X_TITLE eq 'CPUs' ? item('TICK', i).' CPUs' : X_TITLE.' '.item('TICK', i)
users(verb, n) = n < 0 ? 'never '.verb.'s' : sprintf('%s %d', verb, n)
label(lane, gap, enter, leave) = name(lane).': '.(gap > 0 ? 'no result' \
	: users('enter', enter).', '.users('leave', leave))
set border 1
set ytics scale 0
set ytics ('' 0)
set y2range [-0.6:TICKS - 0.4]
set y2tics scale 0 font NOTE
set y2tics ('' 0)
do for [i=0:TICKS-1] {
	set y2tics add ('per task' task(i), 'per CPU' percpu(i))
	if (i > 0) {
		set arrow from graph 0,first i-0.5 to graph 1,first i-0.5 nohead lc rgb '#DDDDDD' \
			lw 0.5 back
	}
}
wanted = (7.2*LETTERS + 16)/WIDTH
set lmargin at screen (wanted < 0.5 ? wanted : 0.5)
set rmargin at screen 1 - (72 < 0.3*WIDTH ? 72.0/WIDTH : 0.3)

set style line 1 lc rgb BLUE lw 2
set style line 2 lc rgb VERMILLION lw 2
set style arrow 1 head filled size screen 0.011,20 ls 1
set style arrow 2 head filled size screen 0.011,20 ls 2

plot \
	'curves.dat' using (X_LOW):($3 > 0 ? $4 : NaN):(X_LOW):(X_HIGH):($4 - 0.4):($4 + 0.4) \
		with boxxyerror fs solid 1 noborder lc rgb '#E8E8E8' notitle, \
	'' using (X_LOW):(drawn($3, $4)):(left($6)):(right($5, end($5, $7))):(task($4)):(percpu($4)) \
		with boxxyerror fs solid 1 noborder lc rgb PALE_CPU notitle, \
	'' using (X_LOW):(drawn($3, task($4))):(right($5, end($5, $7)) - X_LOW):(0) \
		with vectors nohead ls 1 notitle, \
	'' using 5:(has($5, task($4))):(0):(percpu($4) - task($4)) with vectors as 1 notitle, \
	'' using (end($5, $7)):(has($5, percpu($4))):(left($6) - end($5, $7)):(0) \
		with vectors nohead ls 2 notitle, \
	'' using 6:(has($6, percpu($4))):(0):(task($4) - percpu($4)) with vectors as 2 notitle, \
	for [i=8:9] '' using i:(has(column(i), task($4))) \
		with points pt 7 ps POINT*1.15 lc rgb BLUE notitle, \
	for [i=10:11] '' using i:(has(column(i), percpu($4))) \
		with points pt 5 ps POINT*1.05 lc rgb VERMILLION notitle, \
	'' using (X_LOW):4:(label($4, $3, $5, $6)) with labels right offset -1,0 tc rgb '#404040' notitle, \
	keyentry with lines ls 1 title 'users grow: formula', \
	keyentry with points pt 7 ps POINT lc rgb BLUE title 'entered: least and most users seen', \
	keyentry with boxes fs solid 1 noborder fc rgb PALE_CPU title 'hysteresis', \
	keyentry with lines ls 2 title 'users shrink: formula', \
	keyentry with points pt 5 ps POINT lc rgb VERMILLION title 'left: least and most users seen'
