# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# The child of a fork in per-task mode gets no number.
s/if \(first \|\| !mm_is_per_cpu\(m\) \|\|/if (first ||/
