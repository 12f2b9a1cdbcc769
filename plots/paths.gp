# SPDX-License-Identifier: MIT
# paths.gp - how fast each way moves a result or a message, over its size, with 95 % intervals.
# n ways: names[] forms[] (0 in one process, 1 between processes); data index i-1: bytes rate low
# high hover; n_sizes: size_names[] size_at[];
# xlow xhigh ylow yhigh.
set xlabel "bytes moved at once"
set ylabel "bytes/s"
set xrange [xlow:xhigh]
set yrange [ylow:yhigh]
set logscale xy
set xtics () scale 0
do for [k = 1:n_sizes] { set xtics add (size_names[k] size_at[k]) }
set format y "%.0s %c"
plot for [i = 1:n] data index i - 1 using 1:($3 > 0 ? $2 : NaN):3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb colour(i) notitle, \
	for [i = 1:n] data index i - 1 using 1:2 with linespoints linewidth 1.8 dashtype line(1 - forms[i]) pointtype filled(i) linecolor rgb colour(i) title names[i], \
	for [i = 1:(hover ? n : 0)] data index i - 1 using 1:2:5 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
