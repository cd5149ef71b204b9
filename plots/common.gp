# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What all pictures share. Loaded after params.gp (the assignments that `cidsim plot` wrote) and
# before the script of the kind; FORMAT is svg, png or pdf. The picture goes to standard output.

# The other terminals draw points larger than png.
POINT = FORMAT eq 'png' ? 0.9 : 0.55

# of what stands inside boxes
SMALL = FORMAT eq 'pdf' ? ',6' : ',8'

# Text is data: no markup in it.
set encoding utf8
if (FORMAT eq 'svg') {
	set terminal svg noenhanced size WIDTH,HEIGHT font 'sans-serif,12' background rgb 'white'
}
if (FORMAT eq 'png') {
	set terminal pngcairo noenhanced size WIDTH,HEIGHT font 'sans,9.5' background rgb 'white'
}
if (FORMAT eq 'pdf') {
	set terminal pdfcairo noenhanced size WIDTH/96.0,HEIGHT/96.0 font 'sans,7.5' fontscale 1 \
		background rgb 'white'
}

# Okabe and Ito's colours, which colour-blind readers can distinguish.
BLACK = '#000000'
ORANGE = '#E69F00'
SKY = '#56B4E9'
GREEN = '#009E73'
YELLOW = '#F0E442'
BLUE = '#0072B2'
VERMILLION = '#D55E00'
PURPLE = '#CC79A7'
GREY = '#999999'
# behind the data: the mode
PALE_TASK = '#FFF7E0'
PALE_CPU = '#D3E6F5'

# the program, and what is missing
if (exists('ORIGIN')) { SUBTITLE = SUBTITLE."\n".ORIGIN }
set title TITLE."\n".SUBTITLE noenhanced
# some room between it and what the x axis says
set key outside below center horizontal Left reverse noenhanced samplen 2.5 spacing 1.2 height 1
set border 3 lc rgb '#404040'
set tics nomirror out

# The axis of time: columns are ns from its base.
ns(x) = x/TIME_UNIT
TIME_FORMAT = exists('TIME_DECIMALS') ? '%.'.sprintf('%d', int(TIME_DECIMALS)).'f' : ''

# Events that the user marks, on top of all. To be evaluated before the plot.
set style textbox opaque margins 1,0.6 fillcolor rgb '#FFF4F4' border lc rgb '#B00000'
mark_at(i) = ns(value(sprintf('MARK_%d', i)))
mark(i) = sprintf('set arrow from %.9g,graph 0 to %.9g,graph 1 nohead lc rgb "#B00000" lw 1.5 dt (6,3) front; ', \
	mark_at(i), mark_at(i)). \
	sprintf('set label MARK_TEXT_%d at first %.9g,graph %.2f %s offset %.1f,0 ', i, mark_at(i), \
		0.95 - 0.09*(i % 3), mark_at(i) > ns(TIME_FROM + TIME_TO)/2 ? 'right' : 'left', \
		mark_at(i) > ns(TIME_FROM + TIME_TO)/2 ? -0.9 : 0.9).'boxed tc rgb "#B00000" front noenhanced'

# --- pictures of sweeps ---

# of notes beside axes and in cells
NOTE = FORMAT eq 'svg' ? ',10' : SMALL

# Value number i of STEM.
item(stem, i) = value(sprintf('%s_%d', stem, int(i)))

# Lines that look different: eight colours, then other dashes.
hue(i) = word(BLUE.' '.VERMILLION.' '.GREEN.' '.ORANGE.' '.PURPLE.' '.SKY.' '.BLACK.' '.GREY, \
	int(i) % 8 + 1)
dash(i) = int(i)/8 + 1

# Panel p shows panel data(p) of the data, with the measures of group of(p). A measure has a TITLE, a
# GROUP, and is some of enum plot_is; a time is in the unit that suits its greatest value.
data(p) = int(p) % int(PANELS_EACH)
of(p) = int(floor(p/PANELS_EACH))
is(m, bit) = (int(item('IS', m)) & bit) > 0
PERCENT = 1; LOGARITHMIC = 2; AROUND_1 = 4; NEAR = 8
# The least value above 0 and the greatest in column c of FILE, in panel d (-1: all), become A_min
# and A_max; 0 if there is none. To be evaluated before anything is logarithmic.
range_of = "undefine A_*; stats FILE using ((d < 0 || $1 == d) && column(c) > 0 ? column(c) : NaN) ". \
	"nooutput prefix 'A'; if (!exists('A_max')) { A_min = 0; A_max = 0 }"
is_time(text) = strlen(text) > 3 && text[strlen(text)-2:] eq '_ns'
thousands(z) = z < 1e3 ? 0 : z < 1e6 ? 1 : z < 1e9 ? 2 : 3
unit_of(z) = word('ns µs ms s', thousands(z) + 1)
title_of(m, z) = is_time(item('TITLE', m)) \
	? item('TITLE', m)[1:strlen(item('TITLE', m))-3].' ('.unit_of(z).')' : item('TITLE', m)
factor_of(m, z) = is(m, PERCENT) ? 100 : is_time(item('TITLE', m)) ? 1e-3**thousands(z) : 1
# To be evaluated once: FACTOR[m+1], LEAST[m+1], MOST[m+1] of all panels, GROUP_TITLE[g+1].
measure = "array FACTOR[MEASURES]; array LEAST[MEASURES]; array MOST[MEASURES]; ". \
	"array GROUP_TITLE[MEASURES]; d = -1; do for [m=0:MEASURES-1] { ". \
	"c = FIRST + m; eval range_of; LEAST[m+1] = A_min; MOST[m+1] = A_max; ". \
	"g = int(item('GROUP', m)) + 1; alone = m == 0 || item('GROUP', m) != item('GROUP', m-1); ". \
	"most = alone ? A_max : most; FACTOR[m+1] = factor_of(m, most); ". \
	"GROUP_TITLE[g] = alone ? title_of(m, most) : GROUP_TITLE[g].' ('.title_of(m, most).': dashed)' }"
fit(text, letters) = strlen(text) <= letters ? text : text[1:(letters > 2 ? int(letters) - 1 : 1)].'…'
panel_title(p, named) = fit(item('PANEL', data(p)).(named == 0 ? '' \
	: (item('PANEL', data(p)) eq '' ? '' : ', ').GROUP_TITLE[of(p)+1]), panel_width(PANELS)/7)

# Panels side by side, PANEL_COLUMNS of them, between the title and the legend. Pixels: what is
# above and below them all, and within each around its axes.
HEAD = exists('ORIGIN') ? 76 : 60
FOOT = 21*(exists('LEGEND_ROWS') ? LEGEND_ROWS : 0) + 6
AROUND_LEFT = 74
AROUND_RIGHT = 18
AROUND_TOP = 24
AROUND_BOTTOM = 64
panel_rows(n) = ceil(n/PANEL_COLUMNS)
panel_width(n) = WIDTH/PANEL_COLUMNS
panel_height(n) = (HEIGHT - HEAD - FOOT)/panel_rows(n)
panel_x(i) = (int(i) % int(PANEL_COLUMNS))*panel_width(PANELS)
panel_y(i) = HEAD + floor(i/PANEL_COLUMNS)*panel_height(PANELS)
# However small the picture is, there are axes.
part(a, b) = a + (b > 8 ? b : 8)
frame(left, right, top, bottom) = sprintf( \
	'set lmargin at screen %.5f; set rmargin at screen %.5f; '. \
	'set tmargin at screen %.5f; set bmargin at screen %.5f', \
	left/WIDTH, part(left, right - left)/WIDTH, \
	1 - top/HEIGHT, 1 - part(top, bottom - top)/HEIGHT)
# To be evaluated before the plot of panel i.
place(i) = frame(panel_x(i) + AROUND_LEFT, panel_x(i) + panel_width(PANELS) - AROUND_RIGHT, \
	panel_y(i) + AROUND_TOP, panel_y(i) + panel_height(PANELS) - AROUND_BOTTOM)
# The same before the plot that is nothing but the legend, as the last one.
place_legend = frame(8, WIDTH - 8, HEIGHT - FOOT, HEIGHT - 4).'; unset border; unset tics; '. \
	'unset xlabel; unset ylabel; unset title; unset label; unset arrow; unset object; '. \
	'unset logscale; set xrange [0:1]; set yrange [0:1]; '. \
	'set key at graph 0.5,0.5 center center horizontal Left reverse noenhanced '. \
	'samplen 4 spacing 1.1 maxcols LEGEND_COLUMNS width 1'
# In place of the title of the whole, which would be repeated over each panel.
sheet = 'unset title; unset key; set xlabel offset 0,'.(FORMAT eq 'svg' ? '0.3' : '0').'; '. \
	'set multiplot title TITLE."\n".SUBTITLE noenhanced'
