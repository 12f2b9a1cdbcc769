# SPDX-License-Identifier: MIT
# against.gp - one sweep against one or more others: the ratio of times for each cell, with 95 % intervals,
# slowest change on top. Colours are verdicts; of several others, which one it is.
# n cells: data: place ratio low high verdict base hover (verdict 1 slower, 2 faster, 3 same, 4
# undecided); names[]; bases, base_names[]; name_width; margin; xlow xhigh.
set key at screen 0.99, screen 1 - 20.0 / high right top horizontal Left reverse samplen 1
set xlabel "time / baseline time"
set xrange [xlow:xhigh]
set yrange [0.3:n + 0.7]
set logscale x 2
set format x "%.3g"
set xtics (0.25, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 8, 16)
if (xhigh / xlow > 5) { set xtics (0.06, 0.12, 0.25, 0.5, 1, 2, 4, 8, 16) }
set ytics () scale 0
do for [i = 1:n] { set ytics add (names[i] i) }
small = n > 24 ? ",10" : ",12"
set ytics font small
set grid noytics
set lmargin at screen (24.0 + 6.6 * name_width) / wide
set object 1 rectangle from 1 / (1 + margin), graph 0 to 1 + margin, graph 1 behind fillcolor rgb faint fillstyle solid noborder
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb quiet
array verdict_names[4] = ["slower", "faster", "the same", "undecided"]
array verdict_colours[4] = [colours[4], colours[3], ink, quiet]
array verdict_points[4] = [9, 11, 5, 6]
if (bases > 1) {
	plot for [b = 1:bases] data using ($6 == b && $3 > 0 ? $2 : NaN):1:3:4 with xerrorbars pointtype 0 linewidth 1.4 linecolor rgb colour(b + 1) notitle, \
		for [b = 1:bases] data using ($6 == b && $5 <= 2 ? $2 : NaN):1 with points pointtype filled(b + 1) linecolor rgb colour(b + 1) notitle, \
		for [b = 1:bases] data using ($6 == b && $5 > 2 ? $2 : NaN):1 with points pointtype hollow(b + 1) linecolor rgb colour(b + 1) notitle, \
		for [b = 1:bases] NaN with points pointtype filled(b + 1) linecolor rgb colour(b + 1) title base_names[b], \
		for [h = 1:hover] data using ($2):1:7 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
} else {
plot for [v = 1:4] data using ($5 == v && $3 > 0 ? $2 : NaN):1:3:4 with xerrorbars pointtype 0 linewidth 1.4 linecolor rgb verdict_colours[v] notitle, \
	for [v = 1:4] data using ($5 == v ? $2 : NaN):1 with points pointtype verdict_points[v] linecolor rgb verdict_colours[v] title verdict_names[v], \
	for [h = 1:hover] data using ($2):1:7 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
}
