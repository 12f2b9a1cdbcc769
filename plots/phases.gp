# SPDX-License-Identifier: MIT
# phases.gp - what a run's time is made of: phases stacked for each back end and lifetime, one panel
# a problem size.
# panels: heads[] units[] ends[]; phases: phase_names[], at most 7; n rows: names[]; data index p-1: row from to phase hover, or a
# row's total with phase 0 and its text, or phase -1: failed.
unset key
array phase_colours[7] = ["#D55E00", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#999999"]
set yrange [0.4:n + 0.6]
set grid noytics
set multiplot
left = (20.0 + 8.0 * name_width) / wide
across = (1 - left) / panels
do for [p = 1:panels] {
	set lmargin at screen left + (p - 1) * across
	set rmargin at screen left + p * across - 40.0 / wide
	set tmargin at screen 1 - 112.0 / high
	set xlabel "time of one run, ".units[p]
	set xrange [0:ends[p]]
	set ytics () scale 0
	do for [i = 1:n] { set ytics add ((p == 1 ? names[i] : "") i) }
	set label 7 heads[p] at graph 0, screen 1 - 98.0 / high left
	if (p == 1) {
		do for [k = 1:phases] {
			set object k rect at screen left + (6.0 + 86 * (k - 1)) / wide, screen 1 - 72.0 / high size screen 11.0 / wide, screen 11.0 / high fillcolor rgb phase_colours[k] fillstyle solid 1.0 noborder
			set label 10 + k phase_names[k] at screen left + (17.0 + 86 * (k - 1)) / wide, screen 1 - 72.0 / high left
		}
	}
	plot for [k = 1:phases] data index p - 1 using ($4 == k ? $2 : NaN):1:2:3:($1 - 0.32):($1 + 0.32) with boxxyerror linecolor rgb phase_colours[k], \
		data index p - 1 using ($4 == 0 ? $3 : NaN):1:5 with labels left offset character 0.6, 0 textcolor rgb ink font ",11", \
		data index p - 1 using ($4 == -1 ? ends[p] * 0.01 : NaN):1 with points pointtype 2 linewidth 2 linecolor rgb ink, \
		for [k = 1:(hover ? phases : 0)] data index p - 1 using ($4 == k ? ($2 + $3) / 2 : NaN):1:5 with labels hypertext point pointtype 5 pointsize 2 linecolor rgb "#ff000000"
	do for [k = 1:4] { unset label k }
	do for [k = 11:10 + phases] { unset label k }
	do for [k = 1:phases] { unset object k }
}
unset multiplot
