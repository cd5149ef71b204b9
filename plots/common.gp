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

# Okabe and Ito's colours: colour-blind readers can tell them apart.
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

set title TITLE."\n".SUBTITLE noenhanced
# some room between it and what the x axis says
set key outside below center horizontal Left reverse noenhanced samplen 2.5 spacing 1.2 height 1
set border 3 lc rgb '#404040'
set tics nomirror out

# The axis of time: columns are ns from its base.
ns(x) = x/TIME_UNIT
TIME_FORMAT = '%.'.sprintf('%d', int(TIME_DECIMALS)).'f'
