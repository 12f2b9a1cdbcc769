# SPDX-License-Identifier: MIT
# workers.gp - what each worker did when, in one run: a bar a worker, a group a way of working.
# data: place from to part hover (part 1 startup, 2 touch, 3 compute, 4 return, 5 reap, 6 waiting);
# n_heads: heads[] at head_at[], above each group; bottom: below the last bar; xhigh; unit.
unset key
array part_names[6] = ["startup", "touch", "compute", "return", "reap", "waiting"]
array part_colours[6] = ["#D55E00", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#a0808080"]
set xlabel "time since the run began, ".unit
set xrange [0:xhigh]
set yrange [bottom:0]
unset ytics
set border 1
set lmargin at screen 24.0 / wide
set rmargin at screen 1 - 24.0 / wide
set tmargin at screen 1 - 84.0 / high
do for [k = 1:6] {
	set object k rect at screen (30.0 + 92 * (k - 1)) / wide, screen 1 - 68.0 / high size screen 11.0 / wide, screen 11.0 / high fillcolor rgb part_colours[k] fillstyle solid 1.0 noborder
	set label 10 + k part_names[k] at screen (41.0 + 92 * (k - 1)) / wide, screen 1 - 68.0 / high left
}
do for [k = 1:n_heads] { set label 20 + k heads[k] at graph 0, first head_at[k] left textcolor rgb ink font ",12" }
plot for [k = 1:6] data using ($4 == k ? $2 : NaN):1:2:3:($1 - 0.4):($1 + 0.4) with boxxyerror linecolor rgb part_colours[k], \
	for [h = 1:hover] data using ($4 == 3 ? ($2 + $3) / 2 : NaN):1:5 with labels hypertext point pointtype 5 pointsize 2 linecolor rgb "#ff000000"
