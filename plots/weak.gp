# SPDX-License-Identifier: MIT
# weak.gp - weak scaling: the pace of each worker against one alone, where every worker brings its
# share of the problem.
# Variables and data as in efficiency.gp.
load folder."/efficiency.gp"
