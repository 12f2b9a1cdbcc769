# SPDX-License-Identifier: MIT
# drift.gp - every sample of the sweep over the time it was taken, as deviation from its cell's
# median; with the median of each stretch.
# n kernels: names[]; data index i-1: minute deviation; index n: stretches: minute median low high;
# index n+1 and n+2: minute of samples above and below the chart; index n+3: minute of samples that
# failed; index n+4: canaries:
# minute deviation; xhigh ylow yhigh; beyond failures; blocks: block_at[].
set xlabel "minutes since the first sample"
set ylabel "deviation from the cell's median, %"
set xrange [0:xhigh]
set yrange [ylow:yhigh]
# A block's name stands where the one before it leaves room.
labelled = -xhigh
do for [k = 1:blocks] {
	set arrow 10 + k from first block_at[k], graph 0 to first block_at[k], graph 1 nohead dashtype 3 linewidth 0.6 linecolor rgb quiet
	if (block_at[k] - labelled > 0.09 * xhigh && block_at[k] < 0.95 * xhigh) {
		set label 10 + k sprintf("block %d", k + 1) at first block_at[k], graph 1 left offset 0, 0.55 textcolor rgb quiet font ",11"
		labelled = block_at[k]
	}
}
plot for [i = 1:n] data index i - 1 using 1:2 with points pointtype hollow(i + 1) pointsize 0.55 linewidth 0.7 linecolor rgb colour(i + 1) notitle, \
	for [i = 1:n] NaN with points pointtype hollow(i + 1) pointsize 0.9 linewidth 1.2 linecolor rgb colour(i + 1) title names[i], \
	data index n using 1:3:4 with filledcurves fillstyle transparent solid 0.25 noborder linecolor rgb ink title "middle half", \
	data index n + 4 using 1:2 with linespoints dashtype 3 linewidth 1 pointtype 7 pointsize 0.6 linecolor rgb ink title (canaries ? "canary" : ""), \
	data index n using 1:2 with lines linewidth 2 linecolor rgb ink title "median", \
	data index n + 1 using 1:(yhigh - 0.025 * (yhigh - ylow)) with points pointtype 8 pointsize 0.7 linecolor rgb quiet title (beyond ? "beyond the chart" : ""), \
	data index n + 2 using 1:(ylow + 0.025 * (yhigh - ylow)) with points pointtype 10 pointsize 0.7 linecolor rgb quiet notitle, \
	data index n + 3 using 1:(ylow + 0.07 * (yhigh - ylow)) with points pointtype 2 linewidth 1.5 linecolor rgb ink title (failures ? "failed" : "")
