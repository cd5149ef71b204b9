# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An affinity change in per-task mode records a threshold, too.
s/^\tif \(!mm_is_per_cpu\(m\)\)/\tif (false)/
