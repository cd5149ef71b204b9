# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# A hysteresis loop for each number of CPUs, in lanes: users (x), in each lane per task below and
# per CPU above. lanes.dat: lane enter leave right enter-min enter-max leave-min leave-max; -1 is
# never by the formula, NaN never seen, right is -1 if there is no result. LABEL_0 ...: what stands
# beside a lane.

# Levels of a lane, whose height is 1.
task(lane) = lane - 0.26
percpu(lane) = lane + 0.26

X_LOW = LOG > 0 ? 0.9 : 0
X_HIGH = LOG > 0 ? RIGHT_0*1.15 : RIGHT_0*1.04
# One that never leaves stays per CPU to the left end, one that never enters per task to the right.
left(leave) = leave < X_LOW ? X_LOW : leave
right(enter, right) = enter < 0 ? right : enter
has(x, y) = x < 0 ? NaN : y

set xrange [X_LOW:X_HIGH]
set yrange [-0.6:LANES - 0.4]
if (LOG > 0) {
	set logscale x 2
	set xtics 1,2 format '%.0f'
} else {
	set xtics format '%.0f'
}
set xlabel 'users (tasks of the mm)'
set border 1
set ytics scale 0
set ytics ('' 0)
set y2range [-0.6:LANES - 0.4]
set y2tics scale 0 font NOTE
set y2tics ('' 0)
do for [i=0:LANES-1] {
	set ytics add (item('LABEL', i) i)
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
	'lanes.dat' using (X_LOW):($4 < 0 ? $1 : NaN):(X_LOW):(X_HIGH):($1 - 0.4):($1 + 0.4) \
		with boxxyerror fs solid 1 noborder lc rgb '#E8E8E8' notitle, \
	'' using (X_LOW):($4 < 0 ? NaN : $1):(left($3)):(right($2, $4)):(task($1)):(percpu($1)) \
		with boxxyerror fs solid 1 noborder lc rgb PALE_CPU notitle, \
	'' using (X_LOW):(has($4, task($1))):(right($2, $4) - X_LOW):(0) \
		with vectors nohead ls 1 notitle, \
	'' using 2:(has($2, task($1))):(0):(percpu($1) - task($1)) with vectors as 1 notitle, \
	'' using 4:(has($2, percpu($1))):(left($3) - $4):(0) with vectors nohead ls 2 notitle, \
	'' using 3:(has($3, percpu($1))):(0):(task($1) - percpu($1)) with vectors as 2 notitle, \
	for [i=5:6] '' using i:(task($1)) with points pt 7 ps POINT*1.15 lc rgb BLUE notitle, \
	for [i=7:8] '' using i:(percpu($1)) with points pt 5 ps POINT*1.05 lc rgb VERMILLION \
		notitle, \
	keyentry with lines ls 1 title 'users grow: formula', \
	keyentry with points pt 7 ps POINT lc rgb BLUE title 'entered: least and most users seen', \
	keyentry with boxes fs solid 1 noborder fc rgb PALE_CPU title 'hysteresis', \
	keyentry with lines ls 2 title 'users shrink: formula', \
	keyentry with points pt 5 ps POINT lc rgb VERMILLION title 'left: least and most users seen'
