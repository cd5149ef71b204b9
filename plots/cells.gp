# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Two axes, a cell for each pair, a panel for each measure. cells.dat: panel x y enters, then the
# values of the measures; x and y are positions, enters is 1 if users enter per-CPU mode, value -1 is
# none.

FILE = 'cells.dat'
FIRST = 5
eval measure
eval sheet
AROUND_RIGHT = 86
# Names stand upright if there is no room; if there is less, some are left out. A number is in a cell
# if it has room.
wide = part(0, panel_width(PANELS) - AROUND_LEFT - AROUND_RIGHT)/COLUMNS
turned = LETTERS*8 + 6 > wide
AROUND_BOTTOM = AROUND_BOTTOM + (turned ? (LETTERS - 1)*8 : 0)
tall = part(0, panel_height(PANELS) - AROUND_BOTTOM - AROUND_TOP)/ROWS
every(pixels) = ceil(15.0/pixels)
NUMBERS = wide >= 36 && tall >= 16

set xrange [-0.5:COLUMNS - 0.5]
set yrange [-0.5:ROWS - 0.5]
set border 15 lc rgb '#404040' lw 0.5
set xtics scale 0
set ytics scale 0
set xtics ('' 0)
set ytics ('' 0)
if (turned) { set xtics rotate by 90 right }
do for [i=0:COLUMNS-1:every(wide)] { set xtics add (item('COLUMN', i) i) }
do for [i=0:ROWS-1:every(tall)] { set ytics add (item('ROW', i) i) }
set xlabel X_TITLE

# Viridis without its yellow end: equal steps look equal, also without colours, and no step of it is
# white (zero) or grey (missing). What diverges is grey at 1, blue below and red above.
SEQUENCE = "0 '#B5DE2B', 1 '#6ECE58', 2 '#35B779', 3 '#1F9E89', 4 '#26828E', 5 '#31688E', ". \
	"6 '#3E4989', 7 '#482878', 8 '#440154'"
DIVERGING = "0 '#08519C', 1 '#3182BD', 2 '#6BAED6', 3 '#BDD7E7', 4 '#F0F0F0', 5 '#FDBE85', ". \
	"6 '#FD8D3C', 7 '#D94701', 8 '#8C2D04'"
MISSING = '#DDDDDD'

# The scale of each measure: logarithmic if values differ much; what diverges at 1 is as far below as
# above it, by ratio. A scale has a length, even if there is but one value.
array LOGS[MEASURES]
array LOW[MEASURES]
array HIGH[MEASURES]
do for [m=0:MEASURES-1] {
	low = LEAST[m+1]*FACTOR[m+1]
	high = MOST[m+1] > 0 ? MOST[m+1]*FACTOR[m+1] : 1
	LOGS[m+1] = MOST[m+1] == 0 ? 0 : LOG ne '' ? strstrt(LOG, 'colour') > 0 \
		: is(m, AROUND_1) || ((is(m, LOGARITHMIC) || is_time(item('TITLE', m))) && high/low >= 50)
	if (LOGS[m+1] && is(m, AROUND_1)) {
		high = high*low < 1 ? 1/low : high
		high = high < 1.1 ? 1.1 : high
		low = 1/high
	}
	LOW[m+1] = LOGS[m+1] ? low : 0
	HIGH[m+1] = high > LOW[m+1]*1.1 ? high : LOW[m+1]*1.1
}
diverges(m) = LOGS[m+1] && is(m, AROUND_1)
# where z is on the scale, from 0 to 1
share(m, z) = LOGS[m+1] ? log(z/LOW[m+1])/log(HIGH[m+1]/LOW[m+1]) : z/HIGH[m+1]
ink(m, z) = (diverges(m) ? abs(share(m, z) - 0.5) > 0.33 : share(m, z) > 0.45) ? 0xFFFFFF : 0x000000
# In at most four letters: .03, 1.08, 45, 1.2k.
units = ' k M G T'
unit(z) = z < 999.5 ? 0 : floor(log10(z*1.0005)/3)
cents(z) = floor(z*100 + 0.5)/100.0
three(z) = cents(z) == 0 ? '<.01' : cents(z) < 1 ? sprintf('%.2f', z)[2:] \
	: z < 9.95 ? sprintf('%.3g', cents(z)) : sprintf('%.0f', z)
short(z) = unit(z) == 0 ? three(z) : z/1000.0**unit(z) < 9.95 \
	? sprintf('%.2g%s', z/1000.0**unit(z), word(units, unit(z))) \
	: sprintf('%.0f%s', z/1000.0**unit(z), word(units, unit(z)))
# Marks for eyes that cannot distinguish white from grey, where there is room for them.
MARKED = COLUMNS*ROWS <= 400
set style fill solid 1 noborder
unset colorbox

is_here(panel, wanted) = panel == d && wanted
# Cells where users do not enter, then a black rim around those where they do, then these.
box(dx, dy) = sprintf(':3:($2-%.4f):($2+%.4f):($3-%.4f):($3+%.4f)', dx, dx, dy, dy)
whole = box(0.5 + 0.4/wide, 0.5 + 0.4/tall)
cells(e) = sprintf("FILE using (is_here($1, $4 == %d && column(z) == 0) ? $2 : NaN)%s with boxxyerror ". \
	"fc rgb 'white', FILE using (is_here($1, $4 == %d && column(z) > 0) ? $2 : NaN)%s:". \
	"(column(z)*FACTOR[m+1]) with boxxyerror fc palette", e, whole, e, whole)
cells_0 = cells(0)
cells_1 = "FILE using (is_here($1, $4 == 1) ? $2 : NaN)".box(0.5 + 2/wide, 0.5 + 2/tall). \
	" with boxxyerror fc rgb 'black', ".cells(1)
do for [p=0:PANELS-1] {
	eval place(p)
	m = of(p)
	d = data(p)
	z = FIRST + m
	eval 'set palette defined ('.(diverges(m) ? DIVERGING : SEQUENCE).')'
	set title panel_title(p, 1) offset 0,-0.6 noenhanced
	if (int(p) % int(PANEL_COLUMNS) == 0) { set ylabel ROWS_TITLE } else { unset ylabel }
	set cbrange [LOW[m+1]:HIGH[m+1]]
	set cbtics scale 0.5 autofreq format '%g' font NOTE
	unset logscale cb
	if (LOGS[m+1]) {
		# 1, 2, 5, 10, ...; more of them where the scale is short
		set logscale cb
		set cbtics ('1' 1)
		decades = log10(HIGH[m+1]/LOW[m+1])
		parts = decades > 5 ? '1' : decades > 2.5 ? '1 3' : decades > 0.9 ? '1 2 5' : \
			decades > 0.2 ? '1 1.2 1.5 2 3 4 5 6 7 8' : '1 1.02 1.05 1.1 1.2 8 9 9.5 9.8'
		do for [e=floor(log10(LOW[m+1])):ceil(log10(HIGH[m+1]))] { do for [part in parts] {
			tick = part*10.0**e
			if (tick >= LOW[m+1]*0.999 && tick <= HIGH[m+1]*1.001) {
				set cbtics add (sprintf('%.3g', tick) tick)
			}
		} }
	}
	set colorbox user origin screen (panel_x(p) + panel_width(PANELS) - AROUND_RIGHT + 12)/WIDTH, \
		screen 1 - (panel_y(p) + panel_height(PANELS) - AROUND_BOTTOM)/HEIGHT \
		size screen 14/WIDTH, \
		screen (panel_height(PANELS) - AROUND_BOTTOM - AROUND_TOP)/HEIGHT
	set object 1 rectangle from graph 0,0 to graph 1,1 fc rgb MISSING fs solid noborder behind
	plot @cells_0, @cells_1, \
		'' using (is_here($1, MARKED && column(z) < 0) ? $2 : NaN):3 \
			with points pt 2 ps POINT*0.8 lc rgb '#888888', \
		'' using (is_here($1, MARKED && column(z) == 0) ? $2 : NaN):3 \
			with points pt 7 ps POINT*0.4 lc rgb '#888888', \
		'' using (is_here($1, NUMBERS && column(z) > 0) ? $2 : NaN):3:(short(column(z)*FACTOR[m+1])) \
			:(ink(m, column(z)*FACTOR[m+1])) with labels font NOTE tc rgb variable
}
unset colorbox
eval place_legend
plot NaN notitle, \
	keyentry with points pt 7 ps POINT*(MARKED ? 0.6 : 0) lc rgb '#888888' \
		title (MARKED ? 'white, dot: zero' : 'white: zero'), \
	keyentry with points pt 2 ps POINT*(MARKED ? 1 : 0) lc rgb '#888888' \
		title (MARKED ? 'grey, cross: no result' : 'grey: no result'), \
	keyentry with lines lw 2 lc rgb 'black' title 'above: users reach enter'
unset multiplot
