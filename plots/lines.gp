# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What sweeps measured, as lines over x, in panels. curves.dat: panel curve gap x, then the values of
# the measures; -1 is none. LINE_…_0 …: which measure of which curve a line or mark is of. If there is
# a REFERENCE, its measure is the last.

FILE = 'curves.dat'
FIRST = 5
eval measure
eval sheet
AROUND_TOP = REFERENCE ne '' ? 44 : 24
AROUND_LEFT = 78
set grid back lc rgb '#EEEEEE' lt 1 lw 0.5
set xlabel X_TITLE
one_group = PANELS == PANELS_EACH
y_title = Y_TITLE ne '' ? Y_TITLE : !one_group ? '' : strstrt(GROUP_TITLE[1], 'dashed') == 0 ? GROUP_TITLE[1] \
	: is_time(item('TITLE', 0)) ? unit_of(MOST[1]) : ''

# --- ranges ---

# Values of which each is a multiple of the one before.
tick(i) = X_TEXT > 0 ? i : real(item('TICK', i))
geometric = X_TEXT == 0 && TICKS > 2 ? tick(0) > 0 && tick(TICKS-1)/8 >= tick(0) \
	&& tick(TICKS-1)/3 >= tick(floor(TICKS/2)) : 0
X_LOG = X_TEXT + X_TIME > 0 ? 0 : LOG eq '' ? geometric : strstrt(LOG, 'x') > 0
Y_LOG = strstrt(LOG, 'y') > 0
array X_LOW[PANELS_EACH]
array X_HIGH[PANELS_EACH]
array MARK[PANELS_EACH]
do for [i=0:PANELS_EACH-1] {
	d = OWN_SCALES > 0 ? i : -1
	c = 4; eval range_of
	low = A_max > 0 ? A_min : 1
	high = A_max > 0 ? A_max : 1
	X_LOW[i+1] = X_TEXT > 0 ? -0.4 : X_TIME > 0 ? 10**floor(log10(low))/1.03 : X_LOG ? low/1.1 : 0
	X_HIGH[i+1] = X_TEXT > 0 ? TICKS - 0.6 : X_TIME > 0 ? 10**ceil(log10(high*1.001))*1.03 \
		: X_LOG ? high*1.1 : high*1.04
	d = i
	c = FIRST + MEASURES - 1; eval range_of
	MARK[i+1] = REFERENCE ne '' ? A_max : 0
}
array LOW[PANELS]
array HIGH[PANELS]
do for [p=0:PANELS-1] {
	low = 0; high = 0; near = 0
	do for [m=0:MEASURES-1] { if (item('GROUP', m) == of(p)) {
		A_min = LEAST[m+1]; A_max = MOST[m+1]; d = data(p); c = FIRST + m
		if (OWN_SCALES > 0) { eval range_of }
		f = FACTOR[m+1]
		low = A_max > 0 && (high == 0 || A_min*f < low) ? A_min*f : low
		high = A_max*f > high ? A_max*f : high
		near = is(m, NEAR)
	} }
	# from 0, or around the values if it need not begin there and they are far from it
	from_0 = !near || low < high/2 || high - low <= high/1000
	HIGH[p+1] = high > 0 ? high : 1
	LOW[p+1] = Y_LOG ? (high > 0 ? low : 0.1) : from_0 ? 0 : low
}

# --- axes ---

decade(e) = sprintf('%d %s', int(10**(e % 3)), word('ns µs ms s ks Ms Gs', e/3 + 1))
set xtics format '%g'
if (X_TIME > 0) {
	set logscale x 10
	set mxtics 10
	set xtics (decade(0) 1)
	do for [e=1:19] { set xtics add (decade(e) 10.0**e) }
}
if (X_LOG) { set logscale x 2 }
# Ticks where there are values, as far as there is room: to be evaluated in each panel.
place_of(x) = X_LOG ? log(x) : x
pixels = panel_width(PANELS) > 160 ? panel_width(PANELS) - 88 : 72
array taken[600]
set_ticks = TICKS == 0 || (!X_LOG && X_TEXT == 0) ? '' : "set xtics ('' X_LOW[d+1]); n = 0; ". \
	"room = (X_TEXT > 0 ? 90 : 28)*(place_of(X_HIGH[d+1]) - place_of(X_LOW[d+1]))/pixels; ". \
	"do for [i=0:TICKS-1] { x = tick(i); free = X_LOG ? x > 0 : 1; ". \
	"do for [j=1:n] { if (free && abs(place_of(x) - taken[j]) < room) { free = 0 } }; ". \
	"if (free) { n = n + 1; taken[n] = place_of(x); set xtics add (item('TICK', i) x) } }"

# --- lines: one that lies under others is so thick that it can be seen ---

group_of(i) = item('GROUP', item('LINE_MEASURE', i))
is_mark(i) = item('LINE_POINTS', i) > 0
# the second of its group
dashed(i) = !one_group && !is_mark(i) && item('LINE_MEASURE', i) > 0 \
	&& group_of(i) == item('GROUP', item('LINE_MEASURE', i) - 1)
do for [i=0:LINES-1] {
	look = int(item('LINE_LOOK', i))
	thick = 1.8 + 1.3*item('LINE_ABOVE', i)
	if (is_mark(i)) {
		set style line 100+i lc rgb hue(look) pt int(word('6 4 8 12 10 14', look % 6 + 1)) \
			ps POINT*1.3 lw 1.2
	} else { if (dashed(i)) {
		set style line 100+i lc rgb hue(look) lw (thick > 2 ? 2 : thick) dt (4,4)
	} else {
		set style line 100+i lc rgb hue(look) lw thick dt dash(look) pt 7 ps POINT*0.8
	} }
}
# x and y of line i, if the row is of it and of data panel d
x_of(i, wanted) = wanted && $1 == d && $2 == item('LINE_CURVE', i) ? $4 : NaN
value_of(m, y) = y < 0 ? NaN : y*FACTOR[m+1]
y_of(i) = value_of(int(item('LINE_MEASURE', i)), column(FIRST + int(item('LINE_MEASURE', i))))
is_line(i) = group_of(i) == g && !is_mark(i)
has_marks(i) = group_of(i) == g && (is_mark(i) || (DOTS > 0 && !dashed(i)))

set y2range [0:1]
do for [p=0:PANELS-1] {
	eval place(p)
	g = of(p)
	d = data(p)
	set xrange [X_LOW[d+1]:X_HIGH[d+1]]
	eval set_ticks
	low = LOW[p+1]
	high = HIGH[p+1]
	set ytics format '%g'
	if (Y_LOG) {
		if (high/low < 3000) { set logscale y 2; set ytics 2 } else { set logscale y 10; set ytics 10 }
		set yrange [low/1.3:high*1.3]
	} else {
		set yrange [low - 0.04*(high - low):high + 0.05*(high - low)]
	}
	set title panel_title(p, !one_group) offset 0,(REFERENCE ne '' ? 0.8 : -0.6) noenhanced
	if (int(p) % int(PANEL_COLUMNS) == 0) { set ylabel y_title } else { unset ylabel }
	unset arrow
	unset label
	if (MARK[d+1] > 0) {
		set arrow 1 from MARK[d+1],graph 0 to MARK[d+1],graph 1.03 nohead lc rgb '#404040' \
			lw 1.5 dt (2,3) back
		set label 1 sprintf('%g = %s', MARK[d+1], item('TITLE', MEASURES - 1)) \
			at MARK[d+1],graph 1.06 center font NOTE noenhanced
	}
	plot for [i=0:LINES-1] FILE using (x_of(i, is_line(i) && STEPS > 0)):(y_of(i)) \
			with steps ls 100+i notitle, \
		for [i=0:LINES-1] '' using (x_of(i, is_line(i) && STEPS == 0)):(y_of(i)) \
			with lines ls 100+i notitle, \
		for [i=0:LINES-1] '' using (x_of(i, has_marks(i))):(y_of(i)) \
			with points ls 100+i notitle, \
		'' using ($1 == d && $3 > 0 ? $4 : NaN):(0.02) axes x1y2 \
			with points pt 2 ps POINT*0.8 lc rgb GREY notitle
}
eval place_legend
text(i, marks) = is_mark(i) == marks ? item('LINE_TITLE', i) : ''
plot NaN notitle, \
	for [i=0:LINES-1] keyentry with lines ls 100+i title text(i, 0), \
	for [i=0:LINES-1] keyentry with points ls 100+i title text(i, 1), \
	keyentry with lines lc rgb '#404040' lw 1.5 dt (2,3) title REFERENCE, \
	keyentry with points pt 2 ps POINT*0.8 lc rgb GREY title (GAPS > 0 ? 'no result' : '')
unset multiplot
