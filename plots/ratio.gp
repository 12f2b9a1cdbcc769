# SPDX-License-Identifier: MIT
# ratio.gp - time of processes over time of threads, as a map over problem size and workers.
# panels: heads[]; columns sizes: size_names[]; rows workers: worker_names[]; data index p-1: column
# row ratio verdict text hover, where verdict is 0 not significant (the interval contains 1), 1 decided,
# 2 no interval, 3 failed; xname; across down.
unset key
set xlabel xname
set ylabel "workers" offset -0.5
set xrange [0.5:columns + 0.5]
set yrange [0.5:rows + 0.5]
set xtics () scale 0
set ytics () scale 0
do for [i = 1:columns] { set xtics add (size_names[i] i) }
do for [i = 1:rows] { set ytics add (worker_names[i] i) }
unset grid
set border 0
# Vermilion: processes take longer; blue: threads do; the deeper the further from 1, full at a factor of 2. Grey: not significant.
depth(r) = least(1, abs(log(r)) / log(2))
shade(r) = int(255 - 60 - 170 * depth(r)) * 16777216 + (r > 1 ? 0xD55E00 : 0x0072B2)
fill(r, v) = v == 1 ? shade(r) : v == 0 ? 0xC0808080 : 0xF0808080
set label 5 "processes take longer" at screen 1, screen 1 - 20.0 / high right offset -2, 0 textcolor rgb colours[4]
set label 6 "threads take longer" at screen 1, screen 1 - 42.0 / high right offset -2, 0 textcolor rgb colours[3]
tiny = columns * across > 12 || rows * down > 14
set multiplot layout down, across margins screen 76.0 / wide, screen 1 - 16.0 / wide, screen 108.0 / high, screen 1 - 96.0 / high spacing screen 76.0 / wide, screen 84.0 / high
do for [p = 1:panels] {
	# sizes are named once, below the last row
	if (p <= panels - across) { unset xlabel } else { set xlabel xname }
	set label 7 heads[p] at graph 0, graph 1 left offset 0, 0.9
	plot data index p - 1 using 1:2:($1 - 0.48):($1 + 0.48):($2 - 0.46):($2 + 0.46):(fill($3, $4)) with boxxyerror linecolor rgb variable, \
		data index p - 1 using 1:2:5 with labels textcolor rgb ink font (tiny ? ",9" : ",12"), \
		for [h = 1:hover] data index p - 1 using ($1):2:6 with labels hypertext point pointtype 5 pointsize 4 linecolor rgb "#ff000000"
	do for [k = 1:6] { unset label k }
}
unset multiplot
