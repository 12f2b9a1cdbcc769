# SPDX-License-Identifier: MIT
# probe.gp - the cases of a probe as a ladder, cheapest at the bottom: median time with 95 %
# interval.
# n cases: data: place seconds low high kind hover (kind 1 thread, 2 process, 3 neither, 4 too noisy:
# a bar over most of the axis); names[];
# name_width; has[] by kind; xname; xlow xhigh.
set key at screen 0.99, screen 1 - 34.0 / high right top horizontal Left reverse samplen 1
set xlabel xname
set logscale x 10
set xrange [xlow:xhigh]
set yrange [0.3:n + 0.7]
set format x "%.0s %cs"
eval more_tics("x", "%.0s %cs", xlow, xhigh)
set ytics () scale 0
do for [i = 1:n] { set ytics add (names[i] i) }
small = n > 24 ? ",10" : ",12"
set ytics font small
set lmargin at screen (24.0 + 6.4 * name_width) / wide
array kind_names[4] = ["thread", "process", "neither", "too noisy"]
array kind_colours[4] = [colours[3], colours[4], ink, faint]
array kind_points[4] = [9, 13, 7, 6]
plot for [k = 1:4] data using ($5 == k && $3 > 0 ? $2 : NaN):1:3:4 with xerrorbars pointtype 0 linewidth 1.4 linecolor rgb kind_colours[k] notitle, \
	for [k = 1:4] data using ($5 == k ? $2 : NaN):1 with points pointtype kind_points[k] linecolor rgb kind_colours[k] title (has[k] ? kind_names[k] : ""), \
	for [h = 1:hover] data using ($2):1:6 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
