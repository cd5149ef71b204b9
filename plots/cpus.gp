# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Who ran where: a row per CPU, a box per stay, its colour the CID modulo 8, from CID 8 on with a
# foot for the 8, 16, ... that are added. wide.dat, narrow.dat: start end row colour
# feet.dat: start end row foot · labels.dat: middle row colour foot text · rows.dat: row id
# bands.dat: start end

colour(i) = i == 0 ? 0x56B4E9 : i == 1 ? 0xE69F00 : i == 2 ? 0x009E73 : i == 3 ? 0xF0E442 : \
	i == 4 ? 0x0072B2 : i == 5 ? 0xD55E00 : i == 6 ? 0xCC79A7 : i == 7 ? 0x999999 : 0xDDDDDD
foot(i) = i == 1 ? 0x000000 : i == 2 ? 0xFFFFFF : colour(8 - i)
# letters on it
ink(i) = i == 4 || i == 5 ? 0xFFFFFF : 0x000000
HALF = 0.42
FOOT = 0.22

set xrange [ns(TIME_FROM):ns(TIME_TO)]
set yrange [ROWS - 0.5:-0.5]
set xtics ns(TIME_STEP) format TIME_FORMAT
set xlabel TIME_LABEL noenhanced
set ylabel 'CPU'
set ytics scale 0

if (BANDS > 0) {
	set object 1 rectangle from ns(KNOWN),-0.5 to ns(TIME_TO),ROWS-0.5 fc rgb PALE_TASK \
		fs solid noborder behind
}
# An entry without title is not in the legend.
entry(name, i) = value(sprintf('%s_%d', name, i))
set style fill solid 1
plot \
	(BANDS > 0 ? 'bands.dat' : '/dev/null') \
		using (ns($1)):(0):(ns($1)):(ns($2)):(-0.5):(ROWS - 0.5) \
		with boxxyerror fs solid 1 noborder lc rgb PALE_CPU notitle, \
	'narrow.dat' using (ns($1)):3:(ns($1)):(ns($2)):($3 - HALF):($3 + HALF):(colour($4)) \
		with boxxyerror fs solid 1 noborder lc rgb variable notitle, \
	'wide.dat' using (ns($1)):3:(ns($1)):(ns($2)):($3 - HALF):($3 + HALF):(colour($4)) \
		with boxxyerror fs solid 1 border rgb 'white' lc rgb variable notitle, \
	'feet.dat' using (ns($1)):3:(ns($1)):(ns($2)):($3 + HALF - FOOT):($3 + HALF):(foot($4)) \
		with boxxyerror fs solid 1 noborder lc rgb variable notitle, \
	'feet.dat' using (ns($1)):($3 + HALF - FOOT):(ns($2) - ns($1)):(0) \
		with vectors nohead lc rgb 'white' lw 1 notitle, \
	'labels.dat' using (ns($1)):($2 - ($4 > 0 ? FOOT/2 : 0)):5:(ink($3)) \
		with labels tc rgb variable font SMALL notitle, \
	'rows.dat' using (ns(TIME_FROM)):1:(''):ytic(2) with labels notitle, \
	for [i=0:7] keyentry with boxes fs solid fc rgb colour(i) title entry('CIDS', i), \
	for [i=1:7] keyentry with boxes fs solid border lc rgb GREY fc rgb foot(i) \
		title entry('FOOT', i), \
	keyentry with boxes fs solid fc rgb colour(8) title (NO_CID > 0 ? 'no CID' : ''), \
	keyentry with boxes fs solid border lc rgb GREY fc rgb PALE_TASK \
		title (BANDS > 0 ? 'per task' : ''), \
	keyentry with boxes fs solid fc rgb PALE_CPU title (BANDS > 0 ? 'per CPU' : '')
