# SPDX-License-Identifier: MIT
# roofline.gp - operations per second over arithmetic intensity, under the roofs of memory and of
# registers, one panel a number of workers.
# panels: heads[]; n kernels: names[]; xlow xhigh; ylow[] yhigh[] of each panel. Data index 3 (p -
# 1): roofs of memory, + 1: of registers: x1 y1 x2 y2 label_x label_y written text hover; + 2:
# points: kernel x y low high plain hover.
set logscale xy 10
set format y "%.0s %c"
set format x "%g"
set xrange [xlow:xhigh]
set ylabel "operations/s" offset 0.8, 0
set key at screen 1 - 14.0 / wide, screen 1 - 84.0 / high right top horizontal reverse Left samplen 1 width 1
set lmargin at screen 84.0 / wide
set rmargin at screen 1 - 24.0 / wide
# Kernels of the same intensity stand a little apart.
apart_x(x, i) = x * (1 + 0.07 * apart(i, n))
# Labels stand on their roofs, on a patch of paper.
set style textbox opaque noborder fillcolor rgb "#ffffff" margins 0.4, 0.2
kernel_style(i) = i + 1
unset xlabel
set multiplot
down = (high - 84.0 - 76.0) / high / panels
do for [p = 1:panels] {
	top = 1 - 84.0 / high - (p - 1) * down
	set tmargin at screen top - 34.0 / high
	set bmargin at screen top - down + (p == panels ? 32.0 : 26.0) / high
	if (p == panels) { set xlabel "arithmetic intensity (op/byte)" }
	set label 7 heads[p] at graph 0, screen top - 20.0 / high left
	set yrange [ylow[p]:yhigh[p]]
	b = 3 * (p - 1)
	plot data index b using 1:($7 == 0 ? $2 : NaN):($3 - $1):($4 - $2) with vectors nohead linewidth 1.6 linecolor rgb ink notitle, \
		data index b using 1:($7 == 1 ? $2 : NaN):($3 - $1):($4 - $2) with vectors nohead linewidth 1.2 dashtype 2 linecolor rgb quiet notitle, \
		data index b + 1 using 1:2:($3 - $1):($4 - $2) with vectors nohead linewidth 1.6 linecolor rgb ink notitle, \
		data index b using 5:6:8 with labels left boxed offset character 0.5, 0 textcolor rgb quiet font ",11" notitle, \
		data index b + 1 using 5:6:8 with labels right boxed offset character -0.5, 0 textcolor rgb quiet font ",11" notitle, \
		for [i = 1:n] data index b + 2 using ($1 == i && $4 > 0 ? apart_x($2, i) : NaN):3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb colour(kernel_style(i)) notitle, \
		for [i = 1:n] data index b + 2 using ($1 == i && $6 == 1 ? apart_x($2, i) : NaN):3 with points pointtype hollow(kernel_style(i)) linecolor rgb colour(kernel_style(i)) notitle, \
		for [i = 1:n] data index b + 2 using ($1 == i && $6 == 0 ? apart_x($2, i) : NaN):3 with points pointtype filled(kernel_style(i)) linecolor rgb colour(kernel_style(i)) notitle, \
		for [i = 1:n] p > 1 ? NaN : 1/0 with points pointtype filled(kernel_style(i)) linecolor rgb colour(kernel_style(i)) title (p > 1 ? "" : names[i]), \
		for [h = 1:hover] data index b using (sqrt($1 * $3)):(sqrt($2 * $4)):9 with labels hypertext point pointtype 7 pointsize 2 linecolor rgb "#ff000000" notitle, \
		for [h = 1:hover] data index b + 1 using (sqrt($1 * $3)):2:9 with labels hypertext point pointtype 7 pointsize 2 linecolor rgb "#ff000000" notitle, \
		for [h = 1:hover] data index b + 2 using (apart_x($2, $1)):3:7 with labels hypertext point pointtype 7 pointsize 1.6 linecolor rgb "#ff000000" notitle
	do for [k = 1:4] { unset label k }
}
unset multiplot
