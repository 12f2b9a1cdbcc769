# SPDX-License-Identifier: MIT
# history.gp - times of cells over a series of sweeps, a panel per cell, with the levels between changes.
# panels: heads[] ylow[] yhigh[]; panel_high: points; sweeps; n_commits: commits[] commit_at[]. Data index 2 (p - 1): sweep
# (from 0) time low high hover; + 1: levels, a line each.
unset key
set lmargin at screen 84.0 / wide
set rmargin at screen 1 - 24.0 / wide
set xrange [-0.6:sweeps - 0.4]
set tics font ",10"
set multiplot
do for [p = 1:panels] {
	top = 66.0 + (p - 1) * panel_high
	set tmargin at screen 1 - (top + 24.0) / high
	set bmargin at screen 1 - (top + panel_high - 8.0) / high
	set yrange [ylow[p]:yhigh[p]]
	set ytics autofreq
	set format x ""
	set xtics autofreq scale 0.4 norotate
	if (p == panels) {
		set xtics ()
		do for [i = 1:n_commits] { set xtics add (commits[i] commit_at[i]) }
		set xtics rotate by -35 left
	}
	set label 7 heads[p] at graph 0, screen 1 - (top + 12.0) / high left font ",11"
	b = 2 * (p - 1)
	plot data index b + 1 using 1:2 with lines linewidth 2.4 linecolor rgb colours[4] notitle, \
		data index b using ($3 > 0 ? $1 : NaN):2:3:4 with yerrorbars pointtype 0 linewidth 1 linecolor rgb quiet notitle, \
		data index b using 1:2 with points pointtype 7 pointsize 0.7 linecolor rgb colours[3] notitle, \
		for [h = 1:hover] data index b using 1:2:5 with labels hypertext point pointtype 7 pointsize 1.4 linecolor rgb "#ff000000" notitle
	do for [j = 1:4] { unset label j }
}
unset multiplot
