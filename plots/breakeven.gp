# SPDX-License-Identifier: MIT
# breakeven.gp - the size from which on each way of working pays, with 95 % intervals, and the
# numbers beside it.
# n rows, the first on top: data: place at low high kind style form text hover (kind 1 between, 2 at
# every size, 3 at none, 4 undecided; 1e300 and 0 lie beyond the sizes measured); names[]; n_heads:
# heads[] head_at[] (rows without data); styles: the highest; name_width; xlow xhigh: sizes measured;
# xname.
unset key
set xlabel xname
set logscale x 10
set format x "%.0s %c"
left_edge = xlow / 1.6
right_edge = xhigh * 1.6
set xrange [left_edge:right_edge]
eval more_tics("x", "%.0s %c", left_edge, right_edge)
set yrange [n + 0.6:0.4]
set ytics () scale 0 offset character -0.8, 0
do for [i = 1:n] { set ytics add (names[i] i) }
set grid noytics
set lmargin at screen (24.0 + 7.0 * name_width) / wide
set rmargin at screen 1 - 208.0 / wide
do for [k = 1:n_heads] { set label 10 + k heads[k] at screen 0.012, first head_at[k] left textcolor rgb quiet front }
within(x) = least(most(x, left_edge), right_edge)
# Where a row tells its numbers: every one does, since some versions of gnuplot end on a list of labels without any.
over(kind, x) = kind == 1 ? within(x) : kind == 2 ? xlow : xhigh
set arrow 1 from xlow, graph 0 to xlow, graph 1 nohead dashtype 3 linewidth 0.6 linecolor rgb quiet
set arrow 2 from xhigh, graph 0 to xhigh, graph 1 nohead dashtype 3 linewidth 0.6 linecolor rgb quiet
plot for [s = 1:styles] data using ($5 == 1 && $6 == s ? within($2) : NaN):1:(within($3)):(within($4)) with xerrorbars pointtype 0 linewidth 1.6 linecolor rgb colour(s), \
	for [s = 1:styles] for [f = 0:1] data using ($5 == 1 && $6 == s && $7 == f ? within($2) : NaN):1 with points pointtype shape(s, f) pointsize 1.2 linecolor rgb colour(s), \
	data using ($5 == 2 ? xlow : NaN):1:(left_edge - xlow):(0) with vectors head filled size screen 0.009, 25 linewidth 1.6 linecolor rgb ink, \
	data using ($5 == 3 ? xhigh : NaN):1:(right_edge - xhigh):(0) with vectors head filled size screen 0.009, 25 linewidth 1.6 linecolor rgb ink, \
	data using (right_edge):1:8 with labels left offset character 1.2, 0 textcolor rgb ink font ",12", \
	for [h = 1:hover] data using (over($5, $2)):1:9 with labels hypertext point pointtype 7 pointsize 1.8 linecolor rgb "#ff000000"
