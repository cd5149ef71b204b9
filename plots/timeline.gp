# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Values of an mm over time as steps, its mode behind them, its transit windows in a strip below.
# users.dat ...: time value · bands.dat, to_percpu.dat, to_task.dat: start end

# The strip has two lanes, in units of the values.
PIXEL = TOP*1.05/(HEIGHT - 190)
LANE = 11*PIXEL
Y_LOW = -2*LANE - 8*PIXEL
Y_HIGH = 1.05*TOP
lane_low(i) = -6*PIXEL - (i + 1)*LANE + 2*PIXEL
lane_high(i) = -6*PIXEL - i*LANE

set xrange [ns(TIME_FROM):ns(TIME_TO)]
set yrange [Y_LOW:Y_HIGH]
set xtics ns(TIME_STEP) format TIME_FORMAT
set ytics 0,TOP_STEP format '%.0f'
set xlabel TIME_LABEL noenhanced
set ylabel 'tasks or CIDs'

set object 1 rectangle from ns(KNOWN),0 to ns(TIME_TO),Y_HIGH fc rgb PALE_TASK fs solid noborder \
	behind
set arrow from ns(TIME_FROM),0 to ns(TIME_TO),0 nohead lc rgb '#404040' lw 0.5 back

# Where steps are finer than pixels, thick lines would hide each other and dashes mean nothing:
# thin ones that one can look through.
CLEAR = '#A0'
if (DENSE > 0) {
	set style line 1 lc rgb CLEAR.BLACK[2:] lw 1
	set style line 2 lc rgb CLEAR.BLUE[2:] lw 1
	set style line 3 lc rgb CLEAR.GREEN[2:] lw 1
	set style line 4 lc rgb CLEAR.VERMILLION[2:] lw 1
	set style line 5 lc rgb CLEAR.PURPLE[2:] lw 1
} else {
	set style line 1 lc rgb BLACK lw 4
	set style line 2 lc rgb BLUE lw 3.5
	set style line 3 lc rgb GREEN lw 1.5
	set style line 4 lc rgb VERMILLION lw 2 dt (10,8)
	set style line 5 lc rgb PURPLE lw 2.5 dt (4,4)
}

set style fill solid 1 noborder
plot \
	'bands.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(0):(Y_HIGH) with boxxyerror \
		lc rgb PALE_CPU notitle, \
	'users.dat' using (ns($1)):2 with steps ls 1 notitle, \
	'span.dat' using (ns($1)):2 with steps ls 2 notitle, \
	'taken.dat' using (ns($1)):2 with steps ls 3 notitle, \
	'max_cids.dat' using (ns($1)):2 with steps ls 4 notitle, \
	'pcpu_thrs.dat' using (ns($1)):2 with steps ls 5 notitle, \
	'to_percpu.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(lane_low(0)):(lane_high(0)) \
		with boxxyerror lc rgb SKY notitle, \
	'to_task.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(lane_low(1)):(lane_high(1)) \
		with boxxyerror lc rgb ORANGE notitle, \
	keyentry with lines lc rgb BLACK lw 4 title 'users', \
	keyentry with lines lc rgb BLUE lw 3.5 title 'span', \
	keyentry with lines lc rgb GREEN lw 1.5 title 'taken', \
	keyentry with lines lc rgb VERMILLION lw 2 dt (10,8) title 'max_cids', \
	keyentry with lines lc rgb PURPLE lw 2.5 dt (4,4) title 'pcpu_thrs', \
	keyentry with boxes fs solid border lc rgb GREY fc rgb PALE_TASK title 'per task', \
	keyentry with boxes fs solid fc rgb PALE_CPU title 'per CPU', \
	keyentry with boxes fs solid fc rgb SKY title 'window to per CPU', \
	keyentry with boxes fs solid fc rgb ORANGE title 'window to per task'
