# SPDX-License-Identifier: MIT
# throughput.gp - items a second over problem size, cache levels marked, with 95 % intervals.
# n series: names[] styles[] forms[]; data index i-1: size rate low high failed hover; caches marks:
# cache_at[] cache_name[];
# xlow xhigh ylow yhigh; ylog; yscale; xname yname; failures.
set xlabel xname
set ylabel yname
set xrange [xlow:xhigh]
set yrange [ylow / yscale:yhigh / yscale]
set logscale x 10
set format x "%.0s %c"
if (ylog) {
	set logscale y 10
	set format y "%.0s %c"
}
do for [k = 1:caches] {
	set arrow 10 + k from first cache_at[k], graph 0 to first cache_at[k], graph 1 nohead dashtype 3 linecolor rgb quiet
	set label 10 + k cache_name[k] at first cache_at[k], graph 1 center offset 0, 0.55 textcolor rgb quiet font ",11"
}
floor_y = 1.0 / yscale * (ylog ? ylow * (yhigh / ylow) ** 0.02 : ylow + 0.02 * (yhigh - ylow))
plot data index n using 1:(ceiling ? $2 / yscale : NaN) with lines dashtype 4 linewidth 1.4 linecolor rgb quiet title (ceiling ? "memory ceiling" : ""), \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($3 > 0 ? $2 / yscale : NaN):($3 / yscale):($4 / yscale) with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($2 / yscale) with linespoints linewidth 1.8 dashtype line(forms[i]) pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) title names[i], \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($5 > 0 ? floor_y : NaN) with points pointtype 2 linewidth 2 linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:(hover ? n : 0)] data index i - 1 using (aside($1, i, n, 1, 0)):($2 / yscale):6 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle, \
	failures ? NaN : 1/0 with points pointtype 2 linewidth 2 linecolor rgb ink title (failures ? "failed" : "")
