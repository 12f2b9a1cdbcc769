# SPDX-License-Identifier: MIT
# variants.gp - the variants of a kernel on one worker, slowest at the bottom: items per second with
# 95 % intervals.
# n variants: data: place rate low high failed text hover; names[]; yname; xlow xhigh; xlog; xscale.
unset key
set xlabel yname
set xrange [xlow / xscale:xhigh / xscale]
set yrange [0.4:n + 0.6]
set ytics ()
do for [i = 1:n] { set ytics add (names[i] i) }
set grid noytics
if (xlog) {
	set logscale x 10
	set format x "%.0s %c"
}
# From zero a bar's length says the rate; on a logarithmic axis lengths say nothing, so that a thin line only leads the eye.
bar_width = xlog ? 1 : 6
bar_dash = xlog ? 3 : 1
bar_colour = xlog ? quiet : colours[3]
plot data using (xlow / xscale):1:(($2 - xlow) / xscale):(0) with vectors nohead linewidth bar_width dashtype bar_dash linecolor rgb bar_colour, \
	data using ($3 > 0 ? $2 / xscale : NaN):1:($3 / xscale):($4 / xscale) with xerrorbars pointtype 0 linewidth 1.2 linecolor rgb ink, \
	data using ($2 / xscale):1 with points pointtype 7 pointsize 1.2 linecolor rgb colours[3], \
	data using ($2 / xscale):1:6 with labels left offset character 1.2, 0.7 textcolor rgb ink, \
	data using ($5 > 0 ? xlow / xscale : NaN):1 with points pointtype 2 linewidth 2 linecolor rgb colours[4], \
	for [h = 1:hover] data using ($2 / xscale):1:7 with labels hypertext point pointtype 7 pointsize 2 linecolor rgb "#ff000000"
