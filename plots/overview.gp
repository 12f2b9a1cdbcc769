# SPDX-License-Identifier: MIT
# overview.gp - the whole sweep as small multiples: one column per kernel, speed-up over workers above throughput over
# problem size.
# kernels: heads[]; panels: column_of[] lower[] (0 speed-up, 1 throughput), first[] count[] (data indices from 0, as in
# speedup.gp), ceiling[] (an index: size rate; -1: none), x_low[] x_high[] x_log[] y_low[] y_high[] y_log[] x_name[]
# y_name[]; styles[] forms[] of index i - 1; n_ways: way_names[] way_styles[] way_forms[]; across blocks; top bottom
# legend_columns legend_line: points; cpus.
unset key
ideal(x) = cpus > 0 ? least(x, cpus) : x
set tics font ",10" offset 0, 0.2
do for [k = 1:n_ways] {
	left_of = (14.0 + ((k - 1) % legend_columns) * (wide - 28.0) / legend_columns) / wide
	height_of = 1 - (60.0 + legend_line * ((k - 1) / legend_columns)) / high
	set arrow 100 + k from screen left_of, height_of rto screen 26.0 / wide, 0 nohead linewidth 1.6 dashtype line(way_forms[k]) linecolor rgb colour(way_styles[k])
	set label 100 + k "" at screen left_of + 13.0 / wide, height_of point pointtype shape(way_styles[k], way_forms[k]) pointsize 0.8 linecolor rgb colour(way_styles[k])
	set label 200 + k way_names[k] at screen left_of + 32.0 / wide, height_of left font ",11"
}
column = (wide - 16.0) / across
row = (high - top - bottom) / (2 * blocks)
set multiplot
do for [p = 1:panels] {
	k = column_of[p] - 1
	x0 = 8.0 + (k % across) * column
	y0 = top + (2 * (k / across) + lower[p]) * row
	set lmargin at screen (x0 + 52) / wide
	set rmargin at screen (x0 + column - 6) / wide
	set tmargin at screen 1 - (y0 + (lower[p] ? 24 : 30)) / high
	set bmargin at screen 1 - (y0 + row - 38) / high
	unset logscale
	set xrange [x_low[p]:x_high[p]]
	set yrange [y_low[p]:y_high[p]]
	set format "%h"
	set ytics autofreq
	if (lower[p]) {
		set format "%.0s%c"
		set logscale x 10
		first_decade = ceil(log10(x_low[p]))
		last_decade = floor(log10(x_high[p]))
		every = 1 + (last_decade - first_decade) * across / 24
		set xtics () font ",10"
		do for [e = first_decade:last_decade:every] { set xtics add (gprintf("%.0s%c", 10.0 ** e) 10.0 ** e) }
		if (y_log[p]) { set logscale y 10 }
	} else {
		if (x_log[p]) { set logscale x 2; set xtics 1, 4 } else { set xtics 1, (x_high[p] > 4.5 ? 2 : 1) }
		if (y_log[p]) { set logscale y 2; set ytics 4 }
	}
	set xlabel x_name[p] font ",10" offset 0, 0.7
	unset label 7
	if (!lower[p]) { set label 7 heads[k + 1] at graph 0, screen 1 - (y0 + 4) / high left font ",13" }
	set label 8 y_name[p] at graph 0, screen 1 - (y0 + (lower[p] ? 14 : 20)) / high left font ",10" textcolor rgb quiet
	f = first[p]
	c = count[p]
	plot lower[p] ? NaN : ideal(x) with lines dashtype 4 linecolor rgb quiet, \
		data index (ceiling[p] < 0 ? f : ceiling[p]) using 1:(ceiling[p] < 0 ? NaN : $2) with lines dashtype 4 linewidth 1.4 linecolor rgb quiet, \
		for [i = f:f + c - 1] data index i using 1:($5 == 2 ? NaN : $2) with lines linewidth 1.4 dashtype line(forms[i + 1]) linecolor rgb colour(styles[i + 1]), \
		for [i = f:f + c - 1] data index i using (aside($1, i - f + 1, c, x_log[p], x_high[p])):($5 == 2 ? $2 : NaN):(most($3, y_low[p])):(least($4, y_high[p])) with yerrorbars pointtype 6 pointsize 0.4 linecolor rgb faint, \
		for [i = f:f + c - 1] data index i using (aside($1, i - f + 1, c, x_log[p], x_high[p])):($5 == 0 && $3 > 0 ? $2 : NaN):3:4 with yerrorbars pointtype 0 linewidth 1 linecolor rgb colour(styles[i + 1]), \
		for [i = f:f + c - 1] data index i using (aside($1, i - f + 1, c, x_log[p], x_high[p])):($5 == 0 ? $2 : NaN) with points pointsize 0.6 pointtype shape(styles[i + 1], forms[i + 1]) linecolor rgb colour(styles[i + 1]), \
		for [i = f:f + c - 1] data index i using 1:($5 == 1 ? y_low[p] + 0.04 * (y_high[p] - y_low[p]) : NaN) with points pointtype 2 pointsize 0.7 linewidth 1.6 linecolor rgb colour(styles[i + 1]), \
		for [i = f:f + (hover ? c : 0) - 1] data index i using (aside($1, i - f + 1, c, x_log[p], x_high[p])):2:6 with labels hypertext point pointtype 7 pointsize 1.2 linecolor rgb "#ff000000"
	do for [j = 1:4] { unset label j }
	do for [j = 1:n_ways] { unset label 100 + j; unset label 200 + j; unset arrow 100 + j }
}
unset multiplot
