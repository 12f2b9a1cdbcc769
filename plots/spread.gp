# SPDX-License-Identifier: MIT
# spread.gp - how the samples of a cell are spread: the share of samples that took at most so long.
# n series: names[] styles[] forms[]; data index i-1: time share mark hover (mark: draw a point:
# ends, quartiles, median); xlow xhigh xlog; unit.
set xlabel "time of one run, ".unit
set ylabel "share of samples at or below"
set xrange [xlow:xhigh]
set yrange [0:1.02]
if (xlog) { set logscale x 10 }
set ytics 0.25
plot for [i = 1:n] data index i - 1 using 1:2 with fsteps linewidth 1.5 dashtype line(forms[i]) linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] data index i - 1 using ($3 > 0 ? $1 : NaN):2 with points pointsize 1.1 pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] NaN with linespoints linewidth 1.6 dashtype line(forms[i]) pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) title names[i], \
	for [i = 1:(hover ? n : 0)] data index i - 1 using ($3 > 0 ? $1 : NaN):2:4 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
