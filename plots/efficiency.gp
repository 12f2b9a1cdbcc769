# SPDX-License-Identifier: MIT
# efficiency.gp - speed-up over workers, divided by the workers, with 95 % intervals.
# Variables and data as in speedup.gp, with the efficiency in place of the speed-up.
set xlabel "workers"
set ylabel base
set xrange [xlow:xhigh]
set yrange [ylow:yhigh]
if (xlog) { set logscale x 2 }
eval "set xtics (" . xtics_list . ")"
if (cpus > 0 && xhigh > cpus && xlow < cpus) {
	set arrow 1 from first cpus, graph 0 to first cpus, graph 1 nohead dashtype 3 linecolor rgb quiet
	set label 10 sprintf("%d CPUs ", cpus) at first cpus, graph 0.07 right textcolor rgb quiet font ",11"
}
ideal(x) = cpus > 0 ? least(1, cpus / x) : 1
law(x) = x <= model_end ? model_scale / (1 + sigma * (x - 1) + kappa * x * (x - 1)) : NaN
set style fill transparent solid 0.12 noborder
plot '+' using 1:(banded ? band_low * ideal($1) : NaN):(band_high * ideal($1)) with filledcurves linecolor rgb ink notitle, \
	ideal(x) with lines dashtype 4 linecolor rgb quiet title (banded ? "ideal ± base error" : "ideal"), \
	modelled ? law(x) : 1/0 with lines linewidth 0.8 linecolor rgb ink title (modelled ? model_name : ""), \
	for [i = 1:n] data index i - 1 using 1:($5 == 2 ? NaN : $2) with lines linewidth 1.8 dashtype line(forms[i]) linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, xlog, xhigh)):($5 == 2 ? $2 : NaN):(most($3, ylow)):(least($4, yhigh)) with yerrorbars pointtype 6 pointsize 0.7 linewidth 1.2 linecolor rgb faint notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, xlog, xhigh)):($5 == 0 && $3 > 0 ? $2 : NaN):3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, xlog, xhigh)):($5 == 0 ? $2 : NaN) with points pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:n] NaN with linespoints linewidth 1.8 dashtype line(forms[i]) pointtype shape(styles[i], forms[i]) linecolor rgb colour(styles[i]) title names[i], \
	for [i = 1:n] data index i - 1 using (aside($1, i, n, xlog, xhigh)):($5 == 1 ? 0.02 * yhigh : NaN) with points pointtype 2 linewidth 2 linecolor rgb colour(styles[i]) notitle, \
	for [i = 1:(hover ? n : 0)] data index i - 1 using (aside($1, i, n, xlog, xhigh)):2:6 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle, \
	noisy ? NaN : 1/0 with points pointtype 6 linewidth 1.2 linecolor rgb faint title (noisy ? "too noisy" : ""), \
	failures ? NaN : 1/0 with points pointtype 2 linewidth 2 linecolor rgb ink title (failures ? "failed" : "")
