# SPDX-License-Identifier: MIT
# machines_speedup.gp - speed-up over workers of all machines: speedup.gp, a series per machine.
# Takes its n names[] styles[] forms[] data, cpus (0), ranges, xlog ylog, xtics_list, base, failures, noisy.
banded = 0
modelled = 0
sigma = kappa = model_end = 0
band_low = band_high = model_scale = 1
load folder."/speedup.gp"
