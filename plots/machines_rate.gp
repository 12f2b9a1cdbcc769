# SPDX-License-Identifier: MIT
# machines_rate.gp - the rate of one kernel on each machine: all CPUs, one worker, and what the nearest ceiling allows.
# n machines: names[] from the bottom; name_width; data index 0 all CPUs, 1 one worker: place rate low high ceiling style
# hover; xname; xlow xhigh; xlog; roofed.
set key at screen 0.99, screen 1 - 58.0 / high right top horizontal Left reverse samplen 1 width 1
set tmargin at screen 1 - 84.0 / high
set xlabel xname
set xrange [xlow:xhigh]
set yrange [0.4:n + 0.6]
set ytics () scale 0
do for [i = 1:n] { set ytics add (names[i] i) }
set grid noytics
if (xlog) {
	set logscale x 10
	set format x "%.0s %c"
}
set lmargin at screen (24.0 + 7.2 * name_width) / wide
do for [i = 1:n] { set arrow 1 + i from graph 0, first i to graph 1, first i nohead linewidth 0.5 linecolor rgb faint back }
half = 0.34
plot data index 0 using 5:($1 - half):(0):(2 * half) with vectors nohead linewidth 2 linecolor rgb quiet notitle, \
	data index 0 using ($3 > 0 ? $2 : NaN):1:3:4 with xerrorbars pointtype 0 linewidth 1.4 linecolor rgb colours[3] notitle, \
	data index 0 using 2:1 with points pointtype 7 pointsize 1.1 linecolor rgb colours[3] title "all CPUs", \
	data index 1 using ($3 > 0 ? $2 : NaN):1:3:4 with xerrorbars pointtype 0 linewidth 1.4 linecolor rgb colours[4] notitle, \
	data index 1 using 2:1 with points pointtype 4 pointsize 1.1 linecolor rgb colours[4] title "one worker", \
	roofed ? NaN : 1/0 with lines linewidth 2 linecolor rgb quiet title (roofed ? "ceiling of all CPUs" : ""), \
	for [h = 0:(hover ? 1 : -1)] data index h using 2:1:7 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
