# SPDX-License-Identifier: MIT
# versus.gp - ratios or rates by row, with intervals, each series beside the others.
# n series: names[]; rows: xtics_list; data index i-1: row value low high hover; ylow yhigh; axis:
# its name; level: where a line is drawn, 0: nowhere.
set xlabel ""
set ylabel axis
set logscale y
set xrange [0.4:rows + 0.6]
set yrange [ylow:yhigh]
eval "set xtics rotate by 45 right (" . xtics_list . ")"
set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 30, 50, 100)
set bmargin at screen 170.0 / high
if (level) { set arrow 1 from graph 0, first level to graph 1, first level nohead linewidth 1.4 linecolor rgb ink }
beside(x, i) = x + 0.12 * (i - (n + 1) / 2.0)
plot for [i = 1:n] data index i - 1 using (beside($1, i)):2:3:4 with yerrorbars pointtype filled(1 + i) pointsize 0.7 linewidth 1.4 linecolor rgb colour(1 + i) title names[i], \
	for [i = 1:(hover ? n : 0)] data index i - 1 using (beside($1, i)):2:5 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
