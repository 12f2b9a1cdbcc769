# SPDX-License-Identifier: MIT
# common.gp - what all charts share: style, frame, and drawing each one twice, as SVG and as PNG.
#
# `parscale plot` writes a small file that sets the variables of a chart and loads this one:
#   folder   where these scripts are            script   this chart's, in folder
#   data     its data file                      output   SVG and PNG go to output.svg and output.png
#   title subtitle caption1 caption2            texts around the plot
#   wide high                                   size in points of the SVG
# and what the chart's own script names at its head. Texts are printed as they are: nothing is
# markup.

set encoding utf8
set datafile separator "\t"
set minussign
set format "%h"

# Okabe and Ito's colours, told apart by colour-blind readers; `ink` is black on paper, light on a dark page. Point shapes
# and line types carry the same distinction without colour. A style is a number from 1, of a back end as in
# bench/report/label.h; those beyond the colours begin them again with other shapes, six times over.
ink = "black"
quiet = "#757575"
faint = "#a0808080"
array colours[9] = ["black", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#8C510A", "#E69F00", "#56B4E9", "#7A6FC0"]
array shapes[6] = [7, 5, 9, 13, 11, 15]
array first_shape[9] = [0, 1, 2, 3, 4, 2, 5, 0, 1]
colour(style) = colours[(style - 1) % 9 + 1]
filled(style) = shapes[(first_shape[(style - 1) % 9 + 1] + (style - 1) / 9) % 6 + 1]
hollow(style) = filled(style) - 1
# Lifetime: a pool is a solid line with filled points, spawn a dashed one with open points.
shape(style, form) = form == 1 ? hollow(style) : filled(style)
line(form) = form == 1 ? 2 : 1

least(a, b) = a < b ? a : b
most(a, b) = a > b ? a : b

# Commands that give an axis of few powers of ten tics at 2 and 5 times those, too; none for a longer one. number: their format.
tic(low, k) = word("1 2 5", k % 3 + 1) * 10.0 ** (floor(log10(low)) + k / 3)
tics_from(axis, number, low, high, k) = k > 8 ? "" : (tic(low, k) < low || tic(low, k) > high ? "" : \
	sprintf("set %stics add ('%s' %.9g);", axis, gprintf(number, tic(low, k)), tic(low, k))) . tics_from(axis, number, low, high, k + 1)
more_tics(axis, number, low, high) = high < 100 * low ? sprintf("set %stics ();", axis) . tics_from(axis, number, low, high, 0) : ""

# Markers of neighbouring series are shifted a little, so that their intervals can be seen; lines are at the true x.
apart(i, n) = (i - (n + 1) / 2.0) * least(1, 6.0 / n)
aside(x, i, n, logarithmic, step) = logarithmic ? x * (1 + 0.018 * apart(i, n)) : x + step * 0.011 * apart(i, n)

set border 3 linecolor rgb quiet linewidth 0.8
set tics nomirror out scale 0.6 textcolor rgb ink
set grid linetype 1 linecolor rgb faint linewidth 0.5
set pointintervalbox 0
set style fill solid 1.0 noborder
set key outside right top vertical Left reverse samplen 2.2 spacing 1.15 width 0
set tmargin at screen 1 - 74.0 / high
set bmargin at screen 108.0 / high

# A long subtitle gets smaller letters, as far as they can be read.
subtitle_font = strlen(subtitle) < 0.135 * wide ? "" : strlen(subtitle) < 0.16 * wide ? ",11" : ",10"

# The words around the plot, set anew for each drawing: scripts of several panels unset them after the first.
words = "set label 1 title at screen 0.012, screen 1 - 20.0 / high left font ',16';" . \
	"set label 2 subtitle at screen 0.012, screen 1 - 42.0 / high left textcolor rgb quiet font subtitle_font;" . \
	"set label 3 caption1 at screen 0.012, screen 30.0 / high left font ',11' textcolor rgb quiet;" . \
	"set label 4 caption2 at screen 0.012, screen 13.0 / high left font ',11' textcolor rgb quiet"

set terminal svg size wide, high font "sans-serif,13" background "#ffffff" noenhanced name "chart"
hover = 1
eval words
set output output.".svg"
load folder."/".script
unset output

set terminal pngcairo size wide * 1.5, high * 1.5 font "Sans,13" fontscale 1.125 linewidth 1.5 pointscale 1.5 background "#ffffff" noenhanced
hover = 0
eval words
set output output.".png"
load folder."/".script
unset output
