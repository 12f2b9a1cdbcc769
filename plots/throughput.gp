# SPDX-License-Identifier: MIT
# throughput.gp - items per second over problem size, cache levels marked, with 95 % intervals.
# n series: names[] styles[] forms[]; data index i-1: size rate low high state hover (states as in speedup.gp); caches marks:
# cache_at[] cache_name[];
# xlow xhigh ylow yhigh; ylog; yscale; xname yname; failures noisy.
set xlabel xname
set ylabel yname
set xrange [xlow:xhigh]
set yrange [ylow / yscale:yhigh / yscale]
set logscale x 10
set format x "%.0s %c"
eval more_tics("x", "%.0s %c", xlow, xhigh)
if (ylog) {
	set logscale y 10
	set format y "%.0s %c"
	eval more_tics("y", "%.0s %c", ylow / yscale, yhigh / yscale)
}
do for [k = 1:caches] {
	set arrow 10 + k from first cache_at[k], graph 0 to first cache_at[k], graph 1 nohead dashtype 3 linecolor rgb quiet
	set label 10 + k cache_name[k] at first cache_at[k], graph 1 center offset 0, 0.55 textcolor rgb quiet font ",11"
}
floor_y = 1.0 / yscale * (ylog ? ylow * (yhigh / ylow) ** 0.02 : ylow + 0.02 * (yhigh - ylow))
plot data index n using 1:(ceiling ? $2 / yscale : NaN) with lines dashtype 4 linewidth 1.4 linecolor rgb quiet title (ceiling ? "memory ceiling" : ""), \
	for [i = 1:n] data index i - 1 using 1:($5 == 2 ? NaN : $2 / yscale) with lines linewidth 1.8 dashtype line(forms[i]) linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($5 == 2 ? $2 / yscale : NaN):(most($3, ylow) / yscale):(least($4, yhigh) / yscale) with yerrorbars pointtype 6 pointsize 0.7 linewidth 1.2 linecolor rgb faint notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($5 == 0 && $3 > 0 ? $2 / yscale : NaN):($3 / yscale):($4 / yscale) with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($5 == 0 ? $2 / yscale : NaN) with points pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] NaN with linespoints linewidth 1.8 dashtype line(forms[i]) pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) title names[i], \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, 1, 0)):($5 == 1 ? floor_y : NaN) with points pointtype 2 linewidth 2 linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:(hover ? n : 0)] data index i - 1 using (aside($1, i, n, 1, 0)):($2 / yscale):6 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle, \
	noisy ? NaN : 1/0 with points pointtype 6 linewidth 1.2 linecolor rgb faint title (noisy ? "too noisy" : ""), \
	failures ? NaN : 1/0 with points pointtype 2 linewidth 2 linecolor rgb ink title (failures ? "failed" : "")
