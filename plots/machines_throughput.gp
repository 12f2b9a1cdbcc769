# SPDX-License-Identifier: MIT
# machines_throughput.gp - items per second over problem size of all machines: throughput.gp, a series per machine.
# Takes its n names[] styles[] forms[] data, ranges, ylog, yscale, xname, yname, failures, noisy.
caches = 0
ceiling = 0
load folder."/throughput.gp"
