# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An affinity change leaves the CPUs allowed alone.
s/if \(!mm_allow\(model, t->mm, mask\)\)/if (mask)/
