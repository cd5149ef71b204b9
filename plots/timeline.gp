# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Values of an mm over time as steps, its mode behind them, its transit windows in a strip below.
# users.dat ...: time value · bands.dat, to_percpu.dat, to_task.dat: start end
# Where that is DENSE: slots.dat: start end, mean least most of users, max_cids, pcpu_thrs, taken and
# span, thousandths of the slot per CPU and in windows, flips
# with-*.dat: the same of another run, if there is one to compare with (WITH)

# Strips below the values, in units of the values: two lanes of windows, or three of slots.
PIXEL = TOP*1.05/(HEIGHT - (DENSE > 0 ? 296 : 206) - (WITH > 0 ? 30 : 0))
MORE = WITH > 0 ? (DENSE > 0 ? 1 : 2) : 0 # strips for the mode of the other run
STRIP = DENSE > 0 ? 34*PIXEL : 11*PIXEL
strip_low(i) = -6*PIXEL - (i + 1)*STRIP + 2*PIXEL
strip_high(i) = -6*PIXEL - i*STRIP - (DENSE > 0 ? 6*PIXEL : 0)
Y_LOW = -((DENSE > 0 ? 3 : 2) + MORE)*STRIP - 8*PIXEL
Y_HIGH = 1.05*TOP

if (DENSE > 0) {
	# the highest in each strip; before there are ranges, to which this would keep
	stats 'slots.dat' using 19 nooutput prefix 'WINDOW'
	stats 'slots.dat' using 20 nooutput prefix 'FLIP'
}

set xrange [ns(TIME_FROM):ns(TIME_TO)]
set yrange [Y_LOW:Y_HIGH]
do for [i=0:MARKS-1] { eval mark(i) }
set xtics ns(TIME_STEP) format TIME_FORMAT
set ytics 0,TOP_STEP format '%.0f'
set xlabel TIME_LABEL noenhanced
set ylabel 'tasks or CIDs'
set style fill solid 1 noborder

set style line 1 lc rgb BLACK lw (DENSE > 0 ? 1.5 : 4)
set style line 2 lc rgb BLUE lw (DENSE > 0 ? 1.5 : 3.5)
set style line 3 lc rgb GREEN lw 1.5
set style line 4 lc rgb VERMILLION lw (DENSE > 0 ? 1.5 : 2) dt (10,8)
set style line 5 lc rgb PURPLE lw (DENSE > 0 ? 1.5 : 2.5) dt (4,4)
set style line 6 lc rgb '#E000A0' lw 2 dt (8,4)
set style line 7 lc rgb '#E000A0' lw 2 dt (2,3)
USERS_WITH = WITH > 0 ? 'users, '.WITH_TEXT : ''
SPAN_WITH = WITH > 0 ? 'span, '.WITH_TEXT : ''
PERCPU_WITH = WITH > 0 ? 'per CPU, '.WITH_TEXT : ''
set arrow from ns(TIME_FROM),0 to ns(TIME_TO),0 nohead lc rgb '#404040' lw 0.5 back

if (DENSE > 0) {
	tall(i) = strip_high(i) - strip_low(i)
	part(x, most) = most > 0 ? x/most : 0
	# per slot, each of TIME_TO - TIME_FROM over their number
	PER_SECOND = 1e9*FLIP_records/(TIME_TO - TIME_FROM)
	set lmargin 10
	set rmargin 10
	# neighbours touch
	end(t) = ns(t) + 0.6*ns(TIME_TO - TIME_FROM)/WIDTH
	do for [i=0:2] {
		set label word('mode windows flips', i + 1) at graph -0.01,first strip_low(i)+tall(i)/2 right \
			font SMALL
		set arrow from ns(TIME_FROM),strip_low(i) to ns(TIME_TO),strip_low(i) nohead \
			lc rgb '#C0C0C0' lw 0.5 back
	}
	set label '100 %' at graph 1.01,first strip_high(0) left font SMALL
	set label sprintf('%.2g %%', WINDOW_max/10) at graph 1.01,first strip_high(1) left font SMALL
	set label (COUNTS > 0 ? sprintf('%.0f', FLIP_max) : sprintf(FLIP_max*PER_SECOND < 10 ? '%.1f/s' : '%.0f/s', FLIP_max*PER_SECOND)) \
		at graph 1.01,first strip_high(2) left font SMALL
	set ytics 0,TOP_STEP,TOP
	plot \
		'slots.dat' using (0):(0):(ns($1)):(end($2)):4:5 with boxxyerror lc rgb '#D8D8D8' notitle, \
		'slots.dat' using (0):(0):(ns($1)):(end($2)):16:17 with boxxyerror lc rgb '#A6C8E0' notitle, \
		'slots.dat' using (ns($1)):3 with steps ls 1 title 'users', \
		'slots.dat' using (ns($1)):15 with steps ls 2 title 'span', \
		'slots.dat' using (ns($1)):12 with steps ls 3 title 'taken', \
		'slots.dat' using (ns($1)):6 with steps ls 4 title 'max_cids', \
		'slots.dat' using (ns($1)):9 with steps ls 5 title 'pcpu_thrs', \
		keyentry with boxes lc rgb '#D8D8D8' title 'least to most', \
		'slots.dat' using (0):(0):(ns($1)):(end($2)):(strip_low(0)):(strip_low(0) + tall(0)*$18/1000) \
			with boxxyerror lc rgb SKY title PERCPU_TEXT, \
		'slots.dat' using (0):(0):(ns($1)):(end($2)):(strip_low(1)): \
			(strip_low(1) + tall(1)*part($19, WINDOW_max)) \
			with boxxyerror lc rgb ORANGE title WINDOWS_TEXT, \
		'slots.dat' using (0):(0):(ns($1)):(end($2)):(strip_low(2)): \
			(strip_low(2) + tall(2)*part($20, FLIP_max)) \
			with boxxyerror lc rgb '#707070' title FLIPS_TEXT, \
		for [i=1:WITH] 'with-slots.dat' using (ns($1)):3 with steps ls 6 title USERS_WITH, \
		for [i=1:WITH] 'with-slots.dat' using (ns($1)):15 with steps ls 7 title SPAN_WITH, \
		for [i=1:WITH] 'with-slots.dat' using (0):(0):(ns($1)):(end($2)):(strip_low(3)): \
			(strip_low(3) + tall(3)*$18/1000) with boxxyerror lc rgb '#F080C8' title PERCPU_WITH
} else {
	set object 1 rectangle from ns(KNOWN),0 to ns(TIME_TO),Y_HIGH fc rgb PALE_TASK fs solid noborder \
		behind
	plot \
		'bands.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(0):(Y_HIGH) with boxxyerror \
			lc rgb PALE_CPU notitle, \
		'users.dat' using (ns($1)):2 with steps ls 1 title 'users', \
		'span.dat' using (ns($1)):2 with steps ls 2 title 'span', \
		'taken.dat' using (ns($1)):2 with steps ls 3 title 'taken', \
		'max_cids.dat' using (ns($1)):2 with steps ls 4 title 'max_cids', \
		'pcpu_thrs.dat' using (ns($1)):2 with steps ls 5 title 'pcpu_thrs', \
		'to_percpu.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(strip_low(0)):(strip_high(0)) \
			with boxxyerror lc rgb SKY notitle, \
		'to_task.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(strip_low(1)):(strip_high(1)) \
			with boxxyerror lc rgb ORANGE notitle, \
		keyentry with boxes fs solid border lc rgb GREY fc rgb PALE_TASK title TASK_TEXT, \
		keyentry with boxes fs solid fc rgb PALE_CPU title PERCPU_TEXT, \
		keyentry with boxes fs solid fc rgb SKY title TO_PERCPU_TEXT, \
		keyentry with boxes fs solid fc rgb ORANGE title TO_TASK_TEXT, \
		keyentry with dots lc rgb 'white' title WINDOWS_TEXT, \
		for [i=1:WITH] 'with-users.dat' using (ns($1)):2 with steps ls 6 title USERS_WITH, \
		for [i=1:WITH] 'with-span.dat' using (ns($1)):2 with steps ls 7 title SPAN_WITH, \
		for [i=1:WITH] 'with-bands.dat' using (ns($1)):(0):(ns($1)):(ns($2)):(strip_low(3)):(strip_high(2)) \
			with boxxyerror lc rgb '#F080C8' title PERCPU_WITH
}
