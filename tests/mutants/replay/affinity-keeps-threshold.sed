# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An affinity change in per-CPU mode leaves the threshold alone.
s/^\tm->pcpu_thrs = candidate_threshold.*;/\t(void)now;/
