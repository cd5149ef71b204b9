# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# The steps of a scenario, downwards: what the mm has, a lane for each CPU and each task. y are pixels
# from the top of the chart to the row; lane -5 to -1 are the mode, users, max_cids, pcpu_thrs and the
# pool, from 0 on CPUs, then tasks.
# words.dat: lane y style cid new text; style 0 text, 1 owned, 2 in transit, 3 used
# texts.dat: lane y line tone text; tone 0 as above, 1 new, 2 lock · marks.dat: lane y mark value
# steps.dat: y line number text · arrows.dat: y from to · frames.dat: lane y
# broken.dat: y is-name text

INK = '#26323C'
QUIET = '#8A949C'
LOCK = '#A04000'
MUTEX = '#5B3FA0'
RED = '#D00000'
BOLD = FORMAT eq 'svg' ? 'sans-serif Bold' : 'sans:Bold'
# It is laid out in WIDE times HIGH pixels, and drawn as large as was asked for.
SCALE = WIDTH/WIDE
size(svg, png, pdf) = sprintf(',%.2f', SCALE*(FORMAT eq 'svg' ? svg : FORMAT eq 'png' ? png : pdf))
TEXT_SIZE = size(11, 8.5, 6.5)
NOTE_SIZE = size(10, 7.5, 6)
TITLE_SIZE = size(14, 11, 9)
POINT = POINT*SCALE

# All coordinates are pixels; what is below the first row is moved by HEAD_HIGH.
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
set xrange [0:WIDE]
set yrange [HIGH:0]
unset title
unset key
unset border
unset tics

# The columns of the mm share COLUMNS pixels, the lanes what is left.
LANES_LEFT = TEXT + COLUMNS
POOL_WIDE = CID*(CPUS > 2 ? CPUS + 1 : 3)
NUMBERS = LANES_LEFT - POOL_WIDE - 160
lane_wide = (WIDE - LANES_LEFT - 8)/LANES
column_x(i) = i == -5 ? TEXT : i == -4 ? NUMBERS : i == -3 ? NUMBERS + 42 : i == -2 ? NUMBERS + 98 : \
	NUMBERS + 160
column_wide(i) = i == -5 ? NUMBERS - TEXT : i == -4 ? 42 : i == -3 ? 56 : i == -2 ? 62 : POOL_WIDE
x(i) = i < 0 ? column_x(i) : LANES_LEFT + i*lane_wide + (i < CPUS ? 0 : 4)
wide(i) = i < 0 ? column_wide(i) : lane_wide - 4
y(v) = v + HEAD_HIGH

# of CIDs, light enough for black letters
colour(i) = int('0x'.word('56B4E9 E69F00 4DBB97 CC79A7 8C9BD6 D98A5B B3B34D AAAAAA', int(i) % 8 + 1))
WORD = 30
word_x(i) = x(i) + 8
text_x(i) = x(i) + (i < 0 ? 6 : 8 + WORD + 5)
text_y(v, line) = y(v) + ARROW + 8 + 12*line

set label TITLE at 10,22 left font BOLD.TITLE_SIZE tc rgb INK
set label SUBTITLE at 10,42 left font TEXT_SIZE tc rgb QUIET
NAMES = HEAD_HIGH - 12
set label FIRST at 34,text_y(0, 0) left font NOTE_SIZE tc rgb QUIET
set label 'step' at 10,NAMES left font BOLD.TEXT_SIZE tc rgb INK
do for [i=-5:-1] {
	set label word('mode users max_cids pcpu_thrs pool', i + 6) at text_x(i),NAMES left \
		font BOLD.NOTE_SIZE tc rgb INK
}
do for [i=0:LANES-1] {
	set label (i < CPUS ? sprintf('CPU%d', i) : sprintf('T%d', i - CPUS)) \
		at word_x(i),NAMES left font BOLD.TEXT_SIZE tc rgb INK
}

# The legend has the marks that are in the chart.
LEGENDS = 'owns CID 0: 0|has it in transit: 0t|uses the CID of its CPU: 0c|holds the mutex|rq lock is held|the walk is here next|breaks the property'
legend_word(i) = LEGENDS[legend_at(i) : legend_at(i + 1) - 2]
legend_at(i) = i == 0 ? 1 : legend_at(i - 1) + strstrt(LEGENDS[legend_at(i - 1):].'|', '|')
LEGEND_X = 10
LEGEND_Y = HEAD_HIGH + CHART + 22
do for [i=0:6] {
	if (item('LEGEND', i) > 0) {
		if (LEGEND_X + 160 > WIDE) { LEGEND_X = 10; LEGEND_Y = LEGEND_Y + 22 }
		left = LEGEND_X
		high = LEGEND_Y - 8
		low = LEGEND_Y + 8
		if (i == 0) { set object rectangle from left,high to left+22,low fc rgb colour(0) fs solid noborder }
		if (i == 1) { set object rectangle from left,high to left+22,low fc rgb colour(0) fs pattern 4 noborder }
		if (i == 2) { set object rectangle from left+1,high to left+21,low fs empty border rgb colour(0) lw 2.5 }
		if (i == 3) { set object rectangle from left+10,high to left+13,low fc rgb MUTEX fs solid noborder }
		if (i == 4) { set object rectangle from left+10,high to left+13,low fc rgb LOCK fs solid noborder }
		if (i == 5) { set label '' at left+12,LEGEND_Y point pt 9 ps POINT lc rgb MUTEX }
		if (i == 6) { set object rectangle from left+1,high to left+21,low fs empty border rgb RED lw 2.5 }
		set label legend_word(i) at left+28,LEGEND_Y left font NOTE_SIZE tc rgb INK
		LEGEND_X = left + 46 + 6*strlen(legend_word(i))
	}
}
if (LEGEND_X + 300 > WIDE) { LEGEND_X = 10; LEGEND_Y = LEGEND_Y + 22 }
set label 'grey: as in the row above; a grey word owns nothing' at LEGEND_X,LEGEND_Y left font NOTE_SIZE tc rgb QUIET

# The parts of a row.
pale(mode) = int(mode) % 2 ? 0xC3DDF2 : 0xFFEFC2
cid_left(i) = x(-1) + 6 + CID*i
word_low(v) = y(v) + ROW
set style fill solid 1 noborder
plot for [i=0:LANES-1] 'marks.dat' \
		using ($1 == -5 ? 0 : NaN):(0):(x(i)):(x(i) + wide(i)):(y($2)):(y($2) + ROW) \
		with boxxyerror lc rgb (i < CPUS ? '#F1F4F7' : '#F7F4EE'), \
	'marks.dat' using ($1 == -5 ? 0 : NaN):(0):(x(-5)):(x(-5) + wide(-5) - 6):(y($2)):(y($2) + ROW):(pale($4)) \
		with boxxyerror lc rgb variable, \
	'marks.dat' using ($1 == -5 && $4 > 1 ? 0 : NaN):(0):(x(-5) + wide(-5) - 16):(x(-5) + wide(-5) - 6):(y($2)):(y($2) + ROW) \
		with boxxyerror fs pattern 4 noborder lc rgb QUIET, \
	'marks.dat' using ($1 == -1 ? 0 : NaN):(0): \
		(cid_left(int($4) % 16)):(cid_left(int($4) % 16) + CID - 2):(y($2) + ARROW + 4):(y($2) + ROW - 8): \
		($4 < 16 ? colour($4) : 0xC0C6CC) with boxxyerror lc rgb variable, \
	'marks.dat' using ($1 == -1 && $4 >= 16 ? 0 : NaN):(0): \
		(cid_left($4 - 16) + 1):(cid_left($4 - 16) + CID - 3):(y($2) + ARROW + 5):(y($2) + ROW - 9) \
		with boxxyerror lc rgb 'white', \
	'words.dat' using ($3 == 1 ? 0 : NaN):(0):(word_x($1)):(word_x($1) + WORD):(y($2)):(word_low($2)):(colour($4)) \
		with boxxyerror lc rgb variable, \
	for [c=0:7] 'words.dat' using ($3 == 2 && int($4) % 8 == c ? 0 : NaN):(0):(word_x($1)):(word_x($1) + WORD): \
		(y($2)):(word_low($2)) with boxxyerror fs pattern 4 noborder lc rgb colour(c), \
	'words.dat' using ($3 == 3 ? 0 : NaN):(0):(word_x($1)):(word_x($1) + WORD):(y($2)):(word_low($2)):(colour($4)) \
		with boxxyerror lc rgb variable, \
	'words.dat' using ($3 == 3 ? 0 : NaN):(0):(word_x($1) + 2):(word_x($1) + WORD - 2):(y($2)):(word_low($2)) \
		with boxxyerror lc rgb '#F7F4EE', \
	'words.dat' using ($3 == 2 ? 0 : NaN):(0): \
		(word_x($1) + 8):(word_x($1) + WORD - 8):(y($2) + ARROW + 4):(y($2) + ROW - 8) \
		with boxxyerror lc rgb '#F7F4EE', \
	'arrows.dat' using (10):(y($1)):(WIDE - 18):(0) with vectors nohead lc rgb '#C6CDD3' lw 1, \
	'words.dat' using (word_x($1) + WORD/2):(text_y($2, 0.5)):6:($5 > 0 || $3 > 0 ? 0x000000 : 0x9AA3AA) \
		with labels center font TEXT_SIZE tc rgb variable, \
	'marks.dat' using ($3 == 8 || $3 == 16 ? 0 : NaN):(0):(x($1) + 2):(x($1) + 5):(y($2)):(y($2) + ROW): \
		($3 == 8 ? 0x5B3FA0 : 0xA04000) with boxxyerror lc rgb variable, \
	'marks.dat' using ($3 == 32 ? x($1) + wide($1) - 7 : NaN):(text_y($2, 0)) \
		with points pt 9 ps POINT lc rgb MUTEX, \
	'texts.dat' using (text_x($1)):(text_y($2, $3)):5:($4 == 2 ? 0xA04000 : $4 == 1 ? 0x000000 : 0x9AA3AA) \
		with labels left font NOTE_SIZE tc rgb variable, \
	'steps.dat' using (34):(text_y($1, $2)):4 with labels left font NOTE_SIZE tc rgb INK, \
	'steps.dat' using (10):(text_y($1, $2)):3 with labels left font BOLD.TEXT_SIZE tc rgb INK, \
	'arrows.dat' using ($2 != $3 ? word_x($2) + WORD/2 : NaN):(y($1) + 6):(word_x($3) - word_x($2)):(0) \
		with vectors head filled size 7,20 lc rgb INK lw 1.5, \
	'arrows.dat' using (word_x($2) + WORD/2):(y($1) + 6) with points pt 7 ps 0.7*POINT lc rgb INK, \
	'frames.dat' using (x($1) + 1):(y($2) + ARROW):(x($1) + 1):(x($1) + wide($1) - 1):(y($2) + ARROW):(y($2) + ROW - 1) \
		with boxxyerror fs empty lc rgb RED lw 2.5, \
	'broken.dat' using ($2 > 0 ? 34 : NaN):(y($1) + 8):3 with labels left font BOLD.TEXT_SIZE tc rgb RED, \
	'broken.dat' using ($2 == 0 ? 34 : NaN):(y($1) + 8):3 with labels left font TEXT_SIZE tc rgb RED
