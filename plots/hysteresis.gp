# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The hysteresis loop: users (x) against mode (y), growing and shrinking apart, a lane per cycle. Of
# many cycles (PASSES > 0) there is one lane; its width is how often a piece was passed.
# up.dat, down.dat: from to level lane passes · enter.dat, leave.dat: users lane times
# is-labelled
# turns.dat: users level lane next-lane

# Lanes lie some pixels beside their level: those of the growing branch below, the others above.
Y_LOW = -0.42
Y_HIGH = 1.75
PIXEL = (Y_HIGH - Y_LOW)/(HEIGHT - 186)
up(lane) = -(5 + 7*lane)*PIXEL
down(lane) = (5 + 7*lane)*PIXEL
X_LOW = -0.03*USERS_MAX
X_HIGH = 1.04*USERS_MAX

set xrange [X_LOW:X_HIGH]
set yrange [Y_LOW:Y_HIGH]
set xtics 0,USERS_STEP format '%.0f'
set ytics ('per task' 0, 'per CPU' 1) scale 0
set xlabel 'users (tasks of the mm)'
set ylabel 'mode'

# The formula, as dashed lines with a label in a row of its own each: the enter line ends below the
# leave label, which may be long.
# One beyond the picture, or none (-1), has its label at the left and no line.
shown(x) = x >= 0 && x <= X_HIGH
near_right(x) = shown(x) && x > X_LOW + 0.7*(X_HIGH - X_LOW)
label_x(x) = shown(x) ? x : X_LOW
ENTER_Y = 1.50
LEAVE_Y = 1.65
if (shown(ENTER)) {
	set arrow from ENTER,Y_LOW to ENTER,ENTER_Y+0.05 nohead dt (6,4) lc rgb BLUE lw 1.5 back
}
if (shown(LEAVE)) {
	set arrow from LEAVE,Y_LOW to LEAVE,LEAVE_Y+0.05 nohead dt (2,3) lc rgb VERMILLION lw 1.5 back
}
if (near_right(ENTER)) {
	set label ENTER_TEXT at ENTER,ENTER_Y right offset -0.6,0 tc rgb BLUE noenhanced
} else {
	set label ENTER_TEXT at label_x(ENTER),ENTER_Y left offset 0.6,0 tc rgb BLUE noenhanced
}
if (near_right(LEAVE)) {
	set label LEAVE_TEXT at LEAVE,LEAVE_Y right offset -0.6,0 tc rgb VERMILLION noenhanced
} else {
	set label LEAVE_TEXT at label_x(LEAVE),LEAVE_Y left offset 0.6,0 tc rgb VERMILLION noenhanced
}

set style line 1 lc rgb BLUE lw 2
set style line 2 lc rgb VERMILLION lw 2
set style arrow 1 head filled size screen 0.014,20 ls 1
set style arrow 2 head filled size screen 0.014,20 ls 2

WIDE = 16
width(n) = (2 + (WIDE - 2)*sqrt(n/PASSES))*PIXEL
set style fill solid 1 noborder
GROW = PASSES > 0 ? sprintf('users grow: up to %.0f times', PASSES) : 'users grow'
SHRINK = PASSES > 0 ? 'users shrink: the wider the more often' : 'users shrink'
times(n, shown) = PASSES > 0 && shown > 0 ? sprintf('×%d', int(n)) : ''
CYCLES = PASSES > 0 ? '/dev/null' : 'turns.dat'
BANDS = PASSES > 0 ? 1 : NaN
LINES = PASSES > 0 ? NaN : 1
# Arrows end before a wide branch; boxes of different widths overlap by less than a pixel.
LEAP = PASSES > 0 ? 1 - (WIDE + 2)*PIXEL : 1
HAIR = 0.6*(X_HIGH - X_LOW)/WIDTH
plot \
	CYCLES using 1:($2 + down($3)):(0):(up($4) - down($3)) with vectors nohead \
		lc rgb '#B0B0B0' lw 1.5 notitle, \
	'up.dat' using (BANDS):(0):1:($2 + HAIR):($3 - 4*PIXEL - width($5)):($3 - 4*PIXEL) \
		with boxxyerror lc rgb BLUE notitle, \
	'down.dat' using (BANDS):(0):1:($2 + HAIR):($3 + 4*PIXEL):($3 + 4*PIXEL + width($5)) \
		with boxxyerror lc rgb VERMILLION notitle, \
	'up.dat' using ($1*LINES):($3 + up($4)):($2 - $1):(0) with vectors nohead ls 1 notitle, \
	'enter.dat' using 1:(up($2)):(0):(LEAP) with vectors as 1 notitle, \
	'enter.dat' using 1:(up($2)) with points pt 7 ps POINT lc rgb BLUE notitle, \
	'down.dat' using ($2*LINES):($3 + down($4)):($1 - $2):(0) with vectors nohead ls 2 notitle, \
	'leave.dat' using 1:(1 + down($2)):(0):(-LEAP) with vectors as 2 notitle, \
	'leave.dat' using 1:(1 + down($2)) with points pt 5 ps POINT lc rgb VERMILLION notitle, \
	'enter.dat' using 1:(0.62):(times($3, $4)) with labels left offset 0.5,0 tc rgb BLUE notitle, \
	'leave.dat' using 1:(0.38):(times($3, $4)) with labels left offset 0.5,0 tc rgb VERMILLION notitle, \
	keyentry with lines ls 1 title GROW, \
	keyentry with points pt 7 ps POINT lc rgb BLUE title ENTERED, \
	keyentry with lines ls 2 title SHRINK, \
	keyentry with points pt 5 ps POINT lc rgb VERMILLION title LEFT
