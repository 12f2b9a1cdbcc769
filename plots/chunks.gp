# SPDX-License-Identifier: MIT
# chunks.gp - simulated efficiency over the number of ranks, a line per way to hand out chunks: solid where chunks cost the
# same on average, dashed where later ones cost more.
# n series: names[]; data index 2 * (i - 1) + form: ranks efficiency hover; level: where a line is drawn.
set xlabel "ranks"
set ylabel "efficiency: computing over all time of all ranks"
set logscale x
set xrange [8:130000]
set yrange [0:1.02]
set xtics add ("10" 10, "100" 100, "1,000" 1000, "10,000" 10000, "100,000" 100000)
set arrow 1 from graph 0, first level to graph 1, first level nohead linewidth 1 dashtype 3 linecolor rgb quiet
plot for [i = 1:n] for [form = 0:1] data index 2 * (i - 1) + form using 1:2 with linespoints dashtype line(form) pointtype shape(1 + i, form) pointsize 0.8 linewidth 1.8 linecolor rgb colour(1 + i) title names[i].(form ? ", costs rise" : ""), \
	for [i = 1:(hover ? 2 * n : 0)] data index i - 1 using 1:2:3 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
