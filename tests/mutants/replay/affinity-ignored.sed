# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# An affinity change leaves the CPUs allowed alone.
s/m->users == 0 \|\| !mm_allow\(model, t->mm, mask\)/m->users == 0 || mask/
