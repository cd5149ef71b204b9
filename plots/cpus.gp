# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Who ran where: a row per CPU, a box per stay. Its colour has a hue and a level: hue 0 to 5 of an mm,
# lighter to darker with level 0 to 1000; 6 no CID; 7 of the CIDs of one mm, low to high; 8 CID 0, ...
# wide.dat, narrow.dat: start end row hue level · labels.dat: middle row hue level text
# rows.dat: row CPUs · bands.dat: start end
# Where that is DENSE, a row is of one or more CPUs, and narrow.dat has cells: the mm that ran longest,
# and how busy the CPUs were

PURE = '0x56B4E9 0xE69F00 0x35A985 0xCC79A7 0x0072B2 0xD55E00 0x9A9A33 0x999999'
LIGHT = '0xBCDDF3 0xF7D9A3 0xAEDFCE 0xE9CCDF 0xF3C4A8 0xD8D8D8'
DARK = '0x0B5586 0x9A6500 0x005A43 0x8A3A69 0x8F3A00 0x555555'
SCALE = '0xA8D8F5 0x56B4E9 0x2E7FBF 0x5B5FB8 0x95509F 0xC8506E 0xDD7A2E 0xF0A500'
channel(c, i) = floor(int(c)/256**i) % 256
mix(a, b, t) = 65536*round2(channel(a, 2) + (channel(b, 2) - channel(a, 2))*t) + \
	256*round2(channel(a, 1) + (channel(b, 1) - channel(a, 1))*t) + \
	round2(channel(a, 0) + (channel(b, 0) - channel(a, 0))*t)
round2(x) = floor(x + 0.5)
pick(list, i) = int(word(list, int(i) + 1))
STEPS = words(SCALE) - 1
at_step(t) = mix(pick(SCALE, floor(t)), pick(SCALE, floor(t) < STEPS ? floor(t) + 1 : STEPS), t - floor(t))
colour(hue, level) = hue == 6 ? 0xDDDDDD : hue == 7 ? at_step(STEPS*level/1000.0) : \
	hue > 7 ? pick(PURE, hue - 8) : mix(pick(LIGHT, hue), pick(DARK, hue), level/1000.0)
# of cells: white where nobody ran
busy(hue, level) = mix(0xFFFFFF, hue == 6 ? 0x888888 : pick(DARK, hue), level/1000.0)
# letters on it
weight(c) = 0.30*channel(c, 2) + 0.59*channel(c, 1) + 0.11*channel(c, 0)
ink(c) = weight(c) < 128 ? 0xFFFFFF : 0x000000
HALF = DENSE > 0 ? 0.5 : 0.42

set xrange [ns(TIME_FROM):ns(TIME_TO)]
set yrange [ROWS - 0.5:-0.5]
do for [i=0:MARKS-1] { eval mark(i) }
set xtics ns(TIME_STEP) format TIME_FORMAT
set xlabel TIME_LABEL noenhanced
set ylabel 'CPU'
set ytics scale 0

if (BANDS > 0) {
	set object 1 rectangle from ns(KNOWN),-0.5 to ns(TIME_TO),ROWS-0.5 fc rgb PALE_TASK \
		fs solid noborder behind
}
entry_colour(i) = DENSE > 0 ? busy(item('ENTRY_HUE', i), 700) : \
	colour(item('ENTRY_HUE', i), item('ENTRY_LEVEL', i))
narrow_colour(hue, level) = DENSE > 0 ? busy(hue, level) : colour(hue, level)
# cells touch
end(t) = ns(t) + (DENSE > 0 ? 0.4*ns(TIME_TO - TIME_FROM)/WIDTH : 0)
# An entry without title is not in the legend.
set style fill solid 1
plot \
	(BANDS > 0 ? 'bands.dat' : '/dev/null') \
		using (ns($1)):(0):(ns($1)):(ns($2)):(-0.5):(ROWS - 0.5) \
		with boxxyerror fs solid 1 noborder lc rgb PALE_CPU notitle, \
	'narrow.dat' using (ns($1)):3:(ns($1)):(end($2)):($3 - HALF):($3 + HALF):(narrow_colour($4, $5)) \
		with boxxyerror fs solid 1 noborder lc rgb variable notitle, \
	'wide.dat' using (ns($1)):3:(ns($1)):(ns($2)):($3 - HALF):($3 + HALF):(colour($4, $5)) \
		with boxxyerror fs solid 1 border rgb 'white' lc rgb variable notitle, \
	'labels.dat' using (ns($1)):2:5:(ink(colour($3, $4))) \
		with labels tc rgb variable font SMALL notitle, \
	'rows.dat' using (ns(TIME_FROM)):1:(''):ytic(2) with labels notitle, \
	for [i=0:ENTRIES-1] keyentry with boxes fs solid fc rgb entry_colour(i) title item('ENTRY', i), \
	keyentry with boxes fs solid border lc rgb GREY fc rgb PALE_TASK \
		title (BANDS > 0 ? 'per task' : ''), \
	keyentry with boxes fs solid fc rgb PALE_CPU title (BANDS > 0 ? 'per CPU' : '')
