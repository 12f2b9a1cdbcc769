# SPDX-License-Identifier: MIT
# caches.gp - latency (top) and read rate (bottom) over the size of the working set, with the levels of caches.
# names[2]: of the lines; data index 0 and 1 latency, 2 and 3 rate: size value low high hover; n_sizes: size_names[]
# size_at[]; n_levels: knee[] knee_low[] knee_high[] (0: not seen) told[] (0: not told) level_names[];
# xlow xhigh ylow1 yhigh1 ylow2 yhigh2.
set xrange [xlow:xhigh]
set logscale xy
set xtics () scale 0
set multiplot
do for [panel = 1:2] {
	set tmargin at screen 1 - (panel == 1 ? 92.0 : 92.0 + (high - 200.0) / 2 + 26) / high
	set bmargin at screen (panel == 1 ? 108.0 + (high - 200.0) / 2 + 6 : 108.0) / high
	unset key
	if (panel == 1) { set key outside right top vertical Left reverse samplen 2.2 }
	ylow = panel == 1 ? ylow1 : ylow2
	yhigh = panel == 1 ? yhigh1 : yhigh2
	set yrange [ylow:yhigh]
	set ylabel panel == 1 ? "latency, ns" : "bytes/s"
	number = panel == 1 ? "%g" : "%.0s %c"
	set format y number
	set ytics autofreq
	eval more_tics("y", number, ylow, yhigh)
	set xlabel panel == 1 ? "" : "size of the working set"
	set xtics ()
	do for [k = 1:n_sizes] { set xtics add ((panel == 1 ? "" : size_names[k]) size_at[k]) }
	set lmargin at screen 76.0 / wide
	set rmargin at screen 1 - 140.0 / wide
	do for [k = 1:n_levels] {
		unset object 20 + k
		unset arrow 20 + k
		unset arrow 30 + k
		unset label 20 + k
		if (knee[k] > 0) {
			set object 20 + k rectangle from first knee_low[k], graph 0 to first knee_high[k], graph 1 behind fillcolor rgb faint fillstyle solid 0.25 noborder
			set arrow 20 + k from first knee[k], graph 0 to first knee[k], graph 1 nohead dashtype 2 linecolor rgb quiet
		}
		if (told[k] > 0) {
			set arrow 30 + k from first told[k], graph 0 to first told[k], graph 1 nohead dashtype 3 linecolor rgb quiet
		}
		if (panel == 1) {
			set label 20 + k level_names[k] at first (knee[k] > 0 ? knee[k] : told[k]), graph 1 right offset 1, 0.6 textcolor rgb quiet font ",11"
		}
	}
	plot for [i = 1:2] data index 2 * (panel - 1) + i - 1 using 1:($3 > 0 ? $2 : NaN):3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb colour(i + 1) notitle, \
		for [i = 1:2] data index 2 * (panel - 1) + i - 1 using 1:2 with linespoints linewidth 1.8 pointsize 0.5 pointtype filled(i + 1) linecolor rgb colour(i + 1) title (panel == 1 ? names[i] : ""), \
		for [i = 1:(hover ? 2 : 0)] data index 2 * (panel - 1) + i - 1 using 1:2:5 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
	unset label 1
	unset label 2
	unset label 3
	unset label 4
}
unset multiplot
