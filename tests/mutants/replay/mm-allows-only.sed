# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An affinity change replaces the CPUs allowed.
/^bool mm_allow\(/,/^}/s/before == model->cpus_count/false/
s/allowed\[i\] \|= mask\[i\]/allowed[i] = mask[i]/
