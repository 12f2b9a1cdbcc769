# SPDX-License-Identifier: MIT
# machines_ratio.gp - the rate of each machine over the base's: a row per machine, a mark per kernel, with 95 % intervals.
# n machines: names[] from the bottom; name_width; kernels: heads[]; data index k-1: place ratio low high hover; xlow xhigh.
set key at screen 0.99, screen 1 - 58.0 / high right top horizontal Left reverse samplen 1 width 1
set tmargin at screen 1 - 84.0 / high
set xlabel "rate / base rate"
set xrange [xlow:xhigh]
set yrange [0.4:n + 0.6]
set logscale x 2
set format x "%.3g"
# a step that leaves room for its numbers: 1, 1.1, 1.2 within a factor of 2, else halves and doubles
if (xhigh / xlow < 4) {
	set xtics (0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4)
}
set ytics () scale 0
do for [i = 1:n] { set ytics add (names[i] i) }
set grid noytics
set lmargin at screen (24.0 + 7.2 * name_width) / wide
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb quiet
do for [i = 1:n] { set arrow 1 + i from graph 0, first i to graph 1, first i nohead linewidth 0.5 linecolor rgb faint back }
row(y, k) = y - (k - (kernels + 1) / 2.0) * least(0.14, 0.7 / kernels)
plot for [k = 1:kernels] data index k - 1 using ($3 > 0 ? $2 : NaN):(row($1, k)):3:4 with xerrorbars pointtype 0 linewidth 1.4 linecolor rgb colour(k) notitle, \
	for [k = 1:kernels] data index k - 1 using 2:(row($1, k)) with points pointtype filled(k) pointsize 0.9 linecolor rgb colour(k) title heads[k], \
	for [k = 1:(hover ? kernels : 0)] data index k - 1 using 2:(row($1, k)):5 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
